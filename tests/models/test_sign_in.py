"""Signing in, below the panel."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from models import account as accounts
from models.account import Account, Grant, Held, Role
from models.session import Session, open_session, remove
from tests.models.factories import EVERYTHING, NOON, District
from tests.support.statements import counted

IDLE = timedelta(hours=1)


def test_a_client_without_an_address_can_sign_in(engine: Engine) -> None:
    """A server behind a socket tells none."""
    with open_session(engine, EVERYTHING) as session:
        account = Account(username="somebody", name="某人")
        account.set_password("a long password 1")
        session.add(account)
        session.flush()
        begun = accounts.sign_in(session, "somebody", "a long password 1", NOON, "")
        assert begun is not None
        session.commit()
        assert begun[0].address == "-"


@pytest.fixture
def admin(session: Session, district: District) -> tuple[Account, str]:
    """Somebody with three grants, one of them taken back, who has signed in; and the token of it."""
    account = Account(username="somebody", name="某人")
    account.set_password("a long password 1")
    back = Grant(account=account, role=Role.COORDINATOR)
    village = Grant(account=account, role=Role.VILLAGE, village=district.nanyuan)
    session.add_all([account, back, village, Grant(account=account, role=Role.AUDITOR)])
    chief = Account(username="chief", name="某主任", password_hash="none")
    session.add_all([chief, Grant(account=chief, role=Role.DISTRICT)])
    session.flush()
    remove(session, back)
    begun = accounts.sign_in(session, "somebody", "a long password 1", NOON, "127.0.0.1")
    assert begun is not None
    session.commit()
    return account, begun[1]


def test_a_token_tells_who_it_is_and_what_is_granted_in_one_statement(
    session: Session, district: District, admin: tuple[Account, str]
) -> None:
    account, token = admin
    with counted(session) as statements:
        known = accounts.current_sign_in(session, token, NOON, IDLE)
    assert len(statements) == 1
    assert known is not None
    assert (known.account_id, known.name) == (account.id, "某人")
    assert known.grants == (
        Held(Role.VILLAGE, district.nanyuan.id, None, district.nanyuan.name),
        Held(Role.AUDITOR, None, None, None),
    )


def test_who_is_granted_nothing_is_known_all_the_same(session: Session, admin: tuple[Account, str]) -> None:
    account, token = admin
    for grant in account.grants:
        remove(session, grant)
    session.commit()
    known = accounts.current_sign_in(session, token, NOON, IDLE)
    assert known is not None
    assert known.grants == ()


def test_a_token_is_nobodys_once_it_is_idle_ended_or_its_account_is_closed(
    session: Session, admin: tuple[Account, str]
) -> None:
    account, token = admin
    assert accounts.current_sign_in(session, token, NOON + IDLE, IDLE) is not None
    assert accounts.current_sign_in(session, token + "x", NOON, IDLE) is None
    assert accounts.current_sign_in(session, token, NOON + IDLE + timedelta(seconds=1), IDLE) is None
    account.disabled = True
    session.flush()
    assert accounts.current_sign_in(session, token, NOON, IDLE) is None
    account.disabled = False
    session.flush()
    assert accounts.current_sign_in(session, token, NOON, IDLE) is None  # closing it ended every sign-in
    remove(session, account)
    session.flush()
    assert accounts.current_sign_in(session, token, NOON, IDLE) is None
