"""Who is signed in: sign-in, sign-out, password change, and the scope every request works under."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, current_app, flash, g, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import LoginManager, current_user
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import HiddenField, PasswordField, StringField

from admin_app import access, database, i18n, live
from admin_app.config import Settings
from models import account as accounts
from models import clock, trail
from models.account import Account, Role
from models.place import Village
from models.scope import NOBODY, Actor, Area, Scope
from models.trail import Deed, Entry

blueprint = Blueprint("identity", __name__)
manager = LoginManager()
OPEN_ENDPOINTS = frozenset(
    {"identity.login", "identity.healthz", "static", "admin.static", "icons", "identity.language"}
)
PASSWORD_ENDPOINTS = frozenset({"identity.password", "identity.logout", *OPEN_ENDPOINTS})
SEEN_EVERY = 60  # seconds between two writes of "last seen"
RECOGNISING = Scope.everything("sign-in")


@dataclass(frozen=True)
class User:
    """The signed-in account as requests see it: finished values, nothing that loads."""

    id: int
    sign_in_id: int
    name: str
    username: str
    language: str
    roles: tuple[Role, ...]
    whole_district: bool
    place: str
    must_change_password: bool
    scope: Scope
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """The account's number, as Flask-Login wants it."""
        return str(self.id)


def init(app: Flask, settings: Settings) -> None:
    """Confine every request before its view runs."""
    app.config["IDLE"] = settings.idle
    manager.init_app(app)
    manager.request_loader(lambda _request: g.get("user"))
    app.register_blueprint(blueprint)
    app.before_request(_enter)


def _enter() -> ResponseReturnValue | None:
    """Recognise the browser, confine the session, and send away who must sign in or change a password first."""
    if request.endpoint in OPEN_ENDPOINTS and request.endpoint not in ("identity.login", "identity.language"):
        return None
    g.user = user = _recognise()
    session = database.session()
    session.act_as(user.scope if user else NOBODY)
    session.info["sign_in_id"] = user.sign_in_id if user else 0
    if request.endpoint in OPEN_ENDPOINTS:
        return None
    if user is None:
        if request.endpoint is None and not request.path.startswith("/admin"):
            return None
        _forget()
        return redirect(
            url_for("identity.login", next=request.full_path.rstrip("?") if request.method == "GET" else None)
        )
    if user.must_change_password and request.endpoint not in PASSWORD_ENDPOINTS:
        return redirect(url_for("identity.password"))
    return None


def _recognise() -> User | None:
    token = cookie.get("token")
    if not isinstance(token, str):
        return None
    session = database.session()
    session.act_as(RECOGNISING)
    now = clock.now()
    found = accounts.current_sign_in(session, token, now, current_app.config["IDLE"])
    if found is None:
        return None
    if request.endpoint in live.ENDPOINTS:  # a page that asks by itself is nobody at work
        return _user(found)
    if abs((now - found.seen_at).total_seconds()) > SEEN_EVERY and session.info.get("writing"):
        session.get_one(accounts.SignIn, found.id).seen_at = now
        session.commit()
    elif abs((now - found.seen_at).total_seconds()) > SEEN_EVERY:
        session.rollback()
        _seen(found.id)
    return _user(found)


def _seen(sign_in_id: int) -> None:
    """Note that a sign-in is in use, in a short transaction of its own; a busy database does not stop a reader."""
    from sqlalchemy.exc import OperationalError

    from models.session import open_session

    try:
        with open_session(database.db.engine, RECOGNISING) as session:
            found = session.get(accounts.SignIn, sign_in_id)
            if found is not None:
                found.seen_at = clock.now()
            session.commit()
    except OperationalError:
        current_app.logger.warning("last-seen time not kept: the database is busy or read-only")


def _user(found: accounts.SignedIn) -> User:
    townships: defaultdict[int, set[int]] = defaultdict(set)
    if any(grant.township_id for grant in found.grants):
        for village_id, township_id in database.session().execute(select(Village.id, Village.township_id)):
            townships[township_id].add(village_id)
    frozen = {k: frozenset(v) for k, v in townships.items()}
    granted = [(grant.role, access.area_of(grant, frozen)) for grant in found.grants]
    return User(
        id=found.account_id,
        sign_in_id=found.id,
        name=found.name,
        username=found.username,
        language=found.language.value,
        roles=tuple(dict.fromkeys(role for role, _ in granted)),
        whole_district=Area(everywhere=True) in [area for _, area in granted],
        place=i18n.listed(dict.fromkeys(grant.place for grant in found.grants if grant.place)),
        must_change_password=found.must_change_password,
        scope=access.scope_for(Actor(found.account_id, found.name, request.remote_addr or ""), granted),
    )


class LoginForm(FlaskForm):
    """User name and password."""

    username = StringField()
    password = PasswordField()
    next = HiddenField()


