"""The demo's fourteen villages: how many people each has to look after, and who looks after them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Final, NamedTuple

from models.event import ObservationEvent
from models.place import Village
from seeds.codes import Numbers
from seeds.diary import Diary
from seeds.names import anybody

DAYS: Final = 24  # how far back the demo reaches


class Size(NamedTuple):
    """How many files a village keeps, and how many of those people are observed at home or were released."""

    files: int
    at_home: int
    released: int


# 南苑社区's figures are those of a real community on one day. 特平村 had nobody to report until today.
SIZES: Final = {
    "南苑社区": Size(168, 10, 8), "朝阳社区": Size(210, 16, 11), "学苑社区": Size(190, 14, 9),
    "浩芝村": Size(140, 9, 6), "勤王村": Size(125, 8, 5), "渠南村": Size(118, 7, 5), "管伙村": Size(132, 9, 6),
    "砖场村": Size(121, 7, 4), "上庄村": Size(115, 6, 4), "闸河村": Size(128, 8, 5), "太丰村": Size(136, 9, 6),
    "车逻村": Size(182, 13, 8), "保丰村": Size(112, 6, 4), "特平村": Size(27, 0, 0),
}  # fmt: skip
UNREPORTED: Final = "车逻村"
UNTOUCHED: Final = "特平村"


class Worker(NamedTuple):
    """Somebody of a village's staff."""

    name: str
    phone: str


@dataclass(frozen=True)
class Staff:
    """Who works for a village: its cadres, and the police officer, doctor and grid workers of its teams (三人组)."""

    cadres: tuple[Worker, ...]
    police: Worker
    doctor: Worker
    grid_workers: tuple[Worker, ...]


@dataclass
class Setting:
    """What every part of the demo is told from: the day, the dice, the villages and the diary it is entered in."""

    today: date
    dice: Random
    villages: list[Village]
    numbers: Numbers = field(default_factory=Numbers)
    diary: Diary = field(default_factory=Diary)
    staff: dict[str, Staff] = field(default_factory=dict)
    events: list[ObservationEvent] = field(default_factory=list)

    @property
    def first_day(self) -> date:
        """The day on which the ledgers were begun."""
        return self.today - timedelta(days=DAYS)

    def day(self, ago: int) -> date:
        """The day so many days before today."""
        return self.today - timedelta(days=ago)

    def village(self, called: str) -> Village:
        """The village of a name."""
        return next(village for village in self.villages if village.name == called)

    def worker(self) -> Worker:
        """Somebody new."""
        return Worker(anybody(self.dice), self.numbers.phone())

    def cadre(self, village: Village) -> Worker:
        """One of a village's cadres."""
        return self.dice.choice(self.staff[village.name].cadres)


def appoint_staff(setting: Setting) -> None:
    """Give every village its staff."""
    for village in setting.villages:
        setting.staff[village.name] = Staff(
            cadres=tuple(setting.worker() for _ in range(5)),
            police=setting.worker(),
            doctor=setting.worker(),
            grid_workers=tuple(setting.worker() for _ in range(3)),
        )
