"""Role × area × ledger × address: what is granted works and shows its own; what is not is refused and shows nothing.

Generated from the rights table and the application's own address map, so that neither a new ledger nor a new address
can escape. Every answer, whatever it is for, is searched for traces of villages and ledgers that are not the reader's.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from itertools import zip_longest
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import select

from admin_app.access import RIGHTS
from admin_app.ledgers.base import views
from admin_app.ledgers.fields import references
from models.scope import Act
from models.supply import Supply, SupplyStatus
from models.trail import TrailEntry
from tests.admin_app.support.addresses import (
    ANYBODY,
    MORE,
    PAGES,
    PARTS,
    SIGNED_IN,
    filled,
    part_of,
    rule_of,
    taking,
    unclassified,
)
from tests.admin_app.support.browsing import Browser, Page
from tests.admin_app.support.district import (
    ANONYMOUS,
    BY_ACTS,
    COMMON,
    DISTRICT,
    MARKS,
    READERS,
    Reader,
    account_id,
    crossing,
    token,
    traces,
    traces_of_ledger,
    villages_named,
)
from tests.admin_app.support.panels import Panel
from tests.admin_app.support.problems import Problems
from tests.admin_app.support.typing_in import form_for, references_to
from tests.admin_app.support.values import (
    BINNED,
    EDITED,
    FRESH,
    REMOVED,
    SEEN,
    TICKED,
    TODAY,
    Mark,
    class_of,
    ledger_number,
    typed,
)

LEDGERS = tuple(RIGHTS)
# what hangs on a file goes into the bin with it, and a file that is handed over is out of reach
HANGS_ON = {"visit": ("resident", "observation"), "observation": ("resident",)}
IN_TURN = (*(ledger for ledger in reversed(LEDGERS) if ledger != "handover"), "handover")
NOBODYS = 5_555_555  # a number that no record has


def number_of(panel: Panel, ledger: str, mark: Mark, n: int) -> int:
    """The number of a village's n-th record of a ledger."""
    if ledger == "trail":
        # a row of the trail that everybody who may read the village's trail at all may read
        with panel.session() as session:
            village = mark.number(0, 1)
            query = select(TrailEntry.id).where(TrailEntry.village_id == village, TrailEntry.ledger == "duty")
            return session.scalars(query.order_by(TrailEntry.id)).all()[n]
    return mark.number(ledger_number(ledger), 1 if ledger == "village" else n)


def sees_it(reader: Reader, ledger: str, act: Act, mark: Mark) -> bool:
    """May the reader do this to a village's (or, of a common ledger, the district's) records?"""
    if ledger in ("organisation", "setting"):
        return (
            reader.opens(ledger, act)
            if act in (Act.READ, Act.EXPORT, Act.REVEAL)
            else reader.may(act, ledger, DISTRICT)
        )
    return reader.may(act, ledger, DISTRICT if ledger in COMMON else mark)


