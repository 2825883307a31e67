"""Bad input: a clear message at the field or a plain page, what was typed is kept, nothing half-saved, never a 500."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, inspect

from admin_app.access import RIGHTS
from models import engine as engines
from models.account import Role
from models.base import Mask, about
from models.scope import Act
from models.types import Chosen, ChosenMany
from tests.admin_app.support.both import every
from tests.admin_app.support.browsing import Browser, Page
from tests.admin_app.support.district import BY_ACTS, PASSWORD, A, C, account_id, owner_of, token_of
from tests.admin_app.support.panels import Panel, SQLiteStore, app_over
from tests.admin_app.support.typing_in import form_for
from tests.admin_app.support.values import (
    EDITED,
    FRESH,
    SEEN,
    TODAY,
    class_of,
    free_texts,
    identity_number,
    ledger_number,
)

MADE = tuple(
    ledger
    for ledger, roles in RIGHTS.items()
    if ledger not in BY_ACTS and any(Act.CREATE in rule.acts for rules in roles.values() for rule in rules)
)
RESIDENT = class_of("resident")
ANY = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


def maker(ledger: str) -> str:
    """A reader who may make records of a ledger."""
    return "district" if any(Act.CREATE in rule.acts for rule in RIGHTS[ledger].get(Role.DISTRICT, ())) else "village_a"


def errors_of(page: Page) -> dict[str, str]:
    """What a form says, by field."""
    found = re.findall(r'(?s)<p class="wrong" id="([^"]+)-error">.*?<span>(.*?)</span>', page.text)
    return {name: re.sub(r"<[^>]+>", "", words) for name, words in found}


def made(panel: Panel, ledger: str, **typed: Any) -> Page:
    """Try to make a record, with what is typed in the place of something valid."""
    cls = class_of(ledger)
    mark = owner_of(ledger)
    return panel.as_(maker(ledger)).post(f"/admin/{ledger}/new/", {**form_for(cls, mark, FRESH), **typed})


def refused_at(panel: Panel, ledger: str, field: str, value: str, **more: str) -> str:
    """Try a wrong value: it is refused at its field, kept as it was typed, and nothing is saved. Returns the words."""
    before = panel.counts()
    page = made(panel, ledger, **{field: value}, **more)
    assert page.status == 422, f"{ledger}.{field}={value!r}: {page.status}"
    words = errors_of(page)
    assert field in words, f"{ledger}.{field}={value!r} is refused elsewhere: {words}"
    assert panel.counts() == before, f"{ledger}.{field}={value!r} is half-saved"
    kept = page.form("version").data()
    wanted = form_for(class_of(ledger), owner_of(ledger), FRESH)
    for name, typed in {**wanted, **more}.items():
        if name != field and name in kept and isinstance(typed, str):
            assert kept[name][0].replace("\r\n", "\n") == typed, f"{name} is forgotten"
    return words[field]


# ---- single values ----


@pytest.mark.parametrize(
    "number",
    [
        "32108419900307123",
        "3210841990030712345",
        "321084199003071230",
        "32108419900230123X",
        "321084199013071234",
        "321084190002300011",
        identity_number("321084", TODAY + timedelta(days=1), 11),
        "ABCDEFGHIJKLMNOPQR",
        "32108419900307123Ⅹ",
        "-21084199003071234",
        "１２３",
    ],
)
def test_a_wrong_identity_number_is_refused_at_its_field(sqlite_panel: Panel, number: str) -> None:
    for ledger in ("resident", "volunteer", "passage"):
        assert refused_at(sqlite_panel, ledger, "identity_number", number)


def test_full_width_digits_and_blanks_in_numbers_are_taken_and_made_plain(panel: Panel) -> None:
    number = identity_number("321084", TODAY - timedelta(days=9000), 77)
    wide = "".join(chr(ord(c) + 0xFEE0) for c in number)
    page = made(
        panel, "resident", identity_number=f" {wide[:6]} {wide[6:]}　", phone="１３８-1234 ５６７８", name="王　建国"
    )
    assert page.status == 302, page.main[:400]
    found = panel.get(RESIDENT, int(page.location.rsplit("=", 1)[1]))
    assert (found.identity_number, found.phone, found.name) == (number, "13812345678", "王 建国")


def test_an_x_in_small_letters_is_the_same_x(panel: Panel) -> None:
    number = next(
        n for serial in range(99) if (n := identity_number("321084", TODAY - timedelta(days=9000), serial))[-1] == "X"
    )
    page = made(panel, "resident", identity_number=number.lower())
    assert panel.get(RESIDENT, int(page.location.rsplit("=", 1)[1])).identity_number == number


MASKED_PHONES = [
    (ledger, attribute.key)
    for ledger in MADE
    for attribute in inspect(class_of(ledger)).column_attrs
    if about(attribute.columns[0]).mask is Mask.PHONE
]


@pytest.mark.parametrize(("ledger", "name"), MASKED_PHONES)
def test_a_phone_that_cannot_be_called_is_refused_at_its_field(sqlite_panel: Panel, ledger: str, name: str) -> None:
    for phone in ("abc", "138123456789", "12", "1381234567x", "+", "-1", "138 1234 567"):
        assert refused_at(sqlite_panel, ledger, name, phone)


@pytest.mark.parametrize(
    "value", ["365", "3.6", "-36.5", "NaN", "Infinity", "-Infinity", "1e9", "36,5.1", "36.55", "∞", "热"]
)
@pytest.mark.parametrize("ledger", ["visit", "passage"])
def test_a_temperature_nobody_has_is_refused_at_its_field(sqlite_panel: Panel, ledger: str, value: str) -> None:
    assert refused_at(sqlite_panel, ledger, "temperature", value)


@pytest.mark.parametrize(
    ("typed", "kept"), [("36,5", "36.5"), ("３６.５", "36.5"), ("36.5℃", "36.5"), (" 37 ", "37.0")]
)
def test_a_temperature_is_read_as_people_type_it(panel: Panel, typed: str, kept: str) -> None:
    page = made(panel, "passage", temperature=typed)
    assert page.status == 302, errors_of(page)
    assert str(panel.get(class_of("passage"), int(page.location.rsplit("=", 1)[1])).temperature) == kept


PAST_DAYS = [
    ("resident", "arrived_on"), ("resident", "care_on"), ("observation", "began_on"), ("visit", "on"),
    ("inspection", "on"), ("publicity", "on"), ("donation", "received_on"), ("supervision", "on"),
    ("supply", "asked_on"), ("checkpoint", "opened_on"), ("organisation", "founded_on"),
]  # fmt: skip


@pytest.mark.parametrize(("ledger", "name"), PAST_DAYS)
def test_a_day_in_the_future_is_refused_where_the_day_must_have_been(
    sqlite_panel: Panel, ledger: str, name: str
) -> None:
    assert refused_at(sqlite_panel, ledger, name, (TODAY + timedelta(days=1)).isoformat())
    assert made(sqlite_panel, ledger, **{name: (TODAY + timedelta(days=1)).isoformat()}).status == 422


DAYS = [
    "2020-02-30",
    "0000-00-00",
    "2020-13-01",
    "99999-01-01",
    "0001-01-01",
    "9999-12-31",
    "tomorrow",
    "1月",
    "-1",
    "12",
]


@pytest.mark.parametrize("day", DAYS)
def test_a_day_that_is_none_is_refused_at_its_field(sqlite_panel: Panel, day: str) -> None:
    assert refused_at(sqlite_panel, "resident", "arrived_on", day)
    assert refused_at(sqlite_panel, "publicity", "on", day)


@pytest.mark.parametrize("day", [*DAYS, "2020-02-10T25:00", "2020-02-10T08:60", "08:00", "1581292800"])
def test_a_moment_that_is_none_is_refused_at_its_field(sqlite_panel: Panel, day: str) -> None:
    assert refused_at(sqlite_panel, "passage", "at", day)


@pytest.mark.parametrize("day", ["2020/1/29", "2020.1.29", "2020年1月29日", "２０２０-01-29", " 2020-1-29 "])
def test_a_day_is_read_as_people_type_it(sqlite_panel: Panel, day: str) -> None:
    page = made(sqlite_panel, "resident", arrived_on=day)
    assert page.status == 302, errors_of(page)
    number = int(page.location.rsplit("=", 1)[1])
    assert sqlite_panel.get(RESIDENT, number).arrived_on.isoformat() == "2020-01-29"


COUNTS = [("banquet", "tables"), ("business", "stalls"), ("business", "area"), ("enterprise", "workers"),
          ("resumption", "returned"), ("publicity", "quantity"), ("donation", "quantity"), ("supply", "cost"),
          ("passage", "people"), ("duty", "needed"), ("observation", "days")]  # fmt: skip


@pytest.mark.parametrize(("ledger", "name"), COUNTS)
def test_a_count_that_cannot_be_is_refused_at_its_field(panel: Panel, ledger: str, name: str) -> None:
    for value in ("-1", "NaN", "Infinity", "9" * 12, "9" * 400, "1e400", "0x10", "三", "--1"):
        assert refused_at(panel, ledger, name, value)


@every(MADE)
def test_nothing_and_blanks_where_something_is_needed_is_refused(panel: Panel, ledger: str) -> None:
    cls = class_of(ledger)
    before = panel.counts()
    blanks = {name: "" if isinstance(v, list) else " 　\t" for name, v in form_for(cls, A, FRESH).items()}
    for data in ({}, {name: "" for name in blanks}, blanks):
        page = panel.as_(maker(ledger)).post(f"/admin/{ledger}/new/", data)
        assert page.status == 422, f"{data and 'blanks'}: {page.status}"
        assert errors_of(page)
    assert panel.counts() == before


TEXTS = {
    "emoji": "王😀建国",
    "uyghur": "ئابدۇرېھىم مەمەت",
    "middle dot": "买买提·吐尔逊",
    "latin": "Mahmut Ali",
    "rare character": "𠮷田㐂",
    "quotes": 'O\'Brien "Bob" \\ %s {} %(x)s ${y}',
    "markup": "<b>王</b> & 'quoted' --",
    "right to left mark": "王\u202e建国",
    "combining": "e\u0301cole",
    "zero width": "a \u200b b",
    "zero width and combining": "e\u200b\u0301",
}


@pytest.mark.parametrize("name", TEXTS.values(), ids=TEXTS.keys())
def test_any_name_is_taken_shown_found_and_leaves_the_trail_whole(panel: Panel, name: str) -> None:
    from models import trail
    from models.words import line

    page = made(panel, "resident", name=name, cadre=name)
    assert page.status == 302, errors_of(page)
    number = int(page.location.rsplit("=", 1)[1])
    assert panel.get(RESIDENT, number).name == line(name)
    browser = panel.as_("district")
    shown = browser.follow(page)
    assert shown.status == 200
    assert f"/admin/resident/details/?id={number}" in browser.get("/admin/resident/", q=name).text
    for kind in ("csv", "xlsx"):
        assert browser.post(f"/admin/resident/export/{kind}/", {"reason": name}).status == 200
    browser.post(f"/admin/resident/delete/?id={number}")
    browser.post("/login", {"username": name, "password": "x"})
    with panel.session() as session:
        assert list(trail.verify(session)) == []


@pytest.mark.parametrize("name", ["王\x00建国", "\x01", "王\x7f", "a\x1bb", "\x00" * 10])
def test_characters_that_cannot_be_kept_are_refused_at_the_field(panel: Panel, name: str) -> None:
    for ledger, field in (("resident", "name"), ("resident", "phone"), ("resident", "note"), ("account", "username")):
        before = panel.counts()
        page = made(panel, ledger, **{field: name})
        assert page.status == 422, f"{field}: {page.status}"
        assert field in errors_of(page)
        assert panel.counts() == before


def test_a_line_break_in_a_line_and_in_prose(panel: Panel) -> None:
    page = made(panel, "resident", name="王\r\n建国", note="one\r\ntwo\r\n\r\nthree")
    assert page.status in (302, 422)
    if page.status == 302:
        found = panel.get(RESIDENT, int(page.location.rsplit("=", 1)[1]))
        assert (found.name, found.note) == ("王 建国", "one\ntwo\n\nthree")


@every(MADE)
def test_a_text_that_is_too_long_is_refused_at_its_field(panel: Panel, ledger: str) -> None:
    """The first that is one character too long, and one that is far too long."""
    browser_names = panel.as_(maker(ledger)).get(f"/admin/{ledger}/new/").form("version").names
    texts = free_texts(class_of(ledger))
    name, length = next((n, size) for n, size in texts.items() if n in browser_names)
    for extra in (1, 100_000):
        assert refused_at(panel, ledger, name, "长" * (length + extra))
    page = made(panel, ledger, **{name: "长" * length})
    assert page.status in (200, 302), errors_of(page)


MULTIPART = "multipart/form-data; boundary=here"


def parts(fields: list[tuple[str, str]]) -> bytes:
    """A body of several parts, as a form with files would send it."""
    lines = [f'--here\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields]
    return ("".join(lines) + "--here--\r\n").encode()


def test_ten_megabytes_are_refused_in_words(panel: Panel) -> None:
    before = panel.counts()
    browser = panel.as_("village_a")
    page = browser.post("/admin/resident/new/", {**form_for(RESIDENT, A, FRESH), "note": "x" * 12_000_000})
    assert page.status == 413
    assert "too large" in page.main
    assert panel.counts() == before
    page = browser.open("/admin/resident/new/", "POST", parts([("note", "x" * 10_000_000)]), content_type=MULTIPART)
    assert page.status == 413
    assert browser.get("/admin/resident/").status == 200


def test_ten_thousand_fields_are_refused_or_ignored(panel: Panel) -> None:
    before = panel.counts()
    browser, many = panel.as_("village_a"), [(f"field{n}", "x") for n in range(10_000)]
    assert browser.post("/admin/resident/new/", dict(many)).status in (413, 422)
    sent = parts([("csrf_token", browser.csrf), *many])
    assert browser.open("/admin/resident/new/", "POST", sent, content_type=MULTIPART).status in (413, 422)
    data = {f"grants-{n}-role": "district" for n in range(2_000)}
    assert panel.as_("district").post("/admin/account/new/", data).status in (413, 422)
    assert panel.counts() == before


@pytest.mark.parametrize("body", [b"\xff\xfe\x00", b"%00%ff%fe", b"name=%ed%a0%80", b"&&&===", b"{}", b""])
@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data", "application/json", "x/y"]
)
def test_a_body_that_is_no_form_is_refused(sqlite_panel: Panel, body: bytes, kind: str) -> None:
    before = sqlite_panel.counts()
    page = sqlite_panel.as_("village_a").open("/admin/resident/new/", "POST", body, content_type=kind)
    assert page.status in (400, 413, 422)
    assert sqlite_panel.counts() == before


CHOSEN = [
    (ledger, attribute.key)
    for ledger in MADE
    for attribute in inspect(class_of(ledger)).column_attrs
    if isinstance(attribute.columns[0].type, (Chosen, ChosenMany)) and not about(attribute.columns[0]).computed
]


def test_a_code_that_is_in_no_list_is_refused_at_its_field(sqlite_panel: Panel) -> None:
    for ledger, name in CHOSEN:
        view_offers = sqlite_panel.as_(maker(ledger)).get(f"/admin/{ledger}/new/").form("version").names
        if name in view_offers:
            for code in ("nonsense", "<script>", "0", "None"):
                page = made(sqlite_panel, ledger, **{name: code})
                assert page.status == 422, f"{ledger}.{name}={code}: {page.status}"
                assert name in errors_of(page), f"{ledger}.{name}"


def test_a_yes_or_no_that_is_neither_is_refused_at_its_field(sqlite_panel: Panel) -> None:
    for ledger, name in (("resident", "met_case"), ("resumption", "isolation_room"), ("banquet", "joint_enforcement")):
        for value in ("2", "yes", "true", "None"):
            page = made(sqlite_panel, ledger, **{name: value})
            assert page.status == 422, f"{ledger}.{name}={value}"
            assert name in errors_of(page)


def test_a_village_that_is_not_there_is_refused_at_its_field(panel: Panel) -> None:
    for village in ("5555555", "x", "-1", "9" * 30, "７０００００１x"):
        page = made(panel, "resident", village=village)
        assert page.status == 422
        assert "village" in errors_of(page)


def test_everything_wrong_is_said_at_once_and_everything_typed_is_kept(panel: Panel) -> None:
    wrong = {"identity_number": "123", "phone": "12", "arrived_on": "2030-01-01", "care_on": "no day", "category": "x"}
    page = made(panel, "resident", **wrong)
    assert page.status == 422
    assert set(errors_of(page)) >= set(wrong)
    kept = page.form("version").data()
    for name in ("identity_number", "phone", "arrived_on", "care_on"):
        assert kept[name] == [wrong[name]]
    assert kept["name"] == ["彧resident7.name"]


# ---- the token ----


@pytest.mark.parametrize("token", [None, "", "broken", "of another session"])
@pytest.mark.parametrize("path", ["new", "edit"])
def test_a_form_whose_token_does_not_fit_is_shown_again_with_what_was_typed(
    panel: Panel, path: str, token: str | None
) -> None:
    browser, number = panel.as_("village_a"), A.number(ledger_number("resident"), EDITED)
    address = "/admin/resident/new/" if path == "new" else f"/admin/resident/edit/?id={number}"
    data = form_for(RESIDENT, A, FRESH)
    if path == "edit":
        data |= {"version": str(panel.get(RESIDENT, number).version)}
    if token is not None:
        data["csrf_token"] = panel.as_("coordinator").csrf if token.startswith("of") else token
    before = panel.counts()
    page = browser.post(address, data, csrf=False)
    assert page.status == 400
    assert {**panel.counts(), "trail": 0} == {**before, "trail": 0}
    form = page.form("version")
    kept = form.data()
    assert kept["name"] == ["彧resident7.name"]
    assert kept["note"] == ["彧resident7.note"]
    assert kept["phone"] == [data["phone"]]
    # and it can be sent again as it is
    if path == "edit":
        assert browser.send(page, form).status == 302
        assert panel.get(RESIDENT, number).name == "彧resident7.name"


def test_a_refused_token_shows_nobody_what_another_may_see(panel: Panel) -> None:
    """Whoever's form was refused before: the next one sees with their own eyes."""
    from tests.admin_app.support.district import traces

    foreign = C.number(ledger_number("resident"), SEEN)
    data = {"resident": str(foreign), "kind": "home"}
    for name in ("district", "village_a", "coordinator"):
        page = panel.as_(name).post("/admin/observation/new/", data, csrf=False)
        assert page.status in (400, 403)
        if name != "district":
            assert not traces(C).search(page.text.replace(str(foreign), "")), name
    assert panel.as_("village_a").get(f"/admin/resident/details/?id={foreign}").status == 404
    assert Browser(panel.app).get("/admin/resident/").status == 302


