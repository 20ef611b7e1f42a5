"""The ``heat_pipes`` table: temperatures along insulated pipes, what is lost on a metre, and the least flow."""

import math
from collections.abc import Container, Hashable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.look import Cold
from planner.case.case import Case
from planner.case.cooling import heats
from planner.case.heat import HeatLevel
from planner.case.links import Link, Size
from planner.heat.in_pipes import PA_PER_BAR, ends_of, ground_of, least_flow, let_through, lost_on_metre, transfers_of
from planner.heat.levels import cools
from planner.heat.pipes import loop_arrival
from planner.heat.properties import OutOfRange, saturation_temperature
from planner.hydraulics.network import NotSolved
from planner.hydraulics.temperatures import TOLERANCE_K, Loop, Reach, least_factor, temperatures
from planner.results.books import Books
from planner.results.columns import COLUMNS
from planner.results.exchanges import Built, built_exchanges
from planner.results.flows import NEGLIGIBLE, Flow
from planner.results.network import Network, User
from planner.results.routes import way

if TYPE_CHECKING:
    import pandas as pd

NAN = float("nan")
OK, COLD, NOT_ASKED, NOT_KNOWN = "ok", "too cold", "not asked", "not known"
#: By so much may a pipe of its own arrive colder, whose least flow is a row of the model [K].
ROUNDING_K = 1e-3
WATTS = 1e6
#: Flows of a stretch below this share of the largest are rounding.
NO_FLOW = 1e-9
#: Above this share of what somebody takes up, heat of the ground is worth a warning.
MUCH_FROM_GROUND = 0.1
#: Pipes that a sentence names.
_TOLD = 3


def heat_pipes_table(network: Network) -> "pd.DataFrame":
    """Make the ``heat_pipes`` table of a run; empty where no size in use is insulated.

    A row for each period in which it is in service and each exchange by an insulated pipe of its own, each stretch of
    a main with insulated pipes, and each exchange over it. ``loss_w_per_m`` is of supply and return, of all pipes of a
    stretch together. ``flow_per_h`` leaves the source, or flows in the middle of a stretch, in its mean hour;
    ``arrives_degc`` is the temperature at the end of the pipe, or where an exchange takes it. Of steam it is that of
    condensation after the largest pressure drop of its link. ``verdict`` is "ok" or "too cold" (for what cools: too
    warm) beside ``least_degc``, "not asked" where the level states no ``arrives``, "not known" where water circles.
    """
    import pandas as pd

    books = network.books
    rows = [row for one in built_exchanges(books) for row in _of_exchange(books, one)]
    for main in dict.fromkeys(pipe.main for pipe in network.laid):
        if _insulated(books.case.links[books.assembly.mains[main].link]):
            for state in books.assembly.instance.states:
                rows += _of_main(_MainIn(network, main, state))
    return pd.DataFrame(rows, columns=list(COLUMNS["heat_pipes"]))


def _insulated(link: Link) -> bool:
    return any(transfers_of(size) is not None for size in link.sizes)


def _of_exchange(books: Books, one: Built) -> Iterator[dict[str, Any]]:
    """Rows of an exchange that has a pipe of its own."""
    facts, instance = books.assembly.exchanges[one.exchange], books.assembly.instance
    level = books.case.resources[facts.resource].heat
    for flow in one.flows:
        option = instance.exchanges[one.exchange].options[flow.option]
        link, name = facts.options[flow.option]
        size = next((s for s in books.case.links[link].sizes if s.size == name), None) if link else None
        if option.main is not None or level is None or size is None or transfers_of(size) is None:
            continue
        if flow.leaving <= NEGLIGIBLE and abs(flow.lost) <= NEGLIGIBLE:
            continue  # out of service
        metres = way(books, one.exchange, flow.option, one.places).length_m
        yield _row_of_pipe(books, flow, (str(link), size), (facts.resource, level, metres), facts.shared_by_state)


