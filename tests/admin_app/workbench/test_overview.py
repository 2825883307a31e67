"""区级总览 as a summary says what the first screen and the watch say, and every number opens the very same records."""

from datetime import datetime, timedelta
from itertools import product
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy import event
from werkzeug.datastructures import MultiDict

from admin_app import database
from admin_app.ledgers.page import Cell
from admin_app.summaries import asked
from admin_app.summaries.overview import OverviewView
from admin_app.summaries.page import SummaryPage
from admin_app.workbench import district, watch
from admin_app.workbench.screen import Sheet
from models import clock
from models.summaries import calls
from tests.admin_app.workbench.test_home import READERS, Desk, desk, reader, set_clock
from tests.admin_app.workbench.test_watch import release_many
from tests.models.summaries.world import TODAY, at

__all__ = ["desk"]
NAMES = ["district admin", "township admin", "village admin", "admin of two villages"]
TIMES = [at(9), at(12), at(21)]


def overview(desk: Desk, name: str, query: str = "") -> SummaryPage:
    with desk.request(reader(READERS[name]), f"/admin/summary/overview/?{query}"):
        given = MultiDict(parse_qsl(query))
        return OverviewView()._page(
            asked.read(database.session(), given, OverviewView.conditions, clock.now(), frozenset())
        )


def lines(sheet: Sheet) -> dict[str, list[Cell]]:
    """The cells of a table by the name of their row, its last line under "Total"."""
    return {row[0].text: row[1:] for row in [*sheet.rows, *([sheet.footer] if sheet.footer else [])]}


def told(cell: Cell) -> tuple[str, str, list[tuple[str, str]]]:
    """A number and what it opens, in whatever order the address names its conditions."""
    address = urlsplit(cell.url)
    return cell.text, address.path, sorted(parse_qsl(address.query))


