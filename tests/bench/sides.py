"""The two panels, each in a process of its own and asked in turns: one's memory and garbage are not the other's."""

from __future__ import annotations

import gc
import multiprocessing
import os
import re
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tests.bench.databases import DISTRICT, PASSWORD, TODAY, VILLAGE, Databases, Facts, url

HOST = "http://localhost"
FROM = {"REMOTE_ADDR": "127.0.0.1"}
SECRET = "known to every reader of this bench"
TOKEN = re.compile(r'name="csrf_token" (?:[^>]* )?value="([^"]+)"')


class Panel(StrEnum):
    """The two that are compared."""

    VANILLA = "vanilla"
    OURS = "ours"


@dataclass
class Reply:
    """An answer: of a file only its lines are counted, a page is kept whole."""

    status: int
    text: str = ""
    lines: int = 0
    size: int = 0


@dataclass
class Side:
    """One panel, inside its process, as cases ask it."""

    panel: Panel
    databases: Databases
    app: Any
    clients: dict[str, Any] = field(default_factory=dict)
    session: Any = None
    """What summaries are asked over: ours is confined to the district admin's scope."""
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def facts(self) -> Facts:
        """What there is to ask for."""
        return self.databases.facts

    def client(self, account: str) -> Any:
        """A browser: on our side signed in once, through the form; plain Flask-Admin knows no accounts."""
        from werkzeug.test import Client

        if account not in self.clients:
            self.clients[account] = client = Client(self.app)
            if self.panel is Panel.OURS:
                token = token_of(client.get("/login", base_url=HOST, environ_base=FROM).get_data(as_text=True))
                form = {"username": account, "password": PASSWORD, "csrf_token": token}
                answer = client.post("/login", data=form, base_url=HOST, environ_base=FROM)
                if answer.status_code != 302:
                    raise RuntimeError(f"{account} could not sign in: {answer.status_code}")
        return self.clients[account]

    def page(self, path: str, account: str = DISTRICT, form: dict[str, Any] | None = None) -> Callable[[], Reply]:
        """A page to be asked for; with a form, to be posted."""
        client, method = self.client(account), "GET" if form is None else "POST"

        def ask() -> Reply:
            answer = client.open(path, method=method, data=form, base_url=HOST, environ_base=FROM)
            body = answer.get_data(as_text=True)
            return Reply(answer.status_code, body, size=len(body))

        return ask

    def file(
        self, path: str, account: str = DISTRICT, form: dict[str, Any] | None = None, footer: int = 0
    ) -> Callable[[], Reply]:
        """A file to be taken out, read piece by piece as a network would; its last lines may be no records."""
        client, method = self.client(account), "GET" if form is None else "POST"

        def ask() -> Reply:
            answer = client.open(path, method=method, data=form, base_url=HOST, environ_base=FROM)
            reply = Reply(answer.status_code, lines=-footer)
            for piece in answer.iter_encoded():
                reply.lines += piece.count(b"\n")
                reply.size += len(piece)
            answer.close()
            return reply

        return ask

    def stir(self) -> None:
        """Write something in one village, as somebody does every few seconds: what was kept of it holds no longer."""
        if self.panel is Panel.VANILLA:
            return
        from models.resident import Resident
        from models.scope import Scope
        from models.session import open_session

        self.kept["stirred"] = self.kept.get("stirred", 0) + 1
        with open_session(self.session.get_bind(), Scope.everything("bench")) as session:
            session.get_one(Resident, self.facts.resident).note = f"stirred {self.kept['stirred']}"
            session.commit()

    def token(self, path: str, account: str = DISTRICT) -> str:
        """A CSRF token; it lives as long as the sign-in."""
        if (account, "token") not in self.kept:
            self.kept[account, "token"] = token_of(self.page(path, account)().text)  # type: ignore[index]
        return str(self.kept[account, "token"])  # type: ignore[index]


def token_of(page: str) -> str:
    """The CSRF token of a page's form."""
    found = TOKEN.search(page)
    if found is None:
        raise RuntimeError("this page has no form with a token")
    return found[1]