class Visitor:
    """A reader going through the panel: every answer is checked for what it must not hold, and for what it did."""

    def __init__(self, panel: Panel, name: str):
        self.panel, self.name = panel, name
        self.reader = READERS.get(name, Reader(name, None, frozenset()))
        self.browser: Browser = panel.as_(name)
        self.visited: set[tuple[str, str]] = set()
        self.foreign = [mark for mark in MARKS if mark not in self.reader.area]
        self.own = next((mark for mark in MARKS if mark in self.reader.area), None)
        # who goes through every order, filter and action too; the rest differ from these in their rights only
        self.thorough = name in ("village_a", "coordinator") and panel.store.kind == "sqlite"
        self.crossing = crossing(self.reader)
        # an auditor's trail tells of every ledger
        tells_all = self.reader.opens("trail") and RIGHTS["trail"][self.reader.role][0].about is None
        self.closed = [
            ledger
            for ledger in LEDGERS
            if (ledger == "account" and not self.reader.may(Act.READ, ledger, DISTRICT))
            or (not tells_all and not self.reader.opens(ledger))
        ]

    def clean(self, page: Page, *, echoes: tuple[str, ...] = ()) -> Page:
        """Check that an answer holds nothing of other villages, nor of ledgers that are closed to the reader."""
        body = page.text
        for known in (*echoes, *self.crossing):  # what the reader typed comes back to the reader
            body = body.replace(known, "")
        for mark in self.foreign:
            if found := traces(mark).search(body):
                pytest.fail(
                    f"{self.name} reads {found.group()!r} of another village at {page.path}: {near(body, found)}"
                )
        for ledger in self.closed:
            if found := traces_of_ledger(ledger).search(body):
                pytest.fail(f"{self.name} reads {found.group()!r}, closed to them, at {page.path}: {near(body, found)}")
        return page

    def ask(self, method: str, path: str, data: dict[str, Any] | None = None, echoes: tuple[str, ...] = ()) -> Page:
        """Ask for an address as this reader."""
        part = part_of(rule_of(path.split("?")[0]))
        if part is not None:
            self.visited.add((part[0], part[1]))
        page = self.browser.get(path) if method == "GET" else self.browser.post(path, data)
        return self.clean(page, echoes=echoes)

    @contextmanager
    def nothing_written(self) -> Iterator[None]:
        """Nothing but the trail may grow."""
        before = self.panel.counts()
        yield
        assert {**self.panel.counts(), "trail": 0} == {**before, "trail": 0}, "something was written"

    def refused(self, method: str, path: str, data: dict[str, Any] | None = None) -> None:
        """Ask for what is not granted: 403 in words, and one row in the trail that says so."""
        row = self.panel.last_number()
        page = self.ask(method, path, data)
        assert page.status == 403, f"{self.name} is not refused {method} {path}: {page.status} {page.main[:200]}"
        assert "not open to you" in page.text
        deeds = [(d.deed, d.account_id) for d in self.panel.last_deeds(row)]
        assert deeds == [("refused", account_id(self.name))], f"{method} {path}: {deeds}"

    def nothing_there(self, method: str, path: str, foreign: int, data: dict[str, Any] | None = None) -> None:
        """A record of another village is answered exactly as one that does not exist."""
        answers = []
        for number in (foreign, NOBODYS):
            sent = {k: str(number) if v == "{}" else v for k, v in (data or {}).items()}
            self.browser.forget_messages()
            page = self.ask(method, path.format(number), sent, echoes=(str(number),))
            answers.append((page.status, page.location.replace(str(number), "…"), anonymised(page.text, number)))
        assert answers[0][:2] == answers[1][:2], f"{method} {path} tells {foreign} from a record that does not exist"
        difference = [
            one for one in zip(answers[0][2].split(), answers[1][2].split(), strict=False) if one[0] != one[1]
        ]
        assert answers[0] == answers[1], f"{method} {path} tells {foreign} from what does not exist: {difference[:5]}"
        assert answers[0][0] in (302, 404), f"{method} {path}: {answers[0][0]}"


def near(body: str, found: re.Match[str]) -> str:
    return " ".join(body[max(0, found.start() - 120) : found.end() + 60].split())


def anonymised(text: str, number: int) -> str:
    """A page without what differs from one request to the next."""
    return re.sub(r'value="(?:[\w.-]{60,}|[0-9a-f-]{36})"', "", text).replace(str(number), "…")


# ---- the map ----


def test_every_address_of_the_application_is_classified(sqlite_panel: Panel) -> None:
    assert unclassified(sqlite_panel.app) == [], "say in support/addresses.py what these are for, and test them"


def test_every_ledger_has_every_address(sqlite_panel: Panel) -> None:
    existing = {part_of(rule.rule) for rule in sqlite_panel.app.url_map.iter_rules()} - {None}
    assert existing == {(ledger, part) for ledger in RIGHTS for part in PARTS} | set(MORE)


# ---- those who have not signed in ----


def test_who_has_not_signed_in_is_sent_to_the_sign_in_and_reads_nothing(panel: Panel) -> None:
    visitor = Visitor(panel, ANONYMOUS)
    for method in ("GET", "POST"):
        for rule in taking(panel.app, method):
            page = visitor.ask(method, filled(rule), {"username": "nobody", "password": "nothing"})
            if PAGES.get(rule.rule) == ANYBODY:
                assert page.status in (200, 302, 401, 404), rule.rule
            else:
                assert page.status == 302, f"{method} {rule.rule}: {page.status}"
                assert page.location.startswith("/login"), rule.rule


def test_who_has_not_signed_in_cannot_tell_addresses_that_exist(panel: Panel) -> None:
    visitor = Visitor(panel, ANONYMOUS)
    for path in ("/admin/resident/", "/admin/nonsense/", "/admin/resident/nonsense/", "/admin/trail/details/?id=1"):
        page = visitor.ask("GET", path)
        assert (page.status, page.location.split("?")[0]) == (302, "/login"), path


# ---- those who have ----


