"""区级总览 as a summary: today's sheet and what waits, village by village, with charts, to narrow, print and export."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask_babel import gettext as _

from admin_app import live
from admin_app.ledgers.page import Cell, Link
from admin_app.summaries.asked import Asked, Places, RowsBy
from admin_app.summaries.base import SummaryView, names_of
from admin_app.summaries.charts import Ink
from admin_app.summaries.page import (
    Behind,
    Form,
    Line,
    Measure,
    Opens,
    Picture,
    Row,
    Section,
    by_place,
    of_villages,
    rows,
)
from admin_app.summaries.people import in_slots
from admin_app.summaries.reports import HANDED_IN
from admin_app.workbench import opens
from admin_app.workbench.screen import Addresses
from admin_app.workbench.today.addresses import daily_url
from admin_app.workbench.today.sheet_page import report_cell
from models.scope import Act, Scope
from models.session import Session
from models.states import Period
from models.summaries import district_day, overview, watch
from models.summaries.overview import Standing
from models.summaries.watch import Watched
from models.words import N_, Tone

PERSONS: Final = {
    "cumulative": N_("Cumulative"),
    "new": N_("New"),
    "observed": N_("Under observation"),
    "in_centre": N_("At the centre"),
    "in_hospital": N_("In hospital"),
    "released": N_("Released"),
}
WAITS: Final = {
    "fever": N_("Fever"),
    "symptoms": N_("Symptoms"),
    "unreached": N_("Cannot be reached"),
    "due": N_("Awaiting release"),
    "hand_overs": N_("Hand-overs waiting"),
    "calls": N_("Calls due"),
}
"""The columns of the first screen and of the watch, which read them here."""
UNREPORTED: Final = N_("Not reported")


def _today(session: Session, asked: Asked) -> list[Line]:
    """To the minute, as the first screen, so that one answer does for both."""
    return by_place(asked, overview.standing(session, asked.today, live.minute(asked.now)), Standing())


def _waits(session: Session, asked: Asked) -> list[Line]:
    """Those with most to look after first, as in the watch."""
    lines = by_place(asked, overview.waiting(session, asked.today, live.minute(asked.now)), Watched())
    return sorted(lines, key=lambda line: -watch.urgency(line.counts))


def _unreported(session: Session, asked: Asked, to: Addresses, limit: int) -> list[Row]:
    within = set(asked.villages)
    found = district_day.district_day(session, asked.today, live.minute(asked.now)).unreported
    here = [one for one in found if one.place.id in within][:limit]
    return [[Cell(one.place.name, url=daily_url(asked.today, one.place.id)), report_cell(one)] for one in here]


def _opens(address: Callable[..., str]) -> Opens:
    """What opens a number, by its address for the villages that it is about."""

    def opens(to: Addresses, asked: Asked, line: Line) -> str:
        return address(to, asked, *of_villages(asked, line))

    return opens


def _persons(name: str) -> Measure:
    return Measure(
        name, PERSONS[name], _opens(lambda to, asked, *villages: opens.files(to, name, asked.today, *villages))
    )


def _slots(name: str, label: str, what: str, period: Period | None = None, tone: Tone | None = None) -> Measure:
    """Slots of the morning, of the evening, or of both."""
    of = (("period", period),) if period is not None else ()

    def address(to: Addresses, asked: Asked, *villages: opens.Condition) -> str:
        return in_slots(to.scope, what, asked.today, *of, *villages)

    return Measure(name, label, _opens(address), tone=tone)


def _abnormal(name: str, label: str, feverish: bool = False) -> Measure:
    def address(to: Addresses, asked: Asked, *villages: opens.Condition) -> str:
        return opens.abnormal(to, asked.today, *villages, feverish=feverish)

    return Measure(name, label, _opens(address), tone=Tone.BAD)


def _alerts(name: str, tone: Tone = Tone.BAD) -> Measure:
    return Measure(name, WAITS[name], _opens(lambda to, asked, *villages: opens.alerts(to, name, *villages)), tone=tone)


def _hand_overs(to: Addresses, asked: Asked, line: Line) -> str:
    """Those that the villages have to answer; who reads only some also reads what these ask of others."""
    everything = not asked.narrowed and to.scope.area(Act.READ, "handover").everywhere
    return opens.hand_overs(to, *(line.villages or (() if everything else asked.villages)))


class OverviewView(SummaryView):
    slug = "overview"
    title = N_("District overview")
    line = N_("Now, by village: reports, who is observed where, visits done and missed, and what waits.")
    icon = "speedometer2"
    needs = ("observation", "visit", "dailyreport", "resident", "alert", "handover", "followup")
    conditions = (Places("observation"), RowsBy())
    sections = (
        Section(
            N_("Reports and persons"),
            _today,
            (
                Measure("reported", N_("Reported"), rows("dailyreport", *HANDED_IN, days="on")),
                Measure("unreported", UNREPORTED, names_of("overview", "unreported"), tone=Tone.WARN),
                Measure("share", N_("Share reported"), form=Form.SHARE),
                *(_persons(name) for name in PERSONS),
            ),
            (
                Picture(
                    N_("Who is where"),
                    (("observed", Ink.MAIN), ("in_centre", Ink.WARN), ("in_hospital", Ink.BAD)),
                ),
            ),
        ),
        Section(
            N_("Today's visits"),
            _today,
            (
                _slots("am_expected", N_("Expected in the morning"), "expected", Period.AM),
                _slots("am_done", N_("Done in the morning"), "done", Period.AM),
                _slots("pm_expected", N_("Expected in the evening"), "expected", Period.PM),
                _slots("pm_done", N_("Done in the evening"), "done", Period.PM),
                _slots("missed", N_("Missed"), "missed", tone=Tone.BAD),
                _slots("open", N_("Still to be visited"), "open"),
                _abnormal("abnormal", N_("Abnormal")),
                _abnormal("feverish", N_("With fever"), feverish=True),
            ),
            (
                Picture(
                    N_("Done and missed"),
                    (("am_done", Ink.OK), ("pm_done", Ink.SECOND), ("missed", Ink.BAD), ("open", Ink.CALM)),
                ),
            ),
        ),
        Section(
            N_("What waits"),
            _waits,
            (
                _alerts("fever"),
                _alerts("symptoms"),
                _alerts("unreached"),
                Measure("due", WAITS["due"], _opens(lambda to, _asked, *v: opens.due(to, *v)), tone=Tone.WARN),
                Measure("hand_overs", WAITS["hand_overs"], _hand_overs, tone=Tone.WARN),
                Measure("calls", WAITS["calls"], _opens(lambda _to, _asked, *v: opens.calls(*v)), tone=Tone.WARN),
            ),
            (
                Picture(
                    N_("Alerts, releases and hand-overs"),
                    (
                        ("fever", Ink.BAD),
                        ("symptoms", Ink.WARN),
                        ("unreached", Ink.C4),
                        ("due", Ink.MAIN),
                        ("hand_overs", Ink.SECOND),
                    ),
                ),
            ),
            note=N_("Those with most to look after come first."),
        ),
    )
    behind = {"unreported": Behind(UNREPORTED, (N_("Village (community)"), N_("Report")), _unreported)}

    @classmethod
    def links(cls, scope: Scope) -> list[Link]:
        """The way here from the pages that show the same without charts, for whoever may go it."""
        return [Link(_("Charts and export"), f"/admin/summary/{cls.slug}/")] if cls.open_to(scope) else []


VIEWS = (OverviewView,)
