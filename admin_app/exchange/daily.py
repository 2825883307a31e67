"""The two sheets that are made anew every day: 摸排工作日报 over the villages, 体温登记表 of each village."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from flask_babel import gettext as _

from admin_app import i18n
from admin_app.exchange.parts import Asked, dated
from admin_app.exchange.sheet import Across, Column, Kind, Line, Sheet, Value
from admin_app.i18n import say
from admin_app.ledgers.show import label_of, words_of
from models import clock
from models.observation import Symptom
from models.report import FIGURES, DailyReport
from models.session import Session
from models.summaries.counting import Place
from models.summaries.reported import Reported, reported
from models.summaries.temperatures import Measured, PersonDay, temperatures
from models.words import N_

_SUMMARY: Final = N_("Daily report of the survey")
_TEMPERATURES: Final = N_("Temperature register")


def summary(session: Session, asked: Asked) -> Iterator[Sheet]:
    """4 摸排工作日报: what each village reported; one that has not says so, and never looks like zero."""
    on = asked.span.until
    wanted = {place.id for place in asked.places}
    found = [one for one in reported(session, on, clock.now()) if one.report.place.id in wanted]
    missing = [one.report.place.name for one in found if one.figures is None]
    notes = [_("Not reported: %(villages)s", villages=i18n.listed(missing))] if missing else []
    yield Sheet(
        tab=say(_SUMMARY),
        title=say(_SUMMARY),
        unit=_("Unit: %(unit)s", unit=asked.unit),
        dated=dated(asked.span),
        columns=(
            Column(_("No."), 5, Kind.ORDER),
            Column(say(label_of(DailyReport, "village")), 13),
            *(Column(say(label_of(DailyReport, name)), 8, Kind.NUMBER, total=True) for name in FIGURES),
        ),
        lines=[_line(number, one) for number, one in enumerate(found, 1)],
        total=_("Total"),
        signatures=tuple(say(one) for one in asked.signatures),
        notes=(*notes, *asked.notes),
    )


def _line(number: int, one: Reported) -> Line:
    said = one.figures if one.figures is not None else (Across(say(one.report.state.label)),)
    return (number, one.report.place.name, *said)


def register(session: Session, asked: Asked) -> Iterator[Sheet]:
    """3 体温登记表: one sheet a village, everybody who is measured on the day, in walking order."""
    found = temperatures(session, asked.span.until)
    for place in asked.places:
        people = [one for one in found if one.village_id == place.id]
        if people or asked.only is not None:
            yield _register_of(place, people, asked)


def _register_of(place: Place, people: list[PersonDay], asked: Asked) -> Sheet:
    return Sheet(
        tab=say(_TEMPERATURES) if asked.only is not None else place.name,
        title=say(_TEMPERATURES),
        unit=_("Unit: %(unit)s", unit=place.name),
        dated=dated(asked.span),
        columns=(
            Column(_("No."), 6, Kind.ORDER),
            Column(_("Name"), 14),
            Column(_("Morning temperature"), 14, Kind.TENTH),
            Column(_("Evening temperature"), 14, Kind.TENTH),
            Column(_("Remarks"), 60),
        ),
        lines=[
            (number, one.name, _taken(one.morning), _taken(one.evening), _remarks(one))
            for number, one in enumerate(people, 1)
        ],
        signatures=tuple(say(one) for one in asked.signatures),
        notes=asked.notes,
    )


def _taken(measured: Measured | None) -> Value:
    """The temperature, or why there is none; blank for a round in which there was no visit."""
    if measured is None:
        return None
    return measured.temperature if measured.temperature is not None else words_of(measured.outcome)


def _remarks(one: PersonDay) -> str | None:
    """What was out of the ordinary, the morning's first."""
    told: list[str] = []
    for measured in (one.morning, one.evening):
        if measured is not None:
            unwell = [words_of(symptom) for symptom in measured.symptoms if symptom is not Symptom.WELL]
            told += [*unwell, *(text for text in (measured.late_reason, measured.note) if text)]
    return i18n.listed(dict.fromkeys(told)) or None
