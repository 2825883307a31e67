"""The district's watch: whose slot is open or missed, who has a fever, awaits release or cannot be reached, by village.

Each number is that of a list that can be opened; what is counted together is the sum of the rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, literal, select

from models.alert import Alert, AlertKind, AlertStatus
from models.handover import WAITS_TOO_LONG, HandOver, HandOverStatus
from models.resident import FileStatus, Resident
from models.session import Session
from models.states import Period
from models.summaries import calls, slots
from models.summaries.counting import Place, number_of, villages, within_reach
from models.summaries.hours import hours
from models.summaries.remembered import by_village, remembered
from models.summaries.slots import SlotCount
from models.summaries.span import together


class Watched(NamedTuple):
    """What is counted of a village, or of several together. ``*_open``: to be measured still; ``*_missed``: the cut-off
    has passed. ``due`` (待解除) awaits release, ``unreached`` was not met or refused three times running, and
    ``calls`` are those whom to call after release."""

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


class WatchRow(NamedTuple):
    """One village's line."""

    place: Place
    counts: Watched


@remembered
def watch(session: Session, on: date, now: datetime) -> list[WatchRow]:
    """Every village that the session may read, those with most to look after first."""
    times = hours(session, on)
    by_slot = slots.counts(session, on)
    nobody: Counter[AlertKind | None] = Counter()
    standing = by_village(session, _standing, on, within_reach(session, "observation"), nobody)
    hand_overs = _hand_overs(session, now)
    calls_due = calls.due(session, on)
    rows = []
    for place in places(session):
        am, pm = (by_slot.get((place.id, period), SlotCount()).open for period in Period)
        am_over, pm_over = (times.over(period, now, place.township_id) for period in Period)
        waiting, late = hand_overs.get(place.id, (0, 0))
        here = standing[place.id]
        counts = Watched(
            am_open=0 if am_over else am,
            am_missed=am if am_over else 0,
            pm_open=0 if pm_over else pm,
            pm_missed=pm if pm_over else 0,
            fever=here[AlertKind.FEVER],
            symptoms=here[AlertKind.SYMPTOM],
            due=here[None],
            unreached=here[AlertKind.NOT_MET] + here[AlertKind.REFUSED],
            hand_overs=waiting,
            hand_overs_late=late,
            calls=calls_due.get(place.id, 0),
        )
        rows.append(WatchRow(place, counts))
    return sorted(rows, key=lambda row: -urgency(row.counts))


def places(session: Session) -> list[Place]:
    """The villages that are watched."""
    return villages(session, "observation")


def totals(rows: list[WatchRow]) -> Watched:
    """The last line: the sums of the rows."""
    return together((row.counts for row in rows), Watched())


def urgency(counts: Watched) -> int:
    """How urgent a village is: a fever before somebody who cannot be reached, then what was missed, then the rest."""
    bad = (counts.fever, counts.unreached, counts.am_missed + counts.pm_missed + counts.symptoms)
    weight = 0
    for count in (*bad, counts.due + counts.hand_overs_late):
        weight = weight * 1000 + min(count, 999)
    return weight


def _standing(session: Session, on: date, among: Collection[int]) -> dict[int, Counter[AlertKind | None]]:
    """By village the alerts that nobody has closed, by kind; and under None the files whose term is over and that
    nobody has signed off, which a list of 待解除 shows."""
    found: dict[int, Counter[AlertKind | None]] = {}
    alerts = select(Alert.village_id, Alert.kind, func.count()).where(
        Alert.status.in_((AlertStatus.RAISED, AlertStatus.TAKEN)), Alert.village_id.in_(among)
    )
    due = select(Resident.village_id, literal(None), func.count()).where(
        Resident.status == FileStatus.OBSERVED, Resident.due_on <= on, Resident.village_id.in_(among)
    )
    for query in (alerts.group_by(Alert.village_id, Alert.kind), due.group_by(Resident.village_id)):
        for village_id, kind, count in session.execute(query):
            found.setdefault(village_id, Counter())[kind] = count
    return found


def _hand_overs(session: Session, now: datetime) -> dict[int, tuple[int, int]]:
    """Hand-overs that a village has to answer, and how many of them have waited too long."""
    query = (
        select(HandOver.to_village_id, func.count(), number_of(HandOver.asked_at < now - WAITS_TOO_LONG))
        .where(HandOver.status == HandOverStatus.ASKED)
        .group_by(HandOver.to_village_id)
    )
    return {village_id: (count, late) for village_id, count, late in session.execute(query)}
