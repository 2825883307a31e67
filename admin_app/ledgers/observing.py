"""Observations with their moves, visits, alerts, follow-up calls and hand-overs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from sqlalchemy import select

from admin_app import database, i18n, identity
from admin_app.i18n import say
from admin_app.ledgers import papers, show
from admin_app.ledgers.acting import NamedAct, Typed
from admin_app.ledgers.base import LedgerView, part
from admin_app.ledgers.page import Cell, DetailsPage, Fact, Kind, Link
from models import clock, course, handover, setting
from models.alert import Alert, AlertStatus
from models.course import MOVES, NEEDS, Move
from models.dossier import Paper
from models.followup import FollowUp
from models.handover import HandOver, HandOverStatus
from models.observation import Observation, ObservationStatus, Outcome, Period, Symptom, Visit, day_of, standing
from models.scope import Act
from models.session import Session
from models.words import N_

PERSON_HINT = N_("Name, pinyin, identity number or phone of the person")
DONE: dict[Move, str] = {
    Move.RELEASE: N_("released"),
    Move.TO_CENTRAL: N_("moved to central observation"),
    Move.TO_HOSPITAL: N_("moved to hospital"),
    Move.BACK_HOME: N_("back at home"),
    Move.CONFIRM: N_("became a confirmed case"),
    Move.RECOVER: N_("recovered, observed further"),
    Move.LOSE: N_("lost from sight"),
    Move.FIND: N_("found again"),
    Move.REOPEN: N_("observed again"),
    Move.EXCLUDE: N_("ruled out"),
}


def _moving(step: Move) -> NamedAct:
    """The act of one move: it asks for the day, for what the move needs, and for a reason."""
    asks = dict.fromkeys(("on", *NEEDS.get(step, ()), "reason"))

    def do(session: Session, observation: Observation, typed: Typed) -> None:
        consent = session.scope.area(Act.EDIT, "observation").everywhere  # the district itself acts
        words = {name: typed[name] for name in asks if name != "on"}
        course.move(session, observation, step, typed["on"], clock.today(), consent=consent, **words)

    return NamedAct(
        step.value,
        step.label,
        do,
        asks=tuple(asks),
        may=lambda observation: step in MOVES[observation.status],
        done=DONE[step],
        main=step is Move.RELEASE,
    )


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
            "ends_on_corrected correction_reason released_on signed_by release_reason became_suspected "
            "transferred_on transferred_to transfer_reason",
        ),
    )
    derived = ("village",)
    filters = ("status", "kind", "village", "resident", "began_on", "ends_on", "released_on")
    quick = (("status", "observed"), ("kind", "hospital"), ("status", "released"))
    search = ("resident", "cadre")
    search_hint = PERSON_HINT
    related = ((Visit, "observation"), (Alert, "observation"), (FollowUp, "observation"))
    acts = (
        *(_moving(step) for step in Move),
        NamedAct(
            "correct_end",
            N_("Correct the end"),
            lambda session, observation, typed: course.correct_end(
                session, observation, typed["ends_on"], typed["reason"], clock.today()
            ),
            asks=("ends_on", "reason"),
            may=lambda observation: observation.status is ObservationStatus.OBSERVED,
            done=N_("the end of the term was corrected"),
        ),
    )
    icon = "hourglass-split"

    def _writer(self, name: str) -> show.Writer:
        if name != "status":
            return super()._writer(name)
        today = clock.today()

        def chip(observation: Observation) -> Cell:
            stands = standing(observation, today)
            label = say(stands.label)
            if observation.status is ObservationStatus.OBSERVED:
                label = f"{label} {max(day_of(observation, today), 0)}/{observation.days}"
            return Cell(label, Kind.CHIP, stands.tone)

        return chip

    def prefill(self, form: Any) -> None:
        today = clock.today()
        form.began_on.data = form.began_on.data or today
        form.days.data = setting.observation_days(database.session(), today)

    def acts_on(self, record: Any) -> list[NamedAct]:
        """None while the person's file lies in the recycle bin."""
        return super().acts_on(record) if record.resident is not None else []

    def more_links(self, record: Any) -> list[Link]:
        links = self._papers(record)
        if self.may(Act.CREATE, "visit") and record.status is ObservationStatus.OBSERVED:
            links.append(Link(say(N_("Record a visit")), f"/admin/visit/new/?observation={record.id}"))
        if self.may(Act.CREATE, "followup") and record.status is ObservationStatus.RELEASED:
            links.append(Link(say(N_("Record a call")), f"/admin/followup/new/?observation={record.id}"))
        return links

    def _papers(self, record: Any) -> list[Link]:
        if record.resident is None or not database.session().scope.may_to(Act.EDIT, record):
            return []
        return [
            Link(say(kind.label), f"{self.base}paper/{kind.value}/?id={record.id}") for kind in papers.printable(record)
        ]

    @expose("/paper/<kind>/", methods=("GET", "POST"))
    def paper_view(self, kind: str) -> ResponseReturnValue:
        """A paper to print: shortened until it is asked for in full, which the trail and the file keep."""
        record = self.get_one(request.args.get("id"))
        self._require(Act.EDIT, record)
        wanted = next((k for k in papers.printable(record) if k.value == kind), None)
        if wanted is None or record.resident is None:
            abort(404)
        session = database.session()
        full = request.method == "POST"
        if full:
            self._note_reveal(record, ["resident_id"])
            today = clock.today()
            same = select(Paper.id).where(Paper.observation_id == record.id, Paper.kind == wanted, Paper.on == today)
            if session.scalar(same) is None:
                session.add(Paper(resident_id=record.resident_id, observation_id=record.id, kind=wanted, on=today))
                session.commit()
        return self.render(
            "admin/paper.html",
            sheet=papers.sheet(record, wanted, full),
            village=str(record.village),
            back_url=f"{self.base}details/?id={record.id}",
        )


