"""Who is expected when: told by an observation and its events for every day, whatever happened since."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import handover
from models.base import Invalid
from models.course import MOVES, NEEDS, Move, move
from models.event import ObservationEvent, told
from models.observation import Observation
from models.resident import FileStatus
from models.session import Session
from models.spans import Span, expected_slots, responsible, spans
from models.states import ObservationKind, ObservationStatus, Outcome, Period
from tests.models.factories import NOON, TODAY, District, days_ago, event, observation, resident, visit

S = ObservationStatus
BOTH = (Period.AM, Period.PM)
BEGAN = date(2020, 2, 1)


def at_home(**given: Any) -> Observation:
    period = given.get("since_period", Period.AM)
    present = {"status": S.OBSERVED, "village_id": 1, "since": BEGAN, "since_period": period, **given}
    return Observation(**{"began_on": BEGAN, "ends_on": BEGAN + timedelta(days=14), **present})


def ended(was: ObservationStatus, since: int, on: int, village_id: int = 1, **given: Any) -> ObservationEvent:
    days = {"since": BEGAN + timedelta(days=since), "on": BEGAN + timedelta(days=on)}
    return ObservationEvent(was=was, village_id=village_id, since_period=Period.AM, **days, **given)


def on(day: int) -> date:
    return BEGAN + timedelta(days=day)


# ---- the rule ----


@given(st.integers(-5, 40))
def test_two_slots_are_expected_from_the_first_day_until_somebody_signs_off(day: int) -> None:
    """The end of the term ends nothing: who awaits release is measured."""
    assert expected_slots(at_home(), [], on(day)) == (BOTH if day >= 0 else ())


def test_somebody_taken_in_the_afternoon_is_not_missed_that_morning() -> None:
    late = at_home(since_period=Period.PM)
    assert expected_slots(late, [], BEGAN) == (Period.PM,)
    assert expected_slots(late, [], on(1)) == BOTH


@pytest.mark.parametrize("left", [S.RELEASED, S.CENTRAL, S.HOSPITAL, S.CONFIRMED, S.LOST, S.EXCLUDED])
def test_nobody_is_expected_from_the_day_of_leaving_on(left: ObservationStatus) -> None:
    gone, events = at_home(status=left, since=on(5)), [ended(S.OBSERVED, 0, 5, became=left)]
    assert [bool(expected_slots(gone, events, on(day))) for day in range(-1, 8)] == [False] + [True] * 5 + [False] * 3


def test_the_days_of_absence_are_never_expected_in_retrospect() -> None:
    back = at_home(since=on(8))
    events = [ended(S.OBSERVED, 0, 3, became=S.LOST), ended(S.LOST, 3, 8, became=S.OBSERVED)]
    assert [day for day in range(12) if expected_slots(back, events, on(day))] == [0, 1, 2, 8, 9, 10, 11]


def test_a_hand_over_leaves_every_day_to_the_village_that_was_responsible() -> None:
    theirs = at_home(village_id=2, since=on(4))
    events = [ended(S.OBSERVED, 0, 4, became=None)]
    assert {day: responsible(theirs, events, on(day)).village_id for day in range(8)} == {  # type: ignore[union-attr]
        **dict.fromkeys(range(4), 1),
        **dict.fromkeys(range(4, 8), 2),
    }
    assert responsible(theirs, events, on(-1)) is None


def test_a_correction_ends_nothing() -> None:
    corrected = ObservationEvent(was=S.OBSERVED, became=S.OBSERVED, on=on(3), village_id=1)
    assert spans(at_home(), [corrected]) == [Span(S.OBSERVED, 1, BEGAN, Period.AM)]


# ---- what the acts write ----


@pytest.fixture
def database_url(sqlite_database_url: str) -> str:
    return sqlite_database_url


@pytest.fixture
def watched(session: Session, district: District) -> Observation:
    one = observation(resident(district.nanyuan), began_on=days_ago(10), last_exposure_on=days_ago(10))
    session.add(one)
    session.commit()
    return one


def go(session: Session, of: Observation, step: Move, ago: int) -> None:
    words = dict.fromkeys(NEEDS.get(step, ()), "理由")
    move(session, of, step, days_ago(ago), TODAY, consent=True, **{"reason": "理由", **words})
    session.commit()


def expected_days(of: Observation) -> list[int]:
    """How many days ago the person was expected."""
    return [ago for ago in range(12, -1, -1) if expected_slots(of, told(of), days_ago(ago))]


def test_every_move_says_since_when(session: Session, watched: Observation) -> None:
    for step, ago in ((Move.LOSE, 8), (Move.FIND, 7), (Move.TO_CENTRAL, 5), (Move.BACK_HOME, 3), (Move.RELEASE, 1)):
        go(session, watched, step, ago)
        assert watched.since == days_ago(ago)
    assert expected_days(watched) == [10, 9, 7, 6, 3, 2]
    states = [(span.status, span.since, span.until) for span in spans(watched, told(watched))]
    assert states == [
        (S.OBSERVED, days_ago(10), days_ago(8)),
        (S.LOST, days_ago(8), days_ago(7)),
        (S.OBSERVED, days_ago(7), days_ago(5)),
        (S.CENTRAL, days_ago(5), days_ago(3)),
        (S.OBSERVED, days_ago(3), days_ago(1)),
        (S.RELEASED, days_ago(1), None),
    ]


def test_a_hand_over_says_since_when_and_takes_the_visits_of_its_day_along(
    session: Session, district: District, watched: Observation
) -> None:
    yesterday = visit(watched, on=days_ago(1), late_reason="补")
    this_morning = visit(watched)
    session.add_all([yesterday, this_morning])
    session.commit()
    asked = handover.ask(session, watched.resident, district.chaoyang.id, "搬家", "甲", NOON)
    session.commit()
    handover.accept(session, asked, "乙", NOON, TODAY)
    session.commit()
    theirs = session.get_one(Observation, watched.id)
    assert (theirs.since, theirs.village_id) == (TODAY, district.chaoyang.id)
    villages = [responsible(theirs, told(theirs), days_ago(ago)).village_id for ago in (10, 1, 0)]  # type: ignore[union-attr]
    assert villages == [district.nanyuan.id, district.nanyuan.id, district.chaoyang.id]
    paid = {
        session.get_one(type(v), v.id).on: session.get_one(type(v), v.id).village_id for v in (yesterday, this_morning)
    }
    assert paid == {days_ago(1): district.nanyuan.id, TODAY: district.chaoyang.id}


@pytest.mark.parametrize("kind", [ObservationKind.CENTRAL, ObservationKind.HOSPITAL])
def test_central_and_hospital_observation_start_as_such(
    session: Session, district: District, kind: ObservationKind
) -> None:
    there = observation(resident(district.nanyuan), kind=kind)
    session.add(there)
    session.commit()
    assert there.status.value == kind.value
    assert [(e.was, e.became) for e in told(there)] == [(None, there.status)]
    assert there.resident.status is FileStatus(kind.value)
    assert expected_days(there) == []
    assert Move.BACK_HOME in MOVES[there.status]


def test_an_event_that_ends_a_state_says_since_when(session: Session, watched: Observation) -> None:
    session.add(event(watched, was=S.OBSERVED, became=S.LOST))
    with pytest.raises(Invalid, match="since"):
        session.flush()


# ---- the first day, corrected ----


def test_a_corrected_first_day_moves_the_event_and_the_first_span(session: Session, watched: Observation) -> None:
    watched.began_on, watched.first_period = days_ago(9), Period.PM
    session.commit()
    assert (watched.since, watched.since_period) == (days_ago(9), Period.PM)
    assert [e.on for e in told(watched)] == [days_ago(9)]
    go(session, watched, Move.RELEASE, 2)
    watched.began_on = days_ago(8)
    session.commit()
    assert watched.since == days_ago(2)
    assert [(e.on, e.since) for e in told(watched)] == [(days_ago(8), None), (days_ago(2), days_ago(8))]


@pytest.mark.parametrize(("ago", "problem"), [(1, "happened earlier"), (3, "earlier visit")])
def test_a_first_day_that_contradicts_what_is_on_record_is_refused(
    session: Session, watched: Observation, ago: int, problem: str
) -> None:
    session.add(visit(watched, on=days_ago(4), late_reason="补"))
    session.commit()
    go(session, watched, Move.RELEASE, 2)
    watched.began_on = days_ago(ago)
    with pytest.raises(Invalid, match=f"began_on: .*{problem}"):
        session.flush()


def test_the_kind_changes_by_a_move_only(session: Session, watched: Observation) -> None:
    watched.kind = ObservationKind.HOSPITAL
    with pytest.raises(Invalid, match="kind"):
        session.flush()


# ---- visits ----


@pytest.mark.parametrize(
    ("moves", "ago", "field"),
    [
        ([], 11, {"on"}),
        ([], 10, set()),
        ([(Move.RELEASE, 3)], 4, set()),
        ([(Move.RELEASE, 3)], 3, set()),  # that morning, before leaving
        ([(Move.RELEASE, 3)], 2, {"on"}),
        ([(Move.LOSE, 3)], 2, {"on"}),
        ([(Move.EXCLUDE, 3)], 0, {"on"}),
        ([(Move.TO_CENTRAL, 6), (Move.BACK_HOME, 3)], 5, {"on"}),
        ([(Move.TO_CENTRAL, 6), (Move.BACK_HOME, 3)], 3, set()),
    ],
)
def test_a_visit_is_of_a_day_on_which_the_person_was_there(
    session: Session, watched: Observation, moves: list[tuple[Move, int]], ago: int, field: set[str]
) -> None:
    for step, day in moves:
        go(session, watched, step, day)
    session.add(visit(watched, on=days_ago(ago), late_reason="补"))
    try:
        session.flush()
        refused = set()
    except Invalid as error:
        refused = {problem.field for problem in error.problems}
    assert refused == field


def test_a_visit_after_leaving_is_refused_with_the_day(session: Session, watched: Observation) -> None:
    go(session, watched, Move.RELEASE, 3)
    session.add(visit(watched))
    with pytest.raises(Invalid) as error:
        session.flush()
    (problem,) = error.value.problems
    assert (problem.field, problem.message % problem.params) == ("on", f"The person left on {days_ago(3)}.")


def test_nobody_is_measured_in_the_morning_of_a_day_that_began_in_the_evening(
    session: Session, district: District
) -> None:
    late = observation(resident(district.nanyuan), began_on=TODAY, last_exposure_on=TODAY, first_period=Period.PM)
    session.add(late)
    session.commit()
    session.add(visit(late))
    with pytest.raises(Invalid, match="period"):
        session.flush()


@pytest.mark.parametrize("outcome", [Outcome.NORMAL, Outcome.NOT_MET])
def test_nobody_leaves_before_a_visit_that_is_on_record(
    session: Session, watched: Observation, outcome: Outcome
) -> None:
    session.add(visit(watched, on=days_ago(2), late_reason="补", outcome=outcome, **_measured(outcome)))
    session.commit()
    with pytest.raises(Invalid, match="on: Something that happened later"):
        go(session, watched, Move.LOSE, 3)
    go(session, watched, Move.LOSE, 2)


def _measured(outcome: Outcome) -> dict[str, Any]:
    return {} if outcome.measured else {"temperature": None}
