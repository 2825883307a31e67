"""Handing a day in: once, with a reason where one is due, and every revision kept."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from admin_app.access import scope_for
from models.account import Role
from models.base import Invalid
from models.clock import ZONE
from models.engine import make_engine
from models.figures import FIGURES, Figures
from models.handing_in import Adjusted, HandIn, Quicker, close_day, hand_in, packed, send_back, unpacked
from models.report import Adjustment, DailyReport, DayClosing, Punctuality, ReportRevision, ReportStatus
from models.scope import EVERYWHERE, Actor, Area, OutOfScope, Scope
from models.session import Session, open_session
from models.setting import Setting, SettingName
from models.trail import TrailEntry
from tests.models.factories import TODAY, District, days_ago

AFTERNOON = datetime(2020, 2, 12, 15, 0, tzinfo=ZONE)
EVENING = datetime(2020, 2, 12, 19, 0, tzinfo=ZONE)
COUNTED = Figures(surveyed=20, came=12, home_today=1, home_total=9, released_total=4)


def village_admin(village: Any, name: str = "周书记") -> Scope:
    return scope_for(Actor(7, name, "10.0.0.7"), [(Role.VILLAGE, Area(villages=frozenset({village.id})))])


def district_admin() -> Scope:
    return scope_for(Actor(8, "区指挥部", "10.0.0.8"), [(Role.DISTRICT, EVERYWHERE)])


def given_in(district: District, **changed: Any) -> HandIn:
    told = {"village_id": district.nanyuan.id, "on": TODAY, "counted": COUNTED, "who": "周书记"}
    return HandIn(**{**told, **changed})


def refused(session: Session, given: HandIn, now: datetime = AFTERNOON) -> set[str]:
    """At which fields it is refused; nothing is written."""
    before = len(session.scalars(select(ReportRevision)).all())
    with pytest.raises(Invalid) as wrong:
        hand_in(session, given, now)
    session.rollback()
    assert len(session.scalars(select(ReportRevision)).all()) == before
    return {problem.field for problem in wrong.value.problems}


@pytest.fixture
def village(acting: Callable[[Scope], Session], district: District) -> Session:
    return acting(village_admin(district.nanyuan))


# ---- handing in ----


def test_a_report_is_there_with_its_figures_and_its_first_revision(village: Session, district: District) -> None:
    report = hand_in(village, given_in(district, behind={"home_total": [3, 4, 5, 9]}, note="正常"), AFTERNOON)
    village.commit()
    assert (report.figures, report.revision, report.punctuality) == (COUNTED, 1, Punctuality.ON_TIME)
    [revision] = village.scalars(select(ReportRevision))
    assert (revision.figures, revision.number, revision.handed_in_by) == (COUNTED, 1, "周书记")
    assert unpacked(revision.behind["home_total"]) == [3, 4, 5, 9]
    assert not revision.after_closing


def test_a_day_on_which_there_is_nothing_is_a_report_too(village: Session, district: District) -> None:
    report = hand_in(village, given_in(district, counted=Figures()), AFTERNOON)
    village.commit()
    assert report.zero and report.status is ReportStatus.REPORTED


def test_who_comes_second_is_told_of_the_first_and_writes_nothing(
    village: Session, district: District, acting: Callable[[Scope], Session]
) -> None:
    hand_in(village, given_in(district), AFTERNOON)
    village.commit()
    other = acting(village_admin(district.nanyuan, "李主任"))
    with pytest.raises(Quicker) as told:
        hand_in(other, given_in(district, who="李主任", counted=Figures(surveyed=21)), EVENING)
    other.rollback()
    assert (told.value.report.handed_in_by, told.value.report.handed_in_at) == ("周书记", AFTERNOON)
    assert [r.figures for r in other.scalars(select(DailyReport))] == [COUNTED]


def test_two_who_hand_in_at_the_same_instant_leave_one_report(postgres_database_url: str) -> None:
    """Neither sees the other's until the database tells them apart."""
    engine = make_engine(postgres_database_url)
    with open_session(engine, Scope.everything("test")) as session:
        district = District(session)
    made = ReportRevision.of
    with (
        open_session(engine, village_admin(district.nanyuan)) as first,
        open_session(engine, village_admin(district.nanyuan, "李主任")) as second,
        pytest.MonkeyPatch.context() as patch,
    ):

        def meanwhile(*given: Any) -> ReportRevision:
            patch.undo()
            hand_in(first, given_in(district), AFTERNOON)
            first.commit()
            return made(*given)

        patch.setattr(ReportRevision, "of", meanwhile)
        with pytest.raises(Quicker) as told:
            hand_in(second, given_in(district, who="李主任"), AFTERNOON)
        assert told.value.report.handed_in_by == "周书记"
        second.rollback()
        assert [r.handed_in_by for r in first.scalars(select(DailyReport))] == ["周书记"]
    engine.dispose()


