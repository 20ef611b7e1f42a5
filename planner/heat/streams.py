"""Hot and cold streams."""

import math
from dataclasses import dataclass
from typing import Literal

#: Temperatures are told apart to this many decimals of a degree, so that 80.5 + 2.5 and 83.0 are one temperature.
DIGITS = 9
#: Names of a hot and a cold stream between which no heat may pass.
Match = tuple[str, str]
ZERO = -273.15


@dataclass(frozen=True)
class HeatStream:
    """A stream that is cooled (hot) or heated (cold) from its supply to its target temperature.

    Attributes
    ----------
    name
        Of the stream; need not be unique.
    supply, target
        Temperatures [degC]; equal where it changes phase at one temperature.
    load
        Heat that it gives or needs, in one unit for all streams of a set (kW, MW, MWh/yr). Of a medium or utility it
        says nothing: its load is what is looked for.
    contribution
        Its own contribution to the least temperature difference [K]: half of it where one holds for all streams.
    kind
        "hot" or "cold"; needed only where supply and target are equal.

    Raises
    ------
    ValueError
        If a temperature is no number or below absolute zero, if the load or the contribution is negative, or if the
        kind contradicts the temperatures or is missing where they are equal.
    """

    name: str
    supply: float
    target: float
    load: float = 0.0
    contribution: float = 0.0
    kind: Literal["hot", "cold"] | None = None

    def __post_init__(self) -> None:
        if not all(math.isfinite(x) for x in (self.supply, self.target, self.load, self.contribution)):
            raise ValueError(f"heat stream {self.name!r}: temperatures, load and contribution must be finite numbers")
        if min(self.supply, self.target) < ZERO:
            raise ValueError(
                f"heat stream {self.name!r}: {min(self.supply, self.target):g} degC is below {ZERO:g} degC"
            )
        if self.load < 0 or self.contribution < 0:
            raise ValueError(f"heat stream {self.name!r}: load and contribution must not be negative")
        if self.supply == self.target:
            if self.kind is None:
                raise ValueError(f"heat stream {self.name!r}: equal temperatures, so say whether it is hot or cold")
        elif self.kind not in (None, "hot" if self.supply > self.target else "cold"):
            raise ValueError(
                f"heat stream {self.name!r}: called {self.kind}, but goes from {self.supply:g} to {self.target:g} degC"
            )

    @property
    def hot(self) -> bool:
        """True where it gives heat."""
        return self.kind == "hot" if self.supply == self.target else self.supply > self.target

    def range(self, shifted: bool = True) -> tuple[float, float]:
        """Upper and lower temperature [degC]: hot streams lowered by their contribution, cold ones raised by it."""
        by = 0.0 if not shifted else -self.contribution if self.hot else self.contribution
        return round(max(self.supply, self.target) + by, DIGITS), round(min(self.supply, self.target) + by, DIGITS)
