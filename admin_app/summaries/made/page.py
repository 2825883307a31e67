"""A made summary as its templates get it: finished values, the table, the chart, and what is to be said about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from admin_app.i18n import say
from admin_app.ledgers.page import Cell, Kind
from admin_app.summaries.made import asking, chart
from admin_app.summaries.made.asking import Put
from admin_app.summaries.made.chart import Chart, Series
from admin_app.summaries.made.links import EVERY, Links
from admin_app.summaries.made.words import group_words, measure_words, place_words, question_words, short_day
from admin_app.workbench.screen import Sheet, heading
from models.question import How
from models.session import Session
from models.summaries.crosstab import REST, Place, Tally, value_of
from models.summaries.made import Answer, Asked
from models.summing import Sort, numbers
from models.words import N_

ADDS_UP = (How.COUNT, How.SUM, How.PART)


@dataclass(frozen=True)
class Result:
    """The answer to a question, drawn; or what stands in its way (``problems``). ``conditions`` are said in words."""

    words: str
    conditions: list[str] = field(default_factory=list)
    sheet: Sheet | None = None
    chart: Chart | None = None
    problems: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def result(session: Session, put: Put, shared: bool = False, charted: bool = True) -> Result:
    """Ask, and draw what comes back."""
    words = question_words(put.question) if put.question else ""
    conditions = [one.said(session, key, value) for one, key, value in put.active]
    if put.asked is None:
        return Result(words, conditions, problems=[text for _part, text in put.problems], notices=list(put.notices))
    answer = asking.answer(session, put.asked, shared)
    if isinstance(answer, str):
        return Result(words, conditions, problems=[answer], notices=list(put.notices))
    drawing = Drawing(put.asked, answer, Links(session, put.asked, put.filters))
    return Result(
        words,
        conditions,
        sheet=drawing.sheet(),
        chart=drawing.chart(words) if charted else None,
        notices=list(put.notices),
        notes=drawing.notes(),
    )


@dataclass(frozen=True)
class Drawing:
    """An answer on its way to a page or a file."""

    asked: Asked
    answer: Answer
    links: Links

    @property
    def how(self) -> How:
        """What is measured."""
        return self.asked.question.measure.how

    @property
    def averages(self) -> bool:
        """Whether a cell that counted nothing has no number, rather than zero."""
        return self.how not in ADDS_UP

    @property
    def by_columns(self) -> bool:
        """Whether there is more than one column."""
        return self.asked.question.columns is not None

    def number(self, tally: Tally) -> Decimal | None:
        """The value of a tally as it is shown; None where there is none."""
        counted = numbers(self.asked.cls).get(self.asked.question.measure.name)
        return value_of(tally, self.how, self.answer.table.whole, counted.places if counted else 0)

    def row_words(self, row: Place) -> str:
        """The heading of a row."""
        return place_words(self.asked.cls, self.asked.question.rows, row, self.answer.names)

    def column_words(self, column: Place) -> str:
        """The heading of a column; what is measured, where there is only one."""
        group = self.asked.question.columns
        if group is None:
            return measure_words(self.asked.cls, self.asked.question.measure)
        return place_words(self.asked.cls, group, column, self.answer.names)

    def rows_label(self) -> str:
        """The heading over the headings of rows."""
        return group_words(self.asked.cls, self.asked.question.rows)

    # -- the table --

    def sheet(self) -> Sheet:
        """The table, each number leading to its rows."""
        table = self.answer.table
        partial_rows, partial_columns = table.partial
        total = [heading("total", say(N_("Total")), Kind.NUMBER)] if self.by_columns else []
        columns = [heading(str(n), self.column_words(c), Kind.NUMBER) for n, c in enumerate(table.columns)]
        rows = [
            [
                Cell(self.row_words(row)),
                *(self._cell(row, column) for column in table.columns),
                *([self._total(table.row(row), row in partial_rows, row=row)] if self.by_columns else []),
            ]
            for row in table.rows
        ]
        footer = [
            Cell(say(N_("Total"))),
            *(self._total(table.column(c), c in partial_columns, column=c) for c in table.columns),
            *([self._total(table.whole, bool(table.hidden))] if self.by_columns else []),
        ]
        return Sheet("", "", [heading("rows", self.rows_label()), *columns, *total], rows, footer if rows else None)

    def _cell(self, row: Place, column: Place) -> Cell:
        if (row, column) in self.answer.table.hidden:
            return Cell(self.hidden_words(), Kind.NUMBER)
        tally = self.answer.table.cells.get((row, column))
        if tally is None:
            return Cell("–" if self.averages else "0", Kind.NUMBER)
        return Cell(self._written(tally), Kind.NUMBER, url=self.links.to(row, column))

    def _total(self, tally: Tally, partial: bool, row: Place = EVERY, column: Place = EVERY) -> Cell:
        if partial:
            return Cell(self._written(tally) + " *" if tally.n else "*", Kind.NUMBER)
        return Cell(self._written(tally), Kind.NUMBER, url=self.links.to(row, column) if tally.n else "")

    def _written(self, tally: Tally) -> str:
        number = self.number(tally)
        if number is None:
            return "–"
        percent = "%" if self.how in (How.SHARE, How.PART) else ""
        return f"{number:,f}{percent}"

    def hidden_words(self) -> str:
        """What stands for a number that is not told."""
        return f"<{self.answer.below}"

    def notes(self) -> list[str]:
        """What is to be known about the table."""
        found = []
        if self.answer.table.hidden:
            words = N_("<%(below)d: fewer than %(below)d people, which is not handed on. * Totals leave these out.")
            found.append(say(words, {"below": self.answer.below}))
        if REST in self.answer.table.rows or REST in self.answer.table.columns:
            found.append(say(N_("The largest are shown; all others are counted together.")))
        unit = numbers(self.asked.cls).get(self.asked.question.measure.name)
        if unit is not None and unit.unit:
            found.append(say(N_("Unit: %(unit)s"), {"unit": say(unit.unit)}))
        return found

    # -- the chart --

    def chart(self, title: str) -> Chart | None:
        """The same as bars; None where there is next to nothing to see."""
        table, over_days = self.answer.table, self._over_days()
        rows = [row for row in table.rows if row is not None] if over_days else self._largest(table.rows)
        if len(rows) == 1 and self.by_columns:
            return self._chart_of_one(title, rows[0])
        adds_up = not self.averages
        series = [one for one in self._series(rows, adds_up) if any(one.values)]
        if len(rows) < 2 or not series:
            return None
        return chart.draw(title, [self._short(row) for row in rows], series, over_days, adds_up)

    def _chart_of_one(self, title: str, row: Place) -> Chart | None:
        """A single row: its columns as bars."""
        table = self.answer.table
        columns = [column for column in table.columns if (row, column) in table.cells][: chart.MOST_BARS]
        heights = [self._height(table.cells[row, column]) for column in columns]
        if len(columns) < 2 or not any(heights):
            return None
        labels = [_shortened(self.column_words(column)) for column in columns]
        return chart.draw(title, labels, [Series(self.row_words(row), heights)], False, not self.averages)

    def _over_days(self) -> bool:
        known, _group = self.asked.sides[0]
        return known.sort in (Sort.DAY, Sort.INSTANT)

    def _short(self, row: Place) -> str:
        if isinstance(row, date):
            return short_day(row, self.asked.question.rows.step)
        return _shortened(self.row_words(row))

    def _largest(self, rows: list[Place]) -> list[Place]:
        """The rows of a chart: as many as can be told apart, the largest where there are more."""
        if len(rows) <= chart.MOST_BARS:
            return rows
        sizes = {row: self.answer.table.row(row).n for row in rows if row is not REST}
        kept = sorted(sizes, key=lambda row: -sizes[row])[: chart.MOST_BARS]
        return [row for row in rows if row in kept]

    def _series(self, rows: list[Place], adds_up: bool) -> list[Series]:
        """One colour a column, as long as colours can be told apart; what is left over goes together."""
        table = self.answer.table
        columns = table.columns
        if not self.by_columns or (not adds_up and len(columns) > 3):
            label = measure_words(self.asked.cls, self.asked.question.measure)
            return [Series(label, [self._height(table.row(row)) for row in rows])]
        if len(columns) > chart.MOST_SERIES:
            sizes = {column: table.column(column).n for column in columns if column is not REST}
            kept = sorted(sizes, key=lambda column: -sizes[column])[: chart.MOST_SERIES - 1]
            columns = [column for column in columns if column in kept]
        found = [
            Series(self.column_words(c), [self._height(table.cells.get((row, c), Tally())) for row in rows])
            for c in columns
        ]
        left = [column for column in table.columns if column not in columns]
        if left:
            together = [sum(self._height(table.cells.get((row, c), Tally())) or 0 for c in left) for row in rows]
            found.append(Series(say(N_("All others")), together))
        return found

    def _height(self, tally: Tally) -> float | None:
        number = self.number(tally)
        return None if number is None else float(number)


def _shortened(words: str) -> str:
    return words if len(words) <= 14 else words[:13] + "…"
