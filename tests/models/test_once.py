"""What there is once in the district is there once, on both databases, and again once it is deleted."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from models.base import Base
from models.constraints import broken_unique
from models.enterprise import Enterprise
from models.session import Session, remove
from tests.models.factories import (
    District,
    assignment,
    checkpoint,
    duty,
    enterprise,
    identity_number,
    observation,
    report,
    resident,
    resumption,
    visit,
    volunteer,
)

CREDIT_CODE = "91110000600037341L"

ONCE: dict[str, tuple[Callable[[Any, int], Base], tuple[str, ...]]] = {
    "one visit an observation, date and period": (
        lambda made, turn: visit(made["watched"], temperature=36 + turn / 10),
        ("observation_id", "on", "period"),
    ),
    "one report a village and date": (lambda made, turn: report(made["village"], surveyed=turn), ("village_id", "on")),
    "one person an identity number": (
        lambda made, turn: resident(made["village" if turn else "other"], identity_number=identity_number(40)),
        ("identity_number",),
    ),
    "one volunteer an identity number": (
        lambda made, turn: volunteer(made["village" if turn else "other"], identity_number=identity_number(41)),
        ("identity_number",),
    ),
    "one volunteer a number": (lambda made, turn: volunteer(made["village"], number="V-1"), ("number",)),
    "one enterprise a credit code": (
        lambda made, turn: enterprise(made["village" if turn else "other"], credit_code=CREDIT_CODE),
        ("credit_code",),
    ),
    "one filing an enterprise": (lambda made, turn: resumption(made["enterprise"]), ("enterprise_id",)),
    "one checkpoint a name": (lambda made, turn: checkpoint(made["village"], name="东门"), ("village_id", "name")),
}


@pytest.mark.parametrize("promise", ONCE)
def test_what_there_is_once_is_there_once_and_again_after_it_is_deleted(
    session: Session, district: District, promise: str
) -> None:
    make, columns = ONCE[promise]
    made = {
        "village": district.nanyuan,
        "other": district.chaoyang,
        "watched": observation(resident(district.nanyuan)),
        "enterprise": enterprise(district.nanyuan),
    }
    session.add_all([made["watched"], made["enterprise"]])
    first = make(made, 0)
    session.add(first)
    session.commit()

    session.add(make(made, 1))
    with pytest.raises(IntegrityError) as error:
        session.commit()
    session.rollback()
    assert broken_unique(error.value) == columns

    remove(session, first)  # type: ignore[arg-type]
    session.commit()
    session.add(make(made, 1))
    session.commit()


def test_a_volunteer_is_assigned_to_a_duty_once(session: Session, district: District) -> None:
    shift, who = duty(district.nanyuan), volunteer(district.nanyuan)
    session.add(assignment(shift, who))
    session.commit()
    session.add(assignment(shift, who))
    with pytest.raises(IntegrityError) as error:
        session.commit()
    assert broken_unique(error.value) == ("duty_id", "volunteer_id")


def test_many_may_have_no_number_at_all(session: Session, district: District) -> None:
    session.add_all([resident(district.nanyuan, name) for name in ("甲", "乙", "丙")])
    session.add_all([Enterprise(village_id=district.nanyuan.id, name=name, credit_code=" ") for name in "甲乙"])
    session.commit()
