"""What a reader of a sharing must know of it, in sentences."""

import math

from planner.report.numbers import amount
from planner.sharing.game import Coalition, named
from planner.sharing.share import Sharing
from planner.sharing.values import PROVEN


def core_words(made: Sharing) -> str:
    """Whether the gain can be shared so that nobody gains by leaving, in a sentence."""
    core = made.core
    if abs(made.worth) <= made.tolerance:
        return "the plan saves nothing against the baseline: there is nothing to share"
    if made.worth < 0.0:
        return f"the plan costs {amount(-made.worth)} a year more than the baseline: what is shared is a loss"
    if core is None:
        return ""
    least = amount(abs(core.least.epsilon))
    if core.least.epsilon > made.tolerance:
        words = (
            f"the core is empty: whatever the rule, some group of firms could gain {least} a year by leaving, so that "
            "contracts must hold the park together, or somebody must add to what there is to share"
        )
        if core.only_this_plan:
            words = words.replace("is empty", "is empty with what this plan saves", 1)
            words += "; a better plan may change that: this one is not proven to be the cheapest"
        return words
    spare = (
        f"; at best every group gets {least} a year more than it is worth by itself"
        if core.least.epsilon < -made.tolerance
        else ""
    )
    sure = "the core is not empty" if core.empty is False else "as far as is known, the core is not empty"
    return f"{sure}: it can be shared so that nobody gains by leaving{spare}"


def notes(made: Sharing) -> list[str]:
    """What a reader of a sharing must know of it."""
    where = "on the plots of the plan" if made.settings.siting == "plan" else "on any plot that is open to them"
    told = [
        "firms that share: plants of one firm together, and partners outside; who only owns or pays shares nothing, "
        "and what the park company and such parties gain today is shared among the firms",
        "a group of firms is worth what its members cost alone less what a park of exactly these firms costs, "
        f"{where}; members without whom it does better stay alone, all of them where no park pays",
        "all firms together are worth what the plan saves",
    ]
    if len(made.players) == 1:
        told.append("there is one firm only: what the plan saves is its own, whatever the rule")
    if len(made.run.solution.mends):
        told.append("mains of the plan were mended after its search; those of groups are as the search leaves them")
    told += _of_plan(made)
    if not made.exact:
        told.append(
            f"{len(made.players)} firms have too many groups to solve them all: the Shapley value is sampled from "
            f"{made.samples} orders (seed {made.seed}), with its standard error, and the core is looked at in "
            f"{len(made.values)} groups only"
        )
    if made.breaches:
        assert made.worst is not None
        told.append(
            f"{made.breaches} pairs of groups are worth less together than apart, the worst {_pair(made)} by "
            f"{amount(made.worst.loss)} a year: {_why(made)}"
        )
    open_values = sum(not value.proven for s, value in made.values.items() if len(s) < len(made.players))
    if open_values:
        told.append(
            f"{open_values} of {len(made.values)} values are not proven: an interval; a longer --time-limit narrows it"
        )
    return told


def _of_plan(made: Sharing) -> list[str]:
    """What the plan itself leaves open, and a group that does better than all together."""
    told = []
    if made.run.plan.header.get("objective") != "cost":
        told.append(
            "the plan is not the cheapest, since its goal is another: groups, which plan for least cost, may do better"
        )
    if not made.run.solution.gap <= PROVEN:
        most = made.values[frozenset(made.players)].high
        words = f"{amount(most - made.worth)} a year more" if math.isfinite(most) else "more"
        told.append(
            f"the plan is not proven to be the best: all firms together might be worth {words}; solve the case again "
            "with a smaller --gap, or more time, before anything is decided on these shares"
        )
    better = beyond_all(made)
    if better is not None:
        more = amount(made.values[better].value - made.worth)
        told.append(f"({named(better, made.players)}) alone save {more} a year more than the plan does with all firms")
    return told


def beyond_all(made: Sharing) -> Coalition | None:
    """The group that saves most, if that is more than the plan saves."""
    best = max(made.parts(), key=lambda s: made.values[s].value, default=None)
    return best if best is not None and made.values[best].value > made.worth + made.tolerance else None


def _pair(made: Sharing) -> str:
    assert made.worst is not None
    return " and ".join(f"({named(s, made.players)})" for s in (made.worst.one, made.worst.other))


def _why(made: Sharing) -> str:
    """Why two groups may lose by joining, or only seem to."""
    assert made.worst is not None
    whole = made.worst.one | made.worst.other
    if not made.values[whole].proven:
        return "what they are worth together is not proven, and may be more"
    return (
        "what there is once, such as a facility, a plot, an existing pipe or a limit of the park, serves each of them "
        "apart but not both at once, or an exchange that the case requires as soon as both ends are there does not pay"
    )
