"""Reading of result tables, row by row."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]


def rows_of(tables: "Mapping[str, pd.DataFrame]", name: str) -> list[Row]:
    """Rows of a table as mappings; none where the table is missing."""
    table = tables.get(name)
    if table is None or table.empty:
        return []
    columns = [str(column) for column in table.columns]
    values = table.to_numpy(dtype=object).tolist()  # at once: column by column takes ten times as long
    return [dict(zip(columns, row, strict=True)) for row in values]
