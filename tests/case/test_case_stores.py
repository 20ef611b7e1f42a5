"""Stores of a case: their units, what follows from them, and every fault of them."""

from pathlib import Path

import pytest

from planner.case.case import Case
from planner.case.read import read_case
from planner.case.stores import activity_unit, capacity_unit
from planner.case.summary import summary
from planner.errors import CaseError

TEXT = """
case: Stores
currency: EUR
price_year: 2025
economics: {discount_rate: 5 %}
geography: {distances: distances.csv}
periods: {winter: {hours: 50 %}, summer: {hours: 50 %}}
plots: {A: {area: 5}, B: {area: 5}, C: {area: 5}}
qualities: {cod: {unit: mg/L}}
resources:
  gas: {kind: gas, unit: MWh, price: 40}
  heat: {kind: heat, unit: kWh, discharge: {route: cooler}, carried_by: [pipe]}
  power: {kind: power, unit: MWh, price: 100}
  steam: {kind: heat, unit: t, price: 30}
  water: {kind: water, unit: m3, price: 1, discharge: {route: sewer}}
plants:
  works: {plot: A, sources: {heat: {rate: 10 MW}, water: {rate: 5}}}
  homes: {plot: B, sinks: {heat: {rate: 6 MW, supplied_today_by: {gas: 0.0011 MWh/kWh}}, water: {rate: 2}}}
facilities:
  pit:
    unit: MWh
    plot: C
    stores: STORES
    variable_cost: 0.01 EUR/kWh
    investment: [{capacity: 100 MWh, investment: 1 MEUR}, {capacity: 2 GWh, investment: 12 MEUR}]
links:
  pipe: {kind: pipe, sizes: [{size: S, capacity: 20000, investment: 10}]}
"""
STORES = (
    "{resource: heat, loss: 1 %/d, rate_in: 20 MW, hours_to_empty: 2 d, rate_cost_in: 50 EUR/kW, uses: {power: 0.02}}"
)
TEXT = TEXT.replace("STORES", STORES)
CURVE = "[{capacity: 100 MWh, investment: 1 MEUR}, {capacity: 2 GWh, investment: 12 MEUR}]"
UNIT = "    unit: MWh\n    plot: C\n"


def read(folder: Path, *changes: tuple[str, str]) -> Case:
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    (folder / "distances.csv").write_text("from,to,length_m\nA,B,1000\nA,C,100\nB,C,900\n", encoding="utf-8")
    return read_case(folder)


def faults(folder: Path, *changes: tuple[str, str]) -> list[str]:
    with pytest.raises(CaseError) as error:
        read(folder, *changes)
    return [f"{fault.field}: {fault.message}" for fault in error.value.faults]


def test_numbers_are_in_the_units_of_content_and_stream(tmp_path: Path) -> None:
    """Content in MWh, heat in kWh: 1 kWh charged is 0.001 MWh of content."""
    pit = read(tmp_path).facilities["pit"]
    store = pit.stores
    assert store is not None
    assert (store.gained, store.drawn) == pytest.approx((0.001, 1000))
    assert [point.capacity.value for point in pit.curve()] == [100, 2000]
    assert [point.capacity.unit for point in pit.curve()] == ["MWh", "MWh"]
    assert store.rate_in is not None
    assert store.rate_in.value == pytest.approx(20000)  # kWh/h
    assert store.fastest_out(96.0) == pytest.approx(2000)  # 96 MWh in 48 h
    assert store.rate_cost_in is not None
    assert store.rate_cost_in.value == pytest.approx(50)  # EUR/(kWh/h)
    assert store.uses["power"].value == pytest.approx(0.02)  # MWh/kWh, bare
    assert pit.variable_cost is not None
    assert pit.variable_cost.value == pytest.approx(0.01)  # EUR/kWh charged
    assert dict(pit.taken) == {"heat": pit.taken["heat"], "power": store.uses["power"]}
    assert list(pit.given) == ["heat"]


@pytest.mark.parametrize(
    ("loss", "hourly"),
    [
        ("1 %/d", 1 - 0.99 ** (1 / 24)),  # of what is there 99 % are left after a day
        ("50 %/d", 1 - 0.5 ** (1 / 24)),
        ("2 %/week", 1 - 0.98 ** (1 / 168)),
        ("10 %/month", 1 - 0.9 ** (1 / 730)),
        ("0.001", 0.001),
        ("0.1 %/h", 0.001),
        ("90 %/yr", 1 - 0.1 ** (1 / 8760)),
    ],
)
def test_a_loss_is_what_is_lost_in_its_span(tmp_path: Path, loss: str, hourly: float) -> None:
    store = read(tmp_path, ("1 %/d", loss)).facilities["pit"].stores
    assert store is not None
    assert store.loss is not None
    assert store.loss.value == pytest.approx(hourly, rel=1e-12)


