"""排班: the duties of the next days that lack people, and who could still be asked."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext as _

from admin_app import i18n
from admin_app.ledgers.page import Cell, Kind, Link
from admin_app.workbench.screen import Addresses, Figure, Screen, Sheet, count, figure, heading
from models import clock
from models.session import Session
from models.summaries import service
from models.summaries.counting import villages
from models.summaries.service import Service, ShortDuties
from models.words import Tone

DAYS = 7
DUTIES = 20


def screen(session: Session, now: datetime) -> Screen:
    """What waits for the coordinator."""
    today = clock.local_day(now)
    to = Addresses(session.scope)
    short = service.short_duties(session, now, clock.day_span(today + timedelta(days=DAYS))[0], DUTIES)
    links = [(_("New duty"), to.new("duty")), (_("Volunteers"), to.rows("volunteer"))]
    return Screen(
        title=_("Rota"),
        subtitle=" · ".join((i18n.day(today), _("duties of the next %(count)d days", count=DAYS))),
        links=[Link(label, url, main=number == 0) for number, (label, url) in enumerate(links) if url],
        figures=_figures(service.service(session, today), short, to),
        tables=[_duties(session, short, to)],
    )


def _figures(counted: Service, short: ShortDuties, to: Addresses) -> list[Figure]:
    volunteers = counted.volunteers
    return [
        figure(
            _("Duties short of people"),
            short.duties,
            tone=Tone.BAD,
            note=_("%(count)d people missing", count=short.people) if short.duties else "",
        ),
        figure(_("Asked for by villages"), counted.asked, to.rows("duty", ("status", "asked")), Tone.WARN),
        Figure(
            _("Volunteers free today"),
            f"{i18n.number(volunteers.free)} / {i18n.number(volunteers.all)}",
            _("%(serving)d serving, %(away)d unavailable", serving=volunteers.serving, away=volunteers.unavailable),
        ),
        figure(
            _("Requests for supplies"),
            counted.supplies,
            to.rows("supply", ("status", "open"), ("status", "taken"), ("status", "bought")),
            Tone.BAD if counted.supplies_untaken else Tone.WARN,
            _("%(count)d that nobody has taken on", count=counted.supplies_untaken) if counted.supplies_untaken else "",
        ),
        figure(
            _("Attendance to confirm"),
            counted.to_confirm,
            to.rows("assignment", ("attended", 0), ("signed_in_at.to", "today")),
            Tone.WARN,
        ),
    ]


def _duties(session: Session, short: ShortDuties, to: Addresses) -> Sheet:
    names = {place.id: place.name for place in villages(session, "duty")}
    rows = [
        [
            Cell(duty.title, url=to.record("duty", duty.id)),
            Cell(i18n.day(clock.local_day(duty.starts_at)), dim=_span(duty.starts_at, duty.ends_at)),
            Cell(names.get(duty.village_id, ""), dim=duty.place or ""),
            Cell(f"{duty.assigned}/{duty.needed}", Kind.NUMBER, url=to.rows("assignment", ("duty", duty.id))),
            count(duty.short, to.new("assignment", ("duty", duty.id))),
        ]
        for duty in short.first
    ]
    note = _("the first %(shown)d of %(all)d", shown=len(rows), all=short.duties) if len(rows) < short.duties else ""
    columns = [
        heading("title", _("Duty")),
        heading("when", _("When")),
        heading("where", _("Where")),
        heading("assigned", _("Assigned"), Kind.NUMBER),
        heading("short", _("Missing"), Kind.NUMBER),
    ]
    return Sheet(_("Duties short of people"), note, columns, rows)


def _span(starts_at: datetime, ends_at: datetime) -> str:
    return f"{starts_at.astimezone(clock.ZONE):%H:%M}–{ends_at.astimezone(clock.ZONE):%H:%M}"
