"""Two files of one person: shown as likely, and made one without anything being lost."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from models import doubles, handover, round
from models.alert import Alert, AlertKind
from models.base import Invalid
from models.course import Move, move
from models.dossier import Contact, Journey
from models.event import ObservationEvent
from models.handover import HandOver
from models.observation import Observation
from models.resident import FileStatus, Resident
from models.scope import Scope
from models.session import Session, remove
from models.states import ObservationStatus, Outcome, Period
from models.summaries import slots
from models.trail import Deed, TrailEntry, verify
from models.visit import Visit
from tests.models.factories import (
    NOON,
    TODAY,
    District,
    days_ago,
    identity_number,
    keeper_of,
    observation,
    resident,
    visit,
)

Acting = Callable[[Scope], Session]
S = ObservationStatus


@pytest.fixture
def village(acting: Acting, district: District) -> Session:
    """The session of the village whose files they are."""
    return acting(keeper_of(district.nanyuan))


@pytest.fixture
def files(village: Session, district: District) -> tuple[Resident, Resident]:
    two = resident(district.nanyuan, phone="13812345678"), resident(district.nanyuan, "王建囯", phone="13812345678")
    village.add_all(two)
    village.commit()
    return two


def merge(session: Session, keep: Resident, other: Resident, **take: bool) -> None:
    doubles.merge(session, keep, other, take, TODAY)
    session.commit()


def observed(session: Session, who: Resident, ago: int) -> Observation:
    one = observation(who, began_on=days_ago(ago), last_exposure_on=days_ago(ago))
    session.add(one)
    session.commit()
    return one


# ---- found ----


def test_a_likely_double_has_the_name_and_the_birth_date_or_the_phone(
    village: Session, district: District, files: tuple[Resident, Resident]
) -> None:
    one, same_phone = files
    one.birth_date = days_ago(12000)
    namesake = resident(district.nanyuan, one.name, birth_date=one.birth_date)
    village.add_all([namesake, resident(district.nanyuan, one.name, birth_date=days_ago(9000))])
    village.commit()
    assert doubles.likely(village, one) == [same_phone, namesake]


def test_another_villages_double_is_not_shown(
    village: Session, district: District, files: tuple[Resident, Resident], session: Session
) -> None:
    session.add(resident(district.chaoyang, files[0].name, phone="13812345678"))
    session.commit()
    assert doubles.likely(village, files[0]) == [files[1]]


# ---- made one ----


def test_what_is_chosen_and_what_only_the_other_knows_is_taken_over(
    village: Session, files: tuple[Resident, Resident]
) -> None:
    keep, other = files
    number = identity_number(70)
    other.identity_number, other.address, keep.address = number, "二组5号", "一组3号"
    other.health, keep.health = "咳嗽", "良好"
    village.commit()
    assert {d.name for d in doubles.differences(keep, other)} >= {"name", "identity_number", "address", "health"}
    merge(village, keep, other, health=True)
    kept = village.get_one(Resident, keep.id)
    assert (kept.identity_number, kept.address, kept.health, kept.name) == (number, "一组3号", "咳嗽", "王建国")
    assert village.get(Resident, other.id) is None
    gone = village.get_one(Resident, other.id, execution_options={"deleted": True})
    assert gone.merged_into_id == keep.id and gone.deleted_at is not None


def test_everything_that_hangs_on_the_other_hangs_on_the_one_that_stays(
    village: Session, files: tuple[Resident, Resident]
) -> None:
    keep, other = files
    watched = observed(village, other, 3)
    binned = visit(watched, on=days_ago(1), late_reason="补")
    village.add_all(
        [
            visit(watched, temperature=Decimal("38.5")), binned,
            Journey(resident=other, left_on=days_ago(9), origin="武汉", destination="高邮"),
            Contact(resident=other, name="赵六"),
        ]
    )  # fmt: skip
    village.commit()
    remove(village, binned)
    village.commit()
    before = doubles.hanging(village, other)
    assert set(before.values()) == {1} and len(before) == 6
    merge(village, keep, other)
    kept = village.get_one(Resident, keep.id)
    assert doubles.hanging(village, kept) == before
    for cls in (Observation, ObservationEvent, Visit, Alert, Journey, Contact):
        rows = village.scalars(select(cls.resident_id), execution_options={"deleted": True}).all()
        assert set(rows) == {keep.id}, cls
    assert (kept.status, kept.due_on) == (FileStatus.OBSERVED, watched.ends_on)


def test_who_was_the_others_contact_is_no_contact_of_oneself(
    village: Session, files: tuple[Resident, Resident]
) -> None:
    keep, other = files
    village.add_all(
        [Contact(resident=keep, name="王建囯", known=other), Contact(resident=other, name="王", known=keep)]
    )
    village.commit()
    merge(village, keep, other)
    contacts = village.scalars(select(Contact).order_by(Contact.id)).all()
    assert [(c.resident_id, c.known_id, c.name) for c in contacts] == [
        (keep.id, None, "王建囯"), (keep.id, None, "王")
    ]  # fmt: skip


def test_the_trail_tells_of_both_files(village: Session, session: Session, files: tuple[Resident, Resident]) -> None:
    keep, other = files
    observed(village, other, 3)
    merge(village, keep, other)
    told = session.scalars(select(TrailEntry).where(TrailEntry.ledger == "resident").order_by(TrailEntry.id)).all()
    of_the_other = [entry for entry in told if entry.record_id == other.id][-1]
    assert (of_the_other.deed, of_the_other.changes["merged_into_id"]) == (Deed.DELETE, [None, keep.id])
    assert [entry.deed for entry in told if entry.record_id == keep.id][-1] is Deed.UPDATE
    moved = session.scalars(select(TrailEntry).where(TrailEntry.kind == "observation")).all()
    assert moved[-1].changes["resident_id"] == [other.id, keep.id]
    assert list(verify(session)) == []


# ---- two observations become one ----


def test_the_older_observation_goes_on_with_the_visits_of_both(
    village: Session, district: District, files: tuple[Resident, Resident]
) -> None:
    keep, other = files
    younger, older = observed(village, keep, 3), observed(village, other, 5)
    for of, ago, degrees in ((older, 2, 36.1), (younger, 2, 36.2), (younger, 1, 36.3), (younger, 0, 36.4)):
        village.add(visit(of, on=days_ago(ago), temperature=degrees, late_reason="补" if ago else None))
    village.commit()
    merge(village, keep, other)
    states = {one.id: (one.status, one.resident_id) for one in village.scalars(select(Observation))}
    assert states == {older.id: (S.OBSERVED, keep.id), younger.id: (S.EXCLUDED, keep.id)}
    paid = {(v.on, str(v.temperature)): v.observation_id for v in village.scalars(select(Visit))}
    assert paid == {
        (days_ago(2), "36.1"): older.id, (days_ago(2), "36.2"): younger.id,
        (days_ago(1), "36.3"): older.id, (TODAY, "36.4"): older.id,
    }  # fmt: skip
    (one,) = round.expected(village, district.nanyuan.id, TODAY, Period.AM, NOON)
    assert one.visit is not None and str(one.visit.temperature) == "36.4"


def test_a_double_was_never_anybodys_to_measure(
    village: Session, district: District, files: tuple[Resident, Resident]
) -> None:
    """One person has two slots a day, also on the days before anybody knew."""
    keep, other = files
    observed(village, keep, 3)
    older = observed(village, other, 5)
    merge(village, keep, other)
    for ago in (3, 1, 0):
        people = round.expected(village, district.nanyuan.id, days_ago(ago), Period.AM, NOON)
        assert [one.observation_id for one in people] == [older.id]
        count = slots.counts(village, days_ago(ago))[district.nanyuan.id, Period.AM]
        assert count == slots.SlotCount(expected=1)


def test_a_fever_measured_under_the_double_is_seen_on_the_card_that_stays(
    village: Session, district: District, files: tuple[Resident, Resident]
) -> None:
    keep, other = files
    older, younger = observed(village, keep, 5), observed(village, other, 3)
    village.add_all([visit(older), visit(younger, temperature=38)])
    village.commit()
    merge(village, keep, other)
    (one,) = round.expected(village, district.nanyuan.id, TODAY, Period.AM, NOON)
    assert one.alerts == (AlertKind.FEVER,)


def test_the_days_sums_show_the_merge_as_a_correction_of_today(
    village: Session, files: tuple[Resident, Resident]
) -> None:
    keep, other = files
    observed(village, keep, 3)
    observed(village, other, 5)
    merge(village, keep, other)
    sums = {
        ago: sum(
            (event.became is S.OBSERVED) - (event.was is S.OBSERVED)
            for event in village.scalars(select(ObservationEvent).where(ObservationEvent.on <= days_ago(ago)))
        )
        for ago in (5, 3, 1, 0)
    }
    assert sums == {5: 1, 3: 2, 1: 2, 0: 1}


def test_two_at_the_centre_become_one_too(village: Session, files: tuple[Resident, Resident]) -> None:
    keep, other = files
    for one in (observed(village, keep, 3), observed(village, other, 5)):
        move(village, one, Move.TO_CENTRAL, days_ago(1), TODAY, where="区集中点")
    village.commit()
    merge(village, keep, other)
    assert sorted(one.status for one in village.scalars(select(Observation))) == [S.CENTRAL, S.EXCLUDED]
    assert village.get_one(Resident, keep.id).status is FileStatus.CENTRAL


# ---- what is refused ----


def test_files_that_say_different_things_of_where_the_person_is_are_made_to_agree_first(
    village: Session, files: tuple[Resident, Resident]
) -> None:
    keep, other = files
    observed(village, keep, 3)
    away = observed(village, other, 5)
    move(village, away, Move.TO_HOSPITAL, TODAY, TODAY, where="区人民医院")
    village.commit()
    trail = village.scalar(select(func.count(TrailEntry.id)))
    with pytest.raises(Invalid, match="agree first"):
        merge(village, keep, other)
    village.rollback()
    assert village.scalar(select(func.count(TrailEntry.id))) == trail


def test_a_file_is_not_merged_with_itself_or_with_another_villages(
    session: Session, district: District, files: tuple[Resident, Resident]
) -> None:
    one = session.get_one(Resident, files[0].id)
    elsewhere = resident(district.chaoyang)
    session.add(elsewhere)
    session.commit()
    with pytest.raises(Invalid, match="two different files"):
        merge(session, one, one)
    with pytest.raises(Invalid, match="two villages"):
        merge(session, one, elsewhere)


def test_of_two_hand_overs_that_wait_one_is_withdrawn_first(
    village: Session, district: District, files: tuple[Resident, Resident]
) -> None:
    keep, other = files
    asked = [handover.ask(village, one, district.chaoyang.id, "搬家", "甲", NOON) for one in files]
    village.commit()
    with pytest.raises(Invalid, match="withdraw one of them"):
        merge(village, keep, other)
    village.rollback()
    handover.withdraw(asked[0], "甲", NOON)
    village.commit()
    merge(village, keep, other)
    assert {one.resident_id for one in village.scalars(select(HandOver))} == {keep.id}


def test_what_another_village_recorded_before_hangs_on_the_file_that_stays(
    village: Session, acting: Acting, session: Session, district: District, files: tuple[Resident, Resident]
) -> None:
    before = acting(keeper_of(district.chaoyang))
    theirs = resident(district.chaoyang, "王建国")
    before.add(theirs)
    before.commit()
    watched = observed(before, theirs, 5)
    before.add(visit(watched, on=days_ago(1), late_reason="补", outcome=Outcome.NOT_MET, temperature=None))
    before.commit()
    asked = handover.ask(before, theirs, district.nanyuan.id, "搬家", "甲", NOON)
    before.commit()
    handover.accept(village, village.get_one(HandOver, asked.id), "乙", NOON, TODAY)
    village.commit()
    merge(village, village.get_one(Resident, files[0].id), village.get_one(Resident, theirs.id))
    for cls in (ObservationEvent, Visit):
        assert set(session.scalars(select(cls.resident_id))) == {files[0].id}
    assert [one.name for one in round.expected(before, district.chaoyang.id, days_ago(1), Period.AM, NOON)] == [
        "王建国"
    ]
    assert round.expected(before, district.chaoyang.id, TODAY, Period.AM, NOON) == []
