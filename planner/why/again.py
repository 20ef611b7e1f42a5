"""The park planned again with an exchange forced: by how much it gets worse, and what gives way."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from models.marginal import NOTHING
from models.unbuilt import Forced, Unbuilt
from planner.report.numbers import amount, in_words
from planner.why.causes import Cause, Causes, flows_of

if TYPE_CHECKING:
    from models.solution import Solution

#: Changes that are named of one park.
_TOLD = 6
#: Verdicts that say nothing of why, once a search has spoken.
_VAGUE = ("as good", "better", "open", "impossible")


@dataclass(frozen=True)
class Again:
    """What came of planning again with an exchange.

    Attributes
    ----------
    cause
        Verdict by the search; as before where it found nothing.
    least, most
        Limits of the loss [unit of ``unit``]; not a number where unknown.
    proof
        "proven", "between", "at least"; empty where nothing was found.
    gives_way
        What changes, in words.
    flow
        What leaves by the exchange [unit/yr].
    """

    cause: Cause
    unit: str
    least: float = math.nan
    most: float = math.nan
    proof: str = ""
    gives_way: tuple[str, ...] = ()
    flow: float = math.nan


def judged(causes: Causes, name: str, cause: Cause, found: Forced, unit: str) -> Again:
    """The verdict of a search that found a park with an exchange.

    Parameters
    ----------
    cause
        What prices said; where the search contradicts it, the search wins.
    unit
        Of the loss.
    """
    changes = Changes(causes, found.solution)
    loss, least = found.loss, min(found.least, found.loss)
    proven = found.solution.stages[-1].gap <= 1e-6
    flow = changes.flows.get(name, 0.0)
    by: tuple[str, ...] = ()
    if loss < 0.0:
        why = f"planned again with it, the park is better by {in_words(-loss)} {unit}: the plan was not the best"
        verdict = "better"
    elif loss == 0.0 and flow > NOTHING:
        verdict, why = "as good", "planned again with it, the park is as good: the plan is one of several"
    elif loss == 0.0 and cause.verdict not in ("dominated", "capacity"):
        verdict, why = "as good", "the best park with it costs no more, but lets it lie idle"
    elif cause.verdict in _VAGUE:
        verdict, why, by = causes.outdone(name, *changes.sharing(name))
    else:
        verdict, why, by = cause.verdict, cause.why, cause.by
    if flow <= NOTHING and loss >= 0.0 and "idle" not in why:
        why += "; the best park with it lets it lie idle"
    if loss > 0.0 and flow > NOTHING and verdict != "limit":
        why += "".join(f"; with it, {said} is used up" for said in changes.used_up(name))
    judged = replace(cause, idle="", verdict=verdict, why=why, by=by, basis="planned again", loss=loss)
    told = tuple(changes.told(name))
    proof = "proven" if proven else "between" if math.isfinite(least) else "at most"
    return Again(judged, unit, least, loss, proof, told, flow)


def impossible(cause: Cause, unit: str) -> Again:
    """No park of the case has the exchange."""
    vague = (*_VAGUE, "dominated", "capacity", "too far")
    verdict = "impossible" if cause.verdict in vague else cause.verdict
    why = "no plan of this case has it: requirements of the case clash with it"
    if verdict != "impossible":
        why = f"{cause.why}; and no other plan of this case has it"
    made = replace(cause, idle="", verdict=verdict, why=why, basis="planned again", loss=math.nan)
    return Again(made, unit)


def unfinished(cause: Cause, unit: str, ended: str, least: float) -> Again:
    """The search ended before it found a park with the exchange; what is proven all the same is its lower limit."""
    known = math.isfinite(least) and least > 0.0
    said = f"; planned again with it, {ended} before a park was found"
    figures = (least, math.nan, "at least") if known else (math.nan, math.nan, "")
    return Again(replace(cause, idle="", why=cause.why + cause.idle + said), unit, *figures)


class Changes:
    """What differs between a plan and a park that was planned again."""

    def __init__(self, causes: Causes, solution: "Solution") -> None:
        self.causes, self.instance, self.solution = causes, causes.instance, solution
        self.flows = flows_of(solution.values, self.instance.states)
        self.built = {e for e, _ in solution.values.get("built", {})}
        self.places = {k: p for k, p in solution.values.get("sited", {}) if self._moves(k)}
        self.opened = {k for k, _ in solution.values.get("opened", {})}

    def _moves(self, unit: str) -> bool:
        return self.instance.units[unit].kind != "partner"

    def sharing(self, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Exchanges that carry less, those from the same source and those into the same sink."""
        data, before = self.instance.exchanges[name], self.causes.flows
        less = [e for e, was in before.items() if was - self.flows.get(e, 0.0) > max(NOTHING, 1e-6 * was)]
        every = self.instance.exchanges
        return (
            tuple(e for e in less if every[e].source == data.source),
            tuple(e for e in less if every[e].sink == data.sink),
        )

    def used_up(self, name: str) -> Iterator[str]:
        """Limits that hold an exchange in the park, in words; none where it carries all that it could."""
        states, options = self.instance.states, self.instance.exchanges[name].options.values()
        most = max(sum(x.weight * option.max_flow[t] for t, x in states.items()) for option in options)
        if self.flows.get(name, 0.0) >= most * (1.0 - 1e-6):
            return
        money = self.causes.unbuilt.money
        for limit, data in self.instance.limits.items():
            counted = sum(w * self.solution.accounts[a] / money.of_account(a) for a, w in data.weights.items())
            bound = data.bound + self.solution.value("expanded", data.expanded_with or limit)
            if counted >= bound - 1e-6 * max(1.0, abs(bound)):
                yield self.instance.requirements.get(f"limit:{limit}", limit)

    def told(self, name: str) -> Iterator[str]:
        """Changes in words: who comes, goes and moves, then exchanges."""
        every = [*self._units(), *self._exchanges(name)]
        yield from every[:_TOLD]
        if len(every) > _TOLD:
            yield f"and {len(every) - _TOLD} more changes"

    def _units(self) -> Iterator[str]:
        kept = self.causes.kept
        for unit, data in self.instance.units.items():
            was: Any = kept.sited.get(unit)
            now: Any = self.places.get(unit)
            if data.kind == "measure":
                was, now = unit in kept.opened or None, unit in self.opened or None
            if was == now:
                continue
            built = data.kind in ("facility", "measure")
            if was is None:
                yield f"{unit} is built" if built else f"{unit} settles on {now}"
            elif now is None:
                yield f"{unit} is not built" if built else f"{unit} does not settle"
            else:
                yield f"{unit} moves from {was} to {now}"

    def _exchanges(self, name: str) -> Iterator[str]:
        before: Mapping[str, float] = self.causes.flows
        for e in self.instance.exchanges:
            was, now = before.get(e, 0.0), self.flows.get(e, 0.0)
            if e == name:
                continue
            if e in self.causes.built and e not in self.built:
                yield f"{e} is not built"
            elif e in self.built and e not in self.causes.built:
                yield f"{e} is built"
            elif e in self.built and abs(now - was) > max(NOTHING, 1e-6 * max(was, now)):
                yield f"{e} carries {amount(now)} instead of {amount(was)}"


def worth_trying(causes: Mapping[str, Cause], unbuilt: Unbuilt) -> list[str]:
    """Exchanges worth planning again for, the most promising first; what the case bars is not."""
    known = {e: cause for e, cause in causes.items() if e in unbuilt.instance.exchanges}

    def key(name: str) -> tuple[bool, bool, float]:
        cause = known[name]
        hopeless = cause.verdict in ("hours", "temperature", "no way", "quality", "forbidden")
        idle = cause.added is not None and cause.added.flow <= NOTHING  # then the answer is its fixed cost, or nothing
        return hopeless, idle, cause.loss if not math.isnan(cause.loss) else math.inf

    return sorted(known, key=key)
