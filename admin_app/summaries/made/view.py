"""/admin/summary/made/: summaries that people put together, keep, share, pin and take out.

The address of a summary is its question, so a link reproduces it; keeping it is a POST. What is kept is asked anew by
whoever opens it, under the rights of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from admin_app import database, i18n
from admin_app.i18n import say
from admin_app.ledgers.page import Link
from admin_app.pages import PlainPage
from admin_app.summaries.made import asking
from admin_app.summaries.made.building import Building, presets
from admin_app.summaries.made.common import BASE, NEW, pin_of, record_of, role_words
from admin_app.summaries.made.page import result
from admin_app.summaries.made.presets import address
from admin_app.summaries.made.taking import Taking
from admin_app.summaries.made.words import kept_words
from models import session as sessions
from models.base import Invalid
from models.made import MadePin, MadeSummary
from models.scope import Act
from models.session import Session

MOST_LISTED = 200


class MadeView(Building, Taking, PlainPage):
    """The pages of made summaries."""

    def __init__(self) -> None:
        super().__init__(name="Made summaries", endpoint="summary_made", url=BASE.rstrip("/"))

    def is_accessible(self) -> bool:
        return database.session().scope.may(Act.READ, "made")

    # -- those that are kept ----------------------------------------------------------------------------------------
    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Mine, those shared with me, and some to start from."""
        session = database.session()
        query = select(MadeSummary).order_by(MadeSummary.name, MadeSummary.id).limit(MOST_LISTED)
        records, me = list(session.scalars(query)), session.scope.actor.id
        pinned = set(session.scalars(select(MadePin.summary_id).where(MadePin.account_id == me)))
        lists = [
            (title, [_entry(record, record.id in pinned) for record in records if (record.maker_id == me) is mine])
            for title, mine in ((_("Mine"), True), (_("Shared with me"), False))
        ]
        return self.render(
            "admin/made/list.html",
            title=_("Summaries of your own"),
            links=[Link(_("Recycle bin"), f"{BASE}bin/"), Link(_("New summary"), NEW, main=True)],
            lists=[(title, entries) for title, entries in lists if entries],
            presets=presets(),
        )

    @expose("/<number>/")
    def show_view(self, number: str) -> ResponseReturnValue:
        """One kept summary, asked now."""
        session, record = database.session(), record_of(number)
        put = asking.from_kept(session, record.question)
        here, mine = f"{BASE}{record.id}/", session.scope.may_to(Act.EDIT, record)
        pin = pin_of(session, record)
        links = [
            *([Link(_("Start from this"), address(put.asked.question, NEW))] if put.asked else []),
            *([Link(_("Export"), f"{here}export/xlsx/")] if put.asked else []),
            *([Link(_("Edit"), f"{here}edit/", main=True)] if mine else []),
        ]
        return self.render(
            "admin/made/show.html",
            record=record,
            subtitle=_subtitle(record, session),
            result=result(session, put, record.shared_with is not None),
            links=links,
            pin_url=f"{here}pin/",
            pinned=pin is not None,
            delete_url=f"{here}delete/" if session.scope.may_to(Act.DELETE, record) else "",
            back_url=BASE,
        )

    @expose("/<number>/pin/", methods=("POST",))
    def pin_view(self, number: str) -> ResponseReturnValue:
        """Put a summary on one's first screen, or take it off."""
        session, record = database.session(), record_of(number)
        pin = pin_of(session, record)
        try:
            if pin is not None and not request.form.get("on"):
                sessions.remove(session, pin)
            elif pin is None and request.form.get("on"):
                session.add(MadePin(summary_id=record.id))
            session.commit()
        except Invalid as refused:
            session.rollback()
            flash("; ".join(say(p.message, p.params) for p in refused.problems), "bad")
        except (IntegrityError, StaleDataError):  # two taps at once: it is as it was wanted
            session.rollback()
        else:
            on = bool(request.form.get("on"))
            flash(_("It is on your first screen.") if on else _("Taken off your first screen."), "ok")
        return redirect(f"{BASE}{number}/")

    # -- deleting it ------------------------------------------------------------------------------------------------
    @expose("/<number>/delete/", methods=("GET", "POST"))
    def delete_view(self, number: str) -> ResponseReturnValue:
        """Ask, then put it into the recycle bin."""
        session, record = database.session(), record_of(number)
        if not session.scope.may_to(Act.DELETE, record):
            abort(403)
        if request.method == "GET":
            return self.render(
                "admin/ledger/confirm.html",
                title=_("Delete"),
                question=_("%(label)s: this record?", label=_("Delete")),
                names=[record.name],
                more=0,
                action_url=f"{BASE}{record.id}/delete/",
                hidden=[("confirmed", "1")],
                danger=True,
                confirm_label=_("Delete"),
                cancel_url=f"{BASE}{record.id}/",
                wants_reason=False,
            )
        return self._done(lambda: sessions.remove(session, record), _("Deleted: %(name)s", name=record.name))

    @expose("/bin/")
    def bin_view(self) -> ResponseReturnValue:
        """The recycle bin."""
        session = database.session()
        query = select(MadeSummary).where(MadeSummary.deleted_at.is_not(None)).order_by(MadeSummary.deleted_at.desc())
        records = session.scalars(query.limit(MOST_LISTED), execution_options={"deleted": True})
        entries = [
            {
                "name": record.name,
                "words": kept_words(record.question),
                "when": i18n.instant(record.deleted_at),
                "who": record.deleted_by,
                "restore_url": f"{BASE}{record.id}/restore/",
            }
            for record in records
            if session.scope.may_to(Act.DELETE, record)
        ]
        title = f"{_('Summaries of your own')} · {_('Recycle bin')}"
        return self.render("admin/made/bin.html", title=title, entries=entries, back_url=BASE)

    @expose("/<number>/restore/", methods=("POST",))
    def restore_view(self, number: str) -> ResponseReturnValue:
        """Take it out of the recycle bin again."""
        session, record = database.session(), record_of(number, deleted=True)
        if not session.scope.may_to(Act.DELETE, record):
            abort(403)
        return self._done(lambda: sessions.restore(record), _("Restored: %(name)s", name=record.name))

    def _done(self, deed: Callable[[], None], said: str) -> ResponseReturnValue:
        session = database.session()
        try:
            deed()
            session.commit()
        except StaleDataError:
            session.rollback()
            flash(_("Somebody else changed this meanwhile. Nothing was done; look and try again."), "bad")
        else:
            flash(said, "ok")
        return redirect(BASE)


def _entry(record: MadeSummary, pinned: bool) -> dict[str, Any]:
    return {
        "name": record.name,
        "url": f"{BASE}{record.id}/",
        "words": kept_words(record.question),
        "shared": role_words(record.shared_with),
        "maker": record.maker,
        "pinned": pinned,
    }


def _subtitle(record: MadeSummary, session: Session) -> str:
    mine = record.maker_id == session.scope.actor.id
    parts = [_("made by you") if mine else _("made by %(name)s", name=record.maker)]
    if record.shared_with:
        parts.append(_("shared with: %(role)s", role=role_words(record.shared_with)))
    return " · ".join(parts)
