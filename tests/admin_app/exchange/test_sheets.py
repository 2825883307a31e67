"""The sheets: the headings of 2020 in their order, and under them what the database has, counted by plain loops."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from admin_app.exchange.catalogue import FORMS
from models import clock
from models.account import Role
from models.business import Inspection
from models.checkpoint import Checkpoint, Passage
from models.clock import ZONE
from models.enterprise import Enterprise, Resumption
from models.figures import FIGURES
from models.observation import Observation
from models.person import Sex
from models.report import DailyReport, ReportStatus
from models.resident import Resident
from models.states import ObservationKind, Outcome, Period
from models.trail import Deed
from models.visit import Visit
from models.volunteer import Assignment, Duty
from tests.admin_app.exchange.conftest import READERS, Cells, Desk, cells
from tests.models.summaries.holdings import held
from tests.models.summaries.whole import MARKS
from tests.models.summaries.world import TODAY, VILLAGES, Row

ADDRESS = "/admin/summary/sheets/"
# header rows as the district's paper forms have them; a sheet of its own where there are several
HEADINGS = {
    "persons": [
        "姓名 年龄 性别 籍贯 住址 身份证号码 联系电话 从何地来(返) 来(返)时间 来(返)方式 航班/车次/车牌号"
        " 期间还到过哪些城市 是否与确诊、疑似病例密切接触过 是否与密切接触者共同生活、工作、学习、聚会过"
        " 是否与重点疫区人员接触过 身体状况 是否就医 就医医院 就医时间 下步拟采取措施"
    ],
    "home": [
        "姓名 性别 身份证号码 联系方式 家庭住址 责任村(社区) 责任人 责任人手机号 开始隔离时间 预计解除隔离时间"
        " 实际解除隔离时间 是否解除隔离 是否转疑似病例 转出时间 转出地点 转出原因 备注"
    ],
    "temperatures": ["序号 姓名 上午体温 下午体温 备注"],
    "daily": [
        "序号 地区 摸排总人数 来(返)人数 与确诊疑似密切接触人数 与密切接触者共同生活人数 与重点疫区人员接触人数"
        " 身体状况异常人数 当日集中隔离 累计集中隔离 当日居家隔离 累计居家隔离 当日解除 累计解除 住院"
    ],
    "passages": ["卡口名称 方向(进/出) 时间 车牌号 姓名 人数 联系方式 身份证号 出发地 目的地 体温 事由"],
    "businesses": [
        "名称 类别 地址 经营者 联系电话 家庭住址 管控要求 包保责任人 企业联系人 属地责任人 带队领导 面积 经营户数"
        " 是否开放 开放时间"
    ],
    "inspections": ["日期 场所 方式 检查人 参与部门 是否营业 口罩佩戴 当日消毒 发现问题 整改期限 复查日期 复查结果"],
    "resumption": [
        "企业名称 统一社会信用代码 法定代表人 联系人 联系电话 24小时值班电话 企业地址 经营范围 企业用工人数"
        " 实际返岗人数 县外人数 湖北籍人数 湖北客户 复产时间 设置隔离室 是否消毒防控 是否进行体温检测"
        " 是否进行防疫宣传 责任承诺书 应急预案 健康统计表 当面交代签字"
    ],
    "gatherings": [
        "举办时间 地点 举办人 厨师 承办饭店 事由 桌数 人数 来源 核实情况 处理结果 核实人 办结时间",
        "时间 地点 举报类别 内容 来源 核实情况 处理结果 核实人 办结时间",
    ],
    "volunteers": [
        "编号 姓名 性别 联系电话 身份证号码 所属组织 政治面貌 特长 可服务时段 服务村(社区)",
        "任务 类别 服务地点 起止时间 需要人数 联系人",
        "任务 志愿者 签到 签退 服务时长",
    ],
    "donations": ["捐赠单位/个人 物资或金额 数量 定向/非定向 接收单位 接收时间 发放去向 公示时间"],
    "publicity": ["日期 类别 地点 数量 责任人 照片"],
}
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


def said(value: Any) -> Any:
    """A stored value as a cell."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(ZONE).replace(tzinfo=None)
    return float(value) if isinstance(value, (int, Decimal)) and not isinstance(value, bool) else value


def inert(text: str | None) -> str:
    return "'" + text if text and text[0] in "=+-@\t\r" else text or ""


def yes_no(value: bool | None) -> str:
    return "" if value is None else "是" if value else "否"


def by_number(desk: Desk, cls: type[Any]) -> dict[int, Row]:
    return {row["id"]: row for row in desk.world.live(cls)}


# ---- headings ----


@pytest.mark.parametrize("sheet", HEADINGS)
def test_headings_are_those_of_the_paper_forms_in_their_order(sqlite_desk: Desk, sheet: str) -> None:
    found = list(taken(sqlite_desk, "one", sheet).values())
    assert [next(row for row in rows[2:] if row[-1]) for rows in found] == [h.split() for h in HEADINGS[sheet]]


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


# ---- 体温登记表 ----


