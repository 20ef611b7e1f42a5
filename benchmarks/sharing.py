"""What backs the sharing rules: ``python -m benchmarks.sharing [--park] [--games N]``.

Textbook games with their published solutions; random games against the library tucoopy, where it is installed
(``pip install tucoopy``). Its nucleolus settles every coalition that is tight in one optimal solution, the mistake that
Guajardo & Jornsten (2015) describe, so that of two nucleoli the one with the smaller excesses counts. With ``--park``
a park of ten firms: the sampled Shapley value beside the exact one.
"""

import argparse
import math
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from planner.sharing.game import Coalition, Game, coalitions, shapley, tau
from planner.sharing.nucleolus import least_core, nucleolus, prenucleolus

Row = tuple[str, str, Mapping[str, float], Mapping[str, float] | None]


def main(arguments: list[str] | None = None) -> int:
    """Print the comparisons; 1 if any is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--park", action="store_true", help="also sample a park of ten firms, some minutes")
    parser.add_argument("--games", type=int, default=100, help="random games against the library")
    options = parser.parse_args(arguments)
    missed = sum(not _textbook(*row) for row in textbook())
    missed += not against_library(options.games)
    if options.park:
        missed += not park()
    return 1 if missed else 0


def game_of(players: Sequence[str], worth: Callable[[Coalition], float]) -> Game:
    """A game from a function of coalitions."""
    return Game(tuple(players), {s: worth(s) for s in coalitions(players)})


def textbook() -> Iterator[Row]:
    """Game, solution concept, published and computed."""
    gloves = game_of(["L", "R1", "R2"], lambda s: float("L" in s and len(s) > 1))
    yield "glove market", "Shapley", {"L": 2 / 3, "R1": 1 / 6, "R2": 1 / 6}, shapley(gloves)
    yield "glove market", "nucleolus", {"L": 1.0, "R1": 0.0, "R2": 0.0}, nucleolus(gloves)
    needs = {"small": 8.0, "middle": 11.0, "large": 13.0}
    runway = game_of(list(needs), lambda s: sum(needs[i] for i in s) - max(needs[i] for i in s))
    fees = {"small": 8 / 3, "middle": 25 / 6, "large": 37 / 6}
    yield "airport, Littlechild & Owen 1973", "Shapley", {i: needs[i] - fees[i] for i in needs}, shapley(runway)
    fees = {"small": 11 / 3, "middle": 11 / 3, "large": 17 / 3}
    yield "airport, Littlechild 1974", "nucleolus", {i: needs[i] - fees[i] for i in needs}, nucleolus(runway)
    claims = {"100": 100.0, "200": 200.0, "300": 300.0}
    for estate, shares in ((100.0, (100 / 3,) * 3), (200.0, (50.0, 75.0, 75.0)), (300.0, (50.0, 100.0, 150.0))):
        left = game_of(list(claims), lambda s, e=estate: max(0.0, e - 600.0 + sum(claims[i] for i in s)))
        told = dict(zip(claims, shares, strict=True))
        yield f"Talmud, estate {estate:g}, Aumann & Maschler 1985", "nucleolus", told, nucleolus(left)


def _textbook(game: str, concept: str, published: Mapping[str, float], computed: Mapping[str, float] | None) -> bool:
    ok = computed is not None and all(abs(computed[i] - share) < 1e-6 for i, share in published.items())
    told = "  ".join(f"{i} {share:.4f}" for i, share in (computed or {}).items())
    print(f"{game:48} {concept:10} {told:44} {'ok' if ok else 'MISSED'}")
    return ok


def against_library(count: int) -> bool:
    """Compare random games of three to seven players with tucoopy; true where it is not installed."""
    try:
        from tucoopy import Game as Other
        from tucoopy.solutions.least_core import least_core_epsilon_star
        from tucoopy.solutions.nucleolus import nucleolus as their_nucleolus
        from tucoopy.solutions.nucleolus import prenucleolus as their_prenucleolus
        from tucoopy.solutions.shapley import shapley_value
        from tucoopy.solutions.tau import tau_value
    except ImportError:
        print("tucoopy is not installed: nothing to compare with (pip install tucoopy)")
        return True
    worst = {"Shapley": 0.0, "least core": 0.0, "tau": 0.0}
    nested, ties, theirs_larger = 0, 0, 0
    for seed in range(count):
        game = random_game(seed)
        other = Other(len(game.players), {mask: float(v) for mask, v in enumerate(game.by_mask)})
        core, between = least_core(game), tau(game)
        assert core is not None
        told = [("Shapley", list(shapley(game).values()), shapley_value(other))]
        told += [("least core", [core.epsilon], [least_core_epsilon_star(other)])]
        told += [("tau", list(between.values()), tau_value(other))] if between is not None else []
        for name, ours, theirs in told:
            worst[name] = max(worst[name], *(abs(a - b) for a, b in zip(ours, theirs, strict=True)))
        mine, inside = prenucleolus(game), nucleolus(game)
        pairs = [(mine, their_prenucleolus(other).x)]
        pairs += [(inside, their_nucleolus(other).x)] if inside is not None else []
        for ours_, theirs_ in pairs:
            order = _compared(game, ours_, dict(zip(game.players, theirs_, strict=True)))
            nested, ties, theirs_larger = nested + 1, ties + (order == 0), theirs_larger + (order < 0)
    for name, off in worst.items():
        print(f"{f'{count} random games against tucoopy':48} {name:12} largest difference {off:.2e}")
    words = (
        f"{ties} the same, {theirs_larger} where tucoopy leaves larger excesses, {nested - ties - theirs_larger} ours"
    )
    print(f"{f'{nested} (pre)nucleoli against tucoopy':48} {words}")
    return max(worst.values()) < 1e-6 and nested == ties + theirs_larger


def _compared(game: Game, ours: Mapping[str, float], theirs: Mapping[str, float]) -> int:
    """Order of two sharings by their excesses, the largest first: below zero where ours are smaller, 0 where alike."""
    vectors = [
        sorted((v - math.fsum(x[i] for i in s) for s, v in game.values.items() if s != game.grand), reverse=True)
        for x in (ours, theirs)
    ]
    return next((-1 if a < b else 1 for a, b in zip(*vectors, strict=True) if abs(a - b) > 1e-5), 0)


def random_game(seed: int) -> Game:
    """A superadditive or arbitrary game of three to seven players with values up to a hundred."""
    r = random.Random(seed)
    players = [f"P{n}" for n in range(r.randint(3, 7))]
    extra = r.choice((0, 10, 30))
    return game_of(players, lambda s: float(r.randint(0, 20) * (len(s) > 1) + extra * (len(s) - 1)))


def ten_firms(folder: Path) -> Path:
    """Write a case of ten firms that exchange heat, ash and water; returns its folder. All numbers are assumptions."""
    r = random.Random(7)
    names = [f"firm {n}" for n in range(10)]
    rows = ["from,to,length_m"]
    rows += [f"{p},{q},{r.choice((200, 400, 700))}" for i, p in enumerate(names) for q in names[i + 1 :]]
    plants = {}
    for n, name in enumerate(names):
        gives = {"steam": 10 + 2 * n} if n % 3 == 0 else {"ash": 1 + n / 4} if n % 3 == 1 else {}
        takes = {"steam": 4 + n} if n % 3 else {}
        takes |= {"filler": 1 + n / 5} if n % 2 == 0 else {}
        plants[name] = (gives, takes)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "distances.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (folder / "case.yaml").write_text(_HEAD.format(plots=_plots(names), plants=_plants(plants)), encoding="utf-8")
    return folder


def _plots(names: Sequence[str]) -> str:
    return "\n".join(f"  {name}: {{area: 5}}" for name in names)


def _plants(plants: Mapping[str, tuple[Mapping[str, float], Mapping[str, float]]]) -> str:
    lines = []
    for name, (gives, takes) in plants.items():
        lines += [f"  {name}:", f"    plot: {name}", "    hours: 8000"]
        for side, streams in (("sources", gives), ("sinks", takes)):
            lines += [f"    {side}:"] * bool(streams)
            for stream, rate in streams.items():
                supply = ", supplied_today_by: {gas: 0.8}" if (side, stream) == ("sinks", "steam") else ""
                lines.append(f"      {stream}: {{rate: {rate:g} t/h{supply}}}")
    return "\n".join(lines)


_HEAD = """case: Ten firms
currency: EUR
price_year: 2025
economics: {{discount_rate: 6 %, lifetime: {{pipe: 20}}}}
geography: {{distances: distances.csv}}
resources:
  gas: {{kind: gas, unit: MWh, price: 45, co2e: {{use: 0.2}}}}
  steam: {{kind: heat, unit: t, enthalpy: 0.7, discharge: {{route: condenser, cost: 0}}, carried_by: [pipe]}}
  ash: {{kind: material, unit: t, discharge: {{route: landfill, cost: 30, waste: non-hazardous}}, carried_by: [truck]}}
  filler: {{kind: material, unit: t, price: 25}}
