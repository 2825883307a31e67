"""/admin/summary/sheets/: the sheets that people hand on, each as a workbook or to print."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_app import database
from admin_app.addresses import address
from admin_app.exchange import asking, printed, xlsx
from admin_app.exchange.asking import Question
from admin_app.exchange.catalogue import BY_NAME, FORMS, Form
from admin_app.exchange.parts import Asked, TooLong
from admin_app.exchange.sheet import Book
from admin_app.exchange.view import Page, days, file, given, noted, reading, unit_of
from admin_app.i18n import say
from admin_app.ledgers.page import Link
from admin_app.ledgers.taking import reason_given, signature
from models import clock
from models.scope import Act
from models.session import Session
from models.trail import Deed, Entry

ADDRESS = "/admin/summary/sheets/"


def sheet_url(name: str, on: date, place_id: int | None = None) -> str:
    """The address of a sheet of one day (``daily``, ``temperatures``, ``persons``, …), of a village or of all."""
    asked = {"on": on.isoformat(), **({"village": str(place_id)} if place_id is not None else {})}
    return address(f"{ADDRESS}{name}/", asked.items())


class SheetsView(Page):
    """The list of the sheets, and each of them."""

    def __init__(self) -> None:
        super().__init__(name="Sheets", endpoint="summary_sheets", url=ADDRESS.rstrip("/"))

    def is_accessible(self) -> bool:
        return any(form.open_to(database.session().scope) for form in FORMS)

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The sheets that the reader may take."""
        scope = database.session().scope
        offered = [(say(form.title), say(form.hint), f"{ADDRESS}{form.name}/") for form in FORMS if form.open_to(scope)]
        return self.render("admin/exchange/sheets.html", title=_("Sheets to hand on"), forms=offered)

    @expose("/<sheet>/", methods=("GET", "POST"))
    def sheet(self, sheet: str) -> ResponseReturnValue:
        """Ask which days, whose and why; then the sheet."""
        form = BY_NAME.get(sheet) or abort(404)
        session, today = database.session(), clock.today()
        if not form.open_to(session.scope):
            abort(403)
        places = asking.places_of(session, form.ledgers)
        question = asking.read(places, given(), form.span(today), today, one_village=False)
        may_show = form.personal and all(session.scope.may(Act.REVEAL, ledger) for ledger in form.ledgers)
        asked = _asked(session, question, may_show)
        if request.method == "GET" or asked is None:
            return self._ask(form, question, may_show)
        try:
            return self._hand_out(session, form, question, asked)
        except TooLong:
            return self._ask(form, question, may_show, too_long=True)

    def _ask(self, form: Form, question: Question, may_show: bool, too_long: bool = False) -> ResponseReturnValue:
        return self.ask(
            question,
            f"{ADDRESS}{form.name}/",
            title=say(form.title),
            subtitle=say(form.hint),
            back=Link(_("Sheets to hand on"), ADDRESS),
            may_show=may_show,
            too_long=too_long,
        )

    def _hand_out(self, session: Session, form: Form, question: Question, asked: Asked) -> ResponseReturnValue:
        """Make it, note it, hand it out. Raises TooLong."""
        only, to_print = question.chosen, request.form.get("as") == "print"
        scope = session.scope.only(only.id) if only else session.scope
        title, when = say(form.title), days(asked.span)
        with reading(scope) as own:
            book = Book(title, datetime.combine(asked.span.until, time()), form.build(own, asked))
            made: Any = printed.pages(book.sheets) if to_print else xlsx.write(book)
        entry = Entry(form.ledgers[0], Deed.EXPORT, only.id if only else None, record_label=f"{title} {when}")
        noted(made, entry, reason_given(), asked.full)
        if to_print:
            return self.printed(title, made, f"{ADDRESS}{form.name}/", question)
        return file(made, form.name, f"{title}-{asked.unit}-{when}")


def _asked(session: Session, question: Question, may_show: bool) -> Asked | None:
    """What is to be made; None while something is missing or wrong."""
    reason = reason_given()
    if question.span is None or not reason or not question.places:
        return None
    places = [question.chosen] if question.chosen else question.places
    full = may_show and bool(request.form.get("full"))
    return Asked(question.span, places, unit_of(session, places), full, (signature(reason),))
