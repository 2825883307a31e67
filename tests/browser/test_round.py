"""A round of twenty people, walked on a desk by keyboard and on a phone by touch, with and without a network, with a
server that is killed in the middle: nothing lost, nothing twice, nothing readable on the phone."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Dialog, Page, expect
from sqlalchemy import select

from models import register  # noqa: F401  completes the mappers
from models.account import Account, Grant, Role, SignIn
from models.alert import Alert, AlertKind
from models.engine import make_engine
from models.observation import Observation
from models.person import Sex
from models.place import Township, Village
from models.resident import Category, Resident
from models.scope import Scope
from models.session import open_session
from models.setting import Setting, SettingName
from models.trail import TrailEntry
from models.visit import Visit
from tests.support.browser import Pages
from tests.support.databases import SQLiteDatabases
from tests.support.server import PASSWORD, TODAY, answers, command, environment, free_port, until

HOW_MANY = 20
ROUND = "/admin/round/?period=am"
NETWORK = "Failed to load resource|ERR_"
PHONE = "1381234{:04d}"
TEMPERATURES = [Decimal(f"36.{n % 10}") for n in range(HOW_MANY)]


@dataclass
class Server:
    """A panel whose process a test may kill."""

    data: Path
    database_url: str
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        with (self.data / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [command(), "serve", "--workers", "1"],
                env=environment(self.data, self.database_url, PORT=str(self.port)),
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        until(lambda: answers(self.url))

    def kill(self) -> None:
        """As if the power went: no process of the server gets to say a word."""
        assert self.process is not None
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextmanager
def running(folder: Path, run_folder: Path, villages: int) -> Iterator[Server]:
    """A server over villages of twenty people each, with an account a village (keeper0, keeper1, …)."""
    server = Server(folder, SQLiteDatabases(run_folder).copy_to(folder / "taizhang.db"))
    _people(server.database_url, villages)
    server.start()
    yield server
    server.kill()


def _people(url: str, villages: int) -> None:
    engine = make_engine(url)
    with open_session(engine, Scope.everything("test")) as session:
        session.add(Setting(name=SettingName.AM_CUT_OFF, value="23:59", valid_from=date(2020, 1, 1)))
        township = Township(code="321084112", name="车逻镇")
        session.add(township)
        session.flush()
        hashed = ""
        for v in range(villages):
            village = Village(code=f"32108411200{v}", name=f"{v}村", full_name=f"{v}村", township=township)
            session.add(village)
            session.flush()
            account = Account(username=f"keeper{v}", name=f"{v}村管理员", must_change_password=False)
            if not hashed:
                account.set_password(PASSWORD)
                account.must_change_password = False
                hashed = account.password_hash
            account.password_hash = hashed
            session.add(account)
            session.flush()
            session.add(Grant(account_id=account.id, role=Role.VILLAGE, village_id=village.id))
            for n in range(HOW_MANY):
                resident = Resident(
                    village_id=village.id, name=f"受访{v}{n:02d}", phone=PHONE.format(v * 100 + n), sex=Sex.FEMALE,
                    birth_date=date(1973, 1, 1), category=Category.RETURNEE, address=f"文游路{n + 1}号",
                )  # fmt: skip
                session.add(
                    Observation(resident=resident, began_on=date(2020, 2, 9), last_exposure_on=date(2020, 2, 8))
                )
        session.commit()
    engine.dispose()


@pytest.fixture(scope="module")
def server(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("round"), run_folder, 9) as server:
        yield server


_next = iter(range(9))


@dataclass
class Walk:
    """One village's round, in one browser; counts every key and every tap."""

    page: Page
    server: Server
    village: int
    keys: int = 0
    taps: int = 0

    def open(self) -> None:
        self.page.goto(f"{self.server.url}/login?next={ROUND}")
        self.page.locator("[name=username]").fill(f"keeper{self.village}")
        self.page.locator("[name=password]").fill(PASSWORD)
        self.page.locator("[name=password]").press("Enter")
        expect(self.page.locator(".person")).to_have_count(HOW_MANY)
        until(lambda: bool(self.page.evaluate("indexedDB.databases().then(all => all.length)")))

    @property
    def here(self) -> str:
        """Whose card is open."""
        return self.page.locator(".person.open .who b").inner_text()

    def type(self, text: str) -> None:
        self.keys += len(text)
        self.page.keyboard.type(text)

    def press(self, key: str) -> None:
        self.keys += 1
        self.page.keyboard.press(key)

    def tap(self, selector: str) -> None:
        self.taps += 1
        self.page.locator(selector).locator("visible=true").first.tap()

    def on_keypad(self, digits: str) -> None:
        """The digits of the phone's own keypad, a tap each."""
        self.taps += len(digits)
        self.page.keyboard.type(digits)

    def card(self, n: int) -> Any:
        return self.page.locator(".person", has_text=f"受访{self.village}{n:02d}")

    def saved(self, n: int) -> Any:
        return self.card(n).locator("[data-state]", has_text=re.compile(r"已保存|saved"))

    def all_saved(self, how_many: int = HOW_MANY) -> None:
        chips = self.page.locator("[data-state]", has_text=re.compile(r"已保存|saved"))
        expect(chips).to_have_count(how_many, timeout=60_000)

    def visits(self) -> list[tuple[str, Decimal | None]]:
        """Who has a visit this morning, by address, and the temperature; from the database itself."""
        with looking(self.server) as session:
            rows = session.execute(
                select(Resident.name, Visit.temperature)
                .join(Visit.resident)
                .join(Village, Village.id == Visit.village_id)
                .where(Village.name == f"{self.village}村", Visit.on == date.fromisoformat(TODAY))
            )
            return sorted((name, temperature) for name, temperature in rows)

    @property
    def expected(self) -> list[tuple[str, Decimal]]:
        return [(f"受访{self.village}{n:02d}", TEMPERATURES[n]) for n in range(HOW_MANY)]


