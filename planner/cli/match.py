"""``planner match``: exchanges that a case does not declare, and what the library knows of a by-product."""

import math
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from planner.case.codes import ewc_fault, nace_fault
from planner.case.numbers import did_you_mean
from planner.errors import UsageError

if TYPE_CHECKING:
    from planner.case.case import Case
    from planner.match.accept import Written
    from planner.match.proposals import Matches

#: What is meant as a code of the list of waste: digits, with whatever stands between them.
_LIKE_CODE = re.compile(r"[\d .\-/]*\d[\d .\-/]*\*?")
_MOST_SHOWN = 40
_MOST_LEADS = 20


@dataclass(frozen=True)
class Asked:
    """What the command line asks for.

    Attributes
    ----------
    accept
        Numbers of proposals to write into the case; ``accept_all`` for all that can be and break no limit.
    ratios
        Ratios stated with them, by number.
    """

    firm: str | None = None
    byproducts: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    accept: tuple[int, ...] = ()
    accept_all: bool = False
    ratios: tuple[tuple[int, float], ...] = ()
    least_score: int = 50
    csv: Path | None = None
    xlsx: Path | None = None
    html: Path | None = None


def asked(
    arguments: Sequence[str],
    *,
    accept: Sequence[str],
    accept_all: bool,
    ratios: Sequence[str],
    rest: Asked,
) -> tuple[Path | None, Asked]:
    """What a command line means: the case, and what is asked of it.

    Parameters
    ----------
    arguments
        The case, and numbers behind the first one of ``--accept``.
    accept
        Numbers, also several with commas.
    ratios
        As "3=0.5".
    rest
        The options that need no reading.

    Raises
    ------
    UsageError
        If they do not fit together.
    """
    more = [text for text in arguments if accept and text.replace(",", "").isdigit()]
    cases = [text for text in arguments if text not in more]
    if len(cases) > 1:
        raise UsageError(f"expected one case, found {', '.join(cases)}")
    numbers = tuple(_number(part) for text in (*accept, *more) for part in text.split(",") if part.strip())
    stated = tuple(_ratio(text) for text in ratios)
    made = replace(rest, accept=numbers, accept_all=accept_all, ratios=stated)
    if not cases:
        _check_without_case(made)
    elif made.byproducts or made.needs or made.industries:
        raise UsageError("--by-product, --need and --nace ask the library, without a case; of a case say --firm NAME")
    if made.ratios and not (made.accept or made.accept_all):
        raise UsageError("--ratio goes with --accept or --accept-all")
    return (Path(cases[0]) if cases else None), made


def _check_without_case(made: Asked) -> None:
    if not (made.byproducts or made.needs or made.industries):
        raise UsageError('name a case, or ask the library: --by-product "fly ash", --need gypsum, --nace 23.62')
    if made.accept or made.accept_all or made.firm:
        raise UsageError("--accept, --accept-all and --firm need a case")
    if made.csv or made.xlsx or made.html:
        raise UsageError("--csv, --xlsx and --html write the proposals of a case; of the library say --json")
    for text in (*made.byproducts, *made.needs):
        if not text.strip():
            raise UsageError("--by-product and --need: expected a name or a waste code, found nothing")
        if _LIKE_CODE.fullmatch(text.strip()) and (fault := ewc_fault(text.strip())) is not None:
            raise UsageError(f"--by-product: {fault}")
    for code in made.industries:
        if (fault := nace_fault(code)) is not None:
            raise UsageError(f"--nace: {fault}")


def _number(text: str) -> int:
    if not text.strip().isdigit():
        raise UsageError(f'--accept: found "{text}"; expected numbers of proposals, as in --accept 1 3 or --accept 1,3')
    return int(text)


def _ratio(text: str) -> tuple[int, float]:
    number, _, value = text.partition("=")
    try:
        stated = int(number), float(value)
    except ValueError:
        stated = 0, math.nan
    if not math.isfinite(stated[1]):
        raise UsageError(f'--ratio: found "{text}"; expected the proposal and its ratio, as in 3=0.5')
    return stated


