"""Panels over a small district and one that has lived, one a kind of database: nothing here writes but the trail."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pytest
import python_calamine
from flask import Flask
from sqlalchemy import Engine, select

from models import clock
from models import session as sessions
from models.account import Account, Grant, Language, Role, SignIn
from models.engine import make_engine
from models.place import Village
from models.scope import Scope
from models.trail import TrailEntry
from tests.admin_app.support.browsing import Browser, Page
from tests.admin_app.support.district import password_hash
from tests.admin_app.support.panels import app_over
from tests.models.summaries.lived import VILLAGE, copied, copied_to_postgres, told
from tests.models.summaries.whole import full_world
from tests.models.summaries.world import World
from tests.support.databases import PostgresDatabases, SQLiteDatabases

Cells = list[list[Any]]


@dataclass(frozen=True)
class Reader:
    """An account: its role, and where it holds."""

    name: str
    role: Role
    village_id: int | None = None
    township_id: int | None = None


READERS: Final = (
    Reader("district", Role.DISTRICT),
    Reader("township", Role.DISTRICT, township_id=1),
    Reader("one", Role.VILLAGE, village_id=1),
    Reader("two", Role.VILLAGE, village_id=2),
    Reader("empty", Role.VILLAGE, village_id=5),
    Reader("coordinator", Role.COORDINATOR),
    Reader("auditor", Role.AUDITOR),
)


@dataclass
class Desk:
    """The panel, what is in its database, and people at it."""

    app: Flask
    engine: Engine
    world: World
    _browsers: dict[tuple[str, str], Browser] = field(default_factory=dict)

    def as_(self, name: str, language: str = "zh") -> Browser:
        """A reader's browser."""
        if (name, language) not in self._browsers:
            self._browsers[name, language] = Browser(self.app, token_of(name), language)
        return self._browsers[name, language]

    def take(self, name: str, path: str, language: str = "zh", **typed: Any) -> Page:
        """Take a workbook, with a reason unless another is typed."""
        return self.as_(name, language).post(path, {"reason": "上报", "as": "xlsx", **typed})

    def trail(self, since: int = 0) -> list[TrailEntry]:
        """The rows of the trail after a number."""
        with sessions.open_session(self.engine, Scope.everything("test"), writing=False) as session:
            return list(session.scalars(select(TrailEntry).where(TrailEntry.id > since).order_by(TrailEntry.id)))

    def last(self) -> int:
        """The number of the newest row of the trail."""
        return max((entry.id for entry in self.trail()), default=0)


def token_of(name: str) -> str:
    return f"token-of-{name}"


def cells(page: Page) -> dict[str, Cells]:
    """A workbook as another program reads it, sheet by sheet."""
    assert page.status == 200, page.main[:300]
    book = python_calamine.load_workbook(BytesIO(page.body))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


@contextmanager
def _desk_over(url: str) -> Iterator[Desk]:
    engine, world = make_engine(url), full_world()
    world.store(engine)
    with _opened(url, engine, world, READERS) as desk:
        yield desk


@contextmanager
def _lived_desk_over(url: str, told: World) -> Iterator[Desk]:
    """A desk over the district that has lived, which knows of it what its trail tells."""
    [own] = [row["id"] for row in told.rows[Village] if row["name"] == VILLAGE]
    readers = (Reader("whole", Role.DISTRICT), Reader("own", Role.VILLAGE, village_id=own))
    with _opened(url, make_engine(url), told, readers) as desk:
        yield desk


@contextmanager
def _opened(url: str, engine: Engine, world: World, readers: Iterable[Reader]) -> Iterator[Desk]:
    _make_accounts(engine, readers)
    with app_over(url) as app:
        yield Desk(app, engine, world)
    engine.dispose()


@pytest.fixture(scope="session")
def sqlite_desk(_today: None, run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The desk on SQLite, for what no database has a say in."""
    url = SQLiteDatabases(run_folder).copy_to(tmp_path_factory.mktemp("exchange") / "taizhang.db")
    with _desk_over(url) as desk:
        yield desk


@pytest.fixture(scope="session")
def postgres_desk(_today: None, postgres_databases: PostgresDatabases) -> Iterator[Desk]:
    """The desk on PostgreSQL."""
    with postgres_databases.fresh() as url, _desk_over(url) as desk:
        yield desk


@pytest.fixture(params=["sqlite", "postgres"])
def desk(request: pytest.FixtureRequest) -> Desk:
    """The desk; the test runs once on each kind of database."""
    found: Desk = request.getfixturevalue(f"{request.param}_desk")
    return found


@pytest.fixture(scope="session")
def sqlite_lived_desk(_today: None, run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The desk over the district that has lived, on SQLite."""
    with _lived_desk_over(copied(run_folder, tmp_path_factory.mktemp("lived")), told(run_folder)) as desk:
        yield desk


@pytest.fixture(scope="session")
def postgres_lived_desk(_today: None, run_folder: Path, postgres_databases: PostgresDatabases) -> Iterator[Desk]:
    """The same on PostgreSQL."""
    with copied_to_postgres(run_folder, postgres_databases) as url, _lived_desk_over(url, told(run_folder)) as desk:
        yield desk


@pytest.fixture(params=["sqlite", "postgres"])
def lived_desk(request: pytest.FixtureRequest) -> Desk:
    """The desk over the district that has lived; the test runs once on each kind of database."""
    found: Desk = request.getfixturevalue(f"{request.param}_lived_desk")
    return found


def _make_accounts(engine: Engine, readers: Iterable[Reader]) -> None:
    """An account for every reader, signed in."""
    now = clock.now() - timedelta(seconds=1)
    with sessions.open_session(engine, Scope.everything("founder")) as session:
        for reader in readers:
            account: Any = Account(username=reader.name, name=f"{reader.name} reader", language=Language.CHINESE)
            account.password_hash, account.must_change_password = password_hash(), False
            account.grants = [Grant(role=reader.role, village_id=reader.village_id, township_id=reader.township_id)]
            session.add(account)
            session.flush()
            hashed = hashlib.sha256(token_of(reader.name).encode()).hexdigest()
            begun = SignIn(account_id=account.id, token_hash=hashed, started_at=now, seen_at=now, address="127.0.0.1")
            session.add(begun)
        session.commit()
