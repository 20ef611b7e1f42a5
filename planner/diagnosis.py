"""Why a case has no plan: which named requirements clash, in the user's words, and the least that would mend it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from planner.case.case import Case
from planner.case.land import Separation
from planner.case.mixing_units import load_unit
from planner.errors import CaseError
from planner.geography.distances import Distances

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
        return _unmixed(words)
    alone = len(found.requirements) == 1
    lines = [f"No plan can satisfy the case. {'This requirement cannot be met' if alone else _TOGETHER}:"]
    lines += [f"  - {words.get(name, name)}" for name in found.requirements]
    if not found.proven:
        lines.append("  (time ran out: fewer of them may already clash)")
    if found.relaxations:
        lines += _ways_out(found, _Change(case, distances, words, found, assembly))
    return "\n".join([*lines, *left_out])


def _ways_out(found: "Clash", change: "_Change") -> Iterator[str]:
    """The changes that would make a plan possible."""
    several = len(found.relaxations) > 1
    if found.smallest:
        yield f"The smallest {'changes that together' if several else 'change that'} would make a plan possible:"
    else:
        which = "Changes that together" if several else "A change that"
        yield f"{which} would make a plan possible (time ran out: smaller ones may do):"
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
    clashing = _alone(case, distances, threads, time_limit) if case.qualities else []
    lines = ["There is a plan, but no baseline to compare it with: its plants cannot do without each other."]
    if clashing:
        lines.append("With what is bought or made on the same site alone, these limits cannot be kept:")
        lines += [f"  - {words}" for words in clashing]
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


def _alone(case: Case, distances: Distances, threads: int, time_limit: float) -> list[str]:
    """Limits of quality that clash where no plant exchanges anything with another site, in the user's words."""
    from models.diagnose import clash

    whole = _relaxed(case, distances)[0].instance
    kept_today = case.baseline == "as_is"
    closed = {
        e: x if x.own or (kept_today and any(o.existing for o in x.options.values())) else replace(x, max_flow=0.0)
        for e, x in whole.exchanges.items()
    }
    closed = {e: replace(x, forced=False, min_flow=0.0) for e, x in closed.items()}
    alone = replace(whole, exchanges=closed, limits={}, neighbours=())
    found = clash(alone, threads=threads, time_limit=time_limit)
    kinds = (*_OF_QUALITY, *_OF_AMOUNTS) if found.relaxations else _OF_QUALITY
    return [whole.requirements[name] for name in found.requirements if name.startswith(kinds)]


def _unmixed(words: Mapping[str, str]) -> str:
    """What is said where limits cannot be met, and only the search for contents shows it."""
    lines = [
        "No plan can satisfy the case: taken for itself each requirement can be met, but no mixture was found that "
        "keeps all limits of quality at once. Make one of these laxer:"
    ]
    return "\n".join([*lines, *(f"  - {text}" for name, text in words.items() if name.startswith(_OF_QUALITY))])


#: Kinds of requirements that limit what something holds: what comes in or leaves the park, and what operations give.
_OF_QUALITY = ("quality:", "outlet:")
#: Kinds of requirements on amounts, links and sizes.
_OF_AMOUNTS = ("capacity:", "forbidden:", "max_links:", "min_activity:", "min_run:", "recycling:")
_TOGETHER = "These requirements cannot hold together"
_UNEXPLAINED = (
    "No plan can satisfy the case, and no requirement of the case explains it: the streams do not balance. "
    "Run 'planner check' and see that every source can be disposed of, every sink supplied, and every load carried."
)
#: Kinds of units whose streams have a fixed amount.
_FIXED = ("plant", "partner")


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
            return f"raise it by {more:,.6g}{self._unit(name)}"
        if kind == "area":
            return f"give way by {amount:.4g} ha (on {self.places.get(name, 'its plot')})"
        if kind == "separation":
            rule = self.case.rules.separations[int(name)]
            return f"give way by {self._metres(rule, amount):.4g} m"
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
        if kind in ("quality", "outlet"):
            return self._laxer(name, amount)
        return REMEDIES.get(kind, "drop it")

    def _laxer(self, name: str, load: float) -> str:
        """How much laxer a limit of quality must be: in its unit where the amount that it stands for is fixed."""
        stream, _, component = name.rpartition(":")
        mixing, sink = self.instance.mixing, self.instance.sinks.get(stream)
        quality, _, scale = mixing.components[component] if mixing is not None else ("", "", 1.0)
        if mixing is None or self.case.qualities[quality].mixing != "mean":
            return "make it laxer"
        unit, to_load = load_unit(self.case, quality)
        text = f"it is exceeded by {load * scale * to_load:,.4g} {unit}/yr"
        weight = next((by[component] for _, by in self._into(stream) if component in by), None)
        fixed = sink is not None and sink.operation is None and self.instance.units[sink.unit].kind in _FIXED
        if weight is None or sink is None or not fixed:
            return f"make it laxer; {text} of {quality}"
        amount = weight * sum(self.instance.states[t].weight * x for t, x in sink.amount.items())
        return f"make it laxer by about {load * scale / amount:.3g} {self.case.qualities[quality].unit} ({text})"

    def _into(self, sink: str) -> Iterator[tuple[str, Mapping[str, float]]]:
        """What feeds a sink, with its weights by component."""
        weights = self.instance.mixing.weights if self.instance.mixing is not None else {}
        for e, exchange in self.instance.exchanges.items():
            if exchange.sink == sink and exchange.source in weights:
                yield e, weights[exchange.source]

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
        gate = self.case.park_gate.get(name.partition(":")[2])
        if gate is None:
            return ""
        return f" {self.case.resources[gate.resource].unit}/{'h' if name.startswith('gate_peak') else 'yr'}"
