"""Says in plain text what is in a case, what could be exchanged, and what does not close."""

from collections.abc import Iterator

from planner.case.archetype_notes import told as archetypes
from planner.case.case import Case
from planner.case.closure import TOLERANCE, closure, yearly_amount
from planner.case.contents import Contents, limits_of
from planner.case.idle_parties import idle_parties
from planner.case.links import Size
from planner.case.logic_converters import doubtful_converters
from planner.case.logic_heat import said_levels
from planner.case.mixing_units import weight_of, weight_unit
from planner.case.pairs import Pair, pairs
from planner.case.periods import differing, states_of
from planner.case.plants import Plant, Sink, Source, Tenant
from planner.case.qualities import QualityLimit
from planner.heat.of_case import load_of
from planner.hydraulics.capacity import capacity_of

_MOST_PAIRS = 60
_MOST_PLACES = 12
_BASELINES = {"stand_alone": "each plant alone", "as_is": "the park as it is"}


def summary(case: Case, *, numbers: bool = False) -> str:
    """What is in a case, what could be exchanged, and what does not close; with ``numbers`` all that archetypes say."""
    return "\n".join((*_contents(case), *archetypes(case, numbers=numbers), "", *_exchanges(case), *_closure(case)))


def _contents(case: Case) -> Iterator[str]:
    yield f"{case.case}: prices in {case.currency} of {case.price_year}, baseline: {_BASELINES[case.baseline]}"
    optional = [name for name, plant in case.plants.items() if plant.optional]
    fixed = [name for name, plant in case.plants.items() if plant.plot]
    yield f"  {_count(case.plants, 'plant')}, of these {len(optional)} optional and {len(fixed)} at a fixed plot"
    if case.partners:
        yield f"  {_count(case.partners, 'partner')} outside the park"
    if case.facilities:
        own = sum(facility.scope == "own" for facility in case.facilities.values())
        measures = f"{own} own {'measure' if own == 1 else 'measures'}"
        yield f"  {_count(case.facilities, 'optional facility', 'optional facilities')}, of these {measures}"
    yield f"  {_count(case.plots, 'plot')}, {_count(case.resources, 'resource')}, {_count(case.links, 'kind')} of link"
    if case.parties:
        yield "  parties: " + ", ".join(f"{name} ({party.kind})" for name, party in case.parties.items())
        yield from (f"  {line}" for line in idle_parties(case))
    yield from _periods(case)
    yield from _networks(case)
    yield from _stores(case)
    yield from _converters(case)
    yield from _qualities(case)
    yield from said_levels(case)
    for name, plant in (*case.plants.items(), *case.partners.items()):
        place = "outside"
        if isinstance(plant, Plant):
            place = f"plot {plant.plot}" if plant.plot else "to be sited"
            place += ", optional" if plant.optional else ""
        yield f"  {name} ({place})"
        for word, streams in (("gives", plant.sources), ("needs", plant.sinks)):
            for stream_name, stream in streams.items():
                resource = stream.resource or stream_name
                called = stream_name if stream_name == resource else f"{stream_name} ({resource})"
                amount = yearly_amount(case, plant, stream)
                data = case.resources[resource]
                basis = f" ({data.basis})" if data.basis else ""
                yield f"    {word} {called}: {_number(amount)} {data.unit}/yr{basis}{_held(case, resource, stream)}"
        yield from _heat(plant)
        for operation_name, operation in plant.operations.items():
            loads = ", ".join(f"{_number(load.value)} {load.unit} {name}" for name, load in operation.load.items())
            yield f"    operation {operation_name}: {operation.takes} to {operation.gives}, picks up {loads}"


def _heat(tenant: Tenant) -> Iterator[str]:
    """Process streams of a plant, and the media that may serve them."""
    heat = tenant.process_heat
    if heat is None:
        return
    for name, stream in heat.streams.items():
        ends = [value for value in (stream.from_ or stream.at, stream.to or stream.at) if value is not None]
        kind = stream.kind or ("hot" if ends[0].value > ends[1].value else "cold")
        way = " to ".join(dict.fromkeys(f"{end.value:g} degC" for end in ends))
        yield f"    process heat {name}: {kind}, {way}, {_number(load_of(stream))} MW"
    for word, media in (("may take", heat.takes), ("may give", heat.gives)):
        if media:
            yield f"    process heat {word} {', '.join(media)}"


