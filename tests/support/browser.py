"""Chromium as a desk and as a phone, watched: an error in the console or a request that leaves this machine
fails the test, whatever it was about."""

import os
import re
import shutil
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, WebError, WebSocket, expect
from playwright.sync_api import Error as PlaywrightError

HERE = "127.0.0.1"

PATIENCE = 30_000  # milliseconds until what should come is given up: a machine may be busy with other tests
expect.set_options(timeout=PATIENCE)

PEOPLE_HERE = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
DEVICES: dict[str, dict[str, Any]] = {
    "desk": {"viewport": {"width": 1366, "height": 768}},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 2,
        "is_mobile": True,
        "has_touch": True,
    },
}

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    # a page that names another host is told that there is none
    f"--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE {HERE}",
]


def find_chromium() -> str | None:
    if named := os.environ.get("CHROMIUM"):
        return named
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
    return next(filter(None, map(shutil.which, names)), None)


class Watch:
    """Collects what must not happen in the pages of one context."""

    def __init__(self, context: BrowserContext) -> None:
        self._context = context
        self._problems: list[str] = []
        self._expected: list[re.Pattern[str]] = []
        context.on("console", self._console)
        context.on("weberror", self._page_error)
        context.on("request", self._request)
        context.on("page", lambda page: page.on("websocket", self._websocket))

    def expect(self, pattern: str) -> None:
        """Says that a problem matching `pattern` is meant, such as a refused page's "403"."""
        self._expected.append(re.compile(pattern))

    def problems(self) -> list[str]:
        for page in self._context.pages:
            try:
                page.evaluate("0")  # hears what the browser has said so far
            except PlaywrightError:
                continue  # a page that is closed or leaving
        return [line for line in self._problems if not any(known.search(line) for known in self._expected)]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._problems.append(f"console error: {message.text} ({message.location['url']})")

    def _page_error(self, error: WebError) -> None:
        self._problems.append(f"uncaught error: {error.error}")

    def _request(self, request: Request) -> None:
        self._leaving(request.url)

    def _websocket(self, socket: WebSocket) -> None:
        self._leaving(socket.url)

    def _leaving(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in {"http", "https", "ws", "wss", "ftp"} and parts.hostname != HERE:
            self._problems.append(f"request that leaves this machine: {url}")


class Pages:
    """Opens watched pages; each in a context of its own, as if by another person."""

    def __init__(self, browser: Any) -> None:
        self._browser = browser
        self._watches: dict[BrowserContext, Watch] = {}

    def open(self, device: str = "desk", **options: Any) -> Page:
        context: BrowserContext = self._browser.new_context(**{**PEOPLE_HERE, **DEVICES[device], **options})
        context.set_default_timeout(PATIENCE)
        self._watches[context] = Watch(context)
        return context.new_page()

    def expect_problem(self, page: Page, pattern: str) -> None:
        self._watches[page.context].expect(pattern)

    def problems(self) -> list[str]:
        return [line for watch in self._watches.values() for line in watch.problems()]

    def close(self) -> None:
        for context in self._watches:
            context.close()
