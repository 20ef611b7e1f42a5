"""Checks of heat by temperature, from temperatures and loads alone: heat that runs uphill, balances, limits, targets.

Levels and contributions are worked out here again, with the properties of water and steam; whether heat can go where a
plan says is a transportation problem (``planner.heat.verify``).
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.audit.checks import Checks, differs
from planner.audit.facts import Facts
from planner.audit.flows import Run
from planner.audit.heat_levels import barred_of, media_of, process_of
from planner.audit.network import number, word
from planner.audit.periods import Slices
from planner.audit.reading import Row, rows_of
from planner.case.plants import ProcessHeat
from planner.heat.streams import HeatStream
from planner.heat.verify import least_recovered, uphill

if TYPE_CHECKING:
    import pandas as pd

    Tables = Mapping[str, pd.DataFrame]

#: Heat may run uphill, or be missing in a balance, by this share of all heat of a plant.
TOLERANCE = 1e-5
STATE = "year"


@dataclass(frozen=True)
class Here:
    """A plant in a period.

    Attributes
    ----------
    facts, run
        The case and the run in it.
    rows
        (Role, name) -> row of the table.
    """

    state: str
    plant: str
    heat: ProcessHeat
    facts: Facts
    run: Run
    rows: Mapping[tuple[str, str], Row]

    @property
    def hours(self) -> float:
        """Hours in which the plant runs [h/yr]."""
        return self.facts.unit_hours(self.plant)

    def loads(self) -> dict[str, list[HeatStream]]:
        """Name in the forbidden matches -> streams with their heat, as the tables tell it [MWh/yr]."""
        found: dict[str, list[HeatStream]] = {}
        for name, stream in process_of(self.heat).items():
            found[name] = [_with(stream, self.told("process", name))]
        for key, medium in media_of(self.facts, self.heat).items():
            whole = math.fsum(part.load for part in medium.parts)
            told = self.told(*key)
            found[": ".join(key)] = [_with(part, told * part.load / whole) for part in medium.parts]
        return found

    def told(self, role: str, name: str) -> float:
        """Heat of a stream or medium by the table [MWh/yr]."""
        row = self.rows.get((role, name))
        return 0.0 if row is None else number(row, "heat_mwh_per_yr")


def _with(stream: HeatStream, load: float) -> HeatStream:
    return HeatStream(
        stream.name, stream.supply, stream.target, max(0.0, load), stream.contribution, "hot" if stream.hot else "cold"
    )


def check_heat(facts: Facts, tables: "Tables", prefix: str, run: Run, slices: Slices, checks: Checks) -> None:
    """Check the tables of heat of a run, if any plant has process heat; ``prefix`` is "" or "baseline_"."""
    from planner.audit.exergy import check_exergy
    from planner.audit.heat_targets import check_targets

    if not any(tenant.process_heat for tenant in facts.tenants.values()):
        check_exergy(facts, tables, prefix, (run, []), checks)
        return
    name = "baseline" if prefix else "plan"
    plants = list(_here(facts, tables, prefix, run, slices))
    _rows(facts, tables, prefix, plants, checks, f"{name}: rows of heat")
    for check, one in (
        (f"{name}: process heat balances, within its limits", _balance),
        (f"{name}: no heat runs uphill", _uphill),
    ):
        checks.start(check)
        for here in plants:
            one(here, checks if here.state == STATE else checks.of(here.state), check)
    _recovery(facts, tables, prefix, plants, checks, f"{name}: rows of heat_recovery")
    check_targets(facts, tables, prefix, plants, checks, f"{name}: heat targets")
    check_exergy(facts, tables, prefix, (run, plants), checks)


def _here(facts: Facts, tables: "Tables", prefix: str, run: Run, slices: Slices) -> Iterator[Here]:
    rows: dict[tuple[str, str], dict[tuple[str, str], Row]] = defaultdict(dict)
    for row in rows_of(tables, prefix + "heat"):
        rows[word(row, "state"), word(row, "plant")][word(row, "role"), word(row, "stream")] = row
    parts = {t: (one.facts, one.run) for t, one in slices.items()} or {STATE: (facts, run)}
    for plant, tenant in facts.tenants.items():
        if plant in run.present and tenant.process_heat is not None:
            for state, (known, one) in parts.items():
                heat = known.tenants[plant].process_heat
                assert heat is not None
                yield Here(state, plant, heat, known, one, rows[state, plant])


def _rows(facts: Facts, tables: "Tables", prefix: str, plants: list[Here], checks: Checks, check: str) -> None:
    """Check that the rows are those of the case, with its temperatures, and heat as amounts and hours make it."""
    checks.start(check)
    due: dict[tuple[str, ...], dict[str, float | str]] = {}
    for here in plants:
        for name, stream in process_of(here.heat).items():
            due[here.state, here.plant, name, "process"] = _due(
                (stream,), "MWh", math.nan, stream.load * here.hours, here.hours
            )
        for (role, name), medium in media_of(here.facts, here.heat).items():
            side = "sink" if role == "takes" else "source"
            amount = here.run.moved(here.plant, side, name)
            unit = here.facts.case.resources[medium.resource].unit
            heat = amount * medium.heat
            due[here.state, here.plant, name, role] = _due(medium.parts, unit, amount, heat, here.hours)
    listed = {
        tuple(word(row, key) for key in ("state", "plant", "stream", "role")): row
        for row in rows_of(tables, prefix + "heat")
    }
    for key in sorted({*due, *listed}):
        if key not in listed or key not in due:
            checks.fail(
                check, f"{' / '.join(key)} is {'missing' if key in due else 'no stream of a plant that is there'}"
            )
            continue
        for column, expected in due[key].items():
            found = listed[key][column]
            if isinstance(expected, str):
                wrong = word(listed[key], column) != expected
            else:
                wrong = _differ(float(found), expected)
            if wrong:
                checks.fail(check, f"{' / '.join(key)}: {column} is {found!r}, {expected!r} by case and flows")


def _due(parts: tuple[HeatStream, ...], unit: str, amount: float, heat: float, hours: float) -> dict[str, float | str]:
    return {
        "kind": "hot" if parts[0].hot else "cold",
        "from_degc": parts[0].supply,
        "to_degc": parts[-1].target,
        "contribution_k": parts[0].contribution,
        "unit": unit,
        "amount_per_yr": amount,
        "heat_mwh_per_yr": heat,
        "mean_mw": heat / hours if hours else 0.0,
    }


def _differ(found: float, expected: float) -> bool:
    if found != found and expected != expected:
        return False
    return differs(found, expected)


def _balance(here: Here, checks: Checks, check: str) -> None:
    """Check that hot and cold heat are one, and that no medium is above its limit."""
    parts = [part for by in here.loads().values() for part in by]
    hot, cold = (math.fsum(part.load for part in parts if part.hot == kind) for kind in (True, False))
    if not abs(hot - cold) <= TOLERANCE * max(hot, cold) + 1e-3:
        checks.fail(check, f"{here.plant}: hot streams give {hot:.8g} MWh/yr, cold ones take {cold:.8g}")
    for role, media in (("takes", here.heat.takes), ("gives", here.heat.gives)):
        for name, stated in media.items():
            if stated.limit is not None:
                amount = here.run.moved(here.plant, "sink" if role == "takes" else "source", name)
                most = stated.limit.value * here.hours
                checks.at_most(check, f"{here.plant} {role} {name}", amount, most)


def _uphill(here: Here, checks: Checks, check: str) -> None:
    """Check that every cold stream finds heat that is hot enough, past the forbidden matches."""
    loads = here.loads()
    whole = math.fsum(part.load for by in loads.values() for part in by if not part.hot)
    missing = uphill(loads, forbidden_of(here))
    if missing > TOLERANCE * whole + 1e-3:
        checks.fail(check, f"{here.plant}: {missing:.6g} MWh/yr would run uphill, or where no heat may pass")


def forbidden_of(here: Here) -> list[tuple[str, str]]:
    """(Hot, cold) names between which no heat may pass."""
    return barred_of(here.facts, here.heat)


def _recovery(facts: Facts, tables: "Tables", prefix: str, plants: list[Here], checks: Checks, check: str) -> None:
    """Check what is recovered, the exchangers for it, and their cost."""
    checks.start(check)
    rows = {word(row, "plant"): row for row in rows_of(tables, prefix + "heat_recovery")}
    targets = {
        (word(r, "state"), word(r, "of")): number(r, "recovered_mwh_per_yr")
        for r in rows_of(tables, prefix + "heat_targets")
    }
    names = {here.plant for here in plants}
    for plant in sorted(names ^ rows.keys()):
        checks.fail(check, f"{plant} is in only one of table and {'baseline' if prefix else 'plan'}")
    for plant in sorted(names & rows.keys()):
        mine, row = [here for here in plants if here.plant == plant], rows[plant]
        told = {here.state: targets.get((here.state, plant), 0.0) for here in mine}
        passed = [_passed(here) for here in mine]
        for here, (least, _, size) in zip(mine, passed, strict=True):
            checks.equal(check, f"{plant}: least recovered", told[here.state], least, size)
        down, size = (math.fsum(one[n] for one in passed) for n in (1, 2))
        checks.equal(check, f"{plant}: let down", number(row, "let_down_mwh_per_yr"), down, size)
        largest = max((told[here.state] / here.hours for here in mine if here.hours > 0), default=0.0)
        stated = mine[0].heat.recovery
        there = 0.0 if stated.existing is None else stated.existing.value
        checks.equal(check, f"{plant}: recovered", number(row, "recovered_mwh_per_yr"), sum(told.values()))
        checks.equal(check, f"{plant}: largest", number(row, "largest_mw"), largest)
        checks.equal(check, f"{plant}: existing", number(row, "existing_mw"), there)
        needed, new = max(0.0, largest - there), number(row, "new_mw")
        if stated.cost is None:
            checks.equal(check, f"{plant}: new", new, needed)
        checks.at_most(check, f"{plant}: new for what is recovered", needed, new)
        _cost(facts, row, mine[0], checks, check)


def _cost(facts: Facts, row: Row, here: Here, checks: Checks, check: str) -> None:
    stated = facts.tenants[here.plant].process_heat
    assert stated is not None
    recovery, new = stated.recovery, number(row, "new_mw")
    base = 0.0 if recovery.cost is None else recovery.cost.value * new
    years = recovery.lifetime
    factor = facts.annuity(kind="heat_recovery") if years is None else facts.recovery(years.value)
    kept = 0.0 if recovery.maintenance is None else recovery.maintenance.value
    checks.equal(check, f"{here.plant}: capex", number(row, "capex"), base * facts.contingency)
    yearly = base * (facts.contingency * factor + kept)
    checks.equal(check, f"{here.plant}: cost", number(row, "cost_per_yr"), yearly)


def _passed(here: Here) -> tuple[float, float, float]:
    """Least heat from process streams to process streams, from media to media with that, and all heat [MWh/yr]."""
    loads, process = here.loads(), process_of(here.heat)
    needed = math.fsum(part.load for name in process for part in loads[name] if not part.hot)
    media = math.fsum(part.load for name, by in loads.items() if name not in process for part in by if part.hot)
    recovered = least_recovered(loads, process, forbidden_of(here))
    return recovered, max(0.0, media + recovered - needed), media + needed
