"""Summaries as files: CSV and xlsx, with the days and villages they are about, and a line that says whose they are."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import xlsxwriter

from admin_app.ledgers.export import FORMULA
from admin_app.summaries.drawing import written
from admin_app.summaries.page import Drawn, Form, Number, SummaryPage

FORMATS = {Form.COUNT: "#,##0", Form.SHARE: "0.0%", Form.TENTHS: "#,##0.0"}


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
    title = book.add_format({"bold": True, "font_size": 15, "align": "center"})
    about = book.add_format({"align": "center", "font_color": "#555555"})
    head = book.add_format({"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True})
    name = book.add_format({"border": 1})
    numbers = {form: book.add_format({"border": 1, "num_format": text}) for form, text in FORMATS.items()}
    taken: set[str] = set()
    for section in page.sections:
        sheet = book.add_worksheet(_tab(section, page, taken))
        last = len(section.headings) - 1
        sheet.merge_range(0, 0, 0, last, page.title, title)
        sheet.merge_range(1, 0, 1, last, page.subtitle, about)
        sheet.write_row(2, 0, section.headings, head)
        sheet.set_row(2, 32)
        sheet.freeze_panes(3, 1)
        sheet.set_column(0, 0, 16)
        sheet.set_column(1, last, 10)
        for number, (first, *values) in enumerate(section.values, 3):
            sheet.write_string(number, 0, safe(str(first)), name)
            for column, (value, form) in enumerate(zip(values, section.forms, strict=True), 1):
                if value is None or isinstance(value, str):
                    sheet.write_blank(number, column, None, name)
                else:
                    sheet.write_number(number, column, float(value), numbers[form])
        sheet.write_string(4 + len(section.values), 0, safe(signature))
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(2)
    book.close()
    return file.getvalue()


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return "'" + text if text[:1] in FORMULA and text else text


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