def test_what_was_typed_without_a_token_is_not_half_done_either(panel: Panel) -> None:
    """An address that does not show its form again changes nothing and says so."""
    browser, number = panel.as_("village_a"), A.number(ledger_number("resident"), SEEN)
    before = panel.counts()
    for part in ("delete", "restore", "reveal"):
        page = browser.post(f"/admin/resident/{part}/?id={number}&field=phone", {}, csrf=False)
        assert page.status == 400
        assert "expired" in page.main
    assert panel.counts() == before


# ---- anything at all ----

LETTERS = st.text(max_size=40)
NASTY = st.one_of(
    LETTERS,
    st.sampled_from(
        ["", "\x00", "￿", "9" * 400, "-0", "1e999", "NaN", "0000-00-00", "2020-02-30", "١٢٣", "½", "Ⅳ", "²", "᠎"]
    ),
    st.integers().map(str),
    st.floats().map(str),
    st.dates().map(str),
    st.datetimes().map(str),
)


@every(MADE)
def test_whatever_is_typed_into_a_form_it_is_answered_and_all_or_nothing_is_saved(panel: Panel, ledger: str) -> None:
    cls = class_of(ledger)
    mark = owner_of(ledger)
    valid = form_for(cls, mark, FRESH)
    names = st.sampled_from(sorted(valid))
    number = mark.number(ledger_number(ledger), 1 if ledger == "village" else EDITED)

    @ANY
    @given(st.dictionaries(names, NASTY, min_size=1, max_size=6), st.booleans())
    def fuzz(typed: dict[str, str], making: bool) -> None:
        before, row = panel.counts(), panel.last_number()
        browser = panel.as_(maker(ledger))
        path = f"/admin/{ledger}/new/" if making else f"/admin/{ledger}/edit/?id={number}"
        version = "" if making else str(panel.get(cls, number).version)
        page = browser.post(path, {**valid, "version": version, **typed})
        saved = page.status == 302 or (ledger == "account" and making and page.status == 200)
        assert saved or page.status in (409, 422), f"{page.status} {typed}"
        after = panel.counts()
        if not saved:
            assert {**after, "trail": 0} == {**before, "trail": 0}, typed
            told = [d.deed for d in panel.last_deeds(row)]
            assert set(told) <= {"reveal"}, f"{told} for what was refused: {typed}"
            assert errors_of(page) or 'class="note bad"' in page.text or page.status == 409
        else:
            assert after[cls.__tablename__] == before[cls.__tablename__] + making
            shown = browser.get(f"/admin/{ledger}/")
            assert shown.status == 200

    fuzz()


