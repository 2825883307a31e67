"""The trail tells everything: the records that it tells of are those that there are, column by column.

And what histories that nobody thought of come to in the summaries is what it tells.
"""

from collections import Counter, defaultdict
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from sqlalchemy import Engine, select

from models.base import Base, about
from models.clock import local_day
from models.resident import Resident
from models.scope import Scope
from models.session import Session, open_session
from models.trail import Deed
from tests.models.summaries import test_over_days as over_days
from tests.models.summaries.histories import keeping
from tests.models.summaries.keeping import CHANGES, NEW
from tests.models.summaries.retold import TOLD, columns_of, entries, retold
from tests.models.summaries.test_figures import acted_out, days, history
from tests.models.summaries.weeks import Seen
from tests.models.summaries.world import Row, World

__all__ = ["days"]
# signed in the flush; what the trail says of these is the instant of its own entry, a moment later. The demo dates what
# it enters by the time of day at which it would have been entered.
SIGNED = ("created_at", "updated_at", "deleted_at")


def stored(session: Session, cls: type[Base]) -> list[Row]:
    """Every row of a class, those in the recycle bin too."""
    query = select(*(getattr(cls, name) for name in columns_of(cls)))
    return [dict(row) for row in session.execute(query, execution_options={"deleted": True}).mappings()]


def comparable(cls: type[Base], row: Row) -> Row:
    """What the trail tells of a row by design.

    No secret, of which it says only that there is one; no number of a part of another record, which it tells under the
    other's; instants to the second, and the day of those that sign a record.
    """
    told: dict[str, Any] = {}
    for name, column in columns_of(cls).items():
        value = row[name]
        if about(column).secret:
            told[name] = value is not None
        elif isinstance(value, datetime):
            told[name] = local_day(value) if name in SIGNED else value.replace(microsecond=0)
        elif name != "id" or not cls.__part_of__:
            told[name] = value
    return told


def in_order(cls: type[Base], rows: list[Row]) -> dict[Any, list[Row]]:
    """The rows by their number; parts by what they are part of, and by village, in which they stand in one order."""
    found = defaultdict(list)
    for row in sorted(rows, key=lambda row: row["id"]):
        key = (row[cls.__part_of__], row.get("village_id")) if cls.__part_of__ else row["id"]
        found[key].append(comparable(cls, row))
    return dict(found)


def compare(session: Session, told: World) -> None:
    assert set(told.rows) <= set(TOLD.values())
    for cls in TOLD.values():
        assert in_order(cls, told.rows.get(cls, [])) == in_order(cls, stored(session, cls)), cls


def test_the_trail_tells_every_record_of_every_ledger(lived_engine: Engine) -> None:
    with open_session(lived_engine, Scope.everything("test"), writing=False) as session:
        compare(session, retold(entries(session)))


def test_no_record_is_left_out_of_the_trail() -> None:
    """But for who is signed in, and the trail itself: of signing in it tells by entries of their own."""
    untold = {mapper.class_.__tablename__ for mapper in Base.registry.mappers if mapper.class_ not in TOLD.values()}
    assert untold == {"sign_in", "failed_sign_in", "trail", "trail_head"}


def test_every_ledger_was_written_in_every_way(lived_sqlite: Engine, told: World) -> None:
    """The comparisons would say nothing about what never happened."""
    with open_session(lived_sqlite, Scope.everything("test"), writing=False) as session:
        done = Counter((entry.kind, entry.deed) for entry in entries(session))
    for cls in TOLD.values():
        assert done[cls.__tablename__, Deed.INSERT], cls
    for cls in {*NEW, *CHANGES}:
        for deed in (Deed.INSERT, Deed.UPDATE, Deed.DELETE, Deed.RESTORE):
            assert done[cls.__tablename__, deed], (cls, deed)
    assert sum(row["merged_into_id"] is not None for row in told.rows[Resident]) > 3


SUMMARIES = (
    over_days.test_every_day_of_the_trend_is_the_sum_of_its_events,
    over_days.test_yesterday_and_who_came_less_who_went_is_today,
    over_days.test_the_persons_behind_a_flow_are_as_many_as_it_says,
    over_days.test_those_who_stand_somewhere_are_as_many_as_it_says,
    over_days.test_how_punctually_every_village_reported,
    over_days.test_what_was_done_and_missed_by_village,
    over_days.test_what_was_done_and_missed_by_day,
    over_days.test_venues_and_what_became_of_their_problems,
    over_days.test_the_checks_of_every_day,
    over_days.test_enterprises_by_where_they_stand_and_by_size,
    over_days.test_enterprises_add_up_to_every_number,
    over_days.test_service_by_organisation,
    over_days.test_service_by_village,
)


@settings(acted_out, max_examples=5)
@given(steps=keeping)
def test_the_trail_tells_every_record_and_every_summary_of_a_history(
    engine: Engine, days: pytest.MonkeyPatch, steps: list[Any]
) -> None:
    with history(engine, days, steps) as (acted, _told):
        world, villages = retold(entries(acted.session)), set(acted.numbers)
        compare(acted.session, world)
        for summary in SUMMARIES:
            summary(Seen(acted.session, world, villages, villages))
