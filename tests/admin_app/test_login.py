"""Signing in and out: one answer for whatever did not fit, a lock that lasts, sessions that end when they should."""

import logging
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models import clock
from models.account import FAILURES_BEFORE_LOCK, LOCK_TIME, Account, FailedSignIn, Grant, Role, SignIn
from tests.admin_app.support.browsing import Browser, Page
from tests.admin_app.support.district import PASSWORD, account_id, sign_in, token_of
from tests.admin_app.support.panels import Panel, app_over

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
NEW = "quite another one"


def enter(browser: Browser, username: str, password: str, **more: str) -> Page:
    """Sign in through the form."""
    page = browser.get("/login")
    return browser.send(page, page.form("password"), {"username": username, "password": password, **more})


def stranger(panel: Panel, app: Flask | None = None) -> Browser:
    """A browser that has never been here."""
    return Browser(app or panel.app)


def cookie_of(browser: Browser) -> dict[str, Any]:
    with browser.client.session_transaction() as cookie:
        return dict(cookie)


def is_in(browser: Browser) -> bool:
    return browser.get("/admin/menu/").status == 200


class Clock:
    """A clock that the test moves."""

    def __init__(self, patch: pytest.MonkeyPatch):
        self.at = clock.now()
        patch.setattr(clock, "now", lambda: self.at)

    def pass_by(self, time: timedelta) -> datetime:
        self.at += time
        return self.at


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


# ---- signing in ----


def test_a_password_that_fits_opens_the_first_screen(panel: Panel) -> None:
    browser = stranger(panel)
    page = enter(browser, "village_a", PASSWORD)
    assert (page.status, page.location) == (302, "/admin/")
    assert is_in(browser)


@pytest.mark.parametrize("username", ["VILLAGE_A", "  village_a  ", "Village_A"])
def test_a_user_name_is_read_as_people_type_it(sqlite_panel: Panel, username: str) -> None:
    assert enter(stranger(sqlite_panel), username, PASSWORD).status == 302


def test_the_session_is_a_fresh_one_after_signing_in(sqlite_panel: Panel) -> None:
    """A cookie or a form token that somebody planted before is worth nothing afterwards."""
    browser = stranger(sqlite_panel)
    page = browser.get("/login")
    token = page.form("password").data()["csrf_token"][0]
    with browser.client.session_transaction() as cookie:
        cookie["planted"], cookie["token"] = "by somebody", "chosen by somebody"
    before = cookie_of(browser)
    data = {"username": "village_a", "password": PASSWORD, "csrf_token": token}
    assert browser.open("/login", "POST", data).status == 302
    after = cookie_of(browser)
    assert "planted" not in after
    assert after["token"] not in (before["token"], "")
    assert before.get("csrf_token") != after.get("csrf_token")
    page = browser.post("/password", {"csrf_token": token}, csrf=False)
    assert page.status == 400, "the form token of before still fits"


def test_each_sign_in_has_a_token_of_its_own_and_the_database_only_its_hash(panel: Panel) -> None:
    tokens = []
    for _ in range(2):
        browser = stranger(panel)
        enter(browser, "village_a", PASSWORD)
        tokens.append(cookie_of(browser)["token"])
    assert len(set(tokens)) == 2
    with panel.session() as session:
        stored = {str(v) for s in session.scalars(select(SignIn)) for v in vars(s).values()}
    assert not stored & set(tokens)


def test_who_is_in_already_is_not_asked_again(sqlite_panel: Panel) -> None:
    page = sqlite_panel.as_("village_a").get("/login")
    assert (page.status, page.location) == (302, "/admin/")


def test_what_did_not_fit_is_answered_alike_whatever_it_was(panel: Panel) -> None:
    with panel.session() as session:
        session.get_one(Account, account_id("auditor")).disabled = True
        session.add(
            FailedSignIn(name_hash=name_hash("coordinator"), failures=FAILURES_BEFORE_LOCK, last_at=clock.now())
        )
        session.commit()
    answers = {}
    for case, username, password in (
        ("unknown", "nobody.here", PASSWORD),
        ("wrong password", "village_a", "not the password"),
        ("disabled", "auditor", PASSWORD),
        ("locked", "coordinator", PASSWORD),
        ("no password", "village_a", ""),
        ("no name", "", PASSWORD),
    ):
        page = enter(stranger(panel), username, password)
        answers[case] = (page.status, page.main.replace(username or "¤", ""))
        assert password not in page.text or not password
    assert len(set(answers.values())) == 1, answers
    assert answers["unknown"][0] == 401


