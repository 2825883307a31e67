"""代购代送 and 捐赠: what observed households asked for, and what was given."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from typing import Final

from models.place import Village
from models.supply import Directed, Donation, DonationKind, Supply, SupplyKind, SupplyStatus
from models.volunteer import Volunteer
from seeds import names
from seeds.observing import Followed
from seeds.villages import Setting

_GOODS: Final = {
    SupplyKind.FOOD: (
        "大米10斤、鸡蛋30个、青菜3斤",
        "面条、食用油、猪肉2斤",
        "奶粉2罐、纸尿裤1包",
        "饮用水2桶、面包、牛奶",
    ),
    SupplyKind.MEDICINE: ("降压药（硝苯地平）1盒", "胰岛素2支，冷藏", "体温计1支、酒精棉球", "感冒药、口罩20只"),
    SupplyKind.GAS: ("液化气1罐", "代缴电费"),
    SupplyKind.COUNSELLING: ("连日失眠、焦虑，希望与心理咨询师通话",),
    SupplyKind.OTHER: ("打印网课资料", "清理生活垃圾"),
}
_DONORS: Final = (
    "高邮市淼禾食品有限公司",
    "城南商会",
    "爱心人士（不具名）",
    "薪火学堂校友会",
    "区工商联",
    "车逻籍在外企业家",
)
_GIFTS: Final = (
    (DonationKind.GOODS, "一次性医用口罩", (200, 5000), "只"), (DonationKind.GOODS, "84消毒液", (20, 400), "桶"),
    (DonationKind.GOODS, "方便面", (20, 200), "箱"), (DonationKind.GOODS, "防护服", (10, 120), "套"),
    (DonationKind.GOODS, "军大衣", (5, 40), "件"), (DonationKind.MONEY, "现金", (500, 50000), "元"),
)  # fmt: skip


def enter_supplies(setting: Setting, followed: list[Followed], volunteers: list[Volunteer]) -> None:
    """What the households under observation at home asked for; of the last day's requests some wait for somebody."""
    couriers: defaultdict[str, list[Volunteer]] = defaultdict(list)
    for volunteer in volunteers:
        couriers[volunteer.village.name].append(volunteer)
    for one in followed:
        for _ in range(setting.dice.choice((0, 0, 1, 1, 2))):
            _ask(setting, one, couriers[one.village])


def _ask(setting: Setting, one: Followed, couriers: list[Volunteer]) -> None:
    dice, diary, resident = setting.dice, setting.diary, one.resident
    last = one.left_on or setting.today
    asked_on = one.began_on + timedelta(days=dice.randint(0, (last - one.began_on).days))
    kind = dice.choices(tuple(_GOODS), (60, 20, 8, 5, 7))[0]
    supply = Supply(
        village=resident.village,
        asked_on=asked_on,
        name=resident.name,
        address=resident.address or resident.village.name,
        phone=resident.phone,
        kind=kind,
        goods=dice.choice(_GOODS[kind]),
    )
    diary.enter(asked_on, supply)
    ago = (setting.today - asked_on).days
    if ago == 0 or (ago < 3 and dice.random() < 0.3):
        return  # nobody has taken it on
    courier = dice.choice(couriers).name
    cost = Decimal(dice.randint(800, 32000)) / 100 if kind in (SupplyKind.FOOD, SupplyKind.MEDICINE) else None
    if ago == 1:
        status = dice.choice((SupplyStatus.TAKEN, SupplyStatus.BOUGHT))
        diary.change(setting.today, supply, status=status, courier=courier)
    elif dice.random() < 0.06:
        diary.change(setting.day(ago - 1), supply, status=SupplyStatus.CANCELLED, note="家属已送到")
    else:
        on = setting.day(ago - 1)
        diary.change(on, supply, status=SupplyStatus.DELIVERED, courier=courier, cost=cost, delivered_on=on)


def enter_donations(setting: Setting) -> None:
    """Three to five gifts a village; the older ones are handed out and made public."""
    for village in setting.villages:
        for _ in range(setting.dice.randint(3, 5)):
            _enter_gift(setting, village)


def _enter_gift(setting: Setting, village: Village) -> None:
    dice = setting.dice
    kind, what, (least, most), measure = dice.choice(_GIFTS)
    ago = dice.randint(0, 12)
    donation = Donation(
        village=village,
        donor=names.anybody(dice) if dice.random() < 0.4 else dice.choice(_DONORS),
        kind=kind,
        what=what,
        quantity=Decimal(dice.randint(least, most)),
        measure=measure,
        directed=dice.choice((Directed.DIRECTED, Directed.UNDIRECTED)),
        receiver=f"{village.name}防控工作组",
        received_on=setting.day(ago),
    )
    setting.diary.enter(setting.day(ago), donation)
    if ago >= 3:
        setting.diary.change(
            setting.day(ago - 2),
            donation,
            went_to="发放至卡口和三人组" if kind is DonationKind.GOODS else "购买消毒用品",
            published_on=setting.day(ago - 2),
        )
