"""摸排工作日报: the reports of the last fourteen days, counted and handed in as the panel does it, day after day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from models.figures import Figures
from models.handing_in import Adjusted, HandIn, close_day, hand_in, report_of, send_back
from models.place import Village
from models.report import DailyReport
from models.session import Session
from models.summaries.figures import figures
from models.summaries.names import numbers
from seeds.diary import Deed, at
from seeds.villages import UNREPORTED, UNTOUCHED, Setting

DAYS_REPORTED: Final = 14
DAYS_WITH_NAMES: Final = 3  # the files behind the figures are kept of the last days only, which is enough to look at
DISTRICT: Final = "区指挥部"
_LATE_YESTERDAY: Final = ("浩芝村", "闸河村")
_MADE_UP_THIS_MORNING: Final = "保丰村"  # yesterday's report, after the day was closed
_CORRECTED_THIS_MORNING: Final = "太丰村"  # yesterday's report, which was sent back
_ADJUSTED_TODAY: Final = "朝阳社区"
_RETURNED_TODAY: Final = "闸河村"


def enter_reports(setting: Setting) -> None:
    """One report a village and a day. Of today's one is not in yet, one says that there is nothing (零报告), one figure
    was adjusted and one report sent back; the days before are closed."""
    for village in setting.villages:  # whom the district rings up when a report is not there
        worker = setting.staff[village.name].cadres[0]
        setting.diary.change(setting.first_day, village, contact=worker.name, phone=worker.phone)
    for ago in range(DAYS_REPORTED - 1, -1, -1):
        times = {village.name: _handed_in_at(setting, village, ago) for village in setting.villages}
        setting.diary.do(setting.day(ago), _the_days_reports(setting, ago, times))
    setting.diary.do(setting.today, _this_morning(setting))


def _handed_in_at(setting: Setting, village: Village, ago: int) -> datetime:
    """Today's came in this morning, earlier ones in the afternoon, some of them after the deadline."""
    dice, on = setting.dice, setting.day(ago)
    if ago == 0:
        return at(on, 8, 20) + timedelta(minutes=dice.randint(0, 50))
    if dice.random() < 0.07 or (ago == 1 and village.name in _LATE_YESTERDAY):
        return at(on, 17, 34) + timedelta(minutes=dice.randint(0, 120))
    return at(on, 14, 30) + timedelta(minutes=dice.randint(0, 145))


def _the_days_reports(setting: Setting, ago: int, times: dict[str, datetime]) -> Deed:
    on, cadres = setting.day(ago), {village.name: setting.cadre(village).name for village in setting.villages}

    def deed(session: Session) -> None:
        counted = figures(session, on)
        for village in setting.villages:
            absent = village.name == (UNREPORTED if ago == 0 else _MADE_UP_THIS_MORNING if ago == 1 else "")
            if not absent:
                given = _given(session, village, on, counted[village.id], cadres[village.name], ago)
                hand_in(session, given, times[village.name])
        if ago == 1:
            wrong = _report(session, setting.village(_CORRECTED_THIS_MORNING), on)
            send_back(session, wrong, "体温异常人数与测温登记不一致，请核对")
        if ago:
            close_day(session, [village.id for village in setting.villages], on, DISTRICT, at(on, 20, 30))

    return deed


def _given(session: Session, village: Village, on: date, counted: Figures, who: str, ago: int) -> HandIn:
    """What a village hands in: what is counted, but for a few of whom there is something to tell."""
    adjusted: tuple[Adjusted, ...] = ()
    if ago == 0 and village.name == UNTOUCHED:
        counted = Figures()  # the district's list came after the report
    if ago == 0 and village.name == _ADJUSTED_TODAY:
        adjusted = (Adjusted("home_total", counted.home_total + 1, "昨夜返回1人，档案待补录"),)
    if ago == 1 and village.name == _CORRECTED_THIS_MORNING:
        adjusted = (Adjusted("abnormal", 0, "晚间复测体温正常"),)
    behind = numbers(session, on, village.id) if ago < DAYS_WITH_NAMES and any(counted) else {}
    return HandIn(village.id, on, counted, who, behind, adjusted)


def _this_morning(setting: Setting) -> Deed:
    """Yesterday's last report, a correction, and what the district saw in today's."""
    yesterday, cadre = setting.day(1), setting.cadre(setting.village(_MADE_UP_THIS_MORNING)).name

    def deed(session: Session) -> None:
        counted = figures(session, yesterday)
        late, mended = setting.village(_MADE_UP_THIS_MORNING), setting.village(_CORRECTED_THIS_MORNING)
        for village, who, reason, seen in (
            (late, cadre, "昨日网络故障，今晨补报", 0),
            (mended, _report(session, mended, yesterday).handed_in_by, "漏计晚间发热1人", 1),
        ):
            given = HandIn(
                village.id, yesterday, counted[village.id], who, numbers(session, yesterday, village.id),
                reason=reason, seen=seen,
            )  # fmt: skip
            hand_in(session, given, at(setting.today, 8, 5))
        wrong = _report(session, setting.village(_RETURNED_TODAY), setting.today)
        send_back(session, wrong, "住院人数与转运记录不一致，请核对")

    return deed


def _report(session: Session, village: Village, on: date) -> DailyReport:
    found = report_of(session, village.id, on)
    if found is None:
        raise LookupError(f"{village.name} {on}")
    return found
