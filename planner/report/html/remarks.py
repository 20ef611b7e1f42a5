"""Notes and warnings, and what the solver did and the audit found."""

import math
from typing import Any

from planner.report.html.book import Book, Cell, Grid, num, text
from planner.report.numbers import amount
from planner.report.terminal import status, summary_of
from planner.report.works import hydraulic_verdict


def notes(book: Book) -> dict[str, Any]:
    """Warnings first, then the notes of the plan."""
    checked = hydraulic_verdict(book.plan)
    warnings = [checked[0]] if checked is not None and not checked[1] else []
    if book.plan.header["solver"].get("interrupted"):
        warnings.append(book.t("notes.interrupted"))
    fine = [checked[0]] if checked is not None and checked[1] else []
    return {"warnings": warnings, "notes": [*fine, *summary_of(book.plan).notes]}


def solver(book: Book) -> dict[str, Any]:
    """Status, bound, gap, versions, and every check of the audit."""
    t, header = book.t, book.plan.header
    solved = header["solver"]
    facts = [(t("solver.status"), text(status(solved)))]
    facts.append((t("solver.goal"), text(t.of("goals", header.get("objective")))))
    for key in ("objective", "bound"):
        facts.append((t(f"solver.{key}"), _figure(solved.get(key))))
    gap = num(solved.get("gap"))
    facts.append((t("solver.gap"), Cell(f"{100 * gap:.3g} %", gap) if math.isfinite(gap) else Cell("\u2013")))
    facts += [(t(f"solver.{key}"), _figure(solved.get(key))) for key in ("seconds", "nodes", "threads", "seed")]
    facts.append((t("solver.made"), text(header.get("created"))))
    versions = header.get("versions") or {}
    told = [f"{name} {value}" for name, value in versions.items()]
    facts.append((t("solver.versions"), text(", ".join([f"{solved.get('name')} {solved.get('version')}", *told]))))
    facts.append((t("solver.case"), text((header.get("case") or {}).get("sha256"))))
    return {"facts": [fact for fact in facts if fact[1].text], "audit": audit(book), "checks": _count(book)}


def _figure(value: Any) -> Cell:
    return Cell(amount(value), num(value)) if math.isfinite(num(value)) else Cell("\u2013")


def _count(book: Book) -> str:
    checks = book.plan.audit.get("checks", ())
    passed = sum(bool(check["passed"]) for check in checks)
    return book.t("solver.passed", n=passed, all=len(checks))


def audit(book: Book) -> Grid:
    """Every check of the audit."""
    t = book.t
    rows = tuple(
        (
            text(check["check"], more=str(check.get("detail") or "")),
            text(t("solver.ok") if check["passed"] else t("solver.failed"), kind="good" if check["passed"] else "bad"),
        )
        for check in book.plan.audit.get("checks", ())
    )
    return Grid(t("solver.audit"), (t("solver.check"), t("solver.result")), rows)
