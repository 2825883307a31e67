"""Chinese first, English complete beside it: no text without its translation, no screen in two languages."""

import ast
import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from sqlalchemy import inspect

from admin_app.access import RIGHTS
from models.base import about
from models.scope import Act
from models.types import ChosenMany
from tests.admin_app.support.browsing import Browser, Page
from tests.admin_app.support.district import ANONYMOUS, DISTRICT, PASSWORD, READERS, A, owner_of
from tests.admin_app.support.panels import Panel
from tests.admin_app.support.typing_in import form_for
from tests.admin_app.support.values import (
    BINNED,
    EDITED,
    FRESH,
    REMOVED,
    SEEN,
    TICKED,
    class_of,
    ledger_number,
)

ROOT: Final = Path(__file__).parents[2]
PACKAGES: Final = ("admin_app", "models", "seeds")
MARKERS: Final = frozenset({"_", "N_", "_l", "gettext", "ngettext", "lazy_gettext", "say"})
PO: Final = ROOT / "admin_app/translations/zh_Hans_CN/LC_MESSAGES/messages.po"
PLACEHOLDER: Final = re.compile(r"%\(\w+\)[sd]|%%")


# ---- the catalogue ----


@cache
def catalogue() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="zh_Hans_CN", abort_invalid=True)


def messages(of: Catalog) -> list[Message]:
    return [message for message in of if message.id]


def forms(texts: Any) -> tuple[str, ...]:
    """The singular and the plural of a message, or its one form."""
    return tuple(texts) if isinstance(texts, (list, tuple)) else (texts,)


@pytest.fixture
def extracted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Catalog:
    """What extraction finds in the code and the templates now."""
    monkeypatch.chdir(ROOT)
    target = tmp_path / "messages.pot"
    options = ["-F", "pyproject.toml", "-k", "_l lazy_gettext N_", "-o", str(target)]
    CommandLineInterface().run(["pybabel", "-q", "extract", *options, *PACKAGES])
    with target.open("rb") as file:
        return read_po(file)


def test_every_text_has_its_translation(extracted: Catalog) -> None:
    assert len(messages(extracted)) > 500, "extraction finds next to nothing"
    missing = []
    for message in messages(extracted):
        found = catalogue().get(forms(message.id)[0])
        if found is None or found.fuzzy or not all(forms(found.string)):
            missing.append(f"{forms(message.id)[0]!r} of {', '.join(name for name, _line in message.locations)}")
    assert not missing, "without a translation (make translations, then fill in): " + "; ".join(missing)


def test_translations_keep_the_placeholders() -> None:
    for message in messages(catalogue()):
        allowed = [set(PLACEHOLDER.findall(one)) for one in forms(message.id)]
        for one in forms(message.string):
            assert set(PLACEHOLDER.findall(one)) in allowed, f"{message.id!r} and {one!r} differ"
        assert not list(message.check(catalogue()))


def test_chinese_has_one_form_for_every_number() -> None:
    for message in messages(catalogue()):
        if message.pluralizable:
            assert len(forms(message.string)) == 1


def test_no_text_hides_from_extraction(extracted: Catalog) -> None:
    """A call inside an f-string is not seen by extraction, and so would stay English for ever."""
    known = {one for message in messages(extracted) for one in forms(message.id)}
    hidden = []
    for path in (path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            text = node.args[0].value
            if name in MARKERS and isinstance(text, str) and text not in known:
                hidden.append(f"{path.relative_to(ROOT)}:{node.lineno}: {text!r}")
    assert not hidden, "give these a line of their own: " + "; ".join(hidden)


def test_the_catalogue_names_no_machine() -> None:
    for message in messages(catalogue()):
        for name, line in message.locations:
            assert line is None, "locations without line numbers, so that a moved line changes nothing here"
            assert not Path(name).is_absolute()


def test_the_panel_runs_on_this_catalogue() -> None:
    compiled = PO.with_suffix(".mo")
    assert compiled.exists(), "not compiled; run: make env"
    with compiled.open("rb") as file:
        running = {forms(message.id)[0]: forms(message.string) for message in messages(read_mo(file))}
    texts = {forms(message.id)[0]: forms(message.string) for message in messages(catalogue())}
    stale = [text for text in texts if running.get(text) != texts[text]]
    assert not stale, f"compiled from an older catalogue; run: make env ({stale[:3]} …)"


# ---- no screen in two languages ----

# What is the same in every language, and the other language's own name.
BOTH: Final = re.compile(r"(?<![A-Za-z])(?:CSV|Excel|English|JPEG|PNG|WebP|PDF|MB)(?![A-Za-z])|℃|m²|中文")
# What is no text of the panel's: the small district's data, first passwords, checksums and addresses in the trail.
DATA: Final = re.compile(
    r"[彧晁翀郡][A-Za-z0-9_.]*|account\.\d+|[a-z_]+ account|(?:East|West) township|\bV\d+|founder"
    r"|\b(?:[a-z2-9]{4}-){2}[a-z2-9]{4}\b|\b[0-9a-f]{64}\b|/[a-z][\w/.?=&-]*"
)
FOREIGN: Final = {
    "zh": re.compile(r"[A-Za-z]{2,}"),
    "en": re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]"),
}
MOST_ARGUMENTS: Final = 2  # of an address that a walk follows; filters on filters say nothing new
LANG: Final = {"zh": "zh-CN", "en": "en"}
# Attributes that are seen or heard; those for scripts are too, but for names and addresses.
SAID: Final = frozenset({"title", "alt", "placeholder", "aria-label", "aria-description", "label"})
UNSAID: Final = frozenset({"data-url", "data-name", "data-wrong", "data-copies", "data-says"})
SCRIPT: Final = re.compile(r"(?s)<script\b[^>]*>(.*?)</script>")


