"""/admin/summary/district/: the day's one sheet over all villages — who is missing, whom to call, closing the day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from flask import abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select

from admin_app import database, i18n, identity, live
from admin_app.exchange.onward import onward
from admin_app.i18n import say
from admin_app.ledgers.declared import note_apart
from admin_app.ledgers.page import Cell, Link
from admin_app.pages import PlainPage
from admin_app.workbench.today import sheet_page as pages
from admin_app.workbench.today.addresses import DISTRICT, daily_url, district_url
from admin_app.workbench.today.asked import asked
from admin_app.workbench.today.daily_page import state_cell
from admin_app.workbench.today.sheet_page import AGAINST, NONE, Reminder
from models import clock, handing_in, masks
from models.base import Invalid, Mask
from models.place import Village
from models.report import DayClosing
from models.scope import Act
from models.session import Session
from models.summaries.day_sheet import DaySheet, day_sheet
from models.summaries.remembered import remembered
from models.summaries.reporting import ReportState, VillageReport
from models.trail import Deed, Entry
from models.words import N_


class DistrictView(PlainPage):
    """/admin/summary/district/?on=DATE&against=yesterday|week|none"""

    def __init__(self) -> None:
        super().__init__(name="The district's day", endpoint="summary_district", url=DISTRICT.rstrip("/"))

    def is_accessible(self) -> bool:
        return database.session().scope.may(Act.READ, "dailyreport")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The sheet."""
        return self._page()

    @expose("/live/")
    def live(self) -> ResponseReturnValue:
        """What of the sheet moves, for the page that shows it; 304 while nothing has."""
        session = database.session()
        on, against, now = asked(session).on, _against(), live.minute()
        return live.answer(lambda: drawn(session, on, now, against, i18n.language()))

    @expose("/phones/", methods=("POST",))
    def phones(self) -> ResponseReturnValue:
        """The page with the phones of those who are to be reminded; each one that is shown is in the trail before."""
        session = database.session()
        day = _day(session, asked(session).on, live.minute(), _against())
        shown = frozenset(number for number in _missing(day) if _reveal(session, number))
        return self._page(shown)

    @expose("/close/", methods=("GET", "POST"))
    def close(self) -> ResponseReturnValue:
        """Close the day, after a page that says who has not reported and what does not hang together."""
        session, found, now = database.session(), asked(database.session()), clock.now()
        day = day_sheet(session, found.on, live.minute(), found.on - timedelta(days=1))
        mine = list(_closable(session, day))
        if not mine and not any(line.report.closed for line in day.lines):
            abort(403)
        if request.method == "POST":
            try:
                handing_in.close_day(session, mine, found.on, identity.signed_in().name, now)
                session.commit()
            except Invalid as refused:
                session.rollback()
                flash(" ".join(say(p.message, p.params) for p in refused.problems), "warn")
            else:
                flash(_("The day is closed: %(day)s", day=i18n.day(found.on)), "ok")
            return redirect(district_url(found.on), 303)
        return self._ask_to_close(day)

    # ---- the pages ----

    def _page(self, shown: frozenset[int] = frozenset()) -> str:
        session, now = database.session(), live.minute()
        found, against = asked(session), _against()
        day = _day(session, found.on, now, against)
        head = pages.head(day, clock.today(), against)
        links = [*head.links]
        if next(_closable(session, day), None) is not None:
            links.insert(0, Link(_("Close the day"), district_url(found.on, "close/"), main=not day.unreported))
        # a phone that was asked for stays in sight until the page is left
        still = not shown and found.on == clock.today()
        body = (
            _draw(session, day, now, against, shown)
            if shown
            else drawn(session, found.on, now, against, i18n.language())
        )
        return self.render(
            "admin/district_day.html",
            head=head,
            title=head.title,
            notices=found.notices,
            links=links,
            drawn=body,
            onward=onward(session.scope, found.on),
            phones_url=district_url(found.on, "phones/", against=against) if day.unreported else "",
            region=live.Region(
                district_url(found.on, "live/", against=against) if still else "",
                district_url(found.on, against=against),
            ),
        )

    def _ask_to_close(self, day: DaySheet) -> str:
        missing = [f"{report.place.name}: {say(report.state.label)}" for report in day.unreported]
        gaps = [pages.gap_said(report, gap) for report, gap in day.gaps]
        question = _("After that nothing of %(day)s moves except by a revision with a reason.", day=i18n.day(day.on))
        if missing:
            question += " " + _("These have not reported, and will show as late:")
        return self.render(
            "admin/ledger/confirm.html",
            title=_("Close the day"),
            question=question,
            names=[*missing, *gaps],
            action_url=district_url(day.on, "close/"),
            hidden=[],
            confirm_label=_("Close the day"),
            cancel_url=district_url(day.on),
        )


