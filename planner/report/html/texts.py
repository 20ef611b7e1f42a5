"""All words of the report, by language, from one catalogue each: ``texts.en.yaml`` is the English one."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from planner.errors import UsageError
from planner.report.names import isolated

_START, _END = "texts.", ".yaml"


@dataclass(frozen=True)
class Texts:
    """Words of one language.

    Attributes
    ----------
    lang
        Its code, as HTML has it.
    words
        The catalogue: names of texts, in sections.
    """

    lang: str
    words: Mapping[str, Any]

    def __call__(self, name: str, /, **values: object) -> str:
        """Return a text, with values in the place of their names.

        Raises
        ------
        KeyError
            If the catalogue has no such text.
        """
        found = str(self._found(name))
        if not values:
            return found
        return found.format(
            **{key: isolated(value) if isinstance(value, str) else value for key, value in values.items()}
        )

    def _found(self, name: str) -> Any:
        found: Any = self.words
        for part in name.split("."):
            found = found[part]
        return found

    def of(self, section: str, word: object) -> str:
        """Return what a word of a table is called: itself, where the catalogue has no other name for it."""
        return str(self.words[section].get(str(word), word))

    def indicator(self, name: str) -> str:
        """Return what an indicator is called; one of a resource with that behind it."""
        head, _, resource = name.partition(": ")
        return f"{self.of('indicators', head)}: {resource}" if resource else self.of("indicators", head)

    def count(self, name: str, number: int, /, **values: object) -> str:
        """Return a text that counts: the one for just one, or the one for any other number."""
        return self(f"{name}.{'one' if number == 1 else 'many'}", n=number, **values)

    def rows(self, name: str) -> list[dict[str, str]]:
        """Return a list of the catalogue."""
        return list(self._found(name))


def languages() -> list[str]:
    """Return the languages that there is a catalogue of."""
    names = (entry.name for entry in files("planner.report.html").iterdir())
    return sorted(n[len(_START) : -len(_END)] for n in names if n.startswith(_START) and n.endswith(_END))


@cache
def texts(lang: str) -> Texts:
    """Return the words of a language.

    Raises
    ------
    UsageError
        If there is no catalogue of it.
    """
    import yaml

    there = languages()
    if lang not in there:
        raise UsageError(f"no report in the language {lang!r}; there is: {', '.join(there)}")
    content = files("planner.report.html").joinpath(f"{_START}{lang}{_END}").read_text(encoding="utf-8")
    return Texts(lang, yaml.load(content, getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
