"""Tables ``load_balances`` and ``water_balances``: what comes to each unit and to the park, and where it goes.

    exchanged in + bought + picked up + given off = exchanged out + lost + discharged + sold + removed      (loads)
    exchanged in + bought + made = exchanged out + lost + discharged + sold + used up                        (water)

"exchanged out" is what arrives at the takers, "lost" what is lost on the way there. The park is all units but partners:
what is exchanged within it stands on neither side of its row.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from planner.case.facilities import Facility
from planner.results.amounts import NEGLIGIBLE
from planner.results.books import Books
from planner.results.columns import COLUMNS
from planner.results.compositions import Contents
from planner.results.mixtures import Held, Mixtures
from planner.results.operations import hours_in, load_share, parts_in
from planner.results.streams import sink, source

if TYPE_CHECKING:
    import pandas as pd

PARK = "park"
#: Water of a resource of kind water that is counted in tonnes and says nothing of it.
M3_PER_T = 1.0
Sums = dict[str, float]
#: Share of the largest figure of a row up to which a difference is rounding.
ROUNDING = 1e-9

#: Columns of a load balance, and of a water balance, that come in; the others go out.
LOADS_IN = ("exchanged_in", "bought", "picked_up", "given_off")
LOADS_OUT = ("exchanged_out", "lost", "discharged", "sold", "removed")
WATER_IN = ("exchanged_in", "bought", "made")
WATER_OUT = ("exchanged_out", "lost", "discharged", "sold", "used_up")


def load_balances_table(contents: Contents) -> "pd.DataFrame":
    """Make the ``load_balances`` table: a row for each unit, and the park, and quality that mixes as a weighted mean.

    ``given_off`` is the load of streams whose content the case states, ``picked_up`` that of operations; ``removed``
    is what a treatment takes out and no output holds, and what goes into a process without an outlet of its own. What
    the outputs of a treatment are stated to hold counts against what it removes; what they hold beyond that is
    ``given_off``. A figure of a unit is empty where a content behind it is not known; the row of the park holds the
    known part. ``unknown`` names the streams whose content is not known, of the park all of them.
    """
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for quality in contents.qualities:
        mixtures = contents.of(quality)
        if mixtures.has_loads:
            sums, unknown = _loads(contents, mixtures), _unknown(contents, mixtures)
            for unit in _in_order(contents.books, sums):
                rows.append(_row({"of": unit, "quality": quality}, sums[unit], (*LOADS_IN, *LOADS_OUT)))
                rows[-1] |= {"unit": mixtures.load_unit[0], "unknown": "; ".join(unknown.get(unit, ())) or None}
    return pd.DataFrame(rows, columns=list(COLUMNS["load_balances"]))


def _row(first: dict[str, Any], sums: Mapping[str, float], columns: Iterable[str]) -> dict[str, Any]:
    return first | {f"{column}_per_yr": sums.get(column, 0.0) for column in columns}


def _in_order(books: Books, sums: Mapping[str, Sums]) -> list[str]:
    """Units with any figure, in the order of the assembly, then the park."""
    return [unit for unit in (*books.assembly.instance.units, PARK) if any(sums.get(unit, {}).values())]


def _loads(contents: Contents, mixtures: Mixtures) -> dict[str, Sums]:
    """Unit -> column -> load a year."""
    sums: dict[str, Sums] = defaultdict(lambda: defaultdict(float))
    known: dict[str, Sums] = defaultdict(lambda: defaultdict(float))
    for state in contents.books.assembly.instance.states:
        for unit, column, load in (*_given_loads(contents, mixtures, state), *_taken_loads(contents, mixtures, state)):
            sums[unit][column] += load
            known[unit][column] += load if load == load else 0.0
    for unit, figures in known.items():
        if treats(contents.books, unit) and figures["removed"] < 0:
            told = sums[unit]["removed"] == sums[unit]["removed"]  # else more may come in than is known
            figures["given_off"] += _above_rounding(-figures["removed"], figures) if told else 0.0
            figures["removed"] = 0.0
            sums[unit] |= {column: figures[column] for column in ("given_off", "removed") if told}
    return {**sums, PARK: _with_park(contents, known, _internal_loads(contents, mixtures))[PARK]}


def _unknown(contents: Contents, mixtures: Mixtures) -> dict[str, list[str]]:
    """Unit, and the park -> streams that leave it or come into it whose content is not known."""
    books, amounts, quality = contents.books, contents.amounts, mixtures.quality
    found: dict[str, list[str]] = defaultdict(list)
    for state in books.assembly.instance.states:
        for name in books.assembly.instance.sources:
            stream, held = source(books, name), mixtures.at_source(name, state)
            flows = amounts.leaving(name, state) > NEGLIGIBLE
            if flows and not held.known and contents.matters(quality, stream.resource, held):
                found[stream.unit].append(name)
        for name in books.assembly.instance.sinks:
            stream = sink(books, name)
            for part in mixtures.parts(name, state) if stream.resource in contents.carriers[quality] else ():
                if not mixtures.of_part(name, part).known:
                    origin = f"what is bought for {name}" if part.arrival is None else part.arrival.source
                    found[stream.unit].append(origin)
    units = books.assembly.instance.units
    park = [name for unit, names in found.items() if units[unit].kind != "partner" for name in names]
    return {unit: list(dict.fromkeys(names)) for unit, names in {**found, PARK: park}.items()}


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
            whole = load(amounts.leaving(name, state))
            yield (stream.unit, "removed", -whole) if treats(books, stream.unit) else (stream.unit, "given_off", whole)
        elif any(mixtures.outlets[name, state].less):
            yield stream.unit, "removed", _spared(mixtures, (name, state), load(amounts.leaving(name, state)))
    for part in parts_in(books.case):
        stated = part.stated.load.get(mixtures.quality)
        if stated is not None and part.unit in books.places():
            weight = books.assembly.instance.states[state].weight * load_share(books, part, state)
            yield part.unit, "picked_up", stated.value * hours_in(books, part.unit, state) * weight


def _above_rounding(amount: float, figures: Sums) -> float:
    largest = max((abs(x) for x in figures.values() if x == x), default=0.0)
    return amount if amount > ROUNDING * largest else 0.0


def made_of_nothing(contents: Contents, load_balances: "pd.DataFrame") -> Iterator[str]:
    """Say of each treatment whose outputs are stated to hold more than comes in how much more it is."""
    case = contents.books.case
    for row in load_balances.to_dict("records"):
        unit, quality, amount = str(row["of"]), str(row["quality"]), float(row["given_off_per_yr"])
        if treats(contents.books, unit) and amount > 0:
            fields = ", ".join(_stated_in(case.facilities[unit], unit, quality))
            yield (
                f"{unit} gives off {amount:,.6g} {row['unit']}/yr of {quality} more than comes in: what leaves it "
                f"counts with the content that is stated ({fields or 'of its resources'})"
            )


def _stated_in(facility: Facility, unit: str, quality: str) -> Iterator[str]:
    if facility.treats is not None and quality in facility.treats.leaves:
        yield f"facilities.{unit}.treats.leaves.{quality}"
    yield from (f"facilities.{unit}.quality.{o}.{quality}" for o, held in facility.quality.items() if quality in held)


def treats(books: Books, unit: str) -> bool:
    """Whether a unit is a treatment."""
    facility = books.case.facilities.get(unit)
    return facility is not None and facility.treats is not None


def _spared(mixtures: Mixtures, key: tuple[str, str], held: float) -> float:
    """What a residue does not hold of its share of what comes in, as outputs of stated content hold it."""
    outlet, state = mixtures.outlets[key], key[1]
    parts = [(part.weight, mixtures.of_part(outlet.inlet, part)) for part in mixtures.parts(outlet.inlet, state)]
    coming = sum(weight * one.mean for weight, one in parts) * mixtures.load_unit[1]
    return outlet.kept * coming - held


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
            if not held.known and stream.resource not in contents.carriers[mixtures.quality]:
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
    return data.content("m3") or (data.content("t") or 0.0) * M3_PER_T


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
        states = books.assembly.instance.states.items()
        hours = sum(data.weight * load_share(books, part, t) * hours_in(books, unit, t) for t, data in states)
        for column, stated, resource in (
            ("made", part.stated.gain, part.stated.gives),
            ("used_up", part.stated.loss, part.stated.takes),
        ):
            amount = 0.0 if stated is None else stated.value * hours * water_in(books, resource)
            figures[column] += amount
            net += amount if column == "made" else -amount
    if abs(net) > NEGLIGIBLE:
        figures["used_up" if net > 0 else "made"] += abs(net)
