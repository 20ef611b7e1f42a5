"""CSV tables beside the case file."""

import pytest
from case_texts import assert_said, changed, write

from planner.case.read import read_case
from planner.errors import CaseError

STREAMS = changed(
    ("      ash: {rate: 48 t/d}\n", ""),
    ("      clay: {rate: 15200 t/yr, max_exchanged_share: 50 %}\n", ""),
    ("plots:\n  P1", "tables: {streams: streams.csv}\nplots:\n  P1"),
)
STREAMS_CSV = """\
plant,direction,stream,rate,max_exchanged_share
kiln,source,ash,48 t/d,
mill,sink,clay,15200 t/yr,50 %
"""
PRICES = changed(
    ("price: {value: 95, source: tariff-2025, grade: B}, ", ""),
    ("plots:\n  P1", "tables: {prices: prices.csv}\nplots:\n  P1"),
)
PLOTS = changed(
    ("  P1: {area: 10 ha, price: 20 EUR/m2, zones: [heavy]}\n", ""),
    ("  P2: {area: 8 ha, zones: [heavy, light]}\n", ""),
    ("plots:\n  P3", "tables: {plots: plots.csv}\nplots:\n  P3"),
)
SIZES = changed(
    (
        """    sizes:
      - {size: DN 100, capacity: 8 t/h, investment: 700 EUR/m, loss: 45 W/m}
      - {size: DN 200, capacity: 40 t/h, investment: 1.2 kEUR/m, loss: 80 W/m}
""",
        "    sizes: sizes.csv\n",
    )
)


def test_streams_from_a_table_are_those_of_the_case_file(tmp_path):
    assert read_case(write(tmp_path, STREAMS, {"streams.csv": STREAMS_CSV})) == read_case(write(tmp_path))


def test_semicolons_and_excels_byte_order_mark(tmp_path):
    table = "\ufeff" + STREAMS_CSV.replace(",", ";")
    assert read_case(write(tmp_path, STREAMS, {"streams.csv": table})) == read_case(write(tmp_path))


def test_prices_from_a_table(tmp_path):
    table = "resource,price,source,grade\npower,95,tariff-2025,B\n"
    assert read_case(write(tmp_path, PRICES, {"prices.csv": table})) == read_case(write(tmp_path))


def test_plots_from_a_table(tmp_path):
    table = "plot,area,price,zones\nP1,10 ha,20 EUR/m2,heavy\nP2,8 ha,,heavy; light\n"
    case = read_case(write(tmp_path, PLOTS, {"plots.csv": table}))
    assert case == read_case(write(tmp_path))
    assert case.plots["P2"].zones == ("heavy", "light")


def test_sizes_from_a_table(tmp_path):
    table = "size,capacity,investment,loss\nDN 100,8 t/h,700 EUR/m,45\nDN 200,40 t/h,1.2 kEUR/m,80\n"
    assert read_case(write(tmp_path, SIZES, {"sizes.csv": table})) == read_case(write(tmp_path))


def test_fields_within_fields_have_dots(tmp_path):
    table = STREAMS_CSV.replace("rate,max", "rate,rate.low,rate.source,discharge.route,discharge.cost,max")
    table = table.replace("48 t/d,", "48 t/d,40 t/d,weigh bridge,sea,3,").replace("15200 t/yr,", "15200 t/yr,,,,,")
    source = read_case(write(tmp_path, STREAMS, {"streams.csv": table})).plants["kiln"].sources["ash"]
    assert (source.rate.value, source.rate.low) == pytest.approx((2, 40 / 24))
    assert source.rate.source == "weigh bridge"
    assert (source.discharge.route, source.discharge.cost.value) == ("sea", 3)


def test_the_hash_covers_every_file(tmp_path):
    first = read_case(write(tmp_path, STREAMS, {"streams.csv": STREAMS_CSV})).sha256
    assert len(first) == 64
    assert read_case(tmp_path).sha256 == first
    assert read_case(write(tmp_path, STREAMS, {"streams.csv": STREAMS_CSV + "\n"})).sha256 != first


