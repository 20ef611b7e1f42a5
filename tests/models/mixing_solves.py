"""Models of mixtures built and solved, for the tests."""

from models import bilinear, contents
from models.park import build
from models.solve import Options


def solved(instance, engine="highs", gap=1e-6):
    """Result and model, contents those of the flows."""
    model = build(instance)
    bilinear.prepare(model, engine)
    result = bilinear.solve(model, Options(gap=gap))
    assert contents.excess(model) <= 1e-6
    return result, model


def cost(instance, engine="highs"):
    return solved(instance, engine)[0].objective
