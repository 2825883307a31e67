"""Summaries that people make: every number leads to its rows, everybody sees their own, nothing else is told.

What is asked is checked against plain loops in tests/models/summaries; here, what people meet.
"""

import csv
import io
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from admin_app.summaries.made import asking, presets
from admin_app.summaries.made.asking import UNASKED
from admin_app.summaries.made.page import result as result_of
from models.made import MadePin, MadeSummary
from models.observation import Observation
from models.person import Person
from models.place import Village
from models.question import Group, How, Measure, Question, problems_of
from models.resident import Resident
from models.setting import Setting, SettingName
from models.summing import groupings, ledgers
from models.trail import Deed, TrailEntry
from models.visit import Visit
from tests.admin_app.summaries.made.conftest import Desk
from tests.models.summaries.test_made import questions
from tests.models.summaries.world import TODAY

BASE, NEW = "/admin/summary/made/", "/admin/summary/made/new/"
BY_STATUS = Question("resident", Group("village"), Group("status"))


def address(question: Question, base: str = NEW) -> str:
    return presets.address(question, base)


def keep(desk: Desk, who: str, question: Question = BY_STATUS, **typed: str) -> str:
    """Somebody keeps a summary as its page offers it; returns its address."""
    browser = desk.as_(who)
    page = browser.get(address(question))
    form = page.form("shared_with")
    answer = browser.send(page, form, {"name": "各村档案", **typed})
    assert answer.status == 302, answer.main[:600]
    return answer.location


def number(url: str) -> int:
    return int(url.rstrip("/").split("/")[-1])


# ---- every number leads to its rows ----

CONDITIONS = {
    "resident": [(), (("status", "observed"), ("status", "due")), (("arrived_on.from", "today-40"), ("village", "1"))],
    "visit": [(), (("on.from", "2020-02-03"), ("on.to", "today")), (("outcome", "abnormal"), ("village", "2"))],
    "observation": [(), (("began_on.from", "2020-02-20"), ("began_on.to", "2020-01-20"))],  # the wrong way round
}


@pytest.mark.parametrize("name", ["district", "one"])
def test_every_number_opens_as_many_records_as_it_counts(desk: Desk, name: str) -> None:
    opened = 0

    @settings(max_examples=25)
    @given(questions(), st.integers(0, 2))
    def ask(question: Question, narrowing: int) -> None:
        nonlocal opened
        filters = [*CONDITIONS.get(question.ledger, [()]), ()][narrowing % len(CONDITIONS.get(question.ledger, [()]))]
        counted = Question(question.ledger, question.rows, question.columns, Measure(How.COUNT), filters)
        with desk.request(name) as session:
            result = result_of(session, asking.put(session, counted))
        assert result.sheet is not None and not result.problems
        cells = [
            cell
            for row in [*result.sheet.rows, *([result.sheet.footer] if result.sheet.footer else [])]
            for cell in row
        ]
        for cell in [cell for cell in cells if cell.url][:12]:
            assert desk.rows_behind(name, cell.url) == int(cell.text.replace(",", "")), cell.url
            opened += 1

    ask()
    assert opened


def test_a_number_leads_nowhere_only_where_no_list_holds_the_same(desk: Desk) -> None:
    """Ages, the rest, and what is a part of another status are the exceptions; not-given is none."""
    with desk.request("district") as session:
        for ledger, cls in ledgers().items():
            for known in groupings(cls).values():
                question = Question(ledger, Group(known.name, known.steps[0] if known.steps else None))
                result = result_of(session, asking.put(session, question))
                assert result.sheet is not None, (ledger, known.name, result.problems)
                unlinked = [row[0].text for row in result.sheet.rows if row[1].text != "0" and not row[1].url]
                excepted = ["Awaiting release"] if (ledger, known.name) == ("resident", "status") else []
                assert unlinked in ([], excepted) or known.name == "age", (ledger, known.name, unlinked)


# ---- everybody their own ----


