"""Seeds of random tests by how often they run: beside the quick ones some are slow, all others deep."""

from collections.abc import Iterable
from typing import Any

import pytest


def more(values: Iterable[Any], slow: int) -> list[Any]:
    """Parameters for a test, the first ``slow`` of them marked as slow, the others as deep."""
    return [pytest.param(x, marks=pytest.mark.slow if n < slow else pytest.mark.deep) for n, x in enumerate(values)]
