"""The paths by which plain Flask-Admin 2.2.1 leaks or loses what it should keep, each closed.

The numbers are those of the table in the report on it ("Row-level scope: every path"); a village admin of one village
goes for the records of another.
"""

import json
import re
from html import unescape
from typing import Any, Final

import pytest
from flask import Flask, abort
from sqlalchemy import event, inspect

from admin_app.access import RIGHTS
from admin_app.ledgers.base import views
from admin_app.ledgers.fields import references, typed_names
from models.scope import Act
from tests.admin_app.support.addresses import filled, part_of, taking
from tests.admin_app.support.both import every
from tests.admin_app.support.browsing import Browser, Page
from tests.admin_app.support.district import BY_ACTS, DISTRICT, PASSWORD, A, B, C, owner_of, traces
from tests.admin_app.support.panels import Panel, app_over
from tests.admin_app.support.problems import Problems
from tests.admin_app.support.typing_in import form_for
from tests.admin_app.support.values import (
    BINNED,
    EDITED,
    FRESH,
    REMOVED,
    SEEN,
    TICKED,
    class_of,
    free_texts,
    ledger_number,
    typed,
)

LEDGERS = tuple(RIGHTS)
RESIDENT = class_of("resident")


def resident(mark: Any, n: int = SEEN) -> int:
    return mark.number(ledger_number("resident"), n)


def foreign_is_closed(page: Page, mark: Any = C, *echoes: object) -> Page:
    """Nothing of another village is in an answer."""
    body = page.text
    for echo in echoes:
        body = body.replace(str(echo), "")
    found = traces(mark).search(body)
    assert not found, f"{found and found.group()} at {page.path}"
    return page


@pytest.fixture
def browser(panel: Panel) -> Browser:
    return panel.as_("village_a")


# ---- the table of row-level leaks, by its numbers ----


def test_01_the_list_its_search_and_its_order_stay_in_the_village(browser: Browser) -> None:
    for query in ("", "?q=翀", f"?q={resident(C)}", "?sort=name", "?sort=-village", "?q=173", "?q=440106"):
        foreign_is_closed(browser.get(f"/admin/resident/{query}"), C, "翀", resident(C), "173", "440106")


def test_02_the_count_counts_the_village(browser: Browser) -> None:
    assert "4 records" in browser.get("/admin/resident/").main
    page = browser.get("/admin/resident/?q=翀")
    assert re.search(r"\b0 records|Nothing fits", page.main)


@pytest.mark.parametrize("query", ["", "&modal=True", "&url=/admin/"])
def test_03_04_details_and_their_modal_are_not_there(browser: Browser, query: str) -> None:
    assert foreign_is_closed(browser.get(f"/admin/resident/details/?id={resident(C)}{query}")).status == 404
    assert browser.get(f"/admin/resident/details/?id={resident(A)}{query}").status == 200


@pytest.mark.parametrize("query", ["", "&modal=True"])
def test_05_the_edit_form_is_not_there(browser: Browser, query: str) -> None:
    assert foreign_is_closed(browser.get(f"/admin/resident/edit/?id={resident(C)}{query}")).status == 404


def test_06_another_villages_record_cannot_be_taken_over(panel: Panel, browser: Browser) -> None:
    data = {**form_for(RESIDENT, A, FRESH), "version": "1"}
    assert foreign_is_closed(browser.post(f"/admin/resident/edit/?id={resident(C)}", data)).status == 404
    assert panel.get(RESIDENT, resident(C)).name == "翀resident1.name"


def test_07_nothing_is_made_in_or_moved_to_another_village(panel: Panel, browser: Browser) -> None:
    before = panel.counts()
    data = {**form_for(RESIDENT, A, FRESH), "village": str(C.number(0, 1))}
    assert foreign_is_closed(browser.post("/admin/resident/new/", data), C, C.number(0, 1)).status == 422
    assert panel.counts() == before
    page = browser.get(f"/admin/resident/edit/?id={resident(A, EDITED)}")
    browser.send(page, page.form("version"), {"village": str(C.number(0, 1)), "village_id": str(C.number(0, 1))})
    assert panel.get(RESIDENT, resident(A, EDITED)).village_id == A.number(0, 1)


