"""What a village's day shows: finished values, said in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise
from typing import Final

from flask_babel import gettext as _
from flask_babel import ngettext

from admin_app import i18n
from admin_app.i18n import say
from admin_app.ledgers.page import Cell, Kind, Link, Moment, Option, Told, part
from admin_app.ledgers.show import label_of
from admin_app.workbench.screen import Addresses
from admin_app.workbench.today.addresses import daily_url
from models import clock
from models.base import fields_of
from models.figures import FIGURES, Figures
from models.report import DailyReport
from models.states import EventKind
from models.summaries.movements import Balance, Movement
from models.summaries.report_day import ReportDay, Revision
from models.summaries.reporting import ReportState
from models.words import N_, Tone

SECTIONS: Final = (
    part(N_("Survey"), "surveyed came met_case lived_with_contact met_from_area abnormal"),
    part(
        N_("Observation"), "home_today home_total central_today central_total released_today released_total in_hospital"
    ),
)
NAMES: Final = 12  # how many names of one kind of movement are said before how many more there are


@dataclass(frozen=True)
class Figure:
    """One figure: what is (or will be) reported, the names behind it, and whatever else is to be said of it."""

    name: str
    label: str
    help: str
    value: str
    url: str
    beside: str = ""
    adjusted: str = ""
    changed: str = ""
    typed: str = ""
    reason: str = ""
    errors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Moved:
    """What happened, to how many and to whom."""

    what: str
    names: list[Cell]
    more: int
    tone: Tone


@dataclass(frozen=True)
class Entry:
    """The form with which a day is handed in or corrected."""

    label: str
    correcting: bool
    needs_reason: bool
    zero: bool
    seen: int
    counted: str
    who: str
    note: str
    reason: str
    errors: Mapping[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class DailyPage:
    """The whole page."""

    title: str
    subtitle: str
    state: Cell
    said: list[str]
    notices: list[tuple[str, str]]
    links: list[Link]
    villages: list[Option]
    on: str
    sections: list[tuple[str, list[Figure]]]
    balance: str
    moved: list[Moved]
    note: str
    revisions: list[Moment]
    entry: Entry | None
    action_url: str
    onward: list[Link]

    @property
    def adjusting(self) -> bool:
        """True if an adjustment was typed already."""
        return any(one.typed or one.errors for _title, figures in self.sections for one in figures)


def label(figure: str) -> str:
    """What a figure is called."""
    return say(label_of(DailyReport, figure))


def meaning(figure: str) -> str:
    """What a figure counts."""
    return say(fields_of(DailyReport)[figure].help)


def state_cell(state: ReportState, zero: bool) -> Cell:
    """Where a report stands; a zero that was reported says so."""
    reported = state not in (ReportState.WAITING, ReportState.MISSING, ReportState.RETURNED)
    text = _("Zero report") if zero and reported else say(state.label)
    late = zero and reported and state.tone is not Tone.OK
    return Cell(text, Kind.CHIP, state.tone, dim=say(state.label) if late else "")


def time_of(instant: datetime) -> str:
    """An instant's Shanghai time of day."""
    return f"{instant.astimezone(clock.ZONE):%H:%M}"


def said(day: ReportDay, today: date) -> list[str]:
    """Where the report stands, in sentences."""
    found = []
    if day.reported is None:
        time = time_of(day.deadline)
        if day.state is ReportState.MISSING:
            found.append(_("Not reported; it was due at %(time)s.", time=time))
        else:
            found.append(_("To be handed in by %(time)s.", time=time))
    else:
        when = i18n.instant(day.handed_in_at)
        found.append(_("Handed in by %(name)s, %(when)s.", name=day.handed_in_by, when=when))
        if day.reported.number > 1:
            found.append(_("Revision %(number)d.", number=day.reported.number))
    if day.closed is not None:
        when = i18n.instant(day.closed.closed_at)
        found.append(_("The day was closed by %(name)s, %(when)s.", name=day.closed.closed_by, when=when))
    return found