def test_the_temperature_register_has_both_rounds_of_everybody_who_was_measured(desk: Desk) -> None:
    sheets = taken(desk, "district", "temperatures")
    people, measured = by_number(desk, Resident), 0
    for number in VILLAGES[:-1]:
        shown = lines(sheets[f"{MARKS[number]}村"], "上午体温")
        visits = [v for v in desk.world.live(Visit, {number}) if v["on"] == TODAY]
        observed = by_number(desk, Observation)
        expected = []
        for observation in {v["observation_id"] for v in visits if v["observation_id"] in observed}:
            slots = {v["period"]: v for v in visits if v["observation_id"] == observation}
            person = people.get(observed[observation]["resident_id"])
            expected.append((inert(person["name"]) if person else "", *(taken_in(slots.get(p)) for p in Period)))
        found = [(line["姓名"], line["上午体温"], line["下午体温"]) for line in shown]
        for one in expected:
            assert one in found, (number, one)
            found.remove(one)
        assert all(one[1:] == ("", "") for one in found), "whoever else is listed was not visited"
        assert [line["序号"] for line in shown] == [*range(1, len(shown) + 1)]
        measured += len(expected)
    assert measured > 10


def taken_in(visit: Row | None) -> Any:
    if visit is None:
        return ""
    words = {Outcome.NOT_MET: "未见到", Outcome.REFUSED: "拒测", Outcome.ABNORMAL: "异常"}
    return float(visit["temperature"]) if visit["temperature"] else words[visit["outcome"]]


# ---- the others ----


def test_the_survey_of_persons_has_the_files_as_they_are(desk: Desk) -> None:
    for number in (1, 2):
        [rows] = taken(desk, "district", "persons", village=str(number), full="1").values()
        shown = lines(rows, "年龄")
        expected = held(desk.world, Resident, {number}, TODAY, TODAY)
        assert len(shown) == len(expected) > 0
        for line, row in zip(shown, expected, strict=True):
            assert line["姓名"] == inert(row["name"])
            assert line["性别"] == {Sex.MALE: "男", Sex.FEMALE: "女"}[row["sex"]]
            assert line["年龄"] == 39, "the birthday is the 29th of February"
            assert (line["身份证号码"], line["联系电话"]) == (row["identity_number"], row["phone"])
            assert line["来(返)时间"] == said(row["arrived_on"])
            assert line["是否与确诊、疑似病例密切接触过"] == yes_no(row["met_case"])


def test_the_home_list_has_who_was_at_home_on_one_of_the_days(desk: Desk) -> None:
    [rows] = taken(desk, "district", "home").values()
    shown = lines(rows, "责任村(社区)")
    expected = [
        row
        for number in VILLAGES
        for row in held(desk.world, Observation, {number}, date.fromisoformat(FROM), TODAY)
        if row["kind"] is ObservationKind.HOME
    ]
    expected.sort(key=lambda row: row["id"])
    people = by_number(desk, Resident)
    assert len(shown) == len(expected) > 5
    for line, row in zip(shown, expected, strict=True):
        person = people.get(row["resident_id"])
        assert line["姓名"] == (inert(person["name"]) if person else "")
        assert line["责任村(社区)"] == f"{MARKS[row['village_id']]}村"
        assert (line["开始隔离时间"], line["实际解除隔离时间"]) == (row["began_on"], said(row["released_on"]))
        assert line["是否解除隔离"] == yes_no(row["status"].value == "released")


def test_the_checkpoint_book_and_its_number_of_people(desk: Desk) -> None:
    [rows] = taken(desk, "one", "passages", full="1").values()
    expected = held(desk.world, Passage, {1}, date.fromisoformat(FROM), TODAY)
    gates = by_number(desk, Checkpoint)
    shown = lines(rows, "卡口名称")
    assert [line["时间"] for line in shown] == [said(row["at"]) for row in expected]
    assert [line["卡口名称"] for line in shown] == [gates[row["checkpoint_id"]]["name"] for row in expected]
    assert [line["姓名"] for line in shown] == [inert(row["name"]) for row in expected]
    assert {line["体温"] for line in shown} == {36.4}
    total = next(row for row in rows if row[0] == "合计")
    assert total[5] == sum(row["people"] for row in expected) > 0


def test_inspections_name_their_venue_and_the_filing_its_enterprise(desk: Desk) -> None:
    [rows] = taken(desk, "two", "inspections").values()
    expected = held(desk.world, Inspection, {2}, date.fromisoformat(FROM), TODAY)
    assert [line["日期"] for line in lines(rows, "场所")] == [row["on"] for row in expected]
    [rows] = taken(desk, "two", "resumption", full="1").values()
    filed = held(desk.world, Resumption, {2}, TODAY, TODAY)
    firms = by_number(desk, Enterprise)
    shown = lines(rows, "企业名称")
    assert len(shown) == len(filed) > 0
    for line, row in zip(shown, filed, strict=True):
        firm = firms.get(row["enterprise_id"], {})
        assert line["企业名称"] == firm.get("name", "")
        assert line["24小时值班电话"] == (firm.get("duty_phone") or "")
        assert line["企业用工人数"] == said(firm.get("workers"))
    total = next(row for row in rows if row[0] == "合计")
    assert total[9] == sum(row["returned"] or 0 for row in filed)


def test_service_is_counted_in_hours_and_duties_in_people(desk: Desk) -> None:
    _volunteers, duties, service = taken(desk, "coordinator", "volunteers").values()
    wanted = [row for number in VILLAGES for row in held(desk.world, Duty, {number}, date.fromisoformat(FROM), TODAY)]
    served = [
        row for number in VILLAGES for row in held(desk.world, Assignment, {number}, date.fromisoformat(FROM), TODAY)
    ]
    assert next(row for row in duties if row[0] == "合计")[5] == sum(row["needed"] for row in wanted) > 0
    hours = sum((row["hours"] for row in served if row["hours"]), Decimal())
    assert next(row for row in service if row[0] == "合计")[5] == float(hours) > 0
    first = lines(duties, "起止时间")[0]["起止时间"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d–(\d\d-\d\d )?\d\d:\d\d", first)


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
