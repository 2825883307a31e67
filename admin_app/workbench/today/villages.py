"""The choice of a village whose day is looked at, with where each of them stands."""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import gettext as _

from admin_app import i18n
from admin_app.ledgers.page import Cell, Link
from admin_app.workbench.screen import Screen, Sheet, heading
from admin_app.workbench.today.addresses import daily_url, district_url
from admin_app.workbench.today.daily_page import state_cell
from models.session import Session
from models.summaries.counting import Place
from models.summaries.reporting import reports


def screen(session: Session, on: date, now: datetime, places: list[Place]) -> Screen:
    """Every village within reach and the state of its report, what is missing first."""
    found = sorted(reports(session, on, now), key=lambda report: report.reported)
    rows = [
        [
            Cell(report.place.name, url=daily_url(on, report.place.id)),
            state_cell(report.state, report.zero),
            Cell(i18n.instant(report.handed_in_at) if report.handed_in_at else ""),
        ]
        for report in found
    ]
    columns = [
        heading("village", _("Village (community)")),
        heading("state", _("Report")),
        heading("at", _("Handed in at")),
    ]
    return Screen(
        title=_("Today's reports"),
        subtitle=i18n.day(on),
        links=[Link(_("The district's day"), district_url(on))] if places else [],
        tables=[Sheet(_("Choose a village"), "", columns, rows)],
    )
