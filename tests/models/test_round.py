"""The round: who is expected in which order, and entries that are saved once whenever and however often they arrive."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, func, select

from models import clock, entering, round
from models.alert import Alert, AlertKind
from models.base import Invalid
from models.course import Move, move
from models.entering import Clash, Entry, Saved
from models.observation import Observation
from models.round import Slot
from models.session import Session, open_session, remove
from models.setting import Setting, SettingName
from models.states import ObservationKind, Outcome, Period, Symptom
from models.trail import TrailEntry
from models.visit import Visit
from models.walking import walking
from tests.models.factories import EVERYTHING, TODAY, District, days_ago, keeper_of, observation, resident

Acting = Callable[[Any], Session]
KEY = "00000000-0000-4000-8000-{:012x}"


def at(clock_time: str, on: date = TODAY) -> datetime:
    return datetime.combine(on, time.fromisoformat(clock_time), clock.ZONE).astimezone(UTC)


EIGHT, NOON, NIGHT = at("08:00"), at("12:30"), at("21:00")


def entry(of: Observation, number: int = 1, **given: Any) -> Entry:
    told: dict[str, Any] = {
        "key": KEY.format(number), "observation_id": of.id, "on": TODAY, "period": Period.AM, "taken_at": EIGHT,
        "temperature": None if "outcome" in given else Decimal("36.5"),
    }  # fmt: skip
    return Entry(**{**told, **given})


def observed(session: Session, district: District, *addresses: str, **given: Any) -> list[Observation]:
    made = [
        observation(resident(district.nanyuan, f"第{n}人", address=address), **given)
        for n, address in enumerate(addresses or ("文游路2号",))
    ]
    session.add_all(made)
    session.commit()
    return made


def saved(came: Saved | Clash) -> Saved:
    assert isinstance(came, Saved)
    return came


def visits(session: Session) -> list[tuple[Any, ...]]:
    rows = session.execute(select(Visit.observation_id, Visit.on, Visit.period, Visit.temperature, Visit.outcome))
    return sorted(tuple(row) for row in rows)


# ---- who is expected ----


@pytest.mark.parametrize(
    "walk",
    [
        ["文游路2号", "文游路18号"],
        ["荷塘苑3幢1单元", "荷塘苑12幢1单元"],
        ["一组12号", "三组2号", "十组1号", "十二组1号", "二十组1号"],
        ["文游路２号", "文游路 3 号"],
        ["秦邮里1幢2单元301室", "秦邮里1幢2单元1201室", "秦邮里1幢10单元101室"],
        ["文游路2号", ""],
    ],
)
def test_addresses_sort_as_one_walks(walk: list[str]) -> None:
    assert sorted(reversed(walk), key=walking) == walk


@given(st.lists(st.text(max_size=12), max_size=6))
def test_every_address_has_a_place_in_the_walk(addresses: list[str]) -> None:
    assert sorted(sorted(addresses, key=walking), key=walking) == sorted(addresses, key=walking)


def test_everyone_expected_comes_in_walking_order_with_what_a_door_needs(session: Session, district: District) -> None:
    late, early = observed(session, district, "文游路18号", "文游路2号")
    evening = entry(early, 5, on=days_ago(1), period=Period.PM, taken_at=at("17:00", days_ago(1)))
    entering.record(session, evening, EIGHT)
    entering.record(session, entry(early, temperature=Decimal("37.6")), EIGHT)
    session.commit()
    first, second = round.expected(session, district.nanyuan.id, TODAY, Period.AM, EIGHT)
    assert (first.observation_id, second.observation_id) == (early.id, late.id)
    assert (first.address, first.day, first.days, first.due) == ("文游路2号", 4, 14, False)
    assert first.last is not None and first.last.temperature == Decimal("36.5")
    assert first.visit is not None and first.visit.temperature == Decimal("37.6")
    assert first.alerts == (AlertKind.FEVER,)
    assert second.visit is None and second.alerts == ()


def test_who_awaits_release_is_still_measured_and_who_was_released_is_not(session: Session, district: District) -> None:
    over, gone = observed(session, district, "1号", "2号", began_on=days_ago(20), last_exposure_on=days_ago(20))
    move(session, gone, Move.RELEASE, TODAY, TODAY, signed_by="三人组")
    observed(session, district, "3号", kind=ObservationKind.HOSPITAL)
    session.commit()
    (one,) = round.expected(session, district.nanyuan.id, TODAY, Period.AM, EIGHT)
    assert one.observation_id == over.id and one.due


def test_who_came_in_the_evening_is_not_expected_that_morning(session: Session, district: District) -> None:
    observed(session, district, "1号", began_on=TODAY, last_exposure_on=TODAY, first_period=Period.PM)
    village = district.nanyuan.id
    assert round.expected(session, village, TODAY, Period.AM, EIGHT) == []
    assert len(round.expected(session, village, TODAY, Period.PM, EIGHT)) == 1


def test_a_village_sees_its_own_round_only(session: Session, district: District, acting: Acting) -> None:
    (mine,) = observed(session, district)
    stranger = acting(keeper_of(district.chaoyang))
    assert round.expected(stranger, district.nanyuan.id, TODAY, Period.AM, EIGHT) == []
    with pytest.raises(Invalid) as refused:
        entering.record(stranger, entry(mine), EIGHT)
    assert [(p.field, p.message) for p in refused.value.problems] == [("observation", "There is no such record here.")]


def test_sixty_people_take_as_few_questions_as_one(session: Session, district: District, engine: Engine) -> None:
    def questions() -> int:
        asked: list[str] = []
        event.listen(engine, "before_cursor_execute", listener := lambda *a: asked.append(a[2]))
        round.expected(session, district.nanyuan.id, TODAY, Period.AM, EIGHT)
        event.remove(engine, "before_cursor_execute", listener)
        session.rollback()
        return len(asked)

    observed(session, district)
    one = questions()
    observed(session, district, *(f"文游路{n}号" for n in range(59)))
    assert questions() == one <= 8


# ---- how a slot stands ----


@pytest.mark.parametrize(
    ("given_", "now", "state"),
    [
        (None, EIGHT, Slot.OPEN),
        (None, at("11:30"), Slot.OPEN),
        (None, at("11:31"), Slot.MISSED),
        ({}, EIGHT, Slot.NORMAL),
        ({"temperature": Decimal("37.3")}, EIGHT, Slot.ABNORMAL),
        ({"symptoms": (Symptom.COUGH,)}, EIGHT, Slot.ABNORMAL),
        ({"outcome": Outcome.NOT_MET}, EIGHT, Slot.NOT_MET),
        ({"outcome": Outcome.REFUSED}, EIGHT, Slot.REFUSED),
        ({"taken_at": NOON, "late_reason": "家里没人"}, NOON, Slot.LATE),
        ({"taken_at": NOON, "late_reason": "家里没人", "temperature": Decimal("38")}, NOON, Slot.ABNORMAL),
    ],
)
def test_a_slot_stands_as_it_was_found(
    session: Session, district: District, given_: dict[str, Any] | None, now: datetime, state: Slot
) -> None:
    (mine,) = observed(session, district)
    if given_ is not None:
        entering.record(session, entry(mine, **given_), now)
        session.commit()
    (one,) = round.expected(session, district.nanyuan.id, TODAY, Period.AM, now)
    assert round.state_of(one, now) is state
    assert round.progress([one], now).done == (state not in (Slot.OPEN, Slot.MISSED))


def test_the_cut_off_is_the_setting_of_that_day(session: Session, district: District) -> None:
    observed(session, district)
    session.add(Setting(name=SettingName.AM_CUT_OFF, value="09:00", valid_from=days_ago(1)))
    session.commit()
    assert round.until(session, district.nanyuan.id, TODAY, Period.AM) == at("09:00")
    assert round.until(session, district.nanyuan.id, days_ago(2), Period.AM) == at("11:30", days_ago(2))


# ---- one entry ----


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("36.5", "36.5"),
        ("365", "36.5"),
        ("３６．５", "36.5"),
        ("36。5℃", "36.5"),
        ("36,5", "36.5"),
        (" 37.0 度", "37.0"),
    ],
)
def test_a_temperature_is_read_as_people_type_it(typed: str, read: str) -> None:
    assert entering.temperature_of(typed) == Decimal(read)


@pytest.mark.parametrize("typed", ["36", "3650", "36.55", "abc", "-36.5", "3e1", "٣٦٫٥", "36.5.1"])
def test_a_slip_of_the_key_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"36\.5"):
        entering.temperature_of(typed)


@pytest.mark.parametrize(
    ("given_", "field"),
    [
        ({"temperature": Decimal("43.1")}, "temperature"),
        ({"temperature": Decimal("33.9")}, "temperature"),
        ({"temperature": None}, "temperature"),
        ({"outcome": Outcome.NOT_MET, "temperature": Decimal("36.5")}, "outcome"),
        ({"taken_at": at("08:03")}, "taken_at"),
        ({"on": days_ago(1)}, "late_reason"),
        ({"on": days_ago(1), "late_reason": "补"}, "taken_at"),
        ({"on": days_ago(9), "taken_at": at("08:00", days_ago(9))}, "on"),
        ({"period": Period.PM}, "taken_at"),
        ({"symptoms": (Symptom.WELL, Symptom.COUGH)}, "symptoms"),
        ({"key": "not a key!"}, ""),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    session: Session, district: District, given_: dict[str, Any], field: str
) -> None:
    (mine,) = observed(session, district)
    with pytest.raises(Invalid) as refused:
        entering.record(session, entry(mine, **given_), EIGHT)
    assert field in [p.field for p in refused.value.problems]
    session.rollback()
    assert visits(session) == []


def test_a_phone_whose_clock_is_a_little_ahead_is_believed(session: Session, district: District) -> None:
    (mine,) = observed(session, district)
    came = saved(entering.record(session, entry(mine, taken_at=at("08:01")), EIGHT))
    assert came.visit.taken_at == EIGHT


def test_the_time_it_was_taken_counts_not_the_time_it_arrives(session: Session, district: District) -> None:
    (mine,) = observed(session, district)
    yesterday = days_ago(1)
    came = saved(entering.record(session, entry(mine, on=yesterday, taken_at=at("08:06", yesterday)), EIGHT))
    session.commit()
    assert not came.visit.late
    assert came.visit.taken_at == at("08:06", yesterday)
    assert clock.local_day(came.visit.created_at) == TODAY


def test_after_the_cut_off_an_entry_says_why_and_is_seen_to_be_late(session: Session, district: District) -> None:
    (mine,) = observed(session, district)
    with pytest.raises(Invalid) as refused:
        entering.record(session, entry(mine, taken_at=NOON), NOON)
    assert [p.field for p in refused.value.problems] == ["late_reason"]
    session.rollback()
    came = saved(entering.record(session, entry(mine, taken_at=NOON, late_reason="之前没人在家"), NOON))
    session.commit()
    assert came.visit.late and came.visit.taken_at == NOON and came.visit.late_reason == "之前没人在家"


# ---- once, and nobody overwritten ----


def test_the_same_entry_twice_is_one_visit(session: Session, district: District) -> None:
    (mine,) = observed(session, district)
    first = saved(entering.record(session, entry(mine), EIGHT))
    session.commit()
    again = saved(entering.record(session, entry(mine), NIGHT))
    session.commit()
    assert (first.fresh, again.fresh, again.visit.id, again.visit.version) == (True, False, first.visit.id, 1)


def test_somebody_elses_visit_is_shown_and_not_overwritten(session: Session, district: District) -> None:
    (mine,) = observed(session, district)
    entering.record(session, entry(mine, 1), EIGHT)
    session.commit()
    came = entering.record(session, entry(mine, 2, temperature=Decimal("38.0")), EIGHT)
    assert isinstance(came, Clash)
    assert (came.stored.temperature, came.entry.temperature) == (Decimal("36.5"), Decimal("38.0"))
    session.commit()
    assert [row[3] for row in visits(session)] == [Decimal("36.5")]


def test_who_has_seen_the_stored_version_may_replace_it(session: Session, district: District) -> None:
    (mine,) = observed(session, district)
    entering.record(session, entry(mine, 1), EIGHT)
    session.commit()
    came = saved(entering.record(session, entry(mine, 2, temperature=Decimal("36.6"), seen_version=1), at("09:00")))
    session.commit()
    assert (came.visit.temperature, came.visit.version, came.visit.taken_at) == (Decimal("36.6"), 2, EIGHT)
    assert isinstance(entering.record(session, entry(mine, 3, seen_version=1), EIGHT), Clash)


def test_an_entry_that_was_corrected_since_is_known_when_it_comes_again(session: Session, district: District) -> None:
    (mine,) = observed(session, district)
    entering.record(session, entry(mine, 1), EIGHT)
    session.commit()
    entering.record(session, entry(mine, 2, temperature=Decimal("36.6"), seen_version=1), EIGHT)
    session.commit()
    came = saved(entering.record(session, entry(mine, 1), EIGHT))
    assert (came.fresh, came.visit.temperature) == (False, Decimal("36.6"))


@pytest.mark.parametrize("arrived", [True, False])
def test_a_correction_made_before_the_first_was_known_to_have_arrived(
    session: Session, district: District, arrived: bool
) -> None:
    (mine,) = observed(session, district)
    if arrived:
        entering.record(session, entry(mine, 1), EIGHT)
        session.commit()
    correction = entry(mine, 2, temperature=Decimal("36.9"), after=KEY.format(1))
    assert saved(entering.record(session, correction, EIGHT)).visit.temperature == Decimal("36.9")


def test_a_correction_does_not_pass_over_what_another_wrote_meanwhile(session: Session, district: District) -> None:
    (mine,) = observed(session, district)
    came = saved(entering.record(session, entry(mine, 1), EIGHT))
    session.commit()
    came.visit.note = "另一个人补充"
    session.commit()
    assert isinstance(entering.record(session, entry(mine, 2, after=KEY.format(1)), EIGHT), Clash)


def test_a_deleted_visit_does_not_come_back_with_an_old_upload(session: Session, district: District) -> None:
    (mine,) = observed(session, district)
    came = saved(entering.record(session, entry(mine), EIGHT))
    session.commit()
    remove(session, came.visit)
    session.commit()
    with pytest.raises(Invalid, match="deleted since"):
        entering.record(session, entry(mine), EIGHT)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite lets one writer look at a time
def test_two_at_the_same_instant_are_told_apart_by_the_database(
    session: Session, district: District, acting: Acting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other's visit is written between this one's look and this one's write."""
    (mine,) = observed(session, district)
    other = acting(keeper_of(district.nanyuan))
    real, looked = entering._against, []

    def meanwhile(*given: Any) -> Any:
        if not looked:
            looked.append(True)
            session.rollback()
            saved(entering.record(other, entry(mine, 7), EIGHT))
            other.commit()
        return real(*given)

    monkeypatch.setattr(entering, "_against", meanwhile)
    came = entering.record(session, entry(mine, 8), EIGHT)
    assert isinstance(came, Clash) and came.stored.entry_key == KEY.format(7)


