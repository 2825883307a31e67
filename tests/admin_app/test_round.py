"""The round over http: whose it is, what a form without scripts does, what a script gets back for an entry."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from sqlalchemy import select, update

from models import clock
from models import session as sessions
from models.alert import Alert
from models.engine import make_engine
from models.observation import Observation
from models.place import Township, Village
from models.resident import Category, Resident
from models.scope import Scope
from models.setting import Setting, SettingName
from models.trail import Deed
from models.visit import Visit
from tests.admin_app.support import district
from tests.admin_app.support.browsing import Browser, Page
from tests.admin_app.support.district import A, B
from tests.admin_app.support.panels import Panel

TODAY, DAY = date(2020, 2, 12), date(2020, 2, 10)
PEOPLE = FIRST, SECOND, THIRD, FOURTH = (1, 2, 3, 4)
KEY = "00000000-0000-4000-8000-{:012x}"
SLOT = {"on": TODAY.isoformat(), "period": "am"}
HERE = "/admin/round/?on=2020-02-12&period=am"


def number(mark: Any, n: int = FIRST) -> int:
    """One person's observation, in one village."""
    return int(mark.number(2, n))


@dataclass
class Fresh:
    """A database of this test's own, as a panel wants it."""

    kind: str
    url: str

    def reset(self) -> None:
        """It is fresh."""


def make_panel(url: str) -> Panel:
    """Two villages with four people each under observation, and an account of every role."""
    engine = make_engine(url)
    with sessions.open_session(engine, Scope.everything("founder")) as session:
        session.add_all(Township(id=n, code=f"32108440{n}", name=f"{n}镇") for n in (1, 2))
        session.flush()
        for mark in (A, B):
            told = {
                "code": f"{mark.region}401{mark.digit:03d}",
                "name": f"{mark.sign}村",
                "full_name": f"{mark.sign}村",
            }
            session.add(Village(id=mark.number(0, 1), township_id=1, **told))
        session.flush()
        district._make_accounts(session)
        for mark in (A, B):
            for n in PEOPLE:
                session.add(_observed(mark, n))
        session.commit()
    engine.dispose()
    return Panel(Fresh(url.split(":")[0].split("+")[0], url))


def _observed(mark: Any, n: int) -> Observation:
    told = {"name": f"{mark.sign}第{n}人", "phone": f"{mark.phone}0000000{n}", "address": f"{mark.sign}路{n}号"}
    resident = Resident(village_id=mark.number(0, 1), category=Category.RETURNEE, **told)
    return Observation(id=number(mark, n), resident=resident, began_on=DAY, last_exposure_on=DAY)


@pytest.fixture
def panel(database_url: str) -> Iterator[Panel]:
    made = make_panel(database_url)
    yield made
    made.let_go()


@pytest.fixture
def sqlite_panel(sqlite_database_url: str) -> Iterator[Panel]:
    made = make_panel(sqlite_database_url)
    yield made
    made.let_go()


@pytest.fixture(autouse=True)
def _eight_in_the_morning(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    _stand_still("08:00", monkeypatch)
    yield


def _stand_still(at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    local = datetime.combine(TODAY, time.fromisoformat(at), clock.ZONE)
    monkeypatch.setattr(clock, "now", lambda: local.astimezone(UTC))


def upload(browser: Browser, of: int, key: int = 1, **given: Any) -> Page:
    told = {
        "key": KEY.format(key), "observation": of, "temperature": "36.5", "how": "door", "symptoms": [],
        "taken_at": "2020-02-12T07:55:00+08:00", **SLOT, **given,
    }  # fmt: skip
    headers = {"X-CSRFToken": browser.csrf}
    return browser.open(
        "/admin/round/save/", "POST", json.dumps(told), content_type="application/json", headers=headers
    )


def said(page: Page) -> Any:
    return json.loads(page.text)


def paid(panel: Panel) -> list[Visit]:
    with panel.session() as session:
        return list(session.scalars(select(Visit).where(Visit.on == TODAY).order_by(Visit.id)))


def names(page: Page) -> list[str]:
    return re.findall(r'class="who"[^>]*><b>([^<]*)</b>', page.text)


# ---- whose it is ----


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("village_a", 200),
        ("district", 200),
        ("township", 200),
        ("coordinator", 403),
        ("auditor", 403),
        ("ungranted", 403),
    ],
)
def test_the_round_is_open_to_those_who_write_visits(sqlite_panel: Panel, who: str, status: int) -> None:
    assert sqlite_panel.as_(who).get("/admin/round/").status == status


