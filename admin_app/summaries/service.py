"""Summary of the volunteers' service."""

from __future__ import annotations

from dataclasses import replace

from admin_app import i18n
from admin_app.i18n import say
from admin_app.ledgers.page import Cell
from admin_app.summaries.asked import Asked, Days, Places, RowsBy
from admin_app.summaries.base import SummaryView, names_of
from admin_app.summaries.charts import Ink
from admin_app.summaries.page import Behind, Form, Line, Measure, Picture, Row, Section, by_place, rows
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
        return names_of("volunteers", "of_none")(to, asked, replace(line, code=None))
    return rows("volunteer", by="organisation")(to, asked, line)


TURNS = {
    "people": N_("People who served"),
    "turns": N_("Turns assigned"),
    "attended": N_("Turns served"),
    "hours": N_("Hours served"),
}
MANNED = {
    "needed": N_("People needed"),
    "assigned": N_("People assigned"),
    "short": N_("Duties short of people"),
    "missing": N_("People missing"),
}


def _served(field: str, summed: bool = True) -> Measure:
    """What was served, told by the turns."""
    form = Form.TENTHS if field == "hours" else Form.COUNT
    return Measure(field, TURNS[field], names_of("volunteers", field), form, summed)


def _manned(field: str, tone: Tone | None = None) -> Measure:
    """Whom duties need and have."""
    return Measure(field, MANNED[field], names_of("volunteers", field), tone=tone)


def _of_turns(field: str) -> Behind:
    def rows_of(session: Session, asked: Asked, to: Addresses, limit: int) -> list[Row]:
        names = {place.id: place.name for place in asked.places}
        found = volunteers.turns(session, asked.span, asked.villages, field, asked.of, limit)
        # one turn stands for everybody who served, and says nothing of the hours of the others
        return [
            [
                Cell(one.volunteer, url=to.record("assignment", one.id)),
                Cell(names[one.village_id]),
                Cell(one.duty),
                Cell(i18n.instant(one.starts_at)),
                *([] if field == "people" else [Cell("–") if one.hours is None else one.hours]),
            ]
            for one in found
        ]

    hours = () if field == "people" else (TURNS["hours"],)
    columns = (N_("Volunteer"), N_("Village (community)"), N_("Duty"), N_("Starts at"), *hours)
    return Behind(TURNS[field], columns, rows_of, of=int, adds_up=field == "hours")


def _of_duties(field: str) -> Behind:
    def rows_of(session: Session, asked: Asked, to: Addresses, limit: int) -> list[Row]:
        names = {place.id: place.name for place in asked.places}
        lacking = field in ("short", "missing")
        return [
            [
                Cell(one.title, url=to.record("duty", one.id)),
                Cell(names[one.village_id]),
                Cell(i18n.instant(one.starts_at)),
                *(getattr(one, name) for name in columns),
            ]
            for one in volunteers.manning(session, asked.span, asked.villages, limit, lacking)
        ]

    columns = {"short": ("needed", "assigned"), "missing": ("needed", "assigned", "missing")}.get(field, (field,))
    labels = (N_("Duty"), N_("Village (community)"), N_("Starts at"), *(MANNED[name] for name in columns))
    return Behind(MANNED[field], labels, rows_of, adds_up=field != "short")


def _of_none(session: Session, asked: Asked, to: Addresses, limit: int) -> list[Row]:
    names = {place.id: place.name for place in asked.places}
    return [
        [Cell(one.name, url=to.record("volunteer", one.id)), Cell(names[one.village_id])]
        for one in volunteers.of_none(session, asked.villages, limit)
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
                *(_served(field) for field in TURNS),
            ),
            (Picture(N_("Hours by organisation"), (("hours", Ink.MAIN),)),),
            N_("Organisation"),
        ),
        Section(
            N_("By place of service"),
            _places,
            (
                Measure("duties", N_("Duties"), rows("duty", *OPENED, days="starts_at")),
                _manned("needed"),
                _manned("assigned"),
                _manned("short", Tone.BAD),
                _manned("missing", Tone.BAD),
                _served("people", summed=False),
                _served("hours"),
            ),
            (Picture(N_("Hours by place"), (("hours", Ink.MAIN),)),),
        ),
    )
    behind = {
        **{field: _of_turns(field) for field in TURNS},
        **{field: _of_duties(field) for field in MANNED},
        "of_none": Behind(NAMELESS[NO_ORGANISATION], (N_("Name"), N_("Village (community)")), _of_none),
    }


VIEWS = (VolunteersView,)
