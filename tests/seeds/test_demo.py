"""The demo fills every ledger, breaks no rule, and leaves a trail."""

from typing import Any

import pytest
from sqlalchemy import func, select

from models import trail
from models.account import Account, Role
from models.alert import Alert
from models.base import Base, InVillage, Record
from models.dossier import Contact, Journey, Paper
from models.followup import FollowUp
from models.observation import Observation
from models.person import identity_problem
from models.place import Township, Village
from models.publicity import Publicity
from models.register import LEDGERS
from models.resident import Resident
from models.session import Session
from models.supply import Supply
from models.trail import Deed, TrailEntry
from models.visit import Visit
from models.volunteer import Assignment, Volunteer
from seeds.demo import NotEmpty, load_demo
from seeds.places import DEMO_TOWNSHIP, villages_of
from tests.seeds.conftest import PASSWORD, TODAY


def everything(demo: Session) -> list[Record]:
    classes = [mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, Record)]
    return [record for cls in classes for record in demo.scalars(select(cls).execution_options(deleted=True)).unique()]


# ---- every ledger, every rule ----


@pytest.mark.parametrize("ledger", LEDGERS, ids=lambda cls: cls.__tablename__)
def test_every_ledger_has_records_of_the_demo_villages(demo: Session, ledger: Any) -> None:
    if not issubclass(ledger, InVillage):
        assert demo.scalar(select(func.count()).select_from(ledger))
        return
    query = select(ledger.village_id).distinct().join(ledger.village).join(Village.township)
    found = set(demo.scalars(query.where(Township.code == DEMO_TOWNSHIP)))
    missing = {village.name for village in villages_of(demo, DEMO_TOWNSHIP) if village.id not in found}
    if ledger is Alert:  # as few as there are
        assert found
        return
    about_the_observed = (Observation, Visit, Supply, FollowUp, Journey, Contact, Paper)
    assert missing <= ({"特平村"} if ledger in about_the_observed else set())


def test_no_record_breaks_a_rule(demo: Session) -> None:
    problems = {(str(record), p.field, p.message) for record in everything(demo) for p in record.problems(TODAY)}
    assert not problems


def test_every_identity_number_passes_its_check(demo: Session) -> None:
    numbers = [person.identity_number for cls in (Resident, Volunteer) for person in demo.scalars(select(cls))]
    assert len(numbers) > 2000
    assert not [number for number in numbers if number and identity_problem(number, TODAY)]


def test_lists_have_pages(demo: Session) -> None:
    assert 1500 <= (demo.scalar(select(func.count()).select_from(Resident)) or 0) <= 3000


def test_names_of_every_kind_are_there(demo: Session) -> None:
    names = set(demo.scalars(select(Resident.name)))
    assert {"阿依古丽·买买提", "扎西·旦增", "尉迟清如", "单立新", "Astrid Holmqvist"} <= names
    assert any(len(name) == 2 for name in names)


def test_the_demo_goes_into_an_empty_register_only(demo: Session) -> None:
    with pytest.raises(NotEmpty):
        load_demo(demo, TODAY, PASSWORD)


def test_only_the_demo_villages_take_part(demo: Session) -> None:
    taking_part = demo.scalars(select(Village).where(Village.taking_part.is_(True))).all()
    assert set(taking_part) == set(villages_of(demo, DEMO_TOWNSHIP))


# ---- accounts and the trail ----


def test_the_five_accounts_sign_in_with_the_password(demo: Session) -> None:
    accounts = {account.username: account for account in demo.scalars(select(Account))}
    assert set(accounts) == {"district", "nanyuan", "chaoyang", "coordinator", "auditor"}
    assert not any(account.must_change_password for account in accounts.values())
    assert accounts["nanyuan"].knows(PASSWORD)
    [grant] = accounts["nanyuan"].grants
    assert grant.role is Role.VILLAGE and grant.village is not None and grant.village.name == "南苑社区"
    assert accounts["district"].grants[0].whole_district


def test_the_trail_tells_the_days_as_they_went(demo: Session) -> None:
    assert not list(trail.verify(demo))
    edited = select(TrailEntry.record_id).where(TrailEntry.ledger == "resident", TrailEntry.deed == Deed.UPDATE)
    twice = edited.group_by(TrailEntry.record_id).having(func.count() > 1)
    assert len(demo.scalars(twice).all()) > 20
    assert demo.scalars(select(TrailEntry.id).where(TrailEntry.deed == Deed.DELETE)).all()
    days = {entry.at.date() for entry in demo.scalars(select(TrailEntry).where(TrailEntry.ledger == "visit"))}
    assert len(days) > 14


def test_some_records_are_in_the_recycle_bin(demo: Session) -> None:
    thrown_away = {type(record) for record in everything(demo) if record.deleted_at}
    assert {Resident, Publicity, Assignment} <= thrown_away
