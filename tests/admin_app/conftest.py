"""Panels over a small district, on both kinds of database."""

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.admin_app.support.district import make_district
from tests.admin_app.support.panels import Panel, PostgresStore, SQLiteStore, Store
from tests.admin_app.support.values import TODAY


@pytest.fixture(scope="session", autouse=True)
def _today() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TAIZHANG_TODAY", TODAY.isoformat())
        yield


@pytest.fixture(scope="session")
def _panels(
    _today: None, run_folder: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Callable[[str], Panel]]:
    made: dict[str, Panel] = {}

    def panel_for(kind: str) -> Panel:
        if kind not in made:
            store: Store
            if kind == "sqlite":
                base = run_folder / f"panel-{os.getpid()}"
                base.mkdir()
                store = SQLiteStore(run_folder, base, make_district)
            else:
                databases = request.getfixturevalue("postgres_databases")
                store = PostgresStore(run_folder, databases, f"panel_{uuid.uuid4().hex}", make_district)
            store.reset()
            made[kind] = Panel(store)
        return made[kind]

    yield panel_for
    for panel in made.values():
        panel.let_go()
        if isinstance(panel.store, PostgresStore):
            panel.store.drop()


@pytest.fixture(params=["sqlite", "postgresql"])
def panel(request: pytest.FixtureRequest, _panels: Callable[[str], Panel]) -> Panel:
    """A panel over a fresh copy of the small district; the test runs once on each kind of database."""
    found = _panels(request.param)
    found.reset()
    return found


@pytest.fixture
def sqlite_panel(_panels: Callable[[str], Panel]) -> Panel:
    """A panel over a fresh copy on SQLite, for what no database has a say in."""
    found = _panels("sqlite")
    found.reset()
    return found