def test_a_village_admin_walks_the_own_village_and_nobody_elses(panel: Panel) -> None:
    page = panel.as_("village_a").get(HERE)
    assert len(names(page)) == len(PEOPLE)
    assert all(A.sign in name for name in names(page))
    assert B.sign not in page.text
    asked = panel.as_("village_a").get(HERE + f"&village={B.number(0, 1)}")
    assert B.sign not in asked.text


def test_who_has_many_villages_chooses_one_within_the_area(panel: Panel) -> None:
    township = panel.as_("township")
    choice = township.get(HERE)
    assert sorted(value for value, _label in choice.form("village").options("village")) == [
        str(m.number(0, 1)) for m in (A, B)
    ]
    page = township.get(HERE + f"&village={B.number(0, 1)}")
    assert all(B.sign in name for name in names(page)) and names(page)


def test_somebody_elses_person_is_refused_without_a_trace_of_the_name(panel: Panel) -> None:
    keeper, since = panel.as_("village_a"), panel.last_number()
    keeper.csrf  # noqa: B018  a page of its own
    for answer in (
        upload(keeper, number(B)),
        keeper.post(HERE, {"observation": number(B), "temperature": "36.5", "key": KEY.format(2)}),
        keeper.post(f"/admin/round/call/?id={number(B)}"),
    ):
        assert answer.status in (404, 422)
        assert B.sign not in answer.text
    assert paid(panel) == []
    refused = [row for row in panel.last_deeds(since) if row.deed is Deed.REFUSED]
    assert [row.record_id for row in refused if row.ledger == "observation"] == [number(B)] * 3
    assert all(B.sign not in row.record_label for row in refused)


def test_an_entry_without_its_token_is_not_taken(sqlite_panel: Panel) -> None:
    keeper = sqlite_panel.as_("village_a")
    sent = json.dumps({"key": KEY.format(1), "observation": number(A), "temperature": "36.5", **SLOT})
    assert keeper.open("/admin/round/save/", "POST", sent, content_type="application/json").status == 400
    typed = {"observation": number(A), "temperature": "36.7", "note": "门口量的", "key": KEY.format(1)}
    page = keeper.post(HERE, typed, csrf=False)
    assert page.status == 400
    assert 'value="36.7"' in page.text and "门口量的" in page.text
    assert paid(sqlite_panel) == []


def test_what_nobody_signed_in_sends_leads_to_the_sign_in(sqlite_panel: Panel) -> None:
    stranger = sqlite_panel.as_("anonymous")
    for path, method in (("/admin/round/", "GET"), ("/admin/round/state/", "GET"), ("/admin/round/key/", "GET"),
                         ("/admin/round/save/", "POST")):  # fmt: skip
        answer = stranger.open(path, method)
        assert answer.status == 302 and "/login" in answer.location


# ---- which round ----


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("on=2020-13-99", "This is not a day"),
        ("on=2020-02-13", "This day is in the future"),
        ("period=noon", "There are two rounds a day"),
        ("on=&period=", ""),
        ("at=99", "This person is not expected in this round"),
        ("at=abc&show=nobody", ""),
    ],
)
def test_an_address_that_makes_no_sense_shows_the_round_of_now(sqlite_panel: Panel, query: str, words: str) -> None:
    page = sqlite_panel.as_("village_a").get(f"/admin/round/?{query}")
    assert page.status == 200
    assert "Morning round" in page.words and words in page.words


def test_the_filters_leave_who_is_meant(sqlite_panel: Panel) -> None:
    keeper = sqlite_panel.as_("village_a")
    upload(keeper, number(A), temperature="37.8")
    page = keeper.get(HERE + "&show=abnormal")
    shown = re.findall(r'<li class="card person[^>]*data-id="(\d+)">', page.text)
    assert str(number(A)) in shown and len(shown) == 2  # and the one that is open


# ---- without a script ----


