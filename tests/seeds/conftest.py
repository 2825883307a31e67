"""The demo, made once a test run on each kind of database, for tests that only look."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import Engine, select

from models.engine import make_engine
from models.place import Village
from models.scope import Scope
from models.session import Session, open_session
from seeds.demo import load_demo
from tests.support.databases import SQLiteDatabases, once

TODAY: Final = date(2020, 2, 12)
PASSWORD: Final = "round-the-clock-2020"
SYSTEM: Final = Scope.everything("演示数据 demo")


def load(engine: Engine, today: date = TODAY) -> None:
    with open_session(engine, SYSTEM) as session:
        load_demo(session, today, PASSWORD)
        session.commit()


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAIZHANG_TODAY", TODAY.isoformat())


@pytest.fixture(scope="session")
def demo_engine(run_folder: Path) -> Iterator[Engine]:
    """The demo on SQLite."""
    path = run_folder / "seeds-demo.db"

    def make() -> None:
        path.unlink(missing_ok=True)
        engine = make_engine(SQLiteDatabases(run_folder).copy_to(path))
        load(engine)
        engine.dispose()

    once(run_folder / "seeds-demo.done", make)
    engine = make_engine(SQLiteDatabases.url(path))
    yield engine
    engine.dispose()


@pytest.fixture
def demo(demo_engine: Engine) -> Iterator[Session]:
    """A session over the demo."""
    with open_session(demo_engine, SYSTEM, writing=False) as session:
        yield session


def of_village(demo: Session, cls: Any, name: str) -> list[Any]:
    """A village's records of a class."""
    return list(demo.scalars(select(cls).join(cls.village).where(Village.name == name)))
