"""家宴 and 举报: the banquets of the demo, most of them given up, and what informers told."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from models.business import Business, BusinessKind
from models.gathering import Banquet, CaseStatus, Source, Tipoff, Topic
from models.place import Village
from seeds import addresses, names
from seeds.diary import at
from seeds.villages import Setting

_OCCASIONS: Final = ("婚宴", "七十寿宴", "满月酒", "乔迁宴", "周岁宴", "升学宴", "丧事简办")
_TOLD: Final = {
    Topic.BANQUET: "有人家里搭棚子，像是要办酒席",
    Topic.GATHERING: "晚上有七八个人聚在一起打牌",
    Topic.VENUE: "门关着，后门进人，里面还在营业",
    Topic.PERSON: "这户儿子前两天从外地开车回来，没有登记",
    Topic.POULTRY: "菜场边上有人在卖活鸡",
    Topic.OTHER: "小区大门没有人测温",
}


def enter_gatherings(setting: Setting, businesses: list[Business]) -> None:
    """Three banquets and about five tips a village; in each something waits to be looked into."""
    for village in setting.villages:
        restaurants = [b for b in businesses if b.village is village and b.kind is BusinessKind.RESTAURANT]
        _enter_cancelled(setting, village, restaurants)
        _enter_stopped(setting, village)
        _enter_planned(setting, village)
        for topic in Topic:
            if setting.dice.random() < 0.8:
                _enter_tip(setting, village, topic)


def _banquet(setting: Setting, village: Village, ahead: int) -> Banquet:
    dice = setting.dice
    host, cook = setting.worker(), setting.worker()
    tables = dice.randint(3, 22)
    return Banquet(
        village=village,
        held_on=setting.today + timedelta(days=ahead),
        place=addresses.estate(dice, village.name),
        host=host.name,
        host_phone=host.phone,
        cook=cook.name,
        cook_phone=cook.phone,
        occasion=dice.choice(_OCCASIONS),
        tables=tables,
        guests=tables * 10,
    )


def _enter_cancelled(setting: Setting, village: Village, restaurants: list[Business]) -> None:
    """Told by the host, talked over, cancelled."""
    banquet = _banquet(setting, village, setting.dice.randint(-3, 5))
    if restaurants:
        banquet.business = setting.dice.choice(restaurants)
        banquet.restaurant = banquet.business.name
    setting.diary.enter(setting.day(9), banquet)
    visitor = setting.cadre(village).name
    setting.diary.change(
        setting.day(8), banquet, status=CaseStatus.VERIFIED, findings="上门核实，确有办酒计划", verified_by=visitor
    )
    setting.diary.change(
        setting.day(7), banquet, status=CaseStatus.CLOSED, outcome="已取消，退订酒席", concluded_on=setting.day(7)
    )


def _enter_stopped(setting: Setting, village: Village) -> None:
    """Told by an informer, stopped on the spot."""
    banquet = _banquet(setting, village, -4)
    banquet.source = Source.TIP
    setting.diary.enter(setting.day(4), banquet)
    setting.diary.change(
        setting.day(4),
        banquet,
        status=CaseStatus.CLOSED,
        findings="现场已摆6桌，未戴口罩",
        joint_enforcement=True,
        outcome="联合执法现场劝散，当事人作出书面检讨",
        verified_by=setting.cadre(village).name,
        concluded_on=setting.day(4),
    )
    tip = _tip(setting, village, Topic.BANQUET, 4)
    tip.banquet = banquet
    tip.status, tip.findings, tip.outcome = CaseStatus.CLOSED, "到现场核实，情况属实", "已劝散"
    tip.verified_by, tip.concluded_on = setting.cadre(village).name, setting.day(4)
    setting.diary.enter(setting.day(4), tip)


def _enter_planned(setting: Setting, village: Village) -> None:
    """Still to be verified; where it was to be today it is high time."""
    setting.diary.enter(setting.day(1), _banquet(setting, village, setting.dice.randint(0, 9)))


def _tip(setting: Setting, village: Village, topic: Topic, ago: int) -> Tipoff:
    dice = setting.dice
    anonymous = dice.random() < 0.4
    minutes = dice.randint(0, 590) if ago else dice.randint(0, 80)
    return Tipoff(
        village=village,
        source=dice.choice((Source.TIP, Source.CALL, Source.VISIT)),
        received_at=at(setting.day(ago), 7, 30) + timedelta(minutes=minutes),
        informer=None if anonymous else names.anybody(dice),
        informer_phone=None if anonymous else setting.numbers.phone(),
        topic=topic,
        place=addresses.estate(dice, village.name),
        text=_TOLD[topic],
    )


def _enter_tip(setting: Setting, village: Village, topic: Topic) -> None:
    """A tip of the last nine days: the older ones are concluded, the younger ones on their way."""
    ago = setting.dice.randint(0, 9)
    tip = _tip(setting, village, topic, ago)
    setting.diary.enter(setting.day(ago), tip)
    if ago < 1 or (ago == 1 and setting.dice.random() < 0.5):
        return
    setting.diary.change(
        setting.day(ago - 1),
        tip,
        status=CaseStatus.VERIFIED,
        findings=setting.dice.choice(("三人组上门核实，情况属实", "现场查看，与反映不符")),
        verified_by=setting.cadre(village).name,
    )
    if ago >= 3:
        setting.diary.change(
            setting.day(ago - 2),
            tip,
            status=CaseStatus.CLOSED,
            outcome=setting.dice.choice(("已劝导整改", "已登记纳入管理", "告知反映人，不属实")),
            concluded_on=setting.day(ago - 2),
        )
