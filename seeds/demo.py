"""The demo: every ledger of one township's fourteen villages, as it stands on a day, with invented people."""

from __future__ import annotations

from datetime import date
from random import Random

from sqlalchemy import func, select

from models.resident import Resident
from models.session import Session
from seeds.accounts import load_accounts
from seeds.diary import Progress, pinned
from seeds.observing import Followed, observe
from seeds.people import enter_files
from seeds.places import DEMO_TOWNSHIP, load_places, villages_of
from seeds.villages import Setting, appoint_staff


class NotEmpty(ValueError):
    """The demo goes into a register without residents only."""


def load_demo(session: Session, today: date, password: str, seed: int = 2020, progress: Progress | None = None) -> None:
    """Fill every ledger around a day; the same seed and day give the same data. The caller commits.

    Raises NotEmpty if there are residents already, ValueError with what is wrong with a weak password.
    """
    if session.scalar(select(func.count()).select_from(Resident)):
        raise NotEmpty("the register has residents already; the demo goes into an empty one")
    with pinned(today):
        load_places(session)
        villages = villages_of(session, DEMO_TOWNSHIP)
        load_accounts(session, villages, password)
    setting = Setting(today, Random(seed), villages)
    appoint_staff(setting)
    followed = observe(setting)
    enter_files(setting, _by_village(setting, followed))
    setting.diary.write(session, progress)


def _by_village(setting: Setting, followed: list[Followed]) -> dict[str, list[Resident]]:
    """The people who are or were observed, each once."""
    found: dict[str, dict[int, Resident]] = {village.name: {} for village in setting.villages}
    for observed in followed:
        found[observed.village].setdefault(id(observed.resident), observed.resident)
    return {village: list(residents.values()) for village, residents in found.items()}
