"""Five villages of two townships over some weeks: rows for every summary, made up so that every case is among them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import NamedTuple

from sqlalchemy import Engine

from models.alert import Alert
from models.business import Business, BusinessKind, Control, Inspection, Recheck, VenueStatus, Way
from models.course import EVENTS as STEPS
from models.course import MOVES
from models.enterprise import Enterprise, Resumption, ResumptionStatus
from models.event import ObservationEvent
from models.observation import Observation
from models.place import Township, Village
from models.report import FIGURES, DailyReport, Punctuality, ReportStatus
from models.scope import NOBODY, Scope
from models.session import Session, open_session
from models.states import EventKind, How, ObservationKind, ObservationStatus, Outcome, Period
from models.summaries.counting import Place
from models.summaries.span import Span
from models.visit import Visit
from models.volunteer import Assignment, Duty, DutyKind, DutyStatus, Organisation, Volunteer
from tests.models.summaries.world import TODAY, VILLAGES, Row, World, at, confined_to, make

EVERYWHERE = set(VILLAGES)
BESIDE = len(VILLAGES) + 1
"""A village that takes no part: it has records, and nobody counts them."""
SPAN = Span(TODAY - timedelta(days=9), TODAY)
LOOKED_AT = [(11, EVERYWHERE), (13, {1, 3}), (14, {5}), (15, set[int]())]
"""Made-up worlds by their seed, and the villages of each that are looked at."""
EVENTS = [*EventKind, EventKind.OPENED, EventKind.RELEASED, EventKind.HANDED_IN, EventKind.HANDED_OUT]


class Seen(NamedTuple):
    """A session, what there is, the villages that may be seen through it, and those that take part."""

    session: Session
    world: World
    villages: set[int]
    taking_part: set[int]

    @property
    def everything(self) -> bool:
        """Whether it is the whole district that is looked at, and not some villages of it."""
        return self.villages == self.taking_part

    @property
    def places(self) -> list[Place]:
        """The villages that are counted."""
        found = [row for row in self.world.live(Village) if row["id"] in self.villages & self.taking_part]
        return [Place(row["id"], row["name"], row["township_id"]) for row in sorted(found, key=lambda r: r["code"])]

    def rows(self, cls: type, **values: object) -> list[Row]:
        """The visible rows of a class with these values."""
        found = self.world.live(cls, self.villages & self.taking_part)
        return [row for row in found if all(row[name] == value for name, value in values.items())]

    def only(self, village: int) -> Seen:
        """The same, looked at for one village."""
        return self._replace(villages={village})


def in_span(day: date) -> bool:
    return SPAN.first <= day <= SPAN.last


@contextmanager
def looking(engine: Engine, seed: int, villages: set[int]) -> Iterator[Seen]:
    """A world of a seed, stored and looked at; those of even seeds hold courses, the others whatever there may be."""
    world = weeks(seed, events=anything if seed % 2 else courses)
    world.store(engine)
    scope = Scope.everything("test") if villages == EVERYWHERE else eyes_of(villages)
    with open_session(engine, scope, writing=False) as session:
        yield Seen(session, world, villages, EVERYWHERE)


@contextmanager
def looking_at(engine: Engine, world: World, village: str) -> Iterator[Seen]:
    """A world that is stored already, looked at for one village, or for everything."""
    taking_part = {row["id"] for row in world.live(Village) if row["taking_part"]}
    villages = {row["id"] for row in world.live(Village) if row["name"] == village} if village else taking_part
    scope = eyes_of(villages) if village else Scope.everything("test")
    with open_session(engine, scope, writing=False) as session:
        yield Seen(session, world, villages, taking_part)


def eyes_of(villages: set[int]) -> Scope:
    """What somebody sees who may see these villages: what an organisation is called too, which is no secret."""
    scope = confined_to(*villages) if villages else NOBODY
    names = [replace(permit, ledger="organisation") for permit in scope.permits if permit.ledger == "volunteer"]
    return replace(scope, permits=(*scope.permits, *names))


def weeks(seed: int, beside: bool = True, events: Callable[[World, int], None] | None = None) -> World:
    """The world of the first screens, its last weeks filled; ``beside`` in a village that takes no part too."""
    world = make(seed)
    for cls in (
        Alert, Visit, ObservationEvent, Inspection, Business, Resumption, Enterprise, DailyReport, Assignment, Duty,
        Volunteer,
    ):  # fmt: skip
        world.rows.pop(cls, None)
    for number in range(1, 4):
        world.add(Organisation, 0, name=f"{number}队")
    world.add(Township, code="321084101", name="龙虬镇")
    for village in world.rows[Village]:
        village |= {"township_id": 1 + village["id"] // 3 % 2, "taking_part": True}
    aside = dict(code="321084109001", name="旁村", full_name="旁村村委会", township_id=2, taking_part=False)
    world.add(Village, 0, **aside)
    for village_id in (*VILLAGES[:-1], *((BESIDE,) if beside else ())):
        _venues(world, village_id)
        _enterprises(world, village_id)
        _reports(world, village_id)
        _volunteers(world, village_id)
    (events or anything)(world, BESIDE if beside else 1)
    _service(world)
    _visits(world)
    return world


def _day(world: World, before: int = 20, after: int = 0) -> date:
    return TODAY + timedelta(days=world.dice.randint(-before, after))


def anything(world: World, also: int) -> None:
    """Anything on any day: what is counted are the events, however little sense they make."""
    dice = world.dice
    for observation in world.rows[Observation]:
        for _ in range(dice.randint(1, 4)):
            kind = dice.choice(EVENTS)
            was = None if kind in (EventKind.OPENED, EventKind.HANDED_IN) else dice.choice([*ObservationStatus, None])
            became = None if kind is EventKind.HANDED_OUT else dice.choice(list(ObservationStatus))
            world.add(
                ObservationEvent, village_id=dice.choice([observation["village_id"], *VILLAGES[:-1], also]),
                resident_id=observation["resident_id"], observation_id=dice.choice([observation["id"]] * 9 + [None]),
                kind=kind, was=was, became=became, on=_day(world, 20, 2),
            )  # fmt: skip


def courses(world: World, also: int) -> None:
    """What the moves and hand-overs would have left: each event ends the state that the one before it began."""
    dice = world.dice
    for observation in world.rows[Observation]:
        on, village = _day(world), dice.choice([observation["village_id"], *VILLAGES[:-1]])
        status = ObservationStatus.OBSERVED
        whose = {"resident_id": observation["resident_id"], "observation_id": observation["id"]}
        world.add(
            ObservationEvent, 0, village_id=village, kind=EventKind.OPENED, was=None, became=status, on=on, **whose
        )
        for _ in range(dice.randint(0, 4)):
            on = min(TODAY, on + timedelta(days=dice.randint(0, 4)))
            if dice.random() < 0.2:
                out = {"kind": EventKind.HANDED_OUT, "was": status, "became": None}
                world.add(ObservationEvent, 0, village_id=village, on=on, **out, **whose)
                village = dice.choice(VILLAGES[:-1])
                into = {"kind": EventKind.HANDED_IN, "was": None, "became": status}
                world.add(ObservationEvent, 0, village_id=village, on=on, **into, **whose)
                continue
            if not MOVES[status]:
                break
            step, became = dice.choice(list(MOVES[status].items()))
            world.add(
                ObservationEvent, 0, village_id=village, kind=STEPS[step], was=status, became=became, on=on, **whose
            )
            status = became


def _visits(world: World) -> None:
    """Of those who are at home still, on all days after their first."""
    dice = world.dice
    for observation in world.rows[Observation]:
        gone = observation["released_on"] or observation["transferred_on"] or observation["deleted_at"]
        if gone or observation["status"] is not ObservationStatus.OBSERVED:
            continue
        first = max(SPAN.first, observation.get("since", observation["began_on"]) + timedelta(days=1))
        for day, period in product(Span(first, TODAY).days(), Period):
            if observation["kind"] is ObservationKind.HOME and dice.random() < 0.7:
                world.add(
                    Visit, village_id=observation["village_id"], observation_id=observation["id"],
                    resident_id=observation["resident_id"], on=day, period=period, how=How.DOOR, temperature=None,
                    outcome=dice.choice([*Outcome, Outcome.NORMAL]), symptoms=[], late=False,
                )  # fmt: skip


def _venues(world: World, village_id: int) -> None:
    dice = world.dice
    for number in range(dice.randint(0, 8)):
        business = world.add(
            Business, village_id=village_id, name=f"店{number}", kind=dice.choice(list(BusinessKind)[:4]),
            control=dice.choice([*Control, Control.CLOSE]), status=VenueStatus.CLOSED,
        )  # fmt: skip
        for _ in range(dice.randint(0, 9)):
            on = _day(world, 14)
            due = on + timedelta(days=dice.randint(0, 8)) if dice.random() < 0.7 else None
            recheck = dice.choice([None, *Recheck, Recheck.RECTIFIED]) if due else None
            world.add(
                Inspection, village_id=village_id, business_id=business["id"], on=on, way=Way.SITE, inspector="张",
                rectify_by=due, recheck=recheck,
                rechecked_on=on + timedelta(days=dice.randint(0, 9)) if recheck and dice.random() < 0.9 else None,
            )  # fmt: skip


def _enterprises(world: World, village_id: int) -> None:
    dice = world.dice
    flags = (
        "isolation_room", "disinfection", "temperature_checks", "publicity", "commitment_letter", "emergency_plan",
        "health_table", "told_face_to_face",
    )  # fmt: skip
    for number in range(dice.randint(0, 12)):
        enterprise = world.add(
            Enterprise, village_id=village_id, name=f"厂{number}",
            workers=dice.choice([None, 0, 1, 19, 20, 99, 100, 299, 300, 5000]),
        )  # fmt: skip
        if dice.random() < 0.8:
            people = {name: dice.choice([None, 0, 3, 40]) for name in ("returned", "from_outside", "from_hubei")}
            world.add(
                Resumption, village_id=village_id, enterprise_id=enterprise["id"],
                status=dice.choice(list(ResumptionStatus)), **people, **dict.fromkeys(flags, False),
            )  # fmt: skip


def _reports(world: World, village_id: int) -> None:
    dice = world.dice
    for ago in range(14):
        if dice.random() < 0.3:
            continue
        day = TODAY - timedelta(days=ago)
        zero = dice.random() < 0.4
        world.add(
            DailyReport, village_id=village_id, on=day, handed_in_by="张", handed_in_at=at(16, 40, day),
            punctuality=dice.choice(list(Punctuality)), status=dice.choice([*ReportStatus, ReportStatus.REPORTED]),
            revision=1, **{name: 0 if zero else dice.randint(1, 3) for name in FIGURES},
        )  # fmt: skip


def _volunteers(world: World, village_id: int) -> None:
    dice = world.dice
    for _ in range(dice.randint(1, 9)):
        world.add(
            Volunteer, village_id=village_id, name="志愿者", pinyin="", initials="", name_tokens="", hours=[],
            organisation_id=dice.choice([1, 2, None]),
        )  # fmt: skip
    # of these two the first is a duty of the span, the second, at its very end, is not
    edges = [at(0, day=SPAN.first), at(0, day=SPAN.last + timedelta(days=1))]
    others = [at(dice.choice([0, 8, 23]), day=_day(world, 14, 2)) for _ in range(dice.randint(0, 12))]
    for number, starts_at in enumerate([*edges, *others]):
        world.add(
            Duty, 0 if number < 2 else 0.1, village_id=village_id, title=f"值守{number}",
            kind=DutyKind.CHECKPOINT, starts_at=starts_at, ends_at=starts_at + timedelta(hours=4),
            needed=dice.randint(1, 3),
            status=DutyStatus.DONE if number < 2 else dice.choice([*DutyStatus, DutyStatus.DONE, DutyStatus.DONE]),
        )  # fmt: skip


def _service(world: World) -> None:
    """Also by volunteers of other villages."""
    dice = world.dice
    for duty in world.rows[Duty]:
        known = [row for row in world.rows[Volunteer] if dice.random() < 0.2 or row["village_id"] == duty["village_id"]]
        for volunteer in dice.sample(known, k=min(len(known), dice.randint(0, 4))):
            came = dice.random() < 0.7
            left = came and dice.random() < 0.8
            world.add(
                Assignment, village_id=duty["village_id"], duty_id=duty["id"], volunteer_id=volunteer["id"],
                volunteer_name="志愿者", attended=came, signed_in_at=duty["starts_at"] if came else None,
                hours=dice.choice([0.1, 2.3, 4.0]) if left else None,
            )  # fmt: skip
