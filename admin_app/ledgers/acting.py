"""Named acts on one record (release, take over, close an alert): a button, a small form, a rule in models/ behind it.

An act is declared beside its ledger. What may be done is asked of the rule when the button is drawn and again when the
form comes in; what the rule refuses is said at the field it is about, and what was typed stays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from wtforms.validators import InputRequired, Length, Optional

from admin_app import database
from admin_app.i18n import say
from admin_app.ledgers import fields
from admin_app.ledgers.declared import Part, tell
from admin_app.ledgers.page import Link, Section
from models import clock
from models.base import Invalid
from models.constraints import broken_unique
from models.scope import Act
from models.session import Session
from models.words import N_

Typed = Mapping[str, Any]


@dataclass(frozen=True)
class NamedAct:
    """One act: its address, its button, the fields it asks for, when it can be done, and the rule that does it."""

    name: str
    label: str
    do: Callable[[Session, Any, Typed], object]
    asks: tuple[str, ...] = ()
    must: tuple[str, ...] = ()
    """Which of these the rule will not do without; it says so itself, the form marks them."""
    may: Callable[[Any], bool] = lambda record: True
    needs: Act = Act.EDIT
    done: str = N_("Done.")
    main: Callable[[Any], bool] = lambda record: False
    """Whether it is what is to be done with this record now."""


FEW = 2  # acts that stand beside the heading; more than these are in a menu


def _text(label: str, limit: int = 200, required: bool = False, prose: bool = False) -> Any:
    kind = fields.ProseField if prose else fields.LineField
    must = [InputRequired()] if required else [Optional()]
    return kind(lazy_gettext(label), [fields.NoControls(), *must, Length(max=limit)], render_kw={"maxlength": limit})


# What acts ask for. A field that the rule needs is checked by the rule, which knows when it is needed.
FIELDS: dict[str, Callable[[], Any]] = {
    "on": lambda: fields.DayField(lazy_gettext(N_("On which day")), [InputRequired()], default=clock.today),
    "ends_on": lambda: fields.DayField(lazy_gettext(N_("New end of the term")), [InputRequired()]),
    "where": lambda: _text(N_("Where to"), 80),
    "reason": lambda: _text(N_("Reason")),
    "signed_by": lambda: _text(N_("Signed off by (police officer, doctor, grid worker)"), 120),
    "done": lambda: _text(N_("What was done about it"), 1000, prose=True),
    "answer": lambda: _text(N_("Reason")),
    "address": lambda: _text(N_("New address"), 120),
}


class Acting(Part):
    """The address of a ledger's named acts."""

    def acts_on(self, record: Any) -> list[NamedAct]:
        """The acts that can be done with this record by this account now."""
        scope = database.session().scope
        return [a for a in self.acts if scope.may_to(a.needs, record) and a.may(record)]

    def act_links(self, record: Any) -> list[Link]:
        """Their buttons: what is to be done now stands first, what is done less often in the menu."""
        acts = sorted(self.acts_on(record), key=lambda act: not act.main(record))
        many = sum(not act.main(record) for act in acts) > FEW
        return [
            Link(say(act.label), self._act_url(act, record), main, aside=many and not main)
            for act, main in ((act, act.main(record)) for act in acts)
        ]

    def _act_url(self, act: NamedAct, record: Any) -> str:
        return f"{self.base}act/{act.name}/?id={record.id}"

    @expose("/act/<step>/", methods=("GET", "POST"))
    def act_view(self, step: str) -> ResponseReturnValue:
        """Ask what the act needs, then do it."""
        act = next((a for a in self.acts if a.name == step), None)
        if act is None:
            abort(404)
        record = self.get_one(request.args.get("id"))
        self._require(act.needs, record)
        if act not in self.acts_on(record):
            flash(say(N_("This cannot be done now: somebody was quicker, or it has been done.")), "warn")
            return redirect(f"{self.base}details/?id={record.id}")
        form = self._act_form(act, record)
        if request.method == "GET" or not form.validate():
            return self._act_page(act, record, form, [])
        return self._try(act, record, form)

    def _act_form(self, act: NamedAct, record: Any) -> Any:
        kit = {**FIELDS, **self.act_fields(record)}
        form = fields.form_class({name: kit[name]() for name in act.asks})
        made = form(formdata=request.form if request.method == "POST" else None)
        for name in act.must:
            made[name].flags.required = True
        return made

    def act_fields(self, record: Any) -> dict[str, Callable[[], Any]]:
        """Fields that only this ledger's acts ask for."""
        return {}

    def _try(self, act: NamedAct, record: Any, form: Any) -> ResponseReturnValue:
        session = database.session()
        number, label = record.id, str(record)
        typed = {name: form[name].data if form[name].data is not None else "" for name in act.asks}
        try:
            act.do(session, record, typed)
            session.commit()
        except Invalid as refused:
            session.rollback()
            errors: list[str] = []
            tell(form, refused.problems, errors)
            return self._act_page(act, self.get_one(number), form, errors)
        except (StaleDataError, IntegrityError) as refused:
            session.rollback()
            if isinstance(refused, IntegrityError) and not broken_unique(refused):
                raise
            flash(say(N_("Somebody else changed this meanwhile. Nothing was done; look and try again.")), "bad")
            return redirect(f"{self.base}details/?id={number}")
        flash(_("%(label)s: %(text)s", label=label, text=say(act.done)), "ok")
        readable = session.get(self.model, number) is not None
        return redirect(f"{self.base}details/?id={number}" if readable else self.base)

    def _act_page(self, act: NamedAct, record: Any, form: Any, errors: list[str]) -> ResponseReturnValue:
        body = self.render(
            "admin/ledger/form.html",
            title=f"{say(act.label)} · {record}",
            sections=[Section(say(act.label), act.asks)] if act.asks else [],
            form=form,
            errors=errors,
            cancel_url=f"{self.base}details/?id={record.id}",
            is_new=False,
            fixed=[],
            notices=self.act_notices(act, record),
            save_label=say(act.label),
        )
        wrong = bool(errors or any(f.errors for f in form))
        return body, 422 if wrong and request.method == "POST" else 200

    def act_notices(self, act: NamedAct, record: Any) -> list[str]:
        """What should be known before the act is done."""
        return []
