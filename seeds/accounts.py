"""The demo's accounts: one for each role, and two village admins."""

from __future__ import annotations

from typing import Final, NamedTuple

from models.account import Account, Grant, Role
from models.place import Village
from models.session import Session


class DemoAccount(NamedTuple):
    """Who may sign in to the demo; without a village the account is for the whole district."""

    username: str
    name: str
    role: Role
    village: str | None = None


DEMO_ACCOUNTS: Final = (
    DemoAccount("district", "沈明远", Role.DISTRICT),
    DemoAccount("nanyuan", "顾晓岚", Role.VILLAGE, "南苑社区"),
    DemoAccount("chaoyang", "尤志诚", Role.VILLAGE, "朝阳社区"),
    DemoAccount("coordinator", "单雨桐", Role.COORDINATOR),
    DemoAccount("auditor", "严守正", Role.AUDITOR),
)


def load_accounts(session: Session, villages: list[Village], password: str) -> list[Account]:
    """Add the demo's accounts, all with one password. The caller commits.

    Raises ValueError with what is wrong with a password that is too weak.
    """
    by_name = {village.name: village for village in villages}
    made = []
    for demo in DEMO_ACCOUNTS:
        account = Account(username=demo.username, name=demo.name)
        account.set_password(password)
        village = by_name[demo.village] if demo.village else None
        session.add_all([account, Grant(account=account, role=demo.role, village=village)])
        made.append(account)
    session.flush()
    return made
