"""The moves: what can be done from where, what each leaves behind, and what is refused in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from models import course, entering, round
from models.alert import Alert
from models.base import Base, Invalid
from models.course import EVENTS, MOVES, Move, move
from models.event import ObservationEvent, told
from models.observation import Observation
from models.resident import FileStatus, Resident
from models.session import Session, remove, restore
from models.states import EventKind, ObservationKind, ObservationStatus, Period
from models.trail import TrailEntry
from models.visit import Visit
from tests.models.factories import NOON, TODAY, District, days_ago, keeper_of, observation, resident, visit

S = ObservationStatus
Acting = Callable[[Any], Session]
WORDS = {"where": "区集中点", "signed_by": "三人组", "reason": "理由"}
ROUTES: dict[ObservationStatus, tuple[Move, ...]] = {
    S.OBSERVED: (),
    S.RELEASED: (Move.RELEASE,),
    S.CENTRAL: (Move.TO_CENTRAL,),
    S.HOSPITAL: (Move.TO_HOSPITAL,),
    S.CONFIRMED: (Move.CONFIRM,),
    S.LOST: (Move.LOSE,),
    S.EXCLUDED: (Move.EXCLUDE,),
}


@pytest.fixture
def database_url(request: pytest.FixtureRequest, sqlite_database_url: str) -> str:
    """The moves are Python: one database will do, unless a test asks for the other."""
    wanted = getattr(request, "param", "sqlite")
    found: str = request.getfixturevalue("postgres_database_url") if wanted == "postgresql" else sqlite_database_url
    return found


@pytest.fixture
def watched(session: Session, district: District) -> Observation:
    one = observation(resident(district.nanyuan), began_on=days_ago(5), last_exposure_on=days_ago(5))
    session.add(one)
    session.commit()
    return one


def go(session: Session, of: Observation, step: Move, on: int = 0, **given: Any) -> ObservationEvent:
    done = move(session, of, step, days_ago(on), TODAY, **{**WORDS, "consent": True, **given})
    session.commit()
    return done


def refused(session: Session, of: Observation, step: Move, on: int = 0, **given: Any) -> list[tuple[str, str]]:
    """At which fields a move is refused and why; nothing may have changed."""
    before = of.version, session.scalar(select(func.count(TrailEntry.id)))
    with pytest.raises(Invalid) as error:
        move(session, of, step, days_ago(on), TODAY, **{**WORDS, "consent": True, **given})
    session.rollback()
    session.refresh(of)
    assert (of.version, session.scalar(select(func.count(TrailEntry.id)))) == before
    return [(problem.field, problem.message % problem.params) for problem in error.value.problems]


# ---- the table of moves ----


@pytest.mark.parametrize("start", ROUTES)
@pytest.mark.parametrize("step", Move)
def test_a_move_is_done_where_the_table_has_it_and_refused_with_what_is_possible_elsewhere(
    session: Session, watched: Observation, start: ObservationStatus, step: Move
) -> None:
    for before in ROUTES[start]:
        go(session, watched, before)
    if step in MOVES[start]:
        event = go(session, watched, step)
        assert (event.was, event.became, event.kind) == (start, MOVES[start][step], EVENTS[step])
        assert watched.status is MOVES[start][step]
        assert watched.resident.status is FileStatus(watched.status.value)
        return
    ((field, words),) = refused(session, watched, step)
    assert field == "move"
    assert all(possible.label in words for possible in MOVES[start])


def test_a_state_does_not_change_without_a_move(session: Session, watched: Observation) -> None:
    watched.status = S.LOST
    with pytest.raises(Invalid, match="status"):
        session.flush()


def test_a_move_is_of_a_day_that_has_come_and_of_nothing_before_the_last(
    session: Session, watched: Observation
) -> None:
    go(session, watched, Move.LOSE, 2)
    assert refused(session, watched, Move.FIND, -1) == [("on", "This day is in the future.")]
    assert refused(session, watched, Move.FIND, 3) == [("on", "Something that happened later is on record already.")]
    go(session, watched, Move.FIND, 2)


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"reason": "", "consent": True}, {"reason"}),
        ({"reason": "专家意见", "consent": False}, {""}),
        ({"reason": " ", "consent": False}, {"reason", ""}),
        ({"signed_by": ""}, {"signed_by"}),
    ],
)
def test_a_release_before_the_term_needs_a_reason_the_districts_consent_and_a_signature(
    session: Session, watched: Observation, given: dict[str, Any], fields: set[str]
) -> None:
    assert {field for field, _ in refused(session, watched, Move.RELEASE, **given)} == fields
    go(session, watched, Move.RELEASE)
    assert (watched.released_on, watched.signed_by, watched.release_reason) == (TODAY, "三人组", "理由")


def test_a_release_at_the_end_of_the_term_needs_the_signature_only(session: Session, watched: Observation) -> None:
    course.correct_end(session, watched, TODAY, "专家意见", TODAY)
    session.commit()
    go(session, watched, Move.RELEASE, reason="", consent=False)
    assert watched.status is S.RELEASED


def test_coming_back_takes_back_what_leaving_wrote(session: Session, watched: Observation) -> None:
    go(session, watched, Move.TO_CENTRAL, 3)
    assert (watched.kind, watched.place, watched.transferred_on) == (ObservationKind.CENTRAL, "区集中点", days_ago(3))
    go(session, watched, Move.BACK_HOME, 1)
    assert (watched.kind, watched.place, watched.transferred_on, watched.transferred_to) == (
        ObservationKind.HOME, None, None, None,
    )  # fmt: skip


def test_an_end_is_corrected_with_a_reason_that_stays(session: Session, watched: Observation) -> None:
    far = watched.began_on + timedelta(days=61)
    for ends, reason, field in ((days_ago(6), "x", "ends_on"), (far, "x", "ends_on"), (TODAY, " ", "reason")):
        with pytest.raises(Invalid) as error:
            course.correct_end(session, watched, ends, reason, TODAY)
        assert [problem.field for problem in error.value.problems] == [field]
    course.correct_end(session, watched, TODAY + timedelta(days=2), "又与亲属同住", TODAY)
    session.commit()
    assert (watched.ends_on, watched.resident.due_on) == (TODAY + timedelta(days=2),) * 2
    assert [(e.kind, e.note) for e in told(watched)][1:] == [(EventKind.CORRECTED, "又与亲属同住")]


# ---- one person, one observation ----


def test_nobody_is_observed_twice_at_once(session: Session, watched: Observation) -> None:
    session.add(observation(watched.resident))
    with pytest.raises(Invalid, match="resident: This person is under observation already"):
        session.flush()
    session.rollback()
    go(session, watched, Move.RELEASE)
    again = observation(watched.resident, began_on=TODAY)
    session.add(again)
    session.commit()
    with pytest.raises(Invalid, match="under observation already"):
        go(session, watched, Move.REOPEN)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite lets one writer look at a time
def test_two_who_open_an_observation_at_once_are_told_apart(
    session: Session, district: District, acting: Acting
) -> None:
    file = resident(district.nanyuan)
    session.add(file)
    session.commit()
    other = acting(keeper_of(district.nanyuan))
    session.add(observation(file))
    session.flush()
    other.connection().exec_driver_sql("SET lock_timeout = '200ms'")
    other.add(observation(other.get_one(Resident, file.id)))
    with pytest.raises(Exception, match="lock timeout"):  # it waits for the first to be done
        other.flush()
    other.rollback()
    session.commit()
    other.add(observation(other.get_one(Resident, file.id)))
    with pytest.raises(Invalid, match="under observation already"):
        other.flush()


def test_a_file_stands_where_the_observation_that_is_not_over_stands(session: Session, watched: Observation) -> None:
    go(session, watched, Move.RELEASE, 2)
    now = observation(watched.resident, began_on=days_ago(1))
    session.add(now)
    session.commit()
    watched.days = 20  # somebody mends the old one
    session.commit()
    assert (watched.resident.status, watched.resident.due_on) == (FileStatus.OBSERVED, now.ends_on)


# ---- the recycle bin ----


def live(session: Session, cls: type[Base]) -> int:
    return len(session.scalars(select(cls)).all())


def test_events_visits_and_alerts_go_into_the_bin_with_their_observation_and_come_out_with_it(
    session: Session, watched: Observation
) -> None:
    kept = visit(watched, temperature=38)
    gone = visit(watched, on=days_ago(1), late_reason="补")
    session.add_all([kept, gone])
    session.commit()
    remove(session, gone)
    session.commit()
    there = [live(session, cls) for cls in (Observation, ObservationEvent, Visit, Alert)]
    remove(session, watched)
    session.commit()
    assert [live(session, cls) for cls in (Observation, ObservationEvent, Visit, Alert)] == [0, 0, 0, 0]
    assert (watched.resident.status, watched.resident.due_on) == (FileStatus.PENDING, None)
    restore(watched)
    session.commit()
    assert [live(session, cls) for cls in (Observation, ObservationEvent, Visit, Alert)] == there == [1, 1, 1, 1]
    assert (watched.resident.status, watched.resident.due_on) == (FileStatus.OBSERVED, watched.ends_on)


def test_what_is_in_the_bin_does_not_come_back_beside_another(session: Session, watched: Observation) -> None:
    remove(session, watched)
    session.commit()
    session.add(observation(watched.resident, began_on=TODAY))
    session.commit()
    restore(watched)
    with pytest.raises(Invalid, match="under observation already"):
        session.flush()


@pytest.mark.parametrize("step", [None, Move.TO_CENTRAL, Move.TO_HOSPITAL, Move.CONFIRM, Move.LOSE])
def test_a_file_stays_as_long_as_its_observation_is_not_over(
    session: Session, watched: Observation, step: Move | None
) -> None:
    if step is not None:
        move(session, watched, step, TODAY, TODAY, where="某处", reason="理由")
        session.commit()
    remove(session, watched.resident)
    with pytest.raises(Invalid, match="observation is not over"):
        session.flush()
    session.rollback()
    if step is Move.CONFIRM:
        move(session, watched, Move.RECOVER, TODAY, TODAY, reason="理由")
    elif step is Move.LOSE:
        move(session, watched, Move.FIND, TODAY, TODAY, reason="理由")
    move(session, watched, Move.EXCLUDE, TODAY, TODAY, reason="误开")
    remove(session, watched.resident)
    session.commit()


def test_an_observation_stays_in_the_bin_as_long_as_its_file_does(session: Session, watched: Observation) -> None:
    remove(session, watched)
    session.commit()
    remove(session, watched.resident)
    session.commit()
    session.expunge_all()
    restore(session.get_one(Observation, watched.id, execution_options={"deleted": True}))
    with pytest.raises(Invalid, match="recycle bin: restore it first"):
        session.flush()


def test_whose_file_lies_in_the_bin_is_in_the_round_and_an_act_says_what_to_do_first(
    session: Session, watched: Observation
) -> None:
    """Files went there from under their observations before that was refused."""
    file = update(Resident.__table__).where(Resident.id == watched.resident_id)  # type: ignore[arg-type]
    session.connection().execute(file.values(deleted_at=NOON, deleted_by="甲"))
    session.commit()
    session.expire_all()
    (one,) = round.expected(session, watched.village_id, TODAY, Period.AM, NOON)
    assert one.observation_id == watched.id
    in_the_bin = [("", "This person's file is in the recycle bin: restore it first.")]
    assert refused(session, watched, Move.LOSE) == in_the_bin
    entry = entering.Entry("00000000-0000-4000-8000-000000000001", watched.id, TODAY, Period.AM, 36.5, taken_at=NOON)  # type: ignore[arg-type]
    with pytest.raises(Invalid, match="recycle bin"):
        entering.record(session, entry, NOON)
