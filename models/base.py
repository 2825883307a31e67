"""What every record is made of: the declarative base, ``field()``, and the mixins of ledgers.

A ledger is a class that is ``InVillage`` and a ``Record``: it has a village, a version, a recycle bin and a trail,
and its columns carry their own label, help and mask, from which lists, forms, exports and timelines are drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, MetaData, event, inspect, text
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, Mapper, declared_attr, mapped_column, relationship
from sqlalchemy.types import TypeEngine

from models.types import Chosen, Instant, Line, RecordId
from models.words import N_, Choice

if TYPE_CHECKING:
    from models.place import Village


class Mask(StrEnum):
    """How a sensitive value is shortened where it is shown; see ``masks.py``."""

    IDENTITY = "identity"
    PHONE = "phone"


@dataclass(frozen=True)
class Field:
    """What people read about a column.

    ``label`` and ``help`` are untranslated texts; ``secret`` values never leave the database, not even to the trail;
    ``computed`` ones are set by rules, never typed; ``across`` lets a reference leave its village; ``coded`` is
    the list whose codes rules write into a text, which people read in words.
    """

    label: str
    help: str = ""
    mask: Mask | None = None
    secret: bool = False
    computed: bool = False
    unit: str = ""
    across: bool = False
    coded: type[Choice] | None = None


def field(
    type_: TypeEngine[Any] | type[TypeEngine[Any]],
    label: str,
    *args: Any,
    help: str = "",
    mask: Mask | None = None,
    secret: bool = False,
    computed: bool = False,
    unit: str = "",
    across: bool = False,
    coded: type[Choice] | None = None,
    **options: Any,
) -> MappedColumn[Any]:
    """A mapped column that knows its label. ``options`` are those of ``mapped_column``."""
    told = Field(label, help, mask, secret, computed, unit, across, coded)
    return mapped_column(type_, *args, info={"field": told}, **options)


def to(table: str, label: str, **options: Any) -> MappedColumn[Any]:
    """A foreign key to another table's record; the record it points at cannot be purged while this one is kept.

    Both records must be of one village, unless ``across=True``.
    """
    return field(RecordId, label, ForeignKey(f"{table}.id", ondelete="RESTRICT"), **options)


def about(column: ColumnElement[Any]) -> Field:
    """The ``Field`` of a column; one declared without ``field()`` is called by its name."""
    found = column.info.get("field")
    return found if isinstance(found, Field) else Field(label=str(getattr(column, "name", "")), computed=True)


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a record, said at one field: ``message % params`` once translated.

    ``field`` is the attribute's name as forms know it, or "" for the record as a whole.
    """

    field: str
    message: str
    params: Mapping[str, object] = dataclass_field(default_factory=dict)


class Invalid(ValueError):
    """A flush was refused because a record breaks a rule; carries what is wrong, nothing was written."""

    def __init__(self, record: Base, problems: list[Problem]):
        super().__init__("; ".join(f"{p.field}: {p.message}" for p in problems))
        self.record, self.problems = record, problems


class Base(DeclarativeBase):
    """The declarative base. ``__ledger__`` names the row of the rights table that a class belongs to."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    __ledger__: ClassVar[str | None] = None
    __title__: ClassVar[str] = ""
    __part_of__: ClassVar[str] = ""  # where the number of the record stands on whose timeline this one is told
    __named_by__: ClassVar[tuple[str, ...]] = ()  # references that __str__ reads, so that lists load them along

    def problems(self, today: date) -> Iterator[Problem]:
        """What the rules find wrong with this record, asked at every flush that writes it."""
        return iter(())

    def consequences(self) -> Iterator[Base]:
        """Records that come of this one being written (an event, an alert), added to the same flush."""
        return iter(())

    def prepare(self) -> None:
        """Set the computed columns from the others; called before the rules are asked."""


@event.listens_for(Base, "instrument_class", propagate=True)
def _close_lists(mapper: Mapper[Any], cls: type[Base]) -> None:
    """Give every ``Chosen`` column the CHECK constraint that keeps its list closed."""
    table = cls.__dict__.get("__table__")
    if table is None:
        return
    for column in table.columns:
        if isinstance(column.type, Chosen):
            codes = ", ".join(f"'{c.value}'" for c in column.type.choices)
            table.append_constraint(CheckConstraint(f"{column.name} IN ({codes})", name=f"{column.name}_listed"))


def binned(table: str) -> Index:
    """An index over a ledger's recycle bin, so that counting the rest costs nothing for it."""
    where = text("deleted_at IS NOT NULL")
    return Index(f"ix_{table}_bin", "village_id", "deleted_at", sqlite_where=where, postgresql_where=where)


def live(*columns: str, table: str, unique: bool = False) -> Index:
    """An index over the records that are not in the recycle bin; name the village first in large tables."""
    where = text("deleted_at IS NULL")
    kind = "uq" if unique else "ix"
    name = f"{kind}_{table}_{'_'.join(columns)}"[:60]
    return Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)


def given_once(column: str, *, table: str) -> Index:
    """A unique index over what was given, in the recycle bin too; most records have nothing there."""
    where = text(f"{column} IS NOT NULL")
    return Index(f"uq_{table}_{column}", column, unique=True, sqlite_where=where, postgresql_where=where)


class Record(Base):
    """A record of a ledger: numbered, versioned, deleted into a recycle bin, signed by its last writer."""

    __abstract__ = True

    id: Mapped[int] = field(RecordId, N_("Record no."), primary_key=True, computed=True, sort_order=-20)
    version: Mapped[int] = field(RecordId, N_("Version"), default=1, computed=True, sort_order=90)
    created_at: Mapped[datetime] = field(Instant, N_("Created at"), computed=True, sort_order=90)
    updated_at: Mapped[datetime] = field(Instant, N_("Updated at"), computed=True, sort_order=90)
    updated_by: Mapped[str] = field(Line(60), N_("Updated by"), computed=True, sort_order=90)
    deleted_at: Mapped[datetime | None] = field(Instant, N_("Deleted at"), computed=True, sort_order=90)
    deleted_by: Mapped[str | None] = field(Line(60), N_("Deleted by"), computed=True, sort_order=90)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.__table__.c.version} if "__table__" in cls.__dict__ else {}

    def __str__(self) -> str:
        return f"#{self.id}"


class InVillage:
    """Belongs to one village; every query and every flush is confined by it (scope.py)."""

    __village_label__: ClassVar[str] = N_("Village (community)")

    @declared_attr
    def village_id(cls) -> Mapped[int]:
        return to("village", cls.__village_label__, sort_order=-10)

    @declared_attr
    def village(cls) -> Mapped[Village]:
        return relationship("Village", lazy="select")


def fields_of(cls: type[Base]) -> dict[str, Field]:
    """Every mapped column of a class by attribute name, in table order."""
    mapper = inspect(cls)
    return {mapper.get_property_by_column(c).key: about(c) for c in mapper.local_table.columns}
