"""Sheets on paper, and the two languages."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import Panel
from tests.support.browser import Pages
from tests.support.server import LiveServer

A4_LANDSCAPE, A4_PORTRAIT = (842, 595), (595, 842)  # points


def test_a_list_prints_as_a4_landscape_without_the_furniture_of_a_screen(
    demo_server: LiveServer, desk_page: Page
) -> None:
    panel = Panel(desk_page, demo_server)
    panel.sign_in("district")
    panel.ledger("resident", "size=100")

    pdf = desk_page.pdf(prefer_css_page_size=True)

    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert {(round(float(w)), round(float(h))) for w, h in boxes} == {A4_LANDSCAPE}
    assert len(boxes) > 1

    desk_page.emulate_media(media="print")
    for furniture in (".sidebar", ".tabs", ".filters", ".acts", ".pick", ".do"):
        expect(desk_page.locator(furniture).first).to_be_hidden()
    for kept in ("h1", "table.ledger thead", ".pager p", ".printed"):
        expect(desk_page.locator(kept).first).to_be_visible()
    # headings again on every sheet, and nothing cut off at the right edge
    assert desk_page.locator("thead").evaluate("head => getComputedStyle(head).display") == "table-header-group"
    assert desk_page.locator(".scroll").evaluate("box => box.scrollWidth <= box.clientWidth + 1")
    expect(desk_page.locator(".printed")).to_contain_text("沈明远")


def first_of(panel: Panel, status: str) -> str:
    """The number of an observation that stands so."""
    panel.open(f"/admin/observation/?status={status}")
    link = panel.page.locator("td.title a").first.get_attribute("href") or ""
    return link.split("id=")[1]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_paper_to_sign_is_one_sheet_with_nothing_else_on_it(
    demo_server: LiveServer, desk_page: Page, language: str
) -> None:
    panel = Panel(desk_page, demo_server)
    panel.sign_in("nanyuan")
    panel.open(f"/language/{language}")
    for status, kinds in (("observed", ("notice", "commitment")), ("released", ("release",))):
        number = first_of(panel, status)
        for kind in kinds:
            panel.open(f"/admin/observation/paper/{kind}/?id={number}")
            pdf = desk_page.pdf(prefer_css_page_size=True)
            boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
            assert [(round(float(w)), round(float(h))) for w, h in boxes] == [A4_PORTRAIT], kind
            desk_page.emulate_media(media="print")
            for furniture in (".head", ".printed"):
                expect(desk_page.locator(furniture)).to_be_hidden()
            expect(desk_page.locator(".signatures")).to_be_visible()
            desk_page.emulate_media(media="null")


@pytest.mark.parametrize("device", ["desk", "phone"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_done_less_often_is_a_menu_that_opens_in_sight(
    demo_server: LiveServer, pages: Pages, device: str, language: str
) -> None:
    page = pages.open(device)
    panel = Panel(page, demo_server)
    panel.sign_in("nanyuan")
    panel.open(f"/language/{language}")
    panel.open(f"/admin/observation/details/?id={first_of(panel, 'observed')}")
    button = page.locator("details.rare > summary")
    if language == "zh":  # the words of the other one are longer
        tops = {round(one.bounding_box()["y"]) for one in page.locator(".head .acts .button").all()}  # type: ignore[index]
        assert len(tops) == 1, "the buttons stand in one row"
    button.click()
    for link in page.locator("details.rare a").all():
        box = link.bounding_box()
        assert box is not None and box["width"] > 60 and box["height"] >= (44 if device == "phone" else 36)
        link.click(trial=True)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_the_language_is_switched_on_a_phone_and_stays_until_it_is_switched_back(
    demo_server: LiveServer, phone_page: Page
) -> None:
    panel = Panel(phone_page, demo_server)
    panel.sign_in("nanyuan")
    assert (panel.language, panel.heading) == ("zh-CN", "居民档案")

    panel.go(phone_page.locator(".tabs").get_by_role("link", name="更多"))
    panel.press("English")
    assert (panel.path, panel.language, panel.heading) == ("/admin/menu/", "en", "All pages")
    residents = panel.ledger("resident")
    assert residents.heading == "Residents' files"
    assert "records" in phone_page.locator(".head p").inner_text()

    # signing out and in again keeps it, and the signing in is in English too
    panel.sign_out("Sign out")
    assert (panel.language, panel.heading) == ("en", "Sign in")
    panel.go(phone_page.get_by_role("link", name="中文"))
    assert (panel.language, panel.heading) == ("zh-CN", "登录")


def test_the_language_is_switched_at_a_desk_without_leaving_the_page(demo_server: LiveServer, desk_page: Page) -> None:
    panel = Panel(desk_page, demo_server)
    panel.sign_in("nanyuan")
    panel.ledger("resident", "status=observed")
    panel.go(desk_page.locator(".sidebar").get_by_role("link", name="English"))
    assert (panel.path, panel.language) == ("/admin/resident/?status=observed", "en")
    panel.go(desk_page.locator(".sidebar").get_by_role("link", name="中文"))
    assert (panel.path, panel.language) == ("/admin/resident/?status=observed", "zh-CN")
