"""The trail: as a table, as ``taizhang trail verify``, and what may never be missing from it."""

import re
import sqlite3

import pytest
from sqlalchemy import create_engine, text
from typer.testing import CliRunner, Result

from admin_app import cli
from models.account import Account
from models.resident import Resident
from tests.admin_app.support.browsing import Browser
from tests.admin_app.support.district import PASSWORD, A, account_id
from tests.admin_app.support.panels import Panel
from tests.admin_app.support.typing_in import form_for
from tests.admin_app.support.values import EDITED, FRESH, SEEN, ledger_number

NUMBER = A.number(ledger_number("resident"), EDITED)


def verify(panel: Panel, monkeypatch: pytest.MonkeyPatch) -> Result:
    monkeypatch.setenv("TAIZHANG_DATABASE_URL", panel.store.url)
    monkeypatch.setattr(cli, "make_engine", lambda _url: panel.engine)  # closed with the panel
    return CliRunner().invoke(cli.app, ["trail", "verify"])


def tamper(panel: Panel, *statements: str) -> None:
    """What somebody with the database's own password may do: switch the triggers off, and write."""
    panel.let_go()
    if panel.store.kind == "sqlite":
        path = panel.store.url.removeprefix("sqlite:///")
        with sqlite3.connect(path) as connection:
            triggers = connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'trail'"
            )
            for (name,) in triggers.fetchall():
                connection.execute(f'DROP TRIGGER "{name}"')
            for statement in statements:
                connection.execute(statement)
        connection.close()
    else:
        engine = create_engine(panel.store.url)
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE trail DISABLE TRIGGER USER"))
            for statement in statements:
                connection.execute(text(statement))
        engine.dispose()


