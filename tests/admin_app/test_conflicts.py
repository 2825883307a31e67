"""Two people at the same record: the second sees both versions, chooses, and nothing is lost."""

import re

import pytest

from models.account import Account
from models.resident import Category, Resident
from tests.admin_app.support.district import A, account_id
from tests.admin_app.support.panels import Panel
from tests.admin_app.support.values import EDITED, class_of, ledger_number

NUMBER = A.number(ledger_number("resident"), EDITED)
PATH = f"/admin/resident/edit/?id={NUMBER}"


def test_the_second_writer_sees_both_versions_and_whose_is_newer(panel: Panel) -> None:
    first, second = panel.as_("village_a"), panel.as_("district")
    pages = first.get(PATH), second.get(PATH)
    assert (
        first.send(pages[0], pages[0].form("version"), {"address": "East Lane 1", "note": "of the first"}).status == 302
    )
    conflict = second.send(pages[1], pages[1].form("version"), {"address": "West Lane 2", "category": "recovered"})
    assert conflict.status == 409
    assert panel.get(Resident, NUMBER).address == "East Lane 1", "nothing is overwritten"
    for words in ("East Lane 1", "West Lane 2", "village_a account", "district account", "newer", "not saved"):
        assert words in conflict.main, words
    assert Category.RECOVERED.label in conflict.main, "choices are named in words"
    assert "of the first" in conflict.main, "what mine would take back is shown too"


def test_keeping_mine_wins_and_both_are_told(panel: Panel) -> None:
    first, second = panel.as_("village_a"), panel.as_("district")
    pages = first.get(PATH), second.get(PATH)
    first.send(pages[0], pages[0].form("version"), {"address": "East Lane 1"})
    conflict = second.send(pages[1], pages[1].form("version"), {"address": "West Lane 2", "cadre": "of the second"})
    answer = second.send(conflict, conflict.form("version"))
    assert answer.status == 302, answer.main[:400]
    kept = panel.get(Resident, NUMBER)
    assert (kept.address, kept.cadre) == ("West Lane 2", "of the second")
    told = second.follow(answer).main
    assert "East Lane 1" in told, "the version that lost is in the timeline"
    assert "West Lane 2" in told


def test_keeping_theirs_leaves_the_record_as_it_is(panel: Panel) -> None:
    first, second = panel.as_("village_a"), panel.as_("district")
    pages = first.get(PATH), second.get(PATH)
    first.send(pages[0], pages[0].form("version"), {"address": "East Lane 1"})
    conflict = second.send(pages[1], pages[1].form("version"), {"address": "West Lane 2"})
    version = panel.get(Resident, NUMBER).version
    back = next(href for href, _label in conflict.links if href.startswith("/admin/resident/details/"))
    assert "East Lane 1" in second.get(back).main
    assert panel.get(Resident, NUMBER).version == version


def test_a_third_writer_meanwhile_is_a_conflict_again(panel: Panel) -> None:
    first, second = panel.as_("village_a"), panel.as_("district")
    pages = first.get(PATH), second.get(PATH)
    first.send(pages[0], pages[0].form("version"), {"address": "East Lane 1"})
    conflict = second.send(pages[1], pages[1].form("version"), {"address": "West Lane 2"})
    again = first.get(PATH)
    first.send(again, again.form("version"), {"address": "North Lane 3"})
    answer = second.send(conflict, conflict.form("version"))
    assert answer.status == 409
    assert "North Lane 3" in answer.main
    assert "West Lane 2" in answer.main


def test_the_same_form_sent_twice_is_a_conflict_with_oneself_not_a_second_change(panel: Panel) -> None:
    browser = panel.as_("village_a")
    page = browser.get(PATH)
    assert browser.send(page, page.form("version"), {"address": "East Lane 1"}).status == 302
    version = panel.get(Resident, NUMBER).version
    answer = browser.send(page, page.form("version"), {"address": "East Lane 1"})
    assert answer.status in (302, 409)
    assert panel.get(Resident, NUMBER).version == version


@pytest.mark.parametrize("version", ["", "0", "-1", "999", "x", "9" * 40])
def test_a_version_that_was_never_shown_saves_nothing(panel: Panel, version: str) -> None:
    browser = panel.as_("village_a")
    page = browser.get(PATH)
    before = panel.get(Resident, NUMBER)
    answer = browser.send(page, page.form("version"), {"address": "East Lane 1", "version": version})
    assert answer.status == 409
    assert panel.get(Resident, NUMBER).address == before.address


def test_what_was_deleted_meanwhile_is_not_there_and_not_made_again(panel: Panel) -> None:
    panel.rule_out(NUMBER)
    first, second = panel.as_("village_a"), panel.as_("district")
    page = second.get(PATH)
    first.post(f"/admin/resident/delete/?id={NUMBER}")
    answer = second.send(page, page.form("version"), {"address": "West Lane 2"})
    assert answer.status == 404
    assert panel.get(Resident, NUMBER, deleted=True).address != "West Lane 2"


def test_two_who_give_the_same_account_rights_conflict_too(panel: Panel) -> None:
    """Rights are saved with their account: who changes them meanwhile is seen."""
    number = account_id("village_a")
    first, path = panel.as_("district"), f"/admin/account/edit/?id={number}"
    pages = first.get(path), first.get(path)
    village = A.number(0, 1)
    rights = {"grants-1-role": "coordinator", "grants-1-area": f"village:{village}"}
    assert first.send(pages[0], pages[0].form("version"), rights).status == 302
    answer = first.send(pages[1], pages[1].form("version"), {"grants-0-role": "auditor"})
    assert answer.status == 409
    assert sorted(g.role for g in grants(panel, number)) == ["coordinator", "village"]


def grants(panel: Panel, number: int) -> list[object]:
    with panel.session() as session:
        account = session.get_one(Account, number)
        return list(account.grants)  # type: ignore[arg-type]


@pytest.mark.parametrize("ledger", ["visit", "assignment", "supply", "duty", "business"])
def test_every_kind_of_record_knows_a_second_writer(panel: Panel, ledger: str) -> None:
    cls, number = class_of(ledger), A.number(ledger_number(ledger), EDITED)
    browser = panel.as_("district")
    path = f"/admin/{ledger}/edit/?id={number}"
    pages = browser.get(path), browser.get(path)
    assert browser.send(pages[0], pages[0].form("version"), {"note": "of the first"}).status == 302
    conflict = browser.send(pages[1], pages[1].form("version"), {"note": "of the second"})
    assert conflict.status == 409
    assert re.search("of the first.*of the second", conflict.main)
    assert panel.get(cls, number).note == "of the first"