def test_08_another_villages_record_is_not_deleted(panel: Panel, browser: Browser) -> None:
    assert browser.post(f"/admin/resident/delete/?id={resident(C, REMOVED)}", {"confirmed": "1"}).status == 404
    assert panel.get(RESIDENT, resident(C, REMOVED)) is not None


@pytest.mark.parametrize("action", ["remove", "delete"])
def test_09_10_actions_reach_the_villages_own_only(panel: Panel, browser: Browser, action: str) -> None:
    data = {"action": action, "rowid": [str(resident(C, TICKED)), str(resident(B, TICKED))], "confirmed": "1"}
    assert foreign_is_closed(browser.post("/admin/resident/action/", data), C, resident(C, TICKED)).status in (403, 404)
    assert panel.get(RESIDENT, resident(C, TICKED)) is not None
    assert panel.get(RESIDENT, resident(B, TICKED)) is not None


def test_10_an_action_on_a_million_numbers_is_not_tried(panel: Panel, browser: Browser) -> None:
    data = {"action": "remove", "rowid": [str(n) for n in range(1, 20_000)], "confirmed": "1"}
    assert browser.post("/admin/resident/action/", data).status == 302
    assert panel.get(RESIDENT, resident(A)) is not None


@pytest.mark.parametrize("ledger", LEDGERS)
def test_11_12_13_editing_inside_the_list_is_closed_to_everybody(sqlite_panel: Panel, ledger: str) -> None:
    number = A.number(ledger_number(ledger), EDITED)
    for name in ("village_a", "district", "coordinator"):
        data = {"list_form_pk": str(number), "name": "other", "village": str(C.number(0, 1)), "status": "x"}
        assert sqlite_panel.as_(name).post(f"/admin/{ledger}/ajax/update/", data).status == 403


def test_14_the_choices_of_a_form_are_the_accounts_own(browser: Browser) -> None:
    page = browser.get("/admin/resident/new/")
    options = [value for value, _label in page.form("version").options("village") if value]
    assert options == [str(A.number(0, 1))]
    foreign_is_closed(page)


def test_15_lookups_find_the_villages_own_and_a_handful_at_most(panel: Panel, browser: Browser) -> None:
    with panel.session() as session:
        for n in range(30):
            session.add(RESIDENT(village_id=A.number(0, 1), name=f"李{n}", category="returnee"))
        session.commit()
    for query in ("", "&query=翀", "&limit=-1", "&limit=100000&offset=-3", "&limit=x", "&offset=99999999999999999999"):
        page = browser.get(f"/admin/observation/ajax/lookup/?name=resident{query}")
        assert len(json.loads(page.text)) <= 20, query
        foreign_is_closed(page, C)
    # who may write nothing in a ledger has nothing to look up for it
    assert panel.as_("auditor").get("/admin/observation/ajax/lookup/?name=resident").status == 403


def test_16_17_18_a_reference_posted_by_hand_is_neither_taken_nor_read_nor_lost(panel: Panel, browser: Browser) -> None:
    cls, number = class_of("banquet"), A.number(ledger_number("banquet"), EDITED)
    before = panel.get(cls, number).business_id
    assert before is not None
    page = browser.get(f"/admin/banquet/edit/?id={number}")
    for posted in (C.number(ledger_number("business"), SEEN), 5_555_555, "abc", "-1", "9" * 40):
        answer = browser.send(page, page.form("version"), {"business": str(posted), "business-q": ""})
        assert answer.status == 422, f"{posted}: {answer.status}"
        foreign_is_closed(answer, C, posted)
        assert panel.get(cls, number).business_id == before, f"{posted} cut the banquet from its restaurant"


