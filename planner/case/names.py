"""What may be a name: something that can be read aloud."""

import re
from typing import Any

#: What joins or parts two letters that are not Latin: in Persian, in Indic scripts, in a sign made of several.
_JOINERS = re.compile(r"(?<=[^\x00-\x7f])[\u200c\u200d](?=[^\x00-\x7f])")


def name_of(raw: Any) -> Any:
    """A name; a whole number (plot 3) is read as text, and what cannot be read aloud is refused."""
    if isinstance(raw, int) and not isinstance(raw, bool):
        return str(raw)
    if not isinstance(raw, str):
        return raw
    if raw != raw.strip():
        raise ValueError(f'"{raw}" has a blank in front or at its end; delete it')
    if not _JOINERS.sub("", raw).isprintable():
        raise ValueError("holds a control character or a line break; delete it")
    if len(raw) > 200:
        raise ValueError("is longer than 200 characters")
    return raw
