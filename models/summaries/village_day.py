"""今日工作: what a village has to do on a day, and how far it is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select

from models.business import Business, Control, Inspection, Recheck
from models.gathering import CaseStatus, Tipoff
from models.observation import FEVER, Observation, ObservationKind, ObservationStatus, Outcome, Period, Visit
from models.session import Session
from models.summaries import slots
from models.summaries.counting import by_village, how_many, number_of
from models.summaries.slots import SlotCount
from models.supply import UNDER_WAY, Supply


class Unusual(NamedTuple):
    """A day's visits that were not simply normal. ``feverish`` are among the ``abnormal``."""

    abnormal: int = 0
    feverish: int = 0
    not_met: int = 0
    refused: int = 0


class Terms(NamedTuple):
    """Who is under observation, and whose term ends. ``due`` (待解除): over or ending today, nobody signed it off."""

    observed: int = 0
    in_hospital: int = 0
    due: int = 0
    overdue: int = 0
    ends_today: int = 0
    ends_tomorrow: int = 0


class Checks(NamedTuple):
    """Must-close venues, and how many of them were checked on the day."""

    venues: int = 0
    checked: int = 0


class VillageDay(NamedTuple):
    """A day's work within the session's area."""

    terms: Terms
    morning: SlotCount
    evening: SlotCount
    unusual: Unusual
    checks: Checks
    to_rectify: int
    tips: int
    supplies: int

    def slots(self, period: Period) -> SlotCount:
        """The slots of one period."""
        return self.morning if period is Period.AM else self.evening


class Unchecked(NamedTuple):
    """A must-close venue that nobody checked on the day."""

    id: int
    village_id: int
    name: str
    address: str | None
    guarantor: str | None


class Unrectified(NamedTuple):
    """An inspection whose deadline passed, its problems not known to be rectified."""

    id: int
    village_id: int
    business: str | None
    rectify_by: date
    findings: str | None


def village_day(session: Session, on: date) -> VillageDay:
    """What there is to do on a day, over all villages the session may read."""
    by_slot = slots.counts(session, on)
    return VillageDay(
        terms=terms(session, on),
        morning=_together(by_slot, Period.AM),
        evening=_together(by_slot, Period.PM),
        unusual=unusual(session, on),
        checks=checks(session, on),
        to_rectify=sum(by_village(session, Inspection, unrectified(on)).values()),
        tips=how_many(session, Tipoff, Tipoff.status.in_((CaseStatus.NEW, CaseStatus.VERIFIED))),
        supplies=how_many(session, Supply, Supply.status.in_(UNDER_WAY)),
    )


def _together(by_slot: dict[tuple[int, Period], SlotCount], period: Period) -> SlotCount:
    found = [count for (_, of), count in by_slot.items() if of is period]
    return SlotCount(*(sum(part) for part in zip(*found, strict=True))) if found else SlotCount()


def terms(session: Session, on: date) -> Terms:
    """Who is under observation now, by the end of the term."""
    query = (
        select(Observation.kind, Observation.ends_on, func.count())
        .where(Observation.status == ObservationStatus.OBSERVED)
        .group_by(Observation.kind, Observation.ends_on)
    )
    found = [(kind is ObservationKind.HOSPITAL, end, count) for kind, end, count in session.execute(query)]
    tomorrow = on + timedelta(days=1)
    return Terms(
        observed=sum(count for inside, _, count in found if not inside),
        in_hospital=sum(count for inside, _, count in found if inside),
        due=sum(count for _, end, count in found if end <= on),
        overdue=sum(count for _, end, count in found if end < on),
        ends_today=sum(count for _, end, count in found if end == on),
        ends_tomorrow=sum(count for _, end, count in found if end == tomorrow),
    )


def unusual(session: Session, on: date) -> Unusual:
    """A day's visits that found something wrong, or nobody."""
    query = (
        select(Visit.outcome, func.count(), number_of(Visit.temperature >= FEVER))
        .where(Visit.on == on, Visit.outcome.in_((Outcome.ABNORMAL, Outcome.NOT_MET, Outcome.REFUSED)))
        .group_by(Visit.outcome)
    )
    found = {outcome: (count, fevers) for outcome, count, fevers in session.execute(query)}
    abnormal, fevers = found.get(Outcome.ABNORMAL, (0, 0))
    return Unusual(abnormal, fevers, found.get(Outcome.NOT_MET, (0, 0))[0], found.get(Outcome.REFUSED, (0, 0))[0])


def _checked(on: date) -> ColumnElement[bool]:
    return select(Inspection.id).where(Inspection.business_id == Business.id, Inspection.on == on).exists()


def checks(session: Session, on: date) -> Checks:
    """How many of the must-close venues were checked on a day."""
    query = select(func.count(), number_of(_checked(on))).where(Business.control == Control.CLOSE)
    return Checks(*session.execute(query).one())


def unchecked_venues(session: Session, on: date, limit: int) -> list[Unchecked]:
    """Must-close venues not yet checked on a day, in walking order."""
    query = (
        select(Business.id, Business.village_id, Business.name, Business.address, Business.guarantor)
        .where(Business.control == Control.CLOSE, ~_checked(on))
        .order_by(Business.village_id, Business.address, Business.name, Business.id)
        .limit(limit)
    )
    return [Unchecked(*row) for row in session.execute(query)]


def unrectified(on: date) -> ColumnElement[bool]:
    """Inspections whose deadline has passed and whose problems are not known to be rectified
    (``models.business.overdue``)."""
    return and_(Inspection.rectify_by < on, or_(Inspection.recheck.is_(None), Inspection.recheck != Recheck.RECTIFIED))


def overdue_rectifications(session: Session, on: date, limit: int) -> list[Unrectified]:
    """The inspections that wait for a rectification, the longest overdue first."""
    query = (
        select(Inspection.id, Inspection.village_id, Business.name, Inspection.rectify_by, Inspection.findings)
        .outerjoin(Inspection.business)
        .where(unrectified(on))
        .order_by(Inspection.rectify_by, Inspection.id)
        .limit(limit)
    )
    found = session.execute(query)
    return [Unrectified(number, village, name, by, what) for number, village, name, by, what in found if by]
