"""一村一台账: of one village and no other, the same whoever takes it, and noted before it is handed out.

That it is whole, cell by cell, is in test_told.py.
"""

import hashlib
import io
import re
import zipfile
from collections import Counter
from datetime import date
from urllib.parse import urlencode

import pytest
from sqlalchemy.exc import OperationalError

from admin_app.exchange import village
from admin_app.ledgers import taking
from models.trail import Deed
from models.volunteer import Assignment, Volunteer
from tests.admin_app.exchange.conftest import Desk, cells
from tests.admin_app.support.browsing import Page
from tests.models.summaries.holdings import held
from tests.models.summaries.whole import HOSTILE, MARKS

ADDRESS = "/admin/summary/ledger/"
SINCE, UNTIL = date(2020, 1, 26), date(2020, 2, 3)
DAYS = {"from": SINCE.isoformat(), "to": UNTIL.isoformat()}
FULL = re.compile(r"(?<!\d)(?:32108\d{12}[\dX]|1[3-9]\d{9})(?!\d)")


def taken(desk: Desk, name: str, village_id: int, **typed: str) -> Page:
    return desk.take(name, ADDRESS, **{"village": str(village_id), **DAYS, **typed})


def everything_in(page: Page) -> str:
    """All the texts of a workbook, properties and names of tabs included."""
    with zipfile.ZipFile(io.BytesIO(page.body)) as book:
        return "\n".join(book.read(name).decode() for name in book.namelist())


def test_the_same_span_gives_the_same_bytes_to_everybody_on_both_databases(
    sqlite_desk: Desk, postgres_desk: Desk
) -> None:
    found = {
        hashlib.sha256(taken(desk, name, 1, reason=reason).body).hexdigest()
        for desk in (sqlite_desk, postgres_desk)
        for name, reason in (("one", "存档"), ("one", "再取一次"), ("district", "检查"), ("township", "核对"))
    }
    assert len(found) == 1


def test_another_span_or_another_village_gives_another_file(sqlite_desk: Desk) -> None:
    bodies = {
        taken(sqlite_desk, "district", number, **span).body
        for number, span in ((1, {}), (2, {}), (1, {"from": "2020-01-27"}))
    }
    assert len(bodies) == 3


def test_no_record_of_another_village_is_in_the_file_or_on_the_pages(desk: Desk) -> None:
    for name, village_id in (("one", 1), ("district", 2), ("township", 3)):
        typed = {"village": str(village_id), **DAYS}
        asking = desk.as_(name).get(ADDRESS, **typed)
        pages = [re.sub(r"<option.*?</option>", "", asking.text), taken(desk, name, village_id, **{"as": "print"}).text]
        for text in (everything_in(taken(desk, name, village_id)), *pages):
            assert MARKS[village_id] in text
            for number, mark in MARKS.items():
                assert number == village_id or mark not in text, (name, mark)
                assert number == village_id or not re.search(rf"32108{number}\d|13{number}\d{{4}}|13{number}\*", text)


def test_who_serves_from_another_village_is_named_and_no_more(desk: Desk) -> None:
    """The name of a volunteer crosses with the assignment; the rest of the file stays at home."""
    crossed = 0
    for village_id in (1, 2, 3, 4):
        homes = {row["id"]: row["village_id"] for row in desk.world.rows[Volunteer]}
        served = held(desk.world, Assignment, {village_id}, SINCE, UNTIL)
        crossed += sum(homes[row["volunteer_id"]] != village_id for row in served)
        rows = cells(taken(desk, "district", village_id))["服务记录"]
        names = [row[2] for row in rows if isinstance(row[0], float)]
        assert names == [row["volunteer_name"] for row in served]
    assert crossed


def test_numbers_are_masked_unless_somebody_with_the_right_asks_for_them_with_a_reason(desk: Desk) -> None:
    before = desk.last()
    masked = taken(desk, "one", 1)
    assert not FULL.search(everything_in(masked))
    assert re.search(r"32108\d\*{8}\d{4}", everything_in(masked))
    full = taken(desk, "one", 1, full="1", reason="公安协查")
    assert FULL.search(everything_in(full))
    last = [row for row in cells(full)["封面"] if row[0]][-1][0]
    assert "one reader" in last
    assert "公安协查" in last
    first, second = desk.trail(before)
    assert "完整号码" not in first.reason
    assert "完整号码" in second.reason


