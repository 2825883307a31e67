"""留痕: what the trail tells an auditor at a glance."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select

from models.session import Session
from models.trail import Deed, TrailEntry


class Looker(NamedTuple):
    """How often one account took data out of the register, or had a masked number shown."""

    account_id: int | None
    name: str
    exports: int
    reveals: int


class Trace(NamedTuple):
    """One row of the trail, in short."""

    id: int
    at: datetime
    name: str
    address: str
    deed: Deed
    ledger: str
    record: str


def deeds(session: Session, since: datetime, until: datetime) -> dict[Deed, int]:
    """How often each deed was done in a span of time [since, until)."""
    query = (
        select(TrailEntry.deed, func.count())
        .where(TrailEntry.deed.in_(list(Deed)), TrailEntry.at >= since, TrailEntry.at < until)
        .group_by(TrailEntry.deed)
    )
    return {deed: count for deed, count in session.execute(query)}


def lookers(session: Session, since: datetime, until: datetime, limit: int) -> list[Looker]:
    """Who exported or revealed in a span of time, whoever did most first."""
    wanted = (Deed.EXPORT, Deed.REVEAL)
    query = (
        select(TrailEntry.account_id, TrailEntry.account_name, TrailEntry.deed, func.count())
        .where(TrailEntry.deed.in_(wanted), TrailEntry.at >= since, TrailEntry.at < until)
        .group_by(TrailEntry.account_id, TrailEntry.account_name, TrailEntry.deed)
    )
    found: dict[tuple[int | None, str], dict[Deed, int]] = {}
    for account_id, name, deed, count in session.execute(query):
        found.setdefault((account_id, name), {})[deed] = count
    rows = [Looker(*who, did.get(Deed.EXPORT, 0), did.get(Deed.REVEAL, 0)) for who, did in found.items()]
    return sorted(rows, key=lambda row: (-row.exports - row.reveals, row.name))[:limit]


def latest(session: Session, wanted: Iterable[Deed], since: datetime, limit: int) -> list[Trace]:
    """The newest rows of some deeds."""
    query = (
        select(
            TrailEntry.id,
            TrailEntry.at,
            TrailEntry.account_name,
            TrailEntry.address,
            TrailEntry.deed,
            TrailEntry.ledger,
            TrailEntry.record_label,
        )
        .where(TrailEntry.deed.in_(list(wanted)), TrailEntry.at >= since)
        .order_by(TrailEntry.at.desc(), TrailEntry.id.desc())
        .limit(limit)
    )
    return [Trace(*row) for row in session.execute(query)]