SLOTS = [(days_ago(1), Period.AM), (days_ago(1), Period.PM), (TODAY, Period.AM)]


@pytest.fixture
def round_of_three(session: Session, district: District) -> tuple[list[Observation], list[Entry]]:
    people = observed(session, district, "1号", "2号", "3号")
    taken = {Period.AM: "08:00", Period.PM: "17:00"}
    entries = [
        entry(one, 10 * i + j, on=on, period=period, taken_at=at(taken[period], on), outcome=Outcome.NOT_MET)
        if i == 2
        else entry(one, 10 * i + j, on=on, period=period, taken_at=at(taken[period], on), temperature=Decimal(36 + i))
        for i, one in enumerate(people)
        for j, (on, period) in enumerate(SLOTS)
    ]
    return people, entries


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12)
@given(data=st.data())
def test_any_order_and_any_repetition_of_uploads_gives_the_same_visits_and_alerts(
    engine: Engine, round_of_three: tuple[list[Observation], list[Entry]], data: st.DataObject
) -> None:
    _people, entries = round_of_three
    repeated = data.draw(st.lists(st.sampled_from(entries), max_size=6))
    arriving = data.draw(st.permutations([*entries, *repeated]))
    with open_session(engine, EVERYTHING) as session:
        for one in arriving:
            saved(entering.record(session, one, NIGHT))
        session.flush()
        expected = sorted((e.observation_id, e.on, e.period, e.temperature, e.outcome) for e in entries)
        assert visits(session) == expected
        told = [(a.kind, a.visit.on, a.visit.period) for a in session.scalars(select(Alert))]
        assert told == [(AlertKind.NOT_MET, TODAY, Period.AM)]
        inserted = select(func.count()).select_from(TrailEntry).where(TrailEntry.kind == "visit")
        assert session.scalar(inserted) == len(entries)
        session.rollback()


def test_what_others_wrote_since_is_told(session: Session, district: District) -> None:
    one, two = observed(session, district, "1号", "2号")
    before = clock.now() - timedelta(minutes=1)
    entering.record(session, entry(one, 1), EIGHT)
    entering.record(session, entry(two, 2), EIGHT)
    session.commit()
    village = district.nanyuan.id
    assert len(round.changes_since(session, village, TODAY, Period.AM, before)) == 2
    assert round.changes_since(session, village, TODAY, Period.PM, before) == []
    assert round.changes_since(session, village, TODAY, Period.AM, clock.now() + timedelta(minutes=1)) == []
