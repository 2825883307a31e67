"""Histories made up by hypothesis and acted out by the rules: several villages, several days, and people who err."""

from contextlib import suppress
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import strategies as st
from sqlalchemy import select

from models import course, handover
from models.base import Invalid
from models.clock import now
from models.course import Move
from models.handing_in import Adjusted, HandIn, hand_in, report_of, send_back
from models.observation import Observation
from models.person import Sex
from models.place import Township, Village
from models.resident import Category, Resident
from models.session import Session, remove, restore
from models.states import Outcome
from models.summaries.figures import figures_of
from models.summaries.names import numbers
from models.visit import Visit
from tests.models.summaries.keeping import CHANGES, NEW, Deed, do
from tests.models.summaries.world import TODAY

DAYS = 3
FIRST = TODAY - timedelta(days=DAYS - 1)
VILLAGES = 3

number = st.integers(0, 5)
step = st.one_of(
    st.tuples(st.just("file"), number, st.booleans(), st.booleans()),
    st.tuples(st.just("open"), number, st.booleans(), st.integers(0, 2)),
    st.tuples(st.just("open"), number, st.booleans(), st.integers(0, 2)),
    st.tuples(st.just("move"), number, st.sampled_from(list(Move)), st.integers(0, 2)),
    st.tuples(st.just("move"), number, st.sampled_from(list(Move)), st.integers(0, 2)),
    st.tuples(st.just("hand_over"), number, number, st.booleans()),
    st.tuples(st.just("hand_over"), number, number, st.just(True)),
    st.tuples(st.just("hand_over"), number, number, st.just(True)),
    st.tuples(st.just("visit"), number, st.booleans(), st.integers(0, 1)),
    st.tuples(st.just("mend"), number, st.booleans(), st.booleans()),
    st.tuples(st.just("throw_away"), number, st.booleans(), st.booleans()),
    st.tuples(st.just("next_day"), st.none(), st.none(), st.none()),
    st.tuples(st.just("next_day"), st.none(), st.none(), st.none()),
)
histories = st.lists(step, min_size=6, max_size=20)
report = st.tuples(st.just("report"), number, st.integers(-1, 2), st.booleans())
opening = st.tuples(st.just("open"), number, st.booleans(), st.integers(0, 2))
day = st.tuples(
    st.lists(st.one_of(step, opening), min_size=2, max_size=7), report, st.lists(st.one_of(step, report), max_size=3)
)
keep = st.one_of(
    st.tuples(st.just("keep"), st.just(Deed.ENTER), st.sampled_from(list(NEW)), number, st.integers(0, 99)),
    st.tuples(st.just("keep"), st.sampled_from(Deed), st.sampled_from(list(CHANGES)), number, st.integers(0, 99)),
)
keeping = st.lists(st.one_of(keep, keep, step, report), min_size=12, max_size=40)
reporting = st.lists(day, min_size=DAYS, max_size=DAYS).map(
    lambda days: [step for acts, told, more in days for step in (*acts, told, *more, ("next_day", None, None, None))]
)


