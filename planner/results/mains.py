"""Tables ``mains`` and ``pipe_runs``: which pipe lies in which stretch, what flows in it, and what it costs."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from planner.results.flows import flows
from planner.results.network import Dedicated, Laid, Network
from planner.results.network_money import NetworkMoney, parts
from planner.results.peaks import peak_rates
from planner.results.plan import COLUMNS

if TYPE_CHECKING:
    import pandas as pd

#: Share of what enters a main; a larger loss is worth a word on whose it is.
_WORTH_A_WORD = 0.005


def mains_table(money: NetworkMoney) -> "pd.DataFrame":
    """Make the ``mains`` table: a row for each size of pipe of a main in service on a stretch.

    ``size`` is a size of the link, or "existing <name>" of a pipe in the ground. ``flow_per_yr`` enters at
    ``from_node`` and is net of what flows the other way; ``through_per_yr`` and ``peak_per_h`` add both ways (see
    ``planner.results.peaks``). Where pipes of several sizes lie side by side, each has its share of these by capacity,
    so that the rows of a stretch add up. ``capacity_per_h``, ``lost_per_yr`` and the money are those of all ``pipes``
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


def _lost(network: Network, pipe: Laid, share: float) -> float:
    """What is lost in the pipes of a row: a share of what enters, either way, and what they owe in service."""
    instance = network.books.assembly.instance
    bed = instance.mains[pipe.main].beds[pipe.stretch]
    lost = 0.0
    for state, data in instance.states.items():
        entering = share * sum(network.through(pipe.main, pipe.stretch, state))
        owed = pipe.pipes * bed.pipes[pipe.size_id].owed_loss.get(state, 0.0)
        lost += data.weight * (bed.share_lost * entering + owed)
    return lost


def notes_on_losses(network: Network) -> Iterator[str]:
    """Notes on mains whose loss is split among several exchanges: any split of it is the same plan."""
    options = network.books.assembly.instance.exchanges
    found: dict[str, dict[str, tuple[float, float]]] = {}
    for flow in flows(network.books):
        main = options[flow.exchange].options[flow.option].main
        if main is not None and flow.leaving > 0:
            sent, lost = found.setdefault(main, {}).get(flow.exchange, (0.0, 0.0))
            found[main][flow.exchange] = sent + flow.leaving, lost + flow.lost
    for main, users in found.items():
        sent, lost = (sum(amounts) for amounts in zip(*users.values(), strict=True))
        if len(users) > 1 and lost > _WORTH_A_WORD * sent:
            yield f"what {main} loses is put on its exchanges as the program happened to split it; the sum is right"


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
