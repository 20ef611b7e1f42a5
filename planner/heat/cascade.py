"""The heat cascade of a plant as the mathematics want it: from streams, media and forbidden matches."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from models.heat import CascadeData, Group, Interval, MediumData, MediumName, State
from planner.heat.intervals import Bounds, intervals, spread
from planner.heat.streams import HeatStream, Match
from planner.heat.useful import Carrier, Loads, useful

PROCESS, MEDIA = "process", "media"


@dataclass(frozen=True)
class Medium:
    """A medium or utility that a plant may take or give.

    Attributes
    ----------
    stream
        Its temperatures on the plant's side and its contribution; hot where it gives heat to the plant's streams
        (steam that is taken), cold where it takes heat from them (steam that is raised, cooling water). Its load does
        not count. Several where it gives heat in parts, as steam whose condensate is cooled: their loads then are in
        the proportion of the parts (``planner.heat.media``).
    heat
        Heat given or taken by a unit of it [MWh/unit].
    most
        By state, the most that the plant can take or give [unit/yr]; no limit where nothing is said.
    wanted
        By state, what others can take of it, so that it may be made of other media, too; of what the plant takes,
        what others have to be rid of, so that it may be cooled here [unit/yr].
    endless
        Besides, it is sold without a limit.

    Raises
    ------
    ValueError
        If some parts are hot and some cold, or if several have no heat.
    """

    stream: HeatStream | tuple[HeatStream, ...]
    heat: float = 1.0
    most: Mapping[State, float] | None = None
    wanted: Mapping[State, float] = field(default_factory=dict)
    endless: bool = False

    def __post_init__(self) -> None:
        if len({part.hot for part in self.parts}) != 1:
            raise ValueError("the parts of a medium are all hot or all cold, and there is one at least")
        if len(self.parts) > 1 and not sum(part.load for part in self.parts) > 0:
            raise ValueError(f"medium {self.parts[0].name!r}: its parts have no heat")

    @property
    def parts(self) -> tuple[HeatStream, ...]:
        """The streams that it consists of."""
        return (self.stream,) if isinstance(self.stream, HeatStream) else self.stream

    @property
    def hot(self) -> bool:
        """True where it gives heat to the plant's streams."""
        return self.parts[0].hot

    def spread(self, bounds: Bounds) -> dict[Interval, float]:
        """Interval -> share of its heat."""
        if len(self.parts) == 1:
            return spread(self.parts[0], bounds)
        found: dict[Interval, float] = {}
        total = sum(part.load for part in self.parts)
        for part in self.parts:
            for k, share in spread(part, bounds).items() if part.load else ():
                found[k] = found.get(k, 0.0) + share * part.load / total
        return found


def cascade_of(
    unit: str,
    streams: Mapping[str, HeatStream],
    media: Mapping[MediumName, Medium],
    *,
    amounts: Mapping[State, Mapping[str, float]] | None = None,
    hours: Mapping[State, float] | None = None,
    forbidden: Iterable[Match] = (),
    priced: bool = False,
    unsure: set[MediumName] | None = None,
) -> CascadeData:
    """Make the heat cascade of a plant.

    Parameters
    ----------
    unit
        The plant.
    streams
        Process streams by name.
    media
        Media and utilities by name.
    amounts
        By state and stream, heat in the state over the year [MWh/yr]; else the loads of the streams in the one state
        "year".
    hours
        By state, hours in which the plant runs [h/yr]; else 8760 in the one state "year".
    forbidden
        (Hot, cold) names of streams or media between which no heat may pass.
    priced
        What passes between process streams costs something.
    unsure
        Takes the names of media whose bound is ample, but not proven (``planner.heat.useful``).

    Returns
    -------
    models.heat.CascadeData
        Media are bounded by what they can be of use for (``planner.heat.useful``).

    Raises
    ------
    ValueError
        If a name is used twice, if a forbidden match is not of a hot and a cold stream of the plant, or if a medium
        carries no heat.
    """
    hot = {**{name: x.hot for name, x in streams.items()}, **{name: x.hot for name, x in media.items()}}
    barred = frozenset(forbidden)
    _check(unit, streams, media, hot, barred)
    states = {"year": {name: stream.load for name, stream in streams.items()}} if amounts is None else amounts
    bounds = intervals((*streams.values(), *(part for medium in media.values() for part in medium.parts)))
    groups = {name: _group(name, hot[name], name in media, barred) for name in hot}
    barred_groups = frozenset((groups[i], groups[j]) for i, j in barred)
    loads = {kind: _loads(streams, states, bounds, groups, kind) for kind in (True, False)}
    for name, medium in media.items():
        loads[medium.hot].setdefault(groups[name], {})
    apart = bool(barred) or priced
    size = len(bounds)
    by_state = {
        t: Loads(_by_interval(loads[True], t, size), _by_interval(loads[False], t, size), barred_groups, apart)
        for t in states
    }
    return CascadeData(
        unit,
        bounds,
        loads[True],
        loads[False],
        _media(media, groups, bounds, by_state, set() if unsure is None else unsure),
        barred_groups,
        {"year": 8760.0} if hours is None else dict(hours),
    )


