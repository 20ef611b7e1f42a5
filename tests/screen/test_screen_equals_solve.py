"""What a screening says an exchange saves is what a plan saves in which only that exchange may be built."""

from pathlib import Path

import pytest

import planner
from planner.assemble.exchanges import Deal
from planner.case.case import Case
from planner.case.exchanges import Exchange
from planner.case.read import read_case
from planner.screen.candidates import candidates_of
from planner.screen.screen import screen

CASES = Path(__file__).parents[2] / "cases"


def alone(case: Case, keep: str, deals: tuple[Deal, ...]) -> Case:
    """The case in which one exchange may be built."""
    banned = tuple(
        Exchange.model_validate(
            {
                "from": deal.source.member.name,
                "to": deal.sink.member.name,
                "stream": deal.source.meant,
                "into": deal.sink.meant,
                "forbidden": True,
            }
        )
        for deal in deals
        if deal.id != keep
    )
    exchanges = tuple(entry.model_copy(update={"forced": False}) for entry in case.exchanges)
    return case.model_copy(update={"exchanges": exchanges + banned})


def check(name: str, wanted: int) -> None:
    case = read_case(CASES / name)
    table = screen(case).table
    deals = candidates_of(case).deals
    known = table[(table["payback"] != "open") & (table["technical"] != "no") & (table["compliance"] != "no")]
    assert len(known) >= wanted
    for row in known.head(wanted).to_dict("records"):
        plan = planner.solve(alone(case, row["exchange"], deals))
        saved = plan.indicators.set_index("indicator")["reduction"]
        assert saved["total_annual_cost"] == pytest.approx(max(row["net_saving_per_yr"], 0.0), abs=0.01), row
        assert list(plan.exchanges["exchange"]) == [row["exchange"]]
        assert saved["co2e"] == pytest.approx(row["co2e_avoided_t_per_yr"], abs=1e-3), row
        assert plan.exchanges["capex"].sum() == pytest.approx(row["capex"], abs=0.01)


@pytest.mark.parametrize(("name", "wanted"), [("kalundborg-1995", 2)])
def test_a_few_exchanges_to_the_cent(name: str, wanted: int) -> None:
    check(name, wanted)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "wanted"), [("kalundborg-1995", 10), ("ulsan", 9), ("svartsengi", 1)])
def test_twenty_exchanges_to_the_cent(name: str, wanted: int) -> None:
    check(name, wanted)
