"""/admin/summary/visits/: by village, whose slot is open or missed, who has a fever, is due or cannot be reached.

Each number opens the names behind it; those whom no ledger lists (who is to be called) are listed here.
"""

from __future__ import annotations

from datetime import date, datetime

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_app import database, i18n, live
from admin_app.i18n import say
from admin_app.ledgers.finding import record_id
from admin_app.ledgers.page import Cell, Kind, Link
from admin_app.pages import PlainPage
from admin_app.summaries.overview import WAITS, OverviewView
from admin_app.summaries.people import in_slots
from admin_app.workbench import opens
from admin_app.workbench.screen import Addresses, Figure, HomePage, Screen, Sheet, count, figure, heading, rest
from models import clock
from models.scope import Act
from models.session import Session
from models.states import Period
from models.summaries import calls, watch
from models.summaries.watch import Watched, WatchRow
from models.words import Tone

NAMES = 200


class WatchView(PlainPage):
    """/admin/summary/visits/?show=calls&village=ID"""

    def __init__(self) -> None:
        super().__init__(name="Watch", endpoint="summary_visits", url=opens.WATCH.rstrip("/"))

    def is_accessible(self) -> bool:
        scope = database.session().scope
        return scope.may(Act.READ, "observation") and scope.may(Act.READ, "visit")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The table of the villages, or the names of those who are to be called."""
        session, now = database.session(), live.minute()
        villages = [number for given in request.args.getlist("village") if (number := record_id(given)) is not None]
        if request.args.get("show") == "calls":
            shown = call_list(session, clock.local_day(now), villages)
        else:
            shown = screen(session, now)
        return self.render("admin/home.html", page=HomePage(shown.title, [shown]))


# ---- the villages ----


def screen(session: Session, now: datetime) -> Screen:
    """Every village's line, and the sums of them all."""
    today = clock.local_day(now)
    to = Addresses(session.scope)
    rows = watch.watch(session, today, now)
    total = watch.totals(rows)
    # who reads only some villages also reads the hand-overs that these ask of others
    everywhere = session.scope.area(Act.READ, "handover").everywhere
    asked = opens.hand_overs(to, *([] if everywhere else [row.place.id for row in rows]))
    return Screen(
        title=_("Visits and alerts"),
        subtitle=" · ".join((i18n.day(today), _("%(count)d villages (communities)", count=len(rows)))),
        links=OverviewView.links(session.scope),
        figures=_figures(total, today, to, asked),
        tables=[_sheet(rows, total, today, to, asked)],
    )


def round_url(to: Addresses, today: date, period: Period, *village: tuple[str, object]) -> str:
    """The round of a village, or the choice of one."""
    if not to.scope.may(Act.CREATE, "visit"):
        return ""
    return "/admin/round/?" + "&".join(
        f"{name}={value}" for name, value in (*village, ("on", today), ("period", period))
    )


def _slots_url(
    to: Addresses, today: date, period: Period, open_: int, missed: int, *village: tuple[str, object]
) -> str:
    """Where the names of one period are: in the round of a village; of several together in a list, if one has all."""
    if village or (missed and open_):
        return round_url(to, today, period, *village)
    return in_slots(to.scope, "missed" if missed else "open", today, ("period", period))


def _figures(total: Watched, today: date, to: Addresses, asked: str) -> list[Figure]:
    return [
        figure(
            _("Fever alerts"),
            total.fever,
            opens.alerts(to, "fever"),
            Tone.BAD,
            _("%(count)d with symptoms", count=total.symptoms) if total.symptoms else "",
        ),
        figure(_("Cannot be reached"), total.unreached, opens.alerts(to, "unreached"), Tone.BAD),
        figure(
            _("Missed today"),
            total.am_missed + total.pm_missed,
            in_slots(to.scope, "missed", today),
            Tone.BAD,
        ),
        figure(_("Awaiting release"), total.due, opens.due(to), Tone.WARN),
        figure(
            _("Hand-overs waiting"),
            total.hand_overs,
            asked,
            Tone.BAD if total.hand_overs_late else Tone.WARN,
            _("%(count)d for longer than a day", count=total.hand_overs_late) if total.hand_overs_late else "",
        ),
        figure(_("Calls due"), total.calls, opens.calls(), Tone.WARN),
    ]


