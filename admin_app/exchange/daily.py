"""The two sheets that are made anew every day: 摸排工作日报 over the villages, 体温登记表 of each village."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import groupby
from typing import Final

from flask_babel import gettext as _

from admin_app import i18n
from admin_app.exchange.parts import Asked, dated
from admin_app.exchange.sheet import Across, Column, Kind, Line, Sheet, Value
from admin_app.i18n import say
from admin_app.ledgers.show import label_of, words_of
from models import clock
from models.figures import FIGURES
from models.report import DailyReport
from models.session import Session
from models.states import Symptom
from models.summaries.counting import Place
from models.summaries.day_sheet import Line as DayLine
from models.summaries.day_sheet import day_sheet
from models.summaries.reporting import VillageReport
from models.summaries.temperatures import Measured, PersonDay, temperatures
from models.words import N_

_SUMMARY: Final = N_("Daily report of the survey")
_TEMPERATURES: Final = N_("Temperature register")


def summary(session: Session, asked: Asked) -> Iterator[Sheet]:
    """4 摸排工作日报: what each village reported; one that has not says so, and never looks like zero."""
    on = asked.span.until
    wanted = {place.id for place in asked.places}
    found = day_sheet(session, on, clock.now(), on - timedelta(days=1)).lines
    lines = sorted((line for line in found if line.report.place.id in wanted), key=_order(asked.places))
    yield Sheet(
        tab=say(_SUMMARY),
        title=say(_SUMMARY),
        unit=_("Reporting unit: %(unit)s", unit=asked.unit),
        dated=dated(asked.span),
        columns=(
            Column(_("No."), 5, Kind.ORDER),
            Column(say(label_of(DailyReport, "village")), 13),
            *(Column(figure(name), 8, Kind.NUMBER, total=True) for name in FIGURES),
        ),
        lines=[_line(number, line.report) for number, line in enumerate(lines, 1)],
        total=_("Total"),
        signatures=tuple(say(one) for one in asked.signatures),
        notes=(*_notes(lines), *asked.notes),
    )


def figure(name: str) -> str:
    """A figure's heading."""
    return say(label_of(DailyReport, name))


def _order(places: Sequence[Place]) -> Callable[[DayLine], int]:
    """The order of the villages, whoever has reported."""
    position = {place.id: at for at, place in enumerate(places)}
    return lambda line: position[line.report.place.id]


def _line(number: int, report: VillageReport) -> Line:
    if report.reported and report.figures is not None:
        return (number, report.place.name, *report.figures)
    return (number, report.place.name, Across(say(report.state.label)))


def _notes(lines: list[DayLine]) -> Iterator[str]:
    """Who has not reported, what was reported otherwise than counted, and what does not follow from yesterday's."""
    if missing := [line.report.place.name for line in lines if not line.report.reported]:
        yield _("Not reported: %(villages)s", villages=i18n.listed(missing))
    for line in lines:
        name = line.report.place.name
        if adjusted := i18n.listed(figure(one) for one in FIGURES if one in line.counted):
            yield _("%(village)s: reported otherwise than counted: %(figures)s", village=name, figures=adjusted)
        for gap in line.gaps:
            told = gap._asdict() | {"figure": figure(gap.figure), "makes": gap.reported - gap.by}
            yield _(
                "%(village)s: %(figure)s is %(reported)d, but yesterday's %(before)d + %(came)d − %(went)d = %(makes)d",
                village=name,
                **told,
            )


def register(session: Session, asked: Asked) -> Iterator[Sheet]:
    """3 体温登记表: one sheet a village, everybody who is measured on the day, in walking order."""
    ordered = temperatures(session, asked.span.until)
    found = {number: list(people) for number, people in groupby(ordered, key=lambda one: one.village_id)}
    for place in asked.places:
        if place.id in found or asked.only is not None:
            yield _register_of(place, found.get(place.id, []), asked)


def _register_of(place: Place, people: list[PersonDay], asked: Asked) -> Sheet:
    return Sheet(
        tab=say(_TEMPERATURES) if asked.only is not None else place.name,
        title=say(_TEMPERATURES),
        unit=_("Reporting unit: %(unit)s", unit=place.name),
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
