"""``planner report``: the page of a finished run again, or an edition of it for one firm."""

import hashlib
import sys
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from planner.cli.finished import finished_folder
from planner.errors import AuditFailed, UsageError, failed_checks

#: Names that Windows keeps for devices, and the most letters of a party in the name of a file.
_DEVICES = frozenset({"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(10))})
_LONGEST = 80


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
    from planner.pipeline import read_plan
    from planner.report.html.after import answers
    from planner.report.html.confidential import edition, names_left, party_of
    from planner.report.html.page import page
    from planner.report.html.texts import texts
    from planner.report.targets import check_targets, writing

    texts(lang)
    plan = read_plan(finished_folder(out))
    party = None if firm is None else party_of(plan, firm)
    parties = [str(name) for name in plan.tables["parties"].get("party", [])]
    target = file if file is not None else default_file(out, party, parties)
    if file is not None:
        check_targets([(file, ".html")])
    left, about = list[str](), None
    if party is None:
        made = page(plan, lang=lang, answers=answers(out))
    else:
        made, about = edition(plan, party, lang=lang)
        left = names_left(made, plan, about)
    with writing(target):
        target.parent.mkdir(exist_ok=True)
        target.write_text(made, encoding="utf-8")
    if not plan.audit["passed"]:
        failed = failed_checks(plan.audit)
        raise AuditFailed(f"this run fails its audit ({failed}) and must not be used; {target} says so")
    withheld, warnings = (about.withheld, about.warnings) if about is not None else ((), ())
    _tell(withheld, warnings, left)
    if as_json:
        told = {"file": str(target), "for": party, "left_out": list(withheld), "careful": list(warnings), "names": left}
        stream.write(dumps(told) + "\n")
    else:
        stream.write(f"{target}\n")
    return 0


def refresh(out: Path) -> str:
    """Write the report of a finished run again, with what another command has just found out, and say where.

    A run that does not stand up to its audit, or holds no copy of its case, keeps the report it has: ``planner report``
    says why.
    """
    from planner.pipeline import read_plan
    from planner.report.html.after import answers
    from planner.report.html.page import page
    from planner.report.targets import writing

    try:
        plan = read_plan(finished_folder(out))
        if plan.audit["passed"]:
            target = default_file(out, None)
            with writing(target):
                target.write_text(page(plan, answers=answers(out)), encoding="utf-8")
            return f"{target}  the report, with this in it"
    except UsageError:
        pass
    return f"the report does not show it yet; planner report {out} says why"


def _tell(withheld: Sequence[str], warnings: Sequence[str], left: Sequence[str]) -> None:
    """Say to whoever passes an edition on what is not in it, and what it tells of others all the same."""
    lines = [f"left out: {line}" for line in withheld] + [f"CAREFUL: {line}" for line in warnings]
    lines += [f"CAREFUL: the edition names {name}, in words of the case; look before you send it" for name in left]
    for line in lines:
        print(f"planner: {line}", file=sys.stderr)


def default_file(out: Path, party: str | None, parties: Sequence[str] = ()) -> Path:
    """Where a report goes by default: into the run, and an edition into its folder ``editions``.

    A name that is no file name everywhere, or that a file system may take for that of another of the parties, has a
    mark of its own at its end: no edition is ever written over that of another firm.
    """
    if party is None:
        return out / "report.html"
    safe = "".join(letter if letter.isalnum() or letter in " -_()" else "_" for letter in party).strip()[:_LONGEST]
    alike = sum(_alike(party) == _alike(other) for other in parties) > 1
    if safe != party or alike or safe.upper() in _DEVICES or len(safe.encode()) > 2 * _LONGEST:
        mark = hashlib.sha256(party.encode("utf-8")).hexdigest()[:8]
        while len(safe.encode()) > 2 * _LONGEST:
            safe = safe[:-1]
        safe = f"{safe} {mark}" if safe.strip("_ ") else f"firm {mark}"
    return out / "editions" / f"{safe}.html"


def _alike(name: str) -> str:
    """A name as file systems compare it."""
    return unicodedata.normalize("NFKC", name).casefold()
