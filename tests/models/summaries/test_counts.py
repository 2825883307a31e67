"""Every number of the first screens against plain loops over the same rows, for whoever looks."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

import pytest
from sqlalchemy import Engine, event

from models.alert import Alert, AlertKind, AlertStatus
from models.business import Business, Control, Inspection, Recheck
from models.enterprise import Enterprise, Resumption, ResumptionStatus
from models.event import ObservationEvent
from models.followup import FollowUp, calls_due
from models.gathering import CaseStatus, Tipoff
from models.handover import HandOver, HandOverStatus
from models.observation import Observation
from models.place import Village
from models.report import FIGURES, DailyReport, Punctuality, ReportStatus
from models.resident import FileStatus, Resident
from models.scope import NOBODY, Scope
from models.session import Session, open_session
from models.spans import Span
from models.states import ObservationStatus, Outcome, Period
from models.summaries import audit, calls, district_day, reporting, service, slot_names, slots, village_day, watch
from models.supply import Supply, SupplyStatus
from models.trail import Deed, TrailEntry
from models.visit import Visit
from models.volunteer import Assignment, Duty, DutyStatus, Volunteer
from tests.models.summaries.world import TODAY, VILLAGES, Row, World, at, confined_to, make

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
EVERYWHERE = set(VILLAGES)
UNDER_WAY = (SupplyStatus.OPEN, SupplyStatus.TAKEN, SupplyStatus.BOUGHT)


class Seen(NamedTuple):
    """A session, and what may be seen through it."""

    session: Session
    world: World
    villages: set[int]

    def rows(self, cls: type, **values: object) -> list[Row]:
        """The visible rows of a class with these values."""
        found = self.world.live(cls, self.villages)
        return [row for row in found if all(row[name] == value for name, value in values.items())]

    def asked(self, status: HandOverStatus) -> list[Row]:
        """The hand-overs that these villages are asked to take over."""
        found = self.world.live(HandOver)
        return [row for row in found if row["status"] is status and row["to_village_id"] in self.villages]


LOOKED_AT = [(1, EVERYWHERE), (2, EVERYWHERE), (3, EVERYWHERE), (1, {1, 3}), (2, {2}), (3, {5}), (1, set[int]())]


@pytest.fixture(params=LOOKED_AT, ids=lambda param: f"{param[0]}-{''.join(map(str, sorted(param[1]))) or 'none'}")
def seen(request: pytest.FixtureRequest, engine: Engine) -> Iterator[Seen]:
    """Three districts, looked at by everybody from the district admin to somebody without a single village."""
    seed, villages = request.param
    world = make(seed)
    world.store(engine)
    everywhere = villages == EVERYWHERE
    scope = Scope.everything("test") if everywhere else confined_to(*villages) if villages else NOBODY
    with open_session(engine, scope, writing=False) as session:
        yield Seen(session, world, villages)


# ---- the plain loops ----


def at_home(seen: Seen, period: Period) -> set[tuple[int, int]]:
    """Who is to be measured in a slot of today: observation and village."""
    there = [
        *((row["id"], row["status"], row, None) for row in seen.rows(Observation)),
        *((row["observation_id"], row["was"], row, row["on"]) for row in seen.rows(ObservationEvent)),
    ]
    spans = [(n, Span(was, row["village_id"], row["since"], row["since_period"], on)) for n, was, row, on in there]
    return {(number, span.village_id) for number, span in spans if period in span.slots(TODAY)}


def slots_of(seen: Seen, period: Period) -> slots.SlotCount:
    wanted = at_home(seen, period)
    visits = [v for v in seen.rows(Visit, on=TODAY, period=period) if (v["observation_id"], v["village_id"]) in wanted]
    unmet = [v for v in visits if v["outcome"] in (Outcome.NOT_MET, Outcome.REFUSED)]
    return slots.SlotCount(len(wanted), len(visits), len(unmet))


def abnormal(seen: Seen) -> list[Row]:
    return seen.rows(Visit, on=TODAY, outcome=Outcome.ABNORMAL)


def feverish(seen: Seen) -> list[Row]:
    return [v for v in abnormal(seen) if v["temperature"] and Decimal(str(v["temperature"])) >= Decimal("37.3")]


def open_alerts(seen: Seen) -> list[Row]:
    return [row for row in seen.rows(Alert) if row["status"] is not AlertStatus.CLOSED]


def calls_of(seen: Seen) -> Counter[int]:
    """How many calls are due to each person, by observation, as the rule tells them."""
    made: dict[int, set[int]] = {}
    released = {row["id"]: row["released_on"] for row in seen.rows(Observation)}
    for row in seen.rows(FollowUp):
        if released.get(row["observation_id"]) and row["on"] > released[row["observation_id"]]:
            made.setdefault(row["observation_id"], set()).add(row["day_no"])
    names = ("status", "released_on")
    due: Counter[int] = Counter()
    for row in seen.rows(Observation):
        observation = Observation(**{name: row[name] for name in names})
        due[row["id"]] = len(calls_due(observation, frozenset(made.get(row["id"], ())), TODAY))
    return due


def unrectified(seen: Seen) -> list[Row]:
    return [
        row
        for row in seen.rows(Inspection)
        if row["rectify_by"] and row["rectify_by"] < TODAY and row["recheck"] is not Recheck.RECTIFIED
    ]


def unchecked(seen: Seen) -> set[int]:
    checked = {row["business_id"] for row in seen.rows(Inspection, on=TODAY)}
    return {row["id"] for row in seen.rows(Business, control=Control.CLOSE)} - checked


# ---- the village's day ----


def test_a_day_in_the_villages_adds_up(seen: Seen) -> None:
    day = village_day.village_day(seen.session, TODAY)

    observed = seen.rows(Observation, status=ObservationStatus.OBSERVED)
    ends = Counter(row["ends_on"] for row in observed)
    overdue = sum(count for end, count in ends.items() if end < TODAY)
    assert day.terms == village_day.Terms(
        observed=len(observed), in_centre=len(seen.rows(Observation, status=ObservationStatus.CENTRAL)),
        in_hospital=len(seen.rows(Observation, status=ObservationStatus.HOSPITAL)), due=overdue + ends[TODAY],
        overdue=overdue, ends_today=ends[TODAY], ends_tomorrow=ends[TOMORROW],
    )  # fmt: skip
    assert day.morning == slots_of(seen, Period.AM)
    assert day.evening == slots_of(seen, Period.PM)
    outcomes = Counter(row["outcome"] for row in seen.rows(Visit, on=TODAY))
    assert day.unusual == (
        outcomes[Outcome.ABNORMAL], len(feverish(seen)), outcomes[Outcome.NOT_MET], outcomes[Outcome.REFUSED],
    )  # fmt: skip
    closed = seen.rows(Business, control=Control.CLOSE)
    assert day.checks == (len(closed), len(closed) - len(unchecked(seen)))
    assert day.to_rectify == len(unrectified(seen))
    assert day.tips == sum(row["status"] is not CaseStatus.CLOSED for row in seen.rows(Tipoff))
    alerts = open_alerts(seen)
    asked = seen.asked(HandOverStatus.ASKED)
    either = [
        row
        for row in seen.world.live(HandOver)
        if row["status"] is HandOverStatus.ASKED and {row["from_village_id"], row["to_village_id"]} & seen.villages
    ]
    assert day.waiting == village_day.Waiting(
        alerts=len(alerts), raised=sum(row["status"] is AlertStatus.RAISED for row in alerts),
        fever=sum(row["kind"] is AlertKind.FEVER for row in alerts), calls=sum(map(bool, calls_of(seen).values())),
        hand_overs=len(either), to_answer=len(asked),
    )  # fmt: skip
    assert day.supplies == sum(row["status"] in UNDER_WAY for row in seen.rows(Supply))


def test_the_names_behind_the_numbers_are_as_many_as_the_numbers(seen: Seen) -> None:
    day = village_day.village_day(seen.session, TODAY)
    for period in Period:
        waiting = slot_names.still_open(seen.session, TODAY, period, limit=1000)
        assert len(waiting) == day.slots(period).open
        assert len(slot_names.still_open(seen.session, TODAY, period, limit=2)) == min(2, len(waiting))
        order = [(row.village_id, row.address) for row in waiting if row.address]
        assert order == sorted(order)
    venues = village_day.unchecked_venues(seen.session, TODAY, limit=1000)
    assert {venue.id for venue in venues} == unchecked(seen)
    late = village_day.overdue_rectifications(seen.session, TODAY, limit=1000)
    assert {row.id for row in late} == {row["id"] for row in unrectified(seen)}


# ---- the district's day ----


def test_the_sheet_is_what_the_loops_count_and_its_last_line_the_sum(seen: Seen) -> None:
    now = at(12)
    sheet = district_day.district_day(seen.session, TODAY, now)

    assert {row.report.place.id for row in sheet.rows} == seen.villages
    for row in sheet.rows:
        here = Seen(seen.session, seen.world, {row.report.place.id})
        observed = here.rows(Observation, status=ObservationStatus.OBSERVED)
        assert row.morning == slots_of(here, Period.AM)
        assert row.evening == slots_of(here, Period.PM)
        assert row.counts == district_day.Counts(
            cumulative=len(here.rows(Observation)),
            new=len(here.rows(Observation, began_on=TODAY)),
            observed=len(observed),
            in_centre=len(here.rows(Observation, status=ObservationStatus.CENTRAL)),
            in_hospital=len(here.rows(Observation, status=ObservationStatus.HOSPITAL)),
            released=len(here.rows(Observation, status=ObservationStatus.RELEASED)),
            abnormal=len(abnormal(here)),
            feverish=len(feverish(here)),
            missed=row.morning.open,  # at noon only the morning is over
        )
    for position, name in enumerate(district_day.Counts._fields):
        assert getattr(sheet.totals.counts, name) == sum(row.counts[position] for row in sheet.rows)
    assert sheet.totals.morning == slots_of(seen, Period.AM)
    assert sheet.totals.villages == len(sheet.rows)
    assert sheet.totals.reported == len(sheet.rows) - len(sheet.unreported)


def test_villages_that_have_not_reported_come_first_and_of_those_the_ones_with_people(seen: Seen) -> None:
    sheet = district_day.district_day(seen.session, TODAY, at(18))
    codes = {row["id"]: row["code"] for row in seen.rows(Village)}
    order = [(row.report.reported, row.counts.cumulative == 0, codes[row.report.place.id]) for row in sheet.rows]
    assert order == sorted(order)


@pytest.mark.parametrize("now", [at(9), at(12), at(20, 30)])
def test_the_watch_counts_what_the_loops_count_in_every_village(seen: Seen, now: datetime) -> None:
    rows = watch.watch(seen.session, TODAY, now)
    assert {row.place.id for row in rows} == seen.villages
    for row in rows:
        here = Seen(seen.session, seen.world, {row.place.id})
        am, pm = (slots_of(here, period).open for period in Period)
        am_over, pm_over = now > at(11, 30), now > at(20)
        kinds = Counter(alert["kind"] for alert in open_alerts(here))
        asked = here.asked(HandOverStatus.ASKED)
        due = [r for r in here.rows(Resident, status=FileStatus.OBSERVED) if r["due_on"] and r["due_on"] <= TODAY]
        assert row.counts == watch.Watched(
            am_open=0 if am_over else am, am_missed=am if am_over else 0,
            pm_open=0 if pm_over else pm, pm_missed=pm if pm_over else 0,
            fever=kinds[AlertKind.FEVER], symptoms=kinds[AlertKind.SYMPTOM], due=len(due),
            unreached=kinds[AlertKind.NOT_MET] + kinds[AlertKind.REFUSED], hand_overs=len(asked),
            hand_overs_late=sum(now - row["asked_at"] > timedelta(hours=24) for row in asked),
            calls=sum(map(bool, calls_of(here).values())),
        )  # fmt: skip
    total = watch.totals(rows)
    for name in watch.Watched._fields:
        assert getattr(total, name) == sum(getattr(row.counts, name) for row in rows)


def test_those_who_are_to_be_called_are_as_many_as_the_number(seen: Seen) -> None:
    due = {number: count for number, count in calls_of(seen).items() if count}
    listed = calls.due_calls(seen.session, TODAY, limit=1000)
    assert {one.observation_id: len(one.days) for one in listed} == due
    for village in seen.villages:
        here = [one for one in listed if one.village_id == village]
        assert calls.due_calls(seen.session, TODAY, 1000, [village]) == here
        assert calls.due(seen.session, TODAY).get(village, 0) == len(here)


def test_enterprises_back_at_work(seen: Seen) -> None:
    resumed = seen.rows(Resumption, status=ResumptionStatus.RESUMED)
    assert district_day.enterprises(seen.session, TODAY) == (
        len(seen.rows(Enterprise)), len(resumed), sum(row["resumed_on"] == TODAY for row in resumed),
    )  # fmt: skip


@pytest.mark.parametrize(("now", "absent"), [(at(17, 30), "waiting"), (at(17, 31), "missing")])
def test_a_report_is_missing_from_the_deadline_and_a_zero_is_a_report(seen: Seen, now: datetime, absent: str) -> None:
    for report in reporting.reports(seen.session, TODAY, now):
        stored = [row for row in seen.rows(DailyReport, on=TODAY) if row["village_id"] == report.place.id]
        if not stored:
            assert (report.state, report.zero, report.report_id) == (absent, False, None)
            continue
        (row,) = stored
        returned = row["status"] is ReportStatus.RETURNED
        assert report.state == ("returned" if returned else Punctuality(row["punctuality"]).value)
        assert report.reported is not returned
        assert report.zero is not any(row[name] for name in FIGURES)
        assert report.closed is (row["status"] is ReportStatus.CLOSED)
        assert (report.report_id, report.handed_in_at) == (row["id"], row["handed_in_at"])


# ---- the coordinator ----


def test_the_coordinators_counts(seen: Seen) -> None:
    counted = service.service(seen.session, TODAY)
    assert counted.asked == len(seen.rows(Duty, status=DutyStatus.ASKED))
    supplies = Counter(row["status"] for row in seen.rows(Supply))
    assert (counted.supplies, counted.supplies_untaken) == (
        sum(supplies[status] for status in UNDER_WAY), supplies[SupplyStatus.OPEN],
    )  # fmt: skip
    tomorrow = at(0, day=TOMORROW)
    came = [row for row in seen.rows(Assignment, attended=False) if (row["signed_in_at"] or tomorrow) < tomorrow]
    assert counted.to_confirm == len(came)
    away = {row["id"] for row in seen.rows(Volunteer) if row["unavailable_until"] and row["unavailable_until"] >= TODAY}
    today = {row["id"] for row in seen.rows(Duty) if _starts_today(row) and row["status"] is not DutyStatus.CANCELLED}
    known = {row["id"] for row in seen.rows(Volunteer)}
    serving = {row["volunteer_id"] for row in seen.rows(Assignment) if row["duty_id"] in today} & known - away
    assert counted.volunteers == (len(known), len(away), len(serving))
    assert counted.volunteers.free == len(known - away - serving)


def _starts_today(duty: Row) -> bool:
    return at(0) <= duty["starts_at"] < at(0, day=TOMORROW)


def test_short_duties_are_the_open_ones_that_lack_people(seen: Seen) -> None:
    since, until = at(8), at(8, day=TODAY + timedelta(days=7))
    found = service.short_duties(seen.session, since, until, limit=2)

    people = Counter(row["duty_id"] for row in seen.rows(Assignment))
    short = {
        row["id"]: row["needed"] - people[row["id"]]
        for row in sorted(seen.rows(Duty, status=DutyStatus.OPEN), key=lambda row: (row["starts_at"], row["id"]))
        if since <= row["starts_at"] < until and row["needed"] > people[row["id"]]
    }
    assert (found.duties, found.people) == (len(short), sum(short.values()))
    assert [(duty.id, duty.short) for duty in found.first] == list(short.items())[:2]


# ---- the auditor ----


def test_the_trail_at_a_glance(seen: Seen) -> None:
    week, end = at(0, day=TODAY - timedelta(days=6)), at(0, day=TOMORROW)
    rows = [row for row in seen.rows(TrailEntry) if week <= row["at"] < end]
    if seen.villages == EVERYWHERE:  # what belongs to no village is the district's
        rows = [row for row in seen.world.rows[TrailEntry] if week <= row["at"] < end]
    assert audit.deeds(seen.session, week, end) == Counter(row["deed"] for row in rows)
    looks = Counter((row["account_name"], row["deed"]) for row in rows)
    for looker in audit.lookers(seen.session, week, end, limit=10):
        assert looker.exports == looks.pop((looker.name, Deed.EXPORT), 0)
        assert looker.reveals == looks.pop((looker.name, Deed.REVEAL), 0)
    assert not {deed for _, deed in looks} & {Deed.EXPORT, Deed.REVEAL}
    refused = sorted(
        (row for row in rows if row["deed"] in (Deed.REFUSED, Deed.LOGIN_FAILED)),
        key=lambda row: (row["at"], row["id"]),
    )
    latest = audit.latest(seen.session, (Deed.REFUSED, Deed.LOGIN_FAILED), week, limit=3)
    assert [trace.id for trace in latest] == [row["id"] for row in refused[::-1][:3]]


# ---- what it costs ----


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(*given: object) -> None:
        if not str(given[2]).startswith("BEGIN"):
            statements.append(str(given[2]))

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    ("ask", "most"),
    [
        (lambda session: village_day.village_day(session, TODAY), 20),
        (lambda session: district_day.district_day(session, TODAY, at(12)), 15),
        (lambda session: watch.watch(session, TODAY, at(12)), 16),
        (lambda session: service.service(session, TODAY), 6),
    ],
    ids=["village", "district", "watch", "service"],
)
def test_the_number_of_queries_does_not_grow_with_the_district(
    engine: Engine, ask: Callable[[Session], object], most: int
) -> None:
    make(1).store(engine)
    with open_session(engine, Scope.everything("test"), writing=False) as session, counted(engine) as statements:
        ask(session)
    assert len(statements) <= most, statements