def test_everybody_sees_the_numbers_of_their_own_area(desk: Desk) -> None:
    url = keep(desk, "district", shared_with="village")
    for name in ("one", "two"):
        page = desk.as_(name).get(url)
        assert page.status == 200
        [village] = desk.villages(name)
        others = {row["name"] for row in desk.world.rows[Village] if row["id"] != village}
        assert f"{village}村" in page.main
        assert not [other for other in others if other in page.main]
        total = page.main.split("Total")[-1]
        assert str(len(desk.world.live(Resident, {village}))) in total


def test_a_coordinator_never_gets_residents(desk: Desk) -> None:
    browser = desk.as_("coordinator")
    for ledger in ("resident", "observation", "visit", "alert", "followup", "journey", "contact", "paper"):
        for url in (f"{NEW}?ledger={ledger}", address(Question(ledger, Group("village")))):
            page = browser.get(url)
            assert page.status == 200
            assert "not open to you" in page.main
            assert "<table" not in page.text
        assert f"ledger={ledger}" not in browser.get(NEW).text, "not offered either"
        page = browser.post(address(Question(ledger, Group("village"))), {"name": "各村", "shared_with": ""})
        assert page.status in (200, 422)
    assert desk_records(desk) == []
    assert browser.get(f"{BASE}export/csv/?ledger=resident&rows=village").status == 404


def test_a_coordinator_counts_open_requests_by_what_deliverers_may_see(desk: Desk) -> None:
    browser = desk.as_("coordinator")
    page = browser.get(address(Question("supply", Group("village"), Group("status"))))
    assert page.status == 200 and "<table" in page.text
    for group in ("kind", "asked_on.day"):
        page = browser.get(address(Question("supply", Group.read(group))))
        assert "no longer there, or not open to you" in page.main
        assert "<table" not in page.text
    assert "kind=" not in browser.get(address(Question("supply", Group("village")))).text


@pytest.mark.parametrize("name", ["auditor", "ungranted"])
def test_who_makes_no_summaries_is_refused_everywhere(desk: Desk, name: str) -> None:
    url = keep(desk, "district", shared_with="village")
    browser = desk.as_(name)
    for path in (
        BASE,
        NEW,
        f"{BASE}bin/",
        url,
        f"{url}edit/",
        f"{url}delete/",
        f"{url}export/csv/",
        f"{BASE}export/csv/",
    ):
        assert browser.get(path).status == 403, path
    for path in (NEW, f"{url}edit/", f"{url}delete/", f"{url}restore/", f"{url}pin/", f"{url}export/csv/"):
        assert browser.post(path, {"name": "x"}).status == 403, path
    assert f'href="{BASE}"' not in browser.get("/admin/menu/").text


def test_what_is_not_shared_is_as_if_it_did_not_exist(desk: Desk) -> None:
    own = keep(desk, "one", name="只给自己看的")
    for name in ("two", "district", "coordinator"):
        browser = desk.as_(name)
        for path in (own, f"{own}edit/", f"{own}delete/", f"{own}export/csv/"):
            there, nowhere = browser.get(path), browser.get(path.replace(str(number(own)), "99999"))
            assert there.status == nowhere.status == 404
        for path in (f"{own}pin/", f"{own}restore/", f"{own}delete/", f"{own}export/xlsx/"):
            assert browser.post(path, {"on": "1", "reason": "why"}).status == 404
        assert "只给自己看的" not in browser.get(BASE).text
    with desk.session() as session:
        assert session.get_one(MadeSummary, number(own)).deleted_at is None


def test_who_reads_a_shared_summary_does_not_change_it(desk: Desk) -> None:
    url = keep(desk, "one", shared_with="village")
    reader = desk.as_("two")
    assert reader.get(url).status == 200
    assert reader.get(f"{url}edit/").status == 403
    assert reader.post(f"{url}edit/", {"name": "别的", "version": "1"}).status == 403
    assert reader.post(f"{url}delete/").status == 403
    assert "Edit" not in reader.get(url).main and "Delete" not in reader.get(url).main
    district = desk.as_("district")
    assert district.get(f"{url}edit/").status == 403
    assert district.post(f"{url}delete/").status == 302, "the district may take a shared one away"
    assert reader.get(url).status == 404


