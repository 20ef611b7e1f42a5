"""Why a case has no plan: which named requirements clash, in the user's words, and the least that would mend it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from planner.case.case import Case
from planner.case.land import Separation
from planner.geography.distances import Distances

#: Seconds the search for an explanation may take.
TIME_LIMIT = 120.0

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
    from planner.assemble.assemble import assemble

    instance = assemble(case, distances, relaxed=True).instance
    found = clash(instance, threads=threads, time_limit=time_limit)
    words = dict(instance.requirements)
    if not found.requirements and not found.relaxations:
        return (
            "No plan can satisfy the case, and no requirement of the case explains it: the streams do not balance. "
            "Run 'planner check' and see that every source can be disposed of and every sink supplied."
        )
    alone = len(found.requirements) == 1
    lines = [f"No plan can satisfy the case. {'This requirement cannot be met' if alone else _TOGETHER}:"]
    lines += [f"  - {words.get(name, name)}" for name in found.requirements]
    if not found.proven:
        lines.append("  (time ran out: fewer of them may already clash)")
    if found.relaxations:
        change = _Change(case, distances, words, found.places, instance.money_scale)
        several = len(found.relaxations) > 1
        lines.append(
            f"The smallest {'changes that together' if several else 'change that'} would make a plan possible:"
        )
        lines += [f"  - {change.of(name, amount)}" for name, amount in sorted(found.relaxations.items())]
    return "\n".join(lines)


def explain_baseline(case: Case) -> str:
    """Say why a case has a plan and no baseline: what its plants can only get, or get rid of, by exchanges."""
    needs = []
    for kind, tenants in (("plants", case.plants), ("partners", case.partners)):
        for unit, tenant in tenants.items():
            for name, sink in tenant.sinks.items():
                if sink.supplied_today_by is None and case.resources[sink.resource or name].price is None:
                    needs.append(f"{kind}.{unit}.sinks.{name}: state supplied_today_by, or a price of the resource")
            for name, source in tenant.sources.items():
                free = source.on_demand or source.discharge or case.resources[source.resource or name].discharge
                if not free:
                    needs.append(f"{kind}.{unit}.sources.{name}: state a discharge")
    lines = ["There is a plan, but no baseline to compare it with: its plants cannot do without each other."]
    if needs:
        lines += ["These streams hang on what is made or used on the same site, and that is not enough:"]
        lines += [f"  - {need}" for need in needs]
    else:
        lines.append("Their zones, areas and separations leave no way for all of them to stand alone.")
    return "\n".join(lines)


_TOGETHER = "These requirements cannot hold together"


@dataclass(frozen=True)
class _Change:
    """Puts a relaxation into words.

    Attributes
    ----------
    places
        Where the units stand in the cheapest way out.
    money_scale
        Currency units in one unit of the program's money.
    """

    case: Case
    distances: Distances
    words: Mapping[str, str]
    places: Mapping[str, str]
    money_scale: float

    def of(self, requirement: str, amount: float) -> str:
        kind, _, name = requirement.partition(":")
        return f"{self.words.get(requirement, requirement)}: {self._remedy(kind, name, amount)}"

    def _remedy(self, kind: str, name: str, amount: float) -> str:
        if kind == "limit":
            more = amount * self.money_scale if name == "budget" else amount
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
        return REMEDIES.get(kind, "drop it")

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
