"""Lists as files: CSV and xlsx, some rows at a time, masked unless asked otherwise, and every file says whose it is.

A text that a spreadsheet would take for a formula is led by an apostrophe, so that it stays a text. Values are fetched
as they are stored and written a column at a time: to make objects of each costs more than the database does.
"""

from __future__ import annotations

import csv
import io
import tempfile
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

import xlsxwriter
from sqlalchemy import Boolean, Date, Engine, Integer, Select, String, inspect, select, type_coerce
from sqlalchemy.orm import aliased

from admin_app import i18n
from admin_app.i18n import say
from admin_app.ledgers.fields import references
from admin_app.ledgers.show import decoded, label_of, plain_text, words_of
from models import masks
from models.base import Base, Mask, about
from models.person import Person
from models.scope import Scope
from models.session import Session, open_session
from models.types import Chosen, ChosenMany, Cleaned, Key
from models.words import Choice

BATCH = 2_000
FORMULA = frozenset("=+-@\t\r")

Value = str | int | float | Decimal | None
Writer = Callable[[Sequence[Any]], Iterable[Value]]
"""Writes one column of some rows."""


@dataclass(frozen=True)
class Sheet:
    """What an export holds: headings, which records in which order, how they are read and written, and whose it is."""

    title: str
    headings: list[str]
    numbers: Select[tuple[int]]
    rows: Callable[[Sequence[int]], Select[Any]]
    writers: list[Writer]
    signature: str


def sheet(
    cls: type[Base],
    names: list[str],
    conditions: list[Any],
    order: list[Any],
    full: bool,
    signature: str,
    coded: Mapping[str, type[Choice]] | None = None,
) -> Sheet:
    """The sheet of a class's columns. A reference is written as its record's name; what may not be seen is blank.

    ``coded`` names texts that hold codes of a list (``show.decoded``).
    """
    columns: list[Any] = []
    writers: list[Writer] = []
    joins: list[tuple[Any, Any]] = []
    known = references(cls)
    for name in names:
        if name in known:
            target, on, column = _name_column(getattr(cls, name), known[name][1])
            joins += zip(target, on, strict=True)
            columns.append(column)
            writers.append(_texts if isinstance(column.type, Cleaned) else _others)
        else:
            mapped = inspect(cls).column_attrs[name].columns[0]
            mask = None if full else about(mapped).mask
            column, write = _stored(getattr(cls, name), mapped.type, mask)
            if coded and name in coded:
                write = partial(_decoded, coded[name])
            columns.append(column)
            writers.append(write)
    statement = select(*columns).select_from(cls)
    for target_alias, on_clause in joins:
        statement = statement.outerjoin(target_alias, on_clause)
    number: Any = cls.id  # type: ignore[attr-defined]
    return Sheet(
        title=say(cls.__title__),
        headings=[say(label_of(cls, name)) for name in names],
        numbers=select(number).where(*conditions).order_by(*order),
        rows=lambda numbers: statement.where(number.in_(numbers)).order_by(*order),
        writers=writers,
        signature=signature,
    )


def _stored(column: Any, type_: Any, mask: Mask | None) -> tuple[Any, Writer]:
    """A column as it is stored, and what writes it in words."""
    if mask is not None:
        return column, partial(_masked, mask=mask)
    if isinstance(type_, (Cleaned, Key)):
        return column, _texts
    if isinstance(type_, Chosen):
        return type_coerce(column, String), partial(_listed, {c.value: say(c.label) for c in type_.choices})
    if isinstance(type_, ChosenMany):
        return column, partial(_several, i18n.listed(("", "")), {c: say(c.label) for c in type_.choices})
    if isinstance(type_, Boolean):
        return column, partial(_listed, {value: words_of(value) for value in (True, False)})
    if isinstance(type_, Date):
        return type_coerce(column, String), _days
    return column, list if isinstance(type_, Integer) else _others


def _name_column(relation: Any, target: type[Base]) -> tuple[list[Any], list[Any], Any]:
    """The joins that lead to the name of a reference's record: its own name, or that of what it points at."""
    alias = aliased(target)
    joined = relation.of_type(alias)
    for name in ("name", "title"):
        if name in inspect(target).column_attrs:
            return [alias], [joined], getattr(alias, name)
    for name, (_key, further) in references(target).items():
        if issubclass(further, Person) or name not in ("village", "township"):
            aliases, ons, column = _name_column(getattr(alias, name), further)
            return [alias, *aliases], [joined, *ons], column
    return [alias], [joined], alias.id  # type: ignore[attr-defined]


def safe(value: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return value if not value or value[0] not in FORMULA else "'" + value


def _texts(values: Iterable[str | None]) -> list[Value]:
    return [value if not value or value[0] not in FORMULA else "'" + value for value in values]


def _masked(values: Iterable[str | None], mask: Mask) -> list[Value]:
    return _texts([None if value is None else masks.masked(value, mask) for value in values])


def _listed(texts: Mapping[Any, str], values: Iterable[Any]) -> Iterable[Value]:
    return map(texts.get, values)


def _several(between: str, texts: Mapping[Any, str], values: Iterable[Any]) -> list[Value]:
    return [None if value is None else between.join(texts[one] for one in value) for value in values]


def _decoded(choices: type[Choice], values: Iterable[str | None]) -> list[Value]:
    return _texts([None if value is None else decoded(value, choices) for value in values])


def _days(values: Iterable[Any]) -> list[Value]:
    return [None if value is None else str(value) for value in values]


def _others(values: Iterable[Any]) -> list[Value]:
    told = (plain_text(value) for value in values)
    return [value if not isinstance(value, str) or value[:1] not in FORMULA else "'" + value for value in told]


def _batches(session: Session, what: Sheet) -> Iterator[list[tuple[Value, ...]]]:
    """The rows of a sheet, some at a time: which they are is asked first, so that nothing large has to be sorted."""
    numbers = array("q", session.scalars(what.numbers))
    for start in range(0, len(numbers), BATCH):
        found = session.execute(what.rows(numbers[start : start + BATCH].tolist())).all()
        if not found:
            continue
        columns = zip(*found, strict=True)
        yield list(zip(*(write(column) for write, column in zip(what.writers, columns, strict=True)), strict=True))


def csv_lines(engine: Engine, scope: Scope, what: Sheet) -> Iterator[bytes]:
    """The file as UTF-8 with a byte order mark (Excel needs it), some rows at a time, over a session of its own."""
    buffer = io.StringIO()
    write = csv.writer(buffer)
    buffer.write("\ufeff")
    write.writerow(what.headings)
    with open_session(engine, scope, writing=False) as session:
        for batch in _batches(session, what):
            write.writerows(batch)
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    write.writerow([])
    write.writerow([what.signature])
    yield buffer.getvalue().encode()


def xlsx_file(engine: Engine, scope: Scope, what: Sheet) -> Any:
    """The file as an xlsx workbook in constant memory; the caller closes the temporary file it is in."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  handed to the response, which closes it
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    page = book.add_worksheet(what.title[:31])
    bold = book.add_format({"bold": True, "bottom": 1})
    page.freeze_panes(1, 0)
    page.set_column(0, len(what.headings) - 1, 16)
    page.write_row(0, 0, what.headings, bold)
    number = 1
    with open_session(engine, scope, writing=False) as session:
        for batch in _batches(session, what):
            for row in batch:
                page.write_row(number, 0, row)
                number += 1
    page.write_string(number + 1, 0, what.signature)
    book.close()
    file.seek(0)
    return file
