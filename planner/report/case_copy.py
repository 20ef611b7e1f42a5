"""The case as it was solved, kept with the plan: audit and compare work after the case itself has moved or changed."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from planner.case.case import Case
from planner.case.read import RESOLVED

#: Files that belong to a shapefile.
_PARTS = (".shx", ".dbf", ".prj", ".cpg", ".qix", ".sbn", ".sbx")


def copy_case(case: Case, folder: Path) -> None:
    """Write the resolved case and copies of its files, so that the folder is a case of its own."""
    folder.mkdir()
    (folder / RESOLVED).write_text(case.resolved(), encoding="utf-8")
    for name in files_of(case):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(case.folder / name, target)


def files_of(case: Case) -> Iterator[Path]:
    """Geographic files, distance tables and profiles of a case, relative to its folder, each once."""
    from planner.case.layers import named_files
    from planner.geography.files import split

    names = [split(spec)[0] for _, spec in named_files(case.geography)]
    if case.geography.distances:
        names.append(case.geography.distances)
    names += [profile.file for profile in case.profiles.values() if profile.file is not None]
    for name in dict.fromkeys(names):
        path = Path(name)
        yield path
        if path.suffix.lower() == ".shp":
            yield from (path.with_suffix(part) for part in _PARTS if (case.folder / path.with_suffix(part)).is_file())