def name_hash(username: str) -> str:
    import hashlib

    return hashlib.sha256(username.encode()).hexdigest()


def test_an_unknown_user_takes_as_long_as_a_wrong_password(panel: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    """Measured by what costs the time: the password is hashed once in either case, and in every other."""
    from models import account as accounts

    hashed: list[str] = []
    real = accounts._hasher.verify

    def verify(password: str, against: str) -> bool:
        hashed.append(against)
        return real(password, against)

    monkeypatch.setattr(accounts._hasher, "verify", verify)
    for username in ("nobody.here", "village_a", ""):
        hashed.clear()
        enter(stranger(panel), username, "not the password")
        assert len(hashed) == 1, username


@pytest.mark.parametrize(
    "username", ["\x00", "a\x00b", "village_a\x00", "x" * 100_000, "名字", "😀", "a\nb", "' OR 1=1 --", "%"]
)
def test_an_odd_user_name_is_wrong_like_any_other(panel: Panel, username: str) -> None:
    assert enter(stranger(panel), username, PASSWORD).status == 401


@pytest.mark.parametrize("password", ["\x00", "x" * 100_000, "密码" * 200, "😀"])
def test_an_odd_password_is_wrong_like_any_other(panel: Panel, password: str) -> None:
    assert enter(stranger(panel), "village_a", password).status == 401


def test_every_sign_in_and_every_failure_is_in_the_trail(panel: Panel) -> None:
    row = panel.last_number()
    browser = stranger(panel)
    enter(browser, "village_a", "not the password")
    enter(browser, "village_a", PASSWORD)
    browser.forget_csrf()
    browser.post("/logout")
    assert [d.deed for d in panel.last_deeds(row)] == ["login_failed", "login", "logout"]


# ---- the lock ----


def test_five_failures_lock_an_account_even_against_the_right_password(panel: Panel, time: Clock) -> None:
    for _ in range(FAILURES_BEFORE_LOCK):
        assert enter(stranger(panel), "village_a", "not the password").status == 401
    assert enter(stranger(panel), "village_a", PASSWORD).status == 401
    time.pass_by(LOCK_TIME - timedelta(seconds=1))
    assert enter(stranger(panel), "village_a", PASSWORD).status == 401
    time.pass_by(timedelta(seconds=2))
    assert enter(stranger(panel), "village_a", PASSWORD).status == 302


def test_four_failures_lock_nothing_and_a_success_forgets_them(panel: Panel) -> None:
    for _ in range(2):
        for _ in range(FAILURES_BEFORE_LOCK - 1):
            enter(stranger(panel), "village_a", "not the password")
        assert enter(stranger(panel), "village_a", PASSWORD).status == 302


def test_the_lock_is_kept_in_the_database_and_outlives_the_application(panel: Panel) -> None:
    for _ in range(FAILURES_BEFORE_LOCK):
        enter(stranger(panel), "village_a", "not the password")
    with app_over(panel.store.url) as app:
        assert enter(stranger(panel, app), "village_a", PASSWORD).status == 401


def test_the_lock_of_one_user_name_locks_nobody_else(panel: Panel) -> None:
    for _ in range(FAILURES_BEFORE_LOCK):
        enter(stranger(panel), "village_a", "not the password")
    assert enter(stranger(panel), "coordinator", PASSWORD).status == 302


def test_writing_the_user_name_otherwise_does_not_get_around_the_lock(panel: Panel) -> None:
    for username in ("village_a", "VILLAGE_A", " village_a", "village_a ", "Village_A"):
        enter(stranger(panel), username, "not the password")
    assert enter(stranger(panel), "village_a", PASSWORD).status == 401


def test_a_lock_throws_nobody_out_who_is_in(panel: Panel) -> None:
    browser = panel.as_("village_a")
    for _ in range(FAILURES_BEFORE_LOCK + 1):
        enter(stranger(panel), "village_a", "not the password")
    assert is_in(browser)


# ---- the password ----


def change(browser: Browser, old: str, new: str, again: str | None = None) -> Page:
    page = browser.get("/password")
    return browser.send(page, page.form("old"), {"old": old, "new": new, "again": new if again is None else again})


def test_at_the_first_sign_in_nothing_opens_but_the_change_of_the_password(panel: Panel) -> None:
    with panel.session() as session:
        session.get_one(Account, account_id("village_a")).must_change_password = True
        session.commit()
    browser = stranger(panel)
    enter(browser, "village_a", PASSWORD)
    for path in (
        "/admin/",
        "/admin/menu/",
        "/admin/resident/",
        "/admin/resident/new/",
        "/admin/resident/details/?id=1",
    ):
        page = browser.get(path)
        assert (page.status, page.location) == (302, "/password"), path
    assert browser.post("/admin/resident/new/", {"name": "x"}).location == "/password"
    assert change(browser, PASSWORD, NEW).status == 302
    assert is_in(browser)


def test_a_changed_password_is_the_one_that_fits(panel: Panel) -> None:
    browser = panel.as_("village_a")
    assert change(browser, PASSWORD, NEW).status == 302
    assert is_in(browser)
    assert enter(stranger(panel), "village_a", PASSWORD).status == 401
    assert enter(stranger(panel), "village_a", NEW).status == 302


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [
        ("not the password", NEW, None),
        ("", NEW, None),
        (PASSWORD, "short", None),
        (PASSWORD, "aaaaaaaaaaaaaaaa", None),
        (PASSWORD, "x" * 201, None),
        (PASSWORD, "my village_a password", None),
        (PASSWORD, PASSWORD, None),
        (PASSWORD, NEW, "typed otherwise"),
        (PASSWORD, "", None),
        (PASSWORD, "", ""),
    ],
)
def test_a_change_that_does_not_hold_changes_nothing_and_says_why(
    panel: Panel, old: str, new: str, again: str | None
) -> None:
    page = change(panel.as_("village_a"), old, new, again)
    assert page.status == 422
    assert re.search(r'class="wrong"', page.text)
    assert PASSWORD not in page.text
    assert panel.get(Account, account_id("village_a")).knows(PASSWORD)