substitutions:
  - {{from: ash, to: filler, ratio: 0.9}}
links:
  pipe:
    kind: pipe
    sizes:
      - {{size: DN 100, capacity: 8, investment: 400}}
      - {{size: DN 200, capacity: 30, investment: 900}}
  truck: {{kind: truck, cost: 0.3, loading: 4}}
plots:
{plots}
plants:
{plants}
"""


def park(samples: Sequence[int] = (50, 100, 200), seed: int = 0) -> bool:
    """Sampled Shapley value of the park of ten firms beside the exact one; true where it keeps to its errors."""
    import planner
    from planner.sharing.share import share

    with tempfile.TemporaryDirectory() as folder:
        out = planner.solve(ten_firms(Path(folder) / "case")).save(Path(folder) / "out")
        clock = time.perf_counter()
        made = share(out, time_limit=None)
        print(f"ten firms: {len(made.values)} groups of firms in {time.perf_counter() - clock:.0f} s")
        (exact,) = [shared.gains for shared in made.rules if shared.rule == "Shapley"]
        ok = True
        for count in samples:
            sampled = share(out, exact_up_to=5, samples=count, seed=seed, time_limit=None)
            (found,) = [shared for shared in sampled.rules if shared.rule == "Shapley"]
            far = [abs(found.gains[i] - exact[i]) / max(found.error[i], 1e-3) for i in exact]
            mean = math.sqrt(sum(x * x for x in far) / len(far))
            ok = ok and max(far) <= 4.0
            print(
                f"ten firms, {count:4} orders: off by {mean:.2f} standard errors in the mean, {max(far):.2f} at most; "
                f"error of the largest gain {max(found.error.values()) / max(exact.values()):.1%}"
            )
        return ok


if __name__ == "__main__":
    sys.exit(main())
