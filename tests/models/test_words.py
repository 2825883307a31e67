"""Text made clean, names made searchable, numbers shortened."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import words
from models.base import Base, Mask, about
from models.masks import all_masked, masked
from models.types import Chosen, ChosenMany
from models.words import Choice, Tone
from tests.models.factories import identity_number


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    for clean in (words.line, words.prose, words.code):
        assert clean(clean(text)) == clean(text)


@given(st.text())
def test_a_line_is_one_line_and_has_no_blanks_at_its_ends(text: str) -> None:
    clean = words.line(text)
    assert clean == clean.strip() and "  " not in clean and not re.search(r"[\n\r\t]", clean)
    assert unicodedata.is_normalized("NFC", clean)


@given(st.text(alphabet="0123456789Xx"))
def test_a_number_is_the_same_however_wide_it_is_typed(digits: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) for c in digits)
    assert words.code(wide) == words.code(" ".join(digits)) == digits.upper()


@pytest.mark.parametrize(
    ("name", "pinyin", "initials"),
    [
        ("王建国", "wangjianguo", "wjg"),
        ("单晓", "shanxiao", "sx"),
        ("欧阳建国", "ouyangjianguo", "oyjg"),
        ("尉迟恭", "yuchigong", "ycg"),
        ("吕布", "lvbu", "lb"),
        ("任", "ren", "r"),
        ("Mahmut Ali", "mahmutali", "ma"),
        ("阿依古丽·买买提", "ayigulimaimaiti", "ayglmmt"),
        ("", "", ""),
    ],
)
def test_names_are_romanised_as_people_type_them(name: str, pinyin: str, initials: str) -> None:
    assert words.romanised(name) == (pinyin, initials)


@given(st.text(max_size=60))
def test_search_keys_are_plain_letters_and_digits(name: str) -> None:
    for key in words.romanised(name):
        assert re.fullmatch(r"[0-9a-z]*", key)
    assert re.fullmatch(r"(u[0-9a-f]+( u[0-9a-f]+)*)?", words.tokens(name))


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_the_tokens_of_a_part_are_within_those_of_the_whole(before: str, part: str, after: str) -> None:
    whole = words.tokens(before + part + after)
    assert words.tokens(part) in whole or part.lower() not in (before + part + after).lower()


def test_an_identity_number_and_a_phone_are_shortened_as_people_know_it() -> None:
    number = identity_number(3)
    assert masked(number, Mask.IDENTITY) == f"{number[:6]}********{number[-4:]}"
    assert masked("13812345678", Mask.PHONE) == "138****5678"
    assert masked(None, Mask.PHONE) == ""
    assert masked("13812345678", None) == "13812345678"


@given(st.text(alphabet="0123456789X", min_size=1, max_size=20), st.sampled_from(list(Mask)))
def test_a_mask_always_hides_something_and_keeps_the_length(value: str, mask: Mask) -> None:
    shown = masked(value, mask)
    assert all_masked(["", value], mask) == ["", shown]
    assert len(shown) == len(value)
    assert shown.count("*") >= min(4, len(value) - len(value) // 3)


def choices() -> list[type[Choice]]:
    types = (column.type for table in Base.metadata.sorted_tables for column in table.columns)
    return list({t.choices: None for t in types if isinstance(t, (Chosen, ChosenMany))})


def test_every_choice_has_a_label_of_its_own() -> None:
    assert len(choices()) > 30
    for choice in choices():
        labels = [member.label for member in choice]
        assert all(labels) and len(set(labels)) == len(labels), choice
        assert all(label != member.value for member, label in zip(choice, labels, strict=True)), choice


def test_every_status_says_how_urgent_it_is() -> None:
    for choice in choices():
        if choice.__name__.endswith(("Status", "Outcome", "Recheck", "Punctuality")):
            assert all(isinstance(member.tone, Tone) for member in choice), choice  # type: ignore[attr-defined]


def test_every_column_says_what_it_is_called() -> None:
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            assert "field" in column.info, f"{table}.{column.name}"
            assert about(column).label


def test_every_identity_number_and_phone_is_masked() -> None:
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if re.search(r"phone$|identity_number$", column.name):
                assert about(column).mask is not None, f"{table}.{column.name}"
