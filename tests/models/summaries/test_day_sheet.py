"""The district's sheet against plain loops over the trail, for histories with reports, corrections and returns."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import Engine

from models.clock import now
from models.figures import FIGURES, Figures
from models.report import DailyReport
from models.summaries.day_sheet import DaySheet, day_sheet
from models.summaries.report_day import behind, places, report_day
from tests.models.summaries.histories import FIRST, History, reporting
from tests.models.summaries.test_figures import ALL_DAYS, days, history, looking
from tests.models.summaries.told import Told
from tests.models.summaries.world import Row, confined_to

__all__ = ["days"]
acted_out = settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
SUMMED = {"central": "central", "home": "observed", "released": "released"}


def told_reports(told: Told, on: date) -> dict[int, Row]:
    """The reports of a day as the trail tells them, by village."""
    return {report["village_id"]: report for report in told.now.live(DailyReport) if report["on"] == on}


def figures_in(report: Row) -> Figures:
    return Figures(**{name: report[name] for name in FIGURES})


def told_gaps(told: Told, on: date, village: int) -> set[tuple[str, int]]:
    """Where a report does not follow from the day before's, and by how much."""
    today, before = (told_reports(told, day).get(village) for day in (on, on - timedelta(days=1)))
    if today is None or before is None or "returned" in (today["status"], before["status"]):
        return set()
    found = set()
    events = [event for event in told.counting(on, village) if event["on"] == on]
    for name, status in SUMMED.items():
        came = sum(event["kind"] == "handed_in" and event["became"] == status for event in events)
        went = sum(event["kind"] == "handed_out" and event["was"] == status for event in events)
        follows = before[f"{name}_total"] + today[f"{name}_today"] + came - went
        found.add((f"{name}_total", today[f"{name}_total"] - follows))
    moved = sum((e["became"] == "hospital") - (e["was"] == "hospital") for e in events)
    found.add(("in_hospital", today["in_hospital"] - before["in_hospital"] - moved))
    return {(figure, by) for figure, by in found if by}


def check(sheet: DaySheet, told: Told, villages: list[int]) -> None:
    """Every number of a sheet."""
    reported, then = told_reports(told, sheet.on), told_reports(told, sheet.against)
    assert [line.report.place.id for line in sheet.lines] == sorted(
        villages, key=lambda number: (reported.get(number, {"status": "returned"})["status"] != "returned", number)
    )
    counted = []
    for line in sheet.lines:
        here = line.report.place.id
        report = reported.get(here)
        assert line.report.reported is (report is not None and report["status"] != "returned")
        assert line.now == told.figures(sheet.on, here)
        if not line.report.reported or report is None:
            continue
        assert line.report.figures == figures_in(report)
        counted.append(figures_in(report))
        before = then.get(here)
        assert line.then == (figures_in(before) if before and before["status"] != "returned" else None)
        assert {(gap.figure, gap.by) for gap in line.gaps} == told_gaps(told, sheet.on, here)
    assert sheet.sum.reported == len(counted)
    for name in FIGURES:
        assert getattr(sheet.sum.figures, name) == sum(getattr(figures, name) for figures in counted)
        parts = sum(getattr(part.sum.figures, name) for part in sheet.parts)
        assert getattr(sheet.sum.figures, name) == parts
    assert sheet.sum.balance.gap == 0


@acted_out
@given(steps=reporting)
def test_every_number_of_the_sheet_is_what_the_trail_tells(
    engine: Engine, days: pytest.MonkeyPatch, steps: list[Any]
) -> None:
    with history(engine, days, steps) as (acted, told):
        for on in ALL_DAYS:
            sheet = day_sheet(acted.session, on, now(), on - timedelta(days=1))
            check(sheet, told, acted.numbers)
            own = acted.numbers[on.toordinal() % len(acted.numbers)]
            with looking(acted.session, confined_to(own)) as session:
                check(day_sheet(session, on, now(), on - timedelta(days=1)), told, [own])


@acted_out
@given(steps=reporting)
def test_what_changed_since_a_report_is_what_its_names_say(
    engine: Engine, days: pytest.MonkeyPatch, steps: list[Any]
) -> None:
    """The names that are counted now are those that were, without those that left and with those that came."""
    with history(engine, days, steps) as (acted, _told):
        for on, place in day_and_place(acted):
            day = report_day(acted.session, place, on, now())
            if day.reported is None:
                continue
            changed = {one.figure: (one.was, one.now) for one in day.changed}
            for figure in FIGURES:
                people = behind(acted.session, on, figure, place.id)
                was, present = sum(bool(one.then) for one in people), sum(one.now for one in people)
                assert present == getattr(day.figures, figure)
                assert was == getattr(day.reported.counted, figure)
                assert changed.get(figure, (was, was)) == (was, present)


def day_and_place(acted: History) -> Iterator[tuple[date, Any]]:
    for number, place in enumerate(places(acted.session)):
        yield FIRST + timedelta(days=number % 2), place
