"""What no form offers, posted by hand: another village, computed columns, others' columns, foreign references."""

from typing import Any

import pytest
from sqlalchemy import inspect

from admin_app.access import RIGHTS
from admin_app.ledgers.fields import references, typed_names
from models.account import Role
from models.base import about
from models.scope import Act
from tests.admin_app.support.browsing import Browser, Page
from tests.admin_app.support.district import BY_ACTS, COMMON, READERS, A, C, owner_of, traces
from tests.admin_app.support.panels import Panel
from tests.admin_app.support.problems import Problems
from tests.admin_app.support.typing_in import form_for, references_to
from tests.admin_app.support.values import EDITED, FRESH, SEEN, class_of, ledger_number

# the ledgers a village keeps
VILLAGE_LEDGERS = tuple(
    ledger
    for ledger, roles in RIGHTS.items()
    if any(Act.CREATE in rule.acts for rule in roles.get(Role.VILLAGE, ())) and ledger not in BY_ACTS
)
UNTOLD = ("version", "updated_at", "updated_by")


def columns_of(record: Any) -> dict[str, Any]:
    return {a.key: getattr(record, a.key) for a in inspect(type(record)).column_attrs}


def computed_names(cls: Any) -> list[str]:
    return [a.key for a in inspect(cls).column_attrs if about(a.columns[0]).computed or a.columns[0].primary_key]


def open_edit_form(browser: Browser, ledger: str, number: int) -> tuple[Page, dict[str, Any]]:
    page = browser.get(f"/admin/{ledger}/edit/?id={number}")
    assert page.status == 200, f"{ledger} {number}: {page.status}"
    return page, page.form("version").data()


def test_a_record_is_never_made_in_another_village(panel: Panel) -> None:
    browser, problems = panel.as_("village_a"), Problems()
    for ledger in VILLAGE_LEDGERS:
        cls = class_of(ledger)
        elsewhere, offers = str(C.number(0, 1)), "village" in offered(browser, f"/admin/{ledger}/new/")
        for name in ("village", "village_id", "village.id"):
            with problems:
                posted, before = {name: elsewhere}, panel.counts()
                page = browser.post(f"/admin/{ledger}/new/", {**form_for(cls, A, FRESH), **posted})
                if name == "village" and offers:
                    assert page.status == 422, f"{ledger} {posted}: {page.status}"
                    assert panel.counts() == before
                elif page.status == 302:
                    number = int(page.location.rsplit("=", 1)[1])
                    assert panel.get(cls, number).village_id == A.number(0, 1), f"{ledger} {posted}"
                else:
                    assert panel.counts() == before
                assert not traces(C).search(page.text.replace(elsewhere, "")), f"{ledger} shows the other village"
    problems.tell()


def offered(browser: Browser, path: str) -> list[str]:
    """The names of the fields of a form."""
    return browser.get(path).form("version").names


def test_a_record_never_moves_to_another_village(panel: Panel) -> None:
    browser, problems = panel.as_("village_a"), Problems()
    for ledger in VILLAGE_LEDGERS:
        cls, number = class_of(ledger), A.number(ledger_number(ledger), EDITED)
        with problems:
            _page, data = open_edit_form(browser, ledger, number)
            village = str(C.number(0, 1))
            browser.post(f"/admin/{ledger}/edit/?id={number}", {**data, "village": village, "village_id": village})
            assert panel.get(cls, number).village_id == A.number(0, 1), ledger
    problems.tell()


def test_a_district_admin_moves_a_record_only_by_handing_it_over(panel: Panel) -> None:
    number = A.number(ledger_number("resident"), EDITED)
    browser = panel.as_("district")
    _page, data = open_edit_form(browser, "resident", number)
    browser.post(f"/admin/resident/edit/?id={number}", {**data, "village": str(C.number(0, 1))})
    assert panel.get(class_of("resident"), number).village_id == A.number(0, 1)


@pytest.mark.parametrize("making", [True, False], ids=["new", "edit"])
def test_what_is_computed_is_never_taken_from_a_form(panel: Panel, making: bool) -> None:
    browser, problems = panel.as_("district"), Problems()
    for ledger in RIGHTS:
        if ledger in ("trail", *BY_ACTS) or (making and ledger == "dailyreport"):
            continue
        cls = class_of(ledger)
        computed = computed_names(cls)
        posted = {name: "1" if name.endswith("id") or name == "revision" else "2019-01-01T00:00" for name in computed}
        posted.pop("version", None)
        with problems:
            if making:
                page = browser.post(f"/admin/{ledger}/new/", {**posted, **form_for(cls, A, FRESH)})
                assert page.status in (200, 302), f"{ledger}: {page.main[:300]}"
                found = newest(panel, cls)
            else:
                number = owner_of(ledger).number(ledger_number(ledger), SEEN)
                before = columns_of(panel.get(cls, number))
                _page, data = open_edit_form(browser, ledger, number)
                page = browser.post(f"/admin/{ledger}/edit/?id={number}", {**posted, **data})
                assert page.status == 302, f"{ledger}: {page.main[:300]}"
                found = panel.get(cls, number)
                after = columns_of(found)
                changed = {k for k in computed if after[k] != before[k]} - set(UNTOLD)
                assert not changed, f"{ledger} took {changed} from the form"
            for name in computed:
                value = getattr(found, name)
                assert str(value)[:10] != "2019-01-01", f"{ledger}.{name} was taken from the form"
            assert found.deleted_at is None
    problems.tell()


