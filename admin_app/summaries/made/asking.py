"""From the address of a made summary to its answer: the question and its filters looked at again, then asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement
from werkzeug.datastructures import MultiDict

from admin_app.i18n import say
from admin_app.ledgers.base import views
from admin_app.ledgers.listing import RESERVED, DayFilter, Filter, SpanFilter
from models import clock, setting
from models.question import Question, Unreadable, problems_of
from models.scope import Act
from models.session import Session
from models.summaries import made
from models.summaries.crosstab import TooMany
from models.summaries.made import Answer, Asked
from models.summing import ledgers, person_of
from models.words import N_

UNASKED = RESERVED | {"was"}


@dataclass(frozen=True)
class Put:
    """A question as it was put: ready to be ``asked``, or with what is wrong with it, in words, by the part it is about
    ("" for the whole). ``active`` are its conditions: filter, argument, value."""

    question: Question | None
    asked: Asked | None = None
    problems: tuple[tuple[str, str], ...] = ()
    notices: tuple[str, ...] = ()
    active: tuple[tuple[Filter, str, str], ...] = ()
    filters: dict[str, Filter] = field(default_factory=dict)


def from_address(session: Session, pairs: Iterable[tuple[str, str]]) -> Put:
    """The question of an address."""
    try:
        question = Question.read((name, value) for name, value in pairs if name not in UNASKED)
    except Unreadable as wrong:
        return Put(None, problems=(("", say(wrong.message)),))
    return put(session, question)


def from_kept(session: Session, kept: object) -> Put:
    """The question of a record."""
    try:
        question = Question.from_json(kept)
    except Unreadable as wrong:
        return Put(None, problems=(("", say(wrong.message)),))
    return put(session, question)


def put(session: Session, question: Question) -> Put:
    """Look a question over for whoever the session is confined to."""
    wrong = [(p.field, say(p.message, p.params or None)) for p in problems_of(question, session.scope)]
    if any(part == "ledger" for part, _ in wrong):
        return Put(question, problems=tuple(wrong))
    filters = views()[question.ledger].accepted_filters()
    arguments = MultiDict(question.filters)
    conditions: list[ColumnElement[bool]] = []
    active, notices = [], []
    for one in filters.values():
        try:
            condition = one.condition(arguments)
        except (ValueError, OverflowError):
            words = N_("The condition on “%(name)s” no longer makes sense. Choose it anew or take it away.")
            wrong.append(("filters", say(words, {"name": one.label})))
            continue
        if condition is not None:
            conditions.append(condition)
            active += [(one, key, value) for key in one.arguments() for value in arguments.getlist(key) if value]
            if _swapped(one, arguments):
                words = N_("%(name)s: the ends were the wrong way round and have been swapped.")
                notices.append(say(words, {"name": one.label}))
    known = {key for one in filters.values() for key in one.arguments()}
    for name in dict.fromkeys(name for name, _value in question.filters if name not in known):
        words = N_("There is no condition “%(name)s” here, or it is not open to you.")
        wrong.append(("filters", say(words, {"name": name[:40]})))
    cls: Any = ledgers()[question.ledger]
    asked = None if wrong else Asked(question, cls, clock.today(), conditions)
    return Put(question, asked, tuple(wrong), tuple(notices), tuple(active), filters)


def answer(session: Session, asked: Asked, shared: bool) -> Answer | str:
    """The answer, or in words why there is none. Of a shared summary no cell tells of few people of other villages."""
    hides = shared and person_of(asked.cls) is not None and not at_home(session, asked.question.ledger)
    below = setting.smallest_number(session, asked.today) if hides else 0
    try:
        return made.made(session, asked, below)
    except TooMany as too_many:
        return say(
            {
                "rows": N_("These are more rows than anybody can read. Take weeks or months, or a shorter time."),
                "columns": N_("These are more columns than fit a table. Take weeks or months, or a shorter time."),
            }.get(
                too_many.part,
                N_("This table would have more than 20,000 cells. Take weeks or months, or narrow it by a filter."),
            )
        )


def at_home(session: Session, ledger: str) -> bool:
    """Whether the reader's area is one village: inside it, everything may be told."""
    area = session.scope.area(Act.READ, ledger)
    return not area.everywhere and len(area.villages) <= 1


def _swapped(one: Filter, arguments: MultiDict[str, str]) -> bool:
    if not isinstance(one, SpanFilter):
        return False
    first, last = (one.read(arguments[key]) if arguments.get(key) else None for key in one.arguments())
    return first is not None and last is not None and first > last


def day_filters(filters: dict[str, Filter]) -> list[DayFilter]:
    """Those that narrow to a time."""
    return [one for one in filters.values() if isinstance(one, DayFilter)]
