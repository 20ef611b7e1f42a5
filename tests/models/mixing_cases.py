"""Water networks and pools as instances: one site, so that nothing but flows and contents is decided."""

from pathlib import Path

import yaml
from toys import TOTALS, YEAR, option, park

from models.instance import (
    ExchangeData,
    FacilityData,
    Instance,
    PlaceData,
    SegmentData,
    SinkData,
    SourceData,
    UnitData,
)
from models.qualities import Bounds, Mixing, OperationData, OutletData

DATA = Path(__file__).parents[2] / "benchmarks" / "data" / "water"


class Site:
    """A plant with operations, treatment units and pools, all on one place, joined by exchanges on site."""

    def __init__(self, components, scale=1.0):
        self.components = list(components)
        self.scale = dict.fromkeys(self.components, scale) if isinstance(scale, float) else scale
        self.units = {"plant": UnitData("plant")}
        self.sources, self.sinks, self.exchanges, self.facilities = {}, {}, {}, {}
        self.operations, self.effects = {}, {}
        self.weights, self.contents, self.supplies, self.outlets = {}, {}, {}, {}
        self.limits, self.discharges, self.sales = {}, {}, {}
        self.once, self.of_sinks = (), {}

    def scaled(self, values):
        return {k: v / self.scale[k] for k, v in zip(self.components, values, strict=True)}

    def most(self, values):
        return {
            k: Bounds(most=v / self.scale[k]) for k, v in zip(self.components, values, strict=True) if v is not None
        }

    def book(self, family, index, **effects):
        self.effects.setdefault(family, {})[index] = effects

    def source(self, name, amount, values, **options):
        self.sources[name] = SourceData("plant", {YEAR: amount}, **options)
        self.weights[name] = dict.fromkeys(self.components, 1.0)
        self.contents[name] = self.scaled(values)

    def sink(self, name, amount, limits, *, supply=None, **options):
        self.sinks[name] = SinkData("plant", {YEAR: amount}, suppliable=supply is not None, **options)
        self.limits[name] = self.most(limits)
        self._supply(name, supply)

    def _supply(self, name, supply):
        if supply is not None:
            self.weights[name] = dict.fromkeys(self.components, 1.0)
            self.supplies[name] = self.scaled(supply)

    def operation(
        self, name, loads, most_in, most_out, flow, *, supply, least=0.0, whole=None, unit="plant", beside=0.0
    ):
        """Loads in content x flow."""
        self.operations[name] = OperationData(unit, {YEAR: least}, {YEAR: flow}, whole)
        self.sinks[f"{name} in"] = SinkData(unit, {YEAR: 1.0}, supply is not None, operation=name)
        gains = {YEAR: beside} if beside else {}
        self.sources[f"{name} out"] = SourceData(unit, {YEAR: 1.0}, operation=name, beside=gains)
        self.limits[f"{name} in"] = self.most(most_in)
        self._supply(f"{name} in", supply)
        self.weights[f"{name} out"] = dict.fromkeys(self.components, 1.0)
        self.outlets[f"{name} out"] = OutletData(
            (f"{name} in",), dict.fromkeys(self.components, 1.0),
            {k: {YEAR: v} for k, v in self.scaled(loads).items()}, name, highest=self.scaled(most_out),
        )  # fmt: skip

    def unit(
        self, name, removal, most_in, highest, capacity, *, low=0.0, kind="measure", on_demand=False, sellable=None
    ):
        """Treatment unit, or a pool where nothing is removed."""
        self.units[name] = UnitData(kind, host="plant" if kind == "measure" else None)
        self.facilities[name] = FacilityData({"g": SegmentData(low, capacity)}, {YEAR: 1.0})
        self.sinks[f"{name} in"] = SinkData(name, {YEAR: 1.0}, suppliable=False)
        self.sources[f"{name} out"] = SourceData(name, {YEAR: 1.0}, on_demand, dischargeable=False, sale_limit=sellable)
        self.limits[f"{name} in"] = self.most(most_in)
        self.weights[f"{name} out"] = dict.fromkeys(self.components, 1.0)
        kept = {k: 1.0 - r for k, r in zip(self.components, removal, strict=True)}
        self.outlets[f"{name} out"] = OutletData((f"{name} in",), kept, highest=self.scaled(highest))

    def join(self, source, sink, most, *, least=0.0, **effects):
        e = f"{source} > {sink}"
        self.exchanges[e] = ExchangeData(source, sink, 1.0, True, {"own": option(most, [], min_flow=least)})
        for family, booked in effects.items():
            self.book(family, (e, "own") if family == "built" else (e, "own", YEAR), **booked)

    def instance(self, **parts) -> Instance:
        components = {k: (k, "mean", self.scale[k]) for k in self.components}
        mixing = Mixing(
            components, self.weights, self.contents, self.supplies, self.outlets, self.limits, self.discharges,
            self.sales, self.once,
        )  # fmt: skip
        base = park(
            units=self.units, places={"site": PlaceData(tenants=9)}, admissible={"plant": ("site",)},
            sources=self.sources, sinks=self.sinks, exchanges=self.exchanges, facilities=self.facilities,
            effects=self.effects, operations=self.operations, mixing=mixing, totals=TOTALS,
        )  # fmt: skip
        return Instance(**{**base.__dict__, **parts})


