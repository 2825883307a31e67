"""The day: a village hands a zero report in by phone; the district finds who is missing, sends one back and closes the
day; its page stays fresh by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from models import clock
from models.account import Account, Grant, Role
from models.engine import make_engine
from models.observation import Observation
from models.place import Township, Village
from models.register import LEDGERS
from models.resident import Category, Resident
from models.scope import Scope
from models.session import Session, open_session
from models.setting import Setting, SettingName
from tests.browser.measures import CONTRAST, SIDEWAYS, TARGETS
from tests.browser.pages import Panel
from tests.support.browser import Pages
from tests.support.databases import SQLiteDatabases
from tests.support.server import PASSWORD, TODAY, LiveServer, serving

VILLAGES = ("甲村", "乙村", "丙村", "丁村", "戊村")
DAILY, SHEET = "/admin/summary/daily/", "/admin/summary/district/"
NETWORK = "Failed to load resource|ERR_"


@pytest.fixture(scope="module")
def server(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Five villages: nobody in the first, somebody in each of the others; an account each, and the district's."""
    data = tmp_path_factory.mktemp("day") / "data"
    data.mkdir()
    url = SQLiteDatabases(run_folder).copy_to(data / "taizhang.db")
    engine = make_engine(url)
    with pytest.MonkeyPatch.context() as patch, open_session(engine, Scope.everything("test")) as session:
        patch.setenv("TAIZHANG_TODAY", TODAY)
        _fill(session)
        session.commit()
    engine.dispose()
    with serving(data, url) as running:
        yield running


def _fill(session: Session) -> None:
    assert LEDGERS
    session.add(Setting(name=SettingName.REPORT_DEADLINE, value="23:59", valid_from=date(2020, 1, 1)))
    township = Township(code="321084112", name="车逻镇")
    session.add(township)
    session.flush()
    hashed = ""
    for number, name in enumerate(VILLAGES):
        village = Village(code=f"32108411200{number}", name=name, full_name=name, township=township)
        village.contact, village.phone = f"{name}联络员", f"1990000000{number}"
        session.add(village)
        session.flush()
        if number:
            resident = Resident(village=village, name=f"王建{name[0]}", category=Category.RETURNEE)
            session.add(Observation(resident=resident, began_on=clock.today()))
        hashed = _account(session, f"keeper{number}", f"{name}书记", hashed, role=Role.VILLAGE, village_id=village.id)
    _account(session, "district", "沈明远", hashed, role=Role.DISTRICT)


def _account(session: Session, username: str, name: str, hashed: str, **grant: object) -> str:
    account = Account(username=username, name=name)
    if hashed:
        account.password_hash = hashed
    else:
        account.set_password(PASSWORD)
    account.must_change_password = False
    session.add(account)
    session.flush()
    session.add(Grant(account_id=account.id, **grant))
    session.flush()
    return str(account.password_hash)


class Day(Panel):
    """A village's day."""

    @property
    def state(self) -> str:
        return self.page.locator(".stands .chip").inner_text()

    @property
    def said(self) -> str:
        return self.page.locator(".stands").inner_text()

    def figure(self, label: str) -> str:
        row = self.page.locator(".counted > li").filter(has=self.page.get_by_text(label, exact=True))
        return row.locator(".value").inner_text()

    def hand_in(self, words: str) -> None:
        self.go(self.page.locator(".savebar").get_by_role("button", name=words))


class Sheet(Panel):
    """The district's day."""

    @property
    def names(self) -> list[str]:
        return self.page.locator("table.day-sheet tbody tr[id] th").all_inner_texts()

    @property
    def missing(self) -> list[str]:
        return self.page.locator("#reminders li b").all_inner_texts()

    def row(self, name: str) -> Locator:
        return self.page.locator("table.day-sheet tbody tr").filter(has=self.page.get_by_text(name, exact=True))


def day(page: Page, server: LiveServer, username: str) -> Day:
    found = Day(page, server)
    found.sign_in(username, then=DAILY)
    return found


# ---- a village, by phone ----


def test_a_village_hands_a_zero_report_in_by_phone_with_one_tap(server: LiveServer, phone_page: Page) -> None:
    village = day(phone_page, server, "keeper0")
    assert village.state == "待报"
    assert {village.figure("摸排总人数"), village.figure("住院")} == {"0"}
    button = phone_page.get_by_role("button", name="确认零报告").last
    box, screen = button.bounding_box(), phone_page.viewport_size
    assert box is not None and screen is not None
    assert box["y"] > screen["height"] / 2, "the button is not where the thumb is"
    assert box["height"] >= 44
    button.tap()
    expect(phone_page.locator(".stands .chip")).to_have_text("零报告")
    assert "甲村书记" in village.said
    assert not phone_page.locator(".savebar").count()

    # in the sheet it is a zero that was reported, others are none
    sheet = Sheet(phone_page, server)
    sheet.open(SHEET)
    assert sheet.row("甲村").locator("td.number").first.inner_text() == "0"


