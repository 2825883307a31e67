"""A person's file over http: opened, followed after release, deleted, merged, handed over to another village."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from models import clock
from models.followup import FollowUp
from models.handover import HandOver, HandOverStatus
from models.observation import Observation
from models.place import Village
from models.resident import Resident
from models.setting import Setting, SettingName
from models.states import ObservationStatus
from tests.admin_app.support.browsing import Page
from tests.admin_app.support.district import DISTRICT, RELEASED_ON, A, B, C
from tests.admin_app.support.panels import Panel
from tests.admin_app.support.values import EDITED, REMOVED, SEEN, TICKED, ledger_number, released_observation


def number(ledger: str, n: int = SEEN, mark: Any = A) -> int:
    return mark.number(ledger_number(ledger), n)


@pytest.fixture
def free(panel: Panel) -> tuple[int, int]:
    """Two files of which no hand-over waits."""
    with panel.session() as session:
        for one in session.scalars(select(HandOver).where(HandOver.status == HandOverStatus.ASKED)):
            one.status = HandOverStatus.WITHDRAWN
        session.commit()
    return number("resident"), number("resident", EDITED)


# ---- opened ----


def put(panel: Panel, value: str, township: int | None) -> None:
    with panel.session() as session:
        kept = {"name": SettingName.OBSERVATION_DAYS, "value": value, "valid_from": clock.today()}
        session.add(Setting(**kept, township_id=township))
        session.commit()


def offered(page: Page) -> list[str]:
    return page.form("began_on").data()["days"]


def test_the_length_that_is_offered_is_the_townships_own(panel: Panel) -> None:
    put(panel, "20", 1)
    new, person = "/admin/observation/new/", number("resident", TICKED)
    assert offered(panel.as_("village_a").get(new)) == ["20"]
    district = panel.as_("district")
    assert offered(district.get(new, resident=person)) == ["20"]
    assert offered(district.get(new, resident=number("resident", TICKED, C))) == ["14"]
    assert offered(district.get(new)) == [""], "nobody knows yet whose"


def test_a_length_that_is_left_empty_is_the_villages(panel: Panel) -> None:
    put(panel, "20", 1)
    district = panel.as_("district")
    for mark, days in ((A, 20), (C, 14)):
        typed = {"resident": number("resident", TICKED, mark), "began_on": clock.today().isoformat(), "days": ""}
        made = district.post("/admin/observation/new/", typed)
        assert made.status == 302, made.main[:300]
        assert panel.get(Observation, int(made.location.rsplit("=", 1)[1])).days == days


def test_an_end_still_needs_a_length_when_it_is_mended(sqlite_panel: Panel) -> None:
    keeper = sqlite_panel.as_("village_a")
    page = keeper.get(f"/admin/observation/edit/?id={number('observation')}")
    answer = keeper.send(page, page.form("version"), {"days": ""})
    assert answer.status == 422 and "This is required." in answer.main


# ---- followed after release ----


def test_calls_that_nobody_made_stay_in_sight_on_the_file_and_the_observation(panel: Panel) -> None:
    keeper, of = panel.as_("village_a"), released_observation(A, REMOVED)
    day = RELEASED_ON + timedelta(days=3)
    watched = f"/admin/summary/visits/?show=calls&village={A.number(0, 1)}"
    person = panel.get(Observation, of).resident_id
    with panel.engine.begin() as connection:
        connection.execute(delete(FollowUp.__table__).where(FollowUp.observation_id == of))  # type: ignore[arg-type]
    assert f"observation={of}&" in keeper.get(watched).text.replace("&amp;", "&")
    made = {"observation": of, "day_no": 3, "on": day.isoformat(), "outcome": "well"}
    assert keeper.post("/admin/followup/new/", made).status == 302
    assert f"observation={of}&" not in keeper.get(watched).text.replace("&amp;", "&")
    assert "Day 1 after release Not called" in keeper.get(f"/admin/observation/details/?id={of}").main
    assert "Day 1 after release · Not called" in keeper.get(f"/admin/resident/details/?id={person}").main


def test_a_call_before_its_day_is_refused_at_its_field(panel: Panel) -> None:
    keeper, of = panel.as_("village_a"), released_observation(A, REMOVED)
    for given, words in (
        ({"day_no": 7, "on": clock.today().isoformat()}, "on a later day"),
        ({"day_no": 2, "on": (RELEASED_ON + timedelta(days=1)).isoformat()}, "on a later day"),
        ({"day_no": 1, "on": RELEASED_ON.isoformat()}, "begin on the day after release"),
        ({"day_no": 14, "on": (RELEASED_ON + timedelta(days=14)).isoformat()}, "in the future"),
    ):
        page = keeper.post("/admin/followup/new/", {"observation": of, "outcome": "well", "by": "李四", **given})
        assert page.status == 422 and words in page.main, given
        assert page.form("by").data()["by"] == ["李四"]


# ---- deleted ----


def test_a_file_with_an_observation_that_is_not_over_is_not_put_into_the_bin(panel: Panel) -> None:
    keeper, file = panel.as_("village_a"), number("resident")
    keeper.post(f"/admin/resident/delete/?id={file}")
    assert "observation is not over" in " ".join(keeper.messages())
    many = {"action": "remove", "confirmed": "1", "rowid": [str(file), str(number("resident", REMOVED))]}
    page = keeper.post("/admin/resident/action/", many)
    assert page.status == 422 and "observation is not over" in page.main and f"{A.sign}resident1.name" in page.main
    assert panel.get(Resident, file) is not None and panel.get(Resident, number("resident", REMOVED)) is not None
    at = f"/admin/round/?at={number('observation')}"
    assert f"{A.sign}resident1.name" in keeper.get(at).text


def test_who_is_still_observed_is_named_before_the_observation_is_deleted(panel: Panel) -> None:
    keeper, of = panel.as_("village_a"), number("observation")
    page = keeper.get(f"/admin/observation/delete/?id={of}")
    assert f"in no round any more once this is deleted: {A.sign}resident1.name" in page.main
    many = {"action": "remove", "rowid": [str(number("observation", n)) for n in (SEEN, EDITED, REMOVED)]}
    page = keeper.post("/admin/observation/action/", many)
    assert f"once this is deleted: {A.sign}resident1.name, {A.sign}resident2.name." in page.main
    page = keeper.get(f"/admin/observation/delete/?id={number('observation', REMOVED)}")
    assert "in no round" not in page.main
    assert keeper.post(f"/admin/observation/delete/?id={of}").status == 302
    assert panel.get(Observation, of) is None


# ---- merged ----


def test_a_file_is_not_merged_with_itself_and_that_is_said(panel: Panel) -> None:
    keeper, file = panel.as_("village_a"), number("resident")
    for method in ("GET", "POST"):
        data = {"csrf_token": keeper.csrf} if method == "POST" else None
        answer = keeper.open(f"/admin/resident/merge/?id={file}&other={file}", method, data)
        assert answer.status == 302 and answer.location.endswith(f"details/?id={file}")
        assert keeper.messages() == ["Choose two different files."]
    assert panel.get(Resident, file).merged_into_id is None


def test_why_the_double_was_ruled_out_is_said_in_the_readers_language(panel: Panel, free: tuple[int, int]) -> None:
    keeper, (keep, other) = panel.as_("village_a"), free
    assert keeper.post(f"/admin/resident/merge/?id={keep}&other={other}").status == 302
    assert keeper.messages() == ["Two files became one. The other is in the recycle bin."]
    with panel.session() as session:
        double = session.scalars(
            select(Observation.id).where(
                Observation.resident_id == keep, Observation.status == ObservationStatus.EXCLUDED
            )
        ).one()
    for path in (f"/admin/resident/details/?id={keep}", f"/admin/observation/details/?id={double}"):
        page = keeper.get(path)
        assert "Two files of one person became one" in page.main
        assert "合并" not in page.main and "merged_files" not in page.main
    keeper.get("/language/zh")
    assert "同一人的两份档案已合并" in keeper.get(f"/admin/resident/details/?id={keep}").main


# ---- handed over ----


def asked(panel: Panel) -> list[HandOver]:
    with panel.session() as session:
        query = select(HandOver).where(HandOver.asked_at > clock.now() - timedelta(days=1), HandOver.reason == "搬家")
        return list(session.scalars(query))


def many(*files: int, **typed: Any) -> dict[str, Any]:
    chosen = {"action": "hand_over", "confirmed": "1", "rowid": [str(file) for file in files]}
    return {**chosen, "reason": "搬家", "to_village": str(B.number(0, 1)), **typed}


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"reason": ""}, "Say why the person is handed over."),
        ({"to_village": ""}, "There is no such village."),
        ({"to_village": "99999999999999999999"}, "There is no such village."),
        ({"to_village": str(A.number(0, 1))}, "in this village already"),
    ],
)
def test_a_hand_over_of_many_that_is_refused_keeps_what_was_typed(
    panel: Panel, free: tuple[int, int], typed: dict[str, str], words: str
) -> None:
    page = panel.as_("village_a").post("/admin/resident/action/", many(*free, **typed))
    assert page.status == 422 and words in page.main
    kept = page.form("reason").data()
    assert kept["rowid"] == [str(file) for file in free]
    assert kept["reason"] == [typed.get("reason", "搬家")]
    known = {value for value, _ in page.form("reason").options("to_village")}
    chosen = typed.get("to_village", str(B.number(0, 1)))
    assert kept["to_village"] == [chosen if chosen in known else ""]
    assert asked(panel) == []


def test_of_many_that_are_handed_over_one_that_waits_already_stops_all(panel: Panel, free: tuple[int, int]) -> None:
    keeper, (one, two) = panel.as_("village_a"), free
    assert keeper.post("/admin/resident/action/", many(one)).status == 302
    page = keeper.post("/admin/resident/action/", many(one, two))
    assert page.status == 422
    assert f"{A.sign}resident1.name: A hand-over of this person is waiting already." in page.main
    assert [asked.resident_id for asked in asked(panel)] == [one]


def test_only_a_village_that_takes_part_can_be_asked_to_take_over(panel: Panel, free: tuple[int, int]) -> None:
    with panel.session() as session:
        session.get_one(Village, B.number(0, 1)).taking_part = False
        session.commit()
    keeper, (file, _) = panel.as_("village_a"), free
    page = keeper.get(f"/admin/resident/act/hand_over/?id={file}")
    offered = {value for value, _ in page.form("to_village").options("to_village")}
    assert offered == {"", str(C.number(0, 1)), str(DISTRICT.number(0, 1))}
    by_hand = {"to_village": str(B.number(0, 1)), "reason": "搬家", "address": "新村1号"}
    answer = keeper.post(f"/admin/resident/act/hand_over/?id={file}", by_hand)
    assert answer.status == 422 and "This is not one of the choices." in answer.main
    assert answer.form("address").data()["address"] == ["新村1号"]
    answer = keeper.post("/admin/resident/action/", many(file))
    assert answer.status == 422 and "There is no such village." in answer.main
    assert asked(panel) == []
