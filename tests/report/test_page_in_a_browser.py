"""The report in headless Chromium: the map is drawn, nothing is fetched or refused, and it fits on a phone."""

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest

from planner.report.html.page import page
from planner.results.plan import Plan

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium here")

#: A page that opens the report in a frame as wide as a phone, or a laptop, and says what it finds.
LOOK = """<!doctype html><meta charset="utf-8">
<iframe id="f" src="report.html" width="%d" height="800"></iframe><script>
document.getElementById("f").onload = function () { setTimeout(function () {
  var f = document.getElementById("f"), d = f.contentDocument, root = d.documentElement;
  var found = {
    wide: root.scrollWidth, seen: root.clientWidth,
    paths: d.querySelectorAll("#park-map path").length, names: d.querySelectorAll("#park-map .name").length,
    scale: d.querySelectorAll("#park-map .leaflet-control-scale").length,
    fetched: f.contentWindow.performance.getEntriesByType("resource").length
  };
  document.body.innerHTML = "<pre id=found></pre>";
  document.getElementById("found").textContent = JSON.stringify(found);
}, 800); };
</script>"""


def opened(folder: Path, file: str) -> tuple[str, str]:
    """The page after its script has run, and what the browser said."""
    flags = "--headless --no-sandbox --disable-gpu --allow-file-access-from-files --enable-logging=stderr --v=0"
    ended = subprocess.run(
        [
            BROWSER,
            *flags.split(),
            "--virtual-time-budget=6000",
            "--window-size=1500,900",
            "--dump-dom",
            (folder / file).as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return ended.stdout, ended.stderr


@pytest.mark.slow
@pytest.mark.parametrize("width", [390, 1366])
def test_it_is_drawn_without_a_fault_and_fits(food_park: Plan, tmp_path: Path, width: int):
    folder = tmp_path / "park ä 公園 plan"
    folder.mkdir()
    (folder / "report.html").write_text(page(food_park), encoding="utf-8")
    (folder / "look.html").write_text(LOOK % width, encoding="utf-8")
    shown, said = opened(folder, "look.html")
    assert "CONSOLE" not in said
    assert "Refused" not in said
    match = re.search(r'<pre id="found">(.*?)</pre>', shown, re.DOTALL)
    assert match is not None, shown[:500]
    found = json.loads(unescape(match.group(1)))
    assert found["wide"] <= found["seen"] <= width
    assert found["fetched"] == 0
    assert found["names"] >= len(food_park.siting)
    assert found["scale"] == 1
    assert found["paths"] > len(food_park.layers["plots"]) + len(food_park.layers["links"])
