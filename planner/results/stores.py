"""Tables ``stores`` and ``store_levels``: what is kept, how fast, with what losses, and contents through the year."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.storage import course, decay_of, order_of
from planner.case import units
from planner.case.stores import Store, known
from planner.results.books import Books
from planner.results.columns import COLUMNS
from planner.results.flows import NEGLIGIBLE, flows

if TYPE_CHECKING:
    import pandas as pd

NAN = float("nan")
#: Passes of a block of which the content is told; what lies between them lies between their contents.
FIRST, LAST = "first", "last"
#: Contents below this share of the largest are rounding.
ROUNDING = 1e-9
#: Contents that differ by less than this share of the largest are the same to a solver.
ROUNDING_OF_SOLVER = 1e-6


@dataclass(frozen=True)
class Kept:
    """A store that is built.

    Attributes
    ----------
    content
        Largest content [unit].
    rated_in, rated_out
        Largest rate charged, and of what is given, in the units of these [unit/h].
    charged, drawn
        By period, what charging takes and drawing gives [unit/yr].
    """

    name: str
    store: Store
    content: float
    rated_in: float
    rated_out: float
    charged: Mapping[str, float]
    drawn: Mapping[str, float]

    @property
    def gained(self) -> float:
        """What the content gains in a year [unit/yr]."""
        return self.store.gained * sum(self.charged.values())


def kept(books: Books, name: str) -> Kept | None:
    """A store of the run; None for what is no store.

    A rate that costs nothing is as large as the content and the case allow, one that costs is what was chosen.
    """
    store, value = books.case.facilities[name].stores, books.solution.value
    if store is None:
        return None
    instance = books.assembly.instance
    content = sum(value("capacity", name, segment) for segment in instance.facilities[name].segments)
    into = store.fastest_in(content) if store.rate_cost_in is None else value("rated_in", name)
    out = store.fastest_out(content) if store.rate_cost_out is None else value("rated_out", name)
    moved = [
        {t: state.weight * value(family, name, t) for t, state in instance.states.items()}
        for family in ("charged", "drawn")
    ]
    return Kept(name, store, content, into, out, *moved)


def stores(books: Books) -> list[Kept]:
    """Stores of the run."""
    return [one for name in books.opened() if (one := kept(books, name)) is not None]


def stores_table(books: Books) -> "pd.DataFrame":
    """Make the ``stores`` table.

    ``lost_standing_per_yr`` is lost of the content while it stands, ``lost_converting_per_yr`` on the way in and out by
    the efficiencies (empty where what is given is not what is taken), both in the unit of the content. A cycle is a
    content that comes in.
    """
    import pandas as pd

    return pd.DataFrame([_row(books, one) for one in stores(books)], columns=list(COLUMNS["stores"]))


def _row(books: Books, one: Kept) -> dict[str, Any]:
    resources, unit = books.case.resources, books.case.facilities[one.name].unit
    taken, given = one.store.taken, one.store.given
    charged, drawn = sum(one.charged.values()), sum(one.drawn.values())
    levels = [row[f"content_{end}"] for row in levels_of(books, one) for end in ("start", "end")]
    return {
        "store": one.name,
        "takes": taken,
        "gives": given,
        "content": one.content,
        "unit": unit,
        "rated_in_per_h": one.rated_in,
        "charged_per_yr": charged,
        "charged_unit": resources[taken].unit,
        "rated_out_per_h": one.rated_out,
        "drawn_per_yr": drawn,
        "drawn_unit": resources[given].unit,
        "lost_standing_per_yr": _clean(one.gained - drawn / one.store.drawn, one.gained),
        "lost_converting_per_yr": _converting(one, unit, (resources[taken].unit, resources[given].unit)),
        "cycles_per_yr": one.gained / one.content if one.content > 0 else NAN,
        "least_content": min(levels, default=NAN),
        "largest_content": max(levels, default=NAN),
    }


def _converting(one: Kept, unit: str, ends: tuple[str, str]) -> float:
    """What the efficiencies take, in the unit of the content; empty where what goes in is not what comes out."""
    if not one.store.keeps:
        return NAN
    if not all(end == unit or (known(end) and known(unit) and units.converts(end, unit)) for end in ends):
        return NAN
    into, out = (1.0 if end == unit else units.factor(end, unit) for end in ends)
    charged, drawn = sum(one.charged.values()), sum(one.drawn.values())
    lost = (into - one.store.gained) * charged + (1.0 / one.store.drawn - out) * drawn
    return _clean(lost, one.gained)


def _clean(amount: float, beside: float) -> float:
    return 0.0 if abs(amount) <= ROUNDING * abs(beside) else amount


def store_levels_table(books: Books) -> "pd.DataFrame":
    """Make the ``store_levels`` table: content at both ends of each period, in the order of the year.

    A period that is a step of a cycle has two rows, of the first and the last ``pass``: in the passes between them the
    content lies between these. Where the case says in which turns groups pass, a row is of a turn and a pass of it.
    """
    import pandas as pd

    rows = [row for one in stores(books) for row in levels_of(books, one)]
    return pd.DataFrame(rows, columns=list(COLUMNS["store_levels"]))


def levels_of(books: Books, one: Kept) -> list[dict[str, Any]]:
    """Rows of a store, block by block, of each block first those of its first pass."""
    instance, unit = books.assembly.instance, books.case.facilities[one.name].unit
    order, left = order_of(instance), decay_of(instance, one.name)
    found = course(instance, books.solution.values, one.name)
    rows, turns = [], bool(books.case.turns)
    for n, block in enumerate(order.blocks):
        mine = [level for level in found if level.block == n]
        first = books.solution.value("between", one.name, str(n))
        end = order.last[block.group]
        gained = mine[-1].first - left.left[end] * first
        last = left.over_last[n] * first + left.again_last[n] * gained
        passes = ((FIRST, first), (LAST, last)) if block.repeats > 1 else ((FIRST, first),)
        told_as = {FIRST: f"turn {n + 1}, pass 1", LAST: f"turn {n + 1}, pass {block.repeats}"} if turns else {}
        for name, start in passes:
            for level in mine:
                after = level.first if name == FIRST else level.last
                levels = (_clean(content, one.content) for content in (start, after))
                told = dict(zip(("content_start", "content_end"), levels, strict=True))
                rows.append(
                    {"store": one.name, "period": level.state, "pass": told_as.get(name, name), "unit": unit, **told}
                )
                start = after
    return rows


def notes_on_stores(books: Books) -> Iterator[str]:
    """Stores of a plan that keep nothing, though something passes through them, and those that help a plant's heat."""
    for one in stores(books):
        ends = [row[f"content_{end}"] for row in levels_of(books, one) for end in ("start", "end")]
        if sum(one.charged.values()) <= NEGLIGIBLE:
            continue
        if max(ends) - min(ends) <= ROUNDING_OF_SOLVER * max(one.content, NEGLIGIBLE):
            yield (
                f"{one.name} is a way, not a store: what it holds never changes from period to period, what comes in "
                "leaves in the same; ask what it saves (a cost of recovery, a fee, a limit), and whether that holds in "
                "the plant"
            )
        for plant in _there_and_back(books, one):
            yield (
                f"{one.name} takes {one.store.taken} from {plant} and gives it back: heat of {plant} that is recovered "
                f"by way of the store does not pay plants.{plant}.process_heat.recovery.cost; state what its "
                "exchangers cost in its investment or rate_cost_in and rate_cost_out"
            )