@contextmanager
def looking(server: Server) -> Iterator[Any]:
    engine = make_engine(server.database_url)
    with open_session(engine, Scope.everything("test"), writing=False) as session:
        yield session
    engine.dispose()


@pytest.fixture
def walk(server: Server, pages: Pages) -> Callable[[str], Walk]:
    village = next(_next)

    def begin(device: str) -> Walk:
        page = pages.open(device)
        pages.expect_problem(page, NETWORK)
        made = Walk(page, server, village)
        made.open()
        return made

    return begin


def typed(n: int) -> str:
    return str(TEMPERATURES[n]).replace(".", "")


def at_rest(page: Page) -> str:
    """Everything that the browser has stored for the panel, as text."""
    return str(
        page.evaluate(
            """async () => {
              const found = [];
              for (const { name } of await indexedDB.databases()) {
                const asked = indexedDB.open(name);
                const db = await new Promise((done) => { asked.onsuccess = () => done(asked.result); });
                for (const store of db.objectStoreNames) {
                  const all = db.transaction(store).objectStore(store).getAll();
                  for (const row of await new Promise((done) => { all.onsuccess = () => done(all.result); })) {
                    const plain = (value) => value instanceof ArrayBuffer || ArrayBuffer.isView(value)
                      ? new TextDecoder("latin1").decode(value) + new TextDecoder().decode(value) : String(value);
                    found.push(Object.entries(row).map(([key, value]) => key + "=" + plain(value)).join(" "));
                  }
                }
                db.close();
              }
              return JSON.stringify([found.length, found, {...localStorage}, {...sessionStorage}]);
            }"""
        )
    )


# ---- twenty people ----


def test_a_round_of_twenty_on_a_desk_by_keyboard_alone(walk: Callable[[str], Walk], capsys: Any) -> None:
    desk = walk("desk")
    began = time.monotonic()
    for n in range(HOW_MANY):
        assert desk.here == f"受访{desk.village}{n:02d}"
        desk.type(typed(n))
        desk.press("Enter")
    seconds = time.monotonic() - began
    desk.all_saved()
    assert desk.visits() == desk.expected
    assert desk.keys <= 4 * HOW_MANY
    with capsys.disabled():
        print(f"\nround of {HOW_MANY}, desk: {desk.keys} keys, 0 taps ({seconds:.1f} s at the page)")


