"""The slots counted in SQL are those that the rule tells of each observation, on any day of its course; and those of a
district that has lived are what its trail tells."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, insert, select

from models import round
from models.event import ObservationEvent
from models.observation import Observation
from models.scope import Scope
from models.session import Session
from models.spans import expected_slots, responsible, spans
from models.states import EventKind, How, ObservationKind, ObservationStatus, Outcome, Period
from models.summaries import slot_names, slots
from models.summaries.slots import SlotCount
from models.summaries.span import Span
from models.visit import Visit
from tests.models.summaries import slots_told
from tests.models.summaries.lived import VILLAGE
from tests.models.summaries.weeks import looking_at
from tests.models.summaries.world import TODAY, VILLAGES, Row, World, at, make

S = ObservationStatus
near = st.integers(-16, 3).map(lambda days: TODAY + timedelta(days=days))
NOW = at(12)
SIGNED = {"resident_id": 1, "version": 1, "created_at": NOW, "updated_at": NOW, "updated_by": "test"}


@dataclass(frozen=True)
class Stay:
    """A state in a village, and after how many days it ended."""

    status: ObservationStatus
    village_id: int
    days: int


stays = st.builds(
    Stay, st.sampled_from([S.OBSERVED, S.OBSERVED, *ObservationStatus]), st.sampled_from(VILLAGES), st.integers(0, 6)
)


@dataclass(frozen=True)
class Course:
    """A whole course: where it began, its stays, the last of which lasts, and the visits of the day that is asked."""

    began: date
    first: Period
    stays: list[Stay]
    visits: dict[Period, Outcome]
    is_double: bool = False  # ruled out from its beginning, with its visits


courses = st.builds(
    Course,
    near,
    st.sampled_from(Period),
    st.lists(stays, min_size=1, max_size=4),
    st.dictionaries(st.sampled_from(Period), st.sampled_from(Outcome)),
    st.booleans(),
)


def rows_of(course: Course, number: int) -> tuple[Row, list[Row]]:
    """An observation and its events, as the acts would have written them."""
    since, period, events = course.began, course.first, []
    for stay, after in zip(course.stays, course.stays[1:], strict=False):
        until = since + timedelta(days=stay.days)
        events.append(
            {
                **SIGNED, "village_id": stay.village_id, "observation_id": number, "kind": EventKind.CORRECTED,
                "was": stay.status, "became": after.status if after.village_id == stay.village_id else None,
                "since": since, "since_period": period, "on": until,
            }
        )  # fmt: skip
        period = period if until == since else Period.AM
        since = until
    last = course.stays[-1]
    observation = {
        **SIGNED, "id": number, "village_id": last.village_id, "kind": ObservationKind.HOME, "status": last.status,
        "began_on": course.began, "first_period": course.first, "ends_on": course.began + timedelta(days=14),
        "since": since, "since_period": period, "days": 14, "became_suspected": False,
    }  # fmt: skip
    if course.is_double and last.status is S.OBSERVED:
        left = since + timedelta(days=last.days)
        gone = {"was": S.OBSERVED, "became": S.EXCLUDED, "since": left, "since_period": Period.AM, "on": left}
        event = {**SIGNED, "village_id": last.village_id, "observation_id": number, "kind": EventKind.EXCLUDED, **gone}
        events.append(event)
        observation |= {"status": S.EXCLUDED, "since": left, "since_period": Period.AM}
    return observation, events


def visits_of(course: Course, number: int, on: date) -> Iterator[Row]:
    """The visits of the day that the rules took, each in the village whose slot it was."""
    observation, events = rows_of(course, number)
    there = spans(Observation(**observation), [ObservationEvent(**event) for event in events])
    if course.is_double:  # its visits were paid before anybody knew
        known = [*course.stays, Stay(S.EXCLUDED, course.stays[-1].village_id, 0)]
        observation, events = rows_of(replace(course, stays=known, is_double=False), number)
        there += spans(Observation(**observation), [ObservationEvent(**event) for event in events])
    for period, outcome in course.visits.items():
        villages = [span.village_id for span in there if span.takes(on, period)]
        if villages:
            yield {
                **SIGNED, "village_id": villages[-1], "observation_id": number, "on": on, "period": period,
                "how": How.DOOR, "outcome": outcome, "symptoms": [], "late": False,
            }  # fmt: skip


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """A district without observations, as nobody but this test sees it."""
    world = make(1)
    world.rows = {
        cls: rows for cls, rows in world.rows.items() if cls.__tablename__ in ("township", "village", "resident")
    }
    world.store(engine)
    with engine.connect() as connection:
        yield connection


@given(made=st.lists(courses, max_size=8), on=near)
# every example leaves the database as it found it
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_sql_expects_what_the_rule_expects(connection: Connection, made: list[Course], on: date) -> None:
    with connection.begin() as transaction, Session(connection) as session:
        told, paid = stored(connection, session, made, [on])
        by_rule: dict[tuple[int, Period], set[int]] = {}
        for observation in session.scalars(select(Observation)):
            events = [ObservationEvent(**event) for event in told[observation.id][1]]
            for period in expected_slots(observation, events, on):
                span = responsible(observation, events, on)
                assert span is not None
                by_rule.setdefault((span.village_id, period), set()).add(observation.id)
        found = slots.counted(session, on, VILLAGES)  # anew: what these rows are is in no trail
        counted = {(v, p): count for v, part in found.items() for p, count in part.items() if count.expected}
        listed = {
            period: {row.observation_id for row in slot_names.still_open(session, on, period, limit=100)}
            for period in Period
        }
        walked = {
            (village, period): {one.observation_id for one in round.expected(session, village, on, period, NOW)}
            for village in VILLAGES
            for period in Period
        }
        transaction.rollback()
    done = {(v["village_id"], v["period"], v["observation_id"]): v["outcome"] for v in paid}
    assert counted == {slot: counts_of(slot, them, done) for slot, them in by_rule.items()}
    assert listed == {
        period: {n for slot, them in by_rule.items() for n in them if slot[1] is period and (*slot, n) not in done}
        for period in Period
    }
    assert walked == {slot: by_rule.get(slot, set()) for slot in walked}


def stored(
    connection: Connection, session: Session, made: list[Course], days: list[date]
) -> tuple[dict[int, tuple[Row, list[Row]]], list[Row]]:
    """The courses by number, and their visits of some days, as they were written."""
    session.act_as(Scope.everything("test"))
    numbered = list(zip(made, count(1)))
    told = {number: rows_of(course, number) for course, number in numbered}
    paid = [row for course, number in numbered for day in days for row in visits_of(course, number, day)]
    for cls, rows in (
        (Observation, [observation for observation, _ in told.values()]),
        (ObservationEvent, [event for _, events in told.values() for event in events]),
        (Visit, paid),
    ):
        if rows:
            connection.execute(insert(cls), rows)
    return told, paid


@given(made=st.lists(courses, max_size=8), first=near, length=st.integers(1, 6))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_slots_of_many_days_are_those_of_each(
    connection: Connection, made: list[Course], first: date, length: int
) -> None:
    span = Span(first, first + timedelta(days=length - 1))
    with connection.begin() as transaction, Session(connection) as session:
        _, paid = stored(connection, session, made, list(span.days()))
        each = {
            (day, village, period): count
            for day in span.days()
            for village, part in slots.counted(session, day, VILLAGES).items()
            for period, count in part.items()
            if count.expected
        }
        expected, beside = (counted(session, span, VILLAGES) for counted in (slots.expected, slots.beside))
        named = {
            slot: len(slot_names.expected(session, day, period, 100, [village], visited=True))
            for slot in each
            for day, village, period in [slot]
        }
        beside_named = {
            (day, village, period): len(slot_names.beside(session, day, period, 100, [village]))
            for day in span.days()
            for village in VILLAGES
            for period in Period
        }
        transaction.rollback()
    all_paid = Counter((row["on"], row["village_id"], row["period"]) for row in paid)
    assert expected == {slot: counts.expected for slot, counts in each.items()}
    assert {slot: all_paid[slot] - beside[slot] for slot in each} == {slot: c.done for slot, c in each.items()} == named
    assert beside == {slot: count for slot, count in beside_named.items() if count}
    assert not {slot for slot in all_paid if slot not in each and all_paid[slot] != beside[slot]}


def counts_of(slot: tuple[int, Period], them: set[int], done: dict[tuple[int, Period, int], Outcome]) -> SlotCount:
    """What a plain loop counts."""
    found = [done[(*slot, number)] for number in them if (*slot, number) in done]
    return SlotCount(len(them), len(found), sum(outcome in (Outcome.NOT_MET, Outcome.REFUSED) for outcome in found))


# ---- what the trail tells ----


@pytest.mark.parametrize("village", ["", VILLAGE])
def test_sql_expects_what_the_trail_tells(lived_engine: Engine, told: World, village: str) -> None:
    with looking_at(lived_engine, told, village) as seen:
        for on in (TODAY - timedelta(days=ago) for ago in (0, 1, 4, 9)):
            expected = {
                (place.id, period): count
                for place in seen.places
                for period in Period
                if (count := slots_told.slot(told, place.id, on, period)).expected
            }
            found = {slot: count for slot, count in slots.counts(seen.session, on).items() if count.expected}
            assert found == expected
            for period in Period:
                named = slot_names.expected(seen.session, on, period, 10_000, None)
                waited = {(p.id, n) for p in seen.places for n in slots_told.expected(told, p.id, on, period)}
                assert {(one.village_id, one.observation_id) for one in named} == waited
                assert len(named) == len(waited)
                unvisited = slot_names.still_open(seen.session, on, period, 10_000)
                assert len(unvisited) == sum(c.open for (_, of), c in expected.items() if of is period)
