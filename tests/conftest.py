"""Fixtures that every test may use: databases of both kinds, a running server, a browser."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from tests.support.databases import (
    PostgresDatabases,
    SQLiteDatabases,
    forget_settings,
    make_run_folder,
    once,
    stop_postgres,
)
from tests.support.server import LiveServer, serving, taizhang

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from sqlalchemy import Engine

    from tests.support.browser import Pages

# the folder that the processes of one test run share
RUN = pytest.StashKey[Path]()

# two busy cores make every deadline a matter of luck; a red build must be red again when repeated
hypothesis.settings.register_profile("taizhang", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("taizhang")


# ---- the run ----


def is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def pytest_configure(config: pytest.Config) -> None:
    forget_settings()
    if is_worker(config):
        config.stash[RUN] = Path(config.workerinput["taizhang_run"])  # type: ignore[attr-defined]
    else:
        config.stash[RUN] = make_run_folder()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["taizhang_run"] = str(node.config.stash[RUN])


def pytest_unconfigure(config: pytest.Config) -> None:
    if is_worker(config) or RUN not in config.stash:
        return
    stop_postgres(config.stash[RUN])
    shutil.rmtree(config.stash[RUN], ignore_errors=True)


@pytest.fixture(scope="session")
def run_folder(pytestconfig: pytest.Config) -> Path:
    return pytestconfig.stash[RUN]


# ---- databases ----


@pytest.fixture(scope="session")
def postgres_databases(run_folder: Path) -> Iterator[PostgresDatabases]:
    databases = PostgresDatabases(run_folder)
    yield databases
    databases.close()


@pytest.fixture(scope="session")
def postgres_url(postgres_databases: PostgresDatabases) -> str:
    """The PostgreSQL server's own database, for tests that manage databases and roles."""
    return postgres_databases.url()


@pytest.fixture
def postgres_database_url(postgres_databases: PostgresDatabases) -> Iterator[str]:
    """A migrated, empty PostgreSQL database of this test's own."""
    with postgres_databases.fresh() as url:
        yield url


@pytest.fixture
def sqlite_database_url(run_folder: Path, tmp_path: Path) -> str:
    """A migrated, empty SQLite database of this test's own."""
    return SQLiteDatabases(run_folder).copy_to(tmp_path / "taizhang.db")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated, empty database of this test's own; the test runs once on each kind."""
    names = {"sqlite": "sqlite_database_url", "postgresql": "postgres_database_url"}
    url: str = request.getfixturevalue(names[request.param])
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def blank_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without a single table, for tests of the migrations; the test runs once on each kind."""
    if request.param == "sqlite":
        yield SQLiteDatabases.url(tmp_path / "blank.db")
    else:
        databases: PostgresDatabases = request.getfixturevalue("postgres_databases")
        with databases.fresh(migrated=False) as url:
            yield url


@pytest.fixture
def engine(database_url: str) -> "Iterator[Engine]":
    """The panel's own engine over `database_url`."""
    from models.engine import make_engine

    engine = make_engine(database_url)
    yield engine
    engine.dispose()


# ---- a running server ----


@pytest.fixture(scope="session")
def demo_data(run_folder: Path) -> Path:
    """A folder with the demo's database, made once a run. Copy it before writing to it."""
    made = run_folder / "demo"

    def make() -> None:
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir()
        url = SQLiteDatabases.url(made / "taizhang.db")
        taizhang("init", data=made, database_url=url)
        taizhang("demo", data=made, database_url=url)

    once(run_folder / "demo.done", make)
    return made


@pytest.fixture(scope="session")
def demo_server(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server over the demo, shared by the tests that only look."""
    data = tmp_path_factory.mktemp("demo") / "data"
    shutil.copytree(demo_data, data)
    with serving(data, SQLiteDatabases.url(data / "taizhang.db")) as server:
        yield server


@pytest.fixture
def live_server(demo_data: Path, tmp_path: Path) -> Iterator[LiveServer]:
    """A server over a copy of the demo that is this test's own, for tests that change something."""
    data = tmp_path / "data"
    shutil.copytree(demo_data, data)
    with serving(data, SQLiteDatabases.url(data / "taizhang.db")) as server:
        yield server


# ---- a browser ----


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    from playwright.sync_api import sync_playwright

    from tests.support.browser import ARGUMENTS, find_chromium

    executable = find_chromium()
    if executable is None:
        pytest.fail(
            "no Chromium for the browser tests; on Debian: apt-get install chromium fonts-noto-cjk",
            pytrace=False,
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def pages(browser: "Browser") -> "Iterator[Pages]":
    """Opens further pages: `pages.open("phone", java_script_enabled=False)`."""
    from tests.support.browser import Pages

    pages = Pages(browser)
    yield pages
    pages.close()


@pytest.fixture
def desk_page(pages: "Pages") -> "Page":
    """An office PC: 1366 x 768."""
    return pages.open("desk")


@pytest.fixture
def phone_page(pages: "Pages") -> "Page":
    """A phone at a door: 390 x 844, touch."""
    return pages.open("phone")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """A page that misbehaved fails its test, not the clearing up after it."""
    pages: Pages | None = getattr(item, "funcargs", {}).get("pages")
    try:
        outcome = yield
    except Exception:
        if pages is not None:
            item.add_report_section("call", "browser", "\n".join(pages.problems()))
        raise
    if pages is not None and (problems := pages.problems()):
        pytest.fail("in the browser: " + "\n".join(problems), pytrace=False)
    return outcome