@every(RIGHTS)
def test_whatever_a_list_is_asked_it_answers(panel: Panel, ledger: str) -> None:
    form = next(f for f in panel.as_("district").get(f"/admin/{ledger}/").forms if f.method == "get")
    known = sorted({*form.names, "page", "sort", "q", "size", "id", *(f"{n}.from" for n in form.names)})
    names = st.one_of(st.sampled_from(known), LETTERS)

    @settings(ANY, max_examples=8)
    @given(st.dictionaries(names, st.lists(NASTY, min_size=1, max_size=2), max_size=6))
    def fuzz(query: dict[str, list[str]]) -> None:
        assert panel.as_("district").get(f"/admin/{ledger}/", **query).status == 200

    fuzz()


@pytest.mark.parametrize("part", ["export/csv", "bin", "ajax/lookup", "details", "new"])
def test_whatever_other_addresses_are_asked_they_answer(panel: Panel, part: str) -> None:
    @settings(ANY, max_examples=15)
    @given(st.dictionaries(st.sampled_from(["id", "name", "query", "limit", "offset", "page", "q", "resident"]), NASTY))
    def fuzz(query: dict[str, str]) -> None:
        for ledger in ("resident", "visit", "duty"):
            status = panel.as_("district").get(f"/admin/{ledger}/{part}/", **query).status
            assert status in (200, 404), f"{status} {query}"

    fuzz()


