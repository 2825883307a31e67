"""What is measured. A case asks both panels for the same thing; ``answer`` is what they must agree on.

To measure something else, add a ``Case``: two functions of a ``Side`` that make ready and return what is then timed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from sqlalchemy import text

from models import clock
from models.resident import Resident
from models.session import Session
from tests.bench.databases import DISTRICT, TODAY, VILLAGE
from tests.bench.sides import Panel, Reply, Side

Ask = Callable[[Side], Callable[[], Any]]
LIST, VISITS = "/admin/resident/", "/admin/visit/"
OBSERVED: Final = "/admin/observation/?flt1_status_equals=observed&page_size=100"
NOON: Final = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=clock.ZONE)


@dataclass(frozen=True)
class Case:
    """One line of the table. ``target`` is the most that ours may take of what vanilla takes (None: only reported)."""

    name: str
    title: str
    ours: Ask
    vanilla: Ask | None
    target: float | None = None
    rounds: int = 15
    answer: Callable[[Any], Any] = lambda reply: reply
    memory: int = 0
    """The most memory, in MB, that the process may hold meanwhile; 0: not looked at."""
    limit: float | None = None
    """The most milliseconds that ours may take at the server, beside what vanilla takes."""
    clients: int = 0
    """Served, and asked by so many at once: requests a second are compared, and the target is the least ratio."""


# ---- what a reply comes to ----


def ticked(reply: Reply) -> tuple[int, ...]:
    """The records of a list, by number."""
    return tuple(int(number) for number in re.findall(r'name="rowid"[^>]* value="(\d+)"', reply.text))


def as_many(reply: Reply) -> int:
    """How many records a list shows."""
    return len(ticked(reply))


def lines(reply: Reply) -> int:
    """How long a CSV file is."""
    return reply.lines


def name_in(reply: Reply) -> str:
    """Whom a form is about."""
    found = re.search(r'<input [^>]*name="name"[^>]*>', reply.text)
    return _of(found[0], "value") if found else ""


def said(reply: Reply) -> int:
    """What was answered to a form: 302, it is saved."""
    return reply.status


# ---- lists ----


def _list(account: str = DISTRICT, **arguments: Any) -> Ask:
    query = urlencode(arguments)
    return lambda side: side.page(LIST + (f"?{query}" if query else ""), account)


def _village_filter(side: Side) -> str:
    return f"flt0_village_id_equals={side.facts.village}"


def _search(what: Callable[[Side], str]) -> dict[str, Ask]:
    return {
        "ours": lambda side: side.page(f"{LIST}?{urlencode({'q': what(side)})}"),
        "vanilla": lambda side: side.page(f"{LIST}?{urlencode({'search': what(side)})}"),
    }


def _last(side: Side) -> Callable[[], Any]:
    """The last page, which both count from their own beginning."""
    if "pages" not in side.kept:
        table = "resident"
        count = side.session.connection().execute(text(f"SELECT count(*) FROM {table} WHERE deleted_at IS NULL"))
        side.kept["pages"] = -(-count.scalar_one() // 20)
    page = side.kept["pages"] if side.panel is Panel.OURS else side.kept["pages"] - 1
    return side.page(f"{LIST}?page={page}")


# ---- files ----


def _taken(side: Side, kind: str, account: str, villages: tuple[int, ...]) -> Callable[[], Any]:
    """A file of ours: posted, with the reason that the trail keeps."""
    query = urlencode([("village", number) for number in villages])
    form = {"csrf_token": side.token(LIST, account), "reason": "bench"}
    # ours ends with a blank line and the line that says whose it is
    return side.file(f"{LIST}export/{kind}/" + (f"?{query}" if query else ""), account, form, footer=2)


def _taken_plainly(side: Side, villages: tuple[int, ...]) -> Callable[[], Any]:
    if len(villages) == 1:
        return side.file(f"{LIST}export/csv/?flt0_village_id_equals={villages[0]}")
    numbers = ",".join(map(str, villages))
    return side.file(f"{LIST}export/csv/?{urlencode({'flt0_village_id_in_list': numbers})}")


# ---- summaries ----


def _statuses(side: Side) -> Callable[[], Any]:
    """How many files of each status each village has."""
    if side.panel is Panel.VANILLA:
        grouped = _grouped(side, BY_STATUS)
        return lambda: grouped()[0]
    from models.question import Group, Question
    from models.summaries.made import Asked, made

    asked = Asked(Question("resident", Group("village"), Group("status")), Resident, TODAY)
    return lambda: made(side.session, asked).table.cells


def _grouped(side: Side, *statements: str) -> Callable[[], Any]:
    session: Session = side.session
    return lambda: [
        [tuple(row) for row in session.connection().execute(text(statement), {"on": TODAY.isoformat()})]
        for statement in statements
    ]


UNDER_WAY: Final = (
    "o.ends_on >= :on AND o.began_on <= :on AND o.kind <> 'hospital'"
    " AND (o.released_on IS NULL OR o.released_on > :on) AND (o.transferred_on IS NULL OR o.transferred_on > :on)"
)
PLAIN_SHEET: Final = (
    "SELECT village_id, count(*), sum(began_on = :on), sum(status = 'released'), sum(status = 'observed'),"
    " sum(status = 'observed' AND kind = 'hospital') FROM observation GROUP BY village_id",
    "SELECT village_id, count(*), sum(temperature >= 37.3) FROM visit WHERE \"on\" = :on AND outcome = 'abnormal'"
    " GROUP BY village_id",
    "SELECT o.village_id, sum(o.began_on < :on OR o.first_period = 'am'), count(*) FROM observation o"
    f" WHERE {UNDER_WAY} GROUP BY o.village_id",
    "SELECT o.village_id, v.period, count(*), sum(v.outcome IN ('not_met', 'refused')) FROM visit v"
    f' JOIN observation o ON o.id = v.observation_id WHERE v."on" = :on AND {UNDER_WAY}'
    " GROUP BY o.village_id, v.period",
    'SELECT village_id, handed_in_at, punctuality, status FROM daily_report WHERE "on" = :on',
)


# what the district's day shows besides: what every village's files say, and what was reported on the days beside it
PLAIN_DAY: Final = (
    "SELECT village_id, count(*), sum(arrived_on <= :on), sum(met_case), sum(lived_with_contact), sum(met_from_area)"
    " FROM resident WHERE deleted_at IS NULL GROUP BY village_id",
    "SELECT village_id, count(DISTINCT resident_id) FROM visit WHERE \"on\" = :on AND outcome = 'abnormal'"
    " GROUP BY village_id",
    "SELECT village_id, sum(kind = 'central'), sum(kind = 'central' AND began_on = :on), sum(kind = 'home'),"
    " sum(kind = 'home' AND began_on = :on), sum(status = 'released'), sum(released_on = :on),"
    " sum(status = 'hospital'), sum(transferred_on = :on) FROM observation WHERE began_on <= :on GROUP BY village_id",
    "SELECT * FROM daily_report WHERE \"on\" IN (:on, date(:on, '-1 day'))",
)


def _sheet(side: Side) -> Callable[[], Any]:
    """The day's one sheet, a line a village."""
    if side.panel is Panel.VANILLA:
        return _grouped(side, *PLAIN_SHEET)
    from models.summaries.district_day import district_day

    return lambda: district_day(side.session, TODAY, NOON)