def case(name):
    return yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))


def wang_smith(*, reuse=True, regeneration=False, once=False, split=False) -> Instance:
    """Loads kg/h, contents in units of 800 ppm, flows t/h: a load of 2 kg/h is 2000 g/h = 2000 / 800 units."""
    y = case("wang_smith_1994_four_process")
    site = Site(["c"], 800.0)
    names = []
    for p in y["processes"]:
        parts = [f"{p['name']} #{n}" for n in (1, 2)] if split and p["name"] == "P2" else [p["name"]]
        for name in parts:
            site.operation(
                name, [1000.0 * p["load"]], [p["cin_max"]], [p["cout_max"]],
                1000.0 * p["load"] / (p["cout_max"] - p["cin_max"]),
                supply=[0.0], whole=p["name"] if len(parts) > 1 else None,
            )  # fmt: skip
            site.book("supplied", (f"{name} in", YEAR), cost=1.0, water=1.0)
            names.append(name)
    if regeneration:
        site.units["regenerator"] = UnitData("measure", host="plant")
        site.facilities["regenerator"] = FacilityData({"g": SegmentData(0.0, 500.0)}, {YEAR: 1.0})
        site.sinks["regenerator in"] = SinkData("regenerator", {YEAR: 1.0}, suppliable=False)
        site.sources["regenerator out"] = SourceData("regenerator", {YEAR: 1.0}, dischargeable=False)
        site.weights["regenerator out"] = {"c": 1.0}
        site.contents["regenerator out"] = {"c": y["regeneration"]["outlet_conc"] / 800.0}
        site.book("activity", ("regenerator", YEAR), cost=1e-4)
        if once:
            site.once = ("regenerator",)
        for name in names:
            site.join("regenerator out", f"{name} in", 500.0)
            site.join(f"{name} out", "regenerator in", 500.0)
    for one in names if reuse else ():
        for other in names:
            if one != other:
                site.join(f"{one} out", f"{other} in", 200.0)
    return site.instance()


def waterund01() -> Instance:
    y = case("minlplib_waterund01")
    site = Site(y["contaminants"], {"c1": 200.0, "c2": 300.0})
    for s in y["sources"]:
        site.source(s["name"], s["flow"], s["conc"])
    fresh = y["freshwater"][0]["conc"]
    for p in y["processes"]:
        site.operation(p["name"], p["load"], p["cin_max"], p["cout_max"], p["flow_max"], supply=fresh)
        site.book("supplied", (f"{p['name']} in", YEAR), cost=1.0, water=1.0)
    for s in y["sinks"]:
        site.sink(s["name"], s["flow"], s["cmax"], supply=fresh)
        site.book("supplied", (s["name"], YEAR), cost=1.0, water=1.0)
    _join_all(site)
    return site.instance()


def _join_all(site, most=None):
    for i, source in site.sources.items():
        for j, sink in site.sinks.items():
            mine = site.outlets[i].inlets if i in site.outlets else ()
            if j not in mine:
                site.join(i, j, most or _least(site, source, sink))


def _least(site, source, sink):
    def largest(stream):
        if stream.operation is not None:
            return site.operations[stream.operation].most[YEAR]
        if stream.unit in site.facilities:
            return max(s.high for s in site.facilities[stream.unit].segments.values())
        return stream.amount[YEAR]

    return min(largest(source), largest(sink))


def treatment(name, *, scale) -> Instance:
    """Streams to be treated until the discharge keeps its limits; least flow through treatment units."""
    y = case(name)
    k = y["contaminants"]
    site = Site(k, dict(zip(k, scale, strict=True)))
    total = sum(s["flow"] for s in y["sources"])
    worst = [max(s["conc"][n] for s in y["sources"]) for n in range(len(k))]
    for s in y["sources"]:
        site.source(s["name"], s["flow"], s["conc"], dischargeable=False)
    for u in y["treatment"]:
        most_in = [w if c is None else min(w, c) for w, c in zip(worst, u["cin_max"], strict=True)]
        highest = [(1 - r) * c for r, c in zip(u["removal"], most_in, strict=True)]
        law = "cost_concave" in u
        least = u.get("flow_min_if_built", 0.0) or 0.0
        site.unit(u["name"], u["removal"], u["cin_max"], highest, total if law else 3 * total, low=least)
        if law:
            _law(site, u, least, total)
        else:
            site.book("activity", (u["name"], YEAR), cost=1.0)
    site.sink("discharge", total, y["discharge_limits"])
    _join_all(site)
    return site.instance()


