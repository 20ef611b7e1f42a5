"""``planner archetypes``: plants as they usually are, and what one of some size takes and gives."""

import sys
from collections import Counter
from collections.abc import Iterator
from typing import IO, Any

from planner.case import units
from planner.case.archetype_numbers import Sized, SizeError, size_of
from planner.case.archetypes import PlantSize, plain_size, reading_of, unknown_archetype
from planner.case.numbers import NumberError
from planner.errors import UsageError
from planner.library.archetypes import Amount, Library, PlantType, StreamAmount, library
from planner.report.terminal import Summary, Table, show

_WARNING = (
    "Plants as they usually are: good for a first look, not for a bankable study. A published and read, B secondary "
    "or arithmetic on A, C an estimate."
)


def show_archetypes(name: str | None, size: str | None, *, as_json: bool, stream: IO[str]) -> None:
    """List the archetypes, or show one, of some size where one is named.

    Raises
    ------
    UsageError
        If there is no such archetype, or it has no such size.
    """
    from planner.cli.app import dumps

    known = library()
    if name is None:
        if size is not None:
            raise UsageError(
                "--size is the size of one archetype; name it, as in: planner archetypes brewery --size ..."
            )
        if as_json:
            stream.write(dumps({key: _brief(kind) for key, kind in known.archetypes.items()}) + "\n")
        else:
            show(_list(known), stream)
        return
    key = known.find(name)
    if key is None:
        raise UsageError(unknown_archetype(name, known))
    sized = None if size is None else _sized(size, key, known.archetypes[key])
    if sized is not None and (reading := reading_of(sized.stated)) is not None:
        print(f"planner: {reading}; write it without a separator of thousands", file=sys.stderr)
    if as_json:
        stream.write(dumps(contents(known, key, sized)) + "\n")
    else:
        show(_shown(known, key, sized), stream)


def _sized(text: str, name: str, kind: PlantType) -> Sized:
    try:
        return size_of(PlantSize.model_validate(plain_size(text, name)), kind, {})
    except (SizeError, NumberError) as error:
        raise UsageError(f"--size: {error}") from None
    except ValueError as error:  # of the schema, around what is wrong with the number
        cause = error.errors()[0]["ctx"]["error"] if hasattr(error, "errors") else error
        raise UsageError(f"--size: {cause}") from None


def _brief(kind: PlantType) -> dict[str, Any]:
    size = {"unit": kind.size.unit, "of": kind.size.of, "typical": kind.size.typical}
    return {
        "about": kind.about,
        "nace": kind.nace,
        "synonyms": list(kind.synonyms),
        "size": size,
        "numbers": _grades(kind),
        "takes": list(kind.sinks),
        "gives": list(kind.sources),
        "not_known": list(kind.not_known),
    }


def _grades(kind: PlantType) -> dict[str, int]:
    """How many numbers of an archetype are of each grade."""
    count = Counter[str](amount.grade for _, amount in kind.amounts())
    return {grade: count[grade] for grade in "ABC"}


def _list(known: Library) -> Summary:
    rows = []
    for key, kind in known.archetypes.items():
        size = f"{_number(kind.size.typical)} {kind.size.unit} of {kind.size.of}"
        rows.append((key, size, kind.nace, *map(str, _grades(kind).values()), kind.about))
    header = ("archetype", "usual size", "NACE", "A", "B", "C", "what it is")
    table = Table("Archetypes and their numbers by grade", header, tuple(rows), frozenset({3, 4, 5}))
    more = ("show one: planner archetypes brewery", 'for a size: planner archetypes brewery --size "200000 hl/yr"')
    return Summary(f"{len(rows)} archetypes", _WARNING, more, (table,))


def contents(known: Library, key: str, sized: Sized | None) -> dict[str, Any]:
    """An archetype for a program to read: every number per unit of its size, and for a size where one is named."""
    kind = known.archetypes[key]
    numbers = []
    for place, amount in kind.amounts():
        entry = {"field": place, **amount.model_dump(include={"low", "typical", "high", "unit", "per"})}
        entry |= {"source": amount.source, "grade": amount.grade, "note": amount.note}
        if isinstance(amount, StreamAmount):
            resource = known.resources[place.partition(".")[2]]
            entry |= {"kind": resource.kind, "level": resource.heat, "waste_code": resource.waste_code}
            entry |= {"discharge": resource.discharge, "from_degc": amount.from_}
        if sized is not None and _is_sized(place, amount):
            unit, parts = _amount(known, place, amount, sized)
            entry["amount"] = {"typical": parts.pop("value"), **parts, "unit": unit}
        numbers.append(entry)
    used = {amount.source for _, amount in kind.amounts()} | {figure.source for figure in kind.figures.values()}
    return {
        "archetype": key,
        **_brief(kind),
        **({} if sized is None else {"for_size": {**sized.parts, "unit": sized.unit}}),
        "product": None if kind.product is None else {"name": kind.product.name, "unit": kind.product.unit},
        "amounts": numbers,
        "figures": {name: figure.model_dump() for name, figure in kind.figures.items()},
        "sources": {name: known.sources[name].model_dump() for name in sorted(used)},
    }


