"""``planner template``: the workbook of a case with one example in it, or the questionnaire for a tenant."""

from pathlib import Path

from planner.errors import UsageError
from planner.excel.export import export
from planner.excel.form import write_questionnaire
from planner.report.targets import check_targets

#: The case that the template shows.
EXAMPLE = Path(__file__).with_name("example")


def template(file: Path, *, questionnaire: bool) -> None:
    """Write an empty workbook with one filled example, or an empty questionnaire.

    Raises
    ------
    UsageError
        If the file is there already, is no .xlsx, or cannot be written.
    """
    check_targets([(file, ".xlsx")])
    if file.exists():
        raise UsageError(f"{file} is there already; nothing was written")
    if questionnaire:
        write_questionnaire(file)
    else:
        export(EXAMPLE, file)
