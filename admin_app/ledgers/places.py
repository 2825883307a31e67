"""一业一记载 and 一村一台账: venues, enterprises, gatherings, checkpoints, publicity, supervision."""

from __future__ import annotations

from typing import Any

from admin_app.ledgers.base import LedgerView, part
from models import clock
from models.business import Business, Inspection
from models.checkpoint import Checkpoint, Passage
from models.enterprise import Enterprise, Resumption
from models.gathering import Banquet, Tipoff
from models.publicity import Publicity
from models.supervision import Supervision
from models.words import N_


class BusinessView(LedgerView):
    columns = ("name", "status", "kind", "control", "operator", "phone", "address", "village")
    sections = (
        part(N_("Business"), "village name kind address control status open opening_hours"),
        part(N_("People"), "operator phone home_address guarantor contact cadre leader"),
        part(N_("Markets"), "area stalls note"),
    )
    filters = ("status", "kind", "control", "village", "open")
    quick = (("status", "defiant"), ("status", "ordered"), ("status", "recheck"))
    search = ("name", "operator", "address")
    search_hint = N_("Name, operator or address")
    bulk = ("status",)
    related = ((Inspection, "business"), (Banquet, "business"))
    icon = "shop"


class InspectionView(LedgerView):
    columns = (
        "business",
        "on",
        "way",
        "inspector",
        "operating",
        "findings",
        "rectify_by",
        "recheck",
        "village",
    )
    sections = (
        part(N_("Inspection"), "business on way inspector departments operating masks disinfected"),
        part(N_("Problems and rectification"), "findings rectify_by rechecked_on recheck note"),
    )
    derived = ("village",)
    filters = ("way", "operating", "recheck", "village", "on", "rectify_by", "business")
    search = ("business", "inspector", "findings")
    search_hint = N_("Venue, inspector or problem")
    order = "-on"
    icon = "clipboard-check"

    def prefill(self, form: Any) -> None:
        form.on.data = form.on.data or clock.today()


class EnterpriseView(LedgerView):
    columns = ("name", "credit_code", "legal_person", "contact", "phone", "workers", "village")
    sections = (
        part(N_("The enterprise"), "village name credit_code legal_person address business_scope workers"),
        part(N_("How to reach them"), "contact phone duty_phone note"),
    )
    filters = ("village", "workers")
    search = ("name", "credit_code", "contact", "legal_person")
    search_hint = N_("Name, credit code or contact")
    related = ((Resumption, "enterprise"),)
    icon = "building"


class ResumptionView(LedgerView):
    columns = ("enterprise", "status", "applied_on", "resumed_on", "returned", "from_hubei", "village")
    sections = (
        part(N_("Resumption"), "enterprise status applied_on filed_on resumed_on"),
        part(N_("Returned workers"), "returned from_outside from_hubei hubei_customers"),
        part(
            N_("Conditions"),
            "isolation_room disinfection temperature_checks publicity commitment_letter "
            "emergency_plan health_table told_face_to_face",
        ),
        part(N_("Checks"), "checked_on check_findings suspended_on suspension_reason note"),
    )
    derived = ("village",)
    filters = ("status", "village", "resumed_on", "enterprise", "isolation_room", "commitment_letter")
    quick = (("status", "applied"), ("status", "filed"), ("status", "resumed"), ("status", "suspended"))
    search = ("enterprise",)
    search_hint = N_("Name or credit code of the enterprise")
    icon = "building-check"


class BanquetView(LedgerView):
    columns = ("host", "status", "held_on", "place", "occasion", "tables", "guests", "source", "village")
    sections = (
        part(N_("Banquet"), "village held_on place host host_phone occasion tables guests source"),
        part(N_("Catering"), "cook cook_phone restaurant business"),
        part(
            N_("Verification"),
            "status findings joint_enforcement outcome verified_by concluded_on note",
        ),
    )
    filters = ("status", "source", "village", "held_on", "joint_enforcement", "business")
    quick = (("status", "new"), ("status", "verified"))
    search = ("host", "place", "cook", "restaurant")
    search_hint = N_("Host, place, cook or restaurant")
    order = "-held_on"
    icon = "cup-hot"


class TipoffView(LedgerView):
    columns = ("text", "status", "received_at", "source", "topic", "place", "verified_by", "village")
    sections = (
        part(N_("Tip-off"), "village received_at source topic place text banquet"),
        part(N_("Informer"), "informer informer_phone"),
        part(N_("Verification"), "status findings outcome verified_by concluded_on note"),
    )
    filters = ("status", "source", "topic", "village", "received_at", "banquet")
    quick = (("status", "new"), ("status", "verified"))
    search = ("text", "place", "informer")
    search_hint = N_("Words of the tip or place")
    order = "-received_at"
    icon = "megaphone"

    def prefill(self, form: Any) -> None:
        form.received_at.data = form.received_at.data or clock.now()


class CheckpointView(LedgerView):
    columns = ("name", "place", "cadre", "phone", "opened_on", "closed_on", "village")
    sections = (part(N_("The checkpoint"), "village name place cadre phone opened_on closed_on note"),)
    filters = ("village", "opened_on")
    search = ("name", "place", "cadre")
    search_hint = N_("Name or place")
    related = ((Passage, "checkpoint"),)
    icon = "signpost-split"


class PassageView(LedgerView):
    columns = ("name", "direction", "at", "plate", "people", "temperature", "phone", "checkpoint", "village")
    sections = (
        part(N_("Passage"), "checkpoint direction at plate name people phone identity_number"),
        part(N_("Journey"), "origin destination temperature purpose keeper note"),
    )
    derived = ("village",)
    filters = ("direction", "checkpoint", "village", "at", "temperature")
    search = ("name", "plate", "phone")
    search_hint = N_("Name, plate or phone")
    order = "-at"
    cards = {"direction": "side"}
    icon = "car-front"

    def prefill(self, form: Any) -> None:
        form.at.data = form.at.data or clock.now()


class PublicityView(LedgerView):
    columns = ("content", "kind", "on", "place", "quantity", "responsible", "village")
    sections = (part(N_("Publicity"), "village on kind content place quantity responsible photo note"),)
    filters = ("kind", "village", "on")
    search = ("content", "place", "responsible")
    search_hint = N_("What, where or who")
    order = "-on"
    icon = "broadcast"

    def prefill(self, form: Any) -> None:
        form.on.data = form.on.data or clock.today()


class SupervisionView(LedgerView):
    columns = ("supervisors", "on", "place", "findings", "due_on", "done_on", "village")
    sections = (
        part(N_("Supervision round"), "village on supervisors place"),
        part(N_("Findings"), "findings demands due_on done done_on note"),
    )
    filters = ("village", "on", "due_on", "done_on")
    search = ("supervisors", "place", "findings")
    search_hint = N_("Who, where or what was found")
    order = "-on"
    icon = "binoculars"


VIEWS = (
    (BusinessView, Business),
    (InspectionView, Inspection),
    (EnterpriseView, Enterprise),
    (ResumptionView, Resumption),
    (BanquetView, Banquet),
    (TipoffView, Tipoff),
    (CheckpointView, Checkpoint),
    (PassageView, Passage),
    (PublicityView, Publicity),
    (SupervisionView, Supervision),
)
