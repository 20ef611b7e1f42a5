"""The folder of a case: no file outside it is read, and all that are read go into the hash of the case."""

import hashlib
import re
from pathlib import Path, PurePosixPath, PureWindowsPath

from planner.case.case import Case
from planner.case.layers import FIELDS
from planner.case.marks import Marks
from planner.case.marks import Path as Place
from planner.case.numbers import did_you_mean
from planner.errors import Fault

_SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
#: Tables for any case, by name: standard sizes of pipes.
SHIPPED = Path(__file__).with_name("shipped")
_GEOGRAPHIC = (*FIELDS, "distances")


class OutsideFolderError(ValueError):
    """A file name that leads out of the case folder, or is none; the message says so."""


class Folder:
    """The folder of a case and the files read from it.

    Parameters
    ----------
    root
        The folder, without symbolic links.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._used: set[str] = set()

    def path(self, name: str) -> Path:
        """Path of a file of the case; one that is not in its folder may be a table that the planner brings along.

        Raises
        ------
        OutsideFolderError
            If the name is absolute, leads upwards, or is a link out of the folder.
        """
        pure = PurePosixPath(name.replace("\\", "/"))
        if pure.is_absolute() or PureWindowsPath(name).drive or "~" in pure.parts[:1]:
            raise OutsideFolderError(f'"{name}" is an absolute path; the files of a case lie in its folder')
        if ".." in pure.parts:
            raise OutsideFolderError(f'"{name}" leads out of the case folder; the files of a case lie in its folder')
        try:
            path = self.root / name
            inside = path.resolve().is_relative_to(self.root.resolve())
        except (OSError, ValueError, RuntimeError):
            raise OutsideFolderError(f'"{name}" is no file name') from None
        if not inside:
            raise OutsideFolderError(f'"{name}" is a link out of the case folder; copy the file into it')
        shipped = SHIPPED / pure
        return shipped if shipped.is_file() and not path.exists() else path

    def missing(self, name: str) -> str | None:
        """What is wrong with a file name of the case; None if the file is there."""
        try:
            path = self.path(name)
            if path.is_file():
                return None
        except OutsideFolderError as error:
            return str(error)
        except OSError:
            return f'"{name[:60]}" is no file name'
        near = sorted(p.name for p in self.root.iterdir() if p.is_file())
        return f'no file "{name}" in the case folder' + (
            hint if "did you mean" in (hint := did_you_mean(name, near)) else ""
        )

    def used(self, name: str) -> None:
        """Remember that a file was read."""
        self._used.add(name)

    @property
    def names(self) -> frozenset[str]:
        """Names of the files that were read."""
        return frozenset(self._used)

    def sha256(self) -> str:
        """Hash over names and contents of every file that was read."""
        total = hashlib.sha256()
        for name in sorted(self._used):
            total.update(name.encode() + b"\0")
            with self.path(name).open("rb") as file:
                total.update(hashlib.file_digest(file, "sha256").digest())
        return total.hexdigest()


def geographic_faults(case: Case, marks: Marks, files: Folder) -> list[Fault]:
    """Faults of the geographic file names of a case; the files are remembered as used."""
    named: list[tuple[Place, str]] = []
    for field in _GEOGRAPHIC:
        if name := getattr(case.geography, field):
            named.append((("geography", field), name))
    for index, crossings in enumerate(case.geography.crossings):
        named.append((("geography", "crossings", index, "layer"), crossings.layer))
    faults = []
    for place, name in named:
        file = re.sub(r"(\.gpkg):[^:/\\]+$", r"\1", name, flags=re.IGNORECASE)
        if message := files.missing(file):
            faults.append(marks.fault(place, message))
            continue
        for part in _parts(files, file):
            files.used(part)
    return faults


def has_layers(case: Case) -> bool:
    """Whether a case has any geographic file besides a table of distances."""
    geography = case.geography
    return bool(geography.crossings) or any(getattr(geography, name) for name in _GEOGRAPHIC if name != "distances")


def _parts(files: Folder, name: str) -> list[str]:
    """A file and, for a shapefile, those that belong to it."""
    if not name.lower().endswith(".shp"):
        return [name]
    return [part for suffix in _SHAPEFILE_PARTS if files.missing(part := name[:-4] + suffix) is None] or [name]
