"""The figures of a day against plain loops over the trail, for histories that nobody thought of."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import cycle, pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import Engine

from models.clock import local_day
from models.report import FIGURES, Figures
from models.scope import Scope
from models.session import Session, open_session
from models.states import ObservationStatus
from models.summaries.figures import figures, figures_of, total
from models.summaries.movements import UNDER_OBSERVATION, Carried, all_together, balances, carried, movements
from models.summaries.names import names, numbers
from tests.models.summaries.histories import DAYS, FIRST, History, histories
from tests.models.summaries.retold import entries
from tests.models.summaries.told import Told
from tests.models.summaries.world import TODAY, confined_to

ALL_DAYS = [FIRST + timedelta(days=n) for n in range(-1, DAYS)]
acted_out = settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def days() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@contextmanager
def history(engine: Engine, days: pytest.MonkeyPatch, steps: list[Any]) -> Iterator[tuple[History, Told]]:
    """A history over an empty register, and nothing left of it afterwards."""
    with open_session(engine, Scope.everything("test")) as session:
        acted = History(session, days)
        acted.tell(steps)
        yield acted, Told(entries(session))


@contextmanager
def looking(session: Session, scope: Scope) -> Iterator[Session]:
    """The same transaction through somebody else's eyes."""
    before = session.scope
    session.act_as(scope)
    yield session
    session.act_as(before)


def each_day(acted: History) -> list[tuple[date, int, Scope]]:
    """Every day, looked at by the admin of one village after the other."""
    return [(on, number, confined_to(number)) for on, number in zip(ALL_DAYS, cycle(acted.numbers), strict=False)]


@acted_out
@given(steps=histories)
def test_every_figure_is_what_the_trail_tells(engine: Engine, days: pytest.MonkeyPatch, steps: list[Any]) -> None:
    with history(engine, days, steps) as (acted, told):
        for on, own, scope in each_day(acted):
            expected = {number: told.figures(on, number) for number in acted.numbers}
            assert figures(acted.session, on) == expected
            together = total(list(expected.values()))
            assert all(getattr(together, name) == sum(getattr(f, name) for f in expected.values()) for name in FIGURES)
            with looking(acted.session, scope) as session:
                assert figures(session, on) == {own: expected[own]}
                other = next(number for number in acted.numbers if number != own)
                assert figures_of(session, on, other) == Figures()


def test_every_figure_of_a_district_that_has_lived_is_what_its_trail_tells(lived_engine: Engine) -> None:
    with open_session(lived_engine, Scope.everything("test"), writing=False) as session:
        told = Told(entries(session))
        for on in (TODAY - timedelta(days=ago) for ago in (0, 1, 7)):
            counted = figures(session, on)
            assert counted == {number: told.figures(on, number) for number in counted}
            assert sum(figure.surveyed for figure in counted.values()) > 500


@acted_out
@given(steps=histories)
def test_every_figure_opens_as_many_names_as_it_says(
    engine: Engine, days: pytest.MonkeyPatch, steps: list[Any]
) -> None:
    with history(engine, days, steps) as (acted, _told):
        for on, own, scope in each_day(acted):
            counted = figures(acted.session, on)
            for figure in FIGURES:
                assert len(names(acted.session, on, figure)) == sum(getattr(f, figure) for f in counted.values())
            with looking(acted.session, scope) as session:
                for figure, behind in numbers(session, on, own).items():
                    named = names(session, on, figure)
                    assert [one.resident_id for one in named] == behind
                    assert len(behind) == getattr(counted[own], figure)
                    assert all(one.name for one in named)


@acted_out
@given(steps=histories)
def test_yesterday_and_what_came_and_went_is_today(engine: Engine, days: pytest.MonkeyPatch, steps: list[Any]) -> None:
    with history(engine, days, steps) as (acted, told):
        for states in (UNDER_OBSERVATION, frozenset({ObservationStatus.HOSPITAL})):
            before = balances(acted.session, ALL_DAYS[0], states)
            for on in ALL_DAYS[1:]:
                after = balances(acted.session, on, states)
                for number, balance in after.items():
                    assert balance.gap == 0
                    assert balance.yesterday == before[number].today
                    assert balance.today == told.standing(on, number, {status.value for status in states})
                together = all_together(list(after.values()))
                assert together.gap == 0
                assert together.today == sum(balance.today for balance in after.values())
                before = after


@acted_out
@given(steps=histories)
def test_what_adds_up_grows_by_the_days_figure_and_by_what_was_handed_over(
    engine: Engine, days: pytest.MonkeyPatch, steps: list[Any]
) -> None:
    with history(engine, days, steps) as (acted, _told):
        for before, on in pairwise(ALL_DAYS):
            yesterday, today = figures(acted.session, before), figures(acted.session, on)
            moved = carried(acted.session, on)
            for number, counted in today.items():
                for name, (came, left) in moved.get(number, Carried())._asdict().items():
                    grown = getattr(yesterday[number], f"{name}_total") + getattr(counted, f"{name}_today")
                    assert getattr(counted, f"{name}_total") == grown + came - left


@acted_out
@given(steps=histories)
def test_what_moved_is_told_on_its_day_and_when_it_was_entered(
    engine: Engine, days: pytest.MonkeyPatch, steps: list[Any]
) -> None:
    with history(engine, days, steps) as (acted, told):
        for on, own, scope in each_day(acted):
            counting = told.counting(ALL_DAYS[-1], own)
            that_day = [e["kind"] for e in counting if e["on"] == on]
            late = [e["kind"] for e in counting if e["on"] < on and local_day(e["created_at"]) == on]
            with looking(acted.session, scope) as session:
                found = movements(session, on)
            assert sorted(m.kind.value for m in found if not m.late) == sorted(that_day)
            assert sorted(m.kind.value for m in found if m.late) == sorted(late)
            assert all(m.name for m in found)
            assert movements(acted.session, on, own) == found
