"""Heat of plants and partners by source and period, and the diagrams of it."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from planner.case.periods import YEAR
from planner.heat.bars import Part, stacked_bars
from planner.heat.levels import cools
from planner.report.runs import number, text, yes
from planner.report.water import records
from planner.results.plan import Plan

RECOVERED, OWN, BOUGHT, OTHERS = "recovered inside plants", "own measures", "bought or own boilers", "other sources"
PARK_FILE = "heat by source and season.svg"
#: Sources besides those above that have a colour of their own; the largest of the year do.
NAMED = 7
_COLOURS = {RECOVERED: "#009E73", OWN: "#B5CF6B", BOUGHT: "#BDBDBD", OTHERS: "#7F7F7F"}
_GIVERS = ("#0072B2", "#D55E00", "#E69F00", "#56B4E9", "#CC79A7", "#8C6D31", "#5E4FA2")
#: Heat that is less than this share of all is none.
NOTHING = 1e-9

#: Who takes the heat -> where it comes from -> period -> heat [MWh/yr].
BySource = dict[str, dict[str, dict[str, float]]]


def heat_by_source(plan: Plan) -> BySource:
    """Heat that plants and partners need, by where it comes from, in each period.

    Needs are those of streams of kind heat that the case can count in MWh, and of process streams as far as others of
    the plant serve them; what cools is left out, and what facilities and stores take, since they pass it on. A source
    is a plant or facility by its name, a store as "store NAME", or one of ``RECOVERED``, ``OWN``, ``BOUGHT``.

    Parameters
    ----------
    plan
        A plan with its case.

    Returns
    -------
    dict
        Taker -> source -> period ("year" where the case has none) -> heat [MWh/yr].
    """
    found: BySource = {}
    heat = _heat_of_resources(plan)
    takers = set() if plan.case is None else {*plan.case.plants, *plan.case.partners}
    arrived = _arriving(plan)
    for row in records(plan, "supplies"):
        taker, stream, period = text(row["by"]), text(row["stream"]), text(row["state"])
        if taker not in takers or text(row["resource"]) not in heat:
            continue
        per = heat[text(row["resource"])]
        for source, amount in arrived.get((taker, stream), {}).items():
            _add(found, taker, source, period, per * amount.get(period, 0.0))
        _add(found, taker, BOUGHT, period, per * number(row["supplied_per_yr"], 0.0))
    for row in records(plan, "heat_targets"):
        if text(row["of"]) in takers:
            _add(found, text(row["of"]), RECOVERED, text(row["state"]), number(row["recovered_mwh_per_yr"], 0.0))
    return found


def _add(found: BySource, taker: str, source: str, period: str, heat: float) -> None:
    by_period = found.setdefault(taker, {}).setdefault(source, {})
    by_period[period] = by_period.get(period, 0.0) + heat


def _heat_of_resources(plan: Plan) -> dict[str, float]:
    """Heat of a unit of each resource that heats [MWh]."""
    if plan.case is None:
        return {}
    heating = {
        name: data.content("MWh")
        for name, data in plan.case.resources.items()
        if data.kind == "heat" and not (data.heat is not None and cools(data.heat))
    }
    return {name: heat for name, heat in heating.items() if heat}


def _arriving(plan: Plan) -> dict[tuple[str, str], dict[str, dict[str, float]]]:
    """(Taker, stream) -> source -> period -> what of its demand exchanges meet, in its unit [unit/yr]."""
    stores = {text(row["store"]) for row in records(plan, "stores")}
    sent: dict[tuple[str, str], dict[str, float]] = {}
    for row in records(plan, "flows_by_period"):
        if row["kind"] == "exchange":
            left = number(row["amount_per_yr"]) - number(row["lost_per_yr"], 0.0)
            sent.setdefault((text(row["name"]), text(row["option"])), {})[text(row["period"])] = left
    found: dict[tuple[str, str], dict[str, dict[str, float]]] = {}
    for row in records(plan, "exchanges"):
        giver, met = text(row["from"]), number(row["replaced_per_yr"], 0.0)
        came = sent.get((text(row["exchange"]), text(row["option"])), {YEAR: met})
        whole = sum(came.values())
        source = OWN if yes(row["own"]) else f"store {giver}" if giver in stores else giver
        sums = found.setdefault((text(row["to"]), text(row["sink"])), {}).setdefault(source, {})
        for period, amount in came.items() if whole > 0 else ():
            sums[period] = sums.get(period, 0.0) + met * amount / whole
    return found


def write_heat_by_source(plan: Plan, folder: Path, file_name: Mapping[str, str]) -> None:
    """Write heat by source and period of the park and, in a case with periods, of each that takes heat.

    Parameters
    ----------
    plan
        A plan with its case.
    folder
        Is made where it is not there; nothing is made where nobody needs heat.
    file_name
        Taker -> the name that files about it begin with.
    """
    found = heat_by_source(plan)
    if sum(heat for of in found.values() for by in of.values() for heat in by.values()) <= 0:
        return
    folder.mkdir(exist_ok=True)
    periods = [text(row["period"]) for row in records(plan, "periods")] or [YEAR]
    park: dict[str, dict[str, float]] = {}
    for of in found.values():
        for source, by in of.items():
            for period, heat in by.items():
                sums = park.setdefault(source, {})
                sums[period] = sums.get(period, 0.0) + heat
    (folder / PARK_FILE).write_text(
        _diagram("Heat of the park by source", periods, park, _order(park)), encoding="utf-8"
    )
    for taker, of in found.items() if len(periods) > 1 else ():
        if any(heat > 0 for by in of.values() for heat in by.values()):
            svg = _diagram(f"{taker}: heat by source", periods, of, _order(park))
            (folder / f"{file_name[taker]} heat by source.svg").write_text(svg, encoding="utf-8")


def _order(park: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Sources that come from somebody else, the largest of the year first."""
    others = {source: sum(by.values()) for source, by in park.items() if source not in _COLOURS}
    return sorted(others, key=lambda source: (-others[source], source))


def _diagram(title: str, periods: Sequence[str], of: Mapping[str, Mapping[str, float]], order: Sequence[str]) -> str:
    """Bars of the periods; a source has the same colour in all diagrams of a plan."""
    parts = [_part(RECOVERED, [of.get(RECOVERED, {})], periods), _part(OWN, [of.get(OWN, {})], periods)]
    parts += [
        Part(f"from {source}", colour, _values([of.get(source, {})], periods))
        for source, colour in zip(order, _GIVERS, strict=False)
    ]
    parts.append(_part(OTHERS, [of.get(source, {}) for source in order[NAMED:]], periods))
    parts.append(_part(BOUGHT, [of.get(BOUGHT, {})], periods))
    whole = sum(sum(part.values) for part in parts)
    shown = [part for part in parts if sum(part.values) > NOTHING * whole]
    span = "period" if list(periods) != [YEAR] else "year"
    return stacked_bars(title, f"heat in the {span} [MWh]", "MWh", periods, shown)


def _part(name: str, sums: Iterable[Mapping[str, float]], periods: Sequence[str]) -> Part:
    return Part(name, _COLOURS[name], _values(sums, periods))


def _values(sums: Iterable[Mapping[str, float]], periods: Sequence[str]) -> list[float]:
    found = list(sums)
    return [max(0.0, sum(by.get(period, 0.0) for by in found)) for period in periods]
