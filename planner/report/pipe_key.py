"""Mains, trenches and the exchanges over mains in the key of the map."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from planner.report.legend import TRENCH, Entry, Stroke, entries
from planner.report.numbers import amount, natural
from planner.report.pipes import Pipework
from planner.report.runs import Run


def mains_of(work: Pipework) -> dict[str, list[Run]]:
    """Main -> what is in service of it, one a stretch and size; in the order of the resources and names."""
    found: dict[str, dict[tuple[str, str, bool], Run]] = defaultdict(dict)
    for track in work.tracks:
        if track.run.main:
            found[track.run.carrier][track.run.stretch, track.run.size, track.run.existing] = track.run
    order = sorted(found, key=lambda name: (list(found[name].values())[0].resource, name))
    return {name: list(found[name].values()) for name in order}


def pipe_symbols(work: Pipework) -> list[Entry]:
    """Rows of the key for what pipes and trenches look like."""
    rows = []
    shown = {track.run.stretch for track in work.tracks}
    used = [there for stretch, there in work.trenches.items() if stretch in shown]
    if not all(used):
        rows.append(Entry("trench with its pipes", fill=TRENCH))
    if any(used):
        rows.append(Entry("trench that was there before (edge dashed)", fill=TRENCH))
    if any(track.run.existing for track in work.tracks):
        rows.append(Entry("pipe that was there before (hollow)", line=("#444444", "solid", 3.2), hollow=True))
    if work.tracks:
        by = "bore" if any(track.run.bore_mm > 0 for track in work.tracks) else "capacity"
        rows.append(Entry(f"wider pipe: larger {by}; arrows: net flow"))
    if work.over:
        rows.append(Entry("numbers: filled where put in, open where taken out"))
    return rows


def pipe_entries(work: Pipework, drawn: Sequence[Stroke]) -> list[Entry]:
    """Rows of the key for each main, with the exchanges over it below; then those of all other links."""
    rows = []
    mains = mains_of(work)
    numbered = [work.over[stroke.exchange] for stroke in drawn if stroke.exchange in work.over]
    for main in dict.fromkeys([*numbered, *mains]):
        over = [stroke for stroke in drawn if work.over.get(stroke.exchange) == main]
        found = mains.get(main, [])
        rows.append(_main(main, found, work) if found else Entry(main, "on one plot only"))
        rows += [Entry("", stroke.brief, number=stroke.number, ring=stroke.colour) for stroke in over]
    return rows + entries([_as_drawn(stroke, work) for stroke in drawn if stroke.exchange not in work.over])


def _as_drawn(stroke: Stroke, work: Pipework) -> Stroke:
    """The stroke of a link, as wide as its pipe where that lies in a trench."""
    own = [track.run for track in work.tracks if track.run.carrier in work.carriers.get(stroke.exchange, ())]
    return replace(stroke, width=max(map(work.width, own))) if own else stroke


def _main(main: str, found: Sequence[Run], work: Pipework) -> Entry:
    largest = max(found, key=work.width)
    title = f"{largest.resource}: {main.partition(':')[0]}"
    look = (*work.looks[largest.resource], work.width(largest))
    return Entry(title, metres_by_size(found), line=look, hollow=all(run.existing for run in found))


def metres_by_size(found: Sequence[Run]) -> str:
    """Metres of each size, and of all: "DN 80: 120 m, DN 150: 600 m, in all 720 m"."""
    by_size: dict[str, float] = defaultdict(float)
    for run in found:
        size = run.size or "sized to need"
        if run.existing and not size.startswith("existing"):
            size = f"existing {size}"
        by_size[size] += run.pipes * run.length_m
    words = [f"{size}: {amount(round(by_size[size]))} m" for size in sorted(by_size, key=natural)]
    if len(words) > 1:
        words.append(f"in all {amount(round(sum(by_size.values())))} m")
    return ", ".join(words)
