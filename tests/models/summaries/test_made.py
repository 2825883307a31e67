"""Made summaries against plain loops, for questions put together at random and whoever asks.

Over what the trail tells of a district that has lived, and over the rows of made-up ones.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, insert

from models.place import Village
from models.question import Group, How, Measure, Question, codes, problems_of
from models.resident import Category, FileStatus, Resident
from models.scope import Act, Actor, Area, Permit, Scope
from models.session import Session, open_session
from models.states import Outcome
from models.summaries import crosstab, made, tallying
from models.summaries.crosstab import REST, Tally, TooMany
from models.summing import Sort, Step, groupings, ledgers, numbers
from models.supply import Supply, SupplyStatus
from models.visit import Visit
from tests.models.summaries.lived import VILLAGE
from tests.models.summaries.summed import Tallies, count, district
from tests.models.summaries.weeks import looking_at
from tests.models.summaries.world import TODAY, VILLAGES, Row, World, confined_to

EVERYWHERE = set(VILLAGES)
LEDGERS = ("resident", "observation", "visit", "alert", "business", "inspection", "resumption", "supply", "dailyreport")
# conditions of filters, and the same for a row
CONDITIONS: dict[str, list[tuple[Callable[[Any], Any], Callable[[Row], bool]]]] = {
    "resident": [
        (lambda cls: cls.status == FileStatus.OBSERVED, lambda row: row["status"] is FileStatus.OBSERVED),
        (
            lambda cls: cls.category.in_([Category.RETURNEE, Category.FEVER]),
            lambda row: row["category"] in (Category.RETURNEE, Category.FEVER),
        ),
    ],
    "visit": [
        (lambda cls: cls.on >= TODAY, lambda row: row["on"] >= TODAY),
        (lambda cls: cls.temperature >= Decimal("37.3"), lambda row: (row["temperature"] or 0) >= 37.3),
    ],
}
LOOKED_AT = [(1, EVERYWHERE), (2, EVERYWHERE), (3, {1, 3}), (4, {2}), (5, {5})]


@pytest.fixture(params=LOOKED_AT, ids=lambda param: f"{param[0]}-{''.join(map(str, sorted(param[1])))}")
def looking(request: pytest.FixtureRequest, engine: Engine) -> Iterator[tuple[Session, World, set[int]]]:
    """A district, looked at by everybody from the district admin to somebody with one village without anything."""
    seed, villages = request.param
    world = district(seed)
    world.store(engine)
    scope = Scope.everything("test") if villages == EVERYWHERE else confined_to(*villages)
    with open_session(engine, scope, writing=False) as session:
        yield session, world, villages


@st.composite
def questions(draw: st.DrawFn, among: tuple[str, ...] = LEDGERS) -> Question:
    """Any question that makes sense."""
    ledger = draw(st.sampled_from(among))
    cls = ledgers()[ledger]

    def group(but: str = "") -> Group:
        known = draw(st.sampled_from([g for g in groupings(cls).values() if g.name != but]))
        return Group(known.name, draw(st.sampled_from(known.steps)) if known.steps else None)

    rows = group()
    columns = group(rows.name) if draw(st.booleans()) else None
    how = draw(st.sampled_from(list(How)))
    counted = numbers(cls)
    names = [name for name, number in counted.items() if how is How.AVERAGE or number.adds_up]
    listed = [g for g in groupings(cls).values() if g.sort in (Sort.CHOICE, Sort.YES_NO)]
    measure = Measure(How.COUNT)
    if how in (How.SUM, How.AVERAGE) and names:
        measure = Measure(how, draw(st.sampled_from(names)))
    elif how is How.SHARE and listed:
        one = draw(st.sampled_from(listed))
        measure = Measure(how, one.name, draw(st.sampled_from(codes(one.choices))))
    elif how is How.PART:
        measure = Measure(how)
    return Question(ledger, rows, columns, measure)


def answer(session: Session, question: Question, conditions: list[Any] = (), below: int = 0) -> made.Answer:  # type: ignore[assignment]
    assert list(problems_of(question, session.scope)) == []
    cls = ledgers()[question.ledger]
    return made.made(session, made.Asked(question, cls, TODAY, conditions), below)


def rounded(cells: Tallies) -> Tallies:
    """SQLite adds up what are no exact tenths there."""
    return {place: tally._replace(total=crosstab.rounded(tally.total, 2)) for place, tally in cells.items()}


def test_any_question_is_answered_as_plain_loops_would(looking: tuple[Session, World, set[int]]) -> None:
    session, world, villages = looking

    @settings(max_examples=60)
    @given(questions(), st.integers(0, 3))
    def ask(question: Question, narrowing: int) -> None:
        cls = ledgers()[question.ledger]
        known = CONDITIONS.get(question.ledger, [])[: max(0, narrowing - 1)]
        rows = [row for row in world.live(cls, villages) if all(meets(row) for _condition, meets in known)]
        table = answer(session, question, [condition(cls) for condition, _meets in known]).table
        expected = count(world, question, cls, rows)
        assert rounded(table.cells) == rounded(expected)
        assert {place for place, _ in expected} <= set(table.rows)
        assert {place for _, place in expected} <= set(table.columns)
        assert table.whole.n == len(rows) == sum(table.row(row).n for row in table.rows)
        assert table.whole.n == sum(table.column(column).n for column in table.columns)

    ask()


def test_people_are_counted_once_a_cell_however_often_they_were_visited(
    looking: tuple[Session, World, set[int]],
) -> None:
    session, world, villages = looking

    @settings(max_examples=25)
    @given(questions(), st.integers(2, 6))
    def ask(question: Question, below: int) -> None:
        cls = ledgers()[question.ledger]
        expected = count(world, question, cls, world.live(cls, villages), heads=True)
        table = answer(session, question, below=below).table
        hidden = {place for place, tally in expected.items() if crosstab.small(tally, below, question.measure.how)}
        assert table.hidden == hidden
        assert {p: t.people for p, t in table.cells.items()} == {
            p: t.people for p, t in expected.items() if p not in hidden
        }

    ask()


# what of the questions above a made-up district has no rows for
LIVED = (*LEDGERS, "enterprise", "banquet", "tipoff", "passage", "publicity", "volunteer", "duty", "assignment")


@pytest.mark.parametrize("village", ["", VILLAGE])
def test_any_question_is_answered_as_the_trail_tells(lived_engine: Engine, told: World, village: str) -> None:
    with looking_at(lived_engine, told, village) as seen:

        @settings(max_examples=25)
        @given(questions(LIVED))
        def ask(question: Question) -> None:
            cls = ledgers()[question.ledger]
            if not seen.session.scope.may(Act.READ, question.ledger):
                return
            rows = told.live(cls, seen.villages)
            table = answer(seen.session, question).table
            assert rounded(table.cells) == rounded(count(told, question, cls, rows))
            assert table.whole.n == len(rows)

        ask()


# ---- who asks ----


def ask_for(session: Session, ledger: str, rows: str, columns: str = "", measure: str = "count") -> made.Answer:
    pairs = [("ledger", ledger), ("rows", rows), ("columns", columns), ("measure", measure)]
    return answer(session, Question.read(pairs))


def test_one_and_the_same_question_counts_for_everybody_their_own(engine: Engine) -> None:
    world = district(1)
    world.store(engine)
    for villages in ({1}, {2, 3}, {5}):
        with open_session(engine, confined_to(*villages), writing=False) as session:
            answered = ask_for(session, "visit", "village", "outcome")
            assert set(answered.table.rows) == {row["village_id"] for row in world.live(Visit, villages)}
            assert {number for _name, number in answered.names} == set(answered.table.rows)
            assert answered.table.whole.n == len(world.live(Visit, villages))


def permit(ledger: str, *villages: int, **limits: Any) -> Permit:
    area = Area(villages=frozenset(villages)) if villages else Area(everywhere=True)
    return Permit(ledger, area, frozenset({Act.READ}), **limits)


def test_a_ledger_or_a_column_that_is_not_open_is_no_question(engine: Engine) -> None:
    deliverer = permit("supply", sees=frozenset({"id", "village_id", "goods", "status"}), rows="open")
    scope = Scope(Actor(1, "单雨桐"), (deliverer, permit("village")))
    asked = {
        "resident": Question("resident", Group("village")),
        "kind": Question("supply", Group("kind")),
        "share": Question("supply", Group("village"), measure=Measure(How.SHARE, "kind", "food")),
        "sum": Question("supply", Group("village"), measure=Measure(How.SUM, "cost")),
        "status": Question("supply", Group("village"), Group("status")),
    }
    wrong = {name: [p.field for p in problems_of(question, scope)] for name, question in asked.items()}
    assert wrong == {"resident": ["ledger"], "kind": ["rows"], "share": ["measure"], "sum": ["measure"], "status": []}


def test_who_sees_a_column_of_some_records_only_is_told_of_no_others(engine: Engine) -> None:
    """The admin of village 1 who also coordinates volunteers sees open requests everywhere, but not their kind."""
    world = district(1)
    world.store(engine)
    everywhere = permit("supply", sees=frozenset({"id", "village_id", "status"}), rows="open")
    scope = Scope(Actor(1, "某人"), (permit("supply", 1), everywhere, permit("village")))
    under_way = (SupplyStatus.OPEN, SupplyStatus.TAKEN, SupplyStatus.BOUGHT)
    with open_session(engine, scope, writing=False) as session:
        rows = world.live(Supply, EVERYWHERE)
        own = [row for row in rows if row["village_id"] == 1]
        seen = [row for row in rows if row["village_id"] == 1 or row["status"] in under_way]
        assert len(own) < len(seen)
        assert ask_for(session, "supply", "status").table.whole.n == len(seen)
        assert ask_for(session, "supply", "kind").table.whole.n == len(own)
        assert ask_for(session, "supply", "status", measure="share:kind:food").table.whole.n == len(own)


def test_what_is_in_the_recycle_bin_is_counted_nowhere(engine: Engine) -> None:
    world = district(2)
    world.store(engine)
    assert len(world.live(Resident)) < len(world.rows[Resident])
    with open_session(engine, Scope.everything("test"), writing=False) as session:
        for rows in ("village", "township", "sex", "arrived_on.month", "age"):
            assert ask_for(session, "resident", rows).table.whole.n == len(world.live(Resident))


def test_records_of_a_village_in_the_recycle_bin_are_counted_in_no_township(engine: Engine) -> None:
    world = district(2)
    one = world.live(Resident)[0]["village_id"]
    next(row for row in world.rows[Village] if row["id"] == one)["deleted_at"] = datetime(2020, 1, 20, tzinfo=UTC)
    world.store(engine)
    with open_session(engine, Scope.everything("test"), writing=False) as session:
        for rows in ("status", "arrived_on.month"):  # counted village by village, and all at once
            answered = ask_for(session, "resident", "township", rows)
            assert answered.table.row(None).n == len(world.live(Resident, {one}))
            assert answered.table.whole.n == len(world.live(Resident))


# ---- size ----


def many_days(engine: Engine, days: int) -> None:
    world = district(1)
    world.store(engine)
    one = next(row for row in world.rows[Visit] if row["temperature"] and not row["deleted_at"])
    rows = [
        {**one, "id": 100_000 + n, "on": date(1900, 1, 1) + timedelta(days=n), "outcome": Outcome.NORMAL}
        for n in range(days)
    ]
    with engine.begin() as connection:
        connection.execute(insert(Visit), rows)


def test_a_table_of_thousands_of_days_is_refused_and_of_months_is_not(engine: Engine) -> None:
    many_days(engine, 2_000)
    with open_session(engine, Scope.everything("test"), writing=False) as session:
        for rows, columns in (("on.day", ""), ("village", "on.week"), ("outcome", "on.day")):
            with pytest.raises(TooMany):
                ask_for(session, "visit", rows, columns)
        months = ask_for(session, "visit", "on.month", "outcome").table
        assert len(months.rows) <= crosstab.MOST_ROWS


def test_what_leaves_the_database_is_bounded(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    many_days(engine, 400)
    monkeypatch.setattr(tallying, "MOST_CELLS", 300)
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(str(given[2])))
    with open_session(engine, Scope.everything("test"), writing=False) as session, pytest.raises(TooMany):
        ask_for(session, "visit", "on.day")
    assert len([s for s in statements if "GROUP BY" in s]) == 1
    assert all("LIMIT" in s for s in statements if "GROUP BY" in s)


def test_villages_for_which_there_is_no_room_go_together(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    world = district(1)
    world.store(engine)
    monkeypatch.setattr(crosstab, "MOST_ROWS", 3)
    with open_session(engine, Scope.everything("test"), writing=False) as session:
        table = ask_for(session, "resident", "village", "status").table
    by_village = {number: len(world.live(Resident, {number})) for number in VILLAGES}
    largest = sorted(VILLAGES, key=lambda number: -by_village[number])[:2]
    assert table.rows[-1] is REST
    assert set(table.rows[:-1]) == set(largest)
    assert table.whole.n == sum(by_village.values())


# ---- order ----


def test_groups_stand_as_people_expect_them(engine: Engine) -> None:
    world = district(1)
    world.store(engine)
    with open_session(engine, Scope.everything("test"), writing=False) as session:
        statuses = ask_for(session, "resident", "status").table.rows
        assert statuses == [s.value for s in FileStatus if s.value in statuses]
        villages = ask_for(session, "resident", "village").table.rows
        codes_of = {row["id"]: row["code"] for row in world.rows[Village]}
        assert [codes_of[number] for number in villages] == sorted(codes_of[number] for number in villages)
        assert ask_for(session, "resident", "met_case").table.rows == [True, False, None]
        ages = ask_for(session, "resident", "age").table.rows
        assert ages[-1] is None and ages[:-1] == sorted(ages[:-1])


def test_a_day_on_which_nothing_was_stands_between_the_others(engine: Engine) -> None:
    world = district(1)
    world.store(engine)
    with open_session(engine, Scope.everything("test"), writing=False) as session:
        for step in Step:
            days = [day for day in ask_for(session, "resident", f"arrived_on.{step}").table.rows if day is not None]
            assert days == sorted(days)
            assert all(made.following(one, step) == other for one, other in pairwise(days))


def test_a_cell_without_a_number_has_no_average(engine: Engine) -> None:
    district(1).store(engine)
    with open_session(engine, Scope.everything("test"), writing=False) as session:
        table = ask_for(session, "visit", "outcome", measure="average:temperature").table
    assert crosstab.value_of(table.row("not_met"), How.AVERAGE, table.whole, 1) is None
    value = crosstab.value_of(table.row("normal"), How.AVERAGE, table.whole, 1)
    assert value == Decimal("36.50")


def test_a_tally_of_nothing_is_no_share() -> None:
    assert crosstab.value_of(Tally(), How.SHARE, Tally()) is None
    assert crosstab.value_of(Tally(), How.PART, Tally()) is None
