"""What else is in a file of the demo: journeys, contacts, papers, calls after release, alerts, hand-overs, settings."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Final

from sqlalchemy import select

from models import clock
from models.alert import Alert, AlertKind, AlertStatus
from models.base import Record
from models.dossier import Contact, Journey, Paper, PaperKind
from models.followup import DAYS, CallOutcome, FollowUp
from models.handover import HandOver, HandOverStatus
from models.session import Session
from models.setting import Setting as Rule
from models.setting import SettingName
from seeds import names
from seeds.courses import Left
from seeds.diary import at
from seeds.observing import Followed, asked_for
from seeds.villages import DAYS as DEMO_DAYS
from seeds.villages import Setting

# What was set: from how many days ago on, and why.
_RULES: Final = (
    (SettingName.OBSERVATION_DAYS, "14", DEMO_DAYS, "区指挥部第1号通告"),
    (SettingName.AM_CUT_OFF, "11:30", DEMO_DAYS, "区指挥部第1号通告"),
    (SettingName.PM_CUT_OFF, "20:00", DEMO_DAYS, "区指挥部第1号通告"),
    (SettingName.REPORT_DEADLINE, "17:00", DEMO_DAYS, "区指挥部第1号通告"),
    (SettingName.REPORT_DEADLINE, "17:30", 8, "与市级报送时间衔接"),
)
_MET: Final = (("亲属", "家中"), ("同事", "单位宿舍"), ("邻居", "小区门口"), ("同车乘客", "返乡途中"))
_DONE: Final = {
    AlertKind.FEVER: "送发热门诊排查，血常规正常，核酸阴性，回家继续观察",
    AlertKind.SYMPTOM: "村医上门查看，嘱多饮水，次日复测正常",
    AlertKind.NOT_MET: "民警与网格员到场，系手机停机，已当面测温并留新号码",
    AlertKind.REFUSED: "社区书记与亲属上门劝说，已同意测温",
}
_REFUSED_BY: Final = "闸河村"  # whose question is sent back
_ASKS: Final = (("朝阳社区", "南苑社区", 0), ("渠南村", "朝阳社区", 2))  # who waits for whom, since how many days
_UNCALLED: Final = 0.12


def enter_rules(setting: Setting) -> None:
    """The settings, each with the day from which it holds."""
    for name, value, ago, reason in _RULES:
        rule = Rule(name=name, value=value, valid_from=setting.day(ago), reason=reason)
        setting.diary.enter(setting.day(ago), rule)


def enter_dossiers(setting: Setting, followed: list[Followed]) -> None:
    """The files of those who are or were observed, and what is done about them."""
    for one in followed:
        _enter_journey(setting, one)
        if setting.dice.random() < 0.4:
            _enter_contacts(setting, one, followed)
        _enter_papers(setting, one)
        if one.left is Left.RELEASED and one.left_on is not None:
            _enter_calls(setting, one, one.left_on)
    _enter_questions(setting, followed)
    for ago in range(DEMO_DAYS, -1, -1):
        setting.diary.do(setting.day(ago), partial(_deal_with_alerts, on=setting.day(ago)))


def _enter(setting: Setting, one: Followed, on: date, record: Record) -> None:
    """Something of a file, which another village may have taken over since."""
    setting.diary.enter(on, record)
    if one.taken_over and on <= one.taken_over[0]:
        setting.diary.change(one.taken_over[0], record, village=one.taken_over[1])


def _enter_journey(setting: Setting, one: Followed) -> None:
    resident = one.resident
    came_on = resident.arrived_on or one.began_on
    journey = Journey(
        village=resident.village,
        resident=resident,
        left_on=came_on - timedelta(days=setting.dice.choice((0, 0, 1))),
        came_on=came_on,
        origin=resident.came_from or "湖北",
        destination="江苏高邮",
        by=resident.arrived_by,
        number=resident.transport_number,
    )
    _enter(setting, one, one.began_on, journey)


def _enter_contacts(setting: Setting, one: Followed, followed: list[Followed]) -> None:
    """One or two people, sometimes one who has a file of the same village."""
    dice, resident = setting.dice, one.resident
    for _ in range(dice.randint(1, 2)):
        relation, place = dice.choice(_MET)
        contact = Contact(
            village=resident.village,
            resident=resident,
            name=names.anybody(dice),
            phone=setting.numbers.phone(),
            relation=relation,
            met_on=one.began_on - timedelta(days=dice.randint(0, 2)),
            place=place,
        )
        others = [o for o in followed if o.village == one.village and o is not one and o.began_on <= one.began_on]
        if others and not one.taken_over and dice.random() < 0.3:
            known = dice.choice(others).resident
            contact.known, contact.name, contact.phone = known, known.name, known.phone
        _enter(setting, one, one.began_on, contact)


def _enter_papers(setting: Setting, one: Followed) -> None:
    """What was handed over when the observation was opened, and when it ended."""
    resident = one.resident
    papers = [(PaperKind.NOTICE, one.began_on, resident.name), (PaperKind.COMMITMENT, one.began_on, resident.name)]
    if resident.statement and setting.dice.random() < 0.5:
        papers.append((PaperKind.STATEMENT, one.began_on, resident.name))
    if one.left is Left.RELEASED and one.left_on is not None:
        papers.append((PaperKind.RELEASE, one.left_on, resident.doctor or ""))
    for kind, on, signed_by in papers:
        paper = Paper(
            village=resident.village,
            resident=resident,
            observation=one.observation,
            kind=kind,
            on=on,
            signed_by=signed_by or None,
        )
        _enter(setting, one, on, paper)


def _enter_calls(setting: Setting, one: Followed, released_on: date) -> None:
    """The calls that have come due up to yesterday; now and then one was forgotten."""
    for day_no in DAYS:
        on = released_on + timedelta(days=day_no)
        if on >= setting.today or setting.dice.random() < _UNCALLED:
            continue
        outcome = CallOutcome.NOT_REACHED if setting.dice.random() < 0.06 else CallOutcome.WELL
        call = FollowUp(
            village=one.resident.village,
            observation=one.observation,
            resident=one.resident,
            day_no=day_no,
            on=on,
            outcome=outcome,
            by=one.resident.doctor or one.resident.cadre,
            note="无人接听，次日再拨" if outcome is CallOutcome.NOT_REACHED else None,
        )
        setting.diary.enter(on, call)


def _deal_with_alerts(session: Session, on: date) -> None:
    """What was raised two days ago or longer is closed, yesterday's is being dealt with, today's waits."""
    open_ones = select(Alert).where(Alert.status != AlertStatus.CLOSED).order_by(Alert.id)
    for alert in session.scalars(open_ones):
        ago = (on - clock.local_day(alert.raised_at)).days
        who = alert.resident.cadre or "网格员"
        if ago >= 2:
            alert.close(who, at(on, 10, 5), _DONE[alert.kind])
        elif ago == 1 and alert.status is AlertStatus.RAISED:
            alert.take(who, at(on, 8, 30))


def _enter_questions(setting: Setting, followed: list[Followed]) -> None:
    """Hand-overs that wait for an answer, one of them too long, and one that was sent back."""
    for sender, receiver, ago in _ASKS:
        _ask(setting, followed, sender, receiver, ago)
    refused = _ask(setting, followed, "太丰村", _REFUSED_BY, 3)
    setting.diary.change(
        setting.day(2),
        refused,
        status=HandOverStatus.REFUSED,
        answered_by=setting.cadre(setting.village(_REFUSED_BY)).name,
        answered_at=at(setting.day(2), 9, 15),
        answer="经核实仍住太丰村，不在本村居住",
    )


def _ask(setting: Setting, followed: list[Followed], sender: str, receiver: str, ago: int) -> HandOver:
    one = next(
        o for o in followed if o.village == sender and o.left is None and o.began_on < setting.day(ago)
    )  # fmt: skip
    to = setting.village(receiver)
    asked = HandOver(
        from_village=one.resident.village, to_village=to, from_name=sender, to_name=receiver, reason="搬至亲属家居住",
        **asked_for(setting, one.resident, setting.day(ago)),
    )  # fmt: skip
    asked.asked_at = at(setting.day(ago), 7, 50 if ago == 0 else 40)
    setting.diary.enter(setting.day(ago), asked, asked.asked_at)
    return asked
