"""The shipped case ``tiny`` under names that a page, a spreadsheet, a template or a file system might misread."""

import json
from pathlib import Path
from typing import Any

import yaml

TINY = Path(__file__).resolve().parents[2] / "cases" / "tiny"
#: Names of the case, one of which each odd name takes the place of.
NAMES = (
    *("smelter", "mill", "greenhouse", "A", "B", "C", "D", "natural gas", "steam", "slag", "lime", "fresh water"),
    *("process water", "steam pipe", "truck", "water pipe", "hand", "pipe street"),
)
ODD = (
    *("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "=cmd|' /C calc'!A0", "'=1+1", "''", "+1+1"),
    *("-2+3", "@SUM(1)", "{{7*7}}", "%(x)s %s", "$\\frac{1}{2}$", "a_{b^", "&amp; &lt;b&gt;", "x, y; z"),
    *("\u05de\u05e4\u05e2\u05dc", "\u0645\u0635\u0646\u0639", "\U0001f469\u200d\U0001f3ed \U0001f33f", "\u516c\u5712"),
    *("e\u0302\u0323", "Mill", "a/b\\c", "../../up", "]]>", "C:\\x", "'", '"', "#1", "TRUE", "None"),
    *("https://example.org/?a=1&b=2", "n" * 190),
)
FREE = "\u202eturned\u202c =1+1 <b>b</b> {{7*7}}\r\nnext"


def renamed(folder: Path, shift: int) -> dict[str, str]:
    """Write the case under odd names, beginning with one of them, and return name -> odd name."""
    import unicodedata

    odd = [unicodedata.normalize("NFC", name) for name in ODD]
    names = {name: odd[(shift + n) % len(odd)] for n, name in enumerate(NAMES)}

    def other(value: Any) -> Any:
        if isinstance(value, dict):
            words = ("grade", "kind")  # have words of their own
            return {names.get(k, k): inner if k in words else other(inner) for k, inner in value.items()}
        if isinstance(value, list):
            return [other(inner) for inner in value]
        return names.get(value, value) if isinstance(value, str) else value

    folder.mkdir(parents=True)
    case = other(yaml.safe_load((TINY / "case.yaml").read_text(encoding="utf-8")))
    case |= {"case": odd[shift % len(odd)], "description": FREE}
    (folder / "case.yaml").write_text(yaml.safe_dump(case, allow_unicode=True, sort_keys=False), encoding="utf-8")
    for file in ("plots", "corridors", "access_points"):
        layer = json.loads((TINY / f"{file}.geojson").read_text(encoding="utf-8"))
        for feature in layer["features"]:
            feature["properties"] = other(feature["properties"])
        (folder / f"{file}.geojson").write_text(json.dumps(layer, ensure_ascii=False), encoding="utf-8")
    return names
