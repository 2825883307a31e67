"""移交: until it is accepted the sender is responsible, from that day on the receiver; nothing falls between."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from models import clock, doubles, entering, handover, round
from models.alert import Alert
from models.base import Invalid
from models.course import Move, move
from models.dossier import Contact, Journey
from models.entering import Entry
from models.event import ObservationEvent
from models.handover import HandOver, HandOverStatus, waits_too_long
from models.observation import Observation
from models.place import Village
from models.resident import Resident
from models.scope import Act, Scope
from models.session import Session, remove, restore
from models.states import ObservationKind, ObservationStatus, Period
from models.trail import Deed, TrailEntry
from models.visit import Visit
from tests.models.factories import NOON, TODAY, District, days_ago, keeper_of, observation, resident, visit

Acting = Callable[[Scope], Session]


@pytest.fixture
def sender(acting: Acting, district: District) -> Session:
    return acting(keeper_of(district.nanyuan))


@pytest.fixture
def receiver(acting: Acting, district: District) -> Session:
    return acting(keeper_of(district.chaoyang))


@pytest.fixture
def watched(sender: Session, district: District) -> Observation:
    one = observation(resident(district.nanyuan), began_on=days_ago(5), last_exposure_on=days_ago(5))
    sender.add(one)
    sender.commit()
    return one


def ask(sender: Session, of: Resident, to: Village) -> int:
    asked = handover.ask(sender, of, to.id, "随亲属居住", "甲", NOON)
    sender.commit()
    return asked.id


def accept(receiver: Session, number: int) -> None:
    handover.accept(receiver, receiver.get_one(HandOver, number), "乙", NOON, TODAY)
    receiver.commit()


def look_again(session: Session) -> None:
    """As the next request does."""
    session.rollback()
    session.expunge_all()


def hand_over(sender: Session, of: Resident, receiver: Session, to: Village) -> None:
    accept(receiver, ask(sender, of, to))
    look_again(sender)


def entry(of: Observation, on: date = TODAY, period: Period = Period.AM, number: int = 1, **given: Any) -> Entry:
    taken = datetime.combine(on, time(8 if period is Period.AM else 17), clock.ZONE).astimezone(UTC)
    told: dict[str, Any] = {"temperature": Decimal("36.5"), "taken_at": taken, **given}
    return Entry(f"00000000-0000-4000-8000-{number:012x}", of.id, on, period, **told)


def expected(session: Session, village: Village, on: date, period: Period = Period.AM) -> list[str]:
    return [one.name for one in round.expected(session, village.id, on, period, NOON)]


# ---- who is responsible ----


def test_until_it_is_accepted_the_person_is_the_senders(
    sender: Session, receiver: Session, district: District, watched: Observation
) -> None:
    number = ask(sender, watched.resident, district.chaoyang)
    assert expected(sender, district.nanyuan, TODAY) == ["王建国"]
    assert expected(receiver, district.chaoyang, TODAY) == []
    receiver.rollback()
    accept(receiver, number)
    look_again(sender)
    assert expected(sender, district.nanyuan, TODAY) == []
    assert expected(receiver, district.chaoyang, TODAY) == ["王建国"]


def test_the_days_before_stay_the_senders_by_name_with_what_was_measured(
    sender: Session, receiver: Session, district: District, watched: Observation
) -> None:
    entering.record(sender, entry(watched, days_ago(1)), NOON)
    sender.commit()
    hand_over(sender, watched.resident, receiver, district.chaoyang)
    (one,) = round.expected(sender, district.nanyuan.id, days_ago(1), Period.AM, NOON)
    assert (one.name, one.address, one.has_phone) == ("王建国", "", False)
    assert one.visit is not None and one.visit.temperature == Decimal("36.5")
    assert expected(receiver, district.chaoyang, days_ago(1)) == []


def test_the_visits_of_the_day_go_over_with_the_person_those_in_the_bin_too(
    sender: Session, receiver: Session, district: District, watched: Observation
) -> None:
    """Otherwise a slot of the receiver's would be filled by what it cannot see."""
    sender.add_all([before := visit(watched, on=days_ago(1), late_reason="补"), morning := visit(watched)])
    sender.commit()
    remove(sender, morning)
    sender.commit()
    hand_over(sender, watched.resident, receiver, district.chaoyang)
    assert sender.scalars(select(Visit.id)).all() == [before.id]
    in_the_bin = select(Visit.id).where(Visit.deleted_at.is_not(None))
    assert receiver.scalars(in_the_bin, execution_options={"deleted": True}).all() == [morning.id]
    theirs = receiver.get_one(Observation, watched.id)
    assert isinstance(entering.record(receiver, entry(theirs), NOON), entering.Saved)