def test_content_is_counted_as_what_comes_out_where_nothing_is_said(tmp_path: Path) -> None:
    case = read(tmp_path, (UNIT, "    plot: C\n"))
    pit = case.facilities["pit"]
    assert (pit.unit, capacity_unit(pit), activity_unit(case, "pit")) == ("kWh", "kWh", "kWh")
    assert pit.curve()[0].capacity.value == pytest.approx(100_000)
    assert pit.stores is not None
    assert (pit.stores.gained, pit.stores.drawn) == (1.0, 1.0)


def test_an_efficiency_in_percent_is_of_what_there_is(tmp_path: Path) -> None:
    """95 % of a kWh are 0.00095 MWh."""
    store = read(tmp_path, ("loss: 1 %/d", "efficiency_in: 95 %, efficiency_out: 90 %")).facilities["pit"].stores
    assert store is not None
    assert (store.gained, store.drawn) == pytest.approx((0.00095, 900))


def test_a_power_law_of_content(tmp_path: Path) -> None:
    law = "{coefficient: 50 kEUR, exponent: 0.7, largest: 2 GWh, smallest: 100 MWh}"
    pit = read(tmp_path, (CURVE, law)).facilities["pit"]
    assert pit.curve()[0].capacity.value == pytest.approx(100)
    assert pit.curve()[-1].capacity.value == pytest.approx(2000)


def test_the_resolved_case_reads_back_as_equal(tmp_path: Path) -> None:
    for n, changes in enumerate(((), ((UNIT, "    plot: C\n"),), (("1 %/d", "10 %/month"),))):
        (tmp_path / f"{n}").mkdir()
        case = read(tmp_path / f"{n}", *changes)
        again = tmp_path / f"again {n}"
        again.mkdir()
        (again / "case.yaml").write_text(case.resolved(), encoding="utf-8")
        (again / "distances.csv").write_text("from,to,length_m\nA,B,1000\nA,C,100\nB,C,900\n", encoding="utf-8")
        assert read_case(again) == case


def test_the_summary_has_the_pairs_of_a_store(tmp_path: Path) -> None:
    text = summary(read(tmp_path))
    assert "works / heat -> pit / heat" in text
    assert "pit / heat -> homes / heat" in text
    assert "pit keeps heat, up to 2" in text


def test_faults_of_what_it_keeps(tmp_path: Path) -> None:
    none = faults(tmp_path, ("resource: heat, ", ""))
    assert none == [
        "facilities.pit.stores.resource: is missing; state what it takes and gives back",
    ]
    one = faults(tmp_path, ("resource: heat", "takes: heat"))
    assert one == ["facilities.pit.stores.gives: is missing; with takes it is needed (or state resource alone)"]
    both = faults(tmp_path, ("resource: heat", "resource: heat, takes: power"))
    assert both == [
        "facilities.pit.stores.takes: states resource, too; expected resource alone, or takes and gives",
    ]
    named = faults(tmp_path, ("resource: heat", "resource: heet"))
    assert named == ['facilities.pit.stores.resource: no such resource "heet"; did you mean "heat"?']
    used = faults(tmp_path, ("uses: {power: 0.02}", "uses: {heat: 0.02}"))
    assert used == [
        "facilities.pit.stores.uses.heat: heat is what is charged; state what of it is lost in efficiency_in"
    ]


@pytest.mark.parametrize(
    ("old", "new", "field", "says"),
    [
        ("rate_in: 20 MW, ", "", "rate_in", "nothing says how fast it is charged: state it or hours_to_fill"),
        ("hours_to_empty: 2 d, ", "", "rate_out", "nothing says how fast it is drawn: state it or hours_to_empty"),
        ("rate_in: 20 MW", "rate_in: 0", "rate_in", "found 0; expected more than 0"),
        ("hours_to_empty: 2 d", "hours_to_empty: 0", "hours_to_empty", "found 0; expected more than 0"),
        ("loss: 1 %/d", "loss: 100 %/d", "loss", "found 100 %/d; expected less than 100 % of what is there"),
        ("loss: 1 %/d", "loss: 1.5", "loss", "found 1.5; expected less than 100 % of what is there"),
        ("loss: 1 %/d", "loss: -1 %/d", "loss", "found -1 %/d; expected at least 0 1/h"),
        ("loss: 1 %/d", "loss: 5 MWh/d", "loss", "expected 1/h"),
        ("loss: 1 %/d", "efficiency_in: 0 %", "efficiency_in", "found 0 %; expected more than 0"),
        ("loss: 1 %/d", "efficiency_in: 110 %", "efficiency_in", "1.1 would come out; expected at most 1"),
        ("loss: 1 %/d", "efficiency_in: 0.9", "efficiency_in", "900 would come out; expected at most 1"),
        ("rate_in: 20 MW", "rate_in: 20 t/h", "rate_in", "expected kWh/h"),
        (
            "rate_in: 20 MW",
            "rate_in: {value: 20 MW, periods: {summer: 1}}",
            "rate_in.periods",
            "may not differ by period",
        ),
    ],
)
def test_faults_of_numbers(tmp_path: Path, old: str, new: str, field: str, says: str) -> None:
    found = faults(tmp_path, (old, new))
    assert [f for f in found if f.startswith(f"facilities.pit.stores.{field}: ") and says in f], found
    assert len(found) == 1


