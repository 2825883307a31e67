"""The sheets: the headings of 2020 in their order, who takes them, and how they are taken; what stands under the
headings is compared in test_told.py."""

import re
from datetime import timedelta
from typing import Any

import pytest

from admin_app.exchange.catalogue import FORMS
from models import clock
from models.account import Role
from models.figures import FIGURES
from models.report import DailyReport, ReportStatus
from models.trail import Deed
from tests.admin_app.exchange.conftest import READERS, Cells, Desk, cells
from tests.admin_app.exchange.registers import FORMS as REGISTERS
from tests.models.summaries.whole import MARKS
from tests.models.summaries.world import TODAY, VILLAGES

ADDRESS = "/admin/summary/sheets/"
# header rows as the district's paper forms have them; a sheet of its own where there are several
OTHERS = {
    "temperatures": "序号 姓名 上午体温 下午体温 备注",
    "daily": "序号 地区 摸排总人数 来(返)人数 与确诊疑似密切接触人数 与密切接触者共同生活人数 与重点疫区人员接触人数"
    " 身体状况异常人数 当日集中隔离 累计集中隔离 当日居家隔离 累计居家隔离 当日解除 累计解除 住院",
}
HEADINGS = {name: [register.headings for register in sheets] for name, sheets in REGISTERS.items()}
HEADINGS |= {name: [headings.split()] for name, headings in OTHERS.items()}
ON, FROM = TODAY.isoformat(), "2020-01-26"


def taken(desk: Desk, name: str, sheet: str, **typed: Any) -> dict[str, Cells]:
    """The sheets of a workbook."""
    return cells(desk.take(name, f"{ADDRESS}{sheet}/", **{"on": ON, "from": FROM, "to": ON, **typed}))


def lines(rows: Cells, heading: str) -> list[dict[str, Any]]:
    """The lines of a sheet by its headings, up to what stands below them."""
    at = next(at for at, row in enumerate(rows) if heading in row)
    below = []
    for row in rows[at + 1 :]:
        if row[0] == "合计" or "填报人" in str(row[0]) or "无" in row:
            break
        below.append(dict(zip(rows[at], row, strict=True)))
    return below


# ---- headings ----


@pytest.mark.parametrize("sheet", HEADINGS)
def test_headings_are_those_of_the_paper_forms_in_their_order(sqlite_desk: Desk, sheet: str) -> None:
    found = list(taken(sqlite_desk, "one", sheet).values())
    assert [next(row for row in rows[2:] if row[-1]) for rows in found] == HEADINGS[sheet]


def test_every_sheet_has_its_headings_checked_here() -> None:
    assert {form.name for form in FORMS} == set(HEADINGS)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_sheet_says_whose_of_which_day_who_took_it_when_and_why(sqlite_desk: Desk, form: Any) -> None:
    for name, unit in (("one", f"{MARKS[1]}村"), ("township", "车逻镇"), ("district", "全区")):
        for rows in taken(sqlite_desk, name, form.name, reason="上报指挥部", village="").values():
            texts = [cell for row in rows for cell in row if isinstance(cell, str)]
            assert f"填报单位：{unit}" in texts or form.name == "temperatures"
            assert any("2020年2月3日" in text for text in texts)
            assert any(all(one in text for one in ("填报人", "审核人", "单位负责人")) for text in texts)
            assert re.search(rf"{name} reader.*2020-02-12 \d\d:\d\d.*上报指挥部", "\n".join(texts))


def test_several_villages_are_told_apart(sqlite_desk: Desk) -> None:
    for sheet in ("persons", "passages"):
        [rows] = taken(sqlite_desk, "district", sheet).values()
        villages = {line["村(社区)"] for line in lines(rows, "村(社区)")}
        assert villages == {f"{MARKS[number]}村" for number in VILLAGES[:-1]}, sheet
    [rows] = taken(sqlite_desk, "district", "persons", village="2").values()
    assert all("村(社区)" not in row for row in rows)


# ---- 摸排工作日报 ----