# ---- keeping ----


def desk_records(desk: Desk) -> list[MadeSummary]:
    with desk.session() as session:
        return list(session.scalars(select(MadeSummary).order_by(MadeSummary.id)))


def test_a_summary_is_kept_found_changed_thrown_away_and_brought_back(desk: Desk) -> None:
    browser = desk.as_("one")
    url = keep(desk, "one", name="本村档案", pinned="1")
    assert "本村档案" in browser.get(url).main
    assert "本村档案" in browser.get(BASE).main
    assert "本村档案" in browser.get("/admin/").main, "pinned"

    changed = Question("resident", Group("category"), None, Measure(How.PART), (("status", "observed"),))
    page = browser.get(address(changed, f"{url}edit/"))
    assert page.form("shared_with").data()["name"] == ["本村档案"]
    answer = browser.send(page, page.form("shared_with"), {"name": "在观人员", "pinned": []})
    assert "在观人员" in browser.follow(answer).main
    [record] = desk_records(desk)
    assert record.name == "在观人员" and record.asks() == changed
    assert "在观人员" not in browser.get("/admin/").main, "taken off the first screen"

    assert browser.get(f"{url}delete/").status == 200
    assert browser.post(f"{url}delete/").status == 302
    assert browser.get(url).status == 404
    assert "在观人员" in browser.get(f"{BASE}bin/").main
    assert "在观人员" not in desk.as_("two").get(f"{BASE}bin/").main
    assert browser.post(f"{url}restore/").status == 302
    assert browser.get(url).status == 200
    deeds = [(entry.kind, entry.deed) for entry in desk.deeds(TrailEntry.kind.startswith("made_"))]
    assert deeds == [
        ("made_summary", Deed.INSERT), ("made_pin", Deed.INSERT), ("made_summary", Deed.UPDATE),
        ("made_pin", Deed.DELETE), ("made_summary", Deed.DELETE), ("made_summary", Deed.RESTORE),
    ]  # fmt: skip


def test_a_link_reproduces_what_is_seen_and_the_form_sends_it_again(sqlite_desk: Desk) -> None:
    browser = sqlite_desk.as_("district")
    question = Question(
        "visit", Group.read("on.day"), Group("outcome"), Measure(), (("period", "am"), ("on.from", "today-6"))
    )
    page = browser.get(address(question))
    again = browser.send(page, page.form("was"))
    assert cells(page.text) == cells(again.text) != {}
    assert "period=am" in again.path and "on.from=today-6" in again.path