def test_it_says_what_the_first_screen_says_and_opens_the_same(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for now, name in product(TIMES, NAMES):
        set_clock(monkeypatch, now)
        as_the_first_screen(desk, name, now)


def as_the_first_screen(desk: Desk, name: str, now: datetime) -> None:
    with desk.request(reader(READERS[name])):
        shown = district.screen(database.session(), now)
    [first] = shown.tables
    persons, visits = (lines(part.sheet) for part in overview(desk, name).sections[:2])
    assert len(persons) in (1, len(first.rows) + 1)  # of one row there is no sum
    for village, cells in lines(first).items():
        if village not in persons:
            continue
        report, *counted, morning, evening, abnormal = cells
        assert [told(cell) for cell in persons[village][3:]] == [told(cell) for cell in counted]
        for slots, expected, done in ((morning, *visits[village][:2]), (evening, *visits[village][2:4])):
            assert slots.text == (f"{done.text}/{expected.text}" if expected.text != "0" else "–")
            assert told(slots)[1:] == told(done)[1:]
        assert told(visits[village][6]) == told(abnormal)
        if village == "Total":
            assert report.text == f"{persons[village][0].text} / {len(first.rows)}"
            figures = {one.label: (one.value, one.url) for one in shown.figures}
            assert figures["Not reported"][0] == persons[village][1].text
            assert figures["Missed today"] == (visits[village][4].text, visits[village][4].url)
            assert f"{visits[village][7].text} with fever" in [one.note for one in shown.figures]
        else:
            came = [persons[village][number].text for number in (0, 1)]
            assert came == (["1", "0"] if report.tone in ("ok", "warn") else ["0", "1"])


def test_it_says_what_the_watch_says_and_opens_the_same(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for now, name in product(TIMES, NAMES):
        set_clock(monkeypatch, now)
        as_the_watch(desk, name, now)


def as_the_watch(desk: Desk, name: str, now: datetime) -> None:
    with desk.request(reader(READERS[name])):
        [watched] = watch.screen(database.session(), now).tables
    _, visits, waits = (lines(part.sheet) for part in overview(desk, name).sections)
    assert len(waits) > 1 or name == "village admin"
    for village, cells in waits.items():
        morning, evening, *others = lines(watched)[village]
        assert [told(cell) for cell in cells] == [told(cell) for cell in others]
        open_, missed = (int(visits[village][number].text) for number in (5, 4))
        assert open_ + missed == int(morning.text) + int(evening.text)
    assert [one for one in waits if one != "Total"] == [row[0].text for row in watched.rows]  # and in its order


def test_every_number_opens_as_many_records_as_it_says(desk: Desk) -> None:
    """Those of slots are held together with the first screen's above, and by the tests of all summaries."""
    places = (("district admin", ""), ("district admin", "village=1&village=3"), ("village admin", ""))
    opened = [columns_opened(desk, name, query) for name, query in places]
    wanted = {"reported", "cumulative", "observed", "abnormal", "feverish", "fever", "symptoms", "unreached", "due"}
    assert opened[0] >= wanted


def columns_opened(desk: Desk, name: str, query: str) -> set[str]:
    """The columns of which a number was opened, and held as many records as it said."""
    user, opened = reader(READERS[name]), set[str]()
    for part in overview(desk, name, query).sections:
        for row in [*part.sheet.rows, *([part.sheet.footer] if part.sheet.footer else [])]:
            for column, cell in list(zip(part.sheet.columns, row, strict=True))[1:]:
                if cell.text == "0" or "%" in cell.text:
                    assert not cell.url
                elif "/summary/" not in cell.url:
                    assert desk.rows_behind(user, cell.url) == int(cell.text), (row[0].text, column.name, cell.url)
                    opened.add(column.name)
    return opened


def test_narrowed_to_villages_only_they_count(desk: Desk) -> None:
    every, some = (overview(desk, "district admin", query) for query in ("", "village=1&village=3"))
    for all_, part in zip(every.sections, some.sections, strict=True):
        known, here = lines(all_.sheet), lines(part.sheet)
        assert here.keys() == {"1村", "3村", "Total"}
        assert all([cell.text for cell in here[village]] == [cell.text for cell in known[village]] for village in here
                   if village != "Total")  # fmt: skip
        for number, cell in enumerate(here["Total"]):
            if "%" not in cell.text:
                assert int(cell.text) == sum(int(here[village][number].text) for village in ("1村", "3村"))


def test_the_first_screen_and_the_watch_lead_to_it_whoever_may_open_it(desk: Desk) -> None:
    for name in NAMES:
        with desk.request(reader(READERS[name])):
            for shown in (district.screen(database.session(), at(14)), watch.screen(database.session(), at(14))):
                assert "/admin/summary/overview/" in [link.url for link in shown.links]
    for name in ("coordinator", "auditor"):
        assert OverviewView.links(reader(READERS[name]).scope) == []


def test_whoever_looks_in_the_same_minute_is_given_the_same_answer(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    statements: list[str] = []
    first = overview(desk, "district admin")
    set_clock(monkeypatch, at(14) + timedelta(seconds=40))
    event.listen(desk.engine, "before_cursor_execute", lambda *given: statements.append(str(given[2])))
    again = overview(desk, "district admin")
    assert [part.values for part in again.sections] == [part.values for part in first.sections]
    assert statements and not [one for one in statements if "daily_report" in one]


def test_calls_are_as_many_on_every_page_that_shows_them(desk: Desk) -> None:
    """Who waits for several calls is one person."""
    release_many(desk)
    with desk.request(reader(READERS["district admin"])):
        session = database.session()
        on_first, on_watch = (
            next(one.value for one in screen(session, at(14)).figures if one.label == "Calls due")
            for screen in (district.screen, watch.screen)
        )
        [listed] = watch.call_list(session, TODAY, []).tables
        people = calls.due_calls(session, TODAY, 1000)
    in_summary = lines(overview(desk, "district admin").sections[2].sheet)["Total"][5].text
    assert on_first == on_watch == in_summary == listed.note == str(len(people))
    assert any(len(one.days) > 1 for one in people)
