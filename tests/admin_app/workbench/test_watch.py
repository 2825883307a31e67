"""The district's watch: every village's line, and each number opens as many names as it says."""

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import render_template
from sqlalchemy import update

from admin_app import database
from admin_app.workbench import watch
from admin_app.workbench.screen import HomePage, Screen
from models import clock
from models.observation import Observation
from models.states import ObservationStatus, Period
from models.summaries import calls, rounds
from models.summaries.span import Span
from tests.admin_app.workbench.test_home import READERS, Desk, desk, linked, reader, set_clock
from tests.models.summaries.world import TODAY, at

__all__ = ["desk"]
NAMES = ["district admin", "township admin", "village admin", "admin of two villages"]


def screen_of(desk: Desk, name: str) -> Screen:
    with desk.request(reader(READERS[name])):
        return watch.screen(database.session(), clock.now())


@pytest.mark.parametrize("name", NAMES)
def test_every_number_opens_as_many_records_as_it_says(desk: Desk, name: str) -> None:
    user, opened = reader(READERS[name]), 0
    for where, text, url in linked(HomePage("", [screen_of(desk, name)])):
        ledger = urlsplit(url).path.split("/")[2]
        if ledger in ("round", "summary", "village"):
            continue
        number = re.match(r"[\d,]+", text)
        assert number is not None
        assert desk.rows_behind(user, url) == int(number[0].replace(",", "")), (where, text, url)
        opened += 1
    assert opened


@pytest.mark.parametrize("name", NAMES)
def test_the_calls_that_are_due_are_listed_by_name(desk: Desk, name: str) -> None:
    user = reader(READERS[name])
    urls = [(text, url) for _, text, url in linked(HomePage("", [screen_of(desk, name)])) if "show=calls" in url]
    for text, url in urls:
        village = dict(parse_qsl(urlsplit(url).query)).get("village")
        with desk.request(user, url):
            numbers = [int(village)] if village else []
            listed = watch.call_list(database.session(), TODAY, numbers)
            due = calls.due_calls(database.session(), TODAY, 1000, numbers)
        [sheet] = listed.tables
        assert sheet.note == text == str(len(sheet.rows)) == str(len(due))


def release_many(desk: Desk) -> None:
    """Some days ago, so that many are to be called, and some of them for more than one day."""
    day = TODAY - timedelta(days=3)
    change = update(Observation.__table__).values(status=ObservationStatus.RELEASED, released_on=day)
    with desk.engine.begin() as connection:
        connection.execute(change.where(Observation.id % 3 == 0, Observation.began_on <= day))


def test_the_calls_of_several_villages_are_listed_together(desk: Desk) -> None:
    release_many(desk)
    user = reader(READERS["district admin"])
    with desk.request(user):
        due = calls.due(database.session(), TODAY)
    with desk.request(user, "/admin/summary/visits/?show=calls&village=1&village=3"):
        page = desk.app.view_functions["summary_visits.index"]()
    rows = re.findall(r"<tr>.*?</tr>", page.split("<tbody>")[1], re.S)
    assert len(rows) == due[1] + due[3] < sum(due.values())
    assert all("1村" in row or "3村" in row for row in rows)


def test_of_very_many_the_list_says_that_it_shows_the_first(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    release_many(desk)
    monkeypatch.setattr(watch, "NAMES", 2)
    with desk.request(reader(READERS["district admin"])):
        [sheet] = watch.call_list(database.session(), TODAY, []).tables
        assert sheet.note == f"the first 2 of {sum(calls.due(database.session(), TODAY).values())}"


@pytest.mark.parametrize(("now", "missed"), [(at(9), (False, False)), (at(12), (True, False)), (at(21), (True, True))])
def test_slots_are_open_before_the_cut_off_and_missed_after_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, now: datetime, missed: tuple[bool, bool]
) -> None:
    set_clock(monkeypatch, now)
    [sheet] = screen_of(desk, "district admin").tables
    for row in sheet.rows:
        for cell, over, period in zip(row[1:3], missed, ("am", "pm"), strict=True):
            assert (cell.dim == "missed") is (over and cell.text != "0")
            if cell.url:
                asked: dict[str, Any] = dict(parse_qsl(urlsplit(cell.url).query))
                assert asked.keys() == {"village", "on", "period"}
                assert (asked["on"], asked["period"]) == (TODAY.isoformat(), period)


@pytest.mark.parametrize("now", [at(9), at(12), at(21)])
@pytest.mark.parametrize("name", NAMES)
def test_what_villages_come_to_together_opens_as_many_names(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str, now: datetime
) -> None:
    set_clock(monkeypatch, now)
    shown, user = screen_of(desk, name), reader(READERS[name])
    [sheet] = shown.tables
    assert sheet.footer is not None
    missed = next(one for one in shown.figures if one.label == "Missed today")
    for number, url in [*((cell.text, cell.url) for cell in sheet.footer[1:3]), (missed.value, missed.url)]:
        if not url:
            assert number == "0"
            continue
        asked: dict[str, Any] = dict(parse_qsl(urlsplit(url).query))
        periods = [Period(asked["period"])] if "period" in asked else list(Period)
        assert (urlsplit(url).path, asked["from"], asked["to"]) == ("/admin/summary/rounds/names/", *2 * (str(TODAY),))
        with desk.request(user):
            session = database.session()
            behind = rounds.persons(
                session, Span(TODAY, TODAY), asked["what"], watch.watch.places(session), now, periods
            )
        assert len(behind) == int(number.replace(",", ""))


def test_the_page_is_drawn(desk: Desk) -> None:
    shown = screen_of(desk, "district admin")
    with desk.request(reader(READERS["district admin"])):
        drawn = render_template(
            "admin/home.html", page=HomePage(shown.title, [shown]), admin_base_template="admin/base.html"
        )
    assert all(figure.label in drawn for figure in shown.figures)
