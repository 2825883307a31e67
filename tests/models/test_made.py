"""Kept summaries: what may be asked at all, whose a summary is, who reads it, and what its trail says."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from admin_app import access
from models import session as sessions
from models.account import Account, Role
from models.base import Invalid, Mask, about
from models.made import PINNED_MOST, MadePin, MadeSummary, pinned
from models.question import Group, How, Measure, Question, Unreadable
from models.resident import Resident
from models.scope import Act, Actor, Area, OutOfScope, Scope
from models.session import Session
from models.setting import Setting, SettingName, smallest_number
from models.summing import Sort, Step, born_by, groupings, ledgers, numbers
from models.trail import Deed, TrailEntry
from models.types import Cleaned, Key
from tests.models.factories import TODAY, District

# ---- the allow-list ----


def column_of(cls: Any, name: str) -> Any:
    return cls.__mapper__.column_attrs[name].columns[0]


@pytest.mark.parametrize("ledger", ledgers())
def test_nothing_that_tells_of_somebody_can_be_grouped_or_added(ledger: str) -> None:
    cls = ledgers()[ledger]
    for known in groupings(cls).values():
        column = column_of(cls, known.column)
        assert about(column).mask is None and not about(column).secret
        assert not isinstance(column.type, (Cleaned, Key))
        assert known.sort is Sort.AGE or known.column not in ("birth_date", "created_at", "updated_at", "deleted_at")
        assert not column.foreign_keys or known.name in ("village", "township", "organisation", "checkpoint")
    for number in numbers(cls).values():
        column = column_of(cls, number.name)
        assert about(column).mask is None and not column.foreign_keys and not column.primary_key


def test_of_a_person_neither_name_nor_number_nor_phone_nor_address_can_be_asked() -> None:
    masked = {a.key for a in Resident.__mapper__.column_attrs if isinstance(about(a.columns[0]).mask, Mask)}
    told = {known.column for known in groupings(Resident).values()} | numbers(Resident).keys()
    assert masked
    assert not told & masked
    assert not told & {"name", "pinyin", "initials", "identity_tail", "address", "note", "statement"}


@given(st.integers(0, 110), st.dates(date(2019, 1, 1), date(2024, 12, 31)))
def test_who_was_born_by_that_day_is_that_old(age: int, today: date) -> None:
    last = born_by(age, today)
    assert Resident(birth_date=last).age(today) == age
    one_day_younger = date.fromordinal(last.toordinal() + 1)
    assert Resident(birth_date=one_day_younger).age(today) == age - 1


# ---- the question ----

TEXT = st.text(st.characters(blacklist_categories=("Cs",)), min_size=1, max_size=20)
OWN = ("ledger", "rows", "columns", "measure")
NAMES = st.from_regex(r"[a-z_]{1,12}", fullmatch=True).filter(lambda name: name not in OWN)
GROUPS = st.builds(Group, NAMES, st.none() | st.sampled_from(list(Step)))
MEASURES = st.builds(Measure, st.just(How.COUNT)) | st.builds(Measure, st.just(How.SHARE), NAMES, NAMES)
FILTERS = st.lists(st.tuples(NAMES, TEXT), max_size=5).map(tuple)
QUESTIONS = st.builds(Question, NAMES, GROUPS, st.none() | GROUPS, MEASURES, FILTERS)


@given(QUESTIONS)
def test_a_question_is_the_same_after_it_was_kept_and_after_it_was_an_address(question: Question) -> None:
    assert Question.from_json(json.loads(json.dumps(question.to_json()))) == question
    assert Question.read(question.pairs()) == question


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@given(JSON | st.fixed_dictionaries({"format": st.just(1), "ledger": JSON, "rows": JSON, "filters": JSON}))
def test_what_was_damaged_is_no_question_and_says_so(kept: object) -> None:
    try:
        Question.from_json(kept)
    except Unreadable as wrong:
        assert wrong.message


@pytest.mark.parametrize(
    "pairs",
    [
        [],
        [("ledger", "resident")],
        [("ledger", "resident"), ("rows", "on.century")],
        [("ledger", "resident"), ("rows", "village"), ("measure", "median:age")],
        [("ledger", "resident"), ("rows", "village"), *([("status", "observed")] * 61)],
        [("ledger", "resident"), ("rows", "village"), ("status", "x" * 121)],
    ],
)
def test_an_address_that_asks_nothing_says_what_is_missing(pairs: list[tuple[str, str]]) -> None:
    with pytest.raises(Unreadable) as wrong:
        Question.read(pairs)
    assert wrong.value.message


# ---- whose it is ----

BY_STATUS = Question("resident", Group("village"), Group("status"))


@pytest.fixture
def people(session: Session, district: District) -> dict[str, Scope]:
    """Scopes of accounts: two village admins, a district admin, a coordinator, an auditor, somebody without a role."""
    grants: dict[str, list[tuple[Role, Area]]] = {
        "one": [(Role.VILLAGE, Area(villages=frozenset({district.nanyuan.id})))],
        "two": [(Role.VILLAGE, Area(villages=frozenset({district.chaoyang.id})))],
        "district": [(Role.DISTRICT, Area(everywhere=True))],
        "coordinator": [(Role.COORDINATOR, Area(everywhere=True))],
        "auditor": [(Role.AUDITOR, Area(everywhere=True))],
        "nobody": [],
    }
    scopes = {}
    for name, granted in grants.items():
        account = Account(username=name, name=name.title())
        account.password_hash = "-"
        session.add(account)
        session.flush()
        scopes[name] = access.scope_for(Actor(account.id, account.name), granted)
    session.commit()
    return scopes


Acting = Callable[[Scope], Session]


def keep(session: Session, name: str = "各村", shared_with: Role | None = None) -> MadeSummary:
    record = MadeSummary(name=name, question=BY_STATUS.to_json(), shared_with=shared_with)
    session.add(record)
    session.commit()
    return record


def read_by(acting: Acting, people: dict[str, Scope], number: int) -> set[str]:
    found = set()
    for name, scope in people.items():
        with_it = acting(scope)
        one = with_it.get(MadeSummary, number)
        listed = list(with_it.scalars(select(MadeSummary.id)))
        assert (one is not None) == (number in listed)
        found |= {name} if one is not None else set()
        with_it.rollback()
    return found


@pytest.mark.parametrize(
    ("shared_with", "readers"),
    [
        (None, {"one"}),
        (Role.VILLAGE, {"one", "two", "district"}),
        (Role.DISTRICT, {"one", "district"}),
        (Role.COORDINATOR, {"one", "coordinator", "district"}),
    ],
)
def test_a_summary_is_its_makers_and_theirs_whom_it_is_shared_with(
    acting: Acting, people: dict[str, Scope], shared_with: Role | None, readers: set[str]
) -> None:
    maker = acting(people["one"])
    record = keep(maker, shared_with=shared_with)
    assert (record.maker_id, record.maker) == (people["one"].actor.id, "One")
    assert read_by(acting, people, record.id) == readers


def test_only_its_maker_writes_a_summary_and_the_district_may_take_a_shared_one_away(
    acting: Acting, people: dict[str, Scope]
) -> None:
    number = keep(acting(people["one"]), shared_with=Role.VILLAGE).id
    for name in ("two", "district"):
        other = acting(people[name])
        other.get_one(MadeSummary, number).name = "别的"
        with pytest.raises(OutOfScope):
            other.flush()
        other.rollback()
    neighbour = acting(people["two"])
    sessions.remove(neighbour, neighbour.get_one(MadeSummary, number))
    with pytest.raises(OutOfScope):
        neighbour.flush()
    neighbour.rollback()
    district = acting(people["district"])
    sessions.remove(district, district.get_one(MadeSummary, number))
    district.commit()
    assert read_by(acting, people, number) == set()


def test_nobody_makes_a_summary_for_somebody_else_or_takes_one_over(acting: Acting, people: dict[str, Scope]) -> None:
    forger = acting(people["two"])
    forger.add(MadeSummary(name="假", question=BY_STATUS.to_json(), maker_id=people["one"].actor.id, maker="One"))
    with pytest.raises(OutOfScope):
        forger.flush()
    forger.rollback()
    record = keep(forger)
    record.maker_id = people["one"].actor.id
    with pytest.raises(OutOfScope):
        forger.flush()


@pytest.mark.parametrize("name", ["auditor", "nobody"])
def test_who_makes_no_summaries_keeps_none(acting: Acting, people: dict[str, Scope], name: str) -> None:
    reader = acting(people[name])
    assert not reader.scope.may(Act.READ, "made")
    reader.add(MadeSummary(name="各村", question=BY_STATUS.to_json()))
    with pytest.raises(OutOfScope):
        reader.flush()


def test_a_damaged_question_is_not_kept(acting: Acting, people: dict[str, Scope]) -> None:
    maker = acting(people["one"])
    maker.add(MadeSummary(name="坏", question={"format": 99}))
    with pytest.raises(Invalid) as refused:
        maker.flush()
    assert [p.field for p in refused.value.problems] == ["question"]


def test_every_change_of_a_summary_is_in_the_trail(acting: Acting, people: dict[str, Scope]) -> None:
    maker = acting(people["one"])
    record = keep(maker)
    record.shared_with = Role.VILLAGE
    maker.commit()
    sessions.remove(maker, record)
    maker.commit()
    told = acting(Scope.everything("test"))
    entries = told.scalars(select(TrailEntry).where(TrailEntry.ledger == "made").order_by(TrailEntry.id)).all()
    assert [entry.deed for entry in entries] == [Deed.INSERT, Deed.UPDATE, Deed.DELETE]
    assert {(entry.record_id, entry.account_id) for entry in entries} == {(record.id, people["one"].actor.id)}
    assert entries[0].changes["question"] == [None, BY_STATUS.to_json()]
    assert entries[1].changes["shared_with"] == [None, "village"]


# ---- pins ----


def test_everybody_pins_for_themselves(acting: Acting, people: dict[str, Scope]) -> None:
    maker, reader = acting(people["district"]), acting(people["one"])
    record = keep(maker, shared_with=Role.VILLAGE)
    maker.add(MadePin(summary_id=record.id))
    maker.commit()
    assert pinned(maker) == [record]
    assert pinned(reader) == []
    reader.rollback()
    reader.add(MadePin(summary_id=record.id))
    reader.commit()
    assert [one.id for one in pinned(reader)] == [record.id]
    assert len(maker.scalars(select(MadePin)).all()) == 1, "another's pin is not there"


def test_what_cannot_be_read_cannot_be_pinned_and_leaves_the_screen_when_it_is_no_longer_shared(
    acting: Acting, people: dict[str, Scope]
) -> None:
    maker, reader = acting(people["district"]), acting(people["one"])
    own = keep(maker)
    reader.add(MadePin(summary_id=own.id))
    with pytest.raises(Invalid):
        reader.flush()
    reader.rollback()
    own.shared_with = Role.VILLAGE
    maker.commit()
    reader.add(MadePin(summary_id=own.id))
    reader.commit()
    assert len(pinned(reader)) == 1
    reader.rollback()
    own.shared_with = None
    maker.commit()
    assert pinned(reader) == []


def test_a_first_screen_has_room_for_four(acting: Acting, people: dict[str, Scope]) -> None:
    maker = acting(people["one"])
    numbers_of = [keep(maker, f"第{n}张").id for n in range(PINNED_MOST + 1)]
    for number in numbers_of[:PINNED_MOST]:
        maker.add(MadePin(summary_id=number))
        maker.flush()
    maker.commit()
    maker.add(MadePin(summary_id=numbers_of[-1]))
    with pytest.raises(Invalid):
        maker.flush()
    maker.rollback()
    sessions.remove(maker, maker.scalars(select(MadePin)).first() or MadePin())
    maker.flush()
    maker.add(MadePin(summary_id=numbers_of[-1]))
    maker.flush()


# ---- how few people are told of ----


def test_fewer_than_five_people_are_not_told_of_until_something_else_is_set(session: Session) -> None:
    assert smallest_number(session, TODAY) == 5
    session.add(Setting(name=SettingName.SMALLEST_NUMBER, value="10", valid_from=TODAY))
    session.flush()
    assert smallest_number(session, TODAY) == 10
    assert smallest_number(session, date.fromordinal(TODAY.toordinal() - 1)) == 5


@pytest.mark.parametrize("value", ["0", "51", "five", "²", "-1", "17:30", ""])
def test_a_number_of_people_is_a_number_that_can_be_meant(session: Session, value: str) -> None:
    session.add(Setting(name=SettingName.SMALLEST_NUMBER, value=value, valid_from=TODAY))
    with pytest.raises(Invalid):
        session.flush()
