"""A works with a roof, a battery, a spot price and a limit of its feed-in, and the same as one linear program."""

from pathlib import Path

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

STEPS = 8
HOURS = 24 / STEPS
RATE, ROOF_YEARS, BATTERY_YEARS = 0.06, 20, 12
ROOF, BATTERY, LARGEST = 0.7e6, 0.22e6, 40.0
LOAD_MW, FEED_IN_MW, IN, OUT = 5.0, 2.0, 0.95, 0.95

CASE = """
case: solar year
currency: EUR
price_year: 2024
economics: {discount_rate: 6 %, lifetime: {facility: 20}}
profiles:
  load: {file: profiles.csv}
  sun: {file: profiles.csv}
  spot: {file: profiles.csv, note: EUR/MWh}
reduction: {typical_days: 8}
plots: {P: {area: 5}}
resources:
  power: {kind: power, unit: MWh, price: {profile: spot}, sale: {price: {value: 0.5, profile: spot}}}
park_gate:
  feed-in: {resource: power, direction: out, peak: 2 MW}
plants:
  works:
    plot: P
    hours: 8760
    sinks: {power: {rate: {value: 5 MW, profile: load}}}
facilities:
  roof:
    scope: own
    owner: works
    unit: MWh
    outputs: {power: 1}
    capacity_factor: {profile: sun}
    investment: [{capacity: 0 MW, investment: 0}, {capacity: 40 MW, investment: 28 MEUR}]
  battery:
    scope: own
    owner: works
    stores: {resource: power, efficiency_in: 95 %, efficiency_out: 95 %, hours_to_fill: 4, hours_to_empty: 4}
    investment: [{capacity: 0 MWh, investment: 0}, {capacity: 40 MWh, investment: 8.8 MEUR}]
    lifetime: 12
"""  # every number is an assumption of this test

Year = dict[str, np.ndarray]


def year(days: int = 365, seed: int = 4) -> Year:
    """Load, sun and spot price of a year of so many different days, each for a stretch, the first again at the end."""
    rng = np.random.default_rng(seed)
    hour = (np.arange(STEPS) + 0.5) * HOURS
    day = np.arange(days)[:, None] * 365 / days
    season = np.cos((day - 172) / 365 * 2 * np.pi)
    clear = rng.uniform(0.2, 1.0, (days, 1))
    sun = np.clip(np.sin((hour - 6) / 12 * np.pi), 0, None)[None, :] * clear * (0.55 + 0.35 * season)
    load = 0.8 + 0.3 * ((hour > 6) & (hour < 20))[None, :] - 0.1 * season + 0.05 * rng.standard_normal((days, STEPS))
    spot = 110 - 20 * season + 45 * np.cos((hour - 19) / 12 * np.pi)[None, :] - 40 * sun
    times = (np.arange(365) * days // 350) % days
    return {"load": load[times].ravel(), "sun": sun[times].ravel(), "spot": spot[times].ravel()}


def write(folder: Path, profiles: Year, text: str = CASE) -> Path:
    """Write the case and its profiles."""
    rows = zip(*profiles.values(), strict=True)
    lines = [",".join(profiles), *(",".join(repr(float(x)) for x in row) for row in rows)]
    (folder / "profiles.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    return folder


def recovery(years: int) -> float:
    """Capital recovery factor."""
    return RATE / (1 - (1 + RATE) ** -years)


def least_cost(profiles: Year, *, battery: bool = True) -> tuple[float, float, float]:
    """Least yearly cost [EUR], roof [MW] and battery [MWh], by one linear program over all steps of the year.

    Variables: roof, battery, and of each step buy, sell, make, charge, draw, content at its end (a ring).
        buy + make + draw = load + sell + charge
        make <= h sun roof;  charge <= h battery / (4 in);  draw <= h battery out / 4;  sell <= 2 h
        content - content before - in charge + draw / out = 0;  content <= battery
    """
    n = len(profiles["load"])
    h = 8760 / n
    cols = {
        name: 2 + k * n + np.arange(n) for k, name in enumerate(("buy", "sell", "make", "charge", "draw", "content"))
    }
    rows = np.arange(n)
    one = np.ones(n)
    equal = [(rows, cols[x], s * one) for x, s in (("buy", 1), ("make", 1), ("draw", 1), ("sell", -1), ("charge", -1))]
    equal += [(n + rows, cols["content"], one), (n + rows, np.roll(cols["content"], 1), -one)]
    equal += [(n + rows, cols["charge"], -IN * one), (n + rows, cols["draw"], one / OUT)]
    zero = np.zeros(n, dtype=int)
    under = [(rows, cols["make"], one), (rows, zero, -h * profiles["sun"])]
    under += [(n + rows, cols["charge"], one), (n + rows, zero + 1, -h / (4 * IN) * one)]
    under += [(2 * n + rows, cols["draw"], one), (2 * n + rows, zero + 1, -h * OUT / 4 * one)]
    under += [(3 * n + rows, cols["content"], one), (3 * n + rows, zero + 1, -one)]
    cost = np.zeros(2 + 6 * n)
    cost[0], cost[1] = ROOF * recovery(ROOF_YEARS), BATTERY * recovery(BATTERY_YEARS)
    cost[cols["buy"]], cost[cols["sell"]] = profiles["spot"], -0.5 * profiles["spot"]
    bounds = [
        (0, LARGEST),
        (0, LARGEST if battery else 0),
        *[(0, None)] * n,
        *[(0, FEED_IN_MW * h)] * n,
        *[(0, None)] * 4 * n,
    ]

    def matrix(parts: list, height: int) -> coo_array:
        r, c, v = (np.concatenate([part[k] for part in parts]) for k in range(3))
        return coo_array((v, (r, c)), shape=(height, 2 + 6 * n)).tocsr()

    right = np.concatenate([LOAD_MW * h * profiles["load"], np.zeros(n)])
    found = linprog(cost, matrix(under, 4 * n), np.zeros(4 * n), matrix(equal, 2 * n), right, bounds, method="highs")
    assert found.status == 0
    return float(found.fun), float(found.x[0]), float(found.x[1])
