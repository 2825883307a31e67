"""The ``taizhang`` command: make the register, keep accounts, serve, back up, verify.

Exit status 0, 1 (refused or failed) or 2 (wrong use). It acts as a named system account that the trail shows.
"""

from __future__ import annotations

import getpass
import os
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from admin_app.config import BadSetting, Settings, normalise
from models import clock, migrations, register, trail
from models import session as sessions
from models.account import Account, Grant, Role, password_problem
from models.base import Invalid
from models.engine import make_engine
from models.place import Township, Village
from models.scope import Scope

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Taizhang (台账): the record panel of a district.")
users = typer.Typer(no_args_is_help=True, help="Keep accounts.")
trails = typer.Typer(no_args_is_help=True, help="The trail.")
app.add_typer(users, name="user")
app.add_typer(trails, name="trail")
console = Console(stderr=False)
complaints = Console(stderr=True, style="red")

DEMO_ACCOUNTS = ("district", "nanyuan", "chaoyang", "coordinator", "auditor")
Day = Annotated[str | None, typer.Option("--today", help="The day to act on, YYYY-MM-DD; today otherwise.")]


class Refused(Exception):
    """Something could not be done; the text says why."""


def _settings(demo: bool = False) -> Settings:
    if demo:
        return Settings.from_environment(demo=True)
    data = Path(os.environ.get("TAIZHANG_DATA") or "var").resolve()
    url = os.environ.get("TAIZHANG_DATABASE_URL") or f"sqlite:///{data / 'taizhang.db'}"
    return Settings(normalise(url), "", data)