def _row_of_pipe(
    books: Books,
    flow: Flow,
    of: tuple[str, Size],
    carried: tuple[str, HeatLevel, float],
    shared: Mapping[str, float],
) -> dict[str, Any]:
    (name, size), (resource, level, metres) = of, carried
    case, data = books.case, books.case.resources[resource]
    through, around = transfers_of(size), ground_of(case, flow.state)
    assert through is not None
    energy, hours = data.content("MWh") or NAN, shared[flow.state]
    rate = flow.leaving / hours if hours else NAN
    supply, back = ends_of(level)
    if level.steam is None:
        arrives = loop_arrival(supply, back, around, through, metres, rate * energy * WATTS)
    else:
        arrives = _of_steam(level, case.links[name], metres)
    option = books.assembly.instance.exchanges[flow.exchange].options[flow.option]
    share = case.links[name].volume_loss
    kept = 1.0 - (0.0 if share is None else share.value * metres / 1000.0)
    giver = books.assembly.exchanges[flow.exchange].giver
    loss = counted_loss(case, size, (resource, giver), around)
    return {
        "state": flow.state,
        "exchange": flow.exchange,
        "option": flow.option,
        "resource": resource,
        "link": name,
        "size": size.size,
        "length_km": metres / 1000.0,
        "ground_degc": around,
        "loss_w_per_m": loss,
        "lost_mwh_per_yr": loss * metres * hours / WATTS,
        "flow_per_h": rate,
        "unit": data.unit,
        "least_flow_per_h": least_flow(data, through, around) * metres / kept if option.pairs else 0.0,
        **_temperatures(level, supply, arrives, ROUNDING_K),
    }


def counted_loss(case: Case, size: Size | None, of: tuple[str, str | None], ground: float) -> float:
    """What a pipe loses on a metre as the plan counts it [W/m]; ``of`` a resource and who gives it, if one."""
    level = case.resources[of[0]].heat
    return 0.0 if size is None or level is None else lost_on_metre(size, level, ground, heats=heats(case, *of))


def _of_steam(level: HeatLevel, link: Link, metres: float) -> float:
    """Temperature at which steam condenses at the end of a pipe, by the largest pressure drop of its link [degC]."""
    assert level.steam is not None
    drop = link.max_pressure_drop
    try:
        return NAN if drop is None else saturation_temperature(level.steam.value - drop.value * metres / PA_PER_BAR)
    except OutOfRange:
        return NAN


def least_of(level: HeatLevel) -> float:
    """Temperature at which a medium must arrive [degC]; not a number where nothing is asked."""
    if level.arrives is None:
        return NAN
    if level.arrives.steam is not None:
        return saturation_temperature(level.arrives.steam.value)
    return NAN if level.arrives.supply is None else level.arrives.supply.value


def _made_for(level: HeatLevel) -> float:
    """Temperature for which those who take a loop are made: the least, else halfway to its return [degC]."""
    least, (supply, back) = least_of(level), ends_of(level)
    return (supply + back) / 2 if least != least else least


def _temperatures(level: HeatLevel, supply: float, arrives: float, tolerance: float) -> dict[str, Any]:
    least = least_of(level)
    short = arrives - least if cools(level) else least - arrives
    verdict = COLD if short > tolerance else OK
    if least != least:
        verdict = NOT_ASKED
    elif arrives != arrives:
        verdict = NOT_KNOWN
    drop = supply - arrives
    return {
        "supply_degc": supply,
        "arrives_degc": arrives,
        "least_degc": least,
        "drop_k": -drop if cools(level) else drop,
        "verdict": verdict,
    }


