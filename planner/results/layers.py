"""The plan on the map: plots, siting, corridors, links and partners, in the case's projected CRS."""

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from planner.geography.distances import CorridorGraph
from planner.results.books import Books
from planner.results.exchanges import built_exchanges
from planner.results.routes import way
from planner.results.trenches import surfaces_in_words
from planner.results.ways import line_of

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from shapely import LineString, Point


def layers(books: Books, tables: "Mapping[str, pd.DataFrame]") -> "dict[str, gpd.GeoDataFrame]":
    """Make the layers of a run; none for a case without coordinates.

    Links that share a corridor lie on one line: nothing is moved aside for the eye.

    Parameters
    ----------
    tables
        Of the same run.
    """
    if books.distances.crs is None:
        return {}
    made = {
        "plots": _plots(books, tables["siting"]),
        "siting": _siting(books, tables["siting"]),
        "links": _links(books, tables["exchanges"]),
        "partners": _partners(books),
        **_network(books, tables),
    }
    if books.distances.segments is not None:
        made["corridors"] = books.distances.segments.copy()
    return made


def _frame(books: Books, rows: Sequence[Mapping[Hashable, Any]], columns: list[str]) -> "gpd.GeoDataFrame":
    import geopandas as gpd

    return gpd.GeoDataFrame(rows, columns=[*columns, "geometry"], geometry="geometry", crs=books.distances.crs)


def _plots(books: Books, siting: "pd.DataFrame") -> "gpd.GeoDataFrame":
    plots = books.distances.plots.copy()
    tenants = siting.groupby("plot")["unit"].agg("; ".join).to_dict() if len(siting) else {}
    plots["tenants"] = [tenants.get(name) for name in plots["name"]]
    return plots


def _siting(books: Books, siting: "pd.DataFrame") -> "gpd.GeoDataFrame":
    plots = books.distances.plots
    shapes = dict(zip(plots["name"], plots.geometry, strict=True))
    rows = [{**row, "geometry": shapes.get(row["plot"])} for row in siting.to_dict("records")]
    return _frame(books, rows, list(siting.columns))


def _links(books: Books, exchanges: "pd.DataFrame") -> "gpd.GeoDataFrame":
    """The built links with the columns of the ``exchanges`` table.

    ``route`` says whether the line is the way it takes ("routed"), or only joins its ends ("schematic") because a
    table gave its length. An exchange over a main takes the shortest way through the main's pipes. Links of one site
    have no line.
    """
    rows = []
    positions = _positions(books)
    for row, one in zip(exchanges.to_dict("records"), built_exchanges(books), strict=True):
        path = way(books, one.exchange, one.options[0], one.places).path
        if path is not None:
            rows.append({**row, "route": "routed", "geometry": path})
        elif one.places is not None and all(place in positions for place in one.places):
            line = _straight(*(positions[place] for place in one.places))
            rows.append({**row, "route": "schematic", "geometry": line})
    return _frame(books, rows, [*exchanges.columns, "route"])


def _network(books: Books, tables: "Mapping[str, pd.DataFrame]") -> "dict[str, gpd.GeoDataFrame]":
    """The corridor graph, and the tables ``trenches`` and ``mains`` on it; nothing for a case without it.

    A main's line runs the way it flows, from ``from_node`` to ``to_node``. Stretches without length have no line.
    """
    graph = books.distances.graph
    if graph is None:
        return {}
    found = {"stretches": _stretches(books, graph)}
    for name in ("trenches", "mains"):
        rows = []
        for row in tables[name].to_dict("records"):
            back = name == "mains" and row["from_node"] != graph.stretches[row["stretch"]].tail
            rows.append({**row, "geometry": line_of(graph, [(row["stretch"], "-" if back else "+")])})
        found[name] = _frame(books, rows, list(tables[name].columns))
    return found


def _stretches(books: Books, graph: CorridorGraph) -> "gpd.GeoDataFrame":
    """Every stretch with its line, from tail to head."""
    rows: list[Mapping[Hashable, Any]] = [
        {
            "stretch": name,
            "kind": stretch.kind,
            "tail": stretch.tail,
            "head": stretch.head,
            "length_m": stretch.length_m,
            "cost_length_m": stretch.civil_length_m,
            "corridors": "; ".join(stretch.corridors) or None,
            "surfaces": surfaces_in_words(stretch),
            "trench": stretch.trench,
            "geometry": line_of(graph, [(name, "+")]),
        }
        for name, stretch in graph.stretches.items()
    ]
    columns = ["stretch", "kind", "tail", "head", "length_m", "cost_length_m", "corridors", "surfaces", "trench"]
    return _frame(books, rows, columns)


def _positions(books: Books) -> "dict[str, Point]":
    """A point of every place that has coordinates: inside a plot, or where a partner is."""
    points = books.distances.points
    found = {str(name): at for name, at in zip(points["name"], points.geometry, strict=True)}
    plots = books.distances.plots
    return found | {
        str(name): shape.representative_point()
        for name, shape in zip(plots["name"], plots.geometry, strict=True)
        if shape is not None and not shape.is_empty
    }


def _straight(start: "Point", end: "Point") -> "LineString":
    from shapely import LineString

    return LineString([start, end])


def _partners(books: Books) -> "gpd.GeoDataFrame":
    points = books.distances.points
    there = points[points["name"].isin(list(books.case.partners))]
    rows: list[Mapping[Hashable, Any]] = [
        {"name": name, "geometry": at} for name, at in zip(there["name"], there.geometry, strict=True)
    ]
    return _frame(books, rows, ["name"])
