"""The papers of an observation, ready to print and sign: 告知书, 承诺书, 解除医学观察通知书."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from admin_app import i18n
from admin_app.i18n import say
from models import clock, masks
from models.base import Mask
from models.dossier import PaperKind
from models.observation import Observation, ObservationStatus
from models.words import N_

_RULES = (
    N_("Stay in your home, in a room of your own if there is one, and do not go out."),
    N_("Measure your temperature every morning and every evening and tell whoever visits or calls you."),
    N_("Tell the team at once of fever, dry cough, fatigue, sore throat, diarrhoea or a tight chest."),
    N_("Receive no visitors; let your family keep their distance, air the rooms and disinfect once a day."),
    N_("What you need is bought and brought to your door; ask the village for it."),
)
_PROMISES = (
    N_("What I have told about where I was and whom I met is true and complete."),
    N_("I stay at home until I am released in writing and let my temperature be measured twice a day."),
    N_("I report symptoms at once and answer for the consequences if I do not."),
)


@dataclass(frozen=True)
class Sheet:
    """One printable paper: its title, its paragraphs, its numbered points, and who signs."""

    title: str
    paragraphs: list[str]
    points: list[str]
    signatures: list[str]
    dated: str
    full: bool


def printable(observation: Observation) -> list[PaperKind]:
    """Which papers an observation has now: two while it is open, the notice of release once it is over."""
    if observation.status is ObservationStatus.RELEASED:
        return [PaperKind.RELEASE]
    return [PaperKind.NOTICE, PaperKind.COMMITMENT]


def sheet(observation: Observation, kind: PaperKind, full: bool) -> Sheet:
    """A paper in words; the identity number in full only when that has left its row in the trail."""
    person = observation.resident
    number = person.identity_number or ""
    told: dict[str, Any] = {
        "name": person.name,
        "number": (number if full else masks.masked(number, Mask.IDENTITY)) or "—",
        "address": person.address or "—",
        "village": str(observation.village),
        "from": i18n.day(observation.began_on, weekday=False),
        "to": i18n.day(observation.ends_on, weekday=False),
        "days": observation.days,
        "released": i18n.day(observation.released_on, weekday=False),
    }
    who = say(N_("%(name)s (identity number %(number)s), living at %(address)s:"), told)
    dated = i18n.day(clock.today(), weekday=False)
    if kind is PaperKind.RELEASE:
        text = N_(
            "You were under medical observation from %(from)s. The term is over, you have shown no symptoms, "
            "and the team of three has signed off. As of %(released)s the observation is lifted. "
            "Please go on protecting yourself and answer the calls of the next fourteen days."
        )
        return Sheet(say(kind.label), [who, say(text, told)], [], _team(), dated, full)
    if kind is PaperKind.COMMITMENT:
        text = N_("I am under home observation from %(from)s to %(to)s (%(days)d days) in %(village)s. I promise:")
        signs = [say(N_("The person")), say(N_("Supervising relative")), say(N_("Responsible in the village"))]
        return Sheet(say(kind.label), [who, say(text, told)], [say(p) for p in _PROMISES], signs, dated, full)
    text = N_(
        "because of where you were or whom you met you are under home observation from %(from)s to %(to)s "
        "(%(days)d days), counted from the last exposure. During this time:"
    )
    return Sheet(say(kind.label), [who, say(text, told)], [say(r) for r in _RULES], _team(), dated, full)


def _team() -> list[str]:
    return [say(N_("Police officer of the team")), say(N_("Doctor of the team")), say(N_("Grid worker of the team"))]
