"""Files that a command is asked to write: refused before anything is computed, in the same words everywhere."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from planner.errors import UsageError


def check_targets(files: Sequence[tuple[Path | None, str]]) -> None:
    """Refuse files that could not be written, all of them before the first one is.

    Parameters
    ----------
    files
        File (None where none is asked for) and the suffix it must have, as in ".csv".

    Raises
    ------
    UsageError
        If a name has another suffix, is that of a folder, lies in a folder that is not there or stands for two files,
        or if the file cannot be written (another program may hold it open).
    """
    seen = set[Path]()
    for file, suffix in files:
        if file is None:
            continue
        if file.suffix.lower() != suffix:
            raise UsageError(f"{file}: expected the name of a file that ends in {suffix}")
        if file.is_dir():
            raise UsageError(f"{file} is a folder; expected the name of a file")
        if not file.absolute().parent.is_dir():
            raise UsageError(f"{file}: there is no folder {file.parent}; make it first, or name another")
        if file.absolute() in seen:
            raise UsageError(f"{file} is named for two files")
        seen.add(file.absolute())
        with writing(file):
            _try(file)


def _try(file: Path) -> None:
    """Open a file that is there for writing, without changing it; look at the rights of the folder of one that is not.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    if file.exists():
        with file.open("r+b"):
            pass
    elif not os.access(file.absolute().parent, os.W_OK):
        raise PermissionError(f"{file.absolute().parent} may not be written to")


@contextmanager
def writing(file: Path) -> Iterator[None]:
    """Turn what the system says of a file that cannot be written into a ``UsageError``."""
    try:
        yield
    except OSError as error:
        open_elsewhere = "; close it if another program has it open" if isinstance(error, PermissionError) else ""
        raise UsageError(f"cannot write {file}: {error.strerror or error}{open_elsewhere}") from None
