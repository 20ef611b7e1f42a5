"""The bridge to HiGHS: same answers as Pyomo's own way, and a typed reason where there is no answer."""

import itertools
import math
import random
import threading

import numpy as np
import pyomo.environ as pyo
import pytest
from pyomo.contrib.solver.common.factory import SolverFactory
from pyomo.contrib.solver.common.results import SolutionStatus

from models import lp
from models import solve as bridge
from models.relaxation import Relaxation
from models.solution import NoSolution, Status
from models.solve import Options


def small_milp(seed: int) -> pyo.ConcreteModel:
    """Random small program: equalities, ranges, integers, a fixed and an unused variable, min and max."""
    r = random.Random(seed)
    m = pyo.ConcreteModel()
    m.I = pyo.RangeSet(r.randint(2, 6))
    m.scale = pyo.Param(mutable=True, initialize=r.randint(1, 3))
    kinds = {i: r.choice([pyo.Reals, pyo.Integers, pyo.Binary]) for i in m.I}
    m.x = pyo.Var(m.I, domain=lambda m, i: kinds[i], bounds=(-5, 7))
    m.unused = pyo.Var(bounds=(2, 3))
    if r.random() < 0.3:
        m.x[1].fix(1)
    sense = pyo.minimize if r.random() < 0.5 else pyo.maximize
    m.goal = pyo.Objective(expr=m.scale * sum(r.randint(-5, 5) * m.x[i] for i in m.I) + r.randint(-3, 3), sense=sense)
    m.rows = pyo.ConstraintList()
    for _ in range(r.randint(1, 5)):
        body = sum(r.randint(-4, 4) * m.x[i] for i in m.I) + 0 * m.x[1]
        low = r.randint(-9, 5)
        m.rows.add(r.choice([(low, body, low + r.randint(0, 9)), (low, body, None), (None, body, low + 9)]))
    return m


def _by_pyomo(m) -> float | None:
    result = SolverFactory("highs").solve(
        m, rel_gap=1e-9, load_solutions=False, raise_exception_on_nonoptimal_result=False
    )
    return result.incumbent_objective if result.solution_status is SolutionStatus.optimal else None


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("block", range(6))
def test_same_answers_as_pyomos_interface(block):
    for seed in range(20 * block, 20 * block + 20):
        expected = _by_pyomo(small_milp(seed))
        model = small_milp(seed)
        if expected is None:
            with pytest.raises(NoSolution, match="infeasible|trivially"):
                bridge.solve(model)
            continue
        result = bridge.solve(model)
        assert result.objective == pytest.approx(expected, abs=1e-5), seed
        assert pyo.value(model.goal) == pytest.approx(expected, abs=1e-5), seed
        assert model.unused.value == 2
        assert result.status is Status.OPTIMAL


def test_regression_of_the_wrong_optimum_of_highs_1_14():
    # min 2x + 3z, x + z >= 4.5, 0 <= x, z <= 10, z integer. All by x: 2 x 4.5 = 9; each z in its place costs 1 more.
    m = pyo.ConcreteModel()
    m.x = pyo.Var(bounds=(0, 10))
    m.z = pyo.Var(bounds=(0, 10), domain=pyo.Integers)
    m.goal = pyo.Objective(expr=2 * m.x + 3 * m.z)
    m.row = pyo.Constraint(expr=m.x + m.z >= 4.5)
    assert bridge.solve(m).objective == pytest.approx(9.0)


@pytest.mark.parametrize("seed", range(40))
def test_big_m_links_with_set_packing_against_brute_force(seed):
    # The structure of that bug: demand met by links of fixed cost, of which some exclude each other, or bought.
    r = random.Random(seed)
    n = 5
    capacity = [r.choice([2.0, 3.5, 4.5]) for _ in range(n)]
    fixed = [r.randint(1, 9) for _ in range(n)]
    price = [r.randint(1, 3) for _ in range(n)]
    packs = [r.sample(range(n), 2) for _ in range(2)]
    demand, bought = r.choice([4.5, 6.0, 9.5]), 4

    m = pyo.ConcreteModel()
    m.y = pyo.Var(range(n), domain=pyo.Binary)
    m.f = pyo.Var(range(n), bounds=lambda m, i: (0, capacity[i]))
    m.b = pyo.Var(domain=pyo.NonNegativeReals)
    m.goal = pyo.Objective(expr=sum(fixed[i] * m.y[i] + price[i] * m.f[i] for i in range(n)) + bought * m.b)
    m.need = pyo.Constraint(expr=sum(m.f[i] for i in range(n)) + m.b >= demand)
    m.cap = pyo.Constraint(range(n), rule=lambda m, i: m.f[i] <= capacity[i] * m.y[i])
    m.pack = pyo.Constraint([0, 1], rule=lambda m, k: sum(m.y[i] for i in packs[k]) <= 1)

    best = math.inf
    for built in itertools.product((0, 1), repeat=n):
        if any(sum(built[i] for i in pack) > 1 for pack in packs):
            continue
        # With the links given, cheapest first until the demand is met; all links are cheaper than buying.
        left, cost = demand, sum(f for f, b in zip(fixed, built, strict=True) if b)
        for i in sorted(range(n), key=lambda i: price[i]):
            used = min(left, capacity[i]) * built[i]
            left, cost = left - used, cost + price[i] * used
        best = min(best, cost + bought * left)
    assert bridge.solve(m).objective == pytest.approx(best)


