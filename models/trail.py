"""The trail (全程留痕): who did what to which record, when, from where, and how it read before and after.

Rows are written in the flush's own transaction. The table takes no UPDATE and no DELETE (triggers), and each row
carries the hash of the one before it in the same village's chain, so that writers of different villages don't wait
for each other; what belongs to no village (logins, accounts) is the district's chain, number 0.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import JSON, Connection, Index, Table, UniqueConstraint, bindparam, insert, inspect, select, update
from sqlalchemy.dialects.postgresql import insert as insert_once
from sqlalchemy.orm import Mapped, Mapper, relationship
from sqlalchemy.orm.session import Session as OrmSession

from models import clock, words
from models.base import Base, Record, about, field, to
from models.rules import before, linked
from models.scope import NOBODY, Actor, Scope
from models.types import Chosen, Instant, Line, Prose, RecordId
from models.words import N_, Choice, Tone

if TYPE_CHECKING:
    from models.place import Village

DISTRICT_CHAIN: Final = 0
GENESIS: Final = "0" * 64
_UNTOLD: Final = frozenset({"version", "created_at", "updated_at", "updated_by", "deleted_by"})


class Deed(Choice):
    """What a row of the trail tells."""

    INSERT = "insert", N_("created")
    UPDATE = "update", N_("changed")
    DELETE = "delete", N_("deleted")
    RESTORE = "restore", N_("restored")
    PURGE = "purge", N_("purged")
    GENERATE = "generate", N_("generated")
    REVEAL = "reveal", N_("revealed")
    EXPORT = "export", N_("exported")
    LOGIN = "login", N_("signed in")
    LOGOUT = "logout", N_("signed out")
    LOGIN_FAILED = "login_failed", N_("failed to sign in")
    REFUSED = "refused", N_("was refused")

    @property
    def tone(self) -> Tone:
        """How much it stands out in a timeline."""
        if self in (Deed.DELETE, Deed.PURGE, Deed.REFUSED, Deed.LOGIN_FAILED):
            return Tone.BAD
        if self in (Deed.REVEAL, Deed.EXPORT):
            return Tone.WARN
        return Tone.OK if self in (Deed.INSERT, Deed.RESTORE) else Tone.CALM


class TrailEntry(Base):
    """One row of the trail. ``changes`` maps attribute -> [before, after] in stored codes.

    ``kind`` is the table whose attributes these are: a ledger may have several, and a record that is part of another
    (a grant of its account) is told under the other's number, on the other's timeline.
    """

    __tablename__ = "trail"
    __ledger__ = "trail"
    __title__ = N_("Trail")
    __villages__ = ("village_id",)
    __table_args__ = (
        UniqueConstraint("chain", "seq"),
        Index("ix_trail_record", "ledger", "record_id", "id"),
        Index("ix_trail_village_at", "village_id", "at"),
        Index("ix_trail_at", "at"),
    )

    id: Mapped[int] = field(RecordId, N_("No."), primary_key=True)
    chain: Mapped[int] = field(RecordId, N_("Chain"))
    seq: Mapped[int] = field(RecordId, N_("No. in chain"))
    at: Mapped[datetime] = field(Instant, N_("When"))
    account_id: Mapped[int | None] = field(RecordId, N_("Account no."))
    account_name: Mapped[str] = field(Line(60), N_("Who"))
    address: Mapped[str] = field(Line(60), N_("From where"))
    village_id: Mapped[int | None] = to("village", N_("Village (community)"))
    ledger: Mapped[str] = field(Line(30), N_("Ledger"))
    kind: Mapped[str] = field(Line(30), N_("Kind of record"), default="")
    record_id: Mapped[int | None] = field(RecordId, N_("Record no."))
    record_label: Mapped[str] = field(Line(120), N_("Record"))
    deed: Mapped[Deed] = field(Chosen(Deed), N_("What"))
    changes: Mapped[dict[str, list[Any]]] = field(JSON, N_("Before and after"))
    reason: Mapped[str] = field(Prose(500), N_("Reason"))
    previous: Mapped[str] = field(Line(64), N_("Hash before"))
    hash: Mapped[str] = field(Line(64), N_("Hash"))

    village: Mapped[Village | None] = relationship("Village")

    def __str__(self) -> str:
        return self.record_label or f"#{self.id}"


class TrailHead(Base):
    """The end of each chain: what the next row carries on from, and what the last row must be."""

    __tablename__ = "trail_head"

    chain: Mapped[int] = field(RecordId, N_("Chain"), primary_key=True, autoincrement=False)
    seq: Mapped[int] = field(RecordId, N_("No. in chain"))
    hash: Mapped[str] = field(Line(64), N_("Hash"))


_ROWS: Final = cast(Table, TrailEntry.__table__)
_HEADS: Final = cast(Table, TrailHead.__table__)
# Made once, so that they are known again at every write.
_ENDS: Final = select(_HEADS.c.chain, _HEADS.c.hash).order_by(_HEADS.c.chain)
_END: Final = select(_HEADS.c.seq, _HEADS.c.hash).where(_HEADS.c.chain == bindparam("of")).with_for_update()
_GO_ON: Final = (
    update(_HEADS).where(_HEADS.c.chain == bindparam("of")).values(seq=bindparam("end"), hash=bindparam("mark"))
)
_APPEND: Final = insert(_ROWS)


@dataclass(frozen=True)
class Entry:
    """A row about to be appended. ``kind`` is the record's table, where the row is about one."""

    ledger: str
    deed: Deed
    village_id: int | None = None
    record_id: int | None = None
    record_label: str = ""
    changes: dict[str, list[Any]] | None = None
    reason: str = ""
    kind: str = ""


