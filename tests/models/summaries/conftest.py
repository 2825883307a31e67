"""The district that has lived, on each kind of database and as its trail tells it. Nobody writes to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.engine import make_engine
from tests.models.summaries import lived
from tests.models.summaries.world import World
from tests.support.databases import PostgresDatabases, SQLiteDatabases


@pytest.fixture(scope="session")
def lived_sqlite(run_folder: Path) -> Iterator[Engine]:
    engine = make_engine(SQLiteDatabases.url(lived.lived(run_folder)))
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def lived_postgres(run_folder: Path, postgres_databases: PostgresDatabases) -> Iterator[Engine]:
    with lived.copied_to_postgres(run_folder, postgres_databases) as url:
        engine = make_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def lived_engine(request: pytest.FixtureRequest) -> Engine:
    """The district; the test runs once on each kind of database."""
    found: Engine = request.getfixturevalue(f"lived_{request.param}")
    return found


@pytest.fixture(scope="session")
def told(run_folder: Path) -> World:
    """Its records, as its trail tells them."""
    return lived.told(run_folder)
