"""Summary of the volunteers' service."""

from __future__ import annotations

from datetime import date

from admin_app import i18n
from admin_app.i18n import say
from admin_app.ledgers.page import Cell, Kind
from admin_app.summaries.asked import Asked, Days, Places, RowsBy
from admin_app.summaries.base import SummaryView, names_of
from admin_app.summaries.charts import Ink
from admin_app.summaries.page import Behind, Form, Line, Measure, Picture, Section, by_place, rows
from admin_app.workbench.screen import Addresses
from models.session import Session
from models.summaries import volunteers
from models.summaries.volunteers import FROM_ELSEWHERE, NO_ORGANISATION, Manned
from models.words import N_, Tone

OPENED = (("status", "open"), ("status", "done"))
NAMELESS = {NO_ORGANISATION: N_("Of no organisation"), FROM_ELSEWHERE: N_("Not on file here")}


def _organisations(session: Session, asked: Asked) -> list[Line]:
    """Those who served longest first."""
    found = volunteers.by_organisation(session, asked.span, asked.villages)
    lines = [Line(team.name or say(NAMELESS[team.id]), counts, code=team.id) for team, counts in found]
    return sorted(lines, key=lambda line: -line.counts.hours)


def _places(session: Session, asked: Asked) -> list[Line]:
    return by_place(asked, volunteers.by_village(session, asked.span, asked.villages), Manned())


def _volunteers(to: Addresses, asked: Asked, line: Line) -> str:
    """The volunteers of an organisation, or all of them; no list shows those of none."""
    if line.code in NAMELESS:
        return ""
    return rows("volunteer", by="organisation")(to, asked, line)


HOURS = Measure("hours", N_("Hours served"), form=Form.TENTHS)


def _short(session: Session, asked: Asked, on: date, to: Addresses, limit: int) -> list[list[Cell]]:
    names = {place.id: place.name for place in asked.places}
    return [
        [
            Cell(one.title, url=to.record("duty", one.id)),
            Cell(names[one.village_id]),
            Cell(i18n.instant(one.starts_at)),
            Cell(i18n.number(one.needed), Kind.NUMBER),
            Cell(i18n.number(one.assigned), Kind.NUMBER),
        ]
        for one in volunteers.short(session, asked.span, asked.villages, limit)
    ]


class VolunteersView(SummaryView):
    slug = "volunteers"
    title = N_("Volunteers' service")
    line = N_("Hours and people by organisation and by village, and which duties were short of people.")
    icon = "people"
    needs = ("volunteer", "duty", "assignment")
    conditions = (Days(14, ahead=31), Places("duty"), RowsBy())
    sections = (
        Section(
            N_("By organisation"),
            _organisations,
            (
                Measure("volunteers", N_("On file"), _volunteers),
                Measure("people", N_("People who served")),
                Measure("turns", N_("Turns assigned")),
                Measure("attended", N_("Turns served")),
                HOURS,
            ),
            (Picture(N_("Hours by organisation"), (("hours", Ink.MAIN),)),),
            N_("Organisation"),
        ),
        Section(
            N_("By place of service"),
            _places,
            (
                Measure("duties", N_("Duties"), rows("duty", *OPENED, days="starts_at")),
                Measure("needed", N_("People needed")),
                Measure("assigned", N_("People assigned")),
                Measure(
                    "short", N_("Duties short of people"), names_of("volunteers", "short", daily=False), tone=Tone.BAD
                ),
                Measure("missing", N_("People missing"), tone=Tone.BAD),
                Measure("people", N_("People who served"), summed=False),
                HOURS,
            ),
            (Picture(N_("Hours by place"), (("hours", Ink.MAIN),)),),
        ),
    )
    behind = {
        "short": Behind(
            N_("Duties short of people"),
            (
                N_("Duty"),
                N_("Village (community)"),
                N_("Starts at"),
                N_("People needed"),
                N_("People assigned"),
            ),
            _short,
            daily=False,
        )
    }


VIEWS = (VolunteersView,)