def test_the_page_fits_a_phone_can_be_read_and_hit_in_light_and_dark(
    server: LiveServer, phone_page: Page, pages: Pages
) -> None:
    village = day(phone_page, server, "keeper4")
    phone_page.locator(".adjusting summary").tap()
    wrong = {"form": _wrong(phone_page)}
    pages.expect_problem(phone_page, "422")
    phone_page.locator("[name=to-surveyed]").fill("许多")
    village.hand_in("确认上报")
    wrong["refused"] = _wrong(phone_page)
    assert phone_page.locator("[name=to-surveyed]").input_value() == "许多"
    phone_page.locator("[name=to-surveyed]").fill("2")
    phone_page.locator("[name=why-surveyed]").fill("1人档案待补录")
    village.hand_in("确认上报")
    assert "戊村书记 调整为 2" in phone_page.locator(".counted").first.inner_text()
    wrong["handed in"] = _wrong(phone_page)
    village.go(phone_page.locator(".counted .value a").first)
    wrong["names"] = _wrong(phone_page)
    assert "王建戊" in phone_page.get_by_role("main").inner_text()
    village.sign_out()
    village.sign_in("district", then=SHEET)
    wrong["sheet"] = _wrong(phone_page)
    assert {where: found for where, found in wrong.items() if found} == {}


def _wrong(page: Page) -> list[str]:
    found = [*page.evaluate(SIDEWAYS), *page.evaluate(TARGETS)]
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        found += [f"{scheme}: {one}" for one in page.evaluate(CONTRAST)]
    page.emulate_media(color_scheme="light")
    return found


def test_two_people_at_the_same_moment_leave_one_report_and_the_second_is_told(
    server: LiveServer, phone_page: Page, desk_page: Page
) -> None:
    first, second = day(phone_page, server, "keeper1"), day(desk_page, server, "keeper1")
    phone_page.locator("[name=who]").fill("周书记")
    desk_page.locator("[name=who]").fill("李主任")
    first.hand_in("确认上报")
    second.hand_in("确认上报")
    assert "周书记" in first.said and "周书记" in second.said
    assert "周书记 已于今天" in desk_page.locator("[role=status] .note").inner_text()
    assert desk_page.locator(".timeline > li").count() == 1


def test_it_is_handed_in_without_scripts(server: LiveServer, pages: Pages) -> None:
    page = pages.open("phone", java_script_enabled=False)
    village = day(page, server, "keeper3")
    village.hand_in("确认上报")
    assert village.state == "按时"


# ---- the district ----


def test_the_district_finds_who_is_missing_sends_one_back_and_closes_the_day(
    server: LiveServer, desk_page: Page, phone_page: Page
) -> None:
    village = day(phone_page, server, "keeper3")
    if phone_page.locator(".savebar").count():
        village.hand_in("确认上报")
    desk_page.goto(server.url + "/login")
    sheet = Sheet(desk_page, server)
    sheet.sign_in("district", then="/admin/")
    task = desk_page.locator(".task").filter(has_text="今日日报")
    assert "丙村" in task.inner_text()
    sheet.go(task)
    assert "丙村" in sheet.missing
    assert sheet.names.index("丙村") < sheet.names.index("丁村")
    assert "199****0002" in desk_page.locator("#reminders").inner_text()
    sheet.press("显示联系电话")
    assert desk_page.locator("#reminders a[href='tel:19900000002']").inner_text().strip() == "19900000002"

    sheet.open(SHEET)
    sheet.go(sheet.row("丁村").get_by_role("link", name="丁村"))
    sheet.press("退回村(社区)")
    desk_page.locator("[name=reason]").fill("与测温登记不一致")
    sheet.press("确认退回")
    assert "丁村" in sheet.missing
    assert "与测温登记不一致" in desk_page.locator("#reminders").inner_text()
    village.open(DAILY)
    assert village.state == "退回"
    assert "与测温登记不一致" in phone_page.get_by_role("main").inner_text()
    village.press("更正")
    phone_page.locator("[name=reason]").fill("已核对，无误")
    village.hand_in("上报更正")
    assert village.state == "按时"

    sheet.open(SHEET)
    assert "丁村" not in sheet.missing
    sheet.press("当日关账")
    assert "丙村: 待报" in desk_page.locator("ul.names").inner_text()
    sheet.press("当日关账")
    assert "当日已关账" in desk_page.get_by_role("main").inner_text()
    village.open(DAILY + "?correct=1")
    assert "关账" in village.said


# ---- fresh by itself ----


def test_the_sheet_stays_fresh_without_losing_its_place(
    server: LiveServer, desk_page: Page, pages: Pages, run_folder: Path
) -> None:
    sheet = Sheet(desk_page, server)
    sheet.sign_in("district", then=SHEET)
    desk_page.set_viewport_size({"width": 900, "height": 420})
    link = desk_page.locator("table.day-sheet tbody tr th a").last
    link.focus()
    desk_page.evaluate("window.mark = document.querySelector('table.day-sheet'); mark.parentElement.scrollLeft = 90")
    place = desk_page.evaluate("[scrollY, mark.parentElement.scrollLeft, document.activeElement.textContent]")
    before = desk_page.locator("#summary").inner_text()

    other = pages.open("phone")
    village = day(other, server, "keeper2")
    if other.locator(".savebar").count():
        words = other.locator(".savebar .main").inner_text()
        if other.locator("[name=reason]").count():
            other.locator("[name=reason]").fill("断电")
        village.hand_in(words)
    desk_page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(desk_page.locator("#summary")).not_to_have_text(before)
    expect(sheet.row("丙村")).not_to_have_class(re.compile("missing"))
    assert desk_page.evaluate("mark.isConnected"), "the table was replaced instead of changed"
    assert desk_page.evaluate("document.activeElement.textContent") == place[2]
    assert desk_page.evaluate("mark.parentElement.scrollLeft") == place[1]

    # without a connection it says so, and since when; with one it is silent again
    pages.expect_problem(desk_page, NETWORK)
    desk_page.context.set_offline(True)
    expect(desk_page.locator("[data-live-said]")).to_contain_text("起连接中断")
    desk_page.context.set_offline(False)
    expect(desk_page.locator("[data-live-said]")).to_have_text("")
