"""Visits that no slot waited for: they count, and what is done and missed is not made better by them."""

from datetime import timedelta

import pytest

from models import course
from models.course import Move
from models.session import Session
from models.states import Outcome, Period
from models.summaries import rounds
from models.summaries.counting import Place
from models.summaries.rounds import RoundCounts
from models.summaries.span import Span
from tests.models import factories
from tests.models.factories import NOON, TODAY, District, days_ago

YESTERDAY = days_ago(1)


def test_a_visit_on_the_morning_of_a_release_is_beside_the_plan(session: Session, district: District) -> None:
    released, missed = (factories.observation(factories.resident(district.nanyuan, name)) for name in "甲乙")
    session.add_all([released, missed])
    session.commit()
    for day, period in ((days_ago(2), Period.AM), (days_ago(2), Period.PM), (YESTERDAY, Period.AM)):
        session.add(factories.visit(released, on=day, period=period, late_reason="补"))
    session.add(factories.visit(missed, on=days_ago(2), outcome=Outcome.NOT_MET, temperature=None, late_reason="补"))
    session.commit()
    course.move(session, released, Move.RELEASE, YESTERDAY, TODAY, reason="期满", signed_by="三人组", consent=True)
    session.commit()

    places = [Place(district.nanyuan.id, "南苑社区", district.township.id)]
    found = rounds.by_day(session, Span(days_ago(2), TODAY), places, NOON)
    assert found[days_ago(2)] == RoundCounts(expected=4, done=3, missed=1, normal=2, not_met=1)
    assert found[YESTERDAY] == RoundCounts(expected=2, missed=2, normal=1, beside=1)
    # it is noon: the morning is over, the evening is still to come
    assert found[TODAY] == RoundCounts(expected=2, missed=1, open=1)
    assert rounds.by_village(session, Span(days_ago(2), TODAY), places, NOON) == {
        district.nanyuan.id: RoundCounts(expected=8, done=3, missed=4, open=1, normal=3, not_met=1, beside=1)
    }
    (waits,) = rounds.persons(session, Span(days_ago(2), TODAY), "open", places, NOON)
    assert (waits.on, waits.period, waits.slot.name) == (TODAY, Period.PM, "乙")
    (beside,) = rounds.persons(session, Span(days_ago(2), TODAY), "beside", places, NOON)
    assert (beside.on, beside.period, beside.slot.name) == (YESTERDAY, Period.AM, "甲")
    tomorrow = TODAY + timedelta(days=1)
    assert rounds.persons(session, Span(tomorrow, tomorrow), "open", places, NOON) == []
    with pytest.raises(ValueError, match="normal"):
        rounds.persons(session, Span(TODAY, TODAY), "normal", places, NOON)