@pytest.mark.parametrize("name", READERS)
def test_what_is_granted_works_and_what_is_not_is_refused(panel: Panel, name: str) -> None:
    visitor, problems = Visitor(panel, name), Problems()
    for rule, whose in PAGES.items():
        with problems:
            if whose == SIGNED_IN and rule != "/logout":
                assert visitor.ask("GET", rule).status == 200, rule
            elif isinstance(whose, tuple) and not all(visitor.reader.opens(ledger, act) for act, ledger in whose):
                for method in methods_of(panel, rule):
                    visitor.refused(method, rule)
            elif rule in VISITED:
                VISITED[rule](visitor)
    for ledger in IN_TURN:
        for act in OPEN_LEDGER if visitor.reader.opens(ledger) else (refuse_everything,):
            with problems, visitor.nothing_written() if act in READING else nullcontext():
                act(visitor, ledger)
    with problems:
        asked_for = {(ledger, part) for ledger in RIGHTS for part in PARTS} | set(MORE)
        assert visitor.visited >= asked_for, f"never asked for: {sorted(asked_for - visitor.visited)}"
    problems.tell()


# ---- a ledger that is open, address by address ----


def the_list(visitor: Visitor, ledger: str) -> None:
    """The list shows what is the reader's, and its search finds it."""
    page = visitor.ask("GET", f"/admin/{ledger}/?size=100")
    assert page.status == 200
    linked = set(re.findall(rf"/admin/{ledger}/details/\?id=(\d+)", page.text))
    for mark in (DISTRICT,) if ledger in COMMON else MARKS:
        number = str(number_of(visitor.panel, ledger, mark, SEEN))
        if ledger != "trail":
            assert (number in linked) == sees_it(visitor.reader, ledger, Act.READ, mark), f"{ledger} {number}"
    for mark in visitor.foreign[:1]:
        sought = f"{mark.sign}{ledger}1 {mark.number(ledger_number(ledger), 1)}"
        for words in sought.split() if visitor.thorough else (sought,):
            page = visitor.ask("GET", f"/admin/{ledger}/?q={quote(words)}", echoes=(words, *sought.split()))
            assert f"/admin/{ledger}/details/" not in page.text, f"{words} finds a foreign {ledger}"


def its_order_and_filters(visitor: Visitor, ledger: str) -> None:
    """Whatever the list is sorted and narrowed by, and whatever its filters offer, is the reader's own."""
    if not visitor.thorough:
        return
    page = visitor.ask("GET", f"/admin/{ledger}/")
    orders = sorted({href for href, _ in page.links if href.startswith(f"/admin/{ledger}/?sort=")})
    filters = [
        (name, value)
        for form in page.forms
        if form.method == "get"
        for name in form.names
        for value, _ in form.options(name)[:3]
        if value
    ]
    for order, narrowed in zip_longest(orders, filters):
        address = str(order or f"/admin/{ledger}/?sort=") + (f"&{narrowed[0]}={quote(narrowed[1])}" if narrowed else "")
        assert visitor.ask("GET", address).status == 200
    for mark in visitor.foreign[:1]:
        pages = []
        for village in (mark.number(0, 1), NOBODYS):
            page = visitor.ask("GET", f"/admin/{ledger}/?village={village}", echoes=(str(village),))
            pages.append((page.status, anonymised(page.text, village)))
        assert pages[0] == pages[1], f"the list of {ledger} tells a foreign village from one that does not exist"


def its_details(visitor: Visitor, ledger: str) -> None:
    """One's own record opens with what is in it; another village's is not there."""
    for mark in (DISTRICT,) if ledger in COMMON else MARKS:
        number = number_of(visitor.panel, ledger, mark, SEEN)
        if sees_it(visitor.reader, ledger, Act.READ, mark):
            if mark is visitor.own or mark is DISTRICT:
                page = visitor.ask("GET", f"/admin/{ledger}/details/?id={number}")
                assert page.status == 200
                shown = f"{mark.sign}duty" if ledger == "trail" else token(ledger, mark)
                assert shown in page.text, f"{ledger} {number} does not show {shown}"
        else:
            visitor.nothing_there("GET", f"/admin/{ledger}/details/?id={{}}", number)
    if ledger not in ("village", "trail"):
        mark = DISTRICT if ledger in COMMON else (visitor.own or MARKS[0])
        visitor.nothing_there(
            "GET", f"/admin/{ledger}/details/?id={{}}", number_of(visitor.panel, ledger, mark, BINNED)
        )


