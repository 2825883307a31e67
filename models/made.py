"""Summaries that people make themselves: the question that is kept, who made it, with whom it is shared, who pinned it.

What is kept is the question, never its answer: whoever opens a summary asks it anew, under the rights of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, ClassVar, Final

from sqlalchemy import JSON, false, func, select
from sqlalchemy.orm import Mapped, object_session, relationship

from models.account import Role
from models.base import Problem, Record, field, live, to
from models.question import Question, Unreadable
from models.rules import before, is_new
from models.scope import NOBODY, Act, Reach
from models.session import Session
from models.types import Chosen, Line
from models.words import N_

PINNED_MOST: Final = 4

_SHARED: Final[dict[str, Role | None]] = {
    "shared": None,
    "for_village": Role.VILLAGE,
    "for_coordinator": Role.COORDINATOR,
}


def _shared_with(role: Role | None) -> Callable[[Any], Any]:
    return lambda cls: cls.shared_with.is_not(None) if role is None else cls.shared_with == role


def _is_shared_with(role: Role | None) -> Callable[[Any, Act], bool]:
    def shared(record: Any, act: Act) -> bool:
        now = before(record, "shared_with")
        return now is not None and role in (None, now)

    return shared


class MadeSummary(Record):
    """A question under a name. Its maker writes it; those whose role it is shared with ask it for themselves."""

    __tablename__ = "made_summary"
    __ledger__ = "made"
    __title__ = N_("Kept summaries")
    __reach__ = Reach.OWN
    __owner__ = "maker_id"
    __rows__: ClassVar[dict[str, Callable[..., Any]]] = {name: _shared_with(role) for name, role in _SHARED.items()}
    __rows_of__: ClassVar[dict[str, Callable[..., Any]]] = {
        name: _is_shared_with(role) for name, role in _SHARED.items()
    }
    __table_args__ = (live("maker_id", table="made_summary"), live("shared_with", table="made_summary"))

    name: Mapped[str] = field(Line(60), N_("Name of the summary"))
    maker_id: Mapped[int] = to("account", N_("Account no."), computed=True)
    maker: Mapped[str] = field(Line(60), N_("Made by"), computed=True)
    shared_with: Mapped[Role | None] = field(Chosen(Role), N_("Shared with"))
    question: Mapped[dict[str, Any]] = field(JSON, N_("What it asks"))

    def prepare(self) -> None:
        """It is its maker's."""
        session = object_session(self)
        if session is not None and is_new(self) and self.__dict__.get("maker_id") is None:
            actor = session.info.get("scope", NOBODY).actor
            self.maker_id, self.maker = actor.id, actor.name[:60]

    def problems(self, today: date) -> Iterator[Problem]:
        if self.shared_with is Role.AUDITOR:
            yield Problem("shared_with", N_("Auditors read the trail, no summaries."))
        try:
            Question.from_json(self.question)
        except Unreadable as wrong:
            yield Problem("question", wrong.message)

    def asks(self) -> Question:
        """The question; raises Unreadable."""
        return Question.from_json(self.question)

    def __str__(self) -> str:
        return self.name or super().__str__()


class MadePin(Record):
    """A summary on somebody's first screen: everybody pins for themselves."""

    __tablename__ = "made_pin"
    __ledger__ = "made"
    __title__ = N_("On the first screen")
    __part_of__ = "summary_id"
    __reach__ = Reach.OWN
    __owner__ = "account_id"
    __rows__: ClassVar[dict[str, Callable[..., Any]]] = dict.fromkeys(_SHARED, lambda cls: false())
    __rows_of__: ClassVar[dict[str, Callable[..., Any]]] = dict.fromkeys(_SHARED, lambda record, act: False)
    __table_args__ = (live("account_id", "summary_id", table="made_pin", unique=True),)

    account_id: Mapped[int] = to("account", N_("Account no."), computed=True)
    summary_id: Mapped[int] = to("made_summary", N_("Kept summaries"))

    summary: Mapped[MadeSummary] = relationship(lazy="select")

    def prepare(self) -> None:
        """It is on the screen of whoever pins it."""
        session = object_session(self)
        if session is not None and is_new(self) and self.__dict__.get("account_id") is None:
            self.account_id = session.info.get("scope", NOBODY).actor.id

    def problems(self, today: date) -> Iterator[Problem]:
        session = object_session(self)
        if session is None or not is_new(self):
            return
        count = select(func.count()).select_from(MadePin).join(MadePin.summary)
        if (session.scalar(count.where(MadePin.account_id == self.account_id)) or 0) >= PINNED_MOST:
            yield Problem("", N_("Four summaries are on your first screen already. Take one off first."))

    def __str__(self) -> str:
        return str(self.summary) if self.summary is not None else super().__str__()


def pinned(session: Session) -> list[MadeSummary]:
    """What the session's account has on its first screen, in the order in which it was pinned."""
    mine = MadePin.account_id == session.scope.actor.id
    query = select(MadeSummary).join(MadePin, MadePin.summary_id == MadeSummary.id).where(mine)
    return list(session.scalars(query.order_by(MadePin.id).limit(PINNED_MOST)))
