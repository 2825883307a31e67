"""Accounts and their rights are kept in the panel by a district admin; there is always one left who can."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from models.account import Account, Grant, Role
from tests.admin_app.support.browsing import Browser, Page
from tests.admin_app.support.district import A, account_id
from tests.admin_app.support.panels import Panel
from tests.admin_app.support.values import SEEN, ledger_number
from tests.admin_app.test_login import enter, is_in, stranger

VILLAGE = f"village:{A.number(0, 1)}"


def make(browser: Browser, **typed: Any) -> Page:
    page = browser.get("/admin/account/new/")
    plain = {"name": "New One", "username": "new.one", "grants-0-role": "village", "grants-0-area": VILLAGE}
    return browser.send(page, page.form("version"), {**plain, **typed})


def secret_of(page: Page) -> str:
    found = re.search(r'id="secret">([^<]+)<', page.text)
    assert found, page.main[:300]
    return found[1]


def grants_of(panel: Panel, number: int) -> list[tuple[str, int | None, int | None]]:
    with panel.session() as session:
        found = session.scalars(select(Grant).where(Grant.account_id == number).order_by(Grant.id))
        return [(g.role.value, g.village_id, g.township_id) for g in found]


# ---- keeping them ----


def test_a_new_account_signs_in_changes_its_password_and_keeps_its_village(panel: Panel) -> None:
    made = make(panel.as_("district"))
    assert made.status == 200
    browser = stranger(panel)
    assert enter(browser, "new.one", secret_of(made)).status == 302
    page = browser.get("/admin/")
    assert page.location == "/password"
    page = browser.get("/password")
    new = {"old": secret_of(made), "new": "my own password", "again": "my own password"}
    assert browser.send(page, page.form("old"), new).status == 302
    assert browser.get("/admin/resident/").status == 200
    assert browser.get("/admin/account/").status == 403
    assert browser.get(f"/admin/resident/details/?id={A.number(ledger_number('resident'), SEEN)}").status == 200


def test_each_new_password_is_another(sqlite_panel: Panel) -> None:
    secrets = {secret_of(make(sqlite_panel.as_("district"), username=f"new.{n}")) for n in range(3)}
    assert len(secrets) == 3
    assert min(map(len, secrets)) >= 12


@pytest.mark.parametrize("username", ["", "two words", "名字", "a/b", "<b>", "x" * 41, "a\x00b"])
def test_a_user_name_that_cannot_be_is_refused_and_nothing_is_made(panel: Panel, username: str) -> None:
    before = panel.counts()
    page = make(panel.as_("district"), username=username)
    assert page.status == 422
    assert panel.counts() == before
    assert page.form("version").data()["name"] == ["New One"]


@pytest.mark.parametrize("username", ["village_a", "VILLAGE_A", " village_a "])
def test_a_user_name_is_one_accounts_only(panel: Panel, username: str) -> None:
    page = make(panel.as_("district"), username=username)
    assert page.status == 422
    assert "already" in page.main


def test_several_rights_are_given_changed_and_taken_away_in_one_form(panel: Panel) -> None:
    browser = panel.as_("district")
    made = make(browser, **{"grants-1-role": "coordinator", "grants-1-area": "township:2"})
    assert made.status == 200
    with panel.session() as session:
        number = session.scalars(select(Account.id).where(Account.username == "new.one")).one()
    assert grants_of(panel, number) == [("village", A.number(0, 1), None), ("coordinator", None, 2)]
    page = browser.get(f"/admin/account/edit/?id={number}")
    changes = {"grants-0-role": "auditor", "grants-0-area": "district", "grants-1-remove": "y"}
    assert browser.send(page, page.form("version"), changes).status == 302
    assert grants_of(panel, number) == [("auditor", None, None)]
    shown = browser.get(f"/admin/account/details/?id={number}").main
    assert "Auditor" in shown
    assert "Whole district" in shown


@pytest.mark.parametrize(
    "rights",
    [
        {"grants-0-role": "village", "grants-0-area": ""},
        {"grants-0-role": "village", "grants-0-area": "village:5555555"},
        {"grants-0-role": "village", "grants-0-area": "everywhere"},
        {"grants-0-role": "emperor", "grants-0-area": "district"},
        {"grants-0-id": "5555555", "grants-0-role": "district", "grants-0-area": "district"},
        {"grants-0-id": "x", "grants-0-role": "district", "grants-0-area": "district"},
    ],
)
def test_rights_that_make_no_sense_make_no_account(panel: Panel, rights: dict[str, str]) -> None:
    before = panel.counts()
    page = make(panel.as_("district"), **rights)
    assert page.status == 422, page.main[:200]
    assert panel.counts() == before


def test_a_right_of_one_account_is_not_taken_through_the_form_of_another(panel: Panel) -> None:
    """The number of another account's right, posted by hand."""
    browser = panel.as_("district")
    with panel.session() as session:
        foreign = session.scalars(select(Grant.id).where(Grant.account_id == account_id("auditor"))).one()
    page = browser.get(f"/admin/account/edit/?id={account_id('village_a')}")
    answer = browser.send(page, page.form("version"), {"grants-0-id": str(foreign), "grants-0-role": "village"})
    assert answer.status == 422
    assert grants_of(panel, account_id("auditor")) == [("auditor", None, None)]


def test_what_was_typed_into_rights_is_kept_when_something_else_is_wrong(panel: Panel) -> None:
    page = make(
        panel.as_("district"), username="two words", **{"grants-0-role": "auditor", "grants-0-area": "township:2"}
    )
    assert page.status == 422
    kept = page.form("version").data()
    assert (kept["grants-0-role"], kept["grants-0-area"]) == (["auditor"], ["township:2"])


