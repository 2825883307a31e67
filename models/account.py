"""Accounts, what they are granted, their sign-ins and the lock after failed ones."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, Final, NamedTuple, cast

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import Boolean, CheckConstraint, Index, Integer, Select, Table, and_, bindparam, select, update
from sqlalchemy.orm import Mapped, joinedload, object_session, relationship
from sqlalchemy.orm.session import Session as OrmSession

from models import clock, words
from models.base import Base, Mask, Problem, Record, field, live, to
from models.person import phone_problem
from models.place import Township, Village
from models.rules import changed
from models.scope import Reach
from models.types import Chosen, Code, Instant, Key, Line, RecordId
from models.words import N_, Choice

FAILURES_BEFORE_LOCK: Final = 5
LOCK_TIME: Final = timedelta(minutes=15)
SHORTEST_PASSWORD: Final = 10

_hasher = PasswordHash((Argon2Hasher(),))
# Checked when there is no such account, so that the answer takes as long as for a wrong password.
_NOBODYS_HASH: Final = _hasher.hash(secrets.token_urlsafe())


class Role(Choice):
    """What an account does; the rights of each are the table in admin_app/access.py."""

    DISTRICT = "district", N_("District admin")
    VILLAGE = "village", N_("Village admin")
    COORDINATOR = "coordinator", N_("Volunteer coordinator")
    AUDITOR = "auditor", N_("Auditor")


class Language(Choice):
    """The language of the panel for an account."""

    CHINESE = "zh", N_("Chinese")
    ENGLISH = "en", N_("English")


class Account(Record):
    """Somebody who may sign in. ``password_hash`` is argon2id; the password itself is nowhere."""

    __tablename__ = "account"
    __ledger__ = "account"
    __title__ = N_("Accounts")
    __reach__ = Reach.DISTRICT
    __table_args__ = (live("username", table="account", unique=True),)

    username: Mapped[str] = field(Key(40), N_("User name"))
    name: Mapped[str] = field(Line(40), N_("Name"))
    phone: Mapped[str | None] = field(Code(20), N_("Phone"), mask=Mask.PHONE)
    language: Mapped[Language] = field(Chosen(Language), N_("Language"), default=Language.CHINESE)
    disabled: Mapped[bool] = field(Boolean, N_("Disabled"), default=False)
    password_hash: Mapped[str] = field(Key(200), N_("Password"), secret=True, computed=True)
    must_change_password: Mapped[bool] = field(
        Boolean, N_("Must change the password at next sign-in"), default=True, computed=True
    )

    grants: Mapped[list[Grant]] = relationship(
        back_populates="account", primaryjoin="and_(Grant.account_id == Account.id, Grant.deleted_at.is_(None))"
    )

    def set_password(self, password: str, must_change: bool = False) -> None:
        """Keep the hash of a new password; raises ValueError with what is wrong with a weak one."""
        if wrong := password_problem(password, self.username or ""):
            raise ValueError(wrong)
        self.password_hash, self.must_change_password = _hasher.hash(password), must_change

    def knows(self, password: str) -> bool:
        """True for the account's present password."""
        return _hasher.verify(password[:500], self.password_hash)

    def prepare(self) -> None:
        """Who is disabled, deleted or given another password is signed out, all but the browser that asked for it."""
        session = object_session(self)
        closing = (self.disabled and changed(self, "disabled")) or (self.deleted_at and changed(self, "deleted_at"))
        if session is not None and self.id and (closing or changed(self, "password_hash")):
            open_ones = cast(Table, SignIn.__table__)
            session.connection().execute(
                update(open_ones)
                .where(open_ones.c.account_id == self.id, open_ones.c.ended_at.is_(None))
                .where(open_ones.c.id != session.info.get("sign_in_id", 0))
                .values(ended_at=clock.now())
            )

    def problems(self, today: date) -> Iterator[Problem]:
        if self.username and not all(c.isascii() and (c.isalnum() or c in "._-") for c in self.username):
            yield Problem("username", N_("A user name is letters, digits, dot, dash and underscore."))
        elif self.username and self.username != self.username.lower():
            yield Problem("username", N_("A user name is in small letters."))
        if self.phone and (wrong := phone_problem(self.phone)):
            yield Problem("phone", wrong)
        session = object_session(self)
        leaves = session is not None and self.id and (self.disabled or self.deleted_at)
        if session is not None and leaves and not _other_district_admin(session, self.id):
            yield Problem("disabled", N_("This is the last district admin: it cannot be disabled or deleted."))

    def __str__(self) -> str:
        return self.name or self.username


