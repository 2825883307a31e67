"""The migration builds what the models say, on both databases, and takes it down again."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Connection, Engine, Table, event, inspect, text
from sqlalchemy.schema import CreateTable

from models import migrations
from models.base import Base
from models.engine import make_engine
from models.migrations import downgrade, upgrade
from models.migrations.vocabulary import ADDED_IN_PLACE
from models.register import LEDGERS


def is_searching(name: str) -> bool:
    """Name search is the migration's own: no model declares its tables and indexes."""
    return "_search" in name or name.endswith("_name_tokens")


def compared(connection: Connection) -> list[object]:
    def include(item: object, name: str | None, kind: str, reflected: bool, other: object) -> bool:
        if kind == "foreign_key_constraint" and connection.dialect.name == "sqlite":
            return name is not None and name not in ADDED_IN_PLACE  # the test of the tables' text looks at these
        return not (reflected and is_searching(name or ""))

    options = {"compare_type": True, "include_object": include}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata))


def test_the_migration_builds_what_the_models_say(engine: Engine) -> None:
    assert LEDGERS
    with engine.connect() as connection:
        assert compared(connection) == []


def test_every_check_of_a_model_is_in_the_database_and_no_other(engine: Engine) -> None:
    found = inspect(engine)
    for table in Base.metadata.sorted_tables:
        expected = {str(c.name) for c in table.constraints if isinstance(c, CheckConstraint)}
        assert {str(c["name"]) for c in found.get_check_constraints(table.name)} == expected, table.name


def without_blanks(sql: str) -> str:
    return re.sub(r"\s+", " ", sql).strip()


def defined(table: Table, engine: Engine) -> set[str]:
    """The lines of a CREATE TABLE that the model would give."""
    sql = str(CreateTable(table).compile(engine))
    return {without_blanks(line).rstrip(",") for line in sql.splitlines() if line.startswith("\t")}


def parts_of(line: str) -> Iterator[str]:
    """What a line of SQLite's own CREATE TABLE says; columns that were added in place stand behind the last one."""
    written = without_blanks(line).rstrip(",")
    if written.startswith(("CONSTRAINT", "PRIMARY KEY")):
        yield written
        return
    for column in re.split(r", (?![^(]*\))", written):
        name, _, reference = column.partition(" CONSTRAINT ")
        yield name
        if reference:
            constraint, target = reference.split(" ", 1)
            yield f"CONSTRAINT {constraint} FOREIGN KEY({name.split()[0]}) {target}"


def test_models_and_migration_write_the_same_tables_down_to_the_checks(sqlite_database_url: str) -> None:
    engine = make_engine(sqlite_database_url)
    with engine.connect() as connection:
        kept = dict(connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all())
    for table in Base.metadata.sorted_tables:
        made = {part for line in kept[table.name].splitlines() if line.startswith("\t") for part in parts_of(line)}
        assert made == defined(table, engine), table.name
    engine.dispose()


def conditions(engine: Engine) -> Iterator[tuple[str, str]]:
    """Every index and CHECK of a PostgreSQL database as PostgreSQL understood it."""
    with engine.connect() as connection:
        yield from connection.execute(text("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"))
        yield from connection.execute(
            text("SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype <> 'n'")
        )


def test_postgresql_understands_indexes_and_checks_of_models_and_migration_alike(
    postgres_database_url: str, postgres_databases: object
) -> None:
    migrated = make_engine(postgres_database_url)
    with postgres_databases.fresh(migrated=False) as url:  # type: ignore[attr-defined]
        modelled = make_engine(url)
        Base.metadata.create_all(modelled)
        of_models = dict(conditions(modelled))
        modelled.dispose()
    of_migration = {k: v for k, v in conditions(migrated) if "alembic" not in k and not is_searching(k)}
    migrated.dispose()
    assert of_migration == of_models


def names(url: str) -> set[str]:
    engine = make_engine(url)
    found = inspect(engine)
    kept = set(found.get_table_names()) | set(found.get_sequence_names() if engine.name == "postgresql" else ())
    if engine.name == "postgresql":
        with engine.connect() as connection:
            kept |= set(
                connection.scalars(text("SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"))
            )
    engine.dispose()
    return kept


def test_down_leaves_nothing_and_up_again_brings_the_same(blank_database_url: str) -> None:
    upgrade(blank_database_url)
    first = names(blank_database_url)
    assert {table.name for table in Base.metadata.sorted_tables} <= first

    downgrade(blank_database_url, "base")
    assert names(blank_database_url) == {"alembic_version"}

    upgrade(blank_database_url)
    assert names(blank_database_url) == first


