"""Summary of the daily reports: how punctually they came."""

from __future__ import annotations

from admin_app import i18n
from admin_app.ledgers.page import Cell
from admin_app.summaries.asked import Asked, Days, Places, RowsBy
from admin_app.summaries.base import SummaryView, names_of
from admin_app.summaries.charts import Ink
from admin_app.summaries.page import Behind, Form, Line, Measure, Picture, Row, Section, by_place, rows
from admin_app.workbench.screen import Addresses
from admin_app.workbench.today.addresses import daily_url
from admin_app.workbench.today.daily_page import state_cell
from models.report import Punctuality, ReportStatus
from models.session import Session
from models.summaries import punctuality
from models.summaries.punctuality import Punctual
from models.words import N_, Tone

HANDED_IN = tuple(("status", status.value) for status in (ReportStatus.REPORTED, ReportStatus.CLOSED))


def _places(session: Session, asked: Asked) -> list[Line]:
    """Those who were on time least often first."""
    found = punctuality.by_village(session, asked.span, asked.places, asked.now)
    lines = by_place(asked, found, Punctual())
    return sorted(lines, key=lambda line: (line.counts.share is None, line.counts.share or 0))


def _came(how: Punctuality) -> Measure:
    """Reports that were handed in, and not sent back."""
    return Measure(how.value, how.label, rows("dailyreport", *HANDED_IN, ("punctuality", how.value), days="on"))


DUE = {
    "due": N_("Reports due"),
    "missing": N_("Not reported"),
    "waiting": N_("Still to come today"),
    "zero": N_("Zero reports among them"),
}


def _behind(field: str) -> Behind:
    """Reports, whether they are there or not."""

    def rows_of(session: Session, asked: Asked, to: Addresses, limit: int) -> list[Row]:
        return [
            [
                Cell(one.place.name, url=to.record("village", one.place.id)),
                Cell(i18n.day(one.on), url=daily_url(one.on, one.place.id)),
                state_cell(one.state, one.zero),
            ]
            for one in punctuality.due(session, asked.span, asked.places, asked.now, field, limit)
        ]

    return Behind(DUE[field], (N_("Village (community)"), N_("Date"), N_("Report")), rows_of)


def _due(field: str, tone: Tone | None = None) -> Measure:
    return Measure(field, DUE[field], names_of("reporting", field), tone=tone)


class ReportingView(SummaryView):
    slug = "reporting"
    title = N_("On-time reporting")
    line = N_("Over some days, by village: which daily reports came on time, late, or not at all.")
    icon = "alarm"
    needs = ("dailyreport",)
    conditions = (Days(14), Places("dailyreport"), RowsBy())
    sections = (
        Section(
            N_("Punctuality of the daily reports"),
            _places,
            (
                _due("due"),
                *(_came(how) for how in Punctuality),
                Measure(
                    "returned",
                    ReportStatus.RETURNED.label,
                    rows("dailyreport", ("status", ReportStatus.RETURNED.value), days="on"),
                    tone=Tone.BAD,
                ),
                _due("missing", Tone.BAD),
                _due("waiting"),
                _due("zero"),
                Measure("share", N_("Share on time"), form=Form.SHARE),
            ),
            (
                Picture(
                    N_("Reports by punctuality"),
                    (
                        ("on_time", Ink.OK),
                        ("late", Ink.WARN),
                        ("made_up", Ink.SECOND),
                        ("returned", Ink.CALM),
                        ("missing", Ink.BAD),
                    ),
                ),
            ),
            note=N_("Whoever was on time least often comes first."),
        ),
    )
    behind = {field: _behind(field) for field in DUE}


VIEWS = (ReportingView,)
