"""村日报 in the panel: who opens it, one confirmation, what is refused in words, and what is kept."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from admin_app.exchange.notice_page import notice_url
from admin_app.exchange.sheets_page import sheet_url
from admin_app.exchange.village_page import ledger_url
from models.figures import FIGURES
from models.observation import Observation
from models.report import Adjustment, DailyReport, DayClosing, ReportRevision, ReportStatus
from models.resident import Category, Resident
from models.summaries.ledger import Span
from models.visit import Visit
from tests.admin_app.support.browsing import Browser, Page
from tests.admin_app.support.district import ANONYMOUS, MARKS, READERS, A, B, C, traces
from tests.admin_app.support.panels import Panel
from tests.admin_app.support.values import TODAY, Mark

DAILY = "/admin/summary/daily/"
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


def url(mark: Mark = A, on: object = TODAY, part: str = "") -> str:
    return f"{DAILY}{part}?on={on}&village={mark.number(0, 1)}"


def reports(panel: Panel, on: object = TODAY) -> list[Any]:
    with panel.session() as session:
        return list(session.scalars(select(DailyReport).where(DailyReport.on == on)))


def hand_in(browser: Browser, typed: dict[str, Any] | None = None, path: str = "") -> Page:
    page = browser.get(path or url())
    return browser.send(page, page.form("seen"), typed)


# ---- who opens it ----


@pytest.mark.parametrize("name", [*READERS, ANONYMOUS])
def test_who_may_not_read_reports_is_refused_and_nobody_reads_of_another_village(panel: Panel, name: str) -> None:
    browser = panel.as_(name)
    addresses = [DAILY, f"{DAILY}names/?figure=surveyed", *(url(mark) for mark in MARKS)]
    addresses += [url(mark, part="names/") + "&figure=home_total" for mark in MARKS]
    opens = name != ANONYMOUS and READERS[name].opens("dailyreport")
    for address in addresses:
        page = browser.get(address)
        assert page.status == (200 if opens else 302 if name == ANONYMOUS else 403), (name, address)
        for mark in MARKS:
            if name == ANONYMOUS or mark not in READERS[name].area:
                assert not traces(mark).search(page.text.replace(str(mark.number(0, 1)), "")), (name, address, mark)


@pytest.mark.parametrize("name", ["district", "township", "coordinator", "auditor", "ungranted"])
def test_only_a_village_hands_its_report_in(panel: Panel, name: str) -> None:
    answer = panel.as_(name).post(url(), {"seen": "0", "who": "某人"})
    assert answer.status in (403, 404)
    assert reports(panel) == []


def test_a_report_for_a_village_that_is_not_theirs_is_answered_as_one_that_does_not_exist(panel: Panel) -> None:
    browser = panel.as_("village_a")
    row = panel.last_number()
    answers = [browser.post(f"{DAILY}?on={TODAY}&village={n}", {"seen": "0"}) for n in (C.number(0, 1), 5_555_555)]
    assert [answer.status for answer in answers] == [404, 404]
    assert answers[0].main == answers[1].main
    assert [d.deed for d in panel.last_deeds(row)] == ["refused", "refused"]
    assert "no such village" in browser.get(url(C)).main
    assert reports(panel) == []


# ---- handing in ----


def test_one_confirmation_hands_the_day_in_as_it_was_counted(panel: Panel) -> None:
    browser = panel.as_("village_a")
    page = browser.get(DAILY)
    assert "Hand the report in" in page.main
    counted = [int(n) for n in page.form("counted").data()["counted"][0].split(",")]
    answer = browser.send(page, page.form("seen"))
    assert answer.status == 303
    [report] = reports(panel)
    assert [getattr(report, name) for name in FIGURES] == counted
    assert report.handed_in_by == "village_a account"
    after = browser.follow(answer)
    assert "Handed in by village_a account" in after.main
    assert not [form for form in after.forms if "seen" in form.names]
    with panel.session() as session:
        [revision] = session.scalars(select(ReportRevision).where(ReportRevision.report_id == report.id))
    assert revision.behind["surveyed"]


def test_every_figure_of_the_page_opens_as_many_names_as_it_says(panel: Panel) -> None:
    browser = panel.as_("village_a")
    page = browser.get(DAILY)
    opened = 0
    for href, text in page.links:
        if "/names/" in href:
            names = browser.get(href)
            assert len(re.findall(r"/admin/resident/details/\?id=\d+", names.text)) == int(text), href
            opened += 1
    assert opened >= 5


def test_a_zero_report_is_handed_in_with_the_same_one_button_and_is_not_an_absent_one(panel: Panel) -> None:
    with panel.session() as session:
        for cls in (Visit, Observation, Resident):
            for record in session.scalars(select(cls).where(cls.village_id == A.number(0, 1))):
                record.deleted_at = record.created_at
            session.flush()
        session.commit()
    browser = panel.as_("village_a")
    page = browser.get(DAILY)
    assert "Hand in a zero report" in page.main
    assert "Zero report" not in page.main.replace("Hand in a zero report", "")
    after = browser.follow(browser.send(page, page.form("seen")))
    assert "Zero report" in after.main
    assert [report.zero for report in reports(panel)] == [True]


def test_the_second_of_two_is_told_of_the_first(panel: Panel) -> None:
    browser, other = panel.as_("village_a"), panel.another_as("village_a")
    pages = browser.get(DAILY), other.get(DAILY)
    assert browser.send(pages[0], pages[0].form("seen"), {"who": "周书记"}).status == 303
    second = other.send(pages[1], pages[1].form("seen"), {"who": "李主任"})
    assert second.status == 303
    assert [m for m in other.messages() if "Already handed in by 周书记" in m]
    assert [report.handed_in_by for report in reports(panel)] == ["周书记"]


def test_figures_that_changed_while_somebody_looked_are_looked_at_again(panel: Panel) -> None:
    browser = panel.as_("village_a")
    page = browser.get(DAILY)
    with panel.session() as session:
        session.add(Resident(village_id=A.number(0, 1), name="新来的", category=Category.RETURNEE))
        session.commit()
    answer = browser.send(page, page.form("seen"), {"note": "夜间正常"})
    assert answer.status == 409
    assert "figures are new" in answer.main
    assert "夜间正常" in answer.text
    assert reports(panel) == []
    assert browser.send(answer, answer.form("seen")).status == 303


# ---- refused in words, what was typed is kept ----


@pytest.mark.parametrize(
    ("typed", "words", "kept"),
    [
        ({"to-home_total": "9", "why-home_total": ""}, "Say why the figure is another", ("to-home_total", "9")),
        ({"to-home_total": "-3", "why-home_total": "少"}, "not a number of people", ("why-home_total", "少")),
        ({"to-home_total": "许多"}, "not a number of people", ("to-home_total", "许多")),
        ({"to-home_total": "9" * 30}, "not a number of people", ("to-home_total", "9" * 30)),
        ({"who": "  ", "note": "夜间正常"}, "Say who hands the report in", ("note", "夜间正常")),
        ({"note": "字" * 1001}, "At most 1000 characters", ("note", "字" * 1001)),
        ({"note": "\x00"}, "characters that cannot be kept", ("who", "village_a account")),
        ({"who": "人" * 41, "note": "夜"}, "", ("note", "夜")),
    ],
)
def test_what_makes_no_sense_is_said_and_what_was_typed_stays(
    panel: Panel, typed: dict[str, str], words: str, kept: tuple[str, str]
) -> None:
    answer = hand_in(panel.as_("village_a"), typed)
    if not words:  # a name that is too long is shortened
        assert answer.status == 303
        return
    assert answer.status == 422, answer.main[:400]
    assert words in answer.main
    assert answer.form("seen").data()[kept[0]] == [kept[1]]
    assert reports(panel) == []


def test_a_report_for_tomorrow_is_refused_and_a_day_that_is_none_is_said(panel: Panel) -> None:
    browser = panel.as_("village_a")
    answer = browser.post(url(on=TOMORROW), {"seen": "0", "who": "周书记"})
    assert answer.status == 422
    assert "not for a day to come" in answer.main
    assert browser.post(f"{DAILY}?on=2020-31-12&village={A.number(0, 1)}", {"seen": "0"}).status == 400
    for nonsense in ("2020-31-12", "yesterday", "0001-01-01", "9999-12-31", "\x00"):
        page = browser.get(DAILY, on=nonsense)
        assert page.status == 200
        assert "today is shown" in page.main, nonsense
    assert "in the future" in browser.get(DAILY, on="2020-12-02").main  # day and month swapped
    assert reports(panel) == []


def test_without_its_token_nothing_is_handed_in_and_what_was_typed_is_shown(panel: Panel) -> None:
    browser = panel.as_("village_a")
    answer = browser.post(url(), {"seen": "0", "who": "周书记", "note": "夜间正常"}, csrf=False)
    assert answer.status == 400
    assert "Nothing was handed in" in answer.main
    assert "夜间正常" in answer.text
    assert reports(panel) == []


# ---- adjusting, correcting ----


def test_an_adjusted_figure_is_shown_as_one_with_who_and_why(panel: Panel) -> None:
    browser = panel.as_("village_a")
    counted = int(browser.get(DAILY).form("counted").data()["counted"][0].split(",")[0])
    after = browser.follow(hand_in(browser, {"to-surveyed": str(counted + 1), "why-surveyed": "1人档案待补录"}))
    said = f"counted {counted}, adjusted to {counted + 1} by village_a account: 1人档案待补录"
    assert said in after.main
    assert said in panel.as_("district").get(url()).main
    [report] = reports(panel)
    assert report.surveyed == counted + 1


def test_a_correction_needs_a_reason_keeps_the_adjustments_and_both_revisions_are_shown(panel: Panel) -> None:
    browser = panel.as_("village_a")
    hand_in(browser, {"to-surveyed": "99", "why-surveyed": "1人档案待补录"})
    page = browser.get(url() + "&correct=1")
    form = page.form("seen")
    assert form.data()["to-surveyed"] == ["99"]
    refused = browser.send(page, form)
    assert refused.status == 422
    assert "The correction has not been handed in yet." in refused.main
    assert "Nothing has been handed in" not in refused.main
    answer = browser.send(page, form, {"reason": "复测正常", "who": "李主任"})
    assert answer.status == 303
    after = browser.follow(answer)
    assert "Revision 2" in after.main and "复测正常" in after.main and "Handed in" in after.main
    [report] = reports(panel)
    assert (report.revision, report.surveyed) == (2, 99)
    with panel.session() as session:
        assert len(session.scalars(select(Adjustment).where(Adjustment.report_id == report.id)).all()) == 2


def test_what_changes_after_the_hand_in_shows_with_its_names(panel: Panel) -> None:
    browser = panel.as_("village_a")
    with panel.session() as session:
        number = session.scalars(select(Resident.id).where(Resident.village_id == A.number(0, 1))).first()
    panel.rule_out(number)
    hand_in(browser)
    with panel.session() as session:
        gone = session.get_one(Resident, number)
        gone.deleted_at = gone.created_at
        session.add(Resident(village_id=A.number(0, 1), name="新来的", category=Category.RETURNEE))
        session.add(Resident(village_id=A.number(0, 1), name="又来的", category=Category.RETURNEE))
        session.commit()
        name = gone.name
    page = browser.get(DAILY)
    [report] = reports(panel)
    assert f"changed since: {report.surveyed} → {report.surveyed + 1}" in page.main
    names = browser.get(url(part="names/") + "&figure=surveyed").main
    assert "新来的 counted since" in re.sub(r"\s+", " ", names)
    assert re.search(rf"{name}\s+.*no longer counted", names)


def test_a_report_for_a_day_before_says_why_it_comes_now(panel: Panel) -> None:
    browser = panel.as_("village_a")
    before = TODAY - timedelta(days=9)
    path = url(on=before)
    assert hand_in(browser, path=path).status == 422
    assert hand_in(browser, {"reason": "网络故障"}, path).status == 303
    assert "Made up on a later day" in browser.get(path).main


# ---- returned, closed ----


def test_the_district_returns_a_report_with_a_reason_and_the_village_reads_it(panel: Panel) -> None:
    browser, district = panel.as_("village_a"), panel.as_("district")
    hand_in(browser)
    page = district.get(url(part="return/"))
    assert district.send(page, page.form("reason"), {"reason": " "}).status == 422
    assert district.send(page, page.form("reason"), {"reason": "与测温登记不一致"}).status == 303
    assert "与测温登记不一致" in browser.get(DAILY).main
    assert "与测温登记不一致" in browser.get("/admin/").main
    assert "Not reported: " in district.get("/admin/summary/district/").main
    again = browser.get(url() + "&correct=1")
    assert browser.send(again, again.form("seen"), {"reason": "已核对"}).status == 303
    assert reports(panel)[0].status is ReportStatus.REPORTED


def test_a_village_returns_nothing_and_nobody_returns_what_is_not_there(panel: Panel) -> None:
    hand_in(panel.as_("village_a"))
    assert panel.as_("village_a").get(url(part="return/")).status == 403
    assert panel.as_("village_a").post(url(part="return/"), {"reason": "不对"}).status == 403
    assert panel.as_("district").get(url(B, part="return/")).status == 404
    assert panel.as_("township").get(url(C, part="return/")).status == 404


def test_after_the_closing_only_a_revision_with_a_reason_moves_the_report_and_it_shows(panel: Panel) -> None:
    browser, district = panel.as_("village_a"), panel.as_("district")
    hand_in(browser)
    page = district.get(f"/admin/summary/district/close/?on={TODAY}")
    assert district.send(page, page.form()).status == 303
    assert district.get(url(part="return/")).status == 200
    answer = district.post(url(part="return/"), {"reason": "不对"})
    assert answer.status == 422
    assert "closed" in answer.main
    again = browser.get(url() + "&correct=1")
    assert "The day was closed" in again.main
    assert browser.send(again, again.form("seen")).status == 422
    after = browser.follow(browser.send(again, again.form("seen"), {"reason": "夜间新增1人"}))
    assert "made after the day was closed" in after.main
    assert "after the closing" in district.get("/admin/summary/district/").main
    with panel.session() as session:
        closed = set(session.scalars(select(DayClosing.village_id).where(DayClosing.on == TODAY)))
    assert closed >= {mark.number(0, 1) for mark in MARKS}


def test_the_ledger_has_no_form_that_would_pass_the_report_by(panel: Panel) -> None:
    browser = panel.as_("village_a")
    hand_in(browser)
    [report] = reports(panel)
    assert browser.get("/admin/dailyreport/new/").status == 404
    assert browser.get(f"/admin/dailyreport/edit/?id={report.id}").status == 404
    details = browser.get(f"/admin/dailyreport/details/?id={report.id}")
    assert (f"{DAILY}?on={TODAY}&village={A.number(0, 1)}", "The day's report") in details.links
    assert "/edit/" not in details.text


# ---- what is handed on ----


@pytest.mark.parametrize("name", ["district", "township", "village_a"])
def test_the_day_and_the_first_screen_lead_to_what_can_be_handed_on(panel: Panel, name: str) -> None:
    browser, village = panel.as_(name), A.number(0, 1)
    whole = {sheet_url("daily", TODAY), sheet_url("temperatures", TODAY), notice_url(TODAY)}
    span = Span(TODAY - timedelta(days=13), TODAY)
    own = {sheet_url("temperatures", TODAY, village), ledger_url(village, span), notice_url(TODAY, village)}
    for address, wanted in (
        ("/admin/summary/district/", whole),
        (url(), own),
        ("/admin/", own if name == "village_a" else whole),
    ):
        assert wanted <= {href for href, _ in browser.get(address).links}, address
    for href in (*whole, *own):
        assert browser.get(href).status == 200, href