SIGNED = "1, '2020-02-01 00:00:00', '2020-02-01 00:00:00', 'x'"
SIGNS = "version, created_at, updated_at, updated_by"
IN_USE = (
    "INSERT INTO township (id, code, name) VALUES (1, '321084001', '甲镇')",
    f"INSERT INTO village (id, township_id, code, name, full_name, taking_part, {SIGNS})"
    f" VALUES (1, 1, '321084001001', '甲村', '甲镇甲村', true, {SIGNED})",
    f"INSERT INTO resident (id, village_id, name, category, status, pinyin, initials, name_tokens, {SIGNS})"
    f" VALUES (1, 1, '王建国', 'returnee', 'observed', 'wangjianguo', 'wjg', '王 建 国', {SIGNED})",
    "INSERT INTO observation (id, village_id, resident_id, kind, status, began_on, first_period, days, ends_on,"
    f" became_suspected, {SIGNS}) VALUES (1, 1, 1, 'home', 'observed', '2020-02-01', 'am', 14, '2020-02-15', false,"
    f" {SIGNED})",
    f'INSERT INTO observation_event (id, village_id, resident_id, observation_id, kind, "on", {SIGNS})'
    f" VALUES (1, 1, 1, 1, 'opened', '2020-02-01', {SIGNED})",
    'INSERT INTO visit (id, village_id, observation_id, resident_id, "on", period, temperature, how, outcome, symptoms,'
    f" late, {SIGNS}) VALUES (1, 1, 1, 1, '2020-02-01', 'am', 36.5, 'door', 'normal', '[]', false, {SIGNED})",
)
KEPT = ("township", "village", "resident", "observation", "observation_event", "visit")


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """A transaction on a connection of its own."""
    engine = make_engine(url)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def kept(connection: Connection, of: dict[str, dict[str, object]] | None = None) -> dict[str, dict[str, object]]:
    """What was entered, as it stands; of columns that were there before, if there was a before."""
    found = {t: dict(connection.execute(text(f"SELECT * FROM {t} WHERE id = 1")).mappings().one()) for t in KEPT}
    return {t: {name: row[name] for name in (of or found)[t]} for t, row in found.items()}


def test_a_register_in_use_goes_up_and_back_with_everything_in_it(blank_database_url: str) -> None:
    upgrade(blank_database_url, "0001")
    with connected(blank_database_url) as connection:
        for statement in IN_USE:
            connection.execute(text(statement))
        before = kept(connection)
    for go in (upgrade, lambda url: downgrade(url, "0001"), upgrade):
        go(blank_database_url)
        with connected(blank_database_url) as connection:
            assert kept(connection, before) == before
    with connected(blank_database_url) as connection:
        assert compared(connection) == []
        connection.execute(text("UPDATE resident SET name = '李四', name_tokens = '李 四' WHERE id = 1"))
        if connection.dialect.name == "sqlite":  # the index of names still follows
            found = "SELECT count(*) FROM resident_search WHERE resident_search MATCH '\"李 四\"'"
            assert connection.scalar(text(found)) == 1
            assert not connection.execute(text("PRAGMA foreign_key_check")).all()


class Course(NamedTuple):
    """What was on record before, and what is to be told of it: each event's before, after and since, and the state."""

    observation: dict[str, str]
    events: list[tuple[str, str]]
    told: list[tuple[str | None, str | None, str | None]]
    stands: tuple[str, str, str]


COURSES = {
    "still at home": Course(
        {"first_period": "pm"}, [("opened", "01")], [(None, "observed", None)], ("observed", "01", "pm")
    ),
    "released": Course(
        {"status": "released", "released_on": "2020-02-09"},
        [("opened", "01"), ("corrected", "03"), ("released", "09")],
        [(None, "observed", None), ("observed", "observed", None), ("observed", "released", "01")],
        ("released", "09", "am"),
    ),
    "lost and found": Course(
        {},
        [("opened", "01"), ("lost", "03"), ("found", "05")],
        [(None, "observed", None), ("observed", "lost", "01"), ("lost", "observed", "03")],
        ("observed", "05", "am"),
    ),
    "handed over": Course(
        {},
        [("opened", "01"), ("handed_out", "04"), ("handed_in", "04")],
        [(None, "observed", None), ("observed", None, "01"), (None, "observed", None)],
        ("observed", "04", "am"),
    ),
    "at the centre from the start": Course(
        {"kind": "central"}, [("opened", "01")], [(None, "central", None)], ("central", "01", "am")
    ),
    "nothing was told": Course(
        {"status": "released", "released_on": "2020-02-09"}, [], [], ("released", "09", "am")
    ),
}  # fmt: skip


@pytest.mark.parametrize("course", COURSES)
def test_what_happened_before_is_told_as_it_is_now(blank_database_url: str, course: str) -> None:
    """So that who was expected when is known of the days before the migration too."""
    given, events, told, stands = COURSES[course]
    upgrade(blank_database_url, "0001")
    with connected(blank_database_url) as connection:
        for statement in IN_USE[:4]:
            connection.execute(text(statement))
        for name, value in given.items():
            connection.execute(text(f"UPDATE observation SET {name} = :value"), {"value": value})
        for number, (kind, day) in enumerate(events, 1):
            connection.execute(
                text(
                    IN_USE[4]
                    .replace("VALUES (1,", f"VALUES ({number},")
                    .replace("'opened', '2020-02-01'", ":kind, :day")
                ),
                {"kind": kind, "day": f"2020-02-{day}"},
            )
    upgrade(blank_database_url)
    with connected(blank_database_url) as connection:
        found = connection.execute(text("SELECT was, became, since FROM observation_event ORDER BY id")).all()
        assert [(was, became, str(since)[8:] if since else None) for was, became, since in found] == told
        status, since, period = connection.execute(text("SELECT status, since, since_period FROM observation")).one()
        assert (status, str(since)[8:], period) == stands
        due_on = connection.scalar(text("SELECT due_on FROM resident"))
        assert str(due_on) == ("2020-02-15" if stands[0] == "observed" else "None")