def test_the_daily_report_has_what_every_village_handed_in_and_its_sums(desk: Desk) -> None:
    [rows] = taken(desk, "district", "daily").values()
    shown = lines(rows, "地区")
    handed_in = {
        row["village_id"]: row
        for row in desk.world.live(DailyReport)
        if row["on"] == TODAY and row["status"] is not ReportStatus.RETURNED
    }
    assert 1 < len(handed_in) < len(VILLAGES) - 1, "one that is not in, and several that are"
    assert [line["地区"] for line in shown] == [f"{MARKS[number]}村" for number in (5, 4, 3, 2, 1)]
    sums = [0] * len(FIGURES)
    for number, line in zip((5, 4, 3, 2, 1), shown, strict=True):
        figures = list(line.values())[2:]
        if number in handed_in:
            counted = [handed_in[number][name] for name in FIGURES]
            assert figures == counted, number
            sums = [a + b for a, b in zip(sums, counted, strict=True)]
        else:
            assert figures[0] in ("未报", "退回")
            assert not any(figures[1:]), "what was not reported never looks like zero"
    total = next(row for row in rows if row[0] == "合计")
    assert total[2:] == sums
    missing = next(row[0] for row in rows if str(row[0]).startswith("未报："))
    assert set(re.findall(r"(.)村", missing)) == {MARKS[n] for n in VILLAGES if n not in handed_in}


def test_the_daily_report_says_what_was_adjusted_and_what_does_not_follow_from_yesterday(desk: Desk) -> None:
    [rows] = taken(desk, "district", "daily").values()
    notes = [row[0] for row in rows if isinstance(row[0], str) and "村：" in row[0]]
    assert f"{MARKS[2]}村：以下数字经说明理由后调整，与台账不同：来(返)人数" in notes
    words = {"central": "集中隔离", "home": "居家隔离", "released": "解除"}
    expected = set()
    for number in VILLAGES:
        reports = {
            r["on"]: r for r in desk.world.live(DailyReport, {number}) if r["status"] is not ReportStatus.RETURNED
        }
        if TODAY not in reports or TODAY - timedelta(days=1) not in reports:
            continue
        today, before = reports[TODAY], reports[TODAY - timedelta(days=1)]
        for name, word in words.items():
            makes = before[f"{name}_total"] + today[f"{name}_today"]  # nobody was handed over in this district
            if today[f"{name}_total"] != makes:
                expected.add((f"{MARKS[number]}村：累计{word}上报为{today[f'{name}_total']}", f"应为{makes}"))
    told = {(note.split("，")[0], note.split("减0")[1]) for note in notes if "应为" in note and "累计" in note}
    assert told == expected
    assert expected


def test_a_village_takes_its_own_daily_report(desk: Desk) -> None:
    for name, number in (("one", 1), ("two", 2)):
        [rows] = taken(desk, name, "daily").values()
        assert [line["地区"] for line in lines(rows, "地区")] == [f"{MARKS[number]}村"]


# ---- who may, and what is left in the trail ----

OPEN = {
    Role.DISTRICT: set(HEADINGS),
    Role.VILLAGE: set(HEADINGS),
    Role.COORDINATOR: {"volunteers"},
    Role.AUDITOR: set(),
}


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_each_role_finds_the_sheets_that_are_open_to_it_and_is_refused_the_others(
    sqlite_desk: Desk, reader: Any
) -> None:
    desk = sqlite_desk
    browser, allowed = desk.as_(reader.name), OPEN[reader.role]
    listed = browser.get(ADDRESS)
    assert listed.status == (200 if allowed else 403)
    assert set(re.findall(rf'href="{ADDRESS}(\w+)/"', listed.text)) == allowed
    for sheet in HEADINGS:
        assert browser.get(f"{ADDRESS}{sheet}/").status == (200 if sheet in allowed else 403), sheet
        if sheet not in allowed:
            assert desk.take(reader.name, f"{ADDRESS}{sheet}/").status == 403, sheet
    if allowed:
        assert browser.get(f"{ADDRESS}nothing/").status == 404


def test_no_sheet_holds_anything_of_a_village_that_is_not_the_readers(desk: Desk) -> None:
    for name, own in (("one", {1}), ("two", {2}), ("township", {1, 2, 3})):
        for form in FORMS:
            texts = str(taken(desk, name, form.name)) + re.sub(
                r"<option.*?</option>", "", desk.as_(name).get(f"{ADDRESS}{form.name}/").text
            )
            for number, mark in MARKS.items():
                # whoever serves from elsewhere is named with the duty
                crossed = form.name == "volunteers"
                assert number in own or crossed or mark not in texts, (name, form.name, mark)
                assert number in own or f"32108{number}" not in texts


