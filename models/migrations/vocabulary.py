"""The words that migrations are written in.

``must`` and ``may`` are columns that are required or not, ``refers`` and ``may_refer`` are foreign keys, ``is_one_of``
and ``may_be`` are closed lists with a CHECK, ``counts`` are numbers that are never below zero. A ``ledger`` is a
``record`` (versioned, signed, with a recycle bin) of one village; its indexes leave the bin out. Nothing here knows the
models, so that a migration stays what it was when they change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

# SQLite only counts up by itself on INTEGER primary keys.
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# UTC on both; only PostgreSQL can say so.
INSTANT = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")

# the foreign keys that ``add_reference`` made
ADDED_IN_PLACE = frozenset({"fk_resident_merged_into_id"})

Item = sa.schema.SchemaItem
# what needs to know the table it stands in, for its name
ItemOf = Callable[[str], Iterator[Item]]


def table(name: str, *items: Item | ItemOf) -> None:
    """A table."""
    parts = [part for item in items for part in (item(name) if callable(item) else (item,))]
    op.create_table(name, *parts)


@contextmanager
def changed(table: str) -> Iterator[BatchOperations]:
    """Change a table's columns and checks. SQLite writes it anew for that, and its triggers with it."""
    connection = op.get_bind()
    triggers: list[str] = []
    if connection.dialect.name == "sqlite":
        query = sa.text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :name")
        triggers = list(connection.scalars(query, {"name": table}))
    with op.batch_alter_table(table) as batch:
        yield batch
    for statement in triggers:
        op.execute(statement)


def add(table: str, *columns: sa.Column[Any]) -> None:
    """Further columns, which may be empty, in place: to write a table of a million rows anew takes minutes."""
    for column in columns:
        op.add_column(table, column)


def add_reference(table: str, name: str, target: str) -> None:
    """A further foreign key, which may be empty, in place."""
    constraint = f"fk_{table}_{name}"
    if op.get_bind().dialect.name == "sqlite":
        told = f"{name} INTEGER CONSTRAINT {constraint} REFERENCES {target} (id) ON DELETE RESTRICT"
        op.execute(f"ALTER TABLE {table} ADD COLUMN {told}")
        return
    op.add_column(table, may(name, NUMBER))
    op.create_foreign_key(op.f(constraint), table, target, [name], ["id"], ondelete="RESTRICT")


def drop(table: str, *names: str) -> None:
    """Take columns away in place, foreign keys with them; nothing else may know of them."""
    for name in names:
        op.drop_column(table, name)


def relist(batch: BatchOperations, table: str, column: str, *codes: str) -> None:
    """Give a closed list other codes. What is in the table already must be among them."""
    batch.drop_constraint(op.f(f"ck_{table}_{column}_listed"), type_="check")
    batch.create_check_constraint(op.f(f"ck_{table}_{column}_listed"), listed(column, codes))


def record(name: str, *items: Item | ItemOf) -> None:
    """A table whose rows are numbered, versioned, signed and deleted into a recycle bin."""
    table(
        name,
        numbered,
        *items,
        must("version", NUMBER),
        must("created_at", INSTANT),
        must("updated_at", INSTANT),
        must("updated_by", sa.String(60)),
        may("deleted_at", INSTANT),
        may("deleted_by", sa.String(60)),
    )


def ledger(name: str, *items: Item | ItemOf) -> None:
    """Records of one village each."""
    record(name, refers("village_id", "village"), *items)
    where = sa.text("deleted_at IS NOT NULL")
    op.create_index(f"ix_{name}_bin", name, ["village_id", "deleted_at"], sqlite_where=where, postgresql_where=where)


def live_index(table: str, *columns: str, unique: bool = False) -> None:
    """An index over the records that are not in the recycle bin."""
    where = sa.text("deleted_at IS NULL")
    name = f"{'uq' if unique else 'ix'}_{table}_{'_'.join(columns)}"[:60]
    op.create_index(name, table, list(columns), unique=unique, sqlite_where=where, postgresql_where=where)


def given_once(table: str, column: str) -> None:
    """A unique index over what was given; a table where most have nothing is not gone through twice for it."""
    where = sa.text(f"{column} IS NOT NULL")
    op.create_index(
        f"uq_{table}_{column}", table, [column], unique=True, sqlite_where=where, postgresql_where=where
    )  # fmt: skip


def numbered(table: str) -> Iterator[Item]:
    yield must("id", NUMBER)
    yield sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def key(name: str, type_: sa.types.TypeEngine[Any]) -> ItemOf:
    """A primary key that is given, not counted."""

    def items(table: str) -> Iterator[Item]:
        yield sa.Column(name, type_, nullable=False, autoincrement=False)
        yield sa.PrimaryKeyConstraint(name, name=op.f(f"pk_{table}"))

    return items


def must(name: str, type_: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, type_, nullable=False)


def may(name: str, type_: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, type_, nullable=True)


def refers(name: str, target: str, nullable: bool = False) -> ItemOf:
    """A foreign key; what it points at cannot be purged while it is pointed at."""

    def items(table: str) -> Iterator[Item]:
        yield sa.Column(name, NUMBER, nullable=nullable)
        yield sa.ForeignKeyConstraint([name], [f"{target}.id"], name=op.f(f"fk_{table}_{name}"), ondelete="RESTRICT")

    return items


def may_refer(name: str, target: str) -> ItemOf:
    return refers(name, target, nullable=True)


def is_one_of(name: str, *codes: str, nullable: bool = False) -> ItemOf:
    """A closed list."""

    def items(table: str) -> Iterator[Item]:
        yield sa.Column(name, sa.String(max(map(len, codes))), nullable=nullable)
        yield from check(f"{name}_listed", listed(name, codes))(table)

    return items


def listed(column: str, codes: Iterable[str]) -> str:
    """The condition that keeps a list closed."""
    quoted = ", ".join(f"'{code}'" for code in codes)
    return f"{column} IN ({quoted})"


def may_be(name: str, *codes: str) -> ItemOf:
    return is_one_of(name, *codes, nullable=True)


def counts(*names: str) -> ItemOf:
    """Numbers that are never below zero."""

    def items(table: str) -> Iterator[Item]:
        for name in names:
            yield from check(f"{name}_counted", f"{name} >= 0")(table)

    return items


def check(name: str, condition: str) -> ItemOf:
    def items(table: str) -> Iterator[Item]:
        yield sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))

    return items


def unique(*columns: str) -> ItemOf:
    def items(table: str) -> Iterator[Item]:
        yield sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))

    return items


def bytewise(length: int) -> sa.types.TypeEngine[str]:
    """Text compared byte by byte on both databases, so that a prefix search uses the index."""
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def decimal(digits: int, places: int) -> sa.types.TypeEngine[Any]:
    """SQLite has no decimals: it keeps a double, which the application rounds."""
    return sa.Numeric(digits, places).with_variant(sa.Double(), "sqlite")
