"""The figures of 摸排工作日报: what each of them means, and the columns that keep them."""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped

from models.base import field
from models.words import N_


class Figures(NamedTuple):
    """The figures of 摸排工作日报, of a village or of several together, for one day.

    - surveyed 摸排总人数: files that the village kept at the end of the day
    - came 来(返)人数: those of them whose file says on which day they came or returned
    - met_case, lived_with_contact, met_from_area: those of them whose file says so
    - abnormal 身体状况异常人数: people of whom a visit of that day found something abnormal
    - central_today 当日集中隔离: times somebody was put under central observation on that day; being handed over is no
      such time
    - central_total 累计集中隔离: those of all days so far; who was handed over meanwhile counts with the receiver
    - home_today, home_total: the same for observation at home, whether opened, reopened or back from elsewhere
    - released_today, released_total: times somebody was released on that day, and on all days so far
    - in_hospital 住院: people under observation in hospital at the end of the day
    """

    surveyed: int = 0
    came: int = 0
    met_case: int = 0
    lived_with_contact: int = 0
    met_from_area: int = 0
    abnormal: int = 0
    central_today: int = 0
    central_total: int = 0
    home_today: int = 0
    home_total: int = 0
    released_today: int = 0
    released_total: int = 0
    in_hospital: int = 0

    def less(self, other: Figures) -> Figures:
        """By how much each is more than the other's."""
        return Figures(*(one - two for one, two in zip(self, other, strict=True)))

    @property
    def zero(self) -> bool:
        """True if there is nothing to report but that there is nothing."""
        return not any(self)


FIGURES: Final = Figures._fields


class Reported:
    """The figures as columns: 摸排总人数 | 来(返)人数 | 与确诊疑似密切接触人数 | 与密切接触者共同生活人数
    | 与重点疫区人员接触人数 | 身体状况异常人数 | 当日集中隔离 | 累计集中隔离 | 当日居家隔离 | 累计居家隔离
    | 当日解除 | 累计解除 | 住院."""

    surveyed: Mapped[int] = field(
        Integer, N_("People surveyed"), default=0, help=N_("Files that the village kept at the end of the day.")
    )
    came: Mapped[int] = field(
        Integer,
        N_("People who came or returned"),
        default=0,
        help=N_("Those of them whose file says on which day they came or returned."),
    )
    met_case: Mapped[int] = field(
        Integer,
        N_("People who met a confirmed or suspected case"),
        default=0,
        help=N_("Those of them whose file says so."),
    )
    lived_with_contact: Mapped[int] = field(
        Integer, N_("Lived with a close contact"), default=0, help=N_("Those of them whose file says so.")
    )
    met_from_area: Mapped[int] = field(
        Integer,
        N_("People who met people from the epidemic area"),
        default=0,
        help=N_("Those of them whose file says so."),
    )
    abnormal: Mapped[int] = field(
        Integer,
        N_("State of health abnormal"),
        default=0,
        help=N_("People of whom a visit of that day found something abnormal."),
    )
    central_today: Mapped[int] = field(
        Integer,
        N_("Central observation, that day"),
        default=0,
        help=N_("Times that somebody was put under central observation on that day."),
    )
    central_total: Mapped[int] = field(
        Integer,
        N_("Central observation, cumulative"),
        default=0,
        help=N_("Those of all days so far; who was handed over counts with the village that took over."),
    )
    home_today: Mapped[int] = field(
        Integer,
        N_("Home observation, that day"),
        default=0,
        help=N_("Times that somebody was put under observation at home on that day; being handed over is none."),
    )
    home_total: Mapped[int] = field(
        Integer,
        N_("Home observation, cumulative"),
        default=0,
        help=N_("Those of all days so far; who was handed over counts with the village that took over."),
    )
    released_today: Mapped[int] = field(
        Integer, N_("Released that day"), default=0, help=N_("Times that somebody was released on that day.")
    )
    released_total: Mapped[int] = field(
        Integer, N_("Released, cumulative"), default=0, help=N_("Those of all days so far.")
    )
    in_hospital: Mapped[int] = field(
        Integer, N_("In hospital"), default=0, help=N_("Under observation in hospital at the end of the day.")
    )

    @property
    def figures(self) -> Figures:
        """The figures of this report."""
        return Figures(*(getattr(self, name) or 0 for name in FIGURES))

    @property
    def zero(self) -> bool:
        """零报告: True if every figure is zero."""
        return self.figures.zero
