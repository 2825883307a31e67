"""医学观察: the observations of the demo, their events, and the visits of every day (一日两测三问)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from models.event import ObservationEvent
from models.handover import HandOver, HandOverStatus
from models.observation import DAYS, Observation
from models.place import Village
from models.resident import Resident
from models.states import EventKind, How, ObservationKind, ObservationStatus, Outcome, Period, Symptom
from models.visit import Visit
from seeds import addresses
from seeds.courses import MISSED, NOT_MET, Course, Left, Reading, courses
from seeds.diary import at
from seeds.people import make_observed_file
from seeds.villages import UNREPORTED, Setting

CENTRE: Final = "区集中医学观察点"
HOSPITAL: Final = "区人民医院隔离病区"
CITY_HOSPITAL: Final = "市定点医院"
TAKES_OVER: Final = "砖场村"

S = ObservationStatus


@dataclass
class Followed:
    """One person's observation as it went, for the counts of the daily reports."""

    village: str
    resident: Resident
    observation: Observation
    began_on: date
    ends_on: date
    since: date  # in the state and the village that was entered last
    left_on: date | None = None
    left: Left | None = None
    taken_over: tuple[date, Village] | None = None
    abnormal_on: set[date] = field(default_factory=set)

    def village_on(self, day: date) -> Village:
        """The village that is responsible on the morning of a day."""
        if self.taken_over and day > self.taken_over[0]:
            return self.taken_over[1]
        return self.observation.village


def observe(setting: Setting) -> list[Followed]:
    """Enter the files, observations, events and visits of everybody who is or was observed."""
    return [
        _follow(setting, village, course)
        for village in setting.villages
        for course in courses(setting.dice, village.name)
    ]


def _follow(setting: Setting, village: Village, course: Course) -> Followed:
    exposure = setting.day(course.since)
    arrived_on = exposure + timedelta(days=setting.dice.randint(0, 1))
    began_on = arrived_on + timedelta(days=setting.dice.randint(0, 1))
    resident = make_observed_file(setting, village, arrived_on)
    setting.diary.enter(began_on, resident)
    ends_on = setting.day(course.since - DAYS - course.corrected_by)
    one = Followed(village.name, resident, _open(setting, resident, exposure, began_on), began_on, ends_on, began_on)
    one.left, one.left_on = course.left, setting.day(course.ago) if course.left else None
    if course.handed_over:
        one.taken_over = setting.day(course.handed_over), setting.village(TAKES_OVER)
        _hand_over(setting, one, *one.taken_over)
    if course.corrected_by:
        _correct_end(setting, one)
    if course.left is not None:
        _leave(setting, one, course)
    _enter_visits(setting, one, course)
    return one


def _open(setting: Setting, resident: Resident, exposure: date, began_on: date) -> Observation:
    village = resident.village
    cadre = setting.cadre(village)
    observation = Observation(
        village=village,
        resident=resident,
        kind=ObservationKind.HOME,
        status=S.OBSERVED,
        cadre=cadre.name,
        cadre_phone=cadre.phone,
        last_exposure_on=exposure,
        began_on=began_on,
        first_period=setting.dice.choice((Period.AM, Period.PM)),
    )
    setting.diary.enter(began_on, observation)
    _enter_event(setting, observation, EventKind.OPENED, began_on, None, S.OBSERVED)
    return observation


def _enter_event(
    setting: Setting,
    observation: Observation,
    kind: EventKind,
    on: date,
    was: ObservationStatus | None,
    became: ObservationStatus | None,
    note: str = "",
    village: Village | None = None,
    since: date | None = None,
) -> None:
    event = ObservationEvent(
        village=village or observation.village,
        resident=observation.resident,
        observation=observation,
        kind=kind,
        was=was,
        became=became,
        on=on,
        since=since,
        since_period=_first_slot(observation, since) if since else None,
        note=note or None,
    )
    setting.events.append(event)
    setting.diary.enter(on, event)


def _first_slot(observation: Observation, since: date) -> Period:
    return observation.first_period if since == observation.began_on else Period.AM


def _move(
    setting: Setting,
    one: Followed,
    event: EventKind,
    on: date,
    was: ObservationStatus,
    became: ObservationStatus,
    note: str,
    **values: Any,
) -> None:
    """One state ends and another begins."""
    since = {"since": on, "since_period": _first_slot(one.observation, on)}
    setting.diary.change(on, one.observation, status=became, **since, **values)
    _enter_event(setting, one.observation, event, on, was, became, note, since=one.since)
    one.since = on


def _hand_over(setting: Setting, one: Followed, on: date, to: Village) -> None:
    """Asked for the day before, accepted; from then on the file and what hangs on it are the other village's."""
    reason = "随亲属迁往砖场村居住"
    asked = HandOver(
        from_village=one.resident.village, to_village=to, from_name=one.village, to_name=to.name, reason=reason,
        **asked_for(setting, one.resident, on - timedelta(days=1)),
    )  # fmt: skip
    setting.diary.enter(on - timedelta(days=1), asked, asked.asked_at)
    setting.diary.change(
        on,
        asked,
        status=HandOverStatus.ACCEPTED,
        answered_by=setting.cadre(to).name,
        answered_at=at(on, 9, 40),
    )
    _enter_event(
        setting, one.observation, EventKind.HANDED_OUT, on, S.OBSERVED, None, reason, since=one.since
    )  # fmt: skip
    _enter_event(setting, one.observation, EventKind.HANDED_IN, on, None, S.OBSERVED, reason, to)
    one.since = on
    address = addresses.address(setting.dice, to.name)
    setting.diary.change(on, one.resident, village=to, address=address)
    setting.diary.change(on, one.observation, village=to, since=on, since_period=Period.AM)


