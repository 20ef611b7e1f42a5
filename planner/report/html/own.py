"""The last section of an edition for one firm: what is left out of it, and why."""

from typing import Any

from planner.report.html.book import Book


def build(book: Book) -> dict[str, Any]:
    """What is left out."""
    return {"withheld": book.partial.withheld}
