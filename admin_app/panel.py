"""The panel: Flask-Admin with Taizhang's theme, one view a ledger, the first screen and the menu page."""

from __future__ import annotations

from typing import cast

from flask import Flask, current_app
from flask.typing import ResponseReturnValue
from flask_admin import Admin, AdminIndexView, expose
from flask_admin.theme import Theme

from admin_app import database, identity
from admin_app.ledgers import administration, dossier, following, observing, people, places, service
from admin_app.ledgers.base import LedgerView
from admin_app.workbench import round, watch

DECLARED = (
    *people.VIEWS, *observing.VIEWS, *following.VIEWS, *dossier.VIEWS, *places.VIEWS, *service.VIEWS,
    *administration.VIEWS,
)  # fmt: skip


class FirstScreen(AdminIndexView):
    """The first screen of whoever is signed in, and the whole menu as a page for phones."""

    def is_accessible(self) -> bool:
        return identity.signed_in() is not None

    @expose("/")
    def index(self) -> ResponseReturnValue:
        from admin_app.workbench import home

        return self.render("admin/home.html", page=home.page(database.session(), identity.signed_in()))

    @expose("/menu/")
    def menu_page(self) -> ResponseReturnValue:
        return self.render("admin/menu.html")


def init(app: Flask) -> None:
    """Make the panel and its ledgers."""
    with app.app_context():
        admin = Admin(
            app,
            name="台账",
            theme=Theme(folder="bootstrap4", base_template="admin/base.html"),
            index_view=FirstScreen(name="Home", url="/admin"),
        )
        made = {}
        for view, model in DECLARED:
            one = view(model)
            admin.add_view(one)
            made[one.ledger] = one
        admin.add_view(round.RoundView())
        admin.add_view(watch.WatchView())
        app.extensions["ledgers"] = made


def views() -> dict[str, LedgerView]:
    """The ledgers' views by ledger."""
    return cast(dict[str, LedgerView], current_app.extensions["ledgers"])
