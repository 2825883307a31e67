"""Every ledger, the same way: list, order, filters, search, make, mend, delete, restore, many at once, take out.

Generated from the register and from what each view declares; a new ledger is tested the day it is declared.
"""

import csv
import io
import re
import zipfile
from html import unescape
from typing import Any

import pytest
from sqlalchemy import Boolean, inspect, select

from admin_app.access import RIGHTS
from admin_app.i18n import day
from admin_app.ledgers.base import views
from admin_app.ledgers.fields import references, typed_names
from models.account import Role
from models.base import Mask, about
from models.masks import masked
from models.scope import Act
from models.types import Chosen
from tests.admin_app.support.both import every
from tests.admin_app.support.browsing import Browser, Form, Page
from tests.admin_app.support.district import BY_ACTS, A, owner_of, token
from tests.admin_app.support.panels import Panel
from tests.admin_app.support.problems import Problems
from tests.admin_app.support.typing_in import form_for
from tests.admin_app.support.values import (
    BINNED,
    EDITED,
    FRESH,
    REMOVED,
    SEEN,
    TICKED,
    Mark,
    class_of,
    free_texts,
    ledger_number,
    typed,
)

LEDGERS = tuple(RIGHTS)
MADE = tuple(
    ledger
    for ledger, roles in RIGHTS.items()
    if ledger not in BY_ACTS and any(Act.CREATE in rule.acts for rules in roles.values() for rule in rules)
)
DELETED = tuple(
    ledger for ledger in LEDGERS if any(Act.DELETE in r.acts for r in RIGHTS[ledger].get(Role.DISTRICT, ()))
)


def keeper(ledger: str) -> str:
    """Who keeps a ledger: may make its records, and mend every column."""
    for name, role in (("district", Role.DISTRICT), ("village_a", Role.VILLAGE)):
        if any(Act.CREATE in rule.acts for rule in RIGHTS[ledger].get(role, ())):
            return name
    return "district"


def mark_of(ledger: str) -> Mark:
    return owner_of(ledger)


def number_of(ledger: str, n: int) -> int:
    return mark_of(ledger).number(ledger_number(ledger), 1 if ledger == "village" else n)


def view_of(panel: Panel, ledger: str) -> Any:
    with panel.app.test_request_context():
        return views()[ledger]


def ids(page: Page, ledger: str) -> list[int]:
    """The numbers of the records of a list, in its order."""
    return list(dict.fromkeys(int(n) for n in re.findall(rf"/admin/{ledger}/details/\?id=(\d+)", page.text)))


def search_form(page: Page) -> Form:
    return next(form for form in page.forms if form.method == "get")


