"""A sharing as tables: who gets what under each rule, what coalitions are worth, and who would leave."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.sharing.game import Coalition, named
from planner.sharing.notes import core_words, notes
from planner.sharing.nucleolus import leaving
from planner.sharing.rules import OBSERVED, WORDS, Shared
from planner.sharing.share import Sharing
from planner.sharing.told import FILE, FOLDER, SCHEMA

if TYPE_CHECKING:
    import pandas as pd

#: What a table is called in its folder, and its columns; money is in the currency of the case.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "sharing": (
        *("party", "kind", "player", "rule", "gain_per_yr", "standard_error_per_yr"),
        *("gain_low_per_yr", "gain_high_per_yr", "observed_gain_per_yr", "side_payment_per_yr"),
    ),
    "sharing_rules": (
        *("rule", "what", "in_core", "largest_excess_per_yr", "would_leave", "groups_that_would_leave"),
        *("shared_per_yr", "note"),
    ),
    "coalitions": (
        *("members", "size", "cost_alone_per_yr", "cost_together_per_yr", "value_per_yr", "value_high_per_yr"),
        *("proven", "note"),
    ),
}


def sharing_table(made: Sharing) -> "pd.DataFrame":
    """Gain of each party under each rule, and the side payment that leads there from what is observed.

    Parties that are no players, such as the park company, get nothing under any rule but the observed one: what they
    gain today is shared among the players. So gains add up to what the plan saves, and side payments to nothing.
    """
    import pandas as pd

    kinds = {str(row["party"]): str(row["kind"]) for row in made.run.plan.tables["parties"].to_dict("records")}
    others = [party for party in made.observed if party not in made.players]
    rows = []
    for shared in made.rules:
        for party in (*made.players, *others):
            now = made.observed.get(party, 0.0)
            player = party in made.players
            gain = shared.gains[party] if player else now if shared.rule == OBSERVED else 0.0
            rows.append(
                {
                    "party": party,
                    "kind": kinds.get(party, "firm"),
                    "player": player,
                    "rule": shared.rule,
                    "gain_per_yr": gain,
                    "standard_error_per_yr": shared.error.get(party),
                    "gain_low_per_yr": shared.low.get(party),
                    "gain_high_per_yr": shared.high.get(party),
                    "observed_gain_per_yr": now,
                    "side_payment_per_yr": gain - now,
                }
            )
    return pd.DataFrame(rows, columns=list(COLUMNS["sharing"]))


def rules_table(made: Sharing) -> "pd.DataFrame":
    """Whether some firms would rather leave, rule by rule; rules that do not exist for this park with the reason."""
    import pandas as pd

    rows = [_rule(made, shared) for shared in made.rules]
    empty = {"in_core": "", "would_leave": ""}
    rows += [{"rule": rule, "what": WORDS[rule], **empty, "note": why} for rule, why in made.missing.items()]
    return pd.DataFrame(rows, columns=list(COLUMNS["sharing_rules"]))


def _rule(made: Sharing, shared: Shared) -> dict[str, Any]:
    parts = made.parts()
    values = {s: made.values[s].value for s in parts}
    gone = leaving(values, dict(shared.gains), made.tolerance)
    most = {s: made.values[s].high for s in parts}
    perhaps = leaving(most, dict(shared.gains), made.tolerance)
    worst = max(parts, key=lambda s: made.excess(s, shared), default=None)
    told = math.fsum(shared.gains.values())
    return {
        "rule": shared.rule,
        "what": WORDS[shared.rule],
        "in_core": _in_core(made, shared, gone=bool(gone), perhaps=bool(perhaps)),
        "largest_excess_per_yr": None if worst is None else made.excess(worst, shared),
        "would_leave": named(gone[0][0], made.players) if gone else "",
        "groups_that_would_leave": len(gone),
        "shared_per_yr": told,
        "note": "; ".join(filter(None, (shared.note, _kept_back(made, told), _sure(made, shared, gone)))),
    }


def _in_core(made: Sharing, shared: Shared, *, gone: bool, perhaps: bool) -> str:
    if gone:
        return "no"
    left = made.worth - math.fsum(shared.gains.values())
    if abs(left) > made.tolerance:
        return "no: not all is shared out" if left > 0.0 else "no: others pay for it"
    return "not known" if perhaps or not made.exact else "yes"


def _kept_back(made: Sharing, told: float) -> str:
    """What goes to parties that are no players."""
    others = {party: gain for party, gain in made.observed.items() if party not in made.players}
    if abs(told - made.worth) <= made.tolerance:
        return ""
    left, names = made.worth - told, ", ".join(others) or "nobody"
    if left > 0.0:
        return f"of what the plan saves, {left:,.0f} a year goes to {names}"
    return f"the firms get {-left:,.0f} a year more than the plan saves, at the expense of {names}"


def _sure(made: Sharing, shared: Shared, gone: list[tuple[Coalition, float]]) -> str:
    """With a sample, what can be said of who would leave."""
    if made.exact or gone:
        return ""
    return f"none of the {len(made.parts())} groups looked at would leave"


def coalitions_table(made: Sharing) -> "pd.DataFrame":
    """Costs and value of every coalition that was looked at, and what it would gain by leaving under each rule."""
    import pandas as pd

    everybody = frozenset(made.players)
    rows = []
    for s in [*made.parts(), everybody]:
        value = made.values[s]
        row = {
            "members": named(s, made.players),
            "size": len(s),
            "cost_alone_per_yr": value.alone,
            "cost_together_per_yr": _number(value.together),
            "value_per_yr": value.value,
            "value_high_per_yr": _number(value.high),
            "proven": value.proven,
            "note": value.note,
        }
        rows.append(row | {_column(shared): made.excess(s, shared) for shared in made.rules})
    return pd.DataFrame(rows, columns=[*COLUMNS["coalitions"], *(_column(shared) for shared in made.rules)])


def _column(shared: Shared) -> str:
    return f"excess_{shared.rule.replace(' ', '_').lower()}_per_yr"


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def tables(made: Sharing) -> "dict[str, pd.DataFrame]":
    """The tables of a sharing by name."""
    return {
        "sharing": sharing_table(made),
        "sharing_rules": rules_table(made),
        "coalitions": coalitions_table(made),
    }


def document(made: Sharing) -> dict[str, Any]:
    """A sharing as ``sharing.json`` has it."""
    run = made.run
    core = made.core
    return {
        "schema": SCHEMA,
        "case": {"name": run.case.case, "resolved_sha256": run.sha256},
        "created": run.plan.header.get("created"),
        "currency": run.case.currency,
        "price_year": run.case.price_year,
        "players": {player: list(units) for player, units in made.members.units.items()},
        "common_facilities": list(made.members.common),
        "worth_per_yr": made.worth,
        "siting": made.settings.siting,
        "exact": made.exact,
        "samples": made.samples,
        "seed": made.seed,
        "proven": made.proven,
        "tolerance_per_yr": made.tolerance,
        "core_is_empty": None if core is None else core.empty,
        "core": core_words(made),
        "least_core_epsilon_per_yr": None if core is None else core.least.epsilon,
        "least_core": None if core is None else core.least.sharing,
        "not_superadditive": made.breaches,
        "notes": notes(made),
        **{name: _records(table) for name, table in tables(made).items()},
    }


def _records(table: "pd.DataFrame") -> list[dict[str, Any]]:
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    return [{str(key): value.item() if hasattr(value, "item") else value for key, value in row.items()} for row in rows]


def write(made: Sharing) -> Path:
    """Write tables and ``sharing.json`` into the folder ``sharing`` of the run, and return it."""
    from planner.report.tables import write_csv
    from planner.report.targets import writing

    folder = made.run.folder / FOLDER
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        money = f"{made.run.case.currency} of {made.run.case.price_year}"
        for name, table in tables(made).items():
            write_csv(table, folder / f"{name}.csv", money)
        text = json.dumps(document(made), ensure_ascii=False, indent=1, allow_nan=False)
        (folder / FILE).write_text(text + "\n", encoding="utf-8")
    return folder