def test_18_a_reference_that_cannot_be_seen_stays_when_the_rest_is_edited(panel: Panel) -> None:
    """A duty's checkpoint is closed to the coordinator, a banquet's restaurant may be in the recycle bin."""
    duty, number = class_of("duty"), A.number(ledger_number("duty"), EDITED)
    before = panel.get(duty, number).checkpoint_id
    browser = panel.as_("coordinator")
    page = browser.get(f"/admin/duty/edit/?id={number}")
    assert browser.send(page, page.form("version"), {"title": "another title"}).status == 302
    assert (panel.get(duty, number).title, panel.get(duty, number).checkpoint_id) == ("another title", before)

    banquet, number = class_of("banquet"), A.number(ledger_number("banquet"), BINNED)
    browser = panel.as_("village_a")
    assert browser.post(f"/admin/banquet/restore/?id={number}").status == 302
    page = browser.get(f"/admin/banquet/edit/?id={number}")
    assert browser.send(page, page.form("version"), {"occasion": "wedding"}).status == 302
    kept = panel.get(banquet, number)
    assert (kept.occasion, kept.business_id) == ("wedding", A.number(ledger_number("business"), BINNED))


@pytest.mark.parametrize("ledger", LEDGERS)
def test_19_20_21_22_no_form_reaches_into_other_records(sqlite_panel: Panel, ledger: str) -> None:
    """Neither lists of children nor forms within forms: a form sets its own columns and no others."""
    with sqlite_panel.app.test_request_context():
        view = views()[ledger]
        fields = {unbound.args[0] if unbound.args else name for name, unbound in _fields(view._create_form_class)}
        names = {name for name, _unbound in _fields(view._create_form_class)}
    relations = {r.key for r in inspect(class_of(ledger)).relationships if r.direction.name != "MANYTOONE"}
    assert fields
    assert not names & relations
    assert not getattr(view, "inline_models", None)


def _fields(form: type[Any]) -> list[tuple[str, Any]]:
    return [(name, getattr(form, name)) for name in dir(form) if hasattr(getattr(form, name), "field_class")]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_23_an_export_holds_the_village_and_what_the_role_may_see(panel: Panel, kind: str) -> None:
    from tests.admin_app.test_access_matrix import unzipped

    def taken(name: str, ledger: str) -> Page:
        page = panel.as_(name).post(f"/admin/{ledger}/export/{kind}/", {"reason": "why", "full": "1"})
        assert page.status == 200
        if kind == "xlsx":
            page.body = unzipped(page.body)
        return page

    foreign_is_closed(taken("village_a", "visit"))
    supplies = taken("coordinator", "supply")
    for seen in ("goods", "name", "address"):
        assert f"彧supply1.{seen}" in supplies.text
    for unseen in ("courier", "note"):
        assert f"supply1.{unseen}" not in supplies.text
    assert "2020-01-03" not in supplies.text


def test_24_the_filters_offer_the_accounts_own_villages_and_never_stale_ones(panel: Panel, browser: Browser) -> None:
    def offered(one: Browser) -> set[str]:
        form = next(f for f in one.get("/admin/resident/").forms if f.method == "get")
        return {value for value, _label in form.options("village") if value}

    assert offered(panel.as_("district")) == {str(m.number(0, 1)) for m in (A, B, C, DISTRICT)}
    assert offered(browser) == {str(A.number(0, 1))}
    with panel.session() as session:
        session.get_one(class_of("village"), B.number(0, 1)).name = "renamed"
        session.commit()
    assert "renamed" in panel.as_("district").get("/admin/resident/").text


def test_25_a_search_through_a_reference_says_nothing_of_another_village(browser: Browser) -> None:
    for ledger in ("visit", "observation", "assignment", "inspection", "passage"):
        for word in ("翀resident1", "1731", "chongresident", "翀business1"):
            with_word = browser.get(f"/admin/{ledger}/?q={word}")
            without = browser.get(f"/admin/{ledger}/?q=nobody-is-called-that")
            assert with_word.main.replace(word, "") == without.main.replace("nobody-is-called-that", "")


