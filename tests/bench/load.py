"""Several people at once: either panel behind the same server, asked by clients that keep their connections."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from tests.bench.cases import Case
from tests.bench.databases import PASSWORD, VILLAGE, Databases
from tests.bench.sides import Panel, environment, token_of
from tests.support.server import free_port, health, until

WORKERS, THREADS = 2, 4  # as the panel is served
SECONDS, TURNS = 4.0, 3
TARGETS = {Panel.OURS: ("admin_app.wsgi:app", ()), Panel.VANILLA: ("tests.bench.vanilla:create_app", ("--factory",))}
PATHS = {Panel.OURS: "/admin/resident/", Panel.VANILLA: "/admin/resident/?flt0_village_id_equals={village}"}


def requests_a_second(case: Case, databases: Databases) -> dict[Panel, float]:
    """How many answers a second each panel gives, asked in turns."""
    with ExitStack() as stack:
        ports = {panel: stack.enter_context(_served(panel, databases)) for panel in Panel}
        cookie = {Panel.OURS: _signed_in(ports[Panel.OURS]), Panel.VANILLA: ""}
        path = {panel: PATHS[panel].format(village=databases.facts.village) for panel in Panel}
        for panel in Panel:
            _ask_for(ports[panel], path[panel], cookie[panel], case.clients, 1.0)
        found: dict[Panel, list[float]] = {panel: [] for panel in Panel}
        for _turn in range(TURNS):
            for panel in Panel:
                found[panel].append(_ask_for(ports[panel], path[panel], cookie[panel], case.clients, SECONDS))
    return {panel: median(rates) for panel, rates in found.items()}


@contextmanager
def _served(panel: Panel, databases: Databases) -> Iterator[int]:
    target, more = TARGETS[panel]
    port = free_port()
    command = [
        str(Path(sys.executable).with_name("granian")), target, *more, "--interface", "wsgi", "--host", "127.0.0.1",
        "--port", str(port), "--workers", str(WORKERS), "--blocking-threads", str(THREADS), "--no-log",
    ]  # fmt: skip
    root = Path(__file__).parents[2]
    env = {**os.environ, **environment(databases), "PYTHONPATH": str(root)}
    process = subprocess.Popen(
        command, env=env, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        _wait(port, process)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    until(lambda: process.poll() is not None or health(f"http://127.0.0.1:{port}") is not None)
    if process.poll() is not None:
        raise RuntimeError("the server did not start")


def _signed_in(port: int) -> str:
    """The cookie of a sign-in through the form."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("GET", "/login")
        answer = connection.getresponse()
        page, cookie = answer.read().decode(), _cookie(answer.getheader("Set-Cookie"))
        form = urlencode({"username": VILLAGE, "password": PASSWORD, "csrf_token": token_of(page)})
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/login", form, headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 302:
            raise RuntimeError(f"the sign-in was answered with {answer.status}")
        return _cookie(answer.getheader("Set-Cookie"))


def _cookie(header: str | None) -> str:
    return (header or "").split(";")[0]


def _ask_for(port: int, path: str, cookie: str, clients: int, seconds: float) -> float:
    """Answers a second, counted in a process of their own, so that asking does not slow the asked."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_ask, (port, path, cookie, clients, seconds))


def _ask(port: int, path: str, cookie: str, clients: int, seconds: float) -> float:
    counts, failures = [0] * clients, []
    start = time.monotonic()

    def client(number: int) -> None:
        with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
            while time.monotonic() < start + seconds:
                connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
                answer = connection.getresponse()
                body = answer.read()
                if answer.status != 200 or b'name="rowid"' not in body:
                    failures.append(answer.status)
                    return
                counts[number] += 1

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise RuntimeError(f"answered with {failures[0]}")
    return sum(counts) / (time.monotonic() - start)
