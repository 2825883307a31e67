"""/admin/summary/daily/: a village's day, counted, looked at, handed in with one confirmation, corrected later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NoReturn

from flask import abort, flash, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_app import database, i18n, identity
from admin_app.exchange.onward import onward
from admin_app.i18n import say
from admin_app.ledgers.declared import note_apart
from admin_app.ledgers.fields import read_day
from admin_app.ledgers.finding import record_id
from admin_app.ledgers.page import Link, Option
from admin_app.pages import PlainPage
from admin_app.workbench.screen import Addresses, HomePage
from admin_app.workbench.today import daily_page as pages
from admin_app.workbench.today import villages
from admin_app.workbench.today.addresses import DAILY, daily_url, district_url
from admin_app.workbench.today.asked import asked
from admin_app.workbench.today.behind import names_page
from models import clock, handing_in
from models.base import Invalid, Problem
from models.figures import FIGURES
from models.handing_in import Adjusted, HandIn, Quicker
from models.report import DailyReport
from models.scope import Act
from models.summaries import report_day
from models.summaries.counting import Place
from models.summaries.movements import Balance, balances
from models.summaries.names import numbers
from models.summaries.report_day import ReportDay
from models.trail import Deed, Entry
from models.words import N_

Errors = Mapping[str, list[str]]


class DailyView(PlainPage):
    """/admin/summary/daily/?on=DATE&village=ID"""

    def __init__(self) -> None:
        super().__init__(name="Daily report", endpoint="summary_daily", url=DAILY.rstrip("/"))

    def is_accessible(self) -> bool:
        return database.session().scope.may(Act.READ, "dailyreport")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The day of one village; the choice of one where several are within reach."""
        session = database.session()
        found = asked(session)
        if found.place is None:
            screen = villages.screen(session, found.on, clock.now(), found.places)
            return self.render("admin/home.html", page=HomePage(screen.title, [screen], found.notices))
        day = report_day.report_day(session, found.place, found.on, clock.now())
        if not request.args.get("correct") or day.reported is None:
            return self._page(day, notices=found.notices, places=found.places)
        kept = pages.adjustments_of(day.reported)  # what was adjusted stays, unless it is taken back
        return self._page(day, kept, notices=found.notices, correcting=True, places=found.places)

    @expose("/", methods=("POST",))
    def create_view(self) -> ResponseReturnValue:
        """Hand the day in, or a correction of it."""
        session, typed, now = database.session(), request.form, clock.now()
        place, on = _posted()
        if not _may_hand_in(place):
            abort(403)
        if g.get("csrf_refused"):
            words = _("This form was opened in another session. Nothing was handed in; look and hand it in again.")
            return self._again(place, min(on, clock.today()), {"": [words]})
        if on > clock.today():
            return self._again(place, clock.today(), {"": [_("A report is not for a day to come.")]}), 422
        day = report_day.report_day(session, place, on, now)
        adjusted, errors = _adjustments(typed)
        if not errors and typed.get("counted") != pages.fingerprint(day.figures) and _is_news(day, typed):
            words = _(
                "Something was entered while you were looking: the figures are new. Look at them and hand in again."
            )
            return self._again(place, on, {"": [words]}), 409
        try:
            if errors:
                raise Invalid(DailyReport(), [])
            handing_in.hand_in(session, _handed(day, typed, adjusted), now)
            session.commit()
        except Invalid as refused:
            session.rollback()
            return self._again(place, on, _said(refused.problems, errors)), 422
        except Quicker as quicker:
            told = _told(quicker.report)
            session.rollback()
            flash(told, "warn")
            return redirect(daily_url(on, place.id), 303)
        flash(_("Handed in: %(name)s, %(day)s", name=place.name, day=i18n.day(on)), "ok")
        return redirect(daily_url(on, place.id), 303)

    @expose("/names/")
    def names(self) -> ResponseReturnValue:
        """The names behind a figure, in one village or in all within reach."""
        session = database.session()
        found, figure = asked(session), request.args.get("figure", "")
        if figure not in FIGURES:
            abort(404)
        page = names_page(session, found, figure)
        return self.render("admin/home.html", page=page)

    @expose("/return/", methods=("GET", "POST"))
    def edit_view(self) -> ResponseReturnValue:
        """Send a report back to its village, with a reason."""
        session = database.session()
        found = asked(session)
        report = handing_in.report_of(session, found.place.id, found.on) if found.place else None
        if report is None or found.place is None:
            abort(404)
        if not _may_return(report):
            abort(403)
        reason, error, status = request.form.get("reason", ""), "", 200
        if request.method == "POST" and not g.get("csrf_refused"):
            try:
                handing_in.send_back(session, report, reason)
                session.commit()
            except Invalid as refused:
                session.rollback()
                error, status = " ".join(say(p.message, p.params) for p in refused.problems), 422
            else:
                flash(_("Returned to the village: %(name)s", name=found.place.name), "ok")
                return redirect(district_url(found.on), 303)
        page = self.render(
            "admin/ledger/confirm.html",
            title=_("Return to the village"),
            question=_(
                "The report of %(name)s for %(day)s goes back; it counts as not reported until it comes again.",
                name=found.place.name,
                day=i18n.day(found.on),
            ),
            action_url=daily_url(found.on, found.place.id, "return/"),
            hidden=[],
            wants_reason=True,
            reason=reason,
            error=error,
            danger=True,
            confirm_label=_("Return it"),
            cancel_url=daily_url(found.on, found.place.id),
        )
        return page, status

    # ---- the page ----

    def _again(self, place: Place, on: date, errors: Errors) -> str:
        """The page with what was typed, and what is wrong with it."""
        session = database.session()
        day = report_day.report_day(session, place, on, clock.now())
        correcting = day.reported is not None
        return self._page(day, request.form, errors, correcting=correcting, places=report_day.places(session))

    def _page(
        self,
        day: ReportDay,
        typed: Mapping[str, str] | None = None,
        errors: Errors | None = None,
        *,
        notices: list[str] | None = None,
        correcting: bool = False,
        places: list[Place],
    ) -> str:
        session, today = database.session(), clock.today()
        may = _may_hand_in(day.place)
        entering = may and (day.reported is None or correcting)
        shown = day.figures if day.reported is None or entering else day.reported.figures
        who = identity.signed_in().name
        entry = pages.entry(day, today, who, typed or {}, errors or {}, correcting) if entering else None
        page = pages.DailyPage(
            title=_("The day's report: %(name)s", name=day.place.name),
            subtitle=i18n.day(day.on),
            state=pages.state_cell(day.state, bool(day.reported and day.reported.figures.zero)),
            said=pages.said(day, today),
            notices=[*(("warn", text) for text in notices or []), *pages.notices(day)],
            links=pages.day_links(day, today, self._links(day, may, entering)),
            villages=[Option(str(one.id), one.name, one.id == day.place.id) for one in places]
            if len(places) > 1
            else [],
            on=day.on.isoformat(),
            sections=pages.sections(day, shown, typed or {}, errors or {}, entering),
            balance=pages.balance_line(balances(session, day.on).get(day.place.id, Balance())),
            moved=pages.moved(day, Addresses(session.scope)),
            note="" if entering or day.reported is None else day.reported.note or "",
            revisions=pages.revisions(day),
            entry=entry,
            action_url=daily_url(day.on, day.place.id),
            onward=onward(session.scope, day.on, day.place.id),
        )
        return self.render("admin/daily.html", page=page)

    def _links(self, day: ReportDay, may: bool, entering: bool) -> list[Link]:
        links = []
        if may and day.reported is not None and not entering:
            links.append(Link(_("Correct"), daily_url(day.on, day.place.id, correct="1")))
        report = handing_in.report_of(database.session(), day.place.id, day.on)
        if report is not None and day.closed is None and day.state is not day.state.RETURNED and _may_return(report):
            links.append(Link(_("Return to the village"), daily_url(day.on, day.place.id, "return/")))
        if identity.signed_in().scope.may(Act.READ, "dailyreport") and not may:
            links.append(Link(_("The district's day"), district_url(day.on)))
        return links


