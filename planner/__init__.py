"""Plans eco-industrial parks.

    case = planner.read_case("cases/ulsan")
    plan = planner.solve(case)
    plan.indicators; plan.exchanges; plan.save("out")
    plan = planner.read_plan("out")

Everything is loaded when it is first used, so that ``import planner`` costs next to nothing.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planner.case.case import Case
    from planner.case.read import read_case
    from planner.errors import CaseError, PlannerError
    from planner.pipeline import read_plan, solve
    from planner.results.plan import Plan

__all__ = ["Case", "CaseError", "Plan", "PlannerError", "read_case", "read_plan", "solve"]

_HOMES = {
    "Case": "planner.case.case",
    "CaseError": "planner.errors",
    "Plan": "planner.results.plan",
    "PlannerError": "planner.errors",
    "read_case": "planner.case.read",
    "read_plan": "planner.pipeline",
    "solve": "planner.pipeline",
}


def _check_sibling() -> None:
    """Refuse a foreign package of the generic name ``models`` before it is imported by mistake."""
    found = find_spec("models")
    if found and found.origin and Path(found.origin).parent.parent == Path(__file__).parent.parent:
        return
    if found is None:
        raise ImportError("planner needs its own package 'models' beside it, and there is none; install planner again")
    place = found.origin or "a folder without __init__.py"
    raise ImportError(
        f"planner found another 'models' in front of its own: {place}. Rename that one or run from another folder."
    )


_check_sibling()


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'planner' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
