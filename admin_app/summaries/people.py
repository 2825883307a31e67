"""Summaries of those under observation: the trend, and the rounds that were done and missed."""

from __future__ import annotations

from datetime import date

from admin_app import i18n
from admin_app.addresses import address
from admin_app.i18n import say
from admin_app.ledgers.page import Cell
from admin_app.ledgers.show import decoded
from admin_app.summaries.asked import Asked, By, Days, Pick, Places, RowsBy
from admin_app.summaries.base import SummaryView, names_of
from admin_app.summaries.charts import Ink
from admin_app.summaries.page import Behind, Form, Line, Measure, Picture, Row, Section, by_place, rows
from admin_app.workbench.screen import Addresses
from models.scope import Scope
from models.session import Session
from models.states import Outcome, OwnReason, Period
from models.summaries import rounds, trend
from models.summaries.rounds import RoundCounts
from models.words import N_, Choice, Tone


def _days(session: Session, asked: Asked) -> list[Line]:
    return [
        Line(i18n.day(day), counts, i18n.day(day, weekday=False), on=day)
        for day, counts in trend.by_day(session, asked.span, asked.villages).items()
    ]


def _name(person: trend.Person, to: Addresses) -> Cell:
    if person.name is None:
        return Cell(say(N_("(another village's by now)")))
    return Cell(person.name, url=to.record("resident", person.resident_id))


def _persons(field: str, title: str) -> Behind:
    """Who came or went on the days that are asked, or stands there at the end of a day."""

    def rows(session: Session, asked: Asked, to: Addresses, limit: int) -> list[Row]:
        places = {place.id: place.name for place in asked.places}
        return [
            [
                _name(one, to),
                Cell(places[one.village_id]),
                Cell(i18n.day(one.on)),
                Cell(decoded(one.note or "", OwnReason)),
            ]
            for one in trend.persons(session, asked.span, field, asked.villages, limit)
        ]

    stands = field not in trend.FLOWS
    when = N_("Observed since") if stands else N_("Date")
    return Behind(title, (N_("Name"), N_("Village (community)"), when, N_("Remarks")), rows, daily=stands)


def _count(name: str, label: str, summed: bool = True) -> Measure:
    return Measure(name, label, names_of("trend", name), summed=summed)


LABELS = {
    "opened": N_("New"),
    "taken_over": N_("Taken over"),
    "back": N_("Observed again"),
    "released": N_("Released"),
    "handed_over": N_("Handed over"),
    "left": N_("Left otherwise"),
    "home": N_("At home"),
    "centre": N_("At the centre"),
    "hospital": N_("In hospital"),
    "present": N_("Under observation together"),
}


class TrendView(SummaryView):
    slug = "trend"
    title = N_("Trend of observation")
    line = N_("Day by day: who came under observation, who was released or left, and who is observed where.")
    icon = "graph-up"
    needs = ("observation",)
    conditions = (Days(30), Places("observation"))
    sections = (
        Section(
            N_("Day by day"),
            _days,
            (
                *(_count(name, LABELS[name]) for name in trend.FLOWS),
                *(_count(name, LABELS[name], summed=False) for name in (*trend.STANDING, "present")),
            ),
            (
                Picture(
                    N_("Under observation at the end of the day"),
                    (("home", Ink.MAIN), ("centre", Ink.WARN), ("hospital", Ink.BAD)),
                ),
                Picture(N_("New and released"), (("opened", Ink.MAIN), ("released", Ink.OK)), pairs=True),
            ),
            N_("Date"),
            N_("Yesterday, and who came, less who left, is today."),
        ),
    )
    behind = {name: _persons(name, LABELS[name]) for name in LABELS}


# ---- the rounds ----


class RoundsBy(Choice):
    """What the rows of the rounds are."""

    DAY = "day", N_("By day")
    VILLAGE = By.VILLAGE.value, By.VILLAGE.label
    TOWNSHIP = By.TOWNSHIP.value, By.TOWNSHIP.label


