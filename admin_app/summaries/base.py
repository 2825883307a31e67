"""SummaryView: what all summaries share. A summary is a declaration below this; code beyond it is a rule (models/)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import ClassVar

from flask import Response, abort, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import ngettext

from admin_app import database, i18n, identity
from admin_app.i18n import say
from admin_app.ledgers.declared import note_apart
from admin_app.ledgers.fields import read_day
from admin_app.ledgers.page import Cell, Column, Kind
from admin_app.pages import PlainPage
from admin_app.summaries import drawing, files
from admin_app.summaries.asked import Asked, Condition, chips, read
from admin_app.summaries.page import Behind, Drawn, Line, NamesPage, Opens, Row, Section, SummaryPage, of_villages
from admin_app.workbench.screen import Addresses, Sheet
from models import clock
from models.scope import Act, Scope
from models.summaries.span import Span
from models.trail import Deed, Entry

NAMES = 500
FILES: dict[str, tuple[Callable[[SummaryPage, str], bytes], str]] = {
    "csv": (files.as_csv, "text/csv; charset=utf-8"),
    "xlsx": (files.as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


class SummaryView(PlainPage):
    """One summary at ``/admin/summary/<slug>/``. Subclasses declare; ``reports.py`` has a short example."""

    # -- what a summary declares ------------------------------------------------------------------------------------
    slug: ClassVar[str] = ""
    title: ClassVar[str] = ""
    line: ClassVar[str] = ""
    """What it tells, in a line, for the page that lists them all."""
    icon: ClassVar[str] = "bar-chart-line"
    needs: ClassVar[tuple[str, ...]] = ()
    """The ledgers that it counts, the foremost first: whoever may read all of them may open it."""
    conditions: ClassVar[tuple[Condition, ...]] = ()
    """What its address may say."""
    sections: ClassVar[tuple[Section, ...]] = ()
    behind: ClassVar[dict[str, Behind]] = {}
    """Rows that no ledger lists, by the word of the address."""

    def __init__(self) -> None:
        super().__init__(name=self.title, endpoint=f"summary_{self.slug}", url=f"/admin/summary/{self.slug}")
        self.base = f"/admin/summary/{self.slug}/"

    @classmethod
    def open_to(cls, scope: Scope) -> bool:
        """May this actor open it?"""
        return all(scope.may(Act.READ, ledger) for ledger in cls.needs)

    # -- hooks of Flask-Admin ---------------------------------------------------------------------------------------
    def is_accessible(self) -> bool:
        return self.open_to(database.session().scope)

    # -- its addresses ----------------------------------------------------------------------------------------------
    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Tables and charts."""
        return self.render("admin/summary/page.html", page=self._page(self._asked()))

    @expose("/names/")
    def names(self) -> ResponseReturnValue:
        """The rows behind one number: ``?what=released&on=2020-02-05``, or those of the whole span."""
        known = self.behind.get(request.args.get("what", ""))
        if known is None:
            abort(404)
        asked = self._asked("what", "on", "of")
        back = asked.address(self.base)
        self._narrow(known, asked)
        session = database.session()
        found = known.rows(session, asked, Addresses(session.scope), NAMES + 1)
        parts = [_days(asked) if self._has_days else i18n.day(asked.today), _where(asked)]
        if len(found) <= NAMES:
            parts.append(ngettext("%(num)d row", "%(num)d rows", len(found)))
        sheet = _names(known, found, asked)
        page = NamesPage(say(known.title), " · ".join(parts), back, sheet, asked.notices)
        return self.render("admin/summary/names.html", page=page)

    def _narrow(self, known: Behind, asked: Asked) -> None:
        """Let it be asked of the day and of what the row of the number is; 404 for what makes no sense."""
        on, of = request.args.get("on", ""), request.args.get("of", "")
        day = _day(on)
        if (day is None and (on or known.daily)) or (of and known.of is None):
            abort(404)
        if day is not None:
            asked.span = Span(day, day)
        if of and known.of is not None:
            try:
                asked.of = known.of(of)
            except ValueError:
                abort(404)

    @expose("/export/<kind>/", methods=("POST",))
    def export(self, kind: str) -> ResponseReturnValue:
        """The tables as a file. They name nobody, so no reason is asked; who took them, and what, is in the trail."""
        if kind not in FILES:
            abort(404)
        session = database.session()
        if not all(session.scope.may(Act.EXPORT, ledger) for ledger in self.needs):
            abort(403)
        asked = self._asked()
        page = self._page(asked)
        count = sum(len(section.values) for section in page.sections)
        note_apart(
            Entry(
                self.needs[0], Deed.EXPORT, _only_village(session.scope, self.needs[0]), record_label=f"{count}",
                reason=asked.address(self.base)[:500],
            ),
            must=True,
        )  # fmt: skip
        write, mimetype = FILES[kind]
        body = write(page, _signature())
        name = f"{self.slug}-{asked.span.first:%Y%m%d}-{asked.span.last:%Y%m%d}.{kind}"
        return Response(body, mimetype=mimetype, headers={"Content-Disposition": f'attachment; filename="{name}"'})

    # -- drawing it -------------------------------------------------------------------------------------------------
    def _asked(self, *beside: str) -> Asked:
        return read(database.session(), request.args, self.conditions, clock.now(), frozenset(beside))

    @property
    def _has_days(self) -> bool:
        return any("from" in known.names for known in self.conditions)

    def _page(self, asked: Asked) -> SummaryPage:
        session = database.session()
        sections: list[Drawn] = []
        for section in self.sections:
            sections.append(drawing.draw(section, session, asked, sum(len(made.charts) for made in sections)))
        where = _where(asked)
        return SummaryPage(
            title=say(self.title),
            subtitle=" · ".join((_days(asked) if self._has_days else i18n.day(asked.today), where)),
            url=self.base,
            fields=asked.fields,
            chips=chips(asked, self.base),
            clear_url=self.base,
            kept=[pair for pair in asked.pairs if pair[0] == "by"],
            exports=[
                (_("Export as Excel"), asked.address(f"{self.base}export/xlsx/")),
                (_("Export as CSV"), asked.address(f"{self.base}export/csv/")),
            ],
            sections=sections,
            notices=asked.notices,
        )


