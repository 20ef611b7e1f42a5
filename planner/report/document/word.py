"""A document of a word processor: headings, captions that number themselves, tables whose headings repeat, pictures."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from planner.errors import UsageError

#: Signs that no document may hold.
_NO_SIGN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
#: Width of a picture [inch], and size of the words of a table [pt].
_WIDTH, _SMALL = 6.3, 8
#: Width of a table [cm], of a letter in it and of the room beside a word, and most letters that a column asks for.
_TABLE, _LETTER, _ROOM, _MOST = 16.6, 0.185, 0.5, 40


class Document:
    """A document while it is written."""

    def __init__(self, title: str, subject: str) -> None:
        if find_spec("docx") is None:
            raise UsageError("python-docx is not installed; pip install 'ecopark-planner[word]'")
        import docx
        from docx.shared import Cm

        self._made = docx.Document()
        self._count = {"Table": 0, "Figure": 0}
        facts = self._made.core_properties
        facts.title, facts.subject, facts.author = clean(title)[:255], clean(subject)[:255], ""
        facts.comments, facts.created, facts.modified = (
            "",
            datetime(2000, 1, 1, tzinfo=UTC),
            datetime(2000, 1, 1, tzinfo=UTC),
        )
        for part in self._made.sections:
            part.page_width, part.page_height = Cm(21.0), Cm(29.7)
            part.left_margin = part.right_margin = Cm(2.2)
        self._made.add_heading(clean(title), 0)
        self._headings: list[tuple[int, str]] = []
        self._contents: Any = None
        _numbered(self._made.sections[0].footer.paragraphs[0])

    def heading(self, words: str, level: int = 1) -> None:
        """Write a heading."""
        self._made.add_heading(clean(words), level)
        self._headings.append((level, clean(words)))

    def paragraph(self, words: str, style: str | None = None) -> None:
        """Write a paragraph; style "List Bullet" makes it one of a list."""
        self._made.add_paragraph(clean(words), style)

    def contents(self) -> None:
        """Leave room for the table of contents: the headings; F9 in the word processor gives them pages."""
        self._contents = self._made.add_paragraph()

    def picture(self, file: Path, caption: str, alt: str) -> None:
        """Put in a picture with a caption below it, and what it shows in words."""
        from docx.shared import Inches

        drawn = self._made.add_picture(str(file), width=Inches(_WIDTH))
        about = drawn._inline.docPr
        about.set("descr", clean(alt)[:2000])
        about.set("title", clean(caption)[:255])
        self._made.paragraphs[-1].paragraph_format.keep_with_next = True
        self._caption("Figure", caption)

    def table(self, caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]], right: frozenset[int]) -> None:
        """Write a table under its caption; columns in ``right`` hold numbers. Nothing where there are no rows."""
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Cm, Pt

        if not rows:
            return
        self._caption("Table", caption).paragraph_format.keep_with_next = True
        table = self._made.add_table(rows=len(rows) + 1, cols=len(heads))
        table.style, table.autofit = "Light Grid Accent 1", False
        wide = widths([heads, *rows])
        for column, width in zip(table._tbl.tblGrid.gridCol_lst, wide, strict=True):
            column.w = Cm(width)
        _set(table.rows[0]._tr.get_or_add_trPr(), "w:tblHeader", "true")
        for cells, words in zip(table._tbl.tr_lst, (heads, *rows), strict=True):
            _set(cells.get_or_add_trPr(), "w:cantSplit", "true")
            for column, (cell, word) in enumerate(zip(cells.tc_lst, words, strict=True)):
                cell.width = Cm(wide[column])
                paragraph = _first_paragraph(cell, table)
                run = paragraph.add_run(clean(word))
                run.font.size, run.bold = Pt(_SMALL), words is heads or column == 0
                if column in right:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        self._made.add_paragraph()

    def _caption(self, kind: str, words: str) -> Any:
        self._count[kind] += 1
        paragraph = self._made.add_paragraph(style="Caption")
        paragraph.add_run(f"{kind} ")
        _field(paragraph, f"SEQ {kind} \\* ARABIC", str(self._count[kind]))
        paragraph.add_run(f": {clean(words)}")
        return paragraph

    def save(self, file: Path) -> None:
        """Write the document."""
        if self._contents is not None:
            told = [f"{'    ' * (level - 1)}{words}" for level, words in self._headings]
            _field(self._contents, 'TOC \\o "1-2" \\h \\z \\u', "\n".join(told))
        self._made.save(str(file))


def widths(rows: Sequence[Sequence[str]]) -> list[float]:
    """Widths of the columns of a table [cm], so that no word is broken as long as all fit on the page."""
    least, wanted = [], []
    for cells in zip(*rows, strict=True):
        words = max((len(word) for cell in cells for word in re.split(r"[\s\u200b]+", cell)), default=0)
        least.append(min(words, _MOST) * _LETTER + _ROOM)
        wanted.append(max(least[-1], min(max(map(len, cells)), _MOST) * _LETTER + _ROOM))
    room, more = _TABLE - sum(least), sum(wanted) - sum(least)
    if room <= 0 or not more:
        return [_TABLE * width / sum(least) for width in least]
    return [a + (b - a) * room / more for a, b in zip(least, wanted, strict=True)]


def _numbered(paragraph: Any) -> None:
    """The number of each page, and of all, at its foot."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _field(paragraph, "PAGE", "1")
    paragraph.add_run(" / ")
    _field(paragraph, "NUMPAGES", "1")


def clean(words: str) -> str:
    """Words without signs that no document may hold."""
    return _NO_SIGN.sub("", words)


def _first_paragraph(cell: Any, table: Any) -> Any:
    from docx.text.paragraph import Paragraph

    return Paragraph(cell.p_lst[0], table)


def _field(paragraph: Any, code: str, shown: str) -> None:
    """A field of the word processor, with what it shows until it is updated."""
    for kind, words in (("begin", None), (None, code), ("separate", None), ("text", shown), ("end", None)):
        run = paragraph.add_run(shown if kind == "text" else "")
        if kind is None:
            made = _set(run._r, "w:instrText", None)
            made.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            made.text = f" {words} "
        elif kind != "text":
            _set(run._r, "w:fldChar", kind, "w:fldCharType")


def _set(parent: Any, tag: str, value: str | None, name: str = "w:val") -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(tag)
    if value is not None:
        made.set(qn(name), value)
    parent.append(made)
    return made
