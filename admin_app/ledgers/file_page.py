"""一人一档 on one page: the observation that counts now, whom the person met, doubles, and all that happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import func, select

from admin_app import i18n
from admin_app.i18n import say
from admin_app.ledgers import show
from admin_app.ledgers.observing import end_of, observed
from admin_app.ledgers.page import Cell, DetailsPage, Fact, Kind, Moment
from models import clock, doubles, opening
from models.alert import Alert, AlertStatus
from models.dossier import Contact, Paper
from models.happenings import Happening, Said, happenings
from models.observation import Observation
from models.resident import Resident
from models.scope import Act
from models.session import Session
from models.states import ObservationStatus
from models.visit import Visit
from models.words import N_

NEVER = datetime.min.replace(tzinfo=UTC)
SHOWN = 10  # papers and contacts that stand on the page; the ledgers have them all
Opens = Callable[[str], bool]
"""Whether the reader may open a ledger."""


def sex_and_age(person: Any) -> str:
    """男 52."""
    age = person.age(clock.today())
    parts = [say(person.sex.label) if person.sex else "", "" if age is None else str(age)]
    return " ".join(p for p in parts if p)


def complete(session: Session, resident: Resident, page: DetailsPage) -> DetailsPage:
    """A file's page with what belongs to it besides its own columns."""

    def opens(ledger: str) -> bool:
        return session.scope.may(Act.READ, ledger)

    told = [_moment(one, opens) for one in happenings(session, resident, clock.today())]
    line = sorted([*page.timeline, *told], key=lambda moment: moment.at or NEVER, reverse=True)
    extra = [
        (say(N_("Likely doubles: look and merge")), _doubles(session, resident)),
        (say(N_("Medical observation")), _observation(session, resident, opens)),
    ]
    below = [
        (say(Paper.__title__), _papers(session, resident, opens)),
        (say(Contact.__title__), _contacts(session, resident, opens)),
    ]
    sections = [*extra, *page.sections, *below]
    return replace(page, timeline=line, sections=[(title, facts) for title, facts in sections if facts])


def _doubles(session: Session, resident: Resident) -> list[Fact]:
    return [
        Fact(sex_and_age(one) or "#", Cell(str(one), url=f"/admin/resident/merge/?id={resident.id}&other={one.id}"))
        for one in doubles.likely(session, resident)
    ]


def _observation(session: Session, resident: Resident, opens: Opens) -> list[Fact]:
    """How the observation that counts now stands, when it ends and why then, and what was last measured."""
    one = opening.latest(session, resident.id) if opens("observation") else None
    if one is None:
        return []
    url = f"/admin/observation/details/?id={one.id}"
    facts = [Fact(say(N_("State of the observation")), observed(one)._replace(kind=Kind.TEXT, url=url))]
    facts.append(Fact(say(N_("Kind of observation")), Cell(say(one.kind.label), dim=one.place or "")))
    if one.status is ObservationStatus.OBSERVED:
        facts.append(Fact(say(N_("Release expected on")), end_of(one)))
    elif one.released_on is not None:
        facts.append(Fact(say(N_("Released on")), Cell(i18n.day(one.released_on), dim=one.signed_by or "")))
    return [*facts, *_last_measured(session, one), *_open_alerts(session, one)]


def _last_measured(session: Session, one: Observation) -> list[Fact]:
    query = select(Visit).where(Visit.observation_id == one.id).order_by(Visit.on.desc(), Visit.period.desc())
    visit = session.scalars(query.limit(1)).first()
    if visit is None:
        return []
    taken = f"{visit.temperature} ℃" if visit.temperature is not None else say(visit.outcome.label)
    when = f"{i18n.day(visit.on, weekday=False)} {say(visit.period.label)}"
    return [Fact(say(N_("Last measured")), Cell(taken, url=f"/admin/visit/?observation={one.id}", dim=when))]


def _open_alerts(session: Session, one: Observation) -> list[Fact]:
    query = select(func.count(Alert.id)).where(Alert.observation_id == one.id, Alert.status != AlertStatus.CLOSED)
    count = session.scalar(query) or 0
    url = f"/admin/alert/?status=raised&status=taken&observation={one.id}"
    return [Fact(say(Alert.__title__), Cell(i18n.number(count), url=url))] if count else []


def _papers(session: Session, resident: Resident, opens: Opens) -> list[Fact]:
    """What was handed over and signed, each with its scan or photo."""
    if not opens("paper"):
        return []
    query = select(Paper).where(Paper.resident_id == resident.id).order_by(Paper.on.desc(), Paper.id.desc())
    facts = []
    for paper in session.scalars(query.limit(SHOWN)):
        kept = paper.file_name or ""
        day = i18n.day(paper.on, weekday=False)
        url = f"/admin/paper/{'file' if kept else 'details'}/?id={paper.id}"
        dim = " · ".join(text for text in (day if kept else "", paper.signed_by or "") if text)
        facts.append(Fact(say(paper.kind.label), Cell(kept or day, url=url, dim=dim)))
    return facts


def _contacts(session: Session, resident: Resident, opens: Opens) -> list[Fact]:
    """Whom the person met: to the contact's own file where there is one within reach, else to the record."""
    if not opens("contact"):
        return []
    query = select(Contact).where(Contact.resident_id == resident.id).order_by(Contact.met_on.desc(), Contact.id)
    facts = []
    for contact in session.scalars(query.limit(SHOWN)):
        own = contact.known is not None
        url = f"/admin/resident/details/?id={contact.known_id}" if own else f"/admin/contact/details/?id={contact.id}"
        dim = " · ".join(t for t in (i18n.day(contact.met_on, weekday=False), contact.place or "") if t)
        facts.append(Fact(contact.relation or say(N_("Contact")), Cell(contact.name, url=url, dim=dim)))
    return facts


def _moment(happening: Happening, opens: Opens) -> Moment:
    """Something that happened, in words: what belongs together side by side, the rest with dots between."""
    told = (" ".join(_words(part) for part in one) if isinstance(one, tuple) else _words(one) for one in happening.told)
    url = ""
    if happening.record_id and opens(happening.ledger):
        url = f"/admin/{happening.ledger}/details/?id={happening.record_id}"
    whole_day = happening.at.astimezone(clock.ZONE).time() == time(12)
    when = i18n.day(clock.local_day(happening.at)) if whole_day else i18n.instant(happening.at)
    text = " · ".join(text.strip() for text in told if text.strip())
    return Moment(when, "", say(happening.what), happening.tone, [], text=text, url=url, at=happening.at)


def _words(value: Any) -> str:
    return say(value.message, value.params) if isinstance(value, Said) else show.words_of(value)


__all__ = ["complete", "sex_and_age"]