def test_a_report_that_was_there_is_its_own_revision_and_its_closed_day_a_closing(blank_database_url: str) -> None:
    upgrade(blank_database_url, "0002")
    figures = "surveyed, came, met_case, lived_with_contact, met_from_area, abnormal, central_today, central_total,"
    figures += " home_today, home_total, released_today, released_total, in_hospital"
    with connected(blank_database_url) as connection:
        for statement in IN_USE[:2]:
            connection.execute(text(statement))
        for number, status in ((1, "reported"), (2, "closed")):
            connection.execute(
                text(
                    f'INSERT INTO daily_report (id, village_id, "on", {figures}, handed_in_by, handed_in_at,'
                    f" punctuality, status, revision, {SIGNS}) VALUES ({number}, 1, '2020-02-0{number}', 9, 8, 7, 6, 5,"
                    f" 4, 3, 2, 1, 0, 1, 2, 3, '周书记',"
                    f" '2020-02-01 08:00:00', 'on_time', '{status}', {number}, {SIGNED})"
                )
            )
    upgrade(blank_database_url)
    with connected(blank_database_url) as connection:
        kept = connection.execute(text(f"SELECT report_id, number, {figures} FROM report_revision ORDER BY id")).all()
        assert [row[:4] for row in kept] == [(1, 1, 9, 8), (2, 2, 9, 8)]
        assert [str(day) for day in connection.scalars(text('SELECT "on" FROM day_closing'))] == ["2020-02-02"]
    downgrade(blank_database_url, "0002")
    with connected(blank_database_url) as connection:
        assert connection.scalar(text("SELECT count(*) FROM daily_report")) == 2


def test_two_processes_may_go_up_at_once(blank_database_url: str) -> None:
    """Somebody starts the panel twice."""
    command = [sys.executable, "-c", "import sys; from models.migrations import upgrade; upgrade(sys.argv[1])"]
    started = [subprocess.Popen([*command, blank_database_url], stderr=subprocess.PIPE) for _ in range(2)]
    assert [(process.communicate()[1][-500:], process.returncode) for process in started] == [(b"", 0)] * 2
    assert {table.name for table in Base.metadata.sorted_tables} <= names(blank_database_url)


def test_a_migration_that_fails_leaves_nothing_half_done(
    blank_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the power is gone")

    monkeypatch.setattr("alembic.op.create_index", fail)
    with pytest.raises(RuntimeError, match="power"):
        upgrade(blank_database_url)
    assert names(blank_database_url) == set()


def test_the_next_migration_is_drafted_in_plain_types(
    blank_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever adds a ledger has the first lines written; here, all that an empty database lacks."""
    monkeypatch.setattr(migrations, "_SCRIPTS", str(tmp_path / "scripts"))
    shutil.copytree(Path(migrations.__file__).parent, tmp_path / "scripts", ignore=shutil.ignore_patterns("0*.py"))
    migrations.revise(blank_database_url, "A new ledger", "0001")
    draft = (tmp_path / "scripts" / "versions" / "0001_a_new_ledger.py").read_text(encoding="utf-8")
    compile(draft, "draft", "exec")
    assert "models." not in draft
    assert "op.create_table" in draft


def test_going_up_twice_changes_nothing(database_url: str) -> None:
    before = names(database_url)
    upgrade(database_url)
    assert names(database_url) == before


@pytest.mark.parametrize("index", sorted({str(i.name) for t in Base.metadata.sorted_tables for i in t.indexes}))
def test_no_index_name_is_too_long_for_postgresql(index: str) -> None:
    assert len(index) <= 63


def test_no_two_indexes_share_a_name() -> None:
    found = [str(i.name) for t in Base.metadata.sorted_tables for i in t.indexes]
    assert len(found) == len(set(found))


def test_large_tables_lead_their_lists_with_the_village() -> None:
    for ledger in LEDGERS:
        table = ledger.__table__
        if "village_id" in table.columns:
            assert any(next(iter(i.columns)).name == "village_id" for i in table.indexes), table.name


def test_the_largest_tables_are_not_written_anew_on_sqlite(tmp_path: Path) -> None:
    """A million files and two million visits would take minutes, and the panel stands still meanwhile."""
    url, said = f"sqlite:///{tmp_path / 'large.db'}", []
    upgrade(url, "0001")

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        said.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        upgrade(url, "0002")
        downgrade(url, "0001")
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    anew = {found[1] for line in said if (found := re.search(r"CREATE TABLE _alembic_tmp_(\w+)", line))}
    assert anew == {"observation", "observation_event"}
