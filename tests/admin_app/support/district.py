"""A small district: two townships, three villages, the same records in each, an account for every kind of reader.

Everything of a village carries its mark, in texts, numbers and phones; ``traces`` finds any of them in a page.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import Engine, select

from admin_app.access import MADE, RIGHTS
from models import clock, register
from models import session as sessions
from models.account import Account, Grant, Language, Role, SignIn
from models.course import Move, move
from models.enterprise import Enterprise
from models.handover import HandOver
from models.observation import Observation
from models.place import Township, Village
from models.scope import Act, Scope
from models.setting import Setting
from models.states import ObservationStatus
from models.supply import Supply, SupplyStatus
from models.trail import Deed, Entry, note
from models.volunteer import Assignment, Duty, DutyStatus, Organisation
from tests.admin_app.support.values import (
    BINNED,
    DAY,
    EDITED,
    REMOVED,
    SEEN,
    SPECIAL,
    TICKED,
    Making,
    Mark,
    ledger_number,
    released_observation,
    ruled_values_for,
    stored,
    values_for,
)

A: Final = Mark("彧", 7, "151", "321084")
B: Final = Mark("晁", 8, "162", "110105")
C: Final = Mark("翀", 9, "173", "440106")
MARKS: Final = (A, B, C)
DISTRICT: Final = Mark("郡", 6, "184", "310101")  # what belongs to no village
# whose volunteer serves in which other village: the name crosses with the assignment, nothing else of the person does
SERVING: Final = ((A, C), (C, A))
TOWNSHIP_OF: Final = {A: 1, B: 1, C: 2, DISTRICT: 2}

RELEASED_ON: Final = DAY - timedelta(days=3)
KEPT: Final = (SEEN, EDITED, REMOVED, TICKED)
PASSWORD: Final = "a long enough one"
ANONYMOUS: Final = "anonymous"

_RIGHTS: Final = {**RIGHTS, **MADE}


@dataclass(frozen=True)
class Reader:
    """An account: its roles, each with the villages it holds in."""

    name: str
    role: Role | None
    area: frozenset[Mark]
    place: tuple[tuple[str, int], ...] = ()  # the columns of its grant

    def rules(self, ledger: str, mark: Mark) -> list[Any]:
        """The rules of the rights table that cover a village's records of a ledger."""
        covered = mark in self.area or (mark is DISTRICT and self.role is not None and not self.place)
        return list(_RIGHTS[ledger].get(self.role, ())) if covered and self.role else []

    def may(self, act: Act, ledger: str, mark: Mark) -> bool:
        """May this reader do this to a village's records?"""
        return any(act in rule.acts for rule in self.rules(ledger, mark))

    def opens(self, ledger: str, act: Act = Act.READ) -> bool:
        """May this reader do this anywhere at all?"""
        return self.role is not None and any(act in rule.acts for rule in _RIGHTS[ledger].get(self.role, ()))


COMMON: Final = ("account", "organisation", "setting")  # ledgers whose records belong to no village
BY_ACTS: Final = ("alert", "handover", "dailyreport")  # ledgers whose records come of acts and visits, never of a form


def owner_of(ledger: str, mark: Mark = A) -> Mark:
    """Whose a ledger's records are in a village: its own, or the district's."""
    return DISTRICT if ledger in COMMON else mark


ALL, ONLY_A, EAST = frozenset(MARKS), frozenset({A}), frozenset({A, B})
IN_A, IN_EAST = (("village_id", A.number(0, 1)),), (("township_id", 1),)
READERS: Final = {
    reader.name: reader
    for reader in (
        Reader("district", Role.DISTRICT, ALL),
        Reader("village_a", Role.VILLAGE, ONLY_A, IN_A),
        Reader("coordinator", Role.COORDINATOR, ALL),
        Reader("coordinator_a", Role.COORDINATOR, ONLY_A, IN_A),
        Reader("auditor", Role.AUDITOR, ALL),
        Reader("township", Role.DISTRICT, EAST, IN_EAST),
        Reader("ungranted", None, frozenset()),
    )
}


