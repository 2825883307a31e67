"""Summary pages: chart and table say the same, numbers open their rows, addresses are understood, nobody sees more."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import update

from admin_app.summaries.views import VIEWS
from models.base import InVillage
from tests.admin_app.summaries.reading import Section, sections
from tests.admin_app.summaries.site import FORMULA, Site, site_over
from tests.admin_app.support.browsing import Browser, Page
from tests.models.summaries.world import TODAY
from tests.support.databases import PostgresDatabases, SQLiteDatabases

WEEK = f"from={TODAY - timedelta(days=6)}&to={TODAY}"
PAGES = (
    "overview/",
    "overview/?by=township",
    "overview/?village=1&village=3",
    "trend/",
    "trend/?village=1&village=3",
    "rounds/",
    "rounds/?by=village",
    "rounds/?by=township&period=am",
    "reporting/",
    "reporting/?by=township",
    "venues/",
    "venues/?by=village&control=close",
    "venues/?by=township",
    "venues/?kind=bath&by=village",
    "resumption/",
    "resumption/?by=township",
    "resumption/?township=2",
    "volunteers/",
    "volunteers/?by=township",
)
OPEN = {
    "district": {view.slug for view in VIEWS},
    "township": {view.slug for view in VIEWS},
    "village": {view.slug for view in VIEWS},
    "coordinator": {"volunteers"},
    "auditor": set[str](),
    "nobody": set[str](),
}


@pytest.fixture(scope="module", autouse=True)
def _today() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TAIZHANG_TODAY", TODAY.isoformat())
        yield


@pytest.fixture(scope="module")
def sqlite_site(_today: None, run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The panel, for what no database has a say in; what a module changes in it stays until its end."""
    url = SQLiteDatabases(run_folder).copy_to(tmp_path_factory.mktemp("site") / "taizhang.db")
    with site_over(url) as site:
        yield site


@pytest.fixture(scope="module")
def postgres_site(_today: None, postgres_databases: PostgresDatabases) -> Iterator[Site]:
    with postgres_databases.fresh() as url, site_over(url) as site:
        yield site


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest) -> Site:
    """The panel, on both kinds of database."""
    names = {"sqlite": "sqlite_site", "postgresql": "postgres_site"}
    found: Site = request.getfixturevalue(names[request.param])
    return found


def summary(browser: Browser, address: str) -> Page:
    page = browser.get(f"/admin/summary/{address}")
    assert page.status == 200, f"{address}: {page.status}"
    return page


def within_week(address: str) -> str:
    return address + ("&" if "?" in address else "?") + WEEK


# ---- chart and table ----


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest, sqlite_site: Site) -> Page:
    """Each of the pages, as a district admin sees it."""
    return sqlite_site.page(f"/admin/summary/{request.param}")


def test_a_chart_says_what_its_table_says(page: Page) -> None:
    drawn = 0
    for section in sections(page):
        for chart in section.charts:
            drawn += 1
            assert chart.title and chart.said
            for label in chart.legend:
                column = section.column(label)
                assert chart.series(label) == {row: text for row, text in column.items() if text not in ("0", "–")}
            assert {shape.series for shape in chart.shapes} <= set(chart.legend)
    assert drawn, "nothing is drawn"


def test_a_shape_is_as_long_as_its_number_and_stands_at_its_row(page: Page) -> None:
    for chart in (chart for section in sections(page) for chart in section.charts):
        unit = max(shape.length for shape in chart.shapes) / max(_number(shape.number) for shape in chart.shapes)
        room = 14 if chart.bars else 24  # between a label and the shapes that it names
        for shape in chart.shapes:
            assert shape.length == pytest.approx(_number(shape.number) * unit, abs=0.6)
            label = shape.row if chart.bars else shape.row.split(" ")[0]
            if label in chart.labels:
                assert abs(chart.labels[label] - shape.middle) < room, f"{shape} at {chart.labels[label]}"
        assert chart.labels


def test_the_last_line_is_the_sum_of_the_rows(page: Page) -> None:
    for section in sections(page):
        if len(section.rows) < 2:
            assert not section.footer
            continue
        for number, cell in enumerate(section.footer[1:], 1):
            if cell.text != "–" and "%" not in cell.text:
                assert _number(cell.text) == pytest.approx(sum(_number(row[number].text) for row in section.rows))


def _number(text: str) -> float:
    return float(text.replace(",", "").replace("–", "0"))


# ---- numbers and what they open ----


