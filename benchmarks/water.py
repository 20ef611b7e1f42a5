"""Published water, hydrogen and blending networks, from files through the planner to the audited plan.

``benchmarks/data/water`` holds the published data, a file a problem; ``water_cases`` restates each as a case.
"""

import math
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from benchmarks.water_cases import (
    fixed_flow,
    fixed_load,
    four_plants,
    plants_of_processes,
    pooling,
    processes_and_streams,
    treatment,
)


@dataclass(frozen=True)
class WaterCase:
    """A published problem as a case of the planner.

    Attributes
    ----------
    name
        Of the problem, with what is asked of it.
    make
        Makes the case: file name -> content.
    optimum, tolerance
        The published figure, and the relative difference within which it counts as met.
    figure
        That figure from a plan.
    objective
        Goal of the plan.
    options
        Of ``planner.solve``.
    proven
        False where the plan need not be proven: its bound and the published figure tell how good it is.
    """

    name: str
    make: Callable[[], Mapping[str, Any]]
    optimum: float
    figure: Callable[[Any], float]
    objective: str = "water"
    tolerance: float = 1e-5
    options: Mapping[str, Any] = field(default_factory=dict)
    proven: bool = True

    def write(self, folder: Path) -> Path:
        """Write the case into a folder and return it."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in self.make().items():
            text = content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False)
            (folder / name).write_text(text, encoding="utf-8")
        return folder

    def plan(self, **options: Any) -> Any:
        """The plan."""
        import planner

        with tempfile.TemporaryDirectory() as folder:
            return planner.solve(self.write(Path(folder)), objective=self.objective, **{**self.options, **options})

    def by(self, engine: str, **options: Any) -> "WaterCase":
        """The same with its mixtures solved by HiGHS alone, or by SCIP."""
        name = f"{self.name} ({'SCIP' if engine == 'scip' else 'HiGHS'})"
        more = {**self.options, "mixing": engine, **options}
        return replace(self, name=name, options=more, proven=self.proven and engine == "scip")

    def solve(self, **options: Any) -> tuple[float, float]:
        """The figure, and the gap of the plan: infinite where its audit fails, said on the error stream."""
        plan = self.plan(**options)
        for check in plan.audit["checks"]:
            if not check["passed"]:
                print(f"{self.name}: audit, {check['check']}: {check['detail']}", file=sys.stderr)
        return self.figure(plan), float(plan.header["solver"]["gap"]) if plan.audit["passed"] else math.inf


def indicator(name: str, column: str = "plan") -> Callable[[Any], float]:
    """An indicator of a plan."""
    return lambda plan: float(plan.indicators.set_index("indicator").at[name, column])


def activity(facility: str) -> Callable[[Any], float]:
    """Activity of a facility in a plan."""
    return lambda plan: float(plan.tables["facilities"].set_index("facility").at[facility, "activity_per_yr"])


FRESH = indicator("fresh_water")
COST = indicator("total_annual_cost")
WS, OP = "wang_smith_1994_four_process", "olesen_polley_1996_three_plant"


#: Linear ones: proven by HiGHS.
LINEAR = (
    WaterCase("wang_smith, no reuse", partial(fixed_load, WS, reuse=False), 112.5, FRESH),
    WaterCase("wang_smith, reuse", partial(fixed_load, WS), 90.0, FRESH),
    WaterCase("wang_smith, recycling", partial(fixed_load, WS, regenerated=True), 20.0, FRESH),
    WaterCase("wang_smith, regenerated", partial(fixed_load, WS, regenerated=True), 73.6842, activity("regenerator")),
    WaterCase(
        "wang_smith, no recycling",
        partial(fixed_load, WS, regenerated=True, recycling=False, parts={"P2": 2}),
        46.1538,
        FRESH,
    ),
    WaterCase("olesen_polley, A alone", partial(plants_of_processes, OP, only="A"), 98.3333, FRESH),
    WaterCase("olesen_polley, B alone", partial(plants_of_processes, OP, only="B"), 54.6429, FRESH),
    WaterCase("olesen_polley, C alone", partial(plants_of_processes, OP, only="C"), 186.6667, FRESH),
    WaterCase("olesen_polley, together", partial(plants_of_processes, OP), 314.3552, FRESH),
    WaterCase("polley_polley", partial(fixed_flow, "polley_polley_2000"), 70.0, FRESH),
    WaterCase("sorin_bedard", partial(fixed_flow, "sorin_bedard_1999"), 200.0, FRESH),
    WaterCase("hybrid", partial(fixed_flow, "hybrid_wang_smith_plus_polley"), 155.0, FRESH),
    WaterCase("alves_towler", partial(fixed_flow, "alves_towler_2002_hydrogen", unit="%"), 268.821, FRESH),
)
#: Bilinear ones: plan, bound and gap by HiGHS, proven by SCIP.
BILINEAR = (
    WaterCase("waterund01", partial(processes_and_streams, "minlplib_waterund01"), 86.8333, FRESH),
    WaterCase("galan_grossmann", partial(treatment, "galan_grossmann_1998_ex1"), 89.8361, COST, "cost"),
    WaterCase("wastewater05m1", partial(treatment, "minlplib_wastewater05m1"), 229.7008, COST, "cost"),
    WaterCase("ruiz_grossmann", partial(treatment, "ruiz_grossmann_2009_gdplib_wnd"), 348337.04, COST, "cost"),
    WaterCase("haverly1", partial(pooling, "pooling_haverly1"), -400.0, COST, "cost"),
    WaterCase("foulds2", partial(pooling, "pooling_foulds2"), -1100.0, COST, "cost"),
    WaterCase("adhya1", partial(pooling, "pooling_adhya1"), -549.803, COST, "cost"),
)
#: Published with a best known plan that nobody has proven; a while of search.
OPEN = WaterCase(
    "meyer_floudas",
    partial(four_plants, "meyer_floudas_2006_four_plant"),
    1086187.137,
    COST,
    "cost",
    options={"time_limit": 60.0},
    proven=False,
)
WATER = (
    *LINEAR,
    *(case.by(engine) for case in BILINEAR for engine in ("highs", "scip")),
    OPEN.by("highs"),
)
