"""What a ledger's templates are given: plain, finished values. A template queries nothing and decides nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from models.words import Tone


class Kind(StrEnum):
    """How a value is drawn."""

    TEXT = "text"
    TITLE = "title"  # the record's name, linking to its details
    CHIP = "chip"  # a status, with a tone
    NUMBER = "number"  # right-aligned
    DAY = "day"
    INSTANT = "instant"
    MASKED = "masked"  # shortened; ``reveal`` is the address that shows it
    PROSE = "prose"  # several lines
    LINK = "link"  # another record


class Cell(NamedTuple):
    """One value of one record, as it is read. ``url`` only when the reader may open what it points at.

    A tuple, because a list has hundreds of them and its template takes them apart in one step.
    """

    text: str
    kind: Kind = Kind.TEXT
    tone: Tone | None = None
    url: str = ""
    reveal: str = ""
    dim: str = ""  # a smaller addition after the text: 男 52


@dataclass(frozen=True)
class Column:
    """A column's heading. ``card`` says where it goes on a phone: title, side, wide or hide."""

    name: str
    label: str
    kind: Kind
    card: str
    sort_url: str = ""
    sorted: str = ""  # "ascending", "descending" or ""


class Row(NamedTuple):
    """One record of a list."""

    id: int
    version: int
    label: str
    cells: list[Cell]
    details_url: str
    edit_url: str = ""
    delete_url: str = ""


@dataclass(frozen=True)
class Chip:
    """A filter that is on (``url`` takes it off) or one tap away (``url`` puts it on)."""

    label: str
    url: str
    on: bool
    count: int | None = None


class Option(NamedTuple):
    """One choice of a filter."""

    value: str
    label: str
    selected: bool


@dataclass(frozen=True)
class FilterField:
    """One filter of the 条件 panel. ``kind``: choice (options), day (from/to), number (from/to), text."""

    name: str
    label: str
    kind: str
    options: tuple[Option, ...] = ()
    value: str = ""
    value_from: str = ""
    value_to: str = ""

    @property
    def chosen(self) -> int:
        """How many of its options are on; the blank one does not count."""
        return sum(1 for option in self.options if option.selected and option.value)

    @property
    def used(self) -> bool:
        """Whether it narrows the list."""
        return bool(self.value or self.value_from or self.value_to or self.chosen)


@dataclass(frozen=True)
class Action:
    """Something that can be done to the ticked records; its page asks first and names what is touched."""

    name: str
    label: str
    danger: bool = False


@dataclass(frozen=True)
class Pager:
    """Where in the list we are; addresses are "" where there is nowhere to go."""

    page: int  # from 1
    pages: int
    first_no: int
    last_no: int
    total: int
    first_url: str
    previous_url: str
    next_url: str
    last_url: str


@dataclass(frozen=True)
class Link:
    """A button beside the heading; ``aside``: in the menu of what is done less often."""

    label: str
    url: str
    main: bool = False
    aside: bool = False


@dataclass(frozen=True)
class ListPage:
    """A ledger's list."""

    title: str
    subtitle: str
    url: str  # the list's own address without arguments
    columns: list[Column]
    rows: list[Row]
    pager: Pager
    search: str
    search_hint: str
    chips: list[Chip]
    filters: tuple[FilterField, ...]
    kept: list[tuple[str, str]]  # arguments the search form carries along (filters, sort)
    clear_url: str
    actions: list[Action]
    action_url: str
    links: list[Link]
    empty: str  # what to do when there is nothing
    notices: list[str] = field(default_factory=list)

    @property
    def offered(self) -> frozenset[str]:
        """The arguments that the search form has fields for, and so need not carry along."""
        return frozenset(f"{f.name}{end}" for f in self.filters for end in ("", ".from", ".to")) | {"q", "page"}


@dataclass(frozen=True)
class Section:
    """A part of a form or of a details page: its heading and the names of its fields."""

    title: str
    names: tuple[str, ...]


def part(title: str, names: str) -> Section:
    """A section declared in a line: its heading, and its fields' names with blanks between them."""
    return Section(title, tuple(names.split()))


@dataclass(frozen=True)
class Told:
    """One field in a timeline entry: its label, before and after, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Moment:
    """One entry of a record's timeline."""

    when: str
    who: str
    what: str
    tone: Tone
    told: list[Told]
    reason: str = ""
    where: str = ""
    text: str = ""
    url: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Fact:
    """One labelled value of a details page."""

    label: str
    cell: Cell


@dataclass(frozen=True)
class DetailsPage:
    """One record, all of it, with its timeline. ``related`` are (heading, count, url) of lists about it."""

    title: str
    subtitle: str
    status: Cell | None
    sections: list[tuple[str, list[Fact]]]
    links: list[Link]
    delete_url: str
    version: int
    related: list[tuple[str, int, str]]
    timeline: list[Moment]
    back_url: str


@dataclass(frozen=True)
class Difference:
    """One field on which the stored record and what was typed differ."""

    label: str
    stored: str
    typed: str


@dataclass(frozen=True)
class Conflict:
    """Somebody else saved first: both versions, whose is newer."""

    title: str
    who: str
    when: str
    differences: list[Difference]
    back_url: str