def test_a_changed_password_ends_every_other_sign_in(panel: Panel) -> None:
    here, there = stranger(panel), stranger(panel)
    for browser in (here, there):
        enter(browser, "village_a", PASSWORD)
    assert change(here, PASSWORD, NEW).status == 302
    assert is_in(here)
    assert not is_in(there)


def test_a_password_given_by_the_district_admin_ends_every_sign_in_and_must_be_changed(panel: Panel) -> None:
    theirs, admin = stranger(panel), panel.as_("district")
    enter(theirs, "village_a", PASSWORD)
    path = f"/admin/account/reset/?id={account_id('village_a')}"
    asked = admin.get(path)
    assert is_in(theirs), "asking is not doing"
    given = admin.send(asked, asked.form())
    assert given.status == 200
    secret = re.search(r'id="secret">([^<]+)<', given.text)
    assert secret
    assert not is_in(theirs)
    assert enter(stranger(panel), "village_a", PASSWORD).status == 401
    browser = stranger(panel)
    assert enter(browser, "village_a", secret[1]).status == 302
    assert browser.get("/admin/").location == "/password"


def test_a_new_password_is_shown_once_and_kept_nowhere(panel: Panel) -> None:
    admin = panel.as_("district")
    asked = admin.get(f"/admin/account/reset/?id={account_id('village_a')}")
    given = admin.send(asked, asked.form())
    secret = re.search(r'id="secret">([^<]+)<', given.text)
    assert secret
    assert given.headers["Cache-Control"] == "no-store"
    for deed in panel.last_deeds():
        assert secret[1] not in str(deed)
    assert secret[1] not in admin.get(f"/admin/account/details/?id={account_id('village_a')}").text


# ---- when a sign-in ends ----


