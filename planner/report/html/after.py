"""What other commands found out about a finished run, as they left it in the run's folder: read, never required."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

#: Command -> the file in the folder of a run that holds its whole answer, and the schema of that file.
FILES: Mapping[str, tuple[str, str]] = {
    "share": ("sharing/sharing.json", "planner-sharing/1"),
    "exits": ("resilience/resilience.json", "planner-resilience/1"),
    "why": ("why/why.json", "planner-why/1"),
}


def answers(out: Path) -> dict[str, dict[str, Any]]:
    """Answers of ``planner share``, ``exits`` and ``why`` in the folder of a run; of another case or schema none."""
    mine = _read(out / "results.json").get("case") or {}
    found = {}
    for command, (name, schema) in FILES.items():
        answer = _read(out / name)
        case = answer.get("case") or {}
        if answer.get("schema") == schema and case.get("resolved_sha256") == mine.get("resolved_sha256"):
            found[command] = answer
    return found


def _read(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
