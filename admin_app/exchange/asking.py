"""What a page of sheets is asked for: a village, a day or some days. What was typed is kept, what is wrong is said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from admin_app.i18n import say
from admin_app.ledgers.fields import DayField, read_day
from models.scope import Act
from models.session import Session
from models.summaries.counting import Place, villages
from models.summaries.ledger import Span
from models.words import N_


@dataclass(frozen=True)
class Typed:
    """What stands in one field, and what is wrong with it."""

    value: str
    error: str = ""


@dataclass(frozen=True)
class Question:
    """What was asked for. ``span`` is None while something is wrong; ``chosen`` while no one village is meant.

    A question about one day has no ``since``.
    """

    places: list[Place]
    village: Typed
    since: Typed | None
    until: Typed
    chosen: Place | None
    span: Span | None

    @property
    def query(self) -> dict[str, str]:
        """The arguments of the address that asks the same."""
        last = "on" if self.since is None else "to"
        typed = {"village": self.village.value, "from": self.since.value if self.since else "", last: self.until.value}
        return {name: value for name, value in typed.items() if value}

    @property
    def wrong(self) -> bool:
        """True if something is said at a field."""
        return self.span is None


def places_of(session: Session, ledgers: Iterable[str]) -> list[Place]:
    """The villages whose records of these ledgers the reader may take out of the panel."""
    wanted = list(ledgers)
    areas = [session.scope.area(Act.EXPORT, ledger) for ledger in wanted]
    return [place for place in villages(session, wanted[0]) if all(place.id in area for area in areas)]


def read(places: list[Place], args: Mapping[str, str], usual: Span, today: date, *, one_village: bool) -> Question:
    """Read the arguments ``village``, ``from`` and ``to``, or ``on`` if one day is ``usual``.

    A village that is not among the places is as one that does not exist; ``one_village``: one has to be named.
    """
    village, chosen = _village(args.get("village", ""), places, one_village)
    if usual.since == usual.until:
        until, last = _day(args.get("on"), usual.until, today)
        fine = last is not None and not (village.error or until.error)
        return Question(places, village, None, until, chosen, Span(last, last) if fine and last else None)
    since, first = _day(args.get("from"), usual.since, today)
    until, last = _day(args.get("to"), usual.until, today)
    if first and last and last < first and not until.error:
        until = Typed(until.value, say(N_("This is before the start.")))
    fine = not (village.error or since.error or until.error)
    return Question(places, village, since, until, chosen, Span(first, last) if fine and first and last else None)


def _village(text: str, places: list[Place], one_village: bool) -> tuple[Typed, Place | None]:
    if len(places) == 1 and not text:  # who has one village is not asked which
        return Typed(str(places[0].id)), places[0]
    if not text:
        return Typed("", say(N_("Choose a village.")) if one_village else ""), None
    chosen = next((place for place in places if str(place.id) == text), None)
    return Typed(text, "" if chosen else say(N_("This is not one of the choices."))), chosen


def _day(text: str | None, usual: date, today: date) -> tuple[Typed, date | None]:
    """A day as it was typed; the usual one if nothing was."""
    if text is None:
        return Typed(usual.isoformat()), usual
    try:
        day = read_day(text.strip())
    except ValueError:
        return Typed(text[:40], say(DayField.message)), None
    return Typed(day.isoformat(), say(N_("This day is in the future.")) if day > today else ""), day
