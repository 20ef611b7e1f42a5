"""The case with mains and trenches, with changes of its text, for tests that read it."""

from case_texts import NETWORK, NETWORK_FILES, changed, write

from planner.case.read import read_case

STEAM_SIZES = """\
      - {size: DN 150, inner_diameter: 159 mm, roughness: 45 um, investment: 260 EUR/m, loss: 60 W/m}
      - {size: DN 250, inner_diameter: 25.6 cm, capacity: 40 t/h, investment: 420 EUR/m, loss: 85 W/m}
"""
MILL_FIXED = ("    area: 4 ha\n    zone: heavy", "    plot: P2")


def read(folder, *changes, files=None):
    return read_case(write(folder, changed(*changes, text=NETWORK), NETWORK_FILES | (files or {})))
