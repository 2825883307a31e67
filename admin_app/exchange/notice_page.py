"""/admin/summary/notice/: the day's public notice (简讯), ready to copy."""

from __future__ import annotations

from datetime import date, datetime

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_app import database, i18n
from admin_app.exchange import asking
from admin_app.exchange.view import Page, unit_of
from admin_app.i18n import say
from models import clock
from models.scope import Act
from models.session import Session
from models.summaries.counting import Place, villages
from models.summaries.figures import total
from models.summaries.ledger import Span
from models.summaries.notice import END_OF_DAY, NoticeDay, Paragraph, notice
from models.summaries.reporting import reports

ADDRESS = "/admin/summary/notice/"


class NoticeView(Page):
    """One day's notice, of a village or of all that the reader may see."""

    def __init__(self) -> None:
        super().__init__(name="Public notice", endpoint="summary_notice", url=ADDRESS.rstrip("/"))

    def is_accessible(self) -> bool:
        return database.session().scope.may(Act.READ, "dailyreport")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The notice in the reader's language."""
        session, now = database.session(), clock.now()
        today = clock.local_day(now)
        places = villages(session, "dailyreport")
        question = asking.read(places, request.args, Span(today, today), today, one_village=False)
        text = ""
        if question.span is not None and places:
            asked_for = [question.chosen] if question.chosen else places
            text = written(told_of(session, question.span.until, asked_for, now))
        page = self.render(
            "admin/exchange/notice.html", title=_("Public notice"), url=ADDRESS, question=question, text=text
        )
        return page, 422 if question.wrong else 200


def notice_url(on: date, place_id: int | None = None) -> str:
    """The address of a day's notice, of a village or of all."""
    return f"{ADDRESS}?on={on}" + (f"&village={place_id}" if place_id is not None else "")


def told_of(session: Session, on: date, places: list[Place], now: datetime) -> NoticeDay:
    """What the villages have reported for a day by now."""
    wanted = {place.id for place in places}
    found = [one for one in reports(session, on, now) if one.place.id in wanted]
    handed_in = [one.figures for one in found if one.reported and one.figures is not None]
    hour = now.astimezone(clock.ZONE).hour if on == clock.local_day(now) else END_OF_DAY
    return NoticeDay(unit_of(session, places), on, hour, len(found), len(handed_in), total(handed_in))


def written(day: NoticeDay) -> str:
    """The notice as a text, a paragraph a line, under its title."""
    title = _("%(place)s: bulletin on the epidemic, %(day)s", place=day.place, day=i18n.full_day(day.on))
    return "\n".join([title, *(_paragraph(said) for said in notice(day))])


def _paragraph(sentences: Paragraph) -> str:
    """Strung together with commas and semicolons in Chinese, a sentence for each thing in English."""
    told = [[say(one.message, {n: _param(v) for n, v in one.params.items()}) for one in said] for said in sentences]
    if i18n.language() == "zh":
        return "；".join("，".join(texts) for texts in told) + "。"
    return " ".join(f"{text}." for texts in told for text in texts)


def _param(value: object) -> object:
    return i18n.day(value, weekday=False) if isinstance(value, date) else value
