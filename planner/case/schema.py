"""The JSON Schema of a case file, for editors that complete and check it."""

import json
from pathlib import Path
from typing import Any

from planner.case.case import Case

SCHEMA_FILE = Path(__file__).with_name("case.schema.json")


def schema_of_case() -> dict[str, Any]:
    """JSON Schema of a case file.

    Put ``# yaml-language-server: $schema=case.schema.json`` in the first line of a case to have an editor use it.
    """
    described = Case.model_json_schema(by_alias=True, mode="validation")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **described,
        "title": "Case of an eco-industrial park",
    }


def schema() -> str:
    """The schema as text, as the file ``case.schema.json`` beside this module holds it."""
    return json.dumps(schema_of_case(), indent=2, ensure_ascii=False) + "\n"