def test_signing_out_ends_the_sign_in_on_the_server_too(panel: Panel) -> None:
    browser = stranger(panel)
    enter(browser, "village_a", PASSWORD)
    kept = cookie_of(browser)
    assert browser.post("/logout").status == 302
    thief = stranger(panel)
    with thief.client.session_transaction() as cookie:
        cookie.update(kept)
    assert not is_in(thief), "the old cookie still opens the panel"


def test_signing_out_by_a_link_is_not_possible(sqlite_panel: Panel) -> None:
    browser = sqlite_panel.as_("village_a")
    assert browser.get("/logout").status == 405
    assert is_in(browser)


def test_an_hour_without_a_request_signs_out(panel: Panel, time: Clock) -> None:
    browser = panel.as_("village_a")
    time.pass_by(timedelta(minutes=59))
    assert is_in(browser)
    time.pass_by(timedelta(minutes=59))
    assert is_in(browser), "each request begins the hour anew"
    time.pass_by(timedelta(minutes=61))
    assert not is_in(browser)
    time.pass_by(timedelta(minutes=-30))
    time.pass_by(timedelta(minutes=1))


def test_a_disabled_account_is_out_at_once_and_for_good(panel: Panel) -> None:
    browser, admin = panel.as_("village_a"), panel.as_("district")
    assert is_in(browser)
    for disabled in ("1", "0"):
        page = admin.get(f"/admin/account/edit/?id={account_id('village_a')}")
        assert admin.send(page, page.form("version"), {"disabled": disabled}).status == 302
        assert not is_in(browser), f"in again with disabled={disabled}"
    assert enter(stranger(panel), "village_a", PASSWORD).status == 302


def test_a_deleted_account_is_out_at_once_and_for_good(panel: Panel) -> None:
    browser, admin, number = panel.as_("village_a"), panel.as_("district"), account_id("village_a")
    assert is_in(browser)
    assert admin.post(f"/admin/account/delete/?id={number}").status == 302
    assert not is_in(browser)
    assert enter(stranger(panel), "village_a", PASSWORD).status == 401
    assert admin.post(f"/admin/account/restore/?id={number}").status == 302
    assert not is_in(browser), "restored with the account"


def test_a_right_taken_away_is_gone_with_the_next_request(panel: Panel) -> None:
    browser = panel.as_("village_a")
    assert browser.get("/admin/resident/").status == 200
    with panel.session() as session:
        grant = session.scalars(select(Grant).where(Grant.account_id == account_id("village_a"))).one()
        grant.role = Role.COORDINATOR
        session.commit()
    assert browser.get("/admin/resident/").status == 403
    assert browser.get("/admin/volunteer/").status == 200


def test_a_forged_cookie_opens_nothing(sqlite_panel: Panel) -> None:
    sqlite_panel.as_("village_a")
    for token in ("", "x", "token-of-nobody", 1, None, ["token-of-village_a"], {"a": 1}, "token-of-village_a\x00"):
        browser = stranger(sqlite_panel)
        with browser.client.session_transaction() as cookie:
            cookie["token"] = token
        assert not is_in(browser), token
    with app_over(sqlite_panel.store.url, secret_key="another key that somebody guessed, long enough") as app:
        forged = Browser(app, token_of("village_a")).client.get_cookie("taizhang")
    assert forged is not None
    other = stranger(sqlite_panel)
    other.client.set_cookie("taizhang", forged.value)
    assert not is_in(other)


# ---- cookies, headers, redirects, logs ----


@pytest.mark.parametrize(
    ("base", "secure"),
    [
        ("http://localhost/", False),
        ("http://127.0.0.1:8000/", False),
        ("http://[::1]:8000/", False),
        ("https://localhost/", True),
        ("https://panel.example/", True),
        ("http://panel.example/", True),
        ("http://192.168.1.5/", True),
        ("http://localhost.evil.example/", True),
    ],
)
def test_cookies_are_for_this_panel_only_and_secure_off_this_machine(
    sqlite_panel: Panel, base: str, secure: bool
) -> None:
    answer = sqlite_panel.app.test_client().get("/login", base_url=base)
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert re.search(r"SameSite=(Lax|Strict)", cookie)
    assert ("Secure" in cookie) is secure
    assert "Domain" not in cookie
    assert ("Strict-Transport-Security" in answer.headers) is base.startswith("https")


