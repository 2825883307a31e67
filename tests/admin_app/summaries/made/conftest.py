"""A panel over a small district made at random, with somebody of every kind signed in."""

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask, g
from sqlalchemy import Engine, func, select

from admin_app import access, database, identity
from admin_app.identity import User
from admin_app.ledgers.base import views
from models import clock
from models.account import Account, Grant, Language, Role, SignIn
from models.engine import make_engine
from models.made import MadePin, MadeSummary
from models.place import Village
from models.scope import Actor, Area, Scope
from models.session import Session, open_session, remove
from models.setting import Setting
from models.trail import TrailEntry
from tests.admin_app.support.browsing import Browser
from tests.admin_app.support.district import password_hash
from tests.admin_app.support.panels import make_app
from tests.models.summaries.summed import district
from tests.models.summaries.world import TODAY, World
from tests.support.databases import PostgresDatabases, SQLiteDatabases

READERS: dict[str, tuple[Role | None, dict[str, int]]] = {
    "district": (Role.DISTRICT, {}),
    "colleague": (Role.DISTRICT, {}),
    "township": (Role.DISTRICT, {"township_id": 1}),
    "one": (Role.VILLAGE, {"village_id": 1}),
    "two": (Role.VILLAGE, {"village_id": 2}),
    "coordinator": (Role.COORDINATOR, {}),
    "auditor": (Role.AUDITOR, {}),
    "ungranted": (None, {}),
}


class Desk:
    """The panel, its database, the rows in it, and a browser for everybody."""

    def __init__(self, url: str, seed: int):
        self.world: World = district(seed)
        del self.world.rows[TrailEntry]  # made up, and so no chain that could be carried on
        self.app: Flask = make_app(url)
        self.engine: Engine = make_engine(url)
        self.world.store(self.engine)
        self.numbers: dict[str, int] = {}
        self._browsers: dict[str, Browser] = {}
        with open_session(self.engine, Scope.everything("founder")) as session:
            for name, (role, place) in READERS.items():
                account = Account(username=name, name=f"{name} 账号", language=Language.ENGLISH)
                account.password_hash, account.must_change_password = password_hash(), False
                session.add(account)
                session.flush()
                self.numbers[name] = account.id
                if role is not None:
                    session.add(Grant(account_id=account.id, role=role, **place))
                now = clock.now() - timedelta(seconds=1)
                begun = SignIn(account_id=account.id, started_at=now, seen_at=now, address="127.0.0.1")
                begun.token_hash = hashlib.sha256(name.encode()).hexdigest()
                session.add(begun)
            session.commit()

    def close(self) -> None:
        """Let go of the database."""
        with self.app.app_context():
            database.db.engine.dispose()
        self.engine.dispose()

    def as_(self, name: str, language: str = "en") -> Browser:
        """Somebody's browser."""
        if (name, language) not in self._browsers:
            self._browsers[name, language] = Browser(self.app, name, language)
        return self._browsers[name, language]

    def villages(self, name: str) -> set[int]:
        """Whose records somebody sees, whatever the ledger."""
        place = READERS[name][1]
        every = {row["id"]: row["township_id"] for row in self.world.rows[Village]}
        return {
            number
            for number, township in every.items()
            if place.get("village_id", number) == number and place.get("township_id", township) == township
        }

    def reset(self) -> None:
        """As it was at first: what is kept or set goes into the recycle bin, the trail is read from here on."""
        with self.session() as session:
            for cls in (MadePin, MadeSummary, Setting):
                for record in session.scalars(select(cls)):
                    remove(session, record)
            for village in session.scalars(select(Village)):
                village.name = f"{village.id}村"
            session.commit()
            self._deeds = session.scalar(select(func.max(TrailEntry.id))) or 0

    def deeds(self, *conditions: Any) -> list[TrailEntry]:
        """What the trail tells of this test."""
        with self.session() as session:
            query = select(TrailEntry).where(TrailEntry.id > self._deeds, *conditions).order_by(TrailEntry.id)
            return list(session.scalars(query))

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session that sees everything."""
        with open_session(self.engine, Scope.everything("test")) as session:
            yield session

    @contextmanager
    def request(self, name: str, url: str = "/admin/") -> Iterator[Session]:
        """A request of somebody's, as the panel sees it once the browser was recognised."""
        with self.app.test_request_context(url):
            role, place = READERS[name]
            villages = Area(villages=frozenset(self.villages(name))) if place else Area(everywhere=True)
            scope = access.scope_for(Actor(self.numbers[name], name), [(role, villages)] if role else [])
            g.user = User(
                id=self.numbers[name], sign_in_id=1, name=name, username=name, language="en",
                roles=(role,) if role else (), whole_district=not place, place="", must_change_password=False,
                scope=scope,
            )  # fmt: skip
            database.session().act_as(scope, writing=False)
            assert identity.signed_in().name == name
            yield database.session()

    def rows_behind(self, name: str, url: str) -> int:
        """How many records the list at an address holds, which must understand every word of it."""
        with self.request(name, url):
            page: Any = views()[urlsplit(url).path.split("/")[2]]._list_page(deleted=False)
        assert not page.notices, (url, page.notices)
        return int(page.pager.total)


@pytest.fixture(scope="session")
def _made(
    run_folder: Path, tmp_path_factory: pytest.TempPathFactory, postgres_databases: PostgresDatabases
) -> Iterator[Any]:
    made: dict[str, Desk] = {}
    with ExitStack() as stack:

        def make(kind: str) -> Desk:
            if kind not in made:
                if kind == "sqlite":
                    url = SQLiteDatabases(run_folder).copy_to(tmp_path_factory.mktemp("made") / "made.db")
                else:
                    url = stack.enter_context(postgres_databases.fresh())
                made[kind] = Desk(url, seed=2)
                stack.callback(made[kind].close)
            made[kind].reset()
            return made[kind]

        yield make


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, _made: Any, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """On both kinds of database."""
    monkeypatch.setenv("TAIZHANG_TODAY", TODAY.isoformat())
    found: Desk = _made(request.param)
    return found


@pytest.fixture
def sqlite_desk(_made: Any, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """For what no database has a say in."""
    monkeypatch.setenv("TAIZHANG_TODAY", TODAY.isoformat())
    found: Desk = _made("sqlite")
    return found
