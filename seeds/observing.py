"""医学观察: the observations of the demo, their events, and the visits of every day (一日两测三问)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from models.observation import (
    DAYS,
    EventKind,
    How,
    Observation,
    ObservationEvent,
    ObservationKind,
    ObservationStatus,
    Outcome,
    Period,
    Symptom,
    Visit,
)
from models.place import Village
from models.resident import FileStatus, Resident
from seeds.courses import MISSED, NOT_MET, Course, Left, Reading, courses
from seeds.diary import at
from seeds.people import make_observed_file
from seeds.villages import UNREPORTED, Setting

CENTRE: Final = "区集中医学观察点"
HOSPITAL: Final = "区人民医院隔离病区"
CITY_HOSPITAL: Final = "市定点医院"


@dataclass
class Followed:
    """One observation as it went, for the counts of the daily reports."""

    village: str
    resident: Resident
    observation: Observation
    kind: ObservationKind
    began_on: date
    left_on: date | None = None
    left: Left | None = None
    abnormal_on: set[date] = field(default_factory=set)


def observe(setting: Setting) -> list[Followed]:
    """Enter the files, observations, events and visits of everybody who is or was observed."""
    followed: list[Followed] = []
    for village in setting.villages:
        for course in courses(setting.dice, village.name):
            followed += _follow(setting, village, course)
    return followed


def _follow(setting: Setting, village: Village, course: Course) -> Iterator[Followed]:
    exposure = setting.day(course.since)
    arrived_on = exposure + timedelta(days=setting.dice.randint(0, 1))
    began_on = arrived_on + timedelta(days=setting.dice.randint(0, 1))
    resident = make_observed_file(setting, village, arrived_on)
    kind = ObservationKind.HOSPITAL if course.in_hospital else ObservationKind.HOME
    resident.status = FileStatus.HOSPITAL if course.in_hospital else FileStatus.OBSERVED
    setting.diary.enter(began_on, resident)
    home = _open(setting, resident, kind, exposure, began_on)
    home.left, home.left_on = course.left, setting.day(course.ago) if course.left else None
    yield home
    if course.corrected_by:
        _correct_end(setting, home, course)
    if course.left is not None:
        yield from _leave(setting, home, course)
    _enter_visits(setting, home, course, _last_day(setting, home, course))


def _open(setting: Setting, resident: Resident, kind: ObservationKind, exposure: date, began_on: date) -> Followed:
    village = resident.village
    cadre = setting.cadre(village)
    observation = Observation(
        village=village,
        resident=resident,
        kind=kind,
        place={ObservationKind.CENTRAL: CENTRE, ObservationKind.HOSPITAL: HOSPITAL}.get(kind),
        cadre=cadre.name,
        cadre_phone=cadre.phone,
        last_exposure_on=exposure,
        began_on=began_on,
        first_period=setting.dice.choice((Period.AM, Period.PM)),
    )
    setting.diary.enter(began_on, observation)
    _enter_event(setting, observation, EventKind.OPENED, began_on)
    return Followed(village.name, resident, observation, kind, began_on)


def _enter_event(setting: Setting, observation: Observation, kind: EventKind, on: date, note: str = "") -> None:
    event = ObservationEvent(
        village=observation.village,
        resident=observation.resident,
        observation=observation,
        kind=kind,
        on=on,
        note=note or None,
    )
    setting.diary.enter(on, event)


def _correct_end(setting: Setting, home: Followed, course: Course) -> None:
    reason = "补充调查：到达后又与来自武汉的亲属同住"
    ends_on = setting.day(course.since - DAYS - course.corrected_by)
    setting.diary.change(setting.day(2), home.observation, ends_on_corrected=ends_on, correction_reason=reason)
    _enter_event(setting, home.observation, EventKind.CORRECTED, setting.day(2), reason)


def _leave(setting: Setting, home: Followed, course: Course) -> Iterator[Followed]:
    """End the observation at home; some are observed elsewhere from then on."""
    on, observation, resident = setting.day(course.ago), home.observation, home.resident
    if course.left is Left.RELEASED:
        setting.diary.change(on, observation, status=ObservationStatus.RELEASED, released_on=on)
        setting.diary.change(on, resident, status=FileStatus.RELEASED)
        _enter_event(setting, observation, EventKind.RELEASED, on, "观察期满，体温正常，发放解除医学观察通知书")
    elif course.left is Left.LOST:
        setting.diary.change(on, observation, status=ObservationStatus.LOST)
        setting.diary.change(on, resident, status=FileStatus.LOST)
        _enter_event(setting, observation, EventKind.LOST, on, "多次上门无人，电话停机，已报派出所协查")
    elif course.left is Left.HANDED_OVER:
        _transfer(setting, home, on, ObservationStatus.HANDED_OVER, "经济开发区", "随亲属迁往开发区居住，已书面移交")
        _enter_event(setting, observation, EventKind.HANDED_OUT, on)
    elif course.left is Left.HOSPITAL:
        _transfer(setting, home, on, ObservationStatus.HOSPITAL, HOSPITAL, "发热伴咳嗽")
        setting.diary.change(on, observation, became_suspected=True)
        _enter_event(setting, observation, EventKind.SUSPECTED, on)
        _enter_event(setting, observation, EventKind.HOSPITAL, on)
        yield _open(setting, resident, ObservationKind.HOSPITAL, setting.day(course.since), on)
    else:
        _transfer(setting, home, on, ObservationStatus.CENTRAL, CENTRE, "居家不具备单独隔离条件")
        _enter_event(setting, observation, EventKind.CENTRAL, on)
        yield from _observe_in_centre(setting, home, course)


def _transfer(setting: Setting, followed: Followed, on: date, status: ObservationStatus, to: str, reason: str) -> None:
    setting.diary.change(
        on, followed.observation, status=status, transferred_on=on, transferred_to=to, transfer_reason=reason
    )
    setting.diary.change(on, followed.resident, status=FileStatus(status.value))


def _observe_in_centre(setting: Setting, home: Followed, course: Course) -> Iterator[Followed]:
    on = setting.day(course.ago)
    central = _open(setting, home.resident, ObservationKind.CENTRAL, setting.day(course.since), on)
    last = setting.today
    if course.left is Left.CONFIRMED:
        confirmed_on = setting.day(course.ago - 3)
        central.left, central.left_on = Left.CONFIRMED, confirmed_on
        _transfer(setting, central, confirmed_on, ObservationStatus.CONFIRMED, CITY_HOSPITAL, "核酸检测阳性")
        _enter_event(setting, central.observation, EventKind.CONFIRMED, confirmed_on)
        last = confirmed_on - timedelta(days=1)
    yield central
    _enter_visits(setting, central, Course(course.since), last)


# ---- visits ----


def _last_day(setting: Setting, home: Followed, course: Course) -> date:
    ends_on = setting.day(course.since - DAYS - course.corrected_by)
    left = [home.left_on - timedelta(days=1)] if home.left_on else []
    return min([setting.today, ends_on, *left])


def _enter_visits(setting: Setting, followed: Followed, course: Course, last: date) -> None:
    """The visits of every day and period that was expected, up to this morning."""
    if followed.kind is ObservationKind.HOSPITAL:
        return
    for number in range((last - followed.began_on).days + 1):
        on = followed.began_on + timedelta(days=number)
        for period in (Period.AM, Period.PM):
            if on == setting.today and period is Period.PM:
                continue
            if number == 0 and period is Period.AM and followed.observation.first_period is Period.PM:
                continue
            reading = course.readings.get(((setting.today - on).days, period)) or _reading(setting, followed, on)
            if reading.outcome is not None:
                _enter_visit(setting, followed, on, period, reading)


def _reading(setting: Setting, followed: Followed, on: date) -> Reading:
    """A plain slot; this morning's round is not over, and in the village that has not reported it has hardly begun."""
    dice = setting.dice
    luck = dice.random()
    if on == setting.today:
        if luck > (0.35 if followed.village == UNREPORTED else 0.6 if followed.village == "南苑社区" else 0.85):
            return MISSED
    elif followed.village != "南苑社区" and luck < 0.025:
        return MISSED if luck < 0.015 else NOT_MET
    return Reading(Outcome.NORMAL, dice.randint(360, 371))


