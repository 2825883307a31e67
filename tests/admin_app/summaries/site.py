"""A panel over some weeks of five villages, and people who may read different parts of it."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from flask import Flask
from sqlalchemy import Engine, select

from models import clock
from models import session as sessions
from models.account import Account, Grant, Language, Role, SignIn
from models.engine import make_engine
from models.enterprise import Enterprise
from models.place import Village
from models.scope import Scope
from models.trail import TrailEntry
from tests.admin_app.support.browsing import Browser, Page
from tests.admin_app.support.panels import app_over
from tests.models.summaries.weeks import courses, weeks
from tests.models.summaries.world import World

READERS: Final[dict[str, tuple[Role, dict[str, int]] | None]] = {
    "district": (Role.DISTRICT, {}),
    "township": (Role.DISTRICT, {"township_id": 2}),
    "village": (Role.VILLAGE, {"village_id": 1}),
    "coordinator": (Role.COORDINATOR, {}),
    "auditor": (Role.AUDITOR, {}),
    "nobody": None,
}
FORMULA: Final = "=1+1村"
"""What somebody called the village 2."""


@dataclass
class Site:
    """A running panel, its database, and the rows in it."""

    app: Flask
    engine: Engine
    world: World
    browsers: dict[tuple[str, str], Browser] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)

    def as_(self, name: str, language: str = "zh") -> Browser:
        """Somebody's browser, signed in."""
        if (name, language) not in self.browsers:
            self.browsers[name, language] = Browser(self.app, f"token of {name}", language)
        return self.browsers[name, language]

    def page(self, address: str) -> Page:
        """What a district admin is shown, asked for once."""
        if address not in self.pages:
            self.pages[address] = self.as_("district").get(address)
            assert self.pages[address].status == 200, address
        return self.pages[address]

    def last_entry(self) -> Any:
        """The newest row of the trail."""
        rows = TrailEntry.__table__
        with self.engine.connect() as connection:
            return connection.execute(select(rows).order_by(rows.c.id.desc()).limit(1)).one()


@contextmanager
def site_over(url: str) -> Iterator[Site]:
    """A panel over a migrated, empty database, which is filled."""
    engine = make_engine(url)
    try:
        world = _world()
        world.store(engine)
        _admit(engine)
        with app_over(url) as app:
            yield Site(app, engine, world)
    finally:
        engine.dispose()


def _world() -> World:
    """Nothing of the village that takes no part: the ledgers would show its records, which no summary counts."""
    world = weeks(21, beside=False, events=courses)
    del world.rows[TrailEntry]  # the panel is going to write its own
    for enterprise in world.rows[Enterprise]:  # whose resumption its ledger goes on to show
        enterprise |= {"deleted_at": None, "deleted_by": None}
    world.rows[Village][1]["name"] = FORMULA
    return world


def _admit(engine: Engine) -> None:
    """Accounts, each with a sign-in, without the slow password."""
    now = clock.now() - timedelta(seconds=1)
    with sessions.open_session(engine, Scope.everything("founder")) as session:
        for name, granted in READERS.items():
            account = Account(username=name, name=f"{name} account", language=Language.CHINESE)
            account.password_hash, account.must_change_password = "none", False
            session.add(account)
            session.flush()
            if granted is not None:
                role, place = granted
                session.add(Grant(account_id=account.id, role=role, **place))
            hashed = hashlib.sha256(f"token of {name}".encode()).hexdigest()
            session.add(SignIn(account_id=account.id, token_hash=hashed, started_at=now, seen_at=now, address="::1"))
        session.commit()
