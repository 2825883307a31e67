"""What the address of a summary asks: which days, which villages, and what else it is narrowed or grouped by.

Addresses read ``?from=2020-01-29&to=2020-02-12&township=1&village=3&village=4&by=township``. Nothing in one can raise:
what makes no sense is left out, what is the wrong way round is put right, and both are said.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Final, TypeVar, cast

from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from admin_app import i18n
from admin_app.addresses import address
from admin_app.i18n import say
from admin_app.ledgers.fields import read_day
from admin_app.ledgers.finding import record_id
from admin_app.ledgers.page import Chip, FilterField, Option
from models import clock
from models.place import Township
from models.session import Session
from models.summaries.counting import Place, villages
from models.summaries.span import MOST, Span
from models.words import N_, Choice

Args = MultiDict[str, str]
C = TypeVar("C", bound=Choice)

EARLIEST: Final = date(2000, 1, 1)
MANY: Final = 40
"""So many villages are rows of their own; more are counted by township until somebody asks for them."""
NONSENSE: Final = N_("This condition makes no sense and was left out: %(name)s")
UNKNOWN: Final = N_("A condition that does not exist here was left out.")


class By(Choice):
    """What the rows of a table are."""

    VILLAGE = "village", N_("By village")
    TOWNSHIP = "township", N_("By township")


@dataclass
class Asked:
    """What an address asks, as far as it was understood; ``pairs`` are the address in full, days included."""

    now: datetime
    span: Span = field(default_factory=lambda: Span(clock.today(), clock.today()))
    places: list[Place] = field(default_factory=list)
    townships: dict[int, str] = field(default_factory=dict)
    narrowed: bool = False
    picked: dict[str, tuple[Choice, ...]] = field(default_factory=dict)
    pairs: list[tuple[str, str]] = field(default_factory=list)
    fields: list[FilterField] = field(default_factory=list)
    presets: list[Span] = field(default_factory=list)
    switches: list[Choice] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    of: Any = None
    """What the row is the row of whose number was opened; None for a day, for villages, and for the last line."""

    @property
    def today(self) -> date:
        """The day on which it is asked."""
        return clock.local_day(self.now)

    @property
    def villages(self) -> list[int]:
        """The villages that are counted, by number."""
        return [place.id for place in self.places]

    def chosen(self, name: str, choices: type[C]) -> tuple[C, ...]:
        """What was picked of a condition; every choice there is, if nothing was."""
        return cast(tuple[C, ...], self.picked.get(name) or tuple(choices))

    def address(self, base: str, **changed: object) -> str:
        """The address in full, with some arguments changed (None takes one away)."""
        names = {"from" if name == "since" else name for name in changed}
        kept = [(name, value) for name, value in self.pairs if name not in names]
        given = [("from" if n == "since" else n, str(value)) for n, value in changed.items() if value is not None]
        return address(base, [*kept, *given])

    def leave_out(self, name: str) -> None:
        """Say that a condition was not understood."""
        notice = say(NONSENSE, {"name": say(name)})
        if notice not in self.notices:
            self.notices.append(notice)


class Condition:
    """One thing that an address may say. ``names`` are the arguments that it reads."""

    names: tuple[str, ...] = ()

    def read(self, session: Session, args: Args, asked: Asked) -> None:
        """Understand what can be understood; leave out the rest, and say so."""


class Days(Condition):
    """``from`` and ``to``, both included, ``most`` days at most; without them the last ``length`` days up to today.
    ``ahead``: so many days to come have figures too."""

    names = ("from", "to")

    def __init__(self, length: int, ahead: int = 0, most: int = MOST):
        self.length, self.ahead, self.most = length, ahead, most

    def read(self, session: Session, args: Args, asked: Asked) -> None:
        first, last = self._day(args, asked, "from", N_("First day")), self._day(args, asked, "to", N_("Last day"))
        if first is not None and last is not None and first > last:
            first, last = last, first
            asked.notices.append(say(N_("The first day came after the last one: they were exchanged.")))
        latest = asked.today + timedelta(days=self.ahead)
        asked.span = self._span(asked, first, last, latest)
        asked.pairs += [("from", asked.span.first.isoformat()), ("to", asked.span.last.isoformat())]
        asked.fields.append(
            FilterField("", say(N_("Days")), "day", value_from=asked.pairs[-2][1], value_to=asked.pairs[-1][1])
        )
        asked.presets = [Span(asked.today - timedelta(days=days - 1), asked.today) for days in (7, 14, 30)]
        if self.ahead:
            asked.presets.append(Span(asked.today, asked.today + timedelta(days=6)))

    def _day(self, args: Args, asked: Asked, name: str, label: str) -> date | None:
        given = args.get(name, "")
        if not given:
            return None
        try:
            day = read_day(given)
        except (ValueError, OverflowError):
            day = None
        if day is None or day < EARLIEST:
            asked.leave_out(label)
            return None
        return day

    def _span(self, asked: Asked, first: date | None, last: date | None, latest: date) -> Span:
        if max(first or latest, last or latest) > latest:
            asked.notices.append(
                say(N_("There are no figures after %(day)s: the days end there."), {"day": i18n.day(latest)})
            )
        last = min(last or max(first or asked.today, asked.today), latest)
        first = min(first or last - timedelta(days=self.length - 1), last)
        if Span(first, last).length > self.most:
            first = last - timedelta(days=self.most - 1)
            said = {"most": self.most, "day": i18n.day(first)}
            asked.notices.append(say(N_("At most %(most)d days are shown: these begin on %(day)s."), said))
        return Span(first, last)


class Places(Condition):
    """``township`` and ``village``, of those whose records of a ledger the reader may read."""

    names = ("township", "village")

    def __init__(self, ledger: str):
        self.ledger = ledger

    def read(self, session: Session, args: Args, asked: Asked) -> None:
        within = villages(session, self.ledger)
        known = {place.township_id for place in within}
        named = session.execute(select(Township.id, Township.name).order_by(Township.code)).all()
        asked.townships = {number: name for number, name in named if number in known}
        township = self._numbers(args, asked, "township", N_("Township"), set(asked.townships))[:1]
        within_it = [place for place in within if not township or place.township_id == township[0]]
        chosen = self._numbers(args, asked, "village", N_("Village (community)"), {place.id for place in within_it})
        asked.places = [place for place in within_it if place.id in chosen] if chosen else within_it
        asked.narrowed = bool(township or chosen)
        asked.pairs += [("township", str(n)) for n in township] + [("village", str(n)) for n in chosen]
        if len(asked.townships) > 1:
            options = [Option(str(n), name, n in township) for n, name in asked.townships.items()]
            asked.fields.append(FilterField("township", say(N_("Township")), "choice", tuple(options)))
        if len(within) > 1:
            options = [Option(str(place.id), place.name, place.id in chosen) for place in within_it]
            asked.fields.append(FilterField("village", say(N_("Village (community)")), "choice", tuple(options)))

    def _numbers(self, args: Args, asked: Asked, name: str, label: str, known: set[int]) -> list[int]:
        """The numbers that an argument names; what is not there and what is not the reader's are left out alike."""
        given = [record_id(value) for value in args.getlist(name) if value]
        if any(number not in known for number in given):
            asked.leave_out(label)
        return list(dict.fromkeys(number for number in given if number is not None and number in known))


