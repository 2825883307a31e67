"""/admin/summary/: 汇总, the summaries that a reader may open, a line each.

Those that are declared here (views.py) come by themselves; those that are pages of their own kind come from the
menu's table of pages, under any address that begins with ``summary/``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_app import database, shell
from admin_app.i18n import say
from admin_app.pages import PlainPage
from admin_app.summaries.views import VIEWS
from models.scope import Act, Scope
from models.words import N_

# What the pages of their own kind tell.
LINES: Final = {
    "district": N_("One day in all villages on one sheet: who has reported, whom to remind, until the day is closed."),
    "daily": N_("One day in all villages, as it was reported, with totals, and the days before."),
    "visits": N_("Today, by village: who is still to be measured, was missed, has a fever or awaits release."),
    "ledger": N_("Everything a village kept over some days, as one workbook and to print."),
    "sheets": N_("The twelve forms that are handed on, to print or as workbooks, headings as everybody knows them."),
    "notice": N_("What may be told to everybody today, in words to copy; nobody is named."),
    "made": N_("Tables and charts that people put together themselves, yours and those shared with you."),
}


@dataclass(frozen=True)
class Entry:
    """One summary, in words that are still to be translated, and the rights that open it."""

    slug: str
    title: str
    line: str
    icon: str
    rights: tuple[tuple[Act, str], ...]

    def open_to(self, scope: Scope) -> bool:
        """May this actor open it?"""
        return all(scope.may(*right) for right in self.rights)


@dataclass(frozen=True)
class Card:
    """One summary as it is shown."""

    title: str
    line: str
    icon: str
    url: str


def listed() -> list[Entry]:
    """Every summary there is; what is looked at every day first."""
    known = {name.removeprefix("summary/"): page for name, page in shell.PAGES.items() if name.startswith("summary/")}
    order = sorted(known, key=lambda slug: list(LINES).index(slug) if slug in LINES else len(LINES))
    pages = [Entry(slug, known[slug][0], LINES.get(slug, ""), known[slug][1], (known[slug][2],)) for slug in order]
    declared = [
        Entry(view.slug, view.title, view.line, view.icon, tuple((Act.READ, ledger) for ledger in view.needs))
        for view in VIEWS
    ]
    return [*pages, *declared]


def icons() -> frozenset[str]:
    """The icons of those that are declared here."""
    return frozenset(view.icon for view in VIEWS)


class IndexView(PlainPage):
    """/admin/summary/"""

    def __init__(self) -> None:
        super().__init__(name="Summaries", endpoint="summary", url="/admin/summary")

    def is_accessible(self) -> bool:
        scope = database.session().scope
        return any(entry.open_to(scope) for entry in listed())

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """What there is to open."""
        scope = database.session().scope
        cards = [
            Card(say(entry.title), say(entry.line), entry.icon, f"/admin/summary/{entry.slug}/")
            for entry in listed()
            if entry.open_to(scope)
        ]
        return self.render("admin/summary/index.html", cards=cards)