@dataclass(frozen=True)
class _MainIn:
    """A main of insulated pipes in a state."""

    network: Network
    main: str
    state: str

    @property
    def resource(self) -> str:
        return self.network.books.assembly.mains[self.main].resource

    @property
    def link(self) -> str:
        return self.network.books.assembly.mains[self.main].link

    @property
    def level(self) -> HeatLevel:
        level = self.network.books.case.resources[self.resource].heat
        assert level is not None
        return level

    @property
    def per_unit(self) -> float:
        """Heat that an amount a year means in the mean hour of the main's [MW yr/unit]."""
        instance, case = self.network.books.assembly.instance, self.network.books.case
        hours = instance.states[self.state].weight * instance.mains[self.main].hours[self.state]
        return (case.resources[self.resource].content("MWh") or NAN) / hours if hours else 0.0

    def users(self) -> list[tuple[Built, Flow]]:
        """Exchanges over it that flow."""
        instance = self.network.books.assembly.instance
        return [
            (one, flow)
            for one in built_exchanges(self.network.books)
            for flow in one.flows
            if flow.state == self.state
            and flow.leaving > NEGLIGIBLE
            and instance.exchanges[one.exchange].options[flow.option].main == self.main
        ]


@dataclass(frozen=True)
class _Water:
    """What flows in a main: its reaches, what is sent in and taken at each node [MW], and its temperatures."""

    reaches: list[Reach]
    given: dict[str, float]
    taken: dict[str, float]
    loop: Loop

    def temperatures(self) -> tuple[dict[str, float], list[float]]:
        """At every node, and at the end of each reach [degC]; nothing at nodes where they are not known."""
        with suppress(NotSolved):
            return temperatures(self.reaches, self.given, self.taken, self.loop)
        return {}, [NAN] * len(self.reaches)

    def least_factor(self, node: str) -> float:
        """Times what is taken at a node would arrive there as it must."""
        return least_factor(self.reaches, self.given, self.taken, self.loop, node)


def _water_in(one: _MainIn, users: Iterable[tuple[Built, Flow]], reaches: list[Reach]) -> _Water:
    """What the users of a main make flow in it."""
    ends = one.network.users(one.main)
    given, taken = dict[str, float](), dict[str, float]()
    for _, flow in users:
        if (flow.exchange, flow.option) in ends:
            giver, taker = ends[flow.exchange, flow.option]
            given[giver] = given.get(giver, 0.0) + flow.leaving * one.per_unit
            taken[taker] = taken.get(taker, 0.0) + (flow.leaving - flow.lost) * one.per_unit
    supply, back = ends_of(one.level)
    around = ground_of(one.network.books.case, one.state)
    return _Water(reaches, given, taken, Loop(supply, back, around, _made_for(one.level)))


def _of_main(one: _MainIn) -> list[dict[str, Any]]:
    """Rows of the stretches of a main, and of the exchanges over it."""
    network, level = one.network, one.level
    books = network.books
    users, around = one.users(), ground_of(books.case, one.state)
    if not users:
        return []
    rows, reaches = _stretches(one, around)
    supply, _ = ends_of(level)
    at, after = dict[str, float](), [NAN] * len(reaches)
    if level.steam is None:
        at, after = _water_in(one, users, reaches).temperatures()
    largest = max((reach.flow for reach in reaches), default=0.0)
    for row, reach, arrives in zip(rows, reaches, after, strict=True):
        arrives = arrives if reach.flow > NO_FLOW * largest else NAN  # nothing flows: nothing arrives
        row |= _temperatures(level, supply, arrives, TOLERANCE_K) | {"verdict": NOT_ASKED}
    ends = network.users(one.main)
    moved = sum(flow.lost for _, flow in users)
    per_unit = sum(row["lost_mwh_per_yr"] for row in rows) / moved if abs(moved) > NEGLIGIBLE else 0.0
    for built, flow in users:
        nodes = ends.get((flow.exchange, flow.option))
        found = way(books, flow.exchange, flow.option, built.places)
        arrives = supply if nodes is None else at.get(nodes[1], NAN)
        if level.steam is not None:
            arrives = _of_steam(level, books.case.links[one.link], found.length_m)
        told = _temperatures(level, supply, arrives, TOLERANCE_K) | {"lost_mwh_per_yr": flow.lost * per_unit}
        rows.append(_row_over_main(one, flow, found.length_m, around, told))
    return rows


