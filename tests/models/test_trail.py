"""The trail tells every change, in the change's own transaction, and nobody can take it back unnoticed."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from models import trail
from models.account import Account, Grant, Role
from models.base import Invalid
from models.business import Business
from models.resident import FileStatus, Resident
from models.scope import Actor, Scope
from models.session import Session, open_session, remove, restore
from models.states import EventKind
from models.trail import DISTRICT_CHAIN, Break, Deed, Entry, TrailEntry, TrailHead
from tests.models.factories import (
    EVERYTHING,
    District,
    business,
    event,
    identity_number,
    keeper_of,
    observation,
    report,
    resident,
    supply,
    visit,
)

Acting = Callable[[Scope], Session]


def last(session: Session) -> TrailEntry:
    return session.scalars(select(TrailEntry).order_by(TrailEntry.id.desc()).limit(1)).one()


def length(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(TrailEntry)) or 0


def broken(session: Session) -> list[Break]:
    return list(trail.verify(session))


# ---- what is told ----


def test_an_insert_tells_every_field_as_it_is_stored(session: Session, district: District) -> None:
    number = identity_number(5)
    session.add(resident(district.nanyuan, " 王　建国 ", identity_number=number.lower(), phone="138 1234-5678"))
    session.commit()
    row = last(session)
    assert (row.deed, row.ledger, row.kind, row.record_label) == (Deed.INSERT, "resident", "resident", "王 建国")
    assert row.village_id == district.nanyuan.id
    assert {before for before, _ in row.changes.values()} == {None}
    told = {name: after for name, (_, after) in row.changes.items()}
    assert told["name"] == "王 建国"
    assert told["identity_number"] == number
    assert told["phone"] == "13812345678"
    assert told["category"] == "returnee"
    assert told["status"] == "pending"  # a default is told like anything typed
    assert told["birth_date"] == "1980-03-04"
    assert told["village_id"] == district.nanyuan.id


def test_an_update_tells_what_changed_before_and_after_and_nothing_else(session: Session, district: District) -> None:
    one = resident(district.nanyuan)
    session.add(one)
    session.commit()
    one.status, one.name = FileStatus.OBSERVED, "王建国 "
    session.commit()
    row = last(session)
    assert (row.deed, row.record_id) == (Deed.UPDATE, one.id)
    assert row.changes == {"status": ["pending", "observed"]}


def test_a_change_of_figures_lists_and_instants_is_told_as_json_keeps_it(session: Session, district: District) -> None:
    seen = visit(observation(resident(district.nanyuan)))
    session.add(seen)
    session.commit()
    seen.temperature, seen.symptoms = 37.5, ["cough", "fever"]  # type: ignore[assignment, list-item]
    session.commit()
    assert last(session).changes == {
        "temperature": ["36.5", "37.5"],
        "symptoms": [[], ["fever", "cough"]],
        "outcome": ["normal", "abnormal"],
    }


def test_writing_the_same_again_tells_nothing(session: Session, district: District) -> None:
    one = business(district.nanyuan)
    session.add(one)
    session.commit()
    before, version = length(session), one.version
    one.name, one.kind = " 清水浴室", "bath"  # type: ignore[assignment]
    session.commit()
    assert (length(session), one.version) == (before, version)


def test_delete_and_restore_are_told_as_what_they_are(session: Session, district: District) -> None:
    one = business(district.nanyuan)
    session.add(one)
    session.commit()
    remove(session, one)
    session.commit()
    assert (last(session).deed, last(session).changes) == (Deed.DELETE, {})
    restore(one)
    session.commit()
    assert (last(session).deed, last(session).changes) == (Deed.RESTORE, {})


def test_who_from_where_and_why_are_told(district: District, acting: Acting) -> None:
    keeper = acting(keeper_of(district.nanyuan))
    keeper.because("登记错了")
    keeper.add(business(district.nanyuan))
    keeper.commit()
    row = last(keeper)
    assert (row.account_id, row.account_name, row.address) == (7, "王管理", "10.0.0.7")
    assert row.reason == "登记错了"
    keeper.add(business(district.nanyuan, name="另一家"))
    keeper.commit()
    assert last(keeper).reason == ""


def test_a_record_is_signed_by_its_last_writer(session: Session, district: District, acting: Acting) -> None:
    one = business(district.nanyuan)
    session.add(one)
    session.commit()
    assert one.updated_by == "test"
    keeper = acting(keeper_of(district.nanyuan))
    theirs = keeper.scalars(select(Business)).one()
    theirs.operator = "某某"
    keeper.commit()
    assert theirs.updated_by == "王管理"
    assert theirs.updated_at >= theirs.created_at


def test_a_secret_is_told_to_have_changed_and_nothing_more(session: Session, district: District) -> None:
    account = Account(username="nanyuan", name="南苑")
    account.set_password("first-secret-9431")
    session.add(account)
    session.commit()
    account.set_password("second-secret-9431")
    session.commit()
    assert last(session).changes["password_hash"] == ["•", "•"]
    for row in session.scalars(select(TrailEntry)):
        assert "argon2" not in str(row.changes)


def test_a_part_is_told_on_the_timeline_of_what_it_belongs_to(session: Session, district: District) -> None:
    account = Account(username="nanyuan", name="南苑")
    account.set_password("first-secret-9431")
    session.add(business(district.nanyuan))
    session.add(account)
    session.flush()
    session.add(Grant(account=account, role=Role.VILLAGE, village_id=district.nanyuan.id))
    watched = observation(resident(district.nanyuan))
    session.add(event(watched, kind=EventKind.OPENED))
    session.commit()
    granted = session.scalars(select(TrailEntry).where(TrailEntry.kind == "grant")).one()
    assert (granted.ledger, granted.record_id) == ("account", account.id)
    opened = session.scalars(select(TrailEntry).where(TrailEntry.kind == "observation_event")).one()
    assert (opened.ledger, opened.record_id) == ("observation", watched.id)


def test_something_that_is_no_change_is_told_too(session: Session, district: District) -> None:
    trail.note(session, Entry("resident", Deed.REVEAL, district.nanyuan.id, 5, "王建国", reason=" 核对\n\n身份 \x00 "))
    session.commit()
    row = last(session)
    assert (row.deed, row.record_id, row.reason) == (Deed.REVEAL, 5, "核对\n\n身份")
    assert broken(session) == []


def test_no_label_of_a_record_holds_a_number_a_phone_or_a_word_of_health(session: Session, district: District) -> None:
    number, phone = identity_number(77), "13987654321"
    one = resident(district.nanyuan, identity_number=number, phone=phone, health="发热")
    watched = observation(one, cadre_phone=phone)
    session.add_all([one, watched, visit(watched, temperature=38.8, symptoms=["fever"], outcome="abnormal")])
    session.add(supply(district.nanyuan, phone=phone, goods="退烧药"))
    session.commit()
    labels = " ".join(session.scalars(select(TrailEntry.record_label)))
    for secret in (number, number[-4:], phone, "发热", "fever", "38.8", "abnormal", "退烧药"):
        assert secret not in labels


# ---- the change's own transaction ----


def test_a_rollback_leaves_neither_the_change_nor_its_row(session: Session, district: District) -> None:
    before = length(session)
    session.add(business(district.nanyuan))
    session.flush()
    assert length(session) == before + 1
    session.rollback()
    assert length(session) == before
    assert broken(session) == []


def test_a_savepoint_that_is_taken_back_leaves_nothing(session: Session, district: District) -> None:
    session.add(business(district.nanyuan, name="留下"))
    session.flush()
    before = length(session)
    inner = session.begin_nested()
    session.add(business(district.nanyuan, name="不留"))
    session.flush()
    inner.rollback()
    assert length(session) == before
    session.add(business(district.nanyuan, name="再来"))
    session.commit()
    assert [r.record_label for r in session.scalars(select(TrailEntry).order_by(TrailEntry.id).offset(before - 1))] == [
        "留下",
        "再来",
    ]
    assert broken(session) == []


def test_a_refused_flush_leaves_nothing(session: Session, district: District) -> None:
    before = length(session)
    session.add_all([business(district.nanyuan), business(district.nanyuan, name="")])
    with pytest.raises(Invalid):
        session.commit()
    session.rollback()
    assert length(session) == before
    assert session.scalars(select(Business)).all() == []


def test_many_records_in_one_flush_are_each_told_once(session: Session, district: District) -> None:
    before = length(session)
    session.add_all([business(district.nanyuan, name=f"{i}号店") for i in range(50)])
    session.add_all([business(district.chaoyang, name=f"{i}号店") for i in range(50)])
    session.commit()
    assert length(session) == before + 100
    assert broken(session) == []


# ---- closed ----


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE trail SET reason = 'x'",
        "UPDATE trail SET hash = hash WHERE id = 1",
        "DELETE FROM trail",
        "DELETE FROM trail WHERE id = 1",
        "TRUNCATE trail CASCADE",
        "INSERT OR REPLACE INTO trail SELECT * FROM trail WHERE id = 1",
        "UPDATE OR REPLACE trail SET id = 2 WHERE id = 1",
    ],
)
def test_the_database_refuses_to_change_the_trail(engine: Engine, district: District, statement: str) -> None:
    if ("REPLACE" in statement and engine.name != "sqlite") or ("TRUNCATE" in statement and engine.name == "sqlite"):
        return  # not this database's language
    with engine.connect() as connection:
        before = connection.execute(text("SELECT * FROM trail ORDER BY id")).all()
        with pytest.raises(DBAPIError, match="append-only"):
            connection.execute(text(statement))
        connection.rollback()
        assert connection.execute(text("SELECT * FROM trail ORDER BY id")).all() == before


def open_the_trail(session: Session) -> None:
    """What somebody with the database's own keys can do."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        for name in ("update", "delete", "replace"):
            connection.execute(text(f"DROP TRIGGER trail_no_{name}"))
    else:
        connection.execute(text("ALTER TABLE trail DISABLE TRIGGER ALL"))