def test_no_report_is_for_a_day_to_come_nor_from_nobody(village: Session, district: District) -> None:
    assert refused(village, given_in(district, on=TODAY + timedelta(days=1))) == {"on"}
    assert refused(village, given_in(district, who=" ")) == {"who"}


def test_a_village_reports_for_itself_only(village: Session, district: District) -> None:
    with pytest.raises(OutOfScope):
        hand_in(village, given_in(district, village_id=district.chaoyang.id), AFTERNOON)


def test_the_district_hands_nothing_in(acting: Callable[[Scope], Session], district: District) -> None:
    with pytest.raises(OutOfScope):
        hand_in(acting(district_admin()), given_in(district), AFTERNOON)


def test_a_report_for_a_day_that_is_over_says_why_it_comes_now(village: Session, district: District) -> None:
    assert refused(village, given_in(district, on=days_ago(1))) == {"reason"}
    report = hand_in(village, given_in(district, on=days_ago(1), reason="网络故障"), AFTERNOON)
    village.commit()
    assert report.punctuality is Punctuality.MADE_UP


@pytest.mark.parametrize(("now", "expected"), [(AFTERNOON, Punctuality.LATE), (EVENING, Punctuality.LATE)])
def test_the_deadline_is_the_one_in_force(
    session: Session, village: Session, district: District, now: datetime, expected: Punctuality
) -> None:
    session.add(Setting(name=SettingName.REPORT_DEADLINE, value="14:30", valid_from=days_ago(5)))
    session.commit()
    report = hand_in(village, given_in(district), now)
    village.commit()
    assert report.punctuality is expected


# ---- adjusting ----


def test_a_figure_is_adjusted_with_a_reason_and_both_are_kept(village: Session, district: District) -> None:
    adjusted = [Adjusted("home_total", 10, "1人档案待补录"), Adjusted("came", 12, "")]  # the second is as counted
    report = hand_in(village, given_in(district, adjusted=adjusted), AFTERNOON)
    village.commit()
    assert report.figures == COUNTED._replace(home_total=10)
    [kept] = village.scalars(select(Adjustment))
    assert (kept.figure, kept.counted, kept.reported, kept.reason) == ("home_total", 9, 10, "1人档案待补录")
    assert (kept.adjusted_by, kept.revision) == ("周书记", 1)
    assert "1人档案待补录" in str(
        [e.changes for e in village.scalars(select(TrailEntry)) if e.kind == "report_adjustment"]
    )


def test_a_figure_is_not_adjusted_without_a_reason_or_below_zero(village: Session, district: District) -> None:
    assert refused(village, given_in(district, adjusted=[Adjusted("home_total", 10, " ")])) == {"home_total"}
    assert refused(village, given_in(district, adjusted=[Adjusted("home_total", -1, "少")])) == {"home_total"}
    assert refused(village, given_in(district, adjusted=[Adjusted("snapshot", 1, "多")])) == {""}


# ---- correcting ----


def test_a_correction_is_a_new_revision_with_a_reason_and_the_first_stays(village: Session, district: District) -> None:
    hand_in(village, given_in(district), AFTERNOON)
    village.commit()
    mended = COUNTED._replace(abnormal=1)
    assert refused(village, given_in(district, counted=mended, seen=1)) == {"reason"}
    report = hand_in(village, given_in(district, counted=mended, seen=1, reason="漏计1人", who="李主任"), EVENING)
    village.commit()
    assert (report.revision, report.figures, report.handed_in_by) == (2, mended, "周书记")
    assert report.punctuality is Punctuality.ON_TIME
    revisions = village.scalars(select(ReportRevision).order_by(ReportRevision.number)).all()
    assert [(r.number, r.figures, r.handed_in_by, r.reason) for r in revisions] == [
        (1, COUNTED, "周书记", None),
        (2, mended, "李主任", "漏计1人"),
    ]


def test_who_corrects_what_was_corrected_meanwhile_is_told(village: Session, district: District) -> None:
    hand_in(village, given_in(district), AFTERNOON)
    hand_in(village, given_in(district, seen=1, reason="漏计1人"), AFTERNOON)
    village.commit()
    with pytest.raises(Quicker):
        hand_in(village, given_in(district, seen=1, reason="多计1人"), EVENING)


def test_figures_that_are_changed_by_whatever_way_leave_a_revision(session: Session, district: District) -> None:
    report = DailyReport(village_id=district.nanyuan.id, on=TODAY, handed_in_by="周书记", surveyed=3)
    session.add(report)
    session.commit()
    report.surveyed = 4
    session.commit()
    assert [(r.number, r.surveyed) for r in session.scalars(select(ReportRevision))] == [(1, 3), (2, 4)]


