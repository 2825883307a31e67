"""Whether somebody has an observation that is not over: then no other one is opened, and the file is not put away."""

from __future__ import annotations

from sqlalchemy import select

from models.observation import Observation
from models.session import Session
from models.states import OVER


def unfinished(session: Session, resident_id: int) -> Observation | None:
    """The observation of a person that is not over: open, elsewhere, or lost from sight."""
    query = select(Observation).where(Observation.resident_id == resident_id, Observation.status.not_in(OVER))
    return session.scalars(query.order_by(Observation.id).limit(1)).first()


def latest(session: Session, resident_id: int) -> Observation | None:
    """The observation that counts now: the one that is not over, else the last there was."""
    query = select(Observation).where(Observation.resident_id == resident_id)
    order = (Observation.status.in_(OVER), Observation.began_on.desc(), Observation.id.desc())
    return session.scalars(query.order_by(*order).limit(1)).first()
