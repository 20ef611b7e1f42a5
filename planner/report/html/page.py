"""The report as one page of HTML: sections, words and drawings together; no network, nothing run but its own script."""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import Any

from planner.report.html.book import Book
from planner.report.html.texts import texts
from planner.report.terminal import status
from planner.results.plan import Plan

#: Name of a section, which is also that of its template and its words, and the function that makes its data.
SECTIONS: Mapping[str, str] = {
    "overview": "overview.build",
    "map": "chart_map.build",
    "balances": "balances.build",
    "measures": "measures.build",
    "waterfall": "waterfall.build",
    "impacts": "impacts.build",
    "siting": "places.siting",
    "exchanges": "exchanges.build",
    "unbuilt": "unbuilt.build",
    "firms": "firms.build",
    "sharing": "sharing.build",
    "exits": "exits.build",
    "facilities": "places.facilities",
    "bank": "bank.build",
    "evidence": "evidence.build",
    "notes": "remarks.notes",
    "solver": "remarks.solver",
    "framework": "framework.build",
}
#: Of these, what an edition for one firm has, in its order.
OF_A_FIRM = ("firms", "map", "facilities", "bank", "evidence")
#: What a browser would take for the end of a script, or for the end of a line in one.
_UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


@dataclass(frozen=True)
class Section:
    """A section of the page: its name, its title, and the data that its template shows."""

    name: str
    title: str
    data: Mapping[str, Any]


def page(plan: Plan, *, lang: str = "en", answers: Mapping[str, Mapping[str, Any]] | None = None) -> str:
    """Return the report of a plan.

    Parameters
    ----------
    plan
        One that failed its audit has no report: the page says so in red, with the checks that failed.
    lang
        Language of its words.
    answers
        What other commands found out about the run; see ``planner.report.html.after``. A section each.

    Returns
    -------
    str
        HTML that needs no other file.

    Raises
    ------
    UsageError
        If there is no catalogue of the language.
    """
    book = Book(plan, texts(lang), answers=answers or {})
    if not plan.audit.get("passed"):
        return rejected(book)
    return rendered(book, SECTIONS)


def rendered(book: Book, wanted: Mapping[str, str]) -> str:
    """Put sections together; those that have nothing to show are left out.

    Parameters
    ----------
    wanted
        As ``SECTIONS``.
    """
    made = []
    for name, where in wanted.items():
        module, _, function = where.partition(".")
        data = getattr(import_module(f"planner.report.html.{module}"), function)(book)
        if data is not None:
            made.append(Section(name, _title(book, name), data))
    drawn = next((section.data["data"] for section in made if section.name == "map"), None)
    script = _script() if drawn is not None else ""
    return _render("page.html.j2", book, script, sections=made, drawn=None if drawn is None else in_page(drawn))


def _title(book: Book, name: str) -> str:
    """Title of a section; some have another one in an edition for a firm."""
    own = f"{name}_own"
    return book.t(f"sections.{own if book.firm and own in book.t.words['sections'] else name}")


def rejected(book: Book) -> str:
    """A page that says that the plan was rejected, and which checks failed; to a firm not where, which names others."""
    failed = [check for check in book.plan.audit.get("checks", ()) if not check["passed"]]
    if book.firm is not None:
        failed = [{"check": check["check"]} for check in failed]
    return _render("rejected.html.j2", book, "", failed=failed)


def _render(template: str, book: Book, script: str, **values: Any) -> str:
    style = f"{_style()}\n{_margins(book)}"
    found: str = (
        _environment()
        .get_template(template)
        .render(
            book=book,
            t=book.t,
            header=book.plan.header,
            status=status(book.plan.header["solver"]),
            style=style,
            script=script,
            style_hash=digest(style),
            script_hash=digest(script) if script else "",
            **values,
        )
    )
    return found


def _margins(book: Book) -> str:
    """What stands in the margins of every printed page but the first: name of the case, and number of the page."""
    name = str((book.plan.header.get("case") or {}).get("name") or "")
    left = f"{name}: {book.t('title_for', firm=book.firm) if book.firm else book.t('title')}"
    words = "".join(letter if letter.isascii() and letter.isalnum() else f"\\{ord(letter):x} " for letter in left)
    look = "color: #52606d; font: 8pt system-ui, Arial, sans-serif;"
    return (
        f'@page {{ @bottom-left {{ content: "{words}"; {look} }} '
        f'@bottom-right {{ content: counter(page) " / " counter(pages); {look} }} }}'
    )


@cache
def _environment() -> Any:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    folder = files("planner.report.html").joinpath("templates")
    loader = FunctionLoader(lambda name: folder.joinpath(name).read_text(encoding="utf-8"))
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, auto_reload=False)
    made.trim_blocks = made.lstrip_blocks = True
    return made


def digest(text: str) -> str:
    """Hash of an inline style or script, as a content security policy has it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def in_page(content: Any) -> str:
    """JSON that can stand in a page: nothing in it ends a script, or starts a tag."""
    made = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return "".join(_UNSAFE.get(letter, letter) for letter in made)


def _read(*path: str) -> str:
    found = files("planner.report.html")
    for part in path:
        found = found.joinpath(part)
    return found.read_text(encoding="utf-8")


@cache
def _style() -> str:
    """Style of the page after that of Leaflet, whose pictures are not used and left out."""
    of_map = re.sub(r"[^;{}]*url\([^)]*\)[^;{}]*;?", "", _read("leaflet", "leaflet.css"))
    return f"{of_map}\n{_read('page.css')}"


@cache
def _script() -> str:
    """Leaflet with its licence, then the script of the page."""
    return f"/*\n{_read('leaflet', 'LICENSE')}*/\n{_read('leaflet', 'leaflet.js')}\n{_read('map.js')}"