def its_masked_fields(visitor: Visitor, ledger: str) -> None:
    """A masked value is shown to whom it is granted, and each time leaves a row in the trail."""
    from models.base import about

    cls = class_of(ledger)
    masked = [a.key for a in cls.__mapper__.column_attrs if about(a.columns[0]).mask is not None] or ["id"]
    for mark in (DISTRICT,) if ledger in COMMON else MARKS:
        number = number_of(visitor.panel, ledger, mark, SEEN)
        for name in masked:
            path = f"/admin/{ledger}/reveal/?id={{}}&field={name}"
            if not sees_it(visitor.reader, ledger, Act.READ, mark):
                visitor.nothing_there("POST", path, number)
                continue
            if mark not in (visitor.own, DISTRICT):
                continue
            rules = visitor.reader.rules(ledger, mark)
            shown = [r for r in rules if Act.REVEAL in r.acts and (r.sees is None or name in r.sees)]
            row = visitor.panel.last_number()
            page = visitor.ask("POST", path.format(number))
            if masked == ["id"]:
                assert page.status == 404
                continue
            value = getattr(visitor.panel.get(cls, number), name)
            if shown or (ledger == "organisation" and visitor.reader.opens(ledger, Act.REVEAL)):
                assert page.status == 200
                assert value in page.text
                assert [d.deed for d in visitor.panel.last_deeds(row)] == ["reveal"]
            else:
                assert page.status in (403, 404)
                assert value not in page.text


def its_new_form(visitor: Visitor, ledger: str) -> None:
    """What may be made is made, in one's own village only; what comes of acts has no form."""
    cls, reader = class_of(ledger), visitor.reader
    if reader.opens(ledger, Act.CREATE) and ledger in BY_ACTS:
        for method in ("GET", "POST"):
            with visitor.nothing_written():
                assert visitor.ask(method, f"/admin/{ledger}/new/", form_for(cls, DISTRICT, FRESH)).status == 404
        return
    mark = DISTRICT if ledger in COMMON else (visitor.own or MARKS[0])
    path = f"/admin/{ledger}/new/"
    if not reader.opens(ledger, Act.CREATE) or ledger == "trail":
        visitor.refused("GET", path)
        visitor.refused("POST", path, {"name": "whoever"})
        return
    page = visitor.ask("GET", path)
    if not makes_new(reader, ledger):
        # the whole district's, and the reader's area is a part of it
        before = visitor.panel.counts()
        answer = visitor.ask("POST", path, form_for(cls, mark, FRESH))
        assert answer.status in (403, 422), f"{visitor.name} makes {ledger}: {answer.status}"
        assert {**visitor.panel.counts(), "trail": 0} == {**before, "trail": 0}
        return
    assert page.status == 200
    before = visitor.panel.counts()
    offered = page.form("version").names
    closed = [n for n, (_column, target) in references(cls).items() if not reader.opens(target.__ledger__)]
    wanted = {k: v for k, v in form_for(cls, mark, FRESH).items() if {k, f"{k}-q"} & {*offered} and k not in closed}
    answer = visitor.browser.post(path, wanted)
    assert answer.status == (200 if ledger == "account" else 302), f"{visitor.name} {ledger}: {answer.main[:600]}"
    grown = {table for table, count in visitor.panel.counts().items() if count != before[table]}
    assert grown - {"observation_event"} == {cls.__tablename__, "trail"}
    visitor.clean(answer)
    for foreign in visitor.foreign[:1] if "village" in references(cls) else ():
        before = visitor.panel.counts()
        stolen = {**wanted, "village": str(foreign.number(0, 1)), "village_id": str(foreign.number(0, 1))}
        stolen |= {k: typed(v) for k, v in references_to(cls, foreign).items()}
        answer = visitor.ask("POST", path, stolen, echoes=tuple(typed_numbers(cls, foreign)))
        assert answer.status in (302, 403, 422), f"{ledger}: {answer.status}"
        assert visitor.panel.counts() == before or answer.status == 403, f"{visitor.name} makes a {ledger} elsewhere"


def makes_new(reader: Reader, ledger: str) -> bool:
    if ledger in (*COMMON, "village"):
        return reader.may(Act.CREATE, ledger, DISTRICT)
    return reader.opens(ledger, Act.CREATE)


def typed_numbers(cls: Any, mark: Mark) -> Iterator[str]:
    yield from (str(number) for number in references_to(cls, mark).values())


