"""Sheets that people hand on: asked for on a phone, opened in another program, printed on A4 with nothing cut off."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from python_calamine import load_workbook

from tests.browser import measures
from tests.browser.pages import Panel
from tests.support.browser import Pages
from tests.support.server import LiveServer

LEDGER, SHEETS, NOTICE = (f"/admin/summary/{name}/" for name in ("ledger", "sheets", "notice"))
A4_LANDSCAPE = (842, 595)  # points
PRINTED_WIDTH = 1032  # CSS pixels between the margins of the page
# every cell whose text sticks out of it, and every table that is wider than the paper
CUT_OFF = """(width) => [...document.querySelectorAll(".paper table, .paper td, .paper th")]
  .filter((e) => e.checkVisibility() && (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== "table"
    || e.getBoundingClientRect().right > width + 1))
  .map((e) => `${e.tagName} ${e.textContent.slice(0, 30)}`).slice(0, 5)"""
SMALL = ("temperatures", "daily", "resumption", "volunteers")


def signed_in(page: Page, server: LiveServer, name: str, then: str) -> Panel:
    panel = Panel(page, server)
    panel.sign_in(name, then=then)
    return panel


def printed(panel: Panel, address: str) -> None:
    """The pages to print of an address."""
    panel.open(address)
    panel.page.locator("[name=reason]").fill("存档")
    panel.press("打印")
    panel.page.locator(".paper").first.wait_for()


def assert_prints_whole(page: Page) -> int:
    """Everything is on A4 landscape, and nothing is cut off. Returns how many pages there are."""
    page.set_viewport_size({"width": PRINTED_WIDTH, "height": 700})
    page.emulate_media(media="print")
    assert page.evaluate(CUT_OFF, PRINTED_WIDTH) == []
    for furniture in (".sidebar", ".tabs", ".head", ".acts"):
        expect(page.locator(furniture).first).to_be_hidden()
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", page.pdf(prefer_css_page_size=True))
    assert {(round(float(w)), round(float(h))) for w, h in boxes} == {A4_LANDSCAPE}
    page.emulate_media(media="screen")
    return len(boxes)


def test_a_villages_ledger_prints_on_a4_with_its_title_on_every_page(
    written_server: LiveServer, desk_page: Page
) -> None:
    panel = signed_in(desk_page, written_server, "nanyuan", LEDGER)
    printed(panel, f"{LEDGER}?from=2020-02-08&to=2020-02-12")
    sheets = desk_page.locator(".paper")
    assert sheets.count() > 20
    assert assert_prints_whole(desk_page) > sheets.count()
    desk_page.emulate_media(media="print")
    # the title stands in the head of the table, which comes again on every page
    for display in desk_page.locator(".paper thead, .paper .again").evaluate_all(
        "parts => parts.map(part => getComputedStyle(part).display)"
    ):
        assert display in ("table-header-group", "table-row")
    breaks = sheets.evaluate_all("parts => parts.map(part => getComputedStyle(part).breakBefore)")
    assert breaks == ["auto", *["page"] * (len(breaks) - 1)]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_sheet_prints_on_a4_with_nothing_cut_off(
    written_server: LiveServer, desk_page: Page, language: str
) -> None:
    panel = signed_in(desk_page, written_server, "nanyuan", SHEETS)
    if language == "en":
        panel.open("/language/en")
    for name in (*SMALL, "persons") if language == "zh" else SMALL:
        panel.open(f"{SHEETS}{name}/")
        desk_page.locator("[name=reason]").fill("archive")
        panel.go(desk_page.locator("button[value=print]"))
        desk_page.locator(".paper").first.wait_for()
        assert assert_prints_whole(desk_page) >= 1, name
        desk_page.set_viewport_size({"width": 1366, "height": 768})


def test_a_workbook_is_taken_on_a_phone_and_opened_in_another_program(
    written_server: LiveServer, phone_page: Page, tmp_path: Path
) -> None:
    panel = signed_in(phone_page, written_server, "nanyuan", SHEETS)
    panel.go(phone_page.get_by_role("link", name=re.compile("居家医学观察人员名单")))
    phone_page.get_by_role("button", name="导出 Excel").click()
    assert phone_page.locator("[name=reason]").evaluate("field => !field.validity.valid"), "not without a reason"
    phone_page.locator("[name=reason]").fill("报疾控中心")
    with phone_page.expect_download() as download:
        phone_page.get_by_role("button", name="导出 Excel").click()
    assert download.value.suggested_filename == "居家医学观察人员名单-南苑社区-2020-01-30–2020-02-12.xlsx"
    file = tmp_path / "list.xlsx"
    download.value.save_as(file)
    book = load_workbook(str(file))
    rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    assert rows[0][0] == "居家医学观察人员名单"
    assert rows[2][:4] == ["姓名", "性别", "身份证号码", "联系方式"]
    assert any("报疾控中心" in str(row[0]) for row in rows)


def test_the_pages_fit_a_phone_and_can_be_read(written_server: LiveServer, pages: Pages) -> None:
    phone = pages.open("phone", reduced_motion="reduce")
    panel = signed_in(phone, written_server, "district", SHEETS)
    wrong: dict[str, list[str]] = {}

    def look(where: str) -> None:
        phone.wait_for_load_state("load")
        wrong[where] = [*phone.evaluate(measures.SIDEWAYS), *phone.evaluate(measures.TARGETS)]
        for scheme in ("light", "dark"):
            phone.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            wrong[where] += phone.evaluate(measures.CONTRAST)
        phone.emulate_media(color_scheme="light")

    look("sheets")
    panel.open(f"{LEDGER}?village=1&from=2020-02-10")
    pages.expect_problem(phone, "status of 422")
    look("a ledger of nobody's village")
    panel.open(LEDGER)
    phone.locator("[name=village]").select_option(label="南苑社区")
    panel.press("查看内容")
    assert "台账内容" in phone.locator("main").inner_text()
    look("ledger")
    panel.open(f"{SHEETS}daily/")
    look("a sheet")
    printed(panel, f"{SHEETS}home/")
    look("a sheet to print")
    panel.open(NOTICE)
    look("notice")
    assert {where: found for where, found in wrong.items() if found} == {}


def test_the_notice_is_copied_with_one_tap_and_by_hand_without_scripts(
    written_server: LiveServer, pages: Pages
) -> None:
    phone = pages.open("phone", permissions=["clipboard-read", "clipboard-write"])
    signed_in(phone, written_server, "nanyuan", NOTICE)
    text = phone.locator("textarea").input_value()
    assert "南苑社区疫情防控简讯" in text
    phone.get_by_role("button", name="复制文字").click()
    expect(phone.get_by_role("status").get_by_text("已复制")).to_be_visible()
    assert phone.evaluate("navigator.clipboard.readText()") == text

    plain = pages.open("phone", java_script_enabled=False)
    panel = signed_in(plain, written_server, "nanyuan", NOTICE)
    assert plain.locator("textarea").input_value() == text
    expect(plain.get_by_role("button", name="复制文字")).to_be_hidden()
    plain.locator("[name=on]").fill("2020-02-05")
    panel.press("显示")
    assert "2020年2月5日" in plain.locator("textarea").input_value()


def test_a_ledger_is_taken_without_scripts(written_server: LiveServer, pages: Pages) -> None:
    page = pages.open("desk", java_script_enabled=False)
    panel = signed_in(page, written_server, "district", LEDGER)
    page.locator("[name=village]").select_option(label="朝阳社区")
    panel.press("查看内容")
    page.locator("[name=reason]").fill("检查")
    with page.expect_download() as download:
        page.get_by_role("button", name="导出 Excel").click()
    assert "朝阳社区" in download.value.suggested_filename
