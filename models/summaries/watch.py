"""The district's watch: whose slot is open or missed, who has a fever, awaits release or cannot be reached, by village.

Each number is that of a list that can be opened; what is counted together is the sum of the rows.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select

from models.alert import Alert, AlertKind, AlertStatus
from models.handover import WAITS_TOO_LONG, HandOver, HandOverStatus
from models.resident import FileStatus, Resident
from models.session import Session
from models.states import Period
from models.summaries import calls, slots
from models.summaries.counting import Place, by_village, number_of, villages
from models.summaries.hours import hours
from models.summaries.remembered import remembered
from models.summaries.slots import SlotCount


class Watched(NamedTuple):
    """What is counted of a village, or of several together. ``*_open``: to be measured still; ``*_missed``: the cut-off
    has passed. ``due`` (待解除) awaits release, ``unreached`` was not met or refused three times running, and
    ``calls`` are those to make after release."""

    am_open: int = 0
    am_missed: int = 0
    pm_open: int = 0
    pm_missed: int = 0
    fever: int = 0
    symptoms: int = 0
    due: int = 0
    unreached: int = 0
    hand_overs: int = 0
    hand_overs_late: int = 0
    calls: int = 0

    def plus(self, other: Watched) -> Watched:
        """Two of them together."""
        return Watched(*(one + two for one, two in zip(self, other, strict=True)))


class WatchRow(NamedTuple):
    """One village's line."""

    place: Place
    counts: Watched


@remembered
def watch(session: Session, on: date, now: datetime) -> list[WatchRow]:
    """Every village that the session may read, those with most to look after first."""
    times = hours(session, on)
    by_slot = slots.counts(session, on)
    alerts = _alerts(session)
    due = _due(session, on)
    hand_overs = _hand_overs(session, now)
    calls_due = calls.due(session, on)
    rows = []
    for place in places(session):
        am, pm = (by_slot.get((place.id, period), SlotCount()).open for period in Period)
        am_over, pm_over = (times.over(period, now, place.township_id) for period in Period)
        waiting, late = hand_overs.get(place.id, (0, 0))
        counts = Watched(
            am_open=0 if am_over else am,
            am_missed=am if am_over else 0,
            pm_open=0 if pm_over else pm,
            pm_missed=pm if pm_over else 0,
            fever=alerts.get((place.id, AlertKind.FEVER), 0),
            symptoms=alerts.get((place.id, AlertKind.SYMPTOM), 0),
            due=due.get(place.id, 0),
            unreached=sum(alerts.get((place.id, kind), 0) for kind in (AlertKind.NOT_MET, AlertKind.REFUSED)),
            hand_overs=waiting,
            hand_overs_late=late,
            calls=calls_due.get(place.id, 0),
        )
        rows.append(WatchRow(place, counts))
    return sorted(rows, key=lambda row: -_weight(row.counts))


def places(session: Session) -> list[Place]:
    """The villages that are watched."""
    return villages(session, "observation")


def totals(rows: list[WatchRow]) -> Watched:
    """The last line: the sums of the rows."""
    together = Watched()
    for row in rows:
        together = together.plus(row.counts)
    return together


def _weight(counts: Watched) -> int:
    """How urgent a village is: a fever before somebody who cannot be reached, then what was missed, then the rest."""
    bad = (counts.fever, counts.unreached, counts.am_missed + counts.pm_missed + counts.symptoms)
    weight = 0
    for count in (*bad, counts.due + counts.hand_overs_late):
        weight = weight * 1000 + min(count, 999)
    return weight


def _alerts(session: Session) -> dict[tuple[int, AlertKind], int]:
    """The alerts that nobody has closed."""
    query = (
        select(Alert.village_id, Alert.kind, func.count())
        .where(Alert.status.in_((AlertStatus.RAISED, AlertStatus.TAKEN)))
        .group_by(Alert.village_id, Alert.kind)
    )
    return {(village_id, kind): count for village_id, kind, count in session.execute(query)}


def _due(session: Session, on: date) -> dict[int, int]:
    """Files whose term is over and that nobody has signed off: those that a list of 待解除 shows."""
    return by_village(session, Resident, Resident.status == FileStatus.OBSERVED, Resident.due_on <= on)


def _hand_overs(session: Session, now: datetime) -> dict[int, tuple[int, int]]:
    """Hand-overs that a village has to answer, and how many of them have waited too long."""
    query = (
        select(HandOver.to_village_id, func.count(), number_of(HandOver.asked_at < now - WAITS_TOO_LONG))
        .where(HandOver.status == HandOverStatus.ASKED)
        .group_by(HandOver.to_village_id)
    )
    return {village_id: (count, late) for village_id, count, late in session.execute(query)}