def its_edit_form(visitor: Visitor, ledger: str) -> None:
    """One's own record can be mended where that is granted; another village's is not there."""
    for mark in (DISTRICT,) if ledger in COMMON else MARKS:
        number = number_of(visitor.panel, ledger, mark, EDITED)
        path = f"/admin/{ledger}/edit/?id={{}}"
        if mark in visitor.foreign[1:]:
            continue
        if not sees_it(visitor.reader, ledger, Act.READ, mark):
            visitor.nothing_there("GET", path, number)
            visitor.nothing_there("POST", path, number, {"version": "1", "name": "taken over"})
        elif mark in (visitor.own, DISTRICT):
            if sees_it(visitor.reader, ledger, Act.EDIT, mark) and ledger in BY_ACTS:
                for method in ("GET", "POST"):
                    assert visitor.ask(method, path.format(number), {"version": "1", "status": "closed"}).status == 404
            elif sees_it(visitor.reader, ledger, Act.EDIT, mark) and ledger != "trail":
                saved_untouched(visitor, ledger, number)
            else:
                visitor.refused("GET", path.format(number))
                visitor.refused("POST", path.format(number), {"version": "1", "name": "taken over"})


def saved_untouched(visitor: Visitor, ledger: str, number: int) -> None:
    """A form that is opened and saved as it is changes nothing."""
    cls = class_of(ledger)
    before = visitor.panel.get(cls, number)
    page = visitor.ask("GET", f"/admin/{ledger}/edit/?id={number}")
    assert page.status == 200
    row = visitor.panel.last_number()
    answer = visitor.browser.send(page, page.form("version"))
    assert answer.status == 302, f"{visitor.name} {ledger}: {answer.main[:600]}"
    after = visitor.panel.get(cls, number)
    for attribute in cls.__mapper__.column_attrs:
        if attribute.key not in ("version", "updated_at", "updated_by"):
            assert getattr(after, attribute.key) == getattr(before, attribute.key), f"{ledger}.{attribute.key}"
    assert [d.deed for d in visitor.panel.last_deeds(row)] == [], f"saving {ledger} untouched is told as a change"


def its_deletion(visitor: Visitor, ledger: str) -> None:
    """What may be deleted goes into the bin and comes back; another village's is not there."""
    for mark in (DISTRICT,) if ledger in COMMON else MARKS:
        number = number_of(visitor.panel, ledger, mark, REMOVED)
        binned = number_of(visitor.panel, ledger, mark, BINNED)
        delete, restore = f"/admin/{ledger}/delete/?id={{}}", f"/admin/{ledger}/restore/?id={{}}"
        if mark in visitor.foreign[1:]:
            continue
        if not sees_it(visitor.reader, ledger, Act.READ, mark):
            visitor.nothing_there("GET", delete, number)
            visitor.nothing_there("POST", delete, number, {"confirmed": "1"})
            visitor.nothing_there("POST", restore, binned)
        elif mark in (visitor.own, DISTRICT):
            if not sees_it(visitor.reader, ledger, Act.DELETE, mark) or ledger == "trail":
                visitor.refused("GET", delete.format(number))
                visitor.refused("POST", delete.format(number))
                visitor.refused("POST", restore.format(number))
            elif ledger == "village":
                assert visitor.ask("GET", delete.format(number)).status == 200
                assert visitor.ask("POST", restore.format(number)).status in (302, 404)
            else:
                for above in HANGS_ON.get(ledger, ()):  # what it hangs on comes back first
                    visitor.ask("POST", f"/admin/{above}/restore/?id={number_of(visitor.panel, above, mark, BINNED)}")
                gone_and_back(visitor, ledger, number, binned)
                if ledger in HANGS_ON:  # and goes last, as nothing goes from under what is not over
                    visitor.ask("POST", delete.format(binned))
                for above in reversed(HANGS_ON.get(ledger, ())):
                    visitor.ask("POST", f"/admin/{above}/delete/?id={number_of(visitor.panel, above, mark, BINNED)}")
    if visitor.reader.opens(ledger, Act.DELETE):
        assert visitor.ask("GET", f"/admin/{ledger}/bin/").status == 200
    else:
        visitor.refused("GET", f"/admin/{ledger}/bin/")


def gone_and_back(visitor: Visitor, ledger: str, number: int, binned: int) -> None:
    cls = class_of(ledger)
    assert visitor.ask("GET", f"/admin/{ledger}/delete/?id={number}").status == 200
    assert visitor.panel.get(cls, number).deleted_at is None, "asking is not doing"
    assert visitor.ask("POST", f"/admin/{ledger}/delete/?id={number}").status == 302
    assert visitor.panel.get(cls, number) is None, f"{ledger} was not deleted: {visitor.browser.messages()}"
    if visitor.panel.get(cls, binned) is None:
        assert visitor.ask("POST", f"/admin/{ledger}/restore/?id={binned}").status == 302
    assert visitor.panel.get(cls, binned) is not None, f"{ledger} was not restored: {visitor.browser.messages()}"


