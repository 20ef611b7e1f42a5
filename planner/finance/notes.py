"""What money by firm takes for granted where the case says nothing: an assumption must be told."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from planner.case.finance import NOT_STATED
from planner.case.idle_parties import idle_parties

if TYPE_CHECKING:
    import pandas as pd

    from planner.case.case import Case
    from planner.case.finance import Finance
    from planner.case.plants import Plant

#: Field -> what holds where it is not stated.
_TAKEN: Mapping[str, str] = {
    "horizon": "{horizon:g} years of operation",
    "ramp_up": "full operation from the first year on",
    "escalation": "prices that rise with inflation alone",
    "residual": "assets worth at the end what is still to be recovered of them",
    "tax": "no tax",
    "debt": "no loans",
    "grants": "no grants",
}
#: Those that are one of some words.
_WORDS = ("residual", "shared_costs")
_PLACE = "economics.finance"


def notes_on_finance(case: "Case", tables: "Mapping[str, pd.DataFrame]") -> Iterator[str]:
    """Say what cash flows, transfer prices and who bears what is shared rest on, where the case does not state it.

    Parameters
    ----------
    tables
        With ``siting``, ``parties``, ``exchanges``, ``mains``, ``trenches`` and ``facilities``.
    """
    finance = case.economics.finance
    if not len(tables["parties"]):
        return
    taken = [
        words.format(horizon=finance.horizon.value) for name, words in _TAKEN.items() if not _states(finance, name)
    ]
    yield from idle_parties(case)
    if taken:
        yield f"money by firm is told with what {_PLACE} does not state: {'; '.join(taken)}"
    split = tables["exchanges"]["transfer_basis"].astype(str).str.contains("assumption").sum()
    if split:
        yield (
            f"prices of {split} exchange(s) are not stated: each leaves seller and buyer half of the gain before "
            f"capital (transfer, {_PLACE}.seller_share)"
        )
    yield from _tenants(case, tables)
    owners = _owners(tables)
    if owners and not _states(finance, "shared_costs"):
        yield (
            f"who owns mains, trenches and facilities ({', '.join(owners)}) bears what they cost, as "
            f"{_PLACE}.shared_costs is not stated: with users, those who use them pay what they cost"
        )


def _tenants(case: "Case", tables: "Mapping[str, pd.DataFrame]") -> Iterator[str]:
    """Say what settling gains those who would stay away if they had to settle alone, as the baseline has them do."""
    settled = set(tables["siting"]["unit"])
    of: dict[str, list[Plant]] = defaultdict(list)
    for name, plant in case.plants.items():
        if plant.optional is None or name in settled:
            of[plant.firm or name].append(plant)
    for row in tables["parties"].to_dict("records"):
        margins = [None if plant.optional is None else plant.optional.margin.value for plant in of[row["party"]]]
        margin = sum(value for value in margins if value is not None)
        alone = margin - row["baseline_cost_per_yr"] + row["baseline_transfers_per_yr"]
        if margins and None not in margins and alone < 0:
            name, money = row["party"], f"{case.currency} a year"
            yield (
                f"{name} would not settle alone: that would lose it {_rounded(-alone)} {money}, with the margin it "
                f"states; as the baseline has it settle all the same, its gain is told against that; against staying "
                f"away it gains {_rounded(alone + row['gain_per_yr'])} {money}"
            )


def _rounded(money: float) -> str:
    return f"{money:,.0f}" if abs(money) >= 1000 else f"{money:.4g}"


def _states(finance: "Finance", name: str) -> bool:
    if name == "horizon":
        return finance.horizon.note != NOT_STATED
    return name in finance.model_fields_set if name in _WORDS else bool(getattr(finance, name))


def _owners(tables: "Mapping[str, pd.DataFrame]") -> list[str]:
    """Who owns what is shared."""
    facilities = tables["facilities"]
    shared = facilities.loc[facilities["scope"] == "shared", "owner"]
    found = [*tables["mains"]["party"], *tables["trenches"]["party"], *shared]
    return list(dict.fromkeys(str(name) for name in found))
