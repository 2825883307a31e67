"""A district that has lived: the demo of another seed, and what its people thought better of when all was entered.

Made once a test run; every database that is asked about it is a copy.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import cache
from pathlib import Path
from random import Random

import psycopg
from psycopg import sql
from sqlalchemy import select

from models import doubles
from models.base import Base, Invalid
from models.engine import make_engine
from models.observation import UNDER_OBSERVATION, Observation
from models.place import Village
from models.resident import Resident
from models.scope import Scope
from models.session import Session, open_session
from seeds.demo import load_demo
from seeds.diary import pinned
from tests.models.summaries.keeping import CHANGES, NEW, Deed, do
from tests.models.summaries.retold import entries, retold
from tests.models.summaries.world import TODAY, World
from tests.support.databases import PostgresDatabases, SQLiteDatabases, once

SEED = 4021
PASSWORD = "round-the-clock-2020"
VILLAGE = "南苑社区"
"""Whose ledger is taken, and through whose eyes things are looked at."""
THOUGHTS = (*[Deed.ENTER] * 2, *[Deed.CHANGE] * 6, *[Deed.THROW_AWAY] * 4, *[Deed.TAKE_BACK] * 2, Deed.CHANGE)


def _live(url: str) -> None:
    engine = make_engine(url)
    with open_session(engine, Scope.everything("演示数据 demo")) as session:
        load_demo(session, TODAY, PASSWORD, SEED)
        session.act_as(Scope.everything("沈明远"))
        with pinned(TODAY):
            _think_better(session, Random(SEED))
        session.commit()
    engine.dispose()


def _think_better(session: Session, dice: Random) -> None:
    """A bit of everything in every ledger, and files that were two of one person."""
    villages = list(session.scalars(select(Village).where(Village.taking_part).order_by(Village.code)))
    for village in villages[:4]:
        for under_observation in (True, False):
            with suppress(Invalid):
                _merge_two(session, village, under_observation)
    for deed in THOUGHTS:
        for cls in CHANGES:
            if deed is not Deed.ENTER or cls in NEW:
                do(session, deed, cls, dice.choice(villages), dice, TODAY)


def _merge_two(session: Session, village: Village, under_observation: bool) -> None:
    observed = select(Observation.resident_id).where(Observation.status.in_(UNDER_OBSERVATION))
    query = select(Resident).where(Resident.village_id == village.id, Resident.id.in_(observed) == under_observation)
    keep, other = session.scalars(query.order_by(Resident.id).limit(2))
    doubles.merge(session, keep, other, {}, TODAY)
    session.flush()


# ---- copies ----


def lived(run: Path) -> Path:
    """The district's own file, which nobody writes to."""
    path = run / "lived.db"

    def make() -> None:
        path.unlink(missing_ok=True)
        _live(SQLiteDatabases(run).copy_to(path))

    once(run / "lived.done", make)
    return path


@cache
def told(run: Path) -> World:
    """Its records, as its trail tells them; looked up once a process."""
    engine = make_engine(SQLiteDatabases.url(lived(run)))
    with open_session(engine, Scope.everything("test"), writing=False) as session:
        world = retold(entries(session))
    engine.dispose()
    return world


def copied(run: Path, folder: Path) -> str:
    """A copy of it on SQLite."""
    path = folder / "taizhang.db"
    shutil.copyfile(lived(run), path)
    return SQLiteDatabases.url(path)


@contextmanager
def copied_to_postgres(run: Path, databases: PostgresDatabases) -> Iterator[str]:
    """A copy of it on PostgreSQL: the same rows, the same trail."""
    with databases.fresh() as url:
        with closing(sqlite3.connect(lived(run))) as source, psycopg.connect(url.replace("+psycopg", "")) as target:
            target.execute("SET timezone TO 'UTC'")
            for table in Base.metadata.sorted_tables:
                _copy(source, target, table.name, [column.name for column in table.columns])
            target.execute("ANALYZE")
        yield url


def _copy(source: sqlite3.Connection, target: psycopg.Connection, table: str, columns: list[str]) -> None:
    named = {"table": sql.Identifier(table), "columns": sql.SQL(", ").join(map(sql.Identifier, columns))}
    read = sql.SQL("SELECT {columns} FROM {table}").format(**named).as_string()
    write = sql.SQL("COPY {table} ({columns}) FROM STDIN").format(**named)
    with target.cursor().copy(write) as copy:
        for row in source.execute(read):
            copy.write_row(row)
    if "id" in columns:
        counted = sql.SQL("SELECT setval(pg_get_serial_sequence({name}, 'id'), max(id)) FROM {table}")
        target.execute(counted.format(name=f'"{table}"', **named))
