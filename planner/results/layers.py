"""The plan on the map: plots, siting, corridors, links and partners, in the case's projected CRS."""

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from planner.results.books import Books
from planner.results.exchanges import built_exchanges
from planner.results.routes import way

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd


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
    """The built links that have a way on the map, with the columns of the ``exchanges`` table."""
    rows = []
    for row, one in zip(exchanges.to_dict("records"), built_exchanges(books), strict=True):
        path = way(books, one.exchange, one.options[0], one.places).path
        if path is not None:
            rows.append({**row, "geometry": path})
    return _frame(books, rows, list(exchanges.columns))


def _partners(books: Books) -> "gpd.GeoDataFrame":
    points = books.distances.points
    there = points[points["name"].isin(list(books.case.partners))]
    rows: list[Mapping[Hashable, Any]] = [
        {"name": name, "geometry": at} for name, at in zip(there["name"], there.geometry, strict=True)
    ]
    return _frame(books, rows, ["name"])