@remembered
def drawn(session: Session, on: date, now: datetime, against: str, language: str) -> Markup:
    """The part of the page that is the same for everybody with the same rights; ``now`` is to the minute."""
    return _draw(session, _day(session, on, now, against), now, against, frozenset())


def _draw(session: Session, day: DaySheet, now: datetime, against: str, shown: frozenset[int]) -> Markup:
    page = pages.page(day, against, _reminders(session, day, now, shown))
    return Markup(render_template("admin/district_day_live.html", page=page))  # noqa: S704  drawn and escaped by a template


def _day(session: Session, on: date, now: datetime, against: str) -> DaySheet:
    days = AGAINST[against][0] if against in AGAINST else 1
    return day_sheet(session, on, now, on - timedelta(days=days))


def _against() -> str:
    asked_for = request.args.get("against", "")
    return asked_for if asked_for in (*AGAINST, NONE) else "yesterday"


def _closable(session: Session, day: DaySheet) -> Iterator[int]:
    """The villages whose day this reader may close and that is not closed."""
    for line in day.lines:
        closing = DayClosing(village_id=line.report.place.id, on=day.on)
        if not line.report.closed and session.scope.may_to(Act.CREATE, closing):
            yield line.report.place.id


# ---- whom to remind ----


def _missing(day: DaySheet) -> list[int]:
    return [report.place.id for report in day.unreported]


def _reminders(session: Session, day: DaySheet, now: datetime, shown: frozenset[int]) -> list[Reminder]:
    """The villages whose report is not there, with the phone of their contact, shortened until somebody asks."""
    query = select(Village.id, Village.contact, Village.phone).where(Village.id.in_(_missing(day)))
    known = {number: (contact, phone) for number, contact, phone in session.execute(query)}
    overdue = {at: pages.overdue(at, now) for at in {_deadline(day, report) for report in day.unreported}}
    found = []
    for report in day.unreported:
        here = report.place.id
        contact, phone = known.get(here, (None, None))
        cell = Cell(masks.masked(phone, Mask.PHONE)) if phone else Cell("")
        if phone and here in shown:
            cell = Cell(phone, url=f"tel:{phone}")
        name = Cell(report.place.name, url=daily_url(day.on, here))
        returned = report.state is ReportState.RETURNED
        why = (report.return_reason or "") if returned else overdue[_deadline(day, report)]
        found.append(Reminder(f"r{here}", name, state_cell(report.state, False), why, contact or "", cell))
    return found


def _deadline(day: DaySheet, report: VillageReport) -> datetime:
    return day.hours.deadline(report.place.township_id)


def _reveal(session: Session, number: int) -> bool:
    """Note that a village's phone is shown; False if it may not be, or there is none."""
    village = session.get(Village, number)
    if village is None or not village.phone or not session.scope.may_to(Act.REVEAL, village):
        return False
    told = Entry("village", Deed.REVEAL, village.id, village.id, str(village), reason=say(N_("Contact phone")))
    note_apart(told, must=True)
    return True


__all__ = ["DistrictView", "drawn"]