def test_26_what_hangs_on_a_record_is_shown_within_the_scope(panel: Panel) -> None:
    """A volunteer of one village who serves in another: each village sees its own side."""
    volunteer = A.number(ledger_number("volunteer"), TICKED)
    page = panel.as_("village_a").get(f"/admin/volunteer/details/?id={volunteer}")
    assert page.status == 200
    foreign_is_closed(page)


def test_27_an_identity_number_known_elsewhere_is_said_to_be_and_nothing_more(panel: Panel, browser: Browser) -> None:
    taken = panel.get(RESIDENT, resident(C)).identity_number
    page = browser.post("/admin/resident/new/", {**form_for(RESIDENT, A, FRESH), "identity_number": taken})
    assert page.status == 422
    assert "in another village" in page.main
    foreign_is_closed(page, C, taken)


def test_28_what_a_constraint_refuses_is_said_without_sql(panel: Panel, browser: Browser) -> None:
    number = panel.get(RESIDENT, resident(A)).identity_number
    page = browser.post("/admin/resident/new/", {**form_for(RESIDENT, A, FRESH), "identity_number": number})
    assert page.status == 422
    no_sql(page)


def no_sql(page: Page) -> None:
    for word in (
        "SELECT",
        "INSERT INTO",
        "UPDATE ",
        "sqlalche",
        "psycopg",
        "sqlite3",
        "Traceback",
        "[parameters",
        "[SQL",
    ):
        assert word not in page.text, f"{word} at {page.path}"


def test_29_numbers_that_belong_to_others_and_to_nobody_are_answered_alike(panel: Panel, browser: Browser) -> None:
    def answer(number: int) -> tuple[int, str]:
        page = browser.get(f"/admin/resident/details/?id={number}")
        return page.status, page.text

    assert answer(resident(C)) == answer(5_555_555) == answer(resident(A, BINNED))


def test_30_the_first_page_and_the_menu_ask_who_is_there(sqlite_panel: Panel) -> None:
    for path in ("/admin/", "/admin/menu/"):
        page = Browser(sqlite_panel.app).get(path)
        assert (page.status, page.location.split("?")[0]) == (302, "/login")


# ---- scale and odd addresses (2.1) ----


@every(LEDGERS)
def test_odd_pages_numbers_and_sizes_are_answered(panel: Panel, ledger: str) -> None:
    browser, problems = panel.as_("district"), Problems()
    queries = [
        "page=-1&page_size=100000&size=100000&sort=nonsense",
        "page=1000000000000&size=-1&sort=password_hash&desc=1",
        f"page={'9' * 30}&size=x&sort=--id",
        "page=１&sort=village.name&search=%25&q=%25",
        "page=1e3&sort=id;drop&search=%00&q=%00&size=",
        *(f"q={word}&search={word}" for word in ("%27", "%22", "%5C", "(", "%2A", "NEAR", '"a" OR', "%F0%9F%98%80")),
        "flt1_0=x&flt0_99=1&village=9999999999999999999999&village=x",
        "status=nonsense&kind=nonsense&on.from=0000-00-00&on_from=x&on.to=2020-02-30&temperature_from=nan",
    ]
    for query in queries:
        with problems:
            page = browser.get(f"/admin/{ledger}/?{query}")
            assert page.status == 200, f"{query}: {page.status}"
            no_sql(page)
    problems.tell()


@pytest.mark.parametrize("part", ["details", "edit", "delete"])
@every(LEDGERS)
def test_odd_numbers_of_records_are_not_there(panel: Panel, ledger: str, part: str) -> None:
    browser = panel.as_("district")
    if part != "details" and ledger == "trail":
        return
    odd = ["-1", str(2**63), "x"]
    if ledger == "resident":
        odd += ["", "0", "1.5", "9" * 19, "9" * 40, "%00", "１", "1,2", "1%20OR%201=1"]
    for number in odd:
        page = browser.get(f"/admin/{ledger}/{part}/?id={number}")
        assert page.status == 404, f"{number}: {page.status}"


