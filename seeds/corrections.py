"""What staff got wrong and put right: records edited twice, and what lies in the recycle bin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from models.base import Record
from models.business import Business
from models.clock import local_day
from models.place import Village
from models.publicity import Publicity, PublicityKind
from models.resident import Category, Resident
from models.volunteer import Volunteer
from seeds import addresses
from seeds.people import make_file
from seeds.villages import UNTOUCHED, Setting

R = TypeVar("R", bound=Record)


def enter_corrections(
    setting: Setting, residents: list[Resident], businesses: list[Business], volunteers: list[Volunteer]
) -> None:
    """A few records of every village are corrected, and a few thrown away."""
    for village in setting.villages:
        if village.name != UNTOUCHED:
            _correct_files(setting, [resident for resident in residents if resident.village is village])
            _throw_away_double(setting, village)
        _throw_away_publicity(setting, village)
    for business in setting.dice.sample(businesses, 12):
        setting.diary.change(setting.day(5), business, phone=setting.numbers.phone())
        setting.diary.change(setting.day(2), business, opening_hours="08:00-17:00" if business.open else "停业")
    for volunteer in setting.dice.sample(volunteers, 10):
        setting.diary.change(setting.day(4), volunteer, skills="驾驶、搬运")


def _correct_files(setting: Setting, residents: list[Resident]) -> None:
    """A phone that was mistyped, then an address: both on the timeline."""
    for resident in setting.dice.sample(_entered_before(setting, residents, 6), 4):
        setting.diary.change(setting.day(4), resident, phone=setting.numbers.phone())
        address = addresses.address(setting.dice, resident.village.name)
        setting.diary.change(setting.day(1), resident, address=address, note="住址经网格员核对")


def _throw_away_double(setting: Setting, village: Village) -> None:
    """A file that was entered twice, without an identity number the second time."""
    double = make_file(setting, village, Category.RETURNEE, setting.day(3))
    double.identity_number, double.note = None, "与已有档案重复"
    setting.diary.enter(setting.day(3), double)
    setting.diary.throw_away(setting.day(2), double)


def _throw_away_publicity(setting: Setting, village: Village) -> None:
    publicity = Publicity(village=village, on=setting.day(4), kind=PublicityKind.OTHER, content="录入测试", quantity=0)
    setting.diary.enter(setting.day(4), publicity)
    setting.diary.throw_away(setting.day(4), publicity)


def _entered_before(setting: Setting, records: Sequence[R], ago: int) -> list[R]:
    return [record for record in records if local_day(record.created_at) < setting.day(ago)]