def _is_sized(place: str, amount: Amount) -> bool:
    """Whether a number grows with the size of the plant."""
    return isinstance(amount, StreamAmount) or place in ("area", "jobs", "product")


def _amount(known: Library, place: str, amount: Amount, sized: Sized) -> tuple[str, dict[str, float]]:
    """Unit and numbers of what a plant of some size takes or gives a year, or of its area, jobs and product."""
    unit, factor = amount.unit, 1.0
    if isinstance(amount, StreamAmount):
        resource = known.resources[place.partition(".")[2]].unit
        long = f"({amount.unit})*({sized.unit})"
        unit = f"{resource}/{'yr' if units.converts(long, f'{resource}/yr') else 'h'}"
        factor = units.factor(long, unit)
    elif place == "product":
        unit = f"{amount.unit.partition('/')[0]}/yr"
    return unit, {part: float(f"{number * factor:.12g}") for part, number in sized.times(amount).items()}


def _shown(known: Library, key: str, sized: Sized | None) -> Summary:
    kind = known.archetypes[key]
    per = (
        f"per {kind.size.unit} of {kind.size.of}" if sized is None else f"{_number(sized.parts['value'])} {sized.unit}"
    )
    header = ("", "what", "typical", "low", "high", "unit", "grade", "source", "how")
    table = Table(f"{key}, {per}", header, tuple(_rows(known, kind, sized)), frozenset({2, 3, 4}))
    figures = tuple(
        (name, *(_number(end) for end in (figure.typical, figure.low, figure.high)), figure.unit, figure.grade)
        + (figure.source, figure.text)
        for name, figure in kind.figures.items()
    )
    what = Table("What else is known, filled in nowhere", header[1:], figures, frozenset({1, 2, 3}))
    used = {amount.source for _, amount in kind.amounts()} | {figure.source for figure in kind.figures.values()}
    cited = tuple(
        (name, f"{known.sources[name].title} ({known.sources[name].year})", "yes" if known.sources[name].read else "no")
        for name in sorted(used)
    )
    size = f"{_number(kind.size.typical)} {kind.size.unit}"
    said = (
        f"NACE {kind.nace}; size in {kind.size.unit} of {kind.size.of}, usually about {size}",
        f"also called {', '.join(kind.synonyms)}",
        *([f"not known, and not filled in: {', '.join(kind.not_known)}"] if kind.not_known else []),
        f"in a case: {{archetype: {{name: {key}, size: {kind.size.typical:.12g} {kind.size.unit}}}}}",
    )
    sources = Table("Sources", ("source", "what it is", "opened"), cited)
    return Summary(f"{key}: {kind.about}", _WARNING, said, (table, what, sources) if figures else (table, sources))


def _rows(known: Library, kind: PlantType, sized: Sized | None) -> Iterator[tuple[str, ...]]:
    for place, amount in kind.amounts():
        side, _, what = place.partition(".")
        word = {"sinks": "takes", "sources": "gives"}.get(side, "needs" if side in ("area", "jobs") else "")
        unit, parts = amount.unit, dict(amount.parts)
        if sized is not None and _is_sized(place, amount):
            unit, parts = _amount(known, place, amount, sized)
        elif amount.per != 1:
            unit = f"{unit} per {_number(amount.per)}"
        numbers = (_number(parts.get(part)) for part in ("value", "low", "high"))
        text = "; ".join(_how(known, what, amount))
        yield (word, what or side, *numbers, unit, amount.grade, amount.source, text)


def _how(known: Library, what: str, amount: Amount) -> Iterator[str]:
    """Level of heat, temperature it comes from, waste code and note."""
    if isinstance(amount, StreamAmount):
        resource = known.resources[what]
        if resource.heat:
            yield ", ".join(f"{name} {level}" for name, level in resource.heat.items())
        if amount.from_ is not None:
            yield f"from {amount.from_[0]:g} to {amount.from_[1]:g} degC"
        if resource.waste_code:
            yield f"EWC {resource.waste_code} (C)"
    if amount.note:
        yield amount.note


def _number(number: float | None) -> str:
    if number is None:
        return "-"
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.4g}"
