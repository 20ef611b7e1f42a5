"""Tables ``load_balances`` and ``water_balances``: what comes to each unit and to the park, and where it goes.

    exchanged in + bought + picked up + given off = exchanged out + lost + discharged + sold + removed      (loads)
    exchanged in + bought + made = exchanged out + lost + discharged + sold + used up                        (water)

"exchanged out" is what arrives at the takers, "lost" what is lost on the way there. The park is all units but partners:
what is exchanged within it stands on neither side of its row.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from planner.assemble.streams import content
from planner.results.amounts import NEGLIGIBLE
from planner.results.books import Books
from planner.results.compositions import Contents
from planner.results.mixtures import Held, Mixtures
from planner.results.operations import hours_of, load_share, parts_in, tenants
from planner.results.plan import COLUMNS
from planner.results.streams import sink, source

if TYPE_CHECKING:
    import pandas as pd

PARK = "park"
#: Water of a resource of kind water that is counted in tonnes and says nothing of it.
M3_PER_T = 1.0
Sums = dict[str, float]

#: Columns of a load balance, and of a water balance, that come in; the others go out.
LOADS_IN = ("exchanged_in", "bought", "picked_up", "given_off")
LOADS_OUT = ("exchanged_out", "lost", "discharged", "sold", "removed")
WATER_IN = ("exchanged_in", "bought", "made")
WATER_OUT = ("exchanged_out", "lost", "discharged", "sold", "used_up")


def load_balances_table(contents: Contents) -> "pd.DataFrame":
    """Make the ``load_balances`` table: a row for each unit, and the park, and quality that mixes as a weighted mean.

    ``given_off`` is the load of streams whose content the case states, ``picked_up`` that of operations; ``removed``
    is what a treatment takes out and no residue holds, and what goes into a process without an outlet of its own (at a
    fixed outlet content it is negative where the outlet holds more than what comes in). A figure is empty where a
    content behind it is not known; what is accepted unknown counts for nothing where it arrives.
    """
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for quality in contents.qualities:
        mixtures = contents.of(quality)
        if mixtures.has_loads:
            sums = _loads(contents, mixtures)
            for unit in _in_order(contents.books, sums):
                rows.append(_row({"of": unit, "quality": quality}, sums[unit], (*LOADS_IN, *LOADS_OUT)))
                rows[-1]["unit"] = mixtures.load_unit[0]
    return pd.DataFrame(rows, columns=list(COLUMNS["load_balances"]))


def _row(first: dict[str, Any], sums: Mapping[str, float], columns: Iterable[str]) -> dict[str, Any]:
    return first | {f"{column}_per_yr": sums.get(column, 0.0) for column in columns}


def _in_order(books: Books, sums: Mapping[str, Sums]) -> list[str]:
    """Units with any figure, in the order of the assembly, then the park."""
    return [unit for unit in (*books.assembly.instance.units, PARK) if any(sums.get(unit, {}).values())]


def _loads(contents: Contents, mixtures: Mixtures) -> dict[str, Sums]:
    """Unit -> column -> load a year."""
    sums: dict[str, Sums] = defaultdict(lambda: defaultdict(float))
    for state in contents.books.assembly.instance.states:
        for unit, column, load in (*_given_loads(contents, mixtures, state), *_taken_loads(contents, mixtures, state)):
            sums[unit][column] += load
    return _with_park(contents, sums, _internal_loads(contents, mixtures))


def _given_loads(contents: Contents, mixtures: Mixtures, state: str) -> Iterator[tuple[str, str, float]]:
    """(Unit, column, load) of what leaves sources, and of what goes into it."""
    books, amounts = contents.books, contents.amounts
    for name in books.assembly.instance.sources:
        stream, held = source(books, name), mixtures.at_source(name, state)
        if not contents.matters(mixtures.quality, stream.resource, held):
            continue

        def load(amount: float, resource: str = stream.resource, held: Held = held) -> float:
            return mixtures.load(resource, amount, held)

        for arrival in amounts.out_of.get((name, state), ()):
            yield stream.unit, "exchanged_out", load(arrival.arriving)
            yield stream.unit, "lost", load(arrival.leaving - arrival.arriving)
        yield stream.unit, "discharged", load(amounts.discharged(name, state))
        yield stream.unit, "sold", load(amounts.sold(name, state))
        if (name, state) not in mixtures.outlets:
            leaves = _leaves(books, stream.unit, stream.name, mixtures.quality)
            whole = load(amounts.leaving(name, state))
            yield (stream.unit, "removed", -whole) if leaves else (stream.unit, "given_off", whole)
    for part in parts_in(books.case):
        stated = part.stated.load.get(mixtures.quality)
        if stated is not None and part.unit in books.places():
            weight = books.assembly.instance.states[state].weight * load_share(books, part, state)
            yield part.unit, "picked_up", stated.value * hours_of(tenants(books.case)[part.unit]) * weight


def _leaves(books: Books, unit: str, stream: str, quality: str) -> bool:
    """Whether a stream is the outlet of a treatment that leaves it at a fixed content."""
    facility = books.case.facilities.get(unit)
    if facility is None or facility.treats is None or quality in facility.quality.get(stream, {}):
        return False
    return stream == facility.treats.outlet and quality in facility.treats.leaves


def _taken_loads(contents: Contents, mixtures: Mixtures, state: str) -> Iterator[tuple[str, str, float]]:
    """(Unit, column, load) of what comes into sinks, and of what of it no outlet keeps."""
    books = contents.books
    kept: dict[str, float] = defaultdict(float)
    for (_, at), outlet in mixtures.outlets.items():
        if at == state:
            kept[outlet.inlet] += outlet.kept
    for name in books.assembly.instance.sinks:
        stream = sink(books, name)
        for part in mixtures.parts(name, state):
            held = mixtures.of_part(name, part)
            if not held.known and (part.accepted or stream.resource not in contents.carriers[mixtures.quality]):
                continue
            load = part.weight * held.mean * mixtures.load_unit[1]
            yield stream.unit, "bought" if part.arrival is None else "exchanged_in", load
            yield stream.unit, "removed", load * (1.0 - kept.get(name, 0.0))


def _internal_loads(contents: Contents, mixtures: Mixtures) -> dict[tuple[str, str], float]:
    """(Giver, taker) -> load that arrives, known and taken note of at both ends."""
    books = contents.books
    found: dict[tuple[str, str], float] = defaultdict(float)
    for arrival in contents.amounts.arrivals:
        giver, taker = source(books, arrival.source), sink(books, arrival.sink)
        held = mixtures.at_source(arrival.source, arrival.state)
        if held.known:
            found[giver.unit, taker.unit] += mixtures.load(giver.resource, arrival.arriving, held)
    return dict(found)


def _with_park(contents: Contents, sums: dict[str, Sums], internal: Mapping[tuple[str, str], float]) -> dict[str, Sums]:
    """Sums of units with those of the park: all but partners, less what is exchanged among them."""
    units = contents.books.assembly.instance.units
    park: Sums = defaultdict(float)
    inside = {unit for unit in units if units[unit].kind != "partner"}
    for unit in inside & set(sums):
        for column, amount in sums[unit].items():
            park[column] += amount
    within = sum(amount for (giver, taker), amount in internal.items() if giver in inside and taker in inside)
    for column in ("exchanged_in", "exchanged_out"):
        rest = park[column] - within
        park[column] = 0.0 if abs(rest) <= 1e-12 * abs(within) else rest
    return {**sums, PARK: park}


def water_balances_table(contents: Contents) -> "pd.DataFrame":
    """Make the ``water_balances`` table: a row for each unit that takes or gives water, and the park [m3/yr].

    Water is what a resource states as ``water``; without it, a cubic metre of a resource of kind water is one of water,
    and so is a tonne.
    ``made`` and ``used_up`` of operations are what they gain and lose; of any other unit the difference between what
    it gives and takes.
    """
    import pandas as pd

    sums = _water(contents)
    columns = (*WATER_IN, *WATER_OUT)
    rows = [_row({"of": unit}, sums[unit], columns) | {"unit": "m3"} for unit in _in_order(contents.books, sums)]
    return pd.DataFrame(rows, columns=list(COLUMNS["water_balances"]))


def water_in(books: Books, resource: str) -> float:
    """Cubic metres of water in a unit of a resource; 0 where it holds none or nothing tells."""
    data = books.case.resources[resource]
    if data.water is not None:
        return data.water.value
    if data.kind != "water":
        return 0.0
    return content(books.case, resource, "m3") or (content(books.case, resource, "t") or 0.0) * M3_PER_T


def _water(contents: Contents) -> dict[str, Sums]:
    books, amounts = contents.books, contents.amounts
    sums: dict[str, Sums] = defaultdict(lambda: defaultdict(float))
    internal: dict[tuple[str, str], float] = defaultdict(float)
    for arrival in amounts.arrivals:
        giver, taker = source(books, arrival.source), sink(books, arrival.sink)
        each = water_in(books, giver.resource)
        sums[giver.unit]["exchanged_out"] += each * arrival.arriving
        sums[giver.unit]["lost"] += each * (arrival.leaving - arrival.arriving)
        sums[taker.unit]["exchanged_in"] += each * arrival.arriving
        internal[giver.unit, taker.unit] += each * arrival.arriving
    for state in books.assembly.instance.states:
        for name in books.assembly.instance.sinks:
            stream = sink(books, name)
            sums[stream.unit]["bought"] += water_in(books, stream.resource) * amounts.supplied(name, state)
        for name in books.assembly.instance.sources:
            stream = source(books, name)
            each = water_in(books, stream.resource)
            sums[stream.unit]["discharged"] += each * amounts.discharged(name, state)
            sums[stream.unit]["sold"] += each * amounts.sold(name, state)
    for unit, figures in sums.items():
        _close(books, unit, figures)
    return _with_park(contents, sums, internal)


def _close(books: Books, unit: str, figures: Sums) -> None:
    """Add what a unit makes and uses up: as operations state it, and the rest of it by difference."""
    net = sum(figures[column] for column in WATER_IN) - sum(figures[column] for column in WATER_OUT)
    there = unit in books.places()
    for part in parts_in(books.case):
        if part.unit != unit or not there:
            continue
        hours = hours_of(tenants(books.case)[unit])
        states = books.assembly.instance.states.items()
        share = sum(data.weight * load_share(books, part, state) for state, data in states)
        for column, stated, resource in (
            ("made", part.stated.gain, part.stated.gives),
            ("used_up", part.stated.loss, part.stated.takes),
        ):
            amount = 0.0 if stated is None else stated.value * hours * share * water_in(books, resource)
            figures[column] += amount
            net += amount if column == "made" else -amount
    if abs(net) > NEGLIGIBLE:
        figures["used_up" if net > 0 else "made"] += abs(net)