def timeline(page: Page) -> list[str]:
    """The entries of a details page's timeline in words, newest first."""
    found = re.search(r'(?s)<ol class="timeline">.*</ol>', page.text)
    inside = re.findall(r"(?s)<li\b.*?</li>", found.group()) if found else []
    return [re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", one))).strip() for one in inside]


# ---- the list ----


@pytest.mark.parametrize("ledger", LEDGERS)
def test_a_list_has_its_columns_its_records_and_their_names(sqlite_panel: Panel, ledger: str) -> None:
    page = sqlite_panel.as_("district").get(f"/admin/{ledger}/?size=100")
    view, cls = view_of(sqlite_panel, ledger), class_of(ledger)
    headings = [unescape(h) for h in re.findall(r'(?s)<th scope="col"[^>]*>(?:<a[^>]*>)?([^<]*)', page.text)]
    known = references(cls)
    for name in view.columns:
        column = known[name][0] if name in known else name
        assert about(inspect(cls).column_attrs[column].columns[0]).label in headings
    if ledger != "trail":
        assert number_of(ledger, SEEN) in ids(page, ledger)
        assert number_of(ledger, BINNED) not in ids(page, ledger) or ledger == "village"


@every(LEDGERS)
def test_a_list_is_in_the_order_that_was_asked_for(panel: Panel, ledger: str) -> None:
    """Up and down are each other's reverse, and the values of a column rise or fall."""
    browser, cls, problems = panel.as_("district"), class_of(ledger), Problems()
    page = browser.get(f"/admin/{ledger}/")
    orders = sorted({m for href, _ in page.links for m in re.findall(rf"^/admin/{ledger}/\?sort=-?([\w.]+)$", href)})
    assert orders
    for name in orders:
        with problems:
            up, down = (browser.get(f"/admin/{ledger}/", sort=sort, size=100) for sort in (name, f"-{name}"))
            first, last = ids(up, ledger), ids(down, ledger)
            if len(first) < 100:
                assert first == last[::-1], name
            assert 'aria-sort="ascending"' in up.text
            assert 'aria-sort="descending"' in down.text
            if name in inspect(cls).column_attrs and type(inspect(cls).columns[name].type).__name__ in (
                "Date",
                "Instant",
            ):
                with panel.session() as session:
                    values = [getattr(session.get(cls, n), name) for n in first]
                kept = [value for value in values if value is not None]
                assert kept == sorted(kept), name
    problems.tell()


@every(LEDGERS)
def test_a_filter_leaves_what_it_says(panel: Panel, ledger: str) -> None:
    """Whatever a filter offers, the list then holds those records and no others, and says what it is narrowed by."""
    browser, cls, view, problems = panel.as_("district"), class_of(ledger), view_of(panel, ledger), Problems()
    form = search_form(browser.get(f"/admin/{ledger}/"))
    tried = 0
    for name in view.filters:
        for value, label in form.options(name):
            if not value or tried > 30:
                continue
            tried += 1
            with problems:
                page = browser.get(f"/admin/{ledger}/", **{name: value, "size": 100})
                column = references(cls)[name][0] if name in references(cls) else name
                attribute = getattr(cls, column)
                wanted: Any = int(value) if name in references(cls) else value
                if isinstance(attribute.type, Boolean):
                    wanted = value == "1"
                with panel.session() as session:
                    expected = set(session.scalars(select(cls.id).where(attribute == wanted)))
                if len(expected) <= 100:
                    assert set(ids(page, ledger)) == expected, f"{name}={value}"
                assert re.search(rf'class="filter on"[^>]*>[^<]*{re.escape(label)}', unescape(page.text)), (
                    f"{name}={value}"
                )
    problems.tell()
    assert tried or not [n for n in view.filters if n not in references(cls)] or ledger in ("organisation",)


DAY_FILTERS = [("resident", "arrived_on"), ("visit", "on"), ("passage", "at"), ("duty", "starts_at"), ("trail", "at")]


@pytest.mark.parametrize(("ledger", "name"), DAY_FILTERS)
def test_a_span_of_days_holds_both_its_ends(panel: Panel, ledger: str, name: str) -> None:
    browser, number = panel.as_("district"), number_of(ledger, SEEN)
    if ledger == "trail":
        number = panel.last_number()
    cls = class_of(ledger)
    with panel.session() as session:
        value = getattr(session.get(cls, number), name)
    from models.clock import local_day

    on = local_day(value) if hasattr(value, "hour") else value
    form = search_form(browser.get(f"/admin/{ledger}/"))
    first, last = (next(n for n in form.names if n.startswith(name) and n.endswith(end)) for end in ("from", "to"))
    for start, end, there in ((on, on, True), (on, "", True), ("", on, True), (on.replace(year=2100), "", False)):
        page = browser.get(f"/admin/{ledger}/", **{first: start, last: end, "size": 100, "sort": "-id"})
        assert (number in ids(page, ledger)) is there, f"{start} to {end}"


@every([ledger for ledger in LEDGERS if ledger not in ("trail",)])
def test_the_search_of_a_ledger_finds_by_what_it_says_it_does(panel: Panel, ledger: str) -> None:
    """Through the list's own search box: words of every column it is declared to search, and of what it points at."""
    browser, cls, view = panel.as_("district"), class_of(ledger), view_of(panel, ledger)
    page = browser.get(f"/admin/{ledger}/")
    box = next(f.name for f in search_form(page).fields if f.kind == "search")
    number, known = number_of(ledger, EDITED), references(cls)
    if ledger == "village":
        number = A.number(0, 1)
    sought = [str(number)] if ledger not in ("resident", "volunteer") else []
    for name in view.search:
        if name in known:
            target = known[name][1]
            sought.append(token(target.__ledger__, A, SEEN if target.__ledger__ == "village" else EDITED).rstrip("."))
        else:
            with panel.session() as session:
                sought.append(str(getattr(session.get(cls, number), name)))
    for words in sought:
        found = ids(browser.send(page, search_form(page), {box: words}), ledger)
        assert number in found, f"{words!r} does not find it"
        assert len(found) < (4 if ledger == "village" else 12), f"{words!r} finds everything"
    nothing = browser.send(page, search_form(page), {box: "nobody-is-called-that"})
    assert ids(nothing, ledger) == []
    assert "Nothing fits" in nothing.main


def test_searching_keeps_the_filters_and_filtering_keeps_the_words(sqlite_panel: Panel) -> None:
    browser = sqlite_panel.as_("district")
    page = browser.get("/admin/resident/", status="pending", sort="name")
    box = next(f.name for f in search_form(page).fields if f.kind == "search")
    page = browser.send(page, search_form(page), {box: "resident"})
    assert "status=pending" in page.path
    assert "sort=name" in page.path
    off = next(href for href, label in page.links if "To be verified" in label and "status" not in href)
    assert "resident" in off


@pytest.mark.parametrize("ledger", LEDGERS)
def test_a_list_without_records_says_what_to_do(sqlite_panel: Panel, ledger: str) -> None:
    page = sqlite_panel.as_("district").get(f"/admin/{ledger}/", q="nobody-is-called-that")
    assert 'class="empty"' in page.text


# ---- make, mend ----


@every(MADE)
def test_a_record_is_made_as_a_person_makes_it(panel: Panel, ledger: str) -> None:
    """Open the form, fill it in, save; what was typed is on the page that follows, and at the head of its timeline."""
    browser, cls = panel.as_(keeper(ledger)), class_of(ledger)
    page = browser.get(f"/admin/{ledger}/new/")
    assert page.status == 200
    values = form_for(cls, mark_of(ledger), FRESH)
    form = page.form("version")
    offered = {name: value for name, value in values.items() if name in form.names or f"{name}-q" in form.names}
    answer = browser.send(page, form, offered)
    if ledger == "account":
        assert answer.status == 200
        with panel.session() as session:
            number = session.scalars(select(cls.id).where(cls.username == values["username"])).one()
    else:
        assert answer.status == 302, answer.main[:600]
        number = int(answer.location.rsplit("=", 1)[1])
    shown = browser.get(f"/admin/{ledger}/details/?id={number}")
    assert "Saved" in shown.main or ledger == "account"
    for name, value in offered.items():
        column = inspect(cls).column_attrs.get(name)
        if column is None or not isinstance(value, str) or not value:
            continue
        mask = about(column.columns[0]).mask
        if mask is not None:
            assert masked(value, mask) in shown.text, name
            assert value not in shown.text, f"{name} is shown in full"
        elif type(column.columns[0].type).__name__ in ("Line", "Prose", "Code", "Key"):
            assert value in unescape(shown.text), name
        elif isinstance(column.columns[0].type, Chosen):
            assert column.columns[0].type.choices(value).label in shown.main, name
    assert timeline(shown)[0].startswith("created")
    assert f"{browser_name(panel, keeper(ledger))}" in timeline(shown)[0]


def browser_name(panel: Panel, name: str) -> str:
    return f"{name} account"


@every([ledger for ledger in LEDGERS if ledger not in ("trail", *BY_ACTS)])
def test_a_record_is_mended_and_its_timeline_tells_before_and_after_in_words(panel: Panel, ledger: str) -> None:
    name = keeper(ledger)
    browser, cls, number = panel.as_(name), class_of(ledger), number_of(ledger, EDITED)
    before = panel.get(cls, number)
    page = browser.get(f"/admin/{ledger}/edit/?id={number}")
    form = page.form("version")
    text = next(name for name in free_texts(cls) if name in form.names)
    answer = browser.send(page, form, {text: "mended"})
    assert answer.status == 302, answer.main[:500]
    after = panel.get(cls, number)
    assert (getattr(after, text), after.version) == ("mended", before.version + 1)
    assert after.updated_by == browser_name(panel, name)
    newest = timeline(browser.get(f"/admin/{ledger}/details/?id={number}"))[0]
    label = about(inspect(cls).columns[text]).label
    assert newest.startswith("changed")
    assert label in newest
    assert str(getattr(before, text)) in newest
    assert "mended" in newest
    assert text not in newest.replace(str(getattr(before, text)), "").replace(label, "").split()


def test_a_timeline_names_choices_yes_and_no_days_and_records_not_codes(panel: Panel) -> None:
    browser, number = panel.as_("village_a"), number_of("resident", EDITED)
    page = browser.get(f"/admin/resident/edit/?id={number}")
    typed_in = {"category": "recovered", "met_case": "0", "arrived_on": "2020-01-29", "phone": "13812345678"}
    assert browser.send(page, page.form("version"), typed_in).status == 302
    newest = timeline(browser.get(f"/admin/resident/details/?id={number}"))[0]
    for words in ("Category Returnee", "Recovered, left hospital", "Yes", "No", "29 Jan", "138****5678"):
        assert words in newest, words
    for code in ("returnee", "recovered", "met_case", "True", "2020-01-29", "13812345678"):
        assert code not in newest, code

    number = number_of("assignment", EDITED)
    browser = panel.as_("coordinator")
    page = browser.get(f"/admin/assignment/edit/?id={number}")
    volunteer = A.number(ledger_number("volunteer"), REMOVED)
    assert browser.send(page, page.form("version"), {"volunteer": str(volunteer), "volunteer-q": ""}).status == 302
    newest = timeline(browser.get(f"/admin/assignment/details/?id={number}"))[0]
    assert "彧volunteer2.name" in newest
    assert "彧volunteer3.name" in newest
    assert str(volunteer) not in newest


def test_an_observation_opened_from_a_file_is_that_persons(panel: Panel) -> None:
    browser = panel.as_("village_a")
    details = browser.get(f"/admin/resident/details/?id={number_of('resident', TICKED)}")
    link = next(href for href, label in details.links if "observation" in href and "new" in href)
    page = browser.get(link)
    answer = browser.send(page, page.form("version"), {"began_on": "2020-02-11", "days": "14"})
    assert answer.status == 302, answer.main[:400]
    made = panel.get(class_of("observation"), int(answer.location.rsplit("=", 1)[1]))
    assert (made.resident_id, made.village_id) == (number_of("resident", TICKED), A.number(0, 1))


def test_a_reference_is_looked_up_and_chosen_without_a_script(panel: Panel) -> None:
    """Type words, press find, choose, save: the whole form stays as it was typed meanwhile."""
    browser = panel.as_("village_a")
    page = browser.get("/admin/visit/new/")
    filled = {"observation-q": "彧resident1", "period": "pm", "temperature": "36.8", "contacts": "nobody"}
    found = browser.send(page, page.form("version"), filled, press="observation")
    assert found.status == 200
    form = found.form("version")
    assert form.data()["temperature"] == ["36.8"]
    assert form.data()["contacts"] == ["nobody"]
    choices = [f.value for f in form.fields if f.name == "observation" and f.kind == "radio"]
    assert str(number_of("observation", SEEN)) in choices
    before = panel.counts()["visit"]
    answer = browser.send(found, form, {"observation": str(number_of("observation", SEEN))})
    assert answer.status == 302, answer.main[:400]
    assert panel.counts()["visit"] == before + 1


def test_words_typed_for_a_reference_without_choosing_save_nothing_and_offer_what_was_found(panel: Panel) -> None:
    browser = panel.as_("village_a")
    data = {**form_for(class_of("visit"), A, FRESH), "observation": "", "observation-q": "彧resident"}
    before = panel.counts()
    page = browser.post("/admin/visit/new/", data)
    assert page.status == 422
    assert "Choose one" in page.main
    assert panel.counts() == before
    assert [f for f in page.form("version").fields if f.name == "observation" and f.kind == "radio"]


# ---- delete, restore ----


@every([ledger for ledger in DELETED if ledger != "village"])
def test_what_is_deleted_is_in_the_bin_with_who_did_it_and_comes_back_whole(panel: Panel, ledger: str) -> None:
    browser, cls, number = panel.as_("district"), class_of(ledger), number_of(ledger, REMOVED)
    before = panel.get(cls, number)
    listed = browser.get(f"/admin/{ledger}/", size=100)
    assert number in ids(listed, ledger)
    asked = browser.get(f"/admin/{ledger}/delete/?id={number}")
    with panel.session() as session:
        assert str(session.get(cls, number)) in unescape(asked.text), "the page does not say what is deleted"
    assert panel.get(cls, number) is not None
    done = browser.send(asked, asked.form())
    assert done.status == 302
    assert "Deleted" in browser.follow(done).main
    assert number not in ids(browser.get(f"/admin/{ledger}/", size=100), ledger)
    gone = panel.get(cls, number, deleted=True)
    assert (gone.deleted_by, gone.deleted_at is not None) == ("district account", True)
    bin_page = browser.get(f"/admin/{ledger}/bin/")
    assert "district account" in bin_page.main
    button = next(action for form in bin_page.forms for _n, _v, action in form.buttons if f"id={number}" in action)
    assert browser.post(button).status == 302
    back = panel.get(cls, number)
    for attribute in inspect(cls).column_attrs:
        if attribute.key not in ("version", "updated_at", "updated_by"):
            assert getattr(back, attribute.key) == getattr(before, attribute.key), attribute.key
    told = timeline(browser.get(f"/admin/{ledger}/details/?id={number}"))
    assert told[0].startswith("restored")
    assert next(one for one in told if not one.startswith("restored")).startswith("deleted")  # events come back along


def test_what_has_taken_the_place_of_a_deleted_record_is_said_when_it_comes_back(panel: Panel) -> None:
    """Delete a file, enter the same person anew: the old one cannot come back beside it, and says why."""
    browser, number = panel.as_("village_a"), number_of("resident", REMOVED)
    identity = panel.get(class_of("resident"), number).identity_number
    browser.post(f"/admin/resident/delete/?id={number}")
    made = browser.post(
        "/admin/resident/new/", {**form_for(class_of("resident"), A, FRESH), "identity_number": identity}
    )
    assert made.status == 302, made.main[:400]
    answer = browser.post(f"/admin/resident/restore/?id={number}")
    assert answer.status == 302
    assert any("taken its place" in words for words in browser.messages())
    assert panel.get(class_of("resident"), number) is None


# ---- many at once ----


@every([ledger for ledger in DELETED if ledger != "village"])
def test_many_are_done_at_once_after_a_page_that_names_them(panel: Panel, ledger: str) -> None:
    browser, cls = panel.as_("district"), class_of(ledger)
    page = browser.get(f"/admin/{ledger}/", size=100)
    ticks = next(form for form in page.forms if "rowid" in form.names)
    actions = list(dict.fromkeys(value for name, value, _ in ticks.buttons if name == "action"))
    assert "remove" in actions
    numbers = [number_of(ledger, n) for n in (REMOVED, TICKED)]
    for action in actions:
        row = panel.last_number()
        asked = browser.send(page, ticks, {"rowid": [str(n) for n in numbers], "url": ""}, press=action)
        assert asked.status == 200, action
        assert panel.last_number() == row, "asking is not doing"
        with panel.session() as session:
            for number in numbers:
                assert str(session.get(cls, number)) in unescape(asked.text), f"{action} does not name what it touches"
        done = browser.send(asked, asked.form())
        if action == "hand_over":  # asks to whom and why, too
            assert (done.status, panel.last_number()) == (422, row)
            continue
        assert done.status == 302
        said = " ".join(browser.messages())
        deeds = {(d.record_id, d.deed) for d in panel.last_deeds(row)}
        if action == "remove":
            assert {(n, "delete") for n in numbers} <= deeds
            assert [panel.get(cls, n) for n in numbers] == [None, None]
        elif said.startswith("Done"):
            _set, column, code = action.split(":")
            assert {typed(getattr(panel.get(cls, n), column)) for n in numbers} == {code}
        else:  # a rule stands against it: then nothing is done, and it is said
            assert said, action
            assert not deeds, f"{action} did half: {deeds}"


def test_ticking_nothing_and_ticking_too_many_do_nothing_and_say_so(panel: Panel) -> None:
    browser = panel.as_("village_a")
    for rows in ([], [str(n) for n in range(1, 2000)], ["x"]):
        before = panel.counts()
        assert (
            browser.post("/admin/resident/action/", {"action": "remove", "rowid": rows, "confirmed": "1"}).status == 302
        )
        assert browser.messages()
        assert panel.counts() == before


# ---- take out ----


def table(page: Page) -> list[list[str]]:
    """The cells of an exported file, CSV or xlsx."""
    if page.body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(page.body)) as book:
            sheet = book.read("xl/worksheets/sheet1.xml").decode()
            shared = book.read("xl/sharedStrings.xml").decode() if "xl/sharedStrings.xml" in book.namelist() else ""
        strings = [
            unescape("".join(re.findall(r"<t[^>]*>([^<]*)</t>", one)))
            for one in re.findall(r"(?s)<si>.*?</si>", shared)
        ]
        rows = []
        for row in re.findall(r"(?s)<row\b.*?</row>", sheet):
            cells = []
            for attributes, inside in re.findall(r"(?s)<c\b([^>]*?)(?:/>|>(.*?)</c>)", row):
                text = "".join(re.findall(r"<(?:t|v)[^>]*>([^<]*)</(?:t|v)>", inside))
                cells.append(strings[int(text)] if 't="s"' in attributes and text else unescape(text))
            rows.append(cells)
        assert "<f>" not in sheet, "a formula is alive in the file"
        return rows
    return list(csv.reader(io.StringIO(page.body.decode("utf-8-sig"))))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@every(LEDGERS)
