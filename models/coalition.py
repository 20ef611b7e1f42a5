"""The park of some of its members only, and each of them alone, on one built model: what coalitions cost.

The switches of siting do it: ``present`` is 0 for everybody else, ``shared`` is 1 for the park of the members and 0 for
each of them alone. Rules of the whole park that count heads are left out: the least number of optional plants. All
other rules hold as far as those they speak of are there.
"""

import dataclasses
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from . import bilinear, kernel
from . import goal as goals
from .alone import BaselineKind, to_baseline, to_plan
from .instance import Instance, PlaceId, Unit
from .park import build
from .readback import Money, read, stage_of
from .solution import NoSolution, Status
from .solve import Options
from .trim import trim

How = Literal["optimal", "feasible", "infeasible", "limit"]


@dataclass(frozen=True)
class Cost:
    """What members cost a year, money unscaled.

    Attributes
    ----------
    cost
        Total annual cost of the best plan found; inf where none was found.
    least
        No plan of least goal costs less than this: ``cost`` where the plan is proven to be the best, -inf where
        nothing is known.
    how
        "optimal", "feasible" (stopped by a gap or a limit), "infeasible", or "limit": a limit came before any plan.
    """

    cost: float
    least: float
    how: How

    @property
    def proven(self) -> bool:
        """Whether nothing is left open."""
        return self.how in ("optimal", "infeasible")


class Members:
    """One built model, switched from members to members.

    Parameters
    ----------
    instance
        The park.
    places
        Where plants stand together and where they stand alone; nobody stands elsewhere then, and a plot that is
        somebody's stays closed to shared facilities while he is not there. None: all places are open.
    baseline
        What alone means: "stand_alone" or "as_is".
    """

    def __init__(
        self,
        instance: Instance,
        places: tuple[Mapping[Unit, PlaceId], Mapping[Unit, PlaceId]] | None,
        baseline: BaselineKind = "stand_alone",
    ) -> None:
        self.instance, self.places, self.kind = instance, places, baseline
        self.model = build(instance)
        self.money = Money(instance)
        self.model.least_tenants.deactivate()
        bilinear.prepare(self.model)
        goals.aim(self.model, "cost")

    def together(self, present: Collection[Unit], options: Options) -> Cost:
        """Cost of the park of exactly these units, shared facilities among them where they may use them."""
        self._switch(present, 0)
        to_plan(self.model, [k for k in self.model.OPTIONAL if k in present])
        if self.instance.mains and kernel.worth(self.instance):
            share = None if options.time_limit is None else options.time_limit / 2
            found = kernel.find(self.model, dataclasses.replace(options, time_limit=share))
            options = dataclasses.replace(options, start=found is not None)
        return self._cost(options)

    def alone(self, present: Collection[Unit], options: Options) -> Cost:
        """Cost of these units each alone, as in the baseline: to 1e-6, whatever the gap asked for."""
        options = dataclasses.replace(options, gap=min(options.gap, 1e-6))
        self._switch(present, 1)
        to_baseline(self.model, [k for k in self.model.OPTIONAL if k in present], self.kind)
        return self._cost(options)

    def _switch(self, present: Collection[Unit], at: int) -> None:
        """Switch units on and off, and put those that are there where they stand."""
        m, units = self.model, self.instance.units
        for k in m.UNITS:
            stands = self.instance.stands(k)
            m.present[k] = int(k in present and (units[k].kind != "measure" or stands in present))
        if self.places is None:
            return
        where = self.places[at]
        taken = {p for k, p in where.items() if k not in present and self.instance.places[p].tenants == 1}
        for k, p in m.SITINGS:
            if k in where:
                m.sited[k, p].fix(int(k in present and where[k] == p))
            elif p in taken:
                m.sited[k, p].fix(0)
            else:
                m.sited[k, p].unfix()

    def _cost(self, options: Options) -> Cost:
        try:
            result = bilinear.solve(self.model, options)
        except NoSolution as end:
            if end.reason == "interrupted":
                raise KeyboardInterrupt from end
            if end.reason == "infeasible":
                return Cost(math.inf, math.inf, "infeasible")
            if end.reason != "limit":
                raise
            bare = not steered(self.instance, "margin", "shadow_carbon")
            return Cost(math.inf, end.bound * self.money.scale if bare else -math.inf, "limit")
        if result.interrupted:
            raise KeyboardInterrupt
        found = read(
            self.model, self.money, [stage_of("cost", trim(self.model, result, options), self.money)], result, {}
        )
        cost = found.totals["total_annual_cost"]
        missing = max(0.0, found.objective - found.bound)
        if found.status is Status.OPTIMAL:
            return Cost(cost, cost, "optimal")
        # margins do not differ, since it is settled who is there; a shadow price may stand for any part of the gap
        least = -math.inf if steered(self.instance, "shadow_carbon") else cost - missing
        return Cost(cost, least, "feasible")


def steered(instance: Instance, *by: str) -> bool:
    """Whether the goal holds something beside the total annual cost: a "margin", or "shadow_carbon"."""
    accounts = {a for name in by for a in instance.totals[name]}
    booked = (effects for family in instance.effects.values() for effects in family.values())
    return any(effects.get(a) for effects in booked for a in accounts)
