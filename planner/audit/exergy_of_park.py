"""Exergy over the fence of the park for the audit: each part of it by the run, the purchases and the case again."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from planner.audit.exergy_of_media import Pair, exergy_of, exergy_of_resource
from planner.audit.facts import Facts
from planner.audit.flows import Run
from planner.audit.network import word
from planner.audit.reading import rows_of
from planner.heat.streams import HeatStream

if TYPE_CHECKING:
    import pandas as pd

    Tables = Mapping[str, pd.DataFrame]

#: (Part, name) -> exergy brought in, taken and wasted [MWh/yr].
Sums = dict[tuple[str, str], list[float]]
SMALL, CLOSE = 1e-6, 1e-6


@dataclass
class Fence:
    """What goes over the fence in a run.

    Attributes
    ----------
    process
        Process streams of all plants, with their heat.
    why
        Why the park cannot be told.
    """

    facts: Facts
    tables: "Tables"
    prefix: str
    run: Run
    process: list[HeatStream]
    why: set[str] = field(default_factory=set)

    def sums(self) -> Sums:
        """Parts that are not 0."""
        found: Sums = defaultdict(lambda: [0.0, 0.0, 0.0])
        found["process heat", "process heat"] = [*exergy_of(self.process, self.facts.case.surroundings.value), 0.0]
        for part, name, row in (*self._bought(), *self._sources(), *self._let_go(), *self._demands(), *self._beside()):
            found[part, name] = [a + b for a, b in zip(found[part, name], row, strict=True)]
        self._present_supplies()
        given, taken = (sum(row[n] for row in found.values()) for n in (0, 1))
        if taken > given * (1 + CLOSE) + SMALL:
            self.why.add("more is taken than is brought in")
        return {key: row for key, row in found.items() if any(row)}

    def _of(self, name: str, made: bool, amount: float) -> Pair:
        data = self.facts.case.resources[name]
        found = exergy_of_resource(data, made, amount, self.facts.case.surroundings.value)
        if found is None and data.kind == "heat" and amount > SMALL:
            self.why.add(f"resources.{name} states no level (heat)")
        return found or (0.0, 0.0)

    def _blank(self, name: str) -> bool:
        data = self.facts.case.resources[name]
        return self._without_energy(name) and (data.co2e.use is not None or data.co2e.biogenic is not None)

    def _without_energy(self, name: str) -> bool:
        data = self.facts.case.resources[name]
        return data.kind in ("material", "gas") and not data.content("MWh")

    def _cools(self, name: str) -> bool:
        level = self.facts.case.resources[name].heat
        if level is None or level.supply is None or level.return_ is None:
            return False
        return level.supply.value < level.return_.value

    def _bought(self) -> Iterator[tuple[str, str, Iterable[float]]]:
        for row in rows_of(self.tables, self.prefix + "purchases"):
            name, of = word(row, "resource"), word(row, "for")
            passes = of == "demand" and self._passes(word(row, "by"), word(row, "stream"), name)
            if of != "given up" and not passes and name in self.facts.case.resources:
                gives, takes = self._of(name, False, float(row["amount_per_yr"]))
                yield "bought", name, (gives, takes, takes)

    def _passes(self, unit: str, sink: str, name: str) -> bool:
        """Whether power or fuel is bought for a sink that uses it as it is."""
        stated = self.facts.stream(unit, "sink", sink)
        if stated is None or self.facts.case.resources[self.facts.stream_resource(unit, "sink", sink)].kind == "heat":
            return False
        alike = self.facts.stream_resource(unit, "sink", sink) == name
        return alike and getattr(stated, "supplied_today_by", None) is None

    def _sources(self) -> Iterator[tuple[str, str, Iterable[float]]]:
        facts = self.facts
        for unit in sorted(self.run.present & facts.tenants.keys()):
            for stream in facts.streams(unit, "source"):
                if not facts.is_medium(unit, "source", stream):
                    name = facts.stream_resource(unit, "source", stream)
                    back, into = self._of(name, True, self.run.moved(unit, "source", stream))
                    yield "sources", name, (into, back, back if self._cools(name) else 0.0)

    def _let_go(self) -> Iterator[tuple[str, str, Iterable[float]]]:
        facts = self.facts
        for (unit, stream), amount in self.run.sold.items():
            name = facts.stream_resource(unit, "source", stream)
            gives, takes = self._of(name, False, amount)
            yield "sold", name, (takes, gives, 0.0)
        for (unit, stream), amount in self.run.discharged.items():
            name = facts.stream_resource(unit, "source", stream)
            back, into = self._of(name, True, amount)
            forgone = getattr(facts.stream(unit, "source", stream), "forgoes", None)
            made = sum(self._of(r, False, amount * x.value)[0] for r, x in (forgone.flows if forgone else {}).items())
            yield "disposed of", name, (back, into, max(0.0, into - made))

    def _demands(self) -> Iterator[tuple[str, str, Iterable[float]]]:
        facts = self.facts
        for unit in sorted(self.run.present & facts.tenants.keys()):
            for stream in facts.streams(unit, "sink"):
                if not facts.is_medium(unit, "sink", stream):
                    name = facts.stream_resource(unit, "sink", stream)
                    passed = self._passes(unit, stream, name)
                    through = self.run.supplied.get((unit, stream), 0.0) if passed else 0.0
                    gives, takes = self._of(name, False, self.run.moved(unit, "sink", stream) - through)
                    yield "demands", name, (takes, gives, 0.0)

    def _beside(self) -> Iterator[tuple[str, str, Iterable[float]]]:
        """What exchanges and facilities give beyond what they take."""
        sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        for row in self.run.exchanges:
            made, used = str(row["resource"]), str(row["replaces"])
            if not {made, used} <= self.facts.case.resources.keys():
                continue
            first = self._of(made, True, float(row["flow_per_yr"]))
            last = self._of(used, False, float(row["replaced_per_yr"]))
            sums[str(row["exchange"])][0] += first[1] + last[1]
            sums[str(row["exchange"])][1] += first[0] + last[0]
            if first[1] > SMALL and self._blank(used):
                self.why.add(f"resources.{used} states no enthalpy")
        for name, activity in self.run.activity.items():
            facility = self.facts.case.facilities.get(name)
            if facility is None or facility.stores is not None or activity <= SMALL:
                continue
            into = [self._of(r, False, per.value * activity) for r, per in facility.inputs.items()]
            out = [self._of(r, True, per.value * activity) for r, per in facility.outputs.items()]
            known = [self.facts.case.resources[r] for r in facility.outputs]
            sums[name] = [sum(pair[n] for pair in (*into, *out)) for n in (0, 1)]
            short = sums[name][1] > sums[name][0] * (1 + CLOSE)
            if any(data.heat is not None or data.kind == "power" for data in known):
                missing = {r for r in facility.inputs if self._blank(r) or (short and self._without_energy(r))}
                self.why |= {f"resources.{r} states no enthalpy" for r in missing}
        for name, (into_it, out_of_it) in sums.items():
            if out_of_it > into_it * (1 + CLOSE):
                yield "beside", name, (out_of_it - into_it, 0.0, 0.0)

    def _present_supplies(self) -> None:
        """What present supplies are made of must hold the exergy that they give."""
        for (unit, sink), amount in self.run.supplied.items():
            recipe = getattr(self.facts.stream(unit, "sink", sink), "supplied_today_by", None)
            held = (
                0.0 if amount <= SMALL else self._of(self.facts.stream_resource(unit, "sink", sink), False, amount)[0]
            )
            if recipe is None or held <= 0:
                continue
            blank = {f"resources.{name} states no enthalpy" for name in recipe.inputs if self._blank(name)}
            made_of = sum(self._of(name, False, amount * per.value)[0] for name, per in recipe.inputs.items())
            if not blank and made_of < held * (1 - CLOSE):
                blank = {f"{unit} / {sink} is made of less exergy today than it holds"}
            self.why |= blank