def _periods(case: Case) -> Iterator[str]:
    """Periods of the year, and what differs between them."""
    if not case.periods:
        return
    states = states_of(case)
    groups: dict[str, list[str]] = {}
    for name, state in states.items():
        groups.setdefault(state.group, []).append(f"{name} {_number(state.hours)} h")
    told = [
        ", ".join(members) + (f" ({group}, passed {repeats} times)" if (repeats := _passes(case, group)) else "")
        for group, members in groups.items()
    ]
    yield f"  {_count(case.periods, 'period')}: {'; '.join(told)}"
    places = list(differing(case))
    more = f" and {len(places) - _MOST_PLACES} more" if len(places) > _MOST_PLACES else ""
    yield "    what differs between them: " + (", ".join(places[:_MOST_PLACES]) + more if places else "nothing")


def _passes(case: Case, group: str) -> int | None:
    """How many times a year a cycle of periods is passed; None for a period of its own."""
    return next((states_of(case)[name].repeats for name, period in case.periods.items() if period.of == group), None)


def _stores(case: Case) -> Iterator[str]:
    """What facilities keep, and how much of it at most."""
    for name, facility in case.facilities.items():
        if facility.stores is not None:
            taken, given = facility.stores.taken, facility.stores.given
            what = taken if taken == given else f"{taken} as {given}"
            yield f"  {name} keeps {what}, up to {_number(facility.curve()[-1].capacity.value)} {facility.unit}"


def _converters(case: Case) -> Iterator[str]:
    """What units that change the level of heat make of what, and how that follows."""
    for name, facility in case.facilities.items():
        if facility.converts is not None:
            taken, given = (
                ", ".join(f"{per.value:.4g} {case.resources[one].unit} {one}" for one, per in amounts.items())
                for amounts in (facility.inputs, facility.outputs)
            )
            followed = (*facility.outputs.values(), *facility.inputs.values())
            said = next((f" ({per.source})" for per in followed if per.source), "")
            yield f"  {name}, per {facility.unit}: {given} of {taken or 'nothing'}{said}"
    yield from (f"    {warning}" for warning in doubtful_converters(case))


def _held(case: Case, resource: str, stream: Source | Sink) -> str:
    """What a source holds of the qualities of a case, or what a sink admits of them."""
    if isinstance(stream, Sink):
        return "".join(f", {_admitted(case, name, limit)}" for name, limit in stream.limits.items())
    told = []
    for name, content in {**case.resources[resource].quality, **stream.quality}.items():
        if content.mean is not None:
            worst = "" if content.worst is None else f" (worst {content.worst.value:g})"
            told.append(f"{name} {content.mean.value:g}{worst}{case.qualities[name].said}")
        else:
            told.append(f"{name} unknown")
    return f", holds {', '.join(told)}" if told else ""


def _admitted(case: Case, name: str, limit: QualityLimit) -> str:
    bounds = [f"{word} {x.value:g}" for word, x in (("at least", limit.min_), ("at most", limit.max_)) if x is not None]
    known = ", or unknown" if limit.accept_unknown else ""
    return f"{name} {' and '.join(bounds)}{case.qualities[name].said}{known}"


def _qualities(case: Case) -> Iterator[str]:
    """Qualities with what they mix by, and what picks up or takes out a load."""
    if not case.qualities:
        return
    told = []
    for name, quality in case.qualities.items():
        by = weight_unit(case, name) or weight_of(case, name)
        index = "" if quality.mixing == "mean" else ", by an index"
        told.append(f"{name} [{quality.unit}, weighted by {by}{index}]")
    yield f"  {_count(case.qualities, 'quality', 'qualities')}: {', '.join(told)}"
    tenants = (*case.plants.values(), *case.partners.values())
    operations = [operation for tenant in tenants for operation in tenant.operations]
    treatments = [name for name, facility in case.facilities.items() if facility.treats]
    yield (
        f"  {_count(operations, 'operation')} of fixed load, {_count(treatments, 'facility', 'facilities')} that "
        f"{'treats' if len(treatments) == 1 else 'treat'}"
    )


def _unknown(case: Case) -> Iterator[str]:
    """Exchanges that a content nobody states, or a use, keeps from being built."""
    if not case.qualities and not any(resource.not_into for resource in case.resources.values()):
        return
    contents = Contents(case)
    unknown = [(pair, names) for pair in contents.pairs if (names := contents.unknown(pair))]
    if unknown:
        yield f"{_count(unknown, 'pair')} of these cannot be: the taker limits what is not known of the giver:"
    for pair, names in unknown[:_MOST_PAIRS]:
        yield f"  {_ends(pair)}: {', '.join(names)}"
    if len(unknown) > _MOST_PAIRS:
        yield f"  and {len(unknown) - _MOST_PAIRS} more"
    yield from _passed_on(contents)
    for pair in contents.pairs:
        if (use := contents.forbidden_use(pair)) is not None:
            yield f"  {_ends(pair)} is forbidden: it may not go into {use}"


