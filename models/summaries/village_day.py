"""今日工作: what a village has to do on a day, and how far it is."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select

from models.alert import Alert, AlertKind, AlertStatus
from models.business import Business, Control, Inspection, Recheck
from models.gathering import CaseStatus, Tipoff
from models.handover import HandOver, HandOverStatus
from models.observation import Observation
from models.rules import FEVER
from models.scope import Act
from models.session import Session
from models.states import ObservationStatus, Outcome, Period
from models.summaries import calls, slots
from models.summaries.counting import how_many, number_of, villages
from models.summaries.hours import Hours, common, hours
from models.summaries.remembered import remembered
from models.summaries.slots import SlotCount
from models.supply import UNDER_WAY, Supply
from models.visit import Visit


class Unusual(NamedTuple):
    """A day's visits that were not simply normal. ``feverish`` are among the ``abnormal``."""

    abnormal: int = 0
    feverish: int = 0
    not_met: int = 0
    refused: int = 0


class Terms(NamedTuple):
    """Who is under observation at home, at the centre and in hospital, and whose term at home ends. ``due`` (待解除):
    over or ending today, nobody signed it off."""

    observed: int = 0
    in_centre: int = 0
    in_hospital: int = 0
    due: int = 0
    overdue: int = 0
    ends_today: int = 0
    ends_tomorrow: int = 0


class Checks(NamedTuple):
    """Must-close venues, and how many of them were checked on the day."""

    venues: int = 0
    checked: int = 0


class Waiting(NamedTuple):
    """What waits for somebody: alerts not closed (``raised`` of them taken by nobody), people to call after their
    release, and hand-overs (``to_answer`` of them here, the others elsewhere)."""

    alerts: int = 0
    raised: int = 0
    fever: int = 0
    calls: int = 0
    hand_overs: int = 0
    to_answer: int = 0


class VillageDay(NamedTuple):
    """A day's work within the session's area; ``hours`` say until when."""

    hours: Hours
    township_id: int | None
    terms: Terms
    morning: SlotCount
    evening: SlotCount
    unusual: Unusual
    waiting: Waiting
    checks: Checks
    to_rectify: int
    tips: int
    supplies: int

    def cut_off(self, period: Period) -> datetime:
        """Until when the villages are to be done with a round."""
        return self.hours.cut_off(period, self.township_id)

    def over(self, period: Period, now: datetime) -> bool:
        """True once what is open is missed."""
        return now > self.cut_off(period)

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


@remembered
def village_day(session: Session, on: date) -> VillageDay:
    """What there is to do on a day, over all villages the session may read."""
    by_slot = slots.counts(session, on)
    return VillageDay(
        hours=hours(session, on),
        township_id=common(place.township_id for place in villages(session, "visit")),
        terms=terms(session, on),
        morning=_together(by_slot, Period.AM),
        evening=_together(by_slot, Period.PM),
        unusual=unusual(session, on),
        waiting=waiting(session, on),
        checks=checks(session, on),
        to_rectify=how_many(session, Inspection, unrectified(on)),
        tips=how_many(session, Tipoff, Tipoff.status.in_((CaseStatus.NEW, CaseStatus.VERIFIED))),
        supplies=how_many(session, Supply, Supply.status.in_(UNDER_WAY)),
    )


def _together(by_slot: dict[tuple[int, Period], SlotCount], period: Period) -> SlotCount:
    found = [count for (_, of), count in by_slot.items() if of is period]
    return SlotCount(*(sum(part) for part in zip(*found, strict=True))) if found else SlotCount()


@remembered
def terms(session: Session, on: date) -> Terms:
    """Who is under observation now, by the end of the term."""
    present = (ObservationStatus.OBSERVED, ObservationStatus.CENTRAL, ObservationStatus.HOSPITAL)
    query = (
        select(Observation.status, Observation.ends_on, func.count())
        .where(Observation.status.in_(present))
        .group_by(Observation.status, Observation.ends_on)
    )
    found = session.execute(query).all()
    at_home = [(end, count) for status, end, count in found if status is ObservationStatus.OBSERVED]
    tomorrow = on + timedelta(days=1)
    return Terms(
        observed=sum(count for _, count in at_home),
        in_centre=sum(count for status, _, count in found if status is ObservationStatus.CENTRAL),
        in_hospital=sum(count for status, _, count in found if status is ObservationStatus.HOSPITAL),
        due=sum(count for end, count in at_home if end <= on),
        overdue=sum(count for end, count in at_home if end < on),
        ends_today=sum(count for end, count in at_home if end == on),
        ends_tomorrow=sum(count for end, count in at_home if end == tomorrow),
    )


@remembered
def waiting(session: Session, on: date) -> Waiting:
    """What waits for somebody now."""
    query = (
        select(Alert.status, Alert.kind, func.count())
        .where(Alert.status.in_((AlertStatus.RAISED, AlertStatus.TAKEN)))
        .group_by(Alert.status, Alert.kind)
    )
    alerts = session.execute(query).all()
    by_receiver = (
        select(HandOver.to_village_id, func.count())
        .where(HandOver.status == HandOverStatus.ASKED)
        .group_by(HandOver.to_village_id)
    )
    asked = session.execute(by_receiver).all()
    area = session.scope.area(Act.EDIT, "handover")
    return Waiting(
        alerts=sum(count for _, _, count in alerts),
        raised=sum(count for status, _, count in alerts if status is AlertStatus.RAISED),
        fever=sum(count for _, kind, count in alerts if kind is AlertKind.FEVER),
        calls=sum(calls.due(session, on).values()),
        hand_overs=sum(count for _, count in asked),
        to_answer=sum(count for village_id, count in asked if village_id in area),
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
