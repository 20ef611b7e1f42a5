"""Rediscovery: which exchanges of real parks ``planner match`` finds from their plants alone.

``python -m benchmarks.match [NAME ...]``. Substitutions and exchanges are taken out of the case, and three ways tried:

names      resources as the case names them: what shares a name is given away by it, and is counted apart
renamed    every plant calls its own stream as it would, no name is shared, no synonym of the case is left
nameless  streams are numbered: only waste codes, industries, kinds and levels of heat can match
plants     parks that are no shipped case (``parks.yaml``): plants and streams, each under a name of its own

Of what is proposed "built" was built, "admitted" is what the case itself admits besides, "new" is neither and judged
plausible by hand, "false" is forbidden by the case or judged physically wrong; what nobody has judged is told.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree
from typing import Any

import yaml

from planner.case.case import Case
from planner.case.pairs import pairs
from planner.case.read import read_case
from planner.match.match import match

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(__file__).parent / "data" / "match" / "rediscovery.yaml"
PARKS = DATA.with_name("parks.yaml")
#: Kind and unit of a stream of a park.
_KINDS = {"material": "t", "water": "m3", "gas": "t", "heat": "MWh"}
WAYS = ("names", "renamed", "nameless")
Pair = tuple[str, str, str, str]


@dataclass(frozen=True)
class Found:
    """What one way found of one case; pairs by the names of the case."""

    case: str
    way: str
    built: int
    by_name: tuple[Pair, ...]
    by_match: tuple[Pair, ...]
    missed: tuple[Pair, ...]
    admitted: tuple[Pair, ...]
    new: tuple[Pair, ...]
    false: tuple[Pair, ...]
    unjudged: tuple[Pair, ...]
    seconds: float

    @property
    def share(self) -> float:
        """Share of the built exchanges that was found."""
        return (len(self.by_name) + len(self.by_match)) / self.built


def facts() -> dict[str, Any]:
    """Cases, what was built in them, names and judgements."""
    read: dict[str, Any] = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return read


def rediscover(name: str, way: str) -> Found:
    """Strip a shipped case, match it and compare with what was built."""
    known = facts()[name]
    with tempfile.TemporaryDirectory() as folder:
        stripped, original = stripped_case(name, way, Path(folder))
        case = read_case(stripped)
    whole = read_case(ROOT / "cases" / name)
    before = time.perf_counter()
    found = match(case)
    seconds = time.perf_counter() - before

    def as_named(giver: Any, taker: Any) -> Pair:
        ends = [(end.unit, original.get((end.unit, end.stream.name), end.stream.name)) for end in (giver, taker)]
        return (*ends[0], *ends[1])

    proposed = {as_named(one.giver, one.taker) for one in found.proposals}
    anyway = {as_named(one.giver, one.taker) for one in found.anyway}
    built = [tuple(pair) for pair in known["built"]]
    admitted = {(pair.outlet.unit, pair.outlet.name, pair.inlet.unit, pair.inlet.name) for pair in pairs(whole)}
    judged = {tuple(one["pair"]): one["verdict"] for one in known["judged"]}
    judged |= dict.fromkeys(_forbidden(whole), "wrong")
    beyond = sorted(proposed - set(built) - admitted)
    return Found(
        case=name,
        way=way,
        built=len(built),
        by_name=tuple(pair for pair in built if pair in anyway),
        by_match=tuple(pair for pair in built if pair in proposed - anyway),
        missed=tuple(pair for pair in built if pair not in proposed | anyway),
        admitted=tuple(sorted((proposed & admitted) - set(built))),
        new=tuple(pair for pair in beyond if judged.get(pair) == "new"),
        false=tuple(pair for pair in beyond if judged.get(pair) == "wrong"),
        unjudged=tuple(pair for pair in beyond if pair not in judged),
        seconds=seconds,
    )


def _forbidden(case: Case) -> set[Pair]:
    """Pairs of streams that entries of a case forbid by name."""
    return {
        (one.from_ or "", one.stream or "", one.to or "", one.into or "") for one in case.exchanges if one.forbidden
    }


def parks() -> dict[str, Any]:
    """Parks that are no shipped case: plants, what was built among them, judgements."""
    read: dict[str, Any] = yaml.safe_load(PARKS.read_text(encoding="utf-8"))
    return read


def rediscover_park(name: str) -> Found:
    """Match a park of ``parks.yaml`` and compare with what was built."""
    known = parks()[name]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "case.yaml"
        file.write_text(yaml.safe_dump(_park(name, known["plants"]), sort_keys=False), encoding="utf-8")
        case = read_case(file, sited=False)
    before = time.perf_counter()
    found = match(case)
    seconds = time.perf_counter() - before
    proposed = {one.key for one in found.proposals}
    built = [tuple(pair) for pair in known["built"]]
    judged = {tuple(one["pair"]): one["verdict"] for one in known["judged"]}
    beyond = sorted(proposed - set(built))
    return Found(
        case=name,
        way="plants",
        built=len(built),
        by_name=(),
        by_match=tuple(pair for pair in built if pair in proposed),
        missed=tuple(pair for pair in built if pair not in proposed),
        admitted=(),
        new=tuple(pair for pair in beyond if judged.get(pair) == "new"),
        false=tuple(pair for pair in beyond if judged.get(pair) == "wrong"),
        unjudged=tuple(pair for pair in beyond if pair not in judged),
        seconds=seconds,
    )


def _park(name: str, plants: dict[str, Any]) -> dict[str, Any]:
    """A case of plants and streams alone: every stream 1 an hour, of a resource of its own."""
    tree: dict[str, Any] = {"case": name, "currency": "EUR", "price_year": 2025, "resources": {}, "plants": {}}
    tree["economics"] = {"discount_rate": 0.08}
    for unit, told in plants.items():
        made = tree["plants"][unit] = {"nace": told["nace"], "sources": {}, "sinks": {}}
        for side, field in (("sources", "gives"), ("sinks", "takes")):
            for stream, (kind, *more) in told.get(field, {}).items():
                resource = (
                    {"kind": "gas", "unit": "MWh"} if kind == "fuel gas" else {"kind": kind, "unit": _KINDS[kind]}
                )
                for one in more:
                    resource |= (
                        {"heat": {"steam": one.removeprefix("steam ")}} if kind == "heat" else {"waste_code": one}
                    )
                tree["resources"][stream] = resource | {"price": 1, "discharge": {"route": "as today"}}
                made[side][stream] = {"rate": 1}
    return tree


def stripped_case(name: str, way: str, folder: Path) -> tuple[Path, dict[tuple[str, str], str]]:
    """A copy of a shipped case from its plants alone, and (unit, its new name) -> the stream's own name."""
    copy = Path(copytree(ROOT / "cases" / name, folder / name))
    tree = yaml.safe_load((copy / "case.yaml").read_text(encoding="utf-8"))
    for section in ("substitutions", "exchanges"):
        tree.pop(section, None)
    original: dict[tuple[str, str], str] = {}
    if way != "names":
        new_names = _numbered(tree) if way == "nameless" else facts()[name]["names"]
        for unit, section in _streams(tree):
            for stream in list(section):
                called = new_names[unit][stream]
                _rename(tree, section, stream, called)
                original[unit, called] = stream
    (copy / "case.yaml").write_text(yaml.safe_dump(tree, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return copy, original


def _streams(tree: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every section of streams: unit, and its streams by name."""
    for kind in ("plants", "partners"):
        for unit, tenant in tree.get(kind, {}).items():
            heat = tenant.get("process_heat", {})
            for section in (tenant.get("sources"), tenant.get("sinks"), heat.get("takes"), heat.get("gives")):
                if section:
                    yield unit, section
    for unit, facility in tree.get("facilities", {}).items():
        for field in ("inputs", "outputs"):
            if facility.get(field):
                yield unit, facility[field]


def _numbered(tree: dict[str, Any]) -> dict[str, dict[str, str]]:
    names: dict[str, dict[str, str]] = {}
    count = 0
    for unit, section in _streams(tree):
        for stream in section:
            count += 1
            names.setdefault(unit, {})[stream] = f"item {count}"
    return names


def _rename(tree: dict[str, Any], section: dict[str, Any], stream: str, called: str) -> None:
    """Give a stream a resource of its own under a new name, without synonyms and without words on its basis."""
    resource = deepcopy(tree["resources"][stream])
    for told in ("synonyms", "basis", "note"):
        resource.pop(told, None)
    tree["resources"][called] = resource
    items = list(section.items())
    section.clear()
    section.update({called if key == stream else key: value for key, value in items})


def main(argv: list[str] | None = None) -> int:
    """Print the table; exit code 1 where something is proposed that nobody has judged."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=[], metavar="NAME")
    names = parser.parse_args(argv).names or [*facts(), *parks()]
    print(
        f"{'case':<18}{'way':<10}{'found':>12}{'by name':>9}{'by match':>10}{'admitted':>10}{'new':>5}{'false':>7}  s"
    )
    unjudged = 0
    for name in names:
        tried = (rediscover(name, way) for way in WAYS) if name in facts() else iter([rediscover_park(name)])
        for one in tried:
            found = f"{len(one.by_name) + len(one.by_match)} of {one.built}"
            counts = (len(one.by_name), len(one.by_match), len(one.admitted), len(one.new), len(one.false))
            shown = "".join(f"{count:>{width}}" for count, width in zip(counts, (9, 10, 10, 5, 7), strict=True))
            print(f"{name:<18}{one.way:<10}{found:>12}{shown}  {one.seconds:.3f}")
            for word, told in (
                ("missed", one.missed),
                ("new", one.new),
                ("FALSE", one.false),
                ("NOT JUDGED", one.unjudged),
            ):
                for pair in told:
                    print(f"    {word}: {pair[0]} / {pair[1]} -> {pair[2]} / {pair[3]}")
            unjudged += len(one.unjudged)
    return 1 if unjudged else 0


if __name__ == "__main__":
    sys.exit(main())
