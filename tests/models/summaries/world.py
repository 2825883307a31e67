"""A small district made up at random: rows as they are stored, and the plain loops that count them."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, insert

from models.account import Role
from models.alert import Alert, AlertKind, AlertStatus
from models.base import Base
from models.business import Business, BusinessKind, Control, Inspection, Recheck, VenueStatus, Way
from models.clock import ZONE
from models.enterprise import Enterprise, Resumption, ResumptionStatus
from models.event import ObservationEvent
from models.followup import DAYS, CallOutcome, FollowUp
from models.gathering import CaseStatus, Source, Tipoff, Topic
from models.handover import HandOver, HandOverStatus
from models.observation import Observation
from models.place import Township, Village
from models.report import FIGURES, DailyReport, Punctuality, ReportStatus
from models.resident import Category, FileStatus, Resident
from models.scope import Act, Actor, Area, Permit, Scope
from models.spans import Span
from models.states import EventKind, How, ObservationKind, Outcome, Period, Symptom
from models.states import ObservationStatus as S
from models.supply import Supply, SupplyKind, SupplyStatus
from models.trail import Deed, TrailEntry
from models.visit import Visit
from models.volunteer import Assignment, Duty, DutyKind, DutyStatus, Volunteer

TODAY = date(2020, 2, 3)
VILLAGES = range(1, 6)
Row = dict[str, Any]
TEMPERATURES = {Outcome.NORMAL: [36.5], Outcome.ABNORMAL: [37.2, 37.3, 38.0, None]}

LEDGERS = (
    "village", "resident", "observation", "visit", "alert", "followup", "handover", "business",
    "inspection", "enterprise", "resumption", "tipoff",
    "supply", "dailyreport", "volunteer", "duty", "assignment", "trail",
)  # fmt: skip


def at(hour: int, minute: int = 0, day: date = TODAY) -> datetime:
    """A time of day in Shanghai."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)


def confined_to(*villages: int, role: Role = Role.VILLAGE) -> Scope:
    """A scope that may read everything of some villages, and nothing of the others."""
    area = Area(villages=frozenset(villages))
    return Scope(Actor(1, role.value), tuple(Permit(name, area, frozenset({Act.READ, Act.EDIT})) for name in LEDGERS))


@dataclass
class World:
    """Rows by class; ``live`` leaves out what is in the recycle bin or outside the villages looked at."""

    dice: random.Random = field(default_factory=random.Random)
    rows: dict[type[Base], list[Row]] = field(default_factory=dict)

    def add(self, cls: type[Base], chance_of_bin: float = 0.1, **values: Any) -> Row:
        """Make up a row of a class."""
        row = {"id": len(self.rows.setdefault(cls, [])) + 1, **values}
        if cls not in (TrailEntry, Township):
            deleted = self.dice.random() < chance_of_bin
            moment = datetime(2020, 1, 20, tzinfo=UTC)
            row |= {"version": 1, "created_at": moment, "updated_at": moment, "updated_by": "test"}
            row |= {"deleted_at": moment if deleted else None, "deleted_by": "test" if deleted else None}
        self.rows[cls].append(row)
        return row

    def live(self, cls: type[Base], villages: "set[int] | None" = None) -> list[Row]:
        """The rows that somebody who may read these villages sees."""
        return [
            row
            for row in self.rows.get(cls, [])
            if not row.get("deleted_at") and (villages is None or row.get("village_id", row["id"]) in villages)
        ]

    def store(self, engine: Engine) -> None:
        """Write everything, past the rules: what is read must be counted rightly even where it makes no sense."""
        with engine.begin() as connection:
            for cls, rows in self.rows.items():
                named = {name for row in rows for name in row}
                if rows:
                    connection.execute(insert(cls), [dict.fromkeys(named) | row for row in rows])


def make(seed: int) -> World:
    """A district of five villages with a bit of everything; the last village has nothing at all."""
    world = World(random.Random(seed))
    world.add(Township, code="321084100", name="车逻镇")
    for number in VILLAGES:
        name = f"{number}村"
        world.add(Village, 0, code=f"{900 - number:012}", name=name, full_name=name + "村委会", township_id=1)
    for village_id in VILLAGES[:-1]:
        _people(world, village_id)
        _places(world, village_id)
        _report(world, village_id)
        _service(world, village_id)
    _assignments(world)
    _hand_overs(world)
    _trail(world)
    return world


def _near(world: World, before: int, after: int) -> date:
    return TODAY + timedelta(days=world.dice.randint(-before, after))


def _maybe(world: World, day: date, chance: float) -> date | None:
    return day if world.dice.random() < chance else None


