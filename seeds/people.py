"""The residents' files (一人一档): who they are, where they came from, and who is responsible for them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from random import Random
from typing import Final, NamedTuple

from models.person import Sex
from models.place import Village
from models.resident import Category, FileStatus, Resident
from seeds import addresses, names
from seeds.codes import DIVISIONS
from seeds.diary import at
from seeds.villages import SIZES, UNTOUCHED, Setting, Staff

_CATEGORIES: Final = {
    Category.RETURNEE: 50, Category.NEWCOMER: 16, Category.DATA_MATCH: 16, Category.TO_INVESTIGATE: 8,
    Category.HUBEI_NATIVE: 6, Category.VIA_HUBEI: 3, Category.FEVER: 1, Category.RECOVERED: 1,
}  # fmt: skip
_OF_HUBEI: Final = {
    Category.FROM_WUHAN: 50, Category.HUBEI_NATIVE: 18, Category.VIA_HUBEI: 16, Category.CLOSE_CONTACT: 16,
}  # fmt: skip
_RELATIVES: Final = (
    ("父亲", Sex.MALE), ("兄长", Sex.MALE), ("儿子", Sex.MALE), ("叔叔", Sex.MALE),
    ("姐姐", Sex.FEMALE), ("女儿", Sex.FEMALE),
)  # fmt: skip


class Guest(NamedTuple):
    """Somebody whose name is written or read unlike most, in the village where the demo has them."""

    village: str
    name: str
    sex: Sex
    native_place: str
    identified: bool = True


GUESTS: Final = (
    Guest("朝阳社区", "阿依古丽·买买提", Sex.FEMALE, "新疆喀什"),
    Guest("朝阳社区", "扎西·旦增", Sex.MALE, "西藏拉萨"),
    Guest("朝阳社区", "Astrid Holmqvist", Sex.FEMALE, "境外", identified=False),
    Guest("朝阳社区", "尉迟恭良", Sex.MALE, "江苏高邮"),
    Guest("朝阳社区", "单小曼", Sex.FEMALE, "江苏高邮"),
    Guest("南苑社区", "单立新", Sex.MALE, "江苏高邮"),
    Guest("南苑社区", "尉迟清如", Sex.FEMALE, "江苏高邮"),
    Guest("学苑社区", "艾力·吐尔逊", Sex.MALE, "新疆阿克苏"),
    Guest("学苑社区", "查良佑", Sex.MALE, "浙江海宁"),
    Guest("车逻村", "仇桂兰", Sex.FEMALE, "江苏高邮"),
    Guest("太丰村", "卓玛·央金", Sex.FEMALE, "西藏林芝"),
)


def birth_date(dice: Random, today: date, youngest: int = 1, oldest: int = 88) -> date:
    """A birth date, most of them of people who work."""
    years = dice.triangular(youngest, oldest, min(36, oldest))
    return today - timedelta(days=int(years * 365.25) + dice.randint(0, 364))


def make_file(setting: Setting, village: Village, category: Category, entered_on: date) -> Resident:
    """The file of a new person who came to a village some time before it was entered."""
    dice, numbers, staff = setting.dice, setting.numbers, setting.staff[village.name]
    sex = dice.choice((Sex.MALE, Sex.FEMALE))
    birth = birth_date(dice, setting.today)
    province, home = ("湖北", dice.choice(addresses.HUBEI)) if category is Category.HUBEI_NATIVE else ("江苏", "高邮")
    cadre = dice.choice(staff.cadres)
    person = Resident(
        village=village,
        name=names.name(dice, sex),
        sex=sex,
        birth_date=birth,
        identity_number=numbers.identity(DIVISIONS[province], birth, sex) if dice.random() < 0.97 else None,
        phone=numbers.phone() if dice.random() < 0.96 else None,
        category=category,
        status=FileStatus.PENDING,
        native_place=province + home,
        address=addresses.address(dice, village.name),
        cadre=cadre.name,
        cadre_phone=cadre.phone,
        grid_worker=dice.choice(staff.grid_workers).name,
    )
    _tell_the_journey(setting, person, entered_on)
    return person


def make_observed_file(setting: Setting, village: Village, arrived_on: date) -> Resident:
    """The file of somebody who has to be observed: came from Hubei, or met somebody who had."""
    dice, numbers, staff = setting.dice, setting.numbers, setting.staff[village.name]
    category = dice.choices(tuple(_OF_HUBEI), tuple(_OF_HUBEI.values()))[0]
    person = make_file(setting, village, category, arrived_on)
    person.arrived_on = arrived_on
    person.arrived_by, person.transport_number = addresses.journey(dice)
    person.came_from = "湖北武汉" if category is Category.FROM_WUHAN else f"湖北{dice.choice(addresses.HUBEI)}"
    person.met_case = category is Category.CLOSE_CONTACT
    person.lived_with_contact = category is Category.CLOSE_CONTACT and dice.random() < 0.5
    person.met_from_area = True
    person.health, person.sought_care = "良好", False
    person.next_step = "居家医学观察14天"
    relation, sex = dice.choice(_RELATIVES)
    person.relative = f"{names.name(dice, sex, person.name[0])}（{relation}）"
    person.relative_phone = numbers.phone()
    person.statement = _statement(dice, person, arrived_on)
    _assign_team(person, staff)
    return person


def enter_files(setting: Setting, observed: Iterable[Resident]) -> list[Resident]:
    """Every village's other files: people who were looked into and, most of them, ruled out. Returns all files."""
    files = list(observed)
    for village in setting.villages:
        guests = [guest for guest in GUESTS if guest.village == village.name]
        for number in range(SIZES[village.name].files - sum(file.village is village for file in files)):
            resident, entered_on = _enter_other(setting, village)
            if number < len(guests):
                _become(setting, resident, guests[number])
            elif setting.dice.random() < 0.3:
                _join_household(setting, resident, files[-1])
            files.append(resident)
            # the district's list came after the morning's report
            listed_at = at(entered_on, 9, 30) if village.name == UNTOUCHED else None
            setting.diary.enter(entered_on, resident, listed_at)
    return files


