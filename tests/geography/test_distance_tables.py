"""Parks without coordinates: distances that somebody measured."""

import pytest
from park_shapes import dots, squares
from shapely import LineString

from planner.case.case import Case
from planner.errors import CaseError
from planner.geography.measure import measure
from planner.geography.needs import find_needs

TABLE = {"distances": "d.csv"}


def test_a_table_serves_every_network_where_it_is_all_there_is(park, tmp_path):
    (tmp_path / "d.csv").write_text("from,to,length_m,cost_length_m\nA,B,1200,1500\nB,A,1300,\nA,city,800,\n")
    links = {
        "belt": {"kind": "conveyor"},
        "truck": {"kind": "truck", "along": "roads"},
        "line": {"kind": "cable", "along": "table"},
    }
    partners = {"city": {"sinks": {"ash": {"rate": 1}}}}
    plots = {"A": {"area": 2}, "B": {"area": 3}}
    plants = {
        "giver": {"plot": "A", "sources": {"ash": {"rate": 1}}},
        "taker": {"plot": "B", "sinks": {"ash": {"rate": 1}}},
    }
    m = measure(park({}, TABLE, links=links, partners=partners, plots=plots, plants=plants, crs=None))
    assert set(m.routes) == {"corridors", "roads", "table"}
    for routes in m.routes.values():
        assert (routes["A", "B"].length_m, routes["A", "B"].cost_length_m) == (1200, 1500)
        assert routes["B", "A"].length_m == routes["B", "A"].cost_length_m == 1300
        assert routes["city", "A"].length_m == 800  # either direction serves both
        assert routes["A", "B"].path is None
    assert m.crs is None
    assert list(m.plots["name"]) == ["A", "B"]
    assert list(m.plots["area_ha"]) == [2, 3]
    assert m.plots.geometry.isna().all()
    assert m.points.empty
    assert m.edge_m == {}
    assert m.segments is None


def test_a_needed_distance_that_nobody_gave_is_a_fault(park, tmp_path):
    (tmp_path / "d.csv").write_text("from,to,length_m\nA,B,1200\n")
    plots = {"A": {"area": 2}, "B": {"area": 3}, "C": {"area": 3}}
    with pytest.raises(
        CaseError, match="links along corridors need distances that nobody gave: A - C; B - C; add them"
    ):
        measure(park({}, TABLE, plots=plots, crs=None))
    with pytest.raises(CaseError, match="give coordinates or a distance table"):
        measure(park({}, plots=plots, crs=None))


def test_everything_in_one_place_needs_no_distance(park):
    # One plot of 4 ha for both: half the square root of 40,000 m2 = 100 m.
    plots = {"A": {"area": 4, "several_tenants": True}}
    m = measure(park({}, plots=plots, crs=None))
    assert m.routes["corridors"]["A", "A"].length_m == pytest.approx(100)
    plots = {"A": {"several_tenants": True}}
    with pytest.raises(CaseError, match=r"plots.A.area: several tenants share it"):
        measure(park({}, plots=plots, crs=None))


def test_a_case_without_plots_and_links_measures_to_nothing(park):
    m = measure(park({}, links={}, resources={}, plants={}, crs=None))
    assert m.routes == {}
    assert m.plots.empty
    assert m.points.empty
    assert list(m.plots.columns) == ["name", "area_ha", "geometry"]
    assert m.crs is None


def test_a_table_joins_places_without_coordinates_to_those_with(park, tmp_path):
    (tmp_path / "d.csv").write_text("from,to,length_m\nA,city,8000\nB,city,9000\nA,B,77\n")
    partners = {"city": {"sinks": {"ash": {"rate": 1}}}}
    m = measure(park({"plots": dots(A=(0, 0), B=(300, 400))}, TABLE, partners=partners))
    # A and B are drawn: their straight distance counts, not the table's 77 m.
    assert m.routes["corridors"]["A", "B"].length_m == pytest.approx(500)
    assert m.routes["corridors"]["city", "B"].length_m == 9000


BROKEN = {
    "no column": (
        "from,to,length\nA,B,1\n",
        [":1:1", 'no column "length_m"', 'unknown column "length"; did you mean "length_m"?'],
    ),
    "no such place": ("from,to,length_m\nA,Bb,1\n", ["d.csv:2:1", 'no such plot or partner: "Bb"']),
    "text": ("from,to,length_m\nA,B,far\n", ["d.csv:2:1", 'found "far"; expected metres']),
    "negative": ("from,to,length_m\nA,B,-3\n", ['found "-3"']),
    "not finite": ("from,to,length_m\nA,B,inf\n", ['found "inf"']),
    "spreadsheet error": ("from,to,length_m\nA,B,#NUM!\n", ['found "#NUM!"']),
    "two lengths": ("from,to,length_m\nA,B,1\nA,B,2\n", ["d.csv:3:1", "A to B is stated before"]),
    "short row": ("from,to,length_m\nA\n", ["d.csv:2:1", 'no such plot or partner: ""']),
    "empty": ("", ['no column "from"']),
    "not text": ("\0\0", ['no column "from"']),
}


@pytest.mark.parametrize("what", BROKEN)
def test_broken_tables(park, tmp_path, what):
    text, words = BROKEN[what]
    (tmp_path / "d.csv").write_text(text)
    with pytest.raises(CaseError) as error:
        measure(park({}, TABLE, plots={"A": {}, "B": {}}, crs=None))
    for word in words:
        assert word in str(error.value)


