"""Where people live and where they came from: invented streets and estates, real provinces and cities."""

from __future__ import annotations

from random import Random
from typing import Final

from models.resident import Transport

_ESTATES: Final = (
    "锦澜花园", "望湖名邸", "槐香里", "水韵家园", "荷塘苑", "运河新城", "文津雅居", "盂城新苑", "翠屏公寓", "兰亭小筑",
    "安置小区东区", "安置小区西区",
)  # fmt: skip
_STREETS: Final = ("桂雨路", "文津路", "育秀路", "澄湖路", "长虹巷", "秦邮里", "珠湖南路", "通渠路", "新桥街", "银杏路")
_GROUPS: Final = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十")

HUBEI: Final = ("黄冈", "孝感", "荆州", "襄阳", "宜昌", "荆门", "随州", "黄石", "鄂州", "咸宁", "十堰")
ELSEWHERE: Final = (
    ("上海", "上海"), ("江苏", "苏州"), ("江苏", "无锡"), ("江苏", "南京"), ("浙江", "温州"), ("浙江", "杭州"),
    ("浙江", "宁波"), ("广东", "深圳"), ("广东", "广州"), ("安徽", "合肥"), ("河南", "信阳"), ("湖南", "长沙"),
    ("山东", "青岛"),
)  # fmt: skip
CITIES_PASSED: Final = ("合肥", "南京", "扬州", "九江", "安庆", "镇江", "常州", "芜湖", "滁州", "泰州")
HOSPITALS: Final = ("区人民医院发热门诊", "城南卫生院", "区中医院发热门诊")


def address(dice: Random, village: str) -> str:
    """A home in a village: an estate or a street in a community, a villagers' group in the country."""
    if village.endswith("社区"):
        if dice.random() < 0.7:
            stairs, floor, door = dice.randint(1, 3), dice.randint(1, 18), dice.randint(1, 4)
            return f"{dice.choice(_ESTATES)}{dice.randint(1, 32)}幢{stairs}单元{floor}{door:02}室"
        return f"{dice.choice(_STREETS)}{dice.randint(1, 288)}号"
    return f"{village}{dice.choice(_GROUPS)}组{dice.randint(1, 66)}号"


def shopfront(dice: Random, village: str) -> str:
    """A place on a street of a village."""
    if village.endswith("社区"):
        return f"{dice.choice(_STREETS)}{dice.randint(1, 288)}-{dice.randint(1, 9)}号"
    return f"{village}街道{dice.randint(1, 80)}号"


def estate(dice: Random, village: str) -> str:
    """An estate or a villagers' group, without a door."""
    if village.endswith("社区"):
        return dice.choice(_ESTATES)
    return f"{village}{dice.choice(_GROUPS)}组"


def journey(dice: Random) -> tuple[Transport, str]:
    """How somebody travelled, and the flight, train or plate."""
    by = dice.choices((Transport.TRAIN, Transport.CAR, Transport.COACH, Transport.PLANE), (50, 34, 12, 4))[0]
    if by is Transport.TRAIN:
        return by, f"{dice.choice('GDKZ')}{dice.randint(9000, 9899)}"
    if by is Transport.CAR:
        return by, plate(dice)
    if by is Transport.PLANE:
        return by, f"XX{dice.randint(9000, 9899)}"
    return by, ""


def plate(dice: Random) -> str:
    """A number plate that is not given out: two noughts in front."""
    region = dice.choices(("苏K", "苏A", "鄂A", "沪C", "皖A", "浙B"), (70, 8, 8, 6, 5, 3))[0]
    return f"{region}00{dice.choice('ABCDEFGHJK')}{dice.randint(10, 99)}"
