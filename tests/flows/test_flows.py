"""The park before any exchange: amounts and money by hand, the drawing, and the command."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from planner.case.closure import closure
from planner.case.read import read_case
from planner.cli.run import main
from planner.flows.flows import flows_of
from planner.report.sankey import OTHER, Sankey, sankey, stacked

CASES = Path(__file__).parents[2] / "cases"


def test_tiny_by_hand() -> None:
    # Gas: 49,000 t of steam x 0.8 MWh/t = 39,200 MWh x 40 = 1,568,000. Slag: 5,000 t x 20. Lime: 1,000 t x 40. Sewer:
    # 20,000 m3 x 0.3. Fresh water: 10,000 m3 x 0.5. That is the baseline of its README, 1,769,000, less land.
    park = flows_of(read_case(CASES / "tiny"))
    totals = park.totals.set_index("resource")
    assert list(park.totals["resource"])[:3] == ["natural gas", "slag", "lime"]
    assert totals["cost_per_yr"].to_dict() == pytest.approx(
        {
            "natural gas": 1_568_000,
            "slag": 100_000,
            "lime": 40_000,
            "process water": 6_000,
            "fresh water": 5_000,
            "steam": 0,
        }
    )
    assert totals.loc["natural gas", "bought_per_yr"] == pytest.approx(39_200)
    assert totals.loc["steam", ["needed_per_yr", "given_per_yr"]].tolist() == pytest.approx([49_000, 80_000])
    assert totals.loc["lime", "inside_share"] == pytest.approx(1.0)  # 5,000 t of slag x 0.5 > 1,000 t
    streams = park.streams.set_index(["unit", "direction", "stream"])
    assert streams.loc[("mill", "in", "steam"), "cost_per_yr"] == pytest.approx(1_536_000)
    assert streams.loc[("smelter", "out", "slag"), "waste_t_per_yr"] == pytest.approx(5_000)


SUPPLY = """
case: Supply
currency: EUR
price_year: 2025
economics: {discount_rate: 8 %, carbon_price: {paid: 100}}
resources:
  natural gas: {kind: gas, unit: MWh, price: 40, co2e: {use: 0.2}}
  steam: {kind: heat, unit: t, enthalpy: 0.7 MWh/t}
  chilled: {kind: heat, unit: MWh}
  clay: {kind: material, unit: t, price: 38}
  slag: {kind: material, unit: t, sale: {price: 5, limit: 1000 t/yr}, discharge: {route: tip, cost: 20}}
  sand: {kind: material, unit: kg, price: 0.01}
plants:
  A:
    hours: 6000
    sinks:
      steam: {rate: 1 t/h, supplied_today_by: {natural gas: 0.8, cost: 3}}
      chilled: {rate: 1, supplied_today_by: {cost: 55}}
  B: {hours: 8000, optional: {margin: 0}, sinks: {clay: {rate: 6000 t/yr}, natural gas: {rate: 0.5}}}
  C: {hours: 3000, sources: {slag: {rate: 2 t/h}}, sinks: {sand: {rate: 100 kg/h}}}