def texts_of(page: Page) -> list[str]:
    """Every text that somebody reads or hears."""
    kind = page.headers.get("Content-Type", "").partition(";")[0]
    if kind == "text/html":
        given = [
            (name, text)
            for _tag, attributes in page.tags
            for name, text in attributes.items()
            if (name in SAID or name.startswith("data-")) and name not in UNSAID
        ]
        read = unescape(re.sub(r"<[^>]*>", "\n", SCRIPT.sub("", page.text))).splitlines()
        told = [text for found in SCRIPT.findall(page.text) if found for text in told_by_script(json.loads(found))]
        return [text for text in (*read, *told, *(text for _name, text in given)) if text.strip()]
    if kind.endswith("sheet"):
        with zipfile.ZipFile(io.BytesIO(page.body)) as book:
            tabs = re.findall(r'<sheet name="([^"]*)"', book.read("xl/workbook.xml").decode())
            cells = re.findall(r"<t\b[^>]*>([^<]*)<", book.read("xl/worksheets/sheet1.xml").decode())
        return [unescape(text) for text in (*tabs, *cells)]
    if kind == "text/csv":
        return [cell for row in csv.reader(io.StringIO(page.text.removeprefix("\ufeff"))) for cell in row]
    return [page.text] if kind == "application/json" else []


def told_by_script(data: dict[str, Any]) -> list[str]:
    """What a page gives its script to say: words, and how every row stands."""
    rows = [text for row in data["rows"] for text in (row["said"], row["by"], *row["alerts"])]
    return [*(re.sub(r"\{\w+\}", "", text) for text in data["words"].values()), *rows]


@dataclass
class Reader:
    """Somebody who reads in one language, and notes every word of another."""

    browser: Browser
    language: str
    mixed: dict[str, str] = field(default_factory=dict)  # what does not belong, and where it was first seen
    opened: dict[str, int] = field(default_factory=dict)

    def get(self, address: str) -> Page:
        return self.read(address, self.browser.get(address))

    def post(self, address: str, data: Any = None, csrf: bool = True) -> Page:
        return self.read(f"{address} (posted)", self.browser.post(address, data, csrf=csrf))

    def read(self, address: str, page: Page) -> Page:
        """Note what does not belong on a page, or on the one that it leads to."""
        self.opened[address] = page.status
        if page.status == 302:
            return self.read(f"{address} → {page.location}", self.browser.follow(page))
        texts = texts_of(page)
        lang = next((attributes.get("lang") for tag, attributes in page.tags if tag == "html"), None)
        if lang not in (None, LANG[self.language]):
            self.mixed.setdefault(f"lang={lang!r}", address)
        for text in texts:
            told = DATA.sub(" ", BOTH.sub(" ", text))
            if FOREIGN[self.language].search(told) and text.strip() not in READERS:
                self.mixed.setdefault(" ".join(told.split())[:100], address)
        return page

    def walk(self, *start: str, depth: int = 99) -> None:
        """Follow every link; of addresses that differ by their values only, the first is enough."""
        waiting, alike = [(address, 0) for address in start], set[tuple[str, ...]]()
        for address, steps in waiting:
            for link, _label in self.get(address).links if steps < depth else []:
                parts = urlsplit(link)
                kind = (parts.path, *(name for name, _value in parse_qsl(parts.query)))
                inside = parts.path.startswith("/admin/") and not parts.netloc
                if inside and len(kind) <= MOST_ARGUMENTS + 1 and kind not in alike:
                    alike.add(kind)
                    waiting.append((link, steps + 1))