def test_nothing_anybody_typed_is_a_formula_in_any_sheet(desk: Desk) -> None:
    page = taken(desk, "one", 1, full="1")
    texts = [cell for rows in cells(page).values() for row in rows for cell in row if isinstance(cell, str)]
    assert [text for text in texts if text[:1] in ("=", "+", "-", "@", "\t", "\r")] == []
    for hostile in HOSTILE:
        assert any(text == "'" + hostile.strip() for text in texts), hostile
    formulas = re.findall(r"<f>(.*?)</f>", everything_in(page))
    assert formulas
    assert all(re.fullmatch(r"SUM\([A-Z]+\d+:[A-Z]+\d+\)", formula) for formula in formulas)


def test_it_is_noted_before_it_is_handed_out_with_the_fingerprint_of_the_file(desk: Desk) -> None:
    before = desk.last()
    page = taken(desk, "one", 1, reason="年度存档")
    [entry] = desk.trail(before)
    assert (entry.deed, entry.ledger, entry.village_id, entry.record_id) == (Deed.EXPORT, "village", 1, 1)
    assert entry.account_name == "one reader"
    assert "2020-01-26–2020-02-03" in entry.record_label
    assert "年度存档" in entry.reason
    assert hashlib.sha256(page.body).hexdigest() in entry.reason


def test_nothing_is_handed_out_that_the_trail_cannot_take_down(
    sqlite_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object, **__: object) -> None:
        raise OperationalError("", {}, Exception("database is locked"))

    monkeypatch.setattr(taking, "note_apart", locked)
    page = taken(sqlite_desk, "one", 1)
    assert page.status == 503
    assert "Content-Disposition" not in page.headers


@pytest.mark.parametrize("name", ["coordinator", "auditor"])
def test_it_is_closed_to_who_may_not_read_files(desk: Desk, name: str) -> None:
    before = desk.last()
    assert desk.as_(name).get(ADDRESS, village="1", **DAYS).status == 403
    assert taken(desk, name, 1).status == 403
    assert {entry.deed for entry in desk.trail(before)} == {Deed.REFUSED}


def test_a_village_that_is_not_theirs_is_as_one_that_does_not_exist(desk: Desk) -> None:
    before = desk.last()
    for name in ("one", "township"):
        answers = [taken(desk, name, number) for number in (4, 5555)]
        assert [page.status for page in answers] == [422, 422]
        hidden = [re.sub(r"4|5555|value=\"[\w.-]{60,}\"", "", page.text) for page in answers]
        assert hidden[0] == hidden[1]
        assert "请从选项中选择" in answers[0].main
    assert desk.trail(before) == []


def test_the_page_says_what_is_inside_and_each_number_opens_its_records(desk: Desk) -> None:
    browser = desk.as_("district")
    page = browser.get(ADDRESS, village="3", **DAYS)
    entry = r'<th scope="row">[^<]*</th><td class="number">(?:<a href="([^"]*)">)?(\d+)'
    shown = re.findall(entry, page.text)
    assert len(shown) == len(village.PARTS) + 1
    ways = Counter[str]()
    for part, (url, count) in zip(village.PARTS, shown, strict=False):
        assert int(count) == len(held(desk.world, part.cls, {3}, SINCE, UNTIL)), part.name
        if not int(count):
            assert not url
            continue
        opened = browser.get(url.replace("&amp;", "&"))
        if "/rows/" in url:
            assert len(re.findall(r'<th scope="row">', opened.text)) == int(count), part.name
            assert f"{count} 条" in opened.main
        else:
            listed = re.findall(r"([\d,]+) 条记录", opened.main)
            assert int(listed[-1].replace(",", "")) == int(count), part.name
        ways["rows" if "/rows/" in url else "list"] += 1
    assert min(ways.values()) > 4, ways


