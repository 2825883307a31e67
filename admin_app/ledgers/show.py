"""How records are read: cells of lists, facts of details, moments of timelines — in words, masked where need be."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Integer, Numeric, inspect, select

from admin_app import i18n
from admin_app.i18n import say
from admin_app.ledgers.fields import references
from admin_app.ledgers.page import Cell, Fact, Kind, Moment, Told
from models import masks
from models.base import Base, Mask, Record, about
from models.scope import Act
from models.session import Session
from models.trail import Deed, TrailEntry
from models.types import Chosen, ChosenMany, Instant, Prose, Tenths
from models.words import N_, Choice

Writer = Callable[[Any], Cell]
NOTHING = Cell("")


def words_of(value: Any) -> str:
    """A value in words: choices and yes/no translated, days and instants as people write them."""
    if type(value) is str:
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return say(N_("Yes")) if value else say(N_("No"))
    if isinstance(value, Choice):
        return say(value.label)
    if isinstance(value, datetime):
        return i18n.instant(value)
    if isinstance(value, date):
        return i18n.day(value)
    if isinstance(value, (list, tuple)):
        return i18n.listed(words_of(v) for v in value)
    return str(value)


def decoded(text: str, choices: type[Choice]) -> str:
    """A text that holds codes of a list, joined as they are stored, in words; any other text stays as it is."""
    known = {choice.value: choice for choice in choices}
    return i18n.listed(say(known[part].label) if part in known else part for part in text.split("、"))


def coded_of(cls: type[Base], name: str) -> type[Choice] | None:
    """The list whose codes a text holds, if rules write any into it."""
    found = inspect(cls).column_attrs.get(name)
    return about(found.columns[0]).coded if found is not None else None


def label_of(cls: type[Base], name: str) -> str:
    """The untranslated label of a column or reference; a property of the class says its own (``<name>_label``)."""
    known = references(cls)
    mapper = inspect(cls)
    key = known[name][0] if name in known else name
    if key in mapper.column_attrs:
        return about(mapper.column_attrs[key].columns[0]).label
    return str(getattr(cls, f"{name}_label", name))


def kind_of(cls: type[Base], name: str) -> Kind:
    """How a column of a list is drawn."""
    if name in references(cls):
        return Kind.LINK
    mapper = inspect(cls)
    if name not in mapper.column_attrs:
        return Kind.TEXT
    column = mapper.column_attrs[name].columns[0]
    type_ = column.type
    if about(column).mask is not None:
        return Kind.MASKED
    if isinstance(type_, Chosen):
        return Kind.CHIP if hasattr(type_.choices, "tone") else Kind.TEXT
    if isinstance(type_, Instant):
        return Kind.INSTANT
    if isinstance(type_, (Tenths, Numeric, Integer)) and not column.foreign_keys:
        return Kind.NUMBER
    if type_.python_type is date:
        return Kind.DAY
    return Kind.PROSE if isinstance(type_, Prose) else Kind.TEXT


def writer(cls: type[Base], name: str, url: Callable[[Any], str]) -> Writer:
    """The function that draws one attribute of a record. ``url`` gives the address of a record, "" if it has none."""
    kind = kind_of(cls, name)
    if kind is Kind.LINK:
        key = references(cls)[name][0]

        def link(record: Any) -> Cell:
            target = getattr(record, name)
            if target is not None:
                return Cell(str(target), kind, None, url(target))
            return NOTHING if getattr(record, key) is None else Cell(say(N_("not open to you")), kind)

        return link
    if kind is Kind.MASKED:
        mask = about(inspect(cls).column_attrs[name].columns[0]).mask

        def masked(record: Any) -> Cell:
            value = getattr(record, name)
            return NOTHING if value is None else Cell(masks.masked(value, mask), kind)

        return masked
    if kind is Kind.CHIP:

        def chip(record: Any) -> Cell:
            value = getattr(record, name)
            return NOTHING if value is None else Cell(say(value.label), kind, value.tone)

        return chip

    coded = coded_of(cls, name)

    def text(record: Any) -> Cell:
        value = getattr(record, name)
        if value is None:
            return NOTHING
        return Cell(decoded(value, coded) if coded is not None else words_of(value), kind)

    return text


def fact(record: Base, name: str, write: Writer, reveal: str, shown: bool) -> Fact:
    """One labelled value of a details page, shown in full when it has just been revealed."""
    cell = write(record)
    if cell.kind is Kind.MASKED and cell.text:
        cell = _in_full(record, name) if shown else Cell(cell.text, cell.kind, reveal=reveal)
    if cell.kind is Kind.NUMBER and cell.text and (unit := unit_of(type(record), name)):
        cell = cell._replace(text=f"{cell.text} {say(unit)}")
    return Fact(say(label_of(type(record), name)), cell)


def unit_of(cls: type[Base], name: str) -> str:
    """The untranslated unit that a column's numbers are in, "" if it has none."""
    found = inspect(cls).column_attrs.get(name)
    return about(found.columns[0]).unit if found is not None else ""