def _there_and_back(books: Books, one: Kept) -> list[str]:
    """Plants whose process heat has a price of recovery and that fill the store and are fed by it."""
    instance, priced = books.assembly.instance, []
    for name, plant in books.case.plants.items():
        if one.store.keeps and plant.process_heat is not None and plant.process_heat.recovery.cost is not None:
            media = plant.process_heat.gives, plant.process_heat.takes
            if all(any((x.resource or n) == one.store.taken for n, x in end.items()) for end in media):
                priced.append(name)
    moving = [instance.exchanges[flow.exchange] for flow in flows(books) if flow.leaving > NEGLIGIBLE]
    ends = {(instance.sources[x.source].unit, instance.sinks[x.sink].unit) for x in moving}
    return [name for name in priced if {(name, one.name), (one.name, name)} <= ends]


def exchanged_share(books: Books) -> dict[str, float]:
    """Store that gives back what it takes -> share of what it was charged with that came by exchanges."""
    instance = books.assembly.instance
    found: dict[str, float] = {}
    for one in stores(books):
        sink, charged = f"{one.name} / {one.store.taken}", sum(one.charged.values())
        came = sum(flow.replaced for flow in flows(books) if instance.exchanges[flow.exchange].sink == sink)
        if one.store.keeps and charged > 0:
            found[one.name] = min(1.0, came / charged)
    return found


def flows_of_stores(books: Books) -> Iterator[tuple[str, str, str, str, float]]:
    """(kind, store, resource, period, amount) of what stores are charged with and give."""
    for one in stores(books):
        for kind, resource, moved in (
            ("charged", one.store.taken, one.charged),
            ("drawn", one.store.given, one.drawn),
        ):
            for t, amount in moved.items():
                yield kind, one.name, resource, t, amount
