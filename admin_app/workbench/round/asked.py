"""Which round an address asks for: a village, a day, a period; what makes no sense is said."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date

from flask import request
from flask_babel import gettext as _

from admin_app import database
from admin_app.addresses import address
from admin_app.ledgers.fields import read_day
from admin_app.ledgers.finding import record_id
from admin_app.ledgers.page import Option
from models import clock, round
from models.place import Village
from models.scope import Act
from models.states import Period


@dataclass(frozen=True)
class Where:
    """Which round: a village, a day, a period."""

    village: Village
    on: date
    period: Period
    chosen: bool  # the address has to name the village

    def url(self, **more: object) -> str:
        """The address of this round, or of somebody in it."""
        given = {"on": self.on.isoformat(), "period": self.period.value}
        if self.chosen:
            given["village"] = str(self.village.id)
        given |= {k: str(v) for k, v in more.items() if v not in ("", None)}
        anchor = f"#p{more['at']}" if more.get("at") else ""
        return address("/admin/round/", given.items()) + anchor


def asked_for() -> tuple[Where | None, list[str]]:
    """The round that the address names; None if the village has to be chosen first. What makes no sense is said."""
    now = clock.now()
    today = clock.local_day(now)
    notices = []
    on = today
    if asked := request.args.get("on"):
        try:
            on = read_day(unicodedata.normalize("NFKC", asked).strip())
        except ValueError:
            notices.append(_("This is not a day; today's round is shown."))
        if on > today:
            on = today
            notices.append(_("This day is in the future; today's round is shown."))
    period = round.present_period(now) if on == today else Period.AM
    if asked := request.args.get("period"):
        if asked in {p.value for p in Period}:
            period = Period(asked)
        else:
            notices.append(_("There are two rounds a day, am and pm; the one of now is shown."))
    mine = _villages()
    if len(mine) == 1:
        return Where(mine[0], on, period, chosen=False), notices
    asked_village = record_id(request.args.get("village"))
    for village in mine:
        if village.id == asked_village:
            return Where(village, on, period, chosen=True), notices
    if request.args.get("village"):
        notices.append(_("There is no such village here."))
    return None, notices


def _villages() -> list[Village]:
    session = database.session()
    area = session.scope.area(Act.CREATE, "visit")
    return [v for v in round.villages(session) if v.id in area]


def choices(chosen: int | None = None) -> list[Option]:
    """The villages whose rounds may be walked, to choose from."""
    return [Option(str(v.id), v.name, v.id == chosen) for v in _villages()]
