"""Whether words mention somebody: any of some names, however they are written, but not within a longer known name."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cached_property

#: Scripts that part no words, or join endings to them: a name is found within a word there.
_UNPARTED = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "LAO", "KHMER", "MYANMAR")


class Mentions:
    """Finds names of others in words.

    Parameters
    ----------
    others
        Names that must not be told.
    known
        Names that may be told, also where they hold one of the others ("paper mill", "mill").
    """

    def __init__(self, others: Iterable[str], known: Iterable[str] = ()) -> None:
        fine = {plainly(name) for name in known}
        self._others = {plainly(name): name for name in others if name and plainly(name) not in fine}
        self._all = {*self._others, *fine} - {""}

    def of(self, words: str) -> list[str]:
        """The names that words mention, each once."""
        if not self._others:
            return []
        found = (match[0] for match in self._pattern.finditer(plainly(words)))
        return list(dict.fromkeys(self._others[name] for name in found if name in self._others))

    @cached_property
    def _pattern(self) -> "re.Pattern[str]":
        return re.compile("|".join(_alone(name) for name in sorted(self._all, key=lambda name: (-len(name), name))))


def plainly(words: str) -> str:
    """Words in one way of writing: capital or small, composed or not, wide or narrow."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", words).casefold())


def _alone(name: str) -> str:
    """What finds a name that is no part of a longer word."""
    before, after = ("" if _unparted(name[at]) else look for at, look in ((0, r"(?<!\w)"), (-1, r"(?!\w)")))
    return f"{before}{re.escape(name)}{after}"


def _unparted(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith(_UNPARTED)
