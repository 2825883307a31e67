"""How a round's people and entries are shown, on its page and to its scripts: finished values in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from admin_app import i18n
from admin_app.i18n import say
from admin_app.ledgers import show
from admin_app.ledgers.page import Chip
from admin_app.workbench.round.asked import Where
from models import clock, round
from models.alert import AlertKind
from models.round import Expected, Progress, Slot
from models.states import How, Outcome, Period, Symptom
from models.visit import Visit
from models.words import Tone

SHOWN = (Slot.OPEN, Slot.ABNORMAL, Slot.MISSED)
# letters that tap on a desk while a temperature is being typed: the pinyin of the word where it can be
KEYS = {
    Symptom.WELL: "z", Symptom.COUGH: "k", Symptom.FATIGUE: "f", Symptom.SORE_THROAT: "y", Symptom.DIARRHOEA: "x",
    Symptom.CHEST: "m", Symptom.RUNNY_NOSE: "l", Symptom.CHILLS: "h",
    How.DOOR: "s", How.VIDEO: "p", How.PHONE: "d", Outcome.NOT_MET: "w", Outcome.REFUSED: "j",
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """How one person's slot stands, as pages and scripts show it."""

    id: int
    state: Slot
    tone: Tone
    said: str
    by: str = ""
    version: int = 0
    key: str = ""
    late: bool = False
    alerts: tuple[str, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Person:
    """One card."""

    id: int
    name: str
    about: str
    address: str
    last: str
    due: bool
    has_phone: bool
    url: str
    row: Row
    hidden: bool = False


@dataclass(frozen=True)
class Tap:
    """One thing that a finger says."""

    name: str
    value: str
    label: str
    key: str = ""


@dataclass(frozen=True)
class Clashing:
    """Two versions of one slot, as they are shown side by side: (label, stored, typed)."""

    who: str
    when: str
    rows: list[tuple[str, str, str]]
    version: int


def title(period: Period) -> str:
    """上午巡访, 下午巡访."""
    return _("Morning round") if period is Period.AM else _("Evening round")


def clock_time(instant: datetime) -> str:
    """An instant's Shanghai time of day."""
    return f"{instant.astimezone(clock.ZONE):%H:%M}"


def row_of(one: Expected, now: datetime) -> Row:
    """How somebody's slot stands."""
    state = round.state_of(one, now)
    if one.visit is None:
        return Row(one.observation_id, state, state.tone, say(state.label), alerts=_labels(one.alerts))
    return written(one.visit, state, one.alerts)


def written(visit: Visit, state: Slot | None = None, alerts: Iterable[AlertKind] = ()) -> Row:
    """A visit that is in the register."""
    late_normal = visit.late and visit.outcome is Outcome.NORMAL
    state = state or (Slot.LATE if late_normal else Slot(visit.outcome.value))
    tone = Tone.OK if state is Slot.LATE else state.tone
    return Row(
        visit.observation_id, state, tone,
        _("%(what)s saved %(time)s", what=measured(visit), time=clock_time(visit.updated_at)),
        by=_by(visit), version=visit.version, key=visit.entry_key or "", late=visit.late, alerts=_labels(alerts),
        values=values_of(visit),
    )  # fmt: skip


def measured(visit: Visit) -> str:
    """What came of a visit, in one word or number."""
    if visit.temperature is not None:
        return f"{visit.temperature} ℃"
    symptoms = [s for s in visit.symptoms or [] if s is not Symptom.WELL]
    return i18n.listed(say(s.label) for s in symptoms) if symptoms else say(visit.outcome.label)


def _by(visit: Visit) -> str:
    """Who entered it, and when it was taken if that was earlier."""
    told = [visit.updated_by]
    if visit.taken_at is not None and (visit.created_at - visit.taken_at).total_seconds() > 300:
        told.append(_("taken %(when)s", when=i18n.instant(visit.taken_at)))
        told.append(_("entered %(when)s", when=i18n.instant(visit.created_at)))
    if visit.late_reason:
        told.append(visit.late_reason)
    return " · ".join(told)


def values_of(visit: Visit) -> dict[str, Any]:
    """A visit as the form holds it."""
    return {
        "temperature": "" if visit.temperature is None else str(visit.temperature),
        "how": visit.how.value,
        "outcome": "" if visit.outcome.measured else visit.outcome.value,
        "symptoms": [s.value for s in visit.symptoms or []],
        "went_out": visit.went_out or "",
        "contacts": visit.contacts or "",
        "measures": visit.measures or "",
        "note": visit.note or "",
        "late_reason": visit.late_reason or "",
    }


def _labels(kinds: Iterable[AlertKind]) -> tuple[str, ...]:
    return tuple(_("Alert: %(what)s", what=say(kind.label)) for kind in kinds)


def person_of(one: Expected, where: Where, now: datetime, shown: str) -> Person:
    """One card."""
    row = row_of(one, now)
    told = [say(one.sex.label) if one.sex else "", str(one.age) if one.age is not None else ""]
    about = [" ".join(t for t in told if t), _("day %(day)s of %(days)s", day=one.day, days=one.days)]
    last = ""
    if one.last is not None:
        when = _slot_before(one.last.on, one.last.period, where.on)
        last = f"{when} {one.last.temperature} ℃"
    return Person(
        one.observation_id, one.name or "—", " · ".join(a for a in about if a), one.address, last, one.due,
        one.has_phone, where.url(at=one.observation_id, show=shown), row, bool(shown) and row.state.value != shown,
    )  # fmt: skip


def _slot_before(on: date, period: Period, today: date) -> str:
    days = (today - on).days
    if days == 0:
        return _("this morning")
    if days == 1:
        return _("yesterday morning") if period is Period.AM else _("last evening")
    return f"{i18n.day(on, weekday=False)} {say(period.label)}"


def chips_of(where: Where, progress: Progress, shown: str) -> list[Chip]:
    """The filters."""
    counts = {Slot.OPEN: progress.open, Slot.ABNORMAL: progress.abnormal, Slot.MISSED: progress.missed}
    every = Chip(_("All"), where.url(), not shown, progress.total)
    some = [Chip(say(s.label), where.url(show=s.value), shown == s.value, counts[s]) for s in SHOWN]
    return [every, *some]


def taps() -> tuple[list[Tap], list[Tap], list[Tap]]:
    """How it was taken, the symptoms, and that nobody was measured."""
    how = [Tap("how", h.value, say(h.label), KEYS.get(h, "")) for h in How]
    order = [Symptom.WELL, *(s for s in Symptom if s not in (Symptom.WELL, Symptom.FEVER)), Symptom.FEVER]
    symptoms = [Tap("symptoms", s.value, say(s.label), KEYS.get(s, "")) for s in order]
    outcomes = [Tap("outcome", o.value, say(o.label), KEYS[o]) for o in (Outcome.NOT_MET, Outcome.REFUSED)]
    return how, symptoms, outcomes


COMPARED = ("temperature", "how", "outcome", "symptoms", "went_out", "contacts", "measures", "note")


def clashing(stored: Visit, typed: Mapping[str, Any]) -> Clashing:
    """What stands in the slot, beside what was typed; only where the two differ."""
    kept = values_of(stored)
    rows = [
        (say(show.label_of(Visit, name)), _words(name, kept[name]), _words(name, typed.get(name)))
        for name in COMPARED
        if _words(name, kept[name]) != _words(name, typed.get(name))
    ]
    return Clashing(stored.updated_by, i18n.instant(stored.updated_at), rows, stored.version)


def _words(name: str, value: Any) -> str:
    choices = {"how": How, "outcome": Outcome, "symptoms": Symptom}.get(name)
    if choices is None or not value:
        return f"{value} ℃" if name == "temperature" and value else str(value or "")
    codes: Sequence[str] = [value] if isinstance(value, str) else value
    return i18n.listed(say(choices(code).label) for code in codes)
