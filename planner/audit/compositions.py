"""Checks of the tables that say what streams hold, and which limits bind: every row against the flows and the case."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.audit.checks import Checks
from planner.audit.facts import Facts
from planner.audit.flows import Run
from planner.audit.mixtures import NEGLIGIBLE, Holds, Mixtures, Part, limits_of
from planner.audit.network import number, word
from planner.audit.quality import Bound, bounds, scale_of
from planner.audit.reading import Row, rows_of
from planner.case.mixing_units import carriers, weight_of, weight_per_unit

if TYPE_CHECKING:
    import pandas as pd

    Tables = Mapping[str, pd.DataFrame]

NAN = float("nan")
#: Share of a limit within which it binds, and the same for a limit of 0 [unit of the quality].
BINDS, ROUNDING = 1e-4, 1e-9
#: Share by which a laxer limit is laxer.
LAXER = 0.05

Label = tuple[str, str, str, str, str]  # at, unit, stream, exchange, quality


@dataclass(frozen=True)
class Expected:
    """A row of the compositions that follows from flows and case; no load of what mixes by an index.

    Attributes
    ----------
    counted
        Unit of the amount; that of the resource where it is None.
    asked
        It is listed although its content is not known: something of the case asks for it.
    """

    resource: str
    amount: float
    held: Holds
    load: float
    counted: str | None = None
    asked: bool = False


def check_compositions(
    facts: Facts,
    tables: "Tables",
    prefix: str,
    run: Run,
    mixtures: Mixtures,
    checks: Checks,
    parts: "Sequence[tuple[Facts, Run, Mixtures, Tables]]" = (),
) -> None:
    """Check compositions and limits of a run; nothing where the case has no qualities.

    ``parts`` are its periods, if it has any, each with its rows of the tables.
    """
    if not facts.case.qualities:
        return
    parts = parts or [(facts, run, mixtures, tables)]
    name = "baseline" if prefix else "plan"
    for table in ("compositions", "quality_limits"):
        if prefix and prefix + table not in tables:
            continue  # the baseline need not tell
        check = f"{name}: rows of {table}"
        checks.start(check)
        if prefix + table not in tables:
            checks.fail(check, "the table is missing")
        elif table == "quality_limits":
            _limits(rows_of(tables, prefix + table), [one[:3] for one in parts], checks, check)
        else:
            for known, one, held, mine in parts:
                _compositions(known, rows_of(mine, prefix + table), (one, held), checks, check)


def _compositions(facts: Facts, rows: list[Row], known: tuple[Run, Mixtures], checks: Checks, check: str) -> None:
    expected = dict(composed(facts, *known))
    listed: set[Label] = set()
    for row in rows:
        label = (word(row, "at"), word(row, "by"), word(row, "stream"), word(row, "exchange"), word(row, "quality"))
        where = _where(label)
        if label in listed:
            checks.fail(check, f"{where} is listed twice")
        listed.add(label)
        if label not in expected:
            checks.fail(check, f"{where}: nothing flows there")
            continue
        _row(facts, row, expected[label], (where, label[-1]), checks, check)
    for label, one in expected.items():
        if label in listed:
            continue
        if one.held.known and one.held.mean == one.held.mean:
            checks.fail(check, f"{_where(label)} is missing, it holds {one.held.mean:.6g}")
        elif not one.held.known and one.asked:
            checks.fail(check, f"{_where(label)} is missing, and that its content is not known")


def _where(label: Label) -> str:
    at, unit, stream, exchange, quality = label
    return f"{exchange or f'{unit} / {stream}'}, {at}: {quality}"


def _row(facts: Facts, row: Row, expected: Expected, label: tuple[str, str], checks: Checks, check: str) -> None:
    where, quality = label
    held = expected.held
    if bool(row["known"]) != held.known:
        checks.fail(check, f"{where} is {'not ' if not held.known else ''}known, the table says otherwise")
    small = 1e-7 * scale_of(facts, quality)
    for column, value in (("mean", held.mean), ("worst", held.worst)):
        found = number(row, column)
        if found == found or value == value:
            _close(checks, check, f"{where}, {column}", (found, value), 1e-5 * abs(value) + small)
    unit, (load_unit, _) = facts.case.qualities[quality].unit, facts.load_unit(quality)
    told = [("resource", expected.resource), ("unit", unit)]
    told.append(("amount_unit", expected.counted or facts.case.resources[expected.resource].unit))
    told += [("load_unit", load_unit)] if word(row, "load_unit") or expected.load == expected.load else []
    for column, text in told:
        if word(row, column) != text:
            checks.fail(check, f"{where}: {column} is {word(row, column)!r}, not {text!r}")
    _close(checks, check, f"{where}, amount", (number(row, "amount_per_yr"), expected.amount), _small(expected.amount))
    load = number(row, "load_per_yr")
    if load == load or expected.load == expected.load:
        _close(checks, check, f"{where}, load", (load, expected.load), _small(expected.load))


def _small(amount: float) -> float:
    return 1e-5 * abs(amount) + 1e-6


def _close(checks: Checks, check: str, what: str, pair: tuple[float, float], tolerance: float) -> None:
    found, expected = pair
    if not abs(found - expected) <= tolerance:
        checks.fail(check, f"{what}: {found:.8g} in the tables, {expected:.8g} recomputed")


def composed(facts: Facts, run: Run, mixtures: Mixtures) -> Iterator[tuple[Label, Expected]]:
    """All streams, exchanges and mixtures of a run in which a quality has a weight, and what they hold."""
    sent: dict[tuple[str, str, str], float] = {}
    for row in run.exchanges:
        key = str(row["from"]), str(row["source"]), str(row["exchange"])
        sent[key] = sent.get(key, 0.0) + float(row["flow_per_yr"])
    for quality in facts.case.qualities:
        carrying = frozenset(carriers(facts.case, quality))
        ways = [("source", *key, "", amount) for key, amount in mixtures.leaving.items()]
        ways += [("exchange", *key, amount) for key, amount in sent.items()]
        ways += [("discharge", *key, "", amount) for key, amount in run.discharged.items()]
        ways += [("sale", *key, "", amount) for key, amount in run.sold.items()]
        for at, unit, stream, exchange, amount in ways:
            resource = facts.stream_resource(unit, "source", stream)
            if amount > NEGLIGIBLE and facts.weight(resource, quality) > 0:
                held = mixtures.source(unit, stream, quality)
                load = load_of(facts, quality, amount * facts.weight(resource, quality), held)
                one = Expected(resource, amount, held, load, asked=resource in carrying)
                yield (at, unit, stream, exchange, quality), one
        yield from _at_sinks(facts, run, mixtures, quality, carrying)


def _at_sinks(
    facts: Facts, run: Run, mixtures: Mixtures, quality: str, carrying: frozenset[str]
) -> Iterator[tuple[Label, Expected]]:
    for unit in sorted(run.present):
        for sink in facts.streams(unit, "sink"):
            resource = facts.stream_resource(unit, "sink", sink)
            bought, held = run.supplied.get((unit, sink), 0.0), mixtures.supply(unit, sink, quality)
            weight = facts.weight(resource, quality)
            if bought > NEGLIGIBLE and weight > 0:
                load = load_of(facts, quality, bought * weight, held)
                one = Expected(resource, bought, held, load, asked=resource in carrying)
                yield ("supply", unit, sink, "", quality), one
            come = mixtures.parts(unit, sink, quality)
            parts = [part for part in come if part.weight > 0]
            if parts:
                held = mixtures.told_mixture(unit, sink, quality)
                if held.mean != held.mean or not _all_weighed(facts, come, resource, quality):
                    held = Holds(NAN, NAN, NAN, known=False)
                load = load_of(facts, quality, sum(part.weight for part in parts), held)
                amount, counted = _come(facts, come, resource, quality)
                any_known = any(mixtures.part(unit, sink, part, quality).known for part in parts)
                asked = any_known or resource in carrying
                yield ("mixture", unit, sink, "", quality), Expected(resource, amount, held, load, counted, asked)


def _resources(facts: Facts, parts: list[Part], own: str) -> list[str]:
    keys = (part.key for part in parts)
    return [own if key is None else facts.stream_resource(key[0], "source", key[1]) for key in keys]


def _all_weighed(facts: Facts, parts: list[Part], own: str, quality: str) -> bool:
    """Whether the case says of all that comes in how it counts in the mixture; a stated 0 counts for nothing."""
    return all(weight_per_unit(facts.case, quality, name) is not None for name in _resources(facts, parts, own))


def _come(facts: Facts, parts: list[Part], own: str, quality: str) -> tuple[float, str]:
    """What comes into a sink, with its unit: that of its parts, or of the weight where they differ."""
    units = {facts.case.resources[name].unit for name in _resources(facts, parts, own)}
    if len(units) == 1:
        return sum(part.amount for part in parts), next(iter(units))
    return sum(part.weight for part in parts), weight_of(facts.case, quality)


def load_of(facts: Facts, quality: str, weight: float, held: Holds) -> float:
    """Mean load [load/yr] of so much weight; not a number of what is not known or mixes by an index."""
    if facts.case.qualities[quality].mixing != "mean":
        return NAN
    return weight * held.mean * facts.load_unit(quality)[1]


AT = {"outlet": "operation outlet"}


def at_of(facts: Facts, bound: Bound) -> str:
    """Place of a limit as the tables call it."""
    return _of_sink(facts, bound.unit, bound.stream) if bound.at == "sink" else AT.get(bound.at, bound.at)


def _of_sink(facts: Facts, unit: str, sink: str) -> str:
    """What a table calls the place of a limit on what comes into a sink."""
    if facts.stream(unit, "sink", sink) is not None:
        return "mixture"
    return "facility input" if unit in facts.case.facilities else "operation inlet"


def _limits(rows: list[Row], parts: "Sequence[tuple[Facts, Run, Mixtures]]", checks: Checks, check: str) -> None:
    """Check what is found against each limit, and whether it binds; a limit on what does not flow binds nothing.

    Of several periods that counts in which it is nearest to the limit.
    """
    facts, standing = parts[0][0], _standing(parts)
    listed: set[tuple[str, ...]] = set()
    for row in rows:
        key = (word(row, "at"), word(row, "by"), word(row, "stream"), word(row, "quality"))
        kind, where = word(row, "kind"), f"{key[1]} / {key[2]}, {key[0]}: {key[3]}"
        if (*key, kind) in listed:
            checks.fail(check, f"{where} is listed twice")
        listed.add((*key, kind))
        stated = _stated(facts, key, kind)
        found, limit = number(row, "found"), number(row, "limit")
        if stated is None:
            checks.fail(check, f"{where}: the case has no such limit")
            continue
        if not abs(limit - stated) <= 1e-9 * abs(stated):
            checks.fail(check, f"{where}: the limit is {stated:g}, the table says {limit:g}")
        if word(row, "unit") != facts.case.qualities[key[3]].unit:
            checks.fail(check, f"{where}: {word(row, 'unit')!r} is not its unit")
        expected = _nearest(standing.get(key, []), kind)
        if found == found or expected == expected:
            small = 1e-5 * abs(expected) + 1e-7 * scale_of(facts, key[3])
            _close(checks, check, f"{where}, found against {limit:g}", (found, expected), small)
        _binding(row, (where, kind), (expected, stated), checks, check)
    for key, kind, value in _all_limits(facts, parts[0][1]):
        if (*key, kind) not in listed:
            checks.fail(check, f"{key[1]} / {key[2]}: the limit of {value:g} for {key[3]} is not listed ({key[0]})")


def _standing(parts: "Sequence[tuple[Facts, Run, Mixtures]]") -> dict[tuple[str, ...], list[Holds]]:
    """Place of a limit -> what stands against it, in each period in which anything flows there."""
    standing: dict[tuple[str, ...], list[Holds]] = {}
    for facts, run, mixtures in parts:
        for b in bounds(facts, run, mixtures):
            standing.setdefault((at_of(facts, b), b.unit, b.stream, b.quality), []).append(_told(b, mixtures))
    return standing


def _nearest(held: list[Holds], kind: str) -> float:
    """What is nearest to a limit of all that stands against it; not a number where nothing does, or is known."""
    ends = [one.highest if kind == "max" else one.lowest for one in held]
    if not ends or any(x != x for x in ends):
        return NAN
    return max(ends) if kind == "max" else min(ends)


def _all_limits(facts: Facts, run: Run) -> Iterator[tuple[tuple[str, str, str, str], str, float]]:
    """Every limit of the case on something of a unit that is there, whether anything flows or not."""
    for unit in sorted(run.present):
        at = [
            (at, sink)
            for sink in facts.streams(unit, "sink")
            for at in ("mixture", "operation inlet", "facility input")
        ]
        given = ("operation outlet", "discharge", "sale")
        at += [(at, source) for source in facts.streams(unit, "source") for at in given]
        for place, stream in at:
            if place in given or place == _of_sink(facts, unit, stream):
                for quality in facts.case.qualities:
                    for kind in ("max", "min"):
                        value = _stated(facts, (place, unit, stream, quality), kind)
                        if value is not None:
                            yield (place, unit, stream, quality), kind, value


def _told(bound: Bound, mixtures: Mixtures) -> Holds:
    """What may be told of what stands against a limit."""
    tell = mixtures.told_mixture if bound.at == "sink" else mixtures.source
    return tell(bound.unit, bound.stream, bound.quality)


def _binding(row: Row, label: tuple[str, str], pair: tuple[float, float], checks: Checks, check: str) -> None:
    """Check whether a limit is said to bind; close to the tolerance both may be said."""
    (where, kind), (found, limit) = label, pair
    room = limit - found if kind == "max" else found - limit
    least, most = (max(share * BINDS * abs(limit), share * ROUNDING) for share in (0.5, 2.0))
    says = bool(row["binding"])
    if (says and not room <= most) or (not says and room <= least):
        checks.fail(check, f"{where}: {found:.8g} of {limit:g}, {'binding' if says else 'not binding'} in the table")
    saving, laxer = number(row, "saving_per_yr"), number(row, "laxer_limit")
    if saving == saving and not says:
        checks.fail(check, f"{where}: a saving of {saving:g} by a limit that does not bind")
    if saving < 0:
        checks.fail(check, f"{where}: a laxer limit would cost {-saving:g}")
    if laxer == laxer and (laxer <= limit if kind == "max" else laxer >= limit):
        checks.fail(check, f"{where}: {laxer:g} is not laxer than {limit:g}")
    elif laxer == laxer and not abs(abs(laxer - limit) - LAXER * abs(limit)) <= 1e-9 * abs(limit):
        checks.fail(check, f"{where}: {laxer:g} is not {LAXER:.0%} laxer than {limit:g}")
    _how(row, where, (laxer, saving), checks, check)


def _how(row: Row, where: str, pair: tuple[float, float], checks: Checks, check: str) -> None:
    """Check that the words on a laxer limit are those of what is told of it; by hand, there may be none."""
    laxer, saving = pair
    if saving == saving and laxer != laxer:
        checks.fail(check, f"{where}: a saving by a laxer limit that is not told")
    if "how" not in row:
        return
    how = word(row, "how")
    begins: tuple[str, ...] = ("not asked", "not tried: ", "not computed: ") if bool(row["binding"]) else ("",)
    if laxer == laxer:
        nothing = "no plan with a limit 5 % laxer: ", "solved again with a limit 5 % laxer: "
        begins = ("solved again with a limit 5 % laxer, ",) if saving == saving else nothing
    if not any(how.startswith(x) if x else not how for x in begins):
        checks.fail(check, f"{where}: how is {how!r}, of {' or '.join(map(repr, begins))}")


def _stated(facts: Facts, key: tuple[str, str, str, str], kind: str) -> float | None:
    """Limit that the case states."""
    at, unit, stream, quality = key
    if unit not in facts.tenants and unit not in facts.case.facilities:
        return None
    if at in ("mixture", "operation inlet", "facility input"):
        stated = limits_of(facts, unit, stream).get(quality)
    elif at == "operation outlet":
        operation = facts.operation(unit, stream)
        most = operation.max_outlet.get(quality) if operation is not None else None
        return most.value if most is not None and kind == "max" else None
    elif stream not in facts.streams(unit, "source") or at not in ("discharge", "sale"):
        return None
    else:
        outside = facts.discharge(unit, stream) if at == "discharge" else facts.sale(unit, stream)
        stated = outside.limits.get(quality) if outside is not None else None
    value = None if stated is None else stated.max_ if kind == "max" else stated.min_
    return None if value is None else value.value
