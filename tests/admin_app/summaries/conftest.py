"""A panel over some weeks of five villages, and people who may read different parts of it."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
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
from tests.models.summaries.world import TODAY, World
from tests.support.databases import PostgresDatabases, SQLiteDatabases

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


@pytest.fixture(scope="module", autouse=True)
def _today(request: pytest.FixtureRequest) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TAIZHANG_TODAY", TODAY.isoformat())
        yield


@pytest.fixture(scope="module")
def _sites(
    request: pytest.FixtureRequest, _today: None, run_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Site]]:
    made: dict[str, Site] = {}
    with ExitStack() as stack:

        def site_on(kind: str) -> Site:
            if kind not in made:
                if kind == "sqlite":
                    url = SQLiteDatabases(run_folder).copy_to(tmp_path_factory.mktemp("site") / "taizhang.db")
                else:
                    databases: PostgresDatabases = request.getfixturevalue("postgres_databases")
                    url = stack.enter_context(databases.fresh())
                engine = make_engine(url)
                stack.callback(engine.dispose)
                world = _world()
                world.store(engine)
                _admit(engine)
                made[kind] = Site(stack.enter_context(app_over(url)), engine, world)
            return made[kind]

        yield site_on


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, _sites: Callable[[str], Site]) -> Site:
    """The panel, on both kinds of database; what a module changes in it stays until its end."""
    return _sites(request.param)


@pytest.fixture(scope="module")
def sqlite_site(_sites: Callable[[str], Site]) -> Site:
    """The panel, for what no database has a say in."""
    return _sites("sqlite")


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
