"""Who may reach which records: the one place that confines every query and every flush.

A session carries a ``Scope``. ``confine`` adds its criteria to every ORM select, update and delete, relationship
loads and ``get`` included; ``guard`` refuses a flush that would write outside it. A session without a scope, a class
that does not say whom it belongs to, and SQL that is not the ORM's see and write nothing (the command line and the
demo say ``Scope.everything``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, TextClause, and_, false, inspect, or_
from sqlalchemy.orm import FromStatement, LoaderCriteriaOption, Mapper, ORMExecuteState, with_loader_criteria
from sqlalchemy.orm.attributes import get_history
from sqlalchemy.orm.session import Session as OrmSession

from models.base import Base, Invalid, InVillage, Problem, Record, about
from models.words import N_


class Act(StrEnum):
    """What may be done to a record of a ledger. DELETE is also restore, and the recycle bin."""

    READ = "read"
    CREATE = "create"
    EDIT = "edit"
    DELETE = "delete"
    EXPORT = "export"
    REVEAL = "reveal"


@dataclass(frozen=True)
class Area:
    """A set of villages: all there are, or those named by id."""

    everywhere: bool = False
    villages: frozenset[int] = frozenset()

    def __contains__(self, village_id: object) -> bool:
        return self.everywhere or village_id in self.villages

    def __or__(self, other: Area) -> Area:
        return Area(self.everywhere or other.everywhere, self.villages | other.villages)

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.villages)


EVERYWHERE: Final = Area(everywhere=True)
NOWHERE: Final = Area()


class Reach(StrEnum):
    """How a class without a village of its own belongs to an area."""

    DISTRICT = "district"  # only to those whose area is the whole district
    OPEN = "open"  # read by everybody who is signed in, written by the whole district's only; it tells of nobody
    SHARED = "shared"  # read by whoever may read the ledger anywhere, written by the whole district's only
    OWN = "own"  # of the account that ``__owner__`` names, whatever its area; permits say whose, or which shared ones


_READ_BY_ALL: Final = frozenset({Reach.OPEN, Reach.SHARED})


@dataclass(frozen=True)
class Permit:
    """One line of what an account may do: acts on a ledger within an area.

    ``sees`` and ``edits`` name the attributes that are shown and taken (None: all); ``rows`` names a subset of the
    records declared by the class in ``__rows__``; ``about`` limits a permit on the trail to entries of those ledgers;
    ``owner`` is the account whose own records these are.
    """

    ledger: str
    area: Area
    acts: frozenset[Act]
    sees: frozenset[str] | None = None
    edits: frozenset[str] | None = None
    rows: str = ""
    about: frozenset[str] | None = None
    owner: int | None = None


@dataclass(frozen=True)
class Actor:
    """Who acts, as the trail will name them. ``id`` is None for a system account, ``address`` the client's."""

    id: int | None
    name: str
    address: str = ""


class OutOfScope(PermissionError):
    """A write was refused because it lies outside the session's scope; nothing was written."""

    def __init__(self, act: Act, ledger: str | None, record_id: int | None, why: str = ""):
        super().__init__(f"{act} {ledger} #{record_id}: {why or 'not permitted'}")
        self.act, self.ledger, self.record_id = act, ledger, record_id


@dataclass(frozen=True)
class Rights:
    """The permits of a scope, whoever acts, as a key: dozens of permits are hashed once, not at every look."""

    unconfined: bool
    permits: tuple[Permit, ...]

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.unconfined, self.permits))


