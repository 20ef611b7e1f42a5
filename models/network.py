"""The corridor graph of a park and the pipes that may lie along it, as the mathematics see them.

A stretch is an edge of the graph: it carries its own trench, and every main has one build decision a stretch and size.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

Node = str
StretchId = str
MainId = str
SizeId = str
State = str
ExchangeId = str
OptionId = str


@dataclass(frozen=True)
class StretchData:
    """A stretch of the corridor graph between two nodes; nothing branches off on the way.

    Attributes
    ----------
    tail, head
        Its ends.
    length
        [km].
    trench
        True where civil works are due (family "dug") before a new pipe may lie there; False where a trench is open,
        or none is needed.
    max_pipes
        Most pipes side by side, existing ones in service included; None where there is no limit.
    free
        A place is on the network there: any flow, without a pipe and a trench. Its beds hold no pipes.
    """

    tail: Node
    head: Node
    length: float
    trench: bool = True
    max_pipes: int | None = None
    free: bool = False


@dataclass(frozen=True)
class PipeData:
    """A pipe of one size that a main may have on a stretch.

    Attributes
    ----------
    capacity
        Largest peak rate it carries, either direction [unit/h].
    sized
        The capacity is chosen, from ``low`` to ``capacity``, and has effects of its own (family "sized"): a cost
        trend instead of a standard size.
    low
        Least capacity built, where it is chosen [unit/h].
    owed_loss
        By state, lost a year while the pipe is in service, whatever flows; negative where it adds [unit/yr].
    existing
        Already in the ground: one, that needs no trench, and no investment unless it has effects.
    """

    capacity: float
    sized: bool = False
    low: float = 0.0
    owed_loss: Mapping[State, float] = field(default_factory=dict)
    existing: bool = False


@dataclass(frozen=True)
class BedData:
    """What a main may have on one stretch.

    Attributes
    ----------
    pipes
        Size -> pipe. At most ``parallel`` new ones are laid, besides an existing one.
    forward, backward
        Whether it may flow from tail to head, from head to tail.
    share_lost
        Share of what enters the stretch that is lost on it, 0 <= share < 1.
    """

    pipes: Mapping[SizeId, PipeData]
    forward: bool = True
    backward: bool = True
    share_lost: float = 0.0
    parallel: int = 1


@dataclass(frozen=True)
class MainData:
    """Pipes that several exchanges of one resource share.

    Attributes
    ----------
    resource
        What flows in it.
    beds
        Stretch -> what it may have there; where it may not run, there is no bed.
    users
        (exchange, option) -> by state, amount a year per unit/h of peak rate: shared hours / peak factor [h/yr].
    hours
        By state, the hours that the capacity serves what is lost on the way [h/yr].
    in_trench
        Its new pipes need a trench where ``StretchData.trench`` says that civil works are due.
    rests
        With several states: its pipes owe nothing in a state in which no exchange built over it can send anything.
    """

    resource: str
    beds: Mapping[StretchId, BedData]
    users: Mapping[tuple[ExchangeId, OptionId], Mapping[State, float]]
    hours: Mapping[State, float] = field(default_factory=dict)
    in_trench: bool = True
    rests: bool = False


@dataclass(frozen=True)
class PathData:
    """Where the pipe of one exchange (one copy of its options in a trench) may run.

    Attributes
    ----------
    resource
        What flows in it.
    stretches
        Stretch -> (forward, backward): whether it may run there from tail to head, from head to tail.
    straight
        It takes a shortest way: what it costs goes with flow and length together, or a share is lost on the way.
    """

    resource: str
    stretches: Mapping[StretchId, tuple[bool, bool]]
    straight: bool = False
