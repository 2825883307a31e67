"""The same seed and day give the same data, whatever the database."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from models.engine import make_engine
from tests.seeds.conftest import load
from tests.seeds.dumping import dump


@pytest.fixture
def again(postgres_database_url: str) -> Iterator[Engine]:
    engine = make_engine(postgres_database_url)
    load(engine)
    yield engine
    engine.dispose()


def test_the_demo_is_the_same_when_it_is_made_again_on_the_other_database(demo_engine: Engine, again: Engine) -> None:
    first, second = dump(demo_engine), dump(again)
    for name, rows in first.items():
        assert rows == second[name], name
