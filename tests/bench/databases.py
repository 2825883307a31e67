"""The two databases: the register with a million residents, and the same rows as plain Flask-Admin would have them.

They are made once and kept, in the folder that ``TAIZHANG_BENCH`` names or in a temporary one, and made again when the
schema or what fills it has changed. What the cases save stays in them; it is a few rows in millions.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from models.account import Account, Grant, Role
from models.engine import make_engine
from models.migrations import upgrade
from models.place import Village
from models.scope import Scope
from models.session import open_session

TODAY = date(2020, 2, 12)
PASSWORD = "measured-not-guessed"
DISTRICT, VILLAGE = "bench.district", "bench.village"
KEPT_TABLES = ("township", "village", "resident", "observation", "visit", "daily_report")

Say = Callable[[str], None]


@dataclass(frozen=True)
class Facts:
    """What the cases ask for, the same on both sides."""

    size: int
    village: int
    round_village: int
    """The village whose people under observation come nearest to sixty."""
    many_villages: tuple[int, ...]
    """Villages with about a tenth of all residents together."""
    resident: int
    identity_number: str
    phone: str
    name: str
    pinyin: str
    visit: int


@dataclass(frozen=True)
class Databases:
    """Where the two are, and what is in them."""

    ours: Path
    vanilla: Path
    facts: Facts


def prepare(size: int, say: Say) -> Databases:
    """Find the databases, or make them."""
    root = Path(os.environ.get("TAIZHANG_BENCH") or Path(tempfile.gettempdir()) / "taizhang-bench")
    folder = root.resolve() / str(size)
    folder.mkdir(parents=True, exist_ok=True)
    ours, vanilla, made = folder / "ours.db", folder / "vanilla.db", folder / "made.txt"
    wanted = _fingerprint(folder)
    if not made.exists() or made.read_text() != wanted:
        made.unlink(missing_ok=True)
        for old in (ours, vanilla):
            for path in (old, *(old.with_name(old.name + end) for end in ("-wal", "-shm", "-journal"))):
                path.unlink(missing_ok=True)
        say(f"making a database of {size:,} residents (once; kept in {folder})")
        _fill(ours, size)
        _admit(ours)
        say("copying it for plain Flask-Admin, without the panel's indexes")
        _strip(ours, vanilla)
        made.write_text(wanted)
    return Databases(ours, vanilla, _facts(ours, size))


def url(path: Path) -> str:
    """The database at a path."""
    return f"sqlite:///{path.as_posix()}"


def _fingerprint(folder: Path) -> str:
    """The schema and what fills it, as a hash."""
    blank = folder / "blank.db"
    blank.unlink(missing_ok=True)
    upgrade(url(blank))
    with closing(sqlite3.connect(blank)) as connection:
        schema = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY sql").fetchall()
    for path in (blank, folder / "blank.db-wal", folder / "blank.db-shm"):
        path.unlink(missing_ok=True)
    filling = Path(__file__).parents[2] / "seeds" / "bulk.py"
    parts = [*(sql for (sql,) in schema), filling.read_text(encoding="utf-8") if filling.exists() else ""]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _fill(path: Path, size: int) -> None:
    from seeds.bulk import load_big

    upgrade(url(path))
    engine = make_engine(url(path))
    load_big(engine, size=size, today=TODAY, password=PASSWORD)
    engine.dispose()


def _admit(path: Path) -> None:
    """Two accounts of the bench's own: the whole district's, and one of the village whose list is measured."""
    engine = make_engine(url(path))
    with open_session(engine, Scope.everything("bench")) as session:
        district = Account(username=DISTRICT, name="bench, district")
        village = Account(username=VILLAGE, name="bench, village")
        for account in (district, village):
            account.set_password(PASSWORD)
        place = session.get_one(Village, _median_village(path))
        session.add_all([district, village, Grant(account=district, role=Role.DISTRICT)])
        session.add(Grant(account=village, role=Role.VILLAGE, village=place))
        session.commit()
    engine.dispose()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ANALYZE")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _strip(ours: Path, vanilla: Path) -> None:
    """The same rows with primary keys and uniques only, in the order they were written, packed as tightly."""
    with closing(sqlite3.connect(ours)) as connection:
        connection.execute("VACUUM INTO ?", (str(vanilla),))
    with closing(sqlite3.connect(vanilla, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        for table in _names(connection, "table"):
            for suffix in ("_search",):
                if table.endswith(suffix):
                    for trigger in _names(connection, "trigger"):
                        if trigger.startswith(table):
                            connection.execute(f'DROP TRIGGER "{trigger}"')
                    connection.execute(f'DROP TABLE "{table}"')
        for name, table, sql in connection.execute(
            "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        ).fetchall():
            connection.execute(f'DROP INDEX "{name}"')
            if sql.startswith("CREATE UNIQUE") and table in KEPT_TABLES:
                connection.execute(sql.split(" WHERE ")[0])
        for trigger in _names(connection, "trigger"):
            connection.execute(f'DROP TRIGGER "{trigger}"')
        for table in _names(connection, "table"):
            if table not in KEPT_TABLES and not table.startswith("sqlite_"):
                connection.execute(f'DROP TABLE IF EXISTS "{table}"')
        connection.execute("VACUUM")
        connection.execute("ANALYZE")
        connection.execute("PRAGMA journal_mode = WAL")


def _names(connection: sqlite3.Connection, kind: str) -> list[str]:
    return [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = ?", (kind,))]


def _median_village(path: Path) -> int:
    """The village in the middle, by the number of its residents."""
    with closing(sqlite3.connect(path)) as connection:
        found = _by_size(connection)
    return found[len(found) // 2][0]


def _by_size(connection: sqlite3.Connection) -> list[tuple[int, int]]:
    return connection.execute(
        "SELECT village_id, count(*) FROM resident WHERE deleted_at IS NULL GROUP BY village_id ORDER BY 2, 1"
    ).fetchall()


def _facts(ours: Path, size: int) -> Facts:
    with closing(sqlite3.connect(ours)) as connection:
        village = _median_village(ours)
        many, people = [], 0
        for number, count in _by_size(connection)[::-1]:
            if people < size // 10:
                many.append(number)
                people += count
        somebody = connection.execute(
            "SELECT id, identity_number, phone, name, pinyin FROM resident WHERE id >= ? AND deleted_at IS NULL "
            "AND identity_number IS NOT NULL AND phone IS NOT NULL AND length(name) = 3 AND village_id = ? LIMIT 1",
            (size // 2, village),
        ).fetchone()
        visit = connection.execute(
            "SELECT id FROM visit WHERE deleted_at IS NULL AND id >= ? LIMIT 1", (size,)
        ).fetchone()
        fewest = connection.execute(
            "SELECT village_id, count(*) FROM observation WHERE deleted_at IS NULL AND status = 'observed' "
            "GROUP BY village_id ORDER BY abs(count(*) - 60), 1 LIMIT 1"
        ).fetchone()
    return Facts(size, village, fewest[0], tuple(sorted(many)), *somebody, *visit)
