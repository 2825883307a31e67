"""Observations with their moves and papers, and visits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import lazy_gettext
from sqlalchemy import select
from wtforms.validators import Optional

from admin_app import database, i18n
from admin_app.i18n import say
from admin_app.ledgers import fields, papers, show
from admin_app.ledgers.acting import NamedAct, Typed
from admin_app.ledgers.base import LedgerView, part
from admin_app.ledgers.declared import note_apart
from admin_app.ledgers.page import Cell, DetailsPage, Fact, Kind, Link
from models import clock, course, followup, opening, round, setting
from models.alert import Alert
from models.course import MOVES, NEEDS, Move
from models.dossier import Paper
from models.followup import FollowUp
from models.observation import UNDER_OBSERVATION, Observation, day_of, ends_on, standing
from models.resident import FileStatus, Resident
from models.scope import Act
from models.session import Session
from models.states import OVER, ObservationStatus
from models.trail import Deed, Entry
from models.visit import Visit
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
        must=NEEDS.get(step, ()),
        may=lambda observation: step in MOVES[observation.status],
        done=DONE[step],
        main=lambda observation: step is Move.RELEASE and standing(observation, clock.today()) is FileStatus.DUE,
    )


def round_of(observation: Observation) -> str:
    """The address of the round, open at one person."""
    return f"/admin/round/?village={observation.village_id}&at={observation.id}#p{observation.id}"


def observed(observation: Observation) -> Cell:
    """How an observation stands today, and on which day of its term: 观察中 6/14."""
    today = clock.today()
    stands = standing(observation, today)
    label = say(stands.label)
    if observation.status is ObservationStatus.OBSERVED:
        label = f"{label} {max(day_of(observation, today), 0)}/{observation.days}"
    return Cell(label, Kind.CHIP, stands.tone)


def end_of(observation: Observation) -> Cell:
    """The end of the term, and how it came about: computed, or corrected for a reason."""
    start, days = observation.last_exposure_on or observation.began_on, observation.days
    if observation.ends_on_corrected is not None:
        told = {"day": i18n.day(ends_on(start, days)), "reason": observation.correction_reason or ""}
        how = say(N_("corrected, before: %(day)s; %(reason)s"), told)
    elif observation.last_exposure_on is not None:
        how = say(N_("last exposure %(day)s + %(days)d days"), {"day": i18n.day(start, weekday=False), "days": days})
    else:
        how = say(N_("first day %(day)s + %(days)d days"), {"day": i18n.day(start, weekday=False), "days": days})
    return Cell(i18n.day(observation.ends_on), Kind.DAY, dim=how)


def _calls(observation: Observation) -> list[Fact]:
    """What came of each call after release, whom nobody called yet, and what was never asked."""
    calls = followup.calls_of(database.session(), observation)
    unmade = followup.calls_unmade(observation, calls, clock.today())
    facts = []
    for n in sorted({*calls, *unmade}):
        label = say(N_("Day %(day)d after release"), {"day": n})
        if call := calls.get(n):
            at = f"/admin/followup/details/?id={call.id}"
            cell = Cell(say(call.outcome.label), url=at, dim=i18n.day(call.on, weekday=False))
        else:
            cell = Cell(say(unmade[n].label))
        facts.append(Fact(label, cell))
    return facts


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
            must=("reason",),
            may=lambda observation: observation.status is ObservationStatus.OBSERVED,
            done=N_("the end of the term was corrected"),
        ),
    )
    icon = "hourglass-split"

    def _writer(self, name: str) -> show.Writer:
        if name != "status":
            return super()._writer(name)
        return observed

    def _field(self, name: str) -> Any:
        """The length may be left to the setting, which the rule asks for the person's village and the first day."""
        if name != "days":
            return super()._field(name)
        hint = lazy_gettext(N_("Left empty, it is as set for the village."))
        label = lazy_gettext(show.label_of(Observation, name))
        return fields.WholeField(label, [Optional()], description=hint, render_kw={"inputmode": "numeric"})

    def prefill(self, form: Any) -> None:
        """Today, and the length that is in force where the person lives, if that is known already."""
        session = database.session()
        form.began_on.data = form.began_on.data or clock.today()
        if form.days.data is None:
            person = session.get(Resident, form.resident.data) if form.resident.data else None
            if person is not None:
                townships = {person.village.township_id}
            else:
                townships = {place.township_id for place in round.villages(session)}
            lengths = {setting.observation_days(session, form.began_on.data, one) for one in townships}
            form.days.data = lengths.pop() if len(lengths) == 1 else None

    def acts_on(self, record: Any) -> list[NamedAct]:
        """None while the person's file lies in the recycle bin."""
        if record.resident is None:
            return []
        acts = super().acts_on(record)
        session = database.session()
        if record.status in OVER and opening.unfinished(session, record.resident_id) is not None:
            return [act for act in acts if act.name != Move.REOPEN]  # another one goes on
        return acts

    def more_links(self, record: Any) -> list[Link]:
        links = []
        if self.may(Act.CREATE, "visit") and record.status is ObservationStatus.OBSERVED:
            due = standing(record, clock.today()) is FileStatus.DUE
            links.append(Link(say(N_("Round")), round_of(record), main=not due))
        if self.may(Act.CREATE, "followup") and record.status is ObservationStatus.RELEASED:
            calls = followup.calls_of(database.session(), record)
            day = max(followup.calls_due(record, calls, clock.today()), default=None)
            at = "" if day is None else f"&day_no={day}"
            url = f"/admin/followup/new/?observation={record.id}{at}"
            links.append(Link(say(N_("Record a call")), url, main=day is not None))
        return [*links, *self._papers(record)]

    def _details_page(self, record: Any, revealed: frozenset[str]) -> DetailsPage:
        """With the calls after release, those that nobody made among them."""
        page = super()._details_page(record, revealed)
        calls = _calls(record) if self.may(Act.READ, "followup") else []
        return replace(page, sections=[*page.sections, (say(FollowUp.__title__), calls)]) if calls else page

    def warnings(self, records: Sequence[Any]) -> list[str]:
        """Whom nobody measures any more."""
        names = [str(one) for one in records if one.status in UNDER_OBSERVATION]
        words = N_(
            "Still under observation, and in no round any more once this is deleted: %(names)s. An observation that was"
            " opened by mistake is better ruled out, one that is over is released: both keep what happened."
        )
        return [say(words, {"names": i18n.listed(names)})] if names else []

    def _fact(self, record: Any, name: str, may_reveal: bool, shown: bool) -> Fact:
        """The end with how it was computed; that somebody became no suspected case need not be said."""
        fact = super()._fact(record, name, may_reveal, shown)
        if name == "ends_on":
            return Fact(fact.label, end_of(record))
        if name == "became_suspected" and not record.became_suspected:
            return Fact(fact.label, Cell(""))
        return fact

    def _papers(self, record: Any) -> list[Link]:
        if record.resident is None or not database.session().scope.may_to(Act.EDIT, record):
            return []
        kept = select(Paper.kind).where(Paper.observation_id == record.id)
        handed = set(database.session().scalars(kept))
        return [
            Link(say(kind.label), f"{self.base}paper/{kind.value}/?id={record.id}", aside=kind in handed)
            for kind in papers.printable(record)
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
            whose = (record.village_id, record.resident_id, str(record.resident))
            note_apart(Entry("resident", Deed.REVEAL, *whose, reason=N_("Identity number")), must=True)
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


VIEWS = ((ObservationView, Observation), (VisitView, Visit))
