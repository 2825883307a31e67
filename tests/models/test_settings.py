"""Settings have a history, and a township its own: what was in force on a day can always be told, and is taken."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest

from models import setting
from models.base import Invalid
from models.observation import DAYS, ends_on
from models.place import Township, Village
from models.session import Session, remove
from models.setting import Setting, SettingName, in_force, observation_days
from tests.models.factories import TODAY, District, days_ago, keeper_of, observation, resident

LENGTH = SettingName.OBSERVATION_DAYS


@pytest.fixture
def database_url(sqlite_database_url: str) -> str:
    return sqlite_database_url


@pytest.fixture
def elsewhere(session: Session) -> Village:
    """A village of another township."""
    township = Township(code="321084113", name="龙虬镇")
    village = Village(code="321084113001", name="兴南村", full_name="兴南村委会", township=township)
    session.add(village)
    session.commit()
    return village


def put(session: Session, value: str, since: date, name: SettingName = LENGTH, **given: Any) -> Setting:
    one = Setting(name=name, value=value, valid_from=since, **given)
    session.add(one)
    session.commit()
    return one


def test_until_something_is_set_the_usual_holds(session: Session) -> None:
    assert observation_days(session, TODAY) == DAYS == 14
    assert setting.cut_off(session, "am", TODAY) == time(11, 30)
    assert setting.report_deadline(session, TODAY) == time(17, 30)


def test_a_value_holds_from_its_day_until_the_next(session: Session) -> None:
    put(session, "20", days_ago(5))
    put(session, "10", days_ago(9))  # entered later, for earlier
    told = {ago: observation_days(session, days_ago(ago)) for ago in (10, 9, 6, 5, 0)}
    assert told == {10: 14, 9: 10, 6: 10, 5: 20, 0: 20}


def test_of_two_of_one_day_the_later_entry_holds(session: Session) -> None:
    put(session, "20", days_ago(5))
    mended = put(session, "21", days_ago(5))
    assert observation_days(session, TODAY) == 21
    remove(session, mended)
    session.commit()
    assert observation_days(session, TODAY) == 20


def test_a_townships_own_value_comes_before_the_districts_even_if_that_is_newer(
    session: Session, district: District, elsewhere: Village
) -> None:
    put(session, "20", days_ago(9), township_id=district.township.id)
    put(session, "10", days_ago(1))
    assert observation_days(session, TODAY, district.township.id) == 20
    assert observation_days(session, TODAY, elsewhere.township_id) == 10
    assert observation_days(session, days_ago(9), elsewhere.township_id) == 14
    assert in_force(session, LENGTH, days_ago(10), district.township.id) == "14"


@pytest.mark.parametrize(
    ("name", "value"),
    [(LENGTH, "0"), (LENGTH, "61"), (LENGTH, "two"), (SettingName.AM_CUT_OFF, "25:00"), (SettingName.AM_CUT_OFF, "")],
)
def test_a_value_that_cannot_be_meant_is_refused(session: Session, name: SettingName, value: str) -> None:
    with pytest.raises(Invalid, match="value"):
        put(session, value, TODAY, name)


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        (LENGTH, "２０", "20"), (LENGTH, " 14 ", "14"), (SettingName.AM_CUT_OFF, "０９:30", "09:30"),
        (SettingName.AM_CUT_OFF, "１１：３０", "11:30"), (SettingName.REPORT_DEADLINE, " 17:30:00 ", "17:30"),
    ],
)  # fmt: skip
def test_a_value_is_kept_in_one_way_however_it_was_typed(
    session: Session, name: SettingName, typed: str, kept: str
) -> None:
    assert put(session, typed, TODAY, name).value == kept
    assert in_force(session, name, TODAY) == kept


@pytest.mark.parametrize("typed", ["²", "1²", "十四", "14天", "1 4"])
def test_what_only_looks_like_a_number_is_none(session: Session, typed: str) -> None:
    with pytest.raises(Invalid, match="value"):
        put(session, typed, TODAY)


# ---- taken when an observation is opened ----


def test_an_observation_lasts_as_long_as_was_set_for_its_village_on_the_day_it_began(
    session: Session, district: District, elsewhere: Village
) -> None:
    put(session, "20", days_ago(3))
    put(session, "7", days_ago(3), township_id=elsewhere.township_id)
    lengths = {}
    for village in (district.nanyuan, elsewhere):
        for ago in (4, 3):
            one = observation(resident(village), began_on=days_ago(ago), last_exposure_on=None)
            session.add(one)
            session.commit()
            lengths[village.name, ago] = one.days
            assert one.ends_on == ends_on(days_ago(ago), one.days)
    assert lengths == {("南苑社区", 4): 14, ("南苑社区", 3): 20, ("兴南村", 4): 14, ("兴南村", 3): 7}


def test_a_village_admin_opens_it_with_the_length_in_force(session: Session, district: District, acting: Any) -> None:
    put(session, "20", days_ago(3), township_id=district.township.id)
    village = acting(keeper_of(district.nanyuan))
    one = observation(resident(district.nanyuan), began_on=TODAY)
    village.add(one)
    village.commit()
    assert one.days == 20


def test_what_is_typed_stands_and_a_later_setting_changes_nothing_that_is_open(
    session: Session, district: District
) -> None:
    typed = observation(resident(district.nanyuan), days=10)
    usual = observation(resident(district.nanyuan))
    session.add_all([typed, usual])
    session.commit()
    put(session, "20", days_ago(5))
    typed.note = usual.note = "备注"
    session.commit()
    assert (typed.days, usual.days) == (10, 14)
