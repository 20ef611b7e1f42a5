"""Rows of tables, found by what stands in their columns."""

import pandas as pd


def row(table: pd.DataFrame, **where: str) -> pd.Series:
    found = table[(table[list(where)] == list(where.values())).all(axis=1)]
    assert len(found) == 1, f"{where}: {len(found)} rows"
    return found.iloc[0]
