"""Shared facilities and own measures: segments of their investment curve, capital, and cost of their activity."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from models.instance import FacilityData, SegmentData
from planner.assemble.assembly import Evidence
from planner.assemble.economics import capital
from planner.assemble.findings import Findings
from planner.assemble.lines import Charge, Entry, Ledger, evidence_of
from planner.assemble.stores import priced_rates
from planner.assemble.streams import Member, running_hours
from planner.assemble.supply import emission_charge
from planner.case.facilities import SMALLEST, Facility, InvestmentPoint, PowerLaw
from planner.case.stores import activity_unit, capacity_unit

#: Unit of what a power law is above the straight lines that stand for it: money of the law itself.
ABOVE_CHORDS = "investment above straight lines"


@dataclass(frozen=True)
class Segment:
    """A straight piece of an investment curve: investment = intercept + slope x capacity.

    Attributes
    ----------
    evidence
        The points at its ends.
    """

    name: str
    low: float
    high: float
    intercept: float
    slope: float
    evidence: tuple[Evidence, ...]


def segments_of(member: Member) -> list[Segment]:
    """Segments of a facility's investment curve; one point is a unit of just that capacity."""
    facility = member.item
    assert isinstance(facility, Facility)
    points = facility.curve()
    places = [_place(member, facility, point) for point in points]
    if len(points) == 1:
        only = points[0]
        stated = evidence_of(only.investment, places[0])
        return [Segment("1", only.capacity.value, only.capacity.value, only.investment.value, 0.0, (stated,))]
    segments = []
    for n, (a, b) in enumerate(zip(points, points[1:], strict=False)):
        low, high = a.capacity.value, b.capacity.value
        slope = (b.investment.value - a.investment.value) / (high - low)
        worth = tuple(evidence_of(x.investment, places[n + k]) for k, x in enumerate((a, b)))
        segments.append(Segment(str(n + 1), low, high, a.investment.value - slope * low, slope, worth))
    return segments


def _place(member: Member, facility: Facility, point: InvestmentPoint) -> str:
    """Where a point of the curve stands in the case."""
    if isinstance(facility.investment, PowerLaw):
        return f"{member.path}.investment.coefficient"
    return f"{member.path}.investment[{facility.investment.index(point) + 1}].investment"


def facility_data(member: Member) -> FacilityData:
    """The facility as the mathematics see it."""
    facility = member.item
    assert isinstance(facility, Facility)
    segments = {s.name: SegmentData(s.low, s.high) for s in segments_of(member)}
    running = {t: hours * facility.availability.at(t) for t, hours in member.running.items()}
    least, law = {}, None
    if facility.min_activity is not None:
        least = {t: facility.min_activity.value * hours for t, hours in running.items()}
    if isinstance(facility.investment, PowerLaw):
        law = (facility.investment.coefficient.value, facility.investment.exponent.value)
    return FacilityData(segments, running_hours(member), least, law, running)


def largest_error(member: Member) -> float:
    """Largest share by which the chords of a power law lie below it; 0 where the investment is no power law.

    The points stand in a geometric row, so that it is the same on every chord: on that from 1 to r with exponent n the
    chord is a + b x, and (a + b x) / x^n is least at x = n a / (b (1 - n)).
    """
    facility = member.item
    assert isinstance(facility, Facility)
    points, law = facility.curve(), facility.investment
    if not isinstance(law, PowerLaw) or len(points) < 2 or law.exponent.value in (0.0, 1.0):
        return 0.0
    n, ratio = law.exponent.value, points[1].capacity.value / points[0].capacity.value
    slope = (ratio**n - 1.0) / (ratio - 1.0)
    intercept = 1.0 - slope
    place = n * intercept / (slope * (1.0 - n))
    return float(abs(1.0 - (intercept + slope * place) / place**n))


def note_law(member: Member, findings: Findings) -> None:
    """Say what straight lines do to a power law, and where its smallest capacity is assumed."""
    facility = member.item
    assert isinstance(facility, Facility)
    law, path = facility.investment, f"{member.path}.investment"
    if not isinstance(law, PowerLaw):
        return
    findings.note(
        f"{path}: straight lines, at most {largest_error(member):.2%} below it, stand for the power law while HiGHS "
        "looks for a plan; what it finds is charged by the law itself, and the difference counts as gap"
    )
    if law.smallest is None:
        low = facility.curve()[0].capacity.value
        findings.note(
            f"{path}.smallest is not stated: taken as {low:g} {capacity_unit(facility)}, {SMALLEST:.0%} of the largest"
        )


