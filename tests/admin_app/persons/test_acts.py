"""What is done with an observation, an alert and a hand-over, over http: in words, and nothing typed is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from models.alert import Alert, AlertStatus
from models.handover import HandOver, HandOverStatus
from models.observation import Observation
from models.resident import Resident
from models.states import ObservationStatus
from models.trail import Deed
from tests.admin_app.support.browsing import Browser, Page
from tests.admin_app.support.district import DISTRICT, A
from tests.admin_app.support.panels import Panel
from tests.admin_app.support.values import EDITED, SEEN, TODAY, ledger_number

OBSERVATION, ALERT = (A.number(ledger_number(ledger), SEEN) for ledger in ("observation", "alert"))
SIGNED = "民警甲、医生乙、网格员丙"


def act(browser: Browser, ledger: str, step: str, number: int, **typed: Any) -> Page:
    return browser.post(f"/admin/{ledger}/act/{step}/?id={number}", typed)


def today(later: int = 0) -> str:
    return (TODAY + timedelta(days=later)).isoformat()


# ---- an observation ----


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"signed_by": SIGNED, "reason": "检测阴性"}, "Before the end of the term only the district may release."),
        ({"signed_by": SIGNED, "reason": ""}, "say why the person is released earlier"),
        ({"signed_by": "", "reason": "检测阴性"}, "Say who of the team signs off."),
        ({"signed_by": SIGNED, "reason": "检测阴性", "on": today(1)}, "This day is in the future."),
        ({"signed_by": SIGNED, "reason": "检测阴性", "on": today(-30)}, "happened later is on record already"),
        ({"signed_by": SIGNED, "reason": "检测阴性", "on": "2020-02-30"}, "This is not a day."),
    ],
)
def test_a_release_that_may_not_be_is_refused_and_what_was_typed_stays(
    panel: Panel, typed: dict[str, str], words: str
) -> None:
    page = act(panel.as_("village_a"), "observation", "release", OBSERVATION, **{"on": today(), **typed})
    assert page.status == 422 and words in page.main
    kept = page.form("signed_by").data()
    assert (kept["signed_by"], kept["reason"]) == ([typed["signed_by"]], [typed["reason"]])
    assert panel.get(Observation, OBSERVATION).status is ObservationStatus.OBSERVED


def test_the_district_releases_before_the_term_with_a_reason_and_the_notice_can_be_printed(panel: Panel) -> None:
    district = panel.as_("district")
    done = act(district, "observation", "release", OBSERVATION, on=today(), signed_by=SIGNED, reason="检测阴性")
    assert done.status == 302
    page = district.follow(done)
    assert f"/admin/observation/paper/release/?id={OBSERVATION}" in {href for href, _ in page.links}
    assert SIGNED in page.main and "检测阴性" in page.main
    paper = district.get(f"/admin/observation/paper/release/?id={OBSERVATION}")
    assert "before its term: 检测阴性" in paper.main and SIGNED in paper.main


def test_what_cannot_be_done_from_here_is_not_done_and_what_can_be_is_offered(panel: Panel) -> None:
    keeper = panel.as_("village_a")
    assert act(keeper, "observation", "lose", OBSERVATION, on=today(), reason="电话不通").status == 302
    keeper.messages()
    row = panel.last_number()
    for step in ("release", "to_central", "reopen", "lose"):
        answer = act(
            keeper, "observation", step, OBSERVATION, on=today(), reason="理由", where="某处", signed_by=SIGNED
        )
        assert answer.status == 302 and keeper.messages() == [
            "This cannot be done now: somebody was quicker, or it has been done."
        ]
    assert panel.last_number() == row
    offered = {href for href, _ in keeper.get(f"/admin/observation/details/?id={OBSERVATION}").links if "/act/" in href}
    assert offered == {f"/admin/observation/act/find/?id={OBSERVATION}"}


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"ends_on": today(3), "reason": ""}, "Say why the end was corrected."),
        ({"ends_on": "2020-01-01", "reason": "末次接触有误"}, "This is before the start."),
        ({"ends_on": "2199-01-01", "reason": "末次接触有误"}, "An observation lasts 1 to 60 days."),
        ({"ends_on": "9999-12-31", "reason": "末次接触有误"}, "This is not a day."),
    ],
)
def test_an_end_that_cannot_be_meant_is_refused(panel: Panel, typed: dict[str, str], words: str) -> None:
    page = act(panel.as_("village_a"), "observation", "correct_end", OBSERVATION, **typed)
    assert page.status == 422 and words in page.main
    assert page.form("reason").data()["reason"] == [typed["reason"]]
    assert panel.get(Observation, OBSERVATION).ends_on_corrected is None


def test_a_corrected_end_says_why_and_what_it_was(panel: Panel) -> None:
    keeper = panel.as_("village_a")
    done = act(keeper, "observation", "correct_end", OBSERVATION, ends_on=today(20), reason="末次接触有误")
    page = keeper.follow(done)
    assert "corrected, before: Mon 24 Feb; 末次接触有误" in page.main


# ---- an alert ----


def test_an_alert_is_taken_and_closed_with_what_was_done(panel: Panel) -> None:
    keeper = panel.as_("village_a")
    taken = keeper.follow(act(keeper, "alert", "take", ALERT))
    assert "Being dealt with" in taken.main and "village_a account" in taken.main
    refused = act(keeper, "alert", "close", ALERT, done="  ")
    assert refused.status == 422 and "Say what was done about it." in refused.main
    closed = keeper.follow(act(keeper, "alert", "close", ALERT, done="送区人民医院发热门诊"))
    assert "送区人民医院发热门诊" in closed.main
    assert panel.get(Alert, ALERT).status is AlertStatus.CLOSED
    keeper.messages()
    act(keeper, "alert", "close", ALERT, done="又一次")
    assert "somebody was quicker" in " ".join(keeper.messages())
    assert panel.get(Alert, ALERT).done == "送区人民医院发热门诊"


# ---- a hand-over ----


def test_a_person_who_was_handed_over_is_the_receivers_and_the_sender_keeps_the_record(panel: Panel) -> None:
    """To the third village, whose admin the district stands in for."""
    keeper, district = panel.as_("village_a"), panel.as_("district")
    number, file = (A.number(ledger_number(ledger), SEEN) for ledger in ("handover", "resident"))
    assert act(keeper, "handover", "accept", number).status == 302
    assert "cannot be done now" in " ".join(keeper.messages()), "a sender does not accept"
    row = panel.last_number()
    assert act(district, "handover", "accept", number).status == 302
    assert panel.get(HandOver, number).status is HandOverStatus.ACCEPTED
    assert panel.get(Resident, file).village_id == DISTRICT.number(0, 1)
    assert any(d.deed is Deed.UPDATE and d.ledger == "resident" for d in panel.last_deeds(row))
    assert keeper.get(f"/admin/resident/details/?id={file}").status == 404
    kept = keeper.get(f"/admin/handover/details/?id={number}")
    assert kept.status == 200 and "Accepted" in kept.main and "Measured so far" in kept.main


def test_a_hand_over_is_sent_back_with_a_reason(panel: Panel) -> None:
    district, number = panel.as_("district"), A.number(ledger_number("handover"), EDITED)
    page = act(district, "handover", "refuse", number, answer="")
    assert page.status == 422 and "Say why the person is not taken over." in page.main
    assert act(district, "handover", "refuse", number, answer="查无此人").status == 302
    assert "查无此人" in panel.as_("village_a").get(f"/admin/handover/details/?id={number}").main
