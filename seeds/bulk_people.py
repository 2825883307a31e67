"""The big database's people: files, observations, events and visits, village by village."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Final, NamedTuple

from models import words
from models.alert import Alert, AlertKind, AlertStatus
from models.dossier import Contact, Journey, Paper, PaperKind
from models.event import ObservationEvent
from models.followup import DAYS as CALLS
from models.followup import CallOutcome, FollowUp
from models.handover import HandOver, HandOverStatus
from models.observation import DAYS, Observation
from models.person import Sex, check_digit
from models.resident import Category, FileStatus, Resident, Transport
from models.states import EventKind, How, ObservationKind, ObservationStatus, Outcome, Period
from models.visit import Visit
from seeds import addresses, names
from seeds.codes import JIANGSU
from seeds.diary import at
from seeds.loading import Load, stored

VISITS_A_RESIDENT: Final = 2
OBSERVED: Final = 0.02  # of all residents
_NAMES: Final = 30_000
_BIRTHS: Final = 27_000  # days on which somebody was born
_STRIDE: Final = 7_919  # shares no divisor with them, so that neighbours are not born one after the other
_RELEASED_WITHIN: Final = 60  # days
_SLOTS: Final = 2 * DAYS

S = ObservationStatus


class Named(NamedTuple):
    """A name and what is computed from it."""

    name: str
    sex: Sex
    pinyin: str
    initials: str
    tokens: str


def some_names(dice: Random, people: int) -> list[Named]:
    """Invented names for so many people, each romanised once; as in life, some people share theirs."""
    count = min(_NAMES, max(400, people // 20))
    made = []
    for sex in (Sex.MALE, Sex.FEMALE):
        known = names.every_name(sex)
        for name in dice.sample(known, min(count // 2, len(known))):
            pinyin, initials = words.romanised(name)
            made.append(Named(name, sex, pinyin, initials, words.tokens(name)))
    return made


class Going(NamedTuple):
    """How an observation goes: how many days ago the last exposure was, and whether the person was signed off."""

    since: int
    released: bool


class Identities:
    """Identity numbers for any number of people: each is of another day, until a round of days is over."""

    def __init__(self, today: date) -> None:
        first = date(today.year - 80, 1, 1)
        self._days = [first + timedelta(days=n) for n in range(_BIRTHS)]
        self._texts = [f"{JIANGSU}{day:%Y%m%d}" for day in self._days]
        self._given = 0

    def next(self, sex: Sex) -> tuple[str, str]:
        """A number and the birth date in it."""
        serial, day = divmod(self._given, _BIRTHS)
        day = day * _STRIDE % _BIRTHS
        self._given += 1
        first = f"{self._texts[day]}{serial * 2 + (sex is Sex.MALE):03}"
        return first + check_digit(first), self._days[day].isoformat()


class Phones:
    """Phones of a range in which only machines have numbers, and longer ones."""

    def __init__(self) -> None:
        self._given = 0

    def next(self) -> str:
        """A phone."""
        self._given += 1
        return f"140{self._given:08}"


class People:
    """Fills the sheets of people, one village after the other."""

    def __init__(self, load: Load, today: date, dice: Random, size: int) -> None:
        self.today, self.dice = today, dice
        self.names = some_names(dice, size)
        self.identities, self.phones = Identities(today), Phones()
        self._days = {ago: (today - timedelta(days=ago)).isoformat() for ago in range(-DAYS, 120)}
        self._mornings = {ago: stored(at(today - timedelta(days=ago), 8)) for ago in range(120)}
        self._taken = {
            (ago, period): [
                stored(at(today - timedelta(days=ago), hour, minute)) for minute in range(60) for hour in hours
            ]
            for ago in range(_RELEASED_WITHIN + DAYS + 1)
            for period, hours in ((Period.AM, (7, 8)), (Period.PM, (16, 17)))
        }
        self._residents = load.sheet(
            Resident, "name", "sex", "birth_date", "identity_number", "phone", "pinyin", "initials", "identity_tail",
            "name_tokens", "category", "status", "due_on", "native_place", "address", "came_from", "arrived_on",
            "arrived_by", "transport_number", "met_case", "lived_with_contact", "met_from_area", "health",
            "sought_care", "cadre", "cadre_phone", "relative", "relative_phone",
        )  # fmt: skip
        self._observations = load.sheet(
            Observation, "resident_id", "kind", "status", "cadre", "cadre_phone", "last_exposure_on", "began_on",
            "first_period", "since", "since_period", "days", "ends_on", "released_on", "signed_by", "became_suspected",
        )  # fmt: skip
        self._events = load.sheet(
            ObservationEvent, "resident_id", "observation_id", "kind", "was", "became", "on", "since", "since_period"
        )  # fmt: skip
        self._visits = load.sheet(
            Visit, "observation_id", "resident_id", "on", "period", "taken_at", "temperature", "how", "outcome",
            "symptoms", "late",
        )  # fmt: skip
        self._alerts = load.sheet(
            Alert, "resident_id", "observation_id", "visit_id", "kind", "status", "raised_at", "what", "taken_by",
            "taken_at", "closed_by", "closed_at", "done",
        )  # fmt: skip
        self._journeys = load.sheet(
            Journey, "resident_id", "left_on", "came_on", "origin", "destination", "by", "number"
        )
        self._contacts = load.sheet(Contact, "resident_id", "name", "phone", "relation", "met_on", "place")
        self._papers = load.sheet(Paper, "resident_id", "observation_id", "kind", "on", "signed_by")
        self._calls = load.sheet(FollowUp, "observation_id", "resident_id", "day_no", "on", "outcome", "by")
        self._hand_overs = load.sheet(
            HandOver, "resident_id", "name", "from_village_id", "to_village_id", "from_name", "to_name", "reason",
            "status", "asked_by", "asked_at",
        )  # fmt: skip
        self._before: tuple[int, str] | None = None

    def opened(self, village_id: int) -> int:
        """How many observations a village has had."""
        return self._observations.per_village[village_id]

    def fill(self, village_id: int, village: str, size: int) -> None:
        """The people of one village."""
        dice = self.dice
        homes = [addresses.address(dice, village) for _ in range(max(1, size // 3))]
        journeys = [addresses.journey(dice) for _ in range(60)]
        cadres = [(dice.choice(self.names).name, self.phones.next()) for _ in range(8)]
        observed = [
            self._enter_person(village_id, course, dice.choice(homes), dice.choice(journeys), dice.choice(cadres))
            for course in self._courses(size)
        ]
        self._ask(village_id, village, next((who for who in observed if who), None), cadres[0][0])

    def _ask(self, village_id: int, village: str, who: tuple[int, str] | None, cadre: str) -> None:
        """The village before is asked to take somebody over."""
        if self._before is not None and who is not None:
            asked_at = self._mornings[self.dice.randrange(3)]
            self._hand_overs.add(
                0, asked_at, *who, village_id, self._before[0], village, self._before[1], "搬至亲属家居住",
                HandOverStatus.ASKED.value, cadre, asked_at,
            )  # fmt: skip
        self._before = (village_id, village)

    def _courses(self, size: int) -> list[Going | None]:
        """For every person how the observation goes; None for those who are not observed."""
        dice = self.dice
        observed = max(1, round(size * OBSERVED))
        current = [Going(dice.randrange(DAYS + 1), False) for _ in range(observed)]
        visits = size * VISITS_A_RESIDENT - sum(2 * going.since for going in current)
        released = [Going(DAYS + dice.randrange(_RELEASED_WITHIN), True) for _ in range(max(1, round(visits / _SLOTS)))]
        courses: list[Going | None] = [*current, *released]
        courses = [*courses, *[None] * size][:size]
        dice.shuffle(courses)
        return courses

    def _enter_person(
        self, village_id: int, going: Going | None, home: str, journey: tuple[Transport, str], cadre: tuple[str, str]
    ) -> tuple[int, str] | None:
        """Returns the number and the name of somebody who is under observation."""
        dice = self.dice
        named = self.names[int(dice.random() * len(self.names))]
        identity, birth = self.identities.next(named.sex)
        arrived = going.since if going is not None else int(dice.random() * 60)
        entered_at = self._mornings[arrived]
        observed = going is not None
        resident_id = self._residents.add(
            village_id, entered_at, named.name, named.sex.value, birth, identity, self.phones.next(),
            named.pinyin, named.initials, identity[-4:], named.tokens,
            *self._standing(going), "江苏高邮", home,
            "湖北武汉" if observed else "江苏苏州", self._days[arrived], journey[0].value, journey[1] or None,
            0, 0, int(observed), "良好", 0, *cadre,
            *((dice.choice(self.names).name, self.phones.next()) if observed else (None, None)),
        )  # fmt: skip
        if going is None:
            return None
        self._enter_observation(village_id, resident_id, going, cadre)
        arrived_on = self._days[arrived]
        self._journeys.add(
            village_id, entered_at, resident_id, arrived_on, arrived_on, "湖北武汉", "江苏高邮", journey[0].value,
            journey[1] or None,
        )  # fmt: skip
        if dice.random() < 0.2:
            met = dice.choice(self.names).name
            self._contacts.add(village_id, entered_at, resident_id, met, self.phones.next(), "同事", arrived_on, "单位")
        return None if going.released else (resident_id, named.name)

    def _standing(self, going: Going | None) -> tuple[str, str, str | None]:
        """Category and status of a file, and the day on which the term is over."""
        if going is not None:
            status = FileStatus.RELEASED if going.released else FileStatus.OBSERVED
            due_on = None if going.released else self._days[going.since - DAYS]
            return Category.FROM_WUHAN.value, status.value, due_on
        luck = self.dice.random()
        category = Category.RETURNEE if luck < 0.6 else Category.NEWCOMER if luck < 0.8 else Category.DATA_MATCH
        return category.value, (FileStatus.PENDING if luck % 0.1 < 0.012 else FileStatus.EXCLUDED).value, None

    def _enter_observation(self, village_id: int, resident_id: int, going: Going, cadre: tuple[str, str]) -> None:
        since, released = going
        opened_on, ended_on = self._days[since], self._days[since - DAYS]
        entered_at = self._mornings[since]
        observation_id = self._observations.add(
            village_id, entered_at, resident_id, ObservationKind.HOME.value,
            (S.RELEASED if released else S.OBSERVED).value, *cadre,
            opened_on, opened_on, Period.AM.value, ended_on if released else opened_on, Period.AM.value, DAYS, ended_on,
            *((ended_on, cadre[0]) if released else (None, None)), 0,
        )  # fmt: skip
        whose = (resident_id, observation_id)
        self._events.add(
            village_id, entered_at, *whose, EventKind.OPENED.value, None, S.OBSERVED.value, opened_on, None, None
        )  # fmt: skip
        self._papers.add(village_id, entered_at, *whose, PaperKind.NOTICE.value, opened_on, cadre[0])
        if released:
            self._release(village_id, resident_id, observation_id, since, cadre[0])
        for ago, period in self._slots(going):
            self._enter_visit(village_id, resident_id, observation_id, ago, period, cadre[0])

    def _release(self, village_id: int, resident_id: int, observation_id: int, since: int, cadre: str) -> None:
        """The event, the notice, and the calls up to yesterday, of which a few were forgotten."""
        ago = since - DAYS
        at_release, on = self._mornings[ago], self._days[ago]
        whose = (resident_id, observation_id)
        self._events.add(
            village_id, at_release, *whose, EventKind.RELEASED.value, S.OBSERVED.value, S.RELEASED.value, on,
            self._days[since], Period.AM.value,
        )  # fmt: skip
        self._papers.add(village_id, at_release, *whose, PaperKind.RELEASE.value, on, cadre)
        for day_no in CALLS:
            if day_no < ago and ago <= CALLS[-1] + 7 and self.dice.random() < 0.98:
                day = ago - day_no
                self._calls.add(
                    village_id, self._mornings[day], observation_id, resident_id, day_no, self._days[day],
                    CallOutcome.WELL.value, cadre,
                )  # fmt: skip

    def _slots(self, going: Going) -> Iterator[tuple[int, Period]]:
        """Every slot of a term, or of one that is not over up to yesterday; of this morning's three in four."""
        since = going.since
        for ago in range(since, max(0, since - DAYS), -1):
            yield ago, Period.AM
            yield ago, Period.PM
        if not going.released and self.dice.random() < 0.75:
            yield 0, Period.AM

    def _enter_visit(
        self, village_id: int, resident_id: int, observation_id: int, ago: int, period: Period, cadre: str
    ) -> None:
        luck = self.dice.random()
        taken = self._taken[ago, period]
        taken_at = taken[int(luck * len(taken))]
        fever = luck * 1000 % 1 < 0.001
        degrees = _FEVERS[int(luck * len(_FEVERS))]
        visit_id = self._visits.add(
            village_id, taken_at, observation_id, resident_id, self._days[ago], period.value, taken_at,
            degrees if fever else _NORMAL[int(luck * 997) % len(_NORMAL)],
            How.DOOR.value if luck < 0.8 else How.VIDEO.value,
            (Outcome.ABNORMAL if fever else Outcome.NORMAL).value, "[]" if fever else _WELL, 0,
        )  # fmt: skip
        if fever:
            closed = (cadre, taken_at, cadre, taken_at, "送发热门诊排查，核酸阴性") if ago > 1 else (None,) * 5
            self._alerts.add(
                village_id, taken_at, resident_id, observation_id, visit_id, AlertKind.FEVER.value,
                (AlertStatus.CLOSED if ago > 1 else AlertStatus.RAISED).value, taken_at, f"{degrees} ℃", *closed,
            )  # fmt: skip


_NORMAL: Final = tuple(tenths / 10 for tenths in range(360, 372))
_FEVERS: Final = tuple(tenths / 10 for tenths in range(373, 390))
_WELL: Final = '["well"]'
