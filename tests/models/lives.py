"""How the lives of files should go, kept as plain Python: what each act must come to, in any village and on any day.

Nothing here asks the models: states, days and refusals are reckoned anew, so that a rule that is wrong in the models is
not wrong here in the same way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

OVER_AT_HOME = {"find", "reopen", "recover", "back_home"}  # moves by which somebody is observed at home again
ALLOWED = {
    "observed": {
        "release": "released", "to_central": "central", "to_hospital": "hospital", "confirm": "confirmed",
        "lose": "lost", "exclude": "excluded",
    },
    "central": {
        "release": "released", "back_home": "observed", "to_hospital": "hospital", "confirm": "confirmed",
        "lose": "lost", "exclude": "excluded",
    },
    "hospital": {
        "release": "released", "back_home": "observed", "to_central": "central", "confirm": "confirmed",
        "exclude": "excluded",
    },
    "confirmed": {"recover": "observed"},
    "lost": {"find": "observed"},
    "released": {"reopen": "observed"},
    "excluded": {"reopen": "observed"},
}  # fmt: skip
OPEN = {"observed", "central", "hospital"}
Slot = tuple[date, str]


@dataclass
class Stay:
    """A state in a village. ``handed``: another village took the person over at its end, and has that day.

    ``counted`` is False of a double, which nobody was ever to measure.
    """

    status: str
    village: int
    since: date
    first: str = "am"
    until: date | None = None
    handed: bool = False
    counted: bool = True

    def covers(self, on: date) -> bool:
        return self.since <= on and (self.until is None or on < self.until)

    def expects(self, on: date, period: str) -> bool:
        """True for a slot in which the village is to measure the person."""
        return self.counted and self.covers(on) and self._at_home(on, period)

    def takes(self, on: date, period: str) -> bool:
        """A visit may be of this slot: also of the day on which the person left."""
        covers = self.counted and self.covers(on)
        return (covers or (on == self.until and not self.handed)) and self._at_home(on, period)

    def _at_home(self, on: date, period: str) -> bool:
        not_yet = self.counted and on == self.since and self.first == "pm" and period == "am"
        return self.status == "observed" and not not_yet


@dataclass
class Paid:
    """A visit."""

    village: int
    outcome: str
    binned: bool = False


@dataclass
class Life:
    """One observation from its opening on; the last stay is the present one."""

    person: int
    began: date
    days: int
    stays: list[Stay]
    visits: dict[int, tuple[Slot, Paid]] = field(default_factory=dict)  # by the number of the visit
    told: list[tuple[int, date]] = field(default_factory=list)  # the days of its events, by village
    corrected: date | None = None
    first: str = "am"
    binned: bool = False

    @property
    def now(self) -> Stay:
        return self.stays[-1]

    @property
    def village(self) -> int:
        return self.now.village

    @property
    def open(self) -> bool:
        return not self.binned and self.now.status in OPEN

    @property
    def ends(self) -> date:
        return self.corrected or self.began + timedelta(days=self.days)

    def visible(self, stay: Stay) -> bool:
        """What lies in the bin took the events and the visits of its village along."""
        return not self.binned or stay.village != self.village

    def in_slot(self, slot: Slot) -> int | None:
        """The number of the visit that stands in a slot."""
        return next((n for n, (of, paid) in self.visits.items() if of == slot and self._stands(paid)), None)

    def _stands(self, paid: Paid) -> bool:
        return not paid.binned and (not self.binned or paid.village != self.village)

    def last_on_record(self) -> date:
        """The last day of which the village that has the person now can know."""
        seen = [day for village, day in self.told if village == self.village]
        paid = [day for (day, _), paid in self.visits.values() if self._stands(paid) and paid.village == self.village]
        return max([self.began, self.now.since, *seen, *paid])

    def may_be_visited(self, village: int, slot: Slot) -> bool:
        """True if a village may enter a visit of this slot, also of somebody who is another village's by now."""
        if self.binned:
            return False
        if village == self.village:
            return any(stay.village == village and stay.takes(*slot) for stay in self.stays)
        was_ours = [
            stay for stay in self.stays if stay.village == village and stay.handed and stay.status == "observed"
        ]
        there = any(stay.since <= slot[0] <= stay.until for stay in was_ours if stay.until)
        return there and any(stay.takes(*slot) for stay in self.stays)

    def may_come_back(self, village: int, slot: Slot) -> bool:
        """True if a village may take a visit of this slot out of the recycle bin."""
        if self.in_slot(slot) is not None or (self.binned and village == self.village):
            return False
        mine = [stay for stay in self.stays if stay.village == village]
        if village == self.village:
            return any(stay.takes(*slot) for stay in mine)
        return any(stay.status == "observed" and stay.counted and stay.covers(slot[0]) for stay in mine)

    def whose(self, slot: Slot) -> int:
        """The village that a visit of this slot belongs to: the later one on a day that two share."""
        return [stay.village for stay in self.stays if stay.takes(*slot)][-1]

    def moves_to(self, status: str, on: date) -> None:
        """A state ends and another begins."""
        self.told.append((self.village, on))
        self.now.until = on
        self.stays.append(Stay(status, self.village, on))

    def goes_to(self, village: int, on: date) -> None:
        """Another village takes the person over; the visits of that day go along."""
        self.told += [(self.village, on), (village, on)]
        before = self.now
        before.until, before.handed = on, True
        first = before.first if before.since == on else "am"
        self.stays.append(Stay(before.status, village, on, first))
        for (day, _), paid in self.visits.values():
            if day >= on:
                paid.village = village


