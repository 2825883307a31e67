"""企业复工复产: the enterprises of the demo, in every state of going back to work."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from models.enterprise import Enterprise, Resumption, ResumptionStatus
from models.place import Village
from seeds import addresses, names
from seeds.villages import Setting

_SIGNS: Final = (
    "淼禾", "砚舟", "朔羽", "蓝泾", "苇航", "秋澄", "岚汐", "槿川", "渚清", "穗丰源", "珩远", "邗舟", "沁泽", "稷禾",
    "璟澜", "霁云", "芃野", "栎川", "泠泉", "昀晟",
)  # fmt: skip
_TRADES: Final = (
    ("服装", "服装生产、加工、销售"), ("电缆", "电线电缆制造、销售"), ("照明", "路灯、照明器材制造"),
    ("机械", "通用机械零部件加工"), ("食品", "蛋制品、水产品加工"), ("塑料", "塑料制品生产、销售"),
    ("纺织", "纺纱、织布"), ("建材", "预制构件、建材销售"),
)  # fmt: skip
_STATES: Final = (
    ResumptionStatus.RESUMED, ResumptionStatus.FILED, ResumptionStatus.IDLE, ResumptionStatus.RESUMED,
    ResumptionStatus.APPLIED, ResumptionStatus.RESUMED, ResumptionStatus.IDLE, ResumptionStatus.FILED,
    ResumptionStatus.APPLIED, ResumptionStatus.SUSPENDED, ResumptionStatus.IDLE,
)  # fmt: skip
_PAPERS: Final = (
    "isolation_room", "disinfection", "temperature_checks", "publicity", "commitment_letter", "emergency_plan",
    "health_table", "told_face_to_face",
)  # fmt: skip


def enter_enterprises(setting: Setting) -> list[Enterprise]:
    """Four to seven enterprises a village, and how far each is."""
    enterprises = []
    for village in setting.villages:
        signs = setting.dice.sample(_SIGNS, len(_SIGNS))
        for number in range(setting.dice.randint(4, 7)):
            enterprise = _found(setting, village, signs[number])
            setting.diary.enter(setting.day(12), enterprise)
            _resume(setting, enterprise, _STATES[(number + village.id) % len(_STATES)])
            enterprises.append(enterprise)
    return enterprises


def _found(setting: Setting, village: Village, sign: str) -> Enterprise:
    dice = setting.dice
    trade, scope = dice.choice(_TRADES)
    contact = setting.worker()
    return Enterprise(
        village=village,
        name=f"高邮市{sign}{village.name[:2]}{trade}有限公司",
        credit_code=setting.numbers.credit_code(),
        legal_person=names.anybody(dice),
        contact=contact.name,
        phone=contact.phone,
        duty_phone=setting.numbers.landline(),
        address=addresses.shopfront(dice, village.name),
        business_scope=scope,
        workers=dice.randint(8, 260),
    )


def _resume(setting: Setting, enterprise: Enterprise, reached: ResumptionStatus) -> None:
    """Enter the file as idle, then the steps up to the state reached, each on its day."""
    dice, diary = setting.dice, setting.diary
    resumption = Resumption(village=enterprise.village, enterprise=enterprise)
    resumption.from_hubei = dice.choice((0, 0, 0, 1, 2, 4))
    resumption.hubei_customers = "武汉一家客户，已暂停往来" if dice.random() < 0.15 else None
    diary.enter(setting.day(11), resumption)
    applied, filed, resumed = setting.day(9), setting.day(dice.randint(5, 7)), setting.day(dice.randint(0, 3))
    if reached is ResumptionStatus.IDLE:
        return
    diary.change(applied, resumption, status=ResumptionStatus.APPLIED, applied_on=applied)
    if reached is ResumptionStatus.APPLIED:
        return
    diary.change(filed, resumption, status=ResumptionStatus.FILED, filed_on=filed, **dict.fromkeys(_PAPERS, True))
    if reached is ResumptionStatus.FILED:
        return
    diary.change(resumed, resumption, **_at_work(setting, enterprise, resumed))
    if reached is ResumptionStatus.SUSPENDED:
        diary.change(
            setting.today,
            resumption,
            status=ResumptionStatus.SUSPENDED,
            suspended_on=setting.today,
            suspension_reason="抽查发现员工宿舍未按要求隔离，责令暂停",
        )


def _at_work(setting: Setting, enterprise: Enterprise, on: date) -> dict[str, Any]:
    workers = enterprise.workers or 0
    returned = setting.dice.randint(workers // 4, workers)
    return {
        "status": ResumptionStatus.RESUMED,
        "resumed_on": on,
        "returned": returned,
        "from_outside": setting.dice.randint(0, returned // 3),
        "checked_on": on,
        "check_findings": setting.dice.choice(("防控措施到位", "测温点设置合理，口罩储备够用7天", "食堂已改为分餐")),
    }
