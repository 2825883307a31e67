"""The round (一日两测三问): one screen for a village, morning or evening, that works at a door and at a desk.

Without scripts each card is a form that comes back at the next person. With scripts a row saves by itself, entries
made without a connection wait on the phone, encrypted with a key that ends with the sign-in, and go up once each.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import NoReturn

from flask import Response, abort, current_app, flash, g, make_response, redirect, request
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from werkzeug.datastructures import MultiDict

from admin_app import database, i18n, identity
from admin_app.i18n import say
from admin_app.ledgers.declared import note_apart
from admin_app.ledgers.fields import read_day
from admin_app.ledgers.finding import record_id
from admin_app.pages import PlainPage
from admin_app.workbench.round import shown
from admin_app.workbench.round.asked import Where, asked_for, choices
from admin_app.workbench.round.page import page_of
from admin_app.workbench.round.shown import Clashing
from admin_app.workbench.round.typed import as_form, entry_of, problem, said_at_fields, sent_by_script, typed_values
from models import clock, entering, round
from models.base import Invalid
from models.entering import Clash, Entry, Saved
from models.observation import Observation
from models.resident import Resident
from models.scope import Act
from models.states import Period
from models.trail import Deed
from models.trail import Entry as Told
from models.visit import Visit
from models.words import N_

FIRST, LAST = 1880, 2200  # the years that an entry can be of
CLOSE = timedelta(seconds=5)  # what was written so shortly before the last answer is told again


class RoundView(PlainPage):
    """/admin/round/?on=DATE&period=am|pm"""

    def __init__(self) -> None:
        super().__init__(name="Round", endpoint="round", url="/admin/round")

    def is_accessible(self) -> bool:
        scope = database.session().scope
        return scope.may(Act.CREATE, "visit") and scope.may(Act.READ, "observation")

    # ---- the page ----

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The round, open at the next person who is still to be measured."""
        return self._page(*asked_for())

    @expose("/", methods=("POST",))
    def create_view(self) -> ResponseReturnValue:
        """One card sent as a form: saved, and on to the next person; or back here with what was typed."""
        where, notices = asked_for()
        typed = request.form
        at = record_id(typed.get("observation"))
        if where is None or at is None:
            abort(400)
        if g.get("csrf_refused"):
            errors = {"": [_("This form was opened in another session. Nothing was saved; check it and save again.")]}
            return self._page(where, notices, at, typed, errors)
        now = clock.now()
        try:
            entry = entry_of(typed, where.on, where.period, now if where.on == clock.local_day(now) else None)
            came = entering.record(database.session(), entry, now)
            database.session().commit()
        except Invalid as refused:
            database.session().rollback()
            if any(p.field == "observation" for p in refused.problems):
                _refuse(at)
            return self._page(where, notices, at, typed, said_at_fields(refused.problems)), 422
        if isinstance(came, Clash):
            clash = shown.clashing(came.stored, typed_values(entry))
            database.session().rollback()
            return self._page(where, notices, at, typed, {}, clash), 409
        return redirect(_next(where, came.visit.observation_id, now), 303)

    @expose("/call/", methods=("POST",))
    def call_view(self) -> ResponseReturnValue:
        """Show one person's number so that it can be rung; that it was shown is in the trail before it is."""
        at = record_id(request.args.get("id"))
        observation = database.session().get(Observation, at) if at is not None else None
        if observation is None:
            _refuse(at)
        resident = database.session().get(Resident, observation.resident_id)
        if resident is None or not resident.phone:
            abort(404)
        if not database.session().scope.may_to(Act.REVEAL, resident):
            abort(403)
        phone = resident.phone
        label = say(N_("Phone"))
        told = Told("resident", Deed.REVEAL, resident.village_id, resident.id, str(resident), reason=label)
        note_apart(told, must=True)
        if request.accept_mimetypes.best == "application/json":
            return {"phone": phone}
        where, notices = asked_for()
        return self._page(where, notices, at, phone=phone)

    def _page(
        self,
        where: Where | None,
        notices: list[str],
        at: int | None = None,
        typed: MultiDict[str, str] | None = None,
        errors: Mapping[str, list[str]] | None = None,
        clash: Clashing | None = None,
        phone: str = "",
    ) -> str:
        if where is None:
            return self.render("admin/round_villages.html", title=_("Round"), villages=choices(), notices=notices)
        page = page_of(where, notices, at or record_id(request.args.get("at")), typed, errors or {}, clash, phone)
        return self.render("admin/round.html", page=page)

    # ---- what scripts ask ----

    @expose("/save/", methods=("POST",))
    def save(self) -> ResponseReturnValue:
        """One entry of a script: 200 saved (also if it came before), 409 another one stands there, 422 refused."""
        sent = sent_by_script()
        if sent is None:
            return {"problems": [problem("", _("This entry cannot be read; enter it again."))]}, 400
        typed = as_form(sent)
        session, now = database.session(), clock.now()
        try:
            on, period = read_day(typed.get("on", "")), Period(typed.get("period", ""))
            taken_at = datetime.fromisoformat(typed.get("taken_at", ""))
            if taken_at.tzinfo is None or not FIRST <= taken_at.year <= LAST:
                raise ValueError
        except ValueError:
            return {"problems": [problem("", _("This entry cannot be read; enter it again."))]}, 422
        try:
            entry = entry_of(typed, on, period, taken_at)
            came = entering.record(session, entry, now)
            session.commit()
        except Invalid as refused:
            session.rollback()
            if any(p.field == "observation" for p in refused.problems):
                note_apart(_refusal(record_id(typed.get("observation"))))
            problems = [problem(p.field, say(p.message, p.params)) for p in refused.problems]
            return {"problems": problems}, 422
        if isinstance(came, Clash):
            row = shown.written(came.stored)
            clash = shown.clashing(came.stored, typed_values(entry))
            session.rollback()
            return {"row": asdict(row), "clash": asdict(clash)}, 409
        return self._saved(came, entry, typed.get("since", ""), now)

    def _saved(self, came: Saved, entry: Entry, since: str, now: datetime) -> ResponseReturnValue:
        session = database.session()
        alerts = round.alerts(session, [came.visit.observation_id])
        row = shown.written(came.visit, alerts=alerts.get(came.visit.observation_id, ()))
        others: list[Visit] = []
        try:
            asked = datetime.fromisoformat(since) - CLOSE
            others = round.changes_since(session, came.visit.village_id, entry.on, entry.period, asked)
        except (ValueError, TypeError):
            pass  # no time, no news
        rows = [asdict(shown.written(v)) for v in others if v.id != came.visit.id]
        return {"row": asdict(row), "fresh": came.fresh, "rows": rows, "at": now.isoformat()}

    @expose("/state/")
    def state(self) -> ResponseReturnValue:
        """How every slot of this round stands; 304 while nothing has changed."""
        where, _notices = asked_for()
        if where is None:
            abort(404)
        now = clock.now()
        people = round.expected(database.session(), where.village.id, where.on, where.period, now)
        rows = [asdict(shown.row_of(one, now)) for one in people]
        body = json.dumps({"rows": rows}, ensure_ascii=False, separators=(",", ":"))
        tag = hashlib.sha256(f"{i18n.language()}{body}".encode()).hexdigest()[:32]
        response: Response = make_response(f'{body[:-1]},"at":"{now.isoformat()}"}}')
        response.mimetype = "application/json"
        response.set_etag(tag)
        return response.make_conditional(request)

    @expose("/key/")
    def key(self) -> ResponseReturnValue:
        """The secret that this sign-in's entries are encrypted with while they wait; another sign-in has another."""
        user = identity.signed_in()
        secret = current_app.secret_key
        told = f"round\0{user.sign_in_id}\0{cookie.get('token', '')}"
        made = hmac.digest(secret if isinstance(secret, bytes) else str(secret).encode(), told.encode(), "sha256")
        tag = hmac.digest(made, b"tag", "sha256")[:12].hex()
        now = clock.now()
        return {
            "key": base64.b64encode(made).decode(),
            "tag": tag,
            "account": user.id,
            "csrf": generate_csrf(),
            "now": int(now.timestamp() * 1000),
        }


def _next(where: Where, visited: int, now: datetime) -> str:
    """The address of the next person in walking order who is still to be measured."""
    people = round.expected(database.session(), where.village.id, where.on, where.period, now)
    numbers = [one.observation_id for one in people]
    start = numbers.index(visited) + 1 if visited in numbers else 0
    for one in [*people[start:], *people[:start]]:
        if one.visit is None:
            return where.url(at=one.observation_id)
    flash(_("Everybody has been visited."), "ok")
    return where.url()


def _refusal(asked: int | None) -> Told:
    return Told("observation", Deed.REFUSED, record_id=asked, reason=N_("There is no such record here."))


def _refuse(asked: int | None) -> NoReturn:
    """404 and a row in the trail for somebody who is not there or not theirs."""
    note_apart(_refusal(asked))
    abort(404)
