"""What else belongs to a file: journeys, contacts and papers."""

from __future__ import annotations

from typing import Any

from admin_app.ledgers.base import LedgerView, part
from models import clock
from models.dossier import Contact, Journey, Paper
from models.words import N_


class JourneyView(LedgerView):
    columns = ("resident", "left_on", "origin", "destination", "by", "number", "village")
    sections = (part(N_("Journey"), "resident left_on came_on origin destination by number seat note"),)
    derived = ("village",)
    filters = ("by", "village", "left_on", "resident")
    search = ("resident", "number", "origin")
    search_hint = N_("Person, train or plate, or place")
    order = "-left_on"
    icon = "train-front"


class ContactView(LedgerView):
    columns = ("name", "resident", "relation", "met_on", "phone", "known", "village")
    sections = (part(N_("Contact"), "resident name phone relation met_on place known note"),)
    derived = ("village",)
    filters = ("village", "met_on", "resident", "known")
    search = ("name", "resident")
    search_hint = N_("Contact or person")
    icon = "person-lines-fill"


class PaperView(LedgerView):
    columns = ("resident", "kind", "on", "signed_by", "file_name", "village")
    sections = (part(N_("Paper"), "resident observation kind on signed_by note file_name"),)
    derived = ("village",)
    filters = ("kind", "village", "on", "resident", "observation")
    search = ("resident", "signed_by")
    search_hint = N_("Person, or who signed")
    order = "-on"
    icon = "file-earmark-text"

    def prefill(self, form: Any) -> None:
        form.on.data = form.on.data or clock.today()


VIEWS = ((JourneyView, Journey), (ContactView, Contact), (PaperView, Paper))
