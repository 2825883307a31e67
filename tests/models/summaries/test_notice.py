"""简讯: what is said of a day's figures, of none, one and several people; and that it names nobody."""

from datetime import date
from typing import Any

import pytest

from models.figures import Figures
from models.summaries.notice import END_OF_DAY, NoticeDay, Said, notice

ON = date(2020, 2, 12)


def said(**given: Any) -> list[list[str]]:
    """The notice in English, a paragraph a list."""
    told = {"place": "车逻镇", "on": ON, "hour": 17, "villages": 14, "reported": 14, **given}
    return [[one.message % one.params for sentence in part for one in sentence] for part in notice(NoticeDay(**told))]


def test_a_day_on_which_there_was_nothing_says_so_in_every_sentence() -> None:
    opening, observed, others, advice = said()
    assert opening == [
        "At 17:00 on 2020-02-12 all 14 villages (communities) of 车逻镇 have reported",
        "Nobody had to be surveyed so far",
    ]
    assert observed == [
        "Nobody has been under home observation so far",
        "Nobody has been under central observation so far",
    ]
    assert others == [
        "Nobody has been released from observation so far",
        "Nobody is under observation in hospital",
        "The visits of the day found everybody well",
    ]
    assert len(advice) == 2


def test_one_person_is_not_people() -> None:
    text = " ".join(word for part in said(figures=Figures(*[1] * 13)) for word in part)
    assert "1 people" not in text
    for words in (
        "One person has been surveyed",
        "One of them came",
        "One person came under home observation that day",
        "One person came under central observation that day",
        "One person was released",
        "One person is under observation in hospital",
        "found one person unwell",
    ):
        assert words in text


def test_several_people_are_counted() -> None:
    figures = Figures(
        surveyed=2345, came=678, abnormal=2, central_today=3, central_total=4, home_today=5, home_total=192,
        released_today=6, released_total=73, in_hospital=7,
    )  # fmt: skip
    opening, observed, others, _ = said(figures=figures)
    assert opening[1:] == [
        "2345 people have been surveyed so far",
        "678 of them came or returned from elsewhere",
    ]
    assert observed == [
        "5 people came under home observation that day",
        "192 people have been under home observation so far",
        "3 people came under central observation that day",
        "4 people have been under central observation so far",
    ]
    assert others == [
        "6 people were released from observation that day",
        "73 people have been released from observation so far",
        "7 people are under observation in hospital",
        "The visits of the day found 2 people unwell",
    ]


def test_a_quiet_day_after_others_still_has_its_sums() -> None:
    _, observed, _, _ = said(figures=Figures(home_total=19))
    assert observed[:2] == [
        "Nobody came under home observation that day",
        "19 people have been under home observation so far",
    ]


@pytest.mark.parametrize(
    ("villages", "reported", "words"),
    [
        (14, 13, "13 of 14 villages (communities) of 车逻镇 have reported"),
        (14, 1, "one of 14 villages (communities) of 车逻镇 has reported"),
        (14, 0, "no village (community) of 车逻镇 has reported yet"),
        (1, 1, "车逻镇 has reported"),
        (1, 0, "车逻镇 has not reported yet"),
    ],
)
def test_it_says_how_many_have_reported(villages: int, reported: int, words: str) -> None:
    assert said(villages=villages, reported=reported)[0][0].endswith(words)


@pytest.mark.parametrize("villages", [1, 14])
def test_a_day_that_nobody_has_reported_has_no_figures(villages: int) -> None:
    """What was not reported never looks like zero."""
    assert [len(part) for part in said(villages=villages, reported=0, figures=Figures(surveyed=5))] == [1]


def test_the_end_of_a_day_is_its_twenty_fourth_hour() -> None:
    assert "24:00" in said(hour=END_OF_DAY)[0][0]


def test_it_holds_numbers_of_people_and_nothing_else_of_anybody() -> None:
    allowed = {"place", "day", "hour", "villages", "reported", "count"}
    day = NoticeDay("车逻镇", ON, 17, 14, 14, Figures(*range(13)))
    things: list[Said] = [one for part in notice(day) for sentence in part for one in sentence]
    assert {name for one in things for name in one.params} <= allowed
    assert all(isinstance(one.params["count"], int) for one in things if "count" in one.params)
