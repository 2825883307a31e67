"""宣传留痕 and 督查: what was put up and broadcast in the demo, and who came to look."""

from __future__ import annotations

from typing import Final

from models.place import Village
from models.publicity import Publicity, PublicityKind
from models.supervision import Supervision
from seeds import addresses, names
from seeds.villages import Setting

_SAID: Final = {
    PublicityKind.POSTER: ("防控知识海报", (5, 60)),
    PublicityKind.BANNER: ("少出门、不聚会、勤洗手、戴口罩", (1, 8)),
    PublicityKind.LETTER: ("致全体村（居）民的一封信", (80, 900)),
    PublicityKind.LOUDSPEAKER: ("流动小喇叭，方言版防控提醒", (1, 6)),
    PublicityKind.BROADCAST: ("应急广播，每日三次", (3, 3)),
    PublicityKind.VEHICLE: ("宣传车沿主干道巡回", (1, 3)),
    PublicityKind.GROUP: ("居民群推送当日通告", (1, 4)),
    PublicityKind.OTHER: ("入户讲解，签收告知书", (10, 120)),
}
_FOUND: Final = (
    ("卡口夜间值守人员不足", "补足人员，排出夜班表"), ("个别观察对象门前未贴标识", "当日补贴"),
    ("超市入口未设测温点", "增设测温点"), ("台账填写不及时", "当日事当日记"),
    ("棋牌室后门未封", "落实包保责任人每日查看"),
)  # fmt: skip
_PLACES: Final = ("村（社区）卡口", "集中居住区", "农贸市场、超市", "观察对象住处周边", "企业复工现场")


def enter_publicity(setting: Setting) -> None:
    """Each kind of publicity once or more in every village."""
    for village in setting.villages:
        for kind, (content, (least, most)) in _SAID.items():
            for _ in range(setting.dice.choice((1, 1, 2))):
                ago = setting.dice.randint(0, 14)
                publicity = Publicity(
                    village=village,
                    on=setting.day(ago),
                    kind=kind,
                    content=content,
                    place=addresses.estate(setting.dice, village.name),
                    quantity=setting.dice.randint(least, most),
                    responsible=setting.cadre(village).name,
                )
                setting.diary.enter(setting.day(ago), publicity)


def enter_supervision(setting: Setting) -> None:
    """Leaders came about every fourth day; in some villages what they demanded is overdue."""
    leaders = [names.anybody(setting.dice) for _ in range(5)]
    for number, village in enumerate(setting.villages):
        for ago in (12, 8, 5, 2):
            _enter_round(setting, village, leaders, ago, overdue=ago == 5 and number % 4 == 1)


def _enter_round(setting: Setting, village: Village, leaders: list[str], ago: int, overdue: bool) -> None:
    dice, on = setting.dice, setting.day(ago)
    supervisors = dice.sample(leaders, 2)
    found, demanded = dice.choice(_FOUND)
    clean = not overdue and dice.random() < 0.4
    visit = Supervision(
        village=village,
        on=on,
        supervisors=f"区督查组{supervisors[0]}、{supervisors[1]}",
        place=dice.choice(_PLACES),
        findings=None if clean else found,
        demands=None if clean else demanded,
        due_on=None if clean else setting.day(ago - 2),
        note="各项措施到位" if clean else None,
    )
    setting.diary.enter(on, visit)
    if not clean and not overdue and ago > 2:
        setting.diary.change(setting.day(ago - 2), visit, done=f"已整改：{demanded}", done_on=setting.day(ago - 2))
