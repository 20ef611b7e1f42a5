"""Checks of what streams hold: every limit, what may not be exchanged, regeneration; least flows, counts of links."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from planner.audit.checks import Checks
from planner.audit.facts import Facts
from planner.audit.flows import Key, Run
from planner.audit.links import main_of, shared_hours
from planner.audit.mixtures import NEGLIGIBLE, Holds, Mixtures, limits_of
from planner.audit.reading import Row
from planner.case.qualities import QualityLimit

#: A limit may be exceeded by this share of it.
TOLERANCE = 1e-4


@dataclass(frozen=True)
class Bound:
    """A limit of the case, and what stands against it in a run.

    Attributes
    ----------
    at
        "sink", "outlet", "discharge" or "sale".
    found
        What the mixture, or the stream, holds.
    weight
        How much it is, by the weight of the quality.
    """

    at: str
    unit: str
    stream: str
    quality: str
    limit: QualityLimit
    found: Holds
    weight: float

    @property
    def where(self) -> str:
        """The place in words."""
        return f"{self.unit} / {self.stream}" + ("" if self.at == "sink" else f", {self.at}")


def check_least_flows(facts: Facts, run: Run, checks: Checks, name: str) -> None:
    """Check the least flows of links, which hold for the year; ``name`` is "plan" or "baseline"."""
    if any(link.min_flow is not None for link in facts.case.links.values()):
        _least_flows(facts, run, checks, f"{name}: least flow of links")


def check_quality(
    facts: Facts, run: Run, mixtures: Mixtures, checks: Checks, name: str, *, of_year: bool = True
) -> None:
    """Check the contents of a run; ``name`` is "plan" or "baseline". Nothing where the case speaks of none of it.

    ``of_year``: it is that of a whole year, for which least flows of links hold, not that of a period.
    """
    if facts.case.qualities:
        _limits(facts, run, mixtures, checks, f"{name}: limits of quality")
        _unknown(facts, run, mixtures, checks, f"{name}: nothing unknown where it is limited")
        _on_mains(facts, run, mixtures, checks, f"{name}: what a main may mix fits each of its takers")
    if _uses(facts):
        _not_into(facts, run, checks, f"{name}: nothing goes where its use is barred")
    if any(one.treats is not None and not one.treats.recycling for one in facts.case.facilities.values()):
        _regeneration(facts, run, checks, f"{name}: regeneration without recycling")
    _number_of_links(facts, run, checks, f"{name}: largest number of links")
    if of_year:
        check_least_flows(facts, run, checks, name)
    if any(one.min_activity is not None for one in facts.case.facilities.values()):
        _least_activity(facts, run, checks, f"{name}: least activity of facilities")


def bounds(facts: Facts, run: Run, mixtures: Mixtures) -> Iterator[Bound]:
    """Every limit of the case on something that flows in a run."""
    for unit in sorted(run.present):
        for sink in facts.streams(unit, "sink"):
            for quality, limit in limits_of(facts, unit, sink).items():
                weight = sum(part.weight for part in mixtures.parts(unit, sink, quality))
                if weight > 0:
                    yield Bound("sink", unit, sink, quality, limit, mixtures.mixture(unit, sink, quality), weight)
        for source in facts.streams(unit, "source"):
            operation = facts.operation(unit, source)
            if operation is None or facts.stream(unit, "source", source) is not None:
                continue
            for quality, most in operation.max_outlet.items():
                limit, amount = QualityLimit(max=most), mixtures.leaving.get((unit, source), 0.0)
                yield from _stream(facts, mixtures, "outlet", (unit, source), {quality: limit}, amount)
    for key, amount in run.discharged.items():
        discharge = facts.discharge(*key)
        yield from _stream(facts, mixtures, "discharge", key, discharge.limits if discharge else {}, amount)
    for key, amount in run.sold.items():
        sale = facts.sale(*key)
        yield from _stream(facts, mixtures, "sale", key, sale.limits if sale else {}, amount)


def _stream(
    facts: Facts, mixtures: Mixtures, at: str, key: Key, limits: dict[str, QualityLimit], amount: float
) -> Iterator[Bound]:
    for quality, limit in limits.items():
        weight = amount * facts.weight(facts.stream_resource(key[0], "source", key[1]), quality)
        if amount > NEGLIGIBLE and weight > 0:
            yield Bound(at, *key, quality, limit, mixtures.source(*key, quality), weight)


def scale_of(facts: Facts, quality: str) -> float:
    """Size of the numbers of a quality: the largest content or limit that the case states."""
    case, found = facts.case, [0.0]
    stated = [one.quality for one in case.resources.values()]
    stated += [one.quality for unit in facts.tenants.values() for one in unit.sources.values()]
    stated += [contents for one in case.facilities.values() for contents in one.quality.values()]
    for contents in stated:
        content = contents.get(quality)
        found += [abs(x.value) for x in (content.mean, content.worst) if x is not None] if content else []
    for unit in (*facts.tenants, *case.facilities):
        for sink in facts.streams(unit, "sink"):
            limit = limits_of(facts, unit, sink).get(quality)
            found += [abs(x.value) for x in (limit.max_, limit.min_) if x is not None] if limit else []
    for tenant in facts.tenants.values():
        found += [one.max_outlet[quality].value for one in tenant.operations.values() if quality in one.max_outlet]
    return max(found)


def broken(facts: Facts, bound: Bound) -> tuple[str, float, float] | None:
    """What is broken of a limit, in words, with what is found and the limit; None where it holds."""
    most, least, found = bound.limit.max_, bound.limit.min_, bound.found
    scale = scale_of(facts, bound.quality)
    if most is not None and _beyond(found.highest - most.value, most.value, scale, bound.weight):
        return "exceeds", found.highest, most.value
    if least is not None and _beyond(least.value - found.lowest, least.value, scale, bound.weight):
        return "is below", found.lowest, least.value
    return None


def _beyond(excess: float, limit: float, scale: float, weight: float) -> bool:
    """Tell whether a limit is exceeded by more than rounding, of the content or of the load."""
    return not excess <= max(TOLERANCE * abs(limit), 1e-6 * scale, 1e-5 * scale / weight if weight > 0 else 0.0)


def _limits(facts: Facts, run: Run, mixtures: Mixtures, checks: Checks, check: str) -> None:
    checks.start(check)
    for bound in bounds(facts, run, mixtures):
        if not bound.found.known or bound.found.mean != bound.found.mean:
            continue  # what is unknown has a check of its own
        told = broken(facts, bound)
        if told is not None:
            how, found, limit = told
            unit = facts.case.qualities[bound.quality].unit
            checks.fail(check, f"{bound.where}: {bound.quality} {found:.6g} {unit} {how} {limit:.6g} {unit}")


def _unknown(facts: Facts, run: Run, mixtures: Mixtures, checks: Checks, check: str) -> None:
    checks.start(check)
    for bound in bounds(facts, run, mixtures):
        most, least = bound.limit.max_, bound.limit.min_
        asked = " and ".join(
            f"at {word} {x.value:g} {facts.case.qualities[bound.quality].unit}"
            for word, x in (("most", most), ("least", least))
            if x is not None
        )
        if bound.at != "sink":
            if not bound.found.known and not bound.limit.accept_unknown:
                checks.fail(check, f"{bound.where}: {bound.quality} is unknown, {asked or 'a known content'} is asked")
            continue
        for part in mixtures.parts(bound.unit, bound.stream, bound.quality):
            held = mixtures.part(bound.unit, bound.stream, part, bound.quality)
            if not held.known and not part.accepted:
                origin = "what is bought" if part.key is None else " / ".join(part.key)
                asked = asked or "a known content"
                checks.fail(check, f"{bound.where}: {bound.quality} of {origin} is unknown, {asked} is asked")


def _on_mains(facts: Facts, run: Run, mixtures: Mixtures, checks: Checks, check: str) -> None:
    """Check that whatever feeds a main fits each sink that takes from it, alone."""
    mains: dict[str, list[Row]] = defaultdict(list)
    for row in run.exchanges:
        main = main_of(row)
        if main is not None and float(row["flow_per_yr"]) > NEGLIGIBLE:
            mains[main].append(row)
    if mains:
        checks.start(check)
    for main, rows in mains.items():
        sources = sorted({(str(row["from"]), str(row["source"])) for row in rows})
        for taker, sink in sorted({(str(row["to"]), str(row["sink"])) for row in rows}):
            for quality, limit in limits_of(facts, taker, sink).items():
                unit = facts.case.qualities[quality].unit
                for giver, source in sources:
                    held = mixtures.source(giver, source, quality)
                    terms = facts.terms(giver, taker, source, sink)
                    accepted = limit.accept_unknown or (terms is not None and quality in terms.accept_unknown)
                    label = f"{main}: {giver} / {source} may reach {taker} / {sink}"
                    if not held.known and not accepted:
                        checks.fail(check, f"{label}, its {quality} is unknown")
                    told = broken(facts, Bound("sink", taker, sink, quality, limit, held, float("inf")))
                    if held.known and told is not None:
                        how, found, bound = told
                        checks.fail(check, f"{label}: {quality} {found:.6g} {unit} {how} {bound:.6g} {unit}")


def barred_uses(facts: Facts, unit: str, source: str) -> tuple[str, ...]:
    """Uses that a source may never come into."""
    own: tuple[str, ...] | None = getattr(facts.stream(unit, "source", source), "not_into", None)
    return facts.case.resources[facts.stream_resource(unit, "source", source)].not_into if own is None else own


def use_of(facts: Facts, unit: str, sink: str) -> str | None:
    """What a sink is used for."""
    return getattr(facts.stream(unit, "sink", sink), "use", None)


def _uses(facts: Facts) -> bool:
    return any(sink.use is not None for unit in facts.tenants.values() for sink in unit.sinks.values())


def _not_into(facts: Facts, run: Run, checks: Checks, check: str) -> None:
    checks.start(check)
    for row in run.exchanges:
        use = use_of(facts, str(row["to"]), str(row["sink"]))
        if use is not None and use in barred_uses(facts, str(row["from"]), str(row["source"])):
            checks.fail(check, f"{row['exchange']}: {row['source']} of {row['from']} may not come into {use}")


def _regeneration(facts: Facts, run: Run, checks: Checks, check: str) -> None:
    """Follow what leaves each such unit from exchange to exchange; nothing of it may come back."""
    checks.start(check)
    onward: dict[Key, list[Key]] = defaultdict(list)
    for row in run.exchanges:
        if float(row["flow_per_yr"]) > NEGLIGIBLE:
            onward[str(row["from"]), str(row["source"])].append((str(row["to"]), str(row["sink"])))
    for name in sorted(run.activity):
        facility = facts.case.facilities.get(name)
        if facility is None or facility.treats is None or facility.treats.recycling:
            continue
        found: dict[Key, list[Key]] = {(name, facility.treats.outlet): []}
        waiting = list(found)
        while waiting:
            source = waiting.pop()
            for sink in onward[source]:
                way = [*found[source], sink]
                if sink == (name, facility.treats.inlet):
                    checks.fail(check, f"{name}: what leaves it comes back by {_told(way)}")
                for further in passes(facts, sink):
                    if further not in found:
                        found[further] = way
                        waiting.append(further)


def _told(way: list[Key]) -> str:
    return ", ".join(" / ".join(key) for key in way)


def passes(facts: Facts, sink: Key) -> list[Key]:
    """Sources by which leaves what a sink takes in: those of an operation, or of a unit that treats it."""
    unit, stream = sink
    if facts.operation(unit, stream) is not None and facts.stream(unit, "sink", stream) is None:
        return [sink]
    facility = facts.case.facilities.get(unit)
    if facility is None or facility.treats is None or facility.treats.inlet != stream:
        return []
    treats = facility.treats
    return [(unit, treats.outlet)] + ([(unit, treats.residue)] if treats.residue else [])


def _most_links(facts: Facts, unit: str, sink: str) -> int | None:
    """Largest number of exchanges that may feed a sink; None where the case does not say."""
    stated = facts.stream(unit, "sink", sink) or facts.operation(unit, sink)
    if stated is not None:
        return getattr(stated, "max_links", None)
    facility = facts.case.facilities.get(unit)
    return facility.max_links.get(sink) if facility is not None else None


def _number_of_links(facts: Facts, run: Run, checks: Checks, check: str) -> None:
    feeding: dict[Key, set[Key]] = defaultdict(set)
    for row in run.exchanges:
        feeding[str(row["to"]), str(row["sink"])].add((str(row["from"]), str(row["source"])))
    units = (*facts.tenants, *facts.case.facilities)
    limited = {(u, s): _most_links(facts, u, s) for u in units for s in facts.streams(u, "sink")}
    if any(most is not None for most in limited.values()):
        checks.start(check)
    for key, most in limited.items():
        if most is not None and len(feeding[key]) > most:
            checks.fail(check, f"{' / '.join(key)}: {len(feeding[key])} exchanges feed it, {most} may")


def _least_flows(facts: Facts, run: Run, checks: Checks, check: str) -> None:
    """Check each link that is built: its flow is at least the least rate over the hours that both ends share."""
    checks.start(check)
    for row in run.exchanges:
        link = facts.case.links.get(str(row["link"]))
        if link is None or link.min_flow is None or str(row["option"]).startswith("existing "):
            continue
        copies = max(1.0, float(row["copies"])) if float(row["copies"]) == float(row["copies"]) else 1.0
        least = link.min_flow.value * shared_hours(facts, row) * copies
        label = f"{row['exchange']} by {row['link']}: least flow a year"
        checks.at_most(check, label, least * (1 - TOLERANCE), float(row["flow_per_yr"]))


def _least_activity(facts: Facts, run: Run, checks: Checks, check: str) -> None:
    checks.start(check)
    for name, activity in run.activity.items():
        facility = facts.case.facilities.get(name)
        if facility is None or facility.min_activity is None:
            continue
        least = facility.min_activity.value * facts.unit_hours(name) * facility.availability.value
        checks.at_most(check, f"{name}: least activity a year", least * (1 - TOLERANCE), activity)