@pytest.mark.parametrize("address", [within_week(address) for address in PAGES])
def test_a_number_opens_as_many_rows_as_it_says(site: Site, address: str) -> None:
    browser = site.as_("district", "en")
    opened = 0
    for section in sections(summary(browser, address)):
        for row in [*section.rows[:2], *section.rows[-2:], section.footer]:
            for heading, cell in list(zip(section.headings, row, strict=False))[1:]:
                if "%" in cell.text or cell.text in ("0", "–"):
                    assert not cell.url
                    continue
                opened += 1
                assert cell.url, f"{heading} of {row[0].text} opens nothing"
                found = behind(browser, cell.url)
                assert found == _number(cell.text), f"{heading} of {row[0].text}: {cell.url} has {found}"
    assert opened


def behind(browser: Browser, url: str) -> float:
    """How many records a list holds, or how many rows a page of names; what these add up to, if it says so."""
    page = browser.get(url)
    assert page.status == 200, url
    assert "left out" not in page.main and "does not exist" not in page.main, f"{url}: {page.main}"
    if "/names/" in url:
        (names,) = sections(page)
        return _number(names.footer[-1].text) if names.footer else len(names.rows)
    if "show=calls" in url:
        return len(sections(page)[0].rows)
    return int(re.search(r"([\d,]+) records?", page.main).group(1).replace(",", ""))  # type: ignore[union-attr]


# ---- who may open what ----


@pytest.mark.parametrize("name", OPEN)
def test_a_role_opens_its_summaries_and_no_others(site: Site, name: str) -> None:
    browser = site.as_(name)
    for view in VIEWS:
        wanted = 200 if view.slug in OPEN[name] else 403
        assert browser.get(f"/admin/summary/{view.slug}/").status == wanted, view.slug
        for what in view.behind:
            assert browser.get(f"/admin/summary/{view.slug}/names/?what={what}&on={TODAY}").status == wanted
        for kind in ("csv", "xlsx"):
            assert browser.post(f"/admin/summary/{view.slug}/export/{kind}/").status == wanted


@pytest.mark.parametrize("name", OPEN)
def test_the_index_lists_what_the_reader_may_open(sqlite_site: Site, name: str) -> None:
    browser = sqlite_site.as_(name)
    page = browser.get("/admin/summary/")
    in_menu = "/admin/summary/" in [url for url, _ in browser.get("/admin/").links]
    if not OPEN[name]:
        assert page.status == 403
        assert not in_menu
        return
    assert in_menu
    cards = re.findall(r'<li><a class="card" href="/admin/summary/(\w+)/">', page.text)
    assert set(cards) & {view.slug for view in VIEWS} == OPEN[name]  # the others are pages of their own kind
    for card in cards:
        assert browser.get(f"/admin/summary/{card}/").status == 200


def test_one_entry_of_the_menu_is_the_current_one(sqlite_site: Site) -> None:
    browser = sqlite_site.as_("district")
    for address in ("/admin/summary/", "/admin/summary/trend/", "/admin/summary/visits/"):
        menu = browser.get(address).text.split("<main")[0]
        assert menu.count('aria-current="page"') == 1, address


# ---- another village's numbers ----


def test_what_happens_in_other_villages_changes_nothing_of_mine(site: Site) -> None:
    """Everything of the other villages is put into the recycle bin for a while: not a letter of mine changes."""
    browser = site.as_("village")
    addresses = [address for address in PAGES if "township" not in address and "village=1&" not in address]
    before = [_without_token(summary(browser, address)) for address in addresses]
    assert not any(FORMULA in text or "3村" in text or "4村" in text for text in before)
    try:
        _bin_all_but(site, 1, clearing=False)
        assert [_without_token(summary(browser, address)) for address in addresses] == before
        district = sections(summary(site.as_("district"), "venues/"))[1]
        mine = sections(summary(browser, "venues/"))[1]
        assert [[cell.text for cell in row] for row in district.rows] == [
            [cell.text for cell in row] for row in mine.rows
        ]
    finally:
        _bin_all_but(site, 1, clearing=True)
    assert [_without_token(summary(browser, address)) for address in addresses] == before


def _without_token(page: Page) -> str:
    return re.sub(r'value="[\w.-]{60,}"', "", page.text)


def _bin_all_but(site: Site, village_id: int, clearing: bool) -> None:
    """Move records of other villages into the bin, or take out what was moved there."""
    with site.engine.begin() as connection:
        for cls in (cls for cls in site.world.rows if issubclass(cls, InVillage) and cls.__tablename__ != "trail"):
            table = cls.__table__
            mine = table.c.village_id != village_id
            marked = table.c.deleted_by == "meanwhile"
            change = {"deleted_at": None, "deleted_by": None} if clearing else {"deleted_by": "meanwhile"}
            if not clearing:
                change["deleted_at"] = site.world.rows[cls][0]["created_at"]
            connection.execute(
                update(table).where(mine, marked if clearing else table.c.deleted_at.is_(None)).values(**change)
            )