TAMPERINGS = {
    "UPDATE trail SET reason = 'nothing happened' WHERE chain = :c AND seq = 3": (3, "was altered"),
    "UPDATE trail SET account_name = 'somebody else' WHERE chain = :c AND seq = 1": (1, "was altered"),
    "UPDATE trail SET changes = '{}' WHERE chain = :c AND seq = 3": (3, "was altered"),
    "UPDATE trail SET at = (SELECT max(at) FROM trail) WHERE chain = :c AND seq = 2": (2, "was altered"),
    "DELETE FROM trail WHERE chain = :c AND seq = 3": (3, "is missing"),
    "DELETE FROM trail WHERE chain = :c AND seq = 1": (1, "is missing"),
    "DELETE FROM trail WHERE chain = :c AND seq >= 4": (4, "is missing from the end"),
    "DELETE FROM trail WHERE chain = :c": (1, "is missing from the end"),
    "UPDATE trail_head SET seq = seq + 1 WHERE chain = :c": (6, "is missing from the end"),
    "DELETE FROM trail_head WHERE chain = :c": (5, "has lost the end of its chain"),
}


@pytest.fixture
def five_rows(session: Session, district: District) -> int:
    """A chain of five: the village itself, and a business with three changes."""
    one = business(district.nanyuan)
    session.add(one)
    session.commit()
    for operator in "甲乙丙":
        one.operator = operator
        session.commit()
    assert broken(session) == []
    return district.nanyuan.id


