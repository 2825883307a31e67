"""Accounts with their grants, and the trail as a table."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import g, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified
from wtforms import BooleanField, Form, HiddenField, SelectField
from wtforms.fields.choices import SelectChoice

from admin_app import database
from admin_app.i18n import say
from admin_app.ledgers import finding, show
from admin_app.ledgers.base import LedgerView, part
from admin_app.ledgers.fields import NONE, ChoiceField
from admin_app.ledgers.page import Cell, DetailsPage, Fact, Kind, Link
from models import clock, register
from models import session as sessions
from models.account import Account, Grant, Role
from models.base import Invalid, Problem
from models.place import Township, Village
from models.scope import Act
from models.setting import Setting
from models.trail import TrailEntry
from models.words import N_

NEW_ROWS = 2


class GrantForm(Form):
    """One row of an account's rights: a role, and the area it holds in."""

    id = HiddenField()
    role = ChoiceField(lazy_gettext(N_("Role")), choices_of=Role, blank=True)
    area = SelectField(lazy_gettext(N_("Area")), validate_choice=False)
    remove = BooleanField(lazy_gettext(N_("Take away")))


class AccountView(LedgerView):
    columns = ("name", "username", "phone", "disabled", "language", "updated_at")
    sections = (part(N_("Account"), "name username phone language disabled"),)
    later = ("disabled",)
    filters = ("disabled",)
    quick = (("disabled", "1"),)
    search = ("name", "username")
    search_hint = N_("Name or user name")
    order = "username"
    icon = "person-gear"

    def subforms(self, record: Any) -> list[Any]:
        """The grants of an account, and empty rows for new ones."""
        choices = self._areas()
        if request.method == "POST":
            forms = [GrantForm(request.form, prefix=f"grants-{i}-") for i in range(self._posted_rows())]
        else:
            kept = [grant for grant in record.grants if grant.deleted_at is None] if record is not None else []
            forms = [GrantForm(None, prefix=f"grants-{i}-", data=_row(g)) for i, g in enumerate(kept)]
            forms += [GrantForm(None, prefix=f"grants-{len(kept) + i}-") for i in range(NEW_ROWS)]
        for form in forms:
            form.area.choices = choices
        return forms

    def _posted_rows(self) -> int:
        count = 0
        while count < 50 and f"grants-{count}-role" in request.form:
            count += 1
        return count

    def _areas(self) -> list[SelectChoice]:
        session = database.session()
        townships = session.scalars(select(Township).order_by(Township.code)).all()
        villages = session.scalars(select(Village).where(Village.taking_part.is_(True)).order_by(Village.code)).all()
        return [
            NONE,
            SelectChoice("district", say(N_("Whole district"))),
            *(SelectChoice(f"township:{t.id}", t.name) for t in townships),
            *(SelectChoice(f"village:{v.id}", v.name) for v in villages),
        ]

    def fill(self, form: Any, record: Any) -> None:
        super().fill(form, record)
        if record.username:
            record.username = record.username.strip().lower()
        if not record.password_hash:
            g.first_password = _random_password()
            record.set_password(g.first_password, must_change=True)

    def after_flush(self, form: Any, record: Any, is_new: bool) -> None:
        """Grants are saved with their account, all or nothing."""
        session = database.session()
        present = {g.id: g for g in session.scalars(select(Grant).where(Grant.account_id == record.id))}
        valid = {choice.value for choice in self._areas()}
        touched = False
        for row in self.subforms(record):
            role, area = row.role.data, row.area.data or ""
            known = present.get(finding.record_id(row.id.data) or 0)
            if (row.id.data and known is None) or area not in valid or not row.role.validate(row):
                raise Invalid(record, [Problem("grants", N_("These rights were changed meanwhile. Look again."))])
            if known is not None and (row.remove.data or not role):
                sessions.remove(session, known)
                touched = True
            elif role and not area:
                raise Invalid(record, [Problem("grants", N_("Say where each role holds."))])
            elif role:
                grant = known or Grant(account_id=record.id)
                village_id, township_id = _places(area)
                before = (grant.role, grant.village_id, grant.township_id) if known else None
                grant.role, grant.village_id, grant.township_id = role, village_id, township_id
                touched = touched or before != (role, village_id, township_id)
                session.add(grant)
        if touched:
            flag_modified(record, "name")  # a new version: who edits the same account now is told of a conflict
            record.updated_at = clock.now()
        session.flush()

    def _details_page(self, record: Any, revealed: frozenset[str]) -> DetailsPage:
        page = super()._details_page(record, revealed)
        facts = [
            Fact(say(g.role.label), Cell(str(g.village or g.township or say(N_("Whole district")))))
            for g in record.grants
        ]
        return replace(page, sections=[*page.sections, (say(N_("Rights")), facts)] if facts else page.sections)

    def more_links(self, record: Any) -> list[Link]:
        if database.session().scope.may_to(Act.EDIT, record):
            return [Link(_("Set a new password"), f"{self.base}reset/?id={record.id}")]
        return []

    def saved(self, record: Any, is_new: bool) -> ResponseReturnValue:
        if not is_new:
            return super().saved(record, is_new)
        return self._told(record, g.first_password)

    @expose("/reset/", methods=("GET", "POST"))
    def reset_view(self) -> ResponseReturnValue:
        """Give an account a new password, shown once, and end its sign-ins."""
        record = self.get_one(request.args.get("id"))
        self._require(Act.EDIT, record)
        if request.method == "GET":
            return self._confirm(
                "reset", _("Set a new password"), [record], f"{self.base}reset/?id={record.id}", danger=True
            )
        return self._hand_out(record)

    def _hand_out(self, record: Any) -> ResponseReturnValue:
        session = database.session()
        password = _random_password()
        record.set_password(password, must_change=True)
        session.commit()
        return self._told(record, password)

    def _told(self, record: Any, password: str) -> ResponseReturnValue:
        return self.render(
            "admin/ledger/secret.html",
            title=_("Password of %(name)s", name=record.name),
            username=record.username,
            secret=password,
            next_url=f"{self.base}details/?id={record.id}",
        )