"""


def test_running_cost_and_paid_co2e_are_in_the_totals(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # Gas: 6,000 t of steam x 0.8 = 4,800 MWh and 8,000 h x 0.5 = 4,000 MWh, x 40 = 352,000; CO2e 8,800 x 0.2 x 100 =
    # 176,000; 528,000 in all, of it 160,000 + 80,000 at B, which may stay away. Chilled: 6,000 MWh x 55 = 330,000.
    # Clay: 6,000 t x 38 = 228,000. Slag: 5,000 t x 20 = 100,000, and 1,000 t sold at 5. Steam: 6,000 t x 3 = 18,000.
    # Sand: 300,000 kg x 0.01 = 3,000. In all 1,207,000, sales 5,000.
    (tmp_path / "case.yaml").write_text(SUPPLY.lstrip(), encoding="utf-8")
    park = flows_of(read_case(tmp_path, sited=False))
    totals = park.totals.set_index("resource")
    cost = {"natural gas": 528_000, "chilled": 330_000, "clay": 228_000, "slag": 100_000, "steam": 18_000, "sand": 3000}
    assert list(totals.index) == list(cost)
    assert totals["cost_per_yr"].to_dict() == pytest.approx(cost)
    assert totals.loc["natural gas", ["purchases_per_yr", "supply_per_yr"]].tolist() == [352_000, 176_000]
    assert totals.loc["natural gas", "cost_without_optional_per_yr"] == pytest.approx(528_000 - 240_000)
    assert main(["flows", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "paid CO2e and disposal: 1,207,000 EUR a year; sales: 5,000" in out
    # Nothing leaves B, and nothing that has a mass comes into A: C takes 300 t and gives 6,000 t.
    closed = {row["plant"]: (row["into"], row["out"]) for row in park.closure.to_dict("records")}
    assert closed == {"B": (6_000, 0), "C": (300, 6_000)}
    assert "nothing declared out" in out
    assert [row.plant for row in closure(park.case)] == ["C"]


@pytest.mark.parametrize("name", ["greenfield", "kalundborg-1995", "ulsan", "dairy-site", "food-park"])
def test_sums_of_streams_are_the_totals(name: str) -> None:
    park = flows_of(read_case(CASES / name))
    streams, totals = park.streams, park.totals.set_index("resource")
    needed = streams[streams["direction"] == "in"].groupby("resource")["amount_per_yr"].sum()
    for resource, amount in needed[needed > 0].items():
        assert totals.loc[resource, "needed_per_yr"] == pytest.approx(amount)
    money = totals["cost_per_yr"].sum() - totals["sales_per_yr"].sum()
    assert streams["cost_per_yr"].sum() == pytest.approx(money)
    away = totals["disposed_per_yr"] + totals["sold_per_yr"]
    assert away.to_numpy() == pytest.approx(totals["given_per_yr"].to_numpy())
    for one in park.diagrams:  # what comes in of a resource goes out of it
        for resource in {x[1] for x in one.supplied}:
            into = sum(x[2] for x in one.supplied if x[1] == resource)
            assert into == pytest.approx(sum(x[2] for x in one.used if x[0] == resource))


def test_a_gate_that_is_too_small_is_the_most_constrained() -> None:
    park = flows_of(read_case(CASES / "greenfield"))
    power = park.totals.set_index("resource").loc["power"]
    assert power["gate_share"] > 1.0
    assert "peak" in power["gate"]


def _drawing(supplied: list[tuple[str, str, float]], used: list[tuple[str, str, float]]) -> ElementTree.Element:
    return ElementTree.fromstring(sankey(Sankey("Steam & more", "t", tuple(supplied), tuple(used), "a note")))


def test_a_drawing_is_well_formed_and_told_in_words() -> None:
    root = _drawing([("A <b>", "steam", 3.0), ("C", "steam", 1.0)], [("steam", "D", 4.0)])
    space = "{http://www.w3.org/2000/svg}"
    assert root.findtext(f"{space}title") == "Steam & more"
    assert "steam 4 t" in (root.findtext(f"{space}desc") or "")
    told = [title.text for title in root.iter(f"{space}title")]
    assert "A <b> to steam: 3 t" in told
    # widths: A has three quarters of the height of steam
    heights = {r.findtext(f"{space}title"): float(r.get("height", 0)) for r in root.iter(f"{space}rect")}
    assert heights["A <b>: 3 t"] == pytest.approx(0.75 * heights["steam: 4 t"], abs=0.1)


def test_what_is_small_is_gathered_and_said() -> None:
    small = [(f"s{n}", "ash", 0.1) for n in range(9)]
    text = sankey(Sankey("Ash", "t", (("big", "ash", 1000.0), *small), (("ash", "works", 1000.9),)))
    assert f"gathered as {OTHER}" in text
    assert ">s3 " not in text


def test_no_flow_is_negative_and_nothing_is_drawn_of_nothing() -> None:
    with pytest.raises(ValueError, match="negative"):
        sankey(Sankey("x", "t", (("a", "b", -1.0),), ()))
    assert "No flows." in sankey(Sankey("x", "t", (), ()))


def test_stacked_drawings_are_one_file() -> None:
    one = sankey(Sankey("x", "t", (("a", "b", 1.0),), (("b", "c", 1.0),)))
    root = ElementTree.fromstring(stacked([one, one]))
    assert [child.get("y") for child in root] == ["0", re.search(r'height="(\d+)"', one)[1]]  # type: ignore[index]


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {f"--{end}": tmp_path / f"f.{end}" for end in ("csv", "xlsx", "svg", "html")}
    files["--totals"] = tmp_path / "totals.csv"
    line = [part for name, path in files.items() for part in (name, str(path))]
    assert main(["flows", str(CASES / "tiny"), *line]) == 0
    out = capsys.readouterr().out
    assert "most expensive: natural gas" in out
    assert all(path.stat().st_size > 100 for path in files.values())
    assert "<svg" in files["--html"].read_text(encoding="utf-8")
    assert main(["flows", str(CASES / "tiny"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["schema"] == "planner-flows/1"
    assert {row["resource"] for row in told["totals"]} >= {"natural gas", "slag"}


def test_amounts_that_a_plan_decides_are_not_guessed() -> None:
    park = flows_of(read_case(CASES / "olesen-polley"))
    assert park.streams["amount_per_yr"].isna().all()
    assert any("a plan decides" in note for note in park.notes)


MET = """
case: Met inside
currency: EUR
price_year: 2025
economics: {discount_rate: 5 %}
resources:
  ash: {kind: material, unit: t, discharge: {route: landfill, cost: 30, waste: inert}, carried_by: [truck]}
  clay: {kind: material, unit: t, price: 10}