@dataclass(frozen=True)
class Measured:
    """One run of a case on one side. ``answer`` is what both sides must agree on."""

    seconds: float
    cpu: float
    answer: Any
    size: int
    peak: int = 0
    """The most memory that the process held meanwhile, in bytes, where the system tells."""
    before: int = 0


class Asked:
    """The process of one panel, from outside."""

    def __init__(self, panel: Panel, databases: Databases):
        self.panel = panel
        context = multiprocessing.get_context("spawn")
        self._here, there = context.Pipe()
        self._process = context.Process(target=_serve, args=(there, panel, databases), daemon=True)
        self._process.start()
        there.close()

    def run(self, case: str, memory: bool = False) -> Measured:
        """Ask one case once."""
        self._here.send((case, memory))
        found = self._here.recv()
        if isinstance(found, Measured):
            return found
        raise RuntimeError(f"{self.panel} failed in {case}:\n{found}")

    def close(self) -> None:
        """End the process."""
        self._here.close()
        self._process.join(10)


@contextmanager
def both(databases: Databases) -> Iterator[dict[Panel, Asked]]:
    """The two panels, for as long as the block lasts."""
    sides = {panel: Asked(panel, databases) for panel in Panel}
    try:
        yield sides
    finally:
        for side in sides.values():
            side.close()


def environment(databases: Databases) -> dict[str, str]:
    """What a panel's process finds in its environment."""
    return {
        "TAIZHANG_TODAY": TODAY.isoformat(),
        "TAIZHANG_DATABASE_URL": url(databases.ours),
        "TAIZHANG_SECRET_KEY": SECRET,
        "TAIZHANG_DATA": str(databases.ours.parent),
        "TAIZHANG_BENCH_VANILLA": str(databases.vanilla),
    }


def _serve(pipe: Connection, panel: Panel, databases: Databases) -> None:
    """Inside: make the panel, answer until nobody asks any more."""
    os.environ.update(environment(databases))
    side = _make(panel, databases)
    while True:
        try:
            case, memory = pipe.recv()
        except EOFError:
            return
        try:
            pipe.send(_measure(side, case, memory))
        except Exception:
            pipe.send(traceback.format_exc())


def _make(panel: Panel, databases: Databases) -> Side:
    from models.scope import Scope
    from models.session import Session

    if panel is Panel.VANILLA:
        from sqlalchemy import create_engine

        from tests.bench.vanilla import create_app

        session = Session(create_engine(url(databases.vanilla)))
        session.act_as(Scope.everything("bench"))
        return Side(panel, databases, create_app(str(databases.vanilla)), session=session)
    from admin_app import create_app as create_ours
    from admin_app.access import scope_for
    from models.account import Role
    from models.engine import make_engine
    from models.scope import EVERYWHERE, Actor

    session = Session(make_engine(url(databases.ours)))
    session.act_as(scope_for(Actor(None, "bench"), [(Role.DISTRICT, EVERYWHERE)]))
    return Side(panel, databases, create_ours(), session=session)


def _measure(side: Side, name: str, memory: bool) -> Measured:
    from tests.bench.cases import CASES

    case = CASES[name]
    ask = (case.ours if side.panel is Panel.OURS else case.vanilla)(side)  # type: ignore[misc]
    gc.collect()
    before = _forget_peak() if memory else 0
    cpu, start = time.process_time(), time.perf_counter()
    reply = ask()
    seconds, used = time.perf_counter() - start, time.process_time() - cpu
    peak = _status("VmHWM") if memory else 0
    if side.session is not None:
        side.session.rollback()
        side.session.expunge_all()
    if isinstance(reply, Reply):
        if reply.status not in (200, 302):
            raise RuntimeError(f"{reply.status}: {reply.text[:2000]}")
        return Measured(seconds, used, case.answer(reply), reply.size, peak, before)
    return Measured(seconds, used, case.answer(reply), 0, peak, before)


def _forget_peak() -> int:
    """Begin to watch the peak anew; what the process holds now."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return 0
    return _status("VmRSS")


def _status(name: str) -> int:
    try:
        lines: Iterable[str] = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(name)), 0)


__all__ = ["DISTRICT", "VILLAGE", "Asked", "Measured", "Panel", "Reply", "Side", "both", "environment", "token_of"]
