"""The pages built from the sources are as the sources have them."""

import importlib.util
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