class PasswordForm(FlaskForm):
    """The old password, and the new one twice."""

    old = PasswordField()
    new = PasswordField()
    again = PasswordField()


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> ResponseReturnValue:
    """Sign in. One answer for whatever did not fit."""
    form = LoginForm()
    if g.get("user") is not None and request.method == "GET":
        return redirect(url_for("admin.index"))
    if request.method == "GET":
        form.next.data = request.args.get("next", "")
        return render_template("login.html", form=form, error="")
    username, password = form.username.data or "", form.password.data or ""
    session = database.session()
    session.act_as(Scope(Actor(None, username[:40], request.remote_addr or ""), unconfined=True), writing=True)
    begun = accounts.sign_in(session, username, password, clock.now(), request.remote_addr or "")
    if begun is None:
        trail.note(session, Entry("account", Deed.LOGIN_FAILED, record_label=_printable(username)))
        session.commit()
        error = _("User name or password is wrong, or there were too many attempts. Wait 15 minutes and try again.")
        return render_template("login.html", form=form, error=error), 401
    sign_in, token = begun
    session.flush()
    named = session.get_one(Account, sign_in.account_id)
    session.act_as(Scope(Actor(named.id, named.name, request.remote_addr or ""), unconfined=True))
    trail.note(session, Entry("account", Deed.LOGIN, record_id=named.id, record_label=named.name))
    session.commit()
    _forget()  # a fresh session: nothing of the one before, and a new CSRF token
    cookie["token"] = token
    return redirect(_inside(form.next.data) or url_for("admin.index"))


def _forget() -> None:
    """Empty the browser's session, all but the language it was switched to."""
    kept = cookie.get("language")
    cookie.clear()
    if kept:
        cookie["language"] = kept


def _printable(text: str) -> str:
    return "".join(c for c in text[:40] if c.isprintable())


def _inside(target: str | None) -> str:
    """A path of this panel, or "" for anything that could lead elsewhere."""
    if not target or not target.startswith("/admin") or "\\" in target or any(ord(c) < 32 for c in target):
        return ""
    return target


@blueprint.route("/logout", methods=["POST"])
def logout() -> ResponseReturnValue:
    """Sign out: the sign-in ends on the server too."""
    user: User = g.user
    session = database.session()
    session.act_as(Scope(user.scope.actor, unconfined=True), writing=True)
    sign_in = session.get(accounts.SignIn, user.sign_in_id)
    if sign_in is not None:
        sign_in.ended_at = clock.now()
    trail.note(session, Entry("account", Deed.LOGOUT, record_id=user.id, record_label=user.name))
    session.commit()
    _forget()
    response: Response = redirect(url_for("identity.login"))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@blueprint.route("/password", methods=["GET", "POST"])
def password() -> ResponseReturnValue:
    """Change one's own password; every other sign-in of the account ends."""
    user: User = g.user
    form = PasswordForm()
    why = _("Choose a password of your own before you go on.") if user.must_change_password else ""
    if request.method == "GET":
        return render_template("password.html", form=form, why=why)
    session = database.session()
    session.act_as(Scope(user.scope.actor, unconfined=True), writing=True)
    account = session.get_one(Account, user.id)
    problems = _change(account, form)
    if problems:
        session.rollback()
        for name, words in problems.items():
            form[name].errors = [words]
        return render_template("password.html", form=form, why=why), 422
    session.commit()
    flash(_("The password was changed. Other devices were signed out."), "ok")
    return redirect(url_for("admin.index"))


def _change(account: Account, form: PasswordForm) -> dict[str, str]:
    if not account.knows(form.old.data or ""):
        return {"old": _("This is not your present password.")}
    if form.new.data != form.again.data:
        return {"again": _("The two new passwords differ.")}
    if form.new.data == form.old.data:
        return {"new": _("The new password is the old one.")}
    try:
        account.set_password(form.new.data or "")
    except ValueError as wrong:
        return {"new": i18n.say(str(wrong))}
    return {}


@blueprint.route("/language/<code>")
def language(code: str) -> ResponseReturnValue:
    """Switch the language of this browser."""
    if code in i18n.LOCALES:
        cookie["language"] = code
    back = request.referrer or ""
    own = back.startswith(request.host_url)
    return redirect(back if own else url_for("admin.index"))


@blueprint.route("/healthz")
def healthz() -> ResponseReturnValue:
    """Whether the panel and its database answer; 503 when the database does not."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with database.db.engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1 FROM village LIMIT 1")
    except SQLAlchemyError:
        return {"status": "unavailable", "database": "does not answer"}, 503
    return {"status": "ok"}


def signed_in() -> User:
    """The signed-in user; only for views that nobody else reaches."""
    user: Any = current_user
    return g.user or user