def test_a_foreign_village_is_answered_as_one_that_does_not_exist(sqlite_site: Site) -> None:
    browser = sqlite_site.as_("village")
    for address in ("trend/", "venues/", "trend/names/"):
        query = f"what=home&on={TODAY}&" if "names" in address else ""
        foreign, none = (
            _without_token(summary(browser, f"{address}?{query}village={number}")).replace(str(number), "…")
            for number in (20003, 99999)
        )
        assert foreign == none
        other = _without_token(summary(browser, f"{address}?{query}village=3"))
        assert other.replace("village=3", "village=…") == none.replace("village=…", "village=…")


# ---- addresses ----


@pytest.mark.parametrize(
    ("query", "said", "days"),
    [
        ("from=2020-02-03&to=2020-01-25", "exchanged", ("2020-01-25", "2020-02-03")),
        ("from=2020-01-01&to=2021-12-31", "no figures after", ("2020-01-01", "2020-02-03")),
        ("from=2021-01-01&to=2021-12-31", "no figures after", ("2020-02-03", "2020-02-03")),
        ("from=2001-01-01&to=2020-02-03", "At most 366 days", ("2019-02-03", "2020-02-03")),
        ("from=nonsense&to=2020-02-02", "left out: First day", ("2020-01-04", "2020-02-02")),
        ("from=2020-02-30", "left out: First day", ("2020-01-05", "2020-02-03")),
        ("from=1999-12-31", "left out: First day", ("2020-01-05", "2020-02-03")),
        ("to=9999-99-99", "left out: Last day", ("2020-01-05", "2020-02-03")),
        ("from=%00&to=%F0%9F%98%80", "left out: Last day", ("2020-01-05", "2020-02-03")),
        ("village=99999999999999999999", "left out: Village", ("2020-01-05", "2020-02-03")),
        ("village=-1&village=x", "left out: Village", ("2020-01-05", "2020-02-03")),
        ("township=7", "left out: Township", ("2020-01-05", "2020-02-03")),
        ("township=1&village=3", "left out: Village", ("2020-01-05", "2020-02-03")),
        ("sort=on", "does not exist here", ("2020-01-05", "2020-02-03")),
    ],
)
def test_what_makes_no_sense_in_an_address_is_said_and_left_out(
    sqlite_site: Site, query: str, said: str, days: tuple[str, str]
) -> None:
    page = summary(sqlite_site.as_("district", "en"), f"trend/?{query}")
    assert said in page.main
    form = page.form("from")
    assert (form.data()["from"], form.data()["to"]) == ([days[0]], [days[1]])
    assert len(sections(page)[0].rows) == _day(days[1]) - _day(days[0]) + 1


def _day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("rounds/?from=2019-06-01&to=2020-02-03", "At most 92 days"),
        ("rounds/?period=noon", "left out: Morning or evening"),
        ("venues/?by=nothing", "left out: A row for each"),
        ("venues/?by=village&by=township", "left out: A row for each"),
        ("venues/?control=close&control=shout", "left out: What is demanded"),
        ("resumption/?from=2020-01-01", "does not exist here"),
    ],
)
def test_other_conditions_that_make_no_sense_are_said_too(sqlite_site: Site, address: str, said: str) -> None:
    assert said in summary(sqlite_site.as_("district", "en"), address).main


def test_days_can_be_typed_as_people_write_them(sqlite_site: Site) -> None:
    page = summary(sqlite_site.as_("district"), "trend/?from=2020/1/28&to=2020年2月1日")
    assert page.form("from").data()["from"] == ["2020-01-28"]
    assert [row[0].text for row in sections(page)[0].rows][::4] == ["2月1日 周六", "1月28日 周二"]


def test_an_address_is_a_link_that_shows_the_same_again(sqlite_site: Site) -> None:
    """What is one tap away names its days, so that it is the same tomorrow; the form sends what the page shows."""
    browser = sqlite_site.as_("district")
    page = summary(browser, "venues/?by=village&control=close&township=1&" + WEEK)
    chips = [url for url, _ in page.links if url.startswith("/admin/summary/venues/?")]
    assert chips
    for url in chips:
        asked = dict(parse_qsl(urlsplit(url).query))
        assert {"from", "to", "township", "control", "by"} <= set(asked)
    form = page.form("from")
    again = browser.send(page, form)
    shown, sent = ([(s.title, s.rows) for s in sections(p)] for p in (page, again))
    assert shown == sent


def test_narrowed_to_a_township_only_its_villages_are_rows(sqlite_site: Site) -> None:
    rows = sections(summary(sqlite_site.as_("district"), "reporting/?township=2"))[0].rows
    assert len(rows) == 3
    townships = sections(summary(sqlite_site.as_("district"), "reporting/?by=township"))[0].rows
    assert [row[0].text for row in townships] != [row[0].text for row in rows]
    assert len(townships) == 2


