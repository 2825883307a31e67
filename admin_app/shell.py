"""The frame around every page: menu, bottom bar, who is signed in, which day it is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from flask import Flask, Response, g, request
from flask_babel import gettext as _

from admin_app import database, i18n
from admin_app.i18n import say
from admin_app.identity import User
from admin_app.ledgers.base import views
from models import clock
from models.account import Role
from models.scope import Act, Scope
from models.words import N_

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (N_("Files"), ("round", "resident", "observation", "visit", "alert", "followup", "handover", "summary/visits")),
    (N_("Dossier"), ("journey", "contact", "paper")),
    (N_("Places"), ("business", "inspection", "enterprise", "resumption", "banquet", "tipoff")),
    (N_("On the ground"), ("checkpoint", "passage", "publicity", "supervision")),
    (N_("Volunteers"), ("organisation", "volunteer", "duty", "assignment")),
    (N_("Supplies and donations"), ("supply", "donation")),
    (N_("Reports"), ("summary/daily", "summary/district", "dailyreport", "summary")),
    (N_("Administration"), ("village", "account", "setting", "trail")),
)
TABS: dict[Role, tuple[str, ...]] = {
    Role.VILLAGE: ("round", "resident", "summary/daily"),
    Role.DISTRICT: ("resident", "observation", "summary/district"),
    Role.COORDINATOR: ("duty", "volunteer", "assignment"),
    Role.AUDITOR: ("trail", "account"),
}

# Pages of the menu that are no ledger: title, icon, and the right that opens each.
PAGES: dict[str, tuple[str, str, tuple[Act, str]]] = {
    "round": (N_("Round"), "clipboard2-pulse", (Act.CREATE, "visit")),
    "summary/visits": (N_("Visits and alerts"), "eye", (Act.READ, "visit")),
    "summary/made": (N_("Summaries of your own"), "bar-chart", (Act.READ, "made")),
    "summary/daily": (N_("The day's report"), "clipboard-data", (Act.READ, "dailyreport")),
    "summary/district": (N_("The district's day"), "table", (Act.READ, "dailyreport")),
    "summary/ledger": (N_("Village ledger"), "journal-bookmark", (Act.EXPORT, "resident")),
    "summary/sheets": (N_("Sheets to hand on"), "file-earmark-spreadsheet", (Act.EXPORT, "volunteer")),
    "summary/notice": (N_("Public notice"), "megaphone", (Act.READ, "dailyreport")),
    # whoever may read any summary may read the volunteers'
    "summary": (N_("Summaries"), "bar-chart-line", (Act.READ, "volunteer")),
}
SPRITE = "/icons.svg"
FRAME_ICONS = frozenset({"house", "grid", *(icon for _title, icon, _right in PAGES.values())})


class Item(NamedTuple):
    """One entry of a menu."""

    label: str
    url: str
    icon: str
    current: bool = False
    badge: int | None = None


@dataclass(frozen=True)
class Shell:
    """What the frame shows."""

    menu: tuple[tuple[str, tuple[Item, ...]], ...]
    tabs: tuple[Item, ...]
    place: str
    user: User | None
    role: str
    today: str
    lang: str
    language_url: str
    language_label: str
    logout_url: str = "/logout"
    password_url: str = "/password"  # noqa: S105  an address


def init(app: Flask) -> None:
    """Give every template its frame."""
    app.context_processor(lambda: {"shell": shell()})
    app.jinja_env.globals.update(zip=zip, sprite=SPRITE)
    app.add_url_rule(SPRITE, "icons", _icons)


def ledger_title(ledger: str) -> tuple[str, str]:
    """A ledger's title in the reader's language, and its icon."""
    if ledger in PAGES:
        return say(PAGES[ledger][0]), PAGES[ledger][1]
    view = views()[ledger]
    return say(view.model.__title__), view.icon


def items(scope: Scope, names: tuple[str, ...]) -> tuple[Item, ...]:
    """Menu entries of the ledgers that a scope may read, and of the pages that it may work with."""
    open_ones = tuple(n for n in names if scope.may(*(PAGES[n][2] if n in PAGES else (Act.READ, n))))
    return _items(i18n.language(), open_ones, next((n for n in open_ones if _here(_url(n))), ""))


@lru_cache(maxsize=1024)
def _items(_language: str, names: tuple[str, ...], current: str) -> tuple[Item, ...]:
    """The entries of a menu in a language; what is open to whom has been settled."""
    return tuple(Item(title, _url(n), icon, n == current) for n in names for title, icon in [ledger_title(n)])


def _url(name: str) -> str:
    return f"/admin/{name}/"


def _here(url: str) -> bool:
    """Is the reader at an entry of the menu, and at none that lies below it?"""
    below = (f"/admin/{page}/" for page in PAGES)
    inside = any(page != url and page.startswith(url) and request.path.startswith(page) for page in below)
    return request.path.startswith(url) and not inside


def shell() -> Shell:
    """The frame of this request."""
    user: User | None = g.get("user")
    scope = user.scope if user else Scope.everything("")
    menu: list[tuple[str, tuple[Item, ...]]] = []
    tabs: tuple[Item, ...] = ()
    if user is not None:
        home = Item(_home_title(user), "/admin/", "house", request.path == "/admin/")
        menu = [("", (home,))]
        menu += [(say(title), found) for title, names in GROUPS if (found := items(scope, names))]
        role = user.roles[0] if user.roles else Role.VILLAGE
        more = Item(_("More"), "/admin/menu/", "grid", request.path == "/admin/menu/")
        tabs = (home, *items(scope, TABS[role]), more)
    other = "en" if i18n.language() == "zh" else "zh"
    return Shell(
        menu=tuple(menu),
        tabs=tabs,
        place=_place(user),
        user=user,
        role=i18n.listed(say(r.label) for r in user.roles) if user else "",
        today=i18n.day(clock.today()),
        lang=i18n.html_lang(),
        language_url=f"/language/{other}",
        language_label="English" if other == "en" else "中文",
    )


def _home_title(user: User) -> str:
    if Role.DISTRICT in user.roles:
        return _("District overview")
    if Role.VILLAGE in user.roles:
        return _("Today's work")
    return _("Rota") if Role.COORDINATOR in user.roles else _("Trail")


def _place(user: User | None) -> str:
    if user is None:
        return ""
    return user.place or _("Whole district")


@lru_cache(maxsize=1)
def _sprite() -> bytes:
    """The icons that templates and views name, cut out of the package's sprite of two thousand: a phone loads few."""
    from admin_app.summaries.index import icons  # late, because its page stands in this frame

    package = resources.files("flask_bootstrap").joinpath("static/bootstrap5/icons/bootstrap-icons.svg")
    folder = Path(__file__).parent / "templates"
    named = "".join(path.read_text("utf-8") for path in sorted(folder.rglob("*.html")))
    wanted = FRAME_ICONS | icons() | {view.icon for view in views().values()}
    ElementTree.register_namespace("", "http://www.w3.org/2000/svg")
    root = ElementTree.fromstring(package.read_text("utf-8"))  # noqa: S314  a file of a pinned package
    for symbol in list(root):
        if symbol.get("id") not in wanted and f"'{symbol.get('id')}'" not in named:
            root.remove(symbol)
    return bytes(ElementTree.tostring(root, encoding="utf-8"))


def _icons() -> Response:
    response = Response(_sprite(), mimetype="image/svg+xml")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


def scope() -> Scope:
    """The scope of this request."""
    return database.session().scope