def test_numbers_are_masked_unless_asked_for_and_a_sheet_without_numbers_does_not_offer_them(
    sqlite_desk: Desk,
) -> None:
    desk = sqlite_desk
    for form in FORMS:
        page = desk.as_("one").get(f"{ADDRESS}{form.name}/")
        assert ("full" in page.form("reason").names) is form.personal, form.name
        plain, full = (str(taken(desk, "one", form.name, **typed)) for typed in ({}, {"full": "1"}))
        numbers = r"(?<!\d)(32108\d{12}[\dX]|1[3-9]\d{9}|0514\d{8})(?!\d)"
        assert not re.search(numbers, plain), form.name
        assert bool(re.search(numbers, full)) <= form.personal, form.name


def test_who_took_it_and_why_is_in_the_trail(desk: Desk) -> None:
    before = desk.last()
    taken(desk, "two", "home", reason="报疾控")
    assert desk.take("district", f"{ADDRESS}persons/", reason="全区汇总", full="1", **{"as": "print"}).status == 200
    first, second = desk.trail(before)
    assert (first.deed, first.ledger, first.village_id) == (Deed.EXPORT, "observation", 2)
    assert (first.account_name, first.reason) == ("two reader", "报疾控")
    assert "居家医学观察人员名单" in first.record_label
    assert (second.deed, second.ledger, second.village_id) == (Deed.EXPORT, "resident", None)
    assert second.reason == "全区汇总 · 含完整号码"


def test_nothing_is_taken_without_a_reason_or_a_token(desk: Desk) -> None:
    before = desk.last()
    page = desk.take("one", f"{ADDRESS}home/", reason=" ")
    assert (page.status, "请填写导出理由" in page.main) == (422, True)
    assert desk.as_("one").post(f"{ADDRESS}home/", {"reason": "上报", "as": "xlsx"}, csrf=False).status == 400
    assert desk.trail(before) == []


@pytest.mark.parametrize(
    ("typed", "said_"),
    [
        ({"on": "2020-02-30"}, "日期格式不对"),
        ({"on": "2030-01-01"}, "不能晚于今天"),
        ({"village": "4"}, "请从选项中选择"),
        ({"village": "四"}, "请从选项中选择"),
    ],
)
def test_what_makes_no_sense_is_said_and_what_was_typed_is_kept(
    sqlite_desk: Desk, typed: dict[str, str], said_: str
) -> None:
    page = sqlite_desk.take("township", f"{ADDRESS}daily/", **{"on": ON, "reason": "写好的理由", **typed})
    assert (page.status, said_ in page.main) == (422, True)
    assert page.form("reason").data()["reason"] == ["写好的理由"]
    assert "on" not in typed or page.form("reason").data()["on"] == [typed["on"]]
    asked = sqlite_desk.as_("township").get(f"{ADDRESS}daily/", **typed)
    assert (asked.status, said_ in asked.main) == (422, True)


def test_the_pages_to_print_say_the_same_as_the_workbook(sqlite_desk: Desk) -> None:
    path = f"{ADDRESS}daily/"
    printed = sqlite_desk.take("district", path, on=ON, **{"as": "print"})
    [rows] = taken(sqlite_desk, "district", "daily").values()
    body = re.search(r"(?s)<tbody>(.*?)</tbody>.*?<tfoot>(.*?)</tfoot>", printed.text)
    assert body
    shown = [
        re.findall(r"<td[^>]*>(.*?)</td>", line.replace(",", "")) for line in re.findall(r"<tr>(.*?)</tr>", body[1])
    ]
    in_book = [[str(int(c)) if isinstance(c, float) else c for c in line.values()] for line in lines(rows, "地区")]
    assert [[cell for cell in line if cell] for line in shown] == [[c for c in line if c != ""] for line in in_book]
    assert clock.today() != TODAY, "a day that is over can be taken too"


def test_a_sheet_in_english_is_english(sqlite_desk: Desk) -> None:
    [rows] = cells(sqlite_desk.take("two", f"{ADDRESS}inspections/", language="en")).values()
    texts = " ".join(cell for row in rows for cell in row if isinstance(cell, str))
    assert "Reporting unit: " in texts
    assert "Filled in by" in texts
    assert "填报" not in texts
