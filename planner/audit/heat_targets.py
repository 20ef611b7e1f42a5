"""Checks of what physics allow: least utilities and pinches, worked out from temperatures again."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from planner.audit.checks import Checks
from planner.audit.facts import Facts
from planner.audit.heat import Here, forbidden_of
from planner.audit.heat_levels import AuditMedium, media_of, process_of
from planner.audit.network import number, word
from planner.audit.reading import Row, rows_of
from planner.heat.by_media import ByMedia, SitePlant, by_media
from planner.heat.of_case import PlantMedium
from planner.heat.streams import HeatStream
from planner.heat.verify import uphill

if TYPE_CHECKING:
    import pandas as pd

    Tables = Mapping[str, pd.DataFrame]

PARK = "park"
HOW = ("each plant alone", "by media", "pooled, an upper bound that no pipe delivers")
#: Where there are forbidden matches, the least utilities are those of a transportation problem.
BARRED = "past its forbidden matches, without a loop of its own"
#: A residual below this share of all heat is a pinch.
NOTHING = 1e-9


def cascaded(streams: Iterable[HeatStream]) -> tuple[float, float, list[float]]:
    """Least hot and cold utility, and shifted pinch temperatures, by the problem table (Linnhoff & Flower 1978)."""
    spans = [(*stream.range(), stream.load if stream.hot else -stream.load) for stream in streams]
    levels = sorted({t for upper, lower, _ in spans for t in (upper, lower)}, reverse=True)
    sums, at, total = [0.0], levels[:1], 0.0
    for n, level in enumerate(levels):
        still = [load for upper, lower, load in spans if upper == lower == level]
        if still:
            total += math.fsum(still)
            sums.append(total)
            at.append(level)
        if n + 1 < len(levels):
            below = levels[n + 1]
            share = [
                load * (level - below) / (upper - lower)
                for upper, lower, load in spans
                if upper != lower and upper >= level and lower <= below
            ]
            total += math.fsum(share)
            sums.append(total)
            at.append(below)
    hot = max(0.0, -min(sums))
    small = NOTHING * math.fsum(abs(load) for *_, load in spans)
    pinches = [t for x, t in zip(sums[1:-1], at[1:-1], strict=True) if x + hot <= max(small, 1e-9)]
    return hot, max(0.0, total + hot), list(dict.fromkeys(pinches))


def check_targets(facts: Facts, tables: "Tables", prefix: str, plants: list[Here], checks: Checks, check: str) -> None:
    """Check the targets of each plant and of the park, and what the run needs."""
    checks.start(check)
    rows = {(word(r, "state"), word(r, "of"), word(r, "how")): r for r in rows_of(tables, prefix + "heat_targets")}
    states = list(dict.fromkeys(here.state for here in plants))
    due = {(here.state, here.plant, BARRED if here.heat.forbidden else "") for here in plants} | {
        (t, PARK, how) for t in states for how in HOW
    }
    for key in sorted(rows.keys() - due):
        checks.fail(check, f"{' / '.join(key)} is no target of the case")
    for key in sorted(due - rows.keys() - {(t, PARK, HOW[1]) for t in states}):
        checks.fail(check, f"{' / '.join(key)} is missing")
    for state in states:
        here = [one for one in plants if one.state == state]
        _of_state(state, here, rows, checks, check)


def _of_state(
    state: str, plants: list[Here], rows: Mapping[tuple[str, str, str], Row], checks: Checks, check: str
) -> None:
    streams = {here.plant: process_with_heat(here) for here in plants}
    alone = {here.plant: _alone(here, streams[here.plant]) for here in plants}
    used = {here.plant: (_media(here, True), _media(here, False)) for here in plants}
    barred = {here.plant for here in plants if here.heat.forbidden}
    for plant, (least, most, pinches) in alone.items():
        row = rows.get((state, plant, BARRED if plant in barred else ""))
        if row is not None:
            _compare(row, (least, most, *used[plant]), f"{plant} in {state}", checks, check)
            _pinches(row, pinches, f"{plant} in {state}", checks, check)
    sums = [math.fsum(x for x, *_ in alone.values()), math.fsum(x for _, x, _ in alone.values())]
    every = [stream for by in streams.values() for stream in by]
    pooled = cascaded(every)
    between = _between(plants)
    hot, cold = (math.fsum(by[n] for by in used.values()) - between[n] for n in (0, 1))
    recovered = math.fsum(
        number(row, "recovered_mwh_per_yr") for (t, of, _), row in rows.items() if t == state and of in used
    )
    for how in HOW:
        if (row := rows.get((state, PARK, how))) is not None:
            checks.equal(check, f"{how} in {state}: recovered", number(row, "recovered_mwh_per_yr"), recovered)
    for how, due in ((HOW[0], sums), (HOW[2], list(pooled[:2]))):
        row = rows.get((state, PARK, how))
        if row is not None:
            _compare(row, (*due, hot, cold), f"{how} in {state}", checks, check)
    row = rows.get((state, PARK, HOW[1]))
    site = by_media_of(plants)
    if (row is None) != (site is None):
        checks.fail(check, f"{HOW[1]} in {state}: the media {'serve' if site else 'do not serve'} all streams")
    elif row is not None and site is not None:
        _compare(row, (site.hot, site.cold, hot, cold), f"{HOW[1]} in {state}", checks, check)


def _alone(here: Here, streams: list[HeatStream]) -> tuple[float, float, list[float]]:
    """Least utilities of a plant by itself; where matches are forbidden, what cold streams cannot have of hot ones."""
    names = {stream.name for stream in streams}
    barred = [match for match in forbidden_of(here) if names.issuperset(match)]
    if not barred:
        return cascaded(streams)
    hot, cold = (math.fsum(x.load for x in streams if x.hot == kind) for kind in (True, False))
    missing = uphill({stream.name: [stream] for stream in streams}, barred)
    return missing, max(0.0, hot - cold + missing), []


def by_media_of(plants: list[Here]) -> ByMedia | None:
    """Least heat that is bought where plants exchange heat by their media, by the same linear program as the tables."""
    site = {}
    for here in plants:
        media = []
        for (role, name), found in media_of(here.facts, here.heat).items():
            level = here.facts.content(found.resource, "MWh")
            stated = here.heat.takes[name] if role == "takes" else here.heat.gives[name]
            media.append(PlantMedium(role, name, stated, found.resource, found.parts, found.heat, found.heat / level))
        streams = {stream.name: stream for stream in process_with_heat(here)}
        site[here.plant] = SitePlant(streams, media, tuple(forbidden_of(here)), here.hours)
    return by_media(site)


def _compare(row: Row, due: tuple[float | None, ...], where: str, checks: Checks, check: str) -> None:
    columns = ("least_hot_mwh_per_yr", "least_cold_mwh_per_yr", "hot_mwh_per_yr", "cold_mwh_per_yr")
    for column, expected in zip(columns, due, strict=True):
        if expected is not None:
            checks.equal(check, f"{where}: {column}", number(row, column), expected, abs(expected))


def _pinches(row: Row, pinches: list[float], where: str, checks: Checks, check: str) -> None:
    told = [float(x) for x in word(row, "pinch_degc").split("; ") if x]
    if len(told) != len(pinches) or any(abs(a - b) > 1e-3 for a, b in zip(told, pinches, strict=True)):
        checks.fail(check, f"{where}: pinch at {word(row, 'pinch_degc') or 'none'}, {pinches} recomputed")


def process_with_heat(here: Here) -> list[HeatStream]:
    """Process streams of a plant in a period, with their heat by the case [MWh/yr]."""
    return [replace(s, load=s.load * here.hours) for s in process_of(here.heat).values()]


def _media(here: Here, hot: bool) -> float:
    media = media_of(here.facts, here.heat).items()
    return math.fsum(here.told(*key) for key, medium in media if medium.hot == hot)


def ends_of(plants: list[Here]) -> dict[str, list[HeatStream]]:
    """Exchange between the media of two plants -> streams of both ends with their heat [MWh/yr]."""
    by_plant = {here.plant: here for here in plants}
    found: dict[str, list[HeatStream]] = defaultdict(list)
    for here in plants[:1]:
        for row in here.run.exchanges:
            giver, taker = (by_plant.get(str(row[k])) for k in ("from", "to"))
            keys = ("gives", str(row["source"])), ("takes", str(row["sink"]))
            if giver is None or taker is None:
                continue
            ends = media_of(giver.facts, giver.heat).get(keys[0]), media_of(taker.facts, taker.heat).get(keys[1])
            if ends[0] is None or ends[1] is None:
                continue
            for medium, column in zip(ends, ("flow_per_yr", "replaced_per_yr"), strict=True):
                assert medium is not None
                found[str(row["exchange"])] += scaled(medium, float(row[column]))
    return found


def scaled(medium: AuditMedium, amount: float) -> list[HeatStream]:
    """Streams of an amount of a medium, with their heat [MWh/yr]."""
    whole = math.fsum(part.load for part in medium.parts)
    return [replace(part, load=max(0.0, medium.heat * amount * part.load / whole)) for part in medium.parts]


def _between(plants: list[Here]) -> tuple[float, float]:
    """Heat that media between plants give to them, and take from them [MWh/yr]."""
    parts = [part for by in ends_of(plants).values() for part in by]
    return tuple(math.fsum(part.load for part in parts if part.hot == hot) for hot in (True, False))  # type: ignore[return-value]
