"""Sheets of a ledger's records: which class, which of its records, which columns. Builds what sheet.py describes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from flask_babel import gettext as _

from admin_app import i18n
from admin_app.exchange.columns import NUMBER, Col, Reader, col
from admin_app.exchange.sheet import Sheet
from admin_app.i18n import say
from models.base import Record
from models.session import Session
from models.summaries import ledger
from models.summaries.counting import Place
from models.summaries.ledger import Condition, Span
from models.words import N_

SIGNATURES: Final = (N_("Filled in by"), N_("Checked by"), N_("Head of the unit"))
MOST_LINES: Final = 1_000_000  # what fits under the headings of one sheet of a workbook
_VILLAGE: Final = col("village.name", 11)


@dataclass(frozen=True)
class Part:
    """One sheet: the records of a class that a span holds, or those of them that meet ``where``."""

    cls: type[Record]
    columns: tuple[Col, ...]
    title: str = ""  # "" is the ledger's own
    where: Callable[[], Condition] | None = None
    total: bool = False

    @property
    def name(self) -> str:
        """What it is called, untranslated."""
        return self.title or self.cls.__title__

    def conditions(self, span: Span) -> list[Condition]:
        """Which records it holds."""
        return [ledger.within(self.cls, span), *([self.where()] if self.where else [])]


@dataclass(frozen=True)
class Asked:
    """What a sheet is to be made of: whose records of which days, and what is written around them."""

    span: Span
    places: Sequence[Place]
    unit: str
    full: bool = False
    notes: tuple[str, ...] = ()
    signatures: tuple[str, ...] = field(default=SIGNATURES)

    @property
    def only(self) -> Place | None:
        """The village, if there is only one."""
        return self.places[0] if len(self.places) == 1 else None


class TooLong(ValueError):
    """A sheet would have more lines than a workbook's sheet has room for; nothing was made."""


def listed(*parts: Part) -> Callable[[Session, Asked], Iterator[Sheet]]:
    """Makes a sheet of each part, with the village in front where there are several."""

    def build(session: Session, asked: Asked) -> Iterator[Sheet]:
        for part in parts:
            columns = part.columns
            if asked.only is None and not any("village.name" in one.paths for one in columns):
                columns = (_VILLAGE, *columns)
            yield sheet_of(session, part, columns, asked)

    return build


def numbered(part: Part, asked: Asked, session: Session) -> Sheet:
    """The same as a village's ledger has it: every line begins with its record's number."""
    return sheet_of(session, part, (NUMBER, *part.columns), asked)


def sheet_of(session: Session, part: Part, columns: Sequence[Col], asked: Asked) -> Sheet:
    """The sheet of a part. Raises TooLong."""
    numbers = ledger.numbers(session, part.cls, *part.conditions(asked.span))
    if len(numbers) > MOST_LINES:
        raise TooLong(part.name)
    reader = Reader(session.scope, part.cls, columns, asked.span.until, asked.full)
    title = say(part.name)
    return Sheet(
        tab=title,
        title=title,
        unit=_("Reporting unit: %(unit)s", unit=asked.unit),
        dated=dated(asked.span),
        columns=reader.columns,
        lines=reader.lines(session, numbers),
        total=_("Total") if part.total else "",
        signatures=tuple(say(one) for one in asked.signatures),
        notes=asked.notes,
    )


def dated(span: Span) -> str:
    """The day or the days of a sheet, always with the year: a file is read in other years too."""
    if span.since == span.until:
        return i18n.full_day(span.until)
    return _("%(since)s to %(until)s", since=i18n.full_day(span.since), until=i18n.full_day(span.until))
