"""志愿者: the fourteen organisations of the demo and their volunteers."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, NamedTuple

from models.observation import DAYS
from models.person import Sex
from models.place import Village
from models.volunteer import Hours, Organisation, Politics, Volunteer
from seeds import names
from seeds.codes import JIANGSU
from seeds.observing import Followed
from seeds.people import birth_date
from seeds.villages import Setting


class Team(NamedTuple):
    """An organisation: how many volunteers it sends, and its temporary Party branch."""

    name: str
    people: int
    branch: str | None = None


TEAMS: Final = (
    Team("薪火学堂青年志愿队", 92, "薪火学堂青年志愿队临时党支部"),
    Team("城南机关党员先锋队", 38, "机关先锋队临时党支部"),
    Team("巾帼志愿服务队", 34),
    Team("退役军人志愿服务队", 30, "退役军人志愿队临时党支部"),
    Team("城南商会志愿服务队", 26),
    Team("乡村医生志愿服务队", 18),
    Team("学苑社区教师志愿队", 28),
    Team("南苑社区邻里互助队", 24),
    Team("朝阳社区楼道长志愿队", 26),
    Team("车逻老党员志愿队", 22, "车逻老党员临时党支部"),
    Team("返乡大学生志愿队", 36),
    Team("邮驿爱心车队", 20),
    Team("城南义务消防志愿队", 18),
    Team("乡音文艺宣传队", 16),
)
_SKILLS: Final = (
    "驾驶",
    "护理",
    "心理疏导",
    "计算机录入",
    "方言广播",
    "摄影",
    "维修水电",
    "会计",
    "教师",
    "普通话、方言翻译",
)


def enter_volunteers(setting: Setting, followed: list[Followed]) -> list[Volunteer]:
    """Every organisation, and its volunteers over the villages. Returns those who can serve."""
    volunteers: list[Volunteer] = []
    for team in TEAMS:
        leader = setting.worker()
        organisation = Organisation(
            name=team.name,
            contact=leader.name,
            phone=leader.phone,
            founded_on=setting.day(setting.dice.randint(20, 24)),
            party_branch=team.branch,
        )
        setting.diary.enter(setting.day(17), organisation)
        for _ in range(team.people):
            volunteer = _volunteer(setting, organisation, _home_of(setting, team), f"CN{len(volunteers) + 1:05}")
            setting.diary.enter(setting.day(17), volunteer)
            volunteers.append(volunteer)
    unavailable = _observe_one(setting, volunteers, followed)
    return [volunteer for volunteer in volunteers if volunteer is not unavailable]


def _home_of(setting: Setting, team: Team) -> Village:
    """Most serve where their organisation is at home, if its name tells."""
    own = [village for village in setting.villages if village.name.rstrip("社区村") in team.name]
    return own[0] if own and setting.dice.random() < 0.9 else setting.dice.choice(setting.villages)


def _volunteer(setting: Setting, organisation: Organisation, village: Village, number: str) -> Volunteer:
    dice = setting.dice
    young = organisation.name in ("薪火学堂青年志愿队", "返乡大学生志愿队")
    sex = dice.choice((Sex.MALE, Sex.FEMALE))
    birth = birth_date(dice, setting.today, 18, 26) if young else birth_date(dice, setting.today, 22, 66)
    party = organisation.party_branch is not None
    return Volunteer(
        village=village,
        number=number,
        name=names.name(dice, sex),
        identity_number=setting.numbers.identity(JIANGSU, birth, sex),
        phone=setting.numbers.phone(),
        organisation=organisation,
        politics=dice.choices(tuple(Politics), (60 if party else 20, 6, 20, 2, 40))[0],
        skills="、".join(dice.sample(_SKILLS, dice.randint(1, 2))) if dice.random() < 0.6 else None,
        hours=dice.sample(tuple(Hours), dice.randint(2, 5)),
    )


def _observe_one(setting: Setting, volunteers: list[Volunteer], followed: list[Followed]) -> Volunteer:
    """A volunteer who is observed at home: the end of the term is written down here, the reason is not."""
    one = next(one for one in followed if one.village == "学苑社区" and one.left is None)
    volunteer = next(v for v in volunteers if v.village.name == "学苑社区")
    resident = one.resident
    volunteer.name, volunteer.identity_number, volunteer.phone = resident.name, resident.identity_number, resident.phone
    exposure = one.observation.last_exposure_on or one.began_on
    setting.diary.change(one.began_on, volunteer, unavailable_until=exposure + timedelta(days=DAYS))
    return volunteer