def _one_variable(**bounds):
    m = pyo.ConcreteModel()
    m.x = pyo.Var(**bounds)
    m.y = pyo.Var(domain=pyo.Integers)
    return m


def test_infeasible_is_said():
    m = _one_variable(bounds=(0, 1))
    m.goal = pyo.Objective(expr=m.x)
    m.row = pyo.Constraint(expr=m.x + m.y == 0.5)
    m.other = pyo.Constraint(expr=m.x <= -1)
    with pytest.raises(NoSolution) as end:
        bridge.solve(m)
    assert end.value.reason == "infeasible"


def test_unbounded_is_told_from_infeasible():
    # x - y along x + y <= 3 falls without end; the same with x + y >= 4 as well has no point at all.
    m = _one_variable(domain=pyo.Integers)
    m.goal = pyo.Objective(expr=m.x - m.y)
    m.row = pyo.Constraint(expr=m.x + m.y <= 3)
    with pytest.raises(NoSolution) as end:
        bridge.solve(m)
    assert end.value.reason == "unbounded"
    m.other = pyo.Constraint(expr=m.x + m.y >= 4)
    with pytest.raises(NoSolution) as end:
        bridge.solve(m)
    assert end.value.reason == "infeasible"


def test_a_constant_row_that_cannot_hold_is_infeasible_and_named():
    m = _one_variable(bounds=(0, 1))
    m.p = pyo.Param(initialize=1, mutable=True)
    m.goal = pyo.Objective(expr=m.x)
    m.never = pyo.Constraint(expr=0 * m.x + m.p <= 0)
    with pytest.raises(NoSolution, match="never") as end:
        bridge.solve(m)
    assert end.value.reason == "infeasible"
    m.p.set_value(0)  # now it holds, and is no row at all
    assert bridge.solve(m).objective == 0.0


def test_an_empty_model_has_its_constant_as_objective():
    m = pyo.ConcreteModel()
    m.p = pyo.Param(initialize=3, mutable=True)
    m.x = pyo.Var(bounds=(1, 2))
    m.goal = pyo.Objective(expr=2 * m.p)
    assert bridge.solve(m).objective == 6.0
    assert m.x.value == 1


def hard(n: int = 40, seed: int = 1) -> pyo.ConcreteModel:
    """A multi-dimensional knapsack with equalities that takes HiGHS minutes."""
    r = np.random.default_rng(seed)
    m = pyo.ConcreteModel()
    m.x = pyo.Var(range(n), domain=pyo.Binary)
    weights = r.integers(10, 99, size=(6, n)).tolist()
    gains = r.integers(10, 99, size=n).tolist()
    m.goal = pyo.Objective(expr=-sum(g * m.x[i] for i, g in enumerate(gains)))
    m.row = pyo.Constraint(range(6), rule=lambda m, k: sum(w * m.x[i] for i, w in enumerate(weights[k])) <= 25 * n)
    return m


def test_a_node_limit_keeps_the_best_and_says_how_far_it_is():
    result = bridge.solve(hard(), Options(node_limit=1))
    assert result.status is Status.FEASIBLE
    assert result.gap > 1e-6
    assert result.bound <= result.objective


def test_a_limit_before_any_plan_is_said():
    m = pyo.ConcreteModel()
    m.x = pyo.Var(range(30), domain=pyo.Binary)
    m.goal = pyo.Objective(expr=sum(m.x[i] for i in m.x))
    m.row = pyo.Constraint(
        expr=sum((2 * i + 100) * m.x[i] for i in m.x) == 1777
    )  # even = odd: none, found only by search
    with pytest.raises(NoSolution) as end:
        bridge.solve(m, Options(time_limit=0.0))
    assert end.value.reason in ("limit", "infeasible")


def test_interrupt_keeps_the_best_plan():
    event = threading.Event()
    seen = []

    def progress(p):
        seen.append(p)
        if math.isfinite(p.incumbent):
            event.set()

    result = bridge.solve(hard(120), Options(interrupt=event, progress=progress, gap=0.0))
    assert result.interrupted
    assert result.status is Status.FEASIBLE
    assert seen
    assert seen[-1].seconds >= 0