class Grant(Record):
    """One role over one village, one township, or (neither given) the whole district."""

    __tablename__ = "grant"
    __ledger__ = "account"
    __title__ = N_("Grants")
    __part_of__ = "account_id"
    __reach__ = Reach.DISTRICT
    __table_args__ = (
        CheckConstraint("village_id IS NULL OR township_id IS NULL", name="one_area"),
        Index("ix_grant_account_id", "account_id"),
    )

    account_id: Mapped[int] = to("account", N_("Account"))
    role: Mapped[Role] = field(Chosen(Role), N_("Role"))
    village_id: Mapped[int | None] = to("village", N_("Village (community)"))
    township_id: Mapped[int | None] = to("township", N_("Township"))

    account: Mapped[Account] = relationship(back_populates="grants")
    village: Mapped[Village | None] = relationship()
    township: Mapped[Township | None] = relationship()

    @property
    def whole_district(self) -> bool:
        """True when no village and no township narrows it."""
        return self.village_id is None and self.township_id is None

    def problems(self, today: date) -> Iterator[Problem]:
        session = object_session(self)
        if session is None or not self.id:
            return
        rules = self.role is Role.DISTRICT and self.whole_district and self.deleted_at is None
        if not rules and not _other_district_admin(session, self.account_id, besides_grant=self.id):
            yield Problem("grants", N_("This is the last district admin: the role cannot be taken away."))

    def __str__(self) -> str:
        return " · ".join(str(part) for part in (self.account, self.village or self.township) if part is not None)


class SignIn(Base):
    """One sign-in, from the password to the sign-out. The browser holds the token, the table its hash."""

    __tablename__ = "sign_in"
    __table_args__ = (Index("ix_sign_in_account_id", "account_id"),)

    id: Mapped[int] = field(RecordId, N_("No."), primary_key=True)
    account_id: Mapped[int] = to("account", N_("Account"))
    token_hash: Mapped[str] = field(Key(64), N_("Token"), secret=True, unique=True)
    started_at: Mapped[datetime] = field(Instant, N_("Signed in at"))
    seen_at: Mapped[datetime] = field(Instant, N_("Last seen at"))
    ended_at: Mapped[datetime | None] = field(Instant, N_("Ended at"))
    address: Mapped[str] = field(Line(60), N_("From where"))

    account: Mapped[Account] = relationship()


class FailedSignIn(Base):
    """Failed sign-ins under one user name, whether or not there is such an account, so that the lock tells nothing."""

    __tablename__ = "failed_sign_in"

    name_hash: Mapped[str] = field(Key(64), N_("User name"), primary_key=True)
    failures: Mapped[int] = field(Integer, N_("Failures"), default=0)
    last_at: Mapped[datetime] = field(Instant, N_("Last at"))


def password_problem(password: str, username: str = "") -> str:
    """What is wrong with a new password; "" if nothing is."""
    if len(password) < SHORTEST_PASSWORD:
        return N_("A password has at least 10 characters.")
    if len(password) > 200:
        return N_("A password has at most 200 characters.")
    if username and username.lower() in password.lower():
        return N_("A password does not hold the user name.")
    if len(set(password)) < 5:
        return N_("A password has at least five different characters.")
    return ""


