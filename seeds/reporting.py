"""摸排工作日报: the reports of the last fourteen days, their figures counted from the demo's own records."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from models.clock import local_day
from models.observation import ObservationEvent, ObservationStatus
from models.place import Village
from models.report import DailyReport, ReportStatus
from models.resident import Resident
from seeds.diary import at
from seeds.observing import Followed
from seeds.villages import UNREPORTED, Setting

DAYS_REPORTED: Final = 14
_LATE_YESTERDAY: Final = ("浩芝村", "闸河村")
_MADE_UP_THIS_MORNING: Final = "保丰村"  # yesterday's report
_CORRECTED_THIS_MORNING: Final = "太丰村"  # yesterday's report, which was sent back

S = ObservationStatus


def enter_reports(setting: Setting, followed: list[Followed], residents: list[Resident]) -> None:
    """One report a village and a day; of today's, one is not in yet, one says that there is nothing (零报告)."""
    for village in setting.villages:
        own = [one for one in followed if one.village == village.name]
        files = [resident for resident in residents if resident.village is village]
        for ago in range(DAYS_REPORTED - 1, -1, -1):
            if village.name == UNREPORTED and ago == 0:
                continue
            handed_in_at = _handed_in_at(setting, village, ago)
            events = [event for event in setting.events if event.village is village]
            _hand_in(setting, village, ago, handed_in_at, figures(setting.day(ago), handed_in_at, own, files, events))


def figures(
    on: date, now: datetime, followed: list[Followed], residents: list[Resident], events: list[ObservationEvent]
) -> dict[str, int]:
    """What a village's records come to on a day, at the instant when it reports."""
    files = [resident for resident in residents if resident.created_at <= now and local_day(resident.created_at) <= on]
    told = [event for event in events if event.on <= on]
    # who was taken over from another village came under observation here; a corrected end changes nobody's status
    came = {
        status: {id(event.observation): event.on for event in told if event.became is status is not event.was}
        for status in (S.OBSERVED, S.CENTRAL, S.RELEASED)
    }

    def today(status: ObservationStatus) -> int:
        return sum(day == on for day in came[status].values())

    return {
        "surveyed": len(files),
        "came": sum(resident.arrived_on is not None for resident in files),
        "met_case": sum(bool(resident.met_case) for resident in files),
        "lived_with_contact": sum(bool(resident.lived_with_contact) for resident in files),
        "met_from_area": sum(bool(resident.met_from_area) for resident in files),
        "abnormal": sum(on in one.abnormal_on for one in followed),
        "central_today": today(S.CENTRAL),
        "central_total": len(came[S.CENTRAL]),
        "home_today": today(S.OBSERVED),
        "home_total": len(came[S.OBSERVED]),
        "released_today": today(S.RELEASED),
        "released_total": len(came[S.RELEASED]),
        "in_hospital": sum((event.became is S.HOSPITAL) - (event.was is S.HOSPITAL) for event in told),
    }


def _handed_in_at(setting: Setting, village: Village, ago: int) -> datetime:
    """Today's came in this morning, earlier ones in the afternoon, some of them after the deadline."""
    dice, on = setting.dice, setting.day(ago)
    if ago == 0:
        return at(on, 8, 20) + timedelta(minutes=dice.randint(0, 50))
    if ago == 1 and village.name == _MADE_UP_THIS_MORNING:
        return at(setting.today, 8, 5)
    if dice.random() < 0.07 or (ago == 1 and village.name in _LATE_YESTERDAY):
        return at(on, 17, 34) + timedelta(minutes=dice.randint(0, 120))
    return at(on, 14, 30) + timedelta(minutes=dice.randint(0, 145))


def _hand_in(setting: Setting, village: Village, ago: int, handed_in_at: datetime, counted: dict[str, int]) -> None:
    diary, on = setting.diary, setting.day(ago)
    report = DailyReport(
        village=village,
        on=on,
        handed_in_by=setting.cadre(village).name,
        handed_in_at=handed_in_at,
        status=ReportStatus.REPORTED,
        **counted,
    )
    entered_on = local_day(handed_in_at)
    if entered_on > on:
        report.correction_reason = "昨日网络故障，今晨补报"
    diary.enter(entered_on, report, handed_in_at)
    if ago == 1 and village.name == _CORRECTED_THIS_MORNING:
        _send_back(setting, report, counted)
    if ago > 1:
        diary.change(setting.day(ago - 1), report, status=ReportStatus.CLOSED)


def _send_back(setting: Setting, report: DailyReport, counted: dict[str, int]) -> None:
    """The report left out who was abnormal; the district saw it."""
    report.abnormal = 0
    setting.diary.change(
        setting.day(1), report, status=ReportStatus.RETURNED, return_reason="体温异常人数与测温登记不一致，请核对"
    )
    setting.diary.change(
        setting.today,
        report,
        abnormal=counted["abnormal"],
        correction_reason="漏计晚间发热1人",
        status=ReportStatus.REPORTED,
    )
