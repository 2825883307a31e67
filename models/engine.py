"""Engines: SQLite as an embedded database that keeps its promises, or PostgreSQL."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection

BUSY_SECONDS = 8


def make_engine(url: str, **options: Any) -> Engine:
    """An engine for a database URL, prepared."""
    return prepare(create_engine(url, **options))


def prepare(engine: Engine) -> Engine:
    """Make SQLite durable (WAL, synchronous=FULL), strict (foreign keys) and patient (busy timeout)."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure)
        event.listen(engine, "begin", _begin)
    return engine


def _configure(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # the "begin" event says BEGIN, so that writers can say IMMEDIATE
    connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    connection.execute("PRAGMA foreign_keys = ON")
    with suppress(sqlite3.OperationalError):  # a read-only database keeps the mode it has
        connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA cache_size = -4096")  # the system caches the file for all processes together
    connection.execute("PRAGMA temp_store = MEMORY")


def _begin(connection: Connection) -> None:
    mode = connection.get_execution_options().get("begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")
