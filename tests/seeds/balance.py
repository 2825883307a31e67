"""The balance: what the events of a village sum up to on a day is how its observations stood at the end of that day."""

from collections import Counter
from datetime import date, timedelta

from sqlalchemy import select

from models.event import ObservationEvent
from models.observation import Observation
from models.session import Session
from models.states import ObservationStatus

Balance = Counter[tuple[int, ObservationStatus]]


def assert_balanced(session: Session) -> None:
    """For every village and day: the sums over events are the statuses of the observations, and today's the stored."""
    events = list(session.scalars(select(ObservationEvent).order_by(ObservationEvent.on, ObservationEvent.id)))
    day, last = events[0].on, events[-1].on
    while day <= last:
        assert_same(_summed(events, day), _stood(events, day))
        day += timedelta(days=1)
    stored: Balance = Counter((one.village_id, one.status) for one in session.scalars(select(Observation)))
    assert_same(_summed(events, last), stored)


def assert_same(one: Balance, other: Balance) -> None:
    """Nothing counted below zero, and the same counts."""
    assert all(count >= 0 for count in one.values())
    assert +one == +other


def _summed(events: list[ObservationEvent], day: date) -> Balance:
    """Σ became − Σ was."""
    balance: Balance = Counter()
    for event in events:
        if event.on <= day:
            if event.became is not None:
                balance[event.village_id, event.became] += 1
            if event.was is not None:
                balance[event.village_id, event.was] -= 1
    return balance


def _stood(events: list[ObservationEvent], day: date) -> Balance:
    """Where each observation stood: in the village and the state that its last event up to that day left it in."""
    latest: dict[int | None, ObservationEvent] = {}
    for event in events:
        if event.on <= day and event.became is not None:
            latest[event.observation_id] = event
    return Counter((e.village_id, e.became) for e in latest.values() if e.became is not None)
