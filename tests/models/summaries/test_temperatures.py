"""体温登记表: whoever a village is to measure on a day is in it, and whoever was visited all the same."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import Engine, select

from models.event import told
from models.observation import Observation
from models.scope import Scope
from models.session import open_session
from models.spans import spans
from models.states import Period
from models.summaries.temperatures import temperatures
from models.visit import Visit
from tests.models.summaries.whole import full_world
from tests.models.summaries.world import TODAY, VILLAGES, confined_to


def test_everybody_expected_and_everybody_visited_is_listed_once_with_both_rounds(engine: Engine) -> None:
    world = full_world()
    world.store(engine)
    observed = {row["id"] for row in world.live(Observation)}
    with open_session(engine, Scope.everything("test"), writing=False) as session:
        for on in (TODAY, TODAY - timedelta(days=1)):
            listed = temperatures(session, on)
            people = {one.observation_id: one for one in listed}
            assert len(people) == len(listed)
            expected = {
                one.id
                for one in session.scalars(select(Observation))
                if any(Period.PM in span.slots(on) for span in spans(one, told(one)))
            }
            visits = [row for row in world.live(Visit) if row["on"] == on and row["observation_id"] in observed]
            assert {row["observation_id"] for row in visits} | expected == set(people)
            assert visits
            for row in visits:
                one = people[row["observation_id"]]
                measured = one.morning if row["period"] is Period.AM else one.evening
                assert measured is not None
                assert measured.outcome is row["outcome"]
                assert measured.temperature == (row["temperature"] and Decimal(str(row["temperature"])))


def test_a_village_reads_its_own_in_walking_order(engine: Engine) -> None:
    full_world().store(engine)
    for village_id in VILLAGES[:-1]:
        with open_session(engine, confined_to(village_id), writing=False) as session:
            people = temperatures(session, TODAY)
        assert {one.village_id for one in people} == {village_id}
        walked = [(one.address or "", one.name or "", one.observation_id) for one in people]
        assert walked == sorted(walked)
