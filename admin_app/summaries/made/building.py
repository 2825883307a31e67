"""Putting a made summary together: choose, see it at once, keep it; and the same for one that is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, flash, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from sqlalchemy.orm.exc import StaleDataError

from admin_app import database, i18n
from admin_app.i18n import say
from admin_app.ledgers.declared import tell
from admin_app.ledgers.page import Conflict, Difference, Link
from admin_app.summaries.made import asking
from admin_app.summaries.made.asking import Put
from admin_app.summaries.made.common import BASE, NEW, pin_of, record_of, role_words
from admin_app.summaries.made.form import builder, keep_form, offered_ledgers, start
from admin_app.summaries.made.page import result
from admin_app.summaries.made.presets import address, open_to
from admin_app.summaries.made.words import kept_words, question_words
from models import session as sessions
from models.account import Role
from models.base import Invalid
from models.made import MadePin, MadeSummary
from models.scope import Act
from models.session import Session
from models.words import N_


class Building:
    """New and edit."""

    render: Callable[..., str]  # the view's

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> ResponseReturnValue:
        """Choose, see it at once, keep it."""
        put = asked_for()
        if put is None or put.question is None:
            return self._start(put)
        form = self._keep_form(put, name=question_words(put.question)[:60])
        if request.method == "POST" and self._acceptable(form, put):
            return self._keep(form, put, MadeSummary())
        return self._build(put, form, None)

    @expose("/<number>/edit/", methods=("GET", "POST"))
    def edit_view(self, number: str) -> ResponseReturnValue:
        """The same for one that is kept."""
        session, record = database.session(), record_of(number)
        if not session.scope.may_to(Act.EDIT, record):
            abort(403)
        put = asked_for() or asking.from_kept(session, record.question)
        pin = pin_of(session, record)
        shared = record.shared_with.value if record.shared_with else ""
        form = self._keep_form(
            put, name=record.name, shared_with=shared, pinned=pin is not None, version=str(record.version)
        )
        if request.method == "POST" and self._acceptable(form, put):
            if form.version.data != str(record.version):
                return self._conflict(form, put, record)
            return self._keep(form, put, record)
        return self._build(put, form, record)

    def _start(self, put: Put | None) -> ResponseReturnValue:
        return self.render(
            "admin/made/start.html",
            title=_("New summary"),
            problems=[text for _part, text in put.problems] if put else [],
            presets=presets(),
            ledgers=offered_ledgers(database.session().scope, NEW),
            back_url=BASE,
        )

    def _build(self, put: Put, form: Any, record: MadeSummary | None) -> ResponseReturnValue:
        session = database.session()
        session.rollback()
        session.info["writing"] = False  # what follows may take its time, and only reads
        here = f"{BASE}{record.id}/edit/" if record else NEW
        wrong = bool(self._errors or any(f.errors for f in form))
        body = self.render(
            "admin/made/build.html",
            title=_("Edit: %(name)s", name=record.name) if record else _("New summary"),
            builder=builder(session, put, here),
            result=result(session, put),
            form=form,
            errors=list(self._errors),
            here=here,
            keep_url=address(put.question, here) if put.question else here,
            export_url=address(put.asked.question, f"{BASE}export/xlsx/") if put.asked else "",
            back_url=f"{BASE}{record.id}/" if record else BASE,
        )
        return body, 422 if wrong and request.method == "POST" else 200

    # -- keeping it -------------------------------------------------------------------------------------------------
    def _keep_form(self, put: Put, **given: Any) -> Any:
        formdata = request.form if request.method == "POST" else None
        return keep_form(put.question, formdata=formdata, data=given)

    @property
    def _errors(self) -> list[str]:
        errors: list[str] = g.setdefault("form_errors", [])
        return errors

    def _acceptable(self, form: Any, put: Put) -> bool:
        if g.get("csrf_refused"):
            form.validate()
            form.csrf_token.errors = []
            self._errors.append(_("It was opened before you signed in, or in another session. Nothing was changed."))
            return False
        fits = form.validate()
        if put.asked is None:
            self._errors.extend(text for _part, text in put.problems)
        return bool(fits and put.asked is not None)

    def _keep(self, form: Any, put: Put, record: MadeSummary) -> ResponseReturnValue:
        session = database.session()
        question = put.question
        if question is None:
            abort(400)
        number = record.id
        try:
            record.name = form.name.data
            record.shared_with = Role(form.shared_with.data) if form.shared_with.data else None
            if record.question != question.to_json():
                record.question = question.to_json()
            session.add(record)
            session.flush()
            self._set_pin(session, record, bool(form.pinned.data))
            session.commit()
        except Invalid as refused:
            session.rollback()
            tell(form, refused.problems, self._errors)
            return self._build(put, form, record_of(str(number)) if number else None)
        except StaleDataError:
            session.rollback()
            return self._conflict(form, put, record_of(str(number)))
        flash(_("Saved: %(name)s", name=record.name), "ok")
        return redirect(f"{BASE}{record.id}/")

    def _set_pin(self, session: Session, record: MadeSummary, wanted: bool) -> None:
        pin = pin_of(session, record)
        if pin is not None and not wanted:
            sessions.remove(session, pin)
        elif pin is None and wanted:
            session.add(MadePin(summary_id=record.id))
        session.flush()

    def _conflict(self, form: Any, put: Put, record: MadeSummary) -> ResponseReturnValue:
        """Somebody changed it meanwhile: both versions, and whose is newer."""
        asked = question_words(put.question) if put.question else ""
        typed = {
            N_("Name of the summary"): (record.name, form.name.data or ""),
            N_("Shared with"): (role_words(record.shared_with), role_words(form.shared_with.data)),
            N_("What it asks"): (kept_words(record.question), asked),
        }
        conflict = Conflict(
            title=record.name,
            who=record.updated_by,
            when=i18n.instant(record.updated_at),
            differences=[Difference(say(label), *both) for label, both in typed.items() if both[0] != both[1]],
            back_url=f"{BASE}{record.id}/",
        )
        kept = [(k, v) for k, v in request.form.items(multi=True) if k not in ("version", "csrf_token")]
        page = self.render(
            "admin/ledger/conflict.html",
            conflict=conflict,
            action_url=request.full_path,
            hidden=[*kept, ("version", str(record.version))],
        )
        return page, 409


def asked_for() -> Put | None:
    """The question of the address; what a ledger begins with where another one was chosen; None without a ledger."""
    session, ledger = database.session(), request.args.get("ledger", "")
    if not ledger:
        return None
    if request.args.get("was", ledger) == ledger and request.args.get("rows"):
        return asking.from_address(session, request.args.items(multi=True))
    question = start(session, ledger)
    if question is None:
        return Put(None, problems=(("", _("This ledger is not open to you, or there is none of that name.")),))
    return asking.put(session, question)


def presets() -> list[Link]:
    """Summaries to start from."""
    scope = database.session().scope
    return [Link(say(p.name), address(p.question, NEW)) for p in open_to(scope)]