class VisitView(LedgerView):
    columns = ("resident", "outcome", "temperature", "on", "period", "how", "village")
    sections = (
        part(N_("Visit"), "observation on period temperature outcome how taken_at symptoms"),
        part(N_("Three questions"), "went_out contacts measures note late_reason"),
    )
    derived = ("village",)
    filters = ("outcome", "period", "how", "village", "on", "temperature", "late", "observation", "resident")
    quick = (("outcome", "abnormal"), ("outcome", "not_met"), ("outcome", "refused"), ("late", "1"))
    search = ("resident",)
    search_hint = PERSON_HINT
    order = "-on"
    icon = "thermometer-half"

    def prefill(self, form: Any) -> None:
        now = clock.now().astimezone(clock.ZONE)
        form.on.data = form.on.data or now.date()
        if "taken_at" in form and form.taken_at.data is None:
            form.taken_at.data = now


class AlertView(LedgerView):
    columns = ("resident", "status", "kind", "what", "raised_at", "taken_by", "village")
    sections = (
        part(N_("Alert"), "resident kind what status raised_at visit"),
        part(N_("What came of it"), "taken_by taken_at done closed_by closed_at"),
    )
    filters = ("status", "kind", "village", "raised_at", "resident", "observation")
    quick = (("status", "raised"), ("status", "taken"), ("kind", "fever"))
    search = ("resident",)
    search_hint = PERSON_HINT
    can_be_made = can_be_changed = False
    coded = {"what": Symptom}
    acts = (
        NamedAct(
            "take",
            N_("I deal with it"),
            lambda session, alert, typed: alert.take(identity.signed_in().name, clock.now()),
            may=lambda alert: alert.status is AlertStatus.RAISED,
            done=N_("is yours to deal with"),
        ),
        NamedAct(
            "close",
            N_("Close with what was done"),
            lambda session, alert, typed: alert.close(identity.signed_in().name, clock.now(), typed["done"]),
            asks=("done",),
            may=lambda alert: alert.status is not AlertStatus.CLOSED,
            done=N_("dealt with"),
            main=True,
        ),
    )
    icon = "exclamation-triangle"
    empty = N_("No alerts. A fever, a symptom or three visits without success raise one.")


