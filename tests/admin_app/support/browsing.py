"""A browser without a screen: it follows the forms and links of a page, and knows what a person would read in it."""

import html
import re
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from flask.testing import FlaskClient

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass
class Field:
    """One control of a form."""

    name: str
    kind: str
    value: str = ""
    on: bool = True
    options: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Form:
    """A form as a browser would send it."""

    method: str
    action: str
    fields: list[Field] = field(default_factory=list)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)  # name, value, formaction

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys(f.name for f in self.fields))

    def data(self) -> dict[str, list[str]]:
        """What is sent when nothing is touched."""
        sent: dict[str, list[str]] = {}
        for one in self.fields:
            if one.on:
                sent.setdefault(one.name, []).append(one.value)
        return sent

    def options(self, name: str) -> list[tuple[str, str]]:
        """The choices of a select, or of radio buttons and boxes: (value, label)."""
        chosen = [o for f in self.fields if f.name == name for o in f.options]
        return chosen or [(f.value, "") for f in self.fields if f.name == name]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.text: list[str] = []
        self.attributes: list[tuple[str, dict[str, str]]] = []
        self._form: Form | None = None
        self._select: Field | None = None
        self._area: Field | None = None
        self._link: list[str] | None = None
        self._option: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {k: v or "" for k, v in attrs}
        self.attributes.append((tag, given))
        if tag == "form":
            self._form = Form(given.get("method", "get").lower(), given.get("action", ""))
            self.forms.append(self._form)
        elif tag == "a":
            self._link = []
            self.links.append((given.get("href", ""), ""))
        form = self._form
        if form is None:
            return
        if tag == "input" and (name := given.get("name")):
            kind = given.get("type", "text")
            on = kind not in ("radio", "checkbox") or "checked" in given
            if kind == "submit":
                form.buttons.append((name, given.get("value", ""), given.get("formaction", "")))
            else:
                form.fields.append(Field(name, kind, given.get("value", "on" if kind == "checkbox" else ""), on))
        elif tag == "button":
            form.buttons.append((given.get("name", ""), given.get("value", ""), given.get("formaction", "")))
        elif tag == "select":
            self._select = Field(given.get("name", ""), "select", on=True)
            form.fields.append(self._select)
        elif tag == "option" and self._select is not None:
            self._option = []
            value = given.get("value", "")
            self._select.options.append((value, ""))
            if "selected" in given or len(self._select.options) == 1:
                self._select.value = value
        elif tag == "textarea":
            self._area = Field(given.get("name", ""), "textarea")
            form.fields.append(self._area)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            if self._area is not None:
                self._area.value = self._area.value.removeprefix("\r\n").removeprefix("\n")
            self._area = None
        elif tag == "a" and self._link is not None:
            self.links[-1] = (self.links[-1][0], "".join(self._link).strip())
            self._link = None
        elif tag == "option" and self._select is not None and self._option is not None:
            self._select.options[-1] = (self._select.options[-1][0], "".join(self._option).strip())
            self._option = None

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if self._area is not None:
            self._area.value += data
        if self._link is not None:
            self._link.append(data)
        if self._option is not None:
            self._option.append(data)


@dataclass
class Page:
    """An answer."""

    status: int
    body: bytes
    headers: dict[str, str]
    path: str

    @cached_property
    def text(self) -> str:
        """Everything that was sent, markup included, as text."""
        return self.body.decode("utf-8", "replace")

    @property
    def location(self) -> str:
        return self.headers.get("Location", "")

    @cached_property
    def _read(self) -> _Reader:
        reader = _Reader()
        reader.feed(self.text)
        return reader

    @property
    def forms(self) -> list[Form]:
        return self._read.forms

    @property
    def links(self) -> list[tuple[str, str]]:
        return self._read.links

    @property
    def tags(self) -> list[tuple[str, dict[str, str]]]:
        return self._read.attributes

    @cached_property
    def words(self) -> str:
        """What a person reads, in one line."""
        return re.sub(r"\s+", " ", " ".join(self._read.text))

    @cached_property
    def main(self) -> str:
        """What a person reads in the main part of the page, in one line, without the menu."""
        found = re.search(r"(?s)<main\b.*?</main>", self.text)
        inside = re.sub(r"(?s)<[^>]*>", " ", found.group() if found else self.text)
        return re.sub(r"\s+", " ", html.unescape(inside)).strip()

    def form(self, holding: str = "") -> Form:
        """The form of the page that has a field of this name; the first one that posts to no menu otherwise."""
        for form in self.forms:
            if holding and holding in form.names:
                return form
            if not holding and form.action not in ("/logout",) and form.method == "post":
                return form
        raise AssertionError(f"no form{' with ' + holding if holding else ''} in {self.path}: {self.main[:300]}")


