"""The round's page: finished values for its templates, and what its scripts are given."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any

from flask import request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from admin_app import database, i18n, identity
from admin_app.i18n import say
from admin_app.ledgers.page import Chip, Link, Option
from admin_app.workbench.round import shown
from admin_app.workbench.round.asked import Where, choices
from admin_app.workbench.round.shown import Clashing, Person, Tap
from admin_app.workbench.round.typed import as_form
from models import clock, entering, round
from models.round import Progress, Slot
from models.states import Period


@dataclass(frozen=True)
class RoundPage:
    """The whole page."""

    title: str
    subtitle: str
    where: Where
    notices: list[str]
    people: list[Person]
    open_id: int | None
    progress: Progress
    chips: list[Chip]
    links: list[Link]
    villages: list[Option]
    how: list[Tap]
    symptoms: list[Tap]
    outcomes: list[Tap]
    typed: MultiDict[str, str]
    errors: Mapping[str, list[str]]
    late: bool
    clash: Clashing | None
    phone: str
    script: dict[str, Any]


def page_of(
    where: Where,
    notices: list[str],
    at: int | None,
    typed: MultiDict[str, str] | None,
    errors: Mapping[str, list[str]],
    clash: Clashing | None,
    phone: str,
) -> RoundPage:
    """The page of a round, open ``at`` a person; with what was ``typed`` there and did not go in."""
    now = clock.now()
    people = round.expected(database.session(), where.village.id, where.on, where.period, now)
    show = request.args.get("show", "")
    show = show if show in {s.value for s in shown.SHOWN} else ""
    cards = [shown.person_of(one, where, now, show) for one in people]
    waiting = [c.id for c in cards if c.row.state in (Slot.OPEN, Slot.MISSED)]
    open_id = at if any(c.id == at for c in cards) else next(iter(waiting), None)
    if at is not None and at != open_id:
        notices.append(_("This person is not expected in this round."))
    cards = [replace(c, hidden=c.hidden and c.id != open_id) for c in cards]
    opened = next((c for c in cards if c.id == open_id), None)
    values = typed if typed is not None else as_form(opened.row.values if opened else {})
    values = MultiDict(values)
    values["key"] = values.get("key") or str(uuid.uuid4())
    if clash is not None:
        values["key"], values["seen_version"] = str(uuid.uuid4()), str(clash.version)
    elif typed is None and opened is not None:
        values["seen_version"] = str(opened.row.version or "")
    cut_off = people[0].until if people else round.until(
        database.session(), where.village.id, where.on, where.period
    )  # fmt: skip
    how, symptoms, outcomes = shown.taps()
    progress = round.progress(people, now)
    return RoundPage(
        title=shown.title(where.period),
        subtitle=" · ".join(
            (where.village.name, i18n.day(where.on), _("until %(time)s", time=shown.clock_time(cut_off)))
        ),
        where=where,
        notices=notices,
        people=cards,
        open_id=open_id,
        progress=progress,
        chips=shown.chips_of(where, progress, show),
        links=_links(where),
        villages=choices(where.village.id) if where.chosen else [],
        how=how,
        symptoms=symptoms,
        outcomes=outcomes,
        typed=values,
        errors=errors,
        late=now > cut_off,
        clash=clash,
        phone=phone,
        script={
            "on": where.on.isoformat(),
            "period": where.period.value,
            "village": where.village.id,
            "account": identity.signed_in().id,
            "until": int(cut_off.timestamp() * 1000),
            "now": int(now.timestamp() * 1000),
            "at": now.isoformat(),
            "rows": [asdict(c.row) for c in cards],
            "urls": {
                "save": "/admin/round/save/",
                "state": where.url().replace("/round/?", "/round/state/?"),
                "key": "/admin/round/key/",
                "call": where.url().replace("/round/?", "/round/call/?"),
                "login": "/login?next=/admin/menu/",
            },
            "words": words(),
        },
    )


def _links(where: Where) -> list[Link]:
    """The day's other round, and the day before's."""
    other = Period.PM if where.period is Period.AM else Period.AM
    before = replace(where, on=where.on - timedelta(days=1))
    links = [Link(shown.title(other), replace(where, period=other).url()), Link(_("Day before"), before.url())]
    if where.on < clock.today():
        links.append(Link(_("Day after"), replace(where, on=where.on + timedelta(days=1)).url()))
    return links


def words() -> dict[str, str]:
    """What the scripts say."""
    return {
        "comma": i18n.listed(("", "")),
        "told": _("%(label)s: %(text)s", label="{label}", text="{text}"),
        "saving": _("Saving"),
        "waiting": _("waiting to be uploaded"),
        "waitingCount": _("%(count)s to upload", count="{n}"),
        "offline": _("No connection. Go on: entries stay on this phone, encrypted, and go up by themselves."),
        "memory": _("This browser cannot keep entries safely. They stay only while this page is open: don't close it."),
        "signIn": _("Your sign-in has ended. Sign in again in the new window; the entries on this page wait for you."),
        "signInLink": _("Sign in again"),
        "otherAccount": _("Somebody else has signed in. These entries can only be uploaded by whoever made them."),
        "unreadable": _(
            "%(count)s entries made before the last sign-in ended cannot be read any more; measure again.", count="{n}"
        ),
        "leave": _("Some entries are not uploaded yet. If you sign out now they are lost."),
        "clash": _("Somebody else has filled this in meanwhile"),
        "refused": _("not saved"),
        "newPeople": _("The list of people has changed."),
        "reload": _("Reload"),
        "needTemperature": _("Give the temperature that was measured."),
        "unreadableTemperature": say(entering.UNREADABLE),
        "range": _("A temperature lies between 34.0 and 43.0 ℃."),
        "metAndMeasured": _("A temperature was taken, so the person was met."),
        "needReason": _("This is entered after the cut-off: say why."),
        "done": _("Everybody has been visited."),
        "temperatureOf": _("Temperature of %(name)s, ℃", name="{name}"),
        "yes": _("Yes, not said where or whom"),
    }
