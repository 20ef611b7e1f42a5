"""Check of exergy: what plants, exchanges and the park give and take, worked out from the case and the flows again."""

import math
from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING

from planner.audit.checks import Checks, differs
from planner.audit.exergy_of_media import exergy_by_level, exergy_of, exergy_of_resource
from planner.audit.exergy_of_park import Fence
from planner.audit.facts import Facts
from planner.audit.flows import Run
from planner.audit.heat import Here
from planner.audit.heat_levels import media_of
from planner.audit.heat_targets import PARK, process_with_heat
from planner.audit.network import number, word
from planner.audit.reading import Row, rows_of

if TYPE_CHECKING:
    import pandas as pd

    Tables = Mapping[str, pd.DataFrame]

Worth = tuple[float, float, float]
AMOUNTS = ("given_mwh_per_yr", "taken_mwh_per_yr", "destroyed_mwh_per_yr", "wasted_mwh_per_yr", "efficiency")
#: How rows count, by their kind.
OF_PARK = "over the fence: heat and media as above, power 1, fuel exergy_factor x LHV (1 if not stated: assumption)"
OF_HEAT = "heat at its temperature; water and steam of media by h - T0 s between supply and return (IAPWS-IF97)"


def check_exergy(facts: Facts, tables: "Tables", prefix: str, seen: tuple[Run, list[Here]], checks: Checks) -> None:
    """Check the exergy of plants, of exchanges, and of the park with what goes over its fence."""
    run, plants = seen
    check = f"{'baseline' if prefix else 'plan'}: exergy"
    checks.start(check)
    ambient = facts.case.surroundings.value
    due = _of_plants(facts, plants, ambient) | _of_exchanges(facts, run, ambient)
    how = dict.fromkeys(due, OF_HEAT)
    fence = Fence(facts, tables, prefix, run, [part for here in plants for part in process_with_heat(here)])
    if plants or any(data.heat is not None for data in facts.case.resources.values()):
        sums = fence.sums()
        parts = {(name, f"park: {part}"): (row[0], row[1], row[2]) for (part, name), row in sums.items()}
        whole = (math.nan,) * 3 if fence.why else tuple(math.fsum(row[n] for row in parts.values()) for n in range(3))
        due |= {} if fence.why else parts
        due[PARK, "park"] = whole  # type: ignore[assignment]
        why = "cannot be told: " + "; ".join(sorted(fence.why)) if fence.why else OF_PARK
        how |= dict.fromkeys(parts, OF_PARK) | {(PARK, "park"): why}
    listed = {(word(row, "of"), word(row, "kind")): row for row in rows_of(tables, prefix + "exergy")}
    listed = {key: row for key, row in listed.items() if key[1] != "converter"}
    size = math.fsum(x for key, worth in due.items() for x in worth[:2] if key[1] == "plant" and x == x)
    for key in sorted(due.keys() ^ listed.keys()):
        amounts = due[key][:2] if key in due else [number(listed[key], column) for column in AMOUNTS[:2]]
        if not key[1].startswith("park: ") or any(differs(amount, 0.0) for amount in amounts):
            checks.fail(check, f"{' / '.join(key)} is in only one of table and {'baseline' if prefix else 'plan'}")
    for key in sorted(due.keys() & listed.keys()):
        row, label = listed[key], " / ".join(key)
        if number(row, "surroundings_degc") != ambient:
            checks.fail(check, f"{label}: surroundings of {row['surroundings_degc']} degC, {ambient:g} by the case")
        if word(row, "how") != how[key]:
            checks.fail(check, f"{label}: how is {word(row, 'how')!r}, {how[key]!r} by the run")
        _compare(row, due[key], (label, size, key[1].startswith("park: ")), (checks, check))


def _of_plants(facts: Facts, plants: list[Here], ambient: float) -> dict[tuple[str, str], Worth]:
    found: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for here in plants:
        mine = found[here.plant, "plant"]
        given, taken = exergy_of(process_with_heat(here), ambient)
        mine[0], mine[1] = mine[0] + given, mine[1] + taken
        for (role, name), medium in media_of(facts, here.heat).items():
            level = facts.case.resources[medium.resource].heat
            assert level is not None
            given, taken = exergy_by_level(level, role == "gives", max(0.0, here.told(role, name)), ambient)
            mine[0], mine[1] = mine[0] + given, mine[1] + taken
            outside = here.run.supplied if role == "takes" else here.run.discharged
            off = 0.0 if medium.hot else max(0.0, medium.heat * outside.get((here.plant, name), 0.0))
            mine[2] += exergy_by_level(level, role == "gives", off, ambient)[1]
    return {key: (row[0], row[1], row[2]) for key, row in found.items()}


def _of_exchanges(facts: Facts, run: Run, ambient: float) -> dict[tuple[str, str], Worth]:
    """Exchanges between two levels, on one site only those between the cascades of it."""
    found: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in run.exchanges:
        giver, source, taker, sink = (str(row[key]) for key in ("from", "source", "to", "sink"))
        media = facts.is_medium(giver, "source", source) and facts.is_medium(taker, "sink", sink)
        ends = [facts.case.resources.get(str(row[key])) for key in ("resource", "replaces")]
        if (row["own"] and not media) or any(data is None or data.heat is None for data in ends):
            continue
        for data, made, column in zip(ends, (True, False), ("flow_per_yr", "replaced_per_yr"), strict=True):
            assert data is not None
            out, into = exergy_of_resource(data, made, float(row[column]), ambient) or (0.0, 0.0)
            mine = found[str(row["exchange"]), "exchange"]
            mine[0], mine[1] = mine[0] + into, mine[1] + out
    return {key: (max(into, out), out, 0.0) for key, (into, out) in found.items()}


def _compare(row: Row, due: Worth, what: tuple[str, float, bool], where: tuple[Checks, str]) -> None:
    (label, size, part), (checks, check) = what, where
    given, taken, wasted = due
    expected = [given, taken, math.nan if part else given - taken, wasted]
    if given != given:  # it cannot be told
        checks.empty(check, label, row, AMOUNTS)
        return
    if part:
        checks.empty(check, label, row, (AMOUNTS[2], AMOUNTS[4]))
    for column, amount in zip(AMOUNTS[:4], expected, strict=True):
        if amount == amount:
            checks.equal(check, f"{label}: {column}", number(row, column), amount, size)
    found = number(row, "efficiency")
    if given > 1e-3 and not part and differs(1e3 * found, 1e3 * (taken - wasted) / given):
        checks.fail(check, f"{label}: efficiency is {found:.6g}, {(taken - wasted) / given:.6g} recomputed")
    if given > 1e-3 and not part and not -1e-6 <= found <= 1 + 1e-6:
        checks.fail(check, f"{label}: efficiency of {found:.6g} is not between 0 and 1")