def cold_over_mains(network: Network) -> tuple[tuple[Cold, ...], frozenset[str]]:
    """Exchanges over mains of insulated pipes that arrive too cold, and mains of which that is not known."""
    books, cold, unknown = network.books, list[Cold](), set[str]()
    mains = dict.fromkeys(pipe.main for pipe in network.laid)
    for main in (name for name in mains if _insulated(books.case.links[books.assembly.mains[name].link])):
        for one in (_MainIn(network, main, state) for state in books.assembly.instance.states):
            rows = [row for row in _of_main(one) if "exchange" in row]
            if any(row["verdict"] == NOT_KNOWN for row in rows):
                unknown.add(main)
            late = [row for row in rows if row["verdict"] == COLD]
            if late:
                factors = _factors(one)
                uses = [(str(row["exchange"]), str(row["option"])) for row in late]
                cold += [Cold(main, e, s, one.state, factors.get((e, s), math.inf)) for e, s in uses]
    return tuple(cold), frozenset(unknown)


def _factors(one: _MainIn) -> dict[User, float]:
    """Exchange and option over a main of water -> times what arrives would arrive as it must; of steam none would."""
    if one.level.steam is not None:
        return {}
    _, reaches = _stretches(one, ground_of(one.network.books.case, one.state))
    water = _water_in(one, one.users(), reaches)
    ends = one.network.users(one.main)
    nodes = {user: taker for user, (_, taker) in ends.items() if taker in water.taken}
    known = {node: water.least_factor(node) for node in dict.fromkeys(nodes.values())}
    return {user: known[node] for user, node in nodes.items()}


def _row_over_main(one: _MainIn, flow: Flow, metres: float, around: float, told: dict[str, Any]) -> dict[str, Any]:
    books = one.network.books
    hours = books.assembly.exchanges[flow.exchange].shared_by_state[one.state]
    return {
        "state": one.state,
        "exchange": flow.exchange,
        "option": flow.option,
        "main": one.main,
        "resource": one.resource,
        "link": one.link,
        "length_km": metres / 1000.0,
        "ground_degc": around,
        "flow_per_h": flow.leaving / hours if hours else NAN,
        "unit": books.case.resources[one.resource].unit,
        **told,
    }


def _stretches(one: _MainIn, around: float) -> tuple[list[dict[str, Any]], list[Reach]]:
    """Rows of the stretches of a main, and its reaches in the direction of the flow."""
    network, books = one.network, one.network.books
    weight = books.assembly.instance.states[one.state].weight
    hours = weight * books.assembly.instance.mains[one.main].hours[one.state]
    rows, reaches = [], []
    for (main, stretch), pipes in network.on_bed.items():
        if main != one.main:
            continue
        plus, minus = network.through(main, stretch, one.state)
        net = weight * (plus - minus)
        way_ = 1 if net >= 0 else -1
        at, ends = network.stretch(stretch), network.ends_in(main, stretch)
        sizes = [(pipe.pipes, network.size(pipe.link, pipe.size)) for pipe in pipes]
        through = [(count, let_through(size, one.level, around)) for count, size in sizes]
        first = sum(count * u for count, (u, _) in through)
        loss = sum(count * counted_loss(books.case, size, (one.resource, None), around) for count, size in sizes)
        reaches.append(Reach(ends[::way_][0], ends[::way_][1], abs(net) * one.per_unit, first, at.length_m))
        nodes = (at.tail, at.head)[::way_]
        rows.append(
            {
                "state": one.state,
                "main": main,
                "stretch": stretch,
                "from_node": nodes[0],
                "to_node": nodes[1],
                "resource": one.resource,
                "link": one.link,
                "size": " + ".join(f"{count} x {size.size if size else '-'}" for count, size in sizes),
                "length_km": at.length_m / 1000.0,
                "ground_degc": around,
                "loss_w_per_m": loss,
                "lost_mwh_per_yr": loss * at.length_m * hours / WATTS,
                "flow_per_h": abs(net) / hours if hours else NAN,
                "unit": books.case.resources[one.resource].unit,
            }
        )
    return rows, reaches


