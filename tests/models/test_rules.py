"""The rules of the ledgers, said as promises: what is refused, at which field, and what is computed."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import business as businesses
from models import gathering
from models import observation as observing
from models import report as reporting
from models import supply as supplies
from models import volunteer as serving
from models.base import Base, Invalid
from models.business import Recheck
from models.checkpoint import Passage, feverish, plate
from models.clock import ZONE, local_day
from models.enterprise import ResumptionStatus, credit_code_problem, missing_papers
from models.gathering import CaseStatus
from models.observation import Observation, day_of, ends_on, standing
from models.person import Sex, born, check_digit, identity_problem, phone_problem, sex_of
from models.register import LEDGERS
from models.report import DailyReport, Punctuality, ReportStatus, due_at, punctuality
from models.resident import FileStatus
from models.session import Session, remove
from models.states import ObservationKind, ObservationStatus, Outcome, Period, Symptom
from models.supply import SupplyStatus
from models.visit import Visit, abnormal
from models.volunteer import DutyStatus, hours_served, overlap
from tests.models.factories import (
    NOON,
    TODAY,
    District,
    assignment,
    banquet,
    business,
    checkpoint,
    days_ago,
    donation,
    duty,
    enterprise,
    identity_number,
    inspection,
    observation,
    passage,
    publicity,
    report,
    resident,
    resumption,
    supervision,
    supply,
    tipoff,
    visit,
    volunteer,
)

TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def database_url(sqlite_database_url: str) -> str:
    """The rules are Python: one database will do. What the databases refuse is asked of both, in test_once.py."""
    return sqlite_database_url


def refused(session: Session, record: Base) -> set[str]:
    """The fields at which a record is refused; nothing if it is taken."""
    session.add(record)
    try:
        session.flush()
    except Invalid as error:
        session.rollback()
        return {problem.field for problem in error.problems}
    session.commit()
    return set()


def why(session: Session, record: Base) -> list[str]:
    session.add(record)
    with pytest.raises(Invalid) as error:
        session.flush()
    session.rollback()
    return [problem.message % problem.params for problem in error.value.problems]


# ---- every ledger ----


def test_an_empty_form_is_refused_in_words_in_every_ledger(session: Session, district: District) -> None:
    for ledger in LEDGERS:
        if ledger.__ledger__ == "trail":
            continue
        fields = refused(session, ledger())
        assert fields, ledger


UNFIT: list[tuple[str, Any]] = [
    ("temperature", Decimal("NaN")),
    ("temperature", Decimal("Infinity")),
    ("temperature", Decimal("1e30")),
    ("temperature", Decimal("99.9")),
    ("temperature", 365),
    ("temperature", 3.6),
    ("temperature", "warm"),
    ("period", "noon"),
    ("symptoms", ["nothing"]),
    ("symptoms", "fever"),
    ("on", date(1, 1, 1)),
    ("on", date(9999, 12, 31)),
    ("on", "yesterday"),
    ("taken_at", datetime(2020, 2, 12, 8)),  # noqa: DTZ001
    ("taken_at", datetime(9999, 12, 31, tzinfo=UTC)),
    ("observation_id", 10**30),
    ("observation_id", -1),
    ("note", "a\x00b"),
    ("note", "x" * 1001),
    ("went_out", "one\ntwo\x0b"),
    ("how", 3),
]


@pytest.mark.parametrize(("name", "value"), UNFIT)
def test_a_value_that_cannot_be_kept_is_refused_at_its_field(
    session: Session, district: District, name: str, value: object
) -> None:
    watched = observation(resident(district.nanyuan))
    session.add(watched)
    session.commit()
    given_number = {"observation": None, "village_id": district.nanyuan.id} if name == "observation_id" else {}
    assert name.removesuffix("_id") in refused(session, visit(watched, **given_number, **{name: value}))


def test_full_width_and_untidy_typing_is_taken_and_made_clean(session: Session, district: District) -> None:
    one = resident(district.nanyuan, "\u3000王\u3000建国 ", phone="１３８-１２３４ ５６７８", address="  一组  12号 ")
    one.identity_number = "".join(chr(ord(c) + 0xFEE0) for c in identity_number(12))
    session.add(one)
    session.commit()
    assert (one.name, one.phone, one.address) == ("王 建国", "13812345678", "一组 12号")
    assert one.identity_number == identity_number(12)


@pytest.mark.parametrize("name", ["阿不都热依木·买买提", "ئابدۇرېھىم", "Mahmut Ali", "王😀", "𠮷野", "陈A"])
def test_every_persons_name_is_taken_as_it_is_written(session: Session, district: District, name: str) -> None:
    one = resident(district.nanyuan, name)
    assert refused(session, one) == set()
    assert one.name == name


# ---- persons ----


@given(serial=st.integers(0, 9999), birth=st.dates(date(1900, 1, 1), TODAY), male=st.booleans())
def test_a_right_identity_number_tells_birth_date_and_sex(serial: int, birth: date, male: bool) -> None:
    number = identity_number(serial, birth, male)
    assert identity_problem(number, TODAY) == ""
    assert born(number) == birth
    assert sex_of(number) is (Sex.MALE if male else Sex.FEMALE)


@given(serial=st.integers(0, 9999), at=st.integers(0, 16), digit=st.integers(0, 9))
def test_one_wrong_digit_in_an_identity_number_is_always_noticed(serial: int, at: int, digit: int) -> None:
    number = identity_number(serial)
    wrong = number[:at] + str(digit) + number[at + 1 :]
    assert (identity_problem(wrong, TODAY) == "") == (wrong == number)


@given(serial=st.integers(0, 9999), at=st.integers(0, 15))
def test_two_swapped_digits_are_always_noticed(serial: int, at: int) -> None:
    number = identity_number(serial)
    swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    assert (identity_problem(swapped, TODAY) == "") == (swapped == number)


@given(text=st.text(max_size=25))
def test_no_text_is_a_number_by_accident(text: str) -> None:
    if identity_problem(text, TODAY) == "":
        assert len(text) == 18 and check_digit(text[:17]) == text[17]
    if phone_problem(text) == "":
        assert text.removeprefix("+").isdigit()


@pytest.mark.parametrize("phone", ["13812345678", "051484567890", "84567890", "+85291234567", "01084567890"])
def test_a_phone_that_can_be_called_is_taken(phone: str) -> None:
    assert phone_problem(phone) == ""


@pytest.mark.parametrize("phone", ["1381234567", "138123456789", "12", "abc", "138x2345678", "+1", "８４５", "²³⁴⁵⁶⁷⁸"])
def test_a_phone_that_nobody_can_call_is_refused(phone: str) -> None:
    assert phone_problem(phone) != ""


def test_a_birth_to_come_is_refused(session: Session, district: District) -> None:
    assert refused(session, resident(district.nanyuan, birth_date=TOMORROW)) == {"birth_date"}
    assert refused(session, resident(district.nanyuan, identity_number=identity_number(1, TOMORROW))) == {
        "identity_number",
        "birth_date",
    }


@given(birth=st.dates(date(1890, 1, 1), TODAY))
def test_age_is_counted_in_full_years(birth: date) -> None:
    from models.resident import Resident

    age = Resident(name="x", birth_date=birth).age(TODAY)
    assert age is not None
    born_again = date(birth.year + age, 3, 1) if (birth.month, birth.day) == (2, 29) else None
    reached = born_again or birth.replace(year=birth.year + age)
    assert reached <= TODAY


# ---- observation ----


@given(exposed=st.dates(date(2020, 1, 1), date(2021, 1, 1)), days=st.integers(1, 60))
def test_a_term_ends_its_days_after_the_last_exposure(exposed: date, days: int) -> None:
    watched = Observation(began_on=exposed, last_exposure_on=exposed, days=days)
    watched.prepare()
    assert watched.ends_on == ends_on(exposed, days)
    assert day_of(watched, exposed) == 0
    assert day_of(watched, exposed + timedelta(days=1)) == 1
    assert day_of(watched, watched.ends_on) == days


def test_fourteen_days_are_counted_from_the_exposure_not_from_the_opening(session: Session, district: District) -> None:
    watched = observation(resident(district.nanyuan), began_on=days_ago(2), last_exposure_on=days_ago(5))
    session.add(watched)
    session.commit()
    assert watched.ends_on == TODAY + timedelta(days=9)
    watched.last_exposure_on = None
    session.commit()
    assert watched.ends_on == TODAY + timedelta(days=12)


def test_an_exposure_long_ago_does_not_end_a_term_before_it_began(session: Session, district: District) -> None:
    watched = observation(resident(district.nanyuan), began_on=TODAY, last_exposure_on=days_ago(30))
    assert refused(session, watched) == set()
    assert watched.ends_on == TODAY


def test_a_corrected_end_stands_and_needs_a_reason(session: Session, district: District) -> None:
    corrected = TODAY + timedelta(days=3)
    assert refused(session, observation(resident(district.nanyuan), ends_on_corrected=corrected)) == {
        "correction_reason"
    }
    watched = observation(resident(district.nanyuan), ends_on_corrected=corrected, correction_reason="专家组意见")
    assert refused(session, watched) == set()
    assert watched.ends_on == corrected
    watched.ends_on_corrected = None
    session.commit()
    assert watched.ends_on == ends_on(days_ago(4), 14)


@pytest.mark.parametrize(
    ("told", "fields"),
    [
        ({"began_on": TOMORROW}, {"began_on"}),
        ({"last_exposure_on": TOMORROW}, {"last_exposure_on"}),
        ({"released_on": days_ago(10), "status": ObservationStatus.RELEASED}, {"released_on"}),
        ({"status": ObservationStatus.RELEASED}, {"released_on"}),
        ({"released_on": TODAY}, {"status"}),
        ({"ends_on_corrected": days_ago(10), "correction_reason": "x"}, {"ends_on_corrected"}),
        ({"days": 0}, {"days"}),
        ({"days": 61}, {"days"}),
        ({"days": 10**12}, {"days"}),
        ({"cadre_phone": "123"}, {"cadre_phone"}),
        ({"status": ObservationStatus.HOSPITAL}, {"transferred_on", "transferred_to"}),
        ({"status": "moved"}, {"status"}),
    ],
)
def test_an_observation_that_cannot_be_is_refused(
    session: Session, district: District, told: dict[str, Any], fields: set[str]
) -> None:
    assert refused(session, observation(resident(district.nanyuan), **told)) == fields


def watched_from(began: date, **told: Any) -> Observation:
    period = told.get("first_period", Period.AM)
    return Observation(
        **{
            "village_id": 1,
            "began_on": began,
            "ends_on": began + timedelta(days=14),
            "kind": ObservationKind.HOME,
            "status": ObservationStatus.OBSERVED,
            "first_period": period,
            "since": began,
            "since_period": period,
            **told,
        }
    )


BEGAN = date(2020, 2, 1)


def test_a_term_that_is_over_awaits_release_and_never_closes_itself() -> None:
    watched = watched_from(BEGAN)
    last = BEGAN + timedelta(days=14)
    assert standing(watched, last - timedelta(days=1)) is FileStatus.OBSERVED
    assert standing(watched, last) is FileStatus.DUE
    assert not observing.overdue(watched, last)
    assert observing.overdue(watched, last + timedelta(days=1))
    watched.status = ObservationStatus.RELEASED
    assert standing(watched, last + timedelta(days=9)) is FileStatus.RELEASED
    assert not observing.overdue(watched, last + timedelta(days=9))


def test_every_status_of_an_observation_is_one_of_a_file() -> None:
    for status in ObservationStatus:
        assert FileStatus(status.value).label == status.label
        assert status.tone


# ---- visits ----


@pytest.fixture
def watched(session: Session, district: District) -> Observation:
    one = observation(resident(district.nanyuan))
    session.add(one)
    session.commit()
    return one


@given(tenths=st.integers(340, 430), symptoms=st.lists(st.sampled_from(list(Symptom)), unique=True))
def test_a_fever_or_a_symptom_is_abnormal_whatever_was_ticked(tenths: int, symptoms: list[Symptom]) -> None:
    temperature = Decimal(tenths) / 10
    seen = Visit(outcome=Outcome.NORMAL, temperature=temperature, symptoms=symptoms)
    Visit.prepare(seen)
    sick = tenths >= 373 or any(s is not Symptom.WELL for s in symptoms)
    assert (seen.outcome is Outcome.ABNORMAL) == sick == abnormal(temperature, symptoms)


def test_373_is_a_fever_and_372_is_not(session: Session, watched: Observation) -> None:
    warm, hot = visit(watched, temperature=37.2), visit(watched, temperature="37.3", period=Period.PM)
    session.add_all([warm, hot])
    session.commit()
    assert (warm.outcome, hot.outcome) == (Outcome.NORMAL, Outcome.ABNORMAL)
    assert hot.temperature == Decimal("37.3")


@pytest.mark.parametrize(
    ("told", "fields"),
    [
        ({"on": TOMORROW}, {"on"}),
        ({"on": days_ago(4), "late_reason": "补录"}, {"on"}),
        ({"temperature": "33.9"}, {"temperature"}),
        ({"temperature": "43.1"}, {"temperature"}),
        ({"temperature": None}, {"temperature"}),
        ({"temperature": None, "outcome": Outcome.ABNORMAL}, {"temperature"}),
        ({"outcome": Outcome.NOT_MET}, {"outcome"}),
        ({"outcome": Outcome.REFUSED}, {"outcome"}),
        ({"on": days_ago(1)}, {"late_reason"}),
        ({"taken_at": NOON - timedelta(days=1)}, {"taken_at"}),
        ({"taken_at": NOON + timedelta(days=1)}, {"taken_at"}),
        ({"symptoms": [Symptom.WELL, Symptom.COUGH]}, {"symptoms"}),
        ({"temperature": "34.0"}, set()),
        ({"temperature": "43.0"}, set()),
        ({"temperature": None, "outcome": Outcome.REFUSED}, set()),
        ({"temperature": None, "outcome": Outcome.ABNORMAL, "symptoms": [Symptom.COUGH]}, set()),
        ({"on": days_ago(1), "late_reason": "昨晚停电"}, set()),
    ],
)
def test_a_visit_that_cannot_have_been_is_refused(
    session: Session, watched: Observation, told: dict[str, Any], fields: set[str]
) -> None:
    assert refused(session, visit(watched, **told)) == fields


def test_a_visit_entered_later_stays_marked(session: Session, watched: Observation) -> None:
    seen = visit(watched, on=days_ago(1), late_reason="昨晚停电")
    session.add(seen)
    session.commit()
    assert seen.late
    seen.note = "补充"
    session.commit()
    assert seen.late


def test_a_visit_is_of_the_person_and_the_village_of_its_observation(session: Session, watched: Observation) -> None:
    seen = Visit(observation_id=watched.id, on=TODAY, period="am", temperature=36.5)
    session.add(seen)
    session.commit()
    assert (seen.resident_id, seen.village_id) == (watched.resident_id, watched.village_id)
    assert str(seen) == "王建国 2020-02-12 ①"


# ---- businesses and inspections ----


@pytest.mark.parametrize(
    ("told", "fields"),
    [
        ({"on": TOMORROW}, {"on"}),
        ({"findings": "未消毒"}, {"rectify_by"}),
        ({"findings": "未消毒", "rectify_by": days_ago(1)}, {"rectify_by"}),
        ({"recheck": Recheck.RECTIFIED}, {"rechecked_on"}),
        ({"rechecked_on": TODAY}, {"recheck"}),
        ({"on": days_ago(2), "rechecked_on": days_ago(3), "recheck": Recheck.PARTLY}, {"rechecked_on"}),
        ({"findings": "未消毒", "rectify_by": TOMORROW}, set()),
    ],
)
def test_an_inspection_that_leaves_something_open_is_refused(
    session: Session, district: District, told: dict[str, Any], fields: set[str]
) -> None:
    assert refused(session, inspection(business(district.nanyuan), **told)) == fields


def test_problems_wait_until_a_re_inspection_finds_them_rectified() -> None:
    looked = inspection(None, findings="未消毒", rectify_by=days_ago(1))  # type: ignore[arg-type]
    assert businesses.overdue(looked, TODAY) and not businesses.overdue(looked, days_ago(1))
    looked.recheck = Recheck.PARTLY
    assert businesses.to_recheck(looked) and businesses.overdue(looked, TODAY)
    looked.recheck = Recheck.RECTIFIED
    assert not businesses.to_recheck(looked) and not businesses.overdue(looked, TODAY)


# ---- enterprises ----

CREDIT_CODE = "91110000600037341L"


def test_a_social_credit_code_is_checked() -> None:
    assert credit_code_problem(CREDIT_CODE) == ""
    assert "18 characters" in credit_code_problem(CREDIT_CODE[:-1])
    assert "typing error" in credit_code_problem(CREDIT_CODE[:-1] + "M")
    assert "without I, O" in credit_code_problem("9111000060003734IL")


@given(st.text(max_size=20))
def test_no_text_breaks_the_check_of_a_social_credit_code(text: str) -> None:
    assert credit_code_problem(text) or len(text) == 18


@pytest.mark.parametrize(
    ("told", "fields"),
    [
        ({}, {"commitment_letter", "emergency_plan", "resumed_on"}),
        ({"commitment_letter": True, "resumed_on": TODAY}, {"emergency_plan"}),
        ({"emergency_plan": True, "resumed_on": TODAY}, {"commitment_letter"}),
        ({"commitment_letter": True, "emergency_plan": True, "resumed_on": TOMORROW}, {"resumed_on"}),
        ({"commitment_letter": True, "emergency_plan": True, "resumed_on": TODAY}, set()),
    ],
)
def test_nobody_has_resumed_work_without_letter_and_plan(
    session: Session, district: District, told: dict[str, Any], fields: set[str]
) -> None:
    filed = resumption(enterprise(district.nanyuan), status=ResumptionStatus.RESUMED, **told)
    assert refused(session, filed) == fields
    assert set(missing_papers(filed)) == fields & {"commitment_letter", "emergency_plan"}


def test_no_more_come_back_than_work_there(session: Session, district: District) -> None:
    assert why(session, resumption(enterprise(district.nanyuan, workers=80), returned=81)) == [
        "The enterprise has only 80 workers."
    ]
    assert refused(session, resumption(enterprise(district.nanyuan), returned=-1, from_hubei=-1)) == {
        "returned",
        "from_hubei",
    }


# ---- banquets and tips ----


@pytest.mark.parametrize("make", [banquet, tipoff])
@pytest.mark.parametrize(
    ("told", "fields"),
    [
        ({"status": CaseStatus.VERIFIED}, {"findings", "verified_by"}),
        ({"status": CaseStatus.CLOSED}, {"findings", "verified_by", "outcome", "concluded_on"}),
        (
            {"status": CaseStatus.CLOSED, "findings": "属实", "verified_by": "张", "concluded_on": TODAY},
            {"outcome"},
        ),
        (
            {
                "status": CaseStatus.CLOSED,
                "findings": "属实",
                "verified_by": "张",
                "outcome": "劝停",
                "concluded_on": TODAY,
            },
            set(),
        ),
        ({"concluded_on": TOMORROW}, {"concluded_on"}),
    ],
)
def test_every_case_is_verified_and_every_verification_has_an_outcome(
    session: Session, district: District, make: Callable[..., Base], told: dict[str, Any], fields: set[str]
) -> None:
    assert refused(session, make(district.nanyuan, **told)) == fields


def test_a_tip_may_point_to_a_banquet_of_its_village(session: Session, district: District) -> None:
    feast = banquet(district.nanyuan)
    assert refused(session, tipoff(district.nanyuan, banquet=feast)) == set()
    assert refused(session, tipoff(district.chaoyang, banquet=feast)) == {"banquet"}


def test_what_nobody_verified_becomes_overdue() -> None:
    case = gathering.Tipoff(received_at=NOON, status=CaseStatus.NEW)
    assert not gathering.overdue(case, TODAY) and gathering.overdue(case, TOMORROW)
    feast = gathering.Banquet(held_on=TODAY, status=CaseStatus.NEW)
    assert gathering.overdue(feast, TODAY) and not gathering.overdue(feast, days_ago(1))


# ---- checkpoints ----


@pytest.mark.parametrize("typed", ["苏K12345", "苏k·12345", "苏K 12345", "苏Ｋ－１２３４５", " 苏K•123 45"])
def test_a_plate_is_one_plate_however_it_is_typed(session: Session, district: District, typed: str) -> None:
    through = passage(checkpoint(district.nanyuan), plate=typed, name=None)
    assert refused(session, through) == set()
    assert through.plate == plate(typed) == "苏K12345"


@pytest.mark.parametrize(
    ("told", "fields"),
    [
        ({"name": None}, {"name"}),
        ({"people": 0}, {"people"}),
        ({"at": NOON + timedelta(days=1)}, {"at"}),
        ({"temperature": 50}, {"temperature"}),
        ({"identity_number": "321084"}, {"identity_number"}),
        ({"phone": "1"}, {"phone"}),
        ({"plate": "·"}, set()),
    ],
)
def test_a_passage_that_says_nothing_or_cannot_be_is_refused(
    session: Session, district: District, told: dict[str, Any], fields: set[str]
) -> None:
    assert refused(session, passage(checkpoint(district.nanyuan), **told)) == fields


def test_fever_at_a_checkpoint_is_seen() -> None:
    assert feverish(Passage(temperature=Decimal("37.3")))
    assert not feverish(Passage(temperature=Decimal("37.2")))
    assert not feverish(Passage())


# ---- volunteers ----


def test_who_is_unavailable_is_not_assigned_and_nobody_learns_why(session: Session, district: District) -> None:
    away = volunteer(district.nanyuan, unavailable_until=TODAY, note="密切接触者")
    assert why(session, assignment(duty(district.nanyuan), away)) == [
        "This volunteer is not available until 2020-02-12."
    ]
    later = duty(district.nanyuan, starts_in=24)
    away = volunteer(district.nanyuan, unavailable_until=TODAY)
    assert refused(session, assignment(later, away)) == set()


def test_who_falls_out_later_may_still_sign_out(session: Session, district: District) -> None:
    served = assignment(duty(district.nanyuan, starts_in=-3), volunteer(district.nanyuan), signed_in_at=NOON)
    assert refused(session, served) == set()
    served.volunteer.unavailable_until = TODAY + timedelta(days=9)
    session.commit()
    served.signed_out_at = NOON + timedelta(hours=2)
    session.commit()
    assert served.hours == Decimal("2.0")


def test_nobody_serves_in_two_places_at_once(session: Session, district: District) -> None:
    who = volunteer(district.nanyuan)
    session.add(assignment(duty(district.nanyuan, starts_in=2, hours=3), who))
    session.commit()
    same_time = duty(district.chaoyang, starts_in=4, hours=3)
    assert refused(session, assignment(same_time, who)) == {"volunteer"}
    right_after = duty(district.chaoyang, starts_in=5, hours=3)
    assert refused(session, assignment(right_after, who)) == set()


def test_two_assignments_in_one_save_are_looked_at_together(session: Session, district: District) -> None:
    who = volunteer(district.nanyuan)
    session.add(who)
    session.commit()
    session.add_all([assignment(duty(district.nanyuan), who), assignment(duty(district.chaoyang), who)])
    with pytest.raises(Invalid, match="serves elsewhere"):
        session.flush()


def test_a_cancelled_duty_or_a_removed_assignment_keeps_nobody_busy(session: Session, district: District) -> None:
    who = volunteer(district.nanyuan)
    first = assignment(duty(district.nanyuan), who)
    session.add(first)
    session.commit()
    remove(session, first)
    session.commit()
    second = assignment(duty(district.chaoyang), who)
    assert refused(session, second) == set()
    second.duty.status = DutyStatus.CANCELLED
    session.commit()
    assert refused(session, assignment(duty(district.nanyuan), who)) == set()
    assert refused(session, assignment(second.duty, volunteer(district.nanyuan, "赵五"))) == {"duty"}


def test_an_assignment_is_not_restored_onto_another(session: Session, district: District) -> None:
    who = volunteer(district.nanyuan)
    first = assignment(duty(district.nanyuan), who)
    session.add(first)
    session.commit()
    remove(session, first)
    session.commit()
    session.add(assignment(duty(district.nanyuan), who))
    session.commit()
    first.deleted_at = first.deleted_by = None
    with pytest.raises(Invalid, match="serves elsewhere"):
        session.flush()


def test_moving_a_duty_tears_nobody_apart(session: Session, district: District) -> None:
    who = volunteer(district.nanyuan)
    first, second = duty(district.nanyuan, starts_in=2), duty(district.nanyuan, starts_in=8)
    session.add_all([assignment(first, who), assignment(second, who)])
    session.commit()
    second.starts_at, second.ends_at = first.starts_at, first.ends_at
    with pytest.raises(Invalid, match="elsewhere"):
        session.flush()


instants = st.datetimes(datetime(2020, 1, 1), datetime(2020, 12, 31)).map(lambda d: d.replace(tzinfo=UTC))  # noqa: DTZ001


@given(instants, st.timedeltas(timedelta(0), timedelta(hours=24)))
def test_hours_served_are_the_time_between_to_a_tenth(signed_in: datetime, served: timedelta) -> None:
    hours = hours_served(signed_in, signed_in + served)
    assert hours is not None and 0 <= hours <= 24
    assert abs(float(hours) - served.total_seconds() / 3600) <= 0.05 + 1e-9


@given(instants, instants)
def test_hours_are_not_served_backwards_or_while_on_duty(one: datetime, other: datetime) -> None:
    assert hours_served(one, None) is hours_served(None, other) is None
    assert (hours_served(one, other) is None) == (other < one)


@given(st.tuples(st.integers(0, 20), st.integers(1, 20)), st.tuples(st.integers(0, 20), st.integers(1, 20)))
def test_two_duties_overlap_when_an_hour_is_in_both(a: tuple[int, int], b: tuple[int, int]) -> None:
    def shift(start: int, hours: int) -> serving.Duty:
        starts = NOON + timedelta(hours=start)
        return serving.Duty(starts_at=starts, ends_at=starts + timedelta(hours=hours))

    common = set(range(a[0], a[0] + a[1])) & set(range(b[0], b[0] + b[1]))
    assert overlap(shift(*a), shift(*b)) == overlap(shift(*b), shift(*a)) == bool(common)


@pytest.mark.parametrize(
    ("told", "fields"),
    [
        ({"hours": 0}, {"ends_at"}),
        ({"hours": -2}, {"ends_at"}),
        ({"hours": 25}, {"ends_at"}),
        ({"needed": 0}, {"needed"}),
        ({"contact_phone": "x"}, {"contact_phone"}),
        ({"hours": 24}, set()),
    ],
)
def test_a_duty_that_nobody_can_do_is_refused(
    session: Session, district: District, told: dict[str, Any], fields: set[str]
) -> None:
    assert refused(session, duty(district.nanyuan, **told)) == fields


@pytest.mark.parametrize(
    ("told", "fields"),
    [
        ({"signed_out_at": NOON}, {"signed_in_at"}),
        ({"signed_in_at": NOON, "signed_out_at": NOON - timedelta(hours=1)}, {"signed_out_at"}),
        ({"attended": True}, {"attended"}),
        ({"signed_in_at": NOON + timedelta(days=1)}, {"signed_in_at"}),
        ({"signed_in_at": NOON, "attended": True}, set()),
    ],
)
def test_a_service_that_cannot_have_been_is_refused(
    session: Session, district: District, told: dict[str, Any], fields: set[str]
) -> None:
    served = assignment(duty(district.nanyuan, starts_in=-1), volunteer(district.nanyuan), **told)
    assert refused(session, served) == fields


# ---- supplies, donations, publicity, supervision ----


def test_supplies_and_donations_that_cannot_be_are_refused(session: Session, district: District) -> None:
    village = district.nanyuan
    assert refused(session, supply(village, asked_on=TOMORROW)) == {"asked_on"}
    assert refused(session, supply(village, delivered_on=days_ago(1))) == {"delivered_on"}
    assert refused(session, supply(village, cost=-1)) == {"cost"}
    assert refused(session, donation(village, quantity=0)) == {"quantity"}
    assert refused(session, donation(village, published_on=TODAY)) == {"went_to"}
    assert refused(session, donation(village, quantity=Decimal("10000000000"))) == {"quantity"}
    assert refused(session, publicity(village, quantity=-1)) == {"quantity"}
    assert refused(session, publicity(village, quantity=2**40)) == {"quantity"}
    assert refused(session, supervision(village, on=days_ago(2), due_on=days_ago(3))) == {"due_on"}
    assert refused(session, supervision(village, done_on=TODAY)) == {"done"}


def test_a_request_of_an_earlier_day_is_overdue_until_it_is_brought_to_its_end() -> None:
    for status in SupplyStatus:
        waits = status in supplies.UNDER_WAY
        assert supplies.overdue(supplies.Supply(asked_on=days_ago(1), status=status), TODAY) == waits
        assert not supplies.overdue(supplies.Supply(asked_on=TODAY, status=status), TODAY)


# ---- the daily report ----


def test_a_report_is_for_today_or_says_why(session: Session, district: District) -> None:
    village = district.nanyuan
    assert refused(session, report(village, on=TOMORROW)) == {"on"}
    assert refused(session, report(village, on=days_ago(1))) == {"correction_reason"}
    assert refused(session, report(village, on=days_ago(1), correction_reason="昨天停电")) == set()
    assert refused(session, report(village)) == set()


def test_a_report_of_today_may_be_changed_and_one_of_yesterday_only_with_a_reason(
    session: Session, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed_in = report(district.nanyuan)
    session.add(handed_in)
    session.commit()
    handed_in.surveyed = 12
    session.commit()
    assert handed_in.revision == 2
    monkeypatch.setenv("TAIZHANG_TODAY", TOMORROW.isoformat())
    handed_in.surveyed = 13
    with pytest.raises(Invalid, match="correction_reason"):
        session.flush()
    session.rollback()
    handed_in.surveyed, handed_in.correction_reason = 13, "漏报一人"
    session.commit()
    assert handed_in.revision == 3
    handed_in.note = "说明"
    session.commit()
    assert handed_in.revision == 3


def test_a_closed_day_moves_only_with_a_reason(session: Session, district: District) -> None:
    handed_in = report(district.nanyuan)
    session.add(handed_in)
    session.commit()
    handed_in.status = ReportStatus.CLOSED
    session.commit()
    handed_in.surveyed = 5
    with pytest.raises(Invalid, match="correction_reason"):
        session.flush()


def test_a_report_goes_back_with_a_reason(session: Session, district: District) -> None:
    assert refused(session, report(district.nanyuan, status=ReportStatus.RETURNED)) == {"return_reason"}


def test_no_figure_of_a_report_is_below_zero(session: Session, district: District) -> None:
    for figure in reporting.FIGURES:
        assert refused(session, report(district.nanyuan, **{figure: -1})) == {figure}


def test_a_zero_report_is_a_report() -> None:
    assert DailyReport().zero
    assert not DailyReport(in_hospital=1).zero


@given(instants, st.times(time(6), time(22)))
def test_a_report_is_on_time_late_or_made_up(at: datetime, deadline: time) -> None:
    day = local_day(at)
    local = at.astimezone(ZONE).time()
    expected = Punctuality.ON_TIME if local <= deadline else Punctuality.LATE
    assert punctuality(day, at, deadline) is expected
    assert punctuality(day - timedelta(days=1), at, deadline) is Punctuality.MADE_UP
    assert reporting.overdue(day, at, deadline) == (at > due_at(day, deadline))
