"""The first screens: each role sees its own, and every number opens as many records as it says."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask, g, render_template
from sqlalchemy import Engine, event

from admin_app import access, create_app, database
from admin_app.config import Settings
from admin_app.identity import User
from admin_app.ledgers.base import views
from admin_app.workbench import home, screen
from admin_app.workbench.screen import Addresses, HomePage
from models import clock
from models.account import Role
from models.engine import make_engine
from models.scope import Actor, Area, Scope
from tests.models.summaries.world import TODAY, at, make

DISTRICT = Area(everywhere=True)
ONE, TWO, NOBODYS = (Area(villages=frozenset(villages)) for villages in ({2}, {1, 3}, {5}))
HEALTH = ("resident", "observation", "visit", "alert", "followup", "handover", "round", "summary/visits")
PAGES = ("round", "summary")
READERS = {
    "district admin": [(Role.DISTRICT, DISTRICT)],
    "township admin": [(Role.DISTRICT, TWO)],
    "village admin": [(Role.VILLAGE, ONE)],
    "admin of two villages": [(Role.VILLAGE, TWO)],
    "admin of a village without anybody": [(Role.VILLAGE, NOBODYS)],
    "coordinator": [(Role.COORDINATOR, DISTRICT)],
    "auditor": [(Role.AUDITOR, DISTRICT)],
    "everything at once": [(role, DISTRICT) for role in Role],
}


def reader(grants: list[tuple[Role, Area]], language: str = "en") -> User:
    """Somebody signed in with these grants."""
    return User(
        id=1, sign_in_id=1, name="某人", username="somebody", language=language,
        roles=tuple(dict.fromkeys(role for role, _ in grants)),
        whole_district=any(area.everywhere for _, area in grants), place="", must_change_password=False,
        scope=access.scope_for(Actor(1, "某人"), grants),
    )  # fmt: skip


class Desk(NamedTuple):
    """A panel over the small district, at a time of day."""

    app: Flask
    engine: Engine

    @contextmanager
    def request(self, user: User, url: str = "/admin/") -> Iterator[None]:
        """A request of somebody's, as the panel sees it once the browser was recognised."""
        with self.app.test_request_context(url):
            g.user = user
            database.session().act_as(user.scope, writing=False)
            yield

    def page(self, user: User) -> HomePage:
        with self.request(user):
            return home.page(database.session(), user)

    def rows_behind(self, user: User, url: str) -> int:
        """How many records the list at an address holds, which must understand every word of it."""
        ledger = urlsplit(url).path.split("/")[2]
        with self.request(user, url):
            page = views()[ledger]._list_page(deleted=False)
        assert not page.notices, (url, page.notices)
        return page.pager.total


def set_clock(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: now)
    monkeypatch.setenv("TAIZHANG_TODAY", TODAY.isoformat())


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    set_clock(monkeypatch, at(14))
    engine = make_engine(database_url)
    make(2).store(engine)
    settings = Settings(database_url, "known to every reader of these tests", Path("/nonexistent"), testing=True)
    app = create_app(settings)
    with app.app_context():
        panel_engine = database.db.engine
    counted = Desk(app, panel_engine)
    yield counted
    panel_engine.dispose()
    engine.dispose()


def linked(page: HomePage) -> list[tuple[str, str, str]]:
    """What a page links: where it stands, the text, the address."""
    found = []
    for one in page.screens:
        found += [(one.title, figure.value, figure.url) for figure in one.figures if figure.url]
        for table in one.tables:
            for row in [*table.rows, *([table.footer] if table.footer else [])]:
                found += [(table.title, cell.text, cell.url) for cell in row if cell.url]
    return found


@pytest.mark.parametrize("name", READERS)
def test_every_number_opens_as_many_records_as_it_says(desk: Desk, name: str) -> None:
    user = reader(READERS[name])
    opened = 0
    for where, text, url in linked(desk.page(user)):
        number = re.match(r"[\d,]+", text)
        if urlsplit(url).path.split("/")[2] in PAGES:
            continue  # a page of its own, with tests of its own
        if number is None or "/details/" in url or "/new/" in url or ("/visit/" in url and "/" in text):
            continue  # a name, or done/expected: the list shows what was done, expected or not
        assert desk.rows_behind(user, url) == int(number[0].replace(",", "")), (where, text, url)
        opened += 1
    assert opened or "without anybody" in name


@pytest.mark.parametrize("name", READERS)
def test_a_screen_is_drawn_with_links_that_open(desk: Desk, name: str) -> None:
    user = reader(READERS[name])
    page = desk.page(user)
    with desk.request(user):
        drawn = html.unescape(render_template("admin/home.html", page=page, admin_base_template="admin/base.html"))
    for one in page.screens:
        assert one.title in drawn
        for figure in one.figures:
            assert figure.label in drawn
    addresses = {url for _, _, url in linked(page)} | {link.url for one in page.screens for link in one.links}
    addresses |= {task.url for one in page.screens for task in one.tasks if task.url}
    assert "" not in addresses
    for url in addresses:
        ledger = urlsplit(url).path.split("/")[2]
        if ledger in PAGES:
            assert user.scope.permits_for("visit"), url
            continue
        assert user.scope.permits_for(ledger), url
        if urlsplit(url).path == f"/admin/{ledger}/":
            desk.rows_behind(user, url)