class FollowUpView(LedgerView):
    columns = ("resident", "outcome", "day_no", "on", "by", "village")
    sections = (part(N_("Follow-up call"), "observation day_no on outcome by note"),)
    derived = ("village",)
    filters = ("outcome", "village", "on", "observation", "resident")
    quick = (("outcome", "unwell"), ("outcome", "not_reached"))
    search = ("resident",)
    search_hint = PERSON_HINT
    order = "-on"
    icon = "telephone-outbound"

    def prefill(self, form: Any) -> None:
        form.on.data = form.on.data or clock.today()
        form.by.data = form.by.data or identity.signed_in().name


class HandOverView(LedgerView):
    columns = ("name", "status", "from_name", "to_name", "reason", "asked_by", "asked_at", "answered_at")
    sections = (
        part(N_("Hand-over"), "name phone from_name to_name reason address status"),
        part(N_("Asked and answered"), "asked_by asked_at answered_by answered_at answer"),
    )
    filters = ("status", "from_village", "to_village", "asked_at", "resident")
    quick = (("status", "asked"), ("status", "accepted"), ("status", "refused"))
    search = ("name",)
    search_hint = N_("Name")
    can_be_made = can_be_changed = False
    acts = (
        NamedAct(
            "accept",
            N_("Accept"),
            lambda session, asked, typed: handover.accept(
                session, asked, identity.signed_in().name, clock.now(), clock.today()
            ),
            may=lambda asked: asked.status is HandOverStatus.ASKED and _receives(asked),
            done=N_("is yours now"),
            main=True,
        ),
        NamedAct(
            "refuse",
            N_("Refuse"),
            lambda session, asked, typed: handover.refuse(
                asked, identity.signed_in().name, clock.now(), typed["answer"]
            ),
            asks=("answer",),
            may=lambda asked: asked.status is HandOverStatus.ASKED and _receives(asked),
            done=N_("sent back"),
        ),
        NamedAct(
            "withdraw",
            N_("Withdraw"),
            lambda session, asked, typed: handover.withdraw(asked, identity.signed_in().name, clock.now()),
            may=lambda asked: asked.status is HandOverStatus.ASKED and _sends(asked),
            done=N_("stays with you"),
        ),
    )
    icon = "arrow-left-right"

    def _details_page(self, record: Any, revealed: frozenset[str]) -> DetailsPage:
        page = super()._details_page(record, revealed)
        measured = _measured(record)
        return replace(
            page, sections=[*page.sections, (say(N_("Measured so far")), measured)] if measured else page.sections
        )

    empty = N_("No hand-overs. Ask for one on the person's file.")


def _measured(asked: HandOver) -> list[Fact]:
    """What crossed with the person: the visits so far, a line a day, the latest first."""
    days: dict[str, list[str]] = {}
    for visit in asked.history or []:
        taken = f"{visit['temperature']} ℃" if visit["temperature"] else say(Outcome(visit["outcome"]).label)
        told = [say(Period(visit["period"]).label), taken, *(say(Symptom(s).label) for s in visit["symptoms"])]
        days.setdefault(visit["on"], []).insert(0, " ".join(told))
    return [Fact(i18n.day(date.fromisoformat(on)), Cell(" · ".join(told))) for on, told in days.items()]


def _receives(asked: HandOver) -> bool:
    return asked.to_village_id in database.session().scope.area(Act.EDIT, "handover")


def _sends(asked: HandOver) -> bool:
    return asked.from_village_id in database.session().scope.area(Act.EDIT, "handover")


VIEWS = (
    (ObservationView, Observation),
    (VisitView, Visit),
    (AlertView, Alert),
    (FollowUpView, FollowUp),
    (HandOverView, HandOver),
)
