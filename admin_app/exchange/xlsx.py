"""Sheets as a workbook, a line at a time: title, frozen headings, widths, number formats, A4 landscape one page wide.

The same sheets give the same bytes: the file's dates come from the book, nothing asks the clock. A text that a
spreadsheet would take for a formula is led by an apostrophe; the only formulas are the sums of totals, and they carry
their values with them, for readers that do not reckon.
"""

from __future__ import annotations

import tempfile
from decimal import Decimal
from itertools import accumulate
from math import ceil
from typing import IO, Any, Final

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from admin_app import i18n
from admin_app.exchange.sheet import Across, Book, Kind, Line, Sheet, Sums, Value
from admin_app.ledgers.export import safe
from models.words import N_

MIMETYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMATS: Final[dict[Kind, dict[str, Any]]] = {
    Kind.TEXT: {"text_wrap": True},
    Kind.CENTRED: {"text_wrap": True, "align": "center"},
    Kind.CODE: {"num_format": "@"},
    Kind.ORDER: {"num_format": "0", "align": "center"},
    Kind.NUMBER: {"num_format": "#,##0_ "},
    Kind.TENTH: {"num_format": "0.0_ "},
    Kind.MONEY: {"num_format": "#,##0.00_ "},
    Kind.DAY: {"num_format": "yyyy-mm-dd", "align": "center"},
    Kind.INSTANT: {"num_format": "yyyy-mm-dd hh:mm", "align": "center"},
}
_FONTS: Final = {"zh": ("宋体", "黑体"), "en": ("Calibri", "Calibri")}
_RESERVED: Final = frozenset("[]:*?/\\")
_TITLE, _LINE, _HEAD, _SIGN = 32, 20, 30, 34  # heights, in points
_ONE, _MORE = 18, 13.5  # of a line of one row of text, and of each further row
_BLANK = 16  # digits of the line that somebody signs on


