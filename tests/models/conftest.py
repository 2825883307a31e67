"""Sessions over a migrated database of the test's own, on a day that stands still."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from sqlalchemy import Engine

from models.scope import Scope
from models.session import Session, open_session
from tests.models.factories import EVERYTHING, TODAY, District


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAIZHANG_TODAY", TODAY.isoformat())


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session of the system, confined by nothing."""
    with open_session(engine, EVERYTHING, writing=False) as session:
        yield session


@pytest.fixture
def district(session: Session) -> District:
    return District(session)


@pytest.fixture
def acting(engine: Engine) -> Iterator[Callable[[Scope], Session]]:
    """Opens further sessions: ``acting(scope)``. SQLite lets them write one after another, each after a commit."""
    with ExitStack() as stack:
        yield lambda scope: stack.enter_context(open_session(engine, scope, writing=False))
