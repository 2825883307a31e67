"""一村一台账: what a span of days holds, against plain loops; and a scope that is narrowed to one village."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, select

from models.account import Role
from models.place import Village
from models.resident import Resident
from models.scope import Act, Actor, Area, OutOfScope, Permit, Scope
from models.session import Session, open_session
from models.summaries import ledger
from models.summaries.ledger import DATED, Span
from models.visit import Visit
from tests.models.summaries.holdings import RULES, held
from tests.models.summaries.lived import VILLAGE
from tests.models.summaries.whole import full_world
from tests.models.summaries.world import TODAY, World, confined_to

EVERYTHING = Scope.everything("test")
SPANS = [
    Span(TODAY, TODAY),
    Span(TODAY - timedelta(days=9), TODAY - timedelta(days=5)),
    Span(TODAY - timedelta(days=30), TODAY),
]


@pytest.fixture(scope="module")
def world() -> World:
    return full_world()


@pytest.fixture
def reading(engine: Engine, world: World) -> Iterator[Callable[[Scope], Session]]:
    """Opens sessions over the small district."""
    world.store(engine)
    opened: list[Session] = []

    def session(scope: Scope) -> Session:
        opened.append(open_session(engine, scope, writing=False).__enter__())
        return opened[-1]

    yield session
    for one in opened:
        one.close()


def test_a_span_holds_what_plain_loops_say_in_the_order_that_they_say(
    reading: Callable[[Scope], Session], world: World
) -> None:
    counted = 0
    for village_id in (1, 3, 5):
        session = reading(EVERYTHING.only(village_id))
        for cls in (*RULES, *DATED):
            for span in SPANS:
                expected = [row["id"] for row in held(world, cls, {village_id}, *span)]
                assert list(ledger.numbers(session, cls, ledger.within(cls, span))) == expected, (cls, village_id, span)
                told = ledger.held(session, cls, span)
                ends = (min(expected), max(expected)) if expected else (None, None)
                assert told == (len(expected), *ends)
                counted += len(expected)
    assert counted > 200


@pytest.mark.parametrize("village", [VILLAGE, "朝阳社区"])
def test_a_span_holds_what_the_trail_tells(lived_engine: Engine, told: World, village: str) -> None:
    [village_id] = [row["id"] for row in told.rows[Village] if row["name"] == village]
    with open_session(lived_engine, EVERYTHING.only(village_id), writing=False) as session:
        for cls in (*RULES, *DATED):
            for span in SPANS:
                expected = held(told, cls, {village_id}, *span)
                found = list(ledger.numbers(session, cls, ledger.within(cls, span)))
                assert len(found) == len(expected), (cls, span)
                if not cls.__part_of__:  # whose own number the trail does not tell
                    assert found == [row["id"] for row in expected], (cls, span)


def test_every_kind_of_record_is_held_on_some_day_and_left_out_on_another(world: World) -> None:
    """The comparison above would say nothing about a class of which all or none is held."""
    for cls in (*RULES, *DATED):
        short, long = (sum(len(held(world, cls, {v}, *span)) for v in (1, 2, 3, 4)) for span in (SPANS[1], SPANS[2]))
        assert long > 0, cls
        assert short < long, cls


def test_a_scope_narrowed_to_a_village_reads_that_village_only(reading: Callable[[Scope], Session]) -> None:
    for scope in (EVERYTHING, confined_to(1, 2), Scope(Actor(1, "d"), confined_to().permits)):
        narrow = scope.only(2)
        mine = set(reading(narrow).scalars(select(Resident.village_id)))
        assert mine == ({2} if scope.area(Act.READ, "resident") else set())


def test_narrowing_gives_no_village_that_was_not_the_scopes_own(reading: Callable[[Scope], Session]) -> None:
    narrow = confined_to(1, role=Role.VILLAGE).only(3)
    assert not narrow.may(Act.READ, "resident")
    assert reading(narrow).scalars(select(Resident)).all() == []


def test_narrowing_gives_no_right_that_was_not_the_scopes_own() -> None:
    sees = frozenset({"name"})
    permit = Permit("resident", Area(everywhere=True), frozenset({Act.READ}), sees=sees)
    narrow = Scope(Actor(7, "somebody"), (permit,)).only(2)
    assert narrow.actor == Actor(7, "somebody")
    assert narrow.area(Act.READ, "resident") == Area(villages=frozenset({2}))
    assert not narrow.may(Act.EDIT, "resident")
    assert not narrow.may(Act.READ, "visit")
    assert narrow.sees(Resident) == sees


def test_a_narrowed_system_account_is_confined_too(reading: Callable[[Scope], Session]) -> None:
    session = reading(EVERYTHING.only(1))
    assert set(session.scalars(select(Visit.village_id))) == {1}
    with pytest.raises(OutOfScope):
        session.execute(select(Visit.__table__.c.id))


def test_days_outside_every_record_hold_nothing_that_happened(reading: Callable[[Scope], Session]) -> None:
    session, long_ago = reading(EVERYTHING), Span(date(2019, 1, 1), date(2019, 1, 31))
    for cls in DATED:
        assert ledger.held(session, cls, long_ago).records == 0
