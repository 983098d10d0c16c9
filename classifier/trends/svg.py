"""Charts as SVG within a page: text stays text, and values appear under the pointer without a script."""

import re
import warnings
from collections.abc import Sequence
from io import StringIO
from typing import Any, NamedTuple, cast

import matplotlib
from markupsafe import Markup, escape
from matplotlib.axes import Axes
from matplotlib.figure import Figure

_POINTS = 72  # units of an SVG by matplotlib to an inch
_MOST_TARGETS = 120  # of the pointer, over the width of a chart


class Picture(NamedTuple):
    """A chart as SVG elements, and where its axes lie; units are points, from the upper left."""

    elements: str
    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    periods: tuple[float, float]  # limits of the axis of periods


def picture(ax: Axes, name: str) -> Picture:
    """Return a chart's elements; ids within it begin with the chart's own name, so that charts can share a page."""
    figure, file = cast(Figure, ax.figure), StringIO()
    settings: dict[Any, Any] = {"svg.fonttype": "none", "svg.hashsalt": name}
    with matplotlib.rc_context(settings), warnings.catch_warnings():
        # The reader's browser has other fonts: it shows letters that matplotlib's font lacks.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        figure.savefig(file, format="svg", metadata={"Date": None})
    width, height = (_POINTS * inches for inches in figure.get_size_inches())
    box = ax.get_position()
    sides = (box.x0 * width, box.x1 * width, (1 - box.y1) * height, (1 - box.y0) * height)
    return Picture(_elements(file.getvalue()), width, height, *sides, ax.get_xlim())


def inline_svg(pictures: dict[str, Picture], label: str, hovers: Sequence[str] = (), css: str = "") -> Markup:
    """Return an SVG element with charts of one size, one over the other.

    Parameters
    ----------
    pictures
        By the class that shows or hides each.
    label
        What a screen reader says instead; empty: the chart says nothing.
    hovers
        A text for each period, shown when the pointer is over it.
    css
        Class of the element.
    """
    first = next(iter(pictures.values()))
    charts = "".join(f'<g class="{name}">{each.elements}</g>' for name, each in pictures.items())
    spoken = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    head = f'<svg class="{css}" viewBox="0 0 {first.width:g} {first.height:g}" {spoken}>'
    return Markup(f"{head}{charts}{_targets(first, hovers)}</svg>")


def _targets(place: Picture, hovers: Sequence[str]) -> str:
    """Return invisible columns over the periods that tell their values; many periods share columns."""
    together = -(-len(hovers) // _MOST_TARGETS) or 1
    start, end = place.periods
    scale = (place.right - place.left) / (end - start)
    targets = []
    for number in range(0, len(hovers), together):
        texts = hovers[number : number + together]
        left = place.left + (number - 0.5 - start) * scale
        targets.append(
            f'<rect x="{left:.1f}" y="{place.top:g}" width="{scale * len(texts):.1f}" '
            f'height="{place.bottom - place.top:g}"><title>{escape(chr(10).join(texts))}</title></rect>'
        )
    return f'<g class="hover">{"".join(targets)}</g>' if targets else ""


def _elements(svg: str) -> str:
    """Return what stands in an SVG file by matplotlib, without what a page does not need, which is two thirds."""
    svg = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
    for pattern, instead in _NEEDLESS:
        svg = pattern.sub(instead, svg)
    return _NUMBER.sub(lambda number: f"{round(float(number[0]), 1 if len(number[1]) > 1 else 2):g}", svg)


_NEEDLESS = [
    (re.compile(pattern, re.DOTALL), instead)
    for pattern, instead in {
        r"<metadata>.*?</metadata>": "",
        r"<!--.*?-->": "",
        r"<style[^>]*>.*?</style>": "",  # it would hold for the whole page, which has its own
        r'<g id="[^"]*"( ?/?)>': r"<g\1>",  # figure_1, axes_1: in each chart the same
        r"font-family: [^;\"]*;? ?": "",  # the page's
        r"font: ([\d.]+px) [^;\"]*": r"font-size: \1",
        r' transform="rotate\(-0 [^"]*"': "",
        r"\s*\n\s*": " ",
        r"> <": "><",
        r"<g ?/>": "",
        r"<defs></defs>": "",
    }.items()
]
_NUMBER = re.compile(r"(\d+)\.\d{3,}")  # a tenth of a point is exact enough, but not within a marker