def test_rows_of_a_part_are_a_villages_own_and_nothing_else_is_there(sqlite_desk: Desk) -> None:
    asked = {"part": "business", "village": "3", **DAYS}
    assert sqlite_desk.as_("district").get(f"{ADDRESS}rows/", **asked).status == 200
    for name, village_id, part in (
        ("one", "3", "business"),
        ("district", "3", "account"),
        ("district", "", "business"),
    ):
        answer = sqlite_desk.as_(name).get(f"{ADDRESS}rows/", **asked | {"village": village_id, "part": part})
        assert answer.status == 404, (name, village_id, part)
    for name in ("coordinator", "auditor"):
        assert sqlite_desk.as_(name).get(f"{ADDRESS}rows/", **asked).status == 403


def test_who_has_one_village_is_not_asked_which(sqlite_desk: Desk) -> None:
    page = sqlite_desk.as_("one").get(ADDRESS)
    assert "village" not in page.form("reason").names
    assert "2020年1月30日 – 2020年2月12日" in page.main
    page = sqlite_desk.as_("district").get(ADDRESS)
    assert [label for _value, label in page.form("reason").options("village")][1:] == [
        f"{MARKS[n]}村" for n in (5, 4, 3, 2, 1)
    ]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"from": "2020-02-03", "to": "2020-02-01"}, "早于开始"),
        ({"from": "2020-02-30"}, "日期格式不对"),
        ({"to": "一月"}, "日期格式不对"),
        ({"to": "2031-01-01"}, "不能晚于今天"),
        ({"from": "9" * 5000}, "日期格式不对"),
        ({"village": "0"}, "请从选项中选择"),
        ({"village": "\0"}, "请从选项中选择"),
        ({"village": ""}, "请选择村"),
        ({"reason": "  "}, "请填写导出理由"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field_and_the_rest_is_kept(
    sqlite_desk: Desk, typed: dict[str, str], said: str
) -> None:
    before = sqlite_desk.last()
    given = {"village": "2", **DAYS, "reason": "写好的理由", **typed}
    page = sqlite_desk.take("district", ADDRESS, **given)
    assert page.status == 422
    assert said in page.main
    kept = page.form("reason").data()
    for name, value in given.items():
        if name not in typed:
            assert kept[name] == [value], name
    assert sqlite_desk.trail(before) == []


def test_showing_what_is_inside_gives_an_address_that_shows_it_again(sqlite_desk: Desk) -> None:
    browser = sqlite_desk.as_("district")
    page = browser.get(ADDRESS)
    sent = browser.send(page, page.form("reason"), {"village": "3", **DAYS, "as": "show"})
    assert sent.location == f"{ADDRESS}?{urlencode({'village': '3', **DAYS})}"
    assert "台账内容" in browser.follow(sent).main


def test_more_lines_than_anybody_prints_are_refused_in_words(
    sqlite_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("admin_app.exchange.printed.MOST_LINES", 20)
    before = sqlite_desk.last()
    page = taken(sqlite_desk, "one", 1, **{"as": "print"})
    assert page.status == 422
    assert "行数过多" in page.main
    monkeypatch.setattr("admin_app.exchange.parts.MOST_LINES", 5)
    assert "行数过多" in taken(sqlite_desk, "one", 1).main
    assert sqlite_desk.trail(before) == []


def test_a_village_with_nothing_on_record_has_a_ledger_that_says_so(sqlite_desk: Desk) -> None:
    sheets = cells(taken(sqlite_desk, "empty", 5))
    for rows in list(sheets.values())[1:]:
        assert any("无" in row for row in rows)


def test_the_pages_to_print_hold_the_same_lines_as_the_workbook(sqlite_desk: Desk) -> None:
    printed = taken(sqlite_desk, "one", 1, **{"as": "print"})
    lines = len(re.findall(r"<tr><td", printed.text))
    book = cells(taken(sqlite_desk, "one", 1))
    cover = [row for row in book["封面"] if isinstance(row[0], float)]
    records = int(sum(row[2] for row in cover))
    empty = sum(row[2] == 0 for row in cover)
    totals = printed.text.count("<tfoot>")
    assert lines == len(cover) + records + empty + totals
    assert printed.text.count('<section class="card paper') == len(village.PARTS) + 1


def test_an_english_reader_gets_an_english_ledger(sqlite_desk: Desk) -> None:
    sheets = cells(sqlite_desk.take("one", ADDRESS, language="en", **DAYS))
    assert list(sheets)[:2] == ["Cover", "Persons"]
    assert "26 Jan 2020 to 3 Feb 2020" in [cell for row in sheets["Cover"] for cell in row]