def _names(known: Behind, found: list[Row], asked: Asked) -> Sheet:
    """The rows, and what their numbers add up to."""
    shown, footer = found[:NAMES], None
    if len(found) > NAMES:
        asked.notices.append(_("The first %(count)d are shown. Narrow it to a village to see the others.", count=NAMES))
    elif known.adds_up and found:
        total = sum((row[-1] for row in found if not isinstance(row[-1], Cell)), start=Decimal(0))
        footer = [Cell(_("Total")), *[Cell("")] * (len(found[0]) - 2), _cell(total)]
    numbers = {place for row in shown for place, cell in enumerate(row) if not isinstance(cell, Cell)}
    return Sheet(
        title="",
        note="",
        columns=[
            Column("", say(label), Kind.NUMBER if place in numbers else Kind.TEXT, "side")
            for place, label in enumerate(known.columns)
        ],
        rows=[[_cell(one) for one in row] for row in shown],
        footer=footer,
    )


def _cell(one: Cell | int | Decimal) -> Cell:
    if isinstance(one, Cell):
        return one
    return Cell(i18n.number(int(one) if one == int(one) else float(one)), Kind.NUMBER)


def names_of(slug: str, what: str) -> Opens:
    """What opens the rows behind a number: those of its day, or of the whole span."""

    def opens(to: Addresses, asked: Asked, line: Line) -> str:
        here = asked.address(
            f"/admin/summary/{slug}/names/", what=what, on=line.on, of=line.code, township=None, village=None
        )
        return here + "".join(f"&{name}={number}" for name, number in of_villages(asked, line))

    return opens


def _day(text: str) -> date | None:
    try:
        return read_day(text)
    except (ValueError, OverflowError):
        return None


def _days(asked: Asked) -> str:
    """A span as people write it: 1月30日 – 2月12日, 14 days."""
    first, last = (i18n.day(day, weekday=False) for day in asked.span)
    length = ngettext("%(num)d day", "%(num)d days", asked.span.length)
    return f"{first} – {last} · {length}" if first != last else first


def _where(asked: Asked) -> str:
    """The villages that are counted: by name if they are few."""
    if len(asked.places) <= 3:
        return i18n.listed(place.name for place in asked.places)
    return _("%(count)d villages (communities)", count=len(asked.places))


def _only_village(scope: Scope, ledger: str) -> int | None:
    area = scope.area(Act.EXPORT, ledger)
    return next(iter(area.villages)) if not area.everywhere and len(area.villages) == 1 else None


def _signature() -> str:
    when = clock.now().astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M")
    return _("Exported by %(who)s, %(when)s", who=identity.signed_in().name, when=when)