def test_a_round_of_twenty_on_a_phone_by_touch(walk: Callable[[str], Walk], capsys: Any) -> None:
    phone = walk("phone")
    phone.tap("#temperature")
    for n in range(HOW_MANY):
        phone.on_keypad(typed(n))
        phone.tap(".entry .near")
    phone.all_saved()
    assert phone.visits() == phone.expected
    assert phone.taps <= 4 * HOW_MANY + 1
    with capsys.disabled():
        print(f"\nround of {HOW_MANY}, phone: {phone.taps} taps, {3 * HOW_MANY} of them on the keypad")


@pytest.mark.parametrize("device", ["desk", "phone"])
def test_the_network_is_cut_in_the_middle(walk: Callable[[str], Walk], device: str, capsys: Any) -> None:
    mine = walk(device)
    if device == "phone":
        mine.tap("#temperature")
    for n in range(HOW_MANY):
        if n == 7:
            mine.all_saved(7)
            mine.page.context.set_offline(True)
        if n == 14:
            waiting = mine.page.locator("[data-waiting]")
            expect(waiting).to_contain_text("7")
            until(lambda: at_rest(mine.page).startswith("[7,"))
            stored = at_rest(mine.page)
            for told in ("受访", "文游路", "36.", "temperature", "door", "2020-02-12", PHONE[:7]):
                assert told not in stored
            assert [name for name, _t in mine.visits()] == [f"受访{mine.village}{m:02d}" for m in range(7)]
            mine.page.context.set_offline(False)
        if device == "desk":
            mine.type(typed(n))
            mine.press("Enter")
        else:
            mine.on_keypad(typed(n))
            mine.tap(".entry .near")
    mine.all_saved()
    expect(mine.page.locator("[data-waiting]")).to_be_hidden()
    assert mine.visits() == mine.expected
    assert at_rest(mine.page).startswith("[0,")
    with capsys.disabled():
        print(f"\nround of {HOW_MANY}, {device}, network cut: {mine.keys} keys, {mine.taps} taps")


# ---- what happens on the way ----


def test_a_fever_shows_at_once_and_raises_an_alert(walk: Callable[[str], Walk]) -> None:
    mine = walk("desk")
    mine.type("372")
    expect(mine.page.locator("[data-fever]")).to_be_hidden()
    mine.press("Backspace")
    mine.type("3k")
    expect(mine.page.locator("[data-fever]")).to_be_visible()
    expect(mine.page.locator("[name=symptoms][value=cough]")).to_be_checked()
    mine.press("Enter")
    expect(mine.saved(0)).to_contain_text("37.3")
    expect(mine.card(0).locator("[data-alerts] .chip")).to_have_count(1)
    with looking(mine.server) as session:
        kinds = session.scalars(select(Alert.kind).join(Alert.resident).where(Resident.name == f"受访{mine.village}00"))
        assert list(kinds) == [AlertKind.FEVER]


def test_two_who_fill_the_same_round_do_not_overwrite_each_other(walk: Callable[[str], Walk]) -> None:
    one, two = walk("desk"), walk("phone")
    one.type("364")
    one.press("Enter")
    expect(one.saved(0)).to_contain_text("36.4")
    two.tap("#temperature")
    two.on_keypad("371")
    two.tap(".entry .near")
    clash = two.card(0).locator(".clash")
    expect(clash).to_contain_text("36.4")
    expect(clash).to_contain_text("37.1")
    assert one.visits() == [(f"受访{one.village}00", Decimal("36.4"))]
    clash.locator("[data-replace]").tap()
    expect(two.saved(0)).to_contain_text("37.1")
    assert one.visits() == [(f"受访{one.village}00", Decimal("37.1"))]
    # what the other saved comes with the next answer
    one.type("365")
    one.press("Enter")
    expect(one.saved(0)).to_contain_text("37.1")