def test_another_ledger_begins_anew_and_asks_what_makes_sense_there(sqlite_desk: Desk) -> None:
    browser = sqlite_desk.as_("district")
    page = browser.get(address(Question("resident", Group("arrived_on", None), filters=(("status", "observed"),))))
    page = browser.send(page, page.form("was"), {"ledger": "business"})
    assert page.status == 200 and "<table" in page.text
    assert "Businesses" in page.main


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": ""}, "required"),
        ({"name": "名" * 61}, "60"),
        ({"name": "a\x00b"}, "cannot be kept"),
        ({"shared_with": "auditor"}, "Not a valid choice"),
        ({"shared_with": "everybody"}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_kept_is_said_at_the_field_and_what_was_typed_stays(
    sqlite_desk: Desk, typed: dict[str, str], said: str
) -> None:
    browser = sqlite_desk.as_("one")
    page = browser.get(address(BY_STATUS))
    answer = browser.send(page, page.form("shared_with"), {"name": "留着的名字", "pinned": "1", **typed})
    assert answer.status == 422
    assert said.lower() in answer.main.lower()
    kept = answer.form("shared_with").data()
    assert kept["pinned"] == ["1"] or kept["pinned"] == ["y"]
    assert kept["name"][0] == typed.get("name", "留着的名字").replace("\x00", "\ufffd") or "\x00" in typed.get(
        "name", ""
    )
    assert "<table" in answer.text, "what was being kept is still there"
    assert desk_records(sqlite_desk) == []


def test_a_summary_is_shared_only_with_those_who_may_ask_it(sqlite_desk: Desk) -> None:
    browser = sqlite_desk.as_("district")
    offered = {value for value, _ in browser.get(address(BY_STATUS)).form("shared_with").options("shared_with")}
    assert offered == {"", "district", "village"}
    duties = Question("duty", Group("village"))
    offered = {value for value, _ in browser.get(address(duties)).form("shared_with").options("shared_with")}
    assert offered == {"", "district", "village", "coordinator"}
    page = browser.get(address(BY_STATUS))
    answer = browser.send(page, page.form("shared_with"), {"shared_with": "coordinator"})
    assert answer.status == 422


def test_a_form_of_another_session_keeps_nothing_and_loses_nothing(sqlite_desk: Desk) -> None:
    browser = sqlite_desk.as_("one")
    answer = browser.post(address(BY_STATUS), {"name": "过期", "csrf_token": "old"}, csrf=False)
    assert answer.status == 400
    assert answer.form("shared_with").data()["name"] == ["过期"]
    assert "another session" in answer.main
    assert desk_records(sqlite_desk) == []


def test_a_second_writer_is_shown_both_versions(desk: Desk) -> None:
    browser = desk.as_("one")
    url = keep(desk, "one", name="第一版")
    opened = browser.get(f"{url}edit/")
    again = browser.get(f"{url}edit/")
    assert browser.send(again, again.form("shared_with"), {"name": "第二版"}).status == 302
    answer = browser.send(opened, opened.form("shared_with"), {"name": "第三版"})
    assert answer.status == 409
    assert "第二版" in answer.main and "第三版" in answer.main
    assert desk_records(desk)[0].name == "第二版"
    answer = browser.send(answer, answer.form("version"))
    assert answer.status == 302, "keep mine"
    assert desk_records(desk)[0].name == "第三版"


def test_the_trail_says_what_a_summary_asked_before_and_after(sqlite_desk: Desk) -> None:
    browser = sqlite_desk.as_("one")
    url = keep(sqlite_desk, "one")
    page = browser.get(address(Question("visit", Group("outcome")), f"{url}edit/"))
    browser.send(page, page.form("shared_with"))
    row = sqlite_desk.deeds(TrailEntry.deed == Deed.UPDATE)[-1]
    told = sqlite_desk.as_("auditor").get(f"/admin/trail/details/?id={row.id}").main
    assert "Number of records by Village (community) and File status" in told
    assert "Number of records by Outcome of the visit" in told
    assert "format" not in told


# ---- pins ----


def test_what_is_pinned_stands_on_ones_own_first_screen_only(desk: Desk) -> None:
    url = keep(desk, "district", name="全区档案", shared_with="village", pinned="1")
    assert "全区档案" in desk.as_("district").get("/admin/").main
    assert "全区档案" not in desk.as_("one").get("/admin/").main
    reader = desk.as_("one")
    assert reader.post(f"{url}pin/", {"on": "1"}).status == 302
    assert reader.post(f"{url}pin/", {"on": "1"}).status == 302, "twice is once"
    assert "全区档案" in reader.get("/admin/").main
    with desk.session() as session:
        assert len(session.scalars(select(MadePin)).all()) == 2
    reader.post(f"{url}pin/")
    assert "全区档案" not in reader.get("/admin/").main


def test_a_fifth_pin_is_refused_in_words(sqlite_desk: Desk) -> None:
    browser = sqlite_desk.as_("one")
    urls = [keep(sqlite_desk, "one", name=f"第{n}张") for n in range(5)]
    for url in urls:
        browser.post(f"{url}pin/", {"on": "1"})
    assert "Take one off first" in browser.get(urls[-1]).words
    assert "第4张" not in browser.get("/admin/").main
    page = browser.get(address(BY_STATUS))
    answer = browser.send(page, page.form("shared_with"), {"name": "第六张", "pinned": "1"})
    assert answer.status == 422 and "Take one off first" in answer.main
    assert len(desk_records(sqlite_desk)) == 5, "nothing half-saved"


# ---- small numbers of people ----

BY_STATE = Question("observation", Group("village"), Group("status"))


def few(desk: Desk, villages: set[int]) -> dict[tuple[str, str], int]:
    """Cells that tell of fewer than five people: village and state -> how many records."""
    people: dict[tuple[str, str], list[int]] = {}
    for row in desk.world.live(Observation, villages):
        people.setdefault((f"{row['village_id']}村", row["status"].label), []).append(row["resident_id"])
    return {place: len(some) for place, some in people.items() if len(set(some)) < 5}


def cells(text: str) -> dict[tuple[str, str], str]:
    """A table: (row, column) -> what stands there."""
    table = re.search(r"(?s)<table.*?</table>", text)
    assert table is not None
    plain = [
        [re.sub(r"(?s)<[^>]*>", "", cell).strip() for cell in re.findall(r"(?s)<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in re.findall(r"(?s)<tr>(.*?)</tr>", table[0])
    ]
    heads = plain[0]
    return {(row[0], head): cell for row in plain[1:] for head, cell in zip(heads[1:], row[1:], strict=True)}


def test_of_a_shared_summary_no_cell_tells_of_few_people_of_other_villages(desk: Desk) -> None:
    url = keep(desk, "district", BY_STATE, shared_with="district")
    small = few(desk, desk.villages("district"))
    assert len(small) > 5
    for name in ("colleague", "district", "township"):
        page = desk.as_(name).get(url)
        shown = cells(page.text)
        visible = {place for place in small if place[0] in {row for row, _ in shown}}
        assert visible
        assert {place: shown[place] for place in visible} == dict.fromkeys(visible, "&lt;5")
        assert "fewer than 5 people" in page.main
        for village, state in visible:
            assert shown[village, "Total"].endswith("*") and shown["Total", state].endswith("*")
        assert not [row for row in re.findall(r"<a[^>]*>([^<]*)</a>", page.text) if row == "&lt;5"]
        exported = desk.as_(name).post(f"{url}export/csv/", {"reason": "通报"}).text
        assert "<5" in exported and not re.search(r"(?m)^[1-5]村,.*,[1-4](,|$)", exported)


def test_inside_ones_own_village_and_before_it_is_shared_everything_is_told(desk: Desk) -> None:
    shared = keep(desk, "district", BY_STATE, shared_with="village")
    for name, url in (("one", shared), ("district", keep(desk, "district", BY_STATE)), ("district", address(BY_STATE))):
        page = desk.as_(name).get(url)
        small = few(desk, desk.villages(name))
        shown = cells(page.text)
        assert {place: shown[place] for place in small} == {place: str(count) for place, count in small.items()}
        assert "&lt;5" not in page.text


def test_how_few_is_the_districts_setting(desk: Desk) -> None:
    url = keep(desk, "district", BY_STATE, shared_with="district")
    with desk.session() as session:
        session.add(Setting(name=SettingName.SMALLEST_NUMBER, value="1", valid_from=TODAY))
        session.commit()
    assert "&lt;" not in desk.as_("colleague").get(url).text


def test_businesses_are_counted_whoever_reads(desk: Desk) -> None:
    url = keep(desk, "district", Question("business", Group("village"), Group("status")), shared_with="district")
    assert "&lt;5" not in desk.as_("colleague").get(url).text


def test_many_visits_to_few_people_are_few_people(desk: Desk) -> None:
    question = Question("visit", Group("village"), Group("outcome"))
    url = keep(desk, "district", question, shared_with="district")
    people: dict[tuple[int, str], set[int]] = {}
    counts: dict[tuple[int, str], int] = {}
    for row in desk.world.live(Visit, desk.villages("district")):
        place = (row["village_id"], row["outcome"].label)
        people.setdefault(place, set()).add(row["resident_id"])
        counts[place] = counts.get(place, 0) + 1
    shown = cells(desk.as_("colleague").get(url).text)
    for (village, outcome), some in people.items():
        expected = "&lt;5" if len(some) < 5 else str(counts[village, outcome])
        assert shown[f"{village}村", outcome] == expected


# ---- what was kept and is no longer so ----


def store(desk: Desk, question: dict[str, Any]) -> str:
    """A kept question as an earlier version of the panel, or a broken disk, may have left it."""
    url, table = keep(desk, "district"), MadeSummary.__table__
    with desk.session() as session:
        session.connection().execute(table.update().where(table.c.id == number(url)).values(question=question))  # type: ignore[attr-defined]
        session.commit()
    return url


KEPT = {"format": 1, "ledger": "resident", "rows": "village", "columns": "", "measure": "count", "filters": []}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"rows": "blood_group"}, "blood_group"),
        ({"columns": "blood_group"}, "blood_group"),
        ({"rows": "identity_number"}, "identity_number"),
        ({"rows": "arrived_on"}, "by day, week or month"),
        ({"measure": "share:status:vanished"}, "vanished"),
        ({"measure": "sum:temperature"}, "temperature"),
        ({"measure": "median"}, "no such measure"),
        ({"filters": [["status", "vanished"]]}, "no longer makes sense"),
        ({"filters": [["colour", "red"]]}, "colour"),
        ({"filters": [["arrived_on.from", "the day before yesterday"]]}, "no longer makes sense"),
        ({"ledger": "vanished"}, "none of that name"),
        ({"format": 2}, "newer version"),
        ({"filters": "x"}, "cannot be read"),
        ({"rows": 7}, "cannot be read"),
    ],
)
def test_what_is_gone_is_said_in_words_and_can_be_put_right(
    sqlite_desk: Desk, changed: dict[str, Any], said: str
) -> None:
    url = store(sqlite_desk, {**KEPT, **changed})
    browser = sqlite_desk.as_("district")
    for path in (url, f"{url}edit/"):
        page = browser.get(path)
        assert page.status == 200
        assert said in page.main
        assert "<table" not in page.text, "no numbers that mean something else"
    for path in (BASE, "/admin/"):
        assert browser.get(path).status == 200
    assert browser.get(f"{url}export/csv/").status == 404
    browser.post(f"{url}pin/", {"on": "1"})
    assert browser.get("/admin/").status == 200
    page = browser.get(address(BY_STATUS, f"{url}edit/"))
    assert browser.send(page, page.form("shared_with")).status == 302
    assert "<table" in browser.get(url).text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("ledger=nothing", "none of that name"),
        ("ledger=account&rows=name", "none of that name"),
        ("ledger=trail&rows=deed", "none of that name"),
        ("ledger=resident&rows=name", "no longer there, or not open"),
        ("ledger=resident&rows=phone", "no longer there, or not open"),
        ("ledger=resident&rows=birth_date.day", "no longer there, or not open"),
        ("ledger=resident&rows=__class__", "no longer there, or not open"),
        ("ledger=resident&rows=village.day", "by day, week or month"),
        ("ledger=resident&rows=arrived_on.hour", "by day, week or month"),
        ("ledger=resident&rows=status&columns=status", "the same thing"),
        ("ledger=resident&rows=village&measure=sum:identity_number", "no longer there, or not open"),
        ("ledger=resident&rows=village&measure=share:name:x", "no longer there, or not open"),
        ("ledger=visit&rows=village&measure=sum:temperature", "take the average"),
        ("ledger=resident&rows=village&measure=count:x", "no such measure"),
        ("ledger=resident&rows=village&blank=name", "no longer makes sense"),
        ("ledger=resident&rows=village&village=1e9", "no longer makes sense"),
        ("ledger=resident&rows=village&name=x", "no condition"),
        ("ledger=resident&rows=village&arrived_on.from=2020-13-45", "no longer makes sense"),
        ("ledger=resident&rows=village&arrived_on.from=today-9999", "no longer makes sense"),
        ("ledger=visit&rows=village&temperature.from=nan", "no longer makes sense"),
        ("ledger=visit&rows=village&temperature.from=1e400", "no longer makes sense"),
        ("ledger=resident&rows=village&status=%00", "no longer makes sense"),
        ("ledger=resident&rows=" + "x" * 5000, "no longer there, or not open"),
        ("ledger=resident&rows=village&" + "&".join(["status=observed"] * 70), "too many conditions"),
    ],
)
def test_an_address_that_makes_no_sense_is_answered_in_words(sqlite_desk: Desk, query: str, said: str) -> None:
    browser = sqlite_desk.as_("district")
    page = browser.get(f"{NEW}?{query}")
    assert page.status == 200
    assert said in page.main, page.main[-700:]
    assert "<table" not in page.text
    answer = browser.post(f"{NEW}?{query}", {"name": "各村", "shared_with": ""})
    assert answer.status in (200, 422)
    assert desk_records(sqlite_desk) == []
    assert browser.get(f"{BASE}export/csv/?{query}").status == 404


