"""What the page that puts a summary together offers: ledgers, rows, columns, measures, filters; and how to keep it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from flask_babel import lazy_gettext
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from admin_app import access
from admin_app.i18n import say
from admin_app.ledgers.base import views
from admin_app.ledgers.fields import LedgerForm, LineField, NoControls
from admin_app.ledgers.listing import RELATIVE
from admin_app.ledgers.page import Chip, FilterField, Option
from admin_app.summaries.made.asking import Put, day_filters
from admin_app.summaries.made.presets import address
from admin_app.summaries.made.words import measure_words, step_words
from models.account import Role
from models.question import Group, How, Measure, Question, codes, problems_of, sees
from models.scope import Act, Actor, Area, Scope
from models.session import Session
from models.summing import Sort, groupings, ledgers, numbers
from models.words import N_

SPANS = ((1, N_("Today")), (7, N_("Last 7 days")), (14, N_("Last 14 days")), (30, N_("Last 30 days")))


class Ledger(NamedTuple):
    """A ledger that can be summed up, as it is offered."""

    name: str
    title: str
    icon: str
    url: str


class Options(NamedTuple):
    """Choices under a heading; "" for those without one."""

    heading: str
    options: list[Option]


@dataclass(frozen=True)
class Builder:
    """The form of a question, as it stands. ``spans`` narrow it to a time with one tap; ``kept`` are conditions that
    the form carries along without offering them."""

    ledger: str
    ledgers: list[Option]
    rows: list[Options]
    columns: list[Options]
    measures: list[Options]
    filters: list[FilterField] = field(default_factory=list)
    spans: list[Chip] = field(default_factory=list)
    chips: list[Chip] = field(default_factory=list)
    kept: list[tuple[str, str]] = field(default_factory=list)


def start(session: Session, ledger: str) -> Question | None:
    """The question that a ledger begins with: its records by village, or by its first list in a single village."""
    cls: Any = ledgers().get(ledger)
    if cls is None or not session.scope.may(Act.READ, ledger):
        return None
    area = session.scope.area(Act.READ, ledger)
    open_ones = [one for one in groupings(cls).values() if sees(session.scope, cls, one.column)]
    listed = [one for one in open_ones if one.sort is Sort.CHOICE]
    alone = not area.everywhere and len(area.villages) == 1
    return Question(ledger, Group(listed[0].name if alone and listed else "village"))


def offered_ledgers(scope: Scope, base: str) -> list[Ledger]:
    """The ledgers that somebody may sum up, in the order of the menu."""
    known, made = ledgers(), views()
    return [
        Ledger(name, say(known[name].__title__), view.icon, f"{base}?ledger={name}")
        for name, view in made.items()
        if name in known and scope.may(Act.READ, name)
    ]


def builder(session: Session, put: Put, base: str) -> Builder | None:
    """The form of a question; None without a ledger that may be opened."""
    question = put.question
    cls: Any = ledgers().get(question.ledger) if question else None
    if question is None or cls is None or not session.scope.may(Act.READ, question.ledger):
        return None
    arguments = MultiDict(question.filters)
    forms = [one.form(session, arguments) for name, one in put.filters.items() if name in _offered(question.ledger)]
    relative = {key for key, value in question.filters if RELATIVE.fullmatch(value)}
    drawn = {name for form in forms for name in (form.name, f"{form.name}.from", f"{form.name}.to")} - relative
    nothing = Options("", [Option("", say(N_("nothing: one column")), question.columns is None)])
    known = offered_ledgers(session.scope, base)
    return Builder(
        ledger=question.ledger,
        ledgers=[Option(one.name, one.title, one.name == question.ledger) for one in known],
        rows=_groups(session.scope, cls, question.rows),
        columns=[nothing, *_groups(session.scope, cls, question.columns)],
        measures=_measures(session.scope, cls, question.measure),
        filters=[_without_relative(form, relative) for form in forms],
        spans=_spans(put, base),
        chips=[
            Chip(one.said(session, key, value), address(_without(question, key, value), base), True)
            for one, key, value in put.active
        ],
        kept=[(name, value) for _filter, name, value in put.active if name not in drawn],
    )


def _offered(ledger: str) -> tuple[str, ...]:
    return views()[ledger].filters


def _groups(scope: Scope, cls: Any, chosen: Group | None) -> list[Options]:
    """Everything that can make rows or columns; days in three steps."""
    plain: list[Option] = []
    dated: list[Option] = []
    for known in groupings(cls).values():
        if not sees(scope, cls, known.column):
            continue
        if not known.steps:
            plain.append(Option(known.name, say(known.label), chosen == Group(known.name)))
        for step in known.steps:
            group = Group(known.name, step)
            dated.append(Option(str(group), step_words(known, step), chosen == group))
    return [one for one in (Options("", plain), Options(say(N_("Over time")), dated)) if one.options]


def _measures(scope: Scope, cls: Any, chosen: Measure) -> list[Options]:
    """What can stand in the cells, all in one list, so that one choice suffices."""

    def option(measure: Measure) -> Option:
        return Option(str(measure), measure_words(cls, measure), measure == chosen)

    counted = [number for number in numbers(cls).values() if sees(scope, cls, number.name)]
    added = [Measure(How.SUM, number.name) for number in counted if number.adds_up]
    averaged = [Measure(How.AVERAGE, number.name) for number in counted]
    shares = [
        Measure(How.SHARE, known.name, code)
        for known in groupings(cls).values()
        if known.sort in (Sort.CHOICE, Sort.YES_NO) and sees(scope, cls, known.column)
        for code in codes(known.choices)
    ]
    found = [
        Options("", [option(Measure(How.COUNT)), option(Measure(How.PART))]),
        Options(say(N_("Sums and averages")), [option(one) for one in (*added, *averaged)]),
        Options(say(N_("Shares")), [option(one) for one in shares]),
    ]
    return [one for one in found if one.options]


def _spans(put: Put, base: str) -> list[Chip]:
    """The last days, of the first day that the ledger's list can be narrowed by."""
    days = [one for one in day_filters(put.filters) if put.question and one.name in _offered(put.question.ledger)]
    if not days or put.question is None:
        return []
    name = days[0].name
    now = dict(put.question.filters)
    found = []
    for count, words in SPANS:
        value = f"today-{count - 1}" if count > 1 else "today"
        on = now.get(f"{name}.from") == value and not now.get(f"{name}.to")
        plain = _without(_without(put.question, f"{name}.from"), f"{name}.to")
        narrowed = Question(
            plain.ledger, plain.rows, plain.columns, plain.measure, (*plain.filters, (f"{name}.from", value))
        )
        if not on:
            told = say(N_("%(label)s: %(text)s"), {"label": days[0].label, "text": say(words)})
            found.append(Chip(told, address(narrowed, base), False))
    return found