@pytest.mark.parametrize(
    ("row", "columns"),
    [("far,", ["length_m"]), ("12,far", ["cost_length_m"]), ("far,-1", ["cost_length_m", "length_m"])],
)
def test_a_bad_length_is_one_fault_in_its_own_column(park, tmp_path, row, columns):
    (tmp_path / "d.csv").write_text(f"from,to,length_m,cost_length_m\nA,B,{row}\n")
    with pytest.raises(CaseError) as error:
        measure(park({}, TABLE, plots={"A": {}, "B": {}}, crs=None))
    found = sorted(fault.field for fault in error.value.faults if fault.line == 2)
    assert found == [f"geography.distances.{column}" for column in columns]


@pytest.mark.parametrize("name", ["none.csv", "../d.csv", "d.txt"])
def test_tables_that_are_not_there(park, tmp_path, name):
    (tmp_path / "d.txt").write_text("from,to,length_m\n")
    with pytest.raises(CaseError, match="geography.distances"):
        measure(park({}, {"distances": name}, plots={"A": {}, "B": {}}, crs=None))


def test_along_table_without_a_table_is_a_fault(park):
    links = {"belt": {"kind": "conveyor", "along": "table"}}
    with pytest.raises(CaseError, match='belt: "along: table" needs a distance table'):
        measure(park({"plots": dots(A=(0, 0), B=(9, 9))}, links=links))


def needs(**changes) -> tuple[set, set]:
    base = {
        "case": "test",
        "currency": "EUR",
        "price_year": 2025,
        "economics": {"discount_rate": 0},
        "resources": {
            "ash": {"kind": "material", "unit": "t", "carried_by": ["belt"]},
            "clay": {"kind": "material", "unit": "t"},
        },
        "plants": {
            "kiln": {"plot": "A", "sources": {"ash": {"rate": 1}}},
            "works": {"plot": "B", "sinks": {"clay": {"rate": 1}}},
        },
        "links": {"belt": {"kind": "conveyor"}},
    }
    found = find_needs(Case.model_validate(base | changes), "corridors", ["A", "B", "C"])
    return set(found.firm), set(found.loose)


def test_who_needs_whom():
    # Nothing replaces clay, so nothing has to be joined; a substitution or an exchange with its own ratio makes a need.
    assert needs() == (set(), set())
    substitution = [{"from": "ash", "to": "clay", "ratio": 0.9}]
    assert needs(substitutions=substitution) == ({("A", "B")}, set())
    assert needs(exchanges=[{"from": "kiln", "to": "works", "ratio": 0.9}]) == ({("A", "B")}, set())
    assert needs(substitutions=substitution, exchanges=[{"from": "kiln", "to": "works", "forbidden": True}]) == (
        set(),
        set(),
    )
    # A pipe in the ground between two plots needs its way unless its length is stated.
    pipe = {"from": "C", "to": "A", "link": "belt", "resources": ["ash"], "capacity": 1}
    assert needs(existing_pipes={"old": pipe}) == ({("A", "C")}, set())
    assert needs(existing_pipes={"old": pipe | {"length": 80}}) == (set(), set())


def test_zones_reserved_plots_and_own_measures_count():
    plants = {
        "kiln": {"plots": ["A", "C"], "area": 1, "sources": {"gas": {"rate": 1}}},
        "works": {"zone": "light", "area": 1, "sinks": {"ash": {"rate": 1}}},
    }
    plots = {"A": {"zones": ["heavy"]}, "B": {"zones": ["light"]}, "C": {"reserved": True}}
    resources = {
        "ash": {"kind": "material", "unit": "t", "carried_by": ["belt"]},
        "gas": {"kind": "gas", "unit": "t"},
    }
    facility = {
        "scope": "own",
        "owner": "kiln",
        "outputs": {"ash": 1},
        "investment": [{"capacity": 1, "investment": 1}],
    }
    assert needs(plants=plants, plots=plots, resources=resources) == (set(), set())
    own = {"plants": plants, "plots": plots, "resources": resources, "facilities": {"burner": facility}}
    assert needs(**own) == ({("A", "B")}, set())


def test_lengths_that_nothing_uses_are_said_to_be_unused(park, tmp_path):
    """Both plots have coordinates and the belt follows corridors: 5 m in the table would be ignored in silence."""
    (tmp_path / "d.csv").write_text("from,to,length_m\nA,B,5\n", encoding="utf-8")
    shapes = {"plots": squares(A=(0, 0), B=(400, 0)), "roads": {"geometry": [LineString([(0, 0), (500, 0)])]}}
    found = measure(park(shapes, TABLE))
    assert found.routes["corridors"]["A", "B"].length_m > 5
    assert "geography.distances: no link goes along the table, so that its lengths are not used" in found.notes
    assert "geography.roads: no link goes along roads, so that they are not used" in found.notes
    along = {"belt": {"kind": "conveyor", "along": "table"}, "lorry": {"kind": "truck", "along": "roads"}}
    ash = {"ash": {"kind": "material", "unit": "t", "carried_by": ["belt", "lorry"]}}
    assert not [note for note in measure(park(shapes, TABLE, links=along, resources=ash)).notes if "not used" in note]