def test_a_list_is_taken_out_whole_masked_and_signed(panel: Panel, ledger: str, kind: str) -> None:
    if kind == "xlsx" and panel.store.kind == "postgresql":
        return
    browser, cls = panel.as_("district"), class_of(ledger)
    path = f"/admin/{ledger}/export/{kind}/"
    unsaid = browser.post(path, {"reason": "  "})
    assert unsaid.status == 422, "a list is handed out without a reason"
    assert "Say why" in unsaid.main
    row = panel.last_number()
    page = browser.post(path, {"reason": "for the meeting"})
    assert page.status == 200
    assert "attachment" in page.headers["Content-Disposition"]
    if kind == "csv":
        assert page.body.startswith(b"\xef\xbb\xbf"), "Excel needs the byte order mark"
    rows = [r for r in table(page) if r]
    view, known = view_of(panel, ledger), references(cls)
    for name in (n for section in view.sections for n in section.names):
        column = known[name][0] if name in known else name
        if column in inspect(cls).column_attrs:
            assert about(inspect(cls).column_attrs[column].columns[0]).label in rows[0], name
    assert "for the meeting" in rows[-1][0]
    assert "district account" in rows[-1][0]
    with panel.session() as session:
        kept = session.scalars(select(cls)).all()
    if ledger == "trail":
        return
    assert len(rows) - 2 == len(kept)
    deeds = panel.last_deeds(row)
    assert [(d.deed, d.ledger, d.reason, d.record_label) for d in deeds] == [
        ("export", ledger, "for the meeting", str(len(kept)))
    ]
    said = " ".join(cell for r in rows for cell in r)
    for record in kept:
        for attribute in inspect(cls).column_attrs:
            value, mask = getattr(record, attribute.key), about(attribute.columns[0]).mask
            if mask is not None and value:
                assert value not in said, f"{attribute.key} is in full in the file"
                assert masked(value, mask) in said
    assert not re.search(r"\b20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\+", said), "an instant is not as people write it"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_numbers_are_in_full_when_that_is_asked_for_and_the_trail_says_so(sqlite_panel: Panel, kind: str) -> None:
    row = sqlite_panel.last_number()
    page = sqlite_panel.as_("village_a").post(f"/admin/resident/export/{kind}/", {"reason": "why", "full": "1"})
    said = " ".join(cell for r in table(page) for cell in r)
    person = sqlite_panel.get(class_of("resident"), number_of("resident", SEEN))
    assert person.identity_number in said
    assert person.phone in said
    (deed,) = sqlite_panel.last_deeds(row)
    assert "full" in deed.reason
    assert deed.village_id == A.number(0, 1)