def test_efficiencies_above_one_only_where_the_whole_is_not(tmp_path: Path) -> None:
    """120 % in and 50 % out make 60 %, but the content is heat, too."""
    found = faults(tmp_path, ("loss: 1 %/d", "efficiency_in: 120 %, efficiency_out: 50 %"))
    assert found == ["facilities.pit.stores.efficiency_in: found 120 %, 1.2 of what there is; expected at most 1"]
    other = read(
        tmp_path,
        ("resource: heat", "takes: power, gives: heat"),
        ("loss: 1 %/d", "efficiency_in: 300 %, efficiency_out: 90 %"),
        ("power: 0.02", "gas: 0.02"),
    )
    assert other.facilities["pit"].stores is not None


def test_a_content_in_another_measure_needs_its_efficiencies(tmp_path: Path) -> None:
    changes = (
        ("resource: heat, ", "resource: steam, "),
        ("rate_in: 20 MW", "rate_in: 20"),
        ("rate_cost_in: 50 EUR/kW, ", ""),
        ("0.01 EUR/kWh", "0.01"),
    )
    missing = "is missing; steam is counted in t, the content in MWh: state it in"
    assert faults(tmp_path, *changes) == [
        f"facilities.pit.stores.efficiency_in: {missing} MWh/t",
        f"facilities.pit.stores.efficiency_out: {missing} t/MWh",
    ]
    stated = (*changes, ("loss: 1 %/d", "efficiency_in: 0.65 MWh/t, efficiency_out: 1.5"))
    store = read(tmp_path, *stated).facilities["pit"].stores
    assert store is not None
    assert (store.gained, store.drawn) == (0.65, 1.5)
    found = faults(tmp_path, *changes, ("loss: 1 %/d", "efficiency_in: 0.65 MWh/t, efficiency_out: 2"))
    assert found == [
        "facilities.pit.stores.efficiency_in: of a unit of steam charged, 1.3 would come out; expected at most 1"
    ]


@pytest.mark.parametrize(
    "line",
    [
        "inputs: {power: 1}",
        "outputs: {heat: 1}",
        "treats: {inlet: heat, outlet: heat}",
        "min_activity: 1",
        "peak_factor: 1.5",
    ],
)
def test_a_field_that_means_nothing_to_a_store_is_a_fault(tmp_path: Path, line: str) -> None:
    found = faults(tmp_path, (UNIT, f"{UNIT}    {line}\n"))
    field = line.partition(":")[0]
    assert [f for f in found if f.startswith(f"facilities.pit.{field}") and "means nothing to a store" in f], found


def test_sizes_are_contents(tmp_path: Path) -> None:
    found = faults(tmp_path, ("capacity: 100 MWh", "capacity: 100 MW"))
    assert len(found) == 1
    assert found[0].startswith("facilities.pit.investment[1].capacity: ")
    assert "expected MWh" in found[0]


def test_what_it_is_stated_to_hold_must_be_limited_where_it_comes_in(tmp_path: Path) -> None:
    tank = (
        (STORES, "{resource: water, rate_in: 20, rate_out: 20}"),
        ("unit: MWh\n    plot", "unit: m3\n    plot"),
        ("    variable_cost: 0.01 EUR/kWh\n", ""),
        (CURVE, "[{capacity: 100, investment: 1000}]"),
    )
    quality = "    quality: {water: {cod: 50}}\n"
    found = faults(tmp_path, *tank, ("    plot: C\n", f"    plot: C\n{quality}"))
    assert found == [
        "facilities.pit.quality.water.cod: nothing limits what comes in, so that it could hold more than is stated "
        "here; state limits.water.cod"
    ]
    limits = "    limits: {water: {cod: {max: 50, accept_unknown: true}}}\n"
    assert read(tmp_path, *tank, ("    plot: C\n", f"    plot: C\n{quality}{limits}")).facilities["pit"].stores


def test_a_store_is_no_store_of_two_things(tmp_path: Path) -> None:
    found = faults(tmp_path, ("resource: heat", "resource: [heat, power]"))
    assert any("facilities.pit.stores.resource" in f for f in found)
    unknown = faults(tmp_path, ("loss: 1 %/d", "losses: 1 %/d"))
    assert any("losses" in f for f in unknown)


def test_a_waste_does_not_vanish_in_a_store(tmp_path: Path) -> None:
    waste = ("{route: cooler}", "{route: cooler, waste: non-hazardous, waste_mass: 0.001}")
    told = "heat is a waste: what of it is lost would count nowhere; expected no loss"
    assert faults(tmp_path, waste) == [f"facilities.pit.stores.loss: {told}"]
    found = faults(tmp_path, waste, ("loss: 1 %/d", "efficiency_out: 90 %"))
    assert found == [f"facilities.pit.stores.efficiency_out: {told}"]
    assert read(tmp_path, waste, ("loss: 1 %/d, ", "")).facilities["pit"].stores
