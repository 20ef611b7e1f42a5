"""The whole numbers of a finished plan, from its tables: what is built, where everybody stands, which pipes lie."""

from typing import TYPE_CHECKING

from models.unbuilt import Kept
from planner.errors import UsageError

if TYPE_CHECKING:
    from models.instance import ExchangeId, Instance, OptionId
    from planner.assemble.assembly import Assembly
    from planner.results.plan import Plan


def kept_of(plan: "Plan", assembly: "Assembly") -> Kept:
    """What a plan decided, in the words of the model.

    Raises
    ------
    UsageError
        If its tables name what the case does not have: they are of another case, or of another release.
    """
    siting, pipes = plan.tables["siting"], plan.tables["mains"]
    shared = siting[siting["kind"] != "measure"]
    laid: dict[tuple[str, str, str], int] = {}
    for row in pipes[pipes["pipes"] > 0].to_dict("records"):
        main = str(row["main"])
        size = _size_of(assembly, main, None if row["size"] != row["size"] else row["size"])
        key = (main, str(row["stretch"]), size)
        laid[key] = laid.get(key, 0) + round(float(row["pipes"]))
    return Kept(
        sited={str(row["unit"]): str(row["plot"]) for row in shared.to_dict("records")},
        built=frozenset(_built(plan, assembly.instance)),
        opened=frozenset(str(name) for name in plan.tables["facilities"]["facility"]),
        laid=laid,
    )


def _size_of(assembly: "Assembly", main: str, label: object) -> str:
    """Size of the model behind the name of a size in the table of mains."""
    facts = assembly.mains.get(main)
    if facts is not None:
        for size, name in facts.sizes.items():
            if size == label or name == label:
                return size
    raise UsageError(f"the plan lays a main that its case does not have ({main}, {label}); plan the case again")


def _built(plan: "Plan", instance: "Instance") -> "list[tuple[ExchangeId, OptionId]]":
    found = []
    for row in plan.exchanges.to_dict("records"):
        exchange, option = str(row["exchange"]), str(row["option"])
        data = instance.exchanges.get(exchange)
        if data is None or option not in data.options:
            raise UsageError(
                f"the plan builds {exchange} by {option}, which its case does not have; plan the case again"
            )
        first = data.options[option].copy
        base = option.removesuffix(f" #{first + 1}") if first else option
        for copy in range(first, first + round(float(row["copies"]))):
            found.append((exchange, base if copy == 0 else f"{base} #{copy + 1}"))
    return found
