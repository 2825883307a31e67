"""What a person sees and does: one class a kind of page, so that a test reads like a day at work.

A field is called by its name in the form, a button or link by the word on it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, Response, expect

from tests.support.server import LiveServer


@dataclass
class Panel:
    """The panel in one browser window."""

    page: Page
    server: LiveServer

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.server.url)

    @property
    def language(self) -> str:
        return str(self.page.locator("html").get_attribute("lang"))

    @property
    def heading(self) -> str:
        return self.page.get_by_role("heading", level=1).inner_text()

    @property
    def said(self) -> str:
        """What the panel said of the last act."""
        return self.page.locator("[role=status] .note").inner_text()

    def open(self, path: str) -> Response:
        response = self.page.goto(self.server.url + path)
        assert response is not None
        return response

    def sign_in(self, username: str, password: str = "", then: str = "/admin/resident/") -> None:
        self.open(f"/login?next={then}")
        self.page.locator("[name=username]").fill(username)
        self.page.locator("[name=password]").fill(password or self.server.password)
        self.press("登录")

    def sign_out(self, words: str = "退出登录") -> None:
        self.open("/admin/menu/")
        self.press(words)

    def change_password(self, old: str, new: str) -> None:
        for name, password in (("old", old), ("new", new), ("again", new)):
            self.page.locator(f"[name={name}]").fill(password)
        self.press("保存新密码")

    def menu(self) -> list[str]:
        """The entries of the menu page."""
        self.open("/admin/menu/")
        return self.page.locator("main .menu > a").all_inner_texts()

    def menu_addresses(self) -> list[str]:
        """Where the entries of the menu page lead."""
        self.open("/admin/menu/")
        links = self.page.locator("main .menu > a[href^='/admin/']").all()
        return [str(link.get_attribute("href")) for link in links]

    def ledger(self, ledger: str, query: str = "") -> List:
        self.open(f"/admin/{ledger}/" + (f"?{query}" if query else ""))
        return List(self.page, self.server)

    def record(self, address: str) -> Record:
        self.open(address)
        return Record(self.page, self.server)

    def press(self, words: str) -> None:
        """A link or button of the page itself, menus left aside."""
        here = self.page.get_by_role("main")
        button = here.get_by_role("button", name=words, exact=True)
        self.go(here.get_by_role("link", name=words, exact=True).or_(button).first)

    def go(self, there: Locator) -> None:
        """Press what leads to another page, and be there."""
        there.click()
        self.page.wait_for_load_state()


class List(Panel):
    """A ledger's list, or its recycle bin."""

    @property
    def rows(self) -> Locator:
        return self.page.locator("table.ledger tbody tr")

    @property
    def names(self) -> list[str]:
        """The names of the records on this page, as people read them."""
        return self.page.locator("td.title").evaluate_all(
            "cells => cells.map(cell => cell.firstChild.textContent.trim())"
        )

    @property
    def total(self) -> int:
        return int(re.sub(r"\D", "", self.page.locator(".pager p").inner_text().split("·")[-1]))

    def search(self, words: str) -> None:
        box = self.page.get_by_role("searchbox")
        box.fill(words)
        box.press("Enter")
        expect(self.page).to_have_url(re.compile(r"[?&]q="))
        self.page.wait_for_load_state()

    def choices(self, name: str) -> dict[str, str]:
        """The choices of one filter: word -> code."""
        options = self.page.locator(f"form.filters select[name='{name}'] option").all()
        return {str(o.text_content()): str(o.get_attribute("value")) for o in options}

    @property
    def chips_on(self) -> Locator:
        """The conditions that hold now."""
        return self.page.locator(".chips a[aria-current]")

    @property
    def statuses(self) -> list[str]:
        return self.page.locator("table.ledger td.side .chip").all_inner_texts()

    def narrow_by(self, **ticked: list[str]) -> None:
        """By the panel of all filters."""
        conditions = self.page.locator("details.conditions")
        conditions.locator("summary").click()
        for name, codes in ticked.items():
            for box in conditions.locator(f"input[name='{name}']").all():
                box.set_checked(box.get_attribute("value") in codes)
        self.go(conditions.get_by_role("button", name="确定"))

    def narrow(self, words: str) -> None:
        """A filter that is one tap away."""
        self.go(self.page.locator(".chips").get_by_role("link", name=words, exact=True))

    def address(self, number: int = 0) -> str:
        """Where a record of this page is opened (0 is the first)."""
        return str(self.page.locator("td.title a").nth(number).get_attribute("href"))

    def open_row(self, name: str) -> Record:
        self.go(self.page.locator("td.title").get_by_role("link", name=name, exact=True))
        return Record(self.page, self.server)

    def new(self) -> Form:
        self.press("新建")
        return Form(self.page, self.server)

    def bin(self) -> List:
        self.press("回收站")
        return List(self.page, self.server)

    def tick(self, number: int) -> None:
        """Tick the first records of a list on a phone."""
        self.page.locator(".strip label").click()
        for row in self.rows.all()[:number]:
            row.locator("td.pick label").click()

    def restore(self, name: str) -> None:
        self.go(self.rows.filter(has_text=name).get_by_role("button", name="恢复"))