def _abnormal(found: Any) -> int:
    """The day's abnormal visits on either sheet."""
    return int(found.totals.counts.abnormal if hasattr(found, "totals") else sum(count for _, count, _ in found[1]))


def _day_sheet(side: Side) -> Callable[[], Any]:
    """The district's sheet: every figure of the day by village, beside what was reported on it and the day before."""
    if side.panel is Panel.VANILLA:
        return _grouped(side, *PLAIN_DAY)
    from models.summaries.day_sheet import day_sheet

    return lambda: day_sheet(side.session, TODAY, NOON, TODAY - timedelta(days=1))


def _surveyed(found: Any) -> int:
    """Everybody on file, on either sheet."""
    if hasattr(found, "lines"):
        return sum(line.now.surveyed for line in found.lines)
    return sum(count for _, count, *_ in found[0])


def _page_beside(path: str, *statements: str) -> Ask:
    """A page of ours, beside what its numbers cost where nothing was prepared for them."""
    return lambda side: _grouped(side, *statements) if side.panel is Panel.VANILLA else side.page(path)


def _stirred(ask: Ask) -> Ask:
    """Asked after something was written in one of the villages, so that nothing is answered from memory alone."""

    def ready(side: Side) -> Callable[[], Any]:
        asked = ask(side)
        side.stir()
        return asked

    return ready


