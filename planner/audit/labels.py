"""Checks of the words of the detailed tables of a run: names, units, parties, owners and flags, as the case has them.

Not checked are words of free
text: reasons of verdicts (``*_why``; but the figures of a payback are) and of what is barred (``why``), the ``how`` of
a laxer limit beyond its goal and its kind, and what a laxer limit would save, which needs a solve.
"""

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from planner.audit.checks import Checks
from planner.audit.facts import Facts
from planner.audit.flows import Run
from planner.audit.links import in_place, main_of, text
from planner.audit.network import number, word
from planner.audit.reading import Row, rows_of
from planner.audit.verdicts import name_of
from planner.audit.worth import party_of

if TYPE_CHECKING:
    import pandas as pd

    Tables = Mapping[str, pd.DataFrame]

#: The only state of a case without periods.
STATE = "year"
TABLES = ("siting", "exchanges", "facilities", "discharges", "sales", "supplies")
WITH_STATES = ("compositions", "purchases", "discharges", "sales", "supplies")
#: Columns of an exchange that are empty where no money changes hands, and those between two parties alone.
OF_A_PRICE = (
    *("transfer_price", "revenue_per_yr", "seller_gain_per_yr", "buyer_gain_per_yr", "seller_gross_share"),
    *("seller_payback_yr", "buyer_payback_yr"),
)
OF_TWO_PARTIES = ("seller_capex", "buyer_capex")
_TWIN = re.compile(r" #\d+$")

Words = dict[str, Any]


def check_labels(facts: Facts, tables: "Tables", prefix: str, run: Run, checks: Checks) -> None:
    """Check the words of the tables of a run; ``prefix`` is "" for the plan and "baseline_"."""
    name = "baseline" if prefix else "plan"
    words: Mapping[str, Callable[[Facts, Run, Row], Words]] = {
        "siting": _site,
        "exchanges": _exchange,
        "facilities": _facility,
        "discharges": _discharge,
        "sales": _sale,
        "supplies": _supply,
    }
    for table, expected in words.items():
        check = f"{name}: words of {table}"
        checks.start(check)
        for row in rows_of(tables, prefix + table):
            label = _label(row)
            for column, value in expected(facts, run, row).items():
                found = bool(row[column]) if isinstance(value, bool) else word(row, column)
                if found != (value if isinstance(value, bool) else value or ""):
                    checks.fail(check, f"{label}: {column} is {word(row, column)!r}, {value!r} by the case")
    _numbers(facts, run, checks, f"{name}: words of exchanges")
    _states(facts, tables, prefix, checks, f"{name}: every row is of a state")


def _label(row: Row) -> str:
    known = (word(row, key) for key in ("exchange", "facility"))
    return next((x for x in known if x), " / ".join(x for x in (word(row, k) for k in ("by", "stream", "unit")) if x))


def _states(facts: Facts, tables: "Tables", prefix: str, checks: Checks, check: str) -> None:
    checks.start(check)
    known = tuple(facts.case.periods) or (STATE,)
    for table in WITH_STATES:
        for row in rows_of(tables, prefix + table):
            if word(row, "state") not in known:
                text = " or ".join(map(repr, known))
                checks.fail(check, f"{table}, {_label(row)}: state is {word(row, 'state')!r}, not {text}")


def _site(facts: Facts, run: Run, row: Row) -> Words:
    unit = str(row["unit"])
    facility = facts.case.facilities.get(unit)
    if facility is None:
        return {"kind": "plant"}
    return {"kind": "measure" if facility.scope == "own" else "facility"}


def _facility(facts: Facts, run: Run, row: Row) -> Words:
    name = str(row["facility"])
    facility = facts.case.facilities[name]
    return {
        "kind": facility.kind or name,
        "scope": facility.scope,
        "owner": facility.owner or facts.case.park_company,
        "plot": run.places.get(name) or run.places.get(facts.host(name)),
        "unit": facility.unit if facility.stores is None else facts.case.resources[facility.stores.taken].unit,
    }


def _of_stream(facts: Facts, row: Row, direction: str) -> Words:
    resource = facts.stream_resource(str(row["by"]), direction, str(row["stream"]))
    return {"resource": resource, "unit": facts.case.resources[resource].unit}


def _discharge(facts: Facts, run: Run, row: Row) -> Words:
    discharge = facts.discharge(str(row["by"]), str(row["stream"]))
    way = {"route": None, "waste_class": "none"}
    if discharge is not None:
        way = {"route": discharge.route, "waste_class": discharge.waste}
    return _of_stream(facts, row, "source") | way


def _sale(facts: Facts, run: Run, row: Row) -> Words:
    return _of_stream(facts, row, "source")


def _supply(facts: Facts, run: Run, row: Row) -> Words:
    return _of_stream(facts, row, "sink")


