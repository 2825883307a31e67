"""After release some towns phone on days 1, 2, 3, 7 and 14."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from models.base import Invalid
from models.course import Move, move
from models.followup import CallOutcome, CallState, FollowUp, calls_due, calls_of, calls_unmade
from models.observation import Observation
from models.session import Session, remove
from models.summaries import calls
from tests.models.factories import TODAY, District, days_ago, observation, resident

RELEASED = days_ago(8)


@pytest.fixture
def released(session: Session, district: District) -> Observation:
    one = observation(resident(district.nanyuan), began_on=days_ago(22), last_exposure_on=days_ago(22))
    session.add(one)
    session.flush()
    move(session, one, Move.RELEASE, RELEASED, TODAY, signed_by="三人组")
    session.commit()
    return one


def call(of: Observation, day_no: int, **given: object) -> FollowUp:
    on = RELEASED + timedelta(days=day_no)
    return FollowUp(**{"observation": of, "day_no": day_no, "on": on, "outcome": CallOutcome.WELL, **given})


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (0, ()), (1, (1,)), (2, (1, 2)), (6, (1, 2, 3)), (7, (1, 2, 3, 7)), (14, (1, 2, 3, 7, 14)),
        (21, (1, 2, 3, 7, 14)), (22, ()),
    ],
)  # fmt: skip
def test_calls_come_due_on_their_days_and_not_for_ever(released: Observation, day: int, due: tuple[int, ...]) -> None:
    assert calls_due(released, frozenset(), RELEASED + timedelta(days=day)) == due


def test_a_call_that_was_made_closes_those_before_it_and_the_count_says_the_same(
    session: Session, district: District, released: Observation
) -> None:
    """How somebody felt on the second day cannot be asked any more; that nobody asked stays to be seen."""
    session.add_all([call(released, 1), call(released, 3, outcome=CallOutcome.NOT_REACHED)])
    session.commit()
    assert calls_due(released, {1, 3}, TODAY) == (7,)
    assert calls_unmade(released, {1, 3}, TODAY) == {2: CallState.NOT_MADE, 7: CallState.DUE}
    assert calls.due(session, TODAY) == {district.nanyuan.id: 1}
    (one,) = calls.due_calls(session, TODAY, limit=10)
    assert (one.observation_id, one.days) == (released.id, (7,))


def test_after_the_call_of_the_seventh_day_nobody_is_due_before_the_fourteenth(
    session: Session, district: District, released: Observation
) -> None:
    session.add(call(released, 7))
    session.commit()
    assert (calls_due(released, {7}, TODAY), calls.due(session, TODAY)) == ((), {})
    assert calls.due_calls(session, TODAY, limit=10) == []
    later = RELEASED + timedelta(days=14)
    assert calls_due(released, {7}, later) == (14,)
    assert calls.due(session, later) == {district.nanyuan.id: 1}


def test_somebody_who_waits_for_several_calls_is_one_person_to_call(
    session: Session, district: District, released: Observation
) -> None:
    """Whoever is reached once is asked how they are now: the call of the last day closes the others."""
    (one,) = calls.due_calls(session, TODAY, limit=10)
    assert one.days == (1, 2, 3, 7)
    assert calls.due(session, TODAY) == {district.nanyuan.id: 1}
    session.add(call(released, 7))
    session.commit()
    assert calls.due(session, TODAY) == {}


def test_a_call_that_was_made_in_time_may_be_written_down_after_a_later_one(
    session: Session, released: Observation
) -> None:
    session.add(call(released, 7))
    session.commit()
    session.add(call(released, 2))
    session.commit()
    made = calls_of(session, released)
    assert (list(made), list(calls_unmade(released, made, TODAY))) == ([2, 7], [1, 3])


def test_after_three_weeks_what_was_not_asked_is_closed_too(released: Observation) -> None:
    over = RELEASED + timedelta(days=22)
    assert set(calls_unmade(released, {1}, over).values()) == {CallState.NOT_MADE}


def test_nobody_is_called_whose_file_is_in_the_recycle_bin(session: Session, released: Observation) -> None:
    remove(session, released.resident)
    session.commit()
    session.expunge_all()
    session.add(call(session.get_one(Observation, released.id), 1))
    with pytest.raises(Invalid, match="recycle bin"):
        session.flush()


def test_who_is_observed_again_is_not_called(session: Session, released: Observation) -> None:
    move(session, released, Move.REOPEN, TODAY, TODAY, reason="又接触")
    session.commit()
    assert calls_due(released, frozenset(), TODAY) == ()
    assert calls.due(session, TODAY) == {}
    session.add(call(released, 7))
    with pytest.raises(Invalid, match="has not been released"):
        session.flush()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"day_no": 4}, "day_no"), ({"on": RELEASED}, "on"), ({"on": TODAY + timedelta(days=1)}, "on"),
        ({"day_no": 14, "on": TODAY}, "day_no"), ({"day_no": 7, "on": RELEASED + timedelta(days=6)}, "day_no"),
    ],
)  # fmt: skip
def test_a_call_that_cannot_have_been_or_comes_before_its_day_is_refused(
    session: Session, released: Observation, given: dict[str, object], field: str
) -> None:
    session.add(call(released, **{"day_no": 1, **given}))
    with pytest.raises(Invalid) as error:
        session.flush()
    assert field in [problem.field for problem in error.value.problems]


def test_each_call_is_made_once(session: Session, released: Observation) -> None:
    session.add(call(released, 1))
    session.commit()
    session.add(call(released, 1, on=TODAY))
    with pytest.raises(Invalid, match="recorded already"):
        session.commit()


def test_two_who_record_the_same_call_at_once_are_told_apart_by_the_database(
    session: Session, released: Observation, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.add(call(released, 1))
    session.commit()
    monkeypatch.setattr(FollowUp, "_made_already", lambda self, released_on: False)
    session.add(call(released, 1))
    with pytest.raises(IntegrityError):
        session.commit()


def test_who_is_released_a_second_time_is_called_anew(
    session: Session, district: District, released: Observation
) -> None:
    """The calls after the first release say nothing of how somebody is after the second."""
    session.add_all([call(released, 1), call(released, 7)])
    session.commit()
    move(session, released, Move.REOPEN, days_ago(1), TODAY, reason="又接触")
    move(session, released, Move.RELEASE, days_ago(1), TODAY, signed_by="三人组", reason="检测阴性", consent=True)
    session.commit()
    assert calls_due(released, calls_of(session, released), TODAY) == (1,)
    assert calls.due(session, TODAY) == {district.nanyuan.id: 1}
    session.add(call(released, 1, on=TODAY))
    session.commit()
    assert calls.due_calls(session, TODAY, limit=10) == [] and calls.due(session, TODAY) == {}