def account_id(name: str) -> int:
    """The number of a reader's account; further ones are the district's."""
    return 500 + list(READERS).index(name)


def token_of(name: str) -> str:
    return f"token-of-{name}"


# ---- making it ----

ELSEWHERE: Final = ("village", "account", "setting", "organisation", "trail")  # not made village by village


def make_district(engine: Engine) -> None:
    """Fill a migrated, empty database."""
    with sessions.open_session(engine, Scope.everything("founder")) as session:
        for number, name in ((1, "East township"), (2, "West township")):
            session.add(Township(id=number, code=f"32108440{number}", name=name))
        session.flush()
        # hand-overs go to a village that is none of the three
        session.add_all(_made(Village, mark, SEEN) for mark in (*MARKS, DISTRICT))
        session.flush()
        _make_accounts(session)
        session.add_all(_made(Setting, DISTRICT, n) for n in (*KEPT, BINNED))
        session.flush()
        _bin(session, Setting, DISTRICT)
        session.add_all(_made(Organisation, DISTRICT, n) for n in (*KEPT, BINNED))
        session.flush()
        _bin(session, Organisation, DISTRICT)
        for mark in MARKS:
            _make_village(session, mark)
        session.flush()
        # A volunteer may serve in another village.
        for serving, mark in SERVING:
            duty, volunteer = (
                serving.number(ledger_number("duty"), SEEN),
                mark.number(ledger_number("volunteer"), TICKED),
            )
            number = serving.number(ledger_number("assignment"), SPECIAL)
            session.add(Assignment(id=number, duty_id=duty, volunteer_id=volunteer))
        session.commit()


def _make_accounts(session: Any) -> None:
    for reader in READERS.values():
        account = Account(
            id=account_id(reader.name), username=reader.name, name=f"{reader.name} account", language="en"
        )
        account.language = Language.ENGLISH
        account.password_hash, account.must_change_password = password_hash(), False
        session.add(account)
        session.flush()
        if reader.role is not None:
            session.add(Grant(account_id=account.id, role=reader.role, **dict(reader.place)))
    for n in (*KEPT, BINNED):
        account = _made(Account, DISTRICT, n)
        account.password_hash = password_hash()
        session.add(account)
    session.flush()
    _bin(session, Account, DISTRICT)


@cache
def password_hash() -> str:
    """Hashing is slow on purpose, so it is done once."""
    account = Account(username="nobody")
    account.set_password(PASSWORD)
    return account.password_hash


def _make_village(session: Any, mark: Mark) -> None:
    for cls in register.LEDGERS:
        if cls.__ledger__ not in ELSEWHERE:
            if cls is Observation:
                session.add_all(_released(mark, n) for n in (*KEPT, BINNED))
                session.flush()
            session.add_all(_made(cls, mark, n) for n in (*KEPT, BINNED))
            session.flush()
    for n in (REMOVED, TICKED):  # a file is deleted only when the observation is over
        over = session.get_one(Observation, mark.number(ledger_number("observation"), n))
        move(session, over, Move.RELEASE, DAY, clock.today(), **signed_off(mark, n), consent=True)
    for cls in reversed(register.LEDGERS):
        if cls.__ledger__ not in ELSEWHERE:
            _bin(session, cls, mark)
    duty = _made(Duty, mark, SPECIAL)
    duty.status = DutyStatus.OPEN
    supply = _made(Supply, mark, SPECIAL)
    supply.status = SupplyStatus.DELIVERED
    session.add_all([duty, supply, _made(Enterprise, mark, SPECIAL)])
    session.flush()
    village_id = mark.number(0, 1)
    number = mark.number(ledger_number("resident"), SEEN)
    note(session, Entry("resident", Deed.REVEAL, village_id, number, f"{mark.sign}resident1.name", kind="resident"))


def signed_off(mark: Mark, n: int) -> dict[str, str]:
    """What is typed to release somebody early."""
    return {name: f"{mark.sign}observation{n}.{name}" for name in ("signed_by", "reason")}