def note(session: OrmSession, entry: Entry) -> None:
    """Append one row for something that is no flush: a reveal, an export, a login, a refusal. The caller commits."""
    scope: Scope = session.info.get("scope", NOBODY)
    append(session.connection(), scope.actor, [entry])


def record(session: OrmSession) -> None:
    """``after_flush``: append a row for every record the flush wrote."""
    entries = [e for e in map(_entry, (*session.new, *session.dirty, *session.deleted)) if e is not None]
    if entries:
        scope: Scope = session.info.get("scope", NOBODY)
        append(session.connection(), scope.actor, entries, reason=session.info.pop("reason", ""))


def append(connection: Connection, actor: Actor, entries: Iterable[Entry], reason: str = "") -> None:
    """Append rows to their villages' chains, in one order for everybody so that no two writers wait in a circle."""
    chains: defaultdict[int, list[Entry]] = defaultdict(list)
    for entry in entries:
        chains[entry.village_id or DISTRICT_CHAIN].append(entry)
    at = clock.now()
    rows: list[dict[str, Any]] = []
    for chain in sorted(chains):
        seq, previous = _head(connection, chain)
        for entry in chains[chain]:
            seq += 1
            row: dict[str, Any] = {
                "chain": chain,
                "seq": seq,
                "at": at,
                "account_id": actor.id,
                "account_name": kept_line(actor.name, 60),
                "address": kept_line(actor.address, 60),
                "village_id": entry.village_id,
                "ledger": entry.ledger,
                "kind": entry.kind,
                "record_id": entry.record_id,
                "record_label": kept_line(entry.record_label, 120),
                "deed": entry.deed,
                "changes": entry.changes or {},
                "reason": kept_prose(entry.reason or reason, 500),
                "previous": previous,
            }
            row["hash"] = previous = digest(row)
            rows.append(row)
        connection.execute(_GO_ON, {"of": chain, "end": seq, "mark": previous})
    connection.execute(_APPEND, rows)


def kept_line(text: str, limit: int) -> str:
    """A line exactly as its column will keep it, so that the hash is over what can be read again."""
    return words.line(_printable(text))[:limit].strip()


def kept_prose(text: str, limit: int) -> str:
    """Several lines exactly as their column will keep them."""
    return words.prose(_printable(words.prose(text)))[:limit].strip()


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "\n" if c == "\n" else " " if c.isspace() else "" for c in text)


def _head(connection: Connection, chain: int) -> tuple[int, str]:
    """The end of a chain, locked until the transaction ends; begun if it is new."""
    found = connection.execute(_END, {"of": chain}).first()
    if found is not None:
        return found.seq, found.hash
    begin = {"chain": chain, "seq": 0, "hash": GENESIS}
    if connection.dialect.name == "postgresql":
        connection.execute(insert_once(_HEADS).values(begin).on_conflict_do_nothing())
        return _head(connection, chain)
    connection.execute(insert(_HEADS).values(begin))
    return 0, GENESIS


def heads(session: OrmSession, chains: Iterable[int] | None = None) -> list[tuple[int, str]]:
    """The ends of the chains, all of them or those of these numbers: (chain, hash), which tell of no record."""
    query = _ENDS if chains is None else _ENDS.where(_HEADS.c.chain.in_(sorted(chains)))
    return [(chain, mark) for chain, mark in session.connection().execute(query)]


def digest_of(ends: Iterable[tuple[int, str]]) -> str:
    """One mark for the ends of several chains."""
    return hashlib.sha256(repr(list(ends)).encode()).hexdigest()


