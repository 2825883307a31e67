"""The round (一日两测三问): one screen for a village, morning or evening, that works at a door and at a desk.

Without scripts each card is a form that comes back at the next person. With scripts a row saves by itself, entries
made without a connection wait on the phone, encrypted with a key that ends with the sign-in, and go up once each.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import unicodedata
import uuid
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from typing import Any, NoReturn

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
from admin_app.ledgers.page import Option
from admin_app.pages import PlainPage
from admin_app.workbench import round_page as pages
from admin_app.workbench.round_page import RoundPage, Where
from models import clock, entering, round
from models.base import Invalid, Problem
from models.entering import Clash, Entry, Saved
from models.observation import Observation
from models.resident import Resident
from models.round import Slot
from models.scope import Act
from models.states import How, Outcome, Period, Symptom
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
        return self._page(*_where())

    @expose("/", methods=("POST",))
    def create_view(self) -> ResponseReturnValue:
        """One card sent as a form: saved, and on to the next person; or back here with what was typed."""
        where, notices = _where()
        typed = request.form
        at = _number(typed.get("observation"))
        if where is None or at is None:
            abort(400)
        if g.get("csrf_refused"):
            errors = {"": [_("This form was opened in another session. Nothing was saved; check it and save again.")]}
            return self._page(where, notices, at, typed, errors)
        now = clock.now()
        try:
            entry = _entry(typed, where.on, where.period, now if where.on == clock.local_day(now) else None)
            came = entering.record(database.session(), entry, now)
            database.session().commit()
        except Invalid as refused:
            database.session().rollback()
            if any(p.field == "observation" for p in refused.problems):
                _refuse(at)
            return self._page(where, notices, at, typed, _said(refused.problems)), 422
        if isinstance(came, Clash):
            clash = pages.clashing(came.stored, _typed_values(entry))
            database.session().rollback()
            return self._page(where, notices, at, typed, {}, clash), 409
        return redirect(_next(where, came.visit.observation_id, now), 303)

    @expose("/call/", methods=("POST",))
    def call_view(self) -> ResponseReturnValue:
        """Show one person's number so that it can be rung; that it was shown is in the trail before it is."""
        at = _number(request.args.get("id"))
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
        where, notices = _where()
        return self._page(where, notices, at, phone=phone)

    def _page(
        self,
        where: Where | None,
        notices: list[str],
        at: int | None = None,
        typed: MultiDict[str, str] | None = None,
        errors: Mapping[str, list[str]] | None = None,
        clash: pages.Clashing | None = None,
        phone: str = "",
    ) -> str:
        if where is None:
            return self.render("admin/round_villages.html", title=_("Round"), villages=_choices(None), notices=notices)
        page = _page_of(where, notices, at or _number(request.args.get("at")), typed, errors or {}, clash, phone)
        return self.render("admin/round.html", page=page)

    # ---- what scripts ask ----

    @expose("/save/", methods=("POST",))
    def save(self) -> ResponseReturnValue:
        """One entry of a script: 200 saved (also if it came before), 409 another one stands there, 422 refused."""
        sent = _sent()
        if sent is None:
            return {"problems": [_problem("", _("This entry cannot be read; enter it again."))]}, 400
        typed = _as_form(sent)
        session, now = database.session(), clock.now()
        try:
            on, period = read_day(typed.get("on", "")), Period(typed.get("period", ""))
            taken_at = datetime.fromisoformat(typed.get("taken_at", ""))
            if taken_at.tzinfo is None or not FIRST <= taken_at.year <= LAST:
                raise ValueError
        except ValueError:
            return {"problems": [_problem("", _("This entry cannot be read; enter it again."))]}, 422
        try:
            entry = _entry(typed, on, period, taken_at)
            came = entering.record(session, entry, now)
            session.commit()
        except Invalid as refused:
            session.rollback()
            if any(p.field == "observation" for p in refused.problems):
                note_apart(_refusal(_number(typed.get("observation"))))
            problems = [_problem(p.field, say(p.message, p.params)) for p in refused.problems]
            return {"problems": problems}, 422
        if isinstance(came, Clash):
            row = pages.written(came.stored)
            clash = pages.clashing(came.stored, _typed_values(entry))
            session.rollback()
            return {"row": asdict(row), "clash": asdict(clash)}, 409
        return self._saved(came, entry, typed.get("since", ""), now)

    def _saved(self, came: Saved, entry: Entry, since: str, now: datetime) -> ResponseReturnValue:
        session = database.session()
        alerts = round.alerts(session, [came.visit.observation_id])
        row = pages.written(came.visit, alerts=alerts.get(came.visit.observation_id, ()))
        others: list[Visit] = []
        try:
            asked = datetime.fromisoformat(since) - CLOSE
            others = round.changes_since(session, came.visit.village_id, entry.on, entry.period, asked)
        except (ValueError, TypeError):
            pass  # no time, no news
        rows = [asdict(pages.written(v)) for v in others if v.id != came.visit.id]
        return {"row": asdict(row), "fresh": came.fresh, "rows": rows, "at": now.isoformat()}

    @expose("/state/")
    def state(self) -> ResponseReturnValue:
        """How every slot of this round stands; 304 while nothing has changed."""
        where, _notices = _where()
        if where is None:
            abort(404)
        now = clock.now()
        people = round.expected(database.session(), where.village.id, where.on, where.period, now)
        rows = [asdict(pages.row_of(one, now)) for one in people]
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