def _passed_on(contents: Contents) -> Iterator[str]:
    """Outlets of operations and treatment whose content rests on what is not known of their inlets."""
    limited: dict[tuple[str, str], set[str]] = {}
    for pair in contents.pairs:
        if contents.inlet_of(pair.outlet) is None:
            continue
        for name in limits_of(contents.case, pair.inlet):
            if contents.is_known(pair.outlet, name) and contents.may_be_unknown(pair.outlet, name):
                limited.setdefault((pair.outlet.unit, pair.outlet.name), set()).add(name)
    for (unit, stream), names in limited.items():
        yield f"  {unit} / {stream} may hold more {', '.join(sorted(names))}: not known of all that could feed it"


def _networks(case: Case) -> Iterator[str]:
    """Mains, what of them is there already, and trenches."""
    for main, (name, resource) in case.mains().items():
        link = case.links[name]
        sizes = ", ".join(_size(case, name, size, resource) for size in link.sizes)
        there = [one for one, pipe in case.existing_mains.items() if (pipe.link, pipe.resource) == (name, resource)]
        text = f"  main {main} ({_count(link.sizes, 'size')}: {sizes})"
        text += f", {link.parallel} side by side at most" if link.parallel > 1 else ""
        text += ", in trenches" if case.in_trench(name) else ""
        yield text + (f"; already there: {', '.join(there)}" if there else "")
    if case.trenches is not None:
        price = case.trenches.investment
        kind = "shared by the pipes in them" if case.trenches.shared else "one for every pipe"
        inside = ", ".join(name for name in case.links if case.in_trench(name))
        yield f"  trenches at {_number(price.value)} {price.unit}, {kind}: {inside}"
        for one, other in case.trenches.apart:
            yield f"    never in one trench: {one} and {other}"


def _size(case: Case, link: str, size: Size, resource: str) -> str:
    """A size with what it carries at most, stated or from the limits of its link."""
    capacity = capacity_of(case, link, size, resource)
    return size.size if capacity is None else f"{size.size} {_number(capacity)} {case.resources[resource].unit}/h"


def _exchanges(case: Case) -> Iterator[str]:
    possible = pairs(case)
    if not possible:
        yield "no source could feed any sink: same resource on both sides, or a substitution, is missing"
        return
    yield f"{len(possible)} source -> sink pairs could exchange, before distance, cost and rules:"
    for pair in possible[:_MOST_PAIRS]:
        yield f"  {_pair_text(case, pair)}"
    if len(possible) > _MOST_PAIRS:
        yield f"  and {len(possible) - _MOST_PAIRS} more"
    yield from _unknown(case)


def _ends(pair: Pair) -> str:
    return f"{pair.outlet.unit} / {pair.outlet.name} -> {pair.inlet.unit} / {pair.inlet.name}"


def _pair_text(case: Case, pair: Pair) -> str:
    text = _ends(pair)
    if pair.outlet.resource != pair.inlet.resource:
        ratio = f", ratio {pair.substitution.ratio.value:g}" if pair.substitution else ""
        text += f" ({pair.outlet.resource} for {pair.inlet.resource}{ratio})"
    if pair.own:
        return text + ", within the plant"
    links = case.resources[pair.outlet.resource].carried_by
    return text + (f", by {' or '.join(links)}" if links else "; no link carries it")


def _closure(case: Case) -> Iterator[str]:
    open_ = [row for row in closure(case) if not row.closes]
    rows = [row for row in open_ if not row.archetype]
    usual = dict.fromkeys(row.plant for row in open_ if row.archetype)
    if usual:
        yield ""
        yield (
            f"in and out of {', '.join(usual)} are partly of archetypes, which do not list what a plant is made for or "
            "evaporates: they are not meant to close (planner flows shows them)"
        )
    if rows:
        yield ""
        yield f"warning: declared in and out differ by more than {TOLERANCE:.0%} (streams left out, or a slip):"
    for row in rows:
        into, out = _number(row.into), _number(row.out)
        yield f"  {row.plant}: {row.what} in {into} {row.unit}, out {out} {row.unit} ({row.share:+.0%} of the larger)"


def _count(things: object, one: str, many: str = "") -> str:
    number = len(things)  # type: ignore[arg-type]
    return f"{number} {one if number == 1 else many or one + 's'}"


def _number(number: float) -> str:
    return f"{number:,.0f}".replace(",", " ") if abs(number) >= 100 else f"{number:.4g}"
