"""卡口: the checkpoints of the demo and the last days of their books."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Final

from models.checkpoint import Checkpoint, Direction, Passage
from models.person import Sex
from seeds import addresses, names
from seeds.codes import JIANGSU
from seeds.diary import at
from seeds.people import birth_date
from seeds.villages import Setting

DAYS_KEPT: Final = 3
_GATES: Final = ("东大门", "西大门", "南大门", "北大门")
_ROADS: Final = ("村口", "主干道", "南桥头", "北桥头", "圩堤")
_PURPOSES: Final = ("上班", "买菜", "就医", "送货", "返家", "探亲（已劝返）", "值班", "运送农资")
_PLACES: Final = ("高邮街道", "区医院", "开发区", "界首镇", "扬州", "龙虬镇")


def enter_checkpoints(setting: Setting) -> list[Checkpoint]:
    """One checkpoint a village, two a community, and who passed lately."""
    checkpoints = []
    for village in setting.villages:
        community = village.name.endswith("社区")
        for road in setting.dice.sample(_GATES if community else _ROADS, 2 if community else 1):
            cadre = setting.cadre(village)
            checkpoint = Checkpoint(
                village=village,
                name=f"{village.name}{road}卡口",
                place=addresses.shopfront(setting.dice, village.name),
                cadre=cadre.name,
                phone=cadre.phone,
                opened_on=setting.day(16),
            )
            setting.diary.enter(setting.day(16), checkpoint)
            checkpoints.append(checkpoint)
            for ago in range(DAYS_KEPT, -1, -1):
                _fill_book(setting, checkpoint, ago)
    _enter_fever(setting, checkpoints[-3])
    _close_one(setting, checkpoints[0])
    return checkpoints


def _fill_book(setting: Setting, checkpoint: Checkpoint, ago: int) -> None:
    dice = setting.dice
    keeper = setting.cadre(checkpoint.village).name
    minutes = sorted(dice.sample(range(90 if not ago else 840), dice.randint(4, 6) if not ago else dice.randint(8, 14)))
    for minute in minutes:
        passage = _passage(setting, checkpoint, keeper)
        passage.at = at(setting.day(ago), 6) + timedelta(minutes=minute)
        setting.diary.enter(setting.day(ago), passage, passage.at)


def _passage(setting: Setting, checkpoint: Checkpoint, keeper: str) -> Passage:
    dice = setting.dice
    sex = dice.choice((Sex.MALE, Sex.FEMALE))
    driving = dice.random() < 0.6
    here, there = checkpoint.village.name, dice.choice(_PLACES)
    going_in = dice.random() < 0.5
    birth = birth_date(dice, setting.today, 18, 75)
    return Passage(
        village=checkpoint.village,
        checkpoint=checkpoint,
        direction=Direction.IN if going_in else Direction.OUT,
        plate=addresses.plate(dice) if driving else None,
        name=names.name(dice, sex),
        people=dice.choice((1, 1, 1, 2, 3)) if driving else 1,
        phone=setting.numbers.phone(),
        identity_number=setting.numbers.identity(JIANGSU, birth, sex) if dice.random() < 0.5 else None,
        origin=there if going_in else here,
        destination=here if going_in else there,
        temperature=Decimal(dice.randint(358, 370)) / 10,
        purpose=dice.choice(_PURPOSES),
        keeper=keeper,
    )


def _enter_fever(setting: Setting, checkpoint: Checkpoint) -> None:
    passage = _passage(setting, checkpoint, setting.cadre(checkpoint.village).name)
    passage.at = at(setting.today, 7, 42)
    passage.direction, passage.temperature = Direction.IN, Decimal("37.6")
    passage.note = "已复测，联系发热门诊接送"
    setting.diary.enter(setting.today, passage, passage.at)


def _close_one(setting: Setting, checkpoint: Checkpoint) -> None:
    """A second checkpoint of the first community that was there for a week only."""
    village = checkpoint.village
    gone = Checkpoint(village=village, name=f"{village.name}临时便道卡口", opened_on=setting.day(16))
    setting.diary.enter(setting.day(16), gone)
    setting.diary.change(setting.day(9), gone, closed_on=setting.day(9), note="便道已封闭，撤除")