def _media(
    media: Mapping[MediumName, Medium],
    groups: Mapping[str, Group],
    bounds: Bounds,
    loads: Mapping[State, Loads],
    unsure: set[MediumName],
) -> dict[MediumName, MediumData]:
    spreads = {name: medium.spread(bounds) for name, medium in media.items()}
    most = {}
    for t, here in loads.items():
        carriers = {n: Carrier(groups[n], x.hot, spreads[n], _wanted(x, t), x.endless) for n, x in media.items()}
        most[t] = useful(here, carriers, unsure)
    return {
        name: MediumData(groups[name], x.hot, x.heat, spreads[name], {t: _limit(x, t, most[t][name]) for t in most})
        for name, x in media.items()
    }


def _by_interval(
    loads: Mapping[Group, Mapping[State, Mapping[Interval, float]]], t: State, size: int
) -> dict[Group, list[float]]:
    return {group: [by.get(t, {}).get(k, 0.0) for k in range(size)] for group, by in loads.items()}


def _wanted(medium: Medium, t: State) -> float:
    """Heat of a medium that others can take [MWh/yr], within what is said of it."""
    return medium.heat * _limit(medium, t, medium.heat * medium.wanted.get(t, 0.0))


def _check(
    unit: str,
    streams: Mapping[str, HeatStream],
    media: Mapping[str, Medium],
    hot: Mapping[str, bool],
    barred: Iterable[Match],
) -> None:
    faults = [f"{name!r} is a process stream and a medium" for name in streams if name in media]
    faults += [f"medium {name!r} carries no heat" for name, medium in media.items() if not medium.heat > 0]
    for i, j in sorted(barred):
        for name, wanted in ((i, "hot"), (j, "cold")):
            if name not in hot:
                faults.append(f"forbidden match: no stream {name!r}")
            elif hot[name] != (wanted == "hot"):
                faults.append(f"forbidden match: {name!r} is not {wanted}")
    if faults:
        raise ValueError(f"cascade of {unit!r}: " + "; ".join(faults))


def _group(name: str, hot: bool, medium: bool, barred: frozenset[Match]) -> Group:
    """Streams with the same forbidden matches are one: heat of one is as good as that of the other."""
    kind = MEDIA if medium else PROCESS
    end, other = (0, 1) if hot else (1, 0)
    partners = sorted(match[other] for match in barred if match[end] == name)
    return f"{kind} but {', '.join(partners)}" if partners else kind


def _loads(
    streams: Mapping[str, HeatStream],
    amounts: Mapping[State, Mapping[str, float]],
    bounds: Bounds,
    groups: Mapping[str, Group],
    hot: bool,
) -> dict[Group, dict[State, dict[Interval, float]]]:
    found: dict[Group, dict[State, dict[Interval, float]]] = {}
    for name, stream in streams.items():
        if stream.hot != hot:
            continue
        by_state = found.setdefault(groups[name], {})
        for t, heat in amounts.items():
            here = by_state.setdefault(t, {})
            for k, share in spread(stream, bounds).items():
                here[k] = here.get(k, 0.0) + share * heat.get(name, 0.0)
    return found


def _limit(medium: Medium, t: State, useful: float) -> float:
    """The most of a medium [unit/yr]: what is useful [MWh/yr], within what is said."""
    stated = float("inf") if medium.most is None else medium.most.get(t, float("inf"))
    return min(stated, useful / medium.heat)
