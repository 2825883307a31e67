"""The expected slots counted in SQL are those that the rule tells of each observation."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, insert, select

from models.observation import Observation, ObservationKind, ObservationStatus, Period, expected_slots
from models.scope import Scope
from models.session import Session
from models.summaries import slots
from tests.models.summaries.world import TODAY, VILLAGES, at, make

near = st.integers(-16, 3).map(lambda days: TODAY + timedelta(days=days))


@st.composite
def observations(draw: st.DrawFn) -> dict[str, object]:
    """An observation whose days lie around today, in any order that the database takes."""
    began = draw(near)
    later = st.integers(0, 18).map(lambda days: began + timedelta(days=days))
    return {
        "village_id": draw(st.sampled_from(VILLAGES)),
        "kind": draw(st.sampled_from(ObservationKind)),
        "status": draw(st.sampled_from(ObservationStatus)),
        "began_on": began,
        "first_period": draw(st.sampled_from(Period)),
        "ends_on": draw(later),
        "released_on": draw(st.none() | later),
        "transferred_on": draw(st.none() | later),
    }


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


@given(made=st.lists(observations(), max_size=12), on=near)
# every example leaves the database as it found it
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_sql_expects_what_the_rule_expects(connection: Connection, made: list[dict[str, object]], on: date) -> None:
    now = at(12)
    fixed = {
        "resident_id": 1, "days": 14, "became_suspected": False, "version": 1, "created_at": now, "updated_at": now,
        "updated_by": "test",
    }  # fmt: skip
    with connection.begin() as transaction, Session(connection) as session:
        session.act_as(Scope.everything("test"))
        if made:
            connection.execute(insert(Observation), [{**fixed, **row} for row in made])
        told: dict[tuple[int, Period], int] = {}
        for observation in session.scalars(select(Observation)):
            for period in expected_slots(observation, on):
                told[observation.village_id, period] = told.get((observation.village_id, period), 0) + 1
        counted = {slot: count.expected for slot, count in slots.counts(session, on).items() if count.expected}
        listed = {
            period: {row.observation_id for row in slots.still_open(session, on, period, limit=100)}
            for period in Period
        }
        by_rule = {
            period: {o.id for o in session.scalars(select(Observation)) if period in expected_slots(o, on)}
            for period in Period
        }
        transaction.rollback()
    assert counted == told
    assert listed == by_rule
