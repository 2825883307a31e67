"""区级总览: who has reported, what is wrong today, and the day's one sheet."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache

from flask_babel import gettext as _

from admin_app import i18n
from admin_app.exchange.onward import onward
from admin_app.i18n import say
from admin_app.ledgers.page import Cell, Kind, Link
from admin_app.summaries.overview import PERSONS, OverviewView
from admin_app.summaries.people import in_slots
from admin_app.workbench import opens
from admin_app.workbench.screen import Addresses, Figure, Screen, Sheet, Task, count, figure, heading
from admin_app.workbench.today.addresses import daily_url, district_url
from admin_app.workbench.today.sheet_page import report_cell
from models import clock
from models.session import Session
from models.states import Period
from models.summaries import district_day, village_day
from models.summaries.district_day import Counts, DistrictDay, VillageRow
from models.summaries.reporting import unclosed
from models.summaries.slots import SlotCount
from models.summaries.village_day import Terms, Waiting
from models.words import Tone


def screen(session: Session, now: datetime) -> Screen:
    """The district's overview."""
    today = clock.local_day(now)
    to = Addresses(session.scope)
    day = district_day.district_day(session, today, now)
    return Screen(
        title=_("District overview"),
        subtitle=" · ".join(
            (
                i18n.day(today),
                _("%(count)d villages (communities)", count=day.totals.villages),
                _("reports due at %(time)s", time=f"{day.hours.deadline():%H:%M}"),
            )
        ),
        links=[
            *([Link(_("The district's day"), district_url(today), main=True)] if to.rows("dailyreport") else []),
            *([Link(_("Visits and alerts"), opens.WATCH)] if to.rows("visit") else []),
            *OverviewView.links(session.scope),
        ],
        tasks=_reports(session, day, today, now) if to.rows("dailyreport") else [],
        figures=[
            _unreported(day, now > day.hours.deadline()),
            *_people(day.totals.counts, village_day.terms(session, today), today, to),
            *_waiting(village_day.waiting(session, today), to),
            _enterprises(district_day.enterprises(session, today), to),
        ],
        tables=[_sheet(day, today, to)],
        onward=onward(session.scope, today),
    )


def _reports(session: Session, day: DistrictDay, today: date, now: datetime) -> list[Task]:
    """What the evening wants: today's reports by their deadline, and yesterday's day closed."""
    left, deadline = day.unreported, day.hours.deadline()
    names = i18n.listed(report.place.name for report in left[:3]) + ("…" if len(left) > 3 else "")
    behind = now > deadline
    if not left:
        note, tone = _("All are in."), Tone.OK
    elif behind:
        note, tone = _("Were due at %(time)s. Not there: %(names)s", time=f"{deadline:%H:%M}", names=names), Tone.BAD
    else:
        note, tone = _("Due at %(time)s. Not there: %(names)s", time=f"{deadline:%H:%M}", names=names), Tone.WARN
    tasks = [
        Task(_("Today's reports"), note, district_url(today), tone, day.totals.reported, day.totals.villages),
    ]
    before = today - timedelta(days=1)
    open_ = unclosed(session, before)
    if open_:
        note = _("Not closed yet for %(count)d villages", count=open_)
        tasks.append(Task(_("Yesterday's day"), note, district_url(before), Tone.WARN))
    return tasks


def _unreported(day: DistrictDay, behind: bool) -> Figure:
    names = [report.place.name for report in day.unreported]
    note = i18n.listed(names[:3]) + ("…" if len(names) > 3 else "")
    return figure(_("Not reported"), len(names), district_url(day.hours.on), Tone.BAD if behind else None, note)


def _people(counts: Counts, terms: Terms, today: date, to: Addresses) -> list[Figure]:
    observed = ("status", "observed")
    return [
        figure(
            _("Under observation"),
            counts.observed,
            opens.files(to, "observed", today),
            note=" · ".join(
                (_("%(count)d new today", count=counts.new), _("%(count)d in hospital", count=counts.in_hospital))
            ),
        ),
        figure(
            _("Abnormal today"),
            counts.abnormal,
            opens.abnormal(to, today),
            Tone.BAD,
            _("%(count)d with fever", count=counts.feverish) if counts.abnormal else "",
        ),
        figure(_("Missed today"), counts.missed, in_slots(to.scope, "missed", today), Tone.WARN),
        figure(
            _("Awaiting release"),
            terms.due,
            to.rows("observation", observed, ("ends_on.to", today)),
            Tone.WARN,
            _("%(count)d since yesterday or longer", count=terms.overdue) if terms.overdue else "",
        ),
    ]


def _waiting(found: Waiting, to: Addresses) -> list[Figure]:
    return [
        figure(
            _("Alerts"),
            found.alerts,
            opens.alerts(to, ""),
            Tone.BAD,
            _("%(count)d taken by nobody", count=found.raised) if found.raised else "",
        ),
        figure(_("Hand-overs waiting"), found.hand_overs, opens.hand_overs(to), Tone.WARN),
        figure(_("Calls due"), found.calls, opens.calls(), Tone.WARN),
    ]


def _enterprises(found: district_day.Enterprises, to: Addresses) -> Figure:
    return Figure(
        _("Enterprises at work"),
        f"{i18n.number(found.resumed)} / {i18n.number(found.all)}",
        _("%(count)d since today", count=found.resumed_today) if found.resumed_today else "",
        to.rows("resumption", ("status", "resumed")) if found.resumed else "",
    )


def _sheet(day: DistrictDay, today: date, to: Addresses) -> Sheet:
    numbers = [
        *((name, say(label)) for name, label in PERSONS.items()),
        ("morning", _("Morning visits")),
        ("evening", _("Evening visits")),
        ("abnormal", _("Abnormal")),
    ]
    totals = day.totals
    return Sheet(
        title=_("The day's sheet"),
        note=_("Every number opens the names behind it."),
        columns=[
            heading("village", _("Village (community)")),
            heading("report", _("Report")),
            *(heading(name, label, Kind.NUMBER) for name, label in numbers),
        ],
        rows=[_line(i18n.language(), to, today, row) for row in day.rows],
        footer=[
            Cell(_("Total")),
            Cell(f"{totals.reported} / {totals.villages}"),
            *_numbers(totals.counts, totals.morning, totals.evening, today, to),
        ]
        if day.rows
        else None,
        keys=[f"v{row.report.place.id}" for row in day.rows],
    )


@lru_cache(maxsize=1024)
def _line(_language: str, to: Addresses, today: date, row: VillageRow) -> tuple[Cell, ...]:
    """A village's line, of which few are not as they were the last time."""
    here = row.report.place
    return (
        Cell(here.name, url=daily_url(today, here.id)),
        report_cell(row.report),
        *_numbers(row.counts, row.morning, row.evening, today, to, ("village", here.id)),
    )


def _numbers(
    counts: Counts, morning: SlotCount, evening: SlotCount, today: date, to: Addresses, *village: tuple[str, object]
) -> list[Cell]:
    def visits(slot: SlotCount, period: Period) -> Cell:
        if not slot.expected:
            return Cell("–", Kind.NUMBER)
        url = in_slots(to.scope, "done", today, ("period", period), *village) if slot.done else ""
        return Cell(f"{slot.done}/{slot.expected}", Kind.NUMBER, url=url)

    return [
        *(count(getattr(counts, name), opens.files(to, name, today, *village)) for name in PERSONS),
        visits(morning, Period.AM),
        visits(evening, Period.PM),
        count(counts.abnormal, opens.abnormal(to, today, *village)),
    ]
