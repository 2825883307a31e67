"""What the villages handed in for a day: the figures as they were reported, adjusted ones included."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select

from models.report import FIGURES, DailyReport, Figures
from models.session import Session
from models.summaries.reporting import VillageReport, reports


class Reported(NamedTuple):
    """One village's report; ``figures`` is None if there is none, which is not zero."""

    report: VillageReport
    figures: Figures | None


def reported(session: Session, on: date, now: datetime) -> list[Reported]:
    """Every village's report of a day, in the order of the villages' codes; what was sent back counts as none."""
    query = select(DailyReport.village_id, *(getattr(DailyReport, name) for name in FIGURES))
    figures = {row[0]: Figures(*row[1:]) for row in session.execute(query.where(DailyReport.on == on))}
    return [Reported(one, figures[one.place.id] if one.reported else None) for one in reports(session, on, now)]