def test_entries_outlive_the_page_but_not_the_sign_in(walk: Callable[[str], Walk]) -> None:
    mine = walk("desk")
    mine.page.route("**/admin/round/save/", lambda route: route.abort())
    mine.type("365")
    mine.press("Enter")
    until(lambda: at_rest(mine.page).startswith("[1,"))
    mine.page.reload()
    expect(mine.page.locator("[data-waiting]")).to_contain_text("1")
    mine.page.unroute("**/admin/round/save/")
    mine.all_saved(1)
    mine.page.route("**/admin/round/save/", lambda route: route.abort())
    mine.type("366")
    mine.press("Enter")
    until(lambda: at_rest(mine.page).startswith("[1,"))
    mine.page.on("dialog", lambda dialog: dialog.accept())
    mine.page.locator("form[action='/logout'] button").first.click()
    expect(mine.page.locator("[name=password]")).to_be_visible()
    assert mine.page.evaluate("indexedDB.databases().then(all => all.length)") == 0
    assert len(mine.visits()) == 1


def test_what_was_typed_and_not_saved_is_not_left_behind_in_silence(walk: Callable[[str], Walk]) -> None:
    mine = walk("desk")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    mine.page.on("dialog", stay)
    mine.type("365")
    mine.press("ArrowDown")  # on to the next, with nothing typed there
    with mine.page.expect_event("dialog"):
        mine.page.locator(".sidebar a").first.click()
    assert asked == ["beforeunload"]
    mine.card(0).locator(".who").click()
    expect(mine.page.locator("[name=temperature]")).to_have_value("365")
    mine.press("Enter")
    expect(mine.saved(0)).to_contain_text("36.5")
    with mine.page.expect_navigation():
        mine.page.locator(".sidebar a").first.click()
    assert asked == ["beforeunload"]


def test_when_the_sign_in_has_ended_entries_wait_for_the_next(walk: Callable[[str], Walk]) -> None:
    mine = walk("desk")
    engine = make_engine(mine.server.database_url)
    with open_session(engine, Scope.everything("test")) as session:
        account = session.scalars(select(Account).where(Account.username == f"keeper{mine.village}")).one()
        for sign_in in session.scalars(select(SignIn).where(SignIn.account_id == account.id)):
            sign_in.ended_at = sign_in.started_at
        session.commit()
    engine.dispose()
    mine.type("365")
    mine.press("Enter")
    note = mine.page.locator("[data-note=signIn]")
    expect(note).to_be_visible()
    with mine.page.context.expect_page() as opened:
        note.locator("a").click()
    window = opened.value
    window.locator("[name=username]").fill(f"keeper{mine.village}")
    window.locator("[name=password]").fill(PASSWORD)
    window.locator("[name=password]").press("Enter")
    expect(window.locator("[name=password]")).to_have_count(0)
    window.close()
    mine.page.evaluate("window.dispatchEvent(new Event('focus'))")
    mine.all_saved(1)
    expect(note).to_have_count(0)


def test_a_server_that_is_killed_in_the_middle_loses_nothing_and_doubles_nothing(
    run_folder: Path, tmp_path: Path, pages: Pages
) -> None:
    with running(tmp_path, run_folder, 1) as server:
        page = pages.open("desk")
        pages.expect_problem(page, NETWORK)
        mine = Walk(page, server, 0)
        mine.open()
        for n in range(HOW_MANY):
            mine.type(typed(n))
            mine.press("Enter")
            if n == 8:
                server.kill()  # with entries on their way
        expect(page.locator("[data-waiting]")).to_be_visible()
        server.start()
        mine.all_saved()
        assert mine.visits() == mine.expected
        with looking(server) as session:
            made = select(TrailEntry.record_id).where(TrailEntry.kind == "visit")
            assert len(list(session.scalars(made))) == HOW_MANY
