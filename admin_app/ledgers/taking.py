"""Taking a list out of the panel: why is asked first, and who, when, why and how many stay in the trail."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from flask import Response, abort, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, inspect, select

from admin_app import database, i18n, identity
from admin_app.i18n import say
from admin_app.ledgers import export, fields, listing
from admin_app.ledgers.declared import Part, note_apart
from models import clock
from models.scope import Act
from models.trail import Deed, Entry


def reason_given() -> str:
    """Why somebody takes something out of the panel; "" if they have not said it."""
    return request.form.get("reason", "").strip()[:200]


def note_taken(entry: Entry, reason: str, full: bool) -> None:
    """Put the taking into the trail, without which nothing may be handed out."""
    in_full = _("full numbers")
    note_apart(replace(entry, reason=reason + (f" · {in_full}" if full else "")), must=True)


def signature(reason: str) -> str:
    """What a file says of its own making: who, when, why."""
    who = identity.signed_in().name
    when = clock.now().astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M")
    return _("Exported by %(who)s, %(when)s, for: %(why)s", who=who, when=when, why=reason)


class Taking(Part):
    """Export."""

    @expose("/export/<export_type>/", methods=("GET", "POST"))
    def export(self, export_type: str) -> ResponseReturnValue:
        """Ask why, then hand out the list as a file; who, when, why and how many are in the trail and in the file."""
        self._require(Act.EXPORT)
        if export_type not in ("csv", "xlsx"):
            abort(404)
        asked = listing.read(
            self.model,
            request.args,
            self.accepted_filters(),
            frozenset(self._seen(self._sortable_columns)),
            self.order,
        )
        session = database.session()
        total = session.scalar(select(func.count()).select_from(self.model).where(*asked.conditions)) or 0
        reason = reason_given()
        if request.method == "GET" or not reason:
            return self._ask_why(total, asked), 422 if request.method == "POST" else 200
        full = bool(request.form.get("full")) and session.scope.may(Act.REVEAL, self.ledger)
        note_taken(Entry(self.ledger, Deed.EXPORT, self._only_village(), record_label=f"{total}"), reason, full)
        what = export.sheet(
            self.model,
            self.export_names(),
            asked.conditions,
            partial(listing.order_by, self.model, asked),
            full,
            signature(reason),
        )
        name = f"{self.ledger}-{clock.today():%Y%m%d}.{export_type}"
        if export_type == "xlsx":
            body: Any = export.xlsx_file(database.db.engine, session.scope, what)
            kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        else:
            body, kind = export.csv_lines(database.db.engine, session.scope, what), "text/csv; charset=utf-8"
        session.rollback()
        return Response(body, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})

    def export_names(self) -> list[str]:
        """The columns of an export: the record's number and village, then everything typed that may be seen."""
        typed = [n for s in self.sections for n in s.names]
        lead = ["id", *(["village"] if "village" in fields.references(self.model) else [])]
        names = [*lead, *(n for n in typed if n not in lead)]
        mapper = inspect(self.model)
        kept = [n for n in names if n in mapper.column_attrs or n in fields.references(self.model)]
        return self._seen(kept)

    def _only_village(self) -> int | None:
        area = database.session().scope.area(Act.EXPORT, self.ledger)
        return next(iter(area.villages)) if not area.everywhere and len(area.villages) == 1 else None

    def _ask_why(self, total: int, asked: listing.Asked) -> str:
        query = request.query_string.decode()
        here = f"{self.base}export/%s/" + (f"?{query}" if query else "")
        return self.render(
            "admin/ledger/export.html",
            title=_("Export: %(ledger)s", ledger=say(self.model.__title__)),
            count=ngettext("%(count)s record", "%(count)s records", total, count=i18n.number(total)),
            conditions=[one.said(database.session(), key, value) for one, key, value in asked.active]
            + ([asked.search] if asked.search else []),
            csv_url=here.replace("%s", "csv", 1),
            xlsx_url=here.replace("%s", "xlsx", 1),
            may_show=bool(self._masked_names()) and database.session().scope.may(Act.REVEAL, self.ledger),
            missing=request.method == "POST",
            cancel_url=self.base,
        )
