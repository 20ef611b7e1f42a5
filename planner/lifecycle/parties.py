"""Tables of impacts by exchange and by party, under every convention of sharing (``planner.lifecycle.allocation``)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from planner.case.case import Case
from planner.case.impacts import ALLOCATIONS
from planner.case.units import UnitError, convert
from planner.lifecycle.allocation import Exchanged, Share, allocated, shares_by_energy
from planner.lifecycle.amounts import LAID, rows
from planner.lifecycle.burdens import PREFIX, RUNS, Category, effects
from planner.lifecycle.factors import STAGES, Flow, factors_of
from planner.lifecycle.tables import is_free
from planner.results.books import Books
from planner.results.columns import COLUMNS
from planner.results.exchanges import built_exchanges
from planner.results.gains import Gains
from planner.results.routes import way

if TYPE_CHECKING:
    import pandas as pd

    Tables = Mapping[str, pd.DataFrame]

#: Convention -> end of the names of its columns.
COLUMN = {"cut-off": "cut_off", "energy": "energy", "substitution": "substitution", "50/50": "half"}
#: Families of what is done with a source.
_AT_GIVER = frozenset({"discharged", "sold", "let_out"})
#: Account of money -> stages of what is paid for.
_STAGES_OF = {
    **dict.fromkeys(("purchase", "forgone", "treatment"), ("use", "supply")),
    "pumping": ("pumping",),
    "discharge": ("discharge",),
}
Variable = tuple[str, tuple[str, ...]]


def needless(runs: Mapping[str, Books], run: str) -> dict[str, dict[Variable, float]]:
    """Exchange -> variables that it makes needless, each with the amount that falls away, by the books of the plan."""
    gains = Gains(runs[run], runs["baseline"])
    found: dict[str, dict[Variable, float]] = defaultdict(lambda: defaultdict(float))
    for one in built_exchanges(runs[run]):
        for flow in one.flows:
            once = {(line.family, line.index): amount for line, amount in gains.needless(one.exchange, [flow])}
            for variable, amount in once.items():
                found[one.exchange][variable] += amount
    return {exchange: dict(parts) for exchange, parts in found.items()}


def exchanged(
    case: Case, category: Category, run: str, avoided: Mapping[str, Mapping[Variable, float]]
) -> dict[str, Exchanged]:
    """Exchanges of a run in a category."""
    books = category.books[run]
    found: dict[str, Exchanged] = {}
    for one in built_exchanges(books):
        facts = books.assembly.exchanges[one.exchange]
        sides = books.party(facts.giver), books.party(facts.taker)
        mine = found.setdefault(one.exchange, Exchanged(one.exchange, facts.giver, facts.taker, *sides))
        content = case.resources[facts.resource].content("MWh")
        mine.energy = None if content is None or mine.energy is None else mine.energy + content * one.leaving
    for name, mine in found.items():
        for (family, index), amount in avoided.get(name, {}).items():
            for unit, effect in effects(books, family, index):
                if unit == mine.giver if mine.giver != mine.taker else family in _AT_GIVER:
                    mine.avoided_discharge += effect * amount
                else:
                    mine.avoided_supply += effect * amount
    for burden in category.burdens[run]:
        if burden.exchange in found:
            mine = found[burden.exchange]
            gave = burden.flow.stage in ("use", "supply") and burden.unit == mine.giver != mine.taker
            mine.given_up += burden.amount if gave else 0.0
            mine.caused += 0.0 if gave else burden.amount
    return found


def energy_made(case: Case, tables: "Tables", run: str) -> dict[str, float | None]:
    """Unit -> energy of what it makes and sells a year besides what it gives [MWh]; None where that is not known."""
    found: dict[str, float | None] = dict.fromkeys(case.facilities, 0.0)
    for name in (*case.plants, *case.partners):
        found[name] = _of_product(case, name)
    for row in rows(tables, f"{PREFIX[run]}sales"):
        unit, content = str(row["by"]), case.resources[str(row["resource"])].content("MWh")
        before = found.get(unit)
        found[unit] = None if before is None or content is None else before + content * float(row["amount_per_yr"])
    return found


def _of_product(case: Case, name: str) -> float | None:
    product = case.plants[name].product if name in case.plants else None
    if product is None:
        return None
    if product.enthalpy is not None:
        return product.enthalpy.value * product.output.value
    try:
        return convert(product.output.value, product.unit, "MWh")
    except UnitError:
        return None


def party_tables(
    case: Case,
    found: Iterable[Category],
    runs: Mapping[str, Books],
    tables: "Tables",
) -> "tuple[dict[str, pd.DataFrame], list[str]]":
    """Make the tables ``impact_exchanges`` and ``impacts_by_party``; and notes on what energy does not share.

    Parameters
    ----------
    found
        Categories that can be computed; of the others nothing is told.
    """
    import pandas as pd

    assert case.impacts is not None
    avoided = {run: needless(runs, run) for run in RUNS}
    made = {run: energy_made(case, tables, run) for run in RUNS}
    by_exchange, by_party, unknown = list[dict[str, Any]](), list[dict[str, Any]](), dict[str, None]()
    names = list(dict.fromkeys(str(one) for one in tables["parties"]["party"]))
    for category in found:
        totals: dict[tuple[str, str], dict[str, float]] = {}
        for run in RUNS:
            shared = exchanged(case, category, run, avoided[run])
            for name, one in shared.items():
                touched = _touched(category.books[run], name, avoided[run].get(name, {}))
                by_exchange.append(_exchange_row(category, run, one, list(_left_out(case, category.name, touched))))
            shares, without = shares_by_energy(shared.values(), made[run])
            unknown |= dict.fromkeys(without)
            for how in ALLOCATIONS:
                totals[run, how] = _of_run(category, run, shared, how, (case.impacts.substitution_to, shares))
        parties = list(dict.fromkeys([*names, *(party for sums in totals.values() for party in sums)]))
        by_party += [_party_row(case, category, party, totals) for party in parties]
    made_tables = {
        "impact_exchanges": pd.DataFrame(by_exchange, columns=list(COLUMNS["impact_exchanges"])),
        "impacts_by_party": pd.DataFrame(by_party, columns=list(COLUMNS["impacts_by_party"])),
    }
    return made_tables, list(unknown)


def _of_run(
    category: Category, run: str, shared: Mapping[str, Exchanged], how: str, terms: tuple[str, Mapping[str, Share]]
) -> dict[str, float]:
    apart: dict[tuple[str, str], float] = defaultdict(float)
    for burden in category.burdens[run]:
        if burden.exchange not in shared:
            apart[burden.unit, burden.party] += burden.amount
    return allocated(apart, shared.values(), how, *terms)


def _left_out(case: Case, category: str, touched: Iterable[Flow]) -> Iterator[str]:
    """Flows of an exchange that have no factor of a category, and need one."""
    for flow in sorted(touched, key=lambda x: (STAGES.index(x.stage), x.name)):
        if not factors_of(case, category, flow) and not is_free(case, flow):
            yield f"{flow.name} ({flow.stage})"


def _touched(books: Books, exchange: str, avoided: Mapping[Variable, float]) -> set[Flow]:
    """What an exchange moves, buys, builds and makes needless."""
    found: set[Flow] = set()
    facts, links = books.assembly.exchanges[exchange], books.case.links
    for one in built_exchanges(books):
        if one.exchange != exchange:
            continue
        found.add(Flow("use", "resource", facts.resource))
        laid = way(books, exchange, one.options[0], one.places)
        if laid.link in links:
            found.add(Flow("transport", "link", laid.link))
        if laid.link in links and not laid.existing and links[laid.link].kind in LAID:
            found.add(Flow("construction", "link", laid.link))
    lines = [entry.line for entry in books.entries if entry.line.exchange == exchange]
    lines += [line for family, index in avoided for line in books.lines.get((family, index), ())]
    for line in lines:
        if line.resource:
            found |= {Flow(stage, "resource", line.resource) for stage in _STAGES_OF.get(line.account, ())}
    return found


def _exchange_row(category: Category, run: str, one: Exchanged, without: list[str]) -> dict[str, Any]:
    return {
        "run": run,
        "category": category.name,
        "exchange": one.exchange,
        "seller": one.seller,
        "buyer": one.buyer,
        "avoided_supply": one.avoided_supply,
        "avoided_discharge": one.avoided_discharge,
        "given_up": one.given_up,
        "caused": one.caused,
        "net_avoided": one.gain,
        "unit": f"{category.unit}/yr",
        "without": "; ".join(without) or None,
    }


def _party_row(
    case: Case, category: Category, party: str, totals: Mapping[tuple[str, str], Mapping[str, float]]
) -> dict[str, Any]:
    assert case.impacts is not None
    how = case.impacts.allocation
    before, after = (totals[run, how].get(party, 0.0) for run in RUNS)
    row: dict[str, Any] = {"category": category.name, "party": party, "unit": f"{category.unit}/yr"}
    row |= {"allocation": how, "baseline": before, "plan": after, "reduction": before - after}
    return row | {f"{run}_{COLUMN[x]}": totals[run, x].get(party, 0.0) for run in RUNS for x in ALLOCATIONS}