@pytest.mark.parametrize("part", ["reveal", "action", "restore", "delete", "export/xlsx"])
def test_whatever_is_sent_to_what_writes_it_answers(panel: Panel, part: str) -> None:
    @settings(ANY, max_examples=15)
    @given(
        st.dictionaries(st.sampled_from(["id", "field"]), NASTY),
        st.dictionaries(st.sampled_from(["action", "rowid", "confirmed", "reason", "full", "url"]), NASTY),
    )
    def fuzz(query: dict[str, str], data: dict[str, str]) -> None:
        from urllib.parse import urlencode

        for ledger in ("resident", "supply"):
            page = panel.as_("district").post(f"/admin/{ledger}/{part}/?{urlencode(query)}", data)
            assert page.status in (200, 302, 403, 404, 422), f"{page.status} {query} {data}"

    fuzz()


# ---- a database that cannot be used ----


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits a twentieth of a second for a lock instead of eight seconds."""
    monkeypatch.setattr(engines, "BUSY_SECONDS", 0.05)


def path_of(panel: Panel) -> Path:
    assert isinstance(panel.store, SQLiteStore)
    return panel.store.path


def says_so(page: Page) -> None:
    assert page.status == 503, f"{page.path}: {page.status} {page.main[:200]}"
    assert "does not answer" in page.main
    assert "sqlite" not in page.text.lower()


@pytest.mark.usefixtures("impatient")
def test_a_locked_database_is_said_to_be(sqlite_panel: Panel) -> None:
    import sqlite3

    sqlite_panel.as_("village_a")
    with app_over(sqlite_panel.store.url) as app:
        browser = Browser(app, token_of("village_a"))
        token = browser.csrf
        holder = sqlite3.connect(path_of(sqlite_panel), isolation_level=None)
        try:
            holder.execute("BEGIN IMMEDIATE")
            data = {**form_for(RESIDENT, A, FRESH), "csrf_token": token}
            says_so(browser.post("/admin/resident/new/", data))
            assert browser.get("/admin/resident/").status == 200, "who only reads is not kept waiting by who writes"
            assert browser.get("/healthz").status == 200
            stranger = Browser(app)
            page = stranger.get("/login")
            says_so(stranger.send(page, page.form("password"), {"username": "village_a", "password": PASSWORD}))
        finally:
            holder.execute("ROLLBACK")
            holder.close()
        assert browser.post("/admin/resident/new/", data).status == 302, "it goes on once the lock is gone"


@pytest.mark.usefixtures("impatient")
def test_what_cannot_be_written_into_the_trail_is_not_shown(sqlite_panel: Panel) -> None:
    """A reveal leaves a row before it shows anything; without the row, nothing is shown."""
    import sqlite3

    number = A.number(ledger_number("resident"), SEEN)
    secret = sqlite_panel.get(RESIDENT, number).identity_number
    sqlite_panel.as_("village_a")
    with app_over(sqlite_panel.store.url) as app:
        browser = Browser(app, token_of("village_a"))
        token = browser.csrf
        holder = sqlite3.connect(path_of(sqlite_panel), isolation_level=None)
        try:
            holder.execute("BEGIN IMMEDIATE")
            for page in (
                browser.post(f"/admin/resident/reveal/?id={number}&field=identity_number", {"csrf_token": token}),
                browser.post("/admin/resident/export/csv/", {"csrf_token": token, "reason": "why", "full": "1"}),
                browser.get(f"/admin/resident/edit/?id={number}"),
            ):
                assert page.status == 503
                assert secret not in page.text
        finally:
            holder.execute("ROLLBACK")
            holder.close()


@pytest.mark.usefixtures("impatient")
def test_a_database_that_is_read_only_is_said_to_be_when_it_matters(sqlite_panel: Panel) -> None:
    sqlite_panel.as_("village_a")
    sqlite_panel.let_go()
    url = f"sqlite:///file:{path_of(sqlite_panel).as_posix()}?mode=ro&uri=true"
    with app_over(url) as app:
        browser = Browser(app, token_of("village_a"))
        assert browser.get("/admin/resident/").status == 200
        says_so(browser.post("/admin/resident/new/", form_for(RESIDENT, A, FRESH)))
        assert browser.get("/admin/account/").status == 403, "a refusal stays one though it cannot be noted"


def test_a_postgresql_that_is_read_only_is_said_to_be(panel: Panel) -> None:
    if panel.store.kind != "postgresql":
        return
    panel.as_("village_a")
    panel.let_go()
    with panel.engine.connect() as connection:
        name = connection.engine.url.database
        connection.exec_driver_sql(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
        connection.commit()
    with app_over(panel.store.url) as app:
        browser = Browser(app, token_of("village_a"))
        assert browser.get("/admin/resident/").status == 200
        says_so(browser.post("/admin/resident/new/", form_for(RESIDENT, A, FRESH)))


def test_a_database_that_is_gone_is_said_to_be_and_so_says_healthz(sqlite_panel: Panel, tmp_path: Path) -> None:
    with app_over(f"sqlite:///{tmp_path / 'nowhere' / 'panel.db'}") as app:
        gone(app)
    with app_over(f"sqlite:///{tmp_path / 'empty.db'}") as app:
        gone(app)
    (tmp_path / "nonsense.db").write_bytes(b"this is no database at all, whatever its name says" * 100)
    with app_over(f"sqlite:///{tmp_path / 'nonsense.db'}") as app:
        gone(app)


def test_a_postgresql_that_is_not_there_is_said_to_be(sqlite_panel: Panel) -> None:
    with app_over("postgresql+psycopg://nobody@127.0.0.1:1/nowhere?connect_timeout=2") as app:
        gone(app)


def gone(app: Flask) -> None:
    browser = Browser(app, token_of("village_a"))
    assert browser.get("/healthz").status == 503
    says_so(browser.get("/admin/"))
    says_so(browser.get("/admin/resident/details/?id=1"))
    stranger = Browser(app)
    page = stranger.get("/login")
    assert page.status == 200, "the form itself needs no database"
    says_so(stranger.send(page, page.form("password"), {"username": "village_a", "password": PASSWORD}))


def test_healthz_says_that_all_is_well_and_nothing_else(panel: Panel) -> None:
    page = Browser(panel.app).get("/healthz")
    assert page.status == 200
    assert "ok" in page.text
    assert "://" not in page.text


def test_a_lost_connection_is_replaced(panel: Panel) -> None:
    """The server ends every connection; the request after the next works again."""
    if panel.store.kind != "postgresql":
        return
    browser = panel.as_("village_a")
    assert browser.get("/admin/resident/").status == 200
    other = create_engine(panel.store.url)
    with other.connect() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    other.dispose()
    panel.engine.dispose()  # the test's own connections were ended with the rest
    statuses = [browser.get("/admin/resident/").status for _ in range(3)]
    assert statuses[-1] == 200
    assert set(statuses) <= {200, 503}


def test_an_account_that_is_gone_in_the_middle_is_out_without_an_error(panel: Panel) -> None:
    browser = panel.as_("village_a")
    with panel.session() as session:
        from models import session as sessions
        from models.account import Account

        sessions.remove(session, session.get_one(Account, account_id("village_a")))
        session.commit()
    assert browser.get("/admin/").status == 302
    assert browser.post("/admin/resident/new/", {"name": "x"}, csrf=False).status in (302, 400)
