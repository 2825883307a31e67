"""Villages, and 一人一档: residents' files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import lazy_gettext
from wtforms.validators import InputRequired

from admin_app import database, i18n, identity
from admin_app.i18n import say
from admin_app.ledgers import fields, file_page, finding, show
from admin_app.ledgers.acting import NamedAct, Typed
from admin_app.ledgers.base import LedgerView, part
from admin_app.ledgers.file_page import sex_and_age
from admin_app.ledgers.observing import round_of
from admin_app.ledgers.page import Action, Cell, DetailsPage, Kind, Link
from models import clock, course, doubles, handover, opening
from models.alert import Alert
from models.base import Invalid, Problem
from models.dossier import Contact, Journey, Paper
from models.handover import receivers
from models.observation import Observation
from models.place import Village
from models.resident import FileStatus, Resident
from models.scope import Act
from models.session import Session
from models.states import ObservationStatus
from models.visit import Visit
from models.words import N_

CLOSED = (FileStatus.EXCLUDED, FileStatus.HANDED_OVER)


def _chip(status: FileStatus) -> Cell:
    return Cell(say(status.label), Kind.CHIP, status.tone)


def _village_field(label: str, resident: Resident) -> Any:
    """Every other village: whoever hands over must be able to name the one that takes over."""
    others = [one for one in receivers(database.session()) if one.id != resident.village_id]
    return fields.ReferenceField(lazy_gettext(label), [InputRequired()], column="to_village_id", options=lambda: others)


def _ask_hand_over(session: Session, resident: Resident, typed: Typed) -> None:
    who = identity.signed_in().name
    to = typed["to_village"] or 0
    handover.ask(session, resident, to, typed["reason"], who, clock.now(), typed["address"])


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
            must=("reason",),
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

    def _bulk_actions(self) -> list[Action]:
        actions = super()._bulk_actions()
        if self.may(Act.CREATE, "handover") and self.may(Act.EDIT, "resident"):
            actions.insert(0, Action("hand_over", say(N_("Hand over"))))
        return actions

    def ask_also(self, name: str) -> dict[str, Any]:
        if name != "hand_over":
            return {}
        options = [("", "—"), *((str(r.id), r.name) for r in receivers(database.session()))]
        chosen = request.form.get("to_village", "")
        return {"wants_reason": True, "choices": ("to_village", say(N_("To the village")), options, chosen)}

    def _apply(self, name: str, records: Sequence[Any]) -> None:
        if name != "hand_over":
            super()._apply(name, records)
            return
        to = finding.record_id(request.form.get("to_village", "")) or 0
        for resident in records:
            if resident.status in CLOSED:
                raise Invalid(resident, [Problem("", N_("This file is closed: nobody need take it over."))])
        who, reason = identity.signed_in().name, request.form.get("reason", "")
        handover.ask_many(database.session(), records, to, reason, who, clock.now())

    def already(self, found: Any) -> str:
        if found is None:
            return say(N_("This identity number is known in another village: ask for a hand-over."))
        return super().already(found)

    def saved(self, record: Any, is_new: bool) -> ResponseReturnValue:
        same = doubles.likely(database.session(), record)
        if same:
            names = i18n.listed(str(r) for r in same)
            flash(say(N_("This may be a double of: %(names)s. Look at both and merge them."), {"names": names}), "warn")
        return super().saved(record, is_new)

    @expose("/merge/", methods=("GET", "POST"))
    def merge_view(self) -> ResponseReturnValue:
        """Two files side by side; then one of them."""
        keep, other = self.get_one(request.args.get("id")), self.get_one(request.args.get("other"))
        self._require(Act.EDIT, keep)
        self._require(Act.DELETE, other)
        session = database.session()
        if keep.id == other.id:
            flash(say(N_("Choose two different files.")), "warn")
            return redirect(f"{self.base}details/?id={keep.id}")
        found = doubles.differences(keep, other)
        if request.method == "POST":
            take = {d.name: request.form.get(f"take-{d.name}") == "other" for d in found}
            number = keep.id
            try:
                doubles.merge(session, keep, other, take, clock.today())
                session.commit()
            except Invalid as refused:
                session.rollback()
                flash("; ".join(say(p.message, p.params) for p in refused.problems), "bad")
            else:
                flash(say(N_("Two files became one. The other is in the recycle bin.")), "ok")
            return redirect(f"{self.base}details/?id={number}")
        rows = [
            (d.name, say(show.label_of(Resident, d.name)), self._side(keep, d.name), self._side(other, d.name))
            for d in found
        ]
        hanging = [(say(title), many) for title, many in doubles.hanging(session, other).items()]
        return self.render(
            "admin/ledger/merge.html", title=say(N_("Merge two files")), keep=keep, other=other, rows=rows,
            hanging=hanging, alike=other in doubles.likely(session, keep, limit=50),
            back_url=f"{self.base}details/?id={keep.id}",
            swap_url=f"{self.base}merge/?id={other.id}&other={keep.id}",
        )  # fmt: skip

    def _side(self, record: Any, name: str) -> str:
        return self._writer(name)(record).text

    def _details_page(self, record: Any, revealed: frozenset[str]) -> DetailsPage:
        """The whole file: columns, observation, contacts, and everything that happened on one line."""
        return file_page.complete(database.session(), record, super()._details_page(record, revealed))

    def act_fields(self, record: Any) -> dict[str, Any]:
        return {"to_village": lambda: _village_field(N_("To the village"), record)}

    def more_links(self, record: Any) -> list[Link]:
        """The round while the village measures the person, an observation to open while there is none."""
        going_on = opening.unfinished(database.session(), record.id)
        if going_on is None and self.may(Act.CREATE, "observation"):
            pending = record.status is FileStatus.PENDING
            return [Link(say(N_("Open an observation")), f"/admin/observation/new/?resident={record.id}", main=pending)]
        if going_on is None or going_on.status is not ObservationStatus.OBSERVED or not self.may(Act.CREATE, "visit"):
            return []
        return [Link(say(N_("Round")), round_of(going_on), main=True)]


VIEWS = ((VillageView, Village), (ResidentView, Resident))

__all__ = ["VIEWS", "sex_and_age"]
