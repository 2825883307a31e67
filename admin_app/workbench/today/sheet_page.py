"""What the district's day shows: finished values, the same for everybody who may see the same villages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from flask_babel import gettext as _

from admin_app import i18n
from admin_app.i18n import say
from admin_app.ledgers.page import Cell, Chip, Kind, Link
from admin_app.workbench.today.addresses import daily_url, district_url
from admin_app.workbench.today.daily_page import balance_line, difference, label, state_cell, time_of
from models.figures import FIGURES, Figures
from models.summaries.day_sheet import DaySheet, Gap, Line, Sum
from models.summaries.reporting import VillageReport
from models.words import N_

# with which day the figures are compared: how many days before, and what that is called
AGAINST: Final = {"yesterday": (1, N_("the day before")), "week": (7, N_("the same day last week"))}
NONE: Final = "none"


@dataclass(frozen=True)
class Row:
    """One line of the sheet; ``key`` names it from one answer to the next."""

    key: str
    name: Cell
    report: Cell
    cells: tuple[Cell, ...]
    missing: bool = False


@dataclass(frozen=True)
class Group:
    """The lines of one township, and their sum."""

    name: str
    rows: list[Row]
    sum: Row


@dataclass(frozen=True)
class Reminder:
    """A village whose report is not there: whom to call."""

    key: str
    name: Cell
    state: Cell
    why: str
    contact: str
    phone: Cell


@dataclass(frozen=True)
class Head:
    """What stands above the sheet."""

    title: str
    subtitle: str
    chips: list[Chip]
    links: list[Link]


@dataclass(frozen=True)
class SheetPage:
    """The sheet, the same for everybody with the same rights."""

    reminders: list[Reminder]
    headings: list[str]
    groups: list[Group]
    total: Row | None
    balance: str
    gaps: list[str]
    summary: str
    closed: str


def head(day: DaySheet, today: date, against: str) -> Head:
    """What stands above the sheet of a day."""
    return Head(
        title=_("The district's day"),
        subtitle=" · ".join(
            (
                i18n.day(day.on),
                _("%(count)d villages (communities)", count=day.sum.villages),
                _("reports due at %(time)s", time=f"{day.hours.deadline():%H:%M}"),
            )
        ),
        chips=_chips(day.on, against),
        links=_links(day.on, today, against),
    )


def page(day: DaySheet, against: str, reminders: list[Reminder]) -> SheetPage:
    """The sheet of a day."""
    several = len(day.parts) > 1
    return SheetPage(
        reminders=reminders,
        headings=[label(name) for name in FIGURES],
        groups=[
            Group(
                part.name if several else "",
                [_row(line, day.on, against) for line in part.lines],
                _sum(part.sum, _("Subtotal: %(name)s", name=part.name), f"sum-{number}", against, day.on, part.id),
            )
            for number, part in enumerate(day.parts)
        ],
        total=_sum(day.sum, _("Total"), "sum", against, day.on) if day.lines else None,
        balance=balance_line(day.sum.balance),
        gaps=[gap_said(report, gap) for report, gap in day.gaps],
        summary=_("%(reported)d of %(all)d have reported", reported=day.sum.reported, all=day.sum.villages),
        closed=_closed(day),
    )


def _chips(on: date, against: str) -> list[Chip]:
    chips = [
        Chip(_("beside: %(day)s", day=say(told)), district_url(on, against=name), name == against)
        for name, (_days, told) in AGAINST.items()
    ]
    return [*chips, Chip(_("beside: nothing"), district_url(on, against=NONE), against == NONE)]


def _links(on: date, today: date, against: str) -> list[Link]:
    links = [Link(_("Day before"), district_url(on - timedelta(days=1), against=against))]
    if on < today:
        links.append(Link(_("Day after"), district_url(on + timedelta(days=1), against=against)))
    return links


def _closed(day: DaySheet) -> str:
    if day.closed:
        return _("This day is closed: only a revision with a reason moves it.")
    some = sum(line.report.closed for line in day.lines)
    return _("Closed for %(some)d of %(all)d villages.", some=some, all=len(day.lines)) if some else ""


def _row(line: Line, on: date, against: str) -> Row:
    report = line.report
    here = report.place.id
    name = Cell(report.place.name, url=daily_url(on, here))
    if not report.reported or report.figures is None:
        return Row(f"v{here}", name, report_cell(report), (Cell("", Kind.NUMBER),) * len(FIGURES), True)
    then = line.then if against != NONE else None
    cells = []
    for figure in FIGURES:
        told = [_("adjusted") if figure in line.counted else ""]
        if line.changed(figure):
            told.append(_("now %(count)d", count=getattr(line.now, figure)))
        cells.append(_number(report.figures, then, figure, daily_url(on, here, "names/", figure=figure), *told))
    return Row(f"v{here}", name, report_cell(report), tuple(cells))


def _sum(found: Sum, name: str, key: str, against: str, on: date, township: int | None = None) -> Row:
    """A line of sums, of a township or of all villages."""
    then = found.then if against != NONE else None
    cells = tuple(
        _number(found.figures, then, figure, daily_url(on, None, "names/", figure=figure, township=township))
        for figure in FIGURES
    )
    return Row(key, Cell(name), Cell(f"{found.reported} / {found.villages}"), cells)


def _number(figures: Figures, then: Figures | None, name: str, url: str, *told: str) -> Cell:
    """A number, linked while somebody is or was behind it, with what is to be said beside it."""
    value = getattr(figures, name)
    beside = [difference(value, getattr(then, name) if then else None), *told]
    return Cell(
        i18n.number(value), Kind.NUMBER, url=url if value or any(told) else "", dim=" ".join(filter(None, beside))
    )


def report_cell(report: VillageReport) -> Cell:
    """When and how a village reported."""
    cell = state_cell(report.state, report.zero)
    time = time_of(report.handed_in_at) if report.handed_in_at else ""
    beside = [cell.dim]
    if report.revision > 1:
        beside.append(_("revision %(number)d", number=report.revision))
    if report.late_revisions:
        beside.append(_("after the closing"))
    text = " ".join(filter(None, (time, cell.text)))
    return Cell(text, Kind.CHIP, cell.tone, dim=" · ".join(filter(None, beside)))


def gap_said(report: VillageReport, gap: Gap) -> str:
    """Where two days do not hang together, in words."""
    return _(
        "%(village)s, %(figure)s: %(before)d yesterday + %(came)d − %(went)d = %(expected)d, reported %(reported)d "
        "(%(by)s)",
        village=report.place.name,
        figure=label(gap.figure),
        before=gap.before,
        came=gap.came,
        went=gap.went,
        expected=gap.reported - gap.by,
        reported=gap.reported,
        by=difference(gap.by, 0),
    )


def overdue(deadline: datetime, now: datetime) -> str:
    """Why a village that has not reported stands on the reminder list."""
    minutes = int((now - deadline).total_seconds() // 60)
    if minutes <= 0:
        return _("due at %(time)s", time=f"{deadline:%H:%M}")
    if minutes < 60:
        return _("overdue for %(minutes)d min", minutes=minutes)
    if minutes < 24 * 60:
        return _("overdue for %(hours)d h", hours=minutes // 60)
    return _("overdue for %(days)d days", days=minutes // (24 * 60))