@pytest.fixture(params=["zh", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def reading(sqlite_panel: Panel, language: str) -> Callable[[str], Reader]:
    """Somebody of the small district, reading in one language: ``reading("auditor")``."""

    def read_as(name: str) -> Reader:
        browser = sqlite_panel.as_(name)
        with browser.client.session_transaction() as cookie:
            cookie["language"] = language
        return Reader(browser, language)

    return read_as


def may(name: str, act: Act, ledger: str) -> bool:
    return READERS[name].opens(ledger, act)


@pytest.mark.parametrize("name", ["district", "village_a", "coordinator", "auditor", "ungranted"])
def test_no_page_is_in_two_languages(name: str, reading: Callable[[str], Reader]) -> None:
    """The district admin goes everywhere a link leads; the others look at their first screen and into every ledger."""
    reader = reading(name)
    reader.walk("/admin/", "/admin/menu/", depth=99 if name == "district" else 2)
    for ledger in RIGHTS:
        if may(name, Act.READ, ledger):
            assert reader.opened.get(f"/admin/{ledger}/") == 200, f"nothing leads to {ledger}"
            number = 1 if ledger == "trail" else A.number(ledger_number(ledger), SEEN)
            reader.get(f"/admin/{ledger}/details/?id={number}")
        else:
            reader.get(f"/admin/{ledger}/")
    for address in ("/password", "/admin/nothing/", "/admin/visit/details/?id=99", "/admin/visit/export/pdf/"):
        reader.get(address)
    assert not reader.mixed, reader.mixed


@pytest.mark.parametrize("ledger", [ledger for ledger in RIGHTS if ledger != "trail"])
def test_no_ledger_answers_in_two_languages(ledger: str, reading: Callable[[str], Reader]) -> None:
    """Forms sent back with what is wrong, questions before an act, what is said after it, the files that are taken."""
    reader = reading("district" if may("district", Act.CREATE, ledger) else "village_a")
    cls, base = class_of(ledger), f"/admin/{ledger}/"
    mark = owner_of(ledger)

    def number(n: int) -> int:
        return mark.number(ledger_number(ledger), n)

    types = {a.key: a.columns[0].type for a in inspect(cls).column_attrs}
    several = {name: [c.value for c in t.choices][:2] for name, t in types.items() if isinstance(t, ChosenMany)}
    rightly = form_for(cls, mark, FRESH) | several
    reader.post(f"{base}new/")
    reader.post(f"{base}new/", dict.fromkeys(rightly, "\x01"))
    reader.post(f"{base}new/", {name: "?" * 3000 for name in rightly} | {f"{name}-q": "?" for name in rightly})
    reader.post(f"{base}new/", rightly)
    reader.post(f"{base}new/", rightly)
    reader.post(f"{base}edit/?id={number(EDITED)}", {**form_for(cls, mark, EDITED), "version": "0"})
    reader.post(f"{base}edit/?id={number(EDITED)}", {**form_for(cls, mark, EDITED), "version": "1"})
    reader.post(f"{base}action/")
    for _name, act, _address in next((f.buttons for f in reader.get(base).forms if "rowid" in f.names), ()):
        reader.post(f"{base}action/", {"action": act, "rowid": [str(number(TICKED)), str(number(SEEN))]})
    for kind in ("csv", "xlsx"):
        reader.post(f"{base}export/{kind}/")
        reader.post(f"{base}export/{kind}/", {"reason": A.sign, "full": "1"})
    for column in (a for a in inspect(cls).column_attrs if about(a.columns[0]).mask is not None):
        reader.post(f"{base}reveal/?id={number(SEEN)}&field={column.key}")
    reader.get(f"{base}?sort=nothing&nothing=1&page=99&status=nothing&on.from=nothing&q={A.sign}")
    reader.post(f"{base}delete/?id={number(REMOVED)}")
    reader.post(f"{base}restore/?id={number(BINNED)}")
    assert not reader.mixed, reader.mixed


def test_passwords_are_changed_in_one_language(reading: Callable[[str], Reader]) -> None:
    reader = reading("district")
    for old, new, again in (
        ("?", "?", "?"),
        (PASSWORD, "1", "2"),
        (PASSWORD, PASSWORD, PASSWORD),
        (PASSWORD, "1", "1"),
    ):
        reader.post("/password", {"old": old, "new": new, "again": again})
    reader.post(f"/admin/account/reset/?id={DISTRICT.number(ledger_number('account'), SEEN)}")
    assert not reader.mixed, reader.mixed


def test_the_door_is_in_one_language(reading: Callable[[str], Reader]) -> None:
    reader = reading(ANONYMOUS)
    reader.get("/login")
    reader.get("/nothing")
    reader.post("/login", {"username": "district", "password": "wrong"})
    reader.post("/login", {"username": "district", "password": PASSWORD}, csrf=False)
    assert not reader.mixed, reader.mixed


def test_a_form_that_expired_says_so_in_one_language(reading: Callable[[str], Reader]) -> None:
    reader = reading("district")
    number = A.number(ledger_number("resident"), SEEN)
    for page in ("new/", f"edit/?id={number}", f"delete/?id={number}", "action/", "export/csv/"):
        reader.post(f"/admin/resident/{page}", {"name": A.sign}, csrf=False)
    assert not reader.mixed, reader.mixed


def test_chinese_comes_first(sqlite_panel: Panel) -> None:
    door = Browser(sqlite_panel.app, language="")
    assert ("html", {"lang": "zh-CN"}) in door.get("/login").tags


def test_the_language_can_be_switched_on_every_page(reading: Callable[[str], Reader], language: str) -> None:
    reader = reading("district")
    other = "en" if language == "zh" else "zh"
    switch = f"/language/{other}"
    assert switch in [link for link, _label in reader.get("/admin/resident/").links]
    reader.browser.get(switch)
    assert ("html", {"lang": LANG[other]}) in reader.browser.get("/admin/resident/").tags
