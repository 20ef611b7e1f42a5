"""Components: what mixes as a weighted mean, made of the means and the worst values of a quality."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from planner.assemble.contents import Admitted, Held, Subject
from planner.case.mixing_units import MEAN

#: Contents that differ by a smaller share are the same.
_ROUNDING = 1e-12
_INF = float("inf")


@dataclass(frozen=True)
class Component:
    """What mixes in proportion.

    Attributes
    ----------
    upper, lower
        Whether it carries the upper limits of its quality, and the lower ones, both before any index.
    scale
        Content, in the unit of the quality or of its index, that is 1 in the model.
    floor
        Number of its index that is 0 in the model: below 0 where the lowest content is. An index has no load, so that
        it may be counted from anywhere; the mathematics take no number below 0.
    """

    name: str
    subject: Subject
    kind: Literal["mean", "highest", "lowest"]
    upper: bool
    lower: bool
    scale: float = 1.0
    floor: float = 0.0

    def to(self, content: float) -> float:
        """What it makes of a content, in the index above its floor and not scaled."""
        return float(self.subject.index.to(content)) - self.floor

    def back(self, number: float) -> float:
        """The content that it makes a number of."""
        return self.subject.index.back(number + self.floor)

    def value(self, held: Held) -> float:
        """What it makes of what something holds, in the index above its floor and not scaled."""
        return self.to(getattr(held, self.kind))

    def bounds(self, limit: Admitted) -> tuple[float, float]:
        """At least and at most, in the index above its floor and not scaled; a falling index swaps them."""
        least = -_INF if limit.least is None or not self.lower else self.to(limit.least)
        most = _INF if limit.most is None or not self.upper else self.to(limit.most)
        if self.subject.index.falls:
            least, most = -_INF if most == _INF else most, _INF if least == -_INF else least
        return least, most

    def leaving(self, limit: Admitted) -> tuple[float, float]:
        """The same of the largest content of an outlet: no component of the quality is above it."""
        if limit.most is None:
            return -_INF, _INF
        most = self.to(limit.most)
        return (most, _INF) if self.subject.index.falls else (-_INF, most)


def components_of(subject: Subject) -> list[Component]:
    """Components of a quality: as few as its limits and fees need."""
    held = [*subject.held.values(), *(x for x in subject.bought.values() if x is not None)]
    limits = subject.limits()
    upper, lower = any(x.most is not None for x in limits), any(x.least is not None for x in limits)
    apart_above = upper and any(_apart(x.highest, x.mean) for x in held)
    apart_below = lower and any(_apart(x.lowest, x.mean) for x in held)
    found = []
    by_mean = (upper and not apart_above, lower and not apart_below)
    if any(by_mean) or subject.fees:
        found.append(Component(subject.name, subject, "mean", *by_mean))
    if apart_above:
        found.append(Component(f"{subject.name} (highest)", subject, "highest", upper=True, lower=False))
    if apart_below:
        found.append(Component(f"{subject.name} (lowest)", subject, "lowest", upper=False, lower=True))
    return [_scaled(component, held, limits) for component in found]


def _apart(one: float, other: float) -> bool:
    return abs(one - other) > _ROUNDING * max(abs(one), abs(other))


def _scaled(component: Component, held: Iterable[Held], limits: Iterable[Admitted]) -> Component:
    """The component with its scale, the largest limit, or where there is none the largest content; and its floor."""
    held = list(held)
    sizes = [abs(x) for limit in limits for x in component.bounds(limit) if abs(x) < _INF]
    sizes = [x for x in sizes if x > 0.0] or [abs(component.value(x)) for x in held]
    scale = max((x for x in sizes if 0.0 < x < _INF), default=1.0)
    indexed = component.subject.index is not MEAN
    floor = min([0.0, *(x for one in held if abs(x := component.value(one)) < _INF)]) if indexed else 0.0
    return replace(component, scale=scale, floor=floor)
