"""今日工作: what a village still has to do today, and what is wrong."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask_babel import gettext as _

from admin_app import i18n
from admin_app.exchange.onward import onward
from admin_app.i18n import say
from admin_app.identity import User
from admin_app.ledgers.page import Cell, Kind, Link
from admin_app.workbench import opens
from admin_app.workbench.screen import Addresses, Figure, Screen, Sheet, Task, figure, heading, rest
from admin_app.workbench.today.addresses import daily_url
from admin_app.workbench.watch import round_url
from models import clock
from models.round import present_period
from models.session import Session
from models.states import Period
from models.summaries import slot_names, village_day
from models.summaries.reporting import ReportState, VillageReport, reports
from models.summaries.village_day import VillageDay
from models.words import Tone

NAMES = 20  # how many names a sheet shows before it says how many more there are


def screen(session: Session, user: User, now: datetime) -> Screen:
    """Today's work of the villages in reach."""
    today = clock.local_day(now)
    to = Addresses(session.scope)
    day = village_day.village_day(session, today)
    found = reports(session, today, now, day.hours)
    period = present_period(now)
    title = _("Morning round") if period is Period.AM else _("Evening round")
    links = [(title, round_url(to, today, period)), (_("New file"), to.new("resident"))]
    return Screen(
        title=_("Today's work"),
        subtitle=" · ".join((i18n.day(today), user.place or _("Whole district"))),
        links=[Link(label, url, main=number == 0) for number, (label, url) in enumerate(links) if url],
        tasks=[
            *(_round(day, period, today, now, to) for period in Period),
            *_waiting(day, today, to),
            *_checks(day, today, to),
            *_report(found, day, today),
        ],
        figures=_figures(day, today, to),
        tables=[
            *(
                _still_open(session, day, period, today, now, to)
                for period in Period
                if day.slots(period).open and _has_begun(day, period, now)
            ),
            *_unchecked(session, day, today, to),
            *_overdue(session, day, today, to),
        ],
        onward=onward(session.scope, today, found[0].place.id if len(found) == 1 else None),
    )


def _has_begun(day: VillageDay, period: Period, now: datetime) -> bool:
    return period is Period.AM or present_period(now) is Period.PM or day.over(period, now)


def _on(today: date, *more: tuple[str, object]) -> tuple[tuple[str, object], ...]:
    return (("on.from", today), ("on.to", today), *more)


def _round(day: VillageDay, period: Period, today: date, now: datetime, to: Addresses) -> Task:
    slot = day.slots(period)
    label = _("Morning visits") if period is Period.AM else _("Evening visits")
    url = round_url(to, today, period) or to.rows("visit", *_on(today, ("period", period)))
    if not slot.expected:
        return Task(label, _("Nobody is to be measured."), tone=Tone.OK)
    if not slot.open:
        note, tone = _("Everybody was visited."), Tone.OK
    elif day.over(period, now):
        note, tone = _("%(count)d missed", count=slot.open), Tone.BAD
    else:
        until = f"{day.cut_off(period):%H:%M}"
        note = _("%(count)d still to be measured, until %(time)s", count=slot.open, time=until)
        tone = Tone.WARN if _has_begun(day, period, now) else Tone.CALM
    return Task(label, note, url, tone, slot.done, slot.expected)


def _waiting(day: VillageDay, today: date, to: Addresses) -> list[Task]:
    """Alerts to take, people to release, calls to make, hand-overs to answer: only where there is something to do."""
    waiting, due = day.waiting, day.terms.due
    alerts = _("%(count)d to be dealt with, %(raised)d taken by nobody", count=waiting.alerts, raised=waiting.raised)
    tasks = [
        (waiting.alerts, _("Alerts"), alerts, opens.alerts(to, ""), Tone.BAD),
        (
            due,
            _("Awaiting release"),
            _("%(count)d whose term is over, to be signed off", count=due),
            opens.due(to),
            Tone.BAD if day.terms.overdue else Tone.WARN,
        ),
        (
            waiting.calls,
            _("Calls due"),
            _("%(count)d to call after their release", count=waiting.calls),
            opens.calls(),
            Tone.WARN,
        ),
        (
            waiting.to_answer,
            _("Hand-overs to answer"),
            _("%(count)d to accept or refuse", count=waiting.to_answer),
            opens.hand_overs(to),
            Tone.WARN,
        ),
    ]
    return [Task(label, note, url, tone) for count, label, note, url, tone in tasks if count]


def _checks(day: VillageDay, today: date, to: Addresses) -> list[Task]:
    venues, checked = day.checks
    if not venues:
        return []
    left = venues - checked
    note = _("%(count)d must-close venues not checked today", count=left) if left else _("Every one was checked.")
    url = to.rows("business", ("control", "close"))
    return [Task(_("Must-close venues"), note, url, Tone.WARN if left else Tone.OK, checked, venues)]


