"""Tables of qualities, water and law of a plan and its baseline; empty where the case speaks of none of them."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from planner.results.balances import load_balances_table, made_of_nothing, water_balances_table
from planner.results.barred import barred_table
from planner.results.books import Books
from planner.results.columns import COLUMNS
from planner.results.compositions import Contents, compositions_table
from planner.results.operations import operations_table
from planner.results.optional_tables import OF_QUALITY, OF_QUALITY_IN_BASELINE
from planner.results.quality_limits import quality_limits_table
from planner.results.verdicts import notes, speaks_of_law, verdicts_table

if TYPE_CHECKING:
    import pandas as pd

BASELINE = "baseline_"
#: Way in which mixtures were solved -> what that means for a reader.
KINDS: Mapping[str, str] = {
    "linear": "no stream of open content is split, so that mixing is linear and the plan is proven like any other",
    "outlets at their maximum, exact": "every operation gives its largest outlet content; with one quality, and a goal "
    "in proportion to fresh water, that loses nothing and is proven",
    "relaxed and restricted": "what outlets hold depends on what they take, so that the bound is that of a relaxation "
    "and the plan the best that was found; the gap stated is that between the two",
    "relaxed and restricted, proven": "what outlets hold depends on what they take; the plan, found by a "
    "restriction, meets the bound of a relaxation, so that it is proven optimal",
    "global (SCIP)": "what outlets hold depends on what they take; the bound is that of a global search (SCIP), "
    "which the plan does not meet: the gap stated is that between the two",
    "global (SCIP), proven": "what outlets hold depends on what they take; a global search (SCIP) proves that the plan "
    "is optimal",
}
_TABLES: "Mapping[str, Callable[[Contents], pd.DataFrame]]" = {
    "operations": lambda contents: operations_table(contents.books),
    "compositions": compositions_table,
    "quality_limits": quality_limits_table,
    "load_balances": load_balances_table,
    "water_balances": water_balances_table,
}


def quality_tables(
    plan: Books, baseline: Books, exchanges: "pd.DataFrame", mixing: Mapping[str, str]
) -> "tuple[dict[str, pd.DataFrame], Iterable[str]]":
    """Make the tables, and say in words what a reader must know of them.

    Parameters
    ----------
    exchanges
        The ``exchanges`` table of the plan.
    mixing
        How mixtures were solved: kind, bound_from, plan_from; and the status of the solve.
    """
    import pandas as pd

    names = (*OF_QUALITY, *(BASELINE + name for name in OF_QUALITY_IN_BASELINE))
    tables = {name: pd.DataFrame(columns=list(COLUMNS[name.removeprefix(BASELINE)])) for name in names}
    contents = Contents(plan)
    if plan.case.qualities:
        tables |= {name: make(contents) for name, make in _TABLES.items()}
        before = Contents(baseline)
        tables |= {BASELINE + name: _TABLES[name](before) for name in OF_QUALITY_IN_BASELINE}
    if not plan.case.qualities and not speaks_of_law(plan.case):
        return tables, ()
    tables |= {"verdicts": verdicts_table(contents, exchanges), "barred": barred_table(plan)}
    told = (*notes(contents, tables["verdicts"]), *made_of_nothing(contents, tables["load_balances"]))
    return tables, (*_on_mixing(mixing), *told)


def _on_mixing(mixing: Mapping[str, str]) -> Iterable[str]:
    """How mixtures were solved, in words."""
    if mixing.get("cut_off"):
        yield (
            f"mixtures: the plan is not proven: {mixing['cut_off']} is at the most that was looked at, as nothing in "
            "the case keeps it from rising on; state what its unit may take or give at most"
        )
    elif mixing:
        kind = str(mixing.get("kind", "not stated"))
        if mixing.get("status") == "optimal" and f"{kind}, proven" in KINDS:
            kind += ", proven"
        ends = [f"{end} from {mixing[f'{end}_from']}" for end in ("bound", "plan") if mixing.get(f"{end}_from")]
        why = mixing.get("because")
        rule = f" (outlets at their largest content need not be best here: {why})" if why else ""
        yield f"mixtures: {KINDS.get(kind, '; '.join([kind, *ends]))}{rule}"
