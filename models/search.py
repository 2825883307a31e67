"""Finding people by whatever is at hand: a name or part of it, pinyin, initials, an identity number, a phone.

Words are separated by blanks and all of them must fit. What a word is tells how it is looked up:
18 characters are an identity number, 11 digits a phone, four characters the last four of an identity number
(or a beginning), other digits the beginning of either; letters the beginning of pinyin or of initials; letters and
anything else a run of characters inside the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from sqlalchemy import (
    ColumnElement,
    and_,
    column,
    false,
    func,
    literal_column,
    or_,
    select,
    table,
    true,
    union_all,
)

from models import words
from models.resident import Resident
from models.scope import EVERYWHERE, Area
from models.volunteer import Volunteer

_MOST_WORDS: Final = 20
_WHOLE_NUMBER: Final = re.compile(r"[0-9]{11}|[0-9]{17}[0-9X]")
_FEW_VILLAGES: Final = 4
_AFTER: Final = "\x7f"  # sorts after every character that a key or a number holds
_HALF_WIDTH: Final = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}

People = type[Resident] | type[Volunteer]


def person_search(cls: People, text: str, dialect_name: str, area: Area = EVERYWHERE) -> ColumnElement[bool]:
    """The condition that leaves the people whom a search text fits; a blank text fits everybody.

    To be used in a statement of a session, whose scope confines it. ``area`` (the session's for this ledger) only
    decides how: in a few villages looking at everybody once is faster than going through the district's indexes.
    """
    few = not area.everywhere and len(area.villages) <= _FEW_VILLAGES
    typed = words.line(text.translate(_HALF_WIDTH))
    number = words.code(typed)  # a whole number may have been typed with blanks or dashes in it
    found = [number] if _WHOLE_NUMBER.fullmatch(number) else typed.split()[:_MOST_WORDS]
    return and_(true(), *(_fits(cls, "".join(filter(str.isprintable, w)), dialect_name, few) for w in found))


def _fits(cls: People, word: str, dialect_name: str, few: bool) -> ColumnElement[bool]:
    """One word. A beginning that fits nearly everybody needs no index: the list is full after a few rows."""
    ways = list(_exactly(cls, word)) or [*_beginning(cls, word), *_inside(cls, word, dialect_name, few)]
    if len(ways) < 2 or few or dialect_name != "sqlite" or len(word) < (3 if word.isdigit() else 2):
        return or_(false(), *ways)
    # SQLite takes no partial index for a part of an OR, but it does for a part of a union
    return cls.id.in_(union_all(*(select(cls.id).where(way) for way in ways)))


def _exactly(cls: People, word: str) -> Iterator[ColumnElement[bool]]:
    """A whole identity number, a whole mobile phone."""
    number = words.code(word)
    if re.fullmatch(r"[0-9]{17}[0-9X]", number):
        yield cls.identity_number == number
    elif re.fullmatch(r"[0-9]{11}", number):
        yield cls.phone == number


def _beginning(cls: People, word: str) -> Iterator[ColumnElement[bool]]:
    """The beginning of a number or of a romanised name, as a range that a byte-wise index answers."""
    number = words.code(word)
    if re.fullmatch(r"[0-9]{3}[0-9X]", number):
        yield cls.identity_tail == number
    if re.fullmatch(r"\+?[0-9]+", number):
        yield and_(cls.phone >= number, cls.phone < number + _AFTER)
        yield and_(cls.identity_number >= number, cls.identity_number < number + _AFTER)
    elif word.isascii() and word.isalpha():
        start = word.lower()
        yield and_(cls.pinyin >= start, cls.pinyin < start + _AFTER)
        yield and_(cls.initials >= start, cls.initials < start + _AFTER)


def _inside(cls: People, word: str, dialect_name: str, few: bool) -> Iterator[ColumnElement[bool]]:
    """A run of characters inside the name, looked up by its tokens.

    A token is "u" and hexadecimal digits: nothing in it that LIKE or a full-text query could take for its own.
    """
    tokens = words.tokens(word)
    if not tokens or re.fullmatch(r"\+?[0-9]+[Xx]?", word):
        return
    if few:
        yield (" " + cls.name_tokens + " ").like(f"% {tokens} %")
    elif dialect_name == "postgresql":
        simple: ColumnElement[str] = literal_column("'simple'::regconfig")
        yield func.to_tsvector(simple, cls.name_tokens).op("@@")(func.phraseto_tsquery(simple, tokens))
    else:
        index = table(f"{cls.__tablename__}_search", column("rowid"), column("name_tokens"))
        yield cls.id.in_(select(index.c.rowid).where(index.c.name_tokens.op("MATCH")(f'"{tokens}"')))