@dataclass(frozen=True)
class Scope:
    """What one actor may reach. Built once a request, from the account's grants (admin_app/access.py)."""

    actor: Actor
    permits: tuple[Permit, ...] = ()
    unconfined: bool = False

    @classmethod
    def everything(cls, who: str) -> Scope:
        """No confinement, for the command line and the demo, under a name that the trail shows."""
        return cls(Actor(None, who), unconfined=True)

    @cached_property
    def _by_ledger(self) -> dict[str, tuple[Permit, ...]]:
        names = dict.fromkeys(p.ledger for p in self.permits)
        return {n: tuple(p for p in self.permits if p.ledger == n) for n in names}

    @cached_property
    def rights(self) -> Rights:
        """What whoever holds it may reach, for whoever asks the same of two scopes."""
        return Rights(self.unconfined, self.permits)

    def permits_for(self, ledger: str | None, act: Act | None = None) -> tuple[Permit, ...]:
        """The permits on a ledger, or those of them that include an act."""
        return tuple(p for p in self._by_ledger.get(ledger or "", ()) if act is None or act in p.acts)

    def may(self, act: Act, ledger: str | None) -> bool:
        """May the actor do this to any record of the ledger at all?"""
        return self.unconfined or ledger in self._open[act]

    @cached_property
    def _open(self) -> dict[Act, frozenset[str | None]]:
        return {act: frozenset(p.ledger for p in self.permits if act in p.acts) for act in Act}

    def may_to(self, act: Act, record: Base) -> bool:
        """May the actor do this to this record, as it stands in memory?"""
        return self.may_to_all(act, type(record)) or any(True for _ in self._covering(act, record))

    def may_to_all(self, act: Act, cls: type[Base]) -> bool:
        """May the actor do this to whatever record of the class, so that none needs to be looked at?"""
        if self.unconfined:
            return True
        known = self._whole.get((act, cls))
        if known is None:
            belongs = bool(village_columns(cls)) or getattr(cls, "__reach__", None) not in (None, Reach.OWN)
            known = self._whole[act, cls] = belongs and any(
                p.area.everywhere and not p.rows and p.about is None for p in self.permits_for(cls.__ledger__, act)
            )
        return known

    @cached_property
    def _whole(self) -> dict[tuple[Act, type[Base]], bool]:
        """This scope's own note of ``may_to_all``."""
        return {}

    def area(self, act: Act, ledger: str) -> Area:
        """Where the actor may do this to records of a ledger."""
        if self.unconfined:
            return EVERYWHERE
        total = NOWHERE
        for permit in self.permits_for(ledger, act):
            total |= permit.area
        return total

    def only(self, village_id: int) -> Scope:
        """The same actor with the same rights, in one village of the area and nowhere else."""
        here = Area(villages=frozenset({village_id}))
        if self.unconfined:
            ledgers = sorted({m.class_.__ledger__ for m in Base.registry.mappers if m.class_.__ledger__})
            return Scope(self.actor, tuple(Permit(ledger, here, frozenset(Act)) for ledger in ledgers))
        return Scope(self.actor, tuple(replace(p, area=here) for p in self.permits if village_id in p.area))

    def sees(self, cls: type[Base], record: Base | None = None) -> frozenset[str] | None:
        """The attributes the actor may see, of one record or of any record of the class; None means all."""
        return self._attributes("sees", Act.READ, cls, record)

    def edits(self, cls: type[Base], act: Act, record: Base | None = None) -> frozenset[str] | None:
        """The attributes the actor may set when creating or editing; None means all."""
        return self._attributes("edits", act, cls, record)

    def _attributes(self, kind: str, act: Act, cls: type[Base], record: Base | None) -> frozenset[str] | None:
        if self.unconfined:
            return None
        permits = self.permits_for(cls.__ledger__, act) if record is None else tuple(self._covering(act, record))
        named: list[frozenset[str] | None] = [getattr(p, kind) for p in permits]
        if None in named:
            return None
        return frozenset().union(*(n for n in named if n is not None))

    def _covering(self, act: Act, record: Base) -> Iterator[Permit]:
        cls = type(record)
        for permit in self.permits_for(cls.__ledger__, act):
            if _covers(cls, permit, act, record):
                yield permit

    def options(self, deleted: bool) -> tuple[Any, ...]:
        """Loader criteria for every mapped class; with ``deleted``, the recycle bin is let through."""
        key = deleted, len(Base.metadata.tables)
        if key not in self._made:
            common = tuple(p for p in self.permits if p.owner is None)
            self._made[key] = (*_options(common, self.unconfined, *key), *self._own_options())
        return self._made[key]

    def _own_options(self) -> Iterator[LoaderCriteriaOption]:
        """The criteria of what belongs to an account: nobody else's, so not among those that are made once."""
        for mapper in Base.registry.mappers:
            criterion = self.criterion(mapper.class_) if _is_own(mapper.class_) else None
            if criterion is not None:
                yield _criteria(mapper.class_, criterion)

    def confined(self, statement: Any, deleted: bool) -> Any:
        """A statement with the criteria added. One that is made once and executed with the option ``kept`` is noted
        down: SQLAlchemy then knows it again, instead of looking at all of it and its criteria.
        """
        options = self.options(deleted)
        if not options:
            return statement
        if not statement.get_execution_options().get("kept"):
            return statement.options(*options)
        by_bin = self._kept.setdefault(statement, {})
        made_with, confined = by_bin.get(deleted, (None, None))
        if made_with is not options:
            confined = statement.options(*options)
            by_bin[deleted] = options, confined
        return confined

    @cached_property
    def _kept(self) -> WeakKeyDictionary[Any, dict[bool, tuple[Any, Any]]]:
        """This scope's own note of ``confined``."""
        return WeakKeyDictionary()

    @cached_property
    def _made(self) -> dict[tuple[bool, int], tuple[LoaderCriteriaOption, ...]]:
        """This scope's own note of ``_options``: looking them up by every permit takes as long as a small query."""
        return {}

    def criterion(self, cls: type[Base], act: Act = Act.READ) -> ColumnElement[bool] | None:
        """The condition that leaves the records of a class on which the actor may act; None means no condition."""
        if self.unconfined or (self.permits and act is Act.READ and getattr(cls, "__reach__", None) is Reach.OPEN):
            return None
        parts: list[ColumnElement[bool]] = []
        for permit in self.permits_for(cls.__ledger__, act):
            condition = _condition(cls, permit, act)
            if condition is None:
                return None
            parts.append(condition)
        return or_(*parts) if parts else false()


