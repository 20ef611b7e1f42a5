import shutil

import pytest

from planner.excel.template import EXAMPLE


@pytest.fixture
def park(tmp_path):
    """A folder with the example as a case."""
    folder = tmp_path / "park"
    shutil.copytree(EXAMPLE, folder)
    return folder