def test_a_trail_that_nobody_touched_is_intact_whatever_was_done(panel: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = panel.as_("village_a")
    browser.post("/admin/resident/new/", form_for(Resident, A, FRESH))
    browser.post(f"/admin/resident/delete/?id={NUMBER}")
    browser.post("/admin/resident/export/csv/", {"reason": "a \u200b b\r\nc\te\u0301  =1+1 \x07"})
    browser.get("/admin/account/")
    stranger = Browser(panel.app)
    page = stranger.get("/login")
    for username in ("a\nb", "x \u200b y", "e\u200b\u0301", "\u202e", "\x00", "名 字", "😀" * 60):
        stranger.send(page, page.form("password"), {"username": username, "password": "wrong"})
    result = verify(panel, monkeypatch)
    assert result.exit_code == 0, result.output
    assert "intact" in result.output


CHANGES = {
    "who": "UPDATE trail SET account_name = 'somebody else' WHERE id = 100",
    "what": "UPDATE trail SET changes = '{}' WHERE id = 100",
    "when": "UPDATE trail SET at = '2020-01-01 00:00:00' WHERE id = 100",
    "which": "UPDATE trail SET record_id = 1 WHERE id = 100",
    "where": "UPDATE trail SET village_id = NULL WHERE id = 100",
    "from where": "UPDATE trail SET address = '10.0.0.1' WHERE id = 100",
    "why": "UPDATE trail SET reason = 'a better one' WHERE id = 100",
    "deed": "UPDATE trail SET deed = 'update' WHERE id = 100",
    "a row": "DELETE FROM trail WHERE id = 100",
    "the last row": "DELETE FROM trail WHERE id = (SELECT max(id) FROM trail)",
    "a hash": "UPDATE trail SET hash = previous WHERE id = 100",
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_was_altered_or_taken_out_is_found_and_named(
    panel: Panel, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    tamper(panel, CHANGES[what])
    result = verify(panel, monkeypatch)
    assert result.exit_code == 1, f"{what} was changed and nobody noticed"
    assert re.search(r"chain \d+: row \d+", result.output + result.stderr)


def test_a_row_put_in_between_is_found(panel: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    copied = (
        "chain, at, account_id, account_name, address, village_id, ledger, kind, record_id, record_label, deed, "
        "changes, reason, previous, hash"
    )
    tamper(
        panel,
        f"INSERT INTO trail (id, seq, {copied}) SELECT 999999, 999999, {copied} FROM trail WHERE id = 100",
    )
    assert verify(panel, monkeypatch).exit_code == 1


@pytest.mark.parametrize(
    "statement", ["UPDATE trail SET reason = 'x' WHERE id = 100", "DELETE FROM trail WHERE id = 100"]
)
def test_the_table_itself_takes_no_change(panel: Panel, statement: str) -> None:
    with pytest.raises(Exception, match=r"(?i)trail|append"), panel.engine.begin() as connection:
        connection.exec_driver_sql(statement)


def test_the_trail_has_no_form(panel: Panel) -> None:
    for name in ("district", "auditor"):
        browser = panel.as_(name)
        for path in ("new/", "edit/?id=1", "delete/?id=1"):
            assert browser.get(f"/admin/trail/{path}").status in (403, 404)
            assert browser.post(f"/admin/trail/{path}", {"reason": "x"}).status in (403, 404)


def test_every_deed_is_one_row_that_says_who_when_from_where_and_which(panel: Panel) -> None:
    panel.rule_out(NUMBER)
    browser, row = panel.as_("village_a"), panel.last_number()
    page = browser.get(f"/admin/resident/edit/?id={NUMBER}")
    browser.send(page, page.form("version"), {"address": "East Lane 1"})
    browser.post(f"/admin/resident/reveal/?id={NUMBER}&field=phone")
    browser.post("/admin/resident/export/csv/", {"reason": "for the meeting"})
    browser.post(f"/admin/resident/delete/?id={NUMBER}")
    browser.post(f"/admin/resident/restore/?id={NUMBER}")
    browser.get("/admin/account/")
    deeds = panel.last_deeds(row)
    assert [d.deed for d in deeds] == ["reveal", "update", "reveal", "export", "delete", "restore", "refused"]
    assert {(d.account_id, d.account_name, d.address) for d in deeds} == {
        (account_id("village_a"), "village_a account", "127.0.0.1")
    }
    assert [d.record_id for d in deeds if d.deed not in ("export", "refused")] == [NUMBER] * 5
    assert deeds[1].changes == {"address": ["彧resident2.address", "East Lane 1"]}
    assert deeds[3].reason == "for the meeting"
    assert "/admin/account/" in deeds[6].record_label


def test_a_change_and_its_row_stand_or_fall_together(panel: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    from models import trail

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the trail cannot be written")

    browser = panel.as_("village_a")
    page = browser.get(f"/admin/resident/edit/?id={NUMBER}")
    monkeypatch.setattr(trail, "append", broken)
    answer = browser.client.post(
        page.path, data={**page.form("version").data(), "address": "East Lane 1"}, buffered=True
    )
    assert answer.status_code == 500
    assert panel.get(Resident, NUMBER).address == "彧resident2.address"


def test_nothing_secret_is_in_the_trail(panel: Panel) -> None:
    browser = panel.as_("district")
    page = browser.get(f"/admin/account/reset/?id={account_id('village_a')}")
    browser.send(page, page.form())
    stranger = Browser(panel.app)
    page = stranger.get("/login")
    stranger.send(page, page.form("password"), {"username": "village_a", "password": PASSWORD})
    hashed = panel.get(Account, account_id("village_a")).password_hash
    for deed in panel.last_deeds():
        assert hashed not in str(deed)
        assert PASSWORD not in str(deed)
        assert "$argon2" not in str(deed)


def test_the_table_reads_in_words_and_masks_what_is_masked(panel: Panel) -> None:
    browser = panel.as_("auditor")
    page = browser.get("/admin/trail/", q="彧resident1")
    assert "created" in page.main
    assert "Residents' files" in page.main
    assert "village_id" not in page.main
    number = int(re.findall(r"/admin/trail/details/\?id=(\d+)", page.text)[-1])
    details = browser.get(f"/admin/trail/details/?id={number}")
    person = panel.get(Resident, A.number(ledger_number("resident"), SEEN))
    assert person.identity_number not in details.text
    assert person.phone not in details.text
    assert "Identity number" in details.main
    assert "identity_number" not in details.main


def test_an_auditor_may_take_the_trail_out_and_that_is_in_it_too(panel: Panel) -> None:
    browser, row = panel.as_("auditor"), panel.last_number()
    page = browser.post("/admin/trail/export/csv/", {"reason": "yearly audit"})
    assert page.status == 200
    assert page.text.count("\n") > 300
    assert [(d.deed, d.reason) for d in panel.last_deeds(row)] == [("export", "yearly audit")]
    person = panel.get(Resident, A.number(ledger_number("resident"), SEEN))
    assert person.identity_number not in page.text
