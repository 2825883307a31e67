"""Alerts: what gives one, in whatever order the entries arrive, and how it is taken and closed."""

from __future__ import annotations

from itertools import permutations

import pytest
from sqlalchemy import select

from models.alert import Alert, AlertKind, AlertStatus
from models.base import Invalid
from models.observation import Observation
from models.session import Session
from models.states import Outcome, Period, Symptom
from models.visit import Visit
from tests.models.factories import NOON, TODAY, District, days_ago, observation, resident, visit

SLOTS = [(days_ago(1), Period.AM), (days_ago(1), Period.PM), (TODAY, Period.AM), (TODAY, Period.PM)]


@pytest.fixture
def database_url(sqlite_database_url: str) -> str:
    return sqlite_database_url


@pytest.fixture
def watched(session: Session, district: District) -> Observation:
    one = observation(resident(district.nanyuan), began_on=days_ago(5), last_exposure_on=days_ago(5))
    session.add(one)
    session.commit()
    return one


def pay(session: Session, of: Observation, slot: int, outcome: Outcome) -> Visit:
    on, period = SLOTS[slot]
    told = {} if outcome.measured else {"temperature": None}
    one = visit(of, on=on, period=period, outcome=outcome, late_reason="补" if on < TODAY else None, **told)
    session.add(one)
    session.commit()
    return one


def raised(session: Session) -> list[tuple[AlertKind, int]]:
    """Which alerts there are, each with the slot of its visit."""
    return sorted(
        (alert.kind, SLOTS.index((alert.visit.on, alert.visit.period))) for alert in session.scalars(select(Alert))
    )


@pytest.mark.parametrize(
    ("given", "kinds"),
    [
        ({"temperature": 37.2}, []),
        ({"temperature": 37.3}, [AlertKind.FEVER]),
        ({"temperature": 38, "symptoms": [Symptom.COUGH]}, [AlertKind.FEVER]),
        ({"temperature": 36.5, "symptoms": [Symptom.COUGH]}, [AlertKind.SYMPTOM]),
        ({"temperature": 36.5, "symptoms": [Symptom.WELL]}, []),
    ],
)
def test_a_fever_or_a_symptom_gives_an_alert(
    session: Session, watched: Observation, given: dict[str, object], kinds: list[AlertKind]
) -> None:
    session.add(visit(watched, **given))
    session.commit()
    assert [alert.kind for alert in session.scalars(select(Alert))] == kinds


def test_a_mended_visit_gives_the_alert_that_it_now_deserves_once(session: Session, watched: Observation) -> None:
    paid = visit(watched)
    session.add(paid)
    session.commit()
    for degrees in (38, 38.5, 36.5):
        paid.temperature = degrees  # type: ignore[assignment]
        session.commit()
    (alert,) = session.scalars(select(Alert)).all()  # it does not go away by itself
    assert (alert.kind, alert.status) == (AlertKind.FEVER, AlertStatus.RAISED)


@pytest.mark.parametrize("outcome", [Outcome.NOT_MET, Outcome.REFUSED])
@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_third_in_a_row_gives_an_alert_in_whatever_order_they_arrive(
    session: Session, watched: Observation, order: tuple[int, ...], outcome: Outcome
) -> None:
    for number, slot in enumerate(order):
        assert raised(session) == [], number
        pay(session, watched, slot, outcome)
    assert raised(session) == [(AlertKind(outcome.value), 2)]


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_one_who_was_met_in_between_breaks_the_row(
    session: Session, watched: Observation, order: tuple[int, ...]
) -> None:
    outcomes = [Outcome.NOT_MET, Outcome.NORMAL, Outcome.NOT_MET, Outcome.NOT_MET]
    for slot in order:
        pay(session, watched, slot, outcomes[slot])
    if order.index(1) == 3:  # met in the second slot, as is known only now: the alert was right when it was raised
        assert raised(session) == [(AlertKind.NOT_MET, 3)]
    else:
        assert raised(session) == []


def test_not_met_and_refused_are_rows_of_their_own(session: Session, watched: Observation) -> None:
    for slot, outcome in enumerate((Outcome.NOT_MET, Outcome.REFUSED, Outcome.NOT_MET, Outcome.NOT_MET)):
        pay(session, watched, slot, outcome)
    assert raised(session) == []


def test_somebody_takes_it_and_closes_it_with_what_was_done(session: Session, watched: Observation) -> None:
    session.add(visit(watched, temperature=38))
    session.commit()
    (alert,) = session.scalars(select(Alert)).all()
    alert.close("甲", NOON, " ")
    with pytest.raises(Invalid, match="done"):
        session.flush()
    session.rollback()
    alert.take("甲", NOON)
    session.commit()
    alert.close("乙", NOON, "送发热门诊，核酸阴性")
    session.commit()
    assert (alert.taken_by, alert.closed_by, alert.status) == ("甲", "乙", AlertStatus.CLOSED)
