"""Columns declared by the attribute they show: heading, mask and format follow, and so does what may be seen."""

from array import array
from collections.abc import Iterator

import pytest
from sqlalchemy import event, select

from admin_app.exchange import columns, forms
from admin_app.exchange.columns import NUMBER, Reader, col, made, plain
from admin_app.exchange.sheet import Kind
from admin_app.i18n import say
from models.event import ObservationEvent
from models.observation import Observation
from models.resident import Resident
from models.scope import Act, Actor, Area, Permit, Scope
from models.session import Session, open_session
from models.states import OwnReason
from models.visit import Visit
from models.volunteer import Volunteer
from tests.admin_app.exchange.conftest import Desk
from tests.models.summaries.world import TODAY, at

EVERYTHING = Scope.everything("test")
EVERYWHERE = Area(everywhere=True)


def permit(ledger: str, *sees: str) -> Permit:
    return Permit(ledger, EVERYWHERE, frozenset({Act.READ}), frozenset(sees) or None)


@pytest.fixture(autouse=True)
def _request(sqlite_desk: Desk) -> Iterator[None]:
    with sqlite_desk.app.test_request_context():
        yield


@pytest.fixture
def session(sqlite_desk: Desk) -> Iterator[Session]:
    with open_session(sqlite_desk.engine, EVERYTHING, writing=False) as session:
        yield session


def numbers(session: Session) -> "array[int]":
    return array("q", sorted(row.id for row in session.query(Resident).filter(Resident.village_id == 2)))


def test_a_heading_is_the_attributes_own_unless_the_sheet_has_another() -> None:
    reader = Reader(EVERYTHING, Observation, (NUMBER, col("resident.name", 8), col("ends_on", 9, "Date")), TODAY, False)
    assert [one.heading for one in reader.columns] == ["记录编号", "姓名", "日期"]
    assert [one.kind for one in reader.columns] == [Kind.ORDER, Kind.TEXT, Kind.DAY]


def test_what_the_reader_may_not_see_is_no_column() -> None:
    one = Scope(Actor(1, "x"), (permit("observation"), permit("resident", "name")))
    shown = Reader(
        one, Observation, (col("resident.name", 8), col("resident.phone", 8), col("ends_on", 8)), TODAY, True
    )
    assert [column.heading for column in shown.columns] == ["姓名", "预计解除隔离时间"]
    none = Scope(Actor(1, "x"), (permit("observation"),))
    shown = Reader(none, Observation, forms.OBSERVED, TODAY, True)
    assert not {"姓名", "身份证号码", "联系方式"} & {column.heading for column in shown.columns}
    computed = made("Age", 5, Kind.ORDER, lambda on, name, phone: None, "name", "phone")
    assert Reader(one, Resident, (computed,), TODAY, True).columns == ()


def test_numbers_are_masked_unless_wanted_in_full(session: Session) -> None:
    wanted = numbers(session)[:1]
    computed = made("Phone", 12, Kind.TEXT, lambda on, phone: f"tel:{phone}", "phone")
    for full in (False, True):
        reader = Reader(EVERYTHING, Resident, (col("identity_number", 18), col("phone", 12), computed), TODAY, full)
        [line] = reader.lines(session, wanted)
        assert ["*" in str(cell) for cell in line] == [not full] * 3


def test_lines_come_in_the_order_that_was_asked_for_a_few_at_a_time(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "BATCH", 2)
    wanted = array("q", reversed(numbers(session)))
    assert len(wanted) > 4
    statements = 0

    def count(*_: object) -> None:
        nonlocal statements
        statements += 1

    event.listen(session.get_bind(), "before_cursor_execute", count)
    try:
        reader = Reader(EVERYTHING, Resident, (NUMBER, col("name", 8)), TODAY, False)
        lines = reader.lines(session, wanted)
        first = next(lines)
        assert statements == 1, "nothing is read before it is written"
        assert [first[0], *(line[0] for line in lines)] == list(wanted)
    finally:
        event.remove(session.get_bind(), "before_cursor_execute", count)
    assert statements == -(-len(wanted) // 2)


def test_every_declared_column_can_be_read_and_has_a_heading(session: Session) -> None:
    for cls, declared in ((Resident, forms.PERSONS), (Visit, forms.VISITS), (Volunteer, forms.VOLUNTEERS)):
        reader = Reader(EVERYTHING, cls, declared, TODAY, False)
        some = array("q", [row[0] for row in session.query(cls.id).limit(3)])
        for line in reader.lines(session, some):
            assert len(line) == len(declared)
        assert all(column.heading for column in reader.columns)


def test_values_are_written_as_people_read_them() -> None:
    assert plain(at(8, 30)) == at(8, 30).replace(tzinfo=None)
    assert (plain(True), plain(None), plain("")) == ("是", None, None)
    assert plain(["甲", "乙"]) == "甲、乙"
    assert (plain(7), plain(TODAY)) == (7, TODAY)


def test_a_rules_own_reason_is_written_in_words(sqlite_desk: Desk) -> None:
    with open_session(sqlite_desk.engine, EVERYTHING) as session:
        told = session.scalars(select(ObservationEvent).limit(1)).one()
        told.note = OwnReason.DOUBLE.value
        session.flush()  # and no more: others look at this desk too
        reader = Reader(EVERYTHING, ObservationEvent, (NUMBER, col("note", 20)), TODAY, False)
        (line,) = reader.lines(session, array("q", [told.id]))
    assert line[1] not in (None, OwnReason.DOUBLE.value)
    assert line[1] == str(say(OwnReason.DOUBLE.label))
