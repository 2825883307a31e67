"""A small district with a bit of every ledger, as rows, so that two databases hold the very same.

Each village's texts carry its mark, and in one village people have written what a spreadsheet could take for a formula.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from sqlalchemy import inspect

from models import words
from models.base import Base
from models.business import Business
from models.checkpoint import Checkpoint, Direction, Passage
from models.enterprise import Enterprise, Resumption
from models.event import ObservationEvent
from models.figures import FIGURES
from models.gathering import Banquet, CaseStatus, Source
from models.observation import Observation
from models.person import Sex
from models.place import Township, Village
from models.publicity import Publicity, PublicityKind
from models.report import Adjustment, DailyReport, Punctuality, ReportStatus
from models.resident import Resident
from models.states import EventKind, ObservationStatus
from models.supervision import Supervision
from models.supply import Directed, Donation, DonationKind
from models.trail import TrailEntry
from models.types import Cleaned, Code
from models.volunteer import Assignment, Organisation, Politics, Volunteer
from tests.models.summaries.world import TODAY, VILLAGES, Row, World, at, make

MARKS: Final = {1: "彧", 2: "晁", 3: "翀", 4: "垚", 5: "奭"}
HOSTILE: Final = ('=HYPERLINK("http://127.0.0.1/","x")', "+1+1", "@SUM(A1)", "-2", "\t=3", "\r=4")


def full_world(seed: int = 4) -> World:
    """Five villages in two townships; the last one has nothing at all."""
    world = make(seed)
    del world.rows[TrailEntry]
    world.add(Township, code="321084101", name="西乡")
    for village in world.rows[Village]:
        village["name"] = f"{MARKS[village['id']]}村"
        village["township_id"] = 1 if village["id"] < 4 else 2
    world.add(Organisation, 0, name="薪火学堂")
    for village_id in VILLAGES[:-1]:
        _ground(world, village_id)
    _people(world)
    _events(world)
    _enterprises(world)
    _reports(world)
    for cls in (Resident, Volunteer, Business, Enterprise, Resumption, Checkpoint):
        for row in world.rows[cls]:
            row["created_at"] = at(12, day=TODAY + timedelta(days=world.dice.randint(-10, 3)))
    for cls, rows in world.rows.items():
        for row in rows:
            _mark(cls, row)
    _hostile(world)
    order = [table.name for table in Base.metadata.sorted_tables]  # what is pointed at comes first
    world.rows = dict(sorted(world.rows.items(), key=lambda item: order.index(item[0].__tablename__)))
    return world


def _day(world: World) -> date:
    return TODAY + timedelta(days=world.dice.randint(-12, 0))


def _ground(world: World, village_id: int) -> None:
    dice = world.dice
    for number in range(3):
        checkpoint = world.add(
            Checkpoint, 0, village_id=village_id, name=f"{number}号卡口", opened_on=_day(world),
            closed_on=dice.choice([None, TODAY]),
        )  # fmt: skip
        for _ in range(dice.randint(1, 6)):
            world.add(
                Passage, village_id=village_id, checkpoint_id=checkpoint["id"], direction=dice.choice(list(Direction)),
                at=at(dice.randint(0, 23), 59, _day(world)), name="过路人", origin="城里", purpose="买菜",
                people=dice.randint(1, 5),
                temperature=Decimal("36.4"), phone=f"13{village_id}0000{number:04}",
                identity_number=f"32108{village_id}19800101{number:03}X",
            )  # fmt: skip
        world.add(
            Banquet, village_id=village_id, held_on=_day(world), host="某家", guests=20,
            tables=dice.choice([None, 2, 8]),
            source=dice.choice(list(Source)), status=CaseStatus.NEW, joint_enforcement=False,
        )  # fmt: skip
        world.add(
            Publicity, village_id=village_id, on=_day(world), kind=dice.choice(list(PublicityKind)), place="村口",
            quantity=dice.randint(0, 40),
        )  # fmt: skip
        world.add(
            Supervision, village_id=village_id, on=_day(world), supervisors="督查组", findings="有人聚集\n未戴口罩"
        )
        world.add(
            Donation, village_id=village_id, donor="某厂", kind=DonationKind.GOODS, what="口罩",
            quantity=Decimal("500.00"), measure="只", directed=dice.choice(list(Directed)), received_on=_day(world),
        )  # fmt: skip


def _people(world: World) -> None:
    """Numbers and phones, birth dates, and days of arrival and of entry that lie before, in and after a span."""
    for cls in (Resident, Volunteer):
        for row in world.rows[cls]:
            here, number = row["village_id"], row["id"]
            row |= {"sex": world.dice.choice(list(Sex)), "birth_date": date(1980, 2, 29)}
            row |= {"identity_number": f"32108{here}19800229{number:03}1", "phone": f"13{here}1111{number:04}"}
    for row in world.rows[Resident]:
        row |= {
            "arrived_on": world.dice.choice([None, _day(world)]),
            "met_case": world.dice.choice([None, True, False]),
        }
        row |= {
            "native_place": "江苏",
            "cadre": "张干部",
            "cadre_phone": f"13{row['village_id']}22220000",
            "statement": "本人\n未接触",
        }
    for row in world.rows[Volunteer]:
        row |= {"organisation_id": 1, "politics": Politics.PARTY, "number": f"V{row['id']}"}
    names = {row["id"]: row["name"] for row in world.rows[Volunteer]}
    for row in world.rows[Assignment]:
        row |= {"volunteer_name": names[row["volunteer_id"]], "hours": world.dice.choice([None, Decimal("3.5")])}


def _events(world: World) -> None:
    for row in world.rows[Observation]:
        world.add(
            ObservationEvent, village_id=row["village_id"], resident_id=row["resident_id"], observation_id=row["id"],
            kind=EventKind.OPENED, became=ObservationStatus.OBSERVED, on=row["began_on"],
        )  # fmt: skip


def _enterprises(world: World) -> None:
    for row in world.rows[Enterprise]:
        row |= {"workers": world.dice.choice([None, 30, 100]), "duty_phone": "05148888000" + str(row["village_id"])}
        row |= {"credit_code": f"9132108{row['village_id']}0000{row['id']:06}", "legal_person": "赵", "contact": "钱"}
    for row in world.rows[Resumption]:
        row |= {"returned": world.dice.choice([None, 3, 9]), "applied_on": world.dice.choice([None, _day(world)])}
        row |= {"from_outside": 2, "from_hubei": world.dice.choice([None, 1]), "filed_on": None}


def _reports(world: World) -> None:
    """Of the day one village reported zero, one more than that, one's report was sent back, the others have none."""
    dice, rows = world.dice, world.rows[DailyReport]
    rows[:] = [row for row in rows if row["on"] != TODAY]
    for row in rows:
        if row["village_id"] == 2:  # yesterday's is there too, so that there is something to follow from
            row |= {"deleted_at": None, "deleted_by": None, "status": ReportStatus.REPORTED}
    for village_id, status in ((1, ReportStatus.REPORTED), (2, ReportStatus.REPORTED), (3, ReportStatus.RETURNED)):
        world.add(
            DailyReport, 0, village_id=village_id, on=TODAY, handed_in_by="周书记", handed_in_at=at(16, 40),
            punctuality=Punctuality.ON_TIME, status=status, revision=1,
            **{name: 0 if village_id == 1 else dice.randint(1, 2000) for name in FIGURES},
        )  # fmt: skip
    for number, row in enumerate(rows, 1):
        row["id"] = number
    second = next(row for row in rows if row["village_id"] == 2 and row["on"] == TODAY)
    world.add(
        Adjustment, 0, village_id=2, report_id=second["id"], revision=1, figure="came", counted=5,
        reported=second["came"], reason="台账录入较晚", adjusted_by="周书记",
    )  # fmt: skip


def _mark(cls: type[Base], row: Row) -> None:
    """Put the village's mark before every text that people typed."""
    mark = MARKS.get(row.get("village_id", 0), "")
    for attribute in inspect(cls).column_attrs:
        type_, value = attribute.columns[0].type, row.get(attribute.key)
        if isinstance(type_, Cleaned) and not isinstance(type_, Code) and value and attribute.key != "updated_by":
            row[attribute.key] = mark + value


def _hostile(world: World) -> None:
    """What people of the first village have written."""
    for cls, names in ((Resident, ("name", "address", "native_place")), (Passage, ("name", "origin", "purpose"))):
        rows = [row for row in world.live(cls) if row["village_id"] == 1]
        for number, row in enumerate(rows):
            for name in names:
                row[name] = words.line(HOSTILE[number % len(HOSTILE)])
