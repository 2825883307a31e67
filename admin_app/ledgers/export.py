"""Lists as files: CSV and xlsx, some rows at a time, masked unless asked otherwise, and every file says whose it is.

A text that a spreadsheet would take for a formula is led by an apostrophe, so that it stays a text. Most columns of a
row leave the database as one text, as they are stored, and only those that need other words are looked at one by one:
to fetch thirty values of each row, or to make objects of them, costs more than all the rest.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any, Final

import xlsxwriter
from sqlalchemy import (
    Boolean,
    Date,
    Engine,
    Integer,
    Select,
    String,
    bindparam,
    cast,
    func,
    inspect,
    literal,
    select,
    type_coerce,
)
from sqlalchemy.orm import aliased

from admin_app import i18n
from admin_app.i18n import say
from admin_app.ledgers.fields import references
from admin_app.ledgers.show import coded_of, decoded, label_of, plain_text, words_of
from models import masks
from models.base import Base, Mask, about
from models.person import Person
from models.scope import Scope
from models.session import Session, open_session
from models.types import Chosen, ChosenMany, Cleaned, Key
from models.words import Choice

BATCH: Final = 400
AT_ONCE: Final = 20  # rows that are looked at together for what has to be quoted
FORMULA: Final = frozenset("=+-@\t\r")
BETWEEN: Final = "\x1f"  # the separator of units, which no cleaned text holds
_NEXT: Final = "\x1e"  # the same for records
_TELLING: Final = ('"', ",", "\n", "\r", *(BETWEEN + sign for sign in FORMULA))

Writer = Callable[[Sequence[Any]], Sequence[str]]
"""Writes one column of some rows in words; "" where there is nothing."""


@dataclass(frozen=True)
class Column:
    """One column: what is read, whether it is ``packed`` into the one text of a row, how it is written (None: as it is
    stored), and whether what is written are numbers."""

    read: Any
    packed: bool = True
    write: Writer | None = None
    numeric: bool = False


@dataclass(frozen=True)
class Sheet:
    """What an export holds: headings, which records in which order, how they are read and written, and whose it is."""

    title: str
    headings: list[str]
    numbers: Select[tuple[int]]
    rows: Callable[[str], Select[Any]]
    columns: list[Column]
    signature: str


def sheet(
    cls: type[Base],
    names: list[str],
    conditions: list[Any],
    order: Callable[[Any], list[Any]],
    full: bool,
    signature: str,
) -> Sheet:
    """The sheet of a class's columns. A reference is written as its record's name; what may not be seen is blank.

    ``order`` is given the records' number, by which those go that it leaves equal.
    """
    columns: list[Column] = []
    joins: list[tuple[Any, Any]] = []
    known = references(cls)
    for name in names:
        if name in known:
            target, on, read = _name_column(getattr(cls, name), known[name][1])
            joins += zip(target, on, strict=True)
            columns.append(_column(read, read.type, None))
        elif (coded := coded_of(cls, name)) is not None:
            columns.append(Column(getattr(cls, name), write=partial(_decoded, coded)))
        else:
            mapped = inspect(cls).column_attrs[name].columns[0]
            columns.append(_column(getattr(cls, name), mapped.type, None if full else about(mapped).mask))
    number: Any = cls.id  # type: ignore[attr-defined]

    def rows(dialect: str) -> Select[Any]:
        apart = (column.read for column in columns if not column.packed)
        statement = select(_packed(columns, dialect), *apart).select_from(cls)
        for target_alias, on_clause in joins:
            statement = statement.outerjoin(target_alias, on_clause)
        return statement.where(number.in_(_these(dialect))).order_by(*order(number)).execution_options(kept=True)

    return Sheet(
        title=say(cls.__title__),
        headings=[say(label_of(cls, name)) for name in names],
        # numbers are quickly sorted; SQLite would rather walk through everything in their order
        numbers=select(number).where(*conditions).order_by(*order(number + 0)),
        rows=rows,
        columns=columns,
        signature=signature,
    )


def _column(read: Any, type_: Any, mask: Mask | None) -> Column:
    if mask is not None:
        return Column(read, write=partial(masks.all_masked, mask=mask))
    if isinstance(type_, (Cleaned, Key)):
        return Column(read)
    if isinstance(type_, Chosen):
        listed = {str(one.value): say(one.label) for one in type_.choices}
        return Column(read, write=partial(_listed, {"": "", **listed}))
    if isinstance(type_, ChosenMany):
        words = {one: say(one.label) for one in type_.choices}
        return Column(read, packed=False, write=partial(_several, i18n.listed(("", "")), words))
    if isinstance(type_, Boolean):
        return Column(cast(read, Integer), write=partial(_listed, {"": "", "1": words_of(True), "0": words_of(False)}))
    if isinstance(type_, Date):
        return Column(read)
    if isinstance(type_, Integer):
        return Column(read, numeric=True)
    return Column(read, packed=False, write=_others, numeric=issubclass(type_.python_type, (float, Decimal)))


def _packed(columns: Iterable[Column], dialect: str) -> Any:
    """The packed columns of a row as one text, blank where there is nothing, as both databases can put it together."""
    put_together = func.printf if dialect == "sqlite" else func.format
    reads = [type_coerce(column.read, String) if column.packed else literal("") for column in columns]
    return type_coerce(put_together(cast(literal(BETWEEN.join(["%s"] * len(reads))), String), *reads), String)


def _these(dialect: str) -> Any:
    """The place of some records' numbers. SQLite takes them as one value: to put hundreds into a statement takes
    longer than to find the records."""
    if dialect == "sqlite":
        return select(func.json_each(bindparam("numbers")).table_valued("value").c.value)
    return bindparam("numbers", expanding=True)


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


def _listed(texts: Mapping[str, str], values: Sequence[str]) -> Sequence[str]:
    return list(map(texts.__getitem__, values))


def _several(between: str, texts: Mapping[Any, str], values: Sequence[Any]) -> Sequence[str]:
    return ["" if value is None else between.join(texts[one] for one in value) for value in values]


def _decoded(choices: type[Choice], values: Sequence[str]) -> Sequence[str]:
    return [decoded(value, choices) if value else "" for value in values]


def _others(values: Sequence[Any]) -> Sequence[str]:
    return ["" if told is None else str(told) for told in map(plain_text, values)]


def _batches(session: Session, what: Sheet) -> Iterator[list[list[str]]]:
    """The rows of a sheet, some at a time: which they are is asked first, so that nothing large has to be sorted."""
    dialect = session.get_bind().dialect.name
    numbers = array("q", session.scalars(what.numbers, execution_options={"yield_per": BATCH}))
    statement = what.rows(dialect)
    for start in range(0, len(numbers), BATCH):
        some = numbers[start : start + BATCH].tolist()
        found = session.execute(statement, {"numbers": json.dumps(some) if dialect == "sqlite" else some}).all()
        yield _worded(what.columns, found)


def _worded(columns: Sequence[Column], found: Sequence[Any]) -> list[list[str]]:
    rows: list[list[str]] = [line.split(BETWEEN) for line, *_apart in found]
    apart = 0
    for position, column in enumerate(columns):
        if not column.packed:
            apart += 1
        elif column.write is None:
            continue
        values = [row[position] for row in rows] if column.packed else [one[apart] for one in found]
        for row, value in zip(rows, column.write(values) if column.write else values, strict=True):
            row[position] = value
    return rows


def csv_lines(engine: Engine, scope: Scope, what: Sheet) -> Iterator[bytes]:
    """The file as UTF-8 with a byte order mark (Excel needs it), some rows at a time, over a session of its own."""
    numeric = [column.numeric for column in what.columns]
    yield ("\ufeff" + _quoted([what.headings], ())).encode()
    with open_session(engine, scope, writing=False) as session:
        for rows in _batches(session, what):
            some = (rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE))
            yield "".join(_unquoted(one) or _quoted(one, numeric) for one in some).encode()
    yield _quoted([[], [what.signature]], ()).encode()


def _unquoted(rows: Sequence[Sequence[str]]) -> str | None:
    """The lines of some rows; None if anything in them has to be quoted, or may be a formula."""
    text = BETWEEN + (_NEXT + BETWEEN).join([BETWEEN.join(row) for row in rows])
    if any(sign in text for sign in _TELLING):
        return None
    return text[1:].replace(_NEXT + BETWEEN, "\r\n").replace(BETWEEN, ",") + "\r\n"


def _quoted(rows: Iterable[Sequence[str]], numeric: Sequence[bool]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(
        [value if at < len(numeric) and numeric[at] else safe(value) for at, value in enumerate(row)] for row in rows
    )
    return buffer.getvalue()


def xlsx_file(engine: Engine, scope: Scope, what: Sheet) -> Any:
    """The file as an xlsx workbook in constant memory; the caller closes the temporary file it is in."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  handed to the response, which closes it
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    page = book.add_worksheet(what.title[:31])
    bold = book.add_format({"bold": True, "bottom": 1})
    page.freeze_panes(1, 0)
    page.set_column(0, len(what.headings) - 1, 16)
    page.write_row(0, 0, what.headings, bold)
    numeric = [column.numeric for column in what.columns]
    number = 1
    with open_session(engine, scope, writing=False) as session:
        for rows in _batches(session, what):
            for row in rows:
                for position, value in enumerate(row):
                    if value and numeric[position]:
                        page.write_number(number, position, float(value))
                    elif value:
                        page.write_string(number, position, safe(value))
                number += 1
    page.write_string(number + 1, 0, what.signature)
    book.close()
    file.seek(0)
    return file