def _nothing(_answer: Any) -> None:
    """A page and a list of rows have nothing to agree on."""


MADE: Final = "/admin/summary/made/new/?ledger=resident&rows=village&columns=status"
BY_STATUS: Final = "SELECT village_id, status, count(*) FROM resident GROUP BY village_id, status"


# ---- the day's work ----


def _round(side: Side) -> Callable[[], Any]:
    """Everybody whom a village has to measure in the evening; as plain Flask-Admin would list them."""
    village = side.facts.round_village
    if side.panel is Panel.VANILLA:
        return side.page(f"{OBSERVED}&flt0_village_id_equals={village}")
    return side.page(f"/admin/round/?village={village}&on={TODAY}&period=pm")


def _watch(side: Side) -> Callable[[], Any]:
    """Whose slot is open or missed, who has a fever, …, by village; the same people as a list."""
    if side.panel is Panel.VANILLA:
        return side.page(OBSERVED)
    return side.page("/admin/summary/visits/")


# ---- forms ----


def _edit(ledger: str, number: Callable[[Side], int]) -> Ask:
    return lambda side: side.page(f"/admin/{ledger}/edit/?id={number(side)}")


def _save(side: Side) -> Callable[[], Any]:
    """The form as it was sent, posted back with other remarks. Making ready: it is opened first."""
    path = f"{LIST}edit/?id={side.facts.resident}"
    form = typed(side.page(path)().text)
    side.kept["saved"] = side.kept.get("saved", 0) + 1
    form["note"] = [f"{side.kept['saved']}, {'changed' if form.get('note', [''])[0].startswith('1') else 'again'}"]
    return side.page(path, form=form)


def typed(page: str) -> dict[str, list[str]]:
    """What a browser would send of a page's form."""
    body = max(re.findall(r'(?s)<form[^>]*method="post"[^>]*>.*?</form>', page, re.I), key=len)
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"(?s)<input [^>]*>", body):
        kind, name = _of(tag, "type"), _of(tag, "name")
        if name and kind not in ("submit", "button") and (kind not in ("radio", "checkbox") or " checked" in tag):
            found.setdefault(name, []).append(_of(tag, "value"))
    for tag, inside in re.findall(r"(?s)(<textarea [^>]*>)(.*?)</textarea>", body):
        found[_of(tag, "name")] = [_plain(inside.removeprefix("\n").removeprefix("\r\n"))]
    for tag, inside in re.findall(r"(?s)(<select [^>]*>)(.*?)</select>", body):
        options = re.findall(r"<option [^>]*>", inside)
        on = [_of(option, "value") for option in options if re.search(r"\sselected\b", option)]
        found[_of(tag, "name")] = on or [_of(option, "value") for option in options[:1]]
    return found


def _of(tag: str, name: str) -> str:
    found = re.search(rf'\s{name}="([^"]*)"', tag)
    return _plain(found[1]) if found else ""


def _plain(markup: str) -> str:
    from html import unescape

    return unescape(markup)


# ---- the table ----

_VILLAGE_LIST: Final[dict[str, Ask]] = {
    "ours": _list(VILLAGE),
    "vanilla": lambda side: side.page(f"{LIST}?{_village_filter(side)}"),
}

