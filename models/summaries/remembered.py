"""Answers kept in the process until something is written: whoever asks the same with the same rights gets the same.

What is written is told by the trail, in the transaction that writes it; the ends of its chains are therefore a mark of
the state that an answer was true of. An answer is kept with that mark and with the permits of the scope that it was
asked in, and is given again only where both are the same. The mark is read before the answer, in the same transaction,
so a write that the reader could have seen always changes it; one that is taken back leaves a mark that never returns.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Sized
from functools import wraps
from threading import Lock
from typing import Any, Concatenate, Final, ParamSpec, TypeVar, cast
from weakref import WeakKeyDictionary

from sqlalchemy import event, func, select
from sqlalchemy.pool import Pool

from models import trail
from models.handover import HandOver, HandOverStatus
from models.scope import EVERYWHERE, NOWHERE, Act, Area, Rights
from models.session import Session
from models.trail import DISTRICT_CHAIN

P = ParamSpec("P")
T = TypeVar("T")
About = TypeVar("About", bound=Hashable)
KEPT: Final = 512  # answers a database, the longest unasked given up first
HEAVIEST: Final = 400_000  # numbers in all of these together


class _Memory:
    """The answers of one database. What is given out is shared: nobody may change it."""

    def __init__(self) -> None:
        self._answers: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._weight = 0
        self._lock = Lock()

    def get(self, key: Hashable) -> Any:
        with self._lock:
            if key not in self._answers:
                return None
            self._answers.move_to_end(key)
            return self._answers[key][0]

    def put(self, key: Hashable, answer: Any, weight: int = 1) -> None:
        with self._lock:
            _, before = self._answers.pop(key, (None, 0))
            self._answers[key] = answer, weight
            self._weight += weight - before
            while len(self._answers) > KEPT or (self._weight > HEAVIEST and len(self._answers) > 1):
                _, (_, given_up) = self._answers.popitem(last=False)
                self._weight -= given_up


_memories: WeakKeyDictionary[Pool, _Memory] = WeakKeyDictionary()


def remembered(question: Callable[Concatenate[Session, P], T]) -> Callable[Concatenate[Session, P], T]:
    """Let a question over the tables, whose arguments can be compared, be answered once a state of them."""

    @wraps(question)
    def ask(session: Session, /, *args: P.args, **named: P.kwargs) -> T:
        if _waiting(session):
            return question(session, *args, **named)
        memory = _memory(session)
        key = (question.__module__, question.__qualname__, args, tuple(sorted(named.items())), _whose(session))
        mark = state(session)
        kept = memory.get(key)
        if kept is not None and kept[0] == mark:
            return cast(T, kept[1])
        answer = question(session, *args, **named)
        memory.put(key, (mark, answer))
        return answer

    return ask


def by_village(
    session: Session,
    question: Callable[[Session, About, Collection[int]], dict[int, T]],
    about: About,
    villages: Collection[int],
    empty: T,
) -> dict[int, T]:
    """The answers of a question for these villages: only those in which something was written since are asked anew.

    ``about`` is what else is asked, for instance a day; ``empty`` stands for a village that an answer leaves out.
    """
    if _waiting(session):
        return {number: empty for number in villages} | question(session, about, villages)
    heads, moved = dict(_heads(session)), _hand_overs(session)
    marks = {number: (heads.get(number, ""), moved) for number in villages}
    key = (question.__module__, question.__qualname__, about, "by village", _whose(session))
    memory = _memory(session)
    kept: dict[int, tuple[Hashable, T]] = memory.get(key) or {}
    found = {number: kept[number][1] for number, mark in marks.items() if number in kept and kept[number][0] == mark}
    if missing := marks.keys() - found.keys():
        fresh = question(session, about, missing)
        found |= {number: fresh.get(number, empty) for number in missing}
        kept = kept | {number: (marks[number], found[number]) for number in missing}
        memory.put(key, kept, sum(_weight(answer) for _mark, answer in kept.values()))
    return found


def state(session: Session) -> str:
    """A mark that is another as soon as anything is written that this session may read, or that holds for all."""
    return trail.digest_of(_heads(session))


def _heads(session: Session) -> list[tuple[int, str]]:
    def look() -> list[tuple[int, str]]:
        area = _area(session)
        return trail.heads(session, None if area.everywhere else {DISTRICT_CHAIN, *area.villages})

    return noted(session, "heads", look)


def _hand_overs(session: Session) -> Hashable:
    """What was handed over so far: a file leaves a village without a word in that village's chain."""

    def look() -> Hashable:
        query = select(func.count(), func.max(HandOver.updated_at)).where(HandOver.status == HandOverStatus.ACCEPTED)
        return tuple(session.execute(query).one())

    return noted(session, "hand_overs", look)


def noted(session: Session, name: str, look: Callable[[], T]) -> T:
    """What was looked up once in this transaction, with the same rights and before anything was written."""
    notes: dict[Hashable, Any] = session.info.setdefault("noted", {})
    key = name, _whose(session)
    if key not in notes:
        found = look()  # begins the transaction, which forgets what was noted before
        session.info.setdefault("noted", {})[key] = found
        return found
    return cast(T, notes[key])


@event.listens_for(Session, "after_begin")
@event.listens_for(Session, "after_flush")
@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, *_: object) -> None:
    session.info.pop("noted", None)


def _area(session: Session) -> Area:
    """Every village of which this session may read anything at all."""
    if session.scope.unconfined:
        return EVERYWHERE
    total = NOWHERE
    for permit in session.scope.permits:
        if Act.READ in permit.acts:
            total |= permit.area
    return total


def _whose(session: Session) -> Rights:
    """With which rights: what one may not read is in no answer that another was given."""
    return session.scope.rights


def _waiting(session: Session) -> bool:
    """True while something is about to be written that the trail does not tell yet."""
    return bool(session.new or session.dirty or session.deleted)


def _weight(answer: object) -> int:
    return 1 + (len(answer) if isinstance(answer, Sized) else 0)


def _memory(session: Session) -> _Memory:
    # the pool is the same for every engine over a database, and another once its connections were given up
    return _memories.setdefault(session.get_bind().engine.pool, _Memory())


__all__ = ["by_village", "noted", "remembered", "state"]