@pytest.mark.parametrize("statement", TAMPERINGS)
def test_verify_names_the_first_row_that_somebody_tampered_with(
    session: Session, five_rows: int, statement: str
) -> None:
    open_the_trail(session)
    session.connection().execute(text(statement), {"c": five_rows})
    seq, what = TAMPERINGS[statement]
    assert broken(session) == [Break(five_rows, seq, what)]


def test_verify_is_not_fooled_by_a_row_with_a_hash_of_its_own(session: Session, five_rows: int) -> None:
    open_the_trail(session)
    rows = TrailEntry.__table__
    connection = session.connection()
    row = dict(connection.execute(select(rows).where(rows.c.chain == five_rows, rows.c.seq == 3)).mappings().one())
    row["account_name"] = "somebody else"
    connection.execute(
        rows.update().where(rows.c.id == row["id"]).values(account_name=row["account_name"], hash=trail.digest(row))  # type: ignore[attr-defined]
    )
    assert broken(session) == [Break(five_rows, 4, "does not follow the row before it")]


def test_verify_works_for_whoever_may_ask_and_tells_no_content(
    session: Session, five_rows: int, acting: Acting, district: District
) -> None:
    session.add(business(district.chaoyang))
    session.commit()
    assert broken(acting(keeper_of(district.nanyuan))) == []