def _choices(places: list[Place], chosen: Place) -> list[Option]:
    return [Option(str(one.id), one.name, one.id == chosen.id) for one in places] if len(places) > 1 else []


# ---- what may be done, and what was typed ----


def _may_hand_in(place: Place) -> bool:
    return database.session().scope.may_to(Act.CREATE, DailyReport(village_id=place.id))


def _may_return(report: DailyReport) -> bool:
    scope = database.session().scope
    allowed = scope.edits(DailyReport, Act.EDIT, report)
    return scope.may_to(Act.EDIT, report) and (allowed is None or "status" in allowed)


def _posted() -> tuple[Place, date]:
    """The village and the day that a form is about; 404 and a row in the trail for a village that is not theirs."""
    try:
        on = read_day(request.args.get("on", ""))
    except ValueError:
        abort(400)
    wanted = record_id(request.args.get("village"))
    for place in report_day.places(database.session()):
        if place.id == wanted:
            return place, on
    _refuse(wanted)


def _refuse(wanted: int | None) -> NoReturn:
    note_apart(Entry("dailyreport", Deed.REFUSED, record_id=wanted, reason=N_("There is no such record here.")))
    abort(404)


def _adjustments(typed: Mapping[str, str]) -> tuple[list[Adjusted], dict[str, list[str]]]:
    """The figures that are reported otherwise than counted, and what cannot be read of them."""
    found: list[Adjusted] = []
    errors: dict[str, list[str]] = {}
    for name in FIGURES:
        text = "".join(typed.get(f"to-{name}", "").split())
        if not text:
            continue
        value = int(text) if text.isdecimal() and len(text) < 8 else -1
        if value < 0:
            errors[name] = [_("This is not a number of people.")]
        else:
            found.append(Adjusted(name, value, typed.get(f"why-{name}", "").strip()))
    return found, errors


def _is_news(day: ReportDay, typed: Mapping[str, str]) -> bool:
    """False where somebody else was quicker, which is said instead."""
    return str(day.reported.number if day.reported else 0) == typed.get("seen", "0")


def _handed(day: ReportDay, typed: Mapping[str, str], adjusted: list[Adjusted]) -> HandIn:
    return HandIn(
        village_id=day.place.id,
        on=day.on,
        counted=day.figures,
        who=typed.get("who", "").strip(),
        behind=numbers(database.session(), day.on, day.place.id),
        adjusted=adjusted,
        note=typed.get("note", ""),
        reason=typed.get("reason", ""),
        seen=record_id(typed.get("seen")) or 0,
    )


def _said(problems: list[Problem], errors: Errors) -> Errors:
    """What the rules found, at the fields of the form."""
    known = {"who", "note", "reason", *FIGURES}
    aliases = {"handed_in_by": "who", "correction_reason": "reason"}
    said = {name: [*texts] for name, texts in errors.items()}
    for problem in problems:
        name = aliases.get(problem.field, problem.field)
        said.setdefault(name if name in known else "", []).append(say(problem.message, problem.params))
    return said


def _told(report: DailyReport) -> str:
    """What the second of two is told."""
    name = report.handed_in_by
    return _(
        "Already handed in by %(name)s, %(when)s (revision %(number)d). Nothing was sent twice; look at it here.",
        name=name,
        when=i18n.instant(report.handed_in_at if report.revision == 1 else report.updated_at),
        number=report.revision,
    )