def ends_of(row: Row) -> tuple[str, str, str, str]:
    """Giver, taker, source and sink of a row of exchanges."""
    return str(row["from"]), str(row["to"]), str(row["source"]), str(row["sink"])


def _exchange(facts: Facts, run: Run, row: Row) -> Words:
    giver, taker, source, sink = ends = ends_of(row)
    resource, replaced = facts.stream_resource(giver, "source", source), facts.stream_resource(taker, "sink", sink)
    own, terms = facts.host(giver) == facts.host(taker), facts.terms(*ends)
    permit = facts.agreed(*ends, "permit")
    words: Words = {
        "exchange": name_of(ends),
        "resource": resource,
        "replaces": replaced,
        "unit": facts.case.resources[resource].unit,
        "replaced_unit": facts.case.resources[replaced].unit,
        "own": own,
        "hours_assumed": terms is None or terms.shared_hours is None,
        "permit": None if permit is None else permit.name,
        "effort": facts.agreed(*ends, "effort"),
        "seller": party_of(facts, giver),
        "buyer": party_of(facts, taker),
        "transfer_basis": _basis(facts, ends),
        "existing": not own and in_place(row),
    }
    return words | (_at_home() if own else _between(facts, row))


def _basis(facts: Facts, ends: tuple[str, str, str, str]) -> str:
    """How the transfer price came about."""
    giver, taker = ends[:2]
    if facts.host(giver) == facts.host(taker) or party_of(facts, giver) == party_of(facts, taker):
        return "one party"
    transfer = facts.agreed(*ends, "transfer")
    if transfer is not None and transfer.price is not None:
        return "given"
    if transfer is not None and transfer.seller_share is not None:
        return f"split {transfer.seller_share.value:g}"
    finance = facts.case.economics.finance
    shared = facts.is_shared(giver) or facts.is_shared(taker)
    if finance.shared_costs == "users" and shared and not {giver, taker} & set(facts.case.partners):
        return "at cost"
    general = finance.seller_share
    return "split 0.5 (assumption)" if general is None else f"split {general.value:g}"


def _at_home() -> Words:
    """Words of an exchange within one site: it has no link."""
    return {"option": "on site"} | dict.fromkeys(("link", "size", "main", "from_place", "to_place"))


def _between(facts: Facts, row: Row) -> Words:
    """Words of the link of an exchange, which its option names."""
    option, ends = str(row["option"]), ends_of(row)
    link, size = text(row["link"]) or "", text(row["size"])
    if option.startswith("pipe:"):
        pipe = facts.case.existing_pipes[option.removeprefix("pipe:")]
        return {"link": pipe.link, "size": pipe.size or size}
    if option.startswith("existing "):
        existing = next(one.existing for one in reversed(facts.declared(*ends)) if one.existing is not None)
        return {"option": f"existing {existing.link}", "link": existing.link}
    if main_of(row) is not None:
        return {"option": link, "size": None}
    sizes = [one.size for one in facts.case.links[link].sizes] if link in facts.case.links else []
    told = size if size in sizes or not sizes else " or ".join(map(str, sizes))
    twin = _TWIN.search(option)
    of_a_size = link if size is None else f"{link} / {size}"
    return {"size": told, "option": of_a_size + (twin.group() if twin else "")}


def _numbers(facts: Facts, run: Run, checks: Checks, check: str) -> None:
    """Check the numbers of an exchange that are nothing, or empty, by what it is."""
    for row in run.exchanges:
        ends, flow = ends_of(row), float(row["flow_per_yr"])
        basis, nothing, empty = _basis(facts, ends), list[str](), list[str]()
        if facts.host(ends[0]) == facts.host(ends[1]):
            nothing, empty = ["length_km", "cost_length_km", "lost_per_yr"], ["capacity_per_h"]
        elif not in_place(row) and main_of(row) is None and not facts.case.links[str(row["link"])].sizes:
            empty = ["capacity_per_h"]
        if basis == "one party" or not flow > 0:
            empty += OF_A_PRICE if basis != "given" else ()
        elif number(row, "transfer_price") != number(row, "transfer_price"):
            checks.fail(check, f"{_label(row)}: transfer_price is missing")
        if party_of(facts, ends[0]) == party_of(facts, ends[1]):
            empty += OF_TWO_PARTIES
        for column in nothing:
            if not abs(number(row, column)) <= 1e-9:
                checks.fail(check, f"{_label(row)}: {column} is {row[column]}, 0 on its own site")
        checks.empty(check, _label(row), row, empty)
        if not bool(row["hours_assumed"]):
            checks.equal(
                check, f"{_label(row)}: flow_at_worst_overlap_per_yr", float(row["flow_at_worst_overlap_per_yr"]), flow
            )