def notices(day: ReportDay) -> list[tuple[str, str]]:
    """What nobody should overlook: (tone, text)."""
    found = []
    if day.state is ReportState.RETURNED:
        found.append(("bad", _("Returned to the village: %(reason)s", reason=day.return_reason or "")))
    if day.changed:
        told = i18n.listed(
            _("%(figure)s was %(was)d, is now %(now)d", figure=label(one.figure), was=one.was, now=one.now)
            for one in day.changed
        )
        found.append(("warn", _("The records have changed since this was handed in: %(told)s.", told=told)))
    return found


# ---- figures ----


def sections(
    day: ReportDay, shown: Figures, typed: Mapping[str, str], errors: Mapping[str, list[str]], entering: bool
) -> list[tuple[str, list[Figure]]]:
    """The figures by part of the sheet."""
    return [
        (say(section.title), [_figure(day, name, shown, typed, errors, entering) for name in section.names])
        for section in SECTIONS
    ]


def _figure(
    day: ReportDay, name: str, shown: Figures, typed: Mapping[str, str], errors: Mapping[str, list[str]], entering: bool
) -> Figure:
    value = getattr(shown, name)
    adjusted = {one.figure: one for one in day.reported.adjusted} if day.reported else {}
    changed = {one.figure: one for one in day.changed}
    told = ""
    if name in adjusted and not entering:
        one = adjusted[name]
        told = _(
            "counted %(counted)d, adjusted to %(reported)d by %(name)s: %(reason)s",
            counted=one.counted,
            reported=one.reported,
            name=one.by,
            reason=one.reason,
        )
    since = ""
    if name in changed and not entering:
        since = _("changed since: %(was)d → %(now)d", was=changed[name].was, now=changed[name].now)
    opens = value or name in changed or getattr(day.figures, name)
    return Figure(
        name,
        label(name),
        meaning(name),
        i18n.number(value),
        daily_url(day.on, day.place.id, "names/", figure=name) if opens else "",
        difference(value, getattr(day.before, name) if day.before else None),
        told,
        since,
        typed.get(f"to-{name}", ""),
        typed.get(f"why-{name}", ""),
        tuple(errors.get(name, ())),
    )


def difference(now: int, then: int | None) -> str:
    """By how much a number is more than another day's; "" if it is the same or there is nothing to compare."""
    if then is None or now == then:
        return ""
    return f"+{i18n.number(now - then)}" if now > then else f"−{i18n.number(then - now)}"


def balance_line(balance: Balance) -> str:
    """Yesterday + in − out = today, in a line."""
    return _(
        "Under observation: %(before)d yesterday + %(came)d in − %(went)d out = %(now)d",
        before=balance.yesterday,
        came=balance.into,
        went=balance.out,
        now=balance.today,
    )


# ---- what moved ----


def moved(day: ReportDay, to: Addresses) -> list[Moved]:
    """What moved since yesterday, kind by kind, and what was entered today about earlier days."""
    found = []
    order = list(EventKind)
    ordered = sorted(day.movements, key=lambda m: (m.late, order.index(m.kind), m.event_id))
    for (late, kind), some in groupby(ordered, key=lambda m: (m.late, m.kind)):
        people = list(some)
        count = ngettext("%(num)d person", "%(num)d persons", len(people))
        what = _("%(what)s: %(count)s", what=say(kind.label), count=count)
        if late:
            what = _("Entered later: %(what)s", what=what)
        tone = Tone.BAD if kind in (EventKind.CONFIRMED, EventKind.LOST, EventKind.HOSPITAL) else Tone.CALM
        cells = [_person(one, to, day.place.id) for one in people[:NAMES]]
        found.append(Moved(what, cells, max(0, len(people) - NAMES), Tone.WARN if late else tone))
    return found


