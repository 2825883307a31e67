"""A ledger's list as asked for by its address: filters, search, order and page, as one statement that stays fast.

Addresses read ``?status=observed&arrived_on.from=2020-01-24&q=wjg&sort=-arrived_on&page=3``. What is not understood
is left out and said. ``today-6`` is a day six days ago, so that an address may be kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, cached_property, lru_cache
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    Integer,
    Numeric,
    Select,
    and_,
    bindparam,
    func,
    inspect,
    or_,
    select,
)  # fmt: skip
from sqlalchemy.sql.base import ExecutableOption
from werkzeug.datastructures import MultiDict

from admin_app.addresses import address
from admin_app.i18n import say
from admin_app.ledgers import finding
from admin_app.ledgers.fields import read_day, references
from admin_app.ledgers.page import FilterField, Option, Pager
from admin_app.ledgers.show import label_of
from models import clock
from models.base import Base, InVillage, Record
from models.place import Township, Village, numbers_and_names
from models.session import Session
from models.summaries.counting import count_all
from models.summing import Sort, groupings
from models.types import Chosen, Instant, Tenths
from models.words import N_, Choice

SIZES = (20, 50, 100)
RESERVED = frozenset({"page", "sort", "q", "size", "lang", "id", "url", "more"})
RELATIVE = re.compile(r"today(?:-(\d{1,3}))?")
DEEP = 2_000  # an offset from which the page's numbers are looked up before its records
Loading = tuple[ExecutableOption, ...]  # what is loaded along with the records


@dataclass(frozen=True)
class Filter:
    """One filter of a ledger, made from its column."""

    cls: type[Any]
    name: str

    @cached_property
    def _label(self) -> str:
        return label_of(self.cls, self.name)

    @property
    def label(self) -> str:
        """What it is called."""
        return say(self._label)

    def arguments(self) -> tuple[str, ...]:
        """The arguments it reads."""
        return (self.name,)

    def condition(self, args: MultiDict[str, str]) -> ColumnElement[bool] | None:
        """The condition its arguments stand for; None when they say nothing. Raises ValueError for nonsense."""
        raise ValueError

    def form(self, session: Session, args: MultiDict[str, str]) -> FilterField:
        """How it is offered."""
        return FilterField(self.name, self.label, "text", value=args.get(self.name, ""))

    def said(self, session: Session, key: str, value: str) -> str:
        """One of its arguments, in words."""
        return value


class ChoiceFilter(Filter):
    """Any of the chosen codes."""

    @cached_property
    def choices(self) -> type[Choice]:
        """The closed list."""
        type_: Any = inspect(self.cls).column_attrs[self.name].columns[0].type
        return cast(type[Choice], type_.choices)

    def condition(self, args: MultiDict[str, str]) -> ColumnElement[bool] | None:
        codes = [self.choices(v) for v in args.getlist(self.name) if v]
        column = getattr(self.cls, self.name)
        computed = getattr(self.cls, "__standing__", {})
        if any((self.name, code) in computed for code in codes):
            today = clock.today()
            return or_(*(computed[self.name, c](today) if (self.name, c) in computed else column == c for c in codes))
        return None if not codes else column == codes[0] if len(codes) == 1 else column.in_(codes)

    def form(self, session: Session, args: MultiDict[str, str]) -> FilterField:
        offered = ((c.value, say(c.label)) for c in self.choices)
        return FilterField(self.name, self.label, "choice", _options(offered, args.getlist(self.name)))

    def said(self, session: Session, key: str, value: str) -> str:
        return say(self.choices(value).label)


class YesNoFilter(Filter):
    """Yes or no."""

    def condition(self, args: MultiDict[str, str]) -> ColumnElement[bool] | None:
        value = args.get(self.name, "")
        if value not in ("", "0", "1"):
            raise ValueError(value)
        return None if not value else getattr(self.cls, self.name).is_(value == "1")

    def form(self, session: Session, args: MultiDict[str, str]) -> FilterField:
        offered = (("1", say(N_("Yes"))), ("0", say(N_("No"))))
        return FilterField(self.name, self.label, "choice", _options(offered, [args.get(self.name, "")]))

    def said(self, session: Session, key: str, value: str) -> str:
        return f"{self.label}: {say(N_('Yes')) if value == '1' else say(N_('No'))}"


class ReferenceFilter(Filter):
    """Records that point at one of the chosen records; offered as a list only where the list is short."""

    def condition(self, args: MultiDict[str, str]) -> ColumnElement[bool] | None:
        numbers = []
        for value in args.getlist(self.name):
            if value:
                number = finding.record_id(value)
                if number is None:
                    raise ValueError(value)
                numbers.append(number)
        column = getattr(self.cls, references(self.cls)[self.name][0])
        return None if not numbers else column == numbers[0] if len(numbers) == 1 else column.in_(numbers)

    def form(self, session: Session, args: MultiDict[str, str]) -> FilterField:
        target = references(self.cls)[self.name][1]
        if not issubclass(target, (Village, Township)):
            return FilterField(self.name, self.label, "hidden", value=args.get(self.name, ""))
        places = numbers_and_names(session, target)
        return FilterField(self.name, self.label, "choice", _options(places, args.getlist(self.name)))

    def said(self, session: Session, key: str, value: str) -> str:
        target = references(self.cls)[self.name][1]
        number = finding.record_id(value)
        found = session.get(target, number) if number else None
        return f"{self.label}: {found if found is not None else '#' + value}"


def _options(offered: Iterable[tuple[str, str]], on: Collection[str]) -> tuple[Option, ...]:
    """The choices of a filter, and which are on."""
    options = _unchosen(tuple(offered))
    return tuple(o._replace(selected=o.value in on) for o in options) if any(on) else options


@lru_cache(maxsize=256)
def _unchosen(offered: tuple[tuple[str, str], ...]) -> tuple[Option, ...]:
    """Choices, none of them on: made once for what is offered, which may be some hundred villages."""
    return tuple(Option(value, label, False) for value, label in offered)


class SpanFilter(Filter):
    """From … to …, both included."""

    kind = "number"

    def arguments(self) -> tuple[str, ...]:
        return (f"{self.name}.from", f"{self.name}.to")

    def read(self, text: str) -> Any:
        """A bound from an argument; raises ValueError."""
        value = float(text)
        if abs(value) > 1e12 or value != value:
            raise ValueError(text)
        return value

    def bounds(self, first: Any, last: Any) -> list[ColumnElement[bool]]:
        """The conditions of the two bounds, either of which may be None."""
        column = getattr(self.cls, self.name)
        return [
            *([column >= first] if first is not None else []),
            *([column <= last] if last is not None else []),
        ]

    def condition(self, args: MultiDict[str, str]) -> ColumnElement[bool] | None:
        first, last = (self.read(args[k]) if args.get(k) else None for k in self.arguments())
        if first is not None and last is not None and first > last:
            first, last = last, first
        found = self.bounds(first, last)
        return None if not found else found[0] if len(found) == 1 else found[0] & found[1]

    def form(self, session: Session, args: MultiDict[str, str]) -> FilterField:
        first, last = (args.get(k, "") for k in self.arguments())
        return FilterField(self.name, self.label, self.kind, value_from=first, value_to=last)

    def said(self, session: Session, key: str, value: str) -> str:
        return f"{self.label} {'≥' if key.endswith('.from') else '≤'} {value}"


class DayFilter(SpanFilter):
    """Days from … to …, of a day or of an instant."""

    kind = "day"

    def read(self, text: str) -> date:
        if relative := RELATIVE.fullmatch(text):
            return clock.today() - timedelta(days=int(relative[1] or 0))
        return read_day(text)

    def said(self, session: Session, key: str, value: str) -> str:
        relative = RELATIVE.fullmatch(value)
        if relative is None or not key.endswith(".from"):
            return super().said(session, key, value)
        days = {"label": self.label, "count": int(relative[1] or 0) + 1}
        return say(N_("%(label)s: last %(count)d days"), days) if relative[1] else f"{self.label} ≥ {say(N_('today'))}"

    def bounds(self, first: Any, last: Any) -> list[ColumnElement[bool]]:
        if not isinstance(inspect(self.cls).column_attrs[self.name].columns[0].type, Instant):
            return super().bounds(first, last)
        column = getattr(self.cls, self.name)
        found = [] if first is None else [column >= clock.day_span(first)[0]]
        return found if last is None else [*found, column < clock.day_span(last)[0] + timedelta(days=1)]


def filter_for(cls: type[Base], name: str) -> Filter:
    """The filter that a column or reference gets. Raises TypeError where there is none."""
    if name in references(cls):
        return ReferenceFilter(cls, name)
    type_ = inspect(cls).column_attrs[name].columns[0].type
    if isinstance(type_, Chosen):
        return ChoiceFilter(cls, name)
    if isinstance(type_, Boolean):
        return YesNoFilter(cls, name)
    if isinstance(type_, (Date, Instant)):
        return DayFilter(cls, name)
    if isinstance(type_, (Integer, Numeric, Tenths)):
        return SpanFilter(cls, name)
    raise TypeError(f"{cls.__name__}.{name} cannot be filtered")


class BlankFilter(Filter):
    """Records that lack something: ``?blank=met_case``. Of what may be told of at all; summaries lead here."""

    def condition(self, args: MultiDict[str, str]) -> ColumnElement[bool] | None:
        names = [name for name in args.getlist(self.name) if name]
        if not all(name in groupings(self.cls) for name in names):
            raise ValueError(names)
        columns = [getattr(self.cls, groupings(self.cls)[name].column) for name in names]
        return and_(*(column.is_(None) for column in columns)) if columns else None

    def said(self, session: Session, key: str, value: str) -> str:
        return f"{say(groupings(self.cls)[value].label)}: {say(N_('not given'))}"

    @property
    def label(self) -> str:
        return say(N_("not given"))


def unoffered(cls: type[Any], offered: Iterable[str]) -> dict[str, Filter]:
    """Filters that a list understands but does not offer: by whatever a summary of it can be grouped."""
    named = [
        one.name
        for one in groupings(cls).values()
        if one.name not in offered and one.sort not in (Sort.PLACE, Sort.AGE)
    ]
    return {**{name: filter_for(cls, name) for name in named}, "blank": BlankFilter(cls, "blank")}


@dataclass
class Asked:
    """What an address asks of a list, as far as it was understood."""

    args: MultiDict[str, str]
    conditions: list[ColumnElement[bool]] = field(default_factory=list)
    active: list[tuple[Filter, str, str]] = field(default_factory=list)  # filter, argument, value
    search: str = ""
    sort: str = ""
    descending: bool = False
    size: int = SIZES[0]
    page: int = 1
    notices: list[str] = field(default_factory=list)

    def url(
        self, base: str, drop: tuple[str, str] | None = None, change: Mapping[str, str | None] | None = None
    ) -> str:
        """The address with one argument's value dropped or some arguments changed; back to page one by itself."""
        pairs = [
            (k, v)
            for k, v in self.args.items(multi=True)
            if v and k != "page" and k not in (change or {}) and (k, v) != drop and k != "lang"
        ]
        pairs += [(k, v) for k, v in (change or {}).items() if v]
        return address(base, pairs)


