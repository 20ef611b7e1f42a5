"""A sharing on a terminal."""

from typing import IO, Any

from planner.report.numbers import amount
from planner.report.terminal import Summary, Table, show
from planner.sharing.rules import WORDS
from planner.sharing.share import Sharing
from planner.sharing.tables import notes, rules_table, sharing_table


def print_sharing(made: Sharing, folder: Any, stream: IO[str]) -> None:
    """Print what each firm gains under each rule, and who would rather leave."""
    case, money = made.run.case, f"{made.run.case.currency}/yr of {made.run.case.price_year}"
    how = "all groups of firms solved" if made.exact else f"Shapley sampled from {made.samples} orders"
    kept = f", {made.reused} solves kept from before" if made.reused else ""
    summary = Summary(
        title=f"{case.case}: sharing {amount(made.worth)} {money} among {len(made.players)} firms",
        status=f"{'proven, ' if made.proven else 'not all proven, '}{how}{kept}",
        headlines=_headlines(made),
        tables=(_gains(made, money), _payments(made, money), _rules(made, money)),
        notes=(*notes(made), *(f"{rule}: {WORDS[rule]}" for rule in (shared.rule for shared in made.rules))),
        files=(f"{folder}  tables as CSV, and sharing.json",),
    )
    show(summary, stream)


def _headlines(made: Sharing) -> tuple[str, ...]:
    core = made.least_core
    if core is None:
        return ()
    if core.epsilon > made.tolerance:
        words = f"the core is empty: whatever the rule, some firms could gain {amount(core.epsilon)} a year by leaving"
        return (words if made.proven else f"{words} (by the plans found)",)
    spare = f"; at best every group gets {amount(-core.epsilon)} a year more than it is worth by itself"
    return (f"the core is not empty: it can be shared so that nobody gains by leaving{spare}",)


def _parties(made: Sharing) -> list[str]:
    return [*made.players, *(party for party in made.observed if party not in made.players)]


def _gains(made: Sharing, money: str) -> Table:
    rules = [shared.rule for shared in made.rules]
    rows = sharing_table(made).to_dict("records")
    cell = {(row["party"], row["rule"]): row for row in rows}

    def told(party: str, rule: str) -> str:
        row = cell[party, rule]
        error = row["standard_error_per_yr"]
        return amount(row["gain_per_yr"]) + (f" +/- {amount(error)}" if error is not None and error == error else "")

    body = [(party, *(told(party, rule) for rule in rules)) for party in _parties(made)]
    totals = ("all", *(amount(made.worth) for _ in rules))
    return Table(f"Gain by rule [{money}]", ("firm", *rules), (*body, totals), frozenset(range(1, len(rules) + 1)))


def _payments(made: Sharing, money: str) -> Table:
    rules = [shared.rule for shared in made.rules[1:]]
    cell = {(row["party"], row["rule"]): row["side_payment_per_yr"] for row in sharing_table(made).to_dict("records")}
    rows = tuple((party, *(amount(cell[party, rule]) for rule in rules)) for party in _parties(made))
    title = f"Side payment received, from what is observed [{money}]"
    return Table(title, ("firm", *rules), rows, frozenset(range(1, len(rules) + 1)))


def _rules(made: Sharing, money: str) -> Table:
    rows = tuple(
        (str(row["rule"]), str(row["in_core"]), amount(row["largest_excess_per_yr"]), _who(row), str(row["note"]))
        for row in rules_table(made).to_dict("records")
    )
    head = ("rule", "in the core", "most to gain by leaving", "who would leave first", "remark")
    return Table(f"Who would leave [{money}]", head, rows, frozenset({2}))


def _who(row: Any) -> str:
    """The group that gains most by leaving, and how many others would."""
    first = str(row["would_leave"])
    if not first:
        return "-"
    more = int(row["groups_that_would_leave"]) - 1
    return first + (f" (and {more} other group{'s' if more > 1 else ''})" if more else "")
