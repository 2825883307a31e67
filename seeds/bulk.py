"""The big database: as many residents as are wanted over many villages, and every ledger in proportion.

It is there to measure the panel with. Its records are generated past the ORM and have no authors, so the trail has one
row a village and ledger that says how many there are, instead of one for each.
"""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Final

from sqlalchemy import Engine, func, select

from models.business import Inspection
from models.checkpoint import Passage
from models.event import ObservationEvent
from models.observation import Observation
from models.place import Township, Village
from models.resident import Resident
from models.scope import Scope
from models.session import Session, open_session
from models.setting import Setting, SettingName
from models.supply import Supply
from models.visit import Visit
from models.volunteer import Volunteer
from seeds.accounts import load_accounts
from seeds.bulk_ledgers import Ledgers
from seeds.bulk_people import People
from seeds.demo import NotEmpty
from seeds.diary import Progress, at, pinned
from seeds.loading import Load, hurried, indexed_afterwards, stored
from seeds.places import DEMO_TOWNSHIP, load_places, only_these_take_part, villages_of

AUTHOR: Final = "演示数据 demo"
_LARGE: Final = (Resident, Observation, ObservationEvent, Visit, Inspection, Passage, Supply, Volunteer)


def load_big(
    engine: Engine,
    size: int = 1_000_000,
    villages: int = 200,
    *,
    today: date,
    password: str,
    seed: int = 2020,
    progress: Progress | None = None,
) -> None:
    """Fill an empty register with so many residents, and commit: all of it or, if anything fails, nothing.

    Raises NotEmpty if there are residents already, ValueError with what is wrong with a weak password.
    """
    with hurried(engine) as own, open_session(own, Scope.everything(AUTHOR)) as session, pinned(today):
        if session.scalar(select(func.count()).select_from(Resident)):
            raise NotEmpty("the register has residents already; the demo goes into an empty one")
        load_places(session)
        load_accounts(session, villages_of(session, DEMO_TOWNSHIP), password)
        chosen = _villages(session, min(villages, size))
        only_these_take_part(session, chosen)
        with indexed_afterwards(session, _LARGE, progress):
            _fill(session, chosen, size, today, Random(seed), progress)
        session.commit()


def _villages(session: Session, count: int) -> list[Village]:
    """The demo's township first, whose villages have accounts, then as many others as are wanted."""
    query = select(Village).join(Village.township).order_by(Township.code != DEMO_TOWNSHIP, Village.code)
    return list(session.scalars(query.limit(count)))


def _fill(
    session: Session, villages: list[Village], size: int, today: date, dice: Random, progress: Progress | None
) -> None:
    load = Load(session)
    rules = load.sheet(Setting, "name", "value", "valid_from")
    rules.add(0, stored(at(today, 8)), SettingName.OBSERVATION_DAYS.value, "14", today.isoformat())
    people = People(load, today, dice, size)
    ledgers = Ledgers(load, people)
    done = 0
    for number, village in enumerate(villages):
        here = size // len(villages) + (number < size % len(villages))
        people.fill(village.id, village.name, here)
        ledgers.fill(village.id, village.name, here)
        done += here
        if progress is not None:
            progress("居民 residents", done, size)
    load.close()
