"""Somebody makes a summary, sees it at once, shares and pins it; another role sees it, each their own numbers."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import measures
from tests.browser.pages import Panel
from tests.support.browser import Pages
from tests.support.server import LiveServer

BASE = "/admin/summary/made/"


def fits(page: Page) -> None:
    """Nothing sticks out, everything can be read and hit, in light and in dark."""
    page.wait_for_load_state("load")
    wrong = [*page.evaluate(measures.SIDEWAYS), *page.evaluate(measures.CONTRAST)]
    page.emulate_media(color_scheme="dark")
    wrong += [f"dark: {one}" for one in page.evaluate(measures.CONTRAST)]
    page.emulate_media(color_scheme="light")
    assert not wrong, page.url + "\n" + "\n".join(wrong)


def total(page: Page) -> int:
    """The last number of the last line."""
    return int(re.sub(r"\D", "", page.locator("table.sheet tfoot td").last.inner_text()))


@pytest.mark.parametrize("device", ["desk", "phone"])
def test_somebody_makes_shares_and_pins_a_summary_and_another_role_sees_it(
    device: str, written_server: LiveServer, pages: Pages
) -> None:
    name = f"各村在观人数 {device}"
    district = Panel(pages.open(device, reduced_motion="reduce"), written_server)
    page = district.page
    district.sign_in("district", then=BASE)

    # from a ledger, and what is chosen is seen at once
    district.press("新建汇总")
    fits(page)
    page.locator(".menu").get_by_role("link", name="医学观察").click()
    expect(page.locator("svg.chart")).to_be_visible()
    everybody = total(page)
    page.get_by_label("列", exact=True).select_option(label="观察状态")
    expect(page).to_have_url(re.compile(r"columns=status"))
    expect(page.locator("table.sheet thead th")).to_contain_text(["观察中", "合计"])
    assert total(page) == everybody
    fits(page)

    # narrowed by the ledger's own filters
    page.locator("form.asks summary").click()
    page.locator("form.asks").get_by_role("checkbox", name="居家医学观察").check()
    district.go(page.locator("form.asks .conditions").get_by_role("button", name="确定"))
    expect(page.locator(".chips a[aria-current]")).to_have_count(1)
    assert 0 < total(page) < everybody
    district.go(page.locator(".chips a[aria-current]"))
    assert total(page) == everybody

    # kept, shared, pinned
    form = page.locator("form.keep")
    form.locator("[name=name]").fill(name)
    form.locator("[name=shared_with]").select_option(label="村管理员")
    form.locator("[name=pinned]").check()
    district.press("保存这张汇总")
    assert district.heading == name
    address = district.path
    fits(page)
    district.open("/admin/")
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    district.open(BASE)
    expect(page.locator(".kept").get_by_role("link", name=name)).to_be_visible()
    fits(page)

    # a village admin sees it, with the numbers of the village alone
    village = Panel(pages.open(device, reduced_motion="reduce"), written_server)
    village.sign_in("nanyuan", then=BASE)
    village.go(village.page.locator(".kept").get_by_role("link", name=name))
    assert village.path == address
    expect(village.page.locator("table.sheet tbody th")).to_have_text(["南苑社区"])
    assert 0 < total(village.page) < everybody
    expect(village.page.get_by_role("link", name="编辑")).to_have_count(0)
    number = village.page.locator("table.sheet tbody td a").first
    counted = number.inner_text()
    village.go(number)
    assert village.ledger("observation", village.path.partition("?")[2]).total == int(counted)
    village.open("/admin/")
    expect(village.page.get_by_role("heading", name=name)).to_have_count(0)
    village.open(address)
    village.press("放到首页")
    village.open("/admin/")
    expect(village.page.get_by_role("heading", name=name)).to_be_visible()
    fits(village.page)


def test_a_choice_made_before_the_script_was_there_is_asked_too(written_server: LiveServer, pages: Pages) -> None:
    panel = Panel(pages.open("phone"), written_server)
    page = panel.page
    panel.sign_in("nanyuan", then=f"{BASE}new/")
    held: list[Route] = []
    page.route("**/made.js*", lambda route: held.append(route), times=1)
    with page.expect_request("**/made.js*"):
        page.locator(".menu").get_by_role("link", name="医学观察").click()
    page.get_by_label("列", exact=True).select_option(label="观察状态")
    assert "columns" not in page.url
    held.pop().continue_()
    expect(page).to_have_url(re.compile(r"columns=status"))
    # and who goes back sees what was asked there, once
    page.go_back()
    expect(page.get_by_label("列", exact=True)).to_have_value("")
    expect(page).not_to_have_url(re.compile(r"columns=status"))


def test_a_summary_is_made_without_a_script(written_server: LiveServer, pages: Pages) -> None:
    panel = Panel(pages.open("phone", java_script_enabled=False), written_server)
    page = panel.page
    panel.sign_in("nanyuan", then=f"{BASE}new/")
    panel.press("每日走访结果")
    week = total(page)
    page.get_by_label("台账", exact=True).select_option(label="经营场所")
    panel.press("显示")
    expect(page.locator("table.sheet thead th").first).to_have_text("类别")
    page.get_by_label("列", exact=True).select_option("status")
    panel.press("显示")
    assert 0 < total(page) != week
    panel.press("保存这张汇总")
    assert panel.said.startswith("已保存")
    panel.press("导出")
    page.locator("[name=reason]").fill("例会通报")
    with page.expect_download() as taken:
        panel.press("导出 Excel")
    assert taken.value.suggested_filename.endswith(".xlsx")


@pytest.mark.parametrize("device", ["desk", "phone"])
def test_the_legend_of_a_chart_is_read_in_rows(device: str, demo_server: LiveServer, pages: Pages) -> None:
    panel = Panel(pages.open(device), demo_server)
    panel.sign_in("district", then=BASE)
    panel.go(panel.page.get_by_role("link", name="各村各类人员").last)
    chart, *entries = (
        box
        for one in [panel.page.locator("svg.chart"), *panel.page.locator(".drawn .legend li").all()]
        if (box := one.bounding_box()) is not None
    )
    assert all(entry["y"] >= chart["y"] + chart["height"] for entry in entries)
    assert len({entry["y"] for entry in entries}) <= {"desk": 1, "phone": 3}[device] < len(entries)
