"""一村一台账: everything a village has on record for some days, in one book, in the same style for every village.

The session is confined to the village (``Scope.only``), so that a district admin's file is the village's own, and
nothing in it says when or by whom it was made: the same records give the same file, byte for byte. Who took it, when
and why is in the trail, with the file's fingerprint; only a file with full numbers says it itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from typing import Final

from flask_babel import gettext as _

from admin_app import i18n
from admin_app.exchange import forms
from admin_app.exchange.parts import SIGNATURES, Asked, Part, dated, numbered
from admin_app.exchange.sheet import Book, Column, Kind, Line, Sheet
from admin_app.exchange.xlsx import tab
from admin_app.i18n import say
from models.alert import Alert
from models.business import Business, Inspection
from models.checkpoint import Checkpoint, Passage
from models.enterprise import Enterprise, Resumption
from models.event import ObservationEvent
from models.followup import FollowUp
from models.gathering import Banquet, Tipoff
from models.observation import Observation
from models.publicity import Publicity
from models.report import DailyReport
from models.resident import Resident
from models.session import Session
from models.summaries import ledger
from models.summaries.ledger import Held, Span
from models.supervision import Supervision
from models.supply import Donation, Supply
from models.visit import Visit
from models.volunteer import Assignment, Duty, Volunteer
from models.words import N_

PARTS: Final[tuple[Part, ...]] = (
    Part(Resident, forms.PERSONS, N_("Persons")),
    Part(Resident, forms.RESPONSIBILITIES, N_("Who is responsible for whom")),
    Part(Observation, (*forms.OBSERVED, *forms.STATE)),
    Part(ObservationEvent, forms.EVENTS),
    Part(Visit, forms.VISITS, N_("Rounds and temperatures")),
    Part(Alert, forms.ALERTS),
    Part(FollowUp, forms.CALLS),
    Part(Business, forms.BUSINESSES),
    Part(Inspection, forms.INSPECTIONS),
    Part(Enterprise, forms.ENTERPRISES, total=True),
    Part(Resumption, forms.RESUMPTIONS, total=True),
    Part(Banquet, forms.BANQUETS, total=True),
    Part(Tipoff, forms.TIPOFFS),
    Part(Checkpoint, forms.CHECKPOINTS),
    Part(Passage, forms.PASSAGES, total=True),
    Part(Publicity, forms.PUBLICITY, total=True),
    Part(Supervision, forms.SUPERVISION),
    Part(Volunteer, forms.VOLUNTEERS),
    Part(Duty, forms.DUTIES, total=True),
    Part(Assignment, forms.SERVICE, total=True),
    Part(Supply, forms.SUPPLIES, total=True),
    Part(Donation, forms.DONATIONS),
    Part(DailyReport, forms.REPORTS),
)
# whom a ledger is open to: it tells of persons
LEDGER: Final = "resident"


def contents(session: Session, span: Span) -> list[tuple[Part, Held]]:
    """What is inside, and how many records of each."""
    return [(part, ledger.held(session, part.cls, span)) for part in PARTS]


def book(session: Session, asked: Asked) -> Book:
    """The whole ledger. Its own date is the last day of its span."""
    created = datetime.combine(asked.span.until, time())
    return Book(f"{_('Village ledger')} · {asked.unit}", created, _sheets(session, asked))


def _sheets(session: Session, asked: Asked) -> Iterator[Sheet]:
    yield _cover(session, asked)
    inside = Asked(asked.span, asked.places, asked.unit, asked.full, signatures=())
    for part in PARTS:
        yield numbered(part, inside, session)


def _cover(session: Session, asked: Asked) -> Sheet:
    inside = contents(session, asked.span)
    lines: list[Line] = [(number, say(part.name), *held) for number, (part, held) in enumerate(inside, 1)]
    return Sheet(
        tab=_("Cover"),
        title=f"{asked.unit} · {_('Village ledger')}",
        unit=_("Reporting unit: %(unit)s", unit=asked.unit),
        dated=dated(asked.span),
        columns=(
            Column(_("No."), 8, Kind.ORDER),
            Column(_("Contents"), 44),
            Column(_("Records"), 16, Kind.NUMBER, total=True),
            Column(_("First record no."), 16, Kind.ORDER),
            Column(_("Last record no."), 16, Kind.ORDER),
        ),
        lines=lines,
        total=_("Total"),
        signatures=tuple(say(one) for one in SIGNATURES),
        notes=(
            _(
                "Holds everything dated from %(since)s to %(until)s, and what was on file by the last day; "
                "every line begins with its record number.",
                since=i18n.full_day(asked.span.since),
                until=i18n.full_day(asked.span.until),
            ),
            *asked.notes,
        ),
        links={say(part.name): tab(say(part.name)) for part in PARTS},
        one_page=True,
    )
