"""区日报 in the panel: who is missing comes first, totals are the sums of rows, what does not hang together is said."""

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from models import clock
from models.figures import FIGURES, Figures
from models.handing_in import Adjusted, HandIn, hand_in
from models.place import Village
from models.report import DailyReport, DayClosing
from models.session import Session
from models.trail import Deed
from tests.admin_app.support.browsing import Page
from tests.admin_app.support.district import ANONYMOUS, MARKS, READERS, A, B, C, traces
from tests.admin_app.support.panels import Panel
from tests.admin_app.support.values import TODAY, Mark

SHEET = "/admin/summary/district/"
YESTERDAY = TODAY - timedelta(days=1)
FIVE = datetime(TODAY.year, TODAY.month, TODAY.day, 17, 0, tzinfo=clock.ZONE)


def report(session: Session, mark: Mark, day: int = 0, adjust: dict[str, int] | None = None, **figures: int) -> None:
    """A village's report of today, or of so many days before."""
    on = TODAY - timedelta(days=day)
    adjusted = [Adjusted(name, value, "档案待补录") for name, value in (adjust or {}).items()]
    hand_in(
        session,
        HandIn(mark.number(0, 1), on, Figures(**figures), "周书记", adjusted=adjusted, reason="补报" if day else ""),
        FIVE - timedelta(days=day),
    )


def rows(page: Page) -> dict[str, list[str]]:
    """The lines of the sheet, by what they are called: the cells without what stands beside the number."""
    found = {}
    for row in re.findall(r'(?s)<tr id="(?:v\d+|sum[-\d]*)".*?</tr>', page.text):
        cells = re.findall(r"(?s)<t[hd][^>]*>(.*?)</t[hd]>", row)
        texts = [" ".join(re.sub(r'(?s)<span class="dim">.*?</span>|<[^>]*>', " ", cell).split()) for cell in cells]
        found[texts[0]] = texts[1:]
    return found


def name_of(panel: Panel, mark: Mark) -> str:
    return str(panel.get(Village, mark.number(0, 1)).name)


# ---- who opens it ----


@pytest.mark.parametrize("name", [*READERS, ANONYMOUS])
def test_everybody_sees_the_lines_of_their_own_villages_only(panel: Panel, name: str) -> None:
    with panel.session() as session:
        for mark in MARKS:
            report(session, mark, surveyed=3)
        session.commit()
    browser = panel.as_(name)
    opens = name != ANONYMOUS and READERS[name].opens("dailyreport")
    for address in (SHEET, f"{SHEET}live/", f"{SHEET}?against=week"):
        page = browser.get(address)
        assert page.status == (200 if opens else 302 if name == ANONYMOUS else 403), (name, address)
        for mark in MARKS:
            own = name != ANONYMOUS and mark in READERS[name].area
            if opens or not own:  # where they are stands above every page
                assert bool(traces(mark).search(page.text)) is own, (name, address, mark)


@pytest.mark.parametrize("name", READERS)
def test_only_the_district_closes_a_day_and_only_its_own_villages(panel: Panel, name: str) -> None:
    browser, address = panel.as_(name), f"{SHEET}close/?on={TODAY}"
    may = name in ("district", "township")
    assert browser.get(address).status == (200 if may else 403)
    answer = browser.post(address)
    assert answer.status == (303 if may else 403)
    with panel.session() as session:
        closed = set(session.scalars(select(DayClosing.village_id).where(DayClosing.on == TODAY)))
    for mark in MARKS:
        assert (mark.number(0, 1) in closed) is (may and mark in READERS[name].area)
    if may:
        assert browser.post(address).status == 303  # twice is once
        assert browser.get(SHEET).main.count("This day is closed") == 1


# ---- the sheet ----


def test_totals_are_the_sums_of_the_rows_and_who_has_not_reported_is_no_zero(panel: Panel) -> None:
    with panel.session() as session:
        report(session, A, surveyed=12, home_total=4, home_today=4)
        report(session, C)
        session.commit()
    page = panel.as_("district").get(SHEET)
    found = rows(page)
    names = [name_of(panel, mark) for mark in MARKS]
    assert found[names[0]][1:] == [str(n) for n in Figures(surveyed=12, home_total=4, home_today=4)]
    assert found[names[1]][1:] == ["—"] * len(FIGURES)
    assert found[names[2]][1:] == ["0"] * len(FIGURES)
    assert "Zero report" in found[names[2]][0]
    reported = [cells[1:] for name, cells in found.items() if name in (names[0], names[2])]
    total = [str(sum(int(cell) for cell in column)) for column in zip(*reported, strict=True)]
    assert found["Total"][1:] == total
    parts = [cells[1:] for name, cells in found.items() if name.startswith("Subtotal")]
    assert [str(sum(int(cell) for cell in column)) for column in zip(*parts, strict=True)] == total


def test_who_has_not_reported_comes_first_in_every_township(panel: Panel) -> None:
    with panel.session() as session:
        report(session, A)
        session.commit()
    found = list(rows(panel.as_("township").get(SHEET)))
    assert found.index(name_of(panel, B)) < found.index(name_of(panel, A))
    reminders = re.findall(r'<li id="r(\d+)"', panel.as_("township").get(SHEET).text)
    assert str(B.number(0, 1)) in reminders
    assert str(A.number(0, 1)) not in reminders


