"""Summaries on a desk, on a phone, on paper, by keyboard and without a script: a chart and a table that can be read."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import measures
from tests.browser.pages import Panel
from tests.support.browser import Pages
from tests.support.server import LiveServer

SUMMARIES = ("overview", "trend", "rounds", "reporting", "venues", "resumption", "volunteers")
A4_LANDSCAPE = (842, 595)  # points

# Every shape of a chart against the card that it is drawn on: 3 to 1, as WCAG AA asks of graphics.
SHAPES = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const light = (colour) => {
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const parts = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3)
      .map((c) => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const wrong = new Set();
  for (const rect of document.querySelectorAll("svg.chart rect")) {
    const card = getComputedStyle(rect.closest(".card")).backgroundColor;
    const fill = getComputedStyle(rect).fill;
    const [low, high] = [light(fill), light(card)].sort((a, b) => a - b);
    if ((high + 0.05) / (low + 0.05) < 3) wrong.add(`${fill} on ${card}`);
  }
  return [...wrong];
}"""
# Letters of a chart as large as they are drawn, and whether any of them leaves the picture.
LETTERS = """() => [...document.querySelectorAll("svg.chart")].flatMap((chart) => {
  const frame = chart.getBoundingClientRect();
  return [...chart.querySelectorAll("text")].flatMap((text) => {
    const box = text.getBoundingClientRect();
    const size = parseFloat(getComputedStyle(text).fontSize) * frame.width / chart.viewBox.baseVal.width;
    const said = `${text.textContent} is ${size.toFixed(1)} px`;
    const out = box.left < frame.left - 2 || box.right > frame.right + 2 || box.bottom > frame.bottom + 2;
    return [...(size < 10 || size > 18 ? [said] : []), ...(out ? [`${text.textContent} leaves the picture`] : [])];
  });
})"""


@pytest.mark.parametrize("device", ["desk", "phone"])
def test_a_summary_can_be_read_in_light_and_dark(demo_server: LiveServer, pages: Pages, device: str) -> None:
    page = pages.open(device, reduced_motion="reduce")
    panel = Panel(page, demo_server)
    panel.sign_in("district", then="/admin/summary/")
    wrong = []
    for name in SUMMARIES:
        assert panel.open(f"/admin/summary/{name}/").status == 200
        expect(page.locator("svg.chart").first).to_be_visible()
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            checks = (measures.SIDEWAYS, measures.CONTRAST, SHAPES, LETTERS)
            wrong += [f"{name}, {scheme}: {one}" for check in checks for one in page.evaluate(check)]
        if device == "phone":
            page.locator("details.conditions summary").click()
            wrong += [
                f"{name}: {one}" for check in (measures.TARGETS, measures.SIDEWAYS) for one in page.evaluate(check)
            ]
    assert not wrong, "\n".join(wrong)


def test_a_table_stands_beside_its_chart_on_a_desk_and_below_it_on_a_phone(
    demo_server: LiveServer, pages: Pages
) -> None:
    for device, beside in (("desk", True), ("phone", False)):
        page = pages.open(device)
        panel = Panel(page, demo_server)
        panel.sign_in("district", then="/admin/summary/reporting/")
        chart = page.locator(".pictures").first.bounding_box()
        table = page.locator(".summary .scroll").first.bounding_box()
        assert chart is not None and table is not None
        assert (table["x"] >= chart["x"] + chart["width"]) is beside
        assert (table["y"] >= chart["y"] + chart["height"]) is not beside


def test_a_summary_prints_on_a4_with_its_charts_and_without_the_furniture(
    demo_server: LiveServer, desk_page: Page
) -> None:
    panel = Panel(desk_page, demo_server)
    panel.sign_in("district", then="/admin/summary/")
    for name in SUMMARIES:
        panel.open(f"/admin/summary/{name}/")
        pdf = desk_page.pdf(prefer_css_page_size=True)
        boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
        assert {(round(float(w)), round(float(h))) for w, h in boxes} == {A4_LANDSCAPE}
        desk_page.emulate_media(media="print")
        for furniture in (".sidebar", ".filters", ".acts"):
            expect(desk_page.locator(furniture).first).to_be_hidden()
        for kept in ("h1", "svg.chart", ".legend", "table.sheet thead", ".printed"):
            expect(desk_page.locator(kept).first).to_be_visible()
        assert desk_page.locator(".scroll").evaluate_all(
            "boxes => boxes.every(box => box.scrollWidth <= box.clientWidth + 1)"
        )
        desk_page.emulate_media(media="screen")


def test_days_and_villages_are_chosen_by_keyboard_alone(demo_server: LiveServer, desk_page: Page) -> None:
    panel = Panel(desk_page, demo_server)
    panel.sign_in("district", then="/admin/summary/trend/")
    everybody = desk_page.locator("table.sheet tbody tr").first.inner_text()
    filters = desk_page.locator("details.conditions summary")
    for _ in range(60):
        desk_page.keyboard.press("Tab")
        if filters.evaluate("summary => summary === document.activeElement"):
            break
    desk_page.keyboard.press("Enter")
    expect(desk_page.locator("input[name='from']")).to_be_visible()
    desk_page.locator("input[name='from']").focus()
    desk_page.keyboard.type("02062020")
    desk_page.get_by_role("checkbox", name="南苑社区").focus()
    desk_page.keyboard.press("Space")
    desk_page.keyboard.press("Enter")
    desk_page.wait_for_url(re.compile("village="))
    assert "from=2020-02-06" in panel.path
    expect(desk_page.locator("table.sheet tbody tr")).to_have_count(7)
    assert desk_page.locator("table.sheet tbody tr").first.inner_text() != everybody
    expect(desk_page.locator(".head p")).to_contain_text("南苑社区")

    # a number is reached and opened by keyboard too, and leads back to the same days
    number = desk_page.locator("table.sheet tbody td a").first
    number.focus()
    desk_page.keyboard.press("Enter")
    expect(desk_page).to_have_url(re.compile("/names/"))
    expect(desk_page.locator("table.sheet tbody tr").first).to_be_visible()
    panel.press("返回")
    assert "from=2020-02-06" in panel.path and "village=" in panel.path


def test_a_summary_works_without_a_script(demo_server: LiveServer, pages: Pages) -> None:
    page = pages.open("phone", java_script_enabled=False)
    panel = Panel(page, demo_server)
    panel.sign_in("nanyuan", then="/admin/summary/")
    panel.go(page.locator(".doors").get_by_role("link", name="医学观察趋势"))
    panel.go(page.locator(".chips").get_by_role("link", name="近 7 天"))
    assert len(page.locator("table.sheet tbody tr").all()) == 7
    page.locator("details.conditions summary").click()
    page.locator("input[name='to']").fill("2020-02-05")
    panel.press("确定")
    assert "to=2020-02-05" in panel.path
    with page.expect_download() as waiting:
        page.get_by_role("button", name="导出 CSV").click()
    assert waiting.value.suggested_filename.startswith("trend-")
    expect(page.get_by_role("button", name="打印")).to_be_hidden()


def test_the_button_prints_once_there_are_scripts(demo_server: LiveServer, desk_page: Page) -> None:
    panel = Panel(desk_page, demo_server)
    panel.sign_in("coordinator", then="/admin/summary/volunteers/")
    desk_page.evaluate("window.print = () => { document.title = 'printed'; }")
    panel.press("打印")
    expect(desk_page).to_have_title("printed")