def _person(one: Movement, to: Addresses, village_id: int) -> Cell:
    beside = [i18n.day(one.on, weekday=False) if one.late else "", one.note or ""]
    left = one.kind is EventKind.HANDED_OUT
    url = to.rows("handover", ("resident", one.resident_id)) if left else to.record("resident", one.resident_id)
    return Cell(one.name or f"#{one.resident_id}", url=url, dim=" · ".join(text for text in beside if text))


# ---- revisions ----


def revisions(day: ReportDay) -> list[Moment]:
    """Every time it was handed in, the newest first."""
    pairs = [*pairwise(day.revisions), (day.revisions[-1], None)] if day.revisions else []
    return [_moment(new, old) for new, old in pairs]


def _moment(new: Revision, old: Revision | None) -> Moment:
    told = [
        Told(label(name), i18n.number(before), i18n.number(after))
        for name, before, after in zip(FIGURES, old.figures, new.figures, strict=True)
        if before != after
    ] if old else []  # fmt: skip
    adjusted = [
        _(
            "%(figure)s: counted %(counted)d, adjusted to %(reported)d by %(name)s (%(reason)s)",
            figure=label(one.figure),
            counted=one.counted,
            reported=one.reported,
            name=one.by,
            reason=one.reason,
        )
        for one in new.adjusted
    ]
    late = [_("made after the day was closed")] if new.after_closing else []
    what = _("Revision %(number)d", number=new.number) if new.number > 1 else _("Handed in")
    if new.figures.zero:
        late.append(_("Zero report"))
    return Moment(
        when=i18n.instant(new.at),
        who=new.by,
        what=" · ".join([what, *late]),
        tone=Tone.WARN if new.after_closing else Tone.OK,
        told=told,
        reason=new.reason or "",
        text=" ".join([*adjusted, new.note or ""]).strip(),
        at=new.at,
    )


# ---- the form ----


def entry(
    day: ReportDay, today: date, who: str, typed: Mapping[str, str], errors: Mapping[str, list[str]], correcting: bool
) -> Entry:
    """The form as it is first shown, or with what was typed."""
    seen = day.reported.number if day.reported else 0
    zero = day.figures.zero and not any(typed.get(f"to-{name}") for name in FIGURES)
    if correcting:
        button = _("Hand in the correction")
    elif zero:
        button = _("Hand in a zero report")
    else:
        button = _("Hand the report in")
    return Entry(
        label=button,
        correcting=correcting,
        needs_reason=correcting or day.on < today or day.closed is not None,
        zero=zero,
        seen=seen,
        counted=fingerprint(day.figures),
        who=typed.get("who", who),
        note=typed.get("note", (day.reported.note or "") if day.reported else ""),
        reason=typed.get("reason", ""),
        errors=errors,
    )


def adjustments_of(revision: Revision) -> dict[str, str]:
    """The adjustments of a revision as the form holds them."""
    pairs = [(f"to-{one.figure}", str(one.reported)) for one in revision.adjusted]
    return dict([*pairs, *((f"why-{one.figure}", one.reason) for one in revision.adjusted)])


def fingerprint(figures: Figures) -> str:
    """The figures as the form carries them, so that nobody hands in others than were looked at."""
    return ",".join(map(str, figures))


def day_links(day: ReportDay, today: date, more: list[Link]) -> list[Link]:
    """The days beside this one."""
    links = [*more, Link(_("Day before"), daily_url(day.on - timedelta(days=1), day.place.id))]
    if day.on < today:
        links.append(Link(_("Day after"), daily_url(day.on + timedelta(days=1), day.place.id)))
    return links


__all__ = [
    "DailyPage", "Entry", "Figure", "Moved", "adjustments_of", "balance_line", "day_links", "difference", "entry",
    "fingerprint", "label", "meaning", "moved", "notices", "revisions", "said", "sections", "state_cell", "time_of",
]  # fmt: skip