def test_without_a_script_each_save_comes_back_at_the_next_person(panel: Panel) -> None:
    keeper = panel.as_("village_a")
    page, walked = keeper.get(HERE), []
    for _ in range(len(names(page))):
        form = page.form("temperature")
        walked.append(form.data()["observation"][0])
        page = keeper.follow(keeper.send(page, form, {"temperature": "365"}))
    assert sorted(walked) == sorted(set(walked))
    assert "Everybody has been visited." in page.words
    assert [str(v.temperature) for v in paid(panel)] == ["36.5"] * len(walked)


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"temperature": "36"}, "temperature", "Write a temperature like 36.5."),
        ({"temperature": "44.0"}, "temperature", "A temperature lies between 34.0 and 43.0 ℃."),
        ({"temperature": ""}, "temperature", "Give the temperature that was measured."),
        ({"temperature": "36.5", "outcome": ["not_met"]}, "outcome", "so the person was met"),
        ({"temperature": "", "outcome": ["not_met", "refused"]}, "outcome", "choose one"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_what_was_typed_stays(
    sqlite_panel: Panel, typed: dict[str, Any], field: str, words: str
) -> None:
    keeper = sqlite_panel.as_("village_a")
    page = keeper.get(HERE)
    answer = keeper.send(page, page.form("temperature"), {"went": "1", "went_out": "菜场", "note": "再来", **typed})
    assert answer.status == 422
    line = re.search(rf'id="wrong-{field}"[^>]*>.*?</p>', answer.text)
    assert line is not None and words in line.group() and "hidden" not in line.group().split(">")[0]
    kept = answer.form("temperature").data()
    assert (kept["went_out"], kept["note"], kept["temperature"]) == (["菜场"], ["再来"], [typed["temperature"]])
    assert kept["observation"] == page.form("temperature").data()["observation"]
    assert paid(sqlite_panel) == []


def test_the_same_form_sent_twice_is_one_visit(panel: Panel) -> None:
    keeper = panel.as_("village_a")
    page = keeper.get(HERE)
    form = page.form("temperature")
    first = keeper.send(page, form, {"temperature": "36.5"})
    again = keeper.send(page, form, {"temperature": "36.5"})
    assert (first.status, again.status, first.location) == (303, 303, again.location)
    assert len(paid(panel)) == 1


def test_without_a_script_a_clash_shows_both_and_lets_choose(panel: Panel) -> None:
    mine, theirs = panel.as_("village_a"), panel.as_("district")
    page = mine.get(HERE + f"&at={number(A)}")
    assert upload(theirs, number(A), 7, temperature="37.1").status == 200
    clash = mine.send(page, page.form("temperature"), {"temperature": "36.4"})
    assert clash.status == 409
    assert "37.1 ℃" in clash.words and "36.4 ℃" in clash.words and "district account" in clash.words
    assert [str(v.temperature) for v in paid(panel)] == ["37.1"]
    done = mine.send(clash, clash.form("temperature"), {})
    assert done.status == 303
    assert [str(v.temperature) for v in paid(panel)] == ["36.4"]


def test_after_the_cut_off_the_form_asks_why(sqlite_panel: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    _stand_still("12:10", monkeypatch)
    keeper = sqlite_panel.as_("village_a")
    page = keeper.get(HERE)
    assert "Missed" in page.words
    refused = keeper.send(page, page.form("temperature"), {"temperature": "36.5"})
    assert refused.status == 422 and "This is entered after the cut-off: say why." in refused.words
    done = keeper.send(refused, refused.form("temperature"), {"late_reason": "之前没人"})
    assert done.status == 303
    (visit,) = paid(sqlite_panel)
    assert visit.late and visit.late_reason == "之前没人"
    assert "Entered later" in keeper.follow(done).words


def test_yesterdays_slot_can_be_entered_with_a_reason(sqlite_panel: Panel) -> None:
    keeper = sqlite_panel.as_("village_a")
    page = keeper.get(f"/admin/round/?on=2020-02-11&period=pm&at={number(A)}")
    done = keeper.send(page, page.form("temperature"), {"temperature": "36.5", "late_reason": "纸上记的"})
    assert done.status == 303


def test_a_number_is_shown_to_be_rung_only_with_a_row_in_the_trail(sqlite_panel: Panel) -> None:
    keeper, since = sqlite_panel.as_("village_a"), sqlite_panel.last_number()
    assert A.phone not in keeper.get(HERE).text
    page = keeper.post(f"/admin/round/call/?on=2020-02-12&period=am&id={number(A)}")
    assert f'href="tel:{A.phone}' in page.text
    as_script = keeper.post(f"/admin/round/call/?id={number(A)}", headers={"Accept": "application/json"})
    assert said(as_script)["phone"].startswith(A.phone)
    shown = [row for row in sqlite_panel.last_deeds(since) if row.deed is Deed.REVEAL]
    assert [(row.ledger, row.village_id) for row in shown] == [("resident", A.number(0, 1))] * 2


# ---- a file in the recycle bin ----


def test_who_has_a_file_in_the_recycle_bin_is_not_measured_and_that_is_said(panel: Panel) -> None:
    """It can only lie there since before files with an observation that is not over were kept out of it."""
    file = update(Resident.__table__).where(Resident.id == panel.get(Observation, number(A)).resident_id)  # type: ignore[arg-type]
    with panel.engine.begin() as connection:
        connection.execute(file.values(deleted_at=clock.now(), deleted_by="x"))
    keeper = panel.as_("village_a")
    page = keeper.get(HERE + f"&at={number(A)}")
    answer = keeper.send(page, page.form("temperature"), {"temperature": "36.5"})
    assert answer.status == 422 and "file is in the recycle bin" in answer.main
    assert answer.form("temperature").data()["temperature"] == ["36.5"]
    sent = upload(keeper, number(A))
    assert sent.status == 422 and "recycle bin" in said(sent)["problems"][0]["words"]
    typed = {"observation": number(A), "on": "2020-02-12", "period": "am", "temperature": "36.5", "how": "door"}
    form = keeper.post("/admin/visit/new/", {**typed, "outcome": "normal", "taken_at": "2020-02-12T07:55"})
    assert form.status == 422 and "file is in the recycle bin" in form.main
    assert paid(panel) == []


# ---- what scripts send ----


def test_the_same_entry_uploaded_twice_is_one_visit(panel: Panel) -> None:
    keeper = panel.as_("village_a")
    first, again = upload(keeper, number(A)), upload(keeper, number(A))
    assert (first.status, said(first)["fresh"], again.status, said(again)["fresh"]) == (200, True, 200, False)
    assert said(again)["row"]["said"] == "36.5 ℃ saved 08:00"
    assert len(paid(panel)) == 1


def test_an_entry_that_clashes_gets_both_versions_and_writes_nothing(panel: Panel) -> None:
    keeper = panel.as_("village_a")
    upload(panel.as_("district"), number(A), 1)
    clash = upload(keeper, number(A), 2, temperature="38.0")
    assert clash.status == 409
    assert said(clash)["row"]["values"]["temperature"] == "36.5"
    assert ["Temperature", "36.5 ℃", "38.0 ℃"] in said(clash)["clash"]["rows"]
    assert len(paid(panel)) == 1
    version = said(clash)["row"]["version"]
    assert upload(keeper, number(A), 3, temperature="38.0", seen_version=version).status == 200
    assert [str(v.temperature) for v in paid(panel)] == ["38.0"]


def test_a_fever_raises_an_alert_and_is_told_at_once(panel: Panel) -> None:
    answer = upload(panel.as_("village_a"), number(A), temperature="37.3")
    assert said(answer)["row"]["alerts"] == ["Alert: Fever"]
    with panel.session() as session:
        assert [
            a.observation_id for a in session.scalars(select(Alert).where(Alert.visit_id == paid(panel)[0].id))
        ] == [number(A)]


def test_an_answer_brings_what_others_saved_since(sqlite_panel: Panel) -> None:
    upload(sqlite_panel.as_("district"), number(A, SECOND), 1, temperature="36.9")
    answer = said(upload(sqlite_panel.as_("village_a"), number(A), 2, since="2020-02-12T07:59:00+08:00"))
    assert [(row["id"], row["values"]["temperature"]) for row in answer["rows"]] == [(number(A, SECOND), "36.9")]


@pytest.mark.parametrize(
    "broken",
    [
        b"", b"[]", b"{}", b'{"on": 5}', b'{"on": "2020-02-12", "period": "am", "taken_at": "08:00"}',
        json.dumps({**SLOT, "taken_at": "2020-02-12T08:00:00+08:00", "observation": "x"}).encode(),
        json.dumps({**SLOT, "taken_at": "2020-02-12T08:00:00+08:00", "observation": 9 ** 30}).encode(),
        json.dumps({**SLOT, "taken_at": "2020-02-12T08:00:00+08:00", "observation": 1, "how": ["x"]}).encode(),
        json.dumps({**SLOT, "taken_at": "2020-02-12T08:00:00+08:00", "key": "\x00", "observation": number(A)}).encode(),
        b"[[[", b"[" * 100_000, b'{"key":' * 100_000,
        *(
            json.dumps({**SLOT, "observation": number(A), "key": KEY.format(1), **given}).encode()
            for given in (
                {"on": "0001-01-01", "taken_at": "0001-01-01T00:00:00+14:00"},
                {"on": "9999-12-31", "taken_at": "9999-12-31T23:59:59-14:00"},
                {"taken_at": "0001-01-01T00:00:00+14:00"},
                {"taken_at": "9999-12-31T23:59:59-14:00"},
                {"on": "0001-01-01", "taken_at": "2020-02-12T07:55:00+08:00"},
                {"on": "9999-12-31", "taken_at": "2020-02-12T07:55:00+08:00"},
                {"on": {"a": [1]}, "taken_at": ["2020-02-12T07:55:00+08:00"]},
                {"temperature": [[[["36.5"]]]], "taken_at": "2020-02-12T07:55:00+08:00"},
            )
        ),
    ],
)  # fmt: skip
def test_an_entry_that_cannot_be_read_is_refused_in_words(sqlite_panel: Panel, broken: bytes) -> None:
    keeper = sqlite_panel.as_("village_a")
    headers = {"X-CSRFToken": keeper.csrf}
    answer = keeper.open("/admin/round/save/", "POST", broken, content_type="application/json", headers=headers)
    assert answer.status in (400, 422)
    assert all(one["words"] for one in said(answer)["problems"]) and said(answer)["problems"]
    assert paid(sqlite_panel) == []


def test_nothing_new_costs_nothing(sqlite_panel: Panel) -> None:
    keeper = sqlite_panel.as_("village_a")
    first = keeper.get("/admin/round/state/", **SLOT)
    tag = first.headers["ETag"]
    again = keeper.open("/admin/round/state/?on=2020-02-12&period=am", headers={"If-None-Match": tag})
    assert (again.status, again.text) == (304, "")
    upload(keeper, number(A))
    news = keeper.open("/admin/round/state/?on=2020-02-12&period=am", headers={"If-None-Match": tag})
    assert news.status == 200 and news.headers["ETag"] != tag
    assert [row["state"] for row in said(news)["rows"] if row["id"] == number(A)] == ["normal"]


def test_the_key_is_one_sign_ins_and_no_other(sqlite_panel: Panel) -> None:
    keeper = sqlite_panel.as_("village_a")
    key = said(keeper.get("/admin/round/key/"))
    assert said(sqlite_panel.another_as("village_a").get("/admin/round/key/"))["key"] == key["key"]
    assert said(sqlite_panel.as_("district").get("/admin/round/key/"))["key"] != key["key"]
    assert key["tag"] not in key["key"]
    answer = keeper.post("/logout")
    assert "storage" in answer.headers["Clear-Site-Data"]
    assert keeper.get("/admin/round/key/").status == 302


def test_the_district_may_set_the_cut_off_and_the_page_says_it(sqlite_panel: Panel) -> None:
    with sqlite_panel.session() as session:
        session.add(Setting(name=SettingName.AM_CUT_OFF, value="07:30", valid_from=date(2020, 2, 1)))
        session.commit()
    page = sqlite_panel.as_("village_a").get(HERE)
    assert "until 07:30" in page.words and "Missed" in page.words


def test_village_admins_find_the_round_in_the_menu(sqlite_panel: Panel) -> None:
    links = [href for href, _text in sqlite_panel.as_("village_a").get("/admin/menu/").links]
    assert links.count("/admin/round/") >= 2  # the menu and the bar below
    assert "/admin/round/" not in [href for href, _text in sqlite_panel.as_("auditor").get("/admin/menu/").links]
