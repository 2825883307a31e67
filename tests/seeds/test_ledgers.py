"""The other ledgers of the demo: each has what its screens are there for."""

from collections import Counter
from datetime import timedelta

from sqlalchemy import func, select

from models import business, supervision
from models.business import Business, Inspection, VenueStatus
from models.enterprise import Resumption, ResumptionStatus
from models.gathering import Banquet, CaseStatus, Tipoff
from models.publicity import Publicity, PublicityKind
from models.report import Adjustment, DailyReport, DayClosing, Punctuality, ReportRevision, ReportStatus
from models.resident import FileStatus, Resident
from models.session import Session
from models.summaries.figures import figures_of
from models.supervision import Supervision
from models.supply import Supply, SupplyStatus
from models.volunteer import Assignment, Duty, DutyStatus, Organisation, Volunteer, overlap
from seeds.places import DEMO_TOWNSHIP, villages_of
from tests.models.summaries.retold import entries
from tests.models.summaries.told import Told
from tests.seeds.conftest import TODAY, of_village


def test_one_village_has_not_reported_today_and_one_reported_zero(demo: Session) -> None:
    reports = list(demo.scalars(select(DailyReport).where(DailyReport.on == TODAY)))
    reported = {report.village.name: report for report in reports}
    missing = {village.name for village in villages_of(demo, DEMO_TOWNSHIP)} - set(reported)
    assert missing == {"车逻村"}
    assert [name for name, report in reported.items() if report.zero] == ["特平村"]


def test_some_reports_were_late_made_up_sent_back_or_corrected(demo: Session) -> None:
    yesterday = list(demo.scalars(select(DailyReport).where(DailyReport.on == TODAY - timedelta(days=1))))
    assert {report.punctuality for report in yesterday} == set(Punctuality)
    assert any(report.revision == 2 and report.correction_reason for report in yesterday)
    today = list(demo.scalars(select(DailyReport).where(DailyReport.on == TODAY)))
    assert [r.village.name for r in today if r.status is ReportStatus.RETURNED and r.return_reason] == ["闸河村"]


def test_the_days_before_are_closed_and_what_came_later_says_so(demo: Session) -> None:
    villages = len(villages_of(demo, DEMO_TOWNSHIP))
    closed = Counter(demo.scalars(select(DayClosing.on)))
    assert closed == {TODAY - timedelta(days=ago): villages for ago in range(1, 14)}
    late = {(r.report.village.name, r.number) for r in demo.scalars(select(ReportRevision)) if r.after_closing}
    assert late == {("保丰村", 1), ("太丰村", 2)}


def test_the_figures_of_one_community_are_those_it_really_had(demo: Session) -> None:
    [report] = [r for r in of_village(demo, DailyReport, "南苑社区") if r.on == TODAY]
    assert (report.home_total, report.released_total, report.in_hospital, report.abnormal) == (19, 8, 1, 0)
    assert report.surveyed == 168
    assert report.figures == figures_of(demo, TODAY, report.village_id)


def test_reports_agree_with_what_the_trail_tells(demo: Session) -> None:
    told = Told(entries(demo))
    adjusted = {(a.report_id, a.figure): a for a in demo.scalars(select(Adjustment))}
    assert {a.report.village.name for a in adjusted.values() if a.report.on == TODAY} == {"朝阳社区"}
    for report in demo.scalars(select(DailyReport).where(DailyReport.on >= TODAY - timedelta(days=1))):
        expected = told.figures(report.on, report.village_id)
        if (report.village.name, report.on) == ("特平村", TODAY):  # the district's list came after it
            assert report.zero and expected.surveyed == 27
            continue
        changed = {a.figure: a for a in adjusted.values() if (a.report_id, a.revision) == (report.id, report.revision)}
        assert report.figures == expected._replace(**{name: one.reported for name, one in changed.items()})
        assert all(one.counted == getattr(expected, name) for name, one in changed.items())


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
