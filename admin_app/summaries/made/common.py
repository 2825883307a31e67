"""What the parts of the made summaries' pages share: their address, one record, its pin, and how it is said."""

from __future__ import annotations

from typing import Final

from flask import abort
from sqlalchemy import select

from admin_app import database
from admin_app.i18n import say
from admin_app.ledgers import finding
from admin_app.ledgers.declared import note_apart
from models.account import Role
from models.made import MadePin, MadeSummary
from models.session import Session
from models.trail import Deed, Entry
from models.words import N_

BASE: Final = "/admin/summary/made/"
NEW: Final = f"{BASE}new/"


def record_of(number: str, deleted: bool = False) -> MadeSummary:
    """The kept summary of an address; 404, and a row in the trail, for what is not there or is not shared."""
    found, wanted = None, finding.record_id(number)
    if wanted is not None:
        options = {"deleted": True} if deleted else {}
        found = database.session().get(MadeSummary, wanted, execution_options=options)
    if found is None:
        note_apart(Entry("made", Deed.REFUSED, record_id=wanted, reason=N_("There is no such record here.")))
        abort(404)
    return found


def pin_of(session: Session, record: MadeSummary) -> MadePin | None:
    """The session's own pin on a summary."""
    mine = MadePin.account_id == session.scope.actor.id
    return session.scalar(select(MadePin).where(mine, MadePin.summary_id == record.id).limit(1))


def role_words(role: str | None) -> str:
    """A role, or nothing."""
    return say(Role(role).label) if role else ""