def _released(mark: Mark, n: int) -> Observation:
    """An observation that was over before the one that is open began; the calls are about it."""
    return Observation(
        id=released_observation(mark, n),
        resident_id=mark.number(ledger_number("resident"), n),
        began_on=RELEASED_ON - timedelta(days=14),
        released_on=RELEASED_ON,
        status=ObservationStatus.RELEASED,
        signed_by=f"{mark.sign}observation{n}.signed_by",
    )


def _made(cls: Any, mark: Mark, n: int) -> Any:
    making = Making(mark, ledger_number(cls.__ledger__), n)
    values = values_for(cls, making)
    if cls is Village:
        values["township"] = TOWNSHIP_OF[mark]
    if "village" in values:
        values["village"] = mark.number(0, 1)
    if "organisation" in values:
        values["organisation"] = DISTRICT.number(ledger_number("organisation"), SEEN)
    if cls is Account:
        values["language"] = Language.ENGLISH
    if cls is HandOver:
        values["to_village"] = DISTRICT.number(0, 1)
    return cls(id=mark.number(making.ledger, n), **stored(cls, values), **ruled_values_for(cls, making))


def _bin(session: Any, cls: Any, mark: Mark) -> None:
    numbers = [mark.number(ledger_number(cls.__ledger__), BINNED)]
    if cls is Observation:
        numbers.append(released_observation(mark, BINNED))
    for number in numbers:
        if record := session.get(cls, number):
            sessions.remove(session, record)
            session.flush()


def sign_in(engine: Engine, name: str) -> str:
    """A reader's sign-in, without the password's slow hash; returns the token that the browser keeps."""
    with sessions.open_session(engine, Scope.everything("sign-in")) as session:
        now = clock.now() - timedelta(seconds=1)
        hashed = hashlib.sha256(token_of(name).encode()).hexdigest()
        for known in session.scalars(select(SignIn).where(SignIn.token_hash == hashed)):
            session.delete(known)
        session.flush()
        begun = SignIn(account_id=account_id(name), token_hash=hashed, started_at=now, seen_at=now)
        begun.address = "127.0.0.1"
        session.add(begun)
        session.commit()
    return token_of(name)


# ---- finding traces of it ----


@cache
def traces(mark: Mark) -> re.Pattern[str]:
    """What gives a village away: its sign, its numbers, its people's numbers, whole or masked, their pinyin."""
    return re.compile(
        rf"{mark.sign}"
        rf"|(?<![\w.-]){mark.digit}\d\d000[1-5](?![\w.-])"
        rf"|(?<![0-9a-f]){mark.phone}(?:\d{{8}}|\*{{4}}\d{{4}})(?![0-9a-f])"
        rf"|{mark.region}(?:\d{{11}}[\dX]|\*{{8}}\d{{3}}[\dX])"
        rf"|{mark.region}{mark.digit}\d{{5}}"
    )


@cache
def traces_of_ledger(ledger: str) -> re.Pattern[str]:
    """What gives a ledger's records away, whichever village's: the beginning of every text, every number."""
    signs = "".join(mark.sign for mark in (*MARKS, DISTRICT))
    digits = "".join(str(mark.digit) for mark in (*MARKS, DISTRICT))
    return re.compile(rf"[{signs}]{ledger}\d|(?<![\w.-])[{digits}]{ledger_number(ledger):02d}000[1-5](?![\w.-])")


def crossing(reader: Reader) -> list[str]:
    """What of other villages a reader may read all the same."""
    return [token("volunteer", mark, TICKED) + "name" for serving, mark in SERVING if serving in reader.area]


def villages_named() -> tuple[str, ...]:
    """The number and the name of every village: who hands a person over must be able to name who takes over."""
    return tuple(text for mark in MARKS for text in (str(mark.number(0, 1)), token("village", mark) + "name"))


def token(ledger: str, mark: Mark, n: int = SEEN) -> str:
    """The beginning of every text of a record."""
    return f"{mark.sign}{ledger}{n}."
