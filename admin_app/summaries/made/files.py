"""A made summary as a file: the table as it is shown, hidden numbers hidden, with its question and whose file it is."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import xlsxwriter

from admin_app.i18n import say
from admin_app.ledgers.export import safe
from admin_app.summaries.made.drawing import Drawing
from models.question import How
from models.summaries.crosstab import Tally
from models.words import N_

Value = str | Decimal | None
Grid = list[list[Value]]


def grid(drawing: Drawing, conditions: list[str]) -> tuple[list[str], Grid, list[str]]:
    """The headings, the rows with the totals last, and what is to be said below them."""
    table, by_columns = drawing.answer.table, drawing.by_columns
    partial_rows, partial_columns = table.partial

    def cell(tally: Tally | None, hidden: bool = False, partial: bool = False) -> Value:
        if hidden:
            return drawing.hidden_words()
        number = drawing.number(tally) if tally is not None else (None if drawing.averages else Decimal(0))
        if not partial:
            return number
        return f"{number:f} *" if number is not None and tally is not None and tally.n else "*"

    total = [say(N_("Total"))] if by_columns else []
    heads = [drawing.rows_label(), *map(drawing.column_words, table.columns), *total]
    rows: Grid = []
    for row in table.rows:
        cells = [cell(table.cells.get((row, c)), (row, c) in table.hidden) for c in table.columns]
        whole = [cell(table.row(row), partial=row in partial_rows)] if by_columns else []
        rows.append([drawing.row_words(row), *cells, *whole])
    totals = [cell(table.column(c), partial=c in partial_columns) for c in table.columns]
    whole = [cell(table.whole, partial=bool(table.hidden))] if by_columns else []
    rows.append([say(N_("Total")), *totals, *whole])
    percent = drawing.how in (How.SHARE, How.PART)
    below = [*conditions, *([say(N_("Numbers are per cent."))] if percent else []), *drawing.notes()]
    return heads, rows, below


def csv_file(title: str, heads: list[str], rows: Grid, below: list[str]) -> bytes:
    """UTF-8 with a byte order mark, which Excel needs."""
    buffer = io.StringIO()
    write = csv.writer(buffer)
    buffer.write("\ufeff")
    write.writerow([safe(title)])
    write.writerow([safe(text) for text in heads])
    write.writerows([[safe(v) if isinstance(v, str) else v for v in row] for row in rows])
    write.writerow([])
    write.writerows([[safe(text)] for text in below])
    return buffer.getvalue().encode()


def xlsx_file(title: str, heads: list[str], rows: Grid, below: list[str]) -> bytes:
    """A workbook with its title above the table, headings that stay in sight, and numbers as numbers."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    page = book.add_worksheet()
    large, bold = book.add_format({"bold": True, "font_size": 14}), book.add_format({"bold": True, "bottom": 1})
    last, right = book.add_format({"bold": True, "top": 1}), book.add_format({"align": "right"})
    page.write_string(0, 0, safe(title), large)
    for position, text in enumerate(heads):
        page.write_string(1, position, safe(text), bold)
    page.freeze_panes(2, 1)
    page.set_column(0, 0, 22)
    page.set_column(1, max(1, len(heads) - 1), 12)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    for number, row in enumerate(rows, 2):
        style = last if number == len(rows) + 1 else None
        for position, value in enumerate(row):
            if isinstance(value, Decimal):
                page.write_number(number, position, float(value), style)
            elif value:
                page.write_string(number, position, safe(value), style or (right if position else None))
    for number, text in enumerate(below, len(rows) + 3):
        page.write_string(number, 0, safe(text))
    book.close()
    return file.getvalue()