def _report(found: list[VillageReport], day: VillageDay, today: date) -> list[Task]:
    deadline = f"{day.hours.deadline(day.township_id):%H:%M}"
    if not found:
        return []
    if len(found) > 1:
        left = [report for report in found if not report.reported]
        tone = max((report.state.tone for report in left), key=list(Tone).index, default=Tone.OK)
        names = i18n.listed(report.place.name for report in left[:3])
        return [
            Task(
                _("Today's reports"),
                _("Due at %(time)s. Not there: %(names)s", time=deadline, names=names) if left else _("All are in."),
                daily_url(today),
                tone,
                len(found) - len(left),
                len(found),
            )
        ]
    report = found[0]
    url = daily_url(today, report.place.id)
    if report.state is ReportState.RETURNED:
        note = _("Returned to the village: %(reason)s", reason=report.return_reason or "")
        return [Task(_("Today's report"), note, url, Tone.BAD)]
    if report.report_id is None:
        note = _("To be handed in by %(time)s", time=deadline)
        if report.state is ReportState.MISSING:
            note = _("Not reported; it was due at %(time)s", time=deadline)
        return [Task(_("Today's report"), note, url, Tone.BAD if report.state is ReportState.MISSING else Tone.WARN)]
    parts = (say(report.state.label), _("Zero report") if report.zero else "", i18n.instant(report.handed_in_at))
    note = " · ".join(part for part in parts if part)
    return [Task(_("Today's report"), note, url, report.state.tone)]


def _figures(day: VillageDay, today: date, to: Addresses) -> list[Figure]:
    unusual, terms = day.unusual, day.terms
    tomorrow = today + timedelta(days=1)
    observed = ("status", "observed")
    return [
        figure(
            _("Abnormal today"),
            unusual.abnormal,
            opens.abnormal(to, today),
            Tone.BAD,
            _("%(count)d with fever", count=unusual.feverish) if unusual.abnormal else "",
        ),
        figure(
            _("Not met or refused"),
            unusual.not_met + unusual.refused,
            to.rows("visit", *_on(today, ("outcome", "not_met"), ("outcome", "refused"))),
            Tone.WARN,
        ),
        figure(
            _("Awaiting release"),
            terms.due,
            to.rows("observation", observed, ("ends_on.to", today)),
            Tone.BAD if terms.overdue else Tone.WARN,
            _("%(count)d since yesterday or longer", count=terms.overdue) if terms.overdue else "",
        ),
        figure(
            _("Term ends tomorrow"),
            terms.ends_tomorrow,
            to.rows("observation", observed, ("ends_on.from", tomorrow), ("ends_on.to", tomorrow)),
        ),
        figure(
            _("Under observation"),
            terms.observed,
            opens.files(to, "observed", today),
            note=" · ".join(
                part
                for part in (
                    _("%(count)d at the centre", count=terms.in_centre) if terms.in_centre else "",
                    _("%(count)d in hospital", count=terms.in_hospital) if terms.in_hospital else "",
                )
                if part
            ),
        ),
        figure(
            _("Rectifications overdue"),
            day.to_rectify,
            tone=Tone.BAD,
        ),
        figure(
            _("Tip-offs not concluded"),
            day.tips,
            to.rows("tipoff", ("status", "new"), ("status", "verified")),
            Tone.WARN,
        ),
        figure(
            _("Requests for supplies"),
            day.supplies,
            to.rows("supply", ("status", "open"), ("status", "taken"), ("status", "bought")),
            Tone.WARN,
        ),
    ]


def _still_open(session: Session, day: VillageDay, period: Period, today: date, now: datetime, to: Addresses) -> Sheet:
    missed = day.over(period, now)
    if period is Period.AM:
        title = _("Missed this morning") if missed else _("To be measured this morning")
    else:
        title = _("Missed this evening") if missed else _("To be measured this evening")
    waiting = slot_names.still_open(session, today, period, NAMES)
    rows = [
        [
            Cell(
                row.name or f"#{row.resident_id}",
                url=round_url(to, today, period, ("village", row.village_id), ("at", row.observation_id)),
            ),
            Cell(row.address or ""),
            Cell(f"{row.day}/{row.days}", Kind.NUMBER),
        ]
        for row in waiting
    ]
    columns = [
        heading("name", _("Name")),
        heading("address", _("Address")),
        heading("day", _("Observation"), Kind.NUMBER),
    ]
    return Sheet(title, rest(len(rows), day.slots(period).open), columns, rows)


def _unchecked(session: Session, day: VillageDay, today: date, to: Addresses) -> list[Sheet]:
    left = day.checks.venues - day.checks.checked
    if not left:
        return []
    rows = [
        [
            Cell(venue.name, url=to.new("inspection", ("business", venue.id))),
            Cell(venue.address or ""),
            Cell(venue.guarantor or ""),
        ]
        for venue in village_day.unchecked_venues(session, today, NAMES)
    ]
    columns = [
        heading("name", _("Venue")),
        heading("address", _("Business address")),
        heading("guarantor", _("Assigned cadre")),
    ]
    return [Sheet(_("Must-close venues not checked today"), rest(len(rows), left), columns, rows)]


def _overdue(session: Session, day: VillageDay, today: date, to: Addresses) -> list[Sheet]:
    if not day.to_rectify:
        return []
    rows = [
        [
            Cell(row.business or f"#{row.id}", url=to.record("inspection", row.id)),
            Cell(i18n.day(row.rectify_by)),
            Cell(row.findings or "", Kind.PROSE),
        ]
        for row in village_day.overdue_rectifications(session, today, NAMES)
    ]
    columns = [
        heading("business", _("Venue")),
        heading("rectify_by", _("To be rectified by")),
        heading("findings", _("Problems found"), Kind.PROSE),
    ]
    return [Sheet(_("Rectifications overdue"), rest(len(rows), day.to_rectify), columns, rows)]