def _people(world: World, village_id: int) -> None:
    dice = world.dice
    for _ in range(dice.randint(3, 25)):
        resident = world.add(
            Resident, village_id=village_id, name=dice.choice("赵钱孙李周吴") + dice.choice("甲乙丙丁"), pinyin="",
            initials="", name_tokens="", category=dice.choice(list(Category)), status=dice.choice(list(FileStatus)),
            address=f"{dice.randint(1, 4)} 组", due_on=_maybe(world, _near(world, 3, 3), 0.7),
        )  # fmt: skip
        for _ in range(dice.randint(0, 2)):
            observation, there = _observation(world, resident)
            _visits(world, observation, there)
            _calls(world, observation)


KINDS = {S.CENTRAL: ObservationKind.CENTRAL, S.HOSPITAL: ObservationKind.HOSPITAL}


def _observation(world: World, resident: Row) -> tuple[Row, list[Span]]:
    """An observation, and its spans: at home here or, before a hand-over, in another village, and then its state."""
    dice, here = world.dice, resident["village_id"]
    status = dice.choice([*S, *[S.OBSERVED] * 8])
    began, first = _near(world, 16, 1), dice.choice(list(Period))
    since, period, there = began, first, []
    if status is not S.OBSERVED or dice.random() < 0.3:
        since, period = max(began, _near(world, 3, 2)), Period.AM
        before = here if status is not S.OBSERVED or dice.random() < 0.5 else dice.choice(VILLAGES[:-1])
        there.append(Span(S.OBSERVED, before, began, first, since))
    there.append(Span(status, here, since, period))
    observation = world.add(
        Observation, village_id=here, resident_id=resident["id"], kind=KINDS.get(status, ObservationKind.HOME),
        status=status, began_on=began, last_exposure_on=_maybe(world, began - timedelta(days=2), 0.5),
        first_period=first, since=since, since_period=period, days=14, ends_on=max(began, _near(world, 2, 14)),
        released_on=_maybe(world, max(began, _near(world, 2, 2)), 0.3),
        transferred_on=_maybe(world, max(began, _near(world, 2, 2)), 0.2), became_suspected=False,
    )  # fmt: skip
    for span in there[:-1]:
        # what lies in the bin took its events and its visits along
        world.add(
            ObservationEvent, float(bool(observation["deleted_at"])), village_id=span.village_id,
            resident_id=resident["id"], observation_id=observation["id"], kind=EventKind.CORRECTED, was=span.status,
            became=None, on=span.until, since=span.since, since_period=span.first,
        )  # fmt: skip
    return observation, there


def _calls(world: World, observation: Row) -> None:
    """Calls that were made, and what came of visits."""
    for day_no in DAYS:
        if world.dice.random() < 0.3:
            world.add(
                FollowUp, village_id=observation["village_id"], observation_id=observation["id"],
                resident_id=observation["resident_id"], day_no=day_no, on=TODAY, outcome=CallOutcome.WELL,
            )  # fmt: skip


def _hand_overs(world: World) -> None:
    residents = world.rows[Resident]
    for resident in world.dice.sample(residents, k=min(8, len(residents))):
        others = [number for number in VILLAGES[:-1] if number != resident["village_id"]]
        world.add(
            HandOver, resident_id=resident["id"], name="赵甲", from_village_id=resident["village_id"],
            to_village_id=world.dice.choice(others), from_name="一村", to_name="二村", reason="搬家",
            status=world.dice.choice([*HandOverStatus, HandOverStatus.ASKED]), asked_by="张",
            asked_at=at(world.dice.choice([8, 22]), day=_near(world, 2, 0)),
        )  # fmt: skip


def _visits(world: World, observation: Row, there: list[Span]) -> None:
    """Wherever one may have been paid: also in the morning of the day on which the person left."""
    dice = world.dice
    for day in (TODAY - timedelta(days=1), TODAY):
        for period in Period:
            villages = [span.village_id for span in there if span.takes(day, period)]
            if not villages or dice.random() < 0.4:
                continue
            outcome = dice.choice([Outcome.NORMAL, Outcome.NORMAL, *Outcome])
            visit = world.add(
                Visit, float(bool(observation["deleted_at"])) or 0.1, village_id=villages[-1],
                observation_id=observation["id"],
                resident_id=observation["resident_id"], on=day, period=period, how=How.DOOR, outcome=outcome,
                temperature=dice.choice(TEMPERATURES.get(outcome, [None])),
                symptoms=[Symptom.WELL], late=False,
            )  # fmt: skip
            if dice.random() < 0.3:
                world.add(
                    Alert, village_id=observation["village_id"], resident_id=observation["resident_id"],
                    observation_id=observation["id"], visit_id=visit["id"], kind=dice.choice(list(AlertKind)),
                    status=dice.choice(list(AlertStatus)), raised_at=at(9), what="",
                )  # fmt: skip


