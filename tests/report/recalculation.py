"""Workbooks as another program, LibreOffice, computes them."""

import shutil
import subprocess

import openpyxl
import pytest

OFFICE = shutil.which("soffice")


def recomputed(folder, files):
    """Workbook by name of its file, computed anew: values that stand in the files are not trusted.

    Where the program is missing, the test is skipped: it is no part of the installation, and nothing else can say
    what another program makes of our formulas.
    """
    if OFFICE is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    settings = folder / "profile" / "user" / "registrymodifications.xcu"
    settings.parent.mkdir(parents=True)
    settings.write_text(
        '<?xml version="1.0"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">'
        '<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">'
        "<value>0</value></prop></item></oor:items>",
        encoding="utf-8",
    )
    line = [OFFICE, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "xlsx"]
    outdir = ["--outdir", str(folder / "computed")]
    done = subprocess.run([*line, *outdir, *map(str, files)], capture_output=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return {p.stem: openpyxl.load_workbook(p, data_only=True) for p in (folder / "computed").iterdir()}


def yellow(book, name):
    """The yellow cell of an input."""
    row = next(row for row in book["Cash inputs"].iter_rows(min_row=5, max_col=4) if row[0].value == name)
    return row[3]
