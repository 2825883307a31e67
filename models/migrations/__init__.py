"""Migrations: ``upgrade`` and ``downgrade`` a database, ``revise`` to draft the next step.

The Alembic configuration is made here, so that an installed panel needs no ``alembic.ini``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from alembic import command
from alembic.config import Config
from sqlalchemy import event, text

from models.engine import make_engine

_SCRIPTS: Final = "models:migrations"
_LOCK: Final = 0x7A_7A_01  # any number that nobody else locks


def upgrade(url: str, revision: str = "head") -> None:
    """Bring a database up to a revision: all of it or, if anything fails, nothing."""
    _run(url, lambda config: command.upgrade(config, revision))


def downgrade(url: str, revision: str) -> None:
    """Take a database back to a revision ("base": to nothing)."""
    _run(url, lambda config: command.downgrade(config, revision))


def revise(url: str, message: str, revision: str) -> None:
    """Draft the next migration from what the database at ``url`` lacks; to be read before it is used."""
    _run(url, lambda config: command.revision(config, message, autogenerate=True, rev_id=revision))


def _loosen(connection: Any, _: object) -> None:
    """A table that is written anew must not take with it what points at it; and an index takes room to be made."""
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("PRAGMA cache_size = -131072")


def _run(url: str, act: Callable[[Config], object]) -> None:
    """Do something with Alembic in one transaction, one process at a time."""
    config = Config()
    config.set_main_option("script_location", _SCRIPTS.replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    engine = make_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _loosen)
    try:
        with engine.execution_options(begin="IMMEDIATE").begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            config.attributes["connection"] = connection
            act(config)
            if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise RuntimeError("the migration would leave references to nothing")
    finally:
        engine.dispose()