def _law(site, u, low, high):
    """Beta F + theta F^0.7 by chords, and the law itself."""
    ends = [low + (high - low) * (n / 8) ** 2 for n in range(9)]
    segments = {f"g{n}": SegmentData(a, b) for n, (a, b) in enumerate(zip(ends, ends[1:], strict=False))}
    site.facilities[u["name"]] = FacilityData(
        segments, {YEAR: 1.0}, {YEAR: low}, (u["cost_concave"], u["cost_exponent"])
    )
    for g, s in segments.items():
        at = [u["cost_concave"] * c ** u["cost_exponent"] for c in (s.low, s.high)]
        slope = (at[1] - at[0]) / (s.high - s.low)
        site.book("opened", (u["name"], g), cost=at[0] - slope * s.low)
        site.book("capacity", (u["name"], g), cost=slope)
    site.book("activity", (u["name"], YEAR), cost=u["cost_variable"])
    site.book("beyond", (u["name"],), cost=1.0)


def pooling(name, scale=None) -> Instance:
    """Feeds bought, blended in pools and sold; a product is a sink whose demand is met or left."""
    y = case(name)
    n = len(y["components"][0]["quality"])
    k = [f"q{i}" for i in range(n)]
    top = [max(c["quality"][i] for c in y["components"]) for i in range(n)]
    site = Site(k, dict(zip(k, scale or top, strict=True)))
    for c in y["components"]:
        site.source(c["name"], c["upper"], c["quality"], on_demand=True)
    for p in y["pools"]:
        site.unit(p["name"], [0.0] * n, [None] * n, top, p["capacity"])
    for p in y["products"]:
        site.units[p["name"]] = UnitData("measure", host="plant")
        site.facilities[p["name"]] = FacilityData({"g": SegmentData(0.0, float(p["upper"]))}, {YEAR: 1.0})
        site.sinks[p["name"]] = SinkData(p["name"], {YEAR: 1.0}, suppliable=False)
        lower, upper = p["quality_lower"] or [None] * n, p["quality_upper"] or [None] * n
        site.limits[p["name"]] = {
            q: Bounds(
                -float("inf") if a is None else a / site.scale[q], float("inf") if b is None else b / site.scale[q]
            )
            for q, a, b in zip(k, lower, upper, strict=True)
        }
        site.book("activity", (p["name"], YEAR), cost=-p["price"])
    price = {c["name"]: c["price"] for c in y["components"]}
    room = {c["name"]: c["upper"] for c in y["components"]} | {p["name"]: p["capacity"] for p in y["pools"]}
    for c, o in y["component_to_pool"]:
        site.join(c, f"{o} in", min(room[c], room[o]), flow={"cost": price[c]})
    for o, p, most in y["pool_to_product"]:
        site.join(f"{o} out", p, most)
    for c, p, most in y["component_to_product"]:
        site.join(c, p, most, flow={"cost": price[c]})
    return site.instance()


def meyer_floudas() -> Instance:
    """Four candidate plants, every pipe at a fixed price and one by flow; cost in 1000 $/yr."""
    y = case("meyer_floudas_2006_four_plant")
    k, pipe, distance = y["contaminants"], y["pipe"], y["distance"]
    worst = [max(s["conc"][n] for s in y["sources"]) for n in range(len(k))]
    site = Site(k, dict(zip(k, map(float, worst), strict=True)))
    total = sum(s["flow"] for s in y["sources"])
    for s in y["sources"]:
        site.source(s["name"], float(s["flow"]), s["conc"], dischargeable=False)
    for u in y["treatment"]:
        highest = [(1 - r) * c for r, c in zip(u["removal"], worst, strict=True)]
        site.unit(u["name"], u["removal"], [None] * len(k), highest, pipe["plant_capacity"])
        site.book("opened", (u["name"], "g"), cost=u["fixed_cost"] / 1000.0)
        site.book("activity", (u["name"], YEAR), cost=u["variable_cost"] / 1000.0)
    site.sink("discharge", total, y["discharge_limits"])
    plants = [u["name"] for u in y["treatment"]]

    def lay(source, sink, length, most):
        fixed, by_flow = pipe["fixed_cost_per_distance"], pipe["variable_cost_per_distance_per_flow"]
        site.join(
            source, sink, most, least=pipe["flow_min_if_built"],
            built={"cost": length * fixed / 1000.0}, flow={"cost": length * by_flow / 1000.0},
        )  # fmt: skip

    for n, s in enumerate(y["sources"]):
        for p, plant in enumerate(plants):
            lay(s["name"], f"{plant} in", distance["source_to_plant"][n][p], float(s["flow"]))
        lay(s["name"], "discharge", distance["source_to_discharge"][n], float(s["flow"]))
    for p, plant in enumerate(plants):
        for q, other in enumerate(plants):
            if p != q:
                lay(f"{plant} out", f"{other} in", distance["plant_to_plant"][p][q], pipe["plant_capacity"])
        lay(f"{plant} out", "discharge", distance["plant_to_discharge"][p], pipe["plant_capacity"])
    return site.instance()
