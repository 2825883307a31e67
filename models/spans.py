"""Who is expected when, for every day of the past too: since when and until when somebody was in a state, and where.

An observation says since when it is in its present state in its present village; every event that ended a state says
since when that one was. Together they are spans that neither overlap nor leave a gap, however the person moved, came
back, was lost or was handed over. The end of the term ends no span: who awaits release is measured until somebody
signs off.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from models.states import ObservationStatus, Period

if TYPE_CHECKING:
    from models.event import ObservationEvent
    from models.observation import Observation


@dataclass(frozen=True)
class Span:
    """A state in a village, on the days [since, until); ``until`` None: still. ``first`` is the first day's first slot.

    On the day on which a state ends the person is not in it any more: that day belongs to what came next, and after a
    hand-over (``handed_over``) to the other village.
    """

    status: ObservationStatus
    village_id: int
    since: date
    first: Period
    until: date | None = None
    handed_over: bool = False

    def covers(self, on: date) -> bool:
        """True on its days."""
        return self.since <= on and (self.until is None or on < self.until)

    def slots(self, on: date) -> tuple[Period, ...]:
        """The slots of a day in which its village is to measure the person: those who are observed at home."""
        if self.status is not ObservationStatus.OBSERVED or not self.covers(on):
            return ()
        return (Period.PM,) if on == self.since and self.first is Period.PM else (Period.AM, Period.PM)

    def takes(self, on: date, period: Period) -> bool:
        """True for a slot in which the village may have measured: also on the day on which the person left."""
        if self.status is not ObservationStatus.OBSERVED or not (self.covers(on) or self._left_on(on)):
            return False
        return not (on == self.since and self.first is Period.PM and period is Period.AM)

    def _left_on(self, on: date) -> bool:
        return on == self.until and not self.handed_over


def spans(observation: Observation, events: Iterable[ObservationEvent]) -> list[Span]:
    """The spans of an observation, the present one last; ``events`` may be all of its events or only some."""
    ended = [
        Span(event.was, event.village_id, event.since, event.since_period or Period.AM, event.on, event.became is None)
        for event in events
        if event.was is not None and event.since is not None
    ]
    ended.sort(key=lambda span: (span.since, span.until or span.since))
    present = Span(observation.status, observation.village_id, observation.since, observation.since_period)
    return [*ended, present]


def expected_slots(observation: Observation, events: Iterable[ObservationEvent], on: date) -> tuple[Period, ...]:
    """The slots of a day in which this person is to be measured; where, is told by ``responsible``."""
    return next((slots for span in spans(observation, events) if (slots := span.slots(on))), ())


def responsible(observation: Observation, events: Iterable[ObservationEvent], on: date) -> Span | None:
    """The span that holds a day; None before the observation began, and where the events are out of reach."""
    return next((span for span in reversed(spans(observation, events)) if span.covers(on)), None)
