"""The other ledgers of the demo: each has what its screens are there for."""

from datetime import timedelta

from sqlalchemy import func, select

from models import business, supervision
from models.business import Business, Inspection, VenueStatus
from models.enterprise import Resumption, ResumptionStatus
from models.gathering import Banquet, CaseStatus, Tipoff
from models.observation import Observation, ObservationEvent, ObservationStatus
from models.publicity import Publicity, PublicityKind
from models.report import DailyReport, Punctuality
from models.resident import FileStatus, Resident
from models.session import Session
from models.supervision import Supervision
from models.supply import Supply, SupplyStatus
from models.volunteer import Assignment, Duty, DutyStatus, Organisation, Volunteer, overlap
from seeds.places import DEMO_TOWNSHIP, villages_of
from tests.seeds.conftest import TODAY, of_village


def test_one_village_has_not_reported_today_and_one_reported_zero(demo: Session) -> None:
    reports = list(demo.scalars(select(DailyReport).where(DailyReport.on == TODAY)))
    reported = {report.village.name: report for report in reports}
    missing = {village.name for village in villages_of(demo, DEMO_TOWNSHIP)} - set(reported)
    assert missing == {"车逻村"}
    assert [name for name, report in reported.items() if report.zero] == ["特平村"]


def test_some_reports_were_late_made_up_or_corrected(demo: Session) -> None:
    yesterday = list(demo.scalars(select(DailyReport).where(DailyReport.on == TODAY - timedelta(days=1))))
    assert {report.punctuality for report in yesterday} == set(Punctuality)
    assert any(report.revision == 2 and report.correction_reason for report in yesterday)


def test_reports_agree_with_the_records(demo: Session) -> None:
    for report in demo.scalars(select(DailyReport).where(DailyReport.on == TODAY)):
        events = of_village(demo, ObservationEvent, report.village.name)
        ever = {
            status: {event.observation_id for event in events if event.became is status} for status in ObservationStatus
        }
        assert report.home_total == len(ever[ObservationStatus.OBSERVED])
        assert report.central_total == len(ever[ObservationStatus.CENTRAL])
        assert report.released_total == len(ever[ObservationStatus.RELEASED])
        observations = of_village(demo, Observation, report.village.name)
        assert report.in_hospital == sum(one.status is ObservationStatus.HOSPITAL for one in observations)


def test_venues_are_in_trouble_and_enterprises_in_every_state(demo: Session) -> None:
    assert set(VenueStatus) == set(demo.scalars(select(Business.status).distinct()))
    assert any(business.overdue(one, TODAY) for one in demo.scalars(select(Inspection)))
    assert any(supervision.overdue(one, TODAY) for one in demo.scalars(select(Supervision)))
    assert set(ResumptionStatus) == set(demo.scalars(select(Resumption.status).distinct()))


def test_cases_are_open_supplies_wait_and_publicity_is_of_every_kind(demo: Session) -> None:
    assert {CaseStatus.NEW, CaseStatus.CLOSED} <= set(demo.scalars(select(Tipoff.status).distinct()))
    assert any("取消" in (banquet.outcome or "") for banquet in demo.scalars(select(Banquet)))
    assert set(SupplyStatus) == set(demo.scalars(select(Supply.status).distinct()))
    assert set(PublicityKind) == set(demo.scalars(select(Publicity.kind).distinct()))


def test_fourteen_organisations_send_hundreds_of_volunteers(demo: Session) -> None:
    counted = select(Organisation.name, func.count(Volunteer.id)).join(Volunteer.organisation)
    members = {name: count for name, count in demo.execute(counted.group_by(Organisation.name))}
    assert len(members) == 14
    assert 90 <= members["薪火学堂青年志愿队"] < 100
    assert sum(members.values()) > 300


def test_a_volunteer_under_observation_keeps_the_place_without_the_reason(demo: Session) -> None:
    [volunteer] = demo.scalars(select(Volunteer).where(Volunteer.unavailable_until.is_not(None)))
    assert not volunteer.available(TODAY)
    assert volunteer.note is None
    resident = demo.scalars(select(Resident).where(Resident.identity_number == volunteer.identity_number)).one()
    assert resident.status is FileStatus.OBSERVED


def test_duties_to_come_are_short_of_people_and_some_volunteers_would_be_torn(demo: Session) -> None:
    duties = {duty.id: duty for duty in demo.scalars(select(Duty))}
    assigned = list(demo.scalars(select(Assignment).execution_options(deleted=True)))
    short = [
        duty
        for duty in duties.values()
        if duty.status is DutyStatus.OPEN and duty.needed > sum(one.duty_id == duty.id for one in assigned)
    ]
    assert short
    assert DutyStatus.ASKED in {duty.status for duty in duties.values()}
    withdrawn = [one for one in assigned if one.deleted_at]
    torn = [
        one
        for one in withdrawn
        for other in assigned
        if other.volunteer_id == one.volunteer_id
        and not other.deleted_at
        and overlap(duties[one.duty_id], duties[other.duty_id])
    ]
    assert len(torn) == 2
