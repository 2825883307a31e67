"""The database, one session a request: read-only until the method writes, confined from its first statement."""

from __future__ import annotations

from typing import Any, cast

from flask import Flask, has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession

from admin_app.config import Settings
from models import engine as engines
from models import register  # noqa: F401  completes the mappers
from models.base import Base
from models.session import Session

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class PanelSession(Session, FlaskSession):
    """Taizhang's session as Flask-SQLAlchemy hands it out, one a request."""

    def __init__(self, db: SQLAlchemy, **options: Any):
        FlaskSession.__init__(self, db, **options)
        self.info["writing"] = has_request_context() and request.method not in READING_METHODS


db = SQLAlchemy(metadata=Base.metadata, session_options={"class_": PanelSession, "expire_on_commit": False})


def session() -> Session:
    """This request's session."""
    return cast(Session, db.session())


def init(app: Flask, settings: Settings) -> None:
    """Bind the application to its database."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = settings.engine_options
    db.init_app(app)
    with app.app_context():
        engines.prepare(db.engine)
