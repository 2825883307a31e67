"""岗位任务 and 服务记录: the duties of the demo, a week back and three days ahead, and who serves in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from models.checkpoint import Checkpoint
from models.place import Village
from models.volunteer import Assignment, Duty, DutyKind, DutyStatus, Volunteer, overlap
from seeds import addresses
from seeds.diary import at
from seeds.villages import UNREPORTED, Setting

DAYS_BACK: Final = 6
DAYS_AHEAD: Final = 3


class Shift(NamedTuple):
    """A duty that comes every day: what it is, from when to when, and for how many."""

    title: str
    kind: DutyKind
    begins: int
    ends: int
    needed: int


_SHIFTS: Final = (
    Shift("卡口值守（早班）", DutyKind.CHECKPOINT, 7, 13, 2),
    Shift("卡口值守（晚班）", DutyKind.CHECKPOINT, 13, 20, 2),
    Shift("入户排查", DutyKind.DOOR_TO_DOOR, 8, 11, 3),
    Shift("代购代送", DutyKind.DELIVERY, 14, 17, 2),
    Shift("巡回宣传、劝导聚集", DutyKind.DISSUADING, 14, 16, 2),
    Shift("张贴海报、发放一封信", DutyKind.PUBLICITY, 9, 11, 2),
)


class Rota:
    """Who serves when, so that nobody is in two places at once."""

    def __init__(self, volunteers: list[Volunteer]) -> None:
        self._busy: defaultdict[int, list[Duty]] = defaultdict(list)
        self._of: defaultdict[str, list[Volunteer]] = defaultdict(list)
        for volunteer in volunteers:
            self._of[volunteer.village.name].append(volunteer)

    def free(self, village: Village, duty: Duty) -> list[Volunteer]:
        """The volunteers of a village who could serve in a duty."""
        return [volunteer for volunteer in self._of[village.name] if self.is_free(volunteer, duty)]

    def is_free(self, volunteer: Volunteer, duty: Duty) -> bool:
        """True if a volunteer serves nowhere else at the time."""
        return not any(overlap(duty, other) for other in self._busy[id(volunteer)])

    def serve(self, volunteer: Volunteer, duty: Duty) -> Assignment:
        """Put somebody down for a duty."""
        self._busy[id(volunteer)].append(duty)
        return Assignment(village=duty.village, duty=duty, volunteer=volunteer)


def enter_service(setting: Setting, volunteers: list[Volunteer], checkpoints: list[Checkpoint]) -> None:
    """The duties of the days around today; those to come still lack people here and there."""
    rota = Rota(volunteers)
    for village in setting.villages:
        gate = next(checkpoint for checkpoint in checkpoints if checkpoint.village is village)
        for ahead in range(-DAYS_BACK, DAYS_AHEAD + 1):
            for shift in _shifts_of(village, ahead):
                duty = _plan(setting, village, shift, setting.day(-ahead), gate)
                _fill(setting, rota, duty, ahead)
    _ask_for_duties(setting)
    _cancel_one(setting)
    _leave_conflicts(setting, rota)


def _shifts_of(village: Village, ahead: int) -> Iterator[Shift]:
    """The checkpoint every day, one other duty in turn."""
    yield _SHIFTS[0]
    if village.name.endswith("社区"):
        yield _SHIFTS[1]
    yield _SHIFTS[2 + (ahead + village.id) % 4]


def _plan(setting: Setting, village: Village, shift: Shift, on: date, gate: Checkpoint) -> Duty:
    cadre = setting.cadre(village)
    watch = shift.kind is DutyKind.CHECKPOINT
    duty = Duty(
        village=village,
        title=f"{village.name}{shift.title}",
        kind=shift.kind,
        place=gate.name if watch else addresses.estate(setting.dice, village.name),
        checkpoint=gate if watch else None,
        starts_at=at(on, shift.begins),
        ends_at=at(on, shift.ends),
        needed=shift.needed,
        contact=cadre.name,
        contact_phone=cadre.phone,
        status=DutyStatus.OPEN,
    )
    setting.diary.enter(min(on, setting.today) - timedelta(days=2), duty)
    return duty


def _fill(setting: Setting, rota: Rota, duty: Duty, ahead: int) -> None:
    """Put people down the day before; whoever served signed in and out."""
    dice = setting.dice
    free = rota.free(duty.village, duty)
    wanted = duty.needed if ahead <= 0 else max(0, duty.needed - dice.choice((0, 1, 1, 2)))
    for volunteer in dice.sample(free, min(wanted, len(free))):
        assignment = rota.serve(volunteer, duty)
        entered_on = min(setting.day(-ahead), setting.today) - timedelta(days=1)
        setting.diary.enter(entered_on, assignment, at(entered_on, 15, 30))
        if ahead <= 0:
            _attend(setting, assignment, duty, over=ahead < 0)
    if ahead < 0:
        setting.diary.change(setting.day(-ahead), duty, status=DutyStatus.DONE)


def _attend(setting: Setting, assignment: Assignment, duty: Duty, over: bool) -> None:
    """Sign in, and out when the duty is over; of those of today only who began early has signed in."""
    dice = setting.dice
    signed_in = _about(setting, duty.starts_at, -15, 5)
    if over:
        setting.diary.change(
            signed_in.date(),
            assignment,
            signed_in_at=signed_in,
            signed_out_at=_about(setting, duty.ends_at, -5, 20),
            attended=dice.random() < 0.95,
        )
    elif duty.starts_at <= at(setting.today, 8):
        setting.diary.change(setting.today, assignment, signed_in_at=signed_in)


def _about(setting: Setting, instant: datetime, earliest: int, latest: int) -> datetime:
    return instant + timedelta(minutes=setting.dice.randint(earliest, latest))


def _ask_for_duties(setting: Setting) -> None:
    """Some villages ask for help that the coordinator has not opened yet."""
    for name in ("南苑社区", "朝阳社区", UNREPORTED, "太丰村"):
        village = setting.village(name)
        duty = Duty(
            village=village,
            title=f"{name}夜间卡口值守增援",
            kind=DutyKind.CHECKPOINT,
            place=f"{name}卡口",
            starts_at=at(setting.day(-2), 20),
            ends_at=at(setting.day(-3), 1),
            needed=3,
            contact=setting.cadre(village).name,
            status=DutyStatus.ASKED,
        )
        setting.diary.enter(setting.today, duty)


def _cancel_one(setting: Setting) -> None:
    village = setting.village("学苑社区")
    duty = Duty(
        village=village,
        title="学苑社区发放口罩",
        kind=DutyKind.OTHER,
        place="社区广场",
        starts_at=at(setting.day(-1), 9),
        ends_at=at(setting.day(-1), 11),
        needed=6,
    )
    setting.diary.enter(setting.day(1), duty)
    setting.diary.change(setting.today, duty, status=DutyStatus.CANCELLED, note="避免聚集，改为送上门")


def _leave_conflicts(setting: Setting, rota: Rota) -> None:
    """Two volunteers whom the rules would not let serve twice: of two duties at once, one assignment is in the bin."""
    for name in ("朝阳社区", "学苑社区"):
        village = setting.village(name)
        one, other = (
            Duty(
                village=village,
                title=f"{name}{what}",
                kind=kind,
                starts_at=at(setting.day(-1), begins),
                ends_at=at(setting.day(-1), begins + 3),
                needed=2,
            )
            for what, kind, begins in (("返程高峰劝导", DutyKind.DISSUADING, 17), ("集中送菜", DutyKind.DELIVERY, 18))
        )
        for duty in (one, other):
            setting.diary.enter(setting.day(2), duty)
        volunteer = next(v for v in rota.free(village, one) if rota.is_free(v, other))
        withdrawn = Assignment(village=village, duty=other, volunteer=volunteer)
        setting.diary.enter(setting.day(2), withdrawn)
        setting.diary.throw_away(setting.day(2), withdrawn)
        setting.diary.enter(setting.day(1), rota.serve(volunteer, one))