def its_actions(visitor: Visitor, ledger: str) -> None:
    """Ticked records: one's own are named and done; others in the same form are as if they were not there."""
    page = visitor.ask("GET", f"/admin/{ledger}/")
    path = f"/admin/{ledger}/action/"
    offered = list(dict.fromkeys(v for form in page.forms for n, v, _ in form.buttons if n == "action"))
    mark = DISTRICT if ledger in COMMON else (visitor.own or MARKS[0])
    number = number_of(visitor.panel, ledger, mark, TICKED)
    if "remove" not in offered:
        with visitor.nothing_written():
            if visitor.reader.opens(ledger, Act.DELETE):
                visitor.nothing_there("POST", path, number, {"action": "remove", "rowid": "{}", "confirmed": "1"})
            else:
                visitor.refused("POST", path, {"action": "remove", "rowid": str(number), "confirmed": "1"})
    strangers = [number_of(visitor.panel, ledger, m, TICKED) for m in visitor.foreign if ledger not in COMMON]
    for action in offered if visitor.thorough else offered[-1:]:
        if strangers:
            with visitor.nothing_written():
                visitor.nothing_there("POST", path, strangers[0], {"action": action, "rowid": "{}", "confirmed": "1"})
        if not sees_it(visitor.reader, ledger, Act.EDIT, mark):
            visitor.nothing_there("POST", path, number, {"action": action, "rowid": "{}", "confirmed": "1"})
            continue
        if ledger == "supply":  # done, it would be out of the coordinator's sight
            with visitor.panel.session() as session:
                session.get_one(Supply, number).status = SupplyStatus.OPEN
                session.commit()
        if ledger == "resident" and action == "remove":
            visitor.panel.rule_out(number)  # it was opened earlier in the visit
        ticked_with_others(visitor, ledger, action, number, [str(n) for n in strangers])
    visitor.clean(visitor.browser.get("/password"))  # shows what was said of it


def ticked_with_others(visitor: Visitor, ledger: str, action: str, number: int, others: list[str]) -> None:
    path, row = f"/admin/{ledger}/action/", visitor.panel.last_number()
    named = villages_named() if action == "hand_over" else ()
    page = visitor.ask("POST", path, {"action": action, "rowid": [str(number), *others]}, echoes=named)
    assert page.status == 200, f"{ledger} {action}: {page.status}"
    assert visitor.panel.last_number() == row, "asking is not doing"
    if ledger == "village":
        return
    confirmed = {"action": action, "rowid": [str(number), *others], "confirmed": "1"}
    page = visitor.ask("POST", path, confirmed, echoes=named)
    if action == "hand_over":  # asks to whom and why, too
        assert (page.status, visitor.panel.last_number()) == (422, row)
        return
    assert page.status == 302
    deeds = visitor.panel.last_deeds(row)
    touched = {d.record_id for d in deeds if d.ledger == ledger}
    assert touched <= {number}, f"{action} touched {touched}"
    assert not {d.village_id for d in deeds} & {mark.number(0, 1) for mark in visitor.foreign}


def its_export(visitor: Visitor, ledger: str) -> None:
    """A list that may be taken out holds what the list holds, and says so in the trail."""
    for kind in ("csv", "xlsx") if visitor.thorough else ("csv",):
        path = f"/admin/{ledger}/export/{kind}/"
        if not visitor.reader.opens(ledger, Act.EXPORT):
            visitor.refused("GET", path)
            visitor.refused("POST", path, {"reason": "why"})
            continue
        assert visitor.ask("GET", path).status == 200
        row = visitor.panel.last_number()
        page = visitor.browser.post(path, {"reason": "for the test", "full": "1"})
        assert page.status == 200
        assert [d.deed for d in visitor.panel.last_deeds(row)] == ["export"]
        if kind == "xlsx":
            page.body = unzipped(page.body)
        visitor.clean(page)
        for mark in (DISTRICT,) if ledger in COMMON else MARKS:
            held = token(ledger, mark) if ledger != "trail" else f"{mark.sign}duty"
            assert (held in page.text) == sees_it(visitor.reader, ledger, Act.EXPORT, mark), f"{ledger} {held} {kind}"


def unzipped(content: bytes) -> bytes:
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return b"\n".join(book.read(name) for name in book.namelist())


