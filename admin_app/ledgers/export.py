"""Lists as files: CSV and xlsx, a row at a time, masked unless asked otherwise, and every file says whose it is.

A text that a spreadsheet would take for a formula is led by an apostrophe, so that it stays a text.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

import xlsxwriter
from sqlalchemy import Engine, Select, inspect, select
from sqlalchemy.orm import aliased

from admin_app.i18n import say
from admin_app.ledgers.fields import references
from admin_app.ledgers.show import label_of, plain_text
from models.base import Base, Mask, about
from models.person import Person
from models.scope import Scope
from models.session import open_session
from models.types import Cleaned, Key

BATCH = 2_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")

Value = str | int | float | Decimal | None


@dataclass(frozen=True)
class Sheet:
    """What an export holds: headings, the statement of its rows, how each value is written, and whose it is."""

    title: str
    headings: list[str]
    statement: Select[Any]
    writers: list[Callable[[Any], Value]]
    signature: str


def sheet(
    cls: type[Base], names: list[str], conditions: list[Any], order: list[Any], full: bool, signature: str
) -> Sheet:
    """The sheet of a class's columns. A reference is written as its record's name; what may not be seen is blank."""
    columns: list[Any] = []
    writers: list[Callable[[Any], Value]] = []
    joins: list[tuple[Any, Any]] = []
    known = references(cls)
    for name in names:
        if name in known:
            target, on, column = _name_column(getattr(cls, name), known[name][1])
            joins += zip(target, on, strict=True)
            columns.append(column)
            writers.append(_text)
        else:
            column = getattr(cls, name)
            mapped = inspect(cls).column_attrs[name].columns[0]
            columns.append(column)
            mask = None if full else about(mapped).mask
            plain = mask is None and isinstance(mapped.type, (Cleaned, Key))
            writers.append(_text if plain else partial(_told, mask=mask))
    statement = select(*columns).select_from(cls)
    for target_alias, on_clause in joins:
        statement = statement.outerjoin(target_alias, on_clause)
    statement = statement.where(*conditions).order_by(*order).execution_options(yield_per=BATCH)
    headings = [say(label_of(cls, name)) for name in names]
    return Sheet(say(cls.__title__), headings, statement, writers, signature)


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


def _text(value: Any) -> Value:
    if value is None:
        return None
    return "'" + value if isinstance(value, str) and value[:1] in FORMULA else value


def _told(value: Any, mask: Mask | None) -> Value:
    return _text(plain_text(value, mask))


def csv_lines(engine: Engine, scope: Scope, what: Sheet) -> Iterator[bytes]:
    """The file as UTF-8 with a byte order mark (Excel needs it), some rows at a time, over a session of its own."""
    buffer = io.StringIO()
    write = csv.writer(buffer)
    buffer.write("\ufeff")
    write.writerow(what.headings)
    with open_session(engine, scope, writing=False) as session:
        for batch in session.execute(what.statement).partitions(BATCH):
            write.writerows([w(v) for w, v in zip(what.writers, row, strict=True)] for row in batch)
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
        for row in session.execute(what.statement):
            page.write_row(number, 0, [w(v) for w, v in zip(what.writers, row, strict=True)])
            number += 1
    page.write_string(number + 1, 0, what.signature)
    book.close()
    file.seek(0)
    return file