def test_a_search_for_a_wildcard_finds_what_has_one(panel: Panel, browser: Browser) -> None:
    assert "/admin/business/details/" not in browser.get("/admin/business/", q="%").text
    assert "/admin/business/details/" not in browser.get("/admin/business/", q="_________").text
    with panel.session() as session:
        session.get_one(class_of("business"), A.number(ledger_number("business"), SEEN)).name = "50% off_shop"
        session.commit()
    for word in ("%", "50%", "f_s"):
        page = browser.get("/admin/business/", q=word)
        assert page.text.count("50% off_shop") >= 1, word
        assert "彧business2.name" not in page.text


def test_the_size_of_a_page_is_one_of_those_offered(panel: Panel, browser: Browser) -> None:
    with panel.session() as session:
        for n in range(130):
            session.add(RESIDENT(village_id=A.number(0, 1), name=f"李{n}", category="returnee"))
        session.commit()
    for asked, rows in (("", 20), ("1000", 20), ("50", 50), ("100", 100), ("-1", 20)):
        page = browser.get("/admin/resident/", size=asked)
        assert len(set(re.findall(r"/resident/details/\?id=(\d+)", page.text))) == rows, asked


def test_the_last_page_is_the_end_of_the_list_and_past_it_there_is_no_other(panel: Panel, browser: Browser) -> None:
    with panel.session() as session:
        for n in range(45):
            session.add(RESIDENT(village_id=A.number(0, 1), name=f"李{n}", category="returnee"))
        session.commit()

    def rows(page: int | str) -> list[str]:
        found = re.findall(r"/resident/details/\?id=(\d+)", browser.get("/admin/resident/", page=page).text)
        return list(dict.fromkeys(found))

    pages = [rows(n) for n in (1, 2, 3)]
    assert [len(p) for p in pages] == [20, 20, 9]
    assert len({number for page in pages for number in page}) == 49
    assert rows(10**12) == rows(4) == pages[2]
    assert rows(-1) == rows("x") == pages[0]


# ---- no N+1: a list costs the same whatever it holds ----


@pytest.mark.parametrize("ledger", LEDGERS)
def test_a_list_asks_the_database_a_fixed_number_of_questions(sqlite_panel: Panel, ledger: str) -> None:
    browser, asked = sqlite_panel.as_("district"), Statements(sqlite_panel.app)
    with asked:
        browser.get(f"/admin/{ledger}/?size=100")
    assert len(asked.seen) <= 16, "\n".join(asked.seen)
    if ledger in ("village", "trail", "organisation", "account"):
        return
    with asked:
        browser.get(f"/admin/{ledger}/?size=100&village={A.number(0, 1)}")
    narrow = len(asked.seen)
    with asked:
        browser.get(f"/admin/{ledger}/?size=100")
    assert len(asked.seen) <= narrow + 2, "three villages cost more questions than one:\n" + "\n".join(asked.seen)


class Statements:
    """The statements that the application sends."""

    def __init__(self, app: Flask):
        from admin_app import database

        self.seen: list[str] = []
        with app.app_context():
            self._engine = database.db.engine

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            self.seen.append(" ".join(statement.split())[:160])

    def __enter__(self) -> None:
        self.seen.clear()
        event.listen(self._engine, "before_cursor_execute", self._note)

    def __exit__(self, *_: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._note)


# ---- general (2.2) ----


# pages that keep what was typed when a token is refused, about something that is not there
ABOUT_NOTHING: Final = ("/admin/summary/made/<number>/edit/", "/admin/summary/daily/return/")