def notes_on_ground_heat(books: Books) -> Iterator[str]:
    """Warn of cooling loops of whose heat the ground gives much, which is counted as if they stayed cold."""
    for one in built_exchanges(books):
        facts = books.assembly.exchanges[one.exchange]
        if not heats(books.case, facts.resource, facts.giver):
            continue
        shares = {x.state: x.lost / x.leaving for x in one.flows if x.leaving > NEGLIGIBLE}
        worst = max(shares, key=lambda t: shares[t], default=None)
        if worst is not None and shares[worst] > MUCH_FROM_GROUND:
            when = "" if worst == "year" else f" in {worst}"
            yield (
                f"WARNING: {one.exchange}: {100.0 * shares[worst]:.0f} % of the heat that {facts.giver} takes up{when} "
                "comes in from the ground, by the temperatures at the beginning of its pipes; its water warms on the "
                "way, so that less comes in"
            )


def part_time(books: Books) -> frozenset[tuple[str, str]]:
    """Exchange and state in which it runs for fewer hours than the main that it uses."""
    instance = books.assembly.instance
    return frozenset(
        (one.exchange, flow.state)
        for one in built_exchanges(books)
        for flow in one.flows
        if (main := instance.exchanges[one.exchange].options[flow.option].main) is not None
        and books.assembly.exchanges[one.exchange].shared_by_state.get(flow.state, math.inf)
        < instance.states[flow.state].weight * instance.mains[main].hours.get(flow.state, 0.0) * (1.0 - NO_FLOW)
    )


def notes_on_temperatures(table: "pd.DataFrame", seldom: Container[tuple[str, str]] = ()) -> Iterator[str]:
    """Say what arrives too cold, and by how much it cools where nothing was asked; ``seldom``: :func:`part_time`."""
    rows = [row for row in table.to_dict("records") if isinstance(row["exchange"], str)]
    cold = [row for row in rows if row["verdict"] == COLD]
    if cold:
        less = sorted({row["exchange"] for row in cold if (row["exchange"], row["state"]) in seldom})
        yield f"WARNING: {_words(cold)}: too cold; larger flows, better insulation or nearer plots would mend that"
        if less:
            yield (
                f"{', '.join(less[:_TOLD])}: too cold by the mean flow of all hours of its main; it runs for fewer of "
                "them, in which more flows than that and cools less"
            )
    unknown = sorted({str(row["main"]) for row in rows if row["verdict"] == NOT_KNOWN})
    if unknown:
        yield f"{', '.join(unknown)}: how warm its water arrives is not known, as it flows in a circle"
    for resource in dict.fromkeys(row["resource"] for row in rows if row["verdict"] == NOT_ASKED):
        mine = [row for row in rows if row["resource"] == resource and row["drop_k"] == row["drop_k"]]
        worst = max(mine, key=lambda row: row["drop_k"], default=None)
        if worst is not None and worst["drop_k"] >= ROUNDING_K:
            yield (
                f"resources.{resource}.heat.arrives is not stated: {resource} is taken to arrive as it leaves, though "
                f"it loses up to {worst['drop_k']:.3g} K ({worst['exchange']}, {worst['length_km']:,.3g} km)"
            )


def _words(cold: Iterable[Mapping[Hashable, Any]]) -> str:
    rows = list(cold)
    told = [
        f"{row['exchange']} ({row['resource']}) arrives at {row['arrives_degc']:.1f} instead of "
        f"{row['least_degc']:.1f} degC" + ("" if row["state"] == "year" else f" in {row['state']}")
        for row in rows[:_TOLD]
    ]
    return "; ".join(told) + (f" and {len(rows) - _TOLD} more" if len(rows) > _TOLD else "")