NOBODY: Final = Scope(Actor(None, ""))


@lru_cache(maxsize=512)
def _options(
    permits: tuple[Permit, ...], unconfined: bool, deleted: bool, tables: int
) -> tuple[LoaderCriteriaOption, ...]:
    """The criteria of everybody who holds the same permits, made once; ``tables`` are how many are mapped by now."""
    scope = Scope(NOBODY.actor, permits, unconfined)
    built = []
    for mapper in Base.registry.mappers:
        criterion = None if _is_own(mapper.class_) else scope.criterion(mapper.class_)
        if criterion is not None:
            built.append(_criteria(mapper.class_, criterion))
    if not deleted:
        built.append(_criteria(Record, lambda cls: cls.deleted_at.is_(None)))
    return tuple(built)


def _criteria(cls: type[Any], criterion: Any) -> LoaderCriteriaOption:
    # what is loaded by a join or later is confined by the same criteria only if they go along with what was loaded
    return with_loader_criteria(cls, criterion, include_aliases=True, propagate_to_loaders=True)


def _is_own(cls: type[Base]) -> bool:
    return getattr(cls, "__reach__", None) is Reach.OWN


def village_columns(cls: type[Base]) -> tuple[str, ...]:
    """The attributes that say to which villages a record belongs; any of them being in the area suffices."""
    declared: tuple[str, ...] | None = getattr(cls, "__villages__", None)
    return declared if declared is not None else (("village_id",) if issubclass(cls, InVillage) else ())


def _condition(cls: type[Base], permit: Permit, act: Act) -> ColumnElement[bool] | None:
    """One permit as SQL; None means all rows."""
    if _is_own(cls):
        return _own_condition(cls, permit)
    conditions: list[ColumnElement[bool]] = []
    columns = village_columns(cls)
    reach: Reach | None = getattr(cls, "__reach__", None)
    if not permit.area.everywhere:
        if columns:
            conditions.append(or_(*(_in(getattr(cls, name), permit.area) for name in columns)))
        elif not (reach in _READ_BY_ALL and act in (Act.READ, Act.EXPORT, Act.REVEAL) and permit.area):
            return false()
    elif not columns and reach is None:
        return false()
    if permit.rows:
        conditions.append(cls.__rows__[permit.rows](cls))  # type: ignore[attr-defined]
    if permit.about is not None:
        conditions.append(cls.ledger.in_(sorted(permit.about)))  # type: ignore[attr-defined]
    return and_(*conditions) if conditions else None