def test_every_address_that_writes_asks_for_a_token(sqlite_panel: Panel) -> None:
    """Without one, with a broken one and with another session's, nothing happens."""
    problems, other = Problems(), sqlite_panel.as_("coordinator").csrf
    browser = sqlite_panel.as_("district")
    before, row = sqlite_panel.counts(), sqlite_panel.last_number()
    for rule in taking(sqlite_panel.app, "POST"):
        found = part_of(rule.rule)
        number = number_of(found[0]) if found else 1
        for token in (None, "", "broken", other):
            with problems:
                data = {"action": "remove", "rowid": str(number), "confirmed": "1", "reason": "why", "name": "x"}
                sent = {**data, **({} if token is None else {"csrf_token": token})}
                page = browser.post(filled(rule) + f"?id={number}&field=phone", sent, csrf=False)
                # 403: a form that is closed to the district admin anyway; 404: one that no ledger of acts has
                formless = found is not None and found[0] in BY_ACTS and found[1] in ("new/", "edit/")
                allowed = (403, 404) if formless else (400, 403, 404) if rule.rule in ABOUT_NOTHING else (400, 403)
                assert page.status in allowed, f"{rule.rule} with {token!r}: {page.status}"
    assert {**sqlite_panel.counts(), "trail": 0} == {**before, "trail": 0}
    assert {deed.deed for deed in sqlite_panel.last_deeds(row)} <= {"refused"}
    assert browser.get("/admin/menu/").status == 200, "a refused sign-out signs nobody out"
    problems.tell()


def number_of(ledger: str) -> int:
    """The number of a record that the district admin could delete."""
    if ledger == "trail":
        return 1
    mark = owner_of(ledger)
    return mark.number(ledger_number(ledger), 1 if ledger == "village" else REMOVED)


def test_nothing_that_only_reads_takes_what_would_write(sqlite_panel: Panel) -> None:
    """No address changes anything by being looked at."""
    browser = sqlite_panel.as_("district")
    browser.get("/admin/menu/")
    before = sqlite_panel.counts()
    number = A.number(ledger_number("resident"), REMOVED)
    for rule in taking(sqlite_panel.app, "GET"):
        if not rule.rule.startswith("/admin/static"):
            browser.get(filled(rule) + f"?id={number}&action=remove&rowid={number}&confirmed=1&reason=why&name=x")
    assert {**sqlite_panel.counts(), "trail": 0} == {**before, "trail": 0}


def test_a_defect_is_not_hidden_behind_another(sqlite_panel: Panel) -> None:
    """Flask-Admin retries on TypeError with another signature; what is shown and logged here is the defect itself."""

    def broken(self: Any) -> None:
        raise TypeError("the real one")

    with sqlite_panel.app.test_request_context(), pytest.raises(TypeError, match="the real one"):
        views()["resident"]._run_view(broken)


@pytest.mark.parametrize("ledger", LEDGERS)
def test_no_form_loses_a_column(sqlite_panel: Panel, ledger: str) -> None:
    """Every column that people type is in the form; every computed one is on the details page or nowhere."""
    if ledger in BY_ACTS or not any(Act.CREATE in rule.acts for rules in RIGHTS[ledger].values() for rule in rules):
        return
    cls = class_of(ledger)
    with sqlite_panel.app.test_request_context():
        view = views()[ledger]
        offered = {name for name, _unbound in _fields(view._create_form_class)}
    files = {"file_name"} if ledger == "paper" else set()  # what is kept beside the record
    assert offered - {"version", "csrf_token"} == (set(typed_names(cls)) | files) - set(view.derived)
    shown = {name for section in view.sections for name in section.names}
    assert set(typed_names(cls)) - set(view.derived) <= shown
    # and what a form offers in fact
    if all(rule.edits is None for rule in RIGHTS[ledger][_district()]):
        mark = owner_of(ledger)
        number = mark.number(ledger_number(ledger), SEEN)
        form = sqlite_panel.as_("district").get(f"/admin/{ledger}/edit/?id={number}").form("version")
        names = {name.removesuffix("-q") for name in form.names}
        assert not set(typed_names(cls)) - set(view.derived) - {"village"} - names


