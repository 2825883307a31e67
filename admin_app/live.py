"""Pages that refresh by themselves: one cheap answer for everybody who may see the same, 304 while nothing has changed.

An answer is marked with the state of the register as its reader may know it, and with the minute, because deadlines
pass without anybody writing; and with what it says, so that a minute in which nothing happened moves nothing either.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import Response, make_response, request
from flask_babel import gettext as _

from admin_app import database, i18n
from models import clock
from models.summaries.remembered import state

# the addresses that pages ask by themselves; they keep no sign-in awake (identity.py)
ENDPOINTS: Final = frozenset({"summary_district.live", "admin.live"})


@dataclass(frozen=True)
class Region:
    """A part of a page that refreshes by itself from ``url`` ("" if it stands still); ``here`` is the page itself."""

    url: str
    here: str

    @property
    def at(self) -> str:
        """When it was drawn."""
        return _("Refreshed %(time)s", time=f"{clock.now().astimezone(clock.ZONE):%H:%M:%S}")

    @property
    def words(self) -> dict[str, str]:
        """What the script says."""
        return {
            "refreshed": _("Refreshed %(time)s", time="{}"),
            "gone": _("No connection since %(time)s. What is shown may be old.", time="{}"),
            "ended": _("Your sign-in has ended. Sign in again to see what is new."),
        }


def minute(now: datetime | None = None) -> datetime:
    """This instant, or another, to the minute."""
    return (now or clock.now()).replace(second=0, microsecond=0)


def answer(draw: Callable[[], str]) -> Response:
    """The part of a page that ``draw`` draws, unless the reader has it already."""
    session = database.session()
    marked = f"{state(session)}{minute().isoformat()}{i18n.language()}{request.full_path}{session.scope.permits}"
    mark = _short(marked)
    known = request.if_none_match.as_set() if request.if_none_match else set()
    for tag in known:
        if tag.startswith(f"{mark}-"):
            return _answer("", tag, 304)
    body = draw()
    tag = f"{mark}-{_short(body)}"
    same = any(one.partition("-")[2] == tag.partition("-")[2] for one in known)
    return _answer("" if same else body, tag, 304 if same else 200)


def _answer(body: str, tag: str, status: int) -> Response:
    response = make_response(body, status)
    response.set_etag(tag)
    response.headers["X-At"] = f"{clock.now().astimezone(clock.ZONE):%H:%M:%S}"
    return response


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]
