"""The papers of an observation, ready to print and sign: 告知书, 承诺书, 解除医学观察通知书."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from admin_app import i18n
from admin_app.i18n import say
from models import clock, masks
from models.base import Mask
from models.dossier import PaperKind
from models.observation import Observation
from models.states import ObservationStatus
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
    N_("I stay where I am observed until I am released in writing, and let my temperature be measured twice a day."),
    N_("I report symptoms at once and answer for the consequences if I do not."),
)
_WHO = N_("%(name)s (identity number %(number)s), living at %(address)s:")
_NOTICE = N_(
    "Because of where you were or whom you met you are under medical observation (%(kind)s) from %(from)s to %(to)s"
    "%(basis)s. During this time:"
)
_COMMITMENT = N_("I am under medical observation (%(kind)s) from %(from)s to %(to)s%(basis)s. I promise:")
_COUNTED = N_(", %(days)d days counted from the last exposure on %(exposure)s")
_RELEASE = N_(
    "You were under medical observation from %(from)s. Its term is over and the team of three has signed off "
    "(%(signed)s). As of %(released)s the observation is lifted."
)
_EARLY = N_(
    "You were under medical observation from %(from)s. The team of three has signed off (%(signed)s) that it ends "
    "before its term: %(reason)s. As of %(released)s the observation is lifted."
)
_AFTERWARDS = N_("Please go on protecting yourself, and answer our calls on days 1, 2, 3, 7 and 14 from then.")
_ASK = N_("Responsible for you: %(cadre)s, phone %(phone)s.")


@dataclass(frozen=True)
class Sheet:
    """One printable paper: its title, its paragraphs, its numbered points, what stands below, and who signs."""

    title: str
    paragraphs: list[str]
    points: list[str]
    below: list[str]
    signatures: list[str]
    dated: str
    full: bool


def printable(observation: Observation) -> list[PaperKind]:
    """Which papers an observation has now: two while the village keeps it, the notice of release once it is over."""
    return {
        ObservationStatus.OBSERVED: [PaperKind.NOTICE, PaperKind.COMMITMENT],
        ObservationStatus.RELEASED: [PaperKind.RELEASE],
    }.get(observation.status, [])


def sheet(observation: Observation, kind: PaperKind, full: bool) -> Sheet:
    """A paper in words; numbers in full only when that has left its row in the trail."""
    told = _told(observation, full)
    dated = i18n.full_day(clock.today())
    who = say(_WHO, told)
    if kind is PaperKind.RELEASE:
        early = observation.released_on is not None and observation.released_on < observation.ends_on
        text = say(_EARLY if early and observation.release_reason else _RELEASE, told)
        return Sheet(say(kind.label), [who, text, say(_AFTERWARDS)], [], [], _team(), dated, full)
    if kind is PaperKind.COMMITMENT:
        signs = [say(N_("The person")), say(N_("Supervising relative")), say(N_("Responsible in the village"))]
        promises = [say(promise) for promise in _PROMISES]
        return Sheet(say(kind.label), [who, say(_COMMITMENT, told)], promises, [], signs, dated, full)
    below = [say(_ASK, told)] if observation.cadre else []
    signs = [*_team(), say(N_("Signed for by the person"))]
    return Sheet(say(kind.label), [who, say(_NOTICE, told)], [say(r) for r in _RULES], below, signs, dated, full)


def _told(observation: Observation, full: bool) -> dict[str, Any]:
    """What the texts say of one person."""
    person = observation.resident
    number, phone = person.identity_number, observation.cadre_phone
    basis = {"days": observation.days, "exposure": i18n.full_day(observation.last_exposure_on)}
    counted = observation.last_exposure_on is not None and observation.ends_on_corrected is None
    return {
        "name": person.name,
        "number": _number(number, Mask.IDENTITY, full),
        "address": person.address or "—",
        "kind": say(observation.kind.label),
        "from": i18n.full_day(observation.began_on),
        "to": i18n.full_day(observation.ends_on),
        "basis": say(_COUNTED, basis) if counted else "",
        "released": i18n.full_day(observation.released_on),
        "signed": observation.signed_by or "—",
        "reason": observation.release_reason or "",
        "cadre": observation.cadre or "—",
        "phone": _number(phone, Mask.PHONE, full),
    }


def _number(number: str | None, mask: Mask, full: bool) -> str:
    return (number if full else masks.masked(number, mask)) if number else "—"


def _team() -> list[str]:
    return [say(N_("Police officer of the team")), say(N_("Doctor of the team")), say(N_("Grid worker of the team"))]