@pytest.mark.parametrize("kind", [ObservationKind.CENTRAL, ObservationKind.HOSPITAL])
def test_who_was_at_the_centre_from_the_start_is_handed_over_like_anybody(
    sender: Session, receiver: Session, district: District, kind: ObservationKind
) -> None:
    there = observation(resident(district.nanyuan), kind=kind)
    sender.add(there)
    sender.commit()
    hand_over(sender, there.resident, receiver, district.chaoyang)
    assert receiver.get_one(Observation, there.id).status.value == kind.value


def test_who_was_released_counts_with_the_receiver_too(
    sender: Session, receiver: Session, district: District, watched: Observation, session: Session
) -> None:
    move(sender, watched, Move.RELEASE, days_ago(1), TODAY, signed_by="三人组", reason="期满", consent=True)
    sender.commit()
    hand_over(sender, watched.resident, receiver, district.chaoyang)
    sums: dict[int, int] = {}
    for event in session.scalars(select(ObservationEvent)):
        into = (event.became is ObservationStatus.RELEASED) - (event.was is ObservationStatus.RELEASED)
        sums[event.village_id] = sums.get(event.village_id, 0) + into
    assert sums == {district.nanyuan.id: 0, district.chaoyang.id: 1}


# ---- what goes along ----


def test_journeys_and_contacts_go_along_and_a_contact_keeps_the_link_to_a_file_that_stays(
    sender: Session, receiver: Session, district: District, watched: Observation
) -> None:
    stays = resident(district.nanyuan, "李四")
    sender.add(stays)
    sender.flush()
    sender.add(Contact(resident=watched.resident, name="李四", known_id=stays.id))
    sender.add(Journey(resident=watched.resident, left_on=days_ago(9), origin="武汉", destination="高邮"))
    sender.commit()
    hand_over(sender, watched.resident, receiver, district.chaoyang)
    (contact,) = receiver.scalars(select(Contact)).all()
    assert (contact.name, contact.known_id, contact.known) == ("李四", stays.id, None)
    assert len(receiver.scalars(select(Journey)).all()) == 1
    assert sender.scalars(select(Contact.id)).all() == []


def test_a_question_about_a_file_in_the_recycle_bin_is_answered_in_words(
    sender: Session, receiver: Session, district: District
) -> None:
    file = resident(district.nanyuan)
    sender.add(file)
    sender.commit()
    number = ask(sender, file, district.chaoyang)
    remove(sender, file)
    sender.commit()
    with pytest.raises(Invalid, match="recycle bin"):
        accept(receiver, number)


def test_an_observation_in_the_bin_stays_and_does_not_come_out_for_somebody_elses_person(
    sender: Session, receiver: Session, district: District, watched: Observation
) -> None:
    remove(sender, watched)
    sender.commit()
    hand_over(sender, watched.resident, receiver, district.chaoyang)
    gone = sender.get_one(Observation, watched.id, execution_options={"deleted": True})
    restore(gone)
    with pytest.raises(Invalid, match="another village's now"):
        sender.flush()


# ---- who may ----


def test_nobody_but_the_receiver_accepts(sender: Session, district: District, watched: Observation) -> None:
    number = ask(sender, watched.resident, district.chaoyang)
    with pytest.raises(PermissionError):
        accept(sender, number)
    sender.rollback()
    assert sender.get_one(HandOver, number).status is HandOverStatus.ASKED


def test_a_question_is_asked_once_and_answered_once(
    sender: Session, receiver: Session, district: District, watched: Observation
) -> None:
    number = ask(sender, watched.resident, district.chaoyang)
    with pytest.raises(Invalid, match="waiting already"):
        ask(sender, watched.resident, district.chaoyang)
    asked = receiver.get_one(HandOver, number)
    with pytest.raises(Invalid, match="not taken over"):
        handover.refuse(asked, "乙", NOON, " ")
    handover.refuse(asked, "乙", NOON, "不在本村居住")
    receiver.commit()
    look_again(sender)
    with pytest.raises(Invalid, match="answered already"):
        handover.withdraw(sender.get_one(HandOver, number), "甲", NOON)
    assert expected(sender, district.nanyuan, TODAY) == ["王建国"]


@pytest.mark.parametrize(("to", "reason", "field"), [("nanyuan", "x", "to_village"), ("chaoyang", " ", "reason")])
def test_a_question_that_makes_no_sense_is_refused(
    sender: Session, district: District, watched: Observation, to: str, reason: str, field: str
) -> None:
    with pytest.raises(Invalid) as error:
        handover.ask(sender, watched.resident, getattr(district, to).id, reason, "甲", NOON)
    assert [problem.field for problem in error.value.problems] == [field]


