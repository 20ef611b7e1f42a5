"""The distance table: lengths that somebody measured, between places by name."""

import csv
from math import isfinite
from pathlib import Path

from planner.errors import Fault
from planner.geography.distances import Pair, Route
from planner.geography.files import UnreadableError, did_you_mean, locate_table

COLUMNS = ("from", "to", "length_m", "cost_length_m")


def read_table(folder: Path, name: str, places: list[str], faults: list[Fault]) -> dict[Pair, Route]:
    """Routes of a distance table; either direction serves both, unless both are stated."""
    field = "geography.distances"
    try:
        rows = list(csv.reader(locate_table(folder, name).read_text(encoding="utf-8-sig").splitlines()))
    except (UnreadableError, UnicodeError, csv.Error) as error:
        faults.append(Fault(name, 0, 0, field, str(error)))
        return {}
    header = [cell.strip().lower() for cell in rows[0]] if rows else []
    wrong = [f'no column "{c}"' for c in COLUMNS[:3] if c not in header]
    wrong += [f'unknown column "{c}"{did_you_mean(c, list(COLUMNS))}' for c in header if c not in COLUMNS]
    wrong += [f'column "{c}" is there twice' for c in COLUMNS if header.count(c) > 1]
    if wrong:
        faults += [Fault(name, 1, 1, field, words) for words in wrong]
        return {}
    stated: dict[Pair, Route] = {}
    for line, cells in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        row = dict(zip(header, [*cells, *[""] * len(header)], strict=False))
        faulty = len(faults)
        pair = (row["from"].strip(), row["to"].strip())
        for end in pair:
            if end not in places:
                words = f'no such plot or partner: "{end}"{did_you_mean(end, places)}'
                faults.append(Fault(name, line, 1, field, words))
        length = cost = _metres(row["length_m"], (name, line, "length_m"), faults)
        if row.get("cost_length_m", "").strip():
            cost = _metres(row["cost_length_m"], (name, line, "cost_length_m"), faults)
        if len(faults) > faulty:
            continue
        route = Route(length, cost)
        if stated.setdefault(pair, route) != route:
            faults.append(Fault(name, line, 1, field, f"{pair[0]} to {pair[1]} is stated before, with another length"))
    return {(q, p): route for (p, q), route in stated.items()} | stated


def _metres(cell: str, place: tuple[str, int, str], faults: list[Fault]) -> float:
    file, line, column = place
    try:
        number = float(cell)
    except ValueError:
        number = -1.0
    if not (isfinite(number) and number >= 0):
        words = f"geography.distances.{column}"
        faults.append(Fault(file, line, 1, words, f'found "{cell.strip()}"; expected metres, a number of at least 0'))
    return number
