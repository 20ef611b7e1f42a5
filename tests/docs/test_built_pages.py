"""The pages built from the sources are as the sources have them."""

import importlib.util
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"


def pages():
    spec = importlib.util.spec_from_file_location("docs_build", DOCS / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.PAGES


@pytest.mark.parametrize("page", ["case-format.md", "mathematics.md"])
def test_committed_page_equals_the_built_one(page):
    """If this fails, run: python docs/build.py."""
    assert (DOCS / page).read_text(encoding="utf-8") == pages()[page]()


def test_the_page_on_results_names_only_columns_there_are():
    """A column that was renamed must not live on in the text."""
    from planner.results.columns import COLUMNS

    text = (DOCS / "results.md").read_text(encoding="utf-8").split("## Columns")[1]
    rows = [line.split("|")[1:3] for line in text.splitlines() if line.startswith("| ") and "`" in line]
    assert len(rows) > 30
    for tables, columns in rows:
        for name in re.findall(r"`([a-z0-9_]+)`", columns):
            assert all(name in COLUMNS[table.strip()] for table in tables.split(",")), name
    explained = set(re.findall(r"`([a-z0-9_]+)`", text))
    plain = {"exchange", "from", "to", "resource", "link", "size", "unit", "permit", "effort", "existing"}
    plain |= {"seller", "buyer", "replaced_unit"}
    assert not set(COLUMNS["exchanges"]) - explained - plain
