"""What observations lead to: alerts, follow-up calls after release, and hand-overs to another village."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from admin_app import database, i18n, identity
from admin_app.i18n import say
from admin_app.ledgers import show
from admin_app.ledgers.acting import NamedAct
from admin_app.ledgers.base import LedgerView, part
from admin_app.ledgers.observing import PERSON_HINT
from admin_app.ledgers.page import Cell, DetailsPage, Fact, Kind
from models import clock, handover
from models.alert import Alert, AlertStatus
from models.followup import FollowUp
from models.handover import HandOver, HandOverStatus
from models.scope import Act
from models.states import Outcome, Period, Symptom
from models.words import N_, Tone


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
    acts = (
        NamedAct(
            "take",
            N_("I deal with it"),
            lambda session, alert, typed: alert.take(identity.signed_in().name, clock.now()),
            may=lambda alert: alert.status is AlertStatus.RAISED,
            done=N_("is yours to deal with"),
            main=lambda alert: True,
        ),
        NamedAct(
            "close",
            N_("Close with what was done"),
            lambda session, alert, typed: alert.close(identity.signed_in().name, clock.now(), typed["done"]),
            asks=("done",),
            must=("done",),
            may=lambda alert: alert.status is not AlertStatus.CLOSED,
            done=N_("dealt with"),
            main=lambda alert: alert.status is AlertStatus.TAKEN,
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
    columns = ("name", "status", "from_name", "to_name", "asked_at", "reason", "answered_at")
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
            main=lambda asked: True,
        ),
        NamedAct(
            "refuse",
            N_("Refuse"),
            lambda session, asked, typed: handover.refuse(
                asked, identity.signed_in().name, clock.now(), typed["answer"]
            ),
            asks=("answer",),
            must=("answer",),
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

    def _writer(self, name: str) -> show.Writer:
        if name == "from_name":  # on a phone no heading says which of the two villages is which
            return lambda asked: Cell(f"{asked.from_name} →")
        if name != "status":
            return super()._writer(name)
        now = clock.now()

        def chip(asked: HandOver) -> Cell:
            if handover.waits_too_long(asked, now):
                return Cell(say(N_("Waiting for longer than a day")), Kind.CHIP, Tone.BAD)
            return Cell(say(asked.status.label), Kind.CHIP, asked.status.tone)

        return chip

    def _fact(self, record: Any, name: str, may_reveal: bool, shown: bool) -> Fact:
        fact = super()._fact(record, name, may_reveal, shown)
        return Fact(fact.label, Cell(record.from_name)) if name == "from_name" else fact

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


VIEWS = ((AlertView, Alert), (FollowUpView, FollowUp), (HandOverView, HandOver))
