"""Villages, and 一人一档: residents' files."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

from flask_babel import lazy_gettext
from wtforms.validators import InputRequired

from admin_app import database, i18n, identity
from admin_app.i18n import say
from admin_app.ledgers import fields, show
from admin_app.ledgers.acting import NamedAct, Typed
from admin_app.ledgers.base import LedgerView, part
from admin_app.ledgers.page import Cell, DetailsPage, Kind, Link, Moment
from models import clock, course, handover
from models.alert import Alert
from models.dossier import Contact, Journey, Paper
from models.handover import receivers
from models.happenings import Happening, happenings
from models.observation import Observation, Visit
from models.place import Village
from models.resident import FileStatus, Resident
from models.scope import Act
from models.session import Session
from models.words import N_


def sex_and_age(person: Any) -> str:
    """男 52."""
    age = person.age(clock.today())
    parts = [say(person.sex.label) if person.sex else "", "" if age is None else str(age)]
    return " ".join(p for p in parts if p)


NEVER = datetime.min.replace(tzinfo=UTC)
CLOSED = (FileStatus.EXCLUDED, FileStatus.HANDED_OVER)


def _chip(status: FileStatus) -> Cell:
    return Cell(say(status.label), Kind.CHIP, status.tone)


def _moment(happening: Happening, may_open: bool) -> Moment:
    """Something that happened, in words."""
    text = " · ".join(t for t in (show.words_of(d) for d in happening.details) if t)
    url = f"/admin/{happening.ledger}/details/?id={happening.record_id}" if may_open and happening.record_id else ""
    whole_day = happening.at.astimezone(clock.ZONE).time() == time(12)
    when = i18n.day(clock.local_day(happening.at)) if whole_day else i18n.instant(happening.at)
    return Moment(when, "", say(happening.what), happening.tone, [], text=text, url=url, at=happening.at)


def _village_field(label: str) -> Any:
    """Every village of the district: whoever hands over must be able to name the one that takes over."""
    session = database.session()
    return fields.ReferenceField(
        lazy_gettext(label), [InputRequired()], column="to_village_id", options=lambda: receivers(session)
    )


def _ask_hand_over(session: Session, resident: Resident, typed: Typed) -> None:
    who = identity.signed_in().name
    to = typed["to_village"] or 0
    handover.ask(session, resident, to, typed["reason"], who, clock.now(), typed["address"])


class VillageView(LedgerView):
    columns = ("name", "township", "code", "contact", "phone")
    sections = (part(N_("Village"), "name full_name code township contact phone"),)
    filters = ("township",)
    search = ("name", "full_name", "code")
    search_hint = N_("Name or code")
    order = "code"
    icon = "geo-alt"


class ResidentView(LedgerView):
    columns = ("name", "status", "category", "identity_number", "phone", "address", "village")
    sections = (
        part(
            N_("Person"),
            "village name identity_number sex birth_date phone native_place address",
        ),
        part(
            N_("Why there is a file"),
            "category status came_from arrived_on arrived_by transport_number cities_passed",
        ),
        part(
            N_("Contacts and health"),
            "met_case lived_with_contact met_from_area health sought_care hospital care_on next_step",
        ),
        part(N_("Three responsibilities"), "cadre cadre_phone relative relative_phone statement"),
        part(N_("Team of three"), "police doctor grid_worker note"),
    )
    filters = ("status", "category", "village", "arrived_on", "met_case", "sought_care")
    quick = (("status", "observed"), ("status", "due"), ("status", "pending"), ("category", "from_wuhan"))
    search_hint = N_("Name, pinyin, initials, identity number or its last four, phone")
    related = (
        (Observation, "resident"),
        (Visit, "resident"),
        (Alert, "resident"),
        (Journey, "resident"),
        (Contact, "resident"),
        (Paper, "resident"),
    )
    acts = (
        NamedAct(
            "hand_over",
            N_("Hand over"),
            lambda session, resident, typed: _ask_hand_over(session, resident, typed),
            asks=("to_village", "reason", "address"),
            may=lambda resident: resident.status not in CLOSED,
            done=N_("asked the other village to take over"),
        ),
        NamedAct(
            "rule_out",
            N_("Rule out"),
            lambda session, resident, typed: course.rule_out(resident),
            may=lambda resident: resident.status is FileStatus.PENDING,
            done=N_("ruled out"),
        ),
        NamedAct(
            "take_up_again",
            N_("Verify again"),
            lambda session, resident, typed: course.take_up_again(resident),
            may=lambda resident: resident.status is FileStatus.EXCLUDED,
            done=N_("to be verified again"),
        ),
    )
    icon = "person-vcard"
    empty = N_("No files yet. Make the first with “New record”.")

    def beside(self, record: Any) -> str:
        return sex_and_age(record)

    def _writer(self, name: str) -> show.Writer:
        if name == "status":
            today = clock.today()
            return lambda resident: _chip(resident.standing(today))
        return super()._writer(name)

    def _details_page(self, record: Any, revealed: frozenset[str]) -> DetailsPage:
        """The changes of the file and everything that happened to the person, as one line."""
        page = super()._details_page(record, revealed)
        told = [_moment(h, self.may(Act.READ, h.ledger)) for h in happenings(database.session(), record)]
        line = sorted([*page.timeline, *told], key=lambda m: m.at or NEVER, reverse=True)
        return replace(page, timeline=line)

    def act_fields(self) -> dict[str, Any]:
        return {"to_village": lambda: _village_field(N_("To the village"))}

    def more_links(self, record: Any) -> list[Link]:
        if self.may(Act.CREATE, "observation"):
            return [Link(say(N_("Open an observation")), f"/admin/observation/new/?resident={record.id}")]
        return []


VIEWS = ((VillageView, Village), (ResidentView, Resident))
