"""Until when: the cut-offs of a day's rounds and the deadline of its report, for every township, in one query."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from functools import cache
from typing import NamedTuple

from sqlalchemy import Select, select

from models import clock
from models.session import Session
from models.setting import Setting, SettingName
from models.states import Period
from models.summaries.span import ON

_TIMES = (SettingName.AM_CUT_OFF, SettingName.PM_CUT_OFF, SettingName.REPORT_DEADLINE)


class Hours(NamedTuple):
    """The times in force on a day: the district's under None, those that a township set for itself under its number."""

    on: date
    times: dict[tuple[SettingName, int | None], time]

    def _at(self, name: SettingName, township_id: int | None) -> datetime:
        found = self.times.get((name, township_id)) or self.times.get((name, None))
        return datetime.combine(self.on, found or time.fromisoformat(name.default), clock.ZONE)

    def cut_off(self, period: Period, township_id: int | None = None) -> datetime:
        """The instant after which a slot without a visit is missed."""
        return self._at(SettingName.AM_CUT_OFF if period is Period.AM else SettingName.PM_CUT_OFF, township_id)

    def over(self, period: Period, now: datetime, township_id: int | None = None) -> bool:
        """True once the slot's cut-off has passed."""
        return now > self.cut_off(period, township_id)

    def deadline(self, township_id: int | None = None) -> datetime:
        """The instant by which the day's report is due."""
        return self._at(SettingName.REPORT_DEADLINE, township_id)


def hours(session: Session, on: date) -> Hours:
    """The times that were in force on a day (``models.setting.in_force``, for all at once)."""
    found = session.execute(_in_force(), {"on": on})
    return Hours(on, {(name, township_id): time.fromisoformat(value) for name, township_id, value in found})


@cache
def _in_force() -> Select[SettingName, int | None, str]:
    query = select(Setting.name, Setting.township_id, Setting.value)
    query = query.where(Setting.name.in_(_TIMES), Setting.valid_from <= ON)
    return query.order_by(Setting.valid_from, Setting.id).execution_options(kept=True)


def common(townships: Iterable[int | None]) -> int | None:
    """The township whose hours hold for all of several villages; None, the district's, if they are of several."""
    found = set(townships)
    return found.pop() if len(found) == 1 else None