def run_match(path: Path | None, made: Asked, *, as_json: bool, stream: IO[str]) -> None:
    """Match a case, or look into the library, and print what is found."""
    if path is None:
        _library(made, as_json=as_json, stream=stream)
        return
    from planner.case.read import read_case
    from planner.cli.app import dumps
    from planner.match.match import match
    from planner.match.told import as_json as plain
    from planner.report.targets import check_targets

    check_targets([(made.csv, ".csv"), (made.xlsx, ".xlsx"), (made.html, ".html")])
    case = read_case(path, sited=False)
    found = match(case)
    written = _write(path, case, found, made)
    firm = None
    if made.firm is not None:
        firm = _of_firm(case, made.firm)
        found = _only(found, made.firm)
    found = replace(found, proposals=tuple(one for one in found.proposals if one.score >= made.least_score))
    _write_files(case, found, made)
    if as_json:
        content: dict[str, Any] = {"case": {"name": case.case, "path": case.folder.name}, **plain(found)}
        if firm is not None:
            content["firm"] = firm.as_json()
        content["written"] = [
            {"file": one.file, "section": entry.section, "entry": entry.fields, "proposals": list(entry.proposals)}
            for one in written
            for entry in one.entries
        ]
        stream.write(dumps(content) + "\n")
        return
    _show(case.case, found, firm, made, stream)
    _say_written(written, found, made)


def _write_files(case: "Case", found: "Matches", made: Asked) -> None:
    if made.csv is None and made.xlsx is None and made.html is None:
        return
    from planner.cli.files import write_all
    from planner.match.page import write_page
    from planner.match.tables import write_proposals, write_workbook

    files = [
        (made.csv, lambda file: write_proposals(found, file)),
        (made.xlsx, lambda file: write_workbook(case, found, file)),
        (made.html, lambda file: write_page(case, found, file)),
    ]
    write_all(files)


def _chosen(found: "Matches", made: Asked) -> list[int]:
    """Numbers of the proposals to write."""
    weak = [one for one in found.proposals if one.number in made.accept and one.score < made.least_score]
    if weak:
        told = ", ".join(f"proposal {one.number} has a score of {one.score}" for one in weak)
        raise UsageError(f"nothing was written: {told}, below --min-score {made.least_score}")
    if not made.accept_all:
        return list(made.accept)
    stated = {number for number, _ in made.ratios}
    fit = [one for one in found.proposals if one.score >= made.least_score and not one.broken]
    if made.firm is not None:
        fit = [one for one in fit if made.firm in (one.giver.unit, one.taker.unit)]
    able = [one.number for one in fit if one.refused(with_ratio=one.number in stated) is None]
    return list(dict.fromkeys((*made.accept, *able)))


def _write(path: Path, case: "Case", found: "Matches", made: Asked) -> "list[Written]":
    """Write what was accepted; with ``--accept-all`` what the case does not take is told and left out."""
    from planner.match.accept import entries_of, write, write_most

    chosen = _chosen(found, made)
    entries = entries_of(case, found, chosen, dict(made.ratios))
    if not entries:
        return []
    examine = _examiner(path)
    if not made.accept_all:
        return write(path, case, entries, examine)
    written, refused = write_most(path, case, entries, examine)
    for entry, why in refused:
        numbers = ", ".join(map(str, entry.proposals))
        print(f"planner: not written (proposal {numbers}): {why}", file=sys.stderr)
    return written


def _examiner(path: Path) -> "Callable[[Case], object] | None":
    """What ``planner check`` looks at; None where the case fails it already, as before plots and links are drawn."""
    from planner.case.read import read_case
    from planner.cli.check import look
    from planner.errors import CaseError

    try:
        look(read_case(path))
    except CaseError as error:
        print(
            f"planner: the case is not ready for a plan yet, see planner check ({len(error.faults)} to mend); accepted "
            "proposals are written all the same",
            file=sys.stderr,
        )
        return None
    return look


@dataclass(frozen=True)
class _Firm:
    name: str
    users: tuple[Any, ...]
    untold: tuple[Any, ...]
    never: tuple[Any, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "potential": [lead.as_json() for lead in self.users],
            "industry_also_gives": [{"row": row.id, "byproduct": row.byproduct, "use": row.use} for row in self.untold],
            "never": [{"exclusion": one.id, "what": one.what, "law": one.law} for one in self.never],
        }


def _of_firm(case: Any, name: str) -> _Firm:
    """What the library knows for one firm of a case."""
    from planner.library.synergies import library
    from planner.match.ends import givers_and_takers
    from planner.match.exclude import Exclusions
    from planner.match.leads import untold, users_of_firm

    units = [*case.plants, *case.partners, *case.facilities]
    if name not in units:
        raise UsageError(f'--firm: no plant, partner or facility is called "{name}"{did_you_mean(name, units)}')
    lib = library()
    giving, taking = givers_and_takers(case, lib)
    exclusions = Exclusions(lib)
    never = {one.id: one for end in giving if end.unit == name for one in exclusions.of_giver(end)}
    return _Firm(
        name,
        tuple(users_of_firm(lib, name, giving, taking)),
        tuple(untold(lib, name, giving, taking)),
        tuple(never.values()),
    )


