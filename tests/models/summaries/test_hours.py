"""Cut-offs and deadlines are those that were in force on the day, a township's own before the district's."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine, insert

from models import setting
from models.scope import NOBODY, Scope
from models.session import Session, open_session
from models.setting import Setting, SettingName
from models.states import Period
from models.summaries.hours import common, hours
from tests.models.summaries.world import TODAY, at, make

YESTERDAY = TODAY - timedelta(days=1)
S = SettingName
SET = (
    (S.AM_CUT_OFF, "11:00", TODAY - timedelta(days=9), None),
    (S.AM_CUT_OFF, "10:30", TODAY, None),
    (S.AM_CUT_OFF, "09:15", YESTERDAY, 1),
    (S.PM_CUT_OFF, "21:00", TODAY + timedelta(days=1), None),
    (S.REPORT_DEADLINE, "16:00", TODAY, 1),
)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    make(1).store(engine)
    signed = {"version": 1, "created_at": at(8), "updated_at": at(8), "updated_by": "test"}
    with engine.begin() as connection:
        for name, value, valid_from, township_id in SET:
            row = {"name": name, "value": value, "valid_from": valid_from, "township_id": township_id, **signed}
            connection.execute(insert(Setting), [row])
    with open_session(engine, Scope.everything("test"), writing=False) as session:
        yield session


@pytest.mark.parametrize("on", [TODAY - timedelta(days=20), YESTERDAY, TODAY, TODAY + timedelta(days=1)])
@pytest.mark.parametrize("township", [None, 1, 2])
def test_they_are_those_that_the_setting_tells(session: Session, on: date, township: int | None) -> None:
    found = hours(session, on)
    for period in Period:
        told = setting.cut_off(session, period, on, township)
        assert found.cut_off(period, township) == at(told.hour, told.minute, on)
    told = setting.report_deadline(session, on, township)
    assert found.deadline(township) == at(told.hour, told.minute, on)


@pytest.mark.parametrize(
    ("period", "now", "over"),
    [
        (Period.AM, at(11, 30), False),
        (Period.AM, at(11, 31), True),
        (Period.PM, at(20, 0), False),
        (Period.PM, at(20, 1), True),
        (Period.PM, at(0, 5, TODAY + timedelta(days=1)), True),
    ],
)
def test_a_slot_is_missed_after_its_cut_off(engine: Engine, period: Period, now: datetime, over: bool) -> None:
    with open_session(engine, NOBODY, writing=False) as session:
        assert hours(session, TODAY).over(period, now) is over


def test_villages_of_several_townships_go_by_the_districts_hours() -> None:
    assert common([3, 3]) == 3
    assert common([3, 4]) is None
    assert common([]) is None
