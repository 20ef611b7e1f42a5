"""``planner lca``: flow tables with the user's identifiers, STAN-like flows, and openLCA data sets read back."""

import csv
import json
import uuid

import pytest
from lca_park import plan
from typer.testing import CliRunner

from planner.cli.app import app
from planner.errors import CaseError
from planner.lifecycle.exchange_flows import Moving
from planner.lifecycle.identifiers import Identifiers, read_identifiers
from planner.lifecycle.write import flows_of, names_of, write_stan

RUN = CliRunner()


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lca") / "out"
    plan().save(folder)
    return folder


def test_a_finished_run_with_impacts_stands_up_to_its_audit(out):
    told = RUN.invoke(app, ["audit", str(out)], standalone_mode=False, catch_exceptions=False)
    assert told.return_value == 0, told.stdout
    document = json.loads((out / "results.json").read_text(encoding="utf-8"))
    assert {"impacts", "impacts_by_party", "impacts_indirect"} <= document.keys()


def rows(file):
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def lca(out, *more):
    return RUN.invoke(app, ["lca", str(out), "--json", *more], standalone_mode=False, catch_exceptions=False)


def test_flow_table_holds_the_flows_of_both_runs(out):
    told = json.loads(lca(out).stdout)
    found = rows(out / "lca" / "flows.csv")
    assert told["flows"] == len(found)
    steam = [row for row in found if row["role"] == "exchange" and row["to"] == "mill"]
    assert [(row["run"], row["from"], row["flow"], float(row["amount_per_yr"])) for row in steam] == [
        ("plan", "smelter", "steam", 48000.0)
    ]
    bought = sum(float(r["amount_per_yr"]) for r in found if r["run"] == "baseline" and r["flow"] == "natural gas")
    assert bought == pytest.approx(39200)


def test_identifiers_of_the_user_stand_beside_every_flow(out, tmp_path):
    gas, file = str(uuid.uuid4()), tmp_path / "ids.csv"
    text = f"name;openLCA;SimaPro;STAN\nnatural gas;{gas};Natural gas, high pressure;\nmill;;;Paper mill\n"
    file.write_text(text, encoding="utf-8")
    lca(out, "--identifiers", str(file))
    row = next(row for row in rows(out / "lca" / "flows.csv") if row["flow"] == "natural gas" and row["to"] == "mill")
    assert (row["flow_openlca"], row["flow_simapro"], row["to_stan"]) == (
        gas,
        "Natural gas, high pressure",
        "Paper mill",
    )
    assert "flow_umberto" not in row


def test_faults_of_identifiers_all_at_once(tmp_path):
    file = tmp_path / "ids.csv"
    file.write_text("name,openLCA\nnatural gsa,\nlime,no-uuid\nlime,\n", encoding="utf-8")
    with pytest.raises(CaseError) as error:
        read_identifiers(file, names_of(plan().case))
    assert [(fault.line, fault.column) for fault in error.value.faults] == [(2, 1), (3, 2), (4, 1)]
    assert 'did you mean "natural gas"' in error.value.faults[0].message


def test_stan_flows_have_the_uncertainty_of_the_stated_range(tmp_path):
    flow = Moving("plan", "year", "exchange", "a", "b", "=slag", 10.0, "t", 8.0, 14.0)
    write_stan([flow], Identifiers({"=slag": {"stan": "slag"}}), tmp_path / "one.csv")
    write_stan([flow], Identifiers(), tmp_path / "two.csv")
    assert rows(tmp_path / "one.csv")[0] == {
        **{"from": "a", "to": "b", "resource": "slag", "amount": "10", "unit": "t/yr", "period": "year"},
        **{"uncertainty": "0.3", "run": "plan"},
    }
    assert rows(tmp_path / "two.csv")[0]["resource"] == "'=slag"  # no formula


def test_ranges_follow_those_of_the_streams(tmp_path):
    from lca_park import CASE, written

    import planner

    case = CASE.replace(
        "plants: {smelter: {", "plants: {smelter: {sources: {slag: {rate: {value: 5000 t/yr, low: 4000, high: 6000}}}, "
    )
    made = planner.solve(written(tmp_path, case))
    slag = next(one for one in flows_of(made.case, made.tables) if one.role == "exchange" and one.flow == "slag")
    assert (slag.amount, slag.low, slag.high) == pytest.approx((2000, 1600, 2400))


def test_openlca_reads_the_data_sets_back_with_the_same_totals(out, tmp_path):
    olca = pytest.importorskip("olca_schema")
    from olca_schema import zipio

    from planner.lifecycle.jsonld import totals

    mapped, ids = str(uuid.uuid4()), tmp_path / "ids.csv"
    ids.write_text(f"name,openlca\nlime,{mapped}\n", encoding="utf-8")
    for _ in range(2):  # a second time over the first
        told = json.loads(lca(out, "--format", "jsonld", "--identifiers", str(ids)).stdout)
    with zipio.ZipReader(out / "lca" / "openlca.zip") as file:
        processes = {one.name: one for one in file.read_each(olca.Process)}
        flows = {one.id: one for one in file.read_each(olca.Flow)}
        groups = {one.id: one for one in file.read_each(olca.UnitGroup)}
        properties = {one.id: one for one in file.read_each(olca.FlowProperty)}
    assert told["processes"] == len(processes) == 9
    tables = plan().tables
    for run, prefix in (("baseline", "baseline_"), ("plan", "")):
        park = totals(processes[f"Tiny park, {run}"])
        bought = tables[f"{prefix}purchases"].groupby("resource")["amount_per_yr"].sum()
        assert {name: x for (name, incoming, _), x in park.items() if incoming} == pytest.approx(dict(bought))
        dumped = tables[f"{prefix}discharges"].groupby("resource")["amount_per_yr"].sum()
        assert {name.removesuffix(", disposed of"): x for (name, _, _), x in park.items() if "disposed" in name} == (
            pytest.approx(dict(dumped))
        )
    less = totals(processes["Tiny park, avoided by the plan"])
    assert less["natural gas", True, True] == pytest.approx(39200)
    assert less["slag, disposed of", False, True] == pytest.approx(2000)
    for one in processes.values():
        assert [x.is_quantitative_reference for x in one.exchanges].count(True) == 1
        for exchange in one.exchanges:
            assert exchange.flow.id in flows or exchange.flow.id == mapped
            group = groups[properties[exchange.flow_property.id].unit_group.id]
            assert exchange.unit.id in {unit.id for unit in group.units}
    assert mapped not in flows  # the user's database has it
    by_provider = {x.default_provider.name for x in processes["mill, plan"].exchanges if x.default_provider}
    assert by_provider == {"smelter, plan"}
    energy = next(one for one in groups.values() if one.name == "Units of energy")
    assert {unit.name: unit.conversion_factor for unit in energy.units} == pytest.approx({"MJ": 1, "MWh": 3600})


def test_without_olca_schema_the_user_is_told_what_to_install(out, monkeypatch):
    import sys

    from planner.errors import UsageError

    monkeypatch.setitem(sys.modules, "olca_schema", None)
    with pytest.raises(UsageError, match="lca"):
        lca(out, "--format", "jsonld")
