"""Summary of the enterprises: how far they are back at work, and their people."""

from __future__ import annotations

from flask_babel import gettext as _

from admin_app.i18n import say
from admin_app.ledgers.page import Cell
from admin_app.summaries.asked import Asked, Places, RowsBy
from admin_app.summaries.base import SummaryView, names_of
from admin_app.summaries.charts import Ink
from admin_app.summaries.page import (
    Behind,
    Form,
    Line,
    Measure,
    Picture,
    Row,
    Section,
    added,
    by_place,
    of_villages,
    rows,
)
from admin_app.workbench.screen import Addresses
from models.enterprise import ResumptionStatus
from models.session import Session
from models.summaries import resumption
from models.summaries.resumption import BackAtWork, Size
from models.words import N_, Tone


def _by_place(session: Session, asked: Asked) -> list[Line]:
    found = resumption.by_village_and_size(session, asked.villages)
    return by_place(asked, added(found, 0, BackAtWork()), BackAtWork())


def _by_size(session: Session, asked: Asked) -> list[Line]:
    sizes = added(resumption.by_village_and_size(session, asked.villages), 1, BackAtWork())
    return [Line(say(size.label), sizes[size], code=size) for size in Size if size in sizes]


def _enterprises(to: Addresses, asked: Asked, line: Line) -> str:
    """Enterprises of a size, or of villages; no list shows those whose size is not known."""
    if line.code is Size.UNKNOWN:
        return names_of("resumption", "enterprises")(to, asked, line)
    bounds = line.code.bounds if isinstance(line.code, Size) else (None, None)
    pairs = [(name, bound) for name, bound in zip(("workers.from", "workers.to"), bounds, strict=True) if bound]
    return to.rows("enterprise", *pairs, *of_villages(asked, line))


PEOPLE = {
    "workers": N_("Workers"),
    "returned": N_("Workers returned"),
    "away": N_("Workers not back yet"),
    "from_outside": N_("Workers from outside the county"),
    "from_hubei": N_("Workers from Hubei"),
}


def _behind(field: str, label: str) -> Behind:
    """Enterprises, with how many people each of them adds to a number of people."""

    def rows_of(session: Session, asked: Asked, to: Addresses, limit: int) -> list[Row]:
        names = {place.id: place.name for place in asked.places}
        rows: list[Row] = []
        for one in resumption.listed(session, asked.villages, field, asked.of, limit):
            row: Row = [
                Cell(one.name, url=to.record("enterprise", one.id)),
                Cell(names[one.village_id]),
                Cell(one.address or ""),
                Cell(one.contact or ""),
            ]
            if field in PEOPLE:
                row.append(one.amount)
            elif field == "no_file":
                row.append(Cell(_("File it"), url=to.new("resumption", ("enterprise", one.id))))
            rows.append(row)
        return rows

    columns = (N_("Enterprise name"), N_("Village (community)"), N_("Enterprise address"), N_("Contact"))
    more = {"no_file": (N_("Resumption"),)}.get(field, (label,) if field in PEOPLE else ())
    return Behind(label, (*columns, *more), rows_of, of=Size, adds_up=field in PEOPLE)


def _stands(status: ResumptionStatus) -> Measure:
    """Resumptions in one state; a list of these is not narrowed to a size of workforce."""
    everywhere = rows("resumption", ("status", status.value))
    of_size = names_of("resumption", status.value)
    tone = Tone.BAD if status is ResumptionStatus.SUSPENDED else None

    def opens(to: Addresses, asked: Asked, line: Line) -> str:
        return (of_size if line.code else everywhere)(to, asked, line)

    return Measure(status.value, status.label, opens, tone=tone)


STANDS = (
    Measure("enterprises", N_("Enterprises"), _enterprises),
    Measure("no_file", N_("Nothing filed"), names_of("resumption", "no_file")),
    *(_stands(status) for status in ResumptionStatus),
    Measure("share", N_("Share at work"), form=Form.SHARE),
    *(Measure(field, label, names_of("resumption", field)) for field, label in PEOPLE.items()),
)
STATES = Picture(
    N_("Enterprises by how far they are"),
    (
        ("resumed", Ink.OK),
        ("filed", Ink.MAIN),
        ("applied", Ink.SECOND),
        ("idle", Ink.CALM),
        ("no_file", Ink.WARN),
        ("suspended", Ink.BAD),
    ),
)
BACK = Picture(N_("Workers who are back"), (("returned", Ink.MAIN), ("away", Ink.CALM)))


class ResumptionView(SummaryView):
    slug = "resumption"
    title = N_("Resumption of work")
    line = N_("How many enterprises work again, by place and by the size of their workforce, and who returned.")
    icon = "building-check"
    needs = ("enterprise", "resumption")
    conditions = (Places("enterprise"), RowsBy())
    sections = (
        Section(N_("By place"), _by_place, STANDS, (STATES, BACK)),
        Section(N_("By size of workforce"), _by_size, STANDS, (STATES, BACK), N_("Workforce")),
    )
    behind = {
        "enterprises": _behind("enterprises", N_("Enterprises")),
        "no_file": _behind("no_file", N_("Nothing filed")),
        **{status.value: _behind(status.value, status.label) for status in ResumptionStatus},
        **{field: _behind(field, label) for field, label in PEOPLE.items()},
    }


VIEWS = (ResumptionView,)