def sign_in(
    session: OrmSession, username: str, password: str, now: datetime, address: str
) -> tuple[SignIn, str] | None:
    """A new sign-in and its token if the password fits; None, the failure counted, if anything does not.

    A locked, disabled, unknown or mistyped account cannot be told apart from outside, by words or by time.
    """
    username = "" if words.has_controls(username) else username.strip().lower()[:200]
    account = session.scalars(select(Account).where(Account.username == username)).one_or_none()
    fits = _hasher.verify(password[:500], account.password_hash if account else _NOBODYS_HASH)
    failed = session.get(FailedSignIn, _sha(username))
    locked = failed is not None and failed.failures >= FAILURES_BEFORE_LOCK and now - failed.last_at < LOCK_TIME
    if account is None or not fits or account.disabled or locked:
        if failed is None:
            failed = FailedSignIn(name_hash=_sha(username), failures=0)
            session.add(failed)
        elif now - failed.last_at >= LOCK_TIME:
            failed.failures = 0
        if not locked:
            failed.failures, failed.last_at = failed.failures + 1, now
        return None
    if failed is not None:
        session.delete(failed)
    token = secrets.token_urlsafe(32)
    place = (address or "-")[:60]  # a server behind a socket tells no address
    begun = SignIn(account_id=account.id, token_hash=_sha(token), started_at=now, seen_at=now, address=place)
    session.add(begun)
    return begun, token


class Held(NamedTuple):
    """One grant of whoever is signed in. ``place`` names its area, None where that is the whole district."""

    role: Role
    village_id: int | None
    township_id: int | None
    place: str | None


class SignedIn(NamedTuple):
    """Whose token a browser holds: plain values, because every request asks for them."""

    id: int
    seen_at: datetime
    account_id: int
    name: str
    username: str
    language: Language
    must_change_password: bool
    grants: tuple[Held, ...]


def current_sign_in(session: OrmSession, token: str, now: datetime, idle: timedelta) -> SignedIn | None:
    """The sign-in a token belongs to, if it has not ended, was seen lately, and the account may still sign in."""
    rows = session.connection().execute(_signed_in(), {"token": _sha(token)}).all()
    if not rows:
        return None
    one = rows[0]
    if one.ended_at is not None or one.disabled or now - one.seen_at > idle:
        return None
    grants = tuple(
        Held(row.role, row.village_id, row.township_id, row.village or row.township) for row in rows if row.role
    )
    return SignedIn(
        one.id, one.seen_at, one.account_id, one.name, one.username, one.language, one.must_change_password, grants
    )


@cache
def _signed_in() -> Select[*tuple[Any, ...]]:
    """What every request asks first, before it has a scope: a row for each grant, at least one.

    It is made once and asked of the connection, which takes a fifth of the time that the session would.
    """
    return (
        select(
            SignIn.id, SignIn.account_id, SignIn.seen_at, SignIn.ended_at, Account.disabled,
            Account.name, Account.username, Account.language, Account.must_change_password,
            Grant.role, Grant.village_id, Grant.township_id,
            Village.name.label("village"), Township.name.label("township"),
        )
        .join(Account, and_(Account.id == SignIn.account_id, Account.deleted_at.is_(None)))
        .outerjoin(Grant, and_(Grant.account_id == Account.id, Grant.deleted_at.is_(None)))
        .outerjoin(Village, and_(Village.id == Grant.village_id, Village.deleted_at.is_(None)))
        .outerjoin(Township, Township.id == Grant.township_id)
        .where(SignIn.token_hash == bindparam("token"))
        .order_by(Grant.id)
    )  # fmt: skip


def _other_district_admin(session: OrmSession, account_id: int, besides_grant: int | None = None) -> bool:
    """Is there a way into the whole district as its admin, other than through this account (or this grant)?

    Asked of the records in memory, so that what the same flush takes away does not count.
    """
    with session.no_autoflush:
        grants = session.scalars(
            select(Grant).options(joinedload(Grant.account)).where(Grant.role == Role.DISTRICT)
        ).all()
    return any(
        grant.role is Role.DISTRICT
        and grant.whole_district
        and grant.deleted_at is None
        and grant.account is not None
        and grant.account.deleted_at is None
        and not grant.account.disabled
        and (grant.id != besides_grant if besides_grant else grant.account_id != account_id)
        for grant in grants
    )


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
