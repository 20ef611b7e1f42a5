"""The JSON Schema of a case file, for editors that complete and check it."""

import json
from pathlib import Path
from typing import Any

from planner.case.case import Case

#: End of the name of a part as it holds in a variant.
_OF_VARIANT = "InVariant"

#: Cases in which no archetype fills anything in; of the others, as of variants, every field may be left out.
_WITHOUT_ARCHETYPES = {
    "properties": {
        kind: {"additionalProperties": {"not": {"required": ["archetype"]}}} for kind in ("plants", "partners")
    }
}

SCHEMA_FILE = Path(__file__).with_name("case.schema.json")


def schema_of_case() -> dict[str, Any]:
    """JSON Schema of a case file.

    Put ``# yaml-language-server: $schema=case.schema.json`` in the first line of a case to have an editor use it.
    """
    described = Case.model_json_schema(by_alias=True, mode="validation")
    parts = described.pop("$defs") | {"Case": described}
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Case of an eco-industrial park",
        "description": described.pop("description"),
        "type": "object",
        "properties": {name: _about(part) for name, part in described["properties"].items()},
        "additionalProperties": described.pop("additionalProperties"),
    }
    return head | {
        "if": {"anyOf": [{"required": ["based_on"]}, {"not": _WITHOUT_ARCHETYPES}]},
        "then": {"$ref": f"#/$defs/Case{_OF_VARIANT}"},
        "else": {"$ref": "#/$defs/Case"},
        "$defs": parts | {f"{name}{_OF_VARIANT}": _of_variant(part) for name, part in parts.items()},
    }


def _of_variant(described: Any) -> Any:
    """A part of the schema as it holds in a variant: every field may be left out, or deleted with ``~``.

    Lists are replaced whole, so that what stands in them is as in any case.
    """
    if isinstance(described, list):
        return [_of_variant(part) for part in described]
    if not isinstance(described, dict):
        return described
    loose: dict[str, Any] = {}
    for key, part in described.items():
        if key == "properties":
            loose[key] = {name: _or_nothing(_of_variant(field)) for name, field in part.items()}
        elif key == "additionalProperties" and isinstance(part, dict):
            loose[key] = _or_nothing(_of_variant(part))
        elif key == "$ref":
            loose[key] = part + _OF_VARIANT
        elif key in ("items", "prefixItems"):
            loose[key] = part
        elif key in ("anyOf", "oneOf"):
            loose |= {"anyOf": parts} if all(parts := _of_variant(part)) else {}
        elif key not in ("required", "default"):
            loose[key] = part
    return loose


def _or_nothing(described: dict[str, Any]) -> dict[str, Any]:
    nothing = {"type": "null"}
    if nothing in described.get("anyOf", ()):
        return described
    return _about(described) | {"anyOf": [described, nothing]}


def _about(described: dict[str, Any]) -> dict[str, Any]:
    return {key: described[key] for key in ("title", "description") if key in described}


def schema() -> str:
    """The schema as text, as the file ``case.schema.json`` beside this module holds it."""
    return json.dumps(schema_of_case(), indent=1, ensure_ascii=False) + "\n"
