"""The course of an observation: which moves there are, from where each is allowed, and what each writes.

A status is changed by these acts and by nothing else; a flush that changes it otherwise is refused. Each act leaves an
event that says what the person was and what the person became, in the village of that day. How many are under
observation (at the centre, in hospital, …) in a village on a day is therefore a sum over events, and
yesterday + in − out = today cannot fail.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from sqlalchemy import func, select

from models.base import Invalid, Problem
from models.event import ObservationEvent, ending
from models.observation import Observation
from models.resident import IN_THE_BIN, FileStatus, Resident
from models.rules import linked
from models.session import Session
from models.states import EventKind, ObservationKind, ObservationStatus, Period
from models.visit import Visit
from models.words import N_, Choice

S = ObservationStatus
LONGEST: Final = 60  # days that anybody is observed in one go


class Move(Choice):
    """What can be done with an observation that is there."""

    RELEASE = "release", N_("Release")
    TO_CENTRAL = "to_central", N_("Move to central observation")
    TO_HOSPITAL = "to_hospital", N_("Move to hospital")
    BACK_HOME = "back_home", N_("Back to home observation")
    CONFIRM = "confirm", N_("Confirm as a case")
    RECOVER = "recover", N_("Recovered, observe further")
    LOSE = "lose", N_("Lost from sight")
    FIND = "find", N_("Found again")
    REOPEN = "reopen", N_("Reopen")
    EXCLUDE = "exclude", N_("Rule out")


MOVES: Final[dict[ObservationStatus, dict[Move, ObservationStatus]]] = {
    S.OBSERVED: {
        Move.RELEASE: S.RELEASED,
        Move.TO_CENTRAL: S.CENTRAL,
        Move.TO_HOSPITAL: S.HOSPITAL,
        Move.CONFIRM: S.CONFIRMED,
        Move.LOSE: S.LOST,
        Move.EXCLUDE: S.EXCLUDED,
    },
    S.CENTRAL: {
        Move.RELEASE: S.RELEASED,
        Move.BACK_HOME: S.OBSERVED,
        Move.TO_HOSPITAL: S.HOSPITAL,
        Move.CONFIRM: S.CONFIRMED,
        Move.LOSE: S.LOST,
        Move.EXCLUDE: S.EXCLUDED,
    },
    S.HOSPITAL: {
        Move.RELEASE: S.RELEASED,
        Move.BACK_HOME: S.OBSERVED,
        Move.TO_CENTRAL: S.CENTRAL,
        Move.CONFIRM: S.CONFIRMED,
        Move.EXCLUDE: S.EXCLUDED,
    },
    S.CONFIRMED: {Move.RECOVER: S.OBSERVED},
    S.LOST: {Move.FIND: S.OBSERVED},
    S.RELEASED: {Move.REOPEN: S.OBSERVED},
    S.HANDED_OVER: {},
    S.EXCLUDED: {Move.REOPEN: S.OBSERVED},
}
EVENTS: Final = {
    Move.RELEASE: EventKind.RELEASED,
    Move.TO_CENTRAL: EventKind.CENTRAL,
    Move.TO_HOSPITAL: EventKind.HOSPITAL,
    Move.CONFIRM: EventKind.CONFIRMED,
    Move.LOSE: EventKind.LOST,
    Move.FIND: EventKind.FOUND,
    Move.REOPEN: EventKind.REOPENED,
    Move.BACK_HOME: EventKind.BACK_HOME,
    Move.RECOVER: EventKind.RECOVERED,
    Move.EXCLUDE: EventKind.EXCLUDED,
}

NEEDS: Final[dict[Move, tuple[str, ...]]] = {
    Move.RELEASE: ("signed_by",),
    Move.TO_CENTRAL: ("where",),
    Move.TO_HOSPITAL: ("where",),
    Move.CONFIRM: ("where",),
    Move.RECOVER: ("reason",),
    Move.LOSE: ("reason",),
    Move.FIND: ("reason",),
    Move.REOPEN: ("reason",),
    Move.EXCLUDE: ("reason",),
}
MISSING: Final = {
    "signed_by": N_("Say who of the team signs off."),
    "where": N_("Say where the person was taken to."),
    "reason": N_("Say why."),
}


def allowed(observation: Observation) -> tuple[Move, ...]:
    """What can be done with an observation as it stands."""
    return tuple(MOVES[observation.status])


def move(
    session: Session,
    observation: Observation,
    step: Move,
    on: date,
    today: date,
    *,
    where: str = "",
    reason: str = "",
    signed_by: str = "",
    consent: bool = False,
) -> ObservationEvent:
    """Do one move: change the status, and leave the event that tells it. The caller commits.

    ``consent`` is the district's, without which nobody is released before the term. Raises Invalid, in words, for a
    move that is not allowed from here (naming those that are), a day out of order, or something left out.
    """
    problems = list(_against(session, observation, step, on, today, where, reason, signed_by, consent))
    if problems:
        raise Invalid(observation, problems)
    became = MOVES[observation.status][step]
    event = ending(observation, EVENTS[step], on, became, reason or where or signed_by or None)
    observation.status, observation.since, observation.since_period = became, on, Period.AM
    _write(observation, step, on, where, reason, signed_by)
    session.add(event)
    return event


def rule_out_double(session: Session, observation: Observation, today: date, why: str) -> ObservationEvent:
    """Rule out an observation that was another one's double all the time: it was never anybody's to measure.

    It leaves the day's sums today, as every correction does, but the slots of its days are expected no more.
    """
    event = move(session, observation, Move.EXCLUDE, today, today, reason=why)
    event.since, event.since_period = today, Period.AM
    return event


def correct_end(session: Session, observation: Observation, ends: date, reason: str, today: date) -> ObservationEvent:
    """Set another end of the term, with a reason that stays. Raises Invalid."""
    problems = []
    if linked(observation, "resident") is None:
        problems.append(Problem("", IN_THE_BIN))
    if observation.status is not S.OBSERVED:
        problems.append(Problem("", N_("Only an observation that is open has an end to correct.")))
    if ends < observation.began_on:
        problems.append(Problem("ends_on", N_("This is before the start.")))
    elif ends > observation.began_on + timedelta(days=LONGEST):
        problems.append(Problem("ends_on", N_("An observation lasts 1 to 60 days.")))
    if not reason.strip():
        problems.append(Problem("reason", N_("Say why the end was corrected.")))
    if problems:
        raise Invalid(observation, problems)
    observation.ends_on_corrected, observation.correction_reason = ends, reason
    event = ObservationEvent(
        observation=observation, resident=observation.resident, village_id=observation.village_id,
        kind=EventKind.CORRECTED, on=today, was=observation.status, became=observation.status, note=reason,
    )  # fmt: skip
    session.add(event)
    return event


def rule_out(resident: Resident) -> None:
    """已排除: close a file that is to be verified and needs no observation. Raises Invalid."""
    _by_hand(resident, FileStatus.PENDING, FileStatus.EXCLUDED)


def take_up_again(resident: Resident) -> None:
    """待核查: a file that was ruled out is to be verified again. Raises Invalid."""
    _by_hand(resident, FileStatus.EXCLUDED, FileStatus.PENDING)


def _by_hand(resident: Resident, was: FileStatus, becomes: FileStatus) -> None:
    if resident.status is not was:
        raise Invalid(resident, [Problem("", N_("A file is ruled out only while it is to be verified."))])
    resident.status = becomes


def _against(
    session: Session,
    observation: Observation,
    step: Move,
    on: date,
    today: date,
    where: str,
    reason: str,
    signed_by: str,
    consent: bool,
) -> list[Problem]:
    """What speaks against a move."""
    if linked(observation, "resident") is None:
        return [Problem("", IN_THE_BIN)]
    if step not in MOVES[observation.status]:
        names = [m.label for m in allowed(observation)]
        return [Problem("move", N_("This cannot be done from here. Possible now: %(moves)s"), {"moves": names})]
    given = {"signed_by": signed_by, "where": where, "reason": reason}
    problems = [Problem(name, MISSING[name]) for name in NEEDS.get(step, ()) if not given[name].strip()]
    if on > today:
        problems.append(Problem("on", N_("This day is in the future.")))
    elif on < _last_day_on_record(session, observation):
        problems.append(Problem("on", N_("Something that happened later is on record already.")))
    if step is Move.RELEASE and on < observation.ends_on:
        if not reason.strip():
            problems.append(Problem("reason", N_("The term is not over: say why the person is released earlier.")))
        if not consent:
            problems.append(Problem("", N_("Before the end of the term only the district may release.")))
    return problems


def _last_day_on_record(session: Session, observation: Observation) -> date:
    """The last day of which an event or a visit tells; whoever was visited on a day had not left before it."""
    days = [observation.began_on, observation.since]
    for cls in (ObservationEvent, Visit):
        day = session.scalar(select(func.max(cls.on)).where(cls.observation_id == observation.id))
        days += [day] if day else []
    return max(days)


def _write(observation: Observation, step: Move, on: date, where: str, reason: str, signed_by: str) -> None:
    """The columns of header row 2 that a move fills, and those that it takes back."""
    if step is Move.RELEASE:
        observation.released_on, observation.signed_by = on, signed_by
        observation.release_reason = reason or None
    elif step in (Move.TO_CENTRAL, Move.TO_HOSPITAL, Move.CONFIRM):
        observation.transferred_on, observation.transferred_to = on, where
        observation.transfer_reason, observation.place = reason or None, where
        if step is Move.CONFIRM:
            observation.became_suspected = True
        else:
            central = step is Move.TO_CENTRAL
            observation.kind = ObservationKind.CENTRAL if central else ObservationKind.HOSPITAL
    elif step in (Move.BACK_HOME, Move.RECOVER, Move.FIND, Move.REOPEN):
        observation.kind, observation.place = ObservationKind.HOME, None
        observation.released_on = observation.signed_by = observation.release_reason = None
        observation.transferred_on = observation.transferred_to = observation.transfer_reason = None