def asked_for(setting: Setting, resident: Resident, on: date) -> dict[str, Any]:
    """What a question to take somebody over carries of its own; the number follows when the file has one."""
    return {
        "resident": resident,
        "name": resident.name,
        "phone": resident.phone,
        "asked_by": setting.cadre(resident.village).name,
        "asked_at": at(on, 15, 20),
        "status": HandOverStatus.ASKED,
    }


def _correct_end(setting: Setting, one: Followed) -> None:
    reason = "补充调查：到达后又与来自武汉的亲属同住"
    setting.diary.change(setting.day(2), one.observation, ends_on_corrected=one.ends_on, correction_reason=reason)
    _enter_event(setting, one.observation, EventKind.CORRECTED, setting.day(2), S.OBSERVED, S.OBSERVED, reason)


def _leave(setting: Setting, one: Followed, course: Course) -> None:
    """End the observation at home; some are observed elsewhere from then on, and some are confirmed there."""
    on, resident = setting.day(course.ago), one.resident
    if course.left is Left.RELEASED:
        team = "、".join(name for name in (resident.police, resident.doctor, resident.grid_worker) if name)
        note = "观察期满，体温正常，发放解除医学观察通知书"
        _move(setting, one, EventKind.RELEASED, on, S.OBSERVED, S.RELEASED, note, released_on=on, signed_by=team)
    elif course.left is Left.LOST:
        _move(setting, one, EventKind.LOST, on, S.OBSERVED, S.LOST, "多次上门无人，电话停机，已报派出所协查")
    elif course.left is Left.EXCLUDED:
        _move(setting, one, EventKind.EXCLUDED, on, S.OBSERVED, S.EXCLUDED, "核实未到过重点地区，系同名误报")
    elif course.left is Left.HOSPITAL:
        feverish = bool(course.readings)
        reason = "发热伴咳嗽" if feverish else "原有慢性病，转院观察"
        if feverish:
            setting.diary.change(on, one.observation, became_suspected=True)
            _enter_event(setting, one.observation, EventKind.SUSPECTED, on, S.OBSERVED, S.OBSERVED)
        _transfer(setting, one, on, EventKind.HOSPITAL, S.OBSERVED, HOSPITAL, reason)
    else:
        reason = "居家不具备单独隔离条件"
        _transfer(setting, one, on, EventKind.CENTRAL, S.OBSERVED, CENTRE, reason)
        if course.left is Left.CONFIRMED:
            confirmed_on = setting.day(course.ago - 3)
            setting.diary.change(confirmed_on, one.observation, became_suspected=True)
            _transfer(setting, one, confirmed_on, EventKind.CONFIRMED, S.CENTRAL, CITY_HOSPITAL, "核酸检测阳性")


_KINDS: Final = {S.CENTRAL: ObservationKind.CENTRAL, S.HOSPITAL: ObservationKind.HOSPITAL}


def _transfer(
    setting: Setting, one: Followed, on: date, kind: EventKind, was: ObservationStatus, to: str, reason: str
) -> None:
    """Moved to the centre or a hospital: the same observation, from then on in others' hands."""
    became = S(kind.value)
    values: dict[str, Any] = {"transferred_on": on, "transferred_to": to, "transfer_reason": reason, "place": to}
    if became in _KINDS:
        values["kind"] = _KINDS[became]
    _move(setting, one, kind, on, was, became, reason, **values)


# ---- visits ----


def _enter_visits(setting: Setting, followed: Followed, course: Course) -> None:
    """The visits of every day and period that was expected, up to this morning: until somebody signs off."""
    last = followed.left_on - timedelta(days=1) if followed.left_on else setting.today
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
    visit = Visit(
        village=followed.village_on(on),
        observation=followed.observation,
        resident=followed.resident,
        on=on,
        period=period,
        taken_at=taken_at if outcome.measured else None,
        temperature=Decimal(reading.tenths) / 10 if reading.tenths else None,
        how=dice.choices((How.DOOR, How.VIDEO, How.PHONE), (70, 20, 10))[0],
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
    if followed.taken_over and on == followed.taken_over[0]:
        setting.diary.change(on, visit, village=followed.taken_over[1])  # the day goes over with the person


def _taken_at(setting: Setting, on: date, period: Period) -> datetime:
    start = at(on, 7) if period is Period.AM else at(on, 16, 30)
    return start + timedelta(minutes=setting.dice.randint(0, 90))


def _note(outcome: Outcome) -> str | None:
    return {
        Outcome.NOT_MET: "敲门无人应答，电话未接",
        Outcome.REFUSED: "情绪激动，拒绝测温，已请亲属劝说",
        Outcome.ABNORMAL: "已报区指挥部，安排复测",
    }.get(outcome)
