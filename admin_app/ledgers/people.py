"""一人一档: residents' files, observations and visits."""

from __future__ import annotations

from typing import Any

from admin_app.i18n import say
from admin_app.ledgers.base import LedgerView, part
from admin_app.ledgers.page import Link
from models import clock
from models.observation import Observation, Visit
from models.place import Village
from models.resident import Resident
from models.scope import Act
from models.words import N_


def sex_and_age(person: Any) -> str:
    """男 52."""
    age = person.age(clock.today())
    parts = [say(person.sex.label) if person.sex else "", "" if age is None else str(age)]
    return " ".join(p for p in parts if p)


class VillageView(LedgerView):
    columns = ("name", "township", "code", "taking_part", "contact", "phone")
    sections = (part(N_("Village"), "name full_name code township taking_part contact phone"),)
    filters = ("township", "taking_part")
    quick = (("taking_part", "1"),)
    bulk = ("taking_part",)
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
    related = ((Observation, "resident"), (Visit, "resident"))
    icon = "person-vcard"
    empty = N_("No files yet. Make the first with “New record”.")

    def beside(self, record: Any) -> str:
        return sex_and_age(record)

    def more_links(self, record: Any) -> list[Link]:
        if self.may(Act.CREATE, "observation"):
            return [Link(say(N_("Open an observation")), f"/admin/observation/new/?resident={record.id}")]
        return []


class ObservationView(LedgerView):
    columns = ("resident", "status", "kind", "began_on", "ends_on", "cadre", "village")
    sections = (
        part(
            N_("Observation"),
            "resident kind status place last_exposure_on began_on first_period days ends_on",
        ),
        part(N_("Responsible"), "cadre cadre_phone note"),
        part(
            N_("How it ended"),
            "ends_on_corrected correction_reason released_on became_suspected transferred_on "
            "transferred_to transfer_reason",
        ),
    )
    derived = ("village",)
    filters = ("status", "kind", "village", "resident", "began_on", "ends_on")
    quick = (("status", "observed"), ("kind", "hospital"), ("status", "released"))
    search = ("resident", "cadre")
    search_hint = N_("Name, pinyin, identity number or phone of the person")
    related = ((Visit, "observation"),)
    icon = "hourglass-split"

    def more_links(self, record: Any) -> list[Link]:
        if self.may(Act.CREATE, "visit"):
            return [Link(say(N_("Record a visit")), f"/admin/visit/new/?observation={record.id}")]
        return []


class VisitView(LedgerView):
    columns = ("resident", "outcome", "temperature", "on", "period", "how", "village")
    sections = (
        part(N_("Visit"), "observation on period temperature outcome how taken_at symptoms"),
        part(N_("Three questions"), "went_out contacts measures note late_reason"),
    )
    derived = ("village",)
    filters = ("outcome", "period", "how", "village", "on", "temperature", "observation", "resident")
    quick = (("outcome", "abnormal"), ("outcome", "not_met"), ("outcome", "refused"))
    search = ("resident",)
    search_hint = N_("Name, pinyin, identity number or phone of the person")
    order = "-on"
    icon = "thermometer-half"

    def prefill(self, form: Any) -> None:
        now = clock.now().astimezone(clock.ZONE)
        form.on.data = form.on.data or now.date()
        if "taken_at" in form and form.taken_at.data is None:
            form.taken_at.data = now


VIEWS = ((VillageView, Village), (ResidentView, Resident), (ObservationView, Observation), (VisitView, Visit))