def _row(grant: Grant) -> dict[str, Any]:
    area = (
        f"village:{grant.village_id}"
        if grant.village_id
        else f"township:{grant.township_id}"
        if grant.township_id
        else "district"
    )
    return {"id": str(grant.id), "role": grant.role, "area": area}


def _places(area: str) -> tuple[int | None, int | None]:
    kind, _colon, number = area.partition(":")
    return (int(number), None) if kind == "village" else (None, int(number)) if kind == "township" else (None, None)


def _random_password() -> str:
    """Twelve characters that are easily read aloud: no 0, O, 1, l or I."""
    letters = "abcdefghijkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _i in range(4)) for _j in range(3))


class SettingView(LedgerView):
    columns = ("name", "value", "valid_from", "township", "reason", "updated_by")
    sections = (part(N_("Setting"), "name value valid_from township reason"),)
    filters = ("name", "township", "valid_from")
    order = "-valid_from"
    icon = "sliders"
    empty = N_("Nothing has been set: 14 days, 11:30 and 20:00, 17:30, 5 people hold.")

    def prefill(self, form: Any) -> None:
        form.valid_from.data = form.valid_from.data or clock.today()


class TrailView(LedgerView):
    columns = ("record_label", "deed", "account_name", "at", "ledger", "village", "address")
    sections = (
        part(N_("What"), "deed ledger record_label record_id village reason"),
        part(N_("Who and when"), "account_name account_id at address"),
        part(N_("Chain"), "chain seq previous hash"),
    )
    filters = ("deed", "village", "at", "account_id", "record_id")
    quick = (("deed", "refused"), ("deed", "export"), ("deed", "reveal"), ("deed", "login_failed"))
    search = ("account_name", "record_label")
    search_hint = N_("Who, or which record")
    can_be_made = False
    icon = "shield-check"

    def _writer(self, name: str) -> show.Writer:
        if name == "ledger":
            titles = {"panel": N_("Panel"), "made": N_("Kept summaries")} | {
                cls.__ledger__: cls.__title__ for cls in register.LEDGERS
            }
            return lambda record: Cell(say(titles.get(record.ledger, record.ledger)), Kind.TEXT)
        if name == "reason":
            return lambda record: Cell(show.reason_of(record), Kind.PROSE)
        return super()._writer(name)

    def _details_page(self, record: Any, revealed: frozenset[str]) -> DetailsPage:
        page = super()._details_page(record, revealed)
        return replace(page, timeline=[show.moment(database.session(), record)])

    def more_links(self, record: Any) -> list[Link]:
        known = {cls.__ledger__ for cls in register.LEDGERS}
        if record.record_id and record.ledger in known and self.may(Act.READ, record.ledger):
            return [Link(_("The record"), f"/admin/{record.ledger}/details/?id={record.record_id}")]
        return []


VIEWS: Sequence[tuple[type[LedgerView], Any]] = (
    (AccountView, Account),
    (SettingView, Setting),
    (TrailView, TrailEntry),
)