# ---- sent back, closed ----


def test_a_report_goes_back_with_a_reason_and_returns_as_a_revision(
    village: Session, district: District, acting: Callable[[Scope], Session]
) -> None:
    hand_in(village, given_in(district), AFTERNOON)
    village.commit()
    with_district = acting(district_admin())
    report = with_district.scalars(select(DailyReport)).one()
    with pytest.raises(Invalid):
        send_back(with_district, report, " ")
    send_back(with_district, report, "与测温登记不一致")
    with_district.commit()
    assert report.status is ReportStatus.RETURNED
    with pytest.raises(Invalid):
        send_back(with_district, report, "再核对")
    with_district.rollback()
    back = hand_in(village, given_in(district, seen=1, reason="已核对，无误"), EVENING)
    village.commit()
    assert (back.status, back.revision) == (ReportStatus.REPORTED, 2)


def test_a_village_neither_sends_reports_back_nor_closes_days(village: Session, district: District) -> None:
    report = hand_in(village, given_in(district), AFTERNOON)
    village.commit()
    send_back(village, report, "不对")
    with pytest.raises(OutOfScope):
        village.flush()
    village.rollback()
    with pytest.raises(OutOfScope):
        close_day(village, [district.nanyuan.id], TODAY, "周书记", EVENING)


def test_a_closed_day_moves_only_by_a_revision_that_says_so(
    village: Session, district: District, acting: Callable[[Scope], Session]
) -> None:
    hand_in(village, given_in(district), AFTERNOON)
    village.commit()
    with_district = acting(district_admin())
    villages = [district.nanyuan.id, district.chaoyang.id]
    close_day(with_district, villages, TODAY, "区指挥部", EVENING)
    with_district.commit()
    report = with_district.scalars(select(DailyReport)).one()
    assert report.status is ReportStatus.CLOSED
    with pytest.raises(Invalid):
        send_back(with_district, report, "不对")
    with pytest.raises(Invalid):
        close_day(with_district, villages, TODAY, "区指挥部", EVENING)
    with_district.rollback()

    assert refused(village, given_in(district, seen=1)) == {"reason"}
    late = hand_in(village, given_in(district, seen=1, reason="夜间新增1人"), EVENING + timedelta(hours=1))
    village.commit()
    assert late.status is ReportStatus.CLOSED
    assert [r.after_closing for r in village.scalars(select(ReportRevision).order_by(ReportRevision.number))] == [
        False,
        True,
    ]


def test_a_village_that_reports_after_the_closing_says_why_and_it_shows(
    acting: Callable[[Scope], Session], district: District
) -> None:
    with_district = acting(district_admin())
    close_day(with_district, [district.chaoyang.id], TODAY, "区指挥部", EVENING)
    with_district.commit()
    village = acting(village_admin(district.chaoyang))
    given = given_in(district, village_id=district.chaoyang.id)
    assert refused(village, given, EVENING) == {"reason"}
    report = hand_in(village, given_in(district, village_id=district.chaoyang.id, reason="断电"), EVENING)
    village.commit()
    assert report.status is ReportStatus.CLOSED
    assert village.scalars(select(ReportRevision.after_closing)).one()


def test_a_day_to_come_is_not_closed(acting: Callable[[Scope], Session], district: District) -> None:
    with pytest.raises(Invalid):
        close_day(acting(district_admin()), [district.nanyuan.id], TODAY + timedelta(days=1), "区指挥部", EVENING)


def test_a_township_closes_its_own_villages_only(acting: Callable[[Scope], Session], district: District) -> None:
    scope = scope_for(Actor(8, "镇"), [(Role.DISTRICT, Area(villages=frozenset({district.nanyuan.id})))])
    with pytest.raises(OutOfScope):
        close_day(acting(scope), [district.chaoyang.id], TODAY, "镇", EVENING)
    close_day(acting(scope), [district.nanyuan.id], TODAY, "镇", EVENING)


# ---- the numbers behind ----


@given(st.lists(st.integers(1, 60)))
def test_numbers_are_kept_short_and_none_is_lost(numbers: list[int]) -> None:
    assert unpacked(packed(numbers)) == sorted(numbers)


def test_a_run_of_numbers_is_as_short_as_two() -> None:
    assert packed([*range(1, 5001), 7000]) == "1-5000,7000"
    assert set(FIGURES) == set(Figures._fields)


def test_closings_are_kept_once(session: Session, district: District) -> None:
    close_day(session, [district.nanyuan.id], TODAY, "区指挥部", EVENING)
    close_day(session, [district.nanyuan.id, district.chaoyang.id], TODAY, "区指挥部", EVENING)
    session.commit()
    assert len(session.scalars(select(DayClosing)).all()) == 2
