"""What else is in the demo's files: hand-overs in every state, alerts to take, papers, calls, settings over time."""

from datetime import timedelta

from sqlalchemy import select

from models import clock, handover, setting
from models.alert import Alert, AlertKind, AlertStatus
from models.dossier import Contact, Journey, Paper, PaperKind
from models.event import ObservationEvent
from models.followup import FollowUp, calls_due
from models.handover import HandOver, HandOverStatus
from models.observation import Observation
from models.session import Session
from models.states import EventKind, ObservationStatus
from seeds.diary import at
from tests.seeds.conftest import TODAY, of_village


def test_one_was_taken_over_one_waits_too_long_and_one_was_sent_back(demo: Session) -> None:
    asked = list(demo.scalars(select(HandOver)))
    assert [one.status for one in asked].count(HandOverStatus.ACCEPTED) == 1
    assert [one for one in asked if one.status is HandOverStatus.REFUSED and one.answer]
    waiting = [one for one in asked if one.status is HandOverStatus.ASKED]
    assert [handover.waits_too_long(one, at(TODAY, 10)) for one in waiting] == [True, False]
    assert waiting[-1].to_name == "南苑社区"


def test_who_was_taken_over_is_the_receivers_with_the_whole_file(demo: Session) -> None:
    taken = demo.scalars(select(HandOver).where(HandOver.status == HandOverStatus.ACCEPTED)).one()
    receiver = taken.to_village_id
    assert taken.resident is not None and taken.resident.village_id == receiver
    for cls in (Observation, Journey, Contact, Paper):
        assert {r.village_id for r in demo.scalars(select(cls).where(cls.resident_id == taken.resident_id))} <= {
            receiver
        }
    events = demo.scalars(select(ObservationEvent).where(ObservationEvent.resident_id == taken.resident_id))
    assert {(e.kind, e.village_id) for e in events} >= {
        (EventKind.HANDED_OUT, taken.from_village_id),
        (EventKind.HANDED_IN, receiver),
    }


def test_alerts_wait_are_taken_and_were_closed_with_what_was_done(demo: Session) -> None:
    alerts = list(demo.scalars(select(Alert)))
    assert {alert.status for alert in alerts} == set(AlertStatus)
    assert {alert.kind for alert in alerts} >= {AlertKind.FEVER, AlertKind.REFUSED, AlertKind.NOT_MET}
    assert all(alert.done for alert in alerts if alert.status is AlertStatus.CLOSED)
    assert all(alert.raised_at == alert.visit.created_at for alert in alerts)
    assert {clock.local_day(a.raised_at) for a in alerts if a.status is AlertStatus.RAISED} == {TODAY}
    assert not of_village(demo, Alert, "南苑社区")


def test_everybody_observed_was_given_the_notice_and_everybody_released_the_other_one(demo: Session) -> None:
    handed = {(paper.observation_id, paper.kind) for paper in demo.scalars(select(Paper))}
    for one in demo.scalars(select(Observation)):
        assert {(one.id, PaperKind.NOTICE), (one.id, PaperKind.COMMITMENT)} <= handed
        assert ((one.id, PaperKind.RELEASE) in handed) is (one.status is ObservationStatus.RELEASED)


def test_some_contacts_have_files_of_their_own(demo: Session) -> None:
    known = [contact for contact in demo.scalars(select(Contact)) if contact.known is not None]
    assert known
    assert all(contact.known.name == contact.name for contact in known if contact.known)


def test_calls_after_release_were_made_and_some_are_due(demo: Session) -> None:
    made: dict[int, set[int]] = {}
    for call in demo.scalars(select(FollowUp)):
        made.setdefault(call.observation_id, set()).add(call.day_no)
    assert len(made) > 40
    released = demo.scalars(select(Observation).where(Observation.status == ObservationStatus.RELEASED))
    assert any(calls_due(one, frozenset(made.get(one.id, ())), TODAY) for one in released)


def test_the_deadline_of_the_report_was_another_one_before(demo: Session) -> None:
    then, now = (setting.report_deadline(demo, TODAY - timedelta(days=ago)) for ago in (9, 0))
    assert (then.hour, then.minute, now.hour, now.minute) == (17, 0, 17, 30)