def read(
    cls: type[Record],
    args: MultiDict[str, str],
    filters: dict[str, Filter],
    sortable: frozenset[str],
    default: str,
) -> Asked:
    """Read an address. Nothing in it can raise: what makes no sense is left out and said in ``notices``."""
    asked = Asked(args, sort=default.removeprefix("-"), descending=default.startswith("-"))
    for one in filters.values():
        try:
            condition = one.condition(args)
        except (ValueError, OverflowError):
            asked.notices.append(
                say(N_("This condition makes no sense and was left out: %(name)s"), {"name": one.label})
            )
            continue
        if condition is not None:
            asked.conditions.append(condition)
            asked.active += [(one, key, value) for key in one.arguments() for value in args.getlist(key) if value]
    known = RESERVED | {key for one in filters.values() for key in one.arguments()}
    if any(key not in known for key in args):
        asked.notices.append(say(N_("A condition that does not exist here was left out.")))
    asked.search = args.get("q", "").replace("\x00", " ").strip()[:100]
    if asked.search:
        asked.conditions.append(finding.matches(cls, asked.search))
    sort = args.get("sort", "")
    if sort.removeprefix("-") in sortable:
        asked.sort, asked.descending = sort.removeprefix("-"), sort.startswith("-")
    elif sort:
        asked.notices.append(say(N_("This list cannot be sorted that way.")))
    asked.size = next((s for s in SIZES if str(s) == args.get("size")), SIZES[0])
    number = args.get("page", "1")
    asked.page = int(number) if number.isascii() and number.isdigit() and len(number) < 16 else 1
    return asked