def _engine() -> Engine:
    settings = _settings()
    if settings.database_url.startswith("sqlite:///"):
        Path(settings.database_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    return make_engine(settings.database_url)


@contextmanager
def _session() -> Iterator[sessions.Session]:
    with sessions.open_session(_engine(), Scope.everything(f"taizhang ({getpass.getuser()})")) as session:
        yield session


def _day(text: str | None) -> date:
    if text is None:
        return clock.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("a day is written YYYY-MM-DD", param_hint="--today") from None


@app.command()
def init() -> None:
    """Make or upgrade the database and load the townships and villages."""
    from seeds.places import load_places

    engine = _engine()
    migrations.upgrade(str(engine.url.render_as_string(hide_password=False)))
    with _session() as session:
        load_places(session)
        session.commit()
        villages = session.scalar(select(func.count()).select_from(Village))
    console.print(f"The database is ready: {villages} villages and communities.")


@app.command()
def demo(
    size: Annotated[
        int,
        typer.Option("--size", min=0, max=5_000_000, help="Residents; more than the demo's own make the big database."),
    ] = 0,
    today: Day = None,
) -> None:
    """Fill an empty database with invented people, around today; print the demo accounts."""
    day = _day(today)
    init()
    with _session() as session:
        if session.scalar(select(func.count()).select_from(Account)):
            raise Refused("The database already has accounts; the demo goes into an empty one.")
    _load_demo(size, day)


def _load_demo(size: int, day: date) -> None:
    from seeds.demo import load_demo

    password = os.environ.get("TAIZHANG_DEMO_PASSWORD") or secrets.token_urlsafe(9)
    with _progress() as progress:
        if size:
            from seeds.bulk import load_big

            load_big(_engine(), size=size, today=day, password=password, progress=progress)
        else:
            with sessions.open_session(_engine(), Scope.everything("演示数据")) as session:
                load_demo(session, day, password, progress=progress)
                session.commit()
    table = Table(title="演示账号 · demo accounts")
    table.add_column("用户名 user")
    table.add_column("密码 password")
    for name in DEMO_ACCOUNTS:
        table.add_row(name, password)
    console.print(table)


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """A bar a label, drawn as the loader reports ``(label, done, total)``."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=complaints if not console.is_terminal else console) as bars:
        known: dict[str, Any] = {}

        def report(label: str, done: int, total: int) -> None:
            if label not in known:
                known[label] = bars.add_task(label, total=total)
            bars.update(known[label], completed=done, total=total)

        yield report


@app.command()
def run() -> None:
    """The demo in one command: make the database, fill it when it is empty, serve it on this machine only."""
    init()
    with _session() as session:
        empty = not session.scalar(select(func.count()).select_from(Account))
    if empty:
        _load_demo(0, clock.today())
    _serve("127.0.0.1", demo=True)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="Processes; more than one needs PostgreSQL under load.")
    ] = 2,
) -> None:
    """Serve the panel. TAIZHANG_SECRET_KEY must be set; PORT is 8000 unless it says otherwise."""
    _serve(host, demo=False, workers=workers)


def _serve(host: str, demo: bool, workers: int = 1) -> None:
    from granian import Granian
    from granian.constants import Interfaces

    settings = Settings.from_environment(demo=demo)
    os.environ["TAIZHANG_SECRET_KEY"] = settings.secret_key
    port = os.environ.get("PORT", "8000")
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise BadSetting(f"PORT is a number from 1 to 65535, not {port!r}")
    console.print(f"台账 http://{host}:{port}  (Ctrl-C 停止 · stops)")
    Granian(
        "admin_app.wsgi:app", address=host, port=int(port), interface=Interfaces.WSGI, workers=workers,
        blocking_threads=4, respawn_failed_workers=True, log_access=False,
        workers_kill_timeout=10,  # a worker that is told to stop while it still starts does not hear it
    ).serve()  # fmt: skip


@users.command("add")
def user_add(
    username: str,
    role: Annotated[Role, typer.Option(help="What the account does.")],
    name: Annotated[str, typer.Option(help="How the account is shown.")] = "",
    village: Annotated[str, typer.Option(help="Code or name of the village the role holds in.")] = "",
    township: Annotated[str, typer.Option(help="Code or name of the township the role holds in.")] = "",
    password: Annotated[
        str, typer.Option(help="Read from the terminal when it is not given.", envvar="TAIZHANG_PASSWORD")
    ] = "",
) -> None:
    """Make an account with one role over a village, a township or (neither given) the whole district."""
    secret = password or typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    with _session() as session:
        account = Account(username=username.lower(), name=name or username)
        account.set_password(secret, must_change=True)
        grant = Grant(account=account, role=role)
        if village:
            grant.village_id = _place(session, Village, village)
        if township:
            grant.township_id = _place(session, Township, township)
        session.add_all([account, grant])
        session.commit()
    console.print(f"{username.lower()} may sign in; the password must be changed the first time.")


def _place(session: sessions.Session, cls: Any, text: str) -> int:
    found = session.scalars(select(cls).where((cls.code == text) | (cls.name == text))).all()
    if len(found) != 1:
        raise Refused(f"{text!r} is {'not known' if not found else 'the name of several; give the code'}")
    return int(found[0].id)


@users.command("passwd")
def user_passwd(
    username: str,
    password: Annotated[
        str, typer.Option(envvar="TAIZHANG_PASSWORD", help="Read from the terminal when it is not given.")
    ] = "",
) -> None:
    """Give an account a new password; its sign-ins end."""
    secret = password or typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    with _session() as session:
        account = _account(session, username)
        if wrong := password_problem(secret, account.username):
            raise Refused(wrong)
        account.set_password(secret, must_change=True)
        session.commit()
    console.print("The password is changed.")


@users.command("disable")
def user_disable(username: str) -> None:
    """Close an account; its sign-ins end. The last district admin cannot be disabled."""
    with _session() as session:
        account = _account(session, username)
        account.disabled = True
        session.commit()
    console.print(f"{username} can no longer sign in.")


def _account(session: sessions.Session, username: str) -> Account:
    found = session.scalars(select(Account).where(Account.username == username.lower())).one_or_none()
    if found is None:
        raise Refused(f"there is no account {username!r}")
    return found


@trails.command("verify")
def trail_verify() -> None:
    """Recompute every chain of the trail; names the first broken row of each, and exits with 1 if there is one."""
    with _session() as session:
        broken = list(trail.verify(session))
        rows = session.scalar(select(func.count()).select_from(trail.TrailEntry))
        chains = session.scalar(select(func.count()).select_from(trail.TrailHead))
    for one in broken:
        complaints.print(f"chain {one.chain}: row {one.seq} {one.what}")
    if broken:
        raise typer.Exit(1)
    console.print(f"The trail is intact: {rows} rows in {chains} chains.")


@app.command()
def report(
    on: Annotated[str | None, typer.Option("--on", help="The day, YYYY-MM-DD; today otherwise.")] = None,
) -> None:
    """Which villages have reported a day, and which have not."""
    from models.report import DailyReport

    day = _day(on)
    with _session() as session:
        reported = {r.village_id: r for r in session.scalars(select(DailyReport).where(DailyReport.on == day))}
        villages = session.scalars(select(Village).order_by(Village.code)).all()
    table = Table(title=f"日报 {day}")
    for heading in ("村（社区）", "上报", "累计居家", "累计解除", "住院"):
        table.add_column(heading)
    for village in villages:
        one = reported.get(village.id)
        figures = (
            ("未报", "", "", "")
            if one is None
            else (one.punctuality.value, str(one.home_total), str(one.released_total), str(one.in_hospital))
        )
        table.add_row(village.name, *figures)
    console.print(table)


@app.command("export")
def export_(
    ledger: str,
    to: Annotated[Path, typer.Option("--to", help="The file to write, .csv or .xlsx.")],
    reason: Annotated[str, typer.Option(help="Why; it goes into the trail and the file.")],
    full: Annotated[bool, typer.Option("--full", help="Identity numbers and phones in full.")] = False,
) -> None:
    """Write a ledger to a file."""
    from admin_app.ledgers import export
    from admin_app.ledgers.fields import exported_names

    cls: Any = next((c for c in register.LEDGERS if c.__ledger__ == ledger), None)
    if cls is None or to.suffix not in (".csv", ".xlsx"):
        raise typer.BadParameter("name one of the ledgers, and a .csv or .xlsx file")
    application = _application()
    with application.test_request_context(), _session() as session:
        what = export.sheet(
            cls, exported_names(cls), [], lambda number: [number], full, f"{session.scope.actor.name}: {reason}"
        )
        trail.note(session, trail.Entry(ledger, trail.Deed.EXPORT, reason=reason))
        session.commit()
        scope, engine = session.scope, _engine()
        with to.open("wb") as file:
            if to.suffix == ".csv":
                file.writelines(export.csv_lines(engine, scope, what))
            else:
                shutil.copyfileobj(export.xlsx_file(engine, scope, what), file)
    console.print(f"Written: {to}")


def _application() -> Any:
    from dataclasses import replace

    from admin_app import create_app

    return create_app(replace(_settings(), secret_key=secrets.token_urlsafe(32)))


@app.command()
def backup(
    to: Annotated[
        Path | None, typer.Option("--to", help="The file to write; otherwise one in the data folder.")
    ] = None,
) -> None:
    """Write a consistent copy of a SQLite database while it is in use. (PostgreSQL: use pg_dump.)"""
    import sqlite3

    source = _sqlite_path()
    target = to or _settings().data / "backups" / f"taizhang-{clock.now():%Y%m%dT%H%M%SZ}.db"
    if target.exists():
        raise Refused(f"{target} exists already")
    target.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(f"file:{source}?mode=ro", uri=True) as reading, sqlite3.connect(target) as writing:
        reading.backup(writing)
        writing.execute("PRAGMA journal_mode = DELETE")
    console.print(f"Written: {target}")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Put a backup in the database's place. Stop the server first; the present database is kept beside it."""
    import sqlite3

    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as reading:
        try:
            whole = reading.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            tables = {row[0] for row in reading.execute("SELECT name FROM sqlite_master")}
        except sqlite3.DatabaseError:
            whole, tables = False, set()
    if not whole or not {"alembic_version", "trail"} <= tables:
        raise Refused(f"{file} is not a whole backup of Taizhang")
    target = _sqlite_path(must_exist=False)
    if not yes:
        typer.confirm(f"Replace {target}?", abort=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        kept = target.with_name(f"{target.name}.before-{clock.now():%Y%m%dT%H%M%SZ}")
        with sqlite3.connect(target) as present:
            present.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        target.replace(kept)
        console.print(f"The present database is kept as {kept}")
    for ending in ("-wal", "-shm"):
        target.with_name(target.name + ending).unlink(missing_ok=True)
    shutil.copyfile(file, target)
    migrations.upgrade(f"sqlite:///{target}")
    console.print(f"Restored from {file}")


def _sqlite_path(must_exist: bool = True) -> Path:
    url = _settings().database_url
    if not url.startswith("sqlite:///"):
        raise Refused("This database is not SQLite: use pg_dump and pg_restore.")
    path = Path(url.removeprefix("sqlite:///"))
    if must_exist and not path.exists():
        raise Refused(f"there is no database at {path}")
    return path


def main() -> None:
    """The entry point: refusals and failures end with 1 and one line, not with a trace."""
    try:
        app()
    except (Refused, BadSetting, Invalid, ValueError) as refused:
        complaints.print(f"taizhang: {refused}", highlight=False, markup=False)
        sys.exit(1)
    except SQLAlchemyError as failed:
        complaints.print(f"taizhang: the database does not answer ({type(failed).__name__})", markup=False)
        sys.exit(1)


if __name__ == "__main__":
    main()