def _own_condition(cls: Any, permit: Permit) -> ColumnElement[bool]:
    """One permit on what belongs to accounts: the owner's, or those that were shared; never simply all."""
    if permit.owner is not None:
        return getattr(cls, cls.__owner__) == permit.owner  # type: ignore[no-any-return]
    return cls.__rows__[permit.rows](cls) if permit.rows else false()


def _in(column: Any, area: Area) -> ColumnElement[bool]:
    if len(area.villages) == 1:
        return column == next(iter(area.villages))  # type: ignore[no-any-return]
    return column.in_(sorted(area.villages))  # type: ignore[no-any-return]


def _covers(cls: type[Base], permit: Permit, act: Act, record: Base) -> bool:
    """The same permit asked of a record in memory, as it is and, when it is being changed, as it was."""
    if _is_own(cls):
        return _own_covers(cls, permit, act, record)
    columns = village_columns(cls)
    reach: Reach | None = getattr(cls, "__reach__", None)
    if columns:
        for moment in ("is", "was") if inspect(record).modified else ("is",):
            villages = {_value(record, name, moment) for name in columns} - {None}
            if not (permit.area.everywhere or any(v in permit.area for v in villages)):
                return False
    elif not (
        (permit.area.everywhere and reach is not None)
        or (reach in _READ_BY_ALL and act in (Act.READ, Act.EXPORT, Act.REVEAL) and permit.area)
    ):
        return False
    if permit.rows and not cls.__rows_of__[permit.rows](record, act):  # type: ignore[attr-defined]
        return False
    return permit.about is None or getattr(record, "ledger", None) in permit.about


def _own_covers(cls: Any, permit: Permit, act: Act, record: Base) -> bool:
    if permit.owner is not None:
        return {_value(record, cls.__owner__, moment) for moment in ("is", "was")} == {permit.owner}
    return bool(permit.rows and cls.__rows_of__[permit.rows](record, act))


def _value(record: Base, name: str, moment: str) -> Any:
    if moment == "was" and inspect(record).persistent:
        history = get_history(record, name)
        if history.deleted:
            return history.deleted[0]
    elif moment == "is" and inspect(record).modified:
        relation = name.removesuffix("_id")
        if relation in inspect(type(record)).relationships and (given := get_history(record, relation).added):
            return getattr(given[0], "id", None)  # given as an object, its number follows with the flush
    return getattr(record, name)


def confine(state: ORMExecuteState) -> None:
    """``do_orm_execute``: add the session's criteria to the statement, or refuse what cannot be confined."""
    scope: Scope = state.session.info.get("scope", NOBODY)
    if not scope.unconfined:
        _refuse_unconfinable(state)
    if state.is_column_load:
        return
    if state.is_update or state.is_delete or state.is_insert:
        if not state.execution_options.get("unrecorded"):
            raise OutOfScope(Act.EDIT, None, None, "bulk writes would leave no trail")
    elif state.is_orm_statement and not isinstance(state.statement, FromStatement):
        state.statement = scope.confined(state.statement, bool(state.execution_options.get("deleted")))


def _refuse_unconfinable(state: ORMExecuteState) -> None:
    """What would pass the criteria by: SQL that is not the ORM's, bulk writes, raw text where conditions stand."""
    if not state.is_orm_statement or isinstance(state.statement, FromStatement):
        raise OutOfScope(Act.READ, None, None, "SQL that is not the ORM's cannot be confined")
    if not state.is_select:
        raise OutOfScope(Act.EDIT, None, None, "bulk writes cannot be confined")
    # "a OR b" as text swallows the criteria that are added to it with AND
    if any(isinstance(part, TextClause) for part in getattr(state.statement, "_where_criteria", ())):
        raise OutOfScope(Act.READ, None, None, "a condition as text cannot be confined")


