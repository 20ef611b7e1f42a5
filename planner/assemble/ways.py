"""A way to build an exchange in the words of the case, and the geography it is found in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from models.instance import OptionData, PairData
from planner.assemble.exchanges import Deal
from planner.assemble.land import Siting
from planner.assemble.reach import Reach
from planner.case.case import Case
from planner.case.links import Link, Size
from planner.geography.distances import Distances, Pair, Route


@dataclass(frozen=True)
class Way:
    """An option in the words of the case.

    Attributes
    ----------
    id
        Option id.
    name, link, size
        The link and its size; None for an own exchange, and no size for a main.
    capacity
        [unit/h]; None where it carries any flow.
    in_place
        Already there: no investment.
    existing
        Carries this exchange today.
    pipe
        The pipe in the ground it uses.
    main
        The main it uses.
    loses
        Some is lost on the way through the main.
    trench
        Whose civil works a new pipe lies in: the trenches all share, its own (also where they are shared, if it can
        only stay within one plot), or none but what its price holds.
    straight
        In a shared trench: its pipe takes a shortest way.
    lengths
        Pair of places -> (length [m], cost length [m]); none for a main.
    charges
        Pair of places -> number of an entry of ``geography.crossings`` -> crossings it pays for.
    data
        The option as the mathematics see it.
    """

    id: str
    name: str | None = None
    link: Link | None = None
    size: Size | None = None
    capacity: float | None = None
    copy: int = 0
    in_place: bool = False
    existing: bool = False
    pipe: str | None = None
    main: str | None = None
    loses: bool = False
    trench: Literal["shared", "own"] | None = None
    straight: bool = False
    lengths: Mapping[Pair, tuple[float, float]] | None = None
    charges: Mapping[Pair, Mapping[int, float]] = field(default_factory=dict)
    data: OptionData | None = None

    @property
    def pairs(self) -> Mapping[Pair, PairData]:
        """Pairs of places it may join; none for an own exchange."""
        return {} if self.data is None else self.data.pairs

    @property
    def max_flow(self) -> float:
        """The most that can leave the source through it [unit/yr]."""
        return 0.0 if self.data is None else sum(self.data.max_flow.values())

    def rate(self, peak: float) -> float:
        """The most that it carries in an hour, as a mean over a peak factor [unit/h]."""
        return float("inf") if self.capacity is None else self.capacity / peak


@dataclass(frozen=True)
class Geometry:
    """Where units may stand and how far that is."""

    case: Case
    distances: Distances
    siting: Siting
    _reaches: dict[str, Reach] = field(default_factory=dict)

    def network(self, link: Link, resource: str) -> Mapping[Pair, Route]:
        """Routes of a resource on the network a link follows, or what stands for it where there is no such layer."""
        distances = self.distances
        if link.along in distances.routes:
            return distances.along(link.along, resource)
        geography = self.case.geography
        if link.along in ("corridors", "roads") and getattr(geography, link.along) is None:
            return distances.along(geography.without_corridors, resource)
        return {}

    def reach(self, resource: str) -> Reach | None:
        """Ways of a resource along the corridor graph; None where the case has none."""
        if self.distances.graph is None:
            return None
        if resource not in self._reaches:
            self._reaches[resource] = Reach(self.distances.graph, resource)
        return self._reaches[resource]

    def pairs(self, deal: Deal) -> Iterator[Pair]:
        """Pairs of places on which giver and taker may stand."""
        admissible, places = self.siting.admissible, self.siting.places
        for p in admissible.get(deal.source.member.site, ()):
            for q in admissible.get(deal.sink.member.site, ()):
                if p != q or places[p].tenants > 1:
                    yield p, q
