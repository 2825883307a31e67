"""What an address of the day's pages asks for: a day and a village; what makes no sense is said."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from flask import request
from flask_babel import gettext as _

from admin_app.ledgers.fields import read_day
from admin_app.ledgers.finding import record_id
from models import clock
from models.session import Session
from models.summaries.counting import Place
from models.summaries.report_day import places


class Asked(NamedTuple):
    """A day that is not to come, the village or township if one is meant, every village within reach, and what was left
    out."""

    on: date
    place: Place | None
    places: list[Place]
    notices: list[str]
    township: int | None = None


def asked(session: Session) -> Asked:
    """The day and the village of this request's address; today and the only village where nothing is said."""
    today, notices = clock.today(), []
    on = today
    if text := request.args.get("on"):
        try:
            on = read_day(text)
        except ValueError:
            notices.append(_("This is not a day; today is shown."))
        if on > today:
            on = today
            notices.append(_("This day is in the future; today is shown."))
        elif on.year < 2000:
            on = today
            notices.append(_("This is not a day; today is shown."))
    mine = places(session)
    wanted = request.args.get("village")
    place = next((one for one in mine if one.id == record_id(wanted)), None)
    if wanted and place is None:
        notices.append(_("There is no such village here."))
    if place is None and len(mine) == 1:
        place = mine[0]
    township = record_id(request.args.get("township"))
    if request.args.get("township") and township not in {one.township_id or 0 for one in mine}:
        notices.append(_("There is no such township here."))
        township = None
    return Asked(on, place, mine, notices, township)
