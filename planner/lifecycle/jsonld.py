"""openLCA JSON-LD of a run: a process for each unit, for the park, and for what the plan avoids against the baseline.

Avoided products are inputs, avoided wastes outputs, both marked as avoided: so openLCA stores them. Identifiers follow
from names, so that the same case gives the same data sets again and an import updates them.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.case.case import Case
from planner.case.units import UnitError, factor
from planner.errors import UsageError
from planner.lifecycle.burdens import RUNS
from planner.lifecycle.exchange_flows import Moving
from planner.lifecycle.identifiers import Identifiers, disposed
from planner.lifecycle.processes import AVOIDED, PARK, by_process, difference

if TYPE_CHECKING:
    import olca_schema as olca

_NAMESPACE = uuid.UUID("6c1d1f0a-54f3-5c53-9a55-0a3d6a1f7a11")
#: Flow property of openLCA -> the unit that its group counts from.
_BASE = {"Mass": "kg", "Energy": "MJ", "Volume": "m3"}


def write_jsonld(
    case: Case, flows: Iterable[Moving], identifiers: Identifiers, file: Path, created: str
) -> dict[str, int]:
    """Write a zip of openLCA data sets; returns how many of each kind.

    Parameters
    ----------
    created
        Date and time of the run, of all data sets.

    Raises
    ------
    UsageError
        If olca-schema is not installed.
    """
    try:
        from olca_schema import zipio
    except ImportError as error:
        raise UsageError("olca-schema is not installed; pip install 'ecopark-planner[lca]'") from error
    book = _Book(case, identifiers, created)
    flows = list(flows)
    processes = [book.process(name, run, list(parts)) for run in RUNS for name, parts in by_process(flows, run)]
    processes.append(book.difference(flows))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    entities = [*book.groups.values(), *book.properties.values(), *book.flows.values(), *processes]
    with zipio.ZipWriter(file) as writer:
        for entity in entities:
            writer.write(entity)
    return {"processes": len(processes), "flows": len(book.flows), "unit_groups": len(book.groups)}


@dataclass
class _Book:
    """Data sets so far."""

    case: Case
    identifiers: Identifiers
    created: str
    groups: dict[str, Any] = field(default_factory=dict)
    properties: dict[str, Any] = field(default_factory=dict)
    flows: dict[str, Any] = field(default_factory=dict)
    known: dict[str, Any] = field(default_factory=dict)

    def key(self, *parts: str) -> str:
        return str(uuid.uuid5(_NAMESPACE, "/".join((self.case.case, *parts))))

    def process(self, name: str, run: str, parts: list[tuple[Moving, bool]]) -> "olca.Process":
        """The process of a unit or the park in a run; its reference is a year of it."""
        sums: dict[tuple[str, bool, str, str, str], float] = defaultdict(float)
        for one, incoming in parts:
            provider = one.origin if one.role == "exchange" and incoming else ""
            sums[one.role, incoming, one.flow, one.unit, provider] += one.amount
        made = self._process(name, run)
        for (role, incoming, flow, unit, provider), amount in sums.items():
            exchange = self._add(made, self._flow(flow, unit, role), unit, amount, incoming=incoming)
            if provider:
                exchange.default_provider = self._provider(provider, run)
        return made

    def difference(self, flows: Iterable[Moving]) -> "olca.Process":
        """The plan against the baseline: what is no longer bought or disposed of is avoided."""
        made = self._process(PARK, AVOIDED)
        for (role, flow, unit), less in difference(flows).items():
            entity, incoming = self._flow(flow, unit, role), role == "purchase"
            if role == "emission":  # no product: a smaller output
                self._add(made, entity, unit, -less, incoming=False)
            elif less:
                exchange = self._add(made, entity, unit, abs(less), incoming=incoming)
                exchange.is_avoided_product = less > 0
        return made

    def _process(self, name: str, run: str) -> "olca.Process":
        import olca_schema as olca

        made = olca.Process(
            id=self.key("process", name, run),
            name=f"{name}, {run}" if name != PARK else f"{self.case.case}, {run}",
            category=f"{self.case.case}/{run}",
            process_type=olca.ProcessType.UNIT_PROCESS,
            description="A year of operation; amounts are a year's.",
            exchanges=[],
            last_change=self.created,
        )
        year = self._flow(f"{name}, {run}: a year of operation", "Item(s)", "reference")
        self._add(made, year, "Item(s)", 1.0, incoming=False).is_quantitative_reference = True
        return made

    def _provider(self, unit: str, run: str) -> "olca.Ref":
        import olca_schema as olca

        return olca.Ref(ref_type=olca.RefType.Process, id=self.key("process", unit, run), name=f"{unit}, {run}")

    def _add(self, process: Any, flow: "olca.Ref", unit: str, amount: float, *, incoming: bool) -> "olca.Exchange":
        import olca_schema as olca

        number = len(process.exchanges) + 1
        group, ref = self._unit(unit)
        exchange = olca.Exchange(
            amount=amount, flow=flow, unit=ref, flow_property=group, is_input=incoming, internal_id=number
        )
        exchange.is_quantitative_reference = exchange.is_avoided_product = False
        process.exchanges.append(exchange)
        process.last_internal_id = number
        return exchange

    def _flow(self, name: str, unit: str, role: str) -> "olca.Ref":
        """Flow of a name; what is disposed of is a waste, what the user's database has is only named."""
        import olca_schema as olca

        kind = {"discharge": olca.FlowType.WASTE_FLOW, "emission": olca.FlowType.ELEMENTARY_FLOW}.get(
            role, olca.FlowType.PRODUCT_FLOW
        )
        words = disposed(name) if role == "discharge" else name
        theirs = self.identifiers.of(words, "openlca") if role != "reference" else None
        key = theirs or self.key("flow", words, kind.value)
        if key not in self.known:
            self.known[key] = olca.Ref(ref_type=olca.RefType.Flow, id=key, name=words)
            if theirs is None:
                made = olca.new_flow(words, kind, self._property(unit))
                made.id, made.last_change, made.category = key, self.created, self.case.case
                self.flows[key] = made
        return self.known[key]

    def _property(self, unit: str) -> Any:
        self._unit(unit)
        return self.properties[self._names(unit)[0]]

    def _unit(self, unit: str) -> "tuple[olca.Ref, olca.Ref]":
        """Flow property and unit of openLCA for one of ours; made anew where openLCA has none of that name."""
        import olca_schema as olca

        group, prop, ids = self._names(unit)[1], self._names(unit)[0], self._names(unit)[2]
        if prop not in self.properties:
            base = _BASE.get(prop, unit)
            made = olca.UnitGroup(id=ids[1], name=group, units=[], last_change=self.created)
            self.groups[prop] = made
            self.properties[prop] = olca.FlowProperty(
                id=ids[0], name=prop, unit_group=olca.as_ref(made), last_change=self.created
            )
            self._count(prop, base, base)
        self._count(prop, unit, _BASE.get(prop, unit))
        found = next(one for one in self.groups[prop].units if one.name == unit)
        ref = olca.Ref(ref_type=olca.RefType.Unit, id=found.id, name=unit)
        return olca.as_ref(self.properties[prop]), ref

    def _count(self, prop: str, unit: str, base: str) -> None:
        import olca_schema as olca
        from olca_schema import units

        group = self.groups[prop]
        if any(one.name == unit for one in group.units):
            return
        theirs = units.unit_ref(unit)
        try:
            size = factor(unit, base)
        except UnitError:  # openLCA counts Nm3 with m3, and its own words
            size = 1.0
        key = theirs.id if theirs is not None else self.key("unit", unit)
        group.units.append(olca.Unit(id=key, name=unit, conversion_factor=size, is_ref_unit=unit == base))

    def _names(self, unit: str) -> tuple[str, str, tuple[str, str]]:
        """Flow property, unit group and their identifiers for a unit."""
        from olca_schema import units

        prop, group = units.property_ref(unit), units.group_ref(unit)
        if prop is not None and group is not None and prop.name in (*_BASE, "Number of items"):
            return str(prop.name), str(group.name), (str(prop.id), str(group.id))
        words = f"amount in {unit}"
        return words, f"units of {words}", (self.key("property", words), self.key("group", words))


def totals(process: Any) -> Mapping[tuple[str, bool, bool], float]:
    """(Flow, is it an input, is it avoided) -> amount of a process, as read back."""
    found: dict[tuple[str, bool, bool], float] = defaultdict(float)
    for one in process.exchanges or ():
        if not one.is_quantitative_reference:
            found[str(one.flow.name), bool(one.is_input), bool(one.is_avoided_product)] += float(one.amount)
    return dict(found)
