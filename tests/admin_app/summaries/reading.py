"""A summary as its reader sees it: tables as rows of texts, charts as what each of their shapes says."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from xml.etree import ElementTree

from tests.admin_app.support.browsing import Page

SVG = "{http://www.w3.org/2000/svg}"


@dataclass
class Cell:
    """One cell of a table, and where it leads."""

    text: str = ""
    url: str = ""


@dataclass
class Section:
    """A table: its headings, its rows, its last line; and the charts above or beside it."""

    title: str
    headings: list[str] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)
    footer: list[Cell] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)

    def column(self, heading: str) -> dict[str, str]:
        """The texts of a column by the name of their row."""
        number = self.headings.index(heading)
        return {row[0].text: row[number].text for row in self.rows}


@dataclass
class Shape:
    """A bar or a column: what it says, how long it is drawn, and where along the axis of the rows."""

    row: str
    series: str
    number: str
    length: float
    middle: float


@dataclass
class Chart:
    """A picture: what it is called, its legend, its shapes, and where along its axis each label stands."""

    title: str
    said: str
    legend: list[str]
    shapes: list[Shape]
    labels: dict[str, float]
    bars: bool

    def series(self, label: str) -> dict[str, str]:
        """What the shapes of a series say, by row; what is zero is not drawn."""
        return {shape.row: shape.number for shape in self.shapes if shape.series == label}


class _Tables(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.sections: list[Section] = []
        self._part = ""
        self._cell: Cell | None = None
        self._row: list[Cell] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "section":
            self.sections.append(Section(given.get("aria-label", "")))
        elif tag in ("thead", "tbody", "tfoot"):
            self._part = tag
        elif tag == "tr":
            self._row = []
        elif tag in ("th", "td") and self._part:
            self._cell = Cell()
            self._row.append(self._cell)
        elif tag == "a" and self._cell is not None:
            self._cell.url = given["href"]

    def handle_endtag(self, tag: str) -> None:
        if tag == "tr":
            section = self.sections[-1]
            if self._part == "thead":
                section.headings = [cell.text for cell in self._row]
            elif self._part == "tbody":
                section.rows.append(self._row)
            else:
                section.footer = self._row
        elif tag in ("th", "td"):
            self._cell = None
        elif tag == "table":
            self._part = ""

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.text += data


def sections(page: Page) -> list[Section]:
    """The sections of a summary."""
    main = re.search(r"(?s)<main\b.*</main>", page.text)
    assert main is not None, page.text[:500]
    reader = _Tables()
    reader.feed(main.group())
    for section, html in zip(reader.sections, main.group().split("<section")[1:], strict=True):
        section.charts = [_chart(figure) for figure in re.findall(r"(?s)<figure>.*?</figure>", html)]
    return reader.sections


def _chart(figure: str) -> Chart:
    found = re.search(r"(?s)<svg class=\"chart.*</svg>", figure)
    assert found is not None, figure[:200]
    root = ElementTree.fromstring(found.group())  # noqa: S314  our own page
    title, said = (root.find(tag).text or "" for tag in ("title", "desc"))  # type: ignore[union-attr]
    legend = re.findall(r"<li class=\"\w+\">(.*?)</li>", figure)
    bars = "bars" in root.get("class", "")
    along, across = (("y", "height"), "width") if bars else (("x", "width"), "height")
    shapes = []
    for rect in root.iter("rect"):
        row, _, rest = (rect.find("title").text or "").partition(" · ")  # type: ignore[union-attr]
        series, _, number = rest.rpartition(" ")
        start, size = (float(rect.get(name, "nan")) for name in along)
        shapes.append(Shape(row, series, number, float(rect.get(across, "nan")), start + size / 2))
    axis = next(node for node in root.iter("g") if node.get("class", "").startswith(f"axis {along[0]}"))
    labels = {text.text or "": float(text.get(along[0], "nan")) for text in axis.iter("text")}
    return Chart(title, said, legend, shapes, labels, bars)