def price_facility(ledger: Ledger, member: Member) -> None:
    """Book what a facility costs and emits: by being there, by its capacity and by its activity."""
    facility, name = member.item, member.name
    assert isinstance(facility, Facility)
    shares = ((member.party, 1.0),)
    own = None if facility.lifetime is None else (facility.lifetime, f"{member.path}.lifetime")
    worth = capital(ledger.case, name, "facility", own=own)
    for entry, price, unit, evidence in (*_priced(member), *priced_rates(ledger.case, member)):
        base = Charge("investment_facility", name, price * worth.once, unit, f"{ledger.case.currency}/{unit}")
        ledger.book(entry, replace(base, evidence=(*evidence, *worth.once_evidence)))
        yearly = replace(
            base,
            account="facility_capital",
            factor=price * worth.yearly,
            factor_unit=f"{ledger.case.currency}/{unit}/yr",
            evidence=(*evidence, *worth.yearly_evidence),
        )
        ledger.book(entry, yearly)
        if facility.maintenance is not None:
            kept = evidence_of(facility.maintenance, f"{member.path}.maintenance")
            upkeep = replace(yearly, account="facility_operation", item=f"{name}: maintenance")
            ledger.book(entry, replace(upkeep, factor=price * kept.value, evidence=(*evidence, kept)))
    running = tuple(((name, t), 1.0) for t in member.running)
    family = "activity" if facility.stores is None else "charged"
    _operate(ledger, member, facility, Entry(family, running, shares, name))


def _priced(member: Member) -> Iterator[tuple[Entry, float, str, tuple[Evidence, ...]]]:
    """(variables, price, unit, evidence) of each segment: its intercept and slope; of what a law is above them."""
    shares = ((member.party, 1.0),)
    facility = member.item
    assert isinstance(facility, Facility)
    for s in segments_of(member):
        rows = (((member.name, s.name), 1.0),)
        yield Entry("opened", rows, shares, member.name), s.intercept, "facility", s.evidence
        yield Entry("capacity", rows, shares, member.name), s.slope, _sized(facility), s.evidence
    if isinstance(facility.investment, PowerLaw):
        law, path = facility.investment, f"{member.path}.investment"
        stated = (
            evidence_of(law.coefficient, f"{path}.coefficient"),
            evidence_of(law.exponent, f"{path}.exponent"),
        )
        above = Entry("beyond", (((member.name,), 1.0),), shares, member.name)
        yield above, 1.0, ABOVE_CHORDS, stated


def _sized(facility: Facility) -> str:
    """Unit of a capacity, as what stands behind a price."""
    return f"({facility.unit}/h)" if facility.stores is None else facility.unit


def _operate(ledger: Ledger, member: Member, facility: Facility, running: Entry) -> None:
    currency, unit = ledger.case.currency, activity_unit(ledger.case, member.name)
    if facility.fixed_cost is not None:
        evidence = (evidence_of(facility.fixed_cost, f"{member.path}.fixed_cost"),)
        rows = tuple(((member.name, s.name), 1.0) for s in segments_of(member))
        charge = Charge("facility_operation", f"{member.name}: fixed cost", facility.fixed_cost.value, "facility", "")
        opened = replace(running, family="opened", rows=rows)
        ledger.book(opened, replace(charge, factor_unit=f"{currency}/yr", evidence=evidence))
    if facility.variable_cost is not None:
        evidence = (evidence_of(facility.variable_cost, f"{member.path}.variable_cost"),)
        item = f"{member.name}: running cost"
        charge = Charge("facility_operation", item, facility.variable_cost.value, unit, f"{currency}/{unit}")
        ledger.book(running, replace(charge, evidence=evidence))
    if facility.co2e is not None:
        charge = emission_charge("co2e_facilities", member.name, facility.co2e, f"{member.path}.co2e", unit)
        ledger.book(running, charge)