AS_TYPED = (
    'says "no", twice', "one, two", "two\nlines", "100% %s %d", "半角 ,\uff0c全角", "\U0001f637",
    "ئابدۇلئەھەد·ئا", "{}", "\\x1f",
)  # fmt: skip


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_was_typed_comes_out_as_it_is_kept(panel: Panel, kind: str) -> None:
    with panel.session() as session:
        people = list(session.scalars(select(class_of("resident")).limit(len(AS_TYPED))))
        for person, typed in zip(people, AS_TYPED, strict=False):
            person.note = person.health = typed
        session.commit()
        kept = {text for person in people for text in (person.note, person.health)}
    page = panel.as_("district").post(f"/admin/resident/export/{kind}/", {"reason": "why"})
    rows = table(page)
    assert {cell for row in rows for cell in row} >= kept
    if kind == "csv":
        assert {len(row) for row in rows[:-2]} == {len(rows[0])}


FORMULAS = ("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", '=HYPERLINK("http://evil")', "=cmd|' /C calc'!A0")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("ledger", [ledger for ledger in LEDGERS if ledger != "trail"])
def test_no_formula_is_alive_in_a_file(sqlite_panel: Panel, ledger: str, kind: str) -> None:
    cls = class_of(ledger)
    with sqlite_panel.session() as session:
        records = session.scalars(select(cls).limit(len(FORMULAS))).all()
        for record, formula in zip(records, FORMULAS, strict=False):
            for name, length in free_texts(cls).items():
                setattr(record, name, formula[:length])
        session.commit()
    page = sqlite_panel.as_("district").post(f"/admin/{ledger}/export/{kind}/", {"reason": "=1+1", "full": "1"})
    assert page.status == 200
    for row in table(page):
        for cell in row:
            assert not re.match(r"[=+\-@\t\r]", cell) or re.fullmatch(r"-?\d+(\.\d+)?", cell), cell


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_signature_is_no_formula_either_whoever_signs(sqlite_panel: Panel, language: str) -> None:
    from models.account import Account
    from tests.admin_app.support.district import account_id

    with sqlite_panel.session() as session:
        session.get_one(Account, account_id("village_a")).name = '=HYPERLINK("http://evil")'
        session.commit()
    browser = sqlite_panel.as_("village_a")
    browser.get(f"/language/{language}")
    for kind in ("csv", "xlsx"):
        rows = [r for r in table(browser.post(f"/admin/resident/export/{kind}/", {"reason": "=1+1"})) if r]
        assert not re.match(r"[=+\-@\t\r]", rows[-1][0]), rows[-1][0]
    browser.get("/language/en")


