"""Signing in, below the panel."""

from __future__ import annotations

from sqlalchemy import Engine

from models import account as accounts
from models.account import Account
from models.session import open_session
from tests.models.factories import EVERYTHING, NOON


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