def test_differences_to_yesterday_and_to_last_week_stand_beside_the_numbers(panel: Panel) -> None:
    with panel.session() as session:
        for on in (TODAY, YESTERDAY, TODAY - timedelta(days=7)):
            for kept in session.scalars(select(DailyReport).where(DailyReport.on == on)):
                kept.deleted_at = FIVE
        session.flush()
        report(session, A, surveyed=20)
        report(session, A, 1, surveyed=15)
        report(session, A, 7, surveyed=30)
        session.commit()
    browser = panel.as_("village_a")
    for against, beside in (("yesterday", "+5"), ("week", "−10"), ("none", "")):
        page = browser.get(SHEET, against=against)
        row = re.search(rf'(?s)<tr id="v{A.number(0, 1)}".*?</tr>', page.text)
        assert row is not None
        assert re.findall(r'<span class="dim">([+−]\d+)\b', row[0])[:1] == ([beside] if beside else [])


def test_an_adjusted_figure_that_breaks_the_balance_is_said_with_the_village_and_by_how_much(panel: Panel) -> None:
    with panel.session() as session:
        for kept in session.scalars(select(DailyReport).where(DailyReport.on == YESTERDAY)):
            kept.deleted_at = FIVE
        session.flush()
        for mark in (A, B):
            report(session, mark, 1, home_total=9)
        report(session, A, home_total=9, adjust={"home_total": 11})
        report(session, B, home_total=10, home_today=1)
        session.commit()
    page = panel.as_("district").get(SHEET)
    said = f"{name_of(panel, A)}, Home observation, cumulative: 9 yesterday + 0 − 0 = 9, reported 11 (+2)"
    assert said in page.main
    assert page.main.count("yesterday +") == 2  # this one, and the balance of all
    assert said in panel.as_("village_a").get(SHEET).main
    assert "adjusted" in rows_text(page, A)


def rows_text(page: Page, mark: Mark) -> str:
    found = re.search(rf'(?s)<tr id="v{mark.number(0, 1)}".*?</tr>', page.text)
    return found[0] if found else ""


def test_every_number_opens_the_names_that_were_reported(panel: Panel) -> None:
    browser = panel.as_("district")
    own = panel.as_("village_a")
    page = own.get("/admin/summary/daily/")
    assert own.send(page, page.form("seen")).status == 303
    opened = {"village": 0, "township": 0, "all": 0}
    for href, text in browser.get(SHEET).links:
        if "/names/" in href:
            names = browser.get(href)
            assert len(re.findall(r"/admin/resident/details/\?id=\d+", names.text)) == int(text), href
            opened[next((of for of in opened if f"{of}=" in href), "all")] += 1
    assert all(count > 3 for count in opened.values()), opened


def test_the_names_of_a_total_are_those_of_who_reported_and_say_where_more_was_reported(panel: Panel) -> None:
    with panel.session() as session:
        report(session, A, surveyed=2, adjust={"surveyed": 9_000})
        session.commit()
    for where in ("", f"&township={panel.get(Village, A.number(0, 1)).township_id}"):
        page = panel.as_("district").get(f"/admin/summary/daily/names/?figure=surveyed{where}")
        assert "9000 were reported, the records come to" in page.main
        assert name_of(panel, A) in page.main and name_of(panel, B) not in page.main
    nonsense = panel.as_("village_a").get("/admin/summary/daily/names/?figure=surveyed&township=7777")
    assert nonsense.status == 200 and "no such township" in nonsense.main


# ---- reminding ----


def test_a_phone_is_shortened_until_somebody_asks_which_leaves_a_row_each(panel: Panel) -> None:
    with panel.session() as session:
        for number, mark in enumerate(MARKS):
            village = session.get_one(Village, mark.number(0, 1))
            village.contact, village.phone = "联络员", f"1995555000{number}"
        session.commit()
    browser = panel.as_("township")
    assert "199****0000" in browser.get(SHEET).main
    assert "19955550000" not in browser.get(SHEET).text
    row = panel.last_number()
    page = browser.post(f"{SHEET}phones/?on={TODAY}")
    assert ("tel:19955550000", "19955550000") in page.links
    assert "19955550002" not in page.text  # the other township's
    told = [(d.deed, d.ledger, d.record_id) for d in panel.last_deeds(row)]
    assert (Deed.REVEAL, "village", A.number(0, 1)) in told
    assert (Deed.REVEAL, "village", B.number(0, 1)) in told
    assert C.number(0, 1) not in [number for _, _, number in told]
    assert browser.get(f"{SHEET}phones/").status == 405


# ---- bad input ----


def test_a_day_that_is_none_or_to_come_is_said(panel: Panel) -> None:
    browser = panel.as_("district")
    assert "in the future" in browser.get(SHEET, on="2020-12-02").main
    for nonsense in ("2020-31-12", "tomorrow", "1-1-1"):
        assert "today is shown" in browser.get(SHEET, on=nonsense).main
    assert browser.get(SHEET, against="<script>").status == 200
    assert browser.get(SHEET, on="2001-01-01").status == 200


def test_what_is_closed_is_asked_about_with_who_is_missing(panel: Panel) -> None:
    with panel.session() as session:
        report(session, A)
        session.commit()
    page = panel.as_("township").get(f"{SHEET}close/?on={TODAY}")
    assert f"{name_of(panel, B)}: Not reported" in page.main
    assert f"{name_of(panel, A)}: Not reported" not in page.main
    with panel.session() as session:
        assert not session.scalars(select(DayClosing).where(DayClosing.on == TODAY)).all()