def test_what_the_list_is_narrowed_by_narrows_the_file(panel: Panel) -> None:
    with panel.session() as session:
        session.get_one(class_of("resident"), number_of("resident", SEEN)).status = "lost"
        session.commit()
    browser = panel.as_("village_a")
    listed = browser.get("/admin/resident/", status="lost")
    link = next(href for href, _label in listed.links if "/export/csv/" in href)
    asked = browser.get(link)
    assert "1 record" in asked.main
    rows = [r for r in table(browser.send(asked, asked.form("reason"), {"reason": "why"})) if r]
    assert len(rows) == 3


# ---- forms, whoever opens them ----


@every([ledger for ledger in LEDGERS if ledger != "trail"])
def test_opening_a_form_with_masked_numbers_leaves_a_row(panel: Panel, ledger: str) -> None:
    cls, number, name = class_of(ledger), number_of(ledger, SEEN), keeper(ledger)
    row = panel.last_number()
    page = panel.as_(name).get(f"/admin/{ledger}/edit/?id={number}")
    shown = [
        a.key
        for a in inspect(cls).column_attrs
        if about(a.columns[0]).mask and (getattr(panel.get(cls, number), a.key) or "¤") in page.text
    ]
    deeds = [d.deed for d in panel.last_deeds(row)]
    assert deeds == (["reveal"] if shown else [])


