"""Looks into the packed parts of a workbook before it is read: the cells they make, and links that would fill some."""

import io
import re
import zipfile
from pathlib import Path

#: Cells that the merged ranges or the links of a workbook may span.
MOST_SPANNED = 100_000
#: Cells of a workbook, those that only have a format among them.
MOST_CELLS = 500_000
_LINKS = re.compile(rb"<((?:\w+:)?hyperlinks)\b[^>]*?(?:/>|>.*?</\1\s*>)", re.DOTALL)
_RANGE = re.compile(rb"<(?:\w+:)?(mergeCell|hyperlink)\s[^>]*?\bref\s*=\s*[\"']([^\"'>]{1,60})[\"']")
_CELL = re.compile(rb"<(?:\w+:)?c[\s>/]")
_OVERLAP = 4_000


def _sheets(archive: zipfile.ZipFile) -> list[str]:
    return [name for name in archive.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")]


def why_too_many(archive: zipfile.ZipFile) -> str | None:
    """Why a workbook would fill the memory with cells; None if it would not."""
    cells, spanned = 0, {"mergeCell": 0, "hyperlink": 0}
    for name in _sheets(archive):
        with archive.open(name) as file:
            rest = b""
            while chunk := file.read(1 << 20):
                text = rest + chunk
                end = max(text.rfind(b"<"), 0) if len(text) - text.rfind(b"<") < _OVERLAP else len(text)
                part, rest = text[:end], text[end:]
                cells += len(_CELL.findall(part))
                for found in _RANGE.finditer(part):
                    spanned[found[1].decode()] += _area(found[2].decode("ascii", "replace"))
                if cells > MOST_CELLS:
                    return (
                        f"has more than {MOST_CELLS:,} cells; a workbook of a case has fewer: delete empty rows with "
                        "formats, and sheets that are not of the case"
                    )
                if many := [kind for kind, number in spanned.items() if number > MOST_SPANNED]:
                    words = "merged ranges" if many == ["mergeCell"] else "links"
                    return f"has {words} over more than {MOST_SPANNED:,} cells in {name[:60]}; remove them"
    return None


def _area(ref: str) -> int:
    """Number of cells of a range; of one that cannot be read, more than there may be."""
    found = re.fullmatch(r"\$?([A-Z]{1,3})\$?(\d{1,7})(?::\$?([A-Z]{1,3})\$?(\d{1,7}))?", ref.upper())
    if found is None:
        return MOST_SPANNED + 1
    left, top, right, bottom = found[1], int(found[2]), found[3] or found[1], int(found[4] or found[2])
    return (abs(_number(right) - _number(left)) + 1) * (abs(bottom - top) + 1)


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def without_links(path: Path) -> Path | io.BytesIO:
    """The workbook; a copy without links where it has some: the reader would write their targets into blank cells."""
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in _sheets(archive)}
        linked = {name for name, text in content.items() if b"hyperlinks" in text}
        if not linked:
            return path
        copy = io.BytesIO()
        with zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as made:
            for part in archive.infolist():
                text = content.get(part.filename) if part.filename in linked else None
                made.writestr(part.filename, _LINKS.sub(b"", text) if text is not None else archive.read(part.filename))
    copy.seek(0)
    return copy
