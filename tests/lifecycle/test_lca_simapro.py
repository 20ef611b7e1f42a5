"""``planner lca --format simapro``: header, blocks and rows as open readers of SimaPro CSV take them."""

import csv
import io
import json

import pytest
from lca_park import plan
from lca_seasons import CHAIN, OF_CHAIN, written
from typer.testing import CliRunner

from planner.case.read import read_case
from planner.cli.app import app
from planner.lifecycle.exchange_flows import Moving
from planner.lifecycle.identifiers import Identifiers
from planner.lifecycle.simapro import write_simapro


def blocks(file):
    """Process name -> section -> its rows."""
    lines = file.read_text(encoding="cp1252").split("\n")
    assert lines[:2] == ["{SimaPro 8.5.0.0}", "{processes}"]
    head = [line for line in lines if line.startswith("{")]
    assert {"{CSV separator: Semicolon}", "{Decimal separator: .}"} <= set(head)
    found, sections, title = {}, {}, ""
    for row in csv.reader(lines[len(head) :], delimiter=";", strict=True):
        if row == ["Process"]:
            sections, title = {}, ""
        elif row == ["End"]:
            found[sections["Process name"][0][0]] = sections
        elif not row:
            title = ""
        elif not title:
            title, sections[row[0]] = row[0], []
        else:
            sections[title].append(row)
    return found


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    folder = tmp_path_factory.mktemp("simapro") / "out"
    plan().save(folder)
    return folder


def simapro(out, *more):
    told = CliRunner().invoke(
        app, ["lca", str(out), "--json", "--format", "simapro", *more], standalone_mode=False, catch_exceptions=False
    )
    return json.loads(told.stdout), out / "lca" / "simapro.csv"


def test_processes_of_units_park_and_what_is_avoided(out, tmp_path):
    ids = tmp_path / "ids.csv"
    ids.write_text('name,SimaPro\nlime,"Lime, at plant/CH U"\n"slag, disposed of",Landfill of slag\n', encoding="utf-8")
    told, file = simapro(out, "--identifiers", str(ids))
    found = blocks(file)
    assert told["processes"] == len(found) == 9
    mill = found["mill, baseline"]
    assert mill["Products"] == [["mill, baseline: a year of operation", "p", "1", "100", "not defined", "Others", ""]]
    # 38,400 MWh of gas; the CO2e of burning it
    assert mill["Materials/fuels"] == [["natural gas", "MJ", "138240000", "Undefined", "0", "0", "0", ""]]
    assert mill["Emissions to air"] == [["CO2e of use", "", "kg", "7680000", "Undefined", "0", "0", "0", ""]]
    given = {row[0]: row[1:4] for row in found["smelter, plan"]["Products"]}
    assert given["slag, from smelter, plan"] == ["kg", "2000000", "0"]
    taken = {row[0]: row[2] for row in found["greenhouse, plan"]["Materials/fuels"]}
    assert taken["slag, from smelter, plan"] == "2000000"  # linked by its name
    less = found["park Tiny park, avoided by the plan"]
    assert {row[0]: row[2] for row in less["Avoided products"]} == {
        "natural gas": "141120000",
        "Lime, at plant/CH U": "1000000",
    }
    assert ["Landfill of slag", "kg", "-2000000"] in [row[:3] for row in less["Waste to treatment"]]


def test_every_product_has_one_name_and_one_maker(out):
    _, file = simapro(out)
    names = [row[0] for sections in blocks(file).values() for row in sections["Products"]]
    assert len(names) == len(set(names))


def test_names_come_out_inert_and_in_the_letters_of_simapro(tmp_path):
    case = read_case(written(tmp_path, CHAIN, OF_CHAIN))
    flows = [
        Moving("plan", "year", "exchange", "=cmd|'x'!A1", 'b; "two"', "\u0448\u043b\u0430\u043a", 2.0, "t"),
        Moving("plan", "year", "purchase", "market", 'b; "two"', "power", 1.0, "MWh"),
    ]
    write_simapro(case, flows, Identifiers(), tmp_path / "one.csv", "2026-01-02T03:04:05+00:00")
    found = blocks(tmp_path / "one.csv")
    assert "'=cmd|'x'!A1, plan" in found
    taker = found['b; "two", plan']
    assert taker["Materials/fuels"][0][:3] == [
        "\\u0448\\u043b\\u0430\\u043a, from =cmd|'x'!A1, plan",
        "kg",
        "2000",
    ]
    assert taker["Electricity/heat"][0][:3] == ["power", "MJ", "3600"]


def test_an_independent_reader_finds_the_same(out):
    reader = pytest.importorskip("bw_simapro_csv")
    _, file = simapro(out)
    text = io.StringIO(file.read_text(encoding="cp1252"))
    read = reader.SimaProCSV(text, write_logs=False, stderr_logs=False)
    processes = {block.parsed["metadata"]["Process name"]: block for block in read}
    assert len(processes) == 9
    for name, sections in blocks(file).items():
        for title in ("Products", "Materials/fuels", "Electricity/heat", "Avoided products", "Waste to treatment"):
            theirs = processes[name].blocks[title].parsed if title in processes[name].blocks else []
            assert [(row["name"], row["amount"]) for row in theirs] == [(r[0], float(r[2])) for r in sections[title]]
