"""Taking a made summary out of the panel: why is asked first, and who, when and why stay in the trail."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flask import Response, abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_app import database, identity
from admin_app.ledgers.declared import note_apart
from admin_app.summaries.made import asking, files
from admin_app.summaries.made.asking import Put
from admin_app.summaries.made.building import asked_for
from admin_app.summaries.made.common import BASE, NEW, record_of
from admin_app.summaries.made.drawing import Drawing
from admin_app.summaries.made.links import Links
from admin_app.summaries.made.presets import address
from admin_app.summaries.made.words import question_words
from models import clock
from models import session as sessions
from models.made import MadeSummary
from models.scope import Act
from models.trail import Deed, Entry

KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Taking:
    """Export."""

    render: Callable[..., str]  # the view's

    @expose("/export/<export_type>/", methods=("GET", "POST"))
    def export_asked_view(self, export_type: str) -> ResponseReturnValue:
        """The summary of an address as a file, kept or not."""
        put = asked_for()
        if put is None or put.asked is None:
            abort(404)
        name = question_words(put.asked.question)
        return self._export(export_type, put, name, None, address(put.asked.question, NEW))

    @expose("/<number>/export/<export_type>/", methods=("GET", "POST"))
    def export_view(self, number: str, export_type: str) -> ResponseReturnValue:
        """A kept summary as a file: as it is shown, so without the numbers that are not handed on."""
        session, record = database.session(), record_of(number)
        put = asking.from_kept(session, record.question)
        if put.asked is None:
            abort(404)
        return self._export(export_type, put, record.name, record, f"{BASE}{record.id}/")

    def _export(self, kind: str, put: Put, name: str, record: MadeSummary | None, back_url: str) -> ResponseReturnValue:
        session, asked = database.session(), put.asked
        if kind not in KINDS or asked is None:
            abort(404)
        if not session.scope.may(Act.EXPORT, asked.question.ledger):
            abort(403)
        conditions = [one.said(session, key, value) for one, key, value in put.active]
        reason = request.form.get("reason", "").strip()[:200]
        if request.method == "GET" or not reason:
            return self._ask_why(name, conditions, back_url), 422 if request.method == "POST" else 200
        entry = Entry("made", Deed.EXPORT, record_id=record.id if record else None, record_label=name, reason=reason)
        note_apart(entry, must=True)
        shared = record is not None and record.shared_with is not None
        with sessions.open_session(database.db.engine, session.scope, writing=False) as own:
            answer = asking.answer(own, asked, shared)
            if isinstance(answer, str):
                flash(answer, "bad")
                return redirect(back_url)
            drawing = Drawing(asked, answer, Links(own, asked, put.filters))
            words = question_words(asked.question)
            said = [*([words] if words != name else []), *conditions]
            heads, rows, below = files.grid(drawing, said)
        below.append(_signature(reason))
        write = files.csv_file if kind == "csv" else files.xlsx_file
        file = f"summary-{clock.today():%Y%m%d}.{kind}"
        headers = {"Content-Disposition": f'attachment; filename="{file}"'}
        return Response(write(name, heads, rows, below), mimetype=KINDS[kind], headers=headers)

    def _ask_why(self, name: str, conditions: Iterable[str], back_url: str) -> str:
        query = request.query_string.decode()
        here = request.path.rsplit("/", 2)[0] + "/%s/" + (f"?{query}" if query else "")
        return self.render(
            "admin/ledger/export.html",
            title=_("Export: %(ledger)s", ledger=name),
            count="",
            conditions=list(conditions),
            csv_url=here.replace("%s", "csv", 1),
            xlsx_url=here.replace("%s", "xlsx", 1),
            may_show=False,
            missing=request.method == "POST",
            cancel_url=back_url,
        )


def _signature(reason: str) -> str:
    when = clock.now().astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M")
    return _("Exported by %(who)s, %(when)s, for: %(why)s", who=identity.signed_in().name, when=when, why=reason)