class History:
    """One history, acted out. What a rule refuses is not done."""

    def __init__(self, session: Session, days: pytest.MonkeyPatch):
        self.session, self._days, self.today = session, days, FIRST
        self._pin()
        self._place()

    def _pin(self) -> None:
        self._days.setenv("TAIZHANG_TODAY", self.today.isoformat())

    def _place(self) -> None:
        township = Township(code="321084112", name="车逻镇")
        self.villages = [
            Village(code=f"32108411200{n}", name=f"{n}村", full_name=f"{n}村村委会", township=township)
            for n in range(1, VILLAGES + 1)
        ]
        self.session.add_all(self.villages)
        self.session.flush()
        self.numbers = [village.id for village in self.villages]

    def tell(self, steps: list[Any]) -> None:
        """Act every step out."""
        for name, *given in steps:
            with suppress(Invalid), self.session.begin_nested():
                getattr(self, f"_{name}")(*given)

    def _some(self, cls: Any, which: int, deleted: bool = False) -> Any:
        found = self.session.scalars(select(cls).order_by(cls.id), execution_options={"deleted": deleted}).all()
        return found[which % len(found)] if found else None

    def _next_day(self, *_: None) -> None:
        if self.today < FIRST + timedelta(days=DAYS - 1):
            self.today += timedelta(days=1)
            self._pin()

    def _file(self, village: int, came: bool, met: bool) -> Resident:
        resident = Resident(
            village_id=self.numbers[village % VILLAGES], name="王建国", category=Category.RETURNEE, sex=Sex.MALE,
            arrived_on=self.today - timedelta(days=1) if came else None, met_case=met, met_from_area=came,
        )  # fmt: skip
        self.session.add(resident)
        return resident

    def _open(self, village: int, came: bool, ago: int) -> None:
        resident = self._file(village, came, not came)
        self.session.flush()
        began_on = self.today - timedelta(days=ago)
        self.session.add(Observation(resident=resident, began_on=began_on, last_exposure_on=began_on))

    def _move(self, which: int, move: Move, ago: int) -> None:
        observation = self._some(Observation, which)
        if observation is not None:
            course.move(
                self.session, observation, move, self.today - timedelta(days=ago), self.today,
                where="区人民医院", reason="核实", signed_by="王医生", consent=True,
            )  # fmt: skip

    def _hand_over(self, which: int, village: int, accepted: bool) -> None:
        resident = self._some(Resident, which)
        if resident is None:
            return
        asked = handover.ask(self.session, resident, self.numbers[village % VILLAGES], "搬家", "周书记", now())
        self.session.flush()
        if accepted:
            handover.accept(self.session, asked, "李书记", now(), self.today)
        else:
            handover.refuse(asked, "李书记", now(), "查无此人")

    def _visit(self, which: int, feverish: bool, ago: int) -> None:
        observation = self._some(Observation, which)
        on = self.today - timedelta(days=ago)
        if observation is None or observation.resident is None or self._visited(observation, on):
            return
        self.session.add(
            Visit(
                observation=observation,
                on=on,
                period="am",
                temperature="37.8" if feverish else "36.5",
                outcome=Outcome.NORMAL,
                late_reason="补录" if ago else None,
            )
        )

    def _visited(self, observation: Observation, on: date) -> bool:
        query = select(Visit.id).where(Visit.observation_id == observation.id, Visit.on == on)
        return self.session.scalars(query).first() is not None

    def _mend(self, which: int, came: bool, met: bool) -> None:
        resident = self._some(Resident, which)
        if resident is not None:
            resident.met_case, resident.lived_with_contact = met, met
            resident.arrived_on = self.today if came else None

    def _report(self, which: int, more: int, returned: bool) -> None:
        """Every village hands the day in, or corrects it; one knows better than the records, one has to do it anew."""
        for place, here in enumerate(self.numbers):
            known = report_of(self.session, here, self.today)
            counted = figures_of(self.session, self.today, here)
            adjusted = []
            if place == which % VILLAGES and more:
                adjusted = [Adjusted("home_total", counted.home_total + more, "另有档案待补录")]
            if place == (which + 1) % VILLAGES and which > VILLAGES and known is None:
                continue  # and one does not
            given = HandIn(
                here, self.today, counted, "周书记", numbers(self.session, self.today, here), adjusted,
                reason="更正", seen=known.revision if known else 0,
            )  # fmt: skip
            report = hand_in(self.session, given, now())
            if returned and place == (which + 2) % VILLAGES:
                send_back(self.session, report, "请核对")

    def _keep(self, deed: Deed, cls: Any, village: int, seed: int) -> None:
        """Somebody does something to another ledger."""
        if deed is not Deed.ENTER or cls in NEW:
            place = self.session.get_one(Village, self.numbers[village % VILLAGES])
            do(self.session, deed, cls, place, Random(seed), self.today)

    def _throw_away(self, which: int, file: bool, back: bool) -> None:
        record = self._some(Resident if file else Observation, which, deleted=back)
        if record is None:
            return
        if record.deleted_at is None:
            remove(self.session, record)
        else:
            restore(record)