# ---- which round ----


def _where() -> tuple[Where | None, list[str]]:
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
    asked_village = _number(request.args.get("village"))
    for village in mine:
        if village.id == asked_village:
            return Where(village, on, period, chosen=True), notices
    if request.args.get("village"):
        notices.append(_("There is no such village here."))
    return None, notices


def _villages() -> list[Any]:
    session = database.session()
    area = session.scope.area(Act.CREATE, "visit")
    return [v for v in round.villages(session) if v.id in area]


def _choices(chosen: int | None) -> list[Option]:
    return [Option(str(v.id), v.name, v.id == chosen) for v in _villages()]


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else None


def _page_of(
    where: Where,
    notices: list[str],
    at: int | None,
    typed: MultiDict[str, str] | None,
    errors: Mapping[str, list[str]],
    clash: pages.Clashing | None,
    phone: str,
) -> RoundPage:
    now = clock.now()
    people = round.expected(database.session(), where.village.id, where.on, where.period, now)
    show = request.args.get("show", "")
    show = show if show in {s.value for s in pages.SHOWN} else ""
    cards = [pages.person_of(one, where, now, show) for one in people]
    waiting = [c.id for c in cards if c.row.state in (Slot.OPEN, Slot.MISSED)]
    open_id = at if any(c.id == at for c in cards) else next(iter(waiting), None)
    if at is not None and at != open_id:
        notices.append(_("This person is not expected in this round."))
    cards = [replace(c, hidden=c.hidden and c.id != open_id) for c in cards]
    opened = next((c for c in cards if c.id == open_id), None)
    values = typed if typed is not None else _as_form(opened.row.values if opened else {})
    values = MultiDict(values)
    values["key"] = values.get("key") or str(uuid.uuid4())
    if clash is not None:
        values["key"], values["seen_version"] = str(uuid.uuid4()), str(clash.version)
    elif typed is None and opened is not None:
        values["seen_version"] = str(opened.row.version or "")
    cut_off = people[0].until if people else round.until(
        database.session(), where.village.id, where.on, where.period
    )  # fmt: skip
    how, symptoms, outcomes = pages.taps()
    progress = round.progress(people, now)
    return RoundPage(
        title=pages.title(where.period),
        subtitle=" · ".join(
            (where.village.name, i18n.day(where.on), _("until %(time)s", time=pages.clock_time(cut_off)))
        ),
        where=where,
        notices=notices,
        people=cards,
        open_id=open_id,
        progress=progress,
        chips=pages.chips_of(where, progress, show),
        links=_links(where),
        villages=_choices(where.village.id) if where.chosen else [],
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
            "words": pages.words(),
        },
    )


def _links(where: Where) -> list[Any]:
    """The day's other round, and the day before's."""
    from admin_app.ledgers.page import Link

    other = Period.PM if where.period is Period.AM else Period.AM
    before = replace(where, on=where.on - timedelta(days=1))
    links = [Link(pages.title(other), replace(where, period=other).url()), Link(_("Day before"), before.url())]
    if where.on < clock.today():
        links.append(Link(_("Day after"), replace(where, on=where.on + timedelta(days=1)).url()))
    return links


