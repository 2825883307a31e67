"""An answer on its way to a page or a file: its numbers, its headings, the table, and what is to be said about it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from admin_app.i18n import say
from admin_app.ledgers.page import Cell, Kind
from admin_app.summaries.made.links import EVERY, Links
from admin_app.summaries.made.words import group_words, measure_words, place_words
from admin_app.workbench.screen import Sheet, heading
from models.question import How
from models.summaries.crosstab import REST, Place, Tally, value_of
from models.summaries.made import Answer, Asked
from models.summing import numbers
from models.words import N_

ADDS_UP = (How.COUNT, How.SUM, How.PART)


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
        return Cell(self.written(tally), Kind.NUMBER, url=self.links.to(row, column))

    def _total(self, tally: Tally, partial: bool, row: Place = EVERY, column: Place = EVERY) -> Cell:
        if partial:
            return Cell(self.written(tally) + " *" if tally.n else "*", Kind.NUMBER)
        return Cell(self.written(tally), Kind.NUMBER, url=self.links.to(row, column) if tally.n else "")

    def written(self, tally: Tally) -> str:
        """A number as it is read."""
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
