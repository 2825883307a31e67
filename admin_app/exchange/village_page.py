"""/admin/summary/ledger/: one village's ledger of some days (一村一台账), as one workbook or as pages to print."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import abort, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import ngettext

from admin_app import database, i18n
from admin_app.addresses import address
from admin_app.exchange import asking, printed, village, xlsx
from admin_app.exchange.asking import Question
from admin_app.exchange.parts import Asked, Part, TooLong
from admin_app.exchange.view import Page, days, file, fingerprint, given, noted, reading
from admin_app.i18n import say
from admin_app.ledgers.base import views
from admin_app.ledgers.page import Cell, Kind
from admin_app.ledgers.taking import reason_given, signature
from admin_app.summaries.page import NamesPage
from admin_app.workbench.screen import Addresses, Sheet, count, heading
from models import clock
from models.scope import Act, Scope
from models.session import Session, open_session
from models.summaries import ledger
from models.summaries.counting import Place
from models.summaries.ledger import Span
from models.trail import Deed, Entry

ADDRESS = "/admin/summary/ledger/"
NAMES = 500
DAYS = timedelta(days=14)  # of a ledger unless others are asked for


def ledger_url(place_id: int, span: Span) -> str:
    """The address of a village's ledger."""
    return address(ADDRESS, [("village", place_id), ("from", span.since), ("to", span.until)])


class VillageLedgerView(Page):
    """Which village, which days, what is inside; then, with a reason, the whole of it."""

    def __init__(self) -> None:
        super().__init__(name="Village ledger", endpoint="summary_ledger", url=ADDRESS.rstrip("/"))

    def is_accessible(self) -> bool:
        return database.session().scope.may(Act.EXPORT, village.LEDGER)

    @expose("/", methods=("GET", "POST"))
    def index(self) -> ResponseReturnValue:
        """The page, and the ledger once there is a reason."""
        session, today = database.session(), clock.today()
        places = asking.places_of(session, (village.LEDGER,))
        usual = Span(today - DAYS + timedelta(days=1), today)
        question = asking.read(places, given(), usual, today, one_village=True)
        if request.form.get("as") == "show":
            return redirect(address(ADDRESS, question.query.items()))
        reason = reason_given()
        if request.method == "GET" or question.span is None or question.chosen is None or not reason:
            return self._ask(session, question)
        try:
            return self._hand_out(session, question, question.chosen, question.span, reason)
        except TooLong:
            return self._ask(session, question, too_long=True)

    @expose("/rows/")
    def rows(self) -> ResponseReturnValue:
        """The records of a part that no list can narrow to: ``?part=business&village=3&from=…&to=…``."""
        session, today = database.session(), clock.today()
        usual = Span(today - DAYS + timedelta(days=1), today)
        question = asking.read(
            asking.places_of(session, (village.LEDGER,)), request.args, usual, today, one_village=True
        )
        part = next((one for one in village.PARTS if one.cls.__tablename__ == request.args.get("part")), None)
        if part is None or question.span is None or question.chosen is None:
            abort(404)
        page = _rows(session.scope, part, question.chosen, question.span, address(ADDRESS, question.query.items()))
        return self.render("admin/summary/names.html", page=page)

    def _ask(self, session: Session, question: Question, too_long: bool = False) -> ResponseReturnValue:
        inside = None
        if question.span is not None and question.chosen is not None:
            inside = _inside(session.scope, question.chosen, question.span)
        return self.ask(
            question,
            ADDRESS,
            title=_("Village ledger"),
            subtitle=_("Everything a village has on record for some days, as one workbook or to print."),
            may_show=session.scope.may(Act.REVEAL, village.LEDGER),
            too_long=too_long,
            inside=inside,
            why=_("Who took it, when and why is written into the trail."),
        )

    def _hand_out(
        self, session: Session, question: Question, place: Place, span: Span, reason: str
    ) -> ResponseReturnValue:
        """Make it, note it, hand it out. Raises TooLong."""
        scope, to_print = session.scope, request.form.get("as") == "print"
        full = bool(request.form.get("full")) and scope.may(Act.REVEAL, village.LEDGER)
        # whoever takes it gets the same; only full numbers say in the file itself who has them
        asked = Asked(span, [place], place.name, full, (signature(reason),) if full else ())
        with reading(scope.only(place.id)) as own:
            book = village.book(own, asked)
            made: Any = printed.pages(book.sheets) if to_print else xlsx.write(book)
        what = f"{place.name} · {_('Village ledger')} {days(span)}"
        of_file = "" if to_print else f" · SHA-256 {fingerprint(made)}"
        noted(made, Entry("village", Deed.EXPORT, place.id, place.id, what), reason + of_file, full)
        if to_print:
            return self.printed(book.title, made, ADDRESS, question)
        return file(made, f"ledger-{place.id}", f"{_('Village ledger')}-{place.name}-{days(span)}")


def _inside(scope: Scope, place: Place, span: Span) -> Sheet:
    """What is inside a village's ledger; a number opens its records where a list can show just them."""
    to = Addresses(scope)
    with open_session(database.db.engine, scope.only(place.id), writing=False) as own:
        contents = village.contents(own, span)
    total = sum(held.records for _part, held in contents)
    return Sheet(
        title=_("What is inside"),
        note=f"{place.name} · {i18n.full_day(span.since)} – {i18n.full_day(span.until)}",
        columns=[heading("part", _("Contents")), heading("records", _("Records"), Kind.NUMBER)],
        rows=[[Cell(say(part.name)), count(held.records, _rows_url(to, part, place, span))] for part, held in contents],
        footer=[Cell(_("Total")), count(total)],
    )


def _rows(scope: Scope, part: Part, place: Place, span: Span, back_url: str) -> NamesPage:
    """The first records of a part, each by its number and what it is called."""
    view = views().get(part.cls.__ledger__ or "")
    to = Addresses(scope)
    with open_session(database.db.engine, scope.only(place.id), writing=False) as own:
        found = ledger.records(own, part.cls, span, NAMES)
        rows = [
            [
                Cell(str(one.id), url=to.record(view.ledger, one.id) if view and view.model is part.cls else ""),
                Cell(str(one)),
            ]
            for one in found.records
        ]
    many = _("the first %(shown)d of %(all)d", shown=len(rows), all=found.all)
    when = f"{i18n.full_day(span.since)} – {i18n.full_day(span.until)}"
    all_ = ngettext("%(num)d row", "%(num)d rows", found.all)
    return NamesPage(
        say(part.name),
        " · ".join((place.name, when, many if len(rows) < found.all else all_)),
        back_url,
        Sheet("", "", [heading("id", _("Record no.")), heading("record", _("Record"))], rows),
    )


def _rows_url(to: Addresses, part: Part, place: Place, span: Span) -> str:
    """The list that shows the very records of a part, or a page of its own where none does."""
    column = ledger.DATED.get(part.cls)
    view = views().get(part.cls.__ledger__ or "")
    if column is None or view is None or view.model is not part.cls or column.key not in view.filters:
        asked = {"part": part.cls.__tablename__, "village": place.id, "from": span.since, "to": span.until}
        return address(f"{ADDRESS}rows/", asked.items())
    narrowed = ((f"{column.key}.from", span.since), (f"{column.key}.to", span.until), ("village", place.id))
    return to.rows(view.ledger, *narrowed)
