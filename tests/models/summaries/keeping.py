"""The ledgers beside observation as people keep them: they enter records, change them, throw them away, take them back.

What a rule refuses is not done.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from random import Random
from typing import Any

from sqlalchemy import func, select

from models.base import Invalid, Record
from models.business import Business, BusinessKind, Control, Inspection, Recheck
from models.checkpoint import Checkpoint, Passage
from models.enterprise import Enterprise, Resumption, ResumptionStatus
from models.followup import CallOutcome, FollowUp
from models.gathering import Banquet, Source, Tipoff, Topic
from models.observation import Observation
from models.place import Village
from models.publicity import Publicity, PublicityKind
from models.report import DailyReport
from models.resident import Resident, Transport
from models.session import Session, remove, restore
from models.states import How
from models.supervision import Supervision
from models.supply import Directed, Donation, Supply, SupplyKind
from models.visit import Visit
from models.volunteer import Assignment, Duty, DutyStatus, Organisation, Politics, Volunteer
from tests.models import factories as one
from tests.models.summaries.world import Row, at


class Deed(Enum):
    """What somebody does to a ledger."""

    ENTER, CHANGE, THROW_AWAY, TAKE_BACK = range(4)


NEW: dict[type[Record], Callable[[Village, date], Record]] = {
    Business: lambda village, today: one.business(village),
    Inspection: lambda village, today: one.inspection(one.business(village), on=today),
    Enterprise: lambda village, today: one.enterprise(village),
    Resumption: lambda village, today: one.resumption(one.enterprise(village), applied_on=today),
    Banquet: lambda village, today: one.banquet(village, held_on=today),
    Tipoff: lambda village, today: one.tipoff(village, received_at=at(0, day=today)),
    Checkpoint: lambda village, today: one.checkpoint(village, opened_on=today),
    Passage: lambda village, today: one.passage(one.checkpoint(village), at=at(0, day=today)),
    Publicity: lambda village, today: one.publicity(village, on=today),
    Volunteer: lambda village, today: one.volunteer(village),
    Duty: lambda village, today: _duty(village, today),
    Assignment: lambda village, today: one.assignment(_duty(village, today), one.volunteer(village)),
    Supply: lambda village, today: one.supply(village, asked_on=today),
    Donation: lambda village, today: one.donation(village, received_on=today),
    Supervision: lambda village, today: one.supervision(village, on=today),
}
CHANGES: dict[type[Record], Callable[[Random, Any], Row]] = {
    Business: lambda dice, row: {"control": dice.choice(list(Control)), "kind": dice.choice(list(BusinessKind))},
    Inspection: lambda dice, row: _rechecked(dice, row),
    Enterprise: lambda dice, row: {"workers": dice.choice([None, 0, 60, 100, 400])},
    Resumption: lambda dice, row: {
        "returned": dice.choice([None, 0, 3]), "from_outside": dice.randint(0, 2), "resumed_on": row.applied_on,
        "status": dice.choice(list(ResumptionStatus)), "commitment_letter": True, "emergency_plan": dice.random() < 0.7,
    },
    Banquet: lambda dice, row: {"tables": dice.randint(0, 9), "source": dice.choice(list(Source))},
    Tipoff: lambda dice, row: {"topic": dice.choice(list(Topic)), "place": "村口"},
    Checkpoint: lambda dice, row: {"closed_on": dice.choice([None, row.opened_on])},
    Passage: lambda dice, row: {"people": dice.randint(1, 5), "purpose": "@SUM(A1)"},
    Publicity: lambda dice, row: {"quantity": dice.randint(0, 40), "kind": dice.choice(list(PublicityKind))},
    Organisation: lambda dice, row: {"name": f"{dice.randint(1, 10**6)}队"},
    Volunteer: lambda dice, row: {"politics": dice.choice(list(Politics)), "skills": "驾驶"},
    Duty: lambda dice, row: {"needed": dice.randint(1, 4), "status": dice.choice([DutyStatus.OPEN, DutyStatus.DONE])},
    Assignment: lambda dice, row: _served(dice, row),
    Supply: lambda dice, row: {"cost": dice.choice([None, Decimal("12.50")]), "kind": dice.choice(list(SupplyKind))},
    Donation: lambda dice, row: {"quantity": dice.randint(1, 500), "directed": dice.choice(list(Directed))},
    Supervision: lambda dice, row: {"findings": "有人聚集\n未戴口罩", "done_on": row.on, "done": "已劝散"},
    Resident: lambda dice, row: {
        "met_case": dice.choice([None, True, False]), "arrived_by": dice.choice([*Transport]), "next_step": "=1+1",
    },
    Observation: lambda dice, row: {"cadre": "周书记", "began_on": row.began_on - timedelta(days=dice.randint(0, 1))},
    Visit: lambda dice, row: {"how": dice.choice(list(How)), "note": "补记"},
    FollowUp: lambda dice, row: {"outcome": dice.choice(list(CallOutcome))},
    DailyReport: lambda dice, row: {"came": dice.randint(0, 9), "correction_reason": "核对后更正"},
}  # fmt: skip
"""What may be typed into a record that is there; to a report's figures only with a reason."""


def _duty(village: Village, today: date) -> Duty:
    return one.duty(village, starts_at=at(0, day=today), ends_at=at(4, day=today), status=DutyStatus.OPEN)


def _rechecked(dice: Random, inspection: Inspection) -> Row:
    recheck = dice.choice([None, *Recheck])
    due = inspection.on + timedelta(days=dice.randint(0, 3))
    return {"rectify_by": due, "recheck": recheck, "rechecked_on": recheck and inspection.on, "masks": False}


def _served(dice: Random, assignment: Assignment) -> Row:
    came = assignment.duty.starts_at
    left = dice.choice([None, came + timedelta(minutes=dice.randint(0, 300))])
    return {"signed_in_at": came, "signed_out_at": left, "attended": True}


def do(session: Session, deed: Deed, cls: type[Record], village: Village, dice: Random, today: date) -> bool:
    """Do something to a ledger, in a village if it is something new; False if it was refused, or nothing is there."""
    with suppress(Invalid), session.begin_nested():
        if deed is Deed.ENTER:
            session.add(NEW[cls](village, today))
            return True
        record = _any(session, cls, dice, deleted=deed is Deed.TAKE_BACK)
        if record is None:
            return False
        if deed is Deed.CHANGE:
            for name, value in CHANGES[cls](dice, record).items():
                setattr(record, name, value)
        elif deed is Deed.THROW_AWAY:
            remove(session, record)
        else:
            restore(record)
        session.flush()
        return True
    return False


def _any(session: Session, cls: Any, dice: Random, deleted: bool) -> Any:
    gone = cls.deleted_at.is_not(None) if deleted else cls.deleted_at.is_(None)
    there = session.scalar(select(func.count(cls.id)).where(gone), execution_options={"deleted": True}) or 0
    one_of_them = select(cls).where(gone).order_by(cls.id).offset(dice.randrange(there or 1)).limit(1)
    return session.scalars(one_of_them, execution_options={"deleted": True}).first()