def _enter_other(setting: Setting, village: Village) -> tuple[Resident, date]:
    dice = setting.dice
    if village.name == UNTOUCHED:  # a list of the district, which came this morning
        resident = make_file(setting, village, Category.DATA_MATCH, setting.today)
        resident.next_step = "入户核查"
        return resident, setting.today
    category = dice.choices(tuple(_CATEGORIES), tuple(_CATEGORIES.values()))[0]
    ago = min(dice.randint(0, 22), dice.randint(0, 22))
    resident = make_file(setting, village, category, setting.day(ago))
    resident.met_case = resident.lived_with_contact = resident.met_from_area = False
    resident.health = "体温偏高，已就诊" if category is Category.FEVER else "良好"
    resident.sought_care = category is Category.FEVER
    if category is Category.FEVER:
        resident.hospital, resident.care_on = dice.choice(addresses.HOSPITALS), setting.day(ago)
    if ago > 2 and dice.random() < 0.8:
        resident.status, resident.next_step = FileStatus.EXCLUDED, "健康告知，不作观察"
    elif ago > 2:
        setting.diary.change(
            setting.day(ago - dice.randint(1, 2)), resident, status=FileStatus.EXCLUDED, next_step="健康告知，不作观察"
        )
    else:
        resident.next_step = "电话核实行程"
    return resident, setting.day(ago)


def _become(setting: Setting, resident: Resident, guest: Guest) -> None:
    resident.name, resident.sex, resident.native_place = guest.name, guest.sex, guest.native_place
    birth = resident.birth_date or setting.today
    division = DIVISIONS.get(guest.native_place[:2], DIVISIONS["江苏"])
    resident.identity_number = setting.numbers.identity(division, birth, guest.sex) if guest.identified else None
    if not guest.identified:
        resident.note = "外籍人员，护照登记"


def _join_household(setting: Setting, resident: Resident, of: Resident) -> None:
    """Live with somebody of the same village and, mostly, bear the same surname."""
    if of.village is resident.village:
        resident.address, resident.came_from = of.address, of.came_from
        if setting.dice.random() < 0.7 and max(len(of.name), len(resident.name)) <= 3:
            resident.name = of.name[0] + resident.name[1:]


def _tell_the_journey(setting: Setting, person: Resident, entered_on: date) -> None:
    dice = setting.dice
    province, city = dice.choice(addresses.ELSEWHERE)
    person.came_from = city if province == city else f"{province}{city}"
    person.arrived_on = entered_on - timedelta(days=dice.randint(0, 3))
    person.arrived_by, person.transport_number = addresses.journey(dice)
    if dice.random() < 0.2:
        person.cities_passed = "、".join(dice.sample(addresses.CITIES_PASSED, dice.randint(1, 2)))


def _statement(dice: Random, person: Resident, arrived_on: date) -> str:
    way = dice.choice(("乘车途中全程佩戴口罩", "途中未下车", "途中在服务区短暂停留"))
    return (
        f"本人于{arrived_on.month}月{arrived_on.day}日从{person.came_from}到达，{way}，到达后未参加聚会。"
        "以上情况属实，愿配合居家医学观察，如有隐瞒愿承担责任。"
    )


def _assign_team(person: Resident, staff: Staff) -> None:
    person.police, person.doctor = staff.police.name, staff.doctor.name