def _places(world: World, village_id: int) -> None:
    dice = world.dice
    for number in range(dice.randint(0, 8)):
        business = world.add(
            Business, village_id=village_id, name=f"店{number}", kind=dice.choice(list(BusinessKind)),
            control=dice.choice(list(Control)), status=dice.choice(list(VenueStatus)),
        )  # fmt: skip
        for _ in range(dice.randint(0, 4)):
            on = _near(world, 2, 0)
            world.add(
                Inspection, village_id=village_id, business_id=business["id"], on=on, way=dice.choice(list(Way)),
                inspector="张", rectify_by=_maybe(world, max(on, _near(world, 2, 2)), 0.6),
                recheck=dice.choice([None, None, *Recheck]),
            )  # fmt: skip
        enterprise = world.add(Enterprise, village_id=village_id, name=f"厂{number}")
        world.add(
            Resumption, village_id=village_id, enterprise_id=enterprise["id"],
            status=dice.choice([*ResumptionStatus, ResumptionStatus.RESUMED]),
            resumed_on=_maybe(world, _near(world, 1, 1), 0.8),
            isolation_room=False, disinfection=False, temperature_checks=False, publicity=False,
            commitment_letter=True, emergency_plan=True, health_table=False, told_face_to_face=False,
        )  # fmt: skip
        world.add(
            Tipoff, village_id=village_id, source=Source.TIP, received_at=at(9), topic=Topic.OTHER, text="听说",
            status=dice.choice(list(CaseStatus)),
        )  # fmt: skip
        world.add(
            Supply, village_id=village_id, asked_on=_near(world, 2, 0), name="王", address="1 组",
            kind=SupplyKind.FOOD, goods="米", status=dice.choice(list(SupplyStatus)),
        )  # fmt: skip


def _report(world: World, village_id: int) -> None:
    dice = world.dice
    for day in (TODAY - timedelta(days=1), TODAY):
        zero = dice.random() < 0.4
        world.add(
            DailyReport, 0.3, village_id=village_id, on=day, handed_in_by="张", handed_in_at=at(16, 40, day),
            punctuality=dice.choice(list(Punctuality)), status=dice.choice(list(ReportStatus)), revision=1,
            **{name: 0 if zero else dice.randint(1, 3) for name in FIGURES},
        )  # fmt: skip


def _service(world: World, village_id: int) -> None:
    dice = world.dice
    for _ in range(dice.randint(1, 6)):
        world.add(
            Volunteer, village_id=village_id, name="志愿者", pinyin="", initials="", name_tokens="", hours=[],
            unavailable_until=_maybe(world, _near(world, 2, 2), 0.4),
        )  # fmt: skip
    for number in range(dice.randint(1, 6)):
        starts_at = at(dice.choice([0, 8, 14, 23]), day=_near(world, 2, 8))
        world.add(
            Duty, village_id=village_id, title=f"值守{number}", kind=DutyKind.CHECKPOINT, starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=4), needed=dice.randint(1, 3),
            status=dice.choice([*DutyStatus, DutyStatus.OPEN, DutyStatus.OPEN]),
        )  # fmt: skip


def _assignments(world: World) -> None:
    dice = world.dice
    for duty in world.rows[Duty]:
        for volunteer in dice.sample(world.rows[Volunteer], k=min(3, dice.randint(0, len(world.rows[Volunteer])))):
            world.add(
                Assignment, village_id=duty["village_id"], duty_id=duty["id"], volunteer_id=volunteer["id"],
                volunteer_name="志愿者",
                attended=dice.random() < 0.5, signed_in_at=duty["starts_at"] if dice.random() < 0.5 else None,
            )  # fmt: skip


def _trail(world: World) -> None:
    for number in range(1, 80):
        world.add(
            TrailEntry, chain=0, seq=number, at=at(world.dice.choice([0, 12, 23]), day=_near(world, 8, 0)),
            account_id=number % 3 + 1, account_name=f"某人{number % 3}", address="127.0.0.1",
            village_id=world.dice.choice([None, *VILLAGES]), ledger="resident", kind="resident", record_id=number,
            record_label="某档案", deed=world.dice.choice(list(Deed)), changes={}, reason="", previous="", hash="",
        )  # fmt: skip
