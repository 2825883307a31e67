"""Every summary there is, in the order in which they are listed."""

from __future__ import annotations

from admin_app.summaries import people, places, reports, service
from admin_app.summaries.base import SummaryView

VIEWS: tuple[type[SummaryView], ...] = (*people.VIEWS, *reports.VIEWS, *places.VIEWS, *service.VIEWS)
