"""How Alembic runs here: on the connection that ``models.migrations`` opened, against the register."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy.schema import SchemaItem

from models.base import Base
from models.migrations.vocabulary import ADDED_IN_PLACE
from models.register import LEDGERS
from models.types import Chosen, ChosenMany, Cleaned, Code, Instant, Key, Tenths


def include_object(item: SchemaItem, name: str | None, kind: str, reflected: bool, other: object) -> bool:
    """Leave out what no model declares on purpose, the full-text indexes of name search, and what cannot be compared:
    of a foreign key that was added in place, SQLite's reflection tells neither the name nor what it restricts."""
    if kind == "table" and reflected:
        return "_search" not in (name or "")
    if kind == "foreign_key_constraint" and context.config.attributes["connection"].dialect.name == "sqlite":
        return name is not None and name not in ADDED_IN_PLACE
    return not (kind == "index" and reflected and (name or "").endswith("_name_tokens"))


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write the types of models/types.py out, so that a migration stays what it was when they change."""
    if kind != "type":
        return False
    match item:
        case Code() | Key():
            collated = f'sa.String({item.length}, collation="C")'
            return f'sa.String({item.length}).with_variant({collated}, "postgresql")'
        case Cleaned():
            return f"sa.String({item.length})"
        case Chosen():
            return f"sa.String({item.length})"
        case ChosenMany():
            return "sa.JSON()"
        case Instant():
            return 'sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")'
        case Tenths():
            return f'sa.Numeric({item.digits}, {item.places}).with_variant(sa.Double(), "sqlite")'
    return False


def run() -> None:
    connection = context.config.attributes.get("connection")
    if connection is None:
        raise RuntimeError("run migrations with models.migrations.upgrade(url)")
    context.configure(
        connection=connection,
        target_metadata=Base.metadata if LEDGERS else None,
        include_object=include_object,
        render_item=render_item,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


run()
