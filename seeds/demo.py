"""The demo: every ledger of one township's fourteen villages, as it stands on a day, with invented people."""

from __future__ import annotations

from datetime import date
from random import Random

from sqlalchemy import func, select

from models.resident import Resident
from models.session import Session
from seeds.accounts import load_accounts
from seeds.corrections import enter_corrections
from seeds.diary import Progress, pinned
from seeds.dossiers import enter_dossiers, enter_rules
from seeds.gates import enter_checkpoints
from seeds.gatherings import enter_gatherings
from seeds.giving import enter_donations, enter_supplies
from seeds.industry import enter_enterprises
from seeds.observing import observe
from seeds.people import enter_files
from seeds.places import DEMO_TOWNSHIP, load_places, only_these_take_part, villages_of
from seeds.reporting import enter_reports
from seeds.service import enter_service
from seeds.summaries import enter_summaries
from seeds.traces import enter_publicity, enter_supervision
from seeds.venues import enter_venues
from seeds.villages import Setting, appoint_staff
from seeds.volunteering import enter_volunteers


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
        only_these_take_part(session, villages)
        accounts = load_accounts(session, villages, password)
    setting = Setting(today, Random(seed), villages)
    tell(setting)
    enter_summaries(setting, accounts)
    setting.diary.write(session, progress)


def tell(setting: Setting) -> None:
    """Enter everything into the diary, one ledger after the other."""
    appoint_staff(setting)
    enter_rules(setting)
    followed = observe(setting)
    residents = enter_files(setting, dict.fromkeys(one.resident for one in followed))
    businesses = enter_venues(setting)
    enter_enterprises(setting)
    enter_gatherings(setting, businesses)
    checkpoints = enter_checkpoints(setting)
    enter_publicity(setting)
    volunteers = enter_volunteers(setting, followed)
    enter_service(setting, volunteers, checkpoints)
    enter_supplies(setting, followed, volunteers)
    enter_donations(setting)
    enter_dossiers(setting, followed)
    enter_supervision(setting)
    enter_corrections(setting, residents, businesses, volunteers)
    enter_reports(setting)
