"""志愿者, 代购代送, 捐赠 and 日报: who serves, who is served, and the day's report."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from admin_app.ledgers.base import LedgerView, part
from admin_app.ledgers.file_page import sex_and_age
from admin_app.ledgers.page import Link
from admin_app.workbench.today.addresses import daily_url
from models import clock
from models.report import DailyReport
from models.supply import Donation, Supply
from models.volunteer import Assignment, Duty, Organisation, Volunteer
from models.words import N_


class OrganisationView(LedgerView):
    columns = ("name", "contact", "phone", "founded_on", "party_branch")
    sections = (part(N_("The organisation"), "name contact phone founded_on party_branch note"),)
    filters = ("founded_on",)
    search = ("name", "contact")
    search_hint = N_("Name or contact")
    related = ((Volunteer, "organisation"),)
    icon = "flag"


class VolunteerView(LedgerView):
    columns = ("name", "number", "organisation", "phone", "skills", "unavailable_until", "village")
    sections = (
        part(N_("Volunteer"), "village number name identity_number sex birth_date phone politics"),
        part(N_("Service"), "organisation skills hours unavailable_until note"),
    )
    filters = ("organisation", "politics", "village", "unavailable_until")
    search_hint = N_("Name, pinyin, initials, identity number or its last four, phone")
    related = ((Assignment, "volunteer"),)
    icon = "people"

    def beside(self, record: Any) -> str:
        return sex_and_age(record)


class DutyView(LedgerView):
    columns = ("title", "status", "kind", "starts_at", "ends_at", "needed", "place", "village")
    sections = (
        part(N_("Duty"), "village title kind place checkpoint starts_at ends_at needed status"),
        part(N_("How to reach them"), "contact contact_phone note"),
    )
    filters = ("status", "kind", "village", "starts_at", "checkpoint")
    quick = (("status", "asked"), ("status", "open"))
    search = ("title", "place", "contact")
    search_hint = N_("Duty, place or contact")
    order = "-starts_at"
    bulk = ("status",)
    related = ((Assignment, "duty"),)
    icon = "calendar-week"


class AssignmentView(LedgerView):
    columns = ("volunteer_name", "duty", "signed_in_at", "signed_out_at", "hours", "attended", "village")
    sections = (part(N_("Assignment"), "duty volunteer signed_in_at signed_out_at hours attended note"),)
    derived = ("village",)
    filters = ("attended", "village", "duty", "volunteer", "signed_in_at")
    quick = (("attended", "0"),)
    search = ("volunteer_name", "volunteer", "duty")
    search_hint = N_("Volunteer or duty")
    bulk = ("attended",)
    icon = "person-check"


class SupplyView(LedgerView):
    columns = ("name", "status", "goods", "address", "phone", "kind", "asked_on", "village")
    sections = (
        part(N_("Request"), "village asked_on name address phone kind goods"),
        part(N_("Delivery"), "status courier cost delivered_on note"),
    )
    filters = ("status", "kind", "village", "asked_on")
    quick = (("status", "open"), ("status", "taken"), ("status", "bought"))
    search = ("name", "goods", "address")
    search_hint = N_("Name, goods or address")
    bulk = ("status",)
    icon = "basket"

    def prefill(self, form: Any) -> None:
        form.asked_on.data = form.asked_on.data or clock.today()


class DonationView(LedgerView):
    columns = ("donor", "kind", "what", "quantity", "measure", "received_on", "went_to", "village")
    sections = (
        part(
            N_("Donation"),
            "village donor kind what quantity measure directed receiver received_on",
        ),
        part(N_("Where it went"), "went_to published_on note"),
    )
    filters = ("kind", "directed", "village", "received_on", "published_on")
    search = ("donor", "what", "went_to")
    search_hint = N_("Donor or gift")
    order = "-received_on"
    icon = "gift"

    def prefill(self, form: Any) -> None:
        form.received_on.data = form.received_on.data or clock.today()


class DailyReportView(LedgerView):
    columns = (
        "village",
        "on",
        "punctuality",
        "status",
        "surveyed",
        "home_total",
        "released_total",
        "in_hospital",
        "handed_in_by",
    )
    sections = (
        part(N_("Report"), "village on handed_in_by handed_in_at punctuality status revision"),
        part(N_("Survey"), "surveyed came met_case lived_with_contact met_from_area abnormal"),
        part(
            N_("Observation"),
            "central_today central_total home_today home_total released_today released_total in_hospital",
        ),
        part(N_("Corrections"), "correction_reason return_reason note"),
    )
    later = ("status", "return_reason")
    filters = ("status", "punctuality", "village", "on")
    quick = (("punctuality", "late"), ("status", "returned"))
    search = ("village", "handed_in_by")
    search_hint = N_("Village or who handed it in")
    order = "-on"
    cards = {"punctuality": "side", "status": "hide"}
    icon = "file-earmark-bar-graph"
    can_be_made = can_be_changed = False  # handed in, sent back and closed on the day's own pages

    def more_links(self, record: Any) -> list[Link]:
        return [Link(_("The day's report"), daily_url(record.on, record.village_id), main=True)]


VIEWS = (
    (OrganisationView, Organisation),
    (VolunteerView, Volunteer),
    (DutyView, Duty),
    (AssignmentView, Assignment),
    (SupplyView, Supply),
    (DonationView, Donation),
    (DailyReportView, DailyReport),
)
