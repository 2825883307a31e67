"""村日报: one village's day: what its records come to, what it reported, and what has changed since."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select

from models.figures import FIGURES, Figures
from models.handing_in import report_of, unpacked
from models.handover import names_that_crossed
from models.report import Adjustment, DayClosing, ReportRevision, closing
from models.resident import Resident
from models.session import Session
from models.summaries.counting import Place, villages
from models.summaries.figures import figures_of
from models.summaries.hours import hours
from models.summaries.movements import Movement, movements
from models.summaries.names import names
from models.summaries.reporting import ReportState, reported, state_of


class Changed(NamedTuple):
    """A figure that the records come to now, and what they came to when it was handed in."""

    figure: str
    was: int
    now: int


class Adjusted(NamedTuple):
    """A figure that was reported otherwise than it was counted."""

    figure: str
    counted: int
    reported: int
    reason: str
    by: str


class Revision(NamedTuple):
    """A report as it was handed in one time."""

    number: int
    figures: Figures
    adjusted: tuple[Adjusted, ...]
    by: str
    at: datetime
    reason: str | None
    note: str | None
    after_closing: bool

    @property
    def counted(self) -> Figures:
        """What the records came to then, whatever was reported."""
        return self.figures._replace(**{one.figure: one.counted for one in self.adjusted})


class ReportDay(NamedTuple):
    """A village's day. ``revisions`` are the newest first, none if nothing was handed in; ``before`` is what was
    reported the day before; ``closed`` is who closed the day, None while it is open."""

    place: Place
    on: date
    state: ReportState
    deadline: datetime
    figures: Figures
    before: Figures | None
    movements: list[Movement]
    report_id: int | None
    handed_in_by: str
    handed_in_at: datetime | None
    return_reason: str | None
    revisions: list[Revision]
    closed: DayClosing | None

    @property
    def reported(self) -> Revision | None:
        """What holds; None if there is no report."""
        return self.revisions[0] if self.revisions else None

    @property
    def changed(self) -> list[Changed]:
        """Where the records come to something else now than when the report was handed in."""
        if self.reported is None:
            return []
        then = self.reported.counted
        pairs = zip(FIGURES, then, self.figures, strict=True)
        return [Changed(name, was, now) for name, was, now in pairs if was != now]


def report_day(session: Session, place: Place, on: date, now: datetime) -> ReportDay:
    """A village's day as it stands."""
    report = report_of(session, place.id, on)
    deadline = hours(session, on).deadline(place.township_id)
    absent = ReportState.MISSING if now > deadline else ReportState.WAITING
    return ReportDay(
        place=place,
        on=on,
        state=absent if report is None else state_of(report.punctuality, report.status),
        deadline=deadline,
        figures=figures_of(session, on, place.id),
        before=reported(session, on - timedelta(days=1)).get(place.id),
        movements=movements(session, on, place.id),
        report_id=report.id if report else None,
        handed_in_by=report.handed_in_by if report else "",
        handed_in_at=report.handed_in_at if report else None,
        return_reason=report.return_reason if report else None,
        revisions=_revisions(session, report.id) if report else [],
        closed=closing(session, place.id, on),
    )


def places(session: Session) -> list[Place]:
    """The villages whose reports the session may read."""
    return villages(session, "dailyreport")


def _revisions(session: Session, report_id: int) -> list[Revision]:
    adjusted: dict[int, list[Adjusted]] = {}
    query = select(Adjustment).where(Adjustment.report_id == report_id).order_by(Adjustment.id)
    for one in session.scalars(query):
        told = Adjusted(one.figure, one.counted, one.reported, one.reason, one.adjusted_by)
        adjusted.setdefault(one.revision, []).append(told)
    kept = select(ReportRevision).where(ReportRevision.report_id == report_id).order_by(ReportRevision.number.desc())
    return [
        Revision(
            one.number, one.figures, tuple(adjusted.get(one.number, ())), one.handed_in_by, one.handed_in_at,
            one.reason, one.note, one.after_closing,
        )
        for one in session.scalars(kept)
    ]  # fmt: skip


class Behind(NamedTuple):
    """One person behind a figure: counted ``now``, and ``then``, when the report was handed in (None: not known)."""

    resident_id: int
    village_id: int
    name: str | None
    since: date | None
    now: bool
    then: bool | None


def behind(session: Session, on: date, figure: str, village_id: int | None = None) -> list[Behind]:
    """Whom a figure counts, or counted when it was handed in. Raises KeyError for what is no figure."""
    present = names(session, on, figure, village_id)
    then = _then(session, on, figure, village_id) if village_id is not None else None
    if then is None:
        return [Behind(*one, now=True, then=None) for one in present]
    left = list(then)
    found = []
    for one in present:
        counted = one.resident_id in left
        if counted:
            left.remove(one.resident_id)
        found.append(Behind(*one, now=True, then=counted))
    known = _names(session, left)
    gone = (Behind(number, village_id or 0, known.get(number), None, now=False, then=True) for number in left)
    return [*found, *gone]


def _names(session: Session, numbers: list[int]) -> dict[int, str]:
    """The names of files that no longer count, also of those that were thrown away or handed over."""
    query = select(Resident.id, Resident.name).where(Resident.id.in_(numbers))
    found = {number: name for number, name in session.execute(query, execution_options={"deleted": True})}
    return names_that_crossed(session, numbers) | found


def _then(session: Session, on: date, figure: str, village_id: int) -> list[int] | None:
    """The numbers of the files that were behind a figure of the report that holds; None where that was not kept."""
    report = report_of(session, village_id, on)
    if report is None:
        return None
    query = select(ReportRevision.behind).where(
        ReportRevision.report_id == report.id, ReportRevision.number == report.revision
    )
    kept = session.scalar(query)
    return unpacked(kept[figure]) if kept and figure in kept else None