@pytest.mark.parametrize("path", ["0", "-1", "9" * 30, "one", "1e3", "%00", "٣"])
def test_a_number_that_no_summary_has_is_not_there(desk: Desk, path: str) -> None:
    for part in ("", "edit/", "delete/", "export/csv/"):
        assert desk.as_("district").get(f"{BASE}{path}/{part}").status == 404


def test_days_the_wrong_way_round_are_swapped_and_that_is_said(desk: Desk) -> None:
    browser = desk.as_("district")
    question = Question("visit", Group.read("on.day"))
    right = browser.get(
        address(Question("visit", question.rows, filters=(("on.from", "2020-02-01"), ("on.to", "2020-02-03"))))
    )
    wrong = browser.get(
        address(Question("visit", question.rows, filters=(("on.from", "2020-02-03"), ("on.to", "2020-02-01"))))
    )
    assert "wrong way round" in wrong.main and "wrong way round" not in right.main
    assert cells(right.text) == cells(wrong.text)


# ---- taking it out ----


def test_a_file_says_what_the_page_says_and_nothing_in_it_runs(desk: Desk) -> None:
    with desk.session() as session:
        session.get_one(Village, 1).name = "=HYPERLINK(1)"
        session.commit()
    browser = desk.as_("district")
    url = keep(desk, "district", name="=1+1")
    shown = cells(browser.get(url).text)
    assert browser.get(f"{url}export/csv/").status == 200
    assert browser.post(f"{url}export/csv/").status == 422, "why is asked first"
    answer = browser.post(f"{url}export/csv/", {"reason": "=cmd"})
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert rows[0] == ["'=1+1"]
    table = {row[0]: row[1:] for row in rows[1:] if len(row) > 1}
    heads = table.pop("Village (community)")
    assert {(row, head): value for row, values in table.items() for head, value in zip(heads, values, strict=True)} == {
        (row.replace("=HYPERLINK", "'=HYPERLINK"), head): value for (row, head), value in shown.items()
    }
    assert rows[-1][0].endswith("=cmd") and not rows[-1][0].startswith("=")
    book = CalamineWorkbook.from_filelike(io.BytesIO(browser.post(f"{url}export/xlsx/", {"reason": "通报"}).body))
    sheet = book.get_sheet_by_index(0).to_python()
    assert sheet[0][0] == "'=1+1"
    assert sheet[1][1:] == heads
    numbers = [int(value) for row in sheet[2:] if row[0] == "'=HYPERLINK(1)" for value in row[1:]]
    assert numbers == [int(value) for value in table["'=HYPERLINK(1)"]]
    taken = [(e.ledger, e.record_id, e.reason) for e in desk.deeds(TrailEntry.deed == Deed.EXPORT)]
    assert taken == [("made", number(url), "=cmd"), ("made", number(url), "通报")]