@every(LEDGERS)
def test_a_masked_value_is_shown_only_when_asked_for_and_that_leaves_a_row(panel: Panel, ledger: str) -> None:
    cls, number = class_of(ledger), number_of(ledger, SEEN)
    names = [a.key for a in inspect(cls).column_attrs if about(a.columns[0]).mask is not None]
    if not names:
        return
    browser = panel.as_("district")
    record = panel.get(cls, number)
    page = browser.get(f"/admin/{ledger}/details/?id={number}")
    for name in names:
        value, mask = getattr(record, name), about(inspect(cls).columns[name]).mask
        assert value not in page.text
        assert masked(value, mask) in page.text
        assert value not in browser.get(f"/admin/{ledger}/").text
        row = panel.last_number()
        form = next(f for f in page.forms if f"field={name}" in f.action)
        shown = browser.send(page, form)
        assert value in shown.text
        (deed,) = panel.last_deeds(row)
        assert (deed.deed, deed.record_id, deed.account_name) == ("reveal", number, "district account")
        assert value not in str(deed)
        others = [getattr(record, n) for n in names if n != name]
        assert not [other for other in others if other in shown.text], "more is shown than was asked for"
    assert "revealed" in timeline(browser.get(f"/admin/{ledger}/details/?id={number}"))[0]