links: {truck: {kind: truck, cost: 0.5}}
plants:
  power: {hours: 8000, sources: {ash: {rate: 5000 t/yr}}}
  kiln: {hours: 8000, sinks: {clay: {rate: 1000 t/yr, max_exchanged_share: 50 %}}}
  potter: {hours: 8000, sinks: {clay: {rate: 200 t/yr}}}
  works: {hours: 8000, optional: {margin: 100}, sinks: {clay: {rate: 4000 t/yr}}}
substitutions: [{from: ash, to: clay, ratio: 0.8}]
exchanges:
  - {from: power, to: works, stream: ash, forbidden: true}
  - {from: power, to: potter, stream: ash, max_flow: 100 t/yr}
"""


def test_met_inside_ends_where_the_demands_that_may_take_it_end(tmp_path: Path) -> None:
    # Of 5,200 t of clay: nothing at works, half of 1,000 at the kiln, 100 t x 0.8 at the potter: 580 t.
    # Works may stay away: 1,200 t and 12,000 EUR without it.
    (tmp_path / "case.yaml").write_text(MET.lstrip(), encoding="utf-8")
    park = flows_of(read_case(tmp_path, sited=False))
    clay = park.totals.set_index("resource").loc["clay"]
    assert clay["inside_share"] == pytest.approx(580 / 5_200)
    assert clay["needed_without_optional_per_yr"] == pytest.approx(1_200)
    assert clay["cost_without_optional_per_yr"] == pytest.approx(12_000)
    assert park.streams.set_index("unit")["optional"].to_dict() == {
        "kiln": False,
        "potter": False,
        "works": True,
        "power": False,
    }
    assert any("works" in note for note in park.notes)


SPLIT = """
case: Split
currency: EUR
price_year: 2025
economics: {discount_rate: 5 %}
resources: {ash: {kind: material, unit: t, price: 10, discharge: {route: landfill, cost: 30}, carried_by: [truck]}}
links: {truck: {kind: truck, cost: 0.5}}
plants:
  a: {hours: 8000, sources: {ash: {rate: {value: 10 t/yr, basis: metered, grade: A}}}}
  b: {hours: 8000, sources: {ash: {rate: 100 t/yr}}}
  c: {hours: 8000, sources: {ash: {rate: 100 t/yr}}}
  s: {hours: 8000, sinks: {ash: {rate: 100 t/yr}}}
  t: {hours: 8000, optional: {margin: 100}, sinks: {ash: {rate: 100 t/yr}}}
  u: {hours: 8000, sinks: {ash: {rate: 10 t/yrWHOLE}}}
exchanges:
  - {from: a, to: u, forbidden: true}
  - {from: b, to: s, forbidden: true}
  - {from: b, to: t, forbidden: true}
  - {from: c, to: s, forbidden: true}
  - {from: c, to: t, forbidden: true}
"""


def test_met_inside_is_a_maximum_flow(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # a gives 10 t to s and t, b and c give u its 10 t: 20 t of 210. Bounds by sources (10 + 10 + 10) and by sinks
    # (10 + 10 + 10) would both say 30.
    (tmp_path / "case.yaml").write_text(SPLIT.lstrip().replace("WHOLE", ""), encoding="utf-8")
    park = flows_of(read_case(tmp_path, sited=False))
    ash = park.totals.set_index("resource").loc["ash"]
    assert ash["inside_share"] == pytest.approx(20 / 210)
    assert ash["inside_basis"] == "maximum flow"
    rows = park.streams.set_index("unit")
    assert (rows.loc["a", "amount_basis"], rows.loc["b", "amount_basis"]) == ("metered", "not stated")
    assert rows.loc["a", "bases"] == "not stated, metered"  # the cost of the landfill has no basis
    assert main(["flows", str(tmp_path), "--html", str(tmp_path / "f.html")]) == 0
    for text in (capsys.readouterr().out, (tmp_path / "f.html").read_text(encoding="utf-8")):
        assert "with and without the plants that may stay away" in text
        assert "t (may stay away)" in text
        assert "not stated, metered; not stated" in text


def test_met_inside_is_a_bound_where_a_demand_is_met_whole(tmp_path: Path) -> None:
    text = SPLIT.lstrip().replace("WHOLE", ", whole_demand_from_one_source: true")
    (tmp_path / "case.yaml").write_text(text, encoding="utf-8")
    park = flows_of(read_case(tmp_path, sited=False))
    assert park.totals.set_index("resource").loc["ash", "inside_basis"] == "bound"


def test_names_from_right_to_left_keep_their_amounts_beside_them() -> None:
    name = "\u05de\u05e4\u05e2\u05dc"
    drawn = sankey(Sankey("material", "t", ((name, "ash", 5.0),), (("ash", "kiln", 5.0),), ""))
    assert f"\u2068{name}\u2069 5" in drawn
    assert "\u2068kiln" not in drawn