def write(book: Book) -> IO[bytes]:
    """The workbook, in a temporary file at its beginning; whoever takes it closes it."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  handed to the response, which closes it
    try:
        # what is written on the way holds names, and is gone whatever happens
        with tempfile.TemporaryDirectory() as folder:
            options = {"strings_to_formulas": False, "strings_to_urls": False, "tmpdir": folder}
            made = xlsxwriter.Workbook(file, {"constant_memory": True, **options})
            try:
                _fill(made, book)
            finally:
                made.close()
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _fill(made: Any, book: Book) -> None:
    made.set_properties({"title": book.title, "created": book.created})
    formats, taken = _Formats(made), set[str]()
    for sheet in book.sheets:
        _Page(made.add_worksheet(_apart(sheet.tab, taken)), sheet, formats).write()


def tab(name: str) -> str:
    """A text as the name of a sheet: 31 characters, without those that have a meaning there."""
    return "".join("－" if c in _RESERVED else c for c in name).strip("'")[:31]


def _apart(name: str, taken: set[str]) -> str:
    """A name that no sheet of the workbook has yet: two villages may be called the same."""
    found, number = tab(name), 2
    while found.lower() in taken:
        ending = f" ({number})"
        found, number = tab(name)[: 31 - len(ending)] + ending, number + 1
    taken.add(found.lower())
    return found


class _Formats:
    """The formats of one workbook, each made once."""

    def __init__(self, book: Any) -> None:
        text, title = _FONTS[i18n.language()]
        base = {"font_name": text, "font_size": 10, "valign": "vcenter"}
        edge = {**base, "border": 1, "border_color": "#666666"}
        head = {**edge, "bold": True, "align": "center", "text_wrap": True, "bg_color": "#EEF2F6"}
        self.title = book.add_format({**base, "font_name": title, "font_size": 18, "align": "center"})
        self.left = book.add_format({**base, "font_size": 11})
        self.right = book.add_format({**base, "font_size": 11, "align": "right"})
        self.note = book.add_format(
            {**base, "font_size": 9, "font_color": "#444444", "text_wrap": True, "valign": "top"}
        )
        self.head = book.add_format(head)
        self.upper = book.add_format({**head, "bottom": 0})  # the blank half of a heading that is two lines high
        self.lower = book.add_format({**head, "top": 0})
        self.none = book.add_format({**edge, "align": "center", "font_color": "#444444"})
        self.instead = book.add_format({**edge, "align": "center", "bold": True, "font_color": "#B3261E"})
        self.link = book.add_format({**edge, "font_color": "#0B5F8A", "underline": 1})
        self.cells = {kind: book.add_format({**edge, **told}) for kind, told in _FORMATS.items()}
        total = {"bold": True, "bg_color": "#EEF2F6"}
        self.totals = {kind: book.add_format({**edge, **told, **total}) for kind, told in _FORMATS.items()}


class _Page:
    """One sheet being written, downwards only: in constant memory a line above cannot be touched again."""

    def __init__(self, page: Any, sheet: Sheet, formats: _Formats) -> None:
        self.page, self.sheet, self.formats = page, sheet, formats
        self.last = len(sheet.columns) - 1
        self.widths = [column.digits for column in sheet.columns]
        self.row = 0

    def write(self) -> None:
        sheet, page = self.sheet, self.page
        for at, width in enumerate(self.widths):
            page.set_column(at, at, width + 0.7)
        self._across(sheet.title, self.formats.title, _TITLE)
        self._around()
        first_head = self.row
        self._headings()
        page.set_default_row(_ONE)
        page.freeze_panes(self.row, 0)
        page.repeat_rows(first_head, self.row - 1)
        self._lines()
        if sheet.signatures:
            gap = max(4, int(self._width() / len(sheet.signatures)) - 2 * _BLANK)
            signed = (" " * gap).join(f"{name}：{'_' * _BLANK}" for name in sheet.signatures)
            self._across(signed, self.formats.left, _SIGN)
        for note in sheet.notes:
            self._across(note, self.formats.note, _MORE * rows_of(note, self._width()))
        self._paper()

    def _width(self) -> float:
        return sum(self.widths)

    def _across(self, text: str, format_: Any, height: float) -> None:
        """One text over the whole width."""
        self.page.set_row(self.row, height)
        if self.last:
            self.page.merge_range(self.row, 0, self.row, self.last, "", format_)
        self.page.write_string(self.row, 0, safe(text), format_)
        self.row += 1

    def _around(self) -> None:
        """The unit on the left, the day on the right."""
        half, reached = self._width() / 2, accumulate(self.widths)
        middle = min(next(at for at, width in enumerate(reached) if width >= half), max(self.last - 1, 0))
        self.page.set_row(self.row, _LINE)
        for first, last, text, format_ in (
            (0, middle, self.sheet.unit, self.formats.left),
            (middle + 1, self.last, self.sheet.dated, self.formats.right),
        ):
            if last > first:
                self.page.merge_range(self.row, first, self.row, last, "", format_)
            self.page.write_string(self.row, first, safe(text), format_)
        self.row += 1

    def _headings(self) -> None:
        """Every heading is in the lower line; what has an upper heading stands under it, what has none reaches up."""
        groups = self.sheet.groups
        lower = [self.formats.head] * len(self.sheet.columns)
        if groups:
            self.page.set_row(self.row, 18)
            at = 0
            for name, span in groups:
                if not name:
                    self.page.write_blank(self.row, at, None, self.formats.upper)
                    lower[at] = self.formats.lower
                elif span == 1:
                    self.page.write_string(self.row, at, name, self.formats.head)
                else:
                    self.page.merge_range(self.row, at, self.row, at + span - 1, "", self.formats.head)
                    self.page.write_string(self.row, at, name, self.formats.head)
                at += span
            self.row += 1
        rows = max(
            rows_of(column.heading, width) for column, width in zip(self.sheet.columns, self.widths, strict=True)
        )
        self.page.set_row(self.row, max(_HEAD, _MORE * (rows + 0.6)))
        for at, column in enumerate(self.sheet.columns):
            self.page.write_string(self.row, at, column.heading, lower[at])
        self.row += 1

    def _lines(self) -> None:
        sheet, first = self.sheet, self.row
        sums = Sums(sheet.columns)
        for line in sums.over(sheet.lines):
            texts = [(value, at) for at, value in enumerate(line) if isinstance(value, str)]
            rows = max((rows_of(text, self.widths[at]) for text, at in texts), default=1)
            if rows > 1:
                self.page.set_row(self.row, _ONE + _MORE * (rows - 1))
            for at, value in enumerate(line):
                if isinstance(value, Across):
                    self._instead(at, value.text)
                else:
                    self._cell(at, value, self.formats.cells[sheet.columns[at].kind])
            if sheet.links:
                self._link(line)
            self.row += 1
        if not sums.lines:
            self._across(i18n.say(N_("Nothing to report.")), self.formats.none, _LINE)
        if sheet.total:
            self._totals(sums.line(sheet.total), first, sums.lines)

    def _instead(self, at: int, words: str) -> None:
        """Words in the place of the cells that are left."""
        if at < self.last:
            self.page.merge_range(self.row, at, self.row, self.last, "", self.formats.instead)
        self.page.write_string(self.row, at, words, self.formats.instead)

    def _link(self, line: Line) -> None:
        """Let a table of contents open the tab it names."""
        text = str(line[1])
        if text in self.sheet.links:
            target = self.sheet.links[text].replace("'", "''")
            self.page.write_url(self.row, 1, f"internal:'{target}'!A1", self.formats.link, text)

    def _totals(self, line: tuple[Value, ...], first: int, lines: int) -> None:
        """Sums that go on reckoning where somebody mends a line, with the value beside them where nothing reckons."""
        for at, (column, value) in enumerate(zip(self.sheet.columns, line, strict=True)):
            if column.total and lines:
                name = xl_col_to_name(at)
                formula = f"=SUM({name}{first + 1}:{name}{first + lines})"
                self.page.write_formula(self.row, at, formula, self.formats.totals[column.kind], value)
            else:
                self._cell(at, value, self.formats.totals[column.kind if column.total else Kind.CENTRED])
        self.row += 1

    def _cell(self, at: int, value: Value, format_: Any) -> None:
        """One value of the line that is being written."""
        if value is None or value == "":
            self.page.write_blank(self.row, at, None, format_)
        elif isinstance(value, str):
            self.page.write_string(self.row, at, safe(value), format_)
        elif isinstance(value, (int, Decimal)):
            self.page.write_number(self.row, at, value, format_)
        elif value.year < 1900:  # a spreadsheet knows no day before its own first one
            self.page.write_string(self.row, at, str(value), format_)
        else:
            self.page.write_datetime(self.row, at, value, format_)

    def _paper(self) -> None:
        page = self.page
        page.set_landscape()
        page.set_paper(9)  # A4
        page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        page.center_horizontally()
        page.fit_to_pages(1, 1 if self.sheet.one_page else 0)
        page.print_area(0, 0, self.row - 1, self.last)
        page.set_footer("&C&P / &N")
        page.hide_gridlines(2)


def rows_of(text: str, width: float) -> int:
    """How many rows a text needs in a column, a Chinese character being two digits wide."""
    wide = [sum(2 if ord(c) > 0x2E7F else 1 for c in part) for part in text.split("\n")]
    return sum(max(1, ceil(digits / (width * 1.05 + 0.7))) for digits in wide)
