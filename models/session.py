"""The session every part of Taizhang works with: confined by its scope, checked by the rules, told by the trail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple, cast

from sqlalchemy import BigInteger, Date, Engine, Integer, String, Table, event, inspect
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapper, ORMExecuteState, UOWTransaction
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.sql.schema import CallableColumnDefault, ScalarElementColumnDefault
from sqlalchemy.types import TypeEngine

from models import clock, trail, words
from models import scope as scopes
from models.base import Base, Invalid, Problem, Record, about
from models.scope import Actor, Scope
from models.types import Chosen, ChosenMany, Cleaned, Instant, Prose, Tenths
from models.words import N_


class Session(OrmSession):
    """A SQLAlchemy session with a scope; without one it sees and writes nothing.

    ``writing`` sessions take SQLite's write lock when they begin, so that they wait for each other instead of failing
    half-way (an upgrade from reader to writer cannot wait).
    """

    @property
    def scope(self) -> Scope:
        return self.info.get("scope", scopes.NOBODY)  # type: ignore[no-any-return]

    def act_as(self, scope: Scope, writing: bool | None = None) -> None:
        """From here on this session is confined to ``scope``; whatever was loaded before is forgotten."""
        if self.identity_map:
            self.expunge_all()
        self.info["scope"] = scope
        if writing is not None:
            self.info["writing"] = writing

    @contextmanager
    def over_the_line(self) -> Iterator[None]:
        """Read columns (no records, which would stay in reach) that every village may know of every other."""
        narrow = self.scope
        self.info["scope"] = Scope(narrow.actor, unconfined=True)
        try:
            with self.no_autoflush:
                yield
        finally:
            self.info["scope"] = narrow

    @contextmanager
    def crossing(self) -> Iterator[None]:
        """Widen the scope to every village while a hand-over moves what is one village's to another's.

        The actor, and so the trail, stays. What was loaded before is forgotten, since it would go on loading in the
        narrow scope; what was loaded under the wide scope is forgotten at the end, so that nothing of it can be reached
        afterwards.
        """
        self.flush()
        self.expunge_all()
        narrow = self.scope
        self.info["scope"] = Scope(narrow.actor, unconfined=True)
        try:
            yield
            self.flush()
        finally:
            self.info["scope"] = narrow
            self.expunge_all()

    def because(self, reason: str) -> None:
        """The reason that the next flush's rows of the trail carry."""
        self.info["reason"] = reason

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | Connection:
        bind = super().get_bind(*args, **kwargs)
        if not self.info.get("writing") or bind.dialect.name != "sqlite" or not isinstance(bind, Engine):
            return bind
        if "writer" not in self.info:
            self.info["writer"] = bind.execution_options(begin="IMMEDIATE")
        return self.info["writer"]  # type: ignore[no-any-return]

    def _bulk_save_mappings(self, *args: Any, **kwargs: Any) -> None:
        """What the legacy bulk methods come down to: it passes scope, rules and trail by."""
        raise scopes.OutOfScope(scopes.Act.EDIT, None, None, "bulk writes would leave no trail")


@contextmanager
def open_session(engine: Engine, scope: Scope, writing: bool = True) -> Iterator[Session]:
    """A session for the command line, seeds and tests; rolled back unless the caller commits."""
    with Session(engine, expire_on_commit=False) as session:
        session.act_as(scope, writing)
        yield session


@event.listens_for(Session, "do_orm_execute")
def _confine(state: ORMExecuteState) -> None:
    scopes.confine(state)


@event.listens_for(Session, "before_flush")
def _check(session: Session, context: UOWTransaction, instances: object) -> None:
    _refuse_purges(session)
    if session.info.get("reading_only") and _about_to_be_written(session):
        raise scopes.OutOfScope(scopes.Act.EDIT, None, None, "this request may only read")
    typed = _prepare(session)
    given = {obj: typed[obj] for obj in _about_to_be_written(session)}
    scopes.guard(session, given)
    today = clock.today()
    with session.no_autoflush:
        for obj in given:
            problems = [*_shape(obj), *obj.problems(today)]
            if problems:
                raise Invalid(obj, problems)
    _follow(session, list(given))
    _sign(session, dict.fromkeys([*given, *_about_to_be_written(session)]))