def _sheet(rows: list[WatchRow], total: Watched, today: date, to: Addresses, asked: str) -> Sheet:
    numbers = [
        ("am", _("Morning visits")),
        ("pm", _("Evening visits")),
        *((name, say(label)) for name, label in WAITS.items()),
    ]
    return Sheet(
        title=_("By village"),
        note=_("Every number opens the names behind it."),
        columns=[
            heading("village", _("Village (community)")),
            *(heading(name, label, Kind.NUMBER) for name, label in numbers),
        ],
        rows=[
            [
                Cell(row.place.name, url=to.record("village", row.place.id)),
                *_numbers(
                    row.counts,
                    today,
                    to,
                    opens.hand_overs(to, row.place.id),
                    ("village", row.place.id),
                ),
            ]
            for row in rows
        ],
        footer=[Cell(_("Total")), *_numbers(total, today, to, asked)] if rows else None,
    )


def _numbers(counts: Watched, today: date, to: Addresses, asked: str, *village: tuple[str, object]) -> list[Cell]:
    def slots(period: Period, open_: int, missed: int) -> str:
        return _slots_url(to, today, period, open_, missed, *village)

    late = _("%(count)d for longer than a day", count=counts.hand_overs_late) if counts.hand_overs_late else ""
    waiting = count(counts.hand_overs, asked)
    return [
        _slot(counts.am_open, counts.am_missed, slots(Period.AM, counts.am_open, counts.am_missed)),
        _slot(counts.pm_open, counts.pm_missed, slots(Period.PM, counts.pm_open, counts.pm_missed)),
        *(count(getattr(counts, kind), opens.alerts(to, kind, *village)) for kind in opens.KINDS),
        count(counts.due, opens.due(to, *village)),
        Cell(waiting.text, Kind.NUMBER, url=waiting.url, dim=late),
        count(counts.calls, opens.calls(*village)),
    ]


def _slot(open_: int, missed: int, url: str) -> Cell:
    """Who is still to be measured, or was missed: townships may close at different times, so there may be both."""
    text = i18n.number(open_ + missed)
    if not missed:
        return Cell(text, Kind.NUMBER, url=url if open_ else "")
    said = _("missed") if not open_ else _("%(count)d missed", count=missed)
    return Cell(text, Kind.NUMBER, Tone.BAD, url, dim=said)


# ---- who is to be called ----


def call_list(session: Session, today: date, villages: list[int]) -> Screen:
    """Whom to call after release, who waits longest first."""
    to = Addresses(session.scope)
    names = {place.id: place.name for place in watch.places(session)}
    due = calls.due_calls(session, today, NAMES, villages)
    rows = [
        [
            Cell(one.name or f"#{one.resident_id}", url=to.record("resident", one.resident_id)),
            Cell(i18n.listed(map(str, one.days)), Kind.NUMBER),
            Cell(
                _("Record a call"),
                url=to.new("followup", ("observation", one.observation_id), ("day_no", one.days[-1])),
            ),
            Cell(i18n.day(one.released_on)),
            Cell(names.get(one.village_id, "")),
        ]
        for one in due
    ]
    columns = [
        heading("name", _("Name")),
        heading("days", _("Day after release"), Kind.NUMBER),
        heading("record", _("Follow-up call")),
        heading("released_on", _("Released on")),
        heading("village", _("Village (community)")),
    ]
    counted = calls.due(session, today)
    all_ = sum(count for number, count in counted.items() if not villages or number in villages)
    where = i18n.listed(names[number] for number in villages if number in names) if len(villages) <= 3 else ""
    return Screen(
        title=_("Calls due"),
        subtitle=" · ".join(part for part in (i18n.day(today), where) if part),
        links=[Link(_("Visits and alerts"), opens.WATCH)],
        tables=[Sheet(_("Calls due"), rest(len(rows), all_), columns, rows)],
    )
