"""Sizes of a link with what each carries, and those of a main that can be of use."""

from collections.abc import Iterable
from dataclasses import dataclass

from planner.assemble.findings import Findings
from planner.case.case import Case
from planner.case.links import Size
from planner.heat.in_pipes import transfers_of
from planner.hydraulics.capacity import capacity_of


@dataclass(frozen=True)
class Sized:
    """A size of a link.

    Attributes
    ----------
    size
        None for a link without sizes.
    capacity
        Of one resource [unit/h]; None where it carries any flow.
    """

    size: Size | None
    capacity: float | None

    @property
    def is_trend(self) -> bool:
        """True where its capacity is chosen."""
        return self.size is not None and self.size.investment_by_capacity is not None


def sizes_of(case: Case, name: str, resource: str, findings: Findings) -> list[Sized]:
    """Sizes of a link that are known to carry a resource; a link without sizes carries any flow."""
    link = case.links[name]
    if not link.sizes:
        return [Sized(None, None)]
    found = []
    for size in link.sizes:
        capacity = capacity_of(case, name, size, resource)
        if capacity is None and (size.investment_by_capacity is None or not link.main):
            findings.fault(
                f"links.{name}.sizes.{size.size}.capacity",
                f"needed for {resource}: state it, or inner_diameter with the link's max_velocity or "
                "max_pressure_drop and the resource's fluid",
            )
        elif capacity is None or capacity > 0.0:
            found.append(Sized(size, capacity))
    return found


def worth_laying(sizes: Iterable[Sized], most: float) -> list[Sized]:
    """Sizes less those that are larger than need be and no cheaper.

    Parameters
    ----------
    sizes
        Sizes of a main.
    most
        The largest peak rate that could ever flow on a stretch [unit/h]: the smallest size that carries it is
        enough, and a larger one is of use only where something about it is cheaper.
    """
    every = list(sizes)
    ample = [s for s in every if not s.is_trend and s.capacity is not None and s.capacity >= most]
    if not ample:
        return every
    enough = min(ample, key=lambda s: (s.capacity or 0.0, _worth(s)))
    return [s for s in every if s is enough or s not in ample or not _no_cheaper(s, enough)]


def _worth(sized: Sized) -> tuple[float, ...]:
    """What it costs to lay and to keep, and what it loses."""
    size = sized.size
    if size is None:
        return (0.0,) * 7
    every = (size.investment, size.return_investment, size.fixed_investment, size.yearly_cost, size.loss)
    return (*(0.0 if value is None else value.value for value in every), *(transfers_of(size) or (0.0, 0.0)))


def _no_cheaper(sized: Sized, than: Sized) -> bool:
    return all(one >= other for one, other in zip(_worth(sized), _worth(than), strict=True))