def test_many_are_asked_for_together_or_none(sender: Session, district: District, watched: Observation) -> None:
    other = resident(district.nanyuan, "李四")
    sender.add(other)
    sender.commit()
    ask(sender, watched.resident, district.chaoyang)
    with pytest.raises(Invalid):
        handover.ask_many(sender, [other, watched.resident], district.chaoyang.id, "搬家", "甲", NOON)
    sender.rollback()
    assert len(sender.scalars(select(HandOver)).all()) == 1


def test_after_a_day_a_question_waits_too_long() -> None:
    asked = HandOver(asked_at=NOON, status=HandOverStatus.ASKED)
    assert not waits_too_long(asked, NOON + timedelta(hours=24))
    assert waits_too_long(asked, NOON + timedelta(hours=25))
    asked.status = HandOverStatus.ACCEPTED
    assert not waits_too_long(asked, NOON + timedelta(hours=25))


# ---- a phone that comes back late ----


def test_a_day_late_the_senders_entry_still_is_the_senders_visit(
    sender: Session, receiver: Session, district: District, watched: Observation
) -> None:
    hand_over(sender, watched.resident, receiver, district.chaoyang)
    for _ in range(2):  # it may arrive twice
        came = entering.record(sender, entry(watched, days_ago(1), Period.PM, temperature=Decimal("38.2")), NOON)
        sender.commit()
        assert isinstance(came, entering.Saved)
    (paid,) = sender.scalars(select(Visit)).all()
    assert (paid.village_id, paid.on, paid.temperature) == (district.nanyuan.id, days_ago(1), Decimal("38.2"))
    (alert,) = receiver.scalars(select(Alert)).all()  # whoever has the person now must know
    assert alert.village_id == district.chaoyang.id


def test_what_the_receiver_calls_the_person_is_not_told_in_the_senders_trail(
    sender: Session, receiver: Session, district: District, watched: Observation
) -> None:
    name, chaoyang = watched.resident.name, district.chaoyang
    sender.add(first := visit(watched, on=days_ago(1), late_reason="补"))
    hand_over(sender, watched.resident, receiver, chaoyang)
    theirs = receiver.get_one(Resident, watched.resident_id)
    theirs.name = "改名"
    receiver.add(other := resident(chaoyang, name="并入"))
    receiver.commit()
    look_again(sender)
    entering.record(sender, entry(watched, days_ago(1), Period.PM), NOON)
    sender.commit()
    doubles.merge(receiver, other, theirs, {}, TODAY)
    receiver.commit()
    look_again(sender)
    told = sender.scalars(select(TrailEntry).where(TrailEntry.ledger == "visit").order_by(TrailEntry.id)).all()
    assert [one.deed for one in told if one.record_id == first.id] == [Deed.INSERT, Deed.UPDATE]
    assert name in told[0].record_label
    assert not any(word in one.record_label for one in told for word in ("改名", "并入"))


def test_what_was_measured_in_the_morning_of_the_hand_over_fills_the_receivers_slot(
    sender: Session, receiver: Session, district: District, watched: Observation
) -> None:
    hand_over(sender, watched.resident, receiver, district.chaoyang)
    assert isinstance(entering.record(sender, entry(watched), NOON), entering.Saved)
    sender.commit()
    (one,) = round.expected(receiver, district.chaoyang.id, TODAY, Period.AM, NOON)
    assert one.visit is not None and one.visit.temperature == Decimal("36.5")


def test_it_does_not_pass_over_what_the_receiver_measured(
    sender: Session, receiver: Session, district: District, watched: Observation
) -> None:
    hand_over(sender, watched.resident, receiver, district.chaoyang)
    entering.record(receiver, entry(receiver.get_one(Observation, watched.id), temperature=Decimal("37.0")), NOON)
    receiver.commit()
    with pytest.raises(Invalid, match="has measured already") as error:
        entering.record(sender, entry(watched, number=2), NOON)
    assert "37.0" not in str(error.value)


def test_nothing_else_of_the_person_can_be_written_or_seen(
    sender: Session, receiver: Session, district: District, watched: Observation
) -> None:
    old = visit(watched, on=days_ago(2), late_reason="补")
    sender.add(old)
    sender.commit()
    hand_over(sender, watched.resident, receiver, district.chaoyang)
    assert sender.get(Observation, watched.id) is None and sender.get(Resident, watched.resident_id) is None
    for on in (days_ago(9), TODAY + timedelta(days=1)):
        with pytest.raises(Invalid, match="no such record"):
            entering.record(sender, entry(watched, on, number=3), NOON)
    mine = sender.get_one(Visit, old.id)
    mine.on = TODAY  # the receiver's day
    with pytest.raises(Invalid, match="another village's to measure"):
        sender.flush()
    sender.rollback()
    mine.note = "更正备注"
    sender.commit()
    assert not sender.scope.may_to(Act.READ, receiver.get_one(Observation, watched.id))
