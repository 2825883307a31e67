"""留痕: what was done today, what was refused, and who took data out or had numbers shown."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask_babel import gettext as _

from admin_app import i18n
from admin_app.i18n import say
from admin_app.ledgers.page import Cell, Kind, Link
from admin_app.workbench.screen import Addresses, Figure, Screen, Sheet, count, figure, heading
from models import clock
from models.register import LEDGERS
from models.session import Session
from models.summaries import audit
from models.trail import Deed
from models.words import Tone

DAYS = 7
ROWS = 10
REFUSALS = (Deed.REFUSED, Deed.LOGIN_FAILED)
CHANGES = (Deed.INSERT, Deed.UPDATE, Deed.DELETE, Deed.RESTORE, Deed.PURGE)


def screen(session: Session, now: datetime) -> Screen:
    """What the trail tells an auditor at a glance."""
    today = clock.local_day(now)
    first = today - timedelta(days=DAYS - 1)
    to = Addresses(session.scope)
    since, until = clock.day_span(first)[0], clock.day_span(today)[1]
    trail = to.rows("trail", *_at(today, today))
    return Screen(
        title=_("Trail"),
        subtitle=" · ".join((i18n.day(today), _("refusals and look-ups of the last %(count)d days", count=DAYS))),
        links=[Link(_("All of today"), trail)] if trail else [],
        figures=_figures(
            audit.deeds(session, clock.day_span(today)[0], until), audit.deeds(session, since, until), today, first, to
        ),
        tables=[
            _refusals(audit.latest(session, REFUSALS, since, ROWS), to),
            _lookers(audit.lookers(session, since, until, ROWS), today, first, to),
        ],
    )


def _at(first: date, last: date, *deeds: Deed) -> list[tuple[str, object]]:
    return [("at.from", first), ("at.to", last), *(("deed", deed) for deed in deeds)]


def _figures(now: dict[Deed, int], week: dict[Deed, int], today: date, first: date, to: Addresses) -> list[Figure]:
    changed = sum(now.get(deed, 0) for deed in CHANGES)
    return [
        figure(
            _("Changes today"),
            changed,
            to.rows("trail", *_at(today, today, *CHANGES)),
            note=_("%(count)d deleted", count=now[Deed.DELETE]) if now.get(Deed.DELETE) else "",
        ),
        figure(_("Sign-ins today"), now.get(Deed.LOGIN, 0), to.rows("trail", *_at(today, today, Deed.LOGIN))),
        *(
            figure(
                label,
                week.get(deed, 0),
                to.rows("trail", *_at(first, today, deed)),
                tone,
                _("%(count)d today", count=now.get(deed, 0)),
            )
            for label, deed, tone in (
                (_("Failed sign-ins"), Deed.LOGIN_FAILED, Tone.BAD),
                (_("Refused"), Deed.REFUSED, Tone.BAD),
                (_("Exports"), Deed.EXPORT, Tone.WARN),
                (_("Numbers revealed"), Deed.REVEAL, Tone.WARN),
            )
        ),
    ]


def _refusals(found: list[audit.Trace], to: Addresses) -> Sheet:
    titles = {cls.__ledger__: cls.__title__ for cls in LEDGERS}
    rows = [
        [
            Cell(i18n.instant(trace.at), url=to.record("trail", trace.id)),
            Cell(trace.name),
            Cell(say(trace.deed.label), Kind.CHIP, trace.deed.tone),
            Cell(say(titles.get(trace.ledger, "")), dim=trace.record),
            Cell(trace.address),
        ]
        for trace in found
    ]
    columns = [
        heading("at", _("When")),
        heading("name", _("Who")),
        heading("deed", _("What")),
        heading("record", _("Record")),
        heading("address", _("From where")),
    ]
    return Sheet(_("Refused and failed, the newest first"), "", columns, rows)


def _lookers(found: list[audit.Looker], today: date, first: date, to: Addresses) -> Sheet:
    def of(looker: audit.Looker, deed: Deed) -> str:
        if looker.account_id is None:
            return ""
        account = (("account_id.from", looker.account_id), ("account_id.to", looker.account_id))
        return to.rows("trail", *_at(first, today, deed), *account)

    rows = [
        [
            Cell(looker.name),
            count(looker.exports, of(looker, Deed.EXPORT)),
            count(looker.reveals, of(looker, Deed.REVEAL)),
        ]
        for looker in found
    ]
    columns = [
        heading("name", _("Who")),
        heading("exports", _("Exports"), Kind.NUMBER),
        heading("reveals", _("Numbers revealed"), Kind.NUMBER),
    ]
    return Sheet(_("Who exported or had numbers shown"), "", columns, rows)
