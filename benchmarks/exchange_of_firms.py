"""A waste exchange of many firms, synthetic, of fixed seed, and how long ``planner screen`` takes on it.

    python -m benchmarks.exchange_of_firms             150, 300, 600 and 1,200 firms: CPU seconds, memory
    python -m benchmarks.exchange_of_firms --write DIR [--firms N]   the case itself

Burnside (Dartmouth, Nova Scotia) has some 1,200 to 1,500 firms; nothing else here is Burnside's. Firms, streams, prices
and places are drawn at random: four sources and four sinks each, of 80 resources, on a square of 8 km.
"""

import argparse
import csv
import json
import math
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SEED = 20
FIRMS = (150, 300, 600, 1200)
RESOURCES = 80
STREAMS = 8
SIDE_M = 8000

_HEAD = """case: Synthetic waste exchange of {firms} firms
description: Synthetic. Drawn at random with seed {seed}; every number is an assumption, made to measure a computer.
currency: EUR
price_year: 2025
crs: EPSG:25832
economics: {{discount_rate: 7 %}}
geography: {{plots: plots.geojson, without_corridors: straight}}
tables: {{streams: streams.csv}}
"""


def write_case(folder: Path, firms: int, seed: int = SEED) -> Path:
    """Write the case of so many firms."""
    folder.mkdir(parents=True, exist_ok=True)
    dice = random.Random(seed)
    lines = [_HEAD.format(firms=firms, seed=seed), "resources:"]
    for n in range(RESOURCES):
        kind = "water" if n % 10 == 0 else "gas" if n % 10 == 1 else "material"
        unit = "m3" if kind == "water" else "t"
        links = {"water": "[water pipe]", "gas": "[gas pipe]", "material": "[truck, rail car]"}[kind]
        waste = "non-hazardous" if kind == "material" and n % 3 else "none"
        price, tip, co2e = dice.uniform(2, 250), dice.uniform(0, 90), dice.uniform(0, 1.5)
        if kind == "water":
            price, tip, co2e = dice.uniform(0.5, 3), dice.uniform(0.2, 4), 0.0003
        lines.append(
            f"  stuff {n:02d}: {{kind: {kind}, unit: {unit}, price: {price:.2f}, co2e: {{supply: {co2e:.4f}}}, "
            f"carried_by: {links}, discharge: {{route: disposal, cost: {tip:.2f}, waste: {waste}}}}}"
        )
    lines.append("substitutions:")
    for n in range(4, RESOURCES, 10):
        lines.append(f"  - {{from: stuff {n:02d}, to: stuff {n + 1:02d}, ratio: {dice.uniform(0.4, 1):.2f}}}")
    lines.append("links:")
    for name, unit in (("water pipe", "m3"), ("gas pipe", "t")):
        sizes = ", ".join(
            f"{{size: DN {dn}, capacity: {dn * dn / 500:.1f} {unit}/h, investment: {120 + 1.6 * dn:.0f} EUR/m}}"
            for dn in (80, 150, 300)
        )
        lines.append(f"  {name}: {{kind: pipe, maintenance: 1 %, sizes: [{sizes}]}}")
    lines.append("  truck: {kind: truck, detour: 1.3, cost: 0.2, loading: 4, co2e: 0.1 kg/t/km}")
    lines.append("  rail car: {kind: rail, detour: 1.6, cost: 0.05, loading: 11, co2e: 0.02 kg/t/km}")
    lines.append("plants:")
    lines += [
        f"  firm {k:04d}: {{plot: P{k:04d}, hours: {dice.choice((2000, 4000, 6000, 8400))}}}" for k in range(firms)
    ]
    (folder / "case.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    _write_streams(folder, firms, dice)
    _write_plots(folder, firms, dice)
    return folder


def _write_streams(folder: Path, firms: int, dice: random.Random) -> None:
    bases = ("metered", "invoiced", "design", "estimate")
    with (folder / "streams.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["plant", "direction", "stream", "rate", "rate.basis", "rate.grade"])
        for k in range(firms):
            for n, which in enumerate(dice.sample(range(RESOURCES), STREAMS)):
                unit = "m3" if which % 10 == 0 else "t"
                rate = f"{dice.lognormvariate(4.5, 1.5) * (100 if unit == 'm3' else 1):.1f} {unit}/yr"
                side = "source" if n % 2 else "sink"
                out.writerow(
                    [f"firm {k:04d}", side, f"stuff {which:02d}", rate, dice.choice(bases), dice.choice("ABC")]
                )


def _write_plots(folder: Path, firms: int, dice: random.Random) -> None:
    features = []
    across = math.ceil(math.sqrt(firms))
    mesh = SIDE_M / across
    for k, cell in enumerate(dice.sample(range(across * across), firms)):  # one plot a cell, so that none overlap
        x = 500_000 + mesh * (cell % across) + dice.uniform(0, mesh - 45)
        y = 6_000_000 + mesh * (cell // across) + dice.uniform(0, mesh - 45)
        ring = [[x, y], [x + 40, y], [x + 40, y + 40], [x, y + 40], [x, y]]
        shape = {"type": "Polygon", "coordinates": [[[round(a, 1), round(b, 1)] for a, b in ring]]}
        features.append({"type": "Feature", "properties": {"name": f"P{k:04d}"}, "geometry": shape})
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}
    text = json.dumps({"type": "FeatureCollection", "crs": crs, "features": features})
    (folder / "plots.geojson").write_text(text, encoding="utf-8")


def measured(folder: Path) -> dict[str, float]:
    """CPU seconds of each step in a process of its own, and its largest memory [MB]; meant for that process."""
    begun = time.process_time()
    from planner.case.read import read_case
    from planner.screen.page import write_page
    from planner.screen.screen import screen
    from planner.screen.show import write_rows

    loaded = time.process_time()
    case = read_case(folder, sited=False)
    read = time.process_time()
    found = screen(case)
    screened = time.process_time()
    write_rows(found, found.table, folder / "screen.csv")
    write_page(found, found.table, folder / "screen.html")
    written = time.process_time()
    return {
        "exchanges": float(len(found.table)),
        "load_s": loaded - begun,
        "read_s": read - loaded,
        "screen_s": screened - read,
        "write_s": written - screened,
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0,
    }


def main() -> None:
    """Measure, or write the case."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--write", type=Path, help="write the case into this folder")
    options.add_argument("--firms", type=int, default=1200)
    options.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.write is not None:
        print(write_case(asked.write, asked.firms))
        return
    if asked.measure is not None:
        print(json.dumps(measured(asked.measure)))
        return
    print("firms  exchanges  load s  read s  screen s  write s  all s  memory MB")
    for firms in FIRMS:
        with tempfile.TemporaryDirectory() as kept:
            folder = write_case(Path(kept) / "case", firms)
            command = [sys.executable, "-m", "benchmarks.exchange_of_firms", "--measure", str(folder)]
            told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        steps = [told[name] for name in ("load_s", "read_s", "screen_s", "write_s")]
        row = (firms, int(told["exchanges"]), *steps, sum(steps), told["memory_mb"])
        print("{:5d}  {:9,d}  {:6.1f}  {:6.1f}  {:8.1f}  {:7.1f}  {:5.1f}  {:9.0f}".format(*row), flush=True)


if __name__ == "__main__":
    main()