def _without(question: Question, name: str, value: str | None = None) -> Question:
    filters = tuple(p for p in question.filters if p[0] != name or (value is not None and p[1] != value))
    return Question(question.ledger, question.rows, question.columns, question.measure, filters)


def _without_relative(form: FilterField, relative: Iterable[str]) -> FilterField:
    """A field for days cannot show 今天前6天; its chip does, and the form carries it along."""
    first = "" if f"{form.name}.from" in relative else form.value_from
    last = "" if f"{form.name}.to" in relative else form.value_to
    return FilterField(form.name, form.label, form.kind, form.options, form.value, first, last)


# ---- keeping it ----


class KeepForm(LedgerForm):
    """A name, with whom it is shared, and whether it stands on the first screen."""

    name = LineField(
        lazy_gettext(N_("Name of the summary")),
        [NoControls(), DataRequired(), Length(max=60)],
        render_kw={"maxlength": 60},
    )
    shared_with = SelectField(
        lazy_gettext(N_("Shared with")),
        description=lazy_gettext(N_("They see the numbers of their own area, under their own rights.")),
    )
    pinned = BooleanField(lazy_gettext(N_("On my first screen")))


def keep_form(question: Question | None, **given: Any) -> KeepForm:
    """The form to keep a question, offering the roles that may ask it."""
    form = KeepForm(**given)
    roles = [role for role in (Role.DISTRICT, Role.VILLAGE, Role.COORDINATOR) if question and may_ask(role, question)]
    none = SelectChoice("", say(N_("nobody: only me")))
    form.shared_with.choices = [none, *(SelectChoice(role.value, say(role.label)) for role in roles)]
    return form


def may_ask(role: Role, question: Question) -> bool:
    """Whether those of a role may ask this at all."""
    scope = access.scope_for(Actor(None, role.value), [(role, Area(everywhere=True))])
    return not any(problems_of(question, scope))