def test_rows_of_other_chains_do_not_count(session: Session, five_rows: int, district: District) -> None:
    open_the_trail(session)
    session.connection().execute(text("UPDATE trail SET reason = 'x' WHERE chain = :c"), {"c": district.chaoyang.id})
    assert {found.chain for found in broken(session)} == {district.chaoyang.id}


# ---- together ----


def test_writers_of_different_villages_do_not_wait_for_each_other(postgres_database_url: str) -> None:
    from models.engine import make_engine

    engine = make_engine(postgres_database_url, connect_args={"options": "-c lock_timeout=1000"})
    with open_session(engine, EVERYTHING) as setup:
        district = District(setup)
        nanyuan, chaoyang = district.nanyuan, district.chaoyang
    with open_session(engine, EVERYTHING) as one, open_session(engine, EVERYTHING) as other:
        one.add(business(nanyuan))
        one.flush()  # holds 南苑's chain until it commits
        other.add(business(chaoyang))
        other.commit()
        other.add(business(nanyuan, name="等不到"))
        with pytest.raises(DBAPIError, match="lock timeout"):
            other.commit()
        other.rollback()
        one.commit()
        assert broken(one) == []
    engine.dispose()


def test_a_chain_stays_whole_while_many_write_to_it_at_once(
    engine: Engine, session: Session, district: District
) -> None:
    writers, each = 4, 6
    failures: list[BaseException] = []
    start = threading.Barrier(writers)

    def write(number: int) -> None:
        try:
            start.wait()
            for turn in range(each):
                who = Scope(Actor(number, f"写手{number}"), unconfined=True)
                with open_session(engine, who) as mine:
                    village = (district.nanyuan, district.chaoyang)[(number + turn) % 2]
                    mine.add(business(village, name=f"{number}-{turn}"))
                    mine.commit()
        except BaseException as error:
            failures.append(error)

    session.rollback()
    threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert session.scalar(select(func.count()).select_from(Business)) == writers * each
    assert broken(session) == []
    for head in session.scalars(select(TrailHead)):
        numbers = session.scalars(select(TrailEntry.seq).where(TrailEntry.chain == head.chain).order_by(TrailEntry.seq))
        assert list(numbers) == list(range(1, head.seq + 1))


def test_what_belongs_to_no_village_is_the_districts_chain(session: Session, district: District) -> None:
    account = Account(username="nanyuan", name="南苑")
    account.set_password("first-secret-9431")
    session.add(account)
    session.commit()
    row = last(session)
    assert (row.chain, row.village_id) == (DISTRICT_CHAIN, None)


# ---- nothing overwritten ----


def test_the_second_of_two_writers_is_told_and_overwrites_nothing(
    session: Session, district: District, acting: Acting
) -> None:
    session.add(business(district.nanyuan))
    session.commit()
    first, second = acting(EVERYTHING), acting(EVERYTHING)
    theirs, mine = (s.scalars(select(Business)).one() for s in (first, second))
    second.commit()  # what was read stays in memory; SQLite's read ends
    theirs.operator = "先来"
    first.commit()
    mine.operator = "后到"
    with pytest.raises(StaleDataError):
        second.commit()
    second.rollback()
    assert session.scalars(select(Business.operator)).one() == "先来"
    assert broken(session) == []


def test_a_version_counts_the_changes(session: Session, district: District) -> None:
    one = report(district.nanyuan)
    session.add(one)
    session.commit()
    assert one.version == 1
    one.note = "补充说明"
    session.commit()
    assert one.version == 2


def test_a_purge_needs_to_be_meant_and_is_told(session: Session, district: District) -> None:
    one = business(district.nanyuan)
    session.add(one)
    session.commit()
    session.info["purging"] = True
    session.delete(one)
    session.commit()
    assert (last(session).deed, last(session).record_label) == (Deed.PURGE, "清水浴室")


def test_what_is_pointed_at_cannot_be_purged(session: Session, district: District) -> None:
    watched = observation(resident(district.nanyuan))
    session.add(watched)
    session.commit()
    session.info["purging"] = True
    session.delete(watched.resident)
    with pytest.raises(DBAPIError):
        session.commit()
    session.rollback()
    assert session.get(Resident, watched.resident_id) is not None
