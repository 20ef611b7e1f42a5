"""What ``match`` found as one page."""

import base64
import hashlib
from importlib.resources import files
from pathlib import Path

from planner.case.case import Case
from planner.match.proposals import Matches
from planner.match.told import SUMMARY, facts, sections, summary_rows


def page(case: Case, found: Matches) -> str:
    """The page as HTML: self-contained, no network, no script."""
    from jinja2 import Environment

    source = files("planner.match").joinpath("page.html.j2").read_text(encoding="utf-8")
    style = files("planner.screen").joinpath("page.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
        .from_string(source)
        .render(
            case=case,
            style=style,
            style_hash=f"sha256-{digest}",
            header=SUMMARY,
            rows=summary_rows(found.proposals),
            proposals=[(one, list(facts(one))) for one in found.proposals],
            sections=[(title, lines) for title, lines in sections(found) if lines],
        )
    )


def write_page(case: Case, found: Matches, file: Path) -> None:
    """Write the page."""
    file.write_text(page(case, found), encoding="utf-8")
