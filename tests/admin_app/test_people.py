"""Residents: found by whatever is at hand, entered once in the whole district."""

import re

import pytest

from models.resident import Resident
from models.volunteer import Volunteer
from tests.admin_app.support.browsing import Browser, Page
from tests.admin_app.support.district import A, B, C, traces
from tests.admin_app.support.panels import Panel
from tests.admin_app.support.typing_in import form_for
from tests.admin_app.support.values import FRESH, SEEN, identity_number, ledger_number

NUMBER = 4242
IDENTITY = identity_number("321084", __import__("datetime").date(1990, 3, 7), 123)


@pytest.fixture
def browser(panel: Panel) -> Browser:
    """A village admin of a village in which 单建国 has a file, and so has a namesake in another village."""
    with panel.session() as session:
        kept = {"category": "from_wuhan", "phone": "13812345678"}
        session.add(Resident(id=NUMBER, village_id=A.number(0, 1), name="单建国", identity_number=IDENTITY, **kept))
        session.add(Resident(id=NUMBER + 1, village_id=C.number(0, 1), name="单建国翀", **kept))
        session.add(Resident(id=NUMBER + 2, village_id=A.number(0, 1), name="买买提·吐尔逊", category="newcomer"))
        session.commit()
    return panel.as_("village_a")


def found(page: Page) -> list[int]:
    return sorted({int(n) for n in re.findall(r"/resident/details/\?id=(\d+)", page.text)})


@pytest.mark.parametrize(
    "words",
    [
        "单建国",
        "建国",
        "国",
        "单",
        "shanjianguo",  # a surname is read otherwise than the character is elsewhere
        "shanj",
        "SJG",
        "sjg",
        "sj",
        IDENTITY,
        IDENTITY[-4:],
        "13812345678",
        "138 1234 5678",
        "１３８12345678",
        "1381234",
        "单 138",
        "建国 sjg",
        "  单建国  ",
    ],
)
def test_somebody_is_found_by_whatever_is_at_hand(browser: Browser, words: str) -> None:
    numbers = found(browser.get("/admin/resident/", q=words))
    assert NUMBER in numbers
    assert NUMBER + 1 not in numbers, "the namesake of another village"


@pytest.mark.parametrize(
    ("words", "number"), [("买买提", 2), ("吐尔逊", 2), ("买买提·吐尔逊", 2), ("买买提吐尔逊", None)]
)
def test_a_name_with_a_middle_dot_is_found_by_its_parts(browser: Browser, words: str, number: int | None) -> None:
    numbers = found(browser.get("/admin/resident/", q=words))
    if number is not None:
        assert NUMBER + number in numbers
    assert NUMBER not in numbers


@pytest.mark.parametrize(
    "words", ["李", "国建", "zzz", "0000", "999", "sjgx", "%", "单%国", "'", '"', "OR", "NOT 单", "单*"]
)
def test_nobody_is_found_by_what_does_not_fit(browser: Browser, words: str) -> None:
    assert NUMBER not in found(browser.get("/admin/resident/", q=words))


def test_an_observation_is_found_by_its_person(panel: Panel, browser: Browser) -> None:
    opened = browser.post("/admin/observation/new/", {"resident": str(NUMBER), "began_on": "2020-02-10", "days": "14"})
    assert opened.status == 302, opened.main[:300]
    for words in ("单建国", "sjg", IDENTITY[-4:], "13812345678"):
        assert opened.location.split("=")[1] in browser.get("/admin/observation/", q=words).text, words


# ---- one identity number, one file in the district ----


def test_somebody_who_has_a_file_here_is_not_entered_twice_and_the_file_is_one_tap_away(
    panel: Panel, browser: Browser
) -> None:
    before = panel.counts()
    page = browser.post("/admin/resident/new/", {**form_for(Resident, A, FRESH), "identity_number": IDENTITY})
    assert page.status == 422
    assert "There is such a record already" in page.main
    assert f"/admin/resident/details/?id={NUMBER}" in {href for href, _ in page.links}
    assert page.form("version").data()["name"] == ["彧resident7.name"]
    assert panel.counts() == before


def test_somebody_who_has_a_file_elsewhere_is_said_to_have_one_and_nothing_else_is(panel: Panel) -> None:
    known = panel.get(Resident, C.number(ledger_number("resident"), SEEN)).identity_number
    browser = panel.as_("village_a")
    page = browser.post("/admin/resident/new/", {**form_for(Resident, A, FRESH), "identity_number": known})
    assert page.status == 422
    assert "in another village" in page.main
    body = page.text.replace(known, "")
    assert not traces(C).search(body)
    assert not traces(B).search(body)


def test_the_same_holds_for_who_is_mended_into_somebody_else(panel: Panel, browser: Browser) -> None:
    number = A.number(ledger_number("resident"), SEEN)
    page = browser.get(f"/admin/resident/edit/?id={number}")
    answer = browser.send(page, page.form("version"), {"identity_number": IDENTITY, "birth_date": "", "sex": ""})
    assert answer.status == 422
    assert f"/admin/resident/details/?id={NUMBER}" in {href for href, _ in answer.links}
    assert panel.get(Resident, number).identity_number != IDENTITY


def test_an_identity_number_decides_birth_date_and_sex(panel: Panel) -> None:
    browser = panel.as_("village_a")
    data = {**form_for(Resident, A, FRESH), "identity_number": IDENTITY, "birth_date": "1950-01-01", "sex": "f"}
    answer = browser.post("/admin/resident/new/", data)
    assert answer.status == 302
    made = panel.get(Resident, int(answer.location.rsplit("=", 1)[1]))
    assert (made.birth_date.isoformat(), made.sex) == ("1990-03-07", "m")


def test_a_file_and_a_volunteer_may_be_the_same_person(panel: Panel, browser: Browser) -> None:
    volunteer = {**form_for(Volunteer, A, FRESH), "identity_number": IDENTITY}
    assert panel.as_("coordinator").post("/admin/volunteer/new/", volunteer).status == 302