def test_a_reader_of_one_village_is_offered_nothing_to_choose(sqlite_site: Site) -> None:
    page = summary(sqlite_site.as_("village"), "resumption/")
    assert not [form for form in page.forms if form.method == "get"]


# ---- names ----


@pytest.mark.parametrize(
    "query",
    [
        "",
        "what=nothing&on=2020-02-01",
        "what=home",
        "what=home&on=nonsense",
        "what=opened&on=nonsense",
        "what=came&on=2020-02-01",
        "what=opened&of=1",
    ],
)
def test_names_of_nothing_are_not_there(sqlite_site: Site, query: str) -> None:
    assert sqlite_site.as_("district").get(f"/admin/summary/trend/names/?{query}").status == 404


# ---- files ----


def test_a_file_holds_the_numbers_of_the_page(sqlite_site: Site, page: Page) -> None:
    browser = sqlite_site.as_("district")
    shown = sections(page)
    sheet, table = (url for form in page.forms if form.method == "post" and (url := form.action) != "/logout")

    answer = browser.post(sheet)
    assert answer.status == 200
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.body))
    assert book.sheet_names == [section.title for section in shown]
    for section in shown:
        lines = book.get_sheet_by_name(section.title).to_python()
        assert [str(cell) for cell in lines[2]] == section.headings
        for line, row in zip(lines[3:], _rows(section), strict=False):
            assert [_told(cell) for cell in line] == [_told(cell) for cell in row]
        assert str(lines[-1][0]).startswith("导出人：district account")

    answer = browser.post(table)
    assert answer.body.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig"))))
    for section in shown:
        start = next(number for number, line in enumerate(lines) if line and line[0] == section.title)
        assert lines[start + 1] == section.headings
        for line, row in zip(lines[start + 2 :], _rows(section), strict=False):
            assert [_told(cell) for cell in line] == [_told(cell) for cell in row]
    assert lines[-1][0].startswith("导出人：district account")


def _rows(section: Section) -> list[list[str]]:
    return [[cell.text for cell in row] for row in [*section.rows, *([section.footer] if section.footer else [])]]


def _told(cell: object) -> object:
    """A cell as a number, wherever it was read."""
    text = str(cell).replace(",", "").removeprefix("'")
    if text in ("–", ""):
        return ""
    if text.endswith("%"):
        return pytest.approx(float(text[:-1]) / 100, abs=0.0006)
    try:
        return float(text)
    except ValueError:
        return text


def test_a_village_whose_name_is_a_formula_stays_a_text(sqlite_site: Site) -> None:
    browser = sqlite_site.as_("district")
    text = browser.post(f"/admin/summary/reporting/export/csv/?{WEEK}").text
    assert f"'{FORMULA}" in text
    assert f"\n{FORMULA}" not in text
    book = CalamineWorkbook.from_filelike(io.BytesIO(browser.post("/admin/summary/reporting/export/xlsx/").body))
    names = [line[0] for line in book.get_sheet_by_index(0).to_python()]
    assert f"'{FORMULA}" in names


def test_taking_a_summary_leaves_a_row_in_the_trail(site: Site) -> None:
    address = "/admin/summary/venues/export/csv/?village=1&from=2020-02-01&to=2020-02-03&by=trade"
    browser = site.as_("village")
    lines = browser.post(address).text.count("\r\n")
    entry = site.last_entry()
    assert (entry.deed, entry.ledger, entry.account_name, entry.village_id) == (
        "export",
        "business",
        "village account",
        1,
    )
    assert entry.reason == "/admin/summary/venues/?from=2020-02-01&to=2020-02-03&village=1&by=trade"
    assert 0 < int(entry.record_label) < lines
    shown = sections(browser.get(entry.reason))
    assert int(entry.record_label) == sum(len(_rows(section)) for section in shown)


def test_nothing_is_handed_out_to_a_link_or_without_a_token(sqlite_site: Site) -> None:
    browser = sqlite_site.as_("district")
    before = sqlite_site.last_entry().id
    assert browser.get("/admin/summary/trend/export/csv/").status == 405
    assert browser.post("/admin/summary/trend/export/csv/", csrf=False).status == 400
    assert browser.post("/admin/summary/trend/export/pdf/").status == 404
    assert sqlite_site.last_entry().id == before


# ---- what is sent ----


def test_a_page_needs_no_style_or_script_of_its_own(page: Page) -> None:
    assert not [tag for tag, given in page.tags if tag == "style" or "style" in given or "onclick" in given]
    assert all(given.get("src", "").startswith("/static/") for tag, given in page.tags if tag == "script")
    assert not re.search(r"(?:https?:)?//(?!www\.w3\.org)[\w.]+/", page.text.split("<main")[1])
    ids = [given["id"] for _, given in page.tags if "id" in given]
    assert len(ids) == len(set(ids))