def _rounds(session: Session, asked: Asked) -> list[Line]:
    periods = asked.chosen("period", Period)
    if asked.picked["by"] != (RoundsBy.DAY,):
        found = rounds.by_village(session, asked.span, asked.places, asked.now, periods)
        lines = by_place(asked, found, RoundCounts())
        return sorted(lines, key=lambda line: (line.counts.share is None, line.counts.share or 0))
    days = rounds.by_day(session, asked.span, asked.places, asked.now, periods)
    return [Line(i18n.day(day), counts, i18n.day(day, weekday=False), on=day) for day, counts in days.items()]


def _behind(field: str, title: str) -> Behind:
    """Who was expected or visited, slot by slot."""

    def rows_of(session: Session, asked: Asked, to: Addresses, limit: int) -> list[Row]:
        names = {place.id: place.name for place in asked.places}
        periods = asked.chosen("period", Period)
        found = rounds.persons(session, asked.span, field, asked.places, asked.now, periods, limit)
        return [
            [
                Cell(slot.name or f"#{slot.resident_id}", url=to.record("resident", slot.resident_id)),
                Cell(names[slot.village_id]),
                Cell(i18n.day(on)),
                Cell(say(period.label)),
                Cell(slot.address or ""),
            ]
            for on, period, slot in found
        ]

    columns = (N_("Name"), N_("Village (community)"), N_("Date"), N_("Morning or evening"), N_("Address"))
    return Behind(title, columns, rows_of)


SLOTS = {
    "expected": N_("Expected"),
    "done": N_("Done"),
    "missed": N_("Missed"),
    "open": N_("Still to be visited"),
    "beside": N_("Beside the plan"),
}


def _slots(field: str, tone: Tone | None = None) -> Measure:
    """Slots, or visits that none waited for."""
    return Measure(field, SLOTS[field], names_of("rounds", field), tone=tone)


def _ended(outcome: Outcome, tone: Tone | None = None) -> Measure:
    """Visits that ended in one way."""
    opens = rows("visit", ("outcome", outcome.value), days="on", picks=("period",))
    return Measure(outcome.value, outcome.label, opens, tone=tone)


def in_slots(scope: Scope, what: str, on: date, *more: tuple[str, object]) -> str:
    """The address of those who were expected or visited on a day (``done``, ``missed``, …), "" for who may not see."""
    if not RoundsView.open_to(scope):
        return ""
    return address("/admin/summary/rounds/names/", [("what", what), ("on", on), ("from", on), ("to", on), *more])


class RoundsView(SummaryView):
    slug = "rounds"
    title = N_("Visits done and missed")
    line = N_("Over some days: how many visits were expected, done and missed, and how they ended.")
    icon = "clipboard2-pulse"
    needs = ("visit", "observation")
    conditions = (
        Days(7, most=92),
        Places("visit"),
        Pick("period", N_("Morning or evening"), Period),
        RowsBy(RoundsBy),
    )
    sections = (
        Section(
            N_("Visits expected and paid"),
            _rounds,
            (
                _slots("expected"),
                _slots("done"),
                _slots("missed", Tone.BAD),
                _slots("open"),
                Measure("share", N_("Share done"), form=Form.SHARE),
                _ended(Outcome.NORMAL),
                _ended(Outcome.ABNORMAL, Tone.BAD),
                _ended(Outcome.NOT_MET, Tone.WARN),
                _ended(Outcome.REFUSED, Tone.WARN),
                _slots("beside"),
            ),
            (
                Picture(
                    N_("Done and missed"),
                    (("done", Ink.OK), ("missed", Ink.BAD), ("open", Ink.CALM)),
                ),
                Picture(
                    N_("How the visits ended"),
                    (
                        ("normal", Ink.OK),
                        ("abnormal", Ink.BAD),
                        ("not_met", Ink.WARN),
                        ("refused", Ink.CALM),
                    ),
                ),
            ),
            note=N_("On the morning of a release no visit is expected: one paid then counts beside the plan."),
        ),
    )
    behind = {field: _behind(field, label) for field, label in SLOTS.items()}


VIEWS = (TrendView, RoundsView)
