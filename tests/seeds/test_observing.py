"""The observations of the demo: one community's real figures, and something to see in the others."""

from collections import Counter, defaultdict
from datetime import timedelta
from itertools import pairwise

from sqlalchemy import select

from models import observation
from models.course import MOVES
from models.event import ObservationEvent, told
from models.observation import Observation, standing
from models.resident import FileStatus, Resident
from models.rules import FEVER
from models.session import Session
from models.spans import expected_slots, responsible
from models.states import EventKind, ObservationKind, ObservationStatus, Outcome, Period
from models.visit import Visit
from tests.seeds.balance import assert_balanced
from tests.seeds.conftest import TODAY, of_village


def test_nanyuan_has_ten_at_home_eight_released_and_one_in_hospital_about_to_leave(demo: Session) -> None:
    observations = of_village(demo, Observation, "南苑社区")
    states = Counter(one.status for one in observations)
    assert states == {ObservationStatus.OBSERVED: 10, ObservationStatus.RELEASED: 8, ObservationStatus.HOSPITAL: 1}
    [patient] = [one for one in observations if one.status is ObservationStatus.HOSPITAL]
    assert patient.kind is ObservationKind.HOSPITAL
    assert patient.ends_on == TODAY + timedelta(days=1)
    assert {standing(one, TODAY) for one in observations if one is not patient} == {
        FileStatus.OBSERVED,
        FileStatus.RELEASED,
    }

    files = Counter(resident.status for resident in of_village(demo, Resident, "南苑社区"))
    assert (files[FileStatus.OBSERVED], files[FileStatus.RELEASED], files[FileStatus.HOSPITAL]) == (10, 8, 1)


def test_one_person_has_one_observation_and_the_file_stands_where_it_stands(demo: Session) -> None:
    observations = list(demo.scalars(select(Observation)))
    assert len({one.resident_id for one in observations}) == len(observations)
    for one in observations:
        due_on = one.ends_on if one.status is ObservationStatus.OBSERVED else None
        file = one.resident
        assert (file.status, file.due_on, file.village_id) == (one.status.value, due_on, one.village_id)


def test_the_events_of_every_village_and_day_add_up_to_the_statuses(demo: Session) -> None:
    assert_balanced(demo)


def test_every_event_goes_on_from_where_the_one_before_ended(demo: Session) -> None:
    courses: defaultdict[int | None, list[ObservationEvent]] = defaultdict(list)
    for event in demo.scalars(select(ObservationEvent).order_by(ObservationEvent.on, ObservationEvent.id)):
        courses[event.observation_id].append(event)
    allowed = {(was, became) for was, moves in MOVES.items() for became in moves.values()}
    for events in courses.values():
        assert events[0].kind is EventKind.OPENED and events[0].was is None
        for before, event in pairwise(events):
            if event.kind is EventKind.HANDED_IN:
                assert (event.was, event.became) == (None, before.was)
            elif event.kind is EventKind.HANDED_OUT:
                assert (event.was, event.became) == (before.became, None)
            else:
                assert event.was is before.became
                assert event.was is event.became or (event.was, event.became) in allowed


def test_everybodys_temperature_is_normal_in_nanyuan(demo: Session) -> None:
    visits = of_village(demo, Visit, "南苑社区")
    assert visits
    assert all(visit.outcome is Outcome.NORMAL and visit.temperature < FEVER for visit in visits)


def test_the_observed_were_visited_twice_a_day(demo: Session) -> None:
    expected = missed = 0
    for one in demo.scalars(select(Observation)):
        visited = {
            (visit.on, visit.period) for visit in demo.scalars(select(Visit).where(Visit.observation_id == one.id))
        }
        events = told(one)
        days = [one.began_on + timedelta(days=n) for n in range((TODAY - one.began_on).days)]
        slots = {(on, period) for on in days for period in expected_slots(one, events, on)}
        assert {slot for slot in visited if slot[0] < TODAY} <= slots
        expected, missed = expected + len(slots), missed + len(slots - visited)
    assert expected > 2500
    assert 0 < missed < expected * 0.04


def test_every_visit_is_the_villages_that_was_responsible_that_day(demo: Session) -> None:
    handed_over = 0
    for one in demo.scalars(select(Observation)):
        events = told(one)
        visits = demo.scalars(select(Visit).where(Visit.observation_id == one.id)).all()
        handed_over += len({visit.village_id for visit in visits}) == 2
        for visit in visits:
            span = responsible(one, events, visit.on)
            assert span is not None and span.village_id == visit.village_id
    assert handed_over == 1


def test_this_mornings_round_has_begun_and_the_evenings_has_not(demo: Session) -> None:
    today = [visit.period for visit in demo.scalars(select(Visit).where(Visit.on == TODAY))]
    assert today and set(today) == {Period.AM}
    in_nanyuan = [visit for visit in of_village(demo, Visit, "南苑社区") if visit.on == TODAY]
    assert 0 < len(in_nanyuan) < 10


def test_some_have_a_fever_refuse_are_overdue_or_were_entered_late(demo: Session) -> None:
    visits = list(demo.scalars(select(Visit)))
    assert any(visit.on == TODAY and (visit.temperature or 0) >= FEVER for visit in visits)
    assert {Outcome.REFUSED, Outcome.NOT_MET} <= {visit.outcome for visit in visits}
    assert any(visit.late for visit in visits)
    observations = list(demo.scalars(select(Observation)))
    assert any(observation.overdue(one, TODAY) for one in observations)
    assert any(one.ends_on == TODAY + timedelta(days=1) for one in observations)
    # nobody stays "handed over": the other village goes on with the same observation
    assert set(ObservationStatus) - {ObservationStatus.HANDED_OVER} == {one.status for one in observations}
    assert any(one.status is ObservationStatus.OBSERVED and one.ends_on < TODAY for one in observations)
