"""The sharing of a finished run as it was told last, for whoever shows the run; nothing is solved here."""

import json
from pathlib import Path
from typing import Any

#: Folder of a run that holds it, its file, and what that is.
FOLDER, FILE, SCHEMA = "sharing", "sharing.json", "planner-sharing/1"


def sharing_of(out: str | Path) -> dict[str, Any] | None:
    """What ``planner share`` wrote into a finished run; None if nothing, or of another plan than stands there now.

    Tables are lists of rows under ``"sharing"``, ``"sharing_rules"`` and ``"coalitions"``; what is not known is None.
    """
    told, results = _read(Path(out) / FOLDER / FILE), _read(Path(out) / "results.json")
    if told.get("schema") != SCHEMA or told.get("created") != results.get("created"):
        return None
    case, of = told.get("case") or {}, results.get("case") or {}
    return told if case.get("resolved_sha256") == of.get("resolved_sha256") else None


def _read(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
