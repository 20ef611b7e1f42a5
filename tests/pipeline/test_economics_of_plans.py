"""Plans move the way economics says, on random whole cases: every plan is a proven optimum."""

import copy
import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from random_cases import Written, random_case
from random_geography import X0, Y0
from seeds import more

from planner.case.read import read_case
from planner.errors import Infeasible
from planner.pipeline import solve

#: Cases that have a plan at least cost, with exchanges in it.
SEEDS = (20, 41, 54, *more((35, 2, 50), 1))
#: Fields that hold money, wherever they stand.
MONEY = {
    *("price", "cost", "investment", "fixed_investment", "yearly_cost", "loading", "margin", "rent", "surcharge"),
    *("money", "fixed_cost", "variable_cost", "at_source", "at_sink", "budget", "paid", "shadow"),
}
TOLERANCE = 3e-6


@cache
def planned(seed, change=None):
    """The plan of a case at least cost, changed by one of the functions below; None where there is none."""
    written = copy.deepcopy(random_case(seed))
    if change is not None:
        written = change(written) or written
    return plan_of(written)


def plan_of(written):
    with TemporaryDirectory() as folder:
        case = read_case(written.write(Path(folder) / "case"))
        try:
            plan = solve(case)
        except Infeasible:
            return None
    assert plan.audit["passed"]
    assert plan.header["solver"]["status"] == "optimal"
    return plan


def goal(plan):
    return plan.header["solver"]["objective"]


def size(plan):
    """Size of the money behind the goal: small differences of large sums are rounding."""
    return float(plan.tables["costs"]["plan"].abs().sum()) + abs(goal(plan))


def at_least(dearer, cheaper):
    return dearer is None or goal(dearer) >= goal(cheaper) - TOLERANCE * size(cheaper)


def multiplied(node, factor):
    """A case with all money in it multiplied."""
    if isinstance(node, dict):
        return {
            k: factor * v if k in MONEY and isinstance(v, int | float) else multiplied(v, factor)
            for k, v in node.items()
        }
    return [multiplied(x, factor) for x in node] if isinstance(node, list) else node


def doubled(written):
    return Written(multiplied(written.case, 2), written.files, "cost")


def in_won(written):
    return Written(multiplied(written.case, 1300) | {"currency": "KRW"}, written.files, "cost")


@pytest.mark.parametrize(("change", "factor"), [(doubled, 2), (in_won, 1300)])
@pytest.mark.parametrize("seed", SEEDS)
def test_money_has_no_scale(seed, change, factor):
    """Twice all prices, or the same in another currency: the same plan, at so much more."""
    plain, scaled = planned(seed), planned(seed, change)
    assert goal(scaled) == pytest.approx(factor * goal(plain), abs=factor * TOLERANCE * size(plain))
    before, after = (p.indicators.set_index("indicator").loc["total_annual_cost", "baseline"] for p in (plain, scaled))
    assert after == pytest.approx(factor * before, rel=3e-6)


def renamed(written):
    """Every plant under another name, which sorts otherwise."""
    names = {"smelter": "Zinkhütte", "paper mill": "Aa", "greenhouse": "Ω 1", "brewery": "b, c (d)"}

    def new(node):
        if isinstance(node, dict):
            return {names.get(k, k): new(v) for k, v in node.items()}
        if isinstance(node, list):
            return [new(x) for x in node]
        return names.get(node, node) if isinstance(node, str) else node

    return Written(new(written.case), written.files, "cost")


@pytest.mark.parametrize("seed", SEEDS)
def test_names_do_not_matter(seed):
    assert goal(planned(seed, renamed)) == pytest.approx(goal(planned(seed)), abs=TOLERANCE * size(planned(seed)))


def rates(written, unit):
    """Every rate of a plant or partner written per day or per year."""
    resources = written.case["resources"]
    for group in ("plants", "partners"):
        for tenant in written.case.get(group, {}).values():
            for name, stream in [*tenant["sources"].items(), *tenant["sinks"].items()]:
                hours = stream.get("hours") or tenant.get("hours") or 8760 - tenant["stops"]
                counted = resources[stream.get("resource", name)]["unit"]
                factor = 24 if unit == "d" else hours
                stream["rate"] = f"{stream['rate'] * factor} {counted}/{unit}"


