"""Writes a case as YAML again: every number in its documented unit, with its range, source and grade."""

import re
from typing import Any

import yaml
from pydantic.fields import FieldInfo

from planner.case.case import Case
from planner.case.qualities import Content
from planner.case.values import Rate, Section, Value

_HEADER = """\
# The case as it was read: tables merged in, every number converted into the unit of its place,
# prices in {currency} of {year}. It can be read, planned and audited like any case.
# given: how a yearly rate was written before it was converted; delete it where you change the number.
"""


_OF_A_NUMBER = frozenset(
    {"value", "unit", "given", "low", "high", "source", "grade", "basis", "year", "note", "profile", "periods"}
)


class _InOneLine(dict[str, Any]):
    """A mapping that is written in one line."""


class _Dumper(yaml.SafeDumper):
    """Writes text in quotes wherever the reader would take it for something else."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  (the reader reads no aliases)
        return True


_Dumper.add_representer(
    _InOneLine, lambda dumper, data: dumper.represent_mapping("tag:yaml.org,2002:map", data, flow_style=True)
)
_Dumper.add_representer(float, lambda dumper, number: dumper.represent_scalar("tag:yaml.org,2002:float", _text(number)))
_Dumper.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$"), list("-+.0123456789")
)


def rewrite(case: Case) -> str:
    """YAML of a case that reads back as an equal one."""
    return _HEADER.format(currency=case.currency, year=case.price_year) + as_yaml(_plain(case))


def as_yaml(tree: Any) -> str:
    """YAML of plain data as the reader of cases reads it back; numbers with their sources stand in one line."""
    return str(
        yaml.dump(
            _lined(tree), Dumper=_Dumper, allow_unicode=True, sort_keys=False, default_flow_style=False, width=2**20
        )
    )


def in_line(value: Any) -> str:
    """YAML of a value in one line, as it may stand anywhere in a file."""
    text = yaml.dump([value], Dumper=_Dumper, default_flow_style=True, width=2**20, allow_unicode=True, sort_keys=False)
    return str(text).strip()[1:-1]


def _lined(node: Any) -> Any:
    """Plain data whose numbers are written in one line."""
    if isinstance(node, dict) and not isinstance(node, _InOneLine):
        parts = {key: _lined(item) for key, item in node.items()}
        return _InOneLine(parts) if "value" in parts and parts.keys() <= _OF_A_NUMBER else parts
    return [_lined(item) for item in node] if isinstance(node, list) else node


def _plain(node: Any) -> Any:
    if isinstance(node, Value):
        return _number(node)
    if isinstance(node, Content) and not node.model_fields_set:
        return "unknown"
    if isinstance(node, Section):
        fields = type(node).model_fields.items()
        return {
            info.alias or name: _plain(item)
            for name, info in fields
            if not _is_default(item := getattr(node, name), info)
        }
    if isinstance(node, dict):
        return {str(key): _plain(item) for key, item in node.items()}
    if isinstance(node, tuple):
        return [_plain(item) for item in node]
    return node


def _number(value: Value) -> _InOneLine:
    fields: dict[str, Any] = {"value": value.value, "unit": value.unit}
    if isinstance(value, Rate) and value.of_a_year:
        fields["given"] = value.given  # so that what rests on it is the same for whoever reads the copy
    for name in ("low", "high", "source", "grade", "basis", "year", "note", "profile"):
        if (item := getattr(value, name)) is not None:
            fields[name] = item
    if value.periods:
        fields["periods"] = _InOneLine({name: number for name, number, _ in value.periods})
    return _InOneLine(fields)


def _is_default(item: Any, info: FieldInfo) -> bool:
    """Whether a field would be the same if it were left out."""
    if info.is_required():
        return False
    return bool(item == info.get_default(call_default_factory=True, validated_data={}))


def _text(number: float) -> str:
    """The shortest text that reads back as the same number, and as a number."""
    text = repr(number)
    return text if "." in text or "e" not in text else text.replace("e", ".0e")
