"""Names of resources, brought to one spelling and recognised as what the library knows.

No letters are guessed: two names are the same where their words are, after case, accents, hyphens, British and
American spelling and plurals are evened out, and "X from Y" is read as "Y X". A name is what its last words say: "fly
ash bricks" are bricks. What stands before may say more ("surplus refinery gas").
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

#: British spelling by American, by whole word.
_SPELLING = {
    "sulfur": "sulphur",
    "sulfate": "sulphate",
    "sulfuric": "sulphuric",
    "sulfide": "sulphide",
    "desulfurization": "desulphurisation",
    "desulfurisation": "desulphurisation",
    "desulphurization": "desulphurisation",
    "fiber": "fibre",
    "aluminum": "aluminium",
    "fertilizer": "fertiliser",
    "pulverized": "pulverised",
    "tire": "tyre",
    "mold": "mould",
    "molding": "moulding",
    "demineralized": "demineralised",
    "hydrolyzed": "hydrolysed",
    "neutralized": "neutralised",
    "center": "centre",
    "grey": "gray",
}
#: Joined words that are also written apart.
_JOINED = {
    "flyash": "fly ash",
    "wastewater": "waste water",
    "rainwater": "rain water",
    "stormwater": "storm water",
    "groundwater": "ground water",
    "feedwater": "feed water",
    "makeup": "make up",
    "plasterboard": "plaster board",
    "wallboard": "wall board",
    "drywall": "dry wall",
    "fishmeal": "fish meal",
    "offgas": "off gas",
    "offcut": "off cut",
    "biomethane": "bio methane",
    "microsilica": "micro silica",
    "phosphogypsum": "phospho gypsum",
    "fluegas": "flue gas",
    "feedstuff": "feed stuff",
    "greywater": "gray water",
}
_TURNED = frozenset({"from", "of", "for"})
_DROPPED = frozenset({"the", "a", "an", "and", "or", "at", "s"})
#: What comes behind these says nothing of what it is.
_BEHIND = frozenset({"to", "in", "into", "by", "without", "with", "less", "excluding"})
#: Words whose number belongs to what it is.
_NUMBERED = frozenset({"category", "cat", "class", "type", "grade", "cem"})
#: Words before a name that take it back.
_NEGATING = frozenset({"non", "not", "no", "pre", "semi", "un", "partly", "partially"})
#: Words behind a name that say its state, not what it is.
_STATES = frozenset({"wet", "dry", "dried", "bulk", "surplus", "excess", "raw", "demand", "need", "supply", "stream"})
_KEPT = frozenset({"bus", "lens", "ddgs"})
_MEASURE = re.compile(r"\d+([.,]\d+)?|bar|barg|degc|kg|mwh|gj")
_BRACKETS = re.compile(r"\([^)]*\)?|\[[^\]]*\]?")
_SEPARATORS = re.compile(r"[,;/&+]|\band\b|\bor\b", re.IGNORECASE)
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


@lru_cache(maxsize=65536)
def words_of(name: str) -> tuple[str, ...]:
    """Words of a name that say what it is, in one spelling and order: nothing in brackets, no state, no number.

    Parameters
    ----------
    name
        As somebody wrote it.
    """
    kept = _turned(_words(_BRACKETS.sub(" ", name)))
    while len(kept) > 1 and (kept[-1] in _STATES or _MEASURE.fullmatch(kept[-1])) and kept[-2] not in _NUMBERED:
        kept.pop()
    return tuple(kept)


@lru_cache(maxsize=65536)
def spelling_of(name: str) -> tuple[str, ...]:
    """All words of a name in one spelling, in the order they stand: two names with the same are one name."""
    return tuple(word for word in _words(name) if word not in _DROPPED)


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.translate(_SUBSCRIPTS).replace("ß", "ss").casefold())
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    found = []
    for word in re.findall(r"[^\W_]+", plain):
        single = _SPELLING.get(word, word)
        single = _SPELLING.get(_singular(single), _singular(single))
        found += _JOINED.get(single, single).split()
    return " ".join(found).replace("carbon dioxide", "co2").replace("by product", "byproduct").split()


def _singular(word: str) -> str:
    """The singular of an English plural; other words as they are."""
    if len(word) < 4 or word in _KEPT or not word.endswith("s") or word.endswith(("ss", "us", "is", "gas")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("ashes", "shes", "ches", "xes", "sses")):
        return word[:-2]
    return word[:-1]


def _turned(words: list[str]) -> list[str]:
    """Words of "ash of coal" as "coal ash"; what comes behind "without" or "to" is left out."""
    for place, word in enumerate(words):
        if not place:
            continue
        if word in _BEHIND or (word == "free" and words[place + 1 : place + 2] == ["of"]):
            return _turned(words[:place])
        if word in _TURNED:
            return _turned(words[place + 1 :]) + _turned(words[:place])
    return [word for word in words if word not in _DROPPED]


@lru_cache(maxsize=65536)
def phrase_of(text: str) -> str:
    """All words of a text in one spelling, brackets too, in the order they stand, with a blank at both ends."""
    return f" {' '.join(_words(text))} "


def holds_any(text: str, phrases: Iterable[str]) -> str | None:
    """The first phrase that stands in a text as whole words, if any.

    Parameters
    ----------
    text
        As of :func:`phrase_of`.
    phrases
        Likewise.
    """
    return next((phrase.strip() for phrase in phrases if phrase in text), None)


class Lexicon:
    """Names by their words.

    Parameters
    ----------
    names
        Key -> names that mean it.
    alone
        Key -> names that mean it only without a word before.
    """

    def __init__(self, names: Mapping[str, Iterable[str]], alone: Mapping[str, Iterable[str]] | None = None) -> None:
        self._keys = _by_words(names)
        self._alone = _by_words(alone or {})
        self._longest = max((len(words) for words in self._keys), default=0)

    def recognise(self, name: str) -> tuple[tuple[str, ...], bool]:
        """What a name means, by the longest of the known names at its end; of a list ("clay and sand") each part.

        Returns
        -------
        tuple of str, bool
            Keys, none where nothing is known; and whether the whole name is known, with no word before.
        """
        keys, whole = self._end(words_of(name))
        if keys:
            return keys, whole
        parts = [part for part in _SEPARATORS.split(_BRACKETS.sub(" ", name)) if part.strip()]
        if len(parts) < 2:
            return self._in_brackets(name), False
        return tuple(dict.fromkeys(key for part in parts for key in self._end(words_of(part))[0])), False

    def _in_brackets(self, name: str) -> tuple[str, ...]:
        """What the words in brackets mean, where those before them say nothing: "white mass (lime mud)"."""
        told = [part.strip("()[] ") for part in _BRACKETS.findall(name)]
        meant = (part for part in told if part and not {*_words(part)[:1]} & (_NEGATING | _BEHIND))
        return tuple(dict.fromkeys(key for part in meant for key in self._end(words_of(part))[0]))

    def _end(self, words: tuple[str, ...]) -> tuple[tuple[str, ...], bool]:
        if words in self._alone:
            return tuple(self._alone[words]), True
        for length in range(min(len(words), self._longest), 0, -1):
            found = self._keys.get(words[-length:])
            if found is not None and not (length < len(words) and words[-length - 1] in _NEGATING):
                return tuple(found), length == len(words)
        return (), False


def _by_words(names: Mapping[str, Iterable[str]]) -> dict[tuple[str, ...], list[str]]:
    found: dict[tuple[str, ...], list[str]] = {}
    for key, texts in names.items():
        for text in texts:
            known = found.setdefault(words_of(text), [])
            if key not in known:
                known.append(key)
    return found
