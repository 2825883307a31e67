"""From a section's rows to what is shown of them: a table, its last line, charts, and the numbers of a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from admin_app import i18n
from admin_app.i18n import say
from admin_app.ledgers.page import Cell, Kind
from admin_app.summaries import charts
from admin_app.summaries.asked import Asked, RowsBy
from admin_app.summaries.page import Drawn, Form, Line, Measure, Number, Picture, Section
from admin_app.workbench.screen import Addresses, Sheet, heading
from models.session import Session
from models.summaries.span import together
from models.words import Tone

MOST_BARS = 60


def draw(section: Section, session: Session, asked: Asked, first_chart: int) -> Drawn:
    """A section of a page whose charts so far are ``first_chart`` in number."""
    lines = section.lines(session, asked)
    to = Addresses(session.scope)
    of_days = any(line.on is not None for line in lines)
    shown = lines[::-1] if of_days else lines
    total = _total(lines)
    headings = [_key(section, asked), *(say(measure.label) for measure in section.measures)]
    sheet = Sheet(
        title=say(section.title),
        note=say(section.note),
        columns=[
            heading("", headings[0]),
            *(
                heading(measure.name, label, Kind.NUMBER)
                for measure, label in zip(section.measures, headings[1:], strict=True)
            ),
        ],
        rows=[_cells(line, section.measures, to, asked) for line in shown],
        footer=None if total is None else _cells(total, section.measures, to, asked, last=True),
    )
    written = [*shown, *([total] if total is not None else [])]
    return Drawn(
        sheet,
        [
            chart
            for number, picture in enumerate(section.pictures, first_chart + 1)
            if not (chart := _chart(number, picture, section, lines, of_days)).empty
        ],
        headings,
        [[line.name, *(_value(line, measure, line is total) for measure in section.measures)] for line in written],
        [measure.form for measure in section.measures],
    )


def _total(lines: Sequence[Line]) -> Line | None:
    """The last line: the sums of the rows; where there is one row only, nothing that it does not say."""
    if len(lines) < 2:
        return None
    nothing = type(lines[0].counts)()
    return Line(_("Total"), together((line.counts for line in lines), nothing))


def _cells(line: Line, measures: Sequence[Measure], to: Addresses, asked: Asked, last: bool = False) -> list[Cell]:
    name = Cell(line.name, url=line.url if line.url and to.rows("village") else "")
    return [name, *(_cell(line, measure, to, asked, last) for measure in measures)]


def _cell(line: Line, measure: Measure, to: Addresses, asked: Asked, last: bool) -> Cell:
    value = _value(line, measure, last)
    text = written(value, measure.form)
    if not value:
        return Cell(text, Kind.NUMBER, Tone.CALM)
    url = measure.opens(to, asked, line) if measure.opens is not None else ""
    return Cell(text, Kind.NUMBER, measure.tone, url)


def _value(line: Line, measure: Measure, last: bool) -> Number:
    if last and not measure.summed:
        return None
    found: Number = getattr(line.counts, measure.name)
    return found


def written(value: Number, form: Form) -> str:
    """A number as it is read: 1,204; 93.5%; 12.5. A share is only whole if it is."""
    if value is None:
        return "–"
    if form is Form.SHARE:
        tenths = int(float(value) * 1000 + 0.5)
        if value < 1:
            tenths = min(tenths, 999)
        return f"{tenths // 10}%" if tenths % 10 == 0 else f"{tenths / 10:.1f}%"
    return i18n.number(float(value) if form is Form.TENTHS else int(value))


def _key(section: Section, asked: Asked) -> str:
    """The heading of the rows' names."""
    return say(section.key or RowsBy.headings[asked.picked["by"][0].value])


def _chart(number: int, picture: Picture, section: Section, lines: Sequence[Line], of_days: bool) -> charts.Chart:
    """A chart of a section. Its rows are those of the table; of very many only the first."""
    form = charts.Form.BARS if not of_days else charts.Form.PAIRS if picture.pairs else charts.Form.COLUMNS
    drawn = lines if of_days else lines[:MOST_BARS]
    measures = {measure.name: measure for measure in section.measures}
    series = [_series(measures[name], ink, drawn) for name, ink in picture.series]
    title = say(picture.title)
    if len(drawn) < len(lines):
        title += " · " + _("the first %(count)d rows", count=len(drawn))
    return charts.Chart(
        number,
        form,
        title,
        described(len(drawn), series),
        [line.name for line in drawn],
        [line.tick or line.name for line in drawn],
        series,
    )


def described(rows: int, series: Sequence[charts.Series]) -> str:
    """What is heard instead of a chart."""
    names = i18n.listed(one.label for one in series)
    return _("%(rows)d rows: %(names)s. The table says the same.", rows=rows, names=names)


def _series(measure: Measure, ink: charts.Ink, lines: Sequence[Line]) -> charts.Series:
    values: list[Any] = [getattr(line.counts, measure.name) or 0 for line in lines]
    return charts.Series(
        say(measure.label),
        ink,
        [float(value) for value in values],
        [written(value, measure.form) for value in values],
    )
