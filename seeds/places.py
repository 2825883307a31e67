"""The townships and villages of Gaoyou, the county-level city that this panel is set up for."""

from __future__ import annotations

import csv
from collections.abc import Collection
from importlib import resources
from typing import Final, NamedTuple

from sqlalchemy import select

from models.place import Township, Village, short_name
from models.session import Session

DEMO_TOWNSHIP: Final = "321084401"
_FILE: Final = "gaoyou_villages.csv"


class Place(NamedTuple):
    """One line of the list: a village and the township it lies in, by the codes of the statistical division."""

    village_code: str
    village_name: str
    township_code: str
    township_name: str


class Loaded(NamedTuple):
    """How many townships and villages were added; none of those that were there already."""

    townships: int
    villages: int


def places() -> list[Place]:
    """The list, in the order of the codes."""
    with resources.files("seeds").joinpath(_FILE).open(encoding="utf-8") as lines:
        return sorted(Place(**row) for row in csv.DictReader(lines))


def load_places(session: Session) -> Loaded:
    """Add the townships and villages that are missing. The caller commits.

    A village that was renamed, or put into the recycle bin, is left as it is.
    """
    townships = {township.code: township for township in session.scalars(select(Township))}
    known = set(session.scalars(select(Village.code).execution_options(deleted=True)))
    before = len(townships)
    added = 0
    for place in places():
        if place.township_code not in townships:
            township = Township(code=place.township_code, name=place.township_name)
            session.add(township)
            townships[place.township_code] = township
        if place.village_code not in known:
            session.add(
                Village(
                    code=place.village_code,
                    name=short_name(place.village_name),
                    full_name=place.village_name,
                    township=townships[place.township_code],
                )
            )
            added += 1
    session.flush()
    return Loaded(len(townships) - before, added)


def only_these_take_part(session: Session, villages: Collection[Village]) -> None:
    """Of all villages these are the district's: they report every day and can be late. The caller commits."""
    for village in session.scalars(select(Village)):
        village.taking_part = village in villages
    session.flush()


def villages_of(session: Session, township_code: str) -> list[Village]:
    """The villages of a township, in the order of their codes."""
    query = select(Village).join(Village.township).where(Township.code == township_code).order_by(Village.code)
    return list(session.scalars(query))