#: name -> case, table, its text, words one line of the message must hold
BROKEN = {
    "unknown plant": (STREAMS, "streams.csv", STREAMS_CSV.replace("kiln", "klin"), ["streams.csv:2:1", '"kiln"']),
    "unknown resource": (STREAMS, "streams.csv", STREAMS_CSV.replace("ash", "asch"), ["streams.csv:2", '"ash"']),
    "direction": (STREAMS, "streams.csv", STREAMS_CSV.replace("source", "out"), ["streams.csv:2:2", "source or sink"]),
    "unknown column": (STREAMS, "streams.csv", STREAMS_CSV.replace("rate", "rat", 1), ["streams.csv:1:4", '"rate"']),
    "unknown field": (
        STREAMS,
        "streams.csv",
        "plant,direction,stream,rate,rate.lo\nkiln,source,ash,3,2\n",
        ["streams.csv:2:5", "rate.lo", '"low"'],
    ),
    "column twice": (STREAMS, "streams.csv", STREAMS_CSV.replace("max_exchanged_share", "rate"), ["there twice"]),
    "column missing": (STREAMS, "streams.csv", "plant,direction,stream\nkiln,source,ash\n", ["rate", "is missing"]),
    "blank cell": (STREAMS, "streams.csv", STREAMS_CSV.replace("48 t/d", ""), ["streams.csv:2:4", "rate", "blank"]),
    "spreadsheet error": (STREAMS, "streams.csv", STREAMS_CSV.replace("48 t/d", "#NUM!"), ["streams.csv:2:4", "#NUM!"]),
    "decimal comma": (
        STREAMS,
        "streams.csv",
        STREAMS_CSV.replace(",", ";").replace("48 t/d", "4,8"),
        ["streams.csv:2:4", "plants.kiln.sources.ash.rate", "decimal point"],
    ),
    "wrong unit": (
        STREAMS,
        "streams.csv",
        STREAMS_CSV.replace("48 t/d", "48 MW"),
        ["streams.csv:2:4", "energy / time"],
    ),
    "row twice": (
        STREAMS,
        "streams.csv",
        STREAMS_CSV + "kiln,source,ash,3,\n",
        ["streams.csv:4", "plants.kiln.sources.ash", "twice", "streams.csv:2"],
    ),
    "twice with the case file": (
        STREAMS,
        "streams.csv",
        STREAMS_CSV + "kiln,source,steam,3,\n",
        ["streams.csv:4", "steam", "case.yaml:"],
    ),
    "too many cells": (STREAMS, "streams.csv", STREAMS_CSV + "kiln,source,x,3,,,,\n", ["streams.csv:4", "8 cells"]),
    "no end of quotes": (STREAMS, "streams.csv", STREAMS_CSV + '"kiln,source', ["streams.csv", "table"]),
    "empty": (STREAMS, "streams.csv", "", ["streams.csv", "is empty"]),
    "not there": (STREAMS, "stream.csv", STREAMS_CSV, ["tables.streams", "no file", 'did you mean "stream.csv"?']),
    "price of nothing": (PRICES, "prices.csv", "resource,price\npowr,95\n", ["prices.csv:2:1", '"power"']),
    "price twice": (PRICES, "prices.csv", "resource,price\npower,95\ngas,3\n", ["prices.csv:3", "case.yaml:"]),
    "grade of a price": (PRICES, "prices.csv", "resource,price,grade\npower,95,E\n", ["prices.csv:2:3", "A, B, C"]),
    "plot twice": (PLOTS, "plots.csv", "plot,area\nP1,3\nP2,3\nP1,4\n", ["plots.csv:4", "plots.P1", "plots.csv:2"]),
    "area twice": (
        PLOTS,
        "plots.csv",
        "plot,area\nP1,3\nP2,3\nP3,4\n",
        ["plots.csv:4:2", "plots.P3.area", "case.yaml:"],
    ),
    "size twice": (SIZES, "sizes.csv", "size,capacity\nDN 100,8\nDN 100,9\n", ["sizes.csv:3", "sizes.csv:2"]),
    "size of nothing": (SIZES, "sizes.csv", "size,capacity\nDN 100,0\n", ["sizes.csv:2:2", "more than 0"]),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_table_is_explained(tmp_path, name):
    text, file, table, words = BROKEN[name]
    with pytest.raises(CaseError) as caught:
        read_case(write(tmp_path, text, {file: table}))
    assert_said(caught.value, words)


def test_a_table_that_is_not_utf_8(tmp_path):
    write(tmp_path, STREAMS)
    (tmp_path / "streams.csv").write_bytes(STREAMS_CSV.replace("ash", "Schläm").encode("latin-1"))
    with pytest.raises(CaseError, match=r"streams.csv:2:\d+ .*UTF-8"):
        read_case(tmp_path)


def test_a_link_out_of_the_folder_is_refused(tmp_path):
    outside = tmp_path / "outside.csv"
    outside.write_text(STREAMS_CSV, encoding="utf-8")
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "streams.csv").symlink_to(outside)
    with pytest.raises(CaseError, match="a link out of the case folder"):
        read_case(write(folder, STREAMS))


def test_faults_of_case_file_and_tables_come_together(tmp_path):
    text = STREAMS.replace("    area: 4 ha", "    aera: 4 ha").replace("neighbours: [kiln]", "neighbours: [3.5]")
    with pytest.raises(CaseError) as caught:
        read_case(write(tmp_path, text, {"streams.csv": STREAMS_CSV.replace("48 t/d", "#NUM!")}))
    assert {fault.file for fault in caught.value.faults} == {"case.yaml", "streams.csv"}
    assert len(caught.value.faults) >= 3
