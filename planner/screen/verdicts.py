"""Whether an exchange fits: technically, before the law, and in its payback, each apart, with the words why not."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from planner.assemble.barred import words
from planner.assemble.exchanges import Deal
from planner.assemble.streams import stated_discharge
from planner.assemble.terms import Agreed
from planner.case.case import Case
from planner.case.facilities import Facility
from planner.case.plants import Source
from planner.report.numbers import amount

if TYPE_CHECKING:
    import pandas as pd

    from planner.assemble.assembly import Barred
    from planner.screen.candidates import Candidates
    from planner.screen.found import Found

#: Kinds of link that have to be laid.
LAID = ("pipe", "cable", "conveyor")

#: Verdict on what does not fit technically, or is not admitted.
REFUSED = "no"
#: Verdict of ``verdicts``, and what is said of one and of several rows.
COUNTED = (
    ("pays", "pays", "pay"),
    ("slow", "pays slowly", "pay slowly"),
    ("never", "never pays", "never pay"),
    ("open", "only a solve can tell", "only a solve can tell"),
    (REFUSED, "cannot be had", "cannot be had"),
)

Verdict = tuple[str, str]

#: Why nothing flows, in words that others ask for.
TOO_FAR = "too far for every link, or no way"
NO_HOURS = "both never run at the same time"
NO_PERIOD = "there is no period in which one gives and the other takes"
NO_FLOW = "its max_flow is 0"
NOT_DILUTED = "above what the taker admits, and its own supply does not dilute it"
TOO_COLD = "all is lost on the way, or it arrives too cold"


def technical(candidates: "Candidates", found: "Found", number: int) -> Verdict:
    """Whether it can work: quality, distance, temperature on arrival, capacity; heat uphill is a fault of the case."""
    deal = found_deal(candidates, number)
    by_quality = [one for one in candidates.refused.get(deal.id, ()) if one.quality is not None]
    if by_quality:
        return "no", "; ".join(words(one) for one in by_quality)
    if found.option[number] is None:
        return _nothing_flows(candidates, found, number)
    if found.open_[number]:
        return "open", found.open_[number]
    if found.diluted[number]:
        share = found.numbers["arriving"][number] * deal.ratio.value / deal.sink.most if deal.sink.most else 0.0
        return "partly", f"its {found.diluted[number]} admits {share:.0%} of the demand"
    if found.capped[number]:
        option = found.option[number]
        name = option.way.id if option is not None else ""
        return "partly", f"{name} carries less than could flow"
    return "fits", ""


def _nothing_flows(candidates: "Candidates", found: "Found", number: int) -> Verdict:
    """Why no option carries anything."""
    deal = found_deal(candidates, number)
    if not deal.own and not found.ways[number]:
        return "no", f"no link of the case carries {deal.source.resource}"
    if not deal.own and not found.reach[number]:
        if candidates.priceless:
            return "open", "the case prices its mains by capacity, which only a solve can choose"
        return "no", TOO_FAR
    if sum(deal.shared.values()) <= 0.0:
        return "no", NO_HOURS
    if found.diluted[number]:
        return "no", f"its {found.diluted[number]} is {NOT_DILUTED}"
    if getattr(deal.sink.data, "whole_demand_from_one_source", False):
        return "no", "the taker needs its whole demand from one source, which cannot give it"
    return "no", _too_little(candidates, deal)


def _too_little(candidates: "Candidates", deal: Deal) -> str:
    """Why nothing flows between ends that a link joins and that run at the same time."""
    stated = deal.terms.get("max_flow")
    if stated is not None and stated.value <= 0.0:
        return NO_FLOW
    if deal.at_sink <= 0.0 or deal.at_source <= 0.0:
        return "there is nothing to give, or nothing is needed"
    if all(min(deal.leaving_in(t), deal.at_sink_in(t)) <= 0.0 for t in deal.shared):
        return NO_PERIOD
    if deal.terms.get("min_flow") is not None:
        return f"less can flow than the min_flow of {amount(deal.terms.get('min_flow').value)} a year"
    carriers = [candidates.case.links.get(name) for name in candidates.case.resources[deal.source.resource].carried_by]
    if any(link is not None and link.min_flow is not None for link in carriers):
        return "less can flow than the min_flow of its link in the hours that both share, or all is lost on the way"
    return TOO_COLD


def compliance(case: Case, deal: Deal, refused: "tuple[Barred, ...]") -> Verdict:
    """What the law and the case's own terms say."""
    barred = [words(one) for one in refused if one.quality is None]
    if barred:
        return "no", "; ".join(barred)
    asks = list(_asked(case, deal))
    return ("ask", "; ".join(asks)) if asks else ("clear", "")


def _asked(case: Case, deal: Deal) -> list[str]:
    asks, terms, stream = list[str](), deal.terms, deal.source.data
    resource = case.resources[deal.source.resource]
    code = (stream.waste_code if isinstance(stream, Source) else None) or resource.waste_code
    status = (stream.status if isinstance(stream, Source) else None) or resource.status
    stated = stated_discharge(case, deal.source)
    waste = "none" if stated is None else stated[0].waste
    coded = f" ({code})" if code else ""
    permit, declaration = terms.get("permit"), terms.get("declaration")
    if waste == "hazardous" or (code or "").rstrip().endswith("*"):
        asks.append(f"hazardous waste{coded}: carrier and taker need a permit")
    elif status == "waste":
        asks.append(f"waste before the law{coded}: the taker needs a permit, or it a declaration as by-product")
    elif (waste != "none" or code) and status is None and declaration is None and not deal.own:
        asks.append(f"counts as waste today{coded}: its status as by-product is to be settled")
    if permit is not None:
        asks.append(f"permit: {permit.name}")
    if declaration is not None:
        asks.append("by-product declaration")
    return asks


def effort(candidates: "Candidates", found: "Found", number: int) -> tuple[str, bool]:
    """Effort class, and whether the case states it."""
    deal = found_deal(candidates, number)
    stated = deal.terms.get("effort")
    if stated is not None:
        return stated, True
    facility = next((e.member.item for e in (deal.source, deal.sink) if isinstance(e.member.item, Facility)), None)
    if facility is not None:
        return effort_of(facility), False
    if deal.terms.get("treatment") is not None:
        return "treatment", False
    option = found.option[number]
    if deal.own:
        return "controls", False
    if option is not None and option.way.in_place:
        return "contract", False
    return (
        "piping" if option is not None and option.link is not None and option.link.kind in LAID else "contract"
    ), False


def effort_of(facility: Facility | None) -> str:
    """Effort class of what needs a facility."""
    return "treatment" if facility is not None and facility.treats is not None else "redesign"


def delay(terms: Agreed) -> float:
    """Years before it may start: its own delay, that of its permit and of its declaration."""
    waits: Mapping[str, object] = {name: terms.get(name) for name in ("permit", "declaration")}
    found = [terms.get("delay"), *(getattr(one, "delay", None) for one in waits.values())]
    return float(sum(one.value for one in found if one is not None))


def found_deal(candidates: "Candidates", number: int) -> Deal:
    """The exchange of a number."""
    return candidates.deals[number]


def verdicts(table: "pd.DataFrame") -> "pd.Series[str]":
    """One verdict a row: that on its payback, or ``REFUSED`` where it cannot be had, whatever it would save."""
    refused = (table["technical"] == "no") | (table["compliance"] == "no")
    found: pd.Series[str] = table["payback"].mask(refused, REFUSED)
    return found
