"""A person's course as one line of happenings: journeys, events, visits, calls, papers, deliveries, hand-overs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import or_, select

from models import clock
from models.alert import Alert, AlertKind
from models.dossier import Journey, Paper
from models.event import ObservationEvent
from models.followup import CallState, FollowUp, calls_of, calls_unmade
from models.handover import HandOver
from models.observation import Observation
from models.resident import Resident
from models.scope import Act
from models.session import Session
from models.states import Outcome, OwnReason, Period, Symptom
from models.supply import Supply, SupplyStatus
from models.visit import Visit
from models.words import N_, Tone


@dataclass(frozen=True)
class Said:
    """An untranslated text with what is filled in."""

    message: str
    params: Mapping[str, object]


@dataclass(frozen=True)
class Happening:
    """One thing that happened: when, what (an untranslated text), in which details, how urgent it looks.

    Of what is ``told``, a tuple belongs together: the period, its temperature and its symptoms.
    """

    at: datetime
    what: str
    told: tuple[Any, ...]
    tone: Tone
    ledger: str
    record_id: int


def happenings(session: Session, resident: Resident, today: date) -> list[Happening]:
    """Everything on record about one person that the session's scope lets through, the latest first."""
    found = [
        *_journeys(session, resident),
        *_events(session, resident),
        *_visits(session, resident),
        *_alerts(session, resident),
        *_calls(session, resident, today),
        *_papers(session, resident),
        *_deliveries(session, resident),
        *_hand_overs(session, resident),
    ]
    return sorted(found, key=lambda h: h.at, reverse=True)


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), clock.ZONE)


def _journeys(session: Session, resident: Resident) -> list[Happening]:
    rows = session.scalars(select(Journey).where(Journey.resident_id == resident.id))
    return [
        Happening(
            _noon(j.left_on), N_("Journey"), (f"{j.origin} → {j.destination}", j.by, j.number, j.seat),
            Tone.CALM, "journey", j.id,
        )
        for j in rows
    ]  # fmt: skip


def _events(session: Session, resident: Resident) -> list[Happening]:
    rows = session.scalars(select(ObservationEvent).where(ObservationEvent.resident_id == resident.id))
    return [
        Happening(_noon(e.on), e.kind.label, (_why(e.note),), Tone.WARN, "observation", e.observation_id or 0)
        for e in rows
    ]


def _why(note: str | None) -> str | OwnReason | None:
    """What somebody wrote, or the rule's own reason."""
    return next((reason for reason in OwnReason if reason.value == note), note)


def _visits(session: Session, resident: Resident) -> list[Happening]:
    """One line a day: both temperatures, and what was out of the ordinary."""
    days: defaultdict[date, list[Visit]] = defaultdict(list)
    query = select(Visit).where(Visit.resident_id == resident.id).order_by(Visit.on, Visit.period)
    for visit in session.scalars(query):
        days[visit.on].append(visit)
    found = []
    for day, paid in days.items():
        told: list[Any] = []
        for visit in sorted(paid, key=lambda v: v.period is Period.PM):
            taken = f"{visit.temperature} ℃" if visit.temperature is not None else visit.outcome
            symptoms = [s for s in visit.symptoms or [] if s is not Symptom.WELL]
            told += [(visit.period, taken, *symptoms), visit.went_out, visit.contacts, visit.late_reason]
        tone = Tone.BAD if any(v.outcome is Outcome.ABNORMAL for v in paid) else Tone.OK
        if tone is Tone.OK and any(not v.outcome.measured for v in paid):
            tone = Tone.WARN
        at = max((v.taken_at for v in paid if v.taken_at), default=_noon(day))
        found.append(Happening(at, N_("Visits of the day"), tuple(told), tone, "visit", paid[-1].id))
    return found


def _alerts(session: Session, resident: Resident) -> list[Happening]:
    rows = session.scalars(select(Alert).where(Alert.resident_id == resident.id))
    return [
        Happening(
            a.raised_at,
            a.kind.label,
            (_seen(a), a.status, a.closed_by or a.taken_by, a.done),
            a.status.tone,
            "alert",
            a.id,
        )
        for a in rows
    ]


def _seen(alert: Alert) -> str:
    """What gave the alarm, where its kind does not say it: the temperature."""
    return alert.what if alert.kind is AlertKind.FEVER else ""


def _calls(session: Session, resident: Resident, today: date) -> list[Happening]:
    """The calls that were made after release, and on their days those that nobody made."""
    rows = session.scalars(select(FollowUp).where(FollowUp.resident_id == resident.id))
    found = [
        Happening(
            _noon(c.on), N_("Follow-up call"), (_day_after_release(c.day_no), c.outcome, c.by, c.note),
            c.outcome.tone, "followup", c.id,
        )
        for c in rows
    ]  # fmt: skip
    if not session.scope.may(Act.READ, FollowUp.__ledger__):
        return found
    for observation in session.scalars(select(Observation).where(Observation.resident_id == resident.id)):
        unmade = calls_unmade(observation, calls_of(session, observation), today)
        found += [
            Happening(
                _noon(observation.released_on + timedelta(days=n)), N_("Follow-up call"),
                (_day_after_release(n), state), Tone.WARN, "observation", observation.id,
            )
            for n, state in unmade.items()
            if state is CallState.NOT_MADE and observation.released_on is not None
        ]  # fmt: skip
    return found


def _day_after_release(n: int) -> Said:
    return Said(N_("Day %(day)d after release"), {"day": n})


def _papers(session: Session, resident: Resident) -> list[Happening]:
    rows = session.scalars(select(Paper).where(Paper.resident_id == resident.id))
    return [
        Happening(_noon(p.on), p.kind.label, (p.signed_by, p.file_name, p.note), Tone.CALM, "paper", p.id) for p in rows
    ]


def _deliveries(session: Session, resident: Resident) -> list[Happening]:
    """A request carries the name and the phone as data of its own; that is how it is found."""
    same = Supply.name == resident.name
    rows = session.scalars(select(Supply).where(or_(same, Supply.phone == resident.phone) if resident.phone else same))
    return [
        Happening(
            _noon(s.delivered_on or s.asked_on), N_("Goods brought to the door"), (s.goods, s.status, s.courier),
            Tone.OK if s.status is SupplyStatus.DELIVERED else Tone.WARN, "supply", s.id,
        )
        for s in rows
        if s.village_id == resident.village_id
    ]  # fmt: skip


def _hand_overs(session: Session, resident: Resident) -> list[Happening]:
    rows = session.scalars(select(HandOver).where(HandOver.resident_id == resident.id))
    return [
        Happening(
            h.answered_at or h.asked_at, N_("Hand-over"),
            (f"{h.from_name} → {h.to_name}", h.status, h.reason, h.answer), h.status.tone, "handover", h.id,
        )
        for h in rows
    ]  # fmt: skip
