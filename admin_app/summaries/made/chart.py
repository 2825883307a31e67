"""The chart beside a made summary: bars, stacked by column; over days standing, otherwise lying. Server-made SVG.

Its colours and type come from the panel's own style sheet, so that it follows dark mode and print; nothing in it runs.
The table beside it says the same in numbers.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Final
from xml.etree import ElementTree

import pygal
from markupsafe import Markup
from pygal.style import Style

# pygal hooks into every import of the process to find plugins that nobody has here, in a way that Python gave up
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != "pygal"]

WIDTH: Final = 560
STANDING: Final = 260  # the height of a chart over days
MOST_BARS: Final = 24
MOST_SERIES: Final = 8
_TYPE: Final = 17  # the size of letters that room is made for; made.css makes them smaller where it is drawn larger
_STYLE: Final = Style(label_font_size=_TYPE, major_label_font_size=_TYPE, font_family="inherit")
_UNWANTED: Final = ("defs", "title")
_UNDRAWN: Final = ("background", "titles", "tooltip-overlay")


@dataclass(frozen=True)
class Series:
    """One colour: its name, and its value for each label; None where there is none."""

    label: str
    values: Sequence[float | None]


@dataclass(frozen=True)
class Chart:
    """A drawn chart, and the names of its colours in their order; none where there is one."""

    svg: Markup
    legend: list[str]


def draw(title: str, labels: Sequence[str], series: Sequence[Series], over_days: bool, adds_up: bool) -> Chart:
    """A chart of some rows. What adds up is stacked; shares and averages stand side by side, over days as lines."""
    order = 1 if over_days else -1  # lying bars are drawn from the bottom up
    widest = max(map(_width, labels), default=0)
    if over_days:
        graph = pygal.StackedBar if adds_up else pygal.Line
        chart = graph(height=STANDING, show_minor_x_labels=False, **_options())
        chart.x_labels_major = list(labels)[:: max(1, ceil(len(labels) * (widest + 8) / (WIDTH - 60)))]
    else:
        graph = pygal.HorizontalStackedBar if adds_up else pygal.HorizontalBar
        height = 36 + len(labels) * (24 if adds_up else 12 + 12 * len(series))
        reckoned = 0.6 * _TYPE * max(map(len, labels), default=0)  # by pygal, which knows no Chinese
        chart = graph(height=height, margin_left=max(0, round(widest - reckoned)), **_options())
    chart.x_labels = list(labels)[::order]
    for one in series:
        chart.add(one.label, list(one.values)[::order])
    chart.xml_filters.append(lambda root: _tidied(root, title))
    svg = Markup(chart.render())  # noqa: S704  made here, of texts that ElementTree has escaped
    return Chart(svg, [one.label for one in series] if len(series) > 1 else [])


def _options() -> dict[str, Any]:
    return {
        "width": WIDTH, "style": _STYLE, "show_legend": False, "no_prefix": True, "js": [], "css": [], "spacing": 8,
        "margin": 4, "disable_xml_declaration": True, "truncate_label": -1, "explicit_size": False, "dots_size": 3,
        "min_scale": 2, "max_scale": 6, "formatter": _written, "value_formatter": _written,
    }  # fmt: skip


def _written(value: float) -> str:
    return f"{value:,.10g}"


def _width(text: str) -> float:
    """How wide a label is, Chinese characters being as wide as they are high."""
    return sum(_TYPE * (1.02 if unicodedata.east_asian_width(c) in "WF" else 0.6) for c in text)


def _tidied(root: Any, title: str) -> Any:
    """The drawing alone: no script, no style, no note of who made it; what a bar says on being pointed at, in words."""
    for parent in list(root.iter()):
        for child in list(parent):
            kind, name = child.tag, child.get("class", "") if isinstance(child.tag, str) else ""
            unwanted = not isinstance(kind, str) or kind in _UNWANTED or any(part in _UNDRAWN for part in name.split())
            if unwanted or (kind == "rect" and child.get("width") is None):
                parent.remove(child)
        _say(parent)
    root.attrib.pop("id", None)
    root.set("role", "img")
    root.set("aria-label", title)
    root.set("class", "drawn")
    return root


def _say(group: Any) -> None:
    """Turn pygal's hidden notes on a bar or dot into the title that browsers show."""
    notes = {note.get("class", "").split()[0]: note.text for note in group.findall("desc")}
    for note in group.findall("desc"):
        group.remove(note)
    if "value" in notes:
        title = ElementTree.SubElement(group, "title")
        title.text = f"{notes.get('x_label') or ''}: {notes['value']}"