def _district() -> Any:
    from models.account import Role

    return Role.DISTRICT


@every(LEDGERS)
def test_every_value_survives_a_form(panel: Panel, ledger: str) -> None:
    """What is typed into each field is what is stored, numbers with their places included: no Float is lost."""
    roles = RIGHTS[ledger]
    if ledger in BY_ACTS or not any(Act.CREATE in rule.acts for rules in roles.values() for rule in rules):
        return
    name = "district" if any(Act.CREATE in r.acts for r in roles.get(_district(), ())) else "village_a"
    cls = class_of(ledger)
    mark = owner_of(ledger)
    wanted = form_for(cls, mark, FRESH)
    page = panel.as_(name).post(f"/admin/{ledger}/new/", wanted)
    assert page.status in (200, 302), page.main[:500]
    with panel.session() as session:
        found = session.query(cls).order_by(cls.created_at.desc(), cls.id.desc()).first()
        assert found is not None
        later = views_of(panel)[ledger].later
        for key in typed_names(cls):
            column = references(cls)[key][0] if key in references(cls) else key
            if key not in later:
                assert typed(getattr(found, column)) == wanted[key], f"{ledger}.{key}"


def views_of(panel: Panel) -> Any:
    with panel.app.test_request_context():
        return views()


def test_readonly_or_missing_fields_of_a_form_are_not_how_a_right_is_kept(panel: Panel) -> None:
    """A field that a role may not set is not drawn read-only: it is not there, and posting it does nothing."""
    number = A.number(ledger_number("supply"), EDITED)
    page = panel.as_("coordinator").get(f"/admin/supply/edit/?id={number}")
    assert "goods" not in page.form("version").names
    before = panel.get(class_of("supply"), number).goods
    answer = panel.as_("coordinator").send(page, page.form("version"), {"goods": "别的"})
    assert answer.status == 302
    assert panel.get(class_of("supply"), number).goods == before


@pytest.mark.parametrize("ledger", LEDGERS)
def test_what_people_type_is_never_markup(sqlite_panel: Panel, ledger: str) -> None:
    """A script typed into every field comes back as text, in every page that shows the record."""
    nasty = "<script>alert(1)</script><img src=x onerror=alert(1)>'\"&{{7*7}}"
    cls = class_of(ledger)
    mark = owner_of(ledger)
    number = mark.number(ledger_number(ledger), 1 if ledger == "village" else SEEN)
    if ledger != "trail":
        with sqlite_panel.session() as session:
            record = session.get_one(cls, number)
            for name, length in free_texts(cls).items():
                setattr(record, name, nasty[:length])
            session.commit()
    browser = sqlite_panel.as_("district")
    paths = [f"/admin/{ledger}/", f"/admin/{ledger}/?q={'<script>alert(1)</script>'}"]
    if ledger != "trail":
        paths.append(f"/admin/{ledger}/details/?id={number}")
        paths += [f"/admin/{ledger}/edit/?id={number}"] if ledger not in BY_ACTS else []
        paths += [f"/admin/{ledger}/delete/?id={number}"] if ledger not in (*BY_ACTS, "dailyreport") else []
    for path in paths:
        page = browser.get(path)
        assert page.status == 200, path
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
        assert "49" not in unescape(page.text) or "{{7*7}}" not in nasty[:40]
        only_own_scripts(page)


def only_own_scripts(page: Page) -> None:
    """No inline script, style or handler; every script, style and picture is this panel's own."""
    for tag, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on")], (
            f"<{tag}> handles events inline at {page.path}"
        )
        assert "style" not in attributes, f"<{tag}> is styled inline at {page.path}"
        assert tag != "style", f"a style sheet is inline at {page.path}"
        if tag == "script":
            data = attributes.get("type") == "application/json"  # which no browser runs
            assert data or attributes.get("src", "").startswith("/static/"), f"an inline script at {page.path}"
        for name in ("src", "href", "action", "formaction", "data-url"):
            target = attributes.get(name, "")
            assert not re.match(r"(?i)\s*(javascript:|data:|https?:|//)", target), f"{target} at {page.path}"


