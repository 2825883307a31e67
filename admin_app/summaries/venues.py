"""Summary of the venues: how they were checked, what was found, and what became of it."""

from __future__ import annotations

from collections.abc import Callable

from admin_app import i18n
from admin_app.i18n import say
from admin_app.ledgers.page import Cell
from admin_app.summaries.asked import Asked, By, Days, Pick, Places, RowsBy
from admin_app.summaries.base import SummaryView, names_of
from admin_app.summaries.charts import Ink
from admin_app.summaries.page import Behind, Form, Line, Measure, Opens, Picture, Row, Section, added, by_place, rows
from admin_app.workbench.screen import Addresses
from models.business import BusinessKind, Control
from models.session import Session
from models.summaries import venues
from models.summaries.venues import VenueCounts
from models.words import N_, Choice, Tone


class VenuesBy(Choice):
    """What the rows of the venues are."""

    TRADE = "trade", N_("By trade")
    VILLAGE = By.VILLAGE.value, By.VILLAGE.label
    TOWNSHIP = By.TOWNSHIP.value, By.TOWNSHIP.label


def _venues(session: Session, asked: Asked) -> list[Line]:
    kinds, controls = asked.chosen("kind", BusinessKind), asked.chosen("control", Control)
    found = venues.by_village_and_trade(session, asked.span, asked.villages, asked.today, kinds, controls)
    if asked.picked["by"] != (VenuesBy.TRADE,):
        return by_place(asked, added(found, 0, VenueCounts()), VenueCounts())
    trades = added(found, 1, VenueCounts())
    return [Line(say(kind.label), trades[kind], code=kind.value) for kind in BusinessKind if kind in trades]


def _checks(session: Session, asked: Asked) -> list[Line]:
    return [
        Line(i18n.day(day), counts, i18n.day(day, weekday=False), on=day)
        for day, counts in venues.checks_by_day(
            session, asked.span, asked.villages, asked.chosen("kind", BusinessKind)
        ).items()
    ]


def _kinds(asked: Asked) -> tuple[BusinessKind, ...]:
    """The trade of the row whose number was opened, or those that were picked."""
    return (asked.of,) if asked.of is not None else asked.chosen("kind", BusinessKind)


def _checked(checked: bool, controls: tuple[Control, ...] = ()) -> Callable[..., list[Row]]:
    """Venues that were checked, or were not; those of some controls, or of those that were picked."""

    def rows_of(session: Session, asked: Asked, to: Addresses, limit: int) -> list[Row]:
        names = {place.id: place.name for place in asked.places}
        wanted = controls or asked.chosen("control", Control)
        found = venues.listed(session, asked.span, asked.villages, limit, _kinds(asked), wanted, checked=checked)
        return [
            [
                Cell(one.name, url=to.record("business", one.id)),
                Cell(names[one.village_id]),
                Cell(one.address or ""),
                Cell(one.guarantor or ""),
            ]
            for one in found
        ]

    return rows_of


def _found_in(field: str, controls: tuple[Control, ...] = ()) -> Callable[..., list[Row]]:
    """Inspections, and what became of what they found."""

    def rows_of(session: Session, asked: Asked, to: Addresses, limit: int) -> list[Row]:
        names = {place.id: place.name for place in asked.places}
        wanted = controls or asked.chosen("control", Control)
        found = venues.inspections(
            session, asked.span, asked.villages, asked.today, field, limit, _kinds(asked), wanted
        )
        return [
            [
                Cell(one.business, url=to.record("inspection", one.id)),
                Cell(names[one.village_id]),
                *(Cell(i18n.day(day) if day else "") for day in (one.on, one.rectify_by, one.rechecked_on)),
                Cell(one.findings or ""),
            ]
            for one in found
        ]

    return rows_of


def _demanded(name: str, control: Control) -> Measure:
    """Venues of which one thing is demanded."""
    return Measure(name, control.label, rows("business", ("control", control.value), by="kind", picks=("kind",)))


def _checks_of(field: str, *more: str) -> Opens:
    """Inspections of all venues: the ledger's own, or, as no list narrows these to a trade, rows of their own."""

    def opens(to: Addresses, asked: Asked, line: Line) -> str:
        if asked.picked["kind"]:
            return names_of("venues", f"all_{field}")(to, asked, line)
        here = rows("inspection", days="on")(to, asked, line)
        # a deadline is never before the day of its inspection
        return here + "".join(f"&{name}={line.on or asked.span.first}" for name in more if here)

    return opens


FOUND = {
    "inspections": N_("Inspections"),
    "found": N_("Problems found"),
    "in_time": N_("Rectified in time"),
    "late": N_("Rectified late"),
    "within": N_("Deadline to come"),
    "overdue": N_("Overdue"),
    "rechecked": N_("Re-inspected"),
}
VENUE = (N_("Venue"), N_("Village (community)"), N_("Business address"), N_("Assigned cadre"))
INSPECTION = (
    N_("Venue"),
    N_("Village (community)"),
    N_("Date"),
    N_("To be rectified by"),
    N_("Re-inspected on"),
    N_("Problems found"),
)


def _became(field: str) -> Measure:
    """Inspections, by what became of what they found."""
    return Measure(field, FOUND[field], names_of("venues", field), tone=Tone.BAD if field == "overdue" else None)


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
                Measure("checked", N_("Checked"), names_of("venues", "checked"), summed=False),
                Measure("unchecked", N_("Not checked"), names_of("venues", "unchecked"), summed=False, tone=Tone.WARN),
                Measure("share", N_("Share checked"), form=Form.SHARE, summed=False),
                Measure("inspections", N_("Inspections, all venues"), _checks_of("inspections")),
                Measure("found", N_("Problems found in them"), _checks_of("found", "rectify_by.from")),
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
                Measure("checked", N_("Venues checked"), names_of("venues", "seen")),
                *(_became(field) for field in FOUND),
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
        "checked": Behind(N_("Checked"), VENUE, _checked(True, (Control.CLOSE,)), daily=True),
        "unchecked": Behind(N_("Not checked"), VENUE, _checked(False, (Control.CLOSE,)), daily=True),
        "seen": Behind(N_("Venues checked"), VENUE, _checked(True), of=BusinessKind),
        "all_inspections": Behind(FOUND["inspections"], INSPECTION, _found_in("inspections", tuple(Control))),
        "all_found": Behind(FOUND["found"], INSPECTION, _found_in("found", tuple(Control))),
        **{field: Behind(label, INSPECTION, _found_in(field), of=BusinessKind) for field, label in FOUND.items()},
    }


VIEWS = (VenuesView,)