class Pick(Condition):
    """Any of a closed list; nothing picked means all of them."""

    def __init__(self, name: str, label: str, choices: type[Choice]):
        self.name, self.label, self.choices = name, label, choices
        self.names = (name,)

    def read(self, session: Session, args: Args, asked: Asked) -> None:
        picked = self._picked(args, asked)
        asked.picked[self.name] = picked
        asked.pairs += [(self.name, choice.value) for choice in picked]
        options = [Option(choice.value, say(choice.label), choice in picked) for choice in self.choices]
        asked.fields.append(FilterField(self.name, say(self.label), "choice", tuple(options)))

    def _picked(self, args: Args, asked: Asked) -> tuple[Choice, ...]:
        given = [value for value in args.getlist(self.name) if value]
        picked = tuple(choice for choice in self.choices if choice.value in given)
        if set(given) - {choice.value for choice in picked}:
            asked.leave_out(self.label)
        return picked


class RowsBy(Pick):
    """What the rows are, one of a closed list: the first, or by township where there are many villages. It is read
    after the places, and switched with one tap."""

    headings: ClassVar[dict[str, str]] = {
        "day": N_("Date"),
        "trade": N_("Kind of business"),
        "village": N_("Village (community)"),
        "township": N_("Township"),
    }

    def __init__(self, choices: type[Choice] = By):
        super().__init__("by", N_("A row for each"), choices)

    def read(self, session: Session, args: Args, asked: Asked) -> None:
        picked = self._picked(args, asked)
        if len(picked) > 1:
            asked.leave_out(self.label)
        chosen = picked[0] if picked else self._usual(asked)
        asked.picked["by"] = (chosen,)
        asked.pairs.append(("by", chosen.value))
        several: dict[str, bool] = {By.VILLAGE: len(asked.places) > 1, By.TOWNSHIP: len(asked.townships) > 1}
        offered = [choice for choice in self.choices if choice is chosen or several.get(choice, True)]
        asked.switches = offered if len(offered) > 1 else []

    def _usual(self, asked: Asked) -> Choice:
        first = next(iter(self.choices))
        return By.TOWNSHIP if first is By.VILLAGE and len(asked.places) > MANY else first


def read(
    session: Session, args: Args, conditions: tuple[Condition, ...], now: datetime, beside: frozenset[str]
) -> Asked:
    """Read an address; ``beside`` are arguments that somebody else reads."""
    asked = Asked(now)
    for one in conditions:
        one.read(session, args, asked)
    known = {"lang", *beside, *(name for one in conditions for name in one.names)}
    if any(name not in known for name in args):
        asked.notices.append(say(UNKNOWN))
    return asked


def chips(asked: Asked, base: str) -> list[list[Chip]]:
    """What is one tap away: spans of days, and what the rows are."""
    spans = [
        Chip(
            say(N_("Next %(days)d days") if span.last > asked.today else N_("%(days)d days"), {"days": span.length}),
            asked.address(base, since=span.first, to=span.last),
            span == asked.span,
        )
        for span in asked.presets
    ]
    rows = [
        Chip(say(choice.label), asked.address(base, by=choice.value), (choice,) == asked.picked["by"])
        for choice in asked.switches
    ]
    return [group for group in (spans, rows) if group]
