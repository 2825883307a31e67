"""一人一档: one file per person — where they came from, whom they met, who is responsible, where the file stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Final

from sqlalchemy import Boolean, Date, Index, and_
from sqlalchemy.orm import Mapped

from models.base import InVillage, Mask, Problem, Record, binned, field, live, to
from models.person import Person, phone_problem
from models.rules import changed, is_new, linked
from models.types import Chosen, Code, Line, Prose
from models.words import N_, Choice, Tone

MET: Final = ("met_case", "lived_with_contact", "met_from_area")
HELD: Final[list[Callable[[Resident], bool]]] = []
"""What keeps a file out of the recycle bin, added where it is known: nobody falls out of a round with the file."""
IN_THE_BIN: Final = N_("This person's file is in the recycle bin: restore it first.")


class Category(Choice):
    """人员类别: why a person has a file."""

    RETURNEE = "returnee", N_("Returnee")
    NEWCOMER = "newcomer", N_("Newcomer")
    HUBEI_NATIVE = "hubei_native", N_("Hubei native")
    FROM_WUHAN = "from_wuhan", N_("Came or returned from Wuhan")
    VIA_HUBEI = "via_hubei", N_("Passed through Hubei")
    CLOSE_CONTACT = "close_contact", N_("Close contact")
    TO_INVESTIGATE = "to_investigate", N_("Person to investigate")
    DATA_MATCH = "data_match", N_("Found by data matching")
    FEVER = "fever", N_("Person with fever")
    RECOVERED = "recovered", N_("Recovered, left hospital")


class FileStatus(Choice):
    """档案状态: where a file stands."""

    PENDING = "pending", N_("To be verified")
    OBSERVED = "observed", N_("Under observation")
    DUE = "due", N_("Awaiting release")
    RELEASED = "released", N_("Released")
    CENTRAL = "central", N_("Moved to central observation")
    HOSPITAL = "hospital", N_("Moved to hospital")
    CONFIRMED = "confirmed", N_("Became a confirmed case")
    LOST = "lost", N_("Lost from sight")
    HANDED_OVER = "handed_over", N_("Handed over")
    EXCLUDED = "excluded", N_("Ruled out")

    @property
    def tone(self) -> Tone:
        """How urgent it looks."""
        if self in (FileStatus.OBSERVED, FileStatus.DUE, FileStatus.CENTRAL):
            return Tone.WARN
        if self in (FileStatus.HOSPITAL, FileStatus.CONFIRMED, FileStatus.LOST):
            return Tone.BAD
        return Tone.OK if self is FileStatus.RELEASED else Tone.CALM


class Transport(Choice):
    """来(返)方式."""

    PLANE = "plane", N_("Plane")
    TRAIN = "train", N_("Train")
    COACH = "coach", N_("Coach")
    CAR = "car", N_("Car")
    SHIP = "ship", N_("Ship")
    OTHER = "other", N_("Other way")


class Resident(InVillage, Person, Record):
    """One person's file."""

    __tablename__ = "resident"
    __ledger__ = "resident"
    __title__ = N_("Residents' files")
    __table_args__ = (
        live("identity_number", table="resident", unique=True),
        live("village_id", "status", table="resident"),
        live("village_id", "category", table="resident"),
        live("village_id", "due_on", table="resident"),
        live("village_id", "name", table="resident"),
        live("village_id", "arrived_on", table="resident"),
        live("phone", table="resident"),
        live("name", table="resident"),
        live("pinyin", table="resident"),
        live("initials", table="resident"),
        live("identity_tail", table="resident"),
        live("village_id", "id", table="resident"),
        # all that a day's report counts of files, read without the files themselves
        live("village_id", "created_at", "arrived_on", *MET, table="resident"),
        Index("ix_resident_counted", "id", "deleted_at"),
        binned("resident"),
    )

    category: Mapped[Category] = field(Chosen(Category), N_("Category"))
    status: Mapped[FileStatus] = field(Chosen(FileStatus), N_("File status"), default=FileStatus.PENDING, computed=True)
    merged_into_id: Mapped[int | None] = to("resident", N_("Merged into"), computed=True)
    due_on: Mapped[date | None] = field(Date, N_("Term over on"), computed=True)
    native_place: Mapped[str | None] = field(Line(60), N_("Native place"))
    address: Mapped[str | None] = field(Line(120), N_("Address"))
    came_from: Mapped[str | None] = field(Line(80), N_("Came (returned) from"))
    arrived_on: Mapped[date | None] = field(Date, N_("Came (returned) on"))
    arrived_by: Mapped[Transport | None] = field(Chosen(Transport), N_("Came (returned) by"))
    transport_number: Mapped[str | None] = field(Code(20), N_("Flight / train / plate"))
    cities_passed: Mapped[str | None] = field(Line(200), N_("Other cities passed"))
    met_case: Mapped[bool | None] = field(Boolean, N_("Met a confirmed or suspected case"))
    lived_with_contact: Mapped[bool | None] = field(
        Boolean, N_("Lived, worked, studied or gathered with a close contact")
    )
    met_from_area: Mapped[bool | None] = field(Boolean, N_("Met people from the epidemic area"))
    health: Mapped[str | None] = field(Line(120), N_("State of health"))
    sought_care: Mapped[bool | None] = field(Boolean, N_("Sought medical care"))
    hospital: Mapped[str | None] = field(Line(80), N_("Hospital of care"))
    care_on: Mapped[date | None] = field(Date, N_("Date of care"))
    next_step: Mapped[str | None] = field(Line(120), N_("Next measure planned"))
    cadre: Mapped[str | None] = field(Line(40), N_("Responsible in the village"))
    cadre_phone: Mapped[str | None] = field(Code(20), N_("Phone of the responsible"), mask=Mask.PHONE)
    relative: Mapped[str | None] = field(Line(40), N_("Supervising relative"))
    relative_phone: Mapped[str | None] = field(Code(20), N_("Phone of the relative"), mask=Mask.PHONE)
    statement: Mapped[str | None] = field(Prose(2000), N_("The person's own statement"))
    police: Mapped[str | None] = field(Line(40), N_("Police officer of the team"))
    doctor: Mapped[str | None] = field(Line(40), N_("Doctor of the team"))
    grid_worker: Mapped[str | None] = field(Line(40), N_("Grid worker of the team"))
    note: Mapped[str | None] = field(Prose(1000), N_("Remarks"))

    def problems(self, today: date) -> Iterator[Problem]:
        yield from super().problems(today)
        for name in ("arrived_on", "care_on"):
            day: date | None = getattr(self, name)
            if day is not None and day > today:
                yield Problem(name, N_("This day is in the future."))
        for name in ("cadre_phone", "relative_phone"):
            number: str | None = getattr(self, name)
            if number and (wrong := phone_problem(number)):
                yield Problem(name, wrong)
        put_away = self.deleted_at is not None and not is_new(self) and changed(self, "deleted_at")
        if put_away and any(holds(self) for holds in HELD):
            yield Problem("", N_("This person's observation is not over: release the person or rule it out first."))

    def standing(self, today: date) -> FileStatus:
        """Where the file stands on a day: as stored, but 待解除 once the term is over and nobody signed it off."""
        if self.status is FileStatus.OBSERVED and self.due_on is not None and today >= self.due_on:
            return FileStatus.DUE
        return self.status


# What a list can be narrowed to although no column says it: the day makes it so.
Resident.__standing__ = {
    ("status", FileStatus.DUE): lambda today: and_(Resident.status == FileStatus.OBSERVED, Resident.due_on <= today)
}


class OfResident(Record):
    """A record about one person, called by that person's name."""

    __abstract__ = True
    __named_by__ = ("resident",)

    def __str__(self) -> str:
        resident = linked(self, "resident")
        return str(resident) if resident is not None else super().__str__()
