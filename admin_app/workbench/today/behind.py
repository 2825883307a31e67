"""The names behind a figure of a day, and how they differ from those that were behind it when it was handed in."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _

from admin_app import i18n
from admin_app.ledgers.page import Cell, Kind, Link
from admin_app.workbench.screen import Addresses, HomePage, Screen, Sheet, heading
from admin_app.workbench.today.addresses import daily_url, district_url
from admin_app.workbench.today.asked import Asked
from admin_app.workbench.today.daily_page import label, meaning
from models.session import Session
from models.summaries.report_day import Behind, behind
from models.words import Tone

MOST = 300


def names_page(session: Session, found: Asked, figure: str) -> HomePage:
    """Whom a figure counts."""
    to = Addresses(session.scope)
    here = found.place if request.args.get("village") or len(found.places) == 1 else None
    people = behind(session, found.on, figure, here.id if here else None)
    counted = sum(one.now for one in people)
    names = {place.id: place.name for place in found.places}
    several = here is None
    rows = [_row(one, to, names, several) for one in people[:MOST]]
    columns = [
        heading("name", _("Name")),
        *([heading("village", _("Village (community)"))] if several else []),
        heading("since", _("Observed since")),
        heading("told", _("When it was handed in")),
    ]
    note = i18n.number(counted)
    if len(people) > MOST:
        note = _("the first %(shown)d of %(all)d", shown=MOST, all=len(people))
    back = daily_url(found.on, here.id) if here else district_url(found.on)
    screen = Screen(
        title=label(figure),
        subtitle=" · ".join(part for part in (here.name if here else "", i18n.day(found.on), meaning(figure)) if part),
        links=[Link(_("Back to the report"), back)],
        tables=[Sheet(label(figure), note, columns, rows)],
    )
    return HomePage(screen.title, [screen], found.notices)


def _row(one: Behind, to: Addresses, names: dict[int, str], several: bool) -> list[Cell]:
    told = Cell("")
    if one.then is False:
        told = Cell(_("counted since"), Kind.CHIP, Tone.WARN)
    elif not one.now:
        told = Cell(_("no longer counted"), Kind.CHIP, Tone.BAD)
    return [
        Cell(one.name or f"#{one.resident_id}", url=to.record("resident", one.resident_id)),
        *([Cell(names.get(one.village_id, ""))] if several else []),
        Cell(i18n.day(one.since) if one.since else ""),
        told,
    ]
