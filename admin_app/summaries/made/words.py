"""A made summary in words: what it asks, what its groups and numbers are called."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from admin_app import i18n
from admin_app.i18n import say
from models.question import Group, How, Measure, Question, Unreadable
from models.summaries.crosstab import REST, Place
from models.summing import Grouping, Sort, Step, groupings, ledgers, numbers
from models.types import Tenths
from models.words import N_

STEPS = {Step.DAY: N_("%(label)s, by day"), Step.WEEK: N_("%(label)s, by week"), Step.MONTH: N_("%(label)s, by month")}
HOWS = {
    How.COUNT: N_("Number of records"),
    How.PART: N_("Part of all records"),
    How.SUM: N_("%(label)s: sum"),
    How.AVERAGE: N_("%(label)s: average"),
    How.SHARE: N_("%(label)s: share of “%(choice)s”"),
}
ENGLISH_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def question_words(question: Question) -> str:
    """居民档案：条数，按村（社区）和档案状态. A question that is no longer one is said as far as it can be."""
    cls: Any = ledgers().get(question.ledger)
    if cls is None:
        return question.ledger
    told = {
        "ledger": say(cls.__title__),
        "measure": measure_words(cls, question.measure),
        "rows": group_words(cls, question.rows),
    }
    if question.columns is None:
        return say(N_("%(ledger)s: %(measure)s by %(rows)s"), told)
    told["columns"] = group_words(cls, question.columns)
    return say(N_("%(ledger)s: %(measure)s by %(rows)s and %(columns)s"), told)


def kept_words(kept: object) -> str:
    """What a kept question asks, or why nobody can tell."""
    try:
        return question_words(Question.from_json(kept))
    except Unreadable as wrong:
        return say(wrong.message)


def group_words(cls: Any, group: Group) -> str:
    """What makes rows or columns: 日期（按周）."""
    known = groupings(cls).get(group.name)
    if known is None:
        return group.name
    return step_words(known, group.step) if group.step else say(known.label)


def step_words(known: Grouping, step: Step) -> str:
    """Days, put together."""
    return say(STEPS[step], {"label": say(known.label)})


def measure_words(cls: Any, measure: Measure) -> str:
    """What stands in the cells."""
    number, listed = numbers(cls).get(measure.name), groupings(cls).get(measure.name)
    label = say(number.label if number else listed.label if listed else measure.name)
    return say(HOWS[measure.how], {"label": label, "choice": code_words(listed, measure.code)})


def code_words(known: Grouping | None, code: str) -> str:
    """One code of a closed list, or of yes and no."""
    if known is not None and known.choices is not None:
        return next((say(choice.label) for choice in known.choices if choice == code), code)
    return {"1": say(N_("Yes")), "0": say(N_("No"))}.get(code, code)


def place_words(cls: Any, group: Group, place: Place, names: dict[tuple[str, int], str]) -> str:
    """The heading of a row or column."""
    known = groupings(cls)[group.name]
    if place is REST:
        return say(N_("All others"))
    if place is None:
        return say(N_("not given"))
    if isinstance(place, date):
        return _day(place, group.step)
    if known.sort in (Sort.BAND, Sort.AGE) and isinstance(place, int):
        return band_words(known, place, _unit(cls, known))
    if known.target is not None and isinstance(place, int):
        return names.get((known.name, place), f"#{place}")
    return code_words(known, str(int(place)) if isinstance(place, bool) else str(place))


def band_words(known: Grouping, place: int, unit: Decimal) -> str:
    """10–49, the upper end included."""
    low, high = band_ends(known, place, unit)
    if low is None:
        return f"< {known.bands[0]}"
    return f"≥ {low}" if high is None else f"{low}–{high}" if low != high else str(low)


def band_ends(known: Grouping, place: int, unit: Decimal) -> tuple[Decimal | None, Decimal | None]:
    """The lowest and the highest number of a band; None where it is open."""
    low = known.bands[place - 1] if place else None
    high = known.bands[place] - unit if place < len(known.bands) else None
    return (None if low is None else low.quantize(unit)), high


def _unit(cls: Any, known: Grouping) -> Decimal:
    return unit_of(cls, known.column)


def unit_of(cls: Any, column: str) -> Decimal:
    """The smallest step between two values of a column."""
    type_: Any = getattr(cls, column).type
    return Decimal(1).scaleb(-type_.places) if isinstance(type_, Tenths) else Decimal(1)


def short_day(day: date, step: Step | None) -> str:
    """A day below a chart: 2月6日; a week by its first."""
    return _day(day, step) if step is Step.MONTH else i18n.day(day, weekday=False)


def _day(day: date, step: Step | None) -> str:
    if step is Step.MONTH:
        chinese = f"{day.year}年{day.month}月"
        return chinese if i18n.language() == "zh" else f"{ENGLISH_MONTHS[day.month - 1]} {day.year}"
    if step is Step.WEEK:
        return say(N_("week of %(day)s"), {"day": i18n.day(day, weekday=False)})
    return i18n.day(day)