_HASHED: Final = (
    "chain", "seq", "account_id", "account_name", "address", "village_id", "ledger", "kind", "record_id",
    "record_label", "deed", "changes", "reason", "previous",
)  # fmt: skip


def digest(row: dict[str, Any]) -> str:
    """SHA-256 (hex) over a row's content and the hash before it."""
    at = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    content = [at, *(row[name] for name in _HASHED)]
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _entry(obj: Base) -> Entry | None:
    """What the trail says of one flushed record; None for what is not a ledger's or did not change."""
    if obj.__ledger__ is None or isinstance(obj, TrailEntry):
        return None
    mapper: Mapper[Any] = inspect(type(obj))
    state = inspect(obj)
    changes: dict[str, list[Any]] = {}
    for attr in mapper.column_attrs:
        history = state.attrs[attr.key].history
        if attr.key in _UNTOLD or attr.key == "id" or not history.has_changes():
            continue
        before = history.deleted[0] if history.deleted else None
        after = history.added[0] if history.added else None
        if before == after:
            continue
        secret = about(attr.columns[0]).secret
        changes[attr.key] = ["•" if before else None, "•"] if secret else [plain(before), plain(after)]
    deed = _deed(obj, changes)
    if deed is None:
        return None
    changes.pop("deleted_at", None)
    record_id: int | None = getattr(obj, obj.__part_of__ or "id", None)
    village_id = _village_of(obj)
    label = Record.__str__(obj) if isinstance(obj, Record) and _names_a_stranger(obj, village_id) else label_of(obj)
    return Entry(obj.__ledger__, deed, village_id, record_id, label, changes, kind=obj.__tablename__)


def _names_a_stranger(obj: Record, village_id: int | None) -> bool:
    """True of a record that stayed in a village whose person is another's: what the file is called now is theirs."""
    if "resident" not in inspect(type(obj)).relationships or village_id is None:
        return False
    resident = linked(obj, "resident")
    return resident is not None and village_id not in (resident.village_id, before(resident, "village_id"))


def _deed(obj: Base, changes: dict[str, list[Any]]) -> Deed | None:
    state = inspect(obj)
    if state.deleted or obj in (state.session.deleted if state.session else ()):
        return Deed.PURGE
    if state.key is None or state.pending or not state.has_identity:
        return Deed.INSERT
    if isinstance(obj, Record) and "deleted_at" in changes:
        return Deed.DELETE if changes["deleted_at"][1] else Deed.RESTORE
    return Deed.UPDATE if changes else None


def _village_of(obj: Base) -> int | None:
    if obj.__tablename__ == "village":
        return obj.id  # type: ignore[attr-defined, no-any-return]
    found: int | None = getattr(obj, "village_id", None)
    return found


def label_of(obj: Base) -> str:
    """How the trail names a record: what its ``__str__`` says, which holds no number or phone."""
    return str(obj)


def plain(value: Any) -> Any:
    """A value as JSON keeps it: codes for choices, ISO for days and instants, text for decimals."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Choice):
        return value.value
    if isinstance(value, (list, tuple, set)):
        return [plain(v) for v in value]
    return value


@dataclass(frozen=True)
class Break:
    """The first row of a chain that does not fit: its number in the chain and what is wrong with it."""

    chain: int
    seq: int
    what: str


def verify(session: OrmSession) -> Iterator[Break]:
    """Recompute every chain; yields the first broken row of each chain that is broken.

    Reads past the session's scope, because a chain is whole or it is not; it tells numbers, never what a row holds.
    """
    connection = session.connection()
    heads = {row.chain: (row.seq, row.hash) for row in connection.execute(select(_HEADS))}
    chains = connection.execute(select(_ROWS.c.chain).distinct()).scalars().all()
    for chain in sorted({*heads, *chains}):
        found = _verify_chain(connection, chain, heads.get(chain))
        if found is not None:
            yield found


def _verify_chain(connection: Connection, chain: int, head: tuple[int, str] | None) -> Break | None:
    seq, previous = 0, GENESIS
    query = select(_ROWS).where(_ROWS.c.chain == chain).order_by(_ROWS.c.seq)
    with connection.execute(query.execution_options(yield_per=1000)) as rows:
        for row in rows.mappings():
            if row["seq"] != seq + 1:
                return Break(chain, seq + 1, N_("is missing"))
            if row["previous"] != previous:
                return Break(chain, row["seq"], N_("does not follow the row before it"))
            if digest(dict(row)) != row["hash"]:
                return Break(chain, row["seq"], N_("was altered"))
            seq, previous = row["seq"], row["hash"]
    if head is None:
        return Break(chain, seq, N_("has lost the end of its chain"))
    if head != (seq, previous):
        return Break(chain, seq + 1, N_("is missing from the end"))
    return None
