"""The tutorial notebook is run by a kernel as it stands, and what it shows must come."""

import json
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from planner.cli.run import main

NOTEBOOK = Path(__file__).parents[2] / "docs" / "notebook.ipynb"


def test_the_notebook_is_kept_without_outputs():
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert len(code) >= 8
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)


def outputs(cell):
    """Kind of output -> its text."""
    found = {}
    for out in cell["outputs"]:
        assert out["output_type"] != "error"
        found |= out.get("data", {"text/plain": out.get("text", "")})
    return found


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_the_notebook_runs_from_its_first_cell_to_its_last(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(NOTEBOOK.parents[1]))
    assert main(["init", "mypark", "--from", "food-park"]) == 0
    book = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(book, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = {cell["source"].splitlines()[-1]: outputs(cell) for cell in book["cells"] if cell["cell_type"] == "code"}
    assert "5 plants" in shown["case"]["text/html"]
    assert "proven optimal" in shown["plan"]["text/html"]
    for drawing in ("plan.map()", "plan.sankey()"):
        assert shown[drawing]["text/html"].startswith("<img alt=")
    assert "capacity" in shown["plan.why(resolve=2)"]["text/html"]
    assert "proven" in shown["plan.why(resolve=2)"]["text/html"]
    ledger = next(found for source, found in shown.items() if source.startswith("plan.ledger"))
    assert "brewery" in ledger["text/plain"]
    assert (tmp_path / "out" / "results.json").exists()
    assert main(["audit", "out"]) == 0