@dataclass(frozen=True)
class Told:
    """One field of a timeline's entry."""

    field: str
    before: str
    after: str


class Record(Panel):
    """One record: its facts and what happened to it."""

    def fact(self, label: str) -> str:
        value = self.page.locator("dl.facts > div").filter(has=self.page.get_by_text(label, exact=True)).locator("dd")
        return value.inner_text().split("\n")[0].strip()

    def edit(self) -> Form:
        self.press("编辑")
        return Form(self.page, self.server)

    def delete(self) -> Confirmation:
        rare = self.page.get_by_role("main").locator("details.rare > summary")
        if rare.count():  # a record with many acts keeps the rare ones in a menu
            rare.click()
        self.press("删除")
        return Confirmation(self.page, self.server)

    @property
    def deeds(self) -> list[str]:
        """What happened, newest first."""
        return self.page.locator("ol.timeline > li > p:first-child").all_inner_texts()

    @property
    def doers(self) -> list[str]:
        return self.page.locator("ol.timeline .by").all_inner_texts()

    def told(self, number: int) -> set[Told]:
        """Before and after, field by field, of one entry of the timeline (0 is the newest)."""
        entry = self.page.locator("ol.timeline > li").nth(number)
        found = set()
        for change in entry.locator("dl.changes > div").all():
            before = change.locator("del").all_inner_texts()
            after = change.locator("ins").all_inner_texts()
            found.add(Told(change.locator("dt").inner_text(), "".join(before), "".join(after)))
        return found


class Form(Panel):
    """A form of a record."""

    def field(self, name: str) -> Locator:
        return self.page.locator(f"form[data-form] [name='{name}']")

    def fill(self, **typed: str) -> Form:
        """Type into fields, or choose from them, by name."""
        for name, value in typed.items():
            field = self.field(name)
            if field.evaluate("field => field.matches('select')"):
                field.select_option(value)
            else:
                field.fill(value)
        return self

    def lookup(self, name: str) -> Lookup:
        return Lookup(self.page, self.server, name)

    def save(self) -> Record:
        self.press("保存")
        return Record(self.page, self.server)

    @property
    def errors(self) -> list[str]:
        return self.page.locator("p.wrong").all_inner_texts()


@dataclass
class Lookup(Panel):
    """A field that names another record."""

    name: str

    @property
    def box(self) -> Locator:
        return self.page.locator(f"form[data-form] [name='{self.name}-q']")

    @property
    def options(self) -> Locator:
        """What was found while typing."""
        return self.page.get_by_role("listbox").get_by_role("option")

    @property
    def value(self) -> str:
        """The number of the chosen record."""
        return self.page.locator(f"form[data-form] input[name='{self.name}'][type=hidden]").input_value()

    def find(self, words: str) -> list[str]:
        """What the button beside the field finds, for a browser without scripts."""
        self.box.fill(words)
        self.go(self.page.get_by_role("button", name="查找", exact=True))
        return self.page.locator(f".lookup[data-name='{self.name}'] .choice").all_inner_texts()

    def tick(self, words: str) -> None:
        """Choose one of what the button found."""
        self.page.get_by_role("radio", name=words).check()


class Confirmation(Panel):
    """The page that asks before something is done."""

    @property
    def names(self) -> list[str]:
        asked = self.page.locator("ul.names li")
        asked.first.wait_for()
        return asked.all_inner_texts()

    def confirm(self, words: str) -> List:
        self.press(words)
        return List(self.page, self.server)


class Conflict(Panel):
    """Both versions of a record that two people wrote at once."""

    @property
    def note(self) -> str:
        return self.page.locator(".note.warn").inner_text()

    @property
    def versions(self) -> dict[str, tuple[str, str]]:
        """Field -> (saved, mine)."""
        found = {}
        for row in self.page.locator("table.versions tbody tr").all():
            saved, mine = row.locator("td").all_inner_texts()
            found[row.locator("th").inner_text()] = (saved, mine)
        return found

    @property
    def saved_by(self) -> str:
        return self.page.locator("table.versions thead th").nth(1).inner_text()

    @property
    def typed_by(self) -> str:
        return self.page.locator("table.versions thead th").nth(2).inner_text()

    def keep_mine(self) -> Record:
        self.press("保存我的")
        return Record(self.page, self.server)