def newest(panel: Panel, cls: Any) -> Any:
    with panel.session() as session:
        return session.query(cls).order_by(cls.created_at.desc(), cls.id.desc()).first()


def limited() -> list[tuple[str, str]]:
    """Readers and ledgers of which they may change only some columns."""
    return [
        (name, ledger)
        for name, reader in READERS.items()
        for ledger in RIGHTS
        if reader.role
        and ledger != "dailyreport"  # handed in by an act, never by a form
        and any(rule.edits is not None and Act.EDIT in rule.acts for rule in RIGHTS[ledger].get(reader.role, ()))
    ]


@pytest.mark.parametrize(("name", "ledger"), limited())
def test_columns_of_another_role_stay_as_they_are_whatever_is_posted(panel: Panel, name: str, ledger: str) -> None:
    cls, number, role = class_of(ledger), A.number(ledger_number(ledger), EDITED), READERS[name].role
    assert role is not None
    allowed = frozenset().union(*(rule.edits or () for rule in RIGHTS[ledger][role] if Act.EDIT in rule.acts))
    before = columns_of(panel.get(cls, number))
    browser = panel.as_(name)
    page, data = open_edit_form(browser, ledger, number)
    own = {key: value for key, value in form_for(cls, A, FRESH).items() if key not in data}
    by_column = {column: key for key, (column, _) in references(cls).items()}
    assert set(page.form("version").names) & set(typed_names(cls)) <= {
        by_column.get(column, column) for column in allowed
    }
    answer = browser.post(f"/admin/{ledger}/edit/?id={number}", {**own, **data, "deleted_at": "2020-01-01"})
    assert answer.status in (302, 403)
    after = columns_of(panel.get(cls, number))
    assert {k for k in after if after[k] != before[k]} <= allowed | set(UNTOLD)


def test_the_coordinator_may_say_what_became_of_a_request_and_nothing_else(panel: Panel) -> None:
    cls, number = class_of("supply"), A.number(ledger_number("supply"), EDITED)
    browser = panel.as_("coordinator")
    page, data = open_edit_form(browser, "supply", number)
    before = columns_of(panel.get(cls, number))
    posted = {**form_for(cls, A, FRESH), **data, "status": "taken", "cost": "99", "phone": "13800000000"}
    assert browser.post(page.path, posted).status == 302
    after = columns_of(panel.get(cls, number))
    assert {k for k in after if after[k] != before[k]} == {"status", *UNTOLD}


@pytest.mark.parametrize("path", ["new", "edit"])
def test_another_villages_record_cannot_be_pointed_at_nor_read_that_way(panel: Panel, path: str) -> None:
    browser, problems = panel.as_("village_a"), Problems()
    for ledger in VILLAGE_LEDGERS:
        cls, number = class_of(ledger), A.number(ledger_number(ledger), EDITED)
        for name, foreign in references_to(cls, C).items():
            address = f"/admin/{ledger}/{path}/" + (f"?id={number}" if path == "edit" else "")
            if name == "village" or f"{name}-q" not in offered(browser, address):
                continue  # the village may not set this reference at all
            with problems:
                data = open_edit_form(browser, ledger, number)[1] if path == "edit" else form_for(cls, A, FRESH)
                browser.forget_messages()
                before = panel.counts()
                answers = []
                for typed in (foreign, 5_555_555):
                    answer = browser.post(address, {**data, name: str(typed), f"{name}-q": ""})
                    assert answer.status == 422, f"{ledger}.{name}: {answer.status}"
                    assert not traces(C).search(answer.text.replace(str(typed), "")), f"{ledger}.{name} is read"
                    answers.append(answer.main.replace(str(typed), ""))
                assert answers[0] == answers[1], f"{ledger}.{name} tells a foreign record from none"
                after = panel.counts()
                assert {**after, "trail": 0} == {**before, "trail": 0}, f"{ledger}.{name} was saved"
    problems.tell()


def test_a_record_of_a_village_that_both_see_is_still_no_reference_across_the_line(panel: Panel) -> None:
    """Who may write in two villages may not tie them together either."""
    browser, problems = panel.as_("district"), Problems()
    for ledger in RIGHTS:
        if ledger in (*COMMON, *BY_ACTS, "trail", "dailyreport", "village"):
            continue
        cls, number = class_of(ledger), A.number(ledger_number(ledger), EDITED)
        for name, foreign in references_to(cls, C).items():
            column = references(cls)[name][0]
            if name == "village" or about(inspect(cls).columns[column]).across:
                continue
            if name not in typed_names(cls):
                continue
            with problems:
                page, data = open_edit_form(browser, ledger, number)
                answer = browser.post(page.path, {**data, name: str(foreign), f"{name}-q": ""})
                assert answer.status == 422, f"{ledger}.{name}: {answer.status}"
                assert "belongs to another village" in answer.main, answer.main[:300]
    problems.tell()


def test_what_an_address_offers_for_a_new_record_is_the_readers_own(panel: Panel) -> None:
    """new/?resident=12 fills the form in; another village's number fills in nothing."""
    number = ledger_number("resident")
    page = panel.as_("village_a").get(f"/admin/observation/new/?resident={A.number(number, SEEN)}")
    assert "彧resident1" in page.text
    page = panel.as_("village_a").get(f"/admin/observation/new/?resident={C.number(number, SEEN)}")
    assert page.status == 200
    assert not traces(C).search(page.text.replace(str(C.number(number, SEEN)), ""))
