"""The park made by hand in which a smelter gives steam and slag to a mill."""

import pytest
from steam_and_slag_park import CASE, make_assembly, make_distances

from planner.assemble.assembly import Assembly
from planner.case.case import Case
from planner.geography.distances import Distances


@pytest.fixture
def case() -> Case:
    return Case.model_validate(CASE)


@pytest.fixture
def distances() -> Distances:
    return make_distances()


@pytest.fixture
def assembly() -> Assembly:
    return make_assembly()
