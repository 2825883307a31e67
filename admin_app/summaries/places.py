"""Summaries of venues and of enterprises."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from typing import Any

from flask_babel import gettext as _

from admin_app import i18n
from admin_app.i18n import say
from admin_app.ledgers.page import Cell
from admin_app.summaries.asked import Asked, By, Days, Pick, Places, RowsBy
from admin_app.summaries.base import SummaryView, names_of
from admin_app.summaries.charts import Ink
from admin_app.summaries.page import Behind, Form, Line, Measure, Picture, Section, by_place, of_villages, rows
from admin_app.workbench.screen import Addresses
from models.business import BusinessKind, Control
from models.enterprise import ResumptionStatus
from models.session import Session
from models.summaries import resumption, venues
from models.summaries.resumption import BackAtWork, Size
from models.summaries.span import Counts, together
from models.summaries.venues import VenueCounts
from models.words import N_, Choice, Tone

# ---- venues ----


class VenuesBy(Choice):
    """What the rows of the venues are."""

    TRADE = "trade", N_("By trade")
    VILLAGE = By.VILLAGE.value, By.VILLAGE.label
    TOWNSHIP = By.TOWNSHIP.value, By.TOWNSHIP.label


def _added(found: dict[tuple[int, Any], Counts], by: int, nothing: Counts) -> dict[Any, Counts]:
    """The same counts by one part of their keys only."""
    parts: defaultdict[Any, list[Counts]] = defaultdict(list)
    for key, counts in found.items():
        parts[key[by]].append(counts)
    return {key: together(several, nothing) for key, several in parts.items()}


def _venues(session: Session, asked: Asked) -> list[Line]:
    kinds, controls = asked.chosen("kind", BusinessKind), asked.chosen("control", Control)
    found = venues.by_village_and_trade(session, asked.span, asked.villages, asked.today, kinds, controls)
    if asked.picked["by"] != (VenuesBy.TRADE,):
        return by_place(asked, _added(found, 0, VenueCounts()), VenueCounts())
    trades = _added(found, 1, VenueCounts())
    return [Line(say(kind.label), trades[kind], code=kind.value) for kind in BusinessKind if kind in trades]


def _checks(session: Session, asked: Asked) -> list[Line]:
    return [
        Line(i18n.day(day), counts, i18n.day(day, weekday=False), on=day)
        for day, counts in venues.checks_by_day(
            session, asked.span, asked.villages, asked.chosen("kind", BusinessKind)
        ).items()
    ]


def _unchecked(session: Session, asked: Asked, on: date, to: Addresses, limit: int) -> list[list[Cell]]:
    names = {place.id: place.name for place in asked.places}
    return [
        [
            Cell(one.name, url=to.record("business", one.id)),
            Cell(names[one.village_id]),
            Cell(one.address or ""),
            Cell(one.guarantor or ""),
        ]
        for one in venues.unchecked(session, on, asked.villages, limit, asked.chosen("kind", BusinessKind))
    ]


def _overdue(session: Session, asked: Asked, on: date, to: Addresses, limit: int) -> list[list[Cell]]:
    names = {place.id: place.name for place in asked.places}
    kinds, controls = asked.chosen("kind", BusinessKind), asked.chosen("control", Control)
    found = venues.unrectified(session, asked.span, asked.villages, asked.today, limit, kinds, controls)
    return [
        [
            Cell(one.business, url=to.record("inspection", one.id)),
            Cell(names[one.village_id]),
            Cell(i18n.day(one.on)),
            Cell(i18n.day(one.rectify_by)),
            Cell(one.findings or ""),
        ]
        for one in found
    ]


def _demanded(name: str, control: Control) -> Measure:
    """Venues of which one thing is demanded."""
    return Measure(name, control.label, rows("business", ("control", control.value), by="kind", picks=("kind",)))


def _inspections(to: Addresses, asked: Asked, line: Line) -> str:
    """Inspections; no list narrows them to a trade."""
    return "" if asked.picked["kind"] else rows("inspection", days="on")(to, asked, line)


def _found(to: Addresses, asked: Asked, line: Line) -> str:
    """Inspections that gave a deadline, which is never before their own day."""
    here = _inspections(to, asked, line)
    return here and f"{here}&rectify_by.from={line.on or asked.span.first}"


def _overdue_of(to: Addresses, asked: Asked, line: Line) -> str:
    if line.code is None:
        return names_of("venues", "overdue", daily=False)(to, asked, line)
    narrowed = replace(asked, pairs=[pair for pair in asked.pairs if pair[0] != "kind"] + [("kind", str(line.code))])
    return names_of("venues", "overdue", daily=False)(to, narrowed, line)


class VenuesView(SummaryView):
    slug = "venues"
    title = N_("Venues and rectification")
    line = N_("Which venues were checked, what was found, and whether it was put right in time.")
    icon = "shop"
    needs = ("business", "inspection")
    conditions = (
        Days(14),
        Places("inspection"),
        Pick("kind", N_("Kind of business"), BusinessKind),
        Pick("control", N_("What is demanded of it"), Control),
        RowsBy(VenuesBy),
    )
    sections = (
        Section(
            N_("Checks of the venues that must close"),
            _checks,
            (
                Measure("checked", N_("Checked"), summed=False),
                Measure("unchecked", N_("Not checked"), names_of("venues", "unchecked"), summed=False, tone=Tone.WARN),
                Measure("share", N_("Share checked"), form=Form.SHARE, summed=False),
                Measure("inspections", N_("Inspections, all venues"), _inspections),
                Measure("found", N_("Problems found in them"), _found),
            ),
            (Picture(N_("Checked and not checked"), (("checked", Ink.OK), ("unchecked", Ink.CALM))),),
            N_("Date"),
            N_("Venues as they are on file now."),
        ),
        Section(
            N_("Problems and what became of them"),
            _venues,
            (
                Measure("venues", N_("On file"), rows("business", by="kind", picks=("kind", "control"))),
                _demanded("must_close", Control.CLOSE),
                _demanded("restricted", Control.RESTRICT),
                _demanded("serving", Control.SERVE),
                Measure("checked", N_("Venues checked")),
                Measure("inspections", N_("Inspections")),
                Measure("found", N_("Problems found")),
                Measure("in_time", N_("Rectified in time")),
                Measure("late", N_("Rectified late")),
                Measure("within", N_("Deadline to come")),
                Measure("overdue", N_("Overdue"), _overdue_of, tone=Tone.BAD),
                Measure("rechecked", N_("Re-inspected")),
            ),
            (
                Picture(
                    N_("Venues by what is demanded of them"),
                    (("must_close", Ink.MAIN), ("restricted", Ink.SECOND), ("serving", Ink.CALM)),
                ),
                Picture(
                    N_("Problems by what became of them"),
                    (("in_time", Ink.OK), ("late", Ink.WARN), ("within", Ink.CALM), ("overdue", Ink.BAD)),
                ),
            ),
        ),
    )
    behind = {
        "unchecked": Behind(
            N_("Not checked"),
            (N_("Venue"), N_("Village (community)"), N_("Business address"), N_("Assigned cadre")),
            _unchecked,
        ),
        "overdue": Behind(
            N_("Overdue"),
            (N_("Venue"), N_("Village (community)"), N_("Found on"), N_("To be rectified by"), N_("Problems found")),
            _overdue,
            daily=False,
        ),
    }


# ---- enterprises ----


def _by_place(session: Session, asked: Asked) -> list[Line]:
    found = resumption.by_village_and_size(session, asked.villages)
    return by_place(asked, _added(found, 0, BackAtWork()), BackAtWork())


def _by_size(session: Session, asked: Asked) -> list[Line]:
    sizes = _added(resumption.by_village_and_size(session, asked.villages), 1, BackAtWork())
    return [Line(say(size.label), sizes[size], code=size) for size in Size if size in sizes]


def _enterprises(to: Addresses, asked: Asked, line: Line) -> str:
    """Enterprises of a size, or of villages."""
    if line.code is Size.UNKNOWN:
        return ""
    bounds = line.code.bounds if isinstance(line.code, Size) else (None, None)
    pairs = [(name, bound) for name, bound in zip(("workers.from", "workers.to"), bounds, strict=True) if bound]
    return to.rows("enterprise", *pairs, *of_villages(asked, line))


def _unfiled(session: Session, asked: Asked, on: date, to: Addresses, limit: int) -> list[list[Cell]]:
    names = {place.id: place.name for place in asked.places}
    return [
        [
            Cell(one.name, url=to.record("enterprise", one.id)),
            Cell(names[one.village_id]),
            Cell(one.address or ""),
            Cell(one.contact or ""),
            Cell(_("File it"), url=to.new("resumption", ("enterprise", one.id))),
        ]
        for one in resumption.unfiled(session, asked.villages, limit)
    ]


def _no_file(to: Addresses, asked: Asked, line: Line) -> str:
    """Those of a size are not named apart."""
    return "" if line.code else names_of("resumption", "no_file", daily=False)(to, asked, line)


def _stands(status: ResumptionStatus) -> Measure:
    """Resumptions in one state; a list of these is not narrowed to a size of workforce."""
    opens = rows("resumption", ("status", status.value))
    tone = Tone.BAD if status is ResumptionStatus.SUSPENDED else None
    return Measure(
        status.value, status.label, lambda to, asked, line: "" if line.code else opens(to, asked, line), tone=tone
    )


STANDS = (
    Measure("enterprises", N_("Enterprises"), _enterprises),
    Measure("no_file", N_("Nothing filed"), _no_file),
    *(_stands(status) for status in ResumptionStatus),
    Measure("share", N_("Share at work"), form=Form.SHARE),
    Measure("workers", N_("Workers")),
    Measure("returned", N_("Workers returned")),
    Measure("away", N_("Workers not back yet")),
    Measure("from_outside", N_("Workers from outside the county")),
    Measure("from_hubei", N_("Workers from Hubei")),
)
STATES = Picture(
    N_("Enterprises by how far they are"),
    (
        ("resumed", Ink.OK),
        ("filed", Ink.MAIN),
        ("applied", Ink.SECOND),
        ("idle", Ink.CALM),
        ("no_file", Ink.WARN),
        ("suspended", Ink.BAD),
    ),
)
BACK = Picture(N_("Workers who are back"), (("returned", Ink.MAIN), ("away", Ink.CALM)))


class ResumptionView(SummaryView):
    slug = "resumption"
    title = N_("Resumption of work")
    line = N_("How many enterprises work again, by place and by the size of their workforce, and who returned.")
    icon = "building-check"
    needs = ("enterprise", "resumption")
    conditions = (Places("enterprise"), RowsBy())
    sections = (
        Section(N_("By place"), _by_place, STANDS, (STATES, BACK)),
        Section(N_("By size of workforce"), _by_size, STANDS, (STATES, BACK), N_("Workforce")),
    )
    behind = {
        "no_file": Behind(
            N_("Nothing filed"),
            (
                N_("Enterprise name"),
                N_("Village (community)"),
                N_("Enterprise address"),
                N_("Contact"),
                N_("Resumption"),
            ),
            _unfiled,
            daily=False,
        )
    }


VIEWS = (VenuesView, ResumptionView)
