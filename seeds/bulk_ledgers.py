"""The big database's other ledgers, in proportion to its residents, village by village."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from models.business import Business, BusinessKind, Control, Inspection, VenueStatus, Way
from models.checkpoint import Checkpoint, Direction, Passage
from models.enterprise import Enterprise, Resumption, ResumptionStatus
from models.figures import FIGURES
from models.gathering import Banquet, CaseStatus, Source, Tipoff, Topic
from models.publicity import Publicity, PublicityKind
from models.report import DailyReport, DayClosing, Punctuality, ReportRevision, ReportStatus
from models.supervision import Supervision
from models.supply import Directed, Donation, DonationKind, Supply, SupplyKind, SupplyStatus
from models.volunteer import Assignment, Duty, DutyKind, DutyStatus, Hours, Organisation, Politics, Volunteer
from seeds import addresses
from seeds.bulk_people import People
from seeds.codes import credit_code
from seeds.diary import at
from seeds.loading import Load, stored
from seeds.volunteering import TEAMS

DAYS_REPORTED: Final = 14
_TRADES: Final = (
    (BusinessKind.RESTAURANT, "饭店", Control.CLOSE, VenueStatus.CLOSED),
    (BusinessKind.HAIRDRESSER, "理发店", Control.CLOSE, VenueStatus.CLOSED),
    (BusinessKind.MAHJONG, "棋牌室", Control.CLOSE, VenueStatus.CLOSED),
    (BusinessKind.SUPERMARKET, "超市", Control.SERVE, VenueStatus.NORMAL),
    (BusinessKind.OTHER, "农资店", Control.RESTRICT, VenueStatus.RESTRICTED),
)


class Ledgers:
    """Fills the sheets of everything but people, one village after the other."""

    def __init__(self, load: Load, people: People) -> None:
        self.people, self.dice = people, people.dice
        self._fillers: list[Callable[[int, str, int], None]] = []
        self._moments = {ago: stored(at(people.today - timedelta(days=ago), 8)) for ago in range(120)}
        self._days = {ago: (people.today - timedelta(days=ago)).isoformat() for ago in range(-9, 120)}
        for prepare in (
            self._venues, self._enterprises, self._gatherings, self._checkpoints, self._publicity,
            self._volunteers, self._supplies, self._donations, self._reports, self._rounds,
        ):  # fmt: skip
            self._fillers.append(prepare(load))

    def fill(self, village_id: int, village: str, size: int) -> None:
        """The ledgers of one village with so many residents."""
        for fill in self._fillers:
            fill(village_id, village, size)

    # ---- what the rows are made of ----

    def _name(self) -> str:
        return self.dice.choice(self.people.names).name

    def _person(self) -> tuple[str, str]:
        return self._name(), self.people.phones.next()

    def _ago(self, most: int = 30) -> int:
        return self.dice.randrange(most)

    def _moment(self, ago: int, hour: int, minute: int = 0) -> str:
        return stored(at(self.people.today - timedelta(days=ago), hour, minute))

    # ---- one ledger after the other ----

    def _venues(self, load: Load) -> Callable[[int, str, int], None]:
        businesses = load.sheet(
            Business, "name", "kind", "address", "operator", "phone", "control", "status", "guarantor", "open"
        )
        inspections = load.sheet(
            Inspection, "on", "business_id", "way", "inspector", "operating", "findings", "rectify_by"
        )

        def fill(village_id: int, village: str, size: int) -> None:
            for _ in range(max(2, size // 200)):
                kind, ending, control, status = self.dice.choice(_TRADES)
                cadre = self._name()
                business = businesses.add(
                    village_id, self._moments[60], self._name()[-2:] + ending, kind.value,
                    addresses.shopfront(self.dice, village), *self._person(), control.value, status.value, cadre,
                    int(control is not Control.CLOSE),
                )  # fmt: skip
                for ago in range(9, -1, -1):
                    wrong = self.dice.random() < 0.02
                    inspections.add(
                        village_id, self._moments[ago], self._days[ago], business, self.dice.choice(_WAYS), cadre,
                        int(control is not Control.CLOSE), "消毒记录不全" if wrong else None,
                        self._days[ago - 2] if wrong else None,
                    )  # fmt: skip

        return fill

    def _enterprises(self, load: Load) -> Callable[[int, str, int], None]:
        enterprises = load.sheet(
            Enterprise, "name", "credit_code", "legal_person", "contact", "phone", "address", "workers"
        )
        papers = ("isolation_room", "disinfection", "temperature_checks", "publicity", "commitment_letter")
        resumptions = load.sheet(
            Resumption, "enterprise_id", "status", "applied_on", "filed_on", "resumed_on", "returned", *papers,
            "emergency_plan", "health_table", "told_face_to_face",
        )  # fmt: skip

        def fill(village_id: int, village: str, size: int) -> None:
            for _ in range(max(1, size // 1000)):
                workers = self.dice.randrange(8, 300)
                enterprise = enterprises.add(
                    village_id, self._moments[40], f"高邮市{village[:2]}{self._name()[-2:]}有限公司",
                    credit_code(enterprises.count + 1), self._name(), *self._person(),
                    addresses.shopfront(self.dice, village), workers,
                )  # fmt: skip
                resumed = self.dice.random() < 0.5
                status = ResumptionStatus.RESUMED if resumed else ResumptionStatus.IDLE
                steps = [self._days[ago] if resumed else None for ago in (12, 9, 3)]
                returned = workers // 2 if resumed else None
                done = [int(resumed)] * 8
                resumptions.add(village_id, self._moments[12], enterprise, status.value, *steps, returned, *done)

        return fill

    def _gatherings(self, load: Load) -> Callable[[int, str, int], None]:
        case = ("source", "status", "findings", "outcome", "verified_by", "concluded_on")
        banquets = load.sheet(
            Banquet, "held_on", "place", "host", "host_phone", "occasion", "tables", "joint_enforcement", *case
        )
        tipoffs = load.sheet(Tipoff, "received_at", "topic", "place", "text", *case)

        def told(ago: int) -> tuple[Any, ...]:
            source = self.dice.choice(tuple(Source)).value
            if ago < 2:
                return source, CaseStatus.NEW.value, None, None, None, None
            return source, CaseStatus.CLOSED.value, "上门核实", "已劝导取消", self._name(), self._days[ago - 1]

        def fill(village_id: int, village: str, size: int) -> None:
            for _ in range(max(1, size // 1000)):
                ago = self._ago()
                banquets.add(
                    village_id, self._moments[ago], self._days[ago - 5], addresses.estate(self.dice, village),
                    *self._person(), "婚宴", self.dice.randrange(3, 20), 0, *told(ago),
                )  # fmt: skip
            for _ in range(max(1, size // 500)):
                ago, topic = self._ago(), self.dice.choice(tuple(Topic)).value
                place = addresses.estate(self.dice, village)
                tipoffs.add(village_id, self._moments[ago], self._moments[ago], topic, place, "有人聚集", *told(ago))

        return fill

    def _checkpoints(self, load: Load) -> Callable[[int, str, int], None]:
        checkpoints = load.sheet(Checkpoint, "name", "place", "cadre", "phone", "opened_on")
        passages = load.sheet(
            Passage, "checkpoint_id", "direction", "at", "plate", "name", "people", "phone", "origin", "destination",
            "temperature", "purpose", "keeper",
        )  # fmt: skip

        def fill(village_id: int, village: str, size: int) -> None:
            for gate in ("东", "西"):
                place = addresses.shopfront(self.dice, village)
                checkpoint = checkpoints.add(
                    village_id, self._moments[40], f"{village}{gate}卡口", place, *self._person(), self._days[40]
                )
                keeper = self._name()
                for _ in range(max(5, size // 20)):
                    moment = self._moment(self._ago() + 1, self.dice.randrange(6, 22), self.dice.randrange(60))
                    going_in = self.dice.random() < 0.5
                    name, phone = self._person()
                    passages.add(
                        village_id, moment, checkpoint, (Direction.IN if going_in else Direction.OUT).value, moment,
                        addresses.plate(self.dice), name, 1, phone, "高邮街道" if going_in else village,
                        village if going_in else "高邮街道", self.dice.randrange(358, 371) / 10, "上班", keeper,
                    )  # fmt: skip

        return fill

    def _publicity(self, load: Load) -> Callable[[int, str, int], None]:
        sheet = load.sheet(Publicity, "on", "kind", "content", "place", "quantity", "responsible")

        def fill(village_id: int, village: str, size: int) -> None:
            for _ in range(max(3, size // 200)):
                ago, kind = self._ago(), self.dice.choice(tuple(PublicityKind)).value
                place, quantity = addresses.estate(self.dice, village), self.dice.randrange(1, 300)
                sheet.add(
                    village_id, self._moments[ago], self._days[ago], kind, "防控提醒", place, quantity, self._name()
                )

        return fill

    def _volunteers(self, load: Load) -> Callable[[int, str, int], None]:
        organisations = load.sheet(Organisation, "name", "founded_on")
        for team in TEAMS:
            organisations.add(0, self._moments[40], team.name, self._days[40])
        volunteers = load.sheet(
            Volunteer, "number", "name", "sex", "birth_date", "identity_number", "phone", "pinyin", "initials",
            "identity_tail", "name_tokens", "organisation_id", "politics", "hours",
        )  # fmt: skip
        duties = load.sheet(Duty, "title", "kind", "place", "starts_at", "ends_at", "needed", "contact", "status")
        assignments = load.sheet(
            Assignment,
            "duty_id",
            "volunteer_id",
            "volunteer_name",
            "signed_in_at",
            "signed_out_at",
            "hours",
            "attended",
        )
        hours = json.dumps([Hours.WEEKDAY_MORNING.value, Hours.WEEKEND_MORNING.value])

        def fill(village_id: int, village: str, size: int) -> None:
            own = []
            for _ in range(max(4, size // 100)):
                named = self.dice.choice(self.people.names)
                identity, birth = self.people.identities.next(named.sex)
                volunteer = volunteers.add(
                    village_id, self._moments[40], f"CN{volunteers.count + 1:07}", named.name, named.sex.value, birth,
                    identity, self.people.phones.next(), named.pinyin, named.initials, identity[-4:], named.tokens,
                    self.dice.randrange(len(TEAMS)) + 1, self.dice.choice(_POLITICS), hours,
                )  # fmt: skip
                own.append((volunteer, named.name))
            for ago in range(14, -4, -1):
                over = ago > 0
                begins, ends = self._moment(ago, 8), self._moment(ago, 12)
                entered_at = self._moments[max(ago, 0) + 2]
                status = DutyStatus.DONE if over else DutyStatus.OPEN
                duty = duties.add(
                    village_id, entered_at, f"{village}卡口值守", DutyKind.CHECKPOINT.value, f"{village}东卡口",
                    begins, ends, 3, self._name(), status.value,
                )  # fmt: skip
                for serving in self.dice.sample(own, min(len(own), 3 if over else 2)):
                    served = (begins, ends, 4.0, 1) if over else (None, None, None, 0)
                    assignments.add(village_id, entered_at, duty, *serving, *served)

        return fill

    def _supplies(self, load: Load) -> Callable[[int, str, int], None]:
        sheet = load.sheet(
            Supply, "asked_on", "name", "address", "phone", "kind", "goods", "status", "courier", "delivered_on"
        )

        def fill(village_id: int, village: str, size: int) -> None:
            for _ in range(max(2, size // 50)):
                ago = self._ago()
                name, phone = self._person()
                open_ = ago < 1
                status = SupplyStatus.OPEN if open_ else SupplyStatus.DELIVERED
                sheet.add(
                    village_id, self._moments[ago], self._days[ago], name, addresses.address(self.dice, village), phone,
                    SupplyKind.FOOD.value, "大米10斤、鸡蛋30个", status.value, None if open_ else self._name(),
                    None if open_ else self._days[ago - 1],
                )  # fmt: skip

        return fill

    def _donations(self, load: Load) -> Callable[[int, str, int], None]:
        sheet = load.sheet(Donation, "donor", "kind", "what", "quantity", "measure", "directed", "received_on")

        def fill(village_id: int, village: str, size: int) -> None:
            for _ in range(max(1, size // 1000)):
                ago = self._ago()
                sheet.add(
                    village_id, self._moments[ago], self._name(), DonationKind.GOODS.value, "一次性医用口罩",
                    self.dice.randrange(50, 5000), "只", Directed.UNDIRECTED.value, self._days[ago],
                )  # fmt: skip

        return fill

    def _reports(self, load: Load) -> Callable[[int, str, int], None]:
        sheet = load.sheet(
            DailyReport, "on", *FIGURES, "handed_in_by", "handed_in_at", "punctuality", "status", "revision"
        )
        revisions = load.sheet(
            ReportRevision, "report_id", "number", *FIGURES, "handed_in_by", "handed_in_at", "after_closing"
        )
        closings = load.sheet(DayClosing, "on", "closed_by", "closed_at")

        def fill(village_id: int, village: str, size: int) -> None:
            for ago in range(DAYS_REPORTED, 0, -1):
                handed_in_at = self._moment(ago, 15, self.dice.randrange(60))
                known = {"surveyed": size, "came": size, "home_total": self.people.opened(village_id)}
                status = ReportStatus.CLOSED if ago > 1 else ReportStatus.REPORTED
                counted, who = [known.get(name, 0) for name in FIGURES], self._name()
                report = sheet.add(
                    village_id, handed_in_at, self._days[ago], *counted, who, handed_in_at,
                    Punctuality.ON_TIME.value, status.value, 1,
                )  # fmt: skip
                revisions.add(village_id, handed_in_at, report, 1, *counted, who, handed_in_at, 0)
                if status is ReportStatus.CLOSED:
                    closed_at = self._moment(ago, 20, 30)
                    closings.add(village_id, closed_at, self._days[ago], "区指挥部", closed_at)

        return fill

    def _rounds(self, load: Load) -> Callable[[int, str, int], None]:
        sheet = load.sheet(Supervision, "on", "supervisors", "place", "findings", "demands", "due_on")

        def fill(village_id: int, village: str, size: int) -> None:
            for _ in range(max(1, size // 1000)):
                ago = self._ago()
                sheet.add(
                    village_id, self._moments[ago], self._days[ago], f"区督查组{self._name()}", f"{village}卡口",
                    "夜间值守人员不足", "补足人员", self._days[ago - 2],
                )  # fmt: skip

        return fill


_WAYS: Final = tuple(way.value for way in (Way.PHONE, Way.SITE, Way.PUBLIC))
_POLITICS: Final = tuple(politics.value for politics in Politics)
