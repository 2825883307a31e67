"""What else is in a person's file: journeys, contacts, and the papers that were handed over and signed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Date, Integer
from sqlalchemy.orm import Mapped, relationship

from models.base import InVillage, Mask, Problem, Record, binned, field, live, to
from models.observation import Observation
from models.resident import Resident, Transport
from models.rules import days_to_come, linked, out_of_order, take_village_of, wrong_phones
from models.types import Chosen, Code, Key, Line, Prose
from models.words import N_, Choice


class PaperKind(Choice):
    """告知书, 承诺书, 解除医学观察通知书, 当事人陈述."""

    NOTICE = "notice", N_("Notice of observation")
    COMMITMENT = "commitment", N_("Signed commitment")
    RELEASE = "release", N_("Notice of release")
    STATEMENT = "statement", N_("Signed statement")
    OTHER = "other", N_("Other paper")


class Journey(InVillage, Record):
    """One leg of a journey: 从何地来, 到何地, 时间, 方式, 航班/车次/车牌号."""

    __tablename__ = "journey"
    __ledger__ = "journey"
    __title__ = N_("Journeys")
    __named_by__ = ("resident",)
    __table_args__ = (
        live("resident_id", "left_on", table="journey"),
        live("village_id", "left_on", table="journey"),
        binned("journey"),
    )

    resident_id: Mapped[int] = to("resident", N_("Resident"))
    left_on: Mapped[date] = field(Date, N_("Left on"))
    came_on: Mapped[date | None] = field(Date, N_("Came on"))
    origin: Mapped[str] = field(Line(80), N_("From"))
    destination: Mapped[str] = field(Line(80), N_("To"))
    by: Mapped[Transport | None] = field(Chosen(Transport), N_("Means of travel"))
    number: Mapped[str | None] = field(Code(20), N_("Flight / train / plate"))
    seat: Mapped[str | None] = field(Line(20), N_("Coach and seat"))
    note: Mapped[str | None] = field(Prose(1000), N_("Remarks"))

    resident: Mapped[Resident] = relationship(lazy="select")

    def prepare(self) -> None:
        take_village_of(self, "resident")

    def problems(self, today: date) -> Iterator[Problem]:
        yield from days_to_come(self, today, "left_on", "came_on")
        yield from out_of_order(self, "left_on", "came_on")

    def __str__(self) -> str:
        resident = linked(self, "resident")
        return f"{resident or ''} {self.origin} → {self.destination}".strip() if self.origin else super().__str__()


class Contact(InVillage, Record):
    """Somebody the person met, with a link to that person's own file where there is one."""

    __tablename__ = "contact"
    __ledger__ = "contact"
    __title__ = N_("Contacts")
    __table_args__ = (
        live("resident_id", table="contact"),
        live("known_id", table="contact"),
        live("village_id", "met_on", table="contact"),
        binned("contact"),
    )

    resident_id: Mapped[int] = to("resident", N_("Resident"))
    name: Mapped[str] = field(Line(60), N_("Name of the contact"))
    phone: Mapped[str | None] = field(Code(20), N_("Phone"), mask=Mask.PHONE)
    relation: Mapped[str | None] = field(Line(40), N_("Relation"))
    met_on: Mapped[date | None] = field(Date, N_("Met on"))
    place: Mapped[str | None] = field(Line(120), N_("Where they met"))
    known_id: Mapped[int | None] = to("resident", N_("The contact's own file"), across=True)  # who may move on
    note: Mapped[str | None] = field(Prose(1000), N_("Remarks"))

    resident: Mapped[Resident] = relationship(lazy="select", foreign_keys=[resident_id])
    known: Mapped[Resident | None] = relationship(lazy="select", foreign_keys=[known_id])

    def prepare(self) -> None:
        take_village_of(self, "resident")

    def problems(self, today: date) -> Iterator[Problem]:
        yield from days_to_come(self, today, "met_on")
        yield from wrong_phones(self, "phone")
        if self.known_id is not None and self.known_id == self.resident_id:
            yield Problem("known", N_("Nobody is their own contact."))

    def __str__(self) -> str:
        return self.name or super().__str__()


class Paper(InVillage, Record):
    """A paper that was printed, handed over or signed, with its scan or photo if one was kept."""

    __tablename__ = "paper"
    __ledger__ = "paper"
    __title__ = N_("Papers")
    __named_by__ = ("resident",)
    __table_args__ = (
        live("resident_id", "on", table="paper"),
        live("observation_id", table="paper"),
        live("village_id", "on", table="paper"),
        binned("paper"),
    )

    resident_id: Mapped[int] = to("resident", N_("Resident"))
    observation_id: Mapped[int | None] = to("observation", N_("Observation"))
    kind: Mapped[PaperKind] = field(Chosen(PaperKind), N_("Kind of paper"))
    on: Mapped[date] = field(Date, N_("Date"))
    signed_by: Mapped[str | None] = field(Line(120), N_("Signed by"))
    note: Mapped[str | None] = field(Prose(1000), N_("Remarks"))
    file_name: Mapped[str | None] = field(Line(120), N_("Scan or photo"), computed=True)
    file_hash: Mapped[str | None] = field(Key(64), N_("Fingerprint of the file"), computed=True)
    file_type: Mapped[str | None] = field(Key(40), N_("Kind of file"), computed=True)
    file_size: Mapped[int | None] = field(Integer, N_("Size of the file"), computed=True)

    resident: Mapped[Resident] = relationship(lazy="select")
    observation: Mapped[Observation | None] = relationship(lazy="select")

    def prepare(self) -> None:
        take_village_of(self, "resident")

    def problems(self, today: date) -> Iterator[Problem]:
        yield from days_to_come(self, today, "on")
        observation, resident = linked(self, "observation"), linked(self, "resident")
        if observation is not None and resident is not None and observation.resident_id not in (None, resident.id):
            yield Problem("observation", N_("This observation is another person's."))

    def __str__(self) -> str:
        resident = linked(self, "resident")
        return f"{resident or ''} {self.on}".strip() if self.on else super().__str__()