def _only(found: "Matches", firm: str) -> "Matches":
    """What concerns one firm; numbers stay."""
    return replace(
        found,
        proposals=tuple(one for one in found.proposals if firm in (one.giver.unit, one.taker.unit)),
        anyway=tuple(one for one in found.anyway if firm in (one.giver.unit, one.taker.unit)),
        barred=tuple(one for one in found.barred if firm in (one.giver.unit, one.taker.unit)),
        leads=tuple(one for one in found.leads if one.firm == firm or one.about.startswith(f"{firm} /")),
        unrecognised=tuple(one for one in found.unrecognised if one.startswith(f"{firm} /")),
    )


def _show(name: str, found: "Matches", firm: _Firm | None, made: Asked, stream: IO[str]) -> None:
    from planner.match.told import SUMMARY, sections, summary_rows, told
    from planner.report.terminal import Summary, Table, show

    count = len(found.proposals)
    shown = found.proposals[:_MOST_SHOWN]
    table = Table("Proposals", SUMMARY, tuple(summary_rows(shown)), frozenset({0, 1, 6, 7}))
    summary = Summary(
        title=f"{name}: exchanges that it does not declare" + (f", {firm.name}" if firm else ""),
        status=f"{_count(count, 'proposal')} with a score of {made.least_score} or more, {len(found.barred)} barred, "
        f"{_count(len(found.anyway), 'pair')} can exchange without an entry",
        headlines=(),
        tables=(table,) if shown else (),
    )
    show(summary, stream)
    lines: list[str] = []
    for one in shown:
        lines += ["", *told(one)]
    if count > len(shown):
        lines += ["", f"  and {count - len(shown)} more; --csv, --xlsx, --html or --json has all"]
    for title, more in sections(found):
        lines += _section(title, more)
    if firm is not None:
        lines += _firm_lines(firm)
    stream.write("\n".join(lines) + "\n")


def _count(number: int, one: str) -> str:
    return f"{number} {one}{'' if number == 1 else 's'}"


def _firm_lines(firm: _Firm) -> list[str]:
    from planner.match.told import said_exclusion

    def line(lead: Any) -> str:
        where = lead.firm or "none in the case"
        return f"{lead.about}: {lead.industry} ({lead.nace}; {where}): {lead.text} [{lead.row}]"

    users = [line(lead) for lead in firm.users if lead.gives]
    givers = [line(lead) for lead in firm.users if not lead.gives]
    untold = [f"{row.byproduct}: {row.use} [{row.id}]" for row in firm.untold]
    return [
        *_section("Who could use what it gives, by the library", users, _MOST_SHOWN),
        *_section("Who could give what it needs, by the library", givers, _MOST_SHOWN),
        *_section("Firms of its industry are known to give as well; ask", untold, _MOST_SHOWN),
        *_section("Never", [said_exclusion(one) for one in firm.never], _MOST_SHOWN),
    ]


def _section(title: str, lines: Sequence[str], most: int = _MOST_LEADS) -> list[str]:
    if not lines:
        return []
    more = [f"  and {len(lines) - most} more"] if len(lines) > most else []
    return ["", title, *(f"  {line}" for line in lines[:most]), *more]


def _say_written(written: "Sequence[Written]", found: "Matches", made: Asked) -> None:
    """Say on standard error what was written, and what could not be."""
    if made.accept_all and not written:
        print("planner: nothing was written: no proposal can be declared as it is", file=sys.stderr)
    for one in written:
        for entry in one.entries:
            numbers = ", ".join(map(str, entry.proposals))
            ends = f"{entry.fields['from']} -> {entry.fields['to']}"
            print(f"planner: wrote into {one.file}: {entry.section}: {ends} (proposal {numbers})", file=sys.stderr)


def _library(made: Asked, *, as_json: bool, stream: IO[str]) -> None:
    """What the library knows of by-products, needs and industries."""
    from planner.cli.app import dumps
    from planner.library.synergies import library
    from planner.match.leads import look_up, never_of
    from planner.match.told import said_exclusion, said_row

    lib = library()
    rows = look_up(lib, byproducts=made.byproducts, needs=made.needs, industries=made.industries)
    never = never_of(lib, made.byproducts)
    if as_json:
        content = {
            "rows": [row.model_dump(mode="json") for row in rows],
            "never": [one.model_dump(mode="json") for one in never],
        }
        stream.write(dumps(content) + "\n")
        return
    lines = [line for row in rows for line in (*said_row(lib, row), "")]
    lines += [said_exclusion(one) for one in never]
    if not rows:
        lines.insert(0, "the library knows nothing of it; try another name of it, its waste code, or a wider industry")
    stream.write("\n".join(lines).rstrip("\n") + "\n")
