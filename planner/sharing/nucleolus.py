"""Core, least core, prenucleolus and nucleolus of a game, by linear programs one after the other.

    min  e                                                                                       (N1)
    sum_{i in S} x_i + e >= v(S)                       S not settled yet                         (N2)
    sum_{i in S} x_i      = v(S) - e_S                 S settled, with its excess                (N3)
    sum_i x_i             = v(N)                                                                 (N4)
    x_i                  >= v(i)                       nucleolus only: nobody gets less than alone (N5)

Schmeidler (1969), "The nucleolus of a characteristic function game"; programs by Kopelowitz (1967) and Maschler, Peleg
& Shapley (1979). After each program only those coalitions are settled whose row has a dual price: they are tight in
every optimal solution. To settle all that are tight in one solution is the common mistake (Guajardo & Jornsten 2015,
"Common mistakes in computing the nucleolus"). A coalition whose sum follows from those that are settled has its excess
fixed with them and leaves the program, so that each program settles at least one more direction: after as many programs
as there are players the sharing is the only one left.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.sharing.game import Coalition, Game, coalitions

#: A dual price below this is none; prices of unsettled rows add up to 1.
PRICED = 1e-7
#: A coalition lies in the span of others if what is left of it is shorter than this.
SPANNED = 1e-8


@dataclass(frozen=True)
class LeastCore:
    """The smallest largest excess that a sharing can have.

    Attributes
    ----------
    epsilon
        Above zero: the core is empty, and whatever the sharing, some coalition could gain so much by leaving.
    sharing
        One sharing that has it.
    """

    epsilon: float
    sharing: dict[str, float]


def least_core(game: Game) -> LeastCore | None:
    """Smallest largest excess over all coalitions but the empty one and that of all; None for a single player.

    Maschler, Peleg & Shapley (1979), "Geometric properties of the kernel, nucleolus, and related solution concepts".
    """
    if len(game.players) < 2:
        return None
    program = _Program(game, rational=False)
    epsilon, shares, _ = program.solve()
    return LeastCore(epsilon * program.scale, program.told(shares))


def nucleolus(game: Game, tolerance: float = 0.0) -> dict[str, float] | None:
    """Sharing at which the largest excess is least, then the next, and so on, nobody getting less than alone.

    None where all together are worth less than the players one by one, by more than a tolerance: then there is no such
    sharing.
    """
    alone = math.fsum(game.values[frozenset({player})] for player in game.players)
    if alone > game.worth + max(tolerance, 1e-9 * max(map(abs, game.values.values()))):
        return None
    return _nested(game, rational=True)


def prenucleolus(game: Game) -> dict[str, float]:
    """The same among all sharings, also those by which somebody gets less than alone; it always exists.

    It is the nucleolus wherever the core is not empty.
    """
    return _nested(game, rational=False)


def _nested(game: Game, *, rational: bool) -> dict[str, float]:
    n = len(game.players)
    if n == 1:
        return {game.players[0]: game.worth}
    program = _Program(game, rational=rational)
    for _ in range(n):
        epsilon, shares, duals = program.solve()
        if not program.settle(epsilon, duals):
            return program.told(shares)
    raise RuntimeError("the nucleolus was not found: coalitions that are settled do not span the players")


class _Program:
    """The program (N1) to (N5); money in units of the largest value."""

    def __init__(self, game: Game, *, rational: bool) -> None:
        self.game = game
        every = [s for s in coalitions(game.players) if s != game.grand]
        self.scale = max((abs(value) for value in game.values.values()), default=0.0) or 1.0
        self.active = np.array([[float(player in s) for player in game.players] for s in every])
        self.values = np.array([game.values[s] for s in every]) / self.scale
        self.settled: list[tuple[np.ndarray, float]] = [(np.ones(len(game.players)), game.worth / self.scale)]
        alone = [game.values[frozenset({player})] / self.scale for player in game.players]
        slack = 1e-12 + max(0.0, math.fsum(alone) - game.worth / self.scale) / len(alone)  # rounding only
        self.least = [value - slack for value in alone] if rational else [-math.inf] * len(alone)

    def solve(self) -> tuple[float, np.ndarray, np.ndarray]:
        """Smallest largest excess, a sharing that has it, and the dual prices of the unsettled coalitions."""
        import highspy

        n, many, fixed = len(self.game.players), len(self.values), len(self.settled)
        matrix = np.zeros((many + fixed, n + 1))
        matrix[:many, :n], matrix[:many, n] = self.active, 1.0
        matrix[many:, :n] = np.array([row for row, _ in self.settled])
        sums = np.array([total for _, total in self.settled])
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = n + 1, many + fixed
        lp.col_cost_ = np.append(np.zeros(n), 1.0)
        lp.col_lower_ = np.array([*self.least, -math.inf])
        lp.col_upper_ = np.full(n + 1, math.inf)
        lp.row_lower_ = np.concatenate([self.values, sums])
        lp.row_upper_ = np.concatenate([np.full(many, math.inf), sums])
        rows, columns = np.nonzero(matrix)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum((matrix != 0).sum(axis=1))]).astype(np.int32)
        lp.a_matrix_.index_ = columns.astype(np.int32)
        lp.a_matrix_.value_ = matrix[rows, columns]
        highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in _OPTIONS.items():
            highs.setOptionValue(option, value)
        highs.passModel(lp)
        highs.run()
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(f"the program of the nucleolus ended as {highs.getModelStatus().name}")
        found = highs.getSolution()
        values, duals = np.array(found.col_value), np.array(found.row_dual)
        return float(values[n]), values[:n], np.abs(duals[:many])

    def settle(self, epsilon: float, duals: np.ndarray) -> bool:
        """Settle what has a dual price, and leave out what follows from it; false where nothing is left to choose."""
        for at in np.flatnonzero(duals > min(PRICED, float(duals.max()) / 2)):
            if self._outside(self.active[[at]])[0]:
                self.settled.append((self.active[at], self.values[at] - epsilon))
        left = self._outside(self.active)
        self.active, self.values = self.active[left], self.values[left]
        return len(self.settled) < len(self.game.players) and len(self.values) > 0

    def _outside(self, rows: np.ndarray) -> np.ndarray:
        """Which coalitions do not follow from those that are settled."""
        basis = np.linalg.qr(np.array([row for row, _ in self.settled]).T)[0]
        rest = rows - rows @ basis @ basis.T
        return np.asarray(np.linalg.norm(rest, axis=1) > SPANNED)

    def told(self, shares: np.ndarray) -> dict[str, float]:
        """Shares in money that add up to what there is.

        Where coalitions enough are settled they are worked out from them, free of the tolerances of the solver.
        """
        if len(self.settled) == len(self.game.players):
            rows = np.array([row for row, _ in self.settled])
            exact = np.linalg.solve(rows, np.array([total for _, total in self.settled]))
            shares = exact if np.abs(exact - shares).max() < 1e-6 else shares
        money = shares * self.scale
        off = (self.game.worth - math.fsum(money.tolist())) / len(money)
        return {player: float(share) + off for player, share in zip(self.game.players, money, strict=True)}


_OPTIONS: Mapping[str, Any] = {
    "output_flag": False,
    "threads": 1,
    "solver": "simplex",
    "primal_feasibility_tolerance": 1e-10,
    "dual_feasibility_tolerance": 1e-10,
}


def leaving(
    values: dict[Coalition, float], sharing: dict[str, float], tolerance: float
) -> list[tuple[Coalition, float]]:
    """Coalitions that gain more than a tolerance by leaving a sharing, with how much; the largest gain first."""
    found = [(s, value - math.fsum(sharing[player] for player in s)) for s, value in values.items()]
    return sorted((item for item in found if item[1] > tolerance), key=lambda item: (-item[1], sorted(item[0])))
