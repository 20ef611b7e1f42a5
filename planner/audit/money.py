"""Recomputes every cost, emission, waste and water account of a run from its decisions and the case."""

from collections import defaultdict
from typing import Any

from planner.audit.credits import bought_for_sinks, peak_per_unit
from planner.audit.equipment import book_equipment
from planner.audit.facts import Facts
from planner.audit.flows import Run
from planner.audit.heat_money import book_recovery
from planner.audit.links import shared_hours
from planner.audit.makeup import makeup
from planner.audit.mixtures import Mixtures
from planner.audit.network_money import Invested, book_link, book_network, peak_of_mains
from planner.audit.siting import needed_land
from planner.case.facilities import PowerLaw
from planner.geography.distances import Distances

ENDS = ("from", "to", "source", "sink")
SCOPES = {
    "use": ("co2e_use",),
    "supply": ("co2e_supply_energy", "co2e_supply_other"),
    "discharge": ("co2e_discharge",),
    "transport": ("co2e_transport",),
    "pumping": ("co2e_pumping",),
    "facilities": ("co2e_facilities",),
}


class Accounts:
    """Adds up the accounts of a run.

    Attributes
    ----------
    total
        Account -> amount a year (investments: once).
    bought
        Resource -> amount bought outside a year, by whatever cause.
    left
        Resource -> amount discharged or sold outside a year.
    spared, spared_peak
        Resource -> what of it takers do without that they would else buy, a year and at peak [unit/h].
    mixtures
        What all streams hold.
    capital
        Annualised investment in the total annual cost.
    invested
        What is invested in links, mains and trenches, before contingency.
    periods
        Accounts of each period, of a case that has any: what is fixed is in each of them.
    """

    def __init__(self, facts: Facts, distances: Distances, run: Run) -> None:
        self.facts = facts
        self.distances = distances
        self.run = run
        self.mixtures = Mixtures(facts, run)
        self.total: dict[str, float] = defaultdict(float)
        self.bought: dict[str, float] = defaultdict(float)
        self.left: dict[str, float] = defaultdict(float)
        self.spared: dict[str, float] = defaultdict(float)
        self.spared_peak: dict[str, float] = defaultdict(float)
        self.capital = 0.0
        self.periods: dict[str, Accounts] = {}
        self.invested: Invested = book_network(self)
        self._land()
        self._supplies()
        self._discharges()
        self._sales()
        self._facilities()
        book_recovery(self)
        book_equipment(self)
        pairs: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
        for row in run.exchanges:
            self._exchange(row)
            pairs[tuple(str(row[k]) for k in ("from", "to", "source", "sink"))].append(row)
        for rows in pairs.values():  # a twin of another size is a row of its own
            self._once(rows)
        self._credits()
        self._carbon()

    def take(self, run: Run) -> None:
        """Stand for another run with the same things built."""
        self.run, self.mixtures = run, Mixtures(self.facts, run)

    def of(self, period: str) -> "Accounts":
        """Those of a period; the accounts themselves where there are none."""
        return self.periods.get(period, self)

    def buy(self, resource: str, amount: float, account: str, scope: str | None = None, *, kept: bool = False) -> None:
        """Book a purchase outside; emissions go to ``scope`` where one is named, else to use and supply.

        What is ``kept`` in a store is used by whoever it is given to.
        """
        data = self.facts.case.resources[resource]
        self.bought[resource] += amount
        if data.price:
            self.total[account] += amount * data.price.value
        use = data.co2e.use.value if data.co2e.use and not kept else 0.0
        supply = data.co2e.supply.value if data.co2e.supply else 0.0
        self.total[scope or "co2e_use"] += amount * use
        self.total[scope or self._supply_scope(resource)] += amount * supply
        self.total["memo_biogenic"] += amount * (data.co2e.biogenic.value if data.co2e.biogenic and not kept else 0.0)
        if data.kind == "power":
            self.total["power_bought"] += amount * self.facts.content(resource, "MWh")
        if data.fresh_water:
            self.total["fresh_water"] += amount * self.facts.content(resource, "m3")

    def _supply_scope(self, resource: str) -> str:
        kind = self.facts.case.resources[resource].kind
        return "co2e_supply_energy" if kind in ("power", "heat") else "co2e_supply_other"

    def invest(self, what: str, account: str, investment: float, factor: float) -> None:
        """Book an investment, once and as its yearly cost."""
        self.total[f"investment_{what}"] += investment
        self.total[account] += investment * factor
        self.capital += investment * factor

    def _land(self) -> None:
        case = self.facts.case
        areas = dict(zip(self.distances.plots["name"], self.distances.plots["area_ha"], strict=True))
        lifetime = case.economics.lifetime.get("land")
        for unit, plot in self.run.places.items():
            land = case.plots.get(plot)
            declared = case.plants.get(unit) or case.facilities.get(unit)
            if land is None or declared is None:
                continue
            if land.several_tenants:
                size = self.run.content.get(unit, self.run.capacity.get(unit, 0.0))
                taken = needed_land(declared, size)
            elif self.facts.host(unit) != unit:
                continue
            else:
                taken = float(areas.get(plot, 0.0))
            price = sum(value.value for value in (land.price, land.surcharge) if value)
            self.invest("land", "land", price * taken, self.facts.recovery(lifetime.value if lifetime else None))
            self.total["land"] += taken * (land.rent.value if land.rent else 0.0)

    def _supplies(self) -> None:
        for (unit, stream), amount in self.run.supplied.items():
            resource = self.facts.stream_resource(unit, "sink", stream)
            declared = self.facts.stream(unit, "sink", stream)
            recipe = getattr(declared, "supplied_today_by", None)
            level, kind = self.facts.case.resources[resource].heat, self.facts.case.resources[resource].kind
            if kind == "heat" and not (
                level and level.supply and level.return_ and level.supply.value < level.return_.value
            ):
                self.total["heat_supplied"] += amount * self.facts.content(resource, "MWh")
            if recipe is None:
                self.buy(resource, amount, "purchase", kept=self.facts.is_kept(unit, stream))
                continue
            for bought, per_unit in recipe.inputs.items():
                self.buy(bought, amount * per_unit.value, "purchase")
            self.total["supply_operation"] += amount * (recipe.cost.value if recipe.cost else 0.0)

    def load_fees(self, unit: str, stream: str) -> float:
        """Fees by load for one unit of a source that is disposed of, by the mean of what it holds."""
        discharge = self.facts.discharge(unit, stream)
        fees = discharge.load_fees if discharge is not None else {}
        resource, total = self.facts.stream_resource(unit, "source", stream), 0.0
        for quality, price in fees.items():
            held = self.mixtures.source(unit, stream, quality)
            if held.mean == held.mean:
                load = held.mean * self.facts.weight(resource, quality) * self.facts.load_unit(quality)[1]
                total += load * price.value
        return total

    def waste(self, unit: str, stream: str) -> tuple[str, float]:
        """Waste class of a source and tonnes of waste in a unit of it."""
        discharge = self.facts.discharge(unit, stream)
        if discharge is None or discharge.waste == "none":
            return "none", 0.0
        if discharge.waste_mass is not None:
            return discharge.waste, discharge.waste_mass.value
        return discharge.waste, self.facts.content(self.facts.stream_resource(unit, "source", stream), "t")

    def _discharges(self) -> None:
        for (unit, stream), amount in self.run.discharged.items():
            resource = self.facts.stream_resource(unit, "source", stream)
            discharge = self.facts.discharge(unit, stream)
            self.left[resource] += amount
            self._make_up(unit, stream, amount)
            factor = self.facts.case.resources[resource].co2e.discharge
            if discharge is not None:
                factor = discharge.co2e or factor
                self.total["discharge"] += amount * (discharge.cost.value if discharge.cost else 0.0)
                self.total["discharge"] += amount * self.load_fees(unit, stream)
            self.total["co2e_discharge"] += amount * (factor.value if factor else 0.0)
            waste, mass = self.waste(unit, stream)
            if waste != "none":
                self.total[f"waste_{waste.replace('-', '_')}"] += amount * mass

    def _sales(self) -> None:
        for (unit, stream), amount in self.run.sold.items():
            resource = self.facts.stream_resource(unit, "source", stream)
            sale = self.facts.sale(unit, stream)
            self.left[resource] += amount
            self.total["sale"] -= amount * (sale.price.value if sale else 0.0)
            self._forgo(unit, stream, amount)

    def _make_up(self, unit: str, stream: str, amount: float) -> None:
        """Book the water that makes up for condensate lost of steam."""
        for water, per_unit in makeup(self.facts, unit, stream).items():
            self.buy(water, amount * per_unit, "purchase")

    def _forgo(self, unit: str, stream: str, amount: float) -> None:
        self._make_up(unit, stream, amount)
        forgone = getattr(self.facts.stream(unit, "source", stream), "forgoes", None)
        if forgone is None:
            return
        for resource, per_unit in forgone.flows.items():
            self.buy(resource, amount * per_unit.value, "forgone")
        self.total["forgone"] += amount * (forgone.money.value if forgone.money else 0.0)

    def _facilities(self) -> None:
        for name, capacity in self.run.capacity.items():
            facility = self.facts.case.facilities[name]
            base = self.invested_in(name, capacity)
            years = facility.lifetime.value if facility.lifetime else None
            factor = self.facts.recovery(years) if years else self.facts.annuity(name, kind="facility")
            self.invest("facility", "facility_capital", base * self.facts.contingency, factor)
            activity = self.run.activity[name]
            self.total["facility_operation"] += (
                base * (facility.maintenance.value if facility.maintenance else 0.0)
                + (facility.fixed_cost.value if facility.fixed_cost else 0.0)
                + activity * (facility.variable_cost.value if facility.variable_cost else 0.0)
            )
            self.total["co2e_facilities"] += activity * (facility.co2e.value if facility.co2e else 0.0)

    def invested_in(self, name: str, capacity: float) -> float:
        """Investment in a facility before contingency; of a store by its content and by its largest rates."""
        store = self.facts.store(name)
        if store is None:
            return self.investment_of(name, capacity)
        rates = ((store.rate_cost_in, capacity), (store.rate_cost_out, self.run.rated_out.get(name, 0.0)))
        by_rate = sum(price.value * rate for price, rate in rates if price is not None)
        return self.investment_of(name, self.run.content.get(name, 0.0)) + by_rate

    def investment_of(self, name: str, capacity: float) -> float:
        """Investment in a facility before contingency: by its power law, or on the straight lines of its curve."""
        facility = self.facts.case.facilities[name]
        if isinstance(facility.investment, PowerLaw):
            return facility.investment.worth(capacity)
        return interpolate([(p.capacity.value, p.investment.value) for p in facility.curve()], capacity)

    def _exchange(self, row: dict[str, Any]) -> None:
        giver, taker, source, sink = (str(row[k]) for k in ("from", "to", "source", "sink"))
        terms = self.facts.terms(giver, taker, source, sink)
        if terms is None:
            return
        flow, lost = float(row["flow_per_yr"]), float(row["lost_per_yr"])
        arriving, replaced = flow - lost, float(row["replaced_per_yr"])
        resource = self.facts.case.resources[self.facts.stream_resource(giver, "source", source)]
        if not self.facts.is_kept(taker, sink):
            self.total["co2e_use"] += arriving * (resource.co2e.use.value if resource.co2e.use else 0.0)
            self.total["memo_biogenic"] += arriving * (resource.co2e.biogenic.value if resource.co2e.biogenic else 0.0)
            self._keep_supply_burden(taker, sink, (1 - terms.displacement) * replaced)
        waste, mass = self.waste(giver, source)
        if waste != "none":
            self.total["reused"] += flow * mass
        self._forgo(giver, source, flow)
        self._treat(terms.treatment, flow)
        if self.facts.host(giver) != self.facts.host(taker):
            book_link(self, row, self.invested)

    def _once(self, rows: list[dict[str, Any]]) -> None:
        """Book what is due once per exchange: connections, permit, treatment plant, fixed cost."""
        terms = self.facts.terms(*(str(rows[0][k]) for k in ("from", "to", "source", "sink")))
        if terms is None:
            return
        self.total["exchange_fixed"] += terms.fixed_cost
        if any(str(row["option"]).startswith("existing ") for row in rows):
            return  # connected and permitted today
        more = self.facts.contingency
        self.invest("connection", "connection", terms.connection * more, self.facts.annuity(kind="connection"))
        self.invest("permit", "permit", terms.permit_cost * more, self.facts.annuity(kind="permit"))
        if terms.treatment and terms.treatment.investment:
            investment = terms.treatment.investment.value * more
            self.invest("treatment", "treatment", investment, self.facts.annuity(kind="treatment"))

    def _keep_supply_burden(self, unit: str, stream: str, amount: float) -> None:
        declared = self.facts.stream(unit, "sink", stream)
        recipe = getattr(declared, "supplied_today_by", None)
        resource = self.facts.stream_resource(unit, "sink", stream)
        inputs = {k: v.value for k, v in recipe.inputs.items()} if recipe is not None else {resource: 1.0}
        if recipe is None and self.facts.case.resources[resource].price is None:
            return  # nothing is bought, so no purchase falls away in part only
        for bought, per_unit in inputs.items():
            supply = self.facts.case.resources[bought].co2e.supply
            self.total[self._supply_scope(bought)] += amount * per_unit * (supply.value if supply else 0.0)

    def _credits(self) -> None:
        """Book what takers do without besides what is replaced.

        Physical totals and gates count it where they count its purchase: where the taker has a sink that takes it.
        """
        ends = {str(row["exchange"]): tuple(str(row[k]) for k in ENDS) for row in self.run.exchanges}
        for (exchange, resource), amount in self.run.credited.items():
            terms = self.facts.terms(*ends[exchange]) if exchange in ends else None
            if terms is None or resource not in self.facts.case.resources:
                continue
            self._credit(resource, amount, terms.displacement)
            if not bought_for_sinks(self.facts, ends[exchange][1], resource):
                continue
            self.spared[resource] += amount
            self.spared_peak[resource] += amount * peak_per_unit(self.facts, ends[exchange][1], resource)
            data = self.facts.case.resources[resource]
            if data.kind == "power":
                self.total["power_bought"] -= amount * self.facts.content(resource, "MWh")
            if data.fresh_water:
                self.total["fresh_water"] -= amount * self.facts.content(resource, "m3")

    def _credit(self, resource: str, amount: float, displacement: float) -> None:
        """Book price and CO2e of a purchase that falls away besides what is replaced."""
        data = self.facts.case.resources[resource]
        use, supply, biogenic = (x.value if x else 0.0 for x in (data.co2e.use, data.co2e.supply, data.co2e.biogenic))
        self.total["credit"] -= amount * (data.price.value if data.price else 0.0)
        self.total["co2e_use"] -= amount * use
        self.total[self._supply_scope(resource)] -= amount * supply * displacement
        self.total["memo_biogenic"] -= amount * biogenic

    def _treat(self, treatment: Any, flow: float) -> None:
        if treatment is None:
            return
        self.total["treatment"] += flow * (treatment.cost.value if treatment.cost else 0.0)
        self.total["co2e_facilities"] += flow * (treatment.co2e.value if treatment.co2e else 0.0)
        for resource, per_unit in treatment.uses.items():
            self.buy(resource, flow * per_unit.value, "treatment")

    def _carbon(self) -> None:
        price = self.facts.case.economics.carbon_price
        if price.paid is None:
            return
        for scope in price.paid_scopes:
            self.total["carbon_paid"] += price.paid.value * sum(self.total[account] for account in SCOPES[scope])

    def peak(self, resource: str, direction: str) -> float:
        """Sum of the peaks of what is bought (in) or leaves (out) of one resource [unit/h]."""
        if direction == "out":
            total = 0.0
            for table in (self.run.discharged, self.run.sold):
                for (unit, stream), amount in table.items():
                    if self.facts.stream_resource(unit, "source", stream) == resource:
                        total += self._peak_of(amount, unit, "source", stream)
            return total
        total = sum(self._peak_of_sale(*key, amount, resource) for key, amount in self.run.sold.items())
        for (unit, stream), amount in self.run.discharged.items():
            per_unit = makeup(self.facts, unit, stream).get(resource, 0.0)
            total += per_unit * self._peak_of(amount, unit, "source", stream) if per_unit else 0.0
        total += peak_of_mains(self, resource)
        for (unit, stream), amount in self.run.supplied.items():
            recipe = getattr(self.facts.stream(unit, "sink", stream), "supplied_today_by", None)
            own = self.facts.stream_resource(unit, "sink", stream)
            inputs = {k: v.value for k, v in recipe.inputs.items()} if recipe is not None else {own: 1.0}
            total += inputs.get(resource, 0.0) * self._peak_of(amount, unit, "sink", stream)
        total -= self.spared_peak.get(resource, 0.0)
        return total + sum(self._peak_of_exchange(row, resource) for row in self.run.exchanges)

    def _peak_of_sale(self, unit: str, stream: str, amount: float, resource: str) -> float:
        """Peak of what is bought because a source that is sold gives it up."""
        forgone = getattr(self.facts.stream(unit, "source", stream), "forgoes", None)
        per_unit = makeup(self.facts, unit, stream).get(resource, 0.0)
        if forgone is not None and resource in forgone.flows:
            per_unit += float(forgone.flows[resource].value)
        return per_unit * self._peak_of(amount, unit, "source", stream) if per_unit else 0.0

    def _peak_of(self, amount: float, unit: str, direction: str, stream: str) -> float:
        """Peak of a yearly amount of a stream [unit/h]; of what never runs, none."""
        hours = self.facts.stream_hours(unit, direction, stream)
        return amount / hours * self.facts.peak_factor(unit, direction, stream) if hours else 0.0

    def _peak_of_exchange(self, row: dict[str, Any], resource: str) -> float:
        giver, taker, source, sink = (str(row[k]) for k in ("from", "to", "source", "sink"))
        terms = self.facts.terms(giver, taker, source, sink)
        hours = shared_hours(self.facts, row)
        if terms is None or hours <= 0:
            return 0.0
        factor = max(self.facts.peak_factor(giver, "source", source), self.facts.peak_factor(taker, "sink", sink))
        link = self.facts.case.links.get(str(row["link"]))
        per_unit = terms.treatment.uses[resource].value if terms.treatment and resource in terms.treatment.uses else 0.0
        if link is not None and not link.main and resource in link.uses:
            per_unit += link.uses[resource].value * float(row["length_km"])
        per_unit += makeup(self.facts, giver, source).get(resource, 0.0)
        forgone = getattr(self.facts.stream(giver, "source", source), "forgoes", None)
        if forgone is not None and resource in forgone.flows:
            per_unit += forgone.flows[resource].value
        return per_unit * float(row["flow_per_yr"]) / hours * factor


def interpolate(points: list[tuple[float, float]], capacity: float) -> float:
    """Investment of a capacity on the straight lines between the points of its curve."""
    if len(points) == 1:
        return points[0][1]
    for (low, cost_low), (high, cost_high) in zip(points, points[1:], strict=False):
        if capacity <= high + 1e-6 * max(1.0, high):
            return cost_low + (cost_high - cost_low) * (capacity - low) / (high - low)
    return points[-1][1]