def its_lookups(visitor: Visitor, ledger: str) -> None:
    """Looking a reference up finds one's own records only, whatever is asked."""
    cls = class_of(ledger)
    path = f"/admin/{ledger}/ajax/lookup/"
    if not (visitor.reader.opens(ledger, Act.CREATE) or visitor.reader.opens(ledger, Act.EDIT)):
        visitor.refused("GET", f"{path}?name=resident")
        return
    assert visitor.ask("GET", f"{path}?name=nonsense").status == 404
    for name, (_column, target) in references(cls).items():
        if target.__tablename__ in ("village", "township"):
            assert visitor.ask("GET", f"{path}?name={name}&query=").status == 404
            continue
        page = visitor.ask("GET", f"{path}?name={name}&query=&limit=-1&offset=-5")
        assert page.status == 200
        assert len(json.loads(page.text)) <= 20, "whatever is asked for, a handful is found"
        mark = DISTRICT if target.__ledger__ in COMMON else (visitor.own or MARKS[0])
        told_by = "resident" if target.__ledger__ == "visit" else target.__ledger__  # a visit is found by its person
        page = visitor.ask("GET", f"{path}?name={name}&query={mark.sign}{told_by}1")
        found = [row[0] for row in json.loads(page.text)]
        own = number_of(visitor.panel, target.__ledger__, mark, SEEN)
        assert (own in found) == sees_it(visitor.reader, target.__ledger__, Act.READ, mark), f"{ledger}.{name}: {found}"
        for foreign in visitor.foreign[:1]:
            sought = f"{foreign.sign}{told_by}1"
            assert json.loads(visitor.ask("GET", f"{path}?name={name}&query={sought}").text) == []


def its_editing_inside_the_list(visitor: Visitor, ledger: str) -> None:
    """Flask-Admin's own editing inside the list is closed to everybody."""
    number = number_of(visitor.panel, ledger, visitor.own or MARKS[0], SEEN)
    visitor.refused("POST", f"/admin/{ledger}/ajax/update/", {"list_form_pk": str(number), "name": "other"})


def its_acts(visitor: Visitor, ledger: str) -> None:
    """An act asks for its own right, of the record it is done with; another village's is not there."""
    with visitor.panel.app.app_context():
        acts = {act.name: act.needs for act in views()[ledger].acts}
    own = DISTRICT if ledger in COMMON else visitor.own or MARKS[0]
    for method in ("GET", "POST"):
        number = number_of(visitor.panel, ledger, own, SEEN)
        assert visitor.ask(method, f"/admin/{ledger}/act/nonsense/?id={number}").status == 404
        for name, needs in acts.items():
            path = f"/admin/{ledger}/act/{name}/?id={{}}"
            for mark in visitor.foreign[:1]:
                visitor.nothing_there(method, path, number_of(visitor.panel, ledger, mark, SEEN))
            if not sees_it(visitor.reader, ledger, Act.READ, own):
                continue
            if not sees_it(visitor.reader, ledger, needs, own):
                visitor.refused(method, path.format(number))
            elif method == "GET":
                named = villages_named() if name == "hand_over" else ()
                assert visitor.ask(method, path.format(number), echoes=named).status in (200, 302)


def its_round(visitor: Visitor) -> None:
    """A round is walked in one's own villages; another's is answered as one that does not exist."""
    here = f"/admin/round/{{}}?on={TODAY}&period=am"
    if visitor.own is not None:
        page = visitor.ask("GET", here.format("") + f"&village={visitor.own.number(0, 1)}")
        assert token("resident", visitor.own) in page.text
    for mark in visitor.foreign[:1]:
        pages = []
        for village in (mark.number(0, 1), NOBODYS):
            page = visitor.ask("GET", here.format("") + f"&village={village}", echoes=(str(village),))
            pages.append((page.status, anonymised(page.text, village)))
        assert re.sub(r'"(?:at|now)":[^,]*', "", pages[0][1]) == re.sub(r'"(?:at|now)":[^,]*', "", pages[1][1])
        number = number_of(visitor.panel, "observation", mark, SEEN)
        typed_in = {"temperature": "36.5", "key": "00000000-0000-4000-8000-000000000001"}
        with visitor.nothing_written():
            visitor.nothing_there("POST", here.format("call/") + "&id={}", number)
            if len(visitor.reader.area) == 1:
                visitor.nothing_there("POST", here.format(""), number, {"observation": "{}", **typed_in})
            answers = [saved_by_script(visitor, one, typed_in) for one in (number, NOBODYS)]
        assert answers[0] == answers[1]
        assert answers[0][0] == 422


def saved_by_script(visitor: Visitor, number: int, values: dict[str, str]) -> tuple[int, str]:
    sent = {**values, "observation": number, "on": str(TODAY), "period": "am", "taken_at": f"{TODAY}T08:00:00+08:00"}
    page = visitor.browser.open(
        "/admin/round/save/", "POST", json.dumps(sent), content_type="application/json",
        headers={"X-CSRFToken": visitor.browser.csrf},
    )  # fmt: skip
    return page.status, visitor.clean(page).text