def _next(where: Where, number: int, now: datetime) -> str:
    """The address of the next person in walking order who is still to be measured."""
    people = round.expected(database.session(), where.village.id, where.on, where.period, now)
    numbers = [one.observation_id for one in people]
    start = numbers.index(number) + 1 if number in numbers else 0
    for one in [*people[start:], *people[:start]]:
        if one.visit is None:
            return where.url(at=one.observation_id)
    flash(_("Everybody has been visited."), "ok")
    return where.url()


# ---- what was typed ----


def _sent() -> dict[str, Any] | None:
    """What a script sent; None for what is no object, or nested without end."""
    try:
        sent = request.get_json(silent=True)
    except RecursionError:
        return None
    return sent if isinstance(sent, dict) else None


def _as_form(sent: Mapping[str, Any]) -> MultiDict[str, str]:
    """A script's object as a form, so that both are read by the same lines."""
    form: MultiDict[str, str] = MultiDict()
    for name, value in sent.items():
        for one in value if isinstance(value, list) else [value]:
            if one is not None:
                form.add(name, str(one))
    return form


def _entry(typed: MultiDict[str, str], on: date, period: Period, taken_at: datetime | None) -> Entry:
    """An entry out of what was typed. Raises Invalid for what cannot be read."""
    problems = []
    temperature = None
    try:
        temperature = entering.temperature_of(typed.get("temperature", ""))
    except ValueError as unreadable:
        problems.append(Problem("temperature", str(unreadable)))
    unmet = [o for o in typed.getlist("outcome") if o]
    if len(set(unmet)) > 1:
        problems.append(Problem("outcome", N_("Not met or refused: choose one.")))
    try:
        outcome = Outcome(unmet[0]) if unmet else Outcome.NORMAL
        how = How(typed.get("how") or How.DOOR)
        symptoms = tuple(Symptom(s) for s in typed.getlist("symptoms") if s)
    except ValueError:
        outcome, how, symptoms = Outcome.NORMAL, How.DOOR, ()
        problems.append(Problem("", N_("This is not one of the choices.")))
    number = _number(typed.get("observation"))
    if number is None:
        problems.append(Problem("observation", N_("There is no such record here.")))
    if problems or number is None:
        raise Invalid(Visit(), problems)
    yes = _("Yes, not said where or whom")
    return Entry(
        key=typed.get("key", "").lower(),
        observation_id=number,
        on=on,
        period=period,
        temperature=temperature,
        how=how,
        outcome=outcome,
        symptoms=symptoms,
        went_out=typed.get("went_out", "").strip() or (yes if typed.get("went") else ""),
        contacts=typed.get("contacts", "").strip() or (yes if typed.get("met") else ""),
        measures=typed.get("measures", ""),
        note=typed.get("note", ""),
        taken_at=taken_at,
        late_reason=typed.get("late_reason", ""),
        seen_version=_number(typed.get("seen_version")),
        after=typed.get("after", "").lower(),
    )


def _typed_values(entry: Entry) -> dict[str, Any]:
    """An entry as the form holds it."""
    return {
        "temperature": "" if entry.temperature is None else str(entry.temperature),
        "how": entry.how.value,
        "outcome": "" if entry.outcome.measured else entry.outcome.value,
        "symptoms": [s.value for s in Symptom if s in entry.symptoms],
        "went_out": entry.went_out,
        "contacts": entry.contacts,
        "measures": entry.measures,
        "note": entry.note,
    }


def _problem(name: str, words: str) -> dict[str, str]:
    return {"field": name, "words": words}


def _said(problems: list[Problem]) -> dict[str, list[str]]:
    """What the rules found, at the fields of the form."""
    known = {"temperature", "outcome", "symptoms", "late_reason", "went_out", "contacts", "measures", "note"}
    said: dict[str, list[str]] = {}
    for problem in problems:
        name = problem.field if problem.field in known else ""
        said.setdefault(name, []).append(say(problem.message, problem.params))
    return said


def _refusal(number: int | None) -> Told:
    return Told("observation", Deed.REFUSED, record_id=number, reason=N_("There is no such record here."))


def _refuse(number: int | None) -> NoReturn:
    """404 and a row in the trail for somebody who is not there or not theirs."""
    note_apart(_refusal(number))
    abort(404)
