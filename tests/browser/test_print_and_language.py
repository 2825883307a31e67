"""Sheets on paper, and the two languages."""

import re

from playwright.sync_api import Page, expect

from tests.browser.pages import Panel
from tests.support.server import LiveServer

A4_LANDSCAPE = (842, 595)  # points


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
