"""Everything a database holds, comparable with what another holds."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Table, select

from models import clock, register
from models.base import Base

SECRET = {"password_hash"}
# What one flush changed is told in any order, so the trail is compared without its numbers.
UNTOLD = {("trail", name) for name in ("id", "seq", "hash", "previous")} | {("trail_head", "hash")}
MADE_NOW = {"village", "account", "grant"}

Rows = list[dict[str, Any]]


def dump(engine: Engine) -> dict[str, Rows]:
    """Every row of every table, in the order of the keys."""
    assert register.LEDGERS
    with engine.connect() as connection:
        dumped = {table.name: _rows(connection, table) for table in Base.metadata.sorted_tables}
    dumped["trail"].sort(key=str)
    return dumped


def _rows(connection: Connection, table: Table) -> Rows:
    found = connection.execute(select(table).order_by(*table.primary_key)).mappings()
    return [{name: _told(table, name, value) for name, value in row.items()} for row in found]


def _told(table: Table, name: str, value: Any) -> Any:
    if name in SECRET or (table.name, name) in UNTOLD:
        return "…"
    written = name in ("updated_at", "deleted_at") or (table.name, name) == ("trail", "at")
    if isinstance(value, datetime) and (written or (table.name in MADE_NOW and name == "created_at")):
        return clock.local_day(value)
    return value
