"""Summaries as files: CSV and xlsx, with the days and villages they are about, and a line that says whose they are."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any, Final

import xlsxwriter

from admin_app.ledgers.export import safe
from admin_app.summaries.drawing import written
from admin_app.summaries.page import Drawn, Form, Number, SummaryPage

A4: Final = 9  # as Excel counts papers
FORMATS: Final = {Form.COUNT: "#,##0", Form.SHARE: "0.0%", Form.TENTHS: "#,##0.0"}


def as_csv(page: SummaryPage, signature: str) -> bytes:
    """Every section under its title, UTF-8 with a byte order mark (Excel needs it)."""
    buffer = io.StringIO()
    buffer.write("\ufeff")
    write = csv.writer(buffer)
    for section in page.sections:
        write.writerow([safe(section.sheet.title or page.title), safe(page.subtitle)])
        write.writerow([safe(text) for text in section.headings])
        for name, *values in section.values:
            write.writerow([safe(str(name)), *(_plain(v, form) for v, form in zip(values, section.forms, strict=True))])
        write.writerow([])
    write.writerow([safe(signature)])
    return buffer.getvalue().encode()


def as_xlsx(page: SummaryPage, signature: str) -> bytes:
    """A sheet a section: title, days and villages, headings that stay in sight, numbers as numbers, A4 across."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    styles = _Styles(book)
    taken: set[str] = set()
    for section in page.sections:
        sheet = book.add_worksheet(_tab(section, page, taken))
        sheet.set_default_row(19)
        last = len(section.headings) - 1
        sheet.merge_range(0, 0, 0, last, safe(page.title), styles.title)
        sheet.merge_range(1, 0, 1, last, safe(page.subtitle), styles.about)
        sheet.write_row(2, 0, [safe(text) for text in section.headings], styles.head)
        sheet.set_row(2, 34)
        end = _write(sheet, section, styles)
        sheet.write_string(end + 1, 0, safe(signature))
        sheet.freeze_panes(3, 1)
        sheet.set_column(0, 0, 16)
        sheet.set_column(1, last, 10)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.center_horizontally()
        sheet.repeat_rows(2)
    book.close()
    return file.getvalue()


class _Styles:
    """The formats of a workbook; those of cells by whether it is the last line, and by the kind of number."""

    def __init__(self, book: Any):
        self.title = book.add_format({"bold": True, "font_size": 15, "align": "center"})
        self.about = book.add_format({"align": "center", "font_color": "#555555"})
        self.head = book.add_format(
            {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True}
        )
        cells = {last: {"border": 1, "valign": "vcenter", "bold": last} for last in (False, True)}
        self.text = {last: book.add_format(cell) for last, cell in cells.items()}
        self.number = {
            (last, form): book.add_format({**cell, "num_format": text})
            for last, cell in cells.items()
            for form, text in FORMATS.items()
        }


def _write(sheet: Any, section: Drawn, styles: _Styles) -> int:
    """The rows of a section; returns the row after the last one."""
    end = 3 + len(section.values)
    for number, (name, *values) in enumerate(section.values, 3):
        last = number == end - 1 and section.sheet.footer is not None
        sheet.write_string(number, 0, safe(str(name)), styles.text[last])
        for column, (value, form) in enumerate(zip(values, section.forms, strict=True), 1):
            if value is None or isinstance(value, str):
                sheet.write_blank(number, column, None, styles.text[last])
            else:
                sheet.write_number(number, column, float(value), styles.number[last, form])
    return end


def _plain(value: str | Number, form: Form) -> str | int | float | Decimal | None:
    if value is None or isinstance(value, str):
        return value
    return written(value, form) if form is Form.SHARE else value


def _tab(section: Drawn, page: SummaryPage, taken: set[str]) -> str:
    """A name that a workbook takes for a sheet: 31 letters, none of ``[]:*?/\\``, each once."""
    name = "".join(letter for letter in section.sheet.title or page.title if letter not in "[]:*?/\\")[:28]
    while name in taken:
        name += "'"
    taken.add(name)
    return name
