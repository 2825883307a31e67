"""Pages that refresh by themselves: one answer for everybody with the same rights, none while nothing has changed."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select

from admin_app import database
from models import clock
from models.account import SignIn
from models.figures import Figures
from models.handing_in import HandIn, hand_in
from models.resident import Category, Resident
from tests.admin_app.support.browsing import Browser, Page
from tests.admin_app.support.district import READERS, A, C
from tests.admin_app.support.panels import Panel
from tests.admin_app.support.values import TODAY

PAGES = ("/admin/live/", "/admin/summary/district/live/")
NOON = datetime(TODAY.year, TODAY.month, TODAY.day, 12, 0, tzinfo=clock.ZONE)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> "Clock":
    return Clock(monkeypatch)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, patch: pytest.MonkeyPatch):
        self.now = NOON
        patch.setattr(clock, "now", lambda: self.now)

    def later(self, **span: int) -> None:
        self.now += timedelta(**span)


def ask(browser: Browser, path: str, tag: str = "") -> Page:
    return browser.open(path, headers={"If-None-Match": tag} if tag else {})


class Counting:
    """How many statements an application sends."""

    def __init__(self, app: Flask):
        with app.app_context():
            self._engine = database.db.engine
        self.statements: list[str] = []

    def __enter__(self) -> list[str]:
        event.listen(self._engine, "before_cursor_execute", self._note)
        return self.statements

    def __exit__(self, *_: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._note)

    def _note(self, *given: object) -> None:
        self.statements.append(str(given[2]))


def enter_a_file(panel: Panel, village: int) -> None:
    with panel.session() as session:
        session.add(Resident(village_id=village, name="新来的", category=Category.RETURNEE))
        session.commit()


@pytest.mark.parametrize("path", PAGES)
def test_while_nothing_changes_the_answer_is_that_nothing_has_and_costs_next_to_nothing(
    panel: Panel, at: Clock, path: str
) -> None:
    browser = panel.as_("district")
    first = ask(browser, path)
    assert first.status == 200
    with Counting(panel.app) as statements:
        again = ask(browser, path, first.headers["ETag"])
    assert (again.status, again.body) == (304, b"")
    assert len([s for s in statements if "BEGIN" not in s]) <= 5, statements


@pytest.mark.parametrize("path", PAGES)
def test_a_minute_in_which_nothing_happened_moves_nothing_either(panel: Panel, at: Clock, path: str) -> None:
    browser = panel.as_("district")
    tag = ask(browser, path).headers["ETag"]
    at.later(minutes=1)
    again = ask(browser, path, tag)
    assert again.status == 304
    assert again.headers["ETag"] != tag
    assert ask(browser, path, again.headers["ETag"]).status == 304


def test_a_deadline_that_passes_is_news_although_nobody_wrote(panel: Panel, at: Clock) -> None:
    at.later(hours=5, minutes=29)
    browser = panel.as_("district")
    tags = {path: ask(browser, path).headers["ETag"] for path in PAGES}
    at.later(minutes=2)
    for path, tag in tags.items():
        page = ask(browser, path, tag)
        assert page.status == 200
        assert "Not reported" in page.text


@pytest.mark.parametrize("path", PAGES)
def test_what_somebody_hands_in_is_there_at_the_next_asking(panel: Panel, at: Clock, path: str) -> None:
    browser = panel.as_("district")
    tag = ask(browser, path).headers["ETag"]
    with panel.session() as session:
        hand_in(session, HandIn(A.number(0, 1), TODAY, Figures(surveyed=77), "周书记"), NOON)
        session.commit()
    page = ask(browser, path, tag)
    assert page.status == 200
    assert "12:00" in page.text


def test_one_answer_serves_everybody_with_the_same_rights_and_nobody_else(panel: Panel, at: Clock) -> None:
    path = PAGES[1]
    ask(panel.as_("district"), path)
    with Counting(panel.app) as statements:
        same = ask(panel.another_as("district"), path)
    assert same.status == 200
    assert not [s for s in statements if "daily_report" in s or "observation" in s], "it was counted again"
    texts = {name: ask(panel.as_(name), path).text for name in READERS if READERS[name].opens("dailyreport")}
    assert len(set(texts.values())) == len(texts)
    for name, text in texts.items():
        for mark in (A, C):
            assert (mark.sign in text) is (mark in READERS[name].area), name


def test_a_village_learns_nothing_from_the_mark_of_what_others_do(panel: Panel, at: Clock) -> None:
    browser = panel.as_("village_a")
    first = ask(browser, PAGES[1])
    enter_a_file(panel, C.number(0, 1))
    assert ask(browser, PAGES[1], first.headers["ETag"]).headers["ETag"] == first.headers["ETag"]
    enter_a_file(panel, A.number(0, 1))
    assert ask(browser, PAGES[1], first.headers["ETag"]).headers["ETag"] != first.headers["ETag"]


def test_two_languages_are_two_answers(panel: Panel, at: Clock) -> None:
    english = ask(panel.as_("district"), PAGES[1])
    browser = panel.another_as("district")
    with browser.client.session_transaction() as cookie:
        cookie["language"] = "zh"
    chinese = ask(browser, PAGES[1], english.headers["ETag"])
    assert chinese.status == 200
    assert "合计" in chinese.text and "合计" not in english.text


def test_a_page_that_asks_by_itself_keeps_no_sign_in_awake(panel: Panel, at: Clock) -> None:
    browser = panel.as_("district")
    ask(browser, PAGES[0])

    def seen() -> datetime:
        with panel.session() as session:
            return max(session.scalars(select(SignIn.seen_at)))

    before = seen()
    at.later(minutes=30)
    ask(browser, PAGES[0])
    assert seen() == before
    browser.get("/admin/menu/")
    assert seen() > before


def test_only_the_district_has_a_first_screen_that_refreshes_by_itself(panel: Panel) -> None:
    for name, reader in READERS.items():
        district = name in ("district", "township")
        assert panel.as_(name).get("/admin/live/").status == (200 if district else 403)
        assert ("data-live=" in panel.as_(name).get("/admin/").text) is district
        assert reader.name == name


def test_without_scripts_there_is_a_link_that_refreshes(panel: Panel) -> None:
    for path in ("/admin/", "/admin/summary/district/"):
        page = panel.as_("district").get(path)
        assert [href for href, text in page.links if text == "Refresh" and href.startswith(path)]
