"""Plain pages for what went wrong, in words, with what to do next; no trace, no SQL, nothing of anybody's data."""

from __future__ import annotations

from flask import Flask, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from admin_app import database
from models.scope import OutOfScope
from models.trail import Deed, Entry
from models.words import N_


def init(app: Flask) -> None:
    """Register a page for every way a request can fail."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OutOfScope, _out_of_scope)
    for kind in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(kind, _database)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(Exception, _defect)


def _words(kind: str) -> tuple[str, str, str]:
    """Title, words, and what to do, of one kind of failure."""
    return {
        "400": (
            _("This request cannot be read"),
            _("The address or the form is damaged."),
            _("Go back and try again."),
        ),
        "expired": (
            _("This form has expired"),
            _("It was opened before you signed in, or in another session. Nothing was changed."),
            _("Go back, reload the page and send it again."),
        ),
        "403": (
            _("This is not open to you"),
            _("Your role or your area does not include it. That you asked is in the trail."),
            _("If you need it, ask your district admin."),
        ),
        "404": (
            _("There is nothing at this address"),
            _("It may have been deleted, or it belongs to another village."),
            _("Look for it in the list, or in the recycle bin."),
        ),
        "405": (
            _("This cannot be done that way"),
            _("The address exists, but not for this."),
            _("Go back and use the button."),
        ),
        "413": (
            _("This is too large"),
            _("A form takes one megabyte at most, a file ten. Nothing was saved."),
            _("Shorten it and send it again."),
        ),
        "500": (
            _("Something went wrong here"),
            _("Nothing of what you sent was saved. The error has been noted."),
            _("Try again; if it happens again, tell your district admin the time."),
        ),
        "503": (
            _("The database does not answer"),
            _("It is locked, read-only or gone. Nothing of what you sent was saved."),
            _("Wait a minute and try again; what you typed is still on the page before this one."),
        ),
    }.get(kind) or (_("This request cannot be answered"), "", _("Go back and try again."))


def page(code: int, kind: str | None = None) -> ResponseReturnValue:
    """The page of a failure; as JSON for scripts that asked for it."""
    title, words, what_next = _words(kind or str(code))
    if "/ajax/" in request.path:
        return {"error": title, "words": words}, code
    user = g.get("user")
    home = "/admin/" if user is not None else "/login"
    body = render_template("admin/error.html", code=code, title=title, words=words, what_next=what_next, home_url=home)
    return body, code


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or error.code is None or error.code < 400:
        return error
    if error.code == 403:
        _note_refusal()
    return page(error.code)


def _out_of_scope(error: OutOfScope) -> ResponseReturnValue:
    current_app.logger.warning("refused: %s", error)
    database.session().rollback()
    _note_refusal()
    return page(403)


def _note_refusal() -> None:
    """Leave a row in the trail; a database that cannot take it must not turn a refusal into a failure."""
    from admin_app.ledgers.declared import note_apart

    if g.get("user") is None:
        return
    parts = request.path.split("/")
    ledger = parts[2] if len(parts) > 2 and parts[1] == "admin" else ""
    note_apart(
        Entry(
            ledger[:30] or "panel",
            Deed.REFUSED,
            record_label=request.path[:120],
            reason=N_("This is not open to you"),
        )
    )


def _database(error: Exception) -> ResponseReturnValue:
    """A database that is locked, read-only or gone. The message may hold data, so only its kind is logged."""
    original = getattr(error, "orig", error)
    broken = type(error) is DatabaseError  # what SQLite says of a file that is no database
    unanswered = isinstance(error, (OperationalError, InterfaceError, PoolTimeout)) or broken or _cannot_write(original)
    if not unanswered:
        return _defect(error)
    current_app.logger.error("the database does not answer: %s", type(original).__name__)
    _give_up()
    return page(503)


def _cannot_write(original: object) -> bool:
    return type(original).__name__ in ("ReadOnlySqlTransaction", "AdminShutdown", "CrashShutdown")


def _defect(error: Exception) -> ResponseReturnValue:
    current_app.logger.error(
        "defect at %s: %s", request.path, type(error).__name__, exc_info=not isinstance(error, DBAPIError)
    )
    if current_app.config.get("RAISE_DEFECTS"):
        raise error
    _give_up()
    return page(500)


def _give_up() -> None:
    try:
        database.session().rollback()
    except Exception:  # the connection itself is gone; the pool replaces it
        database.db.session.remove()
