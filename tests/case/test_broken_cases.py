"""Each broken case is a clear fault: the words its message must hold, and where it stands."""

import pytest
from case_texts import BASE, assert_said, changed, write

from planner.case.late_faults import with_places
from planner.case.read import read_case
from planner.errors import CaseError, Fault

#: name -> changes of the base case, words that one line of the message must hold together.
BROKEN = {
    # shape
    "field misspelt": ([("    area: 4 ha", "    aera: 4 ha")], ["plants.mill.aera", "no such field", '"area"']),
    "field of a number": ([("low: 28", "lo: 28")], ["rate.lo", "no such field", '"low"']),
    "section unknown": ([("park_gate:", "park_gates:")], ["park_gates: no such field", '"park_gate"']),
    "required missing": ([("currency: EUR\n", "")], ["currency: is missing"]),
    "rate missing": ([("{rate: 48 t/d}", "{hours: 5}")], ["plants.kiln.sources.ash.rate: is missing"]),
    "kind unknown": ([("kind: power,", "kind: electricity,")], ["found", "electricity", "material", "power"]),
    "kind misspelt": ([("kind: pipe", "kind: pip")], ["links.steam pipe.kind", 'did you mean "pipe"?']),
    "grade unknown": ([("grade: A,", "grade: D,")], ["rate.grade", '"D"', "A, B, C"]),
    "basis unknown": ([("basis: metered", "basis: measured")], ["rate.basis", "metered"]),
    "list for a mapping": ([("lifetime: {pipe: 30 yr, facility: 20 yr}", "lifetime: [30]")], ["lifetime", "a list"]),
    "text for a mapping": (
        [("optional: {margin: 400 kEUR/yr}", "optional: yes")],
        ["optional", "expected a section with margin"],
    ),
    "text for true": ([("several_tenants: true", "several_tenants: maybe")], ["several_tenants", "true or false"]),
    "text for a section": (
        [("permit: {name: declaration}", "permit: by-product declaration")],
        ["substitutions[1].permit", 'found "by-product declaration"; expected a section with name, cost, delay'],
    ),
    "field of the sizes": (
        [("{kind: truck, along", "{loss: 40 W/m, kind: truck, along")],
        ["links.truck.loss: no such field here; it belongs to sizes"],
    ),
    "choice missing": (
        [("    kind: pipe\n", "")],
        ["links.steam pipe.kind: is missing; expected one of pipe, truck, cable, conveyor, rail, ship"],
    ),
    "empty section": (
        [
            (
                "rules:\n  separations:\n    - {hazard: toxic, from_hazard: food, distance: 300 m}\n"
                "  at_most: {boiler: 1}\n",
                "rules:\n",
            )
        ],
        ["rules: is empty"],
    ),
    "year as text": ([("price_year: 2025", "price_year: '2025'")], ["price_year", "whole number"]),
    "truth as number": ([("at_most: {boiler: 1}", "at_most: {boiler: true}")], ["at_most.boiler", "whole number"]),
    "no points": (
        [("investment: [{capacity: 2 t/h, investment: 300 kEUR}]", "investment: []")],
        ["investment", "is empty"],
    ),
    # numbers
    "nan": ([("rate: 25 t/h", "rate: .nan")], ["rate", "finite number"]),
    "inf": ([("rate: 25 t/h", "rate: .inf")], ["rate", "finite number"]),
    "huge": ([("rate: 25 t/h", "rate: 1e999")], ["rate", "finite number"]),
    "too large to compute with": ([("rate: 25 t/h", "rate: 1e30 t/h")], ["rate", "1e30", "at most 1e15"]),
    "spreadsheet error": ([("rate: 25 t/h", "rate: '#NUM!'")], ["#NUM!", "spreadsheet"]),
    "truth value": ([("rate: 25 t/h", "rate: true")], ["found true", "expected a number"]),
    "date": ([("rate: 25 t/h", "rate: 2024-05-01")], ["2024-05-01", "date"]),
    "decimal comma": ([("rate: 25 t/h", "rate: '2,5 t/h'")], ["decimal point"]),
    "thousands": ([("rate: 25 t/h", "rate: 1_000")], ["without separators"]),
    "unit in front": ([("rate: 25 t/h", "rate: EUR 5")], ["number first"]),
    "range": ([("rate: 25 t/h", "rate: 20-30 t/h")], ["low: ..., high: ..."]),
    "empty number": ([("rate: 25 t/h", "rate: ''")], ["is empty"]),
    "low above": ([("low: 28", "low: 40")], ["rate.low", "40 t/h is above its own value, 34 t/h"]),
    "high below": ([("high: 36", "high: 30000 kg/h")], ["rate.high", "30 t/h is below its own value, 34 t/h"]),
    "negative area": ([("area: 4 ha", "area: -4 ha")], ["plants.mill.area", "-4 ha", "at least 0"]),
    "share above one": ([("coverage: 80 %", "coverage: 80")], ["plants.garden.coverage", "at most 1"]),
    "discount rate": ([("discount_rate: 8 %", "discount_rate: 8")], ["discount_rate", "at most 1"]),
    "too many hours": ([("hours: 7600 h/yr", "hours: 9000 h/yr")], ["hours", "at most 8760"]),
    # units
    "wrong dimension": ([("rate: 25 t/h", "rate: 25 MW")], ["MW is energy / time", "expected t/h", "mass / time"]),
    "unknown unit": ([("rate: 25 t/h", "rate: 25 tt/h")], ['unknown unit "tt"']),
    "ambiguous unit": ([("rate: 25 t/h", "rate: 25 ton/h")], ["ton", "ambiguous"]),
    "unit of a resource": ([("clay: {kind: material, unit: t,", "clay: {kind: material, unit: tt,")], ['"tt"']),
    "yearly amount by day": ([("min_flow: 20 kt/yr", "min_flow: 20 t/d")], ["min_flow", "expected t/yr"]),
    "wrong dimension at the gate": ([("yearly: 90 GWh/yr", "yearly: 90 t/d")], ["park_gate.grid.yearly", "MWh/d"]),
    "round the clock": ([("hours: 8000 h/yr", "hours: 24/7")], ["plants.kiln.hours", '"24/7"', "hours a year", "8760"]),
    "yearly amount by hour": ([("min_flow: 20 kt/yr", "min_flow: 20 t/h")], ["min_flow", "expected t/yr"]),
    "foreign currency": ([("price: 38,", "price: 38 CHF/MWh,")], ["CHF", "exchange_rates"]),
    "foreign year": ([("price: 38,", "price: {value: 38 GBP/MWh, year: 2020},")], ["GBP of 2020", "exchange_rates"]),
    "price year": ([("price: 38,", "price: {value: 38, year: 2020},")], ["2020", "price_index"]),
    "efficiency unknown": ([("enthalpy: 0.65 MWh/t, ", "")], ["efficiency", "energy content of steam", "enthalpy"]),
    "link of two units": (
        [("clay: {kind: material, unit: t,", "clay: {kind: material, unit: m3, carried_by: [truck],")],
        ["different units", "split it"],
    ),
    # names
    "resource": (
        [("      clay: {rate", "      cley: {rate")],
        ["plants.mill.sinks.cley", "no such resource", '"clay"'],
    ),
    "resource of a stream": ([("{resource: steam,", "{resource: stem,")], ['no such resource "stem"', '"steam"']),
    "resource of a supply": ([("{gas: {efficiency", "{gass: {efficiency")], ["supplied_today_by.gass", '"gas"']),
    "resource forgone": ([("forgoes: {power:", "forgoes: {powr:")], ["forgoes.powr", '"power"']),
    "resource of the gate": ([("{resource: power, yearly", "{resource: powr, yearly")], ["park_gate.grid.resource"]),
    "plot": ([("plot: P1", "plot: P9")], ["plants.kiln.plot", 'no such plot "P9"', "P1"]),
    "zone": ([("zone: heavy", "zone: hevy")], ["plants.mill.zone", '"heavy"']),
    "neighbour": ([("neighbours: [kiln]", "neighbours: [kilm]")], ["neighbours[1]", '"kiln"']),
    "link": ([("carried_by: [truck]", "carried_by: [truk]")], ["carried_by[1]", '"truck"']),
    "firm": ([("firm: holding", "firm: holdin")], ["plants.kiln.firm", '"holding"']),
    "owner": ([("owner: mill", "owner: mil")], ["facilities.saver.owner", '"mill"']),
    "payer": ([("{seller: 0.4,", "{saler: 0.4,")], ["paid_by.saler", '"seller"']),
    "hazard class": ([("{hazard: toxic,", "{hazard: toxik,")], ["separations[1].hazard", '"toxic"']),
    "kind of facility": ([("at_most: {boiler: 1}", "at_most: {boilr: 1}")], ["at_most.boilr", '"boiler"']),
    "asset class": ([("{pipe: 30 yr,", "{pype: 30 yr,")], ["lifetime.pype", '"pipe"']),
    "giver": ([("{from: kiln, to: mill", "{from: kilm, to: mill")], ["exchanges[1].from", '"kiln"']),
    "stream": ([("stream: steam,", "stream: steem,")], ["exchanges[1].stream", "source stream of kiln", '"steam"']),
    "substitute": ([("{from: ash, to: clay", "{from: ash, to: cly")], ["substitutions[1].to", '"clay"']),
    "source": ([("source: tariff-2025", "source: tariff-2024")], ["price.source", '"tariff-2025"']),
    "name twice": ([("  saver:\n", "  mill:\n")], ["facilities.mill", "also one of plants"]),
    "name of two parts": ([("  garden:\n", "  garden > herbs:\n")], ['cannot hold " > "']),
    "blank in a name": ([("  garden:\n", "  'garden ':\n")], ["blank"]),
    "control character": ([("  garden:\n", '  "gar\\tden":\n')], ["control character"]),
    # sense
    "plot and plots": ([("    plot: P1", "    plot: P1\n    plots: [P2]")], ["plot and plots"]),
    "reserved plot": ([("P1: {area: 10 ha,", "P1: {reserved: true, area: 10 ha,")], ["P1 is reserved"]),
    "hours and stops": ([("stops: 30 d/yr", "stops: 30 d/yr\n    hours: 8000")], ["hours and stops"]),
    "hours and days": ([("hours: 8000 h/yr", "hours: 8000 h/yr\n    days: 300")], ["do not fit into 300 days"]),
    "peak factor": ([("peak_factor: 1.2", "peak_factor: 0.9")], ["peak_factor", "at least 1"]),
    "coverage": ([("coverage: 80 %", "coverage: 0")], ["coverage", "more than 0"]),
    "shorter than straight": ([("detour: 1.3", "detour: 0.9")], ["links.truck.detour", "0.9", "at least 1"]),
    # kiln runs 8000 h, mill 7600 h
    "hours shared beyond the sink's": (
        [("stream: steam,", "stream: steam, shared_hours: 7800,")],
        ["exchanges[1].shared_hours", "7800", "steam of mill runs only 7600 h/yr"],
    ),
    "hours shared beyond the source's": (
        [("stream: steam,", "stream: steam, shared_hours: 95 %,")],
        ["exchanges[1].shared_hours", "95 %", "only 7600 h/yr"],
    ),
    # with any taker: garden has 8760 - 30 x 24 = 8040 h, so kiln's 8000 h are the bound
    "hours shared beyond every match": (
        [("{from: kiln, to: mill, stream: steam,", "{from: kiln, stream: steam, shared_hours: 8001,")],
        ["exchanges[1].shared_hours", "8001", "steam of kiln runs only 8000 h/yr"],
    ),
    "least above most": ([("min_flow: 20 kt/yr", "min_flow: 200 kt/yr")], ["min_flow", "above its own max_flow"]),
    "forbidden and forced": ([("stream: steam,", "stream: steam, forbidden: true,")], ["forbidden and"]),
    "shares": ([("buyer: 0.6", "buyer: 0.5")], ["paid_by", "0.9"]),
    "curve": (
        [("{capacity: 20 t/h,", "{capacity: 4 t/h,")],
        ["boiler.investment[2].capacity", "is not above the 5 t/h"],
    ),
    "curve falls": ([("investment: 2.5 MEUR", "investment: 0.5 MEUR")], ["is below the 1 MEUR"]),
    "own without owner": ([("    owner: mill\n", "")], ["facilities.saver.owner", "is missing"]),
    "heat loss": (
        [("enthalpy: 0.65 MWh/t, ", ""), ("{gas: {efficiency: 90 %}", "{gas: 0.8 MWh/t")],
        ["resources.steam.enthalpy", "is missing", "loss"],
    ),
    "waste mass": (
        [("ash: {kind: material, unit: t,", "ash: {kind: material, unit: m3,")],
        ["resources.ash.discharge", "waste_mass"],
    ),
    "fresh water": ([("clay: {kind: material,", "clay: {fresh_water: true, kind: material,")], ["water in m3/t"]),
    "not suppliable": ([("unit: t, price: 30}", "unit: t}")], ["mill.sinks.clay", "price", "supplied_today_by"]),
    "not bought": ([("price: 38, ", "")], ["supplied_today_by.gas", "resources.gas has no price"]),
    "not disposable": (
        [(", discharge: {route: landfill, cost: 85, waste: inert}", "")],
        ["kiln.sources.ash", "disposed of", "on_demand"],
    ),
    "separation": ([("from_hazard: food, ", "")], ["neither of from_receptor and from_hazard"]),
    "no receptors": ([("from_hazard: food,", "from_receptor: school,")], ["from_receptor", "geography.receptors"]),
    "no pair": ([("stream: steam,", "stream: ash, into: steam,")], ["ash cannot replace steam", "substitution"]),
    "existing not fixed": (
        [("stream: steam,", "stream: steam, existing: {link: steam pipe, capacity: 9 t/h},")],
        ["mill has no fixed plot"],
    ),
    "pipe without sizes": (
        [("{kind: truck, along", "{kind: cable, along")],
        ["links.truck.sizes", "at least one size"],
    ),
    "size of nothing": ([("capacity: 8 t/h", "capacity: 0")], ["sizes[1].capacity", "more than 0"]),
    "size twice": ([("size: DN 200", "size: DN 100")], ["sizes[2].size", "twice"]),
    "fixed tenant": (
        [("plots:\n  P1", "tenants: {fixed: [mill]}\nplots:\n  P1")],
        ["tenants.fixed[1]", "not optional"],
    ),
    "too many tenants": ([("plots:\n  P1", "tenants: {at_least: 2}\nplots:\n  P1")], ["at_least", "1 optional"]),
    "no area": ([("    area: 4 ha\n", "")], ["plants.mill.area", "is missing"]),
    "lifetime": ([("pipe: 30 yr", "pipe: 0 yr")], ["lifetime.pipe", "more than 0"]),
    "index": ([("2015: 80", "2015: 0")], ["price_index.2015", "more than 0"]),
    "gate": ([("yearly: 90 GWh/yr, ", "")], ["yearly_expansion", "state yearly"]),
    "whole and share": (
        [("max_exchanged_share: 50 %", "max_exchanged_share: 50 %, whole_demand_from_one_source: true")],
        ["whole demand"],
    ),
    "substitution twice": (
        [("exchanges:\n", "  - {from: ash, to: clay}\nexchanges:\n")],
        ["substitutions[2]", "declared twice"],
    ),
    "nothing carried": ([("carried_by: [truck], ", "")], ["links.truck", "carries nothing"]),
    "currency": ([("currency: EUR", "currency: t")], ["currency", "expected a currency"]),
    "partner without place": (
        [("facilities:\n  boiler", "partners:\n  city: {hours: 5000}\nfacilities:\n  boiler")],
        ["partners.city.at", "is missing"],
    ),
    "half a position": (
        [("facilities:\n  boiler", "partners:\n  city: {at: {x: 3, lat: 4}}\nfacilities:\n  boiler")],
        ["partners.city.at", "x and y, or lon and lat"],
    ),
    # files
    "absolute path": ([("plots:\n  P1", "tables: {prices: /etc/passwd}\nplots:\n  P1")], ["tables.prices", "absolute"]),
    "path upwards": ([("plots:\n  P1", "tables: {prices: ../p.csv}\nplots:\n  P1")], ["leads out of the case folder"]),
    "geography upwards": (
        [("plots:\n  P1", "geography: {plots: ../p.gpkg}\nplots:\n  P1")],
        ["geography.plots", "out of"],
    ),
    "no such file": (
        [("plots:\n  P1", "geography: {distances: d.csv}\nplots:\n  P1")],
        ["geography.distances", "no file"],
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_case_is_explained(tmp_path, name):
    changes, words = BROKEN[name]
    with pytest.raises(CaseError) as caught:
        read_case(write(tmp_path, changed(*changes)))
    assert_said(caught.value, words)


@pytest.mark.parametrize("name", BROKEN)
def test_every_fault_has_its_place_in_the_file(tmp_path, name):
    with pytest.raises(CaseError) as caught:
        read_case(write(tmp_path, changed(*BROKEN[name][0])))
    assert caught.value.faults
    for fault in caught.value.faults:
        assert fault.file == "case.yaml"
        assert 1 <= fault.line <= BASE.count("\n") + 3
        assert fault.column >= 1


def test_the_base_case_itself_is_right(tmp_path):
    assert read_case(write(tmp_path)).case == "Kiln, mill and garden"


def test_known_parties_are_each_named_once(tmp_path):
    with pytest.raises(CaseError) as caught:
        read_case(write(tmp_path, changed(("holding: {kind: firm}", "park company: {kind: firm}"))))
    (fault,) = [f for f in caught.value.faults if f.field == "plants.kiln.firm"]
    assert fault.message.count('"park company"') == 1


@pytest.mark.parametrize(
    "terms",
    [
        "{from: kiln, to: mill, stream: steam, shared_hours: 7600,",
        # 7800 h suit kiln > garden (8000 and 8040 h), not kiln > mill (7600 h)
        "{from: kiln, stream: steam, shared_hours: 7800,",
        # a measure runs with its plant: saver, of the mill, 7600 h
        "{from: saver, to: mill, shared_hours: 7600,",
    ],
)
def test_shared_hours_that_some_match_has_are_right(tmp_path, terms):
    read_case(write(tmp_path, changed(("{from: kiln, to: mill, stream: steam,", terms))))


def test_a_measure_shares_no_more_hours_than_its_plant_runs(tmp_path):
    terms = "{from: saver, to: mill, shared_hours: 7601,"
    with pytest.raises(CaseError, match="of saver runs only 7600 h/yr"):
        read_case(write(tmp_path, changed(("{from: kiln, to: mill, stream: steam,", terms))))


def test_limits_at_the_gate_may_be_written_per_day(tmp_path):
    """240 MWh/d are 87,600 MWh in 365 days; 480 MWh/d are 20 MWh in each of 24 hours; 24 MWh/d more are 8760 MWh."""
    gate = "yearly: 240 MWh/d, yearly_expansion: {cost: 3, maximum: 24 MWh/d}, peak: 480 MWh/d,"
    text = changed(("yearly: 90 GWh/yr, yearly_expansion: {cost: 3}, peak: 20 MW,", gate))
    grid = read_case(write(tmp_path, text)).park_gate["grid"]
    assert float(grid.yearly) == pytest.approx(87_600)
    assert grid.yearly.unit == "MWh/yr"
    assert float(grid.peak) == pytest.approx(20)
    assert float(grid.yearly_expansion.maximum) == pytest.approx(8_760)


def test_a_late_fault_finds_the_entry_it_names(tmp_path):
    """Later steps count entries from 1 too: the only exchange stands on the line of its dash, its field in it."""
    case = read_case(write(tmp_path))
    line = BASE.splitlines().index("exchanges:") + 2
    (fault,) = with_places([Fault("case.yaml", 0, 0, "exchanges[1].max_flow", "is odd")], case._marks)
    assert (fault.line, fault.field) == (line, "exchanges[1].max_flow")
    column = BASE.splitlines()[line - 1].index("max_flow: ") + len("max_flow: ") + 1
    assert fault.column == column
