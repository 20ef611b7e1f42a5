"""Parks of a few firms on plots of their own, 100 m apart, whose costs are worked out by hand."""

import textwrap
from collections.abc import Mapping
from pathlib import Path

_HEAD = """\
case: Small park
currency: EUR
price_year: 2025
economics: {discount_rate: 0 %, lifetime: {pipe: 20, facility: 20, connection: 20}}
geography: {distances: distances.csv}
resources:
  gas: {kind: gas, unit: MWh, price: 50}
  steam: {kind: heat, unit: t, enthalpy: 0.7, discharge: {route: condenser, cost: 0}, carried_by: [pipe]}
  ash: {kind: material, unit: t, discharge: {route: landfill, cost: 30, waste: non-hazardous}, carried_by: [truck]}
  filler: {kind: material, unit: t, price: 25, discharge: {route: given away, cost: 0}, carried_by: [truck]}
links:
  pipe: {kind: pipe, sizes: [{size: DN 100, capacity: 50, investment: 400}]}
  truck: {kind: truck, cost: 0, loading: 0}
"""


def steam_from(rate: float) -> str:
    return f"sources: {{steam: {{rate: {rate} t/h}}}}"


def steam_to(rate: float) -> str:
    return f"sinks: {{steam: {{rate: {rate} t/h, supplied_today_by: {{gas: 1}}}}}}"


def park(folder: Path, firms: Mapping[str, str], more: str = "", plots: tuple[str, ...] = ()) -> Path:
    """Write a case of firms that run 8,000 h a year; ``plots`` are further ones, ``more`` further sections."""
    places = [*firms, *plots]
    rows = ["from,to,length_m", *(f"{p},{q},100" for i, p in enumerate(places) for q in places[i + 1 :])]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "distances.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    text = _HEAD + "plots:\n" + "".join(f"  {place}: {{area: 5}}\n" for place in places) + "plants:\n"
    for name, streams in firms.items():
        text += f"  {name}:\n    plot: {name}\n    hours: 8000\n" + textwrap.indent(streams.strip(), "    ") + "\n"
    (folder / "case.yaml").write_text(text + more, encoding="utf-8")
    return folder
