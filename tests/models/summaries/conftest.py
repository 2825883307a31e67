"""The district that has lived, on each kind of database and as its trail tells it. Nobody writes to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.engine import make_engine
from models.scope import Scope
from models.session import open_session
from tests.models.summaries.lived import copied_to_postgres, lived
from tests.models.summaries.retold import entries, retold
from tests.models.summaries.world import World
from tests.support.databases import PostgresDatabases, SQLiteDatabases


@pytest.fixture(scope="session")
def lived_sqlite(run_folder: Path) -> Iterator[Engine]:
    engine = make_engine(SQLiteDatabases.url(lived(run_folder)))
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def lived_postgres(run_folder: Path, postgres_databases: PostgresDatabases) -> Iterator[Engine]:
    with copied_to_postgres(run_folder, postgres_databases) as url:
        engine = make_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def lived_engine(request: pytest.FixtureRequest) -> Engine:
    """The district; the test runs once on each kind of database."""
    found: Engine = request.getfixturevalue(f"lived_{request.param}")
    return found


@pytest.fixture(scope="session")
def told(lived_sqlite: Engine) -> World:
    """Its records, as the trail tells them."""
    with open_session(lived_sqlite, Scope.everything("test"), writing=False) as session:
        return retold(entries(session))