class Browser:
    """Somebody at a device. Says where the application failed, if it did, instead of "500"."""

    def __init__(self, app: Flask, token: str = "", language: str = "en"):
        self.app = app
        self.client: FlaskClient = app.test_client()
        self._csrf = ""
        with self.client.session_transaction() as cookie:
            cookie["language"] = language
            if token:
                cookie["token"] = token

    def open(self, path: str, method: str = "GET", data: Any = None, **options: Any) -> Page:
        """Ask for an address. Never follows a redirect by itself."""
        with watching(self.app) as failures:
            answer = self.client.open(path, method=method, data=data, buffered=True, **options)
            page = Page(answer.status_code, answer.get_data(), dict(answer.headers), path)
        assert page.status != 500, f"{method} {path} failed:\n" + "\n".join(failures)
        return page

    def get(self, path: str, **query: Any) -> Page:
        return self.open(path + ("?" + urlencode(query, doseq=True) if query else ""))

    def post(self, path: str, data: Any = None, *, csrf: bool = True, **options: Any) -> Page:
        """Send a form, with the token that this browser was given."""
        sent = dict(data or {})
        if csrf:
            sent.setdefault("csrf_token", self.csrf)
        return self.open(path, "POST", sent, **options)

    def send(self, page: Page, form: Form, typed: dict[str, Any] | None = None, press: str = "") -> Page:
        """Fill in a form of a page and send it."""
        data: dict[str, Any] = {**form.data(), **(typed or {})}
        action = form.action or page.path
        for name, value, formaction in form.buttons:
            if press and press in (value, name):
                action = formaction or action
                if name:
                    data[name] = value
        if form.method == "get":
            return self.open(action.split("?")[0] + "?" + urlencode(data, doseq=True))
        return self.open(action, "POST", data)

    def follow(self, page: Page) -> Page:
        """The page that a redirect leads to."""
        assert page.status in (301, 302, 303, 307, 308), f"{page.status} at {page.path}: {page.main[:400]}"
        return self.get(page.location)

    @property
    def csrf(self) -> str:
        """A token of this session, from a form that every session is shown."""
        if not self._csrf:
            for path in ("/password", "/login"):
                page = self.get(path)
                tokens = [f.value for form in page.forms for f in form.fields if f.name == "csrf_token"]
                if tokens:
                    self._csrf = tokens[0]
                    break
        return self._csrf

    def messages(self) -> list[str]:
        """What the next page is going to say of what was done; said only once."""
        with self.client.session_transaction() as cookie:
            return [text for _category, text in cookie.pop("_flashes", [])]

    forget_messages = messages

    def forget_csrf(self) -> None:
        self._csrf = ""


class watching:
    """Collects what the application logs as errors."""

    def __init__(self, app: Flask):
        import logging

        self._logger = app.logger
        self.lines: list[str] = []
        outer = self

        class Keep(logging.Handler):
            def emit(self, record: logging.LogRecord) -> None:
                outer.lines.append(self.format(record))

        self._handler = Keep(logging.ERROR)

    def __enter__(self) -> list[str]:
        self._logger.addHandler(self._handler)
        return self.lines

    def __exit__(self, *_: object) -> None:
        self._logger.removeHandler(self._handler)
