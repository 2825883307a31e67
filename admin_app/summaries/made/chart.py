"""What the chart beside a made summary shows: which of its rows, in which colours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from admin_app.i18n import say
from admin_app.summaries.charts import NUMBERED, Chart, Form, Series
from admin_app.summaries.drawing import described
from admin_app.summaries.made.drawing import Drawing
from admin_app.summaries.made.words import measure_words, short_day
from models.summaries.crosstab import REST, Place, Tally
from models.summing import Sort
from models.words import N_

MOST_BARS: Final = 24
MOST_SERIES: Final = len(NUMBERED)


def chart_of(drawing: Drawing, title: str) -> Chart | None:
    """The table as bars, over days as columns; what does not add up stands side by side, over days as lines."""
    table, over_days = drawing.answer.table, _over_days(drawing)
    rows = [row for row in table.rows if row is not None] if over_days else _largest(drawing, table.rows)
    if len(rows) == 1 and drawing.by_columns:
        return _chart_of_one(drawing, title, rows[0])
    if len(rows) < 2:
        return None
    labels, ticks = [drawing.row_words(row) for row in rows], [_short(drawing, row) for row in rows]
    return _drawn(drawing, title, labels, ticks, _series(drawing, rows), over_days)


def _chart_of_one(drawing: Drawing, title: str, row: Place) -> Chart | None:
    """A single row: its columns as bars."""
    table = drawing.answer.table
    columns = [column for column in table.columns if (row, column) in table.cells][:MOST_BARS]
    if len(columns) < 2:
        return None
    labels = [drawing.column_words(column) for column in columns]
    cells = [table.cells[row, column] for column in columns]
    series = [_one(drawing, 0, drawing.row_words(row), cells)]
    return _drawn(drawing, title, labels, [_shortened(label) for label in labels], series, False)


def _drawn(
    drawing: Drawing, title: str, labels: list[str], ticks: list[str], series: list[Series], over_days: bool
) -> Chart | None:
    standing, lying = (Form.LINES, Form.ROWS) if drawing.averages else (Form.COLUMNS, Form.BARS)
    seen = [one for one in series if any(one.values)]
    if not seen:
        return None
    return Chart(1, standing if over_days else lying, title, described(len(labels), seen), labels, ticks, seen)


def _over_days(drawing: Drawing) -> bool:
    known, _group = drawing.asked.sides[0]
    return known.sort in (Sort.DAY, Sort.INSTANT)


def _short(drawing: Drawing, row: Place) -> str:
    if isinstance(row, date):
        return short_day(row, drawing.asked.question.rows.step)
    return _shortened(drawing.row_words(row))


def _shortened(words: str) -> str:
    return words if len(words) <= 14 else words[:13] + "…"


def _largest(drawing: Drawing, rows: list[Place]) -> list[Place]:
    """The rows of a chart: as many as can be told apart, the largest where there are more."""
    if len(rows) <= MOST_BARS:
        return rows
    sizes = {row: drawing.answer.table.row(row).n for row in rows if row is not REST}
    kept = sorted(sizes, key=lambda row: -sizes[row])[:MOST_BARS]
    return [row for row in rows if row in kept]


def _series(drawing: Drawing, rows: list[Place]) -> list[Series]:
    """One colour a column, as long as colours can be told apart; what is left over goes together."""
    table = drawing.answer.table
    columns = table.columns
    if not drawing.by_columns or (drawing.averages and len(columns) > 3):
        label = measure_words(drawing.asked.cls, drawing.asked.question.measure)
        return [_one(drawing, 0, label, [table.row(row) for row in rows])]
    if len(columns) > MOST_SERIES:
        sizes = {column: table.column(column).n for column in columns if column is not REST}
        kept = sorted(sizes, key=lambda column: -sizes[column])[: MOST_SERIES - 1]
        columns = [column for column in columns if column in kept]
    found = [
        _one(drawing, number, drawing.column_words(c), [table.cells.get((row, c), Tally()) for row in rows])
        for number, c in enumerate(columns)
    ]
    left = [column for column in table.columns if column not in columns]
    if left:
        rest = [sum(_height(drawing, table.cells.get((row, c), Tally())) or 0 for c in left) for row in rows]
        said = [f"{height:,.10g}" for height in rest]
        found.append(Series(say(N_("All others")), NUMBERED[len(columns)], rest, said))
    return found


def _one(drawing: Drawing, number: int, label: str, tallies: Sequence[Tally]) -> Series:
    heights = [_height(drawing, tally) for tally in tallies]
    return Series(label, NUMBERED[number], heights, [drawing.written(tally) for tally in tallies])


def _height(drawing: Drawing, tally: Tally) -> float | None:
    number = drawing.number(tally)
    return None if number is None else float(number)
