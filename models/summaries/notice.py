"""简讯: a short public notice of a day in words, made of the day's figures. It holds numbers of people and no name.

Pure: what is to be said and in which order, as marked texts; the panel says them in the reader's language. Texts end
without a stop, because one language strings together with commas what another says in sentences.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final, NamedTuple

from models.figures import Figures
from models.words import N_

END_OF_DAY: Final = 24


class NoticeDay(NamedTuple):
    """What a notice tells of: how many of the villages have reported by an hour (24: the end of the day), and the sums
    of what those reported."""

    place: str
    on: date
    hour: int
    villages: int
    reported: int
    figures: Figures = Figures()


class Said(NamedTuple):
    """One thing that is said: ``message % params`` once translated. A day among the params is to be written out."""

    message: str
    params: Mapping[str, object] = {}


Sentence = tuple[Said, ...]
"""Things said in one breath, each of which can stand alone."""
Paragraph = list[Sentence]


class Words(NamedTuple):
    """How a number of people is said: nobody, one, several. Each has words of its own, in every language."""

    nobody: str
    one: str
    several: str

    def say(self, count: int) -> Said:
        """The words for a number."""
        return Said(self.nobody if count == 0 else self.one if count == 1 else self.several, {"count": count})


_SURVEYED: Final = Words(
    N_("Nobody had to be surveyed so far"),
    N_("One person has been surveyed so far"),
    N_("%(count)d people have been surveyed so far"),
)
_CAME: Final = Words(
    N_("None of them came or returned from elsewhere"),
    N_("One of them came or returned from elsewhere"),
    N_("%(count)d of them came or returned from elsewhere"),
)
_HOME_TODAY: Final = Words(
    N_("Nobody came under home observation that day"),
    N_("One person came under home observation that day"),
    N_("%(count)d people came under home observation that day"),
)
_HOME_TOTAL: Final = Words(
    N_("Nobody has been under home observation so far"),
    N_("One person has been under home observation so far"),
    N_("%(count)d people have been under home observation so far"),
)
_CENTRAL_TODAY: Final = Words(
    N_("Nobody came under central observation that day"),
    N_("One person came under central observation that day"),
    N_("%(count)d people came under central observation that day"),
)
_CENTRAL_TOTAL: Final = Words(
    N_("Nobody has been under central observation so far"),
    N_("One person has been under central observation so far"),
    N_("%(count)d people have been under central observation so far"),
)
_RELEASED_TODAY: Final = Words(
    N_("Nobody was released from observation that day"),
    N_("One person was released from observation that day"),
    N_("%(count)d people were released from observation that day"),
)
_RELEASED_TOTAL: Final = Words(
    N_("Nobody has been released from observation so far"),
    N_("One person has been released from observation so far"),
    N_("%(count)d people have been released from observation so far"),
)
_IN_HOSPITAL: Final = Words(
    N_("Nobody is under observation in hospital"),
    N_("One person is under observation in hospital"),
    N_("%(count)d people are under observation in hospital"),
)
_ABNORMAL: Final = Words(
    N_("The visits of the day found everybody well"),
    N_("The visits of the day found one person unwell"),
    N_("The visits of the day found %(count)d people unwell"),
)
_ADVICE: Final[Paragraph] = [
    (Said(N_("Wash your hands, wear a mask, stay at home and do not gather")),),
    (Said(N_("With fever, a dry cough or fatigue, tell your village (community) at once")),),
]


def notice(day: NoticeDay) -> list[Paragraph]:
    """The paragraphs of a notice. Of a day that nobody has reported there are no figures."""
    if not day.reported:
        return [[(_opening(day),)]]
    sums = day.figures
    surveyed = (_SURVEYED.say(sums.surveyed), *([_CAME.say(sums.came)] if sums.surveyed else []))
    return [
        [(_opening(day),), surveyed],
        [
            _day_and_sum(_HOME_TODAY, sums.home_today, _HOME_TOTAL, sums.home_total),
            _day_and_sum(_CENTRAL_TODAY, sums.central_today, _CENTRAL_TOTAL, sums.central_total),
        ],
        [
            _day_and_sum(_RELEASED_TODAY, sums.released_today, _RELEASED_TOTAL, sums.released_total),
            (_IN_HOSPITAL.say(sums.in_hospital),),
            (_ABNORMAL.say(sums.abnormal),),
        ],
        list(_ADVICE),
    ]


def _day_and_sum(of_day: Words, today: int, so_far: Words, total: int) -> Sentence:
    """The day's and all days' number; where there never was anybody, that says it all."""
    return (of_day.say(today), so_far.say(total)) if today or total else (so_far.say(0),)


def _opening(day: NoticeDay) -> Said:
    """By when, and how many have reported."""
    told = {"place": day.place, "day": day.on, "hour": day.hour, "villages": day.villages, "reported": day.reported}
    if day.villages == 1:
        reported = N_("At %(hour)d:00 on %(day)s %(place)s has reported")
        return Said(reported if day.reported else N_("At %(hour)d:00 on %(day)s %(place)s has not reported yet"), told)
    if day.reported == 0:
        message = N_("At %(hour)d:00 on %(day)s no village (community) of %(place)s has reported yet")
    elif day.reported == day.villages:
        message = N_("At %(hour)d:00 on %(day)s all %(villages)d villages (communities) of %(place)s have reported")
    elif day.reported == 1:
        message = N_("At %(hour)d:00 on %(day)s one of %(villages)d villages (communities) of %(place)s has reported")
    else:
        message = N_(
            "At %(hour)d:00 on %(day)s %(reported)d of %(villages)d villages (communities) of %(place)s have reported"
        )
    return Said(message, told)