def test_no_page_holds_anything_inline_and_every_answer_says_what_it_may_load(sqlite_panel: Panel) -> None:
    problems = Problems()
    for name in ("district", "village_a", "coordinator", "auditor", "ungranted"):
        browser = sqlite_panel.as_(name)
        for rule in taking(sqlite_panel.app, "GET"):
            ledger = rule.rule.split("/")[2] if rule.rule.count("/") > 2 else ""
            number = owner_of(ledger).number(ledger_number(ledger) if ledger in RIGHTS else 0, 1)
            if name != "district" and ledger in RIGHTS and ledger not in ("resident", "supply", "trail", "account"):
                continue
            with problems:
                page = browser.get(filled(rule) + f"?id={number}&name=resident")
                policy = page.headers["Content-Security-Policy"]
                assert "unsafe" not in policy, rule.rule
                assert "default-src 'self'" in policy
                assert page.headers["X-Content-Type-Options"] == "nosniff"
                if page.headers.get("Content-Type", "").startswith("text/html"):
                    only_own_scripts(page)
    problems.tell()


def test_no_list_has_a_link_that_deletes_by_being_followed(sqlite_panel: Panel) -> None:
    """Plain Flask-Admin deletes at once when its inline confirmation cannot run."""
    browser = sqlite_panel.as_("district")
    page = browser.get(f"/admin/resident/delete/?id={resident(A, REMOVED)}")
    assert page.status == 200
    assert "彧resident3.name" in page.main
    assert sqlite_panel.get(RESIDENT, resident(A, REMOVED)) is not None


def test_a_redirect_never_leads_away(sqlite_panel: Panel) -> None:
    browser = sqlite_panel.as_("village_a")
    for target in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"):
        page = browser.post(
            f"/admin/resident/delete/?id={resident(A, REMOVED)}&url={target}", {"url": target, "next": target}
        )
        assert page.status in (302, 404)
        assert "evil" not in page.location
        browser.post(f"/admin/resident/restore/?id={resident(A, REMOVED)}", {"url": target})


def test_an_unknown_address_an_unknown_method_and_a_failure_are_pages_in_words(sqlite_panel: Panel) -> None:
    with app_over(sqlite_panel.store.url) as app:

        @app.route("/admin/broken")
        def broken() -> None:
            raise RuntimeError("321084199003071234 SELECT * FROM resident")

        @app.route("/admin/gone")
        def gone() -> None:
            abort(410)

        sqlite_panel.as_("district")
        browser = Browser(app, "token-of-district")
        answers = {
            "/admin/nonsense": 404, "/nonsense": 404, "/admin/gone": 410,
        }  # fmt: skip
        for path, status in answers.items():
            page = browser.get(path)
            assert page.status == status
            assert page.main
            no_sql(page)
        page = browser.open("/admin/resident/details/", "DELETE")
        assert page.status in (400, 405)
        answer = browser.client.get("/admin/broken")
        assert answer.status_code == 500
        body = answer.get_data(as_text=True)
        assert "went wrong" in body
        assert "RuntimeError" not in body
        assert "321084199003071234" not in body


def test_passwords_are_nowhere_but_in_the_form_that_asks_for_them(sqlite_panel: Panel) -> None:
    browser = sqlite_panel.as_("district")
    number = DISTRICT.number(ledger_number("account"), SEEN)
    hashed = sqlite_panel.get(class_of("account"), number).password_hash
    for path in ("", f"details/?id={number}", f"edit/?id={number}"):
        page = browser.get(f"/admin/account/{path}")
        assert hashed not in unescape(page.text)
        assert "argon2" not in page.text
        assert PASSWORD not in page.text
    export = browser.post("/admin/account/export/csv/", {"reason": "why", "full": "1"})
    assert "argon2" not in export.text
