"""The trend of people who were really opened, moved, released, handed over and thrown away."""

from collections.abc import Callable
from datetime import timedelta

from models import course, handover
from models import session as sessions
from models.course import Move
from models.observation import Observation
from models.scope import Scope
from models.session import Session
from models.summaries import trend
from models.summaries.span import Span
from models.summaries.trend import TrendDay
from tests.models import factories
from tests.models.factories import NOON, TODAY, District, days_ago, keeper_of

WEEK = Span(days_ago(6), TODAY)


def opened(session: Session, district: District, ago: int, name: str = "王建国") -> Observation:
    person = factories.resident(district.nanyuan, name)
    found = factories.observation(person, began_on=days_ago(ago), last_exposure_on=days_ago(ago + 1))
    session.add_all([person, found])
    session.commit()
    return found


def moved(session: Session, observation: Observation, step: Move, ago: int) -> None:
    course.move(
        session,
        observation,
        step,
        days_ago(ago),
        TODAY,
        where="市集中点",
        reason="按要求",
        signed_by="三人组",
        consent=True,
    )
    session.commit()


def test_a_person_is_counted_where_the_person_is_on_every_day(session: Session, district: District) -> None:
    one = opened(session, district, 5)
    moved(session, one, Move.TO_CENTRAL, 4)
    moved(session, one, Move.TO_HOSPITAL, 2)
    moved(session, one, Move.RELEASE, 1)
    found = trend.by_day(session, WEEK, [district.nanyuan.id])
    assert list(found.values()) == [
        TrendDay(),
        TrendDay(opened=1, home=1),
        TrendDay(centre=1),
        TrendDay(centre=1),
        TrendDay(hospital=1),
        TrendDay(released=1),
        TrendDay(),
    ]


def test_who_was_lost_left_otherwise_and_who_is_found_is_back(session: Session, district: District) -> None:
    one = opened(session, district, 5)
    moved(session, one, Move.LOSE, 3)
    moved(session, one, Move.FIND, 1)
    found = trend.by_day(session, WEEK, [district.nanyuan.id])
    assert found[days_ago(3)] == TrendDay(left=1)
    assert found[days_ago(1)] == TrendDay(back=1, home=1)


def test_an_observation_that_was_thrown_away_never_was(session: Session, district: District) -> None:
    one, other = opened(session, district, 5), opened(session, district, 5, "李明")
    moved(session, one, Move.TO_CENTRAL, 4)
    sessions.remove(session, one)
    session.commit()
    found = trend.by_day(session, WEEK, [district.nanyuan.id])
    assert found[days_ago(5)] == TrendDay(opened=1, home=1)
    assert found[TODAY] == TrendDay(home=1)
    assert trend.persons(session, Span(days_ago(4), days_ago(4)), "centre", [district.nanyuan.id], 9) == []
    at_home = trend.persons(session, Span(TODAY, TODAY), "home", [district.nanyuan.id], 9)
    assert [(person.observation_id, person.name) for person in at_home] == [(other.id, "李明")]
    sessions.restore(one)
    session.commit()
    assert trend.by_day(session, WEEK, [district.nanyuan.id])[TODAY] == TrendDay(home=1, centre=1)


def test_a_hand_over_leaves_one_village_and_comes_into_the_other(
    session: Session, district: District, acting: Callable[[Scope], Session]
) -> None:
    one = opened(session, district, 5)
    asked = handover.ask(session, one.resident, district.chaoyang.id, "搬家", "张", NOON)
    session.commit()
    handover.accept(session, asked, "李", NOON, days_ago(1))
    session.commit()
    both = [district.nanyuan.id, district.chaoyang.id]

    sender, receiver = (acting(keeper_of(village)) for village in (district.nanyuan, district.chaoyang))
    left = trend.by_day(sender, WEEK, both)
    assert left[days_ago(2)] == TrendDay(home=1)
    assert left[days_ago(1)] == TrendDay(handed_over=1)
    assert left[TODAY] == TrendDay()
    came = trend.by_day(receiver, WEEK, both)
    assert came[days_ago(2)] == TrendDay()
    assert came[days_ago(1)] == TrendDay(taken_over=1, home=1)
    together = trend.by_day(session, WEEK, both)
    assert together[days_ago(1)] == TrendDay(taken_over=1, handed_over=1, home=1)

    # the sender knows that somebody was there, the name is the other village's by now
    (was,) = trend.persons(sender, Span(days_ago(2), days_ago(2)), "home", both, 9)
    assert (was.village_id, was.name) == (district.nanyuan.id, None)
    (now,) = trend.persons(receiver, Span(TODAY, TODAY), "home", both, 9)
    assert (now.village_id, now.name, now.on) == (district.chaoyang.id, "王建国", days_ago(1))


def test_a_day_to_come_stands_as_the_last_one(session: Session, district: District) -> None:
    opened(session, district, 5)
    tomorrow = TODAY + timedelta(days=1)
    assert trend.by_day(session, Span(tomorrow, tomorrow), [district.nanyuan.id]) == {tomorrow: TrendDay(home=1)}
