"""The sheets of a district that has lived: every line and every cell of every one is what the trail tells."""

from datetime import date, timedelta
from typing import Any

import pytest

from models.figures import FIGURES
from models.observation import Observation
from models.place import Village
from models.report import DailyReport, ReportStatus
from models.resident import Resident
from models.states import Period, Symptom
from models.visit import Visit
from tests.admin_app.exchange.conftest import Cells, Desk, cells
from tests.admin_app.exchange.registers import FORMS, LEDGER, Register
from tests.admin_app.exchange.written import Sight, said, timed, totals
from tests.models.summaries import slots_told
from tests.models.summaries.holdings import held
from tests.models.summaries.lived import VILLAGE
from tests.models.summaries.world import TODAY, Row, World

SINCE = TODAY - timedelta(days=14)
DAYS = {"on": TODAY.isoformat(), "from": SINCE.isoformat(), "to": TODAY.isoformat(), "full": "1"}
OF_ONE_DAY = ("persons", "businesses", "resumption")
ALL, OWN = "whole", "own"


def places(world: World) -> list[Row]:
    """The villages that take part, by their codes."""
    return sorted((row for row in world.live(Village) if row["taking_part"]), key=lambda row: row["code"])


def seen_by(world: World, reader: str) -> set[int]:
    return {row["id"] for row in places(world) if reader == ALL or row["name"] == VILLAGE}


def compare(rows: Cells, register: Register, expected: list[list[Any]], number: bool = True) -> None:
    """A whole sheet under its headings, with what is added up; ``number`` False leaves the first column out."""
    head = rows.index(register.headings)
    sums = totals(register, expected)
    found = rows[head + 1 :][: max(len(expected), 1)]  # a sheet of nothing says so in a line
    first = 0 if number else 1
    if expected:
        assert [timed(line)[first:] for line in found] == [timed(line)[first:] for line in expected]
    else:
        assert "无" in found[0]
    below = rows[head + 1 + len(found) :]
    if sums:
        assert [round(cell, 2) if isinstance(cell, float) else cell for cell in below[0]] == sums
    assert not any(len([cell for cell in line if cell != ""]) > 1 for line in below[bool(sums) :]), "further lines"


@pytest.mark.parametrize("reader", [ALL, OWN])
@pytest.mark.parametrize("form", FORMS)
def test_every_cell_of_a_form_is_what_the_trail_tells(lived_desk: Desk, form: str, reader: str) -> None:
    world, villages = lived_desk.world, seen_by(lived_desk.world, reader)
    sheets = cells(lived_desk.take(reader, f"/admin/summary/sheets/{form}/", **DAYS))
    since = TODAY if form in OF_ONE_DAY else SINCE
    for register, rows in zip(FORMS[form], sheets.values(), strict=True):
        if reader == ALL and "village.name" not in dict(register.columns).values():
            register = register.led_by("村(社区)=village.name")
        records = held(world, register.cls, villages, since, TODAY)
        compare(rows, register, Sight(world, villages, TODAY).lines(register, records))


def test_every_cell_of_a_villages_ledger_is_what_the_trail_tells(lived_desk: Desk) -> None:
    world = lived_desk.world
    for place in places(world)[:3]:
        page = lived_desk.take(ALL, "/admin/summary/ledger/", village=str(place["id"]), **DAYS)
        cover, *sheets = cells(page).values()
        contents = [line for line in cover if isinstance(line[0], float)]
        sight = Sight(world, {place["id"]}, TODAY)
        for register, rows, entry in zip(LEDGER, sheets, contents, strict=True):
            records = held(world, register.cls, {place["id"]}, SINCE, TODAY)
            numbers = [row["id"] for row in records]
            assert entry[2] == len(records)
            numbered = register.led_by("记录编号=id")
            # the number of an event is its own, which the trail tells under its observation's
            own = not register.cls.__part_of__
            compare(rows, numbered, sight.lines(numbered, records), number=own)
            assert not own or entry[3:] == ([min(numbers), max(numbers)] if numbers else ["", ""])
        assert cover[len(contents) + 3][2] == sum(entry[2] for entry in contents)


# ---- what is no list of records ----


def test_the_daily_report_is_what_the_trail_tells(lived_desk: Desk) -> None:
    world = lived_desk.world
    [rows] = cells(lived_desk.take(ALL, "/admin/summary/sheets/daily/", **DAYS)).values()
    reported = {
        row["village_id"]: [row[name] for name in FIGURES]
        for row in world.live(DailyReport)
        if row["on"] == TODAY and row["status"] is not ReportStatus.RETURNED
    }
    head = next(at for at, row in enumerate(rows) if "地区" in row)
    for number, (place, line) in enumerate(zip(places(world), rows[head + 1 :], strict=False), 1):
        assert line[:2] == [number, place["name"]]
        figures = reported.get(place["id"])
        assert line[2:] == figures if figures else line[2] in ("未报", "退回") and not any(line[3:])
    assert 5 < len(reported) < len(places(world))
    total = rows[head + 1 + len(places(world))]
    assert total[2:] == [sum(column) for column in zip(*reported.values(), strict=True)]


def test_the_temperature_register_is_what_the_trail_tells(lived_desk: Desk) -> None:
    world = lived_desk.world
    sheets = cells(lived_desk.take(ALL, "/admin/summary/sheets/temperatures/", **DAYS))
    for place in places(world):
        expected = taken(world, place["id"], TODAY)
        if not expected:
            assert place["name"] not in sheets
            continue
        rows = sheets[place["name"]]
        head = next(at for at, row in enumerate(rows) if "上午体温" in row)
        assert rows[head + 1 :][: len(expected)] == expected
        assert "填报人" in str(rows[head + 1 + len(expected)])


def taken(world: World, village_id: int, on: date) -> list[list[Any]]:
    """Everybody under observation at home on a day, or visited, in walking order, with both rounds."""
    visits = [row for row in world.live(Visit) if row["on"] == on]
    at_home = {n for place in places(world) for n in slots_told.expected(world, place["id"], on, Period.PM)}
    listed = at_home | {row["observation_id"] for row in visits}
    files = {row["id"]: row for row in world.live(Resident)}
    people = [
        (files.get(row["resident_id"], {}), row["id"])
        for row in world.live(Observation, {village_id})
        if row["id"] in listed
    ]
    people.sort(key=lambda one: (one[0].get("address") or "", one[0].get("name") or "", one[1]))
    found = []
    for number, (file, observation) in enumerate(people, 1):
        rounds = {row["period"]: row for row in visits if row["observation_id"] == observation}
        both = [rounds.get(period) for period in Period]
        found.append([number, said(file.get("name")), *(_measured(one) for one in both), _remarks(both)])
    return found


def _measured(visit: Row | None) -> Any:
    if visit is None:
        return ""
    return said(visit["outcome"] if visit["temperature"] is None else visit["temperature"])


def _remarks(both: list[Row | None]) -> str:
    told: list[str] = []
    for visit in both:
        if visit is not None:
            told += [said(symptom) for symptom in visit["symptoms"] if symptom is not Symptom.WELL]
            told += [text for text in (visit["late_reason"], visit["note"]) if text]
    return "、".join(dict.fromkeys(told))
