"""A district to be summed up: rows with something in every column that can be grouped by, and plain loops over them."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from models.clock import ZONE
from models.person import Sex
from models.place import Township, Village
from models.question import Group, How, Question
from models.resident import Resident, Transport
from models.summaries.crosstab import ONLY, Tally
from models.summing import Sort, Step, band_of, groupings, person_of
from models.visit import Visit
from tests.models.summaries.world import TODAY, Row, World, make

Tallies = dict[tuple[Any, Any], Tally]


def district(seed: int) -> World:
    """Five villages in two townships, with days that lie apart, ages, and instants close to midnight."""
    world = make(seed)
    dice = world.dice
    world.add(Township, code="321084200", name="高邮镇")
    for row in world.rows[Village]:
        row["township_id"] = 1 + row["id"] % 2
    for row in world.rows[Resident]:
        row["sex"] = dice.choice([*Sex, None])
        row["birth_date"] = dice.choice([None, *(date(1935 + 5 * n, dice.choice([2, 3]), 3) for n in range(17))])
        row["arrived_on"] = dice.choice([None, TODAY - timedelta(days=dice.randint(0, 70))])
        row["arrived_by"] = dice.choice([None, *Transport])
        for name in ("met_case", "sought_care"):
            row[name] = dice.choice([None, True, False])
    for row in world.rows[Visit]:
        hour, minute = dice.choice([(0, 0), (7, 59), (8, 0), (15, 59), (16, 0), (23, 59)])
        moment = datetime(2020, 1, dice.randint(20, 31), hour, minute, tzinfo=ZONE)
        row["taken_at"] = dice.choice([None, moment])
    return world


def key_of(cls: Any, group: Group, row: Row, villages: dict[int, Row]) -> Any:
    """The group that a row belongs to."""
    known = groupings(cls)[group.name]
    value = row.get(known.column)
    if group.name == "township":
        return villages[value]["township_id"]
    if value is None:
        return None
    if known.sort is Sort.AGE:
        return band_of(known.bands, TODAY.year - value.year - ((TODAY.month, TODAY.day) < (value.month, value.day)))
    if known.sort is Sort.BAND:
        return band_of(known.bands, Decimal(str(value)))
    if known.sort is Sort.CHOICE:
        return value.value
    if known.sort not in (Sort.DAY, Sort.INSTANT):
        return value
    day = value.astimezone(ZONE).date() if isinstance(value, datetime) else value
    if group.step is Step.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if group.step is Step.MONTH else day


def count(world: World, question: Question, cls: Any, rows: list[Row], heads: bool = False) -> Tallies:
    """The tallies of some rows, one after the other."""
    villages = {row["id"]: row for row in world.rows[Village]}
    measure, person = question.measure, person_of(cls)
    tallies: Tallies = {}
    people = defaultdict(set)
    for row in rows:
        column = key_of(cls, question.columns, row, villages) if question.columns else ONLY
        place = key_of(cls, question.rows, row, villages), column
        value = row.get(measure.name)
        number = value if measure.how in (How.SUM, How.AVERAGE) else None
        met = measure.how is How.SHARE and value is not None and str(int(value) if value in (True, False) else value)
        one = Tally(1, Decimal(str(number or 0)), int(number is not None), int(met == measure.code))
        tallies[place] = tallies.get(place, Tally()).plus(one)
        people[place].add(row[person.key] if person is not None else None)
    return {p: t._replace(people=len(people[p]) if heads and person is not None else 0) for p, t in tallies.items()}
