"""Checks that no share of what a cooling loop carries is lost that would count as heat for who gives it."""

from planner.case.case import Case
from planner.case.cooling import heated_by
from planner.case.findings import Findings
from planner.case.pairs import carried


def check_cooling(case: Case, found: Findings) -> None:
    """If a share of a loop that cools got lost, who is heated by it would get more than others put in."""
    for name in case.resources:
        heated = " and ".join(heated_by(case, name))
        for link, data in case.links.items() if heated else ():
            if data.volume_loss is not None and data.volume_loss.value > 0.0 and name in carried(case, link):
                found.say(
                    ("links", link, "volume_loss"),
                    f"a share of {name} that is lost would count as heat for {heated}; expected none for a loop: state "
                    f"the heat that its pipes exchange with the ground, by heat_transfer, insulation or loss of its "
                    f"sizes, and for other resources with a loss a link of their own",
                )
