"""The panel: Flask-Admin with Taizhang's theme, one view a ledger, the first screen and the menu page."""

from __future__ import annotations

from flask import Flask, abort
from flask.typing import ResponseReturnValue
from flask_admin import Admin, AdminIndexView, expose
from flask_admin.theme import Theme

from admin_app import database, i18n, identity, live
from admin_app.exchange.notice_page import NoticeView
from admin_app.exchange.sheets_page import SheetsView
from admin_app.exchange.village_page import VillageLedgerView
from admin_app.ledgers import administration, dossier, following, observing, people, places, service
from admin_app.summaries import index
from admin_app.summaries import views as summaries
from admin_app.summaries.made.view import MadeView
from admin_app.workbench import home, watch
from admin_app.workbench.round.view import RoundView
from admin_app.workbench.today import daily, sheet
from models.account import Role

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
        return self.render("admin/home.html", page=home.page(database.session(), identity.signed_in()))

    @expose("/live/")
    def live(self) -> ResponseReturnValue:
        """What of the district's first screen moves, for the page that shows it; 304 while nothing has."""
        if Role.DISTRICT not in identity.signed_in().roles:
            abort(403)
        session = database.session()
        return live.answer(lambda: home.drawn(session, live.minute(), i18n.language()).drawn)

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
        ledgers = {}
        for view, model in DECLARED:
            one = view(model)
            admin.add_view(one)
            ledgers[one.ledger] = one
        admin.add_view(RoundView())
        admin.add_view(watch.WatchView())
        admin.add_view(MadeView())
        admin.add_view(daily.DailyView())
        admin.add_view(sheet.DistrictView())
        admin.add_view(VillageLedgerView())
        admin.add_view(SheetsView())
        admin.add_view(NoticeView())
        for summary in summaries.VIEWS:
            admin.add_view(summary())
        admin.add_view(index.IndexView())
        app.extensions["ledgers"] = ledgers
