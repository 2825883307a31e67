"""Records that tests start from: two villages, and one honest example of every ledger."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from models.base import Base
from models.business import Business, BusinessKind, Inspection
from models.checkpoint import Checkpoint, Direction, Passage
from models.enterprise import Enterprise, Resumption
from models.event import ObservationEvent
from models.gathering import Banquet, Tipoff
from models.observation import Observation
from models.person import check_digit
from models.place import Township, Village
from models.publicity import Publicity, PublicityKind
from models.report import DailyReport
from models.resident import Category, Resident
from models.scope import EVERYWHERE, Act, Actor, Area, Permit, Scope
from models.session import Session
from models.states import EventKind, Period
from models.supervision import Supervision
from models.supply import Donation, Supply
from models.visit import Visit
from models.volunteer import Assignment, Duty, DutyKind, Volunteer

TODAY = date(2020, 2, 12)
NOON = datetime(2020, 2, 12, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai
EVERYTHING = Scope.everything("test")
ALL_ACTS = frozenset(Act)

_serial = count(1)


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def identity_number(serial: int | None = None, born: date = date(1980, 3, 4), male: bool = True) -> str:
    """A number that passes every check."""
    serial = next(_serial) if serial is None else serial
    order = (serial * 2 + (1 if male else 0)) % 1000
    first = f"32108{serial // 500 % 10}{born:%Y%m%d}{order:03d}"
    return first + check_digit(first)


class District:
    """A township with two villages."""

    def __init__(self, session: Session) -> None:
        self.township = Township(code="321084112", name="车逻镇")
        self.nanyuan = Village(code="321084112001", name="南苑社区", full_name="南苑社区居委会", township=self.township)
        self.chaoyang = Village(
            code="321084112002", name="朝阳社区", full_name="朝阳社区居委会", township=self.township
        )
        session.add_all([self.nanyuan, self.chaoyang])
        session.commit()


def resident(village: Village, name: str = "王建国", **given: Any) -> Resident:
    return Resident(**{"village_id": village.id, "name": name, "category": Category.RETURNEE, **given})


def observation(of: Resident, **given: Any) -> Observation:
    return Observation(**{"resident": of, "began_on": days_ago(3), "last_exposure_on": days_ago(4), **given})


def visit(of: Observation, **given: Any) -> Visit:
    return Visit(**{"observation": of, "on": TODAY, "period": Period.AM, "temperature": 36.5, **given})


def volunteer(village: Village, name: str = "李明", **given: Any) -> Volunteer:
    return Volunteer(**{"village_id": village.id, "name": name, **given})


def duty(village: Village, starts_in: float = 2, hours: float = 3, **given: Any) -> Duty:
    starts = NOON + timedelta(hours=starts_in)
    span = {"starts_at": starts, "ends_at": starts + timedelta(hours=hours)}
    return Duty(**{"village_id": village.id, "title": "东门卡口", "kind": DutyKind.CHECKPOINT, **span, **given})


def assignment(to: Duty, who: Volunteer, **given: Any) -> Assignment:
    return Assignment(**{"duty": to, "volunteer": who, **given})


def business(village: Village, **given: Any) -> Business:
    return Business(**{"village_id": village.id, "name": "清水浴室", "kind": BusinessKind.BATH, **given})


def inspection(of: Business, **given: Any) -> Inspection:
    return Inspection(**{"business": of, "on": TODAY, "inspector": "张网格", **given})


def enterprise(village: Village, **given: Any) -> Enterprise:
    return Enterprise(**{"village_id": village.id, "name": "恒力机械", "workers": 80, **given})


def resumption(of: Enterprise, **given: Any) -> Resumption:
    return Resumption(**{"enterprise": of, **given})


def banquet(village: Village, **given: Any) -> Banquet:
    return Banquet(**{"village_id": village.id, "held_on": TODAY + timedelta(days=3), "host": "赵六", **given})


def tipoff(village: Village, **given: Any) -> Tipoff:
    return Tipoff(**{"village_id": village.id, "received_at": NOON, "text": "三组有人办酒", **given})


def checkpoint(village: Village, **given: Any) -> Checkpoint:
    return Checkpoint(**{"village_id": village.id, "name": f"{next(_serial)}号卡口", **given})


def passage(through: Checkpoint, **given: Any) -> Passage:
    return Passage(**{"checkpoint": through, "direction": Direction.IN, "at": NOON, "name": "钱七", **given})


def publicity(village: Village, **given: Any) -> Publicity:
    return Publicity(**{"village_id": village.id, "on": TODAY, "kind": PublicityKind.POSTER, **given})


def supply(village: Village, **given: Any) -> Supply:
    told = {"name": "孙八", "address": "一组12号", "goods": "大米一袋"}
    return Supply(**{"village_id": village.id, "asked_on": TODAY, **told, **given})


def donation(village: Village, **given: Any) -> Donation:
    told = {"donor": "爱心企业", "what": "口罩", "quantity": 500}
    return Donation(**{"village_id": village.id, "received_on": TODAY, **told, **given})


def report(village: Village, **given: Any) -> DailyReport:
    return DailyReport(**{"village_id": village.id, "on": TODAY, "handed_in_by": "周书记", **given})


def supervision(village: Village, **given: Any) -> Supervision:
    return Supervision(**{"village_id": village.id, "on": TODAY, "supervisors": "督查一组", **given})


def event(of: Observation, **given: Any) -> ObservationEvent:
    return ObservationEvent(**{"observation": of, "kind": EventKind.OPENED, "on": TODAY, **given})


ONE_OF_EACH: dict[str, Callable[[Village], Base]] = {
    "resident": resident,
    "observation": lambda village: observation(resident(village)),
    "observation_event": lambda village: event(observation(resident(village))),
    "visit": lambda village: visit(observation(resident(village))),
    "business": business,
    "inspection": lambda village: inspection(business(village)),
    "enterprise": enterprise,
    "resumption": lambda village: resumption(enterprise(village)),
    "banquet": banquet,
    "tipoff": tipoff,
    "checkpoint": checkpoint,
    "passage": lambda village: passage(checkpoint(village)),
    "publicity": publicity,
    "volunteer": volunteer,
    "duty": duty,
    "assignment": lambda village: assignment(duty(village), volunteer(village)),
    "supply": supply,
    "donation": donation,
    "daily_report": report,
    "supervision": supervision,
}


# ---- scopes ----


def permit(ledger: str, *villages: Village, acts: frozenset[Act] = ALL_ACTS, **limits: Any) -> Permit:
    """Everything on one ledger in some villages; in all of them if none is named."""
    area = Area(villages=frozenset(v.id for v in villages)) if villages else EVERYWHERE
    return Permit(ledger, area, acts, **limits)


def scope(*permits: Permit, name: str = "王管理", account: int = 7) -> Scope:
    return Scope(Actor(account, name, "10.0.0.7"), permits)


def keeper_of(*villages: Village) -> Scope:
    """A village admin's: every ledger of some villages, and reading the village itself."""
    ledgers = sorted({made.__ledger__ for made in _ledgers() if made.__ledger__})
    return scope(*(permit(ledger, *villages) for ledger in ledgers if ledger != "account"))


def _ledgers() -> tuple[type[Base], ...]:
    from models.register import LEDGERS

    return LEDGERS
