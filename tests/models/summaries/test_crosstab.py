"""Small numbers of people: what a table shows is the same whatever they are, so nothing in it gives them away."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.question import How
from models.summaries import crosstab
from models.summaries.crosstab import ONLY, REST, Crosstab, Place, Tally, TooMany, arrange, small, value_of

Tallies = dict[tuple[Place, Place], Tally]
BELOW = 5
HOWS = st.sampled_from(list(How))


def in_order(places: Iterable[Place]) -> list[Place]:
    return sorted(places, key=str)


@st.composite
def tally(draw: st.DrawFn) -> Tally:
    """Any cell: records of some people, some of whom have a number, or meet a condition."""
    people = draw(st.integers(1, 12))
    n = draw(st.integers(people, 3 * people))
    measured = draw(st.integers(0, n))
    total = Decimal(draw(st.integers(0, 400))) / 10 if measured else Decimal(0)
    return Tally(n, total, measured, draw(st.integers(0, n)), people)


PLACES = st.tuples(st.sampled_from("abcdef"), st.sampled_from("uvwxyz"))
TALLIES = st.dictionaries(PLACES, tally(), max_size=36)


def published(table: Crosstab, how: How) -> dict[str, Any]:
    """Everything that can be read off a table: its numbers with all their parts, its totals, what is hidden where."""
    whole = table.whole
    return {
        "shown": {place: (one, value_of(one, how, whole, 1)) for place, one in table.cells.items()},
        "rows": {row: (table.row(row), value_of(table.row(row), how, whole, 1)) for row in table.rows},
        "columns": {column: (table.column(column), table.row(column)) for column in table.columns},
        "whole": whole,
        "hidden": table.hidden,
        "partial": table.partial,
    }


@given(TALLIES, HOWS, st.data())
def test_a_table_is_the_same_whatever_its_hidden_numbers_are(tallies: Tallies, how: How, data: st.DataObject) -> None:
    shown = published(arrange(tallies, in_order, in_order, BELOW, how), how)
    others = {
        place: data.draw(tally().filter(lambda one: small(one, BELOW, how))) if place in shown["hidden"] else one
        for place, one in tallies.items()
    }
    assert published(arrange(others, in_order, in_order, BELOW, how), how) == shown


@given(TALLIES, HOWS)
def test_what_is_shown_counts_enough_people(tallies: Tallies, how: How) -> None:
    table = arrange(tallies, in_order, in_order, BELOW, how)
    assert all(one.people >= BELOW for one in table.cells.values())
    assert table.hidden | table.cells.keys() == tallies.keys()
    assert not table.hidden & table.cells.keys()
    if how is How.AVERAGE:
        assert all(one.measured == 0 or one.measured >= BELOW for one in table.cells.values())
    if how is How.SHARE:
        told = [part for one in table.cells.values() for part in (one.met, one.n - one.met)]
        assert all(part == 0 or part >= BELOW for part in told)


@given(TALLIES, HOWS)
def test_inside_ones_own_village_everything_is_shown(tallies: Tallies, how: How) -> None:
    table = arrange(tallies, in_order, in_order, 0, how)
    assert not table.hidden and table.partial == (frozenset(), frozenset())
    assert table.cells == tallies
    assert table.whole.n == sum(one.n for one in tallies.values())


@given(TALLIES)
def test_businesses_are_no_people(tallies: Tallies) -> None:
    of_nobody = {place: one._replace(people=0) for place, one in tallies.items()}
    assert not arrange(of_nobody, in_order, in_order, BELOW, How.SUM).hidden


@given(TALLIES.filter(bool))
def test_a_total_that_lacks_something_says_so(tallies: Tallies) -> None:
    table = arrange(tallies, in_order, in_order, BELOW)
    rows, columns = table.partial
    for row in table.rows:
        told = sum(one.n for (r, _), one in tallies.items() if r == row)
        assert (table.row(row).n < told) == (row in rows)
    for column in table.columns:
        told = sum(one.n for (_, c), one in tallies.items() if c == column)
        assert (table.column(column).n < told) == (column in columns)


# ---- room ----


@given(TALLIES, st.integers(2, 4), HOWS, st.data())
def test_what_goes_together_is_not_chosen_by_hidden_numbers(
    tallies: Tallies, room: int, how: How, data: st.DataObject
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crosstab, "MOST_ROWS", room)
        patch.setattr(crosstab, "MOST_COLUMNS", room)
        table = arrange(tallies, in_order, in_order, BELOW, how)
        others = {
            place: data.draw(tally().filter(lambda one: small(one, BELOW, how))) if small(one, BELOW, how) else one
            for place, one in tallies.items()
        }
        again = arrange(others, in_order, in_order, BELOW, how)
    assert (again.rows, again.columns) == (table.rows, table.columns)
    assert len(table.rows) <= room and len(table.columns) <= room
    assert {p: t for p, t in again.cells.items() if REST not in p} == {
        p: t for p, t in table.cells.items() if REST not in p
    }


def test_nothing_is_lost_in_the_rest() -> None:
    tallies: Tallies = {(str(row), "x"): Tally(row, people=row) for row in range(1, 400)}
    table = arrange(tallies, in_order, lambda _places: ["x"])
    assert len(table.rows) == crosstab.MOST_ROWS and table.rows[-1] is REST
    assert table.whole.n == sum(range(1, 400))
    assert table.cells[REST, "x"].n == sum(range(1, 400 - crosstab.MOST_ROWS + 1))


def test_days_are_never_torn() -> None:
    class Days:
        unbroken = True

        def __call__(self, places: Iterable[Place]) -> list[Place]:
            return in_order(places)

    tallies: Tallies = {(f"{row:03}", ONLY): Tally(1) for row in range(crosstab.MOST_ROWS + 1)}
    with pytest.raises(TooMany) as refused:
        arrange(tallies, Days(), lambda _places: [ONLY])
    assert refused.value.part == "rows"