def by_day(written):
    rates(written, "d")


def by_year(written):
    rates(written, "yr")


@pytest.mark.parametrize("change", [by_day, by_year])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_rate_may_be_written_per_hour_day_or_year(seed, change):
    assert goal(planned(seed, change)) == pytest.approx(goal(planned(seed)), abs=TOLERANCE * size(planned(seed)))


def with_another_plot(written):
    """One more plot, free of charge and open to all."""
    case, files = written.case, dict(written.files)
    case["plots"]["new"] = {}
    if "plots.geojson" in files:
        x, y = X0 + 1000, Y0
        ring = [[x, y], [x + 200, y], [x + 200, y + 200], [x, y + 200], [x, y]]
        layer = json.loads(files["plots.geojson"])
        shape = {"type": "Polygon", "coordinates": [ring]}
        layer["features"].append({"type": "Feature", "properties": {"name": "new"}, "geometry": shape})
        files["plots.geojson"] = json.dumps(layer)
    else:
        case["plots"]["new"] = {"area": 4}
        places = [*case["plots"], *case.get("partners", {})]
        files["distances.csv"] += "".join(f"new,{p},700,700\n" for p in places if p != "new")
    return Written(case, files, "cost")


@pytest.mark.parametrize("seed", SEEDS)
def test_another_plot_never_costs_more(seed):
    assert at_least(planned(seed), planned(seed, with_another_plot))


def dearer_trucks(written):
    written.case["links"]["truck"] |= {"cost": 3, "loading": 20}


@pytest.mark.parametrize("seed", SEEDS)
def test_dearer_trucks_never_lower_the_cost(seed):
    assert at_least(planned(seed, dearer_trucks), planned(seed))


def dearer(resource, factor):
    def change(written):
        written.case["resources"][resource]["price"] *= factor

    return change


def bought(plan, resource):
    table = plan.tables["purchases"]
    return float(table.loc[table["resource"] == resource, "amount_per_yr"].sum())


@pytest.mark.parametrize("resource", ["gas", "lime", "fresh water"])
@pytest.mark.parametrize("seed", SEEDS)
def test_of_what_is_dearer_no_more_is_bought(seed, resource):
    """Goal = rest + price x amount: whatever the rest, the amount at the optimum never rises with the price.

    Plants that want it may settle no more; of the same plants, exchanges replace no less.
    """
    plain, raised = planned(seed), planned(seed, dearer(resource, 1.5))
    price = random_case(seed).case["resources"][resource]["price"]
    slack = 2 * TOLERANCE * size(plain) / (0.5 * price)
    assert bought(raised, resource) <= bought(plain, resource) + slack


@pytest.mark.parametrize("seed", SEEDS)
def test_forbidding_an_exchange_never_helps(seed):
    """Each exchange between two sites that the plan builds, forbidden in turn."""
    plain = planned(seed)
    between = plain.exchanges[~plain.exchanges["own"].astype(bool)]
    for row in between.head(3).to_dict("records"):
        written = random_case(seed)
        named = {"from": row["from"], "to": row["to"], "stream": row["source"], "into": row["sink"]}
        entries = [e for e in written.case.get("exchanges", []) if not named.items() <= e.items()]
        if any(e.get("forced") for e in entries):
            continue
        written.case["exchanges"] = [*entries, {**named, "forbidden": True}]
        without = plan_of(written)
        assert without is not None
        assert row["exchange"] not in set(without.exchanges["exchange"])
        assert at_least(without, plain)


def wished(written):
    """Every optional plant would lose by settling."""
    for plant in written.case["plants"].values():
        if "optional" in plant:
            plant["optional"]["margin"] = -9e7
    written.case.pop("tenants", None)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_absent_plant_is_nowhere(seed):
    """Neither in the plan nor in the baseline, in no table: its absence is no reduction."""
    plan = planned(seed, wished)
    absent = {name for name, plant in random_case(seed).case["plants"].items() if "optional" in plant}
    for name in ("siting", "exchanges", "purchases", "discharges", "sales", "supplies", "facilities"):
        for table in (plan.tables[name], plan.tables[f"baseline_{name}"]):
            columns = {"unit", "by", "from", "to"} & set(table.columns)
            assert not any(absent & set(table[column].dropna().astype(str)) for column in columns)
