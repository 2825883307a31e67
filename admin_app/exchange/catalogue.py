"""The sheets that can be taken, by their name in the address."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from admin_app.exchange import daily, forms
from admin_app.exchange.parts import Asked, Part, listed
from admin_app.exchange.sheet import Sheet
from models.business import Business, Inspection
from models.checkpoint import Passage
from models.enterprise import Resumption
from models.gathering import Banquet, Tipoff
from models.observation import Observation
from models.publicity import Publicity
from models.resident import Resident
from models.scope import Act, Scope
from models.session import Session
from models.states import ObservationKind
from models.summaries.ledger import Span
from models.supply import Donation
from models.volunteer import Assignment, Duty, Volunteer
from models.words import N_


@dataclass(frozen=True)
class Form:
    """One of the sheets. ``ledgers`` are those whose records it hands out; ``days`` how many it covers unless asked
    otherwise, 1 for the sheet of one day."""

    name: str
    title: str
    hint: str
    ledgers: tuple[str, ...]
    build: Callable[[Session, Asked], Iterator[Sheet]]
    days: int = 1
    personal: bool = True  # holds identity numbers or phones

    def open_to(self, scope: Scope) -> bool:
        """Whether somebody may take it."""
        return all(scope.may(Act.EXPORT, ledger) for ledger in self.ledgers)

    def span(self, today: date) -> Span:
        """The days that it covers unless asked otherwise."""
        return Span(today - timedelta(days=self.days - 1), today)


def _form(name: str, title: str, hint: str, *parts: Part, days: int = 1, personal: bool = True) -> Form:
    ledgers = tuple(dict.fromkeys(part.cls.__ledger__ or "" for part in parts))
    return Form(name, title, hint, ledgers, listed(*parts), days, personal)


_PERSONS: Final = N_("Survey of key persons")
_HOME: Final = N_("People under home observation")
_RESUMPTION: Final = N_("Filing for the resumption of work")

FORMS: Final[tuple[Form, ...]] = (
    Form(
        "daily",
        N_("Daily report of the survey"),
        N_("What every village reported for a day, with the total"),
        ("dailyreport",),
        daily.summary,
        personal=False,
    ),
    Form(
        "temperatures",
        N_("Temperature register"),
        N_("Everybody who is measured on a day, morning and evening, a sheet for each village"),
        ("observation", "visit"),
        daily.register,
        personal=False,
    ),
    _form(
        "home",
        _HOME,
        N_("Everybody who was under home observation on one of the days"),
        Part(Observation, forms.OBSERVED, _HOME, lambda: Observation.kind == ObservationKind.HOME),
        days=14,
    ),
    _form("persons", _PERSONS, N_("Everybody who was on file by a day"), Part(Resident, forms.PERSONS, _PERSONS)),
    _form(
        "passages",
        N_("Checkpoint book"),
        N_("Who went in and out at the checkpoints"),
        Part(Passage, forms.PASSAGES, total=True),
        days=2,
    ),
    _form("businesses", N_("Businesses"), N_("Every venue on file by a day"), Part(Business, forms.BUSINESSES)),
    _form(
        "inspections",
        N_("Inspections"),
        N_("Every inspection of a venue, with what was found and rectified"),
        Part(Inspection, forms.INSPECTIONS),
        days=7,
        personal=False,
    ),
    _form(
        "resumption",
        _RESUMPTION,
        N_("Every enterprise that filed by a day"),
        Part(Resumption, forms.RESUMPTIONS, _RESUMPTION, total=True),
    ),
    _form(
        "gatherings",
        N_("Banquets and tip-offs"),
        N_("Planned banquets and what was told of gatherings, each with its outcome"),
        Part(Banquet, forms.BANQUETS, total=True),
        Part(Tipoff, forms.TIPOFFS),
        days=7,
        personal=False,
    ),
    _form(
        "volunteers",
        N_("Volunteers and their service"),
        N_("Volunteers, duties and who served how long, a sheet for each"),
        Part(Volunteer, forms.VOLUNTEERS),
        Part(Duty, forms.DUTIES, total=True),
        Part(Assignment, forms.SERVICE, total=True),
        days=7,
    ),
    _form(
        "donations",
        N_("Donations"),
        N_("What was given, to whom it went, when that was made public"),
        Part(Donation, forms.DONATIONS),
        days=30,
        personal=False,
    ),
    _form(
        "publicity",
        N_("Traces of publicity"),
        N_("What was put up, handed out or broadcast"),
        Part(Publicity, forms.PUBLICITY, N_("Traces of publicity"), total=True),
        days=7,
        personal=False,
    ),
)
BY_NAME: Final = {form.name: form for form in FORMS}
