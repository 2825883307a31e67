"""The panel as people run it: the installed command, the real server, a port of its own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

TODAY = "2020-02-12"
PASSWORD = "on-duty-day-and-night"  # of every demo account
STARTS_WITHIN = 60.0
STOPS_WITHIN = 10.0


@dataclass(frozen=True)
class LiveServer:
    """A panel that answers at `url`."""

    url: str
    data: Path
    database_url: str
    password: str
    today: str

    @property
    def log(self) -> str:
        return (self.data / "server.log").read_text(encoding="utf-8", errors="replace")


def command() -> str:
    """The `taizhang` of the environment that runs the tests."""
    found = shutil.which("taizhang", path=str(Path(sys.executable).parent))
    if found is None:
        raise RuntimeError("the taizhang command is not installed; run: make env")
    return found


def environment(data: Path, database_url: str, **extra: str) -> dict[str, str]:
    return {
        **os.environ,
        "TAIZHANG_DATABASE_URL": database_url,
        "TAIZHANG_SECRET_KEY": "known to every reader of these tests",
        "TAIZHANG_DATA": str(data),
        "TAIZHANG_TODAY": TODAY,
        "TAIZHANG_DEMO_PASSWORD": PASSWORD,
        "PYTHONUNBUFFERED": "1",
        **extra,
    }


def taizhang(*arguments: str, data: Path, database_url: str, **extra: str) -> str:
    """Runs one command to its end, returns what it printed."""
    done = subprocess.run(
        [command(), *arguments],
        env=environment(data, database_url, **extra),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    if done.returncode:
        raise RuntimeError(f"taizhang {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}")
    return done.stdout


@contextmanager
def serving(data: Path, database_url: str, **extra: str) -> Iterator[LiveServer]:
    """A server over a database that is already migrated; it ends with the block."""
    data.mkdir(parents=True, exist_ok=True)
    port = free_port()
    server = LiveServer(f"http://127.0.0.1:{port}", data, database_url, PASSWORD, extra.get("TAIZHANG_TODAY", TODAY))
    with (data / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [command(), "serve"],
            env=environment(data, database_url, PORT=str(port), **extra),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # so that its workers can be ended with it
        )
        try:
            _wait_until_healthy(process, server)
            yield server
        finally:
            _end(process)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(done: Callable[[], bool], seconds: float = 60) -> None:
    """Look again and again at something that another process does; there is no event of it to wait for."""
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.05)


def _wait_until_healthy(process: subprocess.Popen[bytes], server: LiveServer) -> None:
    def healthy() -> bool:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}:\n{server.log}")
        return answers(server.url)

    try:
        until(healthy, STARTS_WITHIN)
    except AssertionError as failed:
        raise RuntimeError(f"/healthz within {STARTS_WITHIN:.0f} seconds: {failed}\n{server.log}") from None


def answers(url: str) -> bool:
    """True once a server is there; one that is not well ends the wait."""
    status = health(url)
    if status not in (None, HTTPStatus.OK):
        raise RuntimeError(f"/healthz answers {status}")
    return status is not None


def health(url: str) -> int | None:
    """What a server says of itself, if only that it knows no /healthz; None while there is none."""
    try:
        with closing(HTTPConnection(urlsplit(url).netloc, timeout=5)) as connection:
            connection.request("GET", "/healthz")
            return connection.getresponse().status
    except (OSError, HTTPException):
        return None


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOPS_WITHIN)
    except subprocess.TimeoutExpired:
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
