"""A reference is chosen with the keyboard alone."""

import re

from playwright.sync_api import Page, expect

from tests.browser.pages import Panel, Record
from tests.support.server import LiveServer


def test_a_record_is_found_while_typing_and_chosen_by_keyboard(written_server: LiveServer, desk_page: Page) -> None:
    panel = Panel(desk_page, written_server)
    panel.sign_in("nanyuan")
    names = panel.ledger("resident", "status=pending").names
    name, another = names[0], names[1]

    form = panel.ledger("observation").new()
    person = form.lookup("resident")
    expect(person.box).to_have_role("combobox")
    expect(person.box).to_have_attribute("aria-expanded", "false")
    person.box.focus()
    desk_page.keyboard.type(name)
    expect(person.options.first).to_contain_text(name)
    expect(person.box).to_have_attribute("aria-expanded", "true")

    # nobody is chosen until the keyboard says so
    assert person.value == ""
    desk_page.keyboard.press("ArrowDown")
    chosen = person.options.and_(desk_page.locator("[aria-selected=true]"))
    expect(chosen).to_have_count(1)
    expect(person.box).to_have_attribute("aria-activedescendant", str(chosen.get_attribute("id")))
    words, number = chosen.inner_text(), chosen.get_attribute("data-id")
    desk_page.keyboard.press("Enter")
    expect(person.options).to_have_count(0)
    assert (person.box.input_value(), person.value) == (words, number)
    assert panel.path == "/admin/observation/new/", "Enter chose; it did not save"

    # other words unchoose; Escape closes the list and leaves the words
    person.box.fill(another)
    expect(person.options.first).to_contain_text(another)
    desk_page.keyboard.press("Escape")
    expect(person.options).to_have_count(0)
    assert (person.box.input_value(), person.value) == (another, "")
    desk_page.keyboard.press("Tab")
    expect(desk_page.get_by_text("请从列表中选择。")).to_be_visible()

    # ArrowUp chooses from the end; Enter saves once the list is closed
    person.box.fill(name)
    expect(person.options.first).to_contain_text(name)
    desk_page.keyboard.press("ArrowUp")
    desk_page.keyboard.press("Enter")
    form.fill(began_on="2020-02-11", last_exposure_on="2020-02-10")
    form.field("place").press("Enter")
    expect(desk_page).to_have_url(re.compile("/details/"))
    assert Record(desk_page, written_server).fact("姓名") == name