def test_every_answer_carries_the_headers(sqlite_panel: Panel) -> None:
    browser = sqlite_panel.as_("village_a")
    for path in ("/login", "/admin/", "/admin/resident/", "/admin/account/", "/nonsense", "/healthz", "/password"):
        page = browser.get(path)
        for name, value in HEADERS.items():
            assert page.headers[name] == value, f"{name} at {path}"
        assert page.headers["Cache-Control"] == "no-store"
        assert "Server" not in page.headers or "Werkzeug" not in page.headers["Server"]


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/admin/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/admin/\r\nSet-Cookie: a=b",
        "/admin\t//evil.example",
        "/%2F/evil.example",
        "http:evil.example",
        "/admin@evil.example",
        "/logout",
    ],
)
def test_next_never_leads_out_of_the_panel(sqlite_panel: Panel, target: str) -> None:
    browser = stranger(sqlite_panel)
    page = browser.get("/login", next=target)
    answer = browser.send(page, page.form("password"), {"username": "village_a", "password": PASSWORD})
    assert answer.status == 302
    assert answer.location == "/admin/" or answer.location.startswith("/admin"), answer.location
    assert not re.match(r"//|/\\|\w+:", answer.location)
    assert "Set-Cookie: a=b" not in str(answer.headers)


def test_next_leads_back_to_where_one_was(sqlite_panel: Panel) -> None:
    browser = stranger(sqlite_panel)
    sent = browser.get("/admin/resident/?status=observed")
    page = browser.get(sent.location)
    answer = browser.send(page, page.form("password"), {"username": "village_a", "password": PASSWORD})
    assert answer.location == "/admin/resident/?status=observed"


def test_the_language_can_be_chosen_before_signing_in_and_stays(sqlite_panel: Panel) -> None:
    browser = stranger(sqlite_panel)
    assert 'lang="en"' in browser.get("/login").text
    browser.get("/language/zh")
    assert 'lang="zh-CN"' in browser.get("/login").text
    enter(browser, "village_a", PASSWORD)
    assert 'lang="zh-CN"' in browser.get("/admin/menu/").text
    page = browser.open("/language/en", headers={"Referer": "http://evil.example/"})
    assert "evil" not in page.location


def test_no_password_number_or_phone_is_in_a_log(panel: Panel, caplog: pytest.LogCaptureFixture) -> None:
    from tests.admin_app.support.district import A, C
    from tests.admin_app.support.typing_in import form_for
    from tests.admin_app.support.values import FRESH, SEEN, class_of, ledger_number

    caplog.set_level(logging.DEBUG)
    browser = stranger(panel)
    enter(browser, "village_a", "a password mistyped")
    enter(browser, "village_a", PASSWORD)
    change(browser, PASSWORD, NEW)
    resident, number = class_of("resident"), ledger_number("resident")
    data = form_for(resident, A, FRESH)
    browser.forget_csrf()
    browser.post("/admin/resident/new/", data)
    browser.post("/admin/resident/new/", data)  # the same number again
    browser.post("/admin/resident/new/", {**data, "village": str(C.number(0, 1))})
    browser.post(f"/admin/resident/reveal/?id={A.number(number, SEEN)}&field=identity_number")
    browser.get("/admin/resident/", q=data["identity_number"])
    browser.get(f"/admin/resident/details/?id={C.number(number, SEEN)}")
    person = panel.get(resident, A.number(number, SEEN))
    kept = [
        record.getMessage() + str(record.exc_text or "") for record in caplog.records if "sqlalchemy" not in record.name
    ]
    secrets = ("a password mistyped", PASSWORD, NEW, data["identity_number"], data["phone"], person.identity_number)
    for secret in secrets:
        assert not [line for line in kept if str(secret) in line]
    assert not [line for line in kept if re.search(r"\b\d{17}[\dX]\b|\b1\d{10}\b", line)]


def test_the_test_itself_signs_in_as_the_form_does(panel: Panel) -> None:
    """The short cut of the other tests is the same thing: a row, and its token in the cookie."""
    sign_in(panel.engine, "auditor")
    assert is_in(Browser(panel.app, token_of("auditor")))
