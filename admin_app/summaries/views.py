"""Every summary there is, in the order in which they are listed."""

from __future__ import annotations

from admin_app.summaries import enterprises, overview, people, reports, service, venues
from admin_app.summaries.base import SummaryView

VIEWS: tuple[type[SummaryView], ...] = (
    *overview.VIEWS,
    *people.VIEWS,
    *reports.VIEWS,
    *venues.VIEWS,
    *enterprises.VIEWS,
    *service.VIEWS,
)
