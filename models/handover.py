"""移交: a person moves from one village's care to another's, asked for with a reason, accepted or refused.

Until it is accepted the sender stays responsible. A hand-over is a record of both villages: the name, the phone and
what was measured so far cross as data of its own, because neither may open the other's files.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import JSON, CheckConstraint, Index, select, text
from sqlalchemy.orm import Mapped, relationship

from models.alert import Alert, AlertStatus
from models.base import Invalid, Mask, Problem, Record, field, to
from models.dossier import Contact, Journey, Paper
from models.event import ObservationEvent, ending
from models.followup import FollowUp
from models.observation import Observation
from models.place import Village
from models.resident import Resident
from models.scope import Act, OutOfScope
from models.session import Session
from models.states import EventKind, Period
from models.types import Chosen, Code, Instant, Line
from models.visit import Visit
from models.words import N_, Choice, Tone

WAITS_TOO_LONG: Final = timedelta(hours=24)
_MOVES_ALONG: Final[tuple[Any, ...]] = (Observation, Journey, Contact, Paper, FollowUp)


class HandOverStatus(Choice):
    """待接收, 已接收, 已退回, 已撤回."""

    ASKED = "asked", N_("Waiting to be accepted")
    ACCEPTED = "accepted", N_("Accepted")
    REFUSED = "refused", N_("Sent back")
    WITHDRAWN = "withdrawn", N_("Withdrawn")

    @property
    def tone(self) -> Tone:
        """How urgent it looks."""
        return {HandOverStatus.ASKED: Tone.WARN, HandOverStatus.REFUSED: Tone.BAD}.get(self, Tone.OK)


class HandOver(Record):
    """One person's hand-over. Both villages read it; the receiver answers, the sender may withdraw."""

    __tablename__ = "hand_over"
    __ledger__ = "handover"
    __title__ = N_("Hand-overs")
    __villages__ = ("from_village_id", "to_village_id")
    __table_args__ = (
        CheckConstraint("from_village_id <> to_village_id", name="two_villages"),
        Index(
            "uq_hand_over_waiting", "resident_id", unique=True,
            sqlite_where=text("status = 'asked' AND deleted_at IS NULL"),
            postgresql_where=text("status = 'asked' AND deleted_at IS NULL"),
        ),
        Index("ix_hand_over_from", "from_village_id", "status"),
        Index("ix_hand_over_to", "to_village_id", "status"),
    )  # fmt: skip

    resident_id: Mapped[int] = to("resident", N_("Resident"), computed=True, across=True)
    name: Mapped[str] = field(Line(60), N_("Name"), computed=True)
    phone: Mapped[str | None] = field(Code(20), N_("Phone"), mask=Mask.PHONE, computed=True)
    from_village_id: Mapped[int] = to("village", N_("From the village"), computed=True, across=True)
    to_village_id: Mapped[int] = to("village", N_("To the village"), across=True)
    from_name: Mapped[str] = field(Line(40), N_("From the village"), computed=True)
    to_name: Mapped[str] = field(Line(40), N_("To the village"), computed=True)
    reason: Mapped[str] = field(Line(200), N_("Reason of the hand-over"))
    address: Mapped[str | None] = field(Line(120), N_("New address"))
    status: Mapped[HandOverStatus] = field(
        Chosen(HandOverStatus), N_("State of the hand-over"), default=HandOverStatus.ASKED, computed=True
    )
    asked_by: Mapped[str] = field(Line(40), N_("Asked by"), computed=True)
    asked_at: Mapped[datetime] = field(Instant, N_("Asked at"), computed=True)
    answered_by: Mapped[str | None] = field(Line(40), N_("Answered by"), computed=True)
    answered_at: Mapped[datetime | None] = field(Instant, N_("Answered at"), computed=True)
    answer: Mapped[str | None] = field(Line(200), N_("Answer"), computed=True)
    history: Mapped[list[dict[str, Any]] | None] = field(JSON(none_as_null=True), N_("Measured so far"), computed=True)

    from_village: Mapped[Village] = relationship(lazy="select", foreign_keys=[from_village_id])
    to_village: Mapped[Village] = relationship(lazy="select", foreign_keys=[to_village_id])
    resident: Mapped[Resident | None] = relationship(lazy="select")

    def problems(self, today: date) -> Iterator[Problem]:
        if self.from_village_id is not None and self.from_village_id == self.to_village_id:
            yield Problem("to_village", N_("The person is in this village already."))

    def __str__(self) -> str:
        return self.name or super().__str__()


# ---- the acts ----


@dataclass(frozen=True)
class Receiver:
    """A village that may be asked: its number and its name, which tell of nobody."""

    id: int
    name: str

    def __str__(self) -> str:
        return self.name


def receivers(session: Session) -> list[Receiver]:
    """Every village that takes part, by code: a sender must be able to name who is to take over."""
    with session.over_the_line():
        query = select(Village.id, Village.name).where(Village.taking_part).order_by(Village.code)
        return [Receiver(*row) for row in session.execute(query)]