def test_masks_are_as_people_know_them() -> None:
    assert masked("321084199003071234", Mask.IDENTITY) == "321084********1234"
    assert masked("13812345678", Mask.PHONE) == "138****5678"


# ---- what every page has ----


@pytest.mark.parametrize("name", ["district", "village_a", "coordinator", "auditor", "township", "ungranted"])
def test_the_menu_offers_what_the_role_may_open_and_nothing_else(sqlite_panel: Panel, name: str) -> None:
    from tests.admin_app.support.district import READERS

    page = sqlite_panel.as_(name).get("/admin/menu/")
    offered = {m for href, _ in page.links for m in re.findall(r"^/admin/(\w+)/$", href) if m in LEDGERS}
    assert offered == {ledger for ledger in LEDGERS if READERS[name].opens(ledger)}
    for ledger in offered:
        assert sqlite_panel.as_(name).get(f"/admin/{ledger}/").status == 200


@pytest.mark.parametrize("ledger", LEDGERS)
def test_no_button_leads_to_a_refusal(sqlite_panel: Panel, ledger: str) -> None:
    """Every link of a list and of a details page opens for whom it is drawn."""
    from tests.admin_app.support.district import READERS

    problems = Problems()
    for name in ("district", "village_a", "coordinator", "auditor"):
        if not READERS[name].opens(ledger):
            continue
        browser = sqlite_panel.as_(name)
        pages = [browser.get(f"/admin/{ledger}/")]
        numbers = ids(pages[0], ledger)
        pages += [browser.get(f"/admin/{ledger}/details/?id={n}") for n in numbers[:1]]
        links = {re.sub(r"id=\d+", lambda m: m.group(), href) for page in pages for href, _ in page.links}
        wanted = {href for href in links if href.startswith("/admin/") and not re.search(r"sort=|page=", href)}
        menu = {href for href, _ in browser.get("/admin/menu/").links}
        for href in sorted(wanted - menu)[:25]:
            with problems:
                assert browser.get(href).status == 200, f"{name} is offered {href}"
    problems.tell()


