"""Turns the findings of the schema into sentences a consultant understands, each with its place."""

import types
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from planner.case.marks import Marks, Path
from planner.case.numbers import NumberError, describe, did_you_mean
from planner.case.qualities import Content, QualityLimit
from planner.case.values import Value
from planner.errors import Fault

_SECTION_TYPES = ("model_type", "model_attributes_type")
_MOST_NAMED = 8

_PAIR = "is no pair; expected two names, as in [[one, other], [one, third]]"

#: What was expected, by the schema's own word for what it found.
_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a plain number",
    "float_parsing": "a plain number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "dict_type": "names with what belongs to each",
    "tuple_type": "a list",
    "list_type": "a list",
}


def explain(error: ValidationError, root: type[BaseModel], tree: Any, marks: Marks) -> list[Fault]:
    """Faults of a case that does not fit the schema.

    Parameters
    ----------
    error
        What the schema found.
    root
        The schema.
    tree
        The data that was checked, for what was found at each place.
    marks
        Where each part of it stands.
    """
    faults: list[Fault] = []
    choices: dict[Path, list[str]] = {}
    for finding in _meant(error.errors(include_url=False), root, tree, marks):
        loc = tuple(finding["loc"])
        if finding["type"] == "literal_error" and loc[-1] == "[key]":
            expected_name = _expected(finding, loc, root)
            message = f"no such field; expected {expected_name}" + _near_choice(str(loc[-2]), [expected_name])
            faults.append(marks.fault(loc[:-1], message, at_key=True))
        elif finding["type"] in (*_EXPECTED, *_SECTION_TYPES, "literal_error"):
            choices.setdefault(marks.known(loc), []).append(_expected(finding, loc, root))
        elif finding["type"] == "missing":
            faults.append(_missing(loc, root, marks))
        else:
            faults.extend(_other(finding, loc, root, marks))
    for path, expected in choices.items():
        found = _at(tree, path)
        if found is None:
            message = f"is empty; expected {_or(expected)}, or leave the field out"
        else:
            message = f"found {describe(found)}; expected {_or(expected)}" + _near_choice(found, expected)
        faults.append(marks.fault(path, message))
    return faults


def _meant(findings: Sequence[Any], root: type[BaseModel], tree: Any, marks: Marks) -> Iterator[Any]:
    """Findings without those of a choice that was not meant: of a list or a section, what has none of its fields."""
    idle: list[Any] = []
    for listed in (finding for finding in findings if finding["type"] in ("tuple_type", "list_type")):
        place = marks.known(listed["loc"])
        found = _at(tree, place)
        others = [one for one in findings if one is not listed and marks.known(one["loc"])[: len(place)] == place]
        if isinstance(found, dict) and others:
            fields = {name for model in _models_at(root, tuple(listed["loc"])[:-1]) for name in _field_names(model)}
            idle += [listed] if fields & found.keys() else others
    yield from (finding for finding in findings if not any(finding is one for one in idle))


def _expected(finding: Any, loc: Path, root: type[BaseModel]) -> str:
    if finding["type"] in _SECTION_TYPES:
        names = list(dict.fromkeys(name for model in _models_at(root, loc) for name in _field_names(model)))
        more = ", ..." if len(names) > _MOST_NAMED else ""
        return f"a section with {', '.join(names[:_MOST_NAMED])}{more}"
    if finding["type"] == "literal_error":
        return str(finding["ctx"]["expected"]).replace("'", "").replace(" or ", ", ")
    return _EXPECTED[finding["type"]]


def _missing(loc: Path, root: type[BaseModel], marks: Marks) -> Fault:
    if isinstance(loc[-1], int):
        return marks.fault(loc[:-1], _pair(root, loc[:-1]))
    name = str(loc[-1])
    model = next(_models_at(root, loc[:-1]), None)
    choices = _choices(model, name) if model else []
    if choices:
        return marks.fault(loc[:-1], f"is missing; expected one of {', '.join(choices)}", missing=name)
    about = _about(model, name) if model else ""
    return marks.fault(loc[:-1], f"is missing{': ' + about if about else ''}", missing=name)


def _pair(root: type[BaseModel], loc: Path) -> str:
    """What is wrong with a list that is no pair, of numbers or of names."""
    options = [option for place in _places_at(root, loc) for option in _parts(place) if get_origin(option) is tuple]
    numbers = any(float in _parts(get_args(option)[0]) for option in options)
    return "is no pair; expected two numbers, as in [6, 20]" if numbers else _PAIR


