"""Taizhang, the panel: how people reach the register. Nothing here decides a rule of the field (models/ does)."""

from __future__ import annotations

from flask import Flask

from admin_app.config import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """The application. Raises ``config.BadSetting`` when a setting is missing or makes no sense."""
    from admin_app import database, errors, i18n, identity, panel, parts, security, shell

    settings = settings or Settings.from_environment()
    app = Flask(__name__)
    app.config["SETTINGS"] = settings
    app.testing = settings.testing

    database.init(app, settings)  # one confined session a request
    i18n.init(app)  # Chinese first, English beside it
    identity.init(app, settings)  # who is signed in, and their scope
    security.init(app, settings)  # cookies, CSRF, headers
    shell.init(app)  # menu and frame
    parts.init(app)  # parts of pages that are drawn once
    panel.init(app)  # the ledgers and the first screens
    errors.init(app)  # plain words when something fails
    return app
