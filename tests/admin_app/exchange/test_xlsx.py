"""The workbook itself: laid out for A4, the same bytes every time, right in programs that reckon and in others."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from python_calamine import load_workbook

from admin_app.exchange import xlsx
from admin_app.exchange.sheet import Across, Book, Column, Kind, Line, Sheet
from tests.admin_app.exchange.conftest import Desk
from tests.models.summaries.whole import HOSTILE

MIDNIGHT = datetime.fromisoformat("2020-02-12")
WALL = datetime.fromisoformat("2020-02-12 08:30")
SIGNERS = ("填报人", "审核人", "单位负责人")
COLUMNS = (
    Column("序号", 5, Kind.ORDER),
    Column("地区", 12),
    Column("当日", 8, Kind.NUMBER, group="集中隔离", total=True),
    Column("累计", 8, Kind.NUMBER, group="集中隔离", total=True),
    Column("金额", 10, Kind.MONEY, total=True),
    Column("日期", 11, Kind.DAY),
    Column("时间", 16, Kind.INSTANT),
)
LINES: list[Line] = [
    (1, "南苑社区", 2, 30, Decimal("1.25"), date(2020, 2, 12), WALL),
    (2, "朝阳社区", 3, 4, None, None, None),
]


@pytest.fixture(autouse=True)
def _request(sqlite_desk: Desk) -> Iterator[None]:
    with sqlite_desk.app.test_request_context():
        yield


def sheet(lines: list[Line] = LINES, columns: tuple[Column, ...] = COLUMNS, **told: Any) -> Sheet:
    given = {
        "tab": "日报",
        "title": "摸排工作日报",
        "unit": "填报单位：车逻镇",
        "dated": "2020年2月12日",
        "total": "合计",
    }
    return Sheet(columns=columns, lines=lines, **{**given, **told})


def made(*sheets: Sheet) -> bytes:
    with xlsx.write(Book("日报", MIDNIGHT, sheets or [sheet()])) as file:
        return file.read()


def read(body: bytes) -> dict[str, list[list[Any]]]:
    book = load_workbook(io.BytesIO(body))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def part(body: bytes, name: str = "xl/worksheets/sheet1.xml") -> str:
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        return book.read(name).decode()


def test_title_unit_day_headings_lines_and_signatures_stand_where_a_sheet_of_paper_has_them() -> None:
    [rows] = read(made(sheet(signatures=SIGNERS, notes=("导出人：某某",)))).values()
    assert rows[0][0] == "摸排工作日报"
    assert [cell for cell in rows[1] if cell] == ["填报单位：车逻镇", "2020年2月12日"]
    assert [cell for cell in rows[2] if cell] == ["集中隔离"]
    assert rows[3] == ["序号", "地区", "当日", "累计", "金额", "日期", "时间"]
    assert rows[4] == [1, "南苑社区", 2, 30, 1.25, date(2020, 2, 12), WALL]
    assert rows[5] == [2, "朝阳社区", 3, 4, "", "", ""]
    assert [name for name in ("填报人", "审核人", "单位负责人") if name in rows[7][0]] == [
        "填报人",
        "审核人",
        "单位负责人",
    ]
    assert rows[8][0] == "导出人：某某"


def test_totals_are_the_sums_of_the_lines_for_programs_that_reckon_and_for_those_that_do_not() -> None:
    body = made()
    [rows] = read(body).values()
    assert rows[6] == ["合计", "", 5, 34, 1.25, "", ""]
    formulas = re.findall(r"<f>(.*?)</f><v>(.*?)</v>", part(body))
    assert formulas == [("SUM(C5:C6)", "5"), ("SUM(D5:D6)", "34"), ("SUM(E5:E6)", "1.25")]


def test_it_prints_on_a4_landscape_one_page_wide_with_its_headings_on_every_page() -> None:
    body = made()
    page, book = part(body), part(body, "xl/workbook.xml")
    assert 'paperSize="9"' in page
    assert 'orientation="landscape"' in page
    assert 'fitToHeight="0"' in page
    assert "fitToPage" in page
    assert re.search(r'<pane ySplit="4" topLeftCell="A5"[^>]*state="frozen"', page)
    assert "'日报'!$3:$4" in book.replace("日报!", "'日报'!")
    assert "$A$1:$G$7" in book


def test_numbers_days_and_instants_have_their_formats() -> None:
    styles = part(made(), "xl/styles.xml")
    for format_ in ("#,##0_ ", "#,##0.00_ ", "yyyy-mm-dd", "yyyy-mm-dd hh:mm"):
        assert f'formatCode="{format_}"' in styles
    widths = re.findall(r'<col min="(\d+)" max="(\d+)" width="[\d.]+"', part(made()))
    assert sum(int(last) - int(first) + 1 for first, last in widths) == len(COLUMNS)


def test_the_same_sheets_give_the_same_bytes_and_nothing_in_them_is_of_today() -> None:
    body = made()
    assert body == made()
    assert "2020-02-12T00:00:00Z" in part(body, "docProps/core.xml")
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        assert {entry.date_time[0] for entry in book.infolist()} == {1980}


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_somebody_typed_is_a_formula(text: str) -> None:
    hostile = sheet([(1, text, 0, 0, None, None, None)], title=text, unit=text, dated=text, notes=(text,), total="")
    body = made(hostile)
    assert "<f>" not in part(body)
    assert "hyperlink" not in part(body).lower().replace(text.lower().replace('"', "&quot;"), "").replace(
        'hyperlink("http', ""
    )
    [rows] = read(body).values()
    kept = [cell for row in rows for cell in row if isinstance(cell, str) and text.strip() in cell]
    assert len(kept) == 5
    assert all(cell.startswith("'") for cell in kept)


def test_a_sheet_without_lines_says_so_and_its_totals_are_zero() -> None:
    body = made(sheet([]))
    [rows] = read(body).values()
    assert [cell for cell in rows[4] if cell] == ["无"]
    assert rows[5][2:5] == [0, 0, 0]
    assert "<f>" not in part(body)


def test_words_in_the_place_of_figures_are_neither_counted_nor_zero() -> None:
    [rows] = read(made(sheet([LINES[0], (2, "朝阳社区", Across("未报"))]))).values()
    assert rows[5] == [2, "朝阳社区", "未报", "", "", "", ""]
    assert rows[6][2:5] == [2, 30, 1.25]


def test_tabs_of_the_same_name_or_with_marks_that_no_tab_may_have_are_told_apart() -> None:
    long = "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四"
    names = list(read(made(*(sheet(tab=name) for name in ("朝阳村", "朝阳村", "进/出[1]", long, long)))))
    assert len(set(names)) == 5
    assert names[:3] == ["朝阳村", "朝阳村 (2)", "进－出－1－"]
    assert all(len(name) <= 31 for name in names)


def test_a_table_of_contents_opens_the_tabs_it_names() -> None:
    cover = sheet(
        [(1, "朝阳村", 0, 0, None, None, None)], tab="封面", links={"朝阳村": "朝阳村"}, total="", one_page=True
    )
    body = made(cover, sheet(tab="朝阳村"))
    assert "location=\"'朝阳村'!A1\"" in part(body).replace("&apos;", "'")
    assert 'fitToHeight="0"' not in part(body)


def test_a_long_text_makes_its_line_higher_and_a_line_of_digits_does_not() -> None:
    page = part(made(sheet([(1, "很长" * 30, 0, 0, None, None, None), LINES[0]])))
    high = {int(row): float(height) for row, height in re.findall(r'<row r="(\d+)"[^>]* ht="([\d.]+)"', page)}
    assert high[5] > 2 * high[6]
