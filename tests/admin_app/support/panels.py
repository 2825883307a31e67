"""Panels for tests: one application a database kind, its database put back to the small district before each test."""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import psycopg
from flask import Flask, request
from psycopg import sql
from sqlalchemy import Engine, Select, func, make_url, select
from sqlalchemy.exc import OperationalError

from admin_app import create_app, database
from admin_app.config import Settings
from models import clock, course, opening
from models import session as sessions
from models.base import Base
from models.engine import make_engine
from models.scope import Scope
from models.session import Session
from models.trail import TrailEntry
from tests.admin_app.support.browsing import Browser
from tests.admin_app.support.district import ANONYMOUS, sign_in, token_of
from tests.support.databases import PostgresDatabases, SQLiteDatabases, once

TEMPLATE = "taizhang_district"


class Store(Protocol):
    """Where copies of the small district come from."""

    kind: str
    url: str

    def reset(self) -> None:
        """Put the copy back to the small district. Nobody may be connected to it."""


class SQLiteStore:
    kind = "sqlite"

    def __init__(self, run: Path, folder: Path, make: Any):
        self._template, self.path = run / "district.db", folder / "panel.db"
        self.url = SQLiteDatabases.url(self.path)

        def prepare() -> None:
            self._template.unlink(missing_ok=True)
            url = SQLiteDatabases(run).copy_to(self._template)
            _fill(url, make)

        once(run / "district.done", prepare)

    def reset(self) -> None:
        for ending in ("-wal", "-shm"):
            self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
        shutil.copyfile(self._template, self.path)


class PostgresStore:
    kind = "postgresql"

    def __init__(self, run: Path, databases: PostgresDatabases, name: str, make: Any):
        self._admin, self._name = databases.url().replace("+psycopg", ""), name
        self.url = databases.url(name)

        def prepare() -> None:
            with databases.fresh() as url:
                _fill(url, make)
                self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", TEMPLATE)
                source = make_url(url).database or ""
                self._execute("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", TEMPLATE, source)

        once(run / "district.postgres", prepare)

    def reset(self) -> None:
        self.drop()
        self._execute("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", self._name, TEMPLATE)

    def drop(self) -> None:
        self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", self._name)

    def _execute(self, statement: str, *names: str) -> None:
        with closing(psycopg.connect(self._admin, autocommit=True)) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))  # type: ignore[arg-type]


def _fill(url: str, make: Any) -> None:
    engine = make_engine(url)
    try:
        make(engine)
        if engine.dialect.name == "sqlite":
            with engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        engine.dispose()


def settings_for(url: str, **changed: Any) -> Settings:
    """Settings of a panel over a database of a test."""
    plain = Settings(url, "known to every reader of these tests", Path("/nonexistent"), testing=True)
    return replace(plain, **{"idle": timedelta(hours=1), **changed})


def make_app(url: str, **changed: Any) -> Flask:
    """An application as it runs in earnest: what fails is answered, not raised into the test."""
    app = create_app(settings_for(url, **changed))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


@contextmanager
def app_over(url: str, **changed: Any) -> Iterator[Flask]:
    """A second application, its connections closed with the block."""
    app = make_app(url, **changed)
    try:
        yield app
    finally:
        with app.app_context():
            database.db.engine.dispose()


class Panel:
    """A panel over a copy of the small district, and what a test asks of it and of its database."""

    def __init__(self, store: Store):
        self.store = store
        self.app = make_app(store.url)
        self.app.before_request(self._note_writing)
        self.engine: Engine = make_engine(store.url)
        self._signed_in: dict[str, Browser] = {}
        self._written, self._rows = False, self.last_number()

    def reset(self) -> None:
        """Put the database back to the small district, unless it still is."""
        self._signed_in.clear()
        if self._written or not self._as_it_was():
            self.let_go()
            self.store.reset()
            self._written = False

    def _as_it_was(self) -> bool:
        """Whether the trail is no longer than it was; a database that a test took away is not as it was."""
        try:
            return self.last_number() == self._rows
        except OperationalError:
            return False

    def _note_writing(self) -> None:
        self._written = self._written or request.method not in ("GET", "HEAD")

    def let_go(self) -> None:
        """Close every connection to the database, which somebody else is going to write."""
        self._written = True
        with self.app.app_context():
            database.db.engine.dispose()
        self.engine.dispose()

    def rule_out(self, resident: int) -> None:
        """End a person's observation: no file is deleted from under one."""
        today = clock.today()
        with self.session() as session:
            if (one := opening.unfinished(session, resident)) is not None:
                course.move(session, one, course.Move.EXCLUDE, today, today, reason="opened by mistake")
            session.commit()

    def as_(self, name: str) -> Browser:
        """The browser of a reader, signed in without the slow password."""
        if name not in self._signed_in:
            if name == ANONYMOUS:
                self._signed_in[name] = Browser(self.app)
            else:
                sign_in(self.engine, name)
                self._signed_in[name] = Browser(self.app, token_of(name))
        return self._signed_in[name]

    def another_as(self, name: str) -> Browser:
        """A second browser with the same sign-in."""
        self.as_(name)
        return Browser(self.app, token_of(name))

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session that sees everything, to look at what a request has done or to arrange what it finds."""
        self._written = True
        with sessions.open_session(self.engine, Scope.everything("test")) as session:
            yield session

    def get(self, cls: type[Base], number: int, deleted: bool = False) -> Any:
        """A record as the database has it now."""
        with sessions.open_session(self.engine, Scope.everything("test"), writing=False) as session:
            return session.get(cls, number, execution_options={"deleted": True} if deleted else {})

    def counts(self) -> dict[str, int]:
        """How many rows each table has, the trail among them; sign-ins come and go."""
        with self.engine.connect() as connection:
            return dict(connection.execute(_counting()).mappings().one())

    def last_deeds(self, since: int = 0) -> list[Any]:
        """The rows of the trail after a number."""
        rows = TrailEntry.__table__
        with self.engine.connect() as connection:
            return list(connection.execute(select(rows).where(rows.c.id > since).order_by(rows.c.id)))

    def last_number(self) -> int:
        """The number of the newest row of the trail."""
        with self.engine.connect() as connection:
            return connection.execute(select(func.max(TrailEntry.__table__.c.id))).scalar_one() or 0


@cache
def _counting() -> Select[*tuple[Any, ...]]:
    tables = [t for t in Base.metadata.sorted_tables if t.name not in ("sign_in", "failed_sign_in", "trail_head")]
    return select(*(select(func.count()).select_from(t).scalar_subquery().label(t.name) for t in tables))
