"""Values of a solved park without what costs nothing and does nothing: idle trucks and pipes, rings beside a way.

A truck that need not be bought is built as well as not, a ring of trenches that are dug anyway costs a pipe no metre
that is priced where its price is 0, and an existing pipe without upkeep may as well be in service. None of them is part
of a plan.
"""

import heapq
from collections.abc import Iterable, Mapping
from itertools import count

from .instance import Instance

Values = dict[str, dict[tuple[str, ...], float]]
#: Less of a way than this is none.
NOTHING = 1e-6


def tidy(d: Instance, values: Values) -> Values:
    """The same plan with one simple way for every pipe of one exchange, and no idle pipes or free trenches."""
    found = dict(values)
    for e, x in d.exchanges.items():
        if not x.forced and not _matters(d, values, e):
            for family in ("built", "link"):
                found[family] = {index: v for index, v in found.get(family, {}).items() if index[0] != e}
    if d.paths:
        found["path"] = {}
        for e, c in d.paths:
            for p, q in _ends(d, values, e, c):
                found["path"] |= {
                    (e, str(c), a, way): 1.0 for a, way in _way(d, values, (e, c), (d.nodes[p], d.nodes[q]))
                }
        found["detour"] = _beyond(d, found, values.get("detour", {}))
    if "laid" in found:
        found["laid"] = {index: value for index, value in found["laid"].items() if not _idle(d, values, index)}
        found["sized"] = {index: v for index, v in found.get("sized", {}).items() if index in found["laid"]}
    if "dug" in found:
        lying = {a for _, a, _ in found.get("laid", {})} | {a for _, _, a, _ in found.get("path", {})}
        booked = d.effects.get("dug", {})
        found["dug"] = {(a,): v for (a,), v in found["dug"].items() if a in lying or any(booked.get((a,), {}).values())}
    return {family: members for family, members in found.items() if members}


def _matters(d: Instance, values: Values, e: str) -> bool:
    """Whether an exchange is not built, carries anything or costs anything."""
    options = [s for s in d.exchanges[e].options if values.get("built", {}).get((e, s), 0.0) > 0.5]
    if not options or any(values.get("flow", {}).get((e, s, t), 0.0) > NOTHING for s in options for t in d.states):
        return True
    priced = any(any(d.effects.get("built", {}).get((e, s), {}).values()) for s in options)
    links = (index for index in values.get("link", {}) if index[0] == e and index[1] in options)
    return priced or any(any(d.effects.get("link", {}).get(index, {}).values()) for index in links)


def _ends(d: Instance, values: Values, e: str, c: int) -> Iterable[tuple[str, str]]:
    """Places that the pipe of a copy joins; none where it is not built."""
    for s, option in d.exchanges[e].options.items():
        if not option.in_trench or option.copy != c or values.get("built", {}).get((e, s), 0.0) < 0.5:
            continue
        runs = values.get("link", {})
        for p, q in option.pairs:
            if p != q and (len(option.pairs) == 1 or runs.get((e, s, p, q), 0.0) > 0.5):
                yield p, q


def _way(d: Instance, values: Values, key: tuple[str, int], ends: tuple[str, str]) -> list[tuple[str, str]]:
    """Shortest way over the stretches that hold any of a pipe, in order."""
    e, c = key
    ahead: dict[str, list[tuple[str, str, str, float]]] = {}
    for (f, copy, a, way), value in values.get("path", {}).items():
        if (f, copy) == (e, str(c)) and value > NOTHING:
            tail, head = d.stretches[a].tail, d.stretches[a].head
            start, end = (tail, head) if way == "+" else (head, tail)
            ahead.setdefault(start, []).append((end, a, way, d.stretches[a].length))
    number = count()
    todo: list[tuple[float, int, str, list[tuple[str, str]]]] = [(0.0, next(number), ends[0], [])]
    done: set[str] = set()
    while todo:
        length, _, node, way_here = heapq.heappop(todo)
        if node == ends[1]:
            return way_here
        if node in done:
            continue
        done.add(node)
        for end, a, sign, more in ahead.get(node, ()):
            heapq.heappush(todo, (length + more, next(number), end, [*way_here, (a, sign)]))
    raise RuntimeError(f"the pipe of {e!r} has no way from {ends[0]} to {ends[1]}")


def _beyond(d: Instance, values: Values, detours: Mapping[tuple[str, ...], float]) -> dict[tuple[str, ...], float]:
    """Detours that are part of the plan; what has no price may be told as it is."""
    lengths: dict[tuple[str, int], float] = {}
    for e, copy, a, _ in values["path"]:
        lengths[e, int(copy)] = lengths.get((e, int(copy)), 0.0) + d.stretches[a].length
    found: dict[tuple[str, ...], float] = {}
    for (e, c), length in lengths.items():
        for s, option in d.exchanges[e].options.items():
            if option.in_trench and option.copy == c and values.get("built", {}).get((e, s), 0.0) > 0.5:
                beyond = length - sum(option.pairs[pair].length for pair in _ends(d, values, e, c))
                if beyond > NOTHING:
                    priced = any(d.effects.get("detour", {}).get((e, s), {}).values()) or option.owed_per_km
                    found[e, s] = detours.get((e, s), 0.0) if priced else beyond
    return {index: value for index, value in found.items() if value > 0}


def _idle(d: Instance, values: Values, index: tuple[str, ...]) -> bool:
    """A pipe that carries nothing, and on which nothing hangs: no cost, and no loss that others cover."""
    n, a, z = index
    priced = any(d.effects.get("laid", {}).get(index, {}).values()) or (
        values.get("sized", {}).get(index, 0.0) > NOTHING and any(d.effects.get("sized", {}).get(index, {}).values())
    )
    if priced or any(d.mains[n].beds[a].pipes[z].owed_loss.values()):
        return False
    through = values.get("through", {})
    return all(through.get((n, a, way, t), 0.0) <= NOTHING for way in "+-" for t in d.states)
