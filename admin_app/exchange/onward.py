"""What can be handed on of a day: the addresses of its sheets, its village's ledger and the public notice."""

from __future__ import annotations

from datetime import date, timedelta

from flask_babel import gettext as _

from admin_app.exchange import village
from admin_app.exchange.catalogue import BY_NAME
from admin_app.exchange.notice_page import notice_url
from admin_app.exchange.sheets_page import sheet_url
from admin_app.exchange.village_page import DAYS, ledger_url
from admin_app.i18n import say
from admin_app.ledgers.page import Link
from models.scope import Act, Scope
from models.summaries.ledger import Span

_OF_ALL, _OF_ONE = ("daily", "temperatures"), ("temperatures",)


def onward(scope: Scope, on: date, place_id: int | None = None) -> list[Link]:
    """What the reader may take of a day, in one village or in all within reach."""
    forms = [BY_NAME[name] for name in (_OF_ALL if place_id is None else _OF_ONE)]
    links = [Link(say(form.title), sheet_url(form.name, on, place_id)) for form in forms if form.open_to(scope)]
    if place_id is not None and scope.may(Act.EXPORT, village.LEDGER):
        days = Span(on - DAYS + timedelta(days=1), on)
        links.append(Link(_("Village ledger"), ledger_url(place_id, days)))
    if scope.may(Act.READ, "dailyreport"):
        links.append(Link(_("Public notice"), notice_url(on, place_id)))
    return links
