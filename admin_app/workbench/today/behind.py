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
from models.summaries.counting import Place
from models.summaries.report_day import Behind, behind
from models.summaries.reporting import reported
from models.words import Tone

MOST = 300


def names_page(session: Session, found: Asked, figure: str) -> HomePage:
    """Whom a figure counts, in a village, or in those of a township or of all that have reported."""
    to = Addresses(session.scope)
    here = found.place if request.args.get("village") or len(found.places) == 1 else None
    told = reported(session, found.on)
    wanted = {place.id for place in _wanted(found, here) if here or place.id in told}
    people = [one for one in behind(session, found.on, figure, here.id if here else None) if one.village_id in wanted]
    names = {place.id: place.name for place in found.places}
    several = here is None
    columns = [
        heading("name", _("Name")),
        *([heading("village", _("Village (community)"))] if several else []),
        heading("since", _("Observed since")),
        *([] if several else [heading("told", _("When it was handed in"))]),
    ]
    rows = [_row(one, to, names, several) for one in people[:MOST]]
    back = daily_url(found.on, here.id) if here else district_url(found.on)
    notices = [*found.notices]
    counted, was = sum(one.now for one in people), sum(getattr(told[number], figure) for number in wanted & told.keys())
    if wanted <= told.keys() and counted != was:
        notices.append(_("%(was)d were reported, the records come to %(now)d now.", was=was, now=counted))
    if len(people) > MOST:
        notices.append(_("The first %(count)d are shown. Narrow it to a village to see the others.", count=MOST))
    screen = Screen(
        title=label(figure),
        subtitle=" · ".join(part for part in (here.name if here else "", i18n.day(found.on), meaning(figure)) if part),
        links=[Link(_("Back to the report"), back)],
        tables=[Sheet(label(figure), i18n.number(counted), columns, rows)],
    )
    return HomePage(screen.title, [screen], notices)


def _wanted(found: Asked, here: Place | None) -> list[Place]:
    if here is not None:
        return [here]
    return [place for place in found.places if found.township in (None, place.township_id or 0)]


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
        *([] if several else [told]),
    ]