def test_a_function_can_ask_for_the_end_before_there_is_a_plan():
    m = hard(120)
    m.far = pyo.Constraint(expr=sum((i % 7 + 1) * m.x[i] for i in m.x) == 117.5)  # integers never sum to a half
    with pytest.raises(NoSolution) as end:
        bridge.solve(m, Options(interrupt=lambda: True))
    assert end.value.reason in ("interrupted", "infeasible")


def test_a_start_is_taken():
    m = hard()
    first = bridge.solve(m, Options(node_limit=1))
    again = bridge.solve(m, Options(node_limit=0, start=True))
    assert again.objective <= first.objective + 1e-6


def test_a_fault_in_progress_reaches_the_caller():
    def broken(_):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        bridge.solve(hard(), Options(progress=broken, node_limit=50))


def test_the_plan_does_not_live_on_the_integrality_tolerance():
    # A link of capacity 1e6 costs 1; buying 0.4 costs 0.8. HiGHS may call y = 4e-7 an integer: then 0.4 flows for 4e-7.
    # With y rounded, the least cost is 0.8.
    m = pyo.ConcreteModel()
    m.y = pyo.Var(domain=pyo.Binary)
    m.f = pyo.Var(bounds=(0, 1e6))
    m.b = pyo.Var(domain=pyo.NonNegativeReals)
    m.goal = pyo.Objective(expr=m.y + 2 * m.b)
    m.cap = pyo.Constraint(expr=m.f <= 1e6 * m.y)
    m.need = pyo.Constraint(expr=m.f + m.b >= 0.4)
    bridge.solve(m)
    assert m.y.value in (0.0, 1.0)
    assert m.f.value <= 1e6 * m.y.value
    assert pyo.value(m.goal) == pytest.approx(0.8)


def test_relaxation_of_a_model_with_rows_added():
    m = pyo.ConcreteModel()
    m.x = pyo.Var(range(2), bounds=(0, 1))
    m.goal = pyo.Objective(expr=-m.x[0] - m.x[1])
    m.row = pyo.Constraint(expr=m.x[0] + m.x[1] <= 3)
    lp = Relaxation(m)
    assert lp.solve() == pytest.approx(-2.0)
    column = lp.add_column()
    lp.add_row([(m.x[0], 1.0), (m.x[1], 1.0), (column, -1.0)])  # x0 + x1 <= n <= 1
    assert lp.solve() == pytest.approx(-1.0)
    assert lp.value(column) == pytest.approx(1.0)


def test_a_solver_that_failed_is_no_limit(monkeypatch):
    """Nothing limits this solve: an end without a plan, neither infeasible nor unbounded, is a fault and said so."""
    m = small_milp(1)
    monkeypatch.setattr(bridge._Search, "run", lambda self: None)  # HiGHS never ran: its status is "not set"
    with pytest.raises(RuntimeError, match="kNotset") as caught:
        bridge.solve(m)
    assert not isinstance(caught.value, NoSolution)


@pytest.mark.parametrize("seed", range(40))
def test_a_scaled_program_has_the_same_optimum(seed):
    """Continuous columns, rows and objective divided by a power of two; the integers stay."""
    program, columns = lp.compile_model(small_milp(seed))
    integers = np.array([not v.is_continuous() for v in columns], dtype=bool)
    factors = np.where(integers, 1.0, 16.0)
    search = bridge._Search(program, Options())
    search.run()
    smaller = bridge._Search(lp.scaled(program, factors), Options())
    smaller.run()
    assert smaller.has_plan == search.has_plan
    if search.has_plan:
        found = factors.max() * smaller.highs.getInfo().objective_function_value
        assert found == pytest.approx(search.outcome()[1], abs=1e-6)


def test_largest_bounds_come_down_to_a_thousand():
    m = pyo.ConcreteModel()
    m.flow, m.built = pyo.Var(bounds=(0, 3e6)), pyo.Var(domain=pyo.Binary)
    m.pays = pyo.Objective(expr=m.flow + m.built)
    m.linked = pyo.Constraint(expr=m.flow <= 3e6 * m.built)
    program, columns = lp.compile_model(m)
    factors = lp.factors_of(program, np.array([v is m.built for v in columns]))
    assert dict(zip((v.name for v in columns), factors, strict=True)) == {"flow": 4096.0, "built": 1.0}


def test_the_rounded_relaxation_tells_its_optimum_which_bounds_the_program():
    """Least 3 x with x >= 0.4 and x whole: the relaxation says 1.2; rounded to 0 it is none, and the values stay."""
    m = pyo.ConcreteModel()
    m.x = pyo.Var(domain=pyo.Integers, bounds=(0, 5))
    m.row = pyo.Constraint(expr=m.x >= 0.4)
    m.pays = pyo.Objective(expr=3 * m.x)
    program, _ = lp.compile_model(m)
    values, optimum = lp.rounded(program, np.array([True]))
    assert values == pytest.approx([0.4])
    assert optimum == pytest.approx(1.2)
