"""The first page of whoever is signed in: a screen for each role, under one another, then what they have pinned."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flask import render_template
from flask_babel import gettext as _
from markupsafe import Markup

from admin_app import i18n, live
from admin_app.identity import User
from admin_app.live import Region
from admin_app.summaries.made import pinned
from admin_app.workbench import district, rota, traces, village
from admin_app.workbench.screen import HomePage, Screen
from models import clock
from models.account import Role
from models.scope import Act
from models.session import Session
from models.summaries import village_day
from models.summaries.remembered import remembered


def page(session: Session, user: User) -> HomePage:
    """What an account sees first, by its roles."""
    now = live.minute()
    screens = []
    if Role.DISTRICT in user.roles:
        screens.append(drawn(session, now, i18n.language()))
    if Role.VILLAGE in user.roles:
        screens.append(village.screen(session, user, now))
    if Role.COORDINATOR in user.roles:
        screens.append(rota.screen(session, now))
    if Role.AUDITOR in user.roles:
        screens.append(traces.screen(session, now))
    if screens:
        region = Region("/admin/live/", "/admin/") if Role.DISTRICT in user.roles else None
        return HomePage(screens[0].title, [*screens, *pinned.screens(session)], region=region)
    return HomePage(
        _("Taizhang"), [], [_("Nothing has been granted to this account yet. Ask a district admin for a role.")]
    )


@remembered
def drawn(session: Session, now: datetime, language: str) -> Screen:
    """The district's screen, what of it refreshes by itself drawn; ``now`` is to the minute."""
    screen = district.screen(session, now)
    body = Markup(render_template("admin/screen.html", screen=screen))  # noqa: S704  escaped by its template
    return replace(screen, drawn=body)


def badges(session: Session) -> dict[str, int]:
    """The small counts of the menu, by ledger: what nobody should overlook."""
    if not session.scope.may(Act.READ, "visit"):
        return {}
    found = village_day.unusual(session, clock.today())
    return {"visit": found.abnormal} if found.abnormal else {}
