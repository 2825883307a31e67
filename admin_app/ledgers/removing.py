"""Deleting into the recycle bin, restoring, and doing one thing to many records, after a page that names them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from admin_app import database
from admin_app.i18n import say
from admin_app.ledgers import finding, show
from admin_app.ledgers.declared import Part
from admin_app.ledgers.page import Action
from models import session as sessions
from models.base import Invalid
from models.constraints import broken_unique
from models.scope import Act
from models.words import Choice

MOST_AT_ONCE = 500


class Removing(Part):
    """Delete, restore, bulk actions."""

    @expose("/delete/", methods=("GET", "POST"))
    def delete_view(self) -> ResponseReturnValue:
        """Ask, then put a record into the recycle bin."""
        record = self.get_one(request.args.get("id"))
        self._require(Act.DELETE, record)
        if request.method == "GET":
            return self._confirm("remove", _("Delete"), [record], f"{self.base}delete/?id={record.id}", danger=True)
        return self._act(
            lambda: sessions.remove(database.session(), record),
            [record],
            _("Deleted: %(name)s", name=str(record)),
        )

    @expose("/restore/", methods=("POST",))
    def restore_view(self) -> ResponseReturnValue:
        """Take a record back out of the recycle bin."""
        record = self.get_one(request.args.get("id"), deleted=True)
        self._require(Act.DELETE, record)
        return self._act(lambda: sessions.restore(record), [record], _("Restored: %(name)s", name=str(record)))

    def _act(
        self,
        deed: Callable[[], None],
        records: Sequence[Any],
        said: str,
        again: Callable[[str], str] | None = None,
    ) -> ResponseReturnValue:
        """Do something to records, all or none, and say what came of it; ``again`` asks anew, saying what is wrong."""
        session = database.session()
        try:
            deed()
            session.commit()
        except Invalid as refused:
            words = _words_of(refused, several=len(records) > 1)
            session.rollback()
            if again is not None:
                return again(words), 422
            flash(words, "bad")
        except StaleDataError:
            session.rollback()
            flash(_("Somebody else changed this meanwhile. Nothing was done; look and try again."), "bad")
        except IntegrityError as refused:
            session.rollback()
            if not broken_unique(refused):
                raise
            flash(_("Another record has taken its place meanwhile (the same number or the same day)."), "bad")
        else:
            flash(said, "ok")
        return redirect(self.base)

    def _bulk_actions(self) -> list[Action]:
        scope = database.session().scope
        actions = []
        allowed = scope.edits(self.model, Act.EDIT)
        if scope.may(Act.EDIT, self.ledger):
            for name in self.bulk:
                if allowed is None or name in allowed:
                    label = say(show.label_of(self.model, name))
                    actions += [
                        Action(f"set:{name}:{code}", f"{label} → {words}") for code, words in self._codes(name).items()
                    ]
        if scope.may(Act.DELETE, self.ledger):
            actions.append(Action("remove", _("Delete"), danger=True))
        return actions

    def _codes(self, name: str) -> dict[str, str]:
        type_ = inspect(self.model).column_attrs[name].columns[0].type
        choices: type[Choice] | None = getattr(type_, "choices", None)
        return {c.value: say(c.label) for c in choices} if choices else {"1": _("Yes"), "0": _("No")}

    @expose("/action/", methods=("POST",))
    def action_view(self) -> ResponseReturnValue:
        """Do one thing to the ticked records, after a page that names them."""
        name = request.form.get("action", "")
        known = {a.name: a for a in self._bulk_actions()}
        if name not in known:
            abort(403)
        numbers = {n for n in map(finding.record_id, request.form.getlist("rowid")) if n is not None}
        if not numbers or len(numbers) > MOST_AT_ONCE:
            flash(_("Tick between 1 and %(most)d records first.", most=MOST_AT_ONCE), "warn")
            return redirect(self.base)
        act = Act.DELETE if name == "remove" else Act.EDIT
        session = database.session()
        records = [
            r
            for r in session.scalars(select(self.model).where(self.model.id.in_(numbers)))
            if session.scope.may_to(act, r)
        ]
        if not records:
            abort(404)
        if not request.form.get("confirmed"):
            return self._confirm(name, known[name].label, records, f"{self.base}action/", danger=known[name].danger)
        said = ngettext("Done for %(num)d record.", "Done for %(num)d records.", len(records))

        def again(words: str) -> str:
            kept = session.scalars(select(self.model).where(self.model.id.in_(numbers))).all()
            url, danger = f"{self.base}action/", known[name].danger
            return self._confirm(name, known[name].label, kept, url, danger=danger, error=words)

        return self._act(lambda: self._apply(name, records), records, said, again)

    def warnings(self, records: Sequence[Any]) -> list[str]:
        """What should be known before these are deleted."""
        return []

    def ask_also(self, name: str) -> dict[str, Any]:
        """What the page of a bulk action asks besides yes: ``choices`` (name, label, options), ``wants_reason``."""
        return {}

    def _apply(self, name: str, records: Sequence[Any]) -> None:
        if name == "remove":
            for record in records:
                sessions.remove(database.session(), record)
            return
        _set, column, code = name.split(":")
        type_ = inspect(self.model).column_attrs[column].columns[0].type
        value = type_.choices(code) if hasattr(type_, "choices") else code == "1"
        for record in records:
            setattr(record, column, value)

    def _confirm(self, name: str, label: str, records: Sequence[Any], url: str, danger: bool, error: str = "") -> str:
        names, more = show.names_of(records)
        hidden = [("action", name), ("confirmed", "1"), *(("rowid", str(r.id)) for r in records)]
        return self.render(
            "admin/ledger/confirm.html",
            title=label,
            question=ngettext(
                "%(label)s: this record?", "%(label)s: these %(num)d records?", len(records), label=label
            ),
            names=names,
            more=more,
            action_url=url,
            hidden=hidden,
            danger=danger,
            notices=self.warnings(records) if name == "remove" else [],
            confirm_label=label,
            cancel_url=self.base,
            error=error,
            reason=request.form.get("reason", ""),
            **{"wants_reason": False, **self.ask_also(name)},
        )


def _words_of(refused: Invalid, several: bool) -> str:
    """What speaks against it, and of whom it is said when there are others."""
    words = " ".join(say(p.message, p.params) for p in refused.problems)
    return _("%(label)s: %(text)s", label=str(refused.record), text=words) if several else words