@dataclass
class World:
    """All lives, and what the villages are to see."""

    today: date
    lives: dict[int, Life] = field(default_factory=dict)  # by the number of the observation
    home: dict[int, int] = field(default_factory=dict)  # person -> village
    merged: set[int] = field(default_factory=set)
    asked: dict[int, tuple[int, int, int]] = field(default_factory=dict)  # hand-overs that wait: person, from, to
    lengths: list[tuple[date, int]] = field(default_factory=list)

    def of(self, person: int) -> list[tuple[int, Life]]:
        """A person's observations."""
        return [(number, life) for number, life in self.lives.items() if life.person == person]

    def open_of(self, person: int, but: int | None = None) -> bool:
        """True if the person is under observation."""
        return any(life.open for number, life in self.of(person) if number != but)

    def days_on(self, day: date) -> int:
        """How long an observation lasts that begins on a day."""
        return next((days for since, days in reversed(self.lengths) if since <= day), 14)

    def expected(self, village: int, on: date, period: str) -> set[int]:
        """Whom a village is to measure in a slot."""
        return {
            number
            for number, life in self.lives.items()
            for stay in life.stays
            if stay.village == village and life.visible(stay) and stay.expects(on, period)
        }

    def done(self, village: int, on: date, period: str) -> list[str]:
        """How the visits of those who were expected ended."""
        slots = ((n, self.lives[n].in_slot((on, period))) for n in self.expected(village, on, period))
        return [self.lives[n].visits[visit][1].outcome for n, visit in slots if visit is not None]

    def standing(self, on: date) -> Counter[tuple[int, str]]:
        """How many are in each state in each village at the end of a day."""
        return Counter(
            (stay.village, stay.status)
            for life in self.lives.values()
            for stay in life.stays
            if stay.covers(on) and life.visible(stay)
        )

    def file_stands(self, person: int) -> str:
        """Where a file stands: where its observation does."""
        found = [(number, life) for number, life in self.of(person) if not life.binned]
        if not found:
            return "pending"
        return max(found, key=lambda one: (one[1].open, one[1].now.since, one[0]))[1].now.status

    def days(self) -> Iterator[date]:
        """Every day of which anything is told."""
        first = min((life.began for life in self.lives.values()), default=self.today)
        return (first + timedelta(days=n) for n in range(-1, (self.today - first).days + 1))