CASES: Final = {
    case.name: case
    for case in (
        Case("village", "one village's list", **_VILLAGE_LIST, target=0.4, answer=ticked),
        Case("first", "first page of all", _list(), _list(), 0.2, answer=ticked),
        Case("page1000", "page 1000", _list(page=1000), _list(page=999), 0.2, answer=ticked),
        Case("last", "last page", _last, _last, 0.05, answer=as_many),
        Case(
            "identity", "search: identity number", **_search(lambda s: s.facts.identity_number),
            target=0.01, rounds=7, answer=ticked,
        ),
        Case("phone", "search: phone", **_search(lambda s: s.facts.phone), target=0.01, rounds=7, answer=ticked),
        Case(
            "name", "search: name prefix", **_search(lambda s: s.facts.name[:2]), target=0.01, rounds=7, answer=ticked
        ),
        Case(
            "pinyin", "search: pinyin prefix", **_search(lambda s: s.facts.pinyin), target=0.01, rounds=7,
            answer=as_many,
        ),
        Case(
            "inside", "search: two characters inside a name", **_search(lambda s: s.facts.name[1:]),
            target=0.02, rounds=7, answer=ticked,
        ),
        Case(
            "csv5000", "CSV of 5,000 rows", lambda s: _taken(s, "csv", VILLAGE, ()),
            lambda s: _taken_plainly(s, (s.facts.village,)), 0.12, rounds=7, answer=lines, memory=120,
        ),
        Case(
            "csv100000", "CSV of 100,000 rows", lambda s: _taken(s, "csv", DISTRICT, s.facts.many_villages),
            lambda s: _taken_plainly(s, s.facts.many_villages), 0.12, rounds=3,
            answer=lines, memory=120,
        ),
        Case(
            "xlsx5000", "xlsx of 5,000 rows", lambda s: _taken(s, "xlsx", VILLAGE, ()), None, rounds=3,
            answer=said, memory=120,
        ),
        Case(
            "xlsx100000", "xlsx of 100,000 rows", lambda s: _taken(s, "xlsx", DISTRICT, s.facts.many_villages), None,
            rounds=1, answer=said, memory=120,
        ),
        Case(
            "statuses", "a made summary: status counts by village", *2 * [_stirred(_statuses)], 0.05, rounds=5,
            answer=len,
        ),
        Case("sheet", "the overview: the day by village", *2 * [_stirred(_sheet)], 0.05, rounds=9, answer=_abnormal),
        Case("daysheet", "the district's sheet", *2 * [_stirred(_day_sheet)], 0.05, rounds=5, answer=_surveyed),
        # the questions are held to vanilla's grouping, the pages that answer them to a tenth of a second
        Case(
            "district", "the district's sheet, a page",
            *2 * [_stirred(_page_beside("/admin/summary/district/", *PLAIN_DAY))],
            rounds=5, answer=_nothing, limit=100,
        ),
        Case(
            "overview", "the overview, the district's first screen",
            *2 * [_stirred(_page_beside("/admin/", *PLAIN_SHEET))],
            rounds=5, answer=_nothing, limit=100,
        ),
        Case(
            "charts", "the overview with its charts, a page",
            *2 * [_stirred(_page_beside("/admin/summary/overview/", *PLAIN_SHEET))],
            rounds=5, answer=_nothing, limit=100,
        ),
        Case(
            "made", "a made summary, a page",
            *2 * [_stirred(_page_beside(MADE, BY_STATUS))],
            rounds=5, answer=_nothing, limit=100,
        ),
        Case("round", "the round of a village", _round, _round, rounds=9, answer=said, limit=100),
        Case("watch", "the district's view of visits", *2 * [_stirred(_watch)], rounds=9, answer=said, limit=100),
        Case(
            "edit", "edit form", _edit("resident", lambda s: s.facts.resident),
            _edit("resident", lambda s: s.facts.resident), 1.3, answer=name_in,
        ),
        Case(
            "editvisit", "edit form of a visit", _edit("visit", lambda s: s.facts.visit),
            _edit("visit", lambda s: s.facts.visit), 1.3, answer=said,
        ),
        Case("save", "save with trail", _save, _save, 1.3, answer=said),
        Case("requests", "requests a second, 8 clients, one village's list", **_VILLAGE_LIST, target=3.5, clients=8),
    )
}  # fmt: skip
