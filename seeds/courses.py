"""How the observations of the demo go: the plain ones by number, the ones that show something one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from random import Random
from typing import Final, NamedTuple

from models.observation import DAYS
from models.states import Outcome, Period, Symptom
from seeds.villages import SIZES

AM, PM = Period.AM, Period.PM


class Left(Enum):
    """How somebody left observation at home."""

    RELEASED = auto()
    CENTRAL = auto()
    CONFIRMED = auto()  # after some days of central observation
    HOSPITAL = auto()
    LOST = auto()
    EXCLUDED = auto()


class Reading(NamedTuple):
    """What one slot brought. Without an outcome nobody came: the slot was missed."""

    outcome: Outcome | None
    tenths: int | None = None
    symptoms: tuple[Symptom, ...] = ()
    entered_later: bool = False


MISSED: Final = Reading(None)
NOT_MET: Final = Reading(Outcome.NOT_MET)
REFUSED: Final = Reading(Outcome.REFUSED)
LATE: Final = Reading(Outcome.NORMAL, 365, entered_later=True)


def fever(tenths: int, *symptoms: Symptom) -> Reading:
    """A fever, and what came with it."""
    return Reading(Outcome.ABNORMAL, tenths, symptoms)


@dataclass(frozen=True)
class Course:
    """One person's observation: how many days ago the last exposure was, how it ended, and what its slots brought.

    ``readings`` are by days ago and period; every other slot is normal, or now and then missed.
    """

    since: int
    left: Left | None = None
    ago: int = 0
    corrected_by: int = 0
    handed_over: int = 0  # how many days ago another village took the person over
    readings: Mapping[tuple[int, Period], Reading] = field(default_factory=dict)


# 南苑社区: 10 at home, 8 released, 1 in hospital whose term ends tomorrow; nobody has a fever and no slot was missed.
_NANYUAN: Final = (
    *(Course(since) for since in (13, 12, 11, 10, 9, 8, 7, 5, 4, 3)),
    *(Course(since, Left.RELEASED, since - DAYS) for since in (21, 20, 19, 18, 18, 17, 16, 15)),
    Course(13, Left.HOSPITAL, 9),
)
_SPECIAL: Final[Mapping[str, tuple[Course, ...]]] = {
    "朝阳社区": (
        Course(6, readings={(0, AM): fever(376, Symptom.COUGH), (1, PM): fever(373)}),
        Course(14, Left.RELEASED, 0),
        Course(13),
        Course(9, Left.CENTRAL, 4),
        Course(8, Left.CENTRAL, 3),
    ),
    "学苑社区": (
        Course(7, readings={(1, AM): REFUSED, (1, PM): REFUSED, (0, AM): REFUSED}),
        Course(9, readings={(3, PM): fever(374, Symptom.FATIGUE, Symptom.SORE_THROAT)}),
        Course(10, Left.CENTRAL, 5),
    ),
    "浩芝村": (Course(14), Course(14, Left.RELEASED, 0)),
    "勤王村": (Course(12, corrected_by=4), Course(11, Left.CENTRAL, 6)),
    "渠南村": (Course(6, readings={(1, PM): LATE}), Course(9, readings={(5, AM): LATE})),
    "管伙村": (Course(8, readings={(2, PM): NOT_MET, (1, AM): NOT_MET, (1, PM): NOT_MET}),),
    "砖场村": (Course(5, readings={(2, PM): MISSED, (1, AM): MISSED, (1, PM): MISSED}),),
    "上庄村": (Course(9, handed_over=5),),
    "闸河村": (Course(10, Left.HOSPITAL, 2, readings={(3, PM): fever(381), (2, AM): fever(386, Symptom.COUGH)}),),
    "太丰村": (Course(15), Course(7, readings={(1, PM): fever(374)})),
    "车逻村": (
        Course(17),
        Course(5, readings={(0, AM): fever(382, Symptom.CHILLS, Symptom.FATIGUE)}),
        Course(10, Left.CENTRAL, 6),
        Course(11, Left.CONFIRMED, 7, readings={(7, AM): fever(385, Symptom.COUGH, Symptom.CHEST)}),
    ),
    "保丰村": (Course(8, Left.LOST, 4), Course(12, Left.EXCLUDED, 9)),
}  # fmt: skip


def courses(dice: Random, village: str) -> list[Course]:
    """The observations of a village."""
    if village == "南苑社区":
        return list(_NANYUAN)
    special = list(_SPECIAL.get(village, ()))
    at_home = SIZES[village].at_home - sum(course.left is None and not course.handed_over for course in special)
    released = SIZES[village].released - sum(course.left is Left.RELEASED for course in special)
    plain = [Course(dice.randint(2, 13)) for _ in range(at_home)]
    over = [Course(since, Left.RELEASED, since - DAYS) for since in (dice.randint(15, 21) for _ in range(released))]
    return [*special, *plain, *over]