@pytest.mark.parametrize("ledger", LEDGERS)
def test_every_page_has_one_heading_a_title_and_a_language(sqlite_panel: Panel, ledger: str) -> None:
    browser: Browser = sqlite_panel.as_("district")
    number = number_of(ledger, SEEN) if ledger != "trail" else sqlite_panel.last_number()
    paths = [f"/admin/{ledger}/", f"/admin/{ledger}/details/?id={number}", f"/admin/{ledger}/export/csv/"]
    if ledger in MADE and keeper(ledger) == "district":
        paths += [f"/admin/{ledger}/new/", f"/admin/{ledger}/edit/?id={number}", f"/admin/{ledger}/bin/"]
    for path in paths:
        page = browser.get(path)
        tags = [tag for tag, _ in page.tags]
        assert tags.count("h1") == 1, path
        assert dict(page.tags)["html"]["lang"] == "en"
        assert re.search(r"<title>\s*\S", page.text), path
        labelled = {given.get("for") for tag, given in page.tags if tag == "label"}
        for tag, given in page.tags:
            if tag in ("select", "textarea") and given.get("id"):
                assert given["id"] in labelled or "aria-label" in given, f"{given['id']} has no label at {path}"


def test_days_are_as_people_write_them(sqlite_panel: Panel) -> None:
    import datetime

    with sqlite_panel.app.test_request_context():
        assert day(datetime.date(2020, 1, 29)) == "1月29日 周三"


def test_every_typed_column_of_every_ledger_is_somewhere(sqlite_panel: Panel) -> None:
    for ledger in LEDGERS:
        view, cls = view_of(sqlite_panel, ledger), class_of(ledger)
        named = {name for section in view.sections for name in section.names}
        if ledger in MADE:
            assert set(typed_names(cls)) <= named | set(view.derived), ledger