def test_a_summary_that_is_not_kept_can_be_taken_out_too(desk: Desk) -> None:
    question = Question("visit", Group.read("on.day"), Group("outcome"), Measure(How.PART))
    answer = desk.as_("one").post(address(question, f"{BASE}export/csv/"), {"reason": "例会"})
    assert answer.status == 200
    assert "例会" in answer.text and "per cent" in answer.text
    assert desk.as_("one").post(address(question, f"{BASE}export/pdf/"), {"reason": "例会"}).status == 404


# ---- what is offered ----


def test_the_presets_are_questions_and_each_is_open_to_somebody(sqlite_desk: Desk) -> None:
    for name in ("district", "one", "coordinator"):
        with sqlite_desk.request(name) as session:
            for preset in presets.open_to(session.scope):
                result = result_of(session, asking.put(session, preset.question))
                assert result.sheet is not None, (preset.name, result.problems)
    with sqlite_desk.request("district") as session:
        assert len(presets.open_to(session.scope)) == len(presets.PRESETS)


def test_no_filter_of_a_ledger_is_called_like_a_part_of_the_question(sqlite_desk: Desk) -> None:
    from admin_app.ledgers.base import views

    with sqlite_desk.request("district"):
        for ledger in ledgers():
            named = {key for one in views()[ledger].accepted_filters().values() for key in one.arguments()}
            assert not named & {"ledger", "rows", "columns", "measure", *UNASKED}