def guard(session: OrmSession, records: Mapping[Base, set[str]]) -> None:
    """Refuse to flush a record that the session's scope may not write, or that points where it may not look.

    ``records`` maps each to the attributes that were set from outside, before its own rules set theirs.
    """
    scope: Scope = session.info.get("scope", NOBODY)
    for record, given in records.items():
        changed = changed_columns(record)
        if not scope.unconfined:
            typed = {n for n in given if not about(inspect(type(record)).columns[n]).computed}
            _guard_act(scope, act_of(record, changed), record, typed)
        problems = list(_strangers(session, scope, record, changed))
        if problems:
            raise Invalid(record, problems)
    for record in session.deleted:
        if not scope.may_to(Act.DELETE, record):
            raise OutOfScope(Act.DELETE, record.__ledger__, _id(record))


def _guard_act(scope: Scope, act: Act, record: Base, typed: set[str]) -> None:
    """Refuse an act on a record, or an attribute that may not be typed; what is changed while deleting is an edit."""
    if not scope.may_to(act, record):
        raise OutOfScope(act, record.__ledger__, _id(record))
    if act is Act.DELETE:
        if typed:
            _guard_act(scope, Act.EDIT, record, typed)
        return
    allowed = scope.edits(type(record), act, record)
    if allowed is not None and typed - allowed:
        raise OutOfScope(act, record.__ledger__, _id(record), ", ".join(sorted(typed - allowed)))


def act_of(record: Base, changed: Iterable[str]) -> Act:
    """What a flush is about to do to a record."""
    if not inspect(record).persistent:
        return Act.CREATE
    return Act.DELETE if "deleted_at" in changed else Act.EDIT


def changed_columns(record: Base) -> set[str]:
    """The column attributes that the next flush writes, references set as objects included."""
    mapper: Mapper[Any] = inspect(type(record))
    state = inspect(record)
    names = {a.key for a in mapper.column_attrs if state.attrs[a.key].history.has_changes()}
    for relation in mapper.relationships:
        if relation.direction.name == "MANYTOONE" and state.attrs[relation.key].history.has_changes():
            names |= {mapper.get_property_by_column(c).key for c in relation.local_columns}
    return names


def _strangers(session: OrmSession, scope: Scope, record: Base, changed: set[str]) -> Iterator[Problem]:
    """References to records that cannot be seen, or that lie in another village than the record itself.

    A record that changes its village has all its references looked at, not only those that change with it.
    """
    mapper: Mapper[Any] = inspect(type(record))
    for relation in mapper.relationships:
        if relation.direction.name != "MANYTOONE" or relation.viewonly:
            continue
        column = next(iter(relation.local_columns))
        name = mapper.get_property_by_column(column).key
        if name not in changed and "village_id" not in changed:
            continue
        if about(column).across and village_columns(relation.mapper.class_) == ("id",):
            continue  # a village may be named by any other; that it exists is the foreign key's to say
        target = getattr(record, relation.key) if inspect(record).attrs[relation.key].history.added else None
        if target is None and getattr(record, name) is not None:
            with session.no_autoflush:
                target = session.get(relation.mapper.class_, getattr(record, name))
            unseen = target is None and name in changed
        else:
            unseen = target is not None and inspect(target).persistent and not scope.may_to(Act.READ, target)
        if unseen:
            yield Problem(relation.key, N_("There is no such record here."))
        if target is None or about(column).across:
            continue
        both: tuple[Base, ...] = (target, record)
        homes = {_value(one, "village_id", "is") for one in both if issubclass(type(one), InVillage)}
        if len(homes - {None}) > 1:
            yield Problem(relation.key, N_("This record belongs to another village."))


def _id(record: Base) -> int | None:
    found: int | None = getattr(record, "id", None)
    return found