def _in_full(record: Base, name: str) -> Cell:
    """A revealed value; a phone rings when it is touched."""
    value = getattr(record, name)
    mask = about(inspect(type(record)).column_attrs[name].columns[0]).mask
    return Cell(value, Kind.TEXT, url=f"tel:{value}" if mask is Mask.PHONE else "")


def timeline(session: Session, record: Record, limit: int = 100) -> list[Moment]:
    """The trail of one record as its reader may see it, newest first."""
    entries = session.scalars(
        select(TrailEntry)
        .where(TrailEntry.ledger == record.__ledger__, TrailEntry.record_id == record.id)
        .order_by(TrailEntry.id.desc())
        .limit(limit)
    ).all()
    seen = session.scope.sees(type(record), record)
    return [moment(session, entry, seen) for entry in entries]


def _class_of(entry: TrailEntry) -> type[Base] | None:
    """The class whose attributes an entry names."""
    return next((m.class_ for m in Base.registry.mappers if m.class_.__tablename__ == entry.kind), None)


def moment(session: Session, entry: TrailEntry, seen: frozenset[str] | None = None) -> Moment:
    """One row of the trail in words."""
    cls = _class_of(entry)
    tells = cls is not None and entry.deed is not Deed.DELETE
    return Moment(
        when=i18n.instant(entry.at),
        who=entry.account_name,
        what=say(entry.deed.label),
        tone=entry.deed.tone,
        told=told_of(session, cls, entry.changes, seen) if cls is not None and tells else [],
        reason=reason_of(entry),
        where=entry.address,
        at=entry.at,
    )


def reason_of(entry: TrailEntry) -> str:
    """Why, in words: what somebody typed as it is, the panel's own reasons (names of columns, joined) translated."""
    if entry.deed not in (Deed.REVEAL, Deed.REFUSED):
        return entry.reason
    return i18n.listed(say(reason) for reason in entry.reason.split("、"))


def told_of(
    session: Session, cls: type[Base], changes: dict[str, list[Any]], seen: frozenset[str] | None = None
) -> list[Told]:
    """Before and after of each field, in words: labels instead of column names, labels of choices instead of codes."""
    mapper = inspect(cls)
    told = []
    for name, (before, after) in changes.items():
        if name not in mapper.column_attrs or (seen is not None and name not in seen):
            continue
        column = mapper.column_attrs[name].columns[0]
        if about(column).computed and name not in ("status",) and not about(column).secret:
            continue
        if column.foreign_keys and not _open(session, cls, column):
            continue
        told.append(
            Told(
                say(about(column).label),
                _read(session, cls, column, before),
                _read(session, cls, column, after),
            )
        )
    return told


def _read(session: Session, cls: type[Base], column: Any, value: Any) -> str:
    """A stored code of the trail as its reader would say it."""
    if value is None:
        return ""
    type_ = column.type
    if (mask := about(column).mask) is not None:
        return masks.masked(str(value), mask)
    try:
        if isinstance(type_, Chosen):
            return say(type_.choices(value).label)
        if isinstance(type_, ChosenMany):
            return words_of([type_.choices(v) for v in value])
        if isinstance(type_, Instant):
            return i18n.instant(datetime.fromisoformat(value))
        if isinstance(value, str) and type_.python_type is date:
            return i18n.day(date.fromisoformat(value))
    except ValueError:  # a code of an earlier version
        return str(value)
    if column.foreign_keys and isinstance(value, int):
        target = _target(cls, column)
        found = session.get(target, value) if target is not None else None
        return say(N_("(not open to you)")) if found is None else str(found)
    if isinstance(value, str) and (coded := about(column).coded) is not None:
        return decoded(value, coded)
    return _asked(value) if isinstance(value, dict) else words_of(value)


def _asked(kept: dict[str, Any]) -> str:
    """What a kept summary asks."""
    from admin_app.summaries.made.words import kept_words  # late, because summaries stand on the ledgers

    return kept_words(kept)


def _open(session: Session, cls: type[Base], column: Any) -> bool:
    """Whether the reader may open the ledger a reference points into at all."""
    target = _target(cls, column)
    return target is None or session.scope.may(Act.READ, target.__ledger__)


def _target(cls: type[Base], column: Any) -> type[Base] | None:
    for name, (_key, target) in references(cls).items():
        if column in inspect(cls).relationships[name].local_columns:
            return target
    return None


def plain_text(value: Any, mask: Any = None) -> str | int | float | Decimal | None:
    """A value as an export keeps it: numbers as numbers, everything else as text, masked where need be."""
    if value is None or (isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)):
        return value
    if mask is not None:
        return masks.masked(str(value), mask)
    if isinstance(value, datetime):
        from models import clock

        return value.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return words_of(value)


def names_of(records: Iterable[Any], limit: int = 10) -> tuple[list[str], int]:
    """The first names of what is touched, and how many more there are."""
    every = [str(r) for r in records]
    return every[:limit], max(0, len(every) - limit)


__all__ = [
    "fact",
    "kind_of",
    "label_of",
    "moment",
    "names_of",
    "plain_text",
    "timeline",
    "words_of",
    "writer",
]