def test_rights_are_told_on_the_accounts_timeline_in_words(panel: Panel) -> None:
    browser, number = panel.as_("district"), account_id("village_a")
    page = browser.get(f"/admin/account/edit/?id={number}")
    browser.send(page, page.form("version"), {"grants-0-role": "coordinator"})
    told = browser.get(f"/admin/account/details/?id={number}").main
    assert re.search("Role.*Village admin.*Volunteer coordinator", told)


# ---- the last district admin ----


def only_one(panel: Panel) -> int:
    """Leave one district admin of the whole district."""
    return account_id("district")


def second_admin(panel: Panel) -> int:
    with panel.session() as session:
        account = session.get_one(Account, account_id("auditor"))
        session.add(Grant(account_id=account.id, role=Role.DISTRICT))
        session.commit()
        return account.id


def still_kept(panel: Panel) -> None:
    """Somebody can still sign in as a district admin of the whole district."""
    with panel.session() as session:
        query = select(Grant).join(Grant.account).where(Grant.role == Role.DISTRICT, Grant.township_id.is_(None))
        found = session.scalars(query.where(Grant.village_id.is_(None), Account.disabled.is_(False))).all()
        assert found, "nobody is left who could let anybody in again"


@pytest.mark.parametrize(
    "changes",
    [
        {"disabled": "1"},
        {"grants-0-remove": "y"},
        {"grants-0-role": "auditor"},
        {"grants-0-role": ""},
        {"grants-0-area": "township:1"},
        {"grants-0-area": VILLAGE},
    ],
)
def test_the_last_district_admin_is_neither_disabled_nor_demoted(panel: Panel, changes: dict[str, str]) -> None:
    browser = panel.as_("district")
    page = browser.get(f"/admin/account/edit/?id={account_id('district')}")
    answer = browser.send(page, page.form("version"), changes)
    assert answer.status == 422
    assert "last district admin" in answer.main
    still_kept(panel)
    assert is_in(browser)


def test_the_last_district_admin_is_not_deleted(panel: Panel) -> None:
    browser, number = panel.as_("district"), account_id("district")
    browser.post(f"/admin/account/delete/?id={number}")
    assert any("last district admin" in words for words in browser.messages())
    page = browser.post("/admin/account/action/", {"action": "remove", "rowid": [str(number)], "confirmed": "1"})
    assert "last district admin" in page.main
    still_kept(panel)


def test_all_of_them_at_once_are_not_deleted_either(panel: Panel) -> None:
    both = [str(account_id("district")), str(second_admin(panel))]
    browser = panel.as_("district")
    browser.post("/admin/account/action/", {"action": "remove", "rowid": both, "confirmed": "1"})
    still_kept(panel)


def test_two_rights_of_the_last_one_are_not_taken_away_together(panel: Panel) -> None:
    number = account_id("district")
    with panel.session() as session:
        session.add(Grant(account_id=number, role=Role.DISTRICT))
        session.commit()
    browser = panel.as_("district")
    page = browser.get(f"/admin/account/edit/?id={number}")
    browser.send(page, page.form("version"), {"grants-0-remove": "y", "grants-1-remove": "y"})
    still_kept(panel)
    page = browser.get(f"/admin/account/edit/?id={number}")
    browser.send(page, page.form("version"), {"grants-0-role": "auditor", "grants-1-role": "auditor"})
    still_kept(panel)


def test_a_right_and_the_account_of_the_other_do_not_go_together(panel: Panel) -> None:
    """Disabling oneself while giving up one's right in the same form."""
    browser = panel.as_("district")
    page = browser.get(f"/admin/account/edit/?id={account_id('district')}")
    browser.send(page, page.form("version"), {"disabled": "1", "grants-0-remove": "y"})
    still_kept(panel)


def test_one_of_two_may_go(panel: Panel) -> None:
    second_admin(panel)
    browser = panel.as_("district")
    assert browser.post(f"/admin/account/delete/?id={account_id('district')}").status == 302
    assert panel.get(Account, account_id("district")) is None
    still_kept(panel)


def test_a_disabled_admin_does_not_count_as_one_that_is_left(panel: Panel) -> None:
    other = second_admin(panel)
    with panel.session() as session:
        session.get_one(Account, other).disabled = True
        session.commit()
    browser = panel.as_("district")
    browser.post(f"/admin/account/delete/?id={account_id('district')}")
    still_kept(panel)


def test_the_admin_of_a_township_does_not_count_as_one_that_is_left(panel: Panel) -> None:
    browser = panel.as_("district")
    browser.post(f"/admin/account/delete/?id={account_id('district')}")
    still_kept(panel)


# ---- those who are not district admins of the whole district ----


@pytest.mark.parametrize("name", ["township", "auditor", "village_a", "coordinator"])
def test_nobody_else_gives_anybody_rights(panel: Panel, name: str) -> None:
    browser = panel.as_(name)
    before = grants_of(panel, account_id(name))
    data = {
        "name": "New One", "username": "new.one", "language": "en", "version": "1",
        "grants-0-role": "district", "grants-0-area": "district",
    }  # fmt: skip
    for path in ("/admin/account/new/", f"/admin/account/edit/?id={account_id(name)}"):
        assert browser.post(path, data).status in (403, 404)
    assert grants_of(panel, account_id(name)) == before
    with panel.session() as session:
        assert session.scalars(select(Account).where(Account.username == "new.one")).first() is None


def test_an_auditor_reads_accounts_and_changes_none(panel: Panel) -> None:
    browser, number = panel.as_("auditor"), account_id("village_a")
    assert "village_a account" in browser.get("/admin/account/").main
    assert browser.get(f"/admin/account/details/?id={number}").status == 200
    assert browser.post(f"/admin/account/reset/?id={number}").status == 403
    assert browser.post(f"/admin/account/delete/?id={number}").status == 403