@event.listens_for(Session, "after_flush")
def _record(session: Session, context: UOWTransaction) -> None:
    trail.record(session)


def _follow(session: Session, records: list[Base]) -> None:
    """Add what comes of the records that are written: by the rules, so no scope is asked."""
    with session.no_autoflush:
        for record in [found for one in records for found in one.consequences()]:
            _fill(record)
            record.prepare()
            session.add(record)


def _about_to_be_written(session: Session) -> list[Base]:
    """The new and the changed; what was assigned but is what was there already is neither."""
    return [*session.new, *(obj for obj in session.dirty if session.is_modified(obj))]


def _prepare(session: Session) -> dict[Base, set[str]]:
    """Settle the values of every record about to be written; returns which attributes of each came from outside.

    A record's own rules may add or change others: these are settled likewise, and nothing of theirs was typed.
    """
    typed = {obj: scopes.changed_columns(obj) for obj in _about_to_be_written(session)}
    fresh = list(typed)
    while fresh:
        for obj in fresh:
            _fill(obj)
            _clean(obj)
            if unfit := list(_unfit(obj)):
                raise Invalid(obj, unfit)
        for obj in fresh:
            obj.prepare()
        fresh = [obj for obj in _about_to_be_written(session) if obj not in typed]
        typed |= {obj: set() for obj in fresh}
    return typed


def _refuse_purges(session: Session) -> None:
    for obj in session.deleted:
        if isinstance(obj, Record) and not session.info.get("purging"):
            raise scopes.OutOfScope(scopes.Act.DELETE, obj.__ledger__, obj.id, "records are hidden, not purged")


class _Column(NamedTuple):
    """What a flush asks of each column of a record, looked up once a class."""

    key: str
    column: Any
    type: TypeEngine[Any]
    name: str
    """What forms call it: a reference by its relationship's name."""
    typed: bool
    """Neither computed nor counted up by the database."""


@cache
def _columns(cls: Any) -> tuple[_Column, ...]:
    mapper: Mapper[Any] = inspect(cls)
    counted = cast(Table, mapper.local_table).autoincrement_column
    found = []
    for attr in mapper.column_attrs:
        column, key = attr.columns[0], attr.key
        name = key.removesuffix("_id") if key.removesuffix("_id") in mapper.relationships else key
        found.append(_Column(key, column, column.type, name, not about(column).computed and column is not counted))
    return tuple(found)


def _fill(obj: Base) -> None:
    """Give a new record its columns' defaults, so that rules, scope and the trail see what will be stored."""
    state = inspect(obj)
    if state.persistent:
        return
    for key, column, *_rest in _columns(type(obj)):
        given = obj.__dict__.get(key)
        if column is state.mapper.version_id_col or given is not None or (column.nullable and key in obj.__dict__):
            continue
        if isinstance(column.default, ScalarElementColumnDefault):
            setattr(obj, key, column.default.arg)
        elif isinstance(column.default, CallableColumnDefault):
            setattr(obj, key, column.default.arg(None))  # type: ignore[arg-type]


def _clean(obj: Base) -> None:
    """Make typed values clean in memory too, so that rules and the trail see what will be stored."""
    values = obj.__dict__
    for key, column, type_, *_rest in _columns(type(obj)):
        if values.get(key) is None:
            continue
        value = values[key]
        cleaned = _cleaned(type_, value)
        if cleaned == "" and column.nullable:
            cleaned = None
        if cleaned != value or type(cleaned) is not type(value) or isinstance(type_, ChosenMany):
            setattr(obj, key, cleaned)


