"""``planner report``: the page of a finished run again, or an edition of it for one firm."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING

from planner.errors import AuditFailed, UsageError

if TYPE_CHECKING:
    from planner.results.plan import Plan


def write_report(out: Path, *, firm: str | None, file: Path | None, lang: str, as_json: bool, stream: IO[str]) -> int:
    """Audit a finished run anew, write its report or an edition of it, and say where.

    Raises
    ------
    AuditFailed
        If the run does not stand up to its audit: the page written then says only that, and which checks failed.
    UsageError
        If there is no such run, party or language, or the file cannot be written.
    """
    from planner.cli.app import dumps
    from planner.report.html.after import answers
    from planner.report.html.confidential import edition, names_left, party_of
    from planner.report.html.page import page
    from planner.report.html.texts import texts
    from planner.report.targets import check_targets, writing

    texts(lang)
    plan = _audited(out)
    party = None if firm is None else party_of(plan, firm)
    target = file if file is not None else default_file(out, party)
    if file is not None:
        check_targets([(file, ".html")])
    left, withheld = list[str](), tuple[str, ...]()
    if party is None:
        made = page(plan, lang=lang, answers=answers(out))
    else:
        made, about = edition(plan, party, lang=lang)
        left, withheld = names_left(made, plan, about), about.withheld
    with writing(target):
        target.parent.mkdir(exist_ok=True)
        target.write_text(made, encoding="utf-8")
    if not plan.audit["passed"]:
        failed = "; ".join(str(check["check"]) for check in plan.audit["checks"] if not check["passed"])
        raise AuditFailed(f"this run fails its audit ({failed}) and must not be used; {target} says so")
    for line in withheld:
        print(f"planner: left out: {line}", file=sys.stderr)
    for name in left:
        print(
            f"planner: CAREFUL: the edition names {name}, in words of the case; look before you send it",
            file=sys.stderr,
        )
    if as_json:
        stream.write(dumps({"file": str(target), "for": party, "left_out": list(withheld), "names": left}) + "\n")
    else:
        stream.write(f"{target}\n")
    return 0


def refresh(out: Path) -> str:
    """Write the report of a finished run again, with what another command has just found out, and say where.

    A run that does not stand up to its audit, or holds no copy of its case, keeps the report it has: ``planner report``
    says why.
    """
    from planner.report.html.after import answers
    from planner.report.html.page import page
    from planner.report.targets import writing

    try:
        plan = _audited(out)
        if plan.audit["passed"]:
            target = default_file(out, None)
            with writing(target):
                target.write_text(page(plan, answers=answers(out)), encoding="utf-8")
            return f"{target}  the report, with this in it"
    except UsageError:
        pass
    return f"the report does not show it yet; planner report {out} says why"


def default_file(out: Path, party: str | None) -> Path:
    """Where a report goes by default: into the run, and an edition into its folder ``editions``."""
    if party is None:
        return out / "report.html"
    safe = "".join(letter if letter.isalnum() or letter in " -_()" else "_" for letter in party).strip()
    return out / "editions" / f"{safe or 'firm'}.html"


def _audited(out: Path) -> "Plan":
    """A finished run with its case, audited anew: what was changed in its tables since is found."""
    from planner.case.read import read_case
    from planner.pipeline import audit_folder, load
    from planner.report.write import is_ours

    if not out.is_dir() or not is_ours(out):
        raise UsageError(f"{out} holds no finished run (no results.json of ours)")
    if not (out / "results.json").exists():
        raise UsageError(f"{out} holds only a rejected plan; to look at it, name {out / 'rejected'}")
    plan = load(out)
    case = out / "case" / "case.resolved.yaml"
    if not case.is_file():
        raise UsageError(f"{out} holds no copy of its case ({case}), so that it cannot be audited")
    return replace(plan, case=read_case(case), audit=audit_folder(out))