def fetch(
    session: Session, cls: type[Record], asked: Asked, loading: Loading, base: str, deleted: bool = False
) -> tuple[list[Any], Pager]:
    """The records of the page asked for, and where it lies; a page past either end becomes the nearest there is."""
    conditions = [*asked.conditions, cls.deleted_at.is_not(None)] if deleted else asked.conditions
    total = _count(session, cls, conditions, deleted)
    pages = max(1, -(-total // asked.size))
    page = min(max(asked.page, 1), pages)
    span = range(total)[(page - 1) * asked.size : page * asked.size]
    records = _slice(session, cls, asked, conditions, loading, deleted, span, total) if total else []
    return records, _pager(asked, base, page, pages, total, len(records))


def _count(session: Session, cls: type[Record], conditions: list[ColumnElement[bool]], deleted: bool) -> int:
    """How many records meet the conditions.

    Where nothing narrows the list, most villages were counted before; of what lies in no village, all there are less
    those in the recycle bin, which has an index of its own: SQLite counts an index whole in a hundredth of the time.
    """
    if deleted:
        return session.scalar(_counting(cls).where(*conditions), execution_options={"deleted": True}) or 0
    if conditions or not issubclass(cls, Record) or session.scope.criterion(cls) is not None:
        return session.scalar(_counting(cls).where(*conditions)) or 0
    if issubclass(cls, InVillage):
        return count_all(session, cls)
    return session.scalar(_counting_all(cls), execution_options={"deleted": True}) or 0


@cache
def _counting(cls: type[Base]) -> Select[int]:
    return select(func.count()).select_from(cls)


@cache
def _counting_all(cls: type[Record]) -> Select[int]:
    binned = _counting(cls).where(cls.deleted_at.is_not(None))
    difference: ColumnElement[int] = _counting(cls).scalar_subquery() - binned.scalar_subquery()
    return select(difference).execution_options(kept=True)


def _slice(
    session: Session,
    cls: type[Record],
    asked: Asked,
    conditions: list[ColumnElement[bool]],
    loading: Loading,
    deleted: bool,
    span: range,
    total: int,
) -> list[Any]:
    """One page, counted from whichever end of the list is nearer."""
    backwards = span.start > total // 2
    start = total - span.stop if backwards else span.start
    shape = cls, asked.sort, asked.descending != backwards, start >= DEEP, loading
    statement = _page(*shape, tuple(conditions)) if conditions else _whole_page(*shape)
    execution = {"deleted": True} if deleted else {}
    found = session.scalars(statement, {"start": start, "count": len(span)}, execution_options=execution).all()
    return list(found[::-1] if backwards else found)


def _page(
    cls: type[Record],
    sort: str,
    descending: bool,
    deep: bool,
    loading: Loading,
    conditions: tuple[ColumnElement[bool], ...] = (),
) -> Select[Any]:
    """The statement of one page, from ``start``, ``count`` records; deep in a list their numbers are found first."""
    order = _order(cls, sort, descending, cls.id)
    start, count = bindparam("start", type_=BigInteger), bindparam("count", type_=BigInteger)
    found = select(cls.id if deep else cls).where(*conditions).order_by(*order).offset(start).limit(count)
    return (select(cls).where(cls.id.in_(found)).order_by(*order) if deep else found).options(*loading)


@lru_cache(maxsize=256)
def _whole_page(cls: type[Record], sort: str, descending: bool, deep: bool, loading: Loading) -> Select[Any]:
    """The statement of one page of a list that nothing narrows."""
    return _page(cls, sort, descending, deep, loading).execution_options(kept=True)


def order_by(cls: type[Record], asked: Asked, number: Any) -> list[Any]:
    """The order that is asked for; records that it leaves equal go by their ``number``."""
    return _order(cls, asked.sort, asked.descending, number)


def _order(cls: type[Record], sort: str, descending: bool, number: Any) -> list[Any]:
    direction: Callable[[Any], Any] = (lambda c: c.desc()) if descending else (lambda c: c.asc())
    if sort == "id":
        return [direction(number)]
    known = references(cls)
    name = known[sort][0] if sort in known else sort
    return [direction(getattr(cls, name)), direction(number)]


def _pager(asked: Asked, base: str, page: int, pages: int, total: int, shown: int) -> Pager:
    def at(number: int) -> str:
        return asked.url(base, change={"page": str(number) if number > 1 else None})

    return Pager(
        page=page,
        pages=pages,
        first_no=(page - 1) * asked.size + 1 if total else 0,
        last_no=(page - 1) * asked.size + shown,
        total=total,
        first_url=at(1) if page > 1 else "",
        previous_url=at(page - 1) if page > 1 else "",
        next_url=at(page + 1) if page < pages else "",
        last_url=at(pages) if page < pages else "",
    )
