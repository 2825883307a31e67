"""Villages and townships by name."""

from collections.abc import Callable

import pytest

from models.place import Township, Village, numbers_and_names, short_name
from models.scope import Scope
from models.session import Session, remove
from tests.models.factories import District, keeper_of
from tests.support.statements import counted


def test_every_village_in_reach_is_named_by_code_in_one_statement(session: Session, district: District) -> None:
    first = Village(code="321084112000", name="九丰 村", full_name="九丰村村委会", township=district.township)
    session.add(first)
    session.commit()
    villages = (first, district.nanyuan, district.chaoyang)
    with counted(session) as statements:
        assert numbers_and_names(session, Village) == tuple((str(v.id), v.name) for v in villages)
    assert len(statements) == 1
    assert numbers_and_names(session, Township) == ((str(district.township.id), "车逻镇"),)


def test_a_new_name_is_told_at_once_and_a_deleted_village_is_not(session: Session, district: District) -> None:
    numbers_and_names(session, Village)
    district.nanyuan.name = "南苑新村"
    remove(session, district.chaoyang)
    session.flush()
    assert numbers_and_names(session, Village) == ((str(district.nanyuan.id), "南苑新村"),)


def test_nobody_is_told_of_a_village_that_is_not_theirs(district: District, acting: Callable[[Scope], Session]) -> None:
    for village in (district.nanyuan, district.chaoyang, district.nanyuan):
        keeper = acting(keeper_of(village))
        assert numbers_and_names(keeper, Village) == ((str(village.id), village.name),)


def test_where_there_is_none_none_is_named(session: Session) -> None:
    assert numbers_and_names(session, Village) == ()


@pytest.mark.parametrize(
    ("full", "short"), [("南苑社区居委会", "南苑社区"), ("浩芝村委会", "浩芝村"), ("浩芝村村民委员会", "浩芝村")]
)
def test_a_village_is_called_by_its_everyday_name(full: str, short: str) -> None:
    assert short_name(full) == short
