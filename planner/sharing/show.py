"""A sharing on a terminal."""

from typing import IO, Any

from planner.report.numbers import amount
from planner.report.terminal import Summary, Table, show
from planner.sharing.game import named
from planner.sharing.notes import core_words, notes
from planner.sharing.rules import WORDS
from planner.sharing.share import Sharing
from planner.sharing.tables import rules_table, sharing_table

#: Share of the largest amount below which another is rounding.
ROUNDED = 1e-9


def print_sharing(made: Sharing, folder: Any, stream: IO[str]) -> None:
    """Print what each firm gains under each rule, and who would rather leave."""
    case, money = made.run.case, f"{made.run.case.currency}/yr of {made.run.case.price_year}"
    how = "all groups of firms solved" if made.exact else f"Shapley sampled from {made.samples} orders"
    kept = f", {made.reused} solves kept from before" if made.reused else ""
    many = "1 firm" if len(made.players) == 1 else f"{len(made.players)} firms"
    summary = Summary(
        title=f"{case.case}: sharing {_money(made, made.worth)} {money} among {many}",
        status=f"{'proven, ' if made.proven else 'not all proven, '}{how}{kept}",
        headlines=tuple(filter(None, (core_words(made),))),
        tables=(_gains(made, money), _payments(made, money), _rules(made, money)),
        notes=(*notes(made), *(f"{rule}: {WORDS[rule]}" for rule in (shared.rule for shared in made.rules))),
        files=(f"{folder}  tables as CSV, and sharing.json",),
    )
    show(summary, stream)


def _parties(made: Sharing) -> list[str]:
    return [*made.players, *(party for party in made.observed if party not in made.players)]


def _gains(made: Sharing, money: str) -> Table:
    rules = [shared.rule for shared in made.rules]
    rows = sharing_table(made).to_dict("records")
    cell = {(row["party"], row["rule"]): row for row in rows}

    def told(party: str, rule: str) -> str:
        row = cell[party, rule]
        error = row["standard_error_per_yr"]
        spread = f" +/- {_money(made, error)}" if error is not None and error == error else ""
        return _money(made, row["gain_per_yr"]) + spread

    body = [(party, *(told(party, rule) for rule in rules)) for party in _parties(made)]
    totals = ("all", *(amount(made.worth) for _ in rules))
    return Table(f"Gain by rule [{money}]", ("firm", *rules), (*body, totals), frozenset(range(1, len(rules) + 1)))


def _payments(made: Sharing, money: str) -> Table:
    rules = [shared.rule for shared in made.rules[1:]]
    cell = {(row["party"], row["rule"]): row["side_payment_per_yr"] for row in sharing_table(made).to_dict("records")}
    rows = tuple((party, *(_money(made, cell[party, rule]) for rule in rules)) for party in _parties(made))
    title = f"Side payment received, from what is observed [{money}]"
    return Table(title, ("firm", *rules), rows, frozenset(range(1, len(rules) + 1)))


def _rules(made: Sharing, money: str) -> Table:
    rows = tuple(
        (str(row["rule"]), str(row["in_core"]), _most(made, row), _who(made, row), str(row["note"]))
        for row in rules_table(made).to_dict("records")
    )
    head = ("rule", "in the core", "most to gain by leaving", "who would leave first", "remark")
    return Table(f"Who would leave [{money}]", head, rows, frozenset({2}))


def _money(made: Sharing, value: float) -> str:
    """An amount a year; what is rounding of much larger ones is 0."""
    largest = max(abs(made.worth), *map(abs, made.observed.values()))
    return amount(value if abs(value) > ROUNDED * largest else 0.0)


def _most(made: Sharing, row: Any) -> str:
    most = row["largest_excess_per_yr"]
    return "-" if most is None or most != most else _money(made, most)


def _who(made: Sharing, row: Any) -> str:
    """The group that gains most by leaving, told by who stays where these are fewer; and how many others do."""
    first = str(row["would_leave"])
    if not first:
        return "-"
    group = min((s for s in made.parts() if named(s, made.players) == first), key=len)
    others = frozenset(made.players) - group
    if len(others) < len(group) - 1:
        first = f"all but {named(others, made.players)}"
    more = int(row["groups_that_would_leave"]) - 1
    return first + (f" (and {more} other group{'s' if more > 1 else ''})" if more else "")