@pytest.mark.parametrize(
    ("roles", "titles"),
    [
        ([Role.DISTRICT], ["District overview"]),
        ([Role.VILLAGE], ["Today's work"]),
        ([Role.COORDINATOR], ["Rota"]),
        ([Role.AUDITOR], ["Trail"]),
        ([Role.COORDINATOR, Role.VILLAGE], ["Today's work", "Rota"]),
        (list(Role), ["District overview", "Today's work", "Rota", "Trail"]),
        ([], []),
    ],
)
def test_every_role_brings_its_screen(desk: Desk, roles: list[Role], titles: list[str]) -> None:
    page = desk.page(reader([(role, DISTRICT) for role in roles]))
    assert [one.title for one in page.screens] == titles
    assert bool(page.notices) is not bool(titles)
    assert page.title


def test_the_coordinators_screen_has_nothing_of_anybodys_health(desk: Desk) -> None:
    user = reader(READERS["coordinator"])
    page = desk.page(user)
    with desk.request(user):
        drawn = render_template("admin/home.html", page=page, admin_base_template="admin/base.html")
        assert home.badges(database.session()) == {}
    for ledger in HEALTH:
        assert f"/admin/{ledger}/" not in drawn


def test_a_village_sees_no_name_of_another(desk: Desk) -> None:
    for table in desk.page(reader(READERS["village admin"])).screens[0].tables:
        for row in table.rows:
            for cell in row:
                given = dict(parse_qsl(urlsplit(cell.url).query))
                assert {"observation", "business", "id", "at"} & given.keys() or not cell.url
                if "at" in given:  # where the round begins
                    given["observation"] = given.pop("at")
                for ledger, number in given.items():
                    if ledger in ("observation", "business"):
                        with desk.request(reader(READERS["village admin"])):
                            model = views()[ledger].model
                            assert database.session().get(model, int(number)).village_id == 2


@pytest.mark.parametrize(
    ("now", "titles"),
    [
        (at(8), {"To be measured this morning"}),
        (at(11, 45), {"Missed this morning"}),
        (at(14), {"Missed this morning", "To be measured this evening"}),
        (at(20, 30), {"Missed this morning", "Missed this evening"}),
    ],
)
def test_names_are_to_be_measured_before_the_cut_off_and_missed_after_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, now: datetime, titles: set[str]
) -> None:
    set_clock(monkeypatch, now)
    shown = {table.title for table in desk.page(reader(READERS["admin of two villages"])).screens[0].tables}
    assert {title for title in shown if "measured" in title or "Missed" in title} == titles


def test_the_menu_counts_what_is_abnormal_today(desk: Desk) -> None:
    user = reader(READERS["district admin"])
    with desk.request(user):
        badge = home.badges(database.session())["visit"]
    assert badge == desk.rows_behind(user, f"/admin/visit/?on.from={TODAY}&on.to={TODAY}&outcome=abnormal")


def test_an_address_that_may_not_be_opened_is_not_given() -> None:
    to = screen.Addresses(Scope(Actor(1, "某人")))
    assert (to.rows("visit"), to.record("visit", 1), to.new("visit")) == ("", "", "")


@pytest.mark.parametrize(
    ("name", "most"), [("district admin", 25), ("village admin", 30), ("coordinator", 9), ("auditor", 5)]
)
def test_a_screen_asks_few_questions_however_large_the_district(desk: Desk, name: str, most: int) -> None:
    statements: list[str] = []

    def note(*given: object) -> None:
        if not str(given[2]).startswith("BEGIN"):
            statements.append(str(given[2]))

    event.listen(desk.engine, "before_cursor_execute", note)
    desk.page(reader(READERS[name]))
    event.remove(desk.engine, "before_cursor_execute", note)
    assert 0 < len(statements) <= most, statements


def test_who_looks_again_while_nothing_was_written_asks_next_to_nothing(desk: Desk) -> None:
    user, statements = reader(READERS["district admin"]), []
    first = desk.page(user)

    def note(*given: object) -> None:
        if not str(given[2]).startswith("BEGIN"):
            statements.append(str(given[2]))

    event.listen(desk.engine, "before_cursor_execute", note)
    again = desk.page(user)
    event.remove(desk.engine, "before_cursor_execute", note)
    assert again.screens == first.screens
    assert len(statements) <= 5, statements


def test_a_day_without_anything_is_a_screen_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    far = TODAY + timedelta(days=300)
    set_clock(monkeypatch, at(9, day=far))
    monkeypatch.setenv("TAIZHANG_TODAY", far.isoformat())
    for grants in READERS.values():
        desk.page(reader(grants))


def test_what_is_kept_for_some_rights_is_found_by_no_others() -> None:
    """Lines of the first screen are kept by the addresses that they lead to."""

    def opened_by(role: Role, area: Area, address: str = "") -> Addresses:
        return Addresses(access.scope_for(Actor(1, "somebody", address), [(role, area)]))

    everywhere, here = Area(everywhere=True), Area(villages=frozenset({1}))
    kept = {opened_by(Role.DISTRICT, everywhere): "kept"}
    assert opened_by(Role.DISTRICT, everywhere, "elsewhere") in kept
    for role, area in ((Role.DISTRICT, here), (Role.AUDITOR, everywhere), (Role.VILLAGE, everywhere)):
        assert opened_by(role, area) not in kept