def _other(finding: Any, loc: Path, root: type[BaseModel], marks: Marks) -> Iterator[Fault]:
    kind = finding["type"]
    if kind == "extra_forbidden":
        known = sorted({name for model in _models_at(root, loc[:-1]) for name in _field_names(model)})
        near = did_you_mean(str(loc[-1]), known)
        inner = [] if "did you mean" in near else _holders(root, loc)
        yield marks.fault(loc, f"no such field{_belongs(inner) or near}", at_key=True)
        return
    cause = finding.get("ctx", {}).get("error")
    if isinstance(cause, NumberError):
        for part, message in cause.parts.items():
            yield marks.fault((*loc, *part.split(".", 1)) if part else loc, message)
        return
    at_key = bool(loc) and loc[-1] == "[key]"
    if isinstance(cause, Exception):
        message = str(cause)
    elif kind in ("string_too_short", "too_short"):
        message = "is empty"
    elif kind == "too_long":
        message = _pair(root, loc)
    else:
        message = f"found {describe(finding['input'])}; expected: {finding['msg'].removeprefix('Input should be ')}"
    yield marks.fault(loc, message, at_key=at_key)


def _holders(root: type[BaseModel], loc: Path) -> list[str]:
    """Fields of a section that lead to sections in which a field of this name would be right."""
    found: dict[str, None] = {}
    for model in _models_at(root, loc[:-1]):
        for name in _field_names(model):
            steps = ((*loc[:-1], name), (*loc[:-1], name, 0), (*loc[:-1], name, "any"))
            inner = (part for step in steps for part in _models_at(root, step) if part is not model)
            if any(str(loc[-1]) in _field_names(part) for part in inner):
                found[name] = None
    return list(found)


def _belongs(inner: Sequence[str]) -> str:
    return f" here; it belongs to {' or '.join(inner)}" if inner else ""


def _near_choice(found: Any, expected: Sequence[str]) -> str:
    if not isinstance(found, str):
        return ""
    near = did_you_mean(found, [choice.strip() for text in expected for choice in text.split(",")])
    return near if "did you mean" in near else ""


def _or(expected: Sequence[str]) -> str:
    return " or ".join(dict.fromkeys(expected))


def _at(tree: Any, path: Path) -> Any:
    for part in path:
        tree = tree[part]
    return tree


def takes_number(root: type[BaseModel], loc: Sequence[str | int]) -> bool:
    """Whether a number with its unit may stand at a place of the schema, in a flat section too."""
    places: list[Any] = [root]
    for part in loc:
        places = [step for place in places for step in (*_step(place, part), *_flat_step(place, part))]
    kinds = (Value, Content, QualityLimit)
    return any(isinstance(part, type) and issubclass(part, kinds) for place in places for part in _parts(place))


def _flat_step(place: Any, part: str | int) -> Iterator[Any]:
    """What a name means that is no field of its section: in a flat section, an entry of one of its mappings."""
    for model in _parts(place):
        if isinstance(model, type) and issubclass(model, BaseModel) and part not in set(_field_names(model)):
            for info in model.model_fields.values():
                yield from (get_args(option)[1] for option in _parts(info.annotation) if get_origin(option) is dict)


def _field_names(model: type[BaseModel]) -> Iterator[str]:
    for name, info in model.model_fields.items():
        yield info.alias or name


def _about(model: type[BaseModel], name: str) -> str:
    """First sentence of a field's description, or what kind of number it is."""
    for key, info in model.model_fields.items():
        if name not in (key, info.alias):
            continue
        text = info.description
        for part in _parts(info.annotation):
            if text is None and isinstance(part, type) and issubclass(part, Value):
                text = f"expected a number in {part.template}, as in {{value: ..., source: ...}} or with its unit"
        return (text or "").split(". ")[0].split("\n")[0].rstrip(".").replace("``", "")
    return ""


def _choices(model: type[BaseModel], name: str) -> list[str]:
    """Values of a field that has a closed list of them."""
    for key, info in model.model_fields.items():
        if name in (key, info.alias) and get_origin(info.annotation) is Literal:
            return [str(choice) for choice in get_args(info.annotation)]
    return []


def _places_at(root: type[BaseModel], loc: Sequence[str | int]) -> list[Any]:
    """Annotations of the schema that may stand at a place."""
    places: list[Any] = [root]
    for part in loc:
        following = [step for place in places for step in _step(place, part)]
        places = following or places  # a tag of a choice leads nowhere
    return places


def _models_at(root: type[BaseModel], loc: Sequence[str | int]) -> Iterator[type[BaseModel]]:
    """Sections of the schema that may stand at a place."""
    for place in _places_at(root, loc):
        for part in _parts(place):
            if isinstance(part, type) and issubclass(part, BaseModel) and not issubclass(part, Value):
                yield part


def _step(place: Any, part: str | int) -> Iterator[Any]:
    for option in _parts(place):
        origin, arguments = get_origin(option), get_args(option)
        if origin is dict:
            yield arguments[1]
        elif origin is tuple and isinstance(part, int):
            yield arguments[0]
        elif isinstance(option, type) and issubclass(option, BaseModel):
            for name, info in option.model_fields.items():
                if part in (name, info.alias):
                    yield info.annotation


def _parts(annotation: Any) -> Iterator[Any]:
    """Members of a choice, without annotations."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _parts(get_args(annotation)[0])
    elif origin in (Union, types.UnionType):
        for argument in get_args(annotation):
            yield from _parts(argument)
    elif origin is not Literal and annotation is not type(None):
        yield annotation
