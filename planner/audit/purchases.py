"""Checks of who buys what: for what, for which stream and how much, worked out from flows and case."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from planner.audit.checks import Checks
from planner.audit.facts import Facts
from planner.audit.flows import Run
from planner.audit.labels import ends_of
from planner.audit.links import main_of, text
from planner.audit.makeup import makeup
from planner.audit.network import word
from planner.audit.reading import Row, rows_of

if TYPE_CHECKING:
    import pandas as pd

    Tables = Mapping[str, pd.DataFrame]

#: By, for, stream, resource.
Purchase = tuple[str, str, str, str]


def check_purchases(facts: Facts, tables: "Tables", prefix: str, run: Run, checks: Checks) -> None:
    """Check each purchase at a price; what moves the flow in a main is bought by who pays for the main."""
    check = f"{'baseline' if prefix else 'plan'}: words of purchases"
    checks.start(check)
    expected: dict[Purchase, float] = defaultdict(float)
    due = (*_demanded(facts, run), *_made_up(facts, run), *_given_up(facts, run), *_of_exchanges(facts, run))
    for purchase, amount in due:
        if facts.case.resources[purchase[-1]].price is not None:
            expected[purchase] += amount
    listed: dict[Purchase, float] = defaultdict(float)
    for row in rows_of(tables, prefix + "purchases"):
        key = word(row, "by"), word(row, "for"), word(row, "stream"), str(row["resource"])
        unit = facts.case.resources[key[-1]].unit
        if word(row, "unit") != unit:
            checks.fail(check, f"{' / '.join(key)}: unit is {word(row, 'unit')!r}, {unit!r} by the case")
        main = facts.case.mains().get(key[2]) if key[1] == "pumping" else None
        if main is None:
            listed[key] += float(row["amount_per_yr"])
        elif key[0] != (facts.case.links[main[0]].owner or facts.case.park_company):
            checks.fail(check, f"{' / '.join(key)}: {key[0]!r} does not pay for {key[2]}")
    for key in sorted({*expected, *listed}):
        checks.equal(check, " / ".join(key), listed.get(key, 0.0), expected.get(key, 0.0))


def _demanded(facts: Facts, run: Run) -> Iterator[tuple[Purchase, float]]:
    """What meets demands: the resource itself, or what its present supply is made of."""
    for (unit, sink), amount in run.supplied.items():
        recipe = getattr(facts.stream(unit, "sink", sink), "supplied_today_by", None)
        if recipe is None:
            yield (unit, "demand", sink, facts.stream_resource(unit, "sink", sink)), amount
            continue
        for resource, per in recipe.inputs.items():
            yield (unit, "demand", sink, resource), amount * per.value


def _made_up(facts: Facts, run: Run) -> Iterator[tuple[Purchase, float]]:
    """Water that makes up for condensate lost of steam, wherever that goes."""
    made = [(*key, amount) for table in (run.sold, run.discharged) for key, amount in table.items()]
    made += [(str(row["from"]), str(row["source"]), float(row["flow_per_yr"])) for row in run.exchanges]
    for unit, source, amount in made:
        for water, per in makeup(facts, unit, source).items():
            yield (unit, "demand", source, water), amount * per


def _given_up(facts: Facts, run: Run) -> Iterator[tuple[Purchase, float]]:
    """What is bought because a source that is sold or exchanged gives it up."""
    given = [(unit, source, amount) for (unit, source), amount in run.sold.items()]
    given += [(str(row["from"]), str(row["source"]), float(row["flow_per_yr"])) for row in run.exchanges]
    for unit, source, amount in given:
        forgone = getattr(facts.stream(unit, "source", source), "forgoes", None)
        for resource, per in (forgone.flows if forgone is not None else {}).items():
            yield (unit, "given up", source, resource), amount * per.value


def _of_exchanges(facts: Facts, run: Run) -> Iterator[tuple[Purchase, float]]:
    """What treats and moves what is exchanged."""
    for row in run.exchanges:
        yield from _of_one(facts, row)


def _of_one(facts: Facts, row: Row) -> Iterator[tuple[Purchase, float]]:
    (giver, taker, source, sink), flow = ends_of(row), float(row["flow_per_yr"])
    terms = facts.terms(giver, taker, source, sink)
    for resource, used in (terms.treatment.uses if terms is not None and terms.treatment else {}).items():
        yield (taker, "treatment", sink, resource), flow * used.value
    link = facts.case.links.get(text(row["link"]) or "")
    for resource, moved in (link.uses if link is not None and main_of(row) is None else {}).items():
        yield (giver, "pumping", source, resource), flow * moved.value * float(row["length_km"])