def _cleaned(type_: TypeEngine[Any], value: Any) -> Any:
    """A value as its column will give it back; one that does not fit stays as it is."""
    try:
        if isinstance(type_, Cleaned) and isinstance(value, str) and not words.has_controls(value):
            return type(type_).clean(value)
        if isinstance(type_, Chosen) and isinstance(value, str):
            return type_.choices(value)
        if isinstance(type_, ChosenMany) and value is not None:
            wanted = {type_.choices(v) for v in value}
            return [c for c in type_.choices if c in wanted]
        if isinstance(type_, Tenths) and isinstance(value, (Decimal, int, float, str)):
            return Decimal(str(value)).quantize(Decimal(1).scaleb(-type_.places))
    except (ValueError, TypeError, ArithmeticError):
        pass
    return value


def _unfit(obj: Base) -> Iterator[Problem]:
    """Values that no column could keep, said before any rule has to reckon with them."""
    for key, _column, type_, name, _typed in _columns(type(obj)):
        value = obj.__dict__.get(key)
        if value is None or isinstance(type_, (Cleaned, String)):
            continue
        if (isinstance(type_, Chosen) and not isinstance(value, type_.choices)) or (
            isinstance(type_, ChosenMany) and not all(isinstance(v, type_.choices) for v in value)
        ):
            yield Problem(name, N_("This is not one of the choices."))
        elif isinstance(type_, Tenths):
            if not isinstance(value, Decimal) or not value.is_finite():
                yield Problem(name, N_("This is not a number."))
            elif abs(value) >= Decimal(10) ** (type_.digits - type_.places):
                yield Problem(name, N_("This number is too large."))
        elif isinstance(type_, Integer):
            if not isinstance(value, int):
                yield Problem(name, N_("This is not a number."))
            elif abs(value) >= 2 ** (63 if isinstance(type_, BigInteger) else 31):
                yield Problem(name, N_("This number is too large."))
        elif isinstance(type_, (Date, Instant)):
            if not isinstance(value, date):
                yield Problem(name, N_("This is not a date."))
            elif isinstance(value, datetime) and value.tzinfo is None:
                yield Problem(name, N_("This time lacks its time zone."))
            elif not 1850 <= value.year <= 2200:
                yield Problem(name, N_("This date is too far off."))


def _shape(obj: Base) -> Iterator[Problem]:
    """What the columns themselves demand: something where it is required, no control characters, not too long."""
    persistent = inspect(obj).persistent
    for key, column, type_, name, typed in _columns(type(obj)):
        if not typed or (persistent and key not in obj.__dict__):
            continue
        value = obj.__dict__.get(key)
        if not column.nullable and (value is None or value == ""):
            helped = (column.default is not None or column.server_default is not None) and not persistent
            missing = value is None and not helped  # a default only helps a new record
            if (missing and not (name != key and getattr(obj, name) is not None)) or value == "":
                yield Problem(name, N_("This is required."))
        if isinstance(value, str) and isinstance(type_, (String, Cleaned)):
            if words.has_controls(value):
                yield Problem(name, N_("This has characters that cannot be kept."))
            elif type_.length is not None and len(value) > type_.length:
                yield Problem(name, N_("At most %(limit)d characters."), {"limit": type_.length})
            elif "\n" in value and not isinstance(type_, Prose):
                yield Problem(name, N_("This must be one line."))


def _sign(session: Session, written: Iterable[Base]) -> None:
    """Say who wrote a record, and when."""
    now, actor = clock.now(), session.scope.actor
    for obj in written:
        if not isinstance(obj, Record):
            continue
        if obj in session.new:
            obj.created_at = obj.updated_at = obj.created_at or now
        else:
            obj.updated_at = now
        obj.updated_by = actor.name[:60]


def remove(session: Session, record: Record) -> None:
    """Put a record into the recycle bin; the flush does it and tells the trail."""
    record.deleted_at, record.deleted_by = clock.now(), session.scope.actor.name[:60]


def restore(record: Record) -> None:
    """Take a record back out of the recycle bin."""
    record.deleted_at = record.deleted_by = None


__all__ = ["Actor", "Session", "open_session", "remove", "restore"]
