"""Plain Flask-Admin over the same tables, as its own tutorial would make it: no accounts, no scope, no trail.

It is given what a careful reader of the documentation would give it (look-ups for the references that no list can
hold, the village loaded along with the list) and the same columns as the panel's lists, files and forms.
"""

from __future__ import annotations

import os
from typing import Any

from flask import Flask
from flask_admin import Admin
from flask_admin.contrib.sqla import ModelView
from flask_babel import Babel
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Column, Enum, ForeignKey, Numeric, Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.types import TypeDecorator, TypeEngine

from models import register  # noqa: F401  completes the tables
from models.base import Base
from models.types import Chosen, Tenths

PATH = "TAIZHANG_BENCH_VANILLA"  # the variable that names the database, where a server makes the application
TABLES = ("township", "village", "resident", "observation", "visit")
RESIDENTS_LIST = ("name", "status", "category", "identity_number", "phone", "address", "village")
RESIDENTS_FORM = (
    "village", "name", "identity_number", "sex", "birth_date", "phone", "native_place", "address",
    "category", "status", "came_from", "arrived_on", "arrived_by", "transport_number", "cities_passed",
    "met_case", "lived_with_contact", "met_from_area", "health", "sought_care", "hospital", "care_on", "next_step",
    "cadre", "cadre_phone", "relative", "relative_phone", "statement", "police", "doctor", "grid_worker", "note",
)  # fmt: skip
OBSERVATIONS_LIST = ("resident", "status", "kind", "began_on", "ends_on", "cadre", "village")
VISITS_LIST = ("resident", "outcome", "temperature", "on", "period", "how", "village")
VISITS_FORM = (
    "observation", "on", "period", "temperature", "outcome", "how", "taken_at", "symptoms",
    "went_out", "contacts", "measures", "note", "late_reason",
)  # fmt: skip


def create_app(path: str = "") -> Flask:
    """The panel over the database at ``path``, or at the one that the environment names."""
    app = Flask("vanilla")
    app.config.update(SECRET_KEY="plain", SQLALCHEMY_DATABASE_URI=f"sqlite:///{path or os.environ[PATH]}")
    db = SQLAlchemy()
    db.init_app(app)
    Babel(app)
    tables = {name: _plain(db, name) for name in TABLES}

    def named(self: Any) -> str:
        return str(self.name)

    township = type("Township", (db.Model,), {"__table__": tables["township"], "__str__": named})
    village: Any = type(
        "Village",
        (db.Model,),
        {"__table__": tables["village"], "__str__": named, "township": db.relationship(township)},
    )
    resident: Any = type(
        "Resident",
        (db.Model,),
        {"__table__": tables["resident"], "__str__": named, "village": db.relationship(village)},
    )
    observation: Any = type(
        "Observation",
        (db.Model,),
        {
            "__table__": tables["observation"],
            "village": db.relationship(village),
            "resident": db.relationship(resident),
        },
    )
    visit: Any = type(
        "Visit",
        (db.Model,),
        {
            "__table__": tables["visit"],
            "village": db.relationship(village),
            "resident": db.relationship(resident),
            "observation": db.relationship(observation),
        },
    )
    admin = Admin(app, name="vanilla")
    admin.add_view(ResidentView(resident, db, endpoint="resident", url="/admin/resident"))
    admin.add_view(ObservationView(observation, db, endpoint="observation", url="/admin/observation"))
    admin.add_view(VisitView(visit, db, endpoint="visit", url="/admin/visit"))
    return app


class ResidentView(ModelView):
    """Residents."""

    column_list = RESIDENTS_LIST
    column_export_list = ("id", *RESIDENTS_FORM)
    form_columns = RESIDENTS_FORM
    column_searchable_list = ("name", "pinyin", "initials", "identity_number", "phone")
    column_filters = ("village_id", "status", "category", "arrived_on")
    column_default_sort = ("id", True)
    named_filter_urls = True
    can_export = True


class ObservationView(ModelView):
    """Observations."""

    can_create = can_edit = can_delete = False
    column_list = OBSERVATIONS_LIST
    column_filters = ("village_id", "status")
    column_default_sort = ("id", True)
    named_filter_urls = True
    can_set_page_size = True
    page_size_options = (20, 100)


class VisitView(ModelView):
    """Visits: who was visited is looked up, since nobody waits for a list of a million."""

    column_list = VISITS_LIST
    form_columns = VISITS_FORM
    column_filters = ("village_id", "on", "outcome")
    column_default_sort = ("on", True)
    named_filter_urls = True
    form_ajax_refs = {"observation": {"fields": ("cadre",)}, "resident": {"fields": ("name", "phone")}}  # noqa: RUF012


def _plain(db: SQLAlchemy, name: str) -> Table:
    """A table of the register with SQLAlchemy's own types, as somebody would write it by hand."""
    columns = []
    for column in Base.metadata.tables[name].columns:
        keys = [ForeignKey(key.target_fullname) for key in column.foreign_keys if key.column.table.name in TABLES]
        columns.append(
            Column(column.name, _type(column.type), *keys, primary_key=column.primary_key, nullable=column.nullable)
        )
    return Table(name, db.metadata, *columns)


def _type(type_: TypeEngine[Any]) -> TypeEngine[Any]:
    if isinstance(type_, Chosen):
        return Enum(*(choice.value for choice in type_.choices), native_enum=False, create_constraint=False)
    if isinstance(type_, Tenths):
        return Numeric(type_.digits, type_.places)
    if isinstance(type_, TypeDecorator):
        return type_.load_dialect_impl(sqlite.dialect())
    return type_
