"""Venues: what is demanded of them, how they were checked, and what became of the problems that were found."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, not_, or_, select, true

from models.business import Business, BusinessKind, Control, Inspection, Recheck
from models.session import Session
from models.summaries.counting import number_of
from models.summaries.span import Span, Villages


class VenueCounts(NamedTuple):
    """Venues as they are now, and what the inspections of a span of days came to.

    ``checked`` venues were inspected at least once. Of the inspections ``found`` a problem: it was rectified
    ``in_time`` or ``late``, is ``overdue`` or still ``within`` its deadline; ``rechecked``: somebody went again."""

    venues: int = 0
    must_close: int = 0
    restricted: int = 0
    serving: int = 0
    checked: int = 0
    inspections: int = 0
    found: int = 0
    in_time: int = 0
    late: int = 0
    overdue: int = 0
    within: int = 0
    rechecked: int = 0

    def plus(self, other: VenueCounts) -> VenueCounts:
        """Two of them together."""
        return VenueCounts(*(one + two for one, two in zip(self, other, strict=True)))


class DayOfChecks(NamedTuple):
    """A day's checks of the venues that must close, as they are now, and of all venues what was found."""

    checked: int = 0
    unchecked: int = 0
    inspections: int = 0
    found: int = 0

    @property
    def share(self) -> float | None:
        """How many of those that must close were checked, 0 to 1; None without any."""
        due = self.checked + self.unchecked
        return self.checked / due if due else None


By = tuple[int, BusinessKind]
KINDS: Final = tuple(BusinessKind)
CONTROLS: Final = tuple(Control)


def by_village_and_trade(
    session: Session,
    span: Span,
    villages: Villages,
    today: date,
    kinds: Collection[BusinessKind] = KINDS,
    controls: Collection[Control] = CONTROLS,
) -> dict[By, VenueCounts]:
    """Venues and inspections; a village or a trade without a venue is left out."""
    here = (Business.village_id.in_(villages), Business.kind.in_(kinds), Business.control.in_(controls))
    by = (Business.village_id, Business.kind)
    query = select(*by, Business.control, func.count()).where(*here).group_by(*by, Business.control)
    found: dict[By, VenueCounts] = {}
    for village_id, kind, control, count in session.execute(query):
        demanded = {Control.CLOSE: "must_close", Control.RESTRICT: "restricted"}.get(control, "serving")
        counts = VenueCounts(venues=count)._replace(**{demanded: count})
        found[village_id, kind] = found.get((village_id, kind), VenueCounts()).plus(counts)
    inspected = (
        select(
            *by,
            func.count(Inspection.business_id.distinct()),
            func.count(),
            *(number_of(condition) for condition in _became(today).values()),
        )
        .select_from(Inspection)
        .join(Inspection.business)
        # led by the inspection's village, which is the venue's, so that its index serves
        .where(Inspection.village_id.in_(villages), Inspection.on.between(span.first, span.last), *here)
        .group_by(*by)
    )
    for village_id, kind, *counted in session.execute(inspected):
        found[village_id, kind] = found[village_id, kind].plus(VenueCounts(0, 0, 0, 0, *counted))
    return found


def checks_by_day(
    session: Session, span: Span, villages: Villages, kinds: Collection[BusinessKind] = KINDS
) -> dict[date, DayOfChecks]:
    """Every day of a span, whether somebody inspected or not. Where all kinds are asked for, also the inspections of
    venues that were thrown away since."""
    closed = Business.control == Control.CLOSE
    of_kinds = Business.kind.in_(kinds)
    due = session.scalar(
        select(func.count()).select_from(Business).where(Business.village_id.in_(villages), of_kinds, closed)
    )
    query = (
        select(
            Inspection.on,
            func.count(case((closed, Business.id)).distinct()),
            func.count(),
            number_of(problem()),
        )
        .select_from(Inspection)
        .outerjoin(Inspection.business)
        .where(Inspection.village_id.in_(villages), Inspection.on.between(span.first, span.last))
        .where(true() if set(kinds) == set(KINDS) else of_kinds)
        .group_by(Inspection.on)
    )
    found = {day: DayOfChecks(unchecked=due or 0) for day in span.days()}
    for day, checked, inspections, problems in session.execute(query):
        found[day] = DayOfChecks(checked, found[day].unchecked - checked, inspections, problems)
    return found


def problem() -> ColumnElement[bool]:
    """Inspections that found something: it was given a deadline (``models.business.Inspection.problems``)."""
    return Inspection.rectify_by.is_not(None)


def _became(today: date) -> dict[str, ColumnElement[bool]]:
    """The inspections that found a problem, and what became of it, by the fields of the counts, in their order."""
    rectified = Inspection.recheck == Recheck.RECTIFIED
    open_ = or_(Inspection.recheck.is_(None), not_(rectified))
    in_time = Inspection.rechecked_on <= Inspection.rectify_by
    return {
        "found": problem(),
        "in_time": and_(problem(), rectified, in_time),
        "late": and_(problem(), rectified, or_(Inspection.rechecked_on.is_(None), not_(in_time))),
        "overdue": and_(open_, Inspection.rectify_by < today),
        "within": and_(open_, Inspection.rectify_by >= today),
        "rechecked": and_(problem(), Inspection.rechecked_on.is_not(None)),
    }


# ---- which they are ----


class Venue(NamedTuple):
    """A venue behind a number."""

    id: int
    village_id: int
    name: str
    address: str | None
    guarantor: str | None


def listed(
    session: Session,
    span: Span,
    villages: Villages,
    limit: int,
    kinds: Collection[BusinessKind] = KINDS,
    controls: Collection[Control] = CONTROLS,
    *,
    checked: bool,
) -> list[Venue]:
    """The first of the venues that were checked in a span, or were not, in walking order."""
    seen = (
        select(Inspection.id)
        .where(Inspection.business_id == Business.id, Inspection.on.between(span.first, span.last))
        .exists()
    )
    query = (
        select(Business.id, Business.village_id, Business.name, Business.address, Business.guarantor)
        .where(Business.village_id.in_(villages), Business.kind.in_(kinds), Business.control.in_(controls))
        .where(seen if checked else ~seen)
        .order_by(Business.village_id, Business.address, Business.name, Business.id)
        .limit(limit)
    )
    return [Venue(*row) for row in session.execute(query)]


class Found(NamedTuple):
    """An inspection behind a number, and what became of what was found."""

    id: int
    village_id: int
    business: str
    on: date
    rectify_by: date | None
    findings: str | None
    rechecked_on: date | None


def inspections(
    session: Session,
    span: Span,
    villages: Villages,
    today: date,
    field: str,
    limit: int,
    kinds: Collection[BusinessKind] = KINDS,
    controls: Collection[Control] = CONTROLS,
) -> list[Found]:
    """The first of the inspections of a span that a field of the counts stands for, what is due longest first. Raises
    KeyError for a field that counts no inspections."""
    condition = true() if field == "inspections" else _became(today)[field]
    query = (
        select(
            Inspection.id,
            Inspection.village_id,
            Business.name,
            Inspection.on,
            Inspection.rectify_by,
            Inspection.findings,
            Inspection.rechecked_on,
        )
        .join(Inspection.business)
        .where(Inspection.village_id.in_(villages), Inspection.on.between(span.first, span.last), condition)
        .where(Business.village_id.in_(villages), Business.kind.in_(kinds), Business.control.in_(controls))
        .order_by(func.coalesce(Inspection.rectify_by, Inspection.on), Inspection.id)
        .limit(limit)
    )
    return [Found(*row) for row in session.execute(query)]
