"""A state of a park cut into parts of equal rates: the same year, told in more states."""

import dataclasses
from collections.abc import Mapping

from models.indicators import BY_STATE
from models.instance import Instance


def split(d: Instance, parts: int = 2) -> Instance:
    """Cut every state into equal parts: amounts, hours and bounds of each are those of the whole over their number."""
    names = {t: [f"{t} {n + 1}" for n in range(parts)] for t in d.states}

    def cut(by_state: Mapping, share: float = 1.0 / parts) -> dict:
        return {name: value * share for t, value in by_state.items() for name in names[t]}

    def same(by_state: Mapping) -> dict:
        return cut(by_state, 1.0)

    sized = set(d.facilities)

    def stream(x):
        moving = x.operation is not None or x.unit in sized
        changes = {"amount": same(x.amount) if moving else cut(x.amount)}
        if hasattr(x, "beside"):
            changes["beside"] = cut(x.beside)
        return dataclasses.replace(x, **changes)

    def option(x):
        pairs = {
            pair: dataclasses.replace(data, owed_loss=cut(data.owed_loss)) for pair, data in x.pairs.items()
        }  # fmt: skip
        return dataclasses.replace(x, max_flow=cut(x.max_flow), pairs=pairs, owed_per_km=cut(x.owed_per_km))

    def exchange(x):
        options = {s: option(o) for s, o in x.options.items()}
        hours = {"source_hours": cut(x.source_hours), "sink_hours": cut(x.sink_hours)}
        hours["within"] = {
            name: type(shared)(shared.hours / parts, shared.source / parts, shared.sink / parts)
            for t, shared in x.within.items()
            for name in names[t]
        }
        return dataclasses.replace(x, options=options, most=cut(x.most), shares=same(x.shares), **hours)

    def main(x):
        beds = {
            a: dataclasses.replace(
                bed,
                pipes={z: dataclasses.replace(pipe, owed_loss=cut(pipe.owed_loss)) for z, pipe in bed.pipes.items()},
            )
            for a, bed in x.beds.items()
        }
        users = {user: cut(hours) for user, hours in x.users.items()}
        return dataclasses.replace(x, beds=beds, users=users, hours=cut(x.hours))

    def outlet(x):
        return dataclasses.replace(x, picked={k: cut(v) for k, v in x.picked.items()})

    mixing = d.mixing and dataclasses.replace(d.mixing, outlets={i: outlet(x) for i, x in d.mixing.outlets.items()})
    return dataclasses.replace(
        d,
        states={
            name: dataclasses.replace(state, hours=state.hours / parts)
            for t, state in d.states.items()
            for name in names[t]
        },
        sources={i: stream(x) for i, x in d.sources.items()},
        sinks={j: stream(x) for j, x in d.sinks.items()},
        exchanges={e: exchange(x) for e, x in d.exchanges.items()},
        facilities={
            k: dataclasses.replace(x, hours=cut(x.hours), least=cut(x.least), running=cut(x.running))
            for k, x in d.facilities.items()
        },
        mains={n: main(x) for n, x in d.mains.items()},
        operations={
            o: dataclasses.replace(x, least=cut(x.least), most=cut(x.most)) for o, x in d.operations.items()
        },
        mixing=mixing,
        effects={
            family: {
                new: booked
                for index, booked in effects.items()
                for new in ([(*index[:-1], name) for name in names[index[-1]]] if family in BY_STATE else [index])
            }
            for family, effects in d.effects.items()
        },
        chronology=d.chronology and _steps(d.chronology, names),
    )  # fmt: skip


def _steps(order, names):
    """The same order, every step in parts."""
    groups = {g: tuple(name for t in steps for name in names[t]) for g, steps in order.groups.items()}
    return dataclasses.replace(order, groups=groups)
