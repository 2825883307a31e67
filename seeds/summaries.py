"""Summaries that the demo's people have made: one that the district shares with its villages, one a village pinned."""

from __future__ import annotations

from models.account import Account, Role
from models.made import MadePin, MadeSummary
from models.question import Group, Measure, Question
from models.summing import Step
from seeds.villages import Setting

BY_CATEGORY = Question("resident", Group("village"), Group("category"))
LAST_WEEK = Question("visit", Group("on", Step.DAY), Group("outcome"), Measure(), (("on.from", "today-6"),))


def enter_summaries(setting: Setting, accounts: list[Account]) -> None:
    """Keep two summaries, pin one."""
    by_name = {account.username: account for account in accounts}
    district, village = by_name["district"], by_name["nanyuan"]
    shared = _made(district, "各村各类人员", BY_CATEGORY, Role.VILLAGE)
    own = _made(village, "近七天走访情况", LAST_WEEK, None)
    for record in (shared, own):
        setting.diary.enter(setting.day(2), record)
    setting.diary.enter(setting.day(1), MadePin(account_id=village.id, summary=own))


def _made(maker: Account, name: str, question: Question, shared_with: Role | None) -> MadeSummary:
    return MadeSummary(
        name=name, maker_id=maker.id, maker=maker.name, shared_with=shared_with, question=question.to_json()
    )
