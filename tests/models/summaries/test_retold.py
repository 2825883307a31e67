"""The trail tells everything: the records that it tells of are those that there are, column by column."""

from collections import Counter, defaultdict
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from sqlalchemy import Engine, select

from models.base import Base, about
from models.clock import local_day
from models.scope import Scope
from models.session import Session, open_session
from models.trail import Deed
from tests.models.summaries.histories import histories, reporting
from tests.models.summaries.keeping import CHANGES, NEW
from tests.models.summaries.retold import TOLD, columns_of, entries, retold
from tests.models.summaries.test_figures import acted_out, days, history
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


def test_every_ledger_was_written_in_every_way(lived_sqlite: Engine) -> None:
    """The comparisons would say nothing about what never happened."""
    with open_session(lived_sqlite, Scope.everything("test"), writing=False) as session:
        done = Counter((entry.kind, entry.deed) for entry in entries(session))
    for cls in TOLD.values():
        assert done[cls.__tablename__, Deed.INSERT], cls
    for cls in {*NEW, *CHANGES}:
        for deed in (Deed.INSERT, Deed.UPDATE, Deed.DELETE, Deed.RESTORE):
            assert done[cls.__tablename__, deed], (cls, deed)


@acted_out
@given(steps=histories | reporting)
def test_the_trail_tells_every_record_of_a_history(engine: Engine, days: pytest.MonkeyPatch, steps: list[Any]) -> None:
    with history(engine, days, steps) as (acted, _told):
        compare(acted.session, retold(entries(acted.session)))
