"""Cookies, CSRF, headers: what every answer carries and every write must bring."""

from __future__ import annotations

import ipaddress

from flask import Flask, Response, current_app, g, request
from flask.sessions import SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from admin_app import database
from admin_app.config import Settings

csrf = CSRFProtect()
# Forms that are shown again with what was typed when their token no longer fits.
KEEPS_TYPED = frozenset({"create_view", "edit_view"})
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


class LoopbackCookies(SecureCookieSessionInterface):
    """Session cookies are Secure, except for plain http on this machine itself, where there is no wire to listen on."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure or not _loopback(request.host)


def _loopback(host: str) -> bool:
    name = host.rsplit(":", 1)[0].strip("[]")
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def init(app: Flask, settings: Settings) -> None:
    """Lock the doors."""
    app.secret_key = settings.secret_key
    app.session_interface = LoopbackCookies()
    app.config.update(
        SESSION_COOKIE_NAME="taizhang",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,  # a token lives as long as its session
        WTF_CSRF_SSL_STRICT=True,
        MAX_CONTENT_LENGTH=11 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        MAX_FORM_PARTS=3000,
    )
    csrf.init_app(app)
    app.register_error_handler(CSRFError, _no_token)
    app.after_request(_headers)
    if settings.behind_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]


def _no_token(error: CSRFError) -> ResponseReturnValue:
    """A form whose token is missing, broken or another session's: nothing is written, what was typed is shown again."""
    from admin_app.errors import page

    view = (request.endpoint or "").rsplit(".", 1)[-1]
    user = g.get("user")
    if view in KEEPS_TYPED and user is not None:
        database.session().info["reading_only"] = True  # whatever the view goes on to do, a flush is refused
        g.csrf_refused = True
        try:
            shown = current_app.view_functions[request.endpoint or ""](**(request.view_args or {}))
        except HTTPException as refused:  # Flask handles no error inside the handler of another
            return current_app.handle_http_exception(refused)
        answer = current_app.make_response(shown)  # type: ignore[arg-type]
        answer.status_code = 400
        return answer
    return page(400, "expired")


def _headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", POLICY)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.endpoint not in ("static", "icons"):
        headers["Cache-Control"] = "no-store"
    return response
