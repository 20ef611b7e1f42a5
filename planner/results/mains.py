"""Tables ``mains`` and ``pipe_runs``: which pipe lies in which stretch, what flows in it, and what it costs."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from planner.results.columns import COLUMNS
from planner.results.losses import unfair
from planner.results.network import Dedicated, Laid, Network
from planner.results.network_money import NetworkMoney, parts
from planner.results.peaks import peak_rates

if TYPE_CHECKING:
    import pandas as pd

#: Share of what an exchange sends: if it bears so much more or less of the loss than by its use, that is worth a word.
_WORTH_A_WORD = 0.005


def mains_table(money: NetworkMoney) -> "pd.DataFrame":
    """Make the ``mains`` table: a row for each size of pipe of a main in service on a stretch.

    ``size`` is a size of the link, or "existing <name>" of a pipe in the ground. ``flow_per_yr`` enters at
    ``from_node`` and is net of what flows the other way; ``through_per_yr`` and ``peak_per_h`` add both ways (see
    ``planner.results.peaks``). Where pipes of several sizes lie side by side, each has its share of these by capacity,
    so that the rows of a stretch add up. Where an existing main lies out of service, a row has no pipes and no flow.
    ``capacity_per_h``, ``lost_per_yr`` and the money are those of all ``pipes``
    of the row together. ``capex`` is of the pipes alone: civil works are in the ``trenches`` table. Fixed sums of a
    size or a main go to their rows by metres.
    """
    import pandas as pd

    network = money.network
    peaks = {main: peak_rates(network, main) for main in dict.fromkeys(pipe.main for pipe in network.laid)}
    rows = []
    for (main, stretch), pipes in network.on_bed.items():
        shares = parts([pipe.capacity for pipe in pipes])
        for pipe, share in zip(pipes, shares, strict=True):
            rows.append(_row(money, pipe, share, peaks[main][stretch]))
    rows += [_idle(network, *which) for which in out_of_service(network)]
    return pd.DataFrame(rows, columns=list(COLUMNS["mains"]))


def _row(money: NetworkMoney, pipe: Laid, share: float, peak: float) -> dict[str, Any]:
    network = money.network
    stretch, net = network.stretch(pipe.stretch), network.net(pipe.main, pipe.stretch)
    ends = (stretch.tail, stretch.head) if net >= 0 else (stretch.head, stretch.tail)
    booked = money.pipes[pipe.key]
    return {
        "main": pipe.main,
        "resource": pipe.resource,
        "link": pipe.link,
        "stretch": pipe.stretch,
        "size": pipe.label,
        "pipes": pipe.pipes,
        "existing": pipe.existing,
        "from_node": ends[0],
        "to_node": ends[1],
        "length_m": stretch.length_m,
        "flow_per_yr": abs(net) * share,
        "unit": network.books.case.resources[pipe.resource].unit,
        "lost_per_yr": _lost(network, pipe, share),
        "peak_per_h": peak * share,
        "capacity_per_h": pipe.capacity,
        "capex": booked.capex,
        "capital_cost_per_yr": booked.capital,
        "cost_per_yr": booked.running,
        "party": booked.party,
        "through_per_yr": share * network.gross(pipe.main, pipe.stretch),
    }


def out_of_service(network: Network) -> Iterator[tuple[str, str, str]]:
    """Existing mains that lie somewhere and have no pipe in service there: (main, stretch, name)."""
    case = network.books.case
    ids = {of: main for main, of in case.mains().items()}
    used = {(pipe.size_id, pipe.stretch) for pipe in network.laid}
    for name, pipe in case.existing_mains.items():
        for stretch, data in network.graph.stretches.items():
            if (
                name in data.existing
                and (f"existing {name}", stretch) not in used
                and (pipe.link, pipe.resource) in ids
            ):
                yield ids[pipe.link, pipe.resource], stretch, name


def _idle(network: Network, main: str, stretch: str, name: str) -> dict[str, Any]:
    case, at = network.books.case, network.stretch(stretch)
    pipe = case.existing_mains[name]
    nothing = ("flow_per_yr", "lost_per_yr", "peak_per_h", "capacity_per_h", "through_per_yr")
    money = ("capex", "capital_cost_per_yr", "cost_per_yr")
    return {
        "main": main,
        "resource": pipe.resource,
        "link": pipe.link,
        "stretch": stretch,
        "size": f"existing {name}",
        "pipes": 0,
        "existing": True,
        "from_node": at.tail,
        "to_node": at.head,
        "length_m": at.length_m,
        "unit": case.resources[pipe.resource].unit,
        "party": case.links[pipe.link].owner or case.park_company,
        **dict.fromkeys(nothing + money, 0.0),
    }


def _lost(network: Network, pipe: Laid, share: float) -> float:
    """What is lost in the pipes of a row: a share of what enters, either way, and what they owe in service."""
    instance = network.books.assembly.instance
    bed = instance.mains[pipe.main].beds[pipe.stretch]
    lost = 0.0
    for state, data in instance.states.items():
        entering = share * sum(network.through(pipe.main, pipe.stretch, state))
        owed = network.owed(pipe, state)
        lost += data.weight * (bed.share_lost * entering + owed)
    return lost


def notes_on_losses(network: Network) -> Iterator[str]:
    """Notes on mains whose loss cannot be put on those who use them."""
    found: dict[str, list[tuple[float, str]]] = {}
    for main, (exchange, _), lost, fair, sent in unfair(network):
        if abs(lost - fair) > _WORTH_A_WORD * sent:
            words = f"{exchange} bears {lost / sent:.1%} of what it sends instead of {fair / sent:.1%}"
            found.setdefault(main, []).append((-abs(lost - fair), words))
    for main, exchanges in found.items():
        _, words = min(exchanges)
        others = f", and {len(exchanges) - 1} more" if len(exchanges) > 1 else ""
        yield (
            f"what {main} loses cannot all fall to those who use its stretches, as the amounts, limits and costs of "
            f"their streams fix whose it is: {words}{others}; the sum is right"
        )


def notes_on_old_pipes(network: Network) -> Iterator[str]:
    """Notes on existing mains of which the plan leaves a part, or all, out of service."""
    books = network.books
    graph = books.distances.graph
    if graph is None:
        return
    used = {(z, a) for (_, a, z) in books.solution.values.get("laid", {})}
    for name in books.case.existing_mains:
        lies = {a: stretch.length_m for a, stretch in graph.stretches.items() if name in stretch.existing}
        idle = {a: metres for a, metres in lies.items() if (f"existing {name}", a) not in used}
        if idle and len(idle) == len(lies):
            yield f"existing_mains.{name} is not used by the plan"
        elif idle:
            where = ", ".join(list(idle)[:3]) + (" ..." if len(idle) > 3 else "")
            yield f"existing_mains.{name}: {sum(idle.values()):,.0f} m of it stay out of service ({where})"


def pipe_runs_table(network: Network) -> "pd.DataFrame":
    """Make the ``pipe_runs`` table: pipes of mains, and pipes of single exchanges that share trenches.

    ``direction`` is "+" from the tail of the stretch to its head, "-" back; of a main that of its net flow, and empty
    where there is none.
    """
    import pandas as pd

    rows = []
    for pipe in network.laid:
        net = network.net(pipe.main, pipe.stretch)
        rows.append(_run(network, pipe, pipe.stretch, ("+" if net > 0 else "-") if net else None))
    for one in network.dedicated:
        rows += [_run(network, one, stretch, direction) for stretch, direction in one.steps]
    order = {name: rank for rank, name in enumerate(network.graph.stretches)}
    rows.sort(key=lambda row: order[row["stretch"]])
    return pd.DataFrame(rows, columns=list(COLUMNS["pipe_runs"]))


def _run(network: Network, pipe: Laid | Dedicated, stretch: str, direction: str | None) -> dict[str, Any]:
    return {
        "stretch": stretch,
        "carrier": pipe.carrier,
        "resource": pipe.resource,
        "size": pipe.label,
        "pipes": pipe.pipes,
        "existing": pipe.existing,
        "length_m": network.stretch(stretch).length_m,
        "direction": direction,
    }
