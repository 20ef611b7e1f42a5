"""The plan on the map: plots, siting, corridors, links and partners, in the case's projected CRS."""

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from planner.results.books import Books
from planner.results.exchanges import built_exchanges
from planner.results.routes import way

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from shapely import LineString, Point


def layers(books: Books, siting: "pd.DataFrame", exchanges: "pd.DataFrame") -> "dict[str, gpd.GeoDataFrame]":
    """Make the layers of a run; none for a case without coordinates.

    Links that share a corridor lie on one line: nothing is moved aside for the eye.
    """
    if books.distances.crs is None:
        return {}
    made = {
        "plots": _plots(books, siting),
        "siting": _siting(books, siting),
        "links": _links(books, exchanges),
        "partners": _partners(books),
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
    table gave its length. Links of one site have no line.
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
