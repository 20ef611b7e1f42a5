"""Our own drawings, SVG text of rectangles, bands and words, as pictures: what a word processor shows everywhere."""

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

_NUMBER = re.compile(r"[-+]?\d*\.?\d+")
_STEP = re.compile(r"([MCLZ])([^MCLZ]*)")
#: Pixels of the drawing in an inch of the picture, and pixels of the picture in an inch.
_PER_INCH, _DPI = 100.0, 200
_ANCHORS = {"start": "left", "middle": "center", "end": "right"}


def save_png(drawing: str, file: Path) -> None:
    """Save a drawing of ours as PNG.

    Parameters
    ----------
    drawing
        SVG of ``rect``, ``path`` (M, C, L, Z with absolute places) and ``text``.
    """
    import matplotlib
    from matplotlib.figure import Figure

    from planner.report.map import _style, _unknown_letters_as_boxes

    root = ElementTree.fromstring(drawing)
    _, _, width, height = (float(x) for x in root.attrib["viewBox"].split())
    with _unknown_letters_as_boxes(), matplotlib.rc_context(_style()):
        figure = Figure(figsize=(width / _PER_INCH, height / _PER_INCH))
        axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        axes.set_axis_off()
        axes.set_xlim(0.0, width)
        axes.set_ylim(height, 0.0)
        for element in root.iter():
            _draw(axes, element, element.tag.rpartition("}")[2], 72.0 / _PER_INCH)
        figure.savefig(file, dpi=_DPI, metadata={"Software": None})


def _draw(axes: Any, element: ElementTree.Element, kind: str, points: float) -> None:
    from matplotlib.patches import PathPatch, Rectangle

    has, colour = element.attrib, element.attrib.get("fill", "#000000")
    if kind == "rect":
        place = (float(has["x"]), float(has["y"]))
        size = (float(has["width"]), float(has["height"]))
        axes.add_patch(Rectangle(place, *size, facecolor=colour, linewidth=0))
    elif kind == "path":
        look = {"facecolor": colour, "alpha": float(has.get("fill-opacity", 1.0)), "linewidth": 0}
        axes.add_patch(PathPatch(_path(has["d"]), **look))
    elif kind == "text":
        axes.text(
            float(has["x"]),
            float(has["y"]),
            element.text or "",
            fontsize=float(has.get("font-size", 12)) * points,
            weight=has.get("font-weight", "normal"),
            color=colour,
            ha=_ANCHORS[has.get("text-anchor", "start")],
            va="baseline",
            parse_math=False,
        )


def _path(drawn: str) -> Any:
    from matplotlib.path import Path as Course

    corners: list[tuple[float, float]] = []
    codes: list[Any] = []
    for letter, rest in _STEP.findall(drawn):
        numbers = [float(x) for x in _NUMBER.findall(rest)]
        places = list(zip(numbers[::2], numbers[1::2], strict=True))
        if letter == "Z":
            corners.append(corners[0])
            codes.append(Course.CLOSEPOLY)
            continue
        corners += places
        code = {"M": Course.MOVETO, "L": Course.LINETO, "C": Course.CURVE4}[letter]
        codes += [code] * len(places)
    return Course(corners, codes)
