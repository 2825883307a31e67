"""一业一记载: the shops, restaurants, baths and markets of the demo, and the inspections paid to them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from models.business import Business, BusinessKind, Control, Inspection, Recheck, VenueStatus, Way
from models.place import Village
from seeds import addresses, names
from seeds.villages import Setting

DAYS_INSPECTED: Final = 10


class Trade(NamedTuple):
    """What is typical of a kind of business: how it is called, what is demanded, how many there are in a community."""

    endings: tuple[str, ...]
    control: Control
    in_community: int
    in_village: int


_TRADES: Final = {
    BusinessKind.RESTAURANT: Trade(("饭店", "酒楼", "土菜馆", "小吃店"), Control.CLOSE, 4, 2),
    BusinessKind.BATH: Trade(("浴室", "休闲浴场"), Control.CLOSE, 2, 1),
    BusinessKind.INTERNET_CAFE: Trade(("网吧", "网咖"), Control.CLOSE, 2, 0),
    BusinessKind.KARAOKE: Trade(("歌厅", "量贩KTV"), Control.CLOSE, 1, 0),
    BusinessKind.GAMES: Trade(("游戏室",), Control.CLOSE, 1, 0),
    BusinessKind.HAIRDRESSER: Trade(("理发店", "造型"), Control.CLOSE, 3, 1),
    BusinessKind.MAHJONG: Trade(("棋牌室",), Control.CLOSE, 3, 2),
    BusinessKind.SUPERMARKET: Trade(("超市", "便利店"), Control.SERVE, 3, 1),
    BusinessKind.MARKET: Trade(("农贸市场",), Control.SERVE, 1, 0),
    BusinessKind.STALLS: Trade(("疏导点",), Control.SERVE, 1, 1),
    BusinessKind.POULTRY: Trade(("活禽宰杀点",), Control.CLOSE, 0, 1),
    BusinessKind.OTHER: Trade(("五金店", "农资店", "快递点", "药店"), Control.RESTRICT, 2, 1),
}
_SIGNS: Final = (
    "聚福", "悦来", "真味", "水乡", "老街", "小城", "鸿运", "好邻居", "四季春", "一品", "清风", "家家乐", "南门",
    "三元", "喜洋洋", "金水湾", "湖畔", "双喜", "同心", "春晖", "老友", "十里香", "星光", "蓝月", "福满", "邮驿",
    "荷风", "兴隆", "天天", "阿牛",
)  # fmt: skip
_FINDINGS: Final = (
    "部分顾客未戴口罩，入口未测温", "消毒记录不全，垃圾未日产日清", "排队间距不足，未设一米线",
    "从业人员健康台账未更新", "后门未封闭，仍有人进出",
)  # fmt: skip
# What is out of the ordinary: village, kind of business, and where it stands.
_TROUBLE: Final = (
    ("太丰村", BusinessKind.MAHJONG, VenueStatus.DEFIANT),
    ("朝阳社区", BusinessKind.RESTAURANT, VenueStatus.ORDERED),
    ("朝阳社区", BusinessKind.SUPERMARKET, VenueStatus.RECHECK),
    ("学苑社区", BusinessKind.HAIRDRESSER, VenueStatus.RECTIFIED),
    ("南苑社区", BusinessKind.SUPERMARKET, VenueStatus.RECHECK),
    ("车逻村", BusinessKind.BATH, VenueStatus.ORDERED),
)


def enter_venues(setting: Setting) -> list[Business]:
    """Every business, and the inspections of the last days."""
    businesses: list[Business] = []
    for village in setting.villages:
        signs = setting.dice.sample(_SIGNS, len(_SIGNS))
        for kind, trade in _TRADES.items():
            for _ in range(trade.in_community if village.name.endswith("社区") else trade.in_village):
                businesses.append(_open_business(setting, village, kind, trade, signs.pop()))
    for business in businesses:
        setting.diary.enter(setting.day(15), business)
        _inspect(setting, business)
    _enter_trouble(setting, businesses)
    return businesses


def _open_business(setting: Setting, village: Village, kind: BusinessKind, trade: Trade, sign: str) -> Business:
    dice = setting.dice
    operator, cadre = setting.worker(), setting.cadre(village)
    serving = trade.control is Control.SERVE
    business = Business(
        village=village,
        name=sign + dice.choice(trade.endings),
        kind=kind,
        address=addresses.shopfront(dice, village.name),
        operator=operator.name,
        phone=operator.phone,
        home_address=addresses.address(dice, village.name),
        control=trade.control,
        status={
            Control.CLOSE: VenueStatus.CLOSED,
            Control.RESTRICT: VenueStatus.RESTRICTED,
            Control.SERVE: VenueStatus.NORMAL,
        }[trade.control],
        guarantor=cadre.name,
        cadre=cadre.name,
        open=trade.control is not Control.CLOSE,
        opening_hours="06:30-18:00" if serving else "09:00-16:00" if trade.control is Control.RESTRICT else None,
    )
    if serving:
        business.contact = names.anybody(dice)
        business.leader = names.anybody(dice)
        business.area = Decimal(dice.randint(60, 900))
    if kind in (BusinessKind.MARKET, BusinessKind.STALLS):
        business.area, business.stalls = Decimal(dice.randint(400, 3000)), dice.randint(12, 90)
    return business


def _inspect(setting: Setting, business: Business) -> None:
    """About every other day; what the public needs is inspected jointly, the rest is asked after and looked at."""
    dice = setting.dice
    serving = business.control is Control.SERVE
    for ago in range(DAYS_INSPECTED, -1, -1):
        if dice.random() > (0.7 if serving else 0.45 if ago else 0.35):
            continue
        joint = serving and dice.random() < 0.4
        inspection = Inspection(
            village=business.village,
            business=business,
            on=setting.day(ago),
            way=Way.JOINT if joint else dice.choice((Way.PHONE, Way.SITE, Way.PUBLIC)),
            inspector=business.guarantor,
            departments="市场监管、食安办、公安" if joint else None,
            operating=bool(business.open),
            masks=True if business.open else None,
            disinfected=True if business.open else None,
        )
        if joint and dice.random() < 0.3:
            _find_fault(setting, inspection, ago)
        setting.diary.enter(setting.day(ago), inspection)


def _find_fault(setting: Setting, inspection: Inspection, ago: int) -> None:
    """Something was wrong; on the day by which it was to be rectified it is looked at again, or a day late."""
    dice = setting.dice
    inspection.findings = dice.choice(_FINDINGS)
    inspection.masks = "口罩" not in inspection.findings
    inspection.disinfected = "消毒" not in inspection.findings
    inspection.rectify_by = setting.day(ago - 2)
    if ago >= 3:
        outcome = Recheck.PARTLY if dice.random() < 0.15 else Recheck.RECTIFIED
        again = setting.day(ago - 2 if ago % 4 else ago - 3)
        setting.diary.change(again, inspection, rechecked_on=again, recheck=outcome)


def _enter_trouble(setting: Setting, businesses: list[Business]) -> None:
    for number, (village, kind, status) in enumerate(_TROUBLE):
        business = next(b for b in businesses if b.village.name == village and b.kind is kind)
        found_on = setting.day(6 - number % 3)
        open_now = status in (VenueStatus.DEFIANT, VenueStatus.RECHECK)
        inspection = Inspection(
            village=business.village,
            business=business,
            on=found_on,
            way=Way.JOINT,
            inspector=business.guarantor,
            departments="市场监管、公安、综合执法",
            operating=True,
            masks=False,
            disinfected=False,
            findings="擅自营业，聚集多人" if status is VenueStatus.DEFIANT else setting.dice.choice(_FINDINGS),
            rectify_by=found_on + timedelta(days=2),
        )
        setting.diary.enter(found_on, inspection)
        setting.diary.change(found_on, business, status=VenueStatus.ORDERED, open=open_now)
        if status is VenueStatus.RECTIFIED:
            setting.diary.change(setting.day(1), inspection, rechecked_on=setting.day(1), recheck=Recheck.RECTIFIED)
        if status is not VenueStatus.ORDERED:
            setting.diary.change(setting.day(1), business, status=status)