def its_watch(visitor: Visitor) -> None:
    """The sums and the names behind them are those of one's own villages."""
    page = visitor.ask("GET", "/admin/summary/visits/")
    calls = visitor.ask("GET", "/admin/summary/visits/?show=calls")
    if visitor.own is not None:
        assert token("village", visitor.own) in page.text
        assert token("resident", visitor.own) in calls.text
    for mark in visitor.foreign[:1]:
        assert "followup/new" not in visitor.ask(
            "GET", f"/admin/summary/visits/?show=calls&village={mark.number(0, 1)}",
            echoes=(str(mark.number(0, 1)),),
        ).text  # fmt: skip


def what_only_some_ledgers_have(visitor: Visitor, ledger: str) -> None:
    """Merging two files, printing and opening papers; a new password for an account is the district admin's to give."""
    foreign = visitor.foreign[:1]
    if ledger == "resident":
        own = number_of(visitor.panel, ledger, visitor.own or MARKS[0], SEEN)
        for mark in foreign:
            for path in (f"?id={own}&other={{}}", f"?id={{}}&other={own}"):
                for method in ("GET", "POST"):
                    number = number_of(visitor.panel, ledger, mark, SEEN)
                    visitor.nothing_there(method, f"/admin/resident/merge/{path}", number)
        second = number_of(visitor.panel, ledger, visitor.own or MARKS[0], EDITED)
        assert visitor.ask("GET", f"/admin/resident/merge/?id={own}&other={second}").status == 200
    if ledger == "observation":
        own = number_of(visitor.panel, ledger, visitor.own or MARKS[0], SEEN)
        assert visitor.ask("GET", f"/admin/observation/paper/notice/?id={own}").status == 200
        for mark in foreign:
            for method in ("GET", "POST"):
                number = number_of(visitor.panel, ledger, mark, SEEN)
                visitor.nothing_there(method, "/admin/observation/paper/notice/?id={}", number)
    if ledger == "paper":
        for mark in foreign:
            visitor.nothing_there("GET", "/admin/paper/file/?id={}", number_of(visitor.panel, ledger, mark, SEEN))
        own = number_of(visitor.panel, ledger, visitor.own or MARKS[0], SEEN)
        assert visitor.ask("GET", f"/admin/paper/file/?id={own}").status == 404, "no file was kept"
    if ledger != "account":
        return
    number = number_of(visitor.panel, ledger, DISTRICT, TICKED)
    path = "/admin/account/reset/?id={}"
    if not visitor.reader.may(Act.READ, ledger, DISTRICT):
        visitor.nothing_there("GET", path, number)
        visitor.nothing_there("POST", path, number)
    elif not visitor.reader.may(Act.EDIT, ledger, DISTRICT):
        visitor.refused("GET", path.format(number))
        visitor.refused("POST", path.format(number))
    else:
        assert visitor.ask("GET", path.format(number)).status == 200


def refuse_everything(visitor: Visitor, ledger: str) -> None:
    """A ledger that is closed to the reader: every address refuses."""
    number = number_of(visitor.panel, ledger, visitor.own or MARKS[0], SEEN)
    for rule in visitor.panel.app.url_map.iter_rules():
        found = part_of(rule.rule)
        if found is None or found[0] != ledger:
            continue
        for method in sorted({"GET", "POST"} & (rule.methods or set())):
            query = f"?id={number}&field=phone&name=resident&query=a&other={number}"
            visitor.refused(method, filled(rule) + query, {"action": "remove", "rowid": str(number), "reason": "why"})


def methods_of(panel: Panel, rule: str) -> list[str]:
    """GET, POST or both, as the map has them."""
    known = set().union(*(one.methods or set() for one in panel.app.url_map.iter_rules() if one.rule == rule))
    return sorted({"GET", "POST"} & known)


# what is done at pages of no ledger by those to whom they are open
VISITED = {"/admin/round/": its_round, "/admin/summary/visits/": its_watch}
# those that may not write come first, and are held to it
READING = (
    refuse_everything,
    the_list,
    its_order_and_filters,
    its_details,
    its_masked_fields,
    its_lookups,
    its_export,
    its_editing_inside_the_list,
    its_acts,
    what_only_some_ledgers_have,
)
OPEN_LEDGER = (*READING[1:], its_edit_form, its_new_form, its_deletion, its_actions)
