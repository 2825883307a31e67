"""The observations of the demo: one community's real figures, and something to see in the others."""

from datetime import timedelta

from sqlalchemy import select

from models import observation
from models.observation import (
    FEVER,
    Observation,
    ObservationKind,
    ObservationStatus,
    Outcome,
    Period,
    Visit,
    expected_slots,
    standing,
)
from models.resident import FileStatus, Resident
from models.session import Session
from tests.seeds.conftest import TODAY, of_village


def test_nanyuan_has_ten_at_home_eight_released_and_one_in_hospital_about_to_leave(demo: Session) -> None:
    observations = of_village(demo, Observation, "南苑社区")
    under_way = [one for one in observations if one.status is ObservationStatus.OBSERVED]
    assert sum(one.kind is ObservationKind.HOME for one in under_way) == 10
    assert sum(one.status is ObservationStatus.RELEASED for one in observations) == 8
    [patient] = [one for one in under_way if one.kind is ObservationKind.HOSPITAL]
    assert patient.ends_on == TODAY + timedelta(days=1)
    assert len(observations) == 19
    assert {standing(one, TODAY) for one in under_way} == {FileStatus.OBSERVED}

    files = [resident.status for resident in of_village(demo, Resident, "南苑社区")]
    assert (files.count(FileStatus.OBSERVED), files.count(FileStatus.RELEASED), files.count(FileStatus.HOSPITAL)) == (
        10,
        8,
        1,
    )


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
        days = [one.began_on + timedelta(days=n) for n in range((TODAY - one.began_on).days)]
        slots = {(on, period) for on in days for period in expected_slots(one, on)}
        assert {slot for slot in visited if slot[0] < TODAY} <= slots
        expected, missed = expected + len(slots), missed + len(slots - visited)
    assert expected > 3000
    assert 0 < missed < expected * 0.04


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
    assert set(ObservationStatus) == {one.status for one in observations}
