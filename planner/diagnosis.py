"""Why a case has no plan: which named requirements clash, in the user's words, and the least that would mend it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from planner.case.case import Case
from planner.case.land import Separation
from planner.case.mixing_units import load_unit, weight_unit
from planner.errors import CaseError
from planner.geography.distances import Distances
from planner.report.numbers import amount as plain
from planner.report.numbers import exact, outwards

if TYPE_CHECKING:
    from models.diagnose import Clash
    from models.instance import Instance
    from planner.assemble.assembly import Assembly
    from planner.case.plants import Tenant

#: Seconds the search for an explanation may take.
TIME_LIMIT = 120.0

#: Pairs of places above which what the case forbids is left out of the search: it would take too long.
LARGE = 20_000

#: Kind of requirement -> what to do about it where it is kept or dropped.
REMEDIES = {
    "settle": "leave it out",
    "forced": "do not force it",
    "facility": "do not force it",
    "neighbour": "drop it",
    "not_neighbour": "drop it",
    "apart": "let them lie in one trench",
}


def explain(case: Case, distances: Distances, *, threads: int = 1, time_limit: float = TIME_LIMIT) -> str:
    """Say why no plan can satisfy a case.

    Parameters
    ----------
    case, distances
        The case and its geography.
    threads, time_limit
        For the solver; the limit holds for the whole search [s].

    Returns
    -------
    str
        Lines that name an irreducible set of requirements that clash, each with its place in the case file, and the
        smallest changes that would make a plan possible.
    """
    from models.diagnose import clash

    assembly, left_out = _relaxed(case, distances)
    instance = assembly.instance
    found = clash(instance, threads=threads, time_limit=time_limit)
    words = dict(instance.requirements)
    if not found.requirements and not found.relaxations:
        return "\n".join([_UNEXPLAINED, *left_out])
    if not found.relaxations and any(name.startswith(_OF_QUALITY) for name in found.requirements):
        return "\n".join([*_unmixed(found.requirements, words), *left_out])
    alone = len(found.requirements) == 1
    lines = [f"No plan can satisfy the case. {'This requirement cannot be met' if alone else _TOGETHER}:"]
    lines += [f"  - {words.get(name, name)}" for name in found.requirements]
    if not found.proven:
        lines.append("  (time ran out: fewer of them may already clash)")
    if found.relaxations:
        lines += _ways_out(found, _Change(case, distances, words, found, assembly))
    return "\n".join([*lines, *left_out])


def _ways_out(found: "Clash", change: "_Change", what: str = "plan") -> Iterator[str]:
    """The changes that would make a plan possible, or a baseline."""
    several = len(found.relaxations) > 1
    if not found.enough:
        yield f"At least so much must change for a {what}; whether it is enough was not found out:"
    elif found.smallest:
        yield f"The smallest {'changes that together' if several else 'change that'} would make a {what} possible:"
    else:
        which = "Changes that together" if several else "A change that"
        yield f"{which} would make a {what} possible (time ran out: smaller ones may do):"
    yield from (f"  - {change.of(name, amount)}" for name, amount in sorted(found.relaxations.items()))


def _relaxed(case: Case, distances: Distances) -> tuple["Assembly", list[str]]:
    """The case with all that may give, and what of that it is without: in a large park, what the case forbids."""
    from planner.assemble.assemble import assemble

    try:
        assembly = assemble(case, distances, relaxed=True)
        if sum(1 for _ in assembly.instance.pairs()) <= LARGE or not assembly.instance.relaxed.forbidden:
            return assembly, []
    except CaseError:  # faults of exchanges that the case forbids, which were none of the case
        pass
    names = [f"exchanges[{n + 1}].forbidden" for n, entry in enumerate(case.exchanges) if entry.forbidden]
    left_out = [f"No plan was looked for with what the case forbids: {', '.join(names)}"]
    return assemble(case, distances, relaxed=True, closed=True), left_out


def explain_baseline(case: Case, distances: Distances, *, threads: int = 1, time_limit: float = TIME_LIMIT) -> str:
    """Say why a case has a plan and no baseline: what its plants can only get, or get rid of, by exchanges."""
    needs = [
        need
        for kind, tenants in (("plants", case.plants), ("partners", case.partners))
        for unit, tenant in tenants.items()
        for need in _needs(case, f"{kind}.{unit}", tenant)
    ]
    clashing, changes = _alone(case, distances, threads, time_limit) if case.qualities else ([], [])
    lines = ["There is a plan, but no baseline to compare it with: its plants cannot do without each other."]
    if clashing:
        lines.append("With what is bought or made on the same site alone, these limits cannot be kept:")
        lines += [f"  - {words}" for words in clashing]
        lines += changes
        shared = [name for name, facility in case.facilities.items() if facility.treats and facility.scope != "own"]
        if shared:
            lines.append(f"Shared treatment is not in the baseline: {', '.join(shared)}.")
    if needs:
        lines += ["These streams hang on what is made or used on the same site, and that is not enough:"]
        lines += [f"  - {need}" for need in needs]
    elif not clashing:
        lines.append("Their zones, areas and separations leave no way for all of them to stand alone.")
    return "\n".join(lines)


def _needs(case: Case, path: str, tenant: "Tenant") -> Iterator[str]:
    """What a plant cannot buy, or cannot dispose of."""
    for name, sink in tenant.sinks.items():
        if sink.supplied_today_by is None and case.resources[sink.resource or name].price is None:
            yield f"{path}.sinks.{name}: state supplied_today_by, or a price of the resource"
    for name, source in tenant.sources.items():
        if not (source.on_demand or source.discharge or case.resources[source.resource or name].discharge):
            yield f"{path}.sources.{name}: state a discharge"
    for name, operation in tenant.operations.items():
        if case.resources[operation.takes].price is None:
            yield f"{path}.operations.{name}: state a price of {operation.takes}, which it takes"
        if case.resources[operation.gives].discharge is None:
            yield f"{path}.operations.{name}: state a discharge of {operation.gives}, which it gives"


def _alone(case: Case, distances: Distances, threads: int, time_limit: float) -> tuple[list[str], list[str]]:
    """Limits of quality that clash where no plant exchanges anything with another site, and the way out, in words."""
    from models.diagnose import clash

    assembly = _relaxed(case, distances)[0]
    whole = assembly.instance
    kept_today = case.baseline == "as_is"
    closed = {
        e: x if x.own or (kept_today and any(o.existing for o in x.options.values())) else replace(x, max_flow=0.0)
        for e, x in whole.exchanges.items()
    }
    closed = {e: replace(x, forced=False, min_flow=0.0) for e, x in closed.items()}
    alone = replace(whole, exchanges=closed, limits={}, neighbours=())
    found = clash(alone, threads=threads, time_limit=time_limit)
    kinds = (*_OF_QUALITY, *_OF_AMOUNTS)
    told = [x for x in found.requirements if x.startswith(kinds if found.relaxations else _OF_QUALITY)]
    changes: list[str] = []
    if found.relaxations and all(name.startswith(kinds) for name in found.relaxations):
        changes += _ways_out(found, _Change(case, distances, whole.requirements, found, assembly), "baseline")
    return [whole.requirements[name] for name in told], changes


def _unmixed(requirements: Iterable[str], words: Mapping[str, str]) -> Iterator[str]:
    """What is said where limits cannot be met, and no change was found that helps."""
    yield (
        "No plan can satisfy the case: taken for itself each requirement can be met, but no mixture was found that "
        "keeps all of these at once. No change was found that is enough; make one or more of them laxer:"
    )
    kinds = (*_OF_QUALITY, *_OF_AMOUNTS, *_OF_PLANS)
    yield from (f"  - {words.get(name, name)}" for name in requirements if name.startswith(kinds))


#: Kinds of requirements that limit what something holds: what comes in or leaves the park, and what operations give.
_OF_QUALITY = ("quality:", "discharged:", "sold:", "outlet:")
#: Kinds of requirements on amounts, links and sizes.
_OF_AMOUNTS = ("arrives:", "capacity:", "forbidden:", "max_links:", "min_activity:", "min_run:", "recycling:")
#: Kinds of requirements on the whole plan, and on what must be built and how much of it flows.
_OF_PLANS = ("limit:", "forced:", "facility:", "min_flow:", "link:")
_TOGETHER = "These requirements cannot hold together"
_UNEXPLAINED = (
    "No plan can satisfy the case, and no requirement of the case explains it: the streams do not balance. "
    "Run 'planner check' and see that every source can be disposed of, every sink supplied, and every load carried."
)


@dataclass(frozen=True)
class _Change:
    """Puts a relaxation into words.

    Attributes
    ----------
    found
        What clashes, and the cheapest way out.
    assembly
        What the program saw.
    """

    case: Case
    distances: Distances
    words: Mapping[str, str]
    found: "Clash"
    assembly: "Assembly"

    @property
    def places(self) -> Mapping[str, str]:
        """Where the units stand in the cheapest way out."""
        return self.found.places

    @property
    def instance(self) -> "Instance":
        """What the program saw, with its units of money and of contents."""
        return self.assembly.instance

    def of(self, requirement: str, amount: float) -> str:
        kind, _, name = requirement.partition(":")
        demand = self.assembly.demands.get(requirement)
        if kind == "forbidden":
            change = f"allow {self._opened(requirement)}"
        else:
            change = self._remedy(kind, name, amount) if demand is None else demand.change(amount)
        return f"{self.words.get(requirement, requirement)}: {change}"

    def _opened(self, requirement: str) -> str:
        """Exchanges that the case forbids and that the cheapest way out builds."""
        barred = self.instance.relaxed.forbidden
        return ", ".join(e for e in self.found.opened if barred[e] == requirement) or "it"

    def _remedy(self, kind: str, name: str, amount: float) -> str:
        if kind == "limit":
            more = amount * self.instance.money_scale if name == "budget" else amount
            return f"raise it by {exact(more, up=True)}{self._unit(name)}"
        if kind == "area":
            return f"give way by {exact(amount, up=True)} ha (on {self.places.get(name, 'its plot')})"
        if kind == "separation":
            rule = self.case.rules.separations[int(name)]
            return f"give way by {exact(self._metres(rule, amount), up=True)} m"
        if kind in ("plot", "plots", "zone"):
            return f"let it stand on {self.places.get(name, 'another plot')}"
        if kind == "reserved":
            settled = ", ".join(unit for unit, place in self.places.items() if place == name)
            return f"let {settled} stand there"
        if kind == "at_most":
            return f"allow {round(amount)} more" if name in self.case.rules.at_most else "do not force it"
        if kind == "tenants":
            return f"ask for {round(amount)} less"
        if kind == "max_pipes":
            return f"allow {round(amount)} more"
        if f"{kind}:" in _OF_QUALITY:
            return self._laxer(f"{kind}:{name}", name, amount)
        return REMEDIES.get(kind, "drop it")

    def _laxer(self, requirement: str, name: str, load: float) -> str:
        """How much laxer a limit of quality must be, in its unit, with the load that it is exceeded by."""
        component = name.rpartition(":")[2]
        quality, kind, scale = self.instance.mixing.components[component] if self.instance.mixing else ("", "", 1.0)
        if not quality or self.case.qualities[quality].mixing != "mean":
            return "make it laxer"
        unit, to_load = load_unit(self.case, quality)
        text = f"it is exceeded by {plain(load * scale * to_load)} {unit}/yr of {quality}"
        held, weight = self.found.held.get(requirement, (0.0, 0.0))
        if not weight:
            return f"make it laxer; {text}"
        said, weighed = self.case.qualities[quality].said, weight_unit(self.case, quality)
        content = held * scale / weight
        needed = outwards(content, up=self._exceeds(requirement, held / weight))
        worst = "" if kind == "mean" else ", by worst values"
        whole = f"{plain(held * scale * to_load)} {unit}/yr in {plain(weight)} {weighed}/yr{worst}"
        return f"make it laxer by about {plain(load * scale / weight)}{said}, to {needed}{said} ({whole}; {text})"

    def _exceeds(self, requirement: str, content: float) -> bool:
        """Whether a content, scaled, is above a limit; else it is below it."""
        kind, _, name = requirement.partition(":")
        stream, _, component = name.rpartition(":")
        x = self.instance.mixing
        assert x is not None
        limits = {"quality": x.limits, "discharged": x.discharges, "sold": x.sales, "outlet": x.leaving}[kind]
        bound = limits[stream][component]
        return content - bound.most > bound.least - content

    def _metres(self, rule: Separation, amount: float) -> float:
        """Metres by which a separation rule must give: to a receptor as found, between two plants by their places."""
        if rule.from_hazard is None:
            return amount
        return max((rule.distance.value - gap for gap in self._gaps(rule)), default=amount)

    def _gaps(self, rule: Separation) -> Iterator[float]:
        """Gaps between units of the two hazard classes [m]."""
        case = self.case
        hazards = {unit: item.hazard for unit, item in case.plants.items()}
        hazards |= {unit: item.hazard for unit, item in case.facilities.items()}
        for unit, place in self.places.items():
            for other, another in self.places.items():
                if unit < other and {hazards.get(unit), hazards.get(other)} == {rule.hazard, rule.from_hazard}:
                    yield 0.0 if place == another else self.distances.edge_m.get((place, another), float("inf"))

    def _unit(self, name: str) -> str:
        units = {"co2e": "tCO2e/yr", "waste": "t/yr", "fresh_water": "m3/yr", "budget": self.case.currency}
        if name in units:
            return f" {units[name]}"
        called = name.partition(":")[2]
        named = {f"{gate} in {t}": gate for gate in self.case.park_gate for t in self.case.periods}
        gate = self.case.park_gate.get(named.get(called, called))
        if gate is None:
            return ""
        return f" {self.case.resources[gate.resource].unit}/{'h' if name.startswith('gate_peak') else 'yr'}"
