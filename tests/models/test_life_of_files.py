"""The whole life of files in several villages, step by step at random, beside what plain Python says it comes to.

After every step: states changed by allowed moves only, every day adds up in every village, whoever is to be measured is
in a round and nobody else is, somebody is responsible on every day, and the trail tells every change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import IntegrityError

from models import clock, course, doubles, entering, handover, round, trail
from models.alert import Alert
from models.base import Base, Invalid
from models.course import MOVES, Move
from models.entering import Clash, Entry
from models.event import ObservationEvent, told
from models.handover import HandOver
from models.observation import Observation
from models.place import Township, Village
from models.resident import Category, Resident
from models.scope import Scope
from models.session import Session, open_session, remove, restore
from models.setting import Setting, SettingName
from models.spans import responsible, spans
from models.states import ObservationKind, Outcome, Period, Symptom
from models.summaries import slots
from models.trail import TrailEntry
from models.visit import Visit
from tests.models.factories import EVERYTHING, keeper_of
from tests.models.lives import ALLOWED, OPEN, OVER_AT_HOME, Life, Paid, Stay, World

START = date(2020, 2, 12)
TABLES: Sequence[type[Base]] = (Resident, Observation, ObservationEvent, Visit, Alert, HandOver, Setting)
UNTOLD = {"id", "version", "created_at", "updated_at", "updated_by", "deleted_by", "deleted_at"}
T = TypeVar("T")

some = st.integers(0, 11)
ago = st.sampled_from([0, 0, 0, 1, 1, 2, 3])
periods = st.sampled_from(["am", "pm"])
FOUND = {
    "normal": {"temperature": Decimal("36.5")},
    "fever": {"temperature": Decimal("38.1"), "outcome": Outcome.ABNORMAL},
    "symptom": {"symptoms": (Symptom.COUGH,), "outcome": Outcome.ABNORMAL},
    "not_met": {"outcome": Outcome.NOT_MET},
    "refused": {"outcome": Outcome.REFUSED},
}


@dataclass(frozen=True)
class Act:
    """How often an act is tried, when it makes sense, and what is drawn for it."""

    often: int
    when: Callable[[Any], bool]
    given: dict[str, st.SearchStrategy[Any]]


ACTS: dict[str, Act] = {}


def act(
    often: int = 2, when: Callable[[Any], bool] = lambda self: True, **given: st.SearchStrategy[Any]
) -> Callable[[T], T]:
    """Something that may happen next."""

    def mark(method: T) -> T:
        ACTS[method.__name__] = Act(often, when, given)  # type: ignore[attr-defined]
        return method

    return mark


class Lives(RuleBasedStateMachine):
    """The acts, each done by whoever would do it, and refused where it must be."""

    connection: ClassVar[Connection]
    villages: ClassVar[list[Village]]

    def __init__(self) -> None:
        super().__init__()
        self.pinned = pytest.MonkeyPatch()
        self.world = World(START)
        self._it_is(START)
        self.outer = self.connection.begin()
        self.district = keeper_of()
        self.keepers = [keeper_of(village) for village in self.villages]
        self.keys = count(1)
        self.steps = 0
        self.rows: dict[tuple[str, int], dict[str, Any]] = {}
        self.trail_seen = self._last_trail_row()
        for village in (0, 0, 1, 2):
            self._new_file(village)

    def teardown(self) -> None:
        try:
            for turn, on in enumerate(self.world.days()):
                self._counts_hold(on)
                for village in range(3):
                    self._a_round_holds(village, on, Period.PM if turn % 2 else Period.AM)
            with self.acting(EVERYTHING) as session:
                assert list(trail.verify(session)) == []
        finally:
            self.outer.rollback()
            self.pinned.undo()

    # ---- means ----

    def _it_is(self, day: date) -> None:
        self.world.today = day
        self.pinned.setenv("TAIZHANG_TODAY", day.isoformat())

    @property
    def evening(self) -> datetime:
        return datetime.combine(self.world.today, time(22), clock.ZONE)

    @contextmanager
    def acting(self, scope: Scope) -> Iterator[Session]:
        """A session of somebody's, whose commits are undone when the example is over."""
        with Session(self.connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as session:
            session.act_as(scope)
            yield session

    def attempt(self, scope: Scope, refused: bool, deed: Callable[[Session], T]) -> T | None:
        """Do something, or be refused in words and leave everything as it was (which the trail's check sees)."""
        with self.acting(scope) as session:
            try:
                done = deed(session)
                session.commit()
            except Invalid as error:
                session.rollback()
                said = [problem.message % problem.params for problem in error.problems]
                assert refused and all(said), said
                return None
            assert not refused, "this should have been refused"
            return done

    def of(self, village: int) -> Scope:
        return self.keepers[village]

    def life(self, pick: int, rather: Callable[[Life], bool] = lambda life: True) -> tuple[int, Life]:
        """One of the lives, of a certain kind if there is one."""
        wanted = [number for number, life in self.world.lives.items() if rather(life) and not life.binned]
        numbers = sorted(wanted or self.world.lives)
        number = numbers[pick % len(numbers)]
        return number, self.world.lives[number]

    def person(self, pick: int) -> int:
        known = sorted(set(self.world.home) - self.world.merged)
        return known[pick % len(known)]

    def _new_file(self, village: int) -> None:
        name = "赵钱孙李周吴郑王"[len(self.world.home) % 8] + "某"
        file = Resident(village_id=self.villages[village].id, name=name, category=Category.RETURNEE)

        def enter(session: Session) -> int:
            session.add(file)
            session.flush()
            return file.id

        number = self.attempt(self.of(village), False, enter)
        assert number is not None
        self.world.home[number] = village

    @rule(data=st.data())
    def something_happens(self, data: st.DataObject) -> None:
        possible = [name for name, one in ACTS.items() for _ in range(one.often) if one.when(self)]
        name = data.draw(st.sampled_from(possible))
        getattr(self, name)(**data.draw(st.fixed_dictionaries(ACTS[name].given)))

    # ---- days and settings ----

    @act(3, when=lambda self: self.world.today < START + timedelta(days=8), days=st.sampled_from([1, 1, 2]))
    def days_pass(self, days: int) -> None:
        self._it_is(self.world.today + timedelta(days=days))

    @act(1, when=lambda self: len(self.world.lengths) < 2, days=st.integers(1, 6))
    def the_district_sets_another_length(self, days: int) -> None:
        of_today = Setting(name=SettingName.OBSERVATION_DAYS, value=str(days), valid_from=self.world.today)
        self.attempt(self.district, False, lambda session: session.add(of_today))
        self.world.lengths.append((self.world.today, days))

    @act(1, when=lambda self: len(self.world.home) < 6, village=st.integers(0, 2))
    def a_file_is_opened(self, village: int) -> None:
        self._new_file(village)

    # ---- the observation ----

    @act(3, pick=some, kind=st.sampled_from(["home", "home", "home", "central", "hospital"]), ago=ago, first=periods)
    def an_observation_is_opened(self, pick: int, kind: str, ago: int, first: str) -> None:
        person, world = self.person(pick), self.world
        began = world.today - timedelta(days=ago)
        one = Observation(
            resident_id=person, kind=ObservationKind(kind), began_on=began, first_period=Period(first)
        )  # fmt: skip

        def enter(session: Session) -> int:
            session.add(one)
            session.flush()
            return one.id

        village = world.home[person]
        number = self.attempt(self.of(village), world.open_of(person), enter)
        if number is not None:
            stay = Stay({"home": "observed"}.get(kind, kind), village, began, first if kind == "home" else "am")
            world.lives[number] = Life(person, began, world.days_on(began), [stay], first=first)

    @initialize(first=periods)
    def two_are_observed_already(self, first: str) -> None:
        for pick in (0, 1):
            self.an_observation_is_opened(pick, "home", 3, first)

    @act(6, pick=some, which=some, ago=ago)
    def a_move_is_made(self, pick: int, which: int, ago: int) -> None:
        number, life = self.life(pick)
        possible = list(ALLOWED[life.now.status])
        self._move(number, life, Move(possible[which % len(possible)]), ago, consent=True, reason=True)

    @act(4, pick=some, step=st.sampled_from(Move), ago=ago, consent=st.booleans(), reason=st.booleans())
    def a_move_is_tried(self, pick: int, step: Move, ago: int, consent: bool, reason: bool) -> None:
        self._move(*self.life(pick), step, ago, consent, reason)

    def _move(self, number: int, life: Life, step: Move, ago: int, consent: bool, reason: bool) -> None:
        if life.binned:
            return
        on = self.world.today - timedelta(days=ago)
        allowed = ALLOWED[life.now.status]
        early = step is Move.RELEASE and on < life.ends
        missing = not reason and step in (Move.LOSE, Move.FIND, Move.REOPEN, Move.RECOVER, Move.EXCLUDE)
        twice = step.value in OVER_AT_HOME and self.world.open_of(life.person, but=number)
        refused = (
            step.value not in allowed
            or missing
            or on < life.last_on_record()
            or (early and not (reason and consent))
            or twice
        )
        words = {"where": "某处", "signed_by": "三人组", "reason": "理由" if reason else ""}

        def do(session: Session) -> None:
            of = session.get_one(Observation, number)
            try:
                course.move(session, of, step, on, self.world.today, consent=consent, **words)
            except Invalid as error:
                if step.value not in allowed:  # what can be done instead is named
                    (problem,) = error.problems
                    assert problem.params["moves"] == [Move(name).label for name in _in_order(allowed)]
                raise

        self.attempt(self.of(life.village), refused, do)
        if not refused:
            life.moves_to(allowed[step.value], on)

    @act(pick=some, later=st.integers(-4, 5), reason=st.booleans())
    def the_end_is_corrected(self, pick: int, later: int, reason: bool) -> None:
        number, life = self.life(pick)
        if life.binned:
            return
        ends = self.world.today + timedelta(days=later)
        refused = life.now.status != "observed" or ends < life.began or not reason
        self.attempt(
            self.of(life.village),
            refused,
            lambda session: course.correct_end(
                session, session.get_one(Observation, number), ends, "理由" if reason else " ", self.world.today
            ),
        )
        if not refused:
            life.corrected = ends
            life.told.append((life.village, self.world.today))

    @act(1, pick=some, ago=ago, first=periods)
    def the_first_day_is_corrected(self, pick: int, ago: int, first: str) -> None:
        number, life = self.life(pick)
        began = self.world.today - timedelta(days=ago)
        opening = life.stays[0]
        before = (began, "am" if first == "am" else "pm")
        refused = (
            opening.village != life.village
            or any(day < began for village, day in life.told if village == life.village)
            or any(
                slot < before for slot, paid in life.visits.values() if not paid.binned and paid.village == life.village
            )
            or (life.corrected is not None and life.corrected < began)
        )
        same = began == life.began and first == life.first
        if life.binned or same:
            return

        def correct(session: Session) -> None:
            of = session.get_one(Observation, number)
            of.began_on, of.first_period = began, Period(first)

        self.attempt(self.of(life.village), refused, correct)
        if not refused:
            life.began = opening.since = began
            life.first = first
            if opening.status == "observed":
                opening.first = first

    @act(1, pick=some)
    def an_observation_goes_into_the_bin_or_comes_out(self, pick: int) -> None:
        number, life = self.life(pick)
        world = self.world
        elsewhere = world.home[life.person] != life.village
        twice = life.now.status in OPEN and world.open_of(life.person)
        refused = life.binned and (elsewhere or twice)

        def turn(session: Session) -> None:
            of = session.get(Observation, number, execution_options={"deleted": True})
            assert of is not None
            if life.binned:
                restore(of)
            else:
                remove(session, of)

        self.attempt(self.of(life.village), refused, turn)
        if not refused:
            life.binned = not life.binned

    @act(1, pick=some)
    def a_file_is_kept_from_the_bin_while_its_observation_goes_on(self, pick: int) -> None:
        _number, life = self.life(pick)
        if not life.binned and life.now.status not in ("released", "excluded"):
            self.attempt(
                self.of(self.world.home[life.person]),
                True,
                lambda session: remove(session, session.get_one(Resident, life.person)),
            )

    # ---- visits ----

    @act(6, pick=some, ago=ago, period=periods, found=st.sampled_from(sorted(FOUND)), late=st.booleans())
    def somebody_is_measured(self, pick: int, ago: int, period: str, found: str, late: bool) -> None:
        number, life = self.life(pick, lambda life: life.now.status == "observed")
        self._measure(number, life, life.village, ago, period, found, late)

    @act(3, pick=some, by=some, ago=ago, period=periods, found=st.sampled_from(sorted(FOUND)))
    def an_entry_arrives_from_a_village_that_had_the_person(
        self, pick: int, by: int, ago: int, period: str, found: str
    ) -> None:
        number, life = self.life(pick, lambda life: len({stay.village for stay in life.stays}) > 1)
        villages = sorted({stay.village for stay in life.stays})
        self._measure(number, life, villages[by % len(villages)], ago, period, found, late=False)

    def _measure(self, number: int, life: Life, village: int, ago: int, period: str, found: str, late: bool) -> None:
        slot = (self.world.today - timedelta(days=ago), period)
        taken = datetime.combine(slot[0], time(8 if period == "am" else 17), clock.ZONE)
        entry = Entry(
            key=f"00000000-0000-4000-8000-{next(self.keys):012x}", observation_id=number, on=slot[0],
            period=Period(period), taken_at=None if late else taken, late_reason="手机没电" if late else "",
            **FOUND[found],
        )  # fmt: skip
        filled = life.in_slot(slot)
        others = filled is not None and life.visits[filled][1].village != village
        refused = not life.may_be_visited(village, slot) or others
        came = self.attempt(self.of(village), refused, lambda session: entering.record(session, entry, self.evening))
        if refused:
            return
        assert isinstance(came, Clash) == (filled is not None), "a slot is filled once"
        if isinstance(came, entering.Saved):
            outcome = FOUND[found].get("outcome", Outcome.NORMAL).value
            life.visits[came.visit.id] = (slot, Paid(life.whose(slot), outcome))

    @act(3, when=lambda self: any(life.visits for life in self.world.lives.values()), pick=some)
    def a_visit_goes_into_the_bin_or_comes_out(self, pick: int) -> None:
        every = sorted((n, life) for life in self.world.lives.values() for n in life.visits)
        number, life = every[pick % len(every)]
        slot, paid = life.visits[number]
        if life.binned and paid.village == life.village:
            return  # went along with its observation

        def turn(session: Session) -> None:
            visit = session.get(Visit, number, execution_options={"deleted": True})
            assert visit is not None
            if paid.binned:
                restore(visit)
            else:
                remove(session, visit)
            try:
                session.flush()
            except IntegrityError as taken:  # another one has taken its place
                raise Invalid(visit, []) from taken

        refused = paid.binned and not life.may_come_back(paid.village, slot)
        self.attempt(self.of(paid.village), refused, turn)
        if not refused:
            paid.binned = not paid.binned

    # ---- between villages ----

    @act(4, picks=st.lists(some, min_size=1, max_size=2, unique=True), to=st.integers(0, 2))
    def a_hand_over_is_asked_for(self, picks: list[int], to: int) -> None:
        world = self.world
        village = world.home[self.person(picks[0])]
        people = list(dict.fromkeys(p for p in map(self.person, picks) if world.home[p] == village))
        waiting = {person for person, _, _ in world.asked.values()}
        refused = to == village or bool(waiting & set(people))

        def ask(session: Session) -> list[int]:
            files = [session.get_one(Resident, person) for person in people]
            asked = handover.ask_many(session, files, self.villages[to].id, "搬家", "甲", self.evening)
            session.flush()
            return [one.id for one in asked]

        for number, person in zip(self.attempt(self.of(village), refused, ask) or [], people, strict=False):
            world.asked[number] = (person, village, to)

    @act(5, when=lambda self: bool(self.world.asked), pick=some)
    def a_hand_over_is_accepted(self, pick: int) -> None:
        self.a_hand_over_is_answered(pick, "accept")

    @act(
        when=lambda self: bool(self.world.asked),
        pick=some,
        answer=st.sampled_from(["accept", "refuse", "refuse in silence", "withdraw"]),
    )
    def a_hand_over_is_answered(self, pick: int, answer: str) -> None:
        world = self.world
        numbers = sorted(world.asked)
        number = numbers[pick % len(numbers)]
        person, sender, receiver = world.asked[number]

        def reply(session: Session) -> None:
            asked = session.get_one(HandOver, number)
            if answer == "accept":
                handover.accept(session, asked, "乙", self.evening, world.today)
            elif answer == "withdraw":
                handover.withdraw(asked, "甲", self.evening)
            else:
                handover.refuse(asked, "乙", self.evening, "" if "silence" in answer else "不在本村")

        refused = answer == "refuse in silence"
        self.attempt(self.of(sender if answer == "withdraw" else receiver), refused, reply)
        if refused:
            return
        del world.asked[number]
        if answer == "accept":
            world.home[person] = receiver
            for _, life in world.of(person):
                if not life.binned:
                    life.goes_to(receiver, world.today)

    @act(3, one=some, other=some)
    def two_files_become_one(self, one: int, other: int) -> None:
        world = self.world
        keep = self.person(one)
        village = world.home[keep]
        known = sorted(set(world.home) - world.merged)
        here = [p for p in known if p != keep and world.home[p] == village]
        observed = [p for p in here if world.open_of(p)]
        likely = known if other > 8 else observed or here or known
        gone = likely[other % len(likely)]
        both = sorted(
            ((life.began, n, life) for n, life in world.lives.items() if life.open and life.person in (keep, gone)),
            key=lambda found: found[:2],
        )
        waiting = sum(person in (keep, gone) for person, _, _ in world.asked.values())
        refused = (
            keep == gone
            or world.home[gone] != village
            or waiting > 1
            or len({life.now.status for _, _, life in both}) > 1
        )

        def merge(session: Session) -> None:
            files = [session.get(Resident, person) for person in (keep, gone)]
            if None in files:
                raise Invalid(Resident(), [])  # another village's cannot even be looked at
            doubles.merge(session, files[0], files[1], {}, world.today)  # type: ignore[arg-type]

        self.attempt(self.of(village), refused, merge)
        if refused:
            return
        for _, _, double in both[1:]:
            first = both[0][2]
            double.moves_to("excluded", world.today)
            double.stays[-2].counted = False
            for n, (slot, paid) in sorted(double.visits.items(), key=lambda visit: visit[1][0]):
                here = [stay for stay in first.stays if stay.village == first.village]
                if paid.binned or paid.village != first.village or first.in_slot(slot) is not None:
                    continue
                if any(stay.takes(*slot) for stay in here):
                    first.visits[n] = double.visits.pop(n)
        world.merged.add(gone)
        for life in world.lives.values():
            life.person = keep if life.person == gone else life.person
        world.asked = {n: (keep if p == gone else p, a, b) for n, (p, a, b) in world.asked.items()}

    # ---- what must hold ----

    @invariant()
    def it_all_holds(self) -> None:
        self.steps += 1
        self._the_trail_tells_every_change()
        self._states_are_as_they_should_be()
        self._every_day_adds_up()
        days = list(self.world.days())
        for on in (self.world.today, days[self.steps * 3 % len(days)]):
            self._counts_hold(on)
            self._a_round_holds(self.steps % 3, on, Period.PM if self.steps % 2 else Period.AM)

    def _states_are_as_they_should_be(self) -> None:
        with self.acting(EVERYTHING) as session:
            for number, life in self.world.lives.items():
                if life.binned:
                    continue
                one = session.get_one(Observation, number)
                assert (one.resident_id, one.began_on, one.ends_on) == (life.person, life.began, life.ends)
                events = told(one)
                known = [(s.status.value, s.village_id, s.since, s.until) for s in spans(one, events)]
                assert known == [
                    (s.status, self.villages[s.village].id, s.since if s.counted else s.until, s.until)
                    for s in life.stays
                ]
                for day in range((self.world.today - life.began).days + 1):
                    if all(stay.counted for stay in life.stays):
                        assert responsible(one, events, life.began + timedelta(days=day)) is not None
            for person in set(self.world.home) - self.world.merged:
                file = session.get_one(Resident, person)
                assert file.village_id == self.villages[self.world.home[person]].id
                assert file.status.value == self.world.file_stands(person)

    def _every_day_adds_up(self) -> None:
        """Yesterday + in − out = today by the events, and today by the events = today by the states."""
        numbers = {village.id: index for index, village in enumerate(self.villages)}
        event, of = ObservationEvent.__table__, Observation.__table__
        events = self.connection.execute(
            select(event.c.village_id, event.c.on, event.c.was, event.c.became).where(event.c.deleted_at.is_(None))
        ).all()
        for day in self.world.days():
            summed: Counter[tuple[int, str]] = Counter()
            for village_id, on, was, became in events:
                if on <= day:
                    summed[numbers[village_id], became and became.value] += 1
                    summed[numbers[village_id], was and was.value] -= 1
            told = {key: many for key, many in summed.items() if many and key[1]}
            assert told == dict(self.world.standing(day)), day
        stored = self.connection.execute(select(of.c.village_id, of.c.status).where(of.c.deleted_at.is_(None)))
        now = Counter((numbers[village_id], status.value) for village_id, status in stored)
        assert now == self.world.standing(self.world.today)

    def _counts_hold(self, on: date) -> None:
        """Every slot of a day is counted as it should be, in every village."""
        with self.acting(self.district) as session:
            counted = slots.counts(session, on)
        for index, village in enumerate(self.villages):
            for period in Period:
                wanted, done = (f(index, on, period.value) for f in (self.world.expected, self.world.done))
                unmet = sum(outcome in ("not_met", "refused") for outcome in done)
                count = slots.SlotCount(len(wanted), len(done), unmet)
                assert counted.get((village.id, period), slots.SlotCount()) == count, (on, index, period)

    def _a_round_holds(self, village: int, on: date, period: Period) -> None:
        """Nobody who is expected is missing from a round, and nobody else is in it."""
        with self.acting(self.of(village)) as session:
            people = round.expected(session, self.villages[village].id, on, period, self.evening)
            assert {one.observation_id for one in people} == self.world.expected(village, on, period.value)
            assert sum(one.visit is not None for one in people) == len(self.world.done(village, on, period.value))

    def _last_trail_row(self) -> int:
        return max(self.connection.scalars(select(TrailEntry.__table__.c.id)), default=0)

    def _the_trail_tells_every_change(self) -> None:
        found = {
            (cls.__tablename__, row["id"]): dict(row)
            for cls in TABLES
            for row in self.connection.execute(select(cls.__table__)).mappings()
        }
        rows = TrailEntry.__table__
        entries = self.connection.execute(select(rows).where(rows.c.id > self.trail_seen).order_by(rows.c.id)).all()
        untold = [
            (key, name)
            for key, name, value in self._changes(found)
            if not _is_told(entries, key, name, value, found[key])
        ]
        assert untold == [] and set(self.rows) <= set(found)
        changed = {key for key, _, _ in self._changes(found)}
        assert bool(entries) == bool(changed), "what was refused leaves nothing"
        self.rows, self.trail_seen = found, max((entry.id for entry in entries), default=self.trail_seen)

    def _changes(self, found: dict[tuple[str, int], dict[str, Any]]) -> Iterator[tuple[tuple[str, int], str, Any]]:
        for key, row in found.items():
            before = self.rows.get(key, {})
            for name, value in row.items():
                if before.get(name) != value and (name not in UNTOLD or name == "deleted_at"):
                    yield key, name, value


def _in_order(allowed: dict[str, str]) -> list[str]:
    """As the table of moves lists them."""
    names = next(steps for steps in MOVES.values() if {step.value for step in steps} == set(allowed))
    return [step.value for step in names]


def _is_told(entries: Sequence[Any], key: tuple[str, int], name: str, value: Any, row: dict[str, Any]) -> bool:
    """True if a row of the trail tells that this attribute of this record became so."""
    number = row["observation_id"] if key[0] == "observation_event" else key[1]
    about = [entry for entry in entries if (entry.kind, entry.record_id) == (key[0], number)]
    if name == "deleted_at":
        return any(entry.deed == ("delete" if value else "restore") for entry in about)
    return any(name in entry.changes and entry.changes[name][1] == trail.plain(value) for entry in about)


def live(engine: Engine, examples: int, steps: int) -> None:
    """Run the machine over a database."""
    with open_session(engine, EVERYTHING) as session:
        township = Township(code="321084112", name="车逻镇")
        villages = [
            Village(code=f"32108411200{n}", name=name, full_name=name, township=township)
            for n, name in enumerate(("南苑社区", "朝阳社区", "砖场村"))
        ]
        session.add_all(villages)
        session.commit()
    with engine.connect() as connection:
        machine = type("LivesHere", (Lives,), {"connection": connection, "villages": villages})
        profile = settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
        )  # fmt: skip
        run_state_machine_as_test(machine, settings=profile)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_files_live_as_they_should(engine: Engine) -> None:
    live(engine, examples=14, steps=28)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_files_live_as_they_should_on_postgresql(engine: Engine) -> None:
    live(engine, examples=4, steps=20)