def ask(
    session: Session, resident: Resident, to_village_id: int, reason: str, who: str, now: datetime, address: str = ""
) -> HandOver:
    """The sender asks. The person stays the sender's until the receiver accepts. Raises Invalid."""
    problems = []
    if not reason.strip():
        problems.append(Problem("reason", N_("Say why the person is handed over.")))
    if to_village_id == resident.village_id:
        problems.append(Problem("to_village", N_("The person is in this village already.")))
    waiting = select(HandOver.id).where(HandOver.resident_id == resident.id, HandOver.status == HandOverStatus.ASKED)
    if session.scalar(waiting) is not None:
        problems.append(Problem("", N_("A hand-over of this person is waiting already.")))
    names = {place.id: place.name for place in receivers(session)}
    if to_village_id not in names:
        problems.append(Problem("to_village", N_("There is no such village.")))
    if problems:
        raise Invalid(resident, problems)
    asked = HandOver(
        from_name=resident.village.name, to_name=names[to_village_id],
        resident_id=resident.id, name=resident.name, phone=resident.phone, from_village_id=resident.village_id,
        to_village_id=to_village_id, reason=reason, address=address or None, asked_by=who[:40], asked_at=now,
        history=_measured(session, resident),
    )  # fmt: skip
    session.add(asked)
    return asked


def ask_many(
    session: Session, residents: Sequence[Resident], to_village_id: int, reason: str, who: str, now: datetime
) -> list[HandOver]:
    """The same for many at once: all or none."""
    return [ask(session, resident, to_village_id, reason, who, now) for resident in residents]


def accept(session: Session, asked: HandOver, who: str, now: datetime, on: date) -> None:
    """The receiver accepts: the file, the observations and the work move, the visits of the day among them; earlier
    visits and events stay where they happened.

    Here a village's session writes another village's records (``Session.crossing``). Raises Invalid,
    OutOfScope for anybody but the receiver.
    """
    _waiting(asked)
    if asked.to_village_id not in session.scope.area(Act.EDIT, HandOver.__ledger__):
        raise OutOfScope(Act.EDIT, HandOver.__ledger__, asked.id, "only the receiver accepts")
    number = asked.id
    session.flush()
    with session.crossing(), session.no_autoflush:  # all of it in one flush: half a move would be refused
        asked = session.get_one(HandOver, number)
        resident = session.get(Resident, asked.resident_id)
        if resident is None:
            raise Invalid(asked, [Problem("", N_("The sender has put this person's file into the recycle bin."))])
        receiver = asked.to_village_id
        observations = session.scalars(select(Observation).where(Observation.resident_id == resident.id)).all()
        for observation in observations:
            _tell(session, observation, resident, asked, on)
        for cls in _MOVES_ALONG:
            for record in session.scalars(select(cls).where(cls.resident_id == resident.id)):
                record.village_id = receiver
        # the day is the receiver's from its first slot on, so what was measured that morning is too
        of_the_day = select(Visit).where(Visit.observation_id.in_([one.id for one in observations]), Visit.on >= on)
        for visit in session.scalars(of_the_day, execution_options={"deleted": True}):
            visit.village_id = receiver
        open_alerts = select(Alert).where(Alert.resident_id == resident.id, Alert.status != AlertStatus.CLOSED)
        for alert in session.scalars(open_alerts):
            alert.village_id = receiver
        resident.village_id = receiver
        if asked.address:
            resident.address = asked.address
        asked.status, asked.answered_by, asked.answered_at = HandOverStatus.ACCEPTED, who[:40], now
        asked.history = _measured(session, resident)


def refuse(asked: HandOver, who: str, now: datetime, answer: str) -> None:
    """The receiver refuses, with a reason; the person stays the sender's. Raises Invalid."""
    _waiting(asked)
    if not answer.strip():
        raise Invalid(asked, [Problem("answer", N_("Say why the person is not taken over."))])
    asked.status, asked.answered_by, asked.answered_at = HandOverStatus.REFUSED, who[:40], now
    asked.answer = answer


def withdraw(asked: HandOver, who: str, now: datetime) -> None:
    """The sender takes the question back. Raises Invalid."""
    _waiting(asked)
    asked.status, asked.answered_by, asked.answered_at = HandOverStatus.WITHDRAWN, who[:40], now


def waits_too_long(asked: HandOver, now: datetime) -> bool:
    """True for a question that nobody answered within a day."""
    return asked.status is HandOverStatus.ASKED and now - asked.asked_at > WAITS_TOO_LONG


def names_that_crossed(session: Session, residents: Collection[int]) -> dict[int, str]:
    """The names of people whose files may be another village's now, as their hand-overs told both villages."""
    if not residents:
        return {}
    query = select(HandOver.resident_id, HandOver.name).where(HandOver.resident_id.in_(residents))
    return {resident_id: name for resident_id, name in session.execute(query.order_by(HandOver.id))}


def _waiting(asked: HandOver) -> None:
    if asked.status is not HandOverStatus.ASKED:
        raise Invalid(asked, [Problem("", N_("This hand-over has been answered already."))])


def _tell(session: Session, observation: Observation, resident: Resident, asked: HandOver, on: date) -> None:
    """Out of one village and into the other on the same day, so that the sums of both still add up."""
    session.add(ending(observation, EventKind.HANDED_OUT, on, None, asked.reason))
    session.add(
        ObservationEvent(
            observation=observation, resident=resident, village_id=asked.to_village_id, kind=EventKind.HANDED_IN,
            on=on, was=None, became=observation.status, note=asked.reason,
        )
    )  # fmt: skip
    if observation.since != on:
        observation.since, observation.since_period = on, Period.AM


def _measured(session: Session, resident: Resident) -> list[dict[str, Any]]:
    """What the receiver must know of the visits so far, the latest first."""
    visits = session.scalars(
        select(Visit).where(Visit.resident_id == resident.id).order_by(Visit.on.desc(), Visit.period.desc()).limit(60)
    )
    return [
        {
            "on": v.on.isoformat(),
            "period": v.period.value,
            "temperature": None if v.temperature is None else str(v.temperature),
            "outcome": v.outcome.value,
            "symptoms": [s.value for s in v.symptoms or []],
        }
        for v in visits
    ]
