"""Every page that a role can reach from its menu, on a phone: it fits, it can be read in light and dark, it can be hit.

That no request leaves the machine and nothing complains in the console is watched in every browser test.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.browser import measures
from tests.browser.pages import Panel
from tests.support.browser import Pages
from tests.support.server import LiveServer

ROLES = ("district", "nanyuan", "coordinator", "auditor")
# the district admin has all there is; of these pages, which hold no columns, the others look at one each
ALIKE = ("bin", "delete", "export")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# in a Chinese page only what people here write in Latin letters themselves
LATIN = re.compile(r"(?<![A-Za-z])(?!CSV|Excel|English|JPEG|PNG|WebP|PDF)[A-Za-z]{3,}")


def links(page: Page) -> list[str]:
    """Where this page leads: its menu, its buttons, the first record of a list."""
    here = "main .menu a, main .head a, .related a, main .tasks a, main a.figure, .chips a"
    found: list[str] = page.locator(here).evaluate_all("links => links.map(link => link.getAttribute('href'))")
    first = page.locator("main :is(td.title, tbody th, td) a").first
    if first.count():
        found.append(str(first.get_attribute("href")))
    return [href for href in found if href.startswith("/admin/")]


def walk(panel: Panel, once: tuple[str, ...] = ()) -> Iterator[str]:
    """Every page once: two records, or two orders of a list, are the same page.

    ``once`` names kinds of pages that are the same in every ledger but for a word.
    """
    waiting, known = ["/admin/menu/", "/admin/"], set()
    while waiting:
        href = waiting.pop()
        path = urlsplit(href).path
        kind = next((kind for kind in once if f"/{kind}/" in path), path)
        if kind in known:
            continue
        known.add(kind)
        response = panel.open(href)
        assert response.status == 200, f"{href} answers {response.status}"
        yield path
        waiting += links(panel.page)


def wrong_with(page: Page) -> list[str]:
    """What is wrong with the page once it is there, its styles included."""
    page.wait_for_load_state("load")
    wrong = [*page.evaluate(measures.SIDEWAYS), *page.evaluate(measures.TARGETS), *page.evaluate(measures.CONTRAST)]
    page.emulate_media(color_scheme="dark")
    wrong += [f"dark: {one}" for one in page.evaluate(measures.CONTRAST)]
    page.emulate_media(color_scheme="light")
    return wrong


@pytest.fixture
def phone(pages: Pages) -> Page:
    """A phone on which nothing moves, so that a colour is what it is going to be."""
    return pages.open("phone", reduced_motion="reduce")


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_a_role_fits_a_phone_and_can_be_read(role: str, demo_server: LiveServer, phone: Page) -> None:
    panel = Panel(phone, demo_server)
    panel.sign_in(role, then="/admin/menu/")
    entries = set(panel.menu_addresses())
    wrong: list[str] = []
    seen = set()
    for path in walk(panel, () if role == "district" else ALIKE):
        seen.add(path)
        wrong += [f"{path} {one}" for one in wrong_with(phone)]
        words = phone.evaluate(measures.WORDS, measures.OWN_WORDS + measures.CHOICES)
        wrong += [f"{path} not Chinese: {text}" for text in words if LATIN.search(text)]
    assert entries <= seen
    assert not wrong, "\n" + "\n".join(wrong)


def test_every_list_and_form_fits_a_phone_in_english_too(demo_server: LiveServer, phone: Page) -> None:
    """English words are longer, and a page is in one language."""
    panel = Panel(phone, demo_server)
    panel.sign_in("district", then="/admin/menu/")
    panel.press("English")
    wrong: list[str] = []
    for address in panel.menu_addresses():
        panel.open(address)
        new = phone.locator(".head .acts").get_by_role("link", name="New record")
        for path in (address, f"{address}new/") if new.count() else (address,):
            if path != panel.path:
                panel.open(path)
            wrong += [f"{path} {one}" for one in phone.evaluate(measures.SIDEWAYS)]
            words = phone.evaluate(measures.WORDS, measures.OWN_WORDS)
            wrong += [f"{path} not English: {text}" for text in words if CHINESE.search(text)]
    assert not wrong, "\n" + "\n".join(wrong)


def test_pages_that_no_menu_leads_to_fit_a_phone_and_can_be_read(
    demo_server: LiveServer, phone: Page, pages: Pages
) -> None:
    for answer in ("401", "403", "404", "422"):
        pages.expect_problem(phone, f"status of {answer}")
    panel = Panel(phone, demo_server)
    wrong: dict[str, list[str]] = {}

    panel.open("/login")
    wrong["sign-in"] = wrong_with(phone)
    panel.sign_in("nanyuan", "not the password")
    wrong["refused sign-in"] = wrong_with(phone)
    panel.sign_in("nanyuan")
    panel.open("/password")
    wrong["password"] = wrong_with(phone)
    assert panel.open("/admin/account/").status == 403
    wrong["not open to you"] = wrong_with(phone)
    assert panel.open("/admin/nothing/").status == 404
    wrong["nothing there"] = wrong_with(phone)
    panel.ledger("resident").new().fill(identity_number="123", phone="1").save()
    wrong["refused form"] = wrong_with(phone)
    panel.ledger("resident", "q=没有这个人")
    wrong["empty list"] = wrong_with(phone)
    residents = panel.ledger("resident")
    residents.tick(3)
    wrong["ticked list"] = wrong_with(phone)
    panel.press("删除")
    phone.locator("ul.names li").first.wait_for()
    assert len(phone.locator("ul.names li").all()) == 3
    wrong["confirmation"] = wrong_with(phone)

    assert {where: found for where, found in wrong.items() if found} == {}
