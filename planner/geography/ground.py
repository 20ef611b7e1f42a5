"""What a corridor says of the pipes that may lie in it: surface, restrictions, its trench."""

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd

from planner.case.case import Case
from planner.geography.attributes import label, listed, text
from planner.geography.files import did_you_mean

#: What the corridors layer may say besides name and cost factor.
FIELDS = ("surface", "forbidden", "one_way", "max_pipes", "trench")
#: In ``forbidden`` and ``one_way``: every resource.
ALL = "all"


@dataclass(frozen=True)
class Ground:
    """What holds along a line of the network.

    Attributes
    ----------
    surface
        Class of surface; "" where none is stated.
    forbidden
        Resources that may not run here.
    onward, backward
        Resources that may only flow in the direction of the line, or only against it.
    max_pipes
        Most pipes side by side; None where the corridor does not say.
    trench
        "new", or "existing" where a trench lies open.
    existing
        Names of the existing mains that lie here.
    """

    surface: str = ""
    forbidden: frozenset[str] = frozenset()
    onward: frozenset[str] = frozenset()
    backward: frozenset[str] = frozenset()
    max_pipes: int | None = None
    trench: str = "new"
    existing: tuple[str, ...] = ()

    def turned(self) -> "Ground":
        """The same along the line's reverse."""
        return replace(self, onward=self.backward, backward=self.onward) if self.directed else self

    @property
    def directed(self) -> bool:
        """Whether the direction of the line matters."""
        return bool(self.onward or self.backward)

    @property
    def key(self) -> tuple[str, ...]:
        """Text that sorts and tells grounds apart, whichever way their lines run."""
        ways = sorted([";".join(sorted(self.onward)), ";".join(sorted(self.backward))])
        limit = "" if self.max_pipes is None else f"{self.max_pipes:06d}"
        return (self.surface, ";".join(sorted(self.forbidden)), *ways, limit, self.trench, ";".join(self.existing))

    def beside(self, other: "Ground") -> "Ground":
        """The same with the restrictions of another line on the same ground: what either forbids is forbidden."""
        limits = [limit for limit in (self.max_pipes, other.max_pipes) if limit is not None]
        forbidden = self.forbidden | other.forbidden
        return replace(
            self,
            forbidden=forbidden,
            onward=(self.onward | other.onward) - forbidden,
            backward=(self.backward | other.backward) - forbidden,
            max_pipes=min(limits, default=None),
        )

    def rules(self) -> tuple[object, ...]:
        """What must be equal on both sides for pipes not to care where one line ends and the next begins."""
        return self.forbidden, self.onward, self.backward, self.max_pipes, self.trench, self.existing


#: Ground of which nothing is said.
PLAIN = Ground()


def check(frame: gpd.GeoDataFrame, case: Case, word: str) -> list[str]:
    """Faults of what the corridors layer says of its lines."""
    faults: list[str] = []
    for row in range(len(frame)):
        said = label(frame, row, word)
        surface = _cell(frame, "surface", row)
        if surface and surface not in case.geography.surfaces:
            near = did_you_mean(surface, list(case.geography.surfaces))
            faults.append(f'surface of {said}: no such class in geography.surfaces: "{surface}"{near}')
        for name in ("forbidden", "one_way"):
            for one in _names(frame, name, row):
                if one.lower() != ALL and one not in case.resources:
                    near = did_you_mean(one, [*case.resources, ALL])
                    faults.append(f'{name} of {said}: no such resource: "{one}"{near}')
        trench = _cell(frame, "trench", row)
        if trench not in ("", "new", "existing"):
            faults.append(f'trench of {said}: found "{trench}"; expected "existing", "new" or nothing')
        pipes = frame["max_pipes"].iloc[row] if "max_pipes" in frame else None
        if isinstance(pipes, float) and pipes > 0 and not pipes.is_integer():
            faults.append(f"max_pipes of {said}: {pipes:g} is not a whole number")
    return list(dict.fromkeys(faults))


def grounded(frame: gpd.GeoDataFrame, case: Case) -> gpd.GeoDataFrame:
    """The layer with the ground of each line, and the factor of its surface in its cost factor."""
    grounds = np.empty(len(frame), dtype=object)
    for row in range(len(frame)):
        grounds[row] = _ground(frame, case, row)
    own = frame["cost_factor"].fillna(1.0).to_numpy() if "cost_factor" in frame else np.ones(len(frame))
    surfaces = {name: factor.value for name, factor in case.geography.surfaces.items()}
    factor = np.array([surfaces.get(ground.surface, 1.0) for ground in grounds], dtype=float)
    return frame.assign(cost_factor=own * factor, ground=pd.Series(grounds, index=frame.index, dtype=object))


def _ground(frame: gpd.GeoDataFrame, case: Case, row: int) -> Ground:
    pipes = frame["max_pipes"].iloc[row] if "max_pipes" in frame else np.nan
    forbidden = _resources(frame, "forbidden", row, case)
    return Ground(
        surface=_cell(frame, "surface", row),
        forbidden=forbidden,
        onward=_resources(frame, "one_way", row, case) - forbidden,
        max_pipes=None if pd.isna(pipes) else int(pipes),
        trench=_cell(frame, "trench", row) or "new",
    )


def _resources(frame: gpd.GeoDataFrame, name: str, row: int, case: Case) -> frozenset[str]:
    named = _names(frame, name, row)
    return frozenset(case.resources) if any(one.lower() == ALL for one in named) else frozenset(named)


def _names(frame: gpd.GeoDataFrame, name: str, row: int) -> tuple[str, ...]:
    return listed(frame[name].iloc[row]) if name in frame else ()


def _cell(frame: gpd.GeoDataFrame, name: str, row: int) -> str:
    return (text(frame[name].iloc[row]) or "") if name in frame else ""
