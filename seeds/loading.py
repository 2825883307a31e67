"""Rows by the million: written past the ORM, in the form in which it would have stored them.

That form is text both databases read: days and instants (UTC) as ISO, choices as their codes, lists as JSON, truth as
0 and 1. Nothing here asks a rule, so whoever makes the rows keeps them; the tests read them back and ask.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, Engine, NullPool, Table, event, text

from models.base import InVillage, Record
from models.engine import make_engine
from models.session import Session
from models.trail import Deed, Entry, append

_CHUNK: Final = 100_000
_SIGNED: Final = ("id", "version", "created_at", "updated_at", "updated_by")


def stored(instant: datetime) -> str:
    """An instant as both databases keep or read it."""
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"


class Sheet:
    """The rows of one table, numbered and signed as they come."""

    def __init__(self, load: Load, cls: type[Record], *columns: str) -> None:
        self._load, self.cls = load, cls
        self.table: Table = cls.__table__  # type: ignore[assignment]
        self.per_village: Counter[int] = Counter()
        self._of_village = issubclass(cls, InVillage)
        names = (*_SIGNED, *(("village_id",) if self._of_village else ()), *columns)
        forgotten = {c.name for c in self.table.columns if not c.nullable} - set(names)
        if forgotten:
            raise TypeError(f"{self.table.name} needs {', '.join(sorted(forgotten))}")
        self.names = names
        self._rows: list[tuple[Any, ...]] = []
        self.count = 0

    def add(self, village_id: int, at: str, *values: Any) -> int:
        """One row of a village, written at an instant; returns its number."""
        self.count += 1
        number = self.count
        self.per_village[village_id] += 1
        if self._of_village:
            self._rows.append((number, 1, at, at, self._load.signature, village_id, *values))
        else:
            self._rows.append((number, 1, at, at, self._load.signature, *values))
        self._load.has_grown()
        return number

    def take(self) -> list[tuple[Any, ...]]:
        """The rows that have come since the last time."""
        rows, self._rows = self._rows, []
        return rows


class Load:
    """One transaction that fills empty tables."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._connection: Connection = session.connection()
        self._sqlite = self._connection.dialect.name == "sqlite"
        self._sheets: list[Sheet] = []
        self._waiting = 0
        self.signature: str = session.scope.actor.name[:60]
        if not self._sqlite:
            self._connection.execute(text("SET LOCAL TIME ZONE 'UTC'"))

    def sheet(self, cls: type[Record], *columns: str) -> Sheet:
        """A table to be filled, after those that its rows refer to."""
        sheet = Sheet(self, cls, *columns)
        self._sheets.append(sheet)
        return sheet

    def has_grown(self) -> None:
        """One row more; many together are written, those of a sheet that others refer to before the others'."""
        self._waiting += 1
        if self._waiting == _CHUNK:
            self._write_all()

    def _write_all(self) -> None:
        for sheet in self._sheets:
            if rows := sheet.take():
                self._write(sheet, rows)
        self._waiting = 0

    def _write(self, sheet: Sheet, rows: list[tuple[Any, ...]]) -> None:
        columns = ", ".join(f'"{name}"' for name in sheet.names)
        if self._sqlite:
            marks = ", ".join("?" * len(sheet.names))
            self._connection.exec_driver_sql(f'INSERT INTO "{sheet.table.name}" ({columns}) VALUES ({marks})', rows)  # noqa: S608
            return
        driver: Any = self._connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(f'COPY "{sheet.table.name}" ({columns}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)

    def close(self) -> None:
        """Write what is left, let the databases count on, and tell the trail how many records came to be."""
        self._write_all()
        for sheet in self._sheets:
            if not self._sqlite and sheet.count:
                number = f"pg_get_serial_sequence('\"{sheet.table.name}\"', 'id')"
                self._connection.execute(text(f"SELECT setval({number}, :last)"), {"last": sheet.count})
        append(self._connection, self._session.scope.actor, self._entries())
        if not self._sqlite:
            self._connection.execute(text("ANALYZE"))

    def _entries(self) -> Iterator[Entry]:
        for sheet in self._sheets:
            for village_id, count in sorted(sheet.per_village.items()):
                yield Entry(
                    sheet.cls.__ledger__ or sheet.table.name,
                    Deed.GENERATE,
                    village_id=village_id or None,
                    reason=f"生成演示数据{count}条",
                    kind=sheet.table.name,
                )


# ---- SQLite, made fast for one connection ----


@contextmanager
def hurried(engine: Engine) -> Iterator[Engine]:
    """An engine of its own that does not wait for the disk: if the machine stops, the load is done again."""
    if engine.dialect.name != "sqlite":
        yield engine
        return
    own = make_engine(engine.url.render_as_string(hide_password=False), poolclass=NullPool)
    event.listen(own, "connect", _hurry)
    try:
        yield own
    finally:
        own.dispose()


def _hurry(connection: Any, _: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA cache_size = -500000")


@contextmanager
def searched_afterwards(session: Session, tables: Iterable[str]) -> Iterator[None]:
    """Fill SQLite's full-text indexes in one go at the end, not row by row; the triggers come back as they were."""
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        yield
        return
    names = list(tables)
    found = connection.execute(text("SELECT name, sql, tbl_name FROM sqlite_master WHERE type = 'trigger'")).all()
    triggers = [(name, sql) for name, sql, table in found if table in names]
    for name, _ in triggers:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    yield
    for table in names:
        connection.exec_driver_sql(f"INSERT INTO {table}_search ({table}_search) VALUES ('rebuild')")  # noqa: S608
    for _, sql in triggers:
        connection.exec_driver_sql(sql)
