"""Charts as SVG inside the page: drawn by pygal, coloured by charts.css, without a script or a style of their own.

Of what pygal draws only shapes and texts are kept (an allow-list, so that the content security policy holds), and
every shape gets a title that says its number: a reader who points at it, and a test, read the same as in the table.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final
from unicodedata import east_asian_width
from xml.etree import ElementTree

from markupsafe import Markup
from pygal import Bar, HorizontalBar, HorizontalStackedBar, Line, StackedBar
from pygal.style import Style

# pygal hooks into every import of the process, to find plugins that nobody has here, in a way that Python gave up
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != "pygal"]

WIDTH: Final = 560
HEIGHT: Final = 264
ROW: Final = 27
LETTERS: Final = 17
"""The size of letters that room is made for; charts.css makes them smaller where the chart is drawn larger."""
WIDEST: Final = 44
THIN: Final = 70
"""Of more columns than these no edge is drawn, which would hide them."""
TICKS: Final = 6
"""So many days at most are named under a chart."""
_WIDTHS: Final = {"W": 1.05, "F": 1.05}  # of letters as wide as a Chinese one; the others take 0.6 of their size
KEPT: Final = {
    "g": ("class", "transform"),
    "rect": ("x", "y", "width", "height"),
    "path": ("class", "d"),
    "circle": ("cx", "cy", "r"),
    "text": ("class", "x", "y"),
}
_STYLE: Final = Style(label_font_size=LETTERS, major_label_font_size=LETTERS, font_family="sans-serif")


class Form(StrEnum):
    """How numbers are drawn."""

    COLUMNS = "columns"  # a column a day, its parts upon one another
    PAIRS = "pairs"  # columns beside one another
    LINES = "lines"  # a line over days a kind of number: shares and averages, which nobody adds up
    BARS = "bars"  # a bar a row of the table, its parts after one another
    ROWS = "rows"  # bars beside one another for each row of the table

    @property
    def across(self) -> bool:
        """True if the numbers go from left to right."""
        return self in (Form.BARS, Form.ROWS)

    @property
    def stacked(self) -> bool:
        """True if the parts make a whole."""
        return self in (Form.COLUMNS, Form.BARS)


_DRAWS: Final = {
    Form.COLUMNS: StackedBar,
    Form.PAIRS: Bar,
    Form.LINES: Line,
    Form.BARS: HorizontalStackedBar,
    Form.ROWS: HorizontalBar,
}


class Ink(StrEnum):
    """A colour of charts.css; its name says what it is for. Those that are numbered only tell kinds apart."""

    MAIN = "main"
    SECOND = "second"
    OK = "ok"
    WARN = "warn"
    BAD = "bad"
    CALM = "calm"
    C0 = "c0"
    C1 = "c1"
    C2 = "c2"
    C3 = "c3"
    C4 = "c4"
    C5 = "c5"
    C6 = "c6"
    C7 = "c7"


NUMBERED: Final = (Ink.C0, Ink.C1, Ink.C2, Ink.C3, Ink.C4, Ink.C5, Ink.C6, Ink.C7)


@dataclass(frozen=True)
class Series:
    """One kind of number: what it is called, its colour, and for every label its value, as a number and in words.

    None is no value at all, which is not drawn.
    """

    label: str
    ink: Ink
    values: Sequence[float | None]
    said: Sequence[str]


@dataclass(frozen=True)
class Chart:
    """What is drawn. ``labels`` are said in full by each shape, ``ticks`` are the short ones along the axis.

    ``number`` tells the charts of a page apart; ``title`` and ``description`` are what is heard instead of it.
    """

    number: int
    form: Form
    title: str
    description: str
    labels: Sequence[str]
    ticks: Sequence[str]
    series: Sequence[Series]

    @property
    def empty(self) -> bool:
        """True if there is nothing to draw."""
        return not any(value for one in self.series for value in one.values)

    @property
    def svg(self) -> Markup:
        """The picture."""
        return draw(self)


def draw(chart: Chart) -> Markup:
    """A chart as an ``svg`` element; the same values are drawn once."""
    series = tuple(replace(one, values=tuple(one.values), said=tuple(one.said)) for one in chart.series)
    return _drawn(replace(chart, labels=tuple(chart.labels), ticks=tuple(chart.ticks), series=series))


@lru_cache(maxsize=128)
def _drawn(chart: Chart) -> Markup:
    plotted = _plot(chart).render_tree()
    plot, overlay = (node for node in plotted.iter("g") if node.get("class") in ("plot", "plot overlay"))
    height = plotted.get("viewBox").split()[3]
    title, description = f"chart-{chart.number}-title", f"chart-{chart.number}-said"
    root = ElementTree.Element(
        "svg",
        {
            "class": f"chart {chart.form.value}" + (" thin" if len(chart.ticks) > THIN else ""),
            "viewBox": f"0 0 {WIDTH} {height}",
            "role": "img",
            "aria-labelledby": f"{title} {description}",
        },
    )
    ElementTree.SubElement(root, "title", {"id": title}).text = chart.title
    ElementTree.SubElement(root, "desc", {"id": description}).text = chart.description
    root.append(_kept(plot))
    for lines, dots, one in zip(_series(root), _series(_kept(overlay)), _in_turn(chart), strict=True):
        _say(lines, dots, one, chart)
    return Markup(ElementTree.tostring(root, encoding="unicode"))  # noqa: S704  every text was escaped just now


def _plot(chart: Chart) -> Any:
    across = chart.form.across
    columns = [[value or 0 for value in column] for column in zip(*(one.values for one in chart.series), strict=True)]
    highest = max((sum(column) if chart.form.stacked else max(column) for column in columns), default=0)
    whole = all(float(value).is_integer() for column in columns for value in column)
    beside = len(chart.series) if chart.form is Form.ROWS else 1
    plot = _DRAWS[chart.form](
        width=WIDTH,
        height=len(chart.ticks) * (ROW + (beside - 1) * ROW // 2) + 46 if across else HEIGHT,
        margin=6,
        margin_left=6 + (_wider(chart.ticks) if across else 0),
        margin_right=18,
        spacing=8,
        style=_STYLE,
        js=(),
        show_legend=False,
        truncate_label=40,
        dots_size=3,
        x_labels=list(reversed(chart.ticks)) if across else list(chart.ticks),  # pygal begins at the foot
        x_labels_major=[] if across else list(_named(chart.ticks)),
        show_minor_x_labels=across,
        # of whole numbers only whole steps, however few there are
        y_labels=list(range(int(highest) + 2)) if whole and highest < TICKS else None,
        max_scale=TICKS - 1,
        value_formatter=lambda value: f"{value:,.10g}",
    )
    for one in _in_turn(chart):
        nothing = None if chart.form is Form.LINES else 0.0
        values = [nothing if value is None else float(value) for value in one.values]
        plot.add(one.label, values[::-1] if across else values)
    return plot


def _in_turn(chart: Chart) -> Sequence[Series]:
    """The series as pygal is given them, which sets bars beside one another from the foot up."""
    return chart.series[::-1] if chart.form is Form.ROWS else chart.series


def _named(ticks: Sequence[str]) -> Iterator[str]:
    """The last, and as many before it, at equal distances, as there is room for."""
    most = min(TICKS, max(2, int((WIDTH - 60) // (_room(ticks) + LETTERS))))
    apart = max(1, -(-(len(ticks) - 1) // (most - 1)))
    return (tick for number, tick in enumerate(reversed(ticks)) if number % apart == 0)


def _room(texts: Sequence[str]) -> float:
    """How much room the longest of these texts takes."""
    return max(sum(_WIDTHS.get(east_asian_width(letter), 0.6) for letter in text) for text in texts) * LETTERS


def _wider(texts: Sequence[str]) -> float:
    """How much more room these texts need than pygal reckons with, which takes every letter for a Latin one."""
    return max(0, _room(texts) - max(map(len, texts)) * 0.6 * LETTERS)


def _kept(node: Any) -> ElementTree.Element:
    """A copy of what may be kept of a node and what is in it."""
    copy = ElementTree.Element(node.tag, {name: _short(node.get(name)) for name in KEPT[node.tag] if node.get(name)})
    copy.text = node.text if node.tag == "text" else None
    for child in node:
        if isinstance(child.tag, str) and child.tag in KEPT and "background" not in (child.get("class") or ""):
            copy.append(_kept(child))
    return copy


def _short(value: str) -> str:
    """A tenth of a unit is as exact as a screen."""
    return re.sub(r"\d+\.\d+", lambda found: f"{float(found[0]):.1f}", value)


def _series(root: ElementTree.Element) -> list[ElementTree.Element]:
    return [node for node in root.iter("g") if node.get("class", "").startswith("series")]


def _say(shapes: ElementTree.Element, dots: ElementTree.Element, one: Series, chart: Chart) -> None:
    """Let every shape of a series say what it stands for; leave out those that stand for nothing."""
    lined = chart.form is Form.LINES
    lines, drawn = list(shapes.iter("path")), list(dots.iter("circle") if lined else shapes.iter("rect"))
    if chart.form.across:
        drawn.reverse()
    shapes.clear()
    shapes.set("class", f"series {one.ink.value}")
    shapes.extend(lines)
    points = zip(chart.labels, one.values, one.said, strict=True)
    told = [point for point in points if point[1] is not None or not lined]
    for shape, (label, value, said) in zip(drawn, told, strict=True):
        if value or lined:
            if not (lined or chart.form.across):
                _slim(shape)
            shapes.append(shape)
            ElementTree.SubElement(shape, "title").text = f"{label} · {one.label} {said}"


def _slim(column: ElementTree.Element) -> None:
    """A column of a few is no wider than one of many."""
    width = float(column.get("width", 0))
    if width > WIDEST:
        column.set("x", f"{float(column.get('x', 0)) + (width - WIDEST) / 2:.1f}")
        column.set("width", str(WIDEST))