def test_every_group_and_measure_that_is_offered_is_answered(sqlite_desk: Desk) -> None:
    browser = sqlite_desk.as_("one")
    for ledger in ("resident", "visit", "resumption", "supply"):
        form = browser.get(f"{NEW}?ledger={ledger}").form("was")
        asked = [{"rows": rows} for rows, _ in form.options("rows")]
        asked += [{"rows": "village", "measure": measure} for measure, _ in form.options("measure")]
        for one in asked:
            with sqlite_desk.request("one") as session:
                result = result_of(session, asking.from_address(session, {"ledger": ledger, **one}.items()))
            assert result.sheet is not None, (ledger, one, result.problems)


def test_a_list_understands_conditions_that_it_does_not_offer(desk: Desk) -> None:
    browser = desk.as_("district")
    people = desk.world.live(Resident)
    page = browser.get("/admin/resident/?blank=arrived_on&sex=f")
    expected = [row for row in people if row["arrived_on"] is None and row["sex"] == "f"]
    assert f"{len(expected)} record" in page.main
    assert "not given" in page.main
    assert 'name="sex" value="f"' in page.text, "searching keeps it"
    assert browser.get("/admin/resident/?blank=name").status == 200
    assert "makes no sense" in browser.get("/admin/resident/?blank=name").main


def test_nothing_on_a_page_runs_and_no_style_is_its_own(sqlite_desk: Desk) -> None:
    page = sqlite_desk.as_("district").get(address(BY_STATUS))
    assert "<svg" in page.text and 'class="chart ' in page.text
    for tag, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on") or name == "style"], (tag, attributes)
        assert tag != "style"
        assert tag != "script" or attributes.get("src", "").startswith("/static/")


def test_what_counts_people_is_told_apart_from_what_does_not() -> None:
    from models.summing import person_of

    about = {ledger for ledger, cls in ledgers().items() if person_of(cls) is not None}
    assert {ledger for ledger, cls in ledgers().items() if issubclass(cls, Person)} <= about
    assert {
        "resident",
        "observation",
        "visit",
        "alert",
        "followup",
        "volunteer",
        "assignment",
        "supply",
        "passage",
    } <= about
    assert not {"business", "enterprise", "resumption", "publicity", "dailyreport", "duty"} & about


def test_a_question_of_everybodys_is_open_to_somebody(sqlite_desk: Desk) -> None:
    with sqlite_desk.request("district") as session:
        for ledger in ledgers():
            assert not list(problems_of(Question(ledger, Group("village")), session.scope)), ledger