def _enter_visit(setting: Setting, followed: Followed, on: date, period: Period, reading: Reading) -> None:
    dice = setting.dice
    taken_at = _taken_at(setting, on, period)
    outcome = reading.outcome or Outcome.NORMAL
    abnormal = outcome is Outcome.ABNORMAL
    central = followed.kind is ObservationKind.CENTRAL
    visit = Visit(
        village=followed.observation.village,
        observation=followed.observation,
        resident=followed.resident,
        on=on,
        period=period,
        taken_at=taken_at if outcome.measured else None,
        temperature=Decimal(reading.tenths) / 10 if reading.tenths else None,
        how=How.VIDEO if central else dice.choices((How.DOOR, How.VIDEO, How.PHONE), (70, 20, 10))[0],
        outcome=outcome,
        symptoms=list(reading.symptoms) or ([Symptom.WELL] if outcome is Outcome.NORMAL else []),
        measures="佩戴口罩、通风、消毒" if dice.random() < 0.3 else None,
        late_reason="当时在卡口值守，次日补录" if reading.entered_later else None,
        note=_note(outcome),
    )
    if abnormal:
        followed.abnormal_on.add(on)
    entered_on = on + timedelta(days=1) if reading.entered_later else on
    entered_at = at(entered_on, 8, 10) if reading.entered_later else taken_at + timedelta(minutes=dice.randint(1, 20))
    setting.diary.enter(entered_on, visit, entered_at)


def _taken_at(setting: Setting, on: date, period: Period) -> datetime:
    start = at(on, 7) if period is Period.AM else at(on, 16, 30)
    return start + timedelta(minutes=setting.dice.randint(0, 90))


def _note(outcome: Outcome) -> str | None:
    return {
        Outcome.NOT_MET: "敲门无人应答，电话未接",
        Outcome.REFUSED: "情绪激动，拒绝测温，已请亲属劝说",
        Outcome.ABNORMAL: "已报区指挥部，安排复测",
    }.get(outcome)
