"""Every number of the summaries over spans of days against plain loops over rows, for whoever looks.

Over what the trail tells of a district that has lived, and over the rows of made-up ones, which hold what no rule would
let in: what is read must be counted rightly even where it makes no sense.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise, product
from pathlib import Path

import pytest

from models.business import Business, BusinessKind, Control, Inspection, Recheck
from models.engine import make_engine
from models.enterprise import Enterprise, Resumption
from models.event import ObservationEvent
from models.observation import Observation
from models.report import FIGURES, DailyReport, Punctuality, ReportStatus
from models.states import EventKind, ObservationStatus, Outcome, Period
from models.summaries import punctuality, resumption, rounds, trend, venues, volunteers
from models.summaries.resumption import BackAtWork, Size
from models.summaries.rounds import RoundCounts
from models.summaries.span import Span, together
from models.summaries.trend import TrendDay
from models.summaries.venues import DayOfChecks, VenueCounts
from models.summaries.volunteers import FROM_ELSEWHERE, NO_ORGANISATION, Manned, Served
from models.visit import Visit
from models.volunteer import Assignment, Duty, DutyStatus, Organisation, Volunteer
from tests.models.summaries import slots_told
from tests.models.summaries.lived import VILLAGE
from tests.models.summaries.weeks import BESIDE, EVERYWHERE, LOOKED_AT, SPAN, Seen, in_span, looking, looking_at
from tests.models.summaries.world import TODAY, Row, at
from tests.support.databases import PostgresDatabases, SQLiteDatabases

S = ObservationStatus
PRESENT = (S.OBSERVED, S.CENTRAL, S.HOSPITAL)
NOON = at(12)
TOLD = [("told", ""), ("told", VILLAGE)]
"""The district that has lived, looked at for everything, and for one village."""


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def called(look: tuple[int | str, set[int] | str]) -> str:
    seed, villages = look
    if isinstance(villages, str):
        return f"told-{'one' if villages else 'all'}"
    return f"{seed}-{''.join(map(str, sorted(villages))) or 'none'}"


@pytest.fixture(scope="module", params=[*TOLD, *LOOKED_AT], ids=called)
def seen(
    request: pytest.FixtureRequest, kind: str, run_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Seen]:
    """Several districts, looked at by everybody from the district admin to somebody without a single village.

    Nothing is written here, so each is stored once.
    """
    with ExitStack() as stack:
        if request.param in TOLD:
            engine, told = (request.getfixturevalue(name) for name in (f"lived_{kind}", "told"))
            yield stack.enter_context(looking_at(engine, told, request.param[1]))
            return
        if kind == "sqlite":
            path = tmp_path_factory.mktemp("weeks") / "taizhang.db"
            url = SQLiteDatabases(run_folder).copy_to(path)
        else:
            databases: PostgresDatabases = request.getfixturevalue("postgres_databases")
            url = stack.enter_context(databases.fresh())
        engine = make_engine(url)
        stack.callback(engine.dispose)
        yield stack.enter_context(looking(engine, *request.param))


def numbers(seen: Seen) -> list[int]:
    return [place.id for place in seen.places]


def test_who_is_looked_at(seen: Seen) -> None:
    assert set(numbers(seen)) == seen.villages & seen.taking_part


# ---- the trend ----


def events(seen: Seen) -> list[Row]:
    """Those that count: of observations that nobody threw away, as far as that can be seen."""
    binned = {
        row["id"]
        for row in seen.world.rows.get(Observation, [])
        if row["deleted_at"] and (row["village_id"] in seen.villages or seen.everything)
    }
    return [row for row in seen.rows(ObservationEvent) if row["observation_id"] not in binned]


def standing(seen: Seen, on: date, status: S) -> int:
    happened = [row for row in events(seen) if row["on"] <= on]
    return sum(row["became"] is status for row in happened) - sum(row["was"] is status for row in happened)


def flows(seen: Seen, on: date) -> Counter[str]:
    counted: Counter[str] = Counter()
    for row in events(seen):
        was, became = row["was"] in PRESENT, row["became"] in PRESENT
        if row["on"] != on or was == became:
            continue
        if became:
            names = {EventKind.OPENED: "opened", EventKind.HANDED_IN: "taken_over"}
            counted[names.get(row["kind"], "back")] += 1
        else:
            names = {EventKind.RELEASED: "released", EventKind.HANDED_OUT: "handed_over"}
            counted[names.get(row["kind"], "left")] += 1
    return counted


def test_every_day_of_the_trend_is_the_sum_of_its_events(seen: Seen) -> None:
    found = trend.by_day(seen.session, SPAN, numbers(seen))
    assert list(found) == list(SPAN.days())
    for day, counts in found.items():
        flow = flows(seen, day)
        assert counts == TrendDay(
            **{name: flow[name] for name in trend.FLOWS}, home=standing(seen, day, S.OBSERVED),
            centre=standing(seen, day, S.CENTRAL), hospital=standing(seen, day, S.HOSPITAL),
        )  # fmt: skip


def test_yesterday_and_who_came_less_who_went_is_today(seen: Seen) -> None:
    found = list(trend.by_day(seen.session, Span(SPAN.first, SPAN.last + timedelta(days=1)), numbers(seen)).values())
    for yesterday, today in pairwise(found):
        assert yesterday.present + today.came - today.went == today.present


def test_a_villages_trend_is_its_own_and_all_together_are_the_districts(seen: Seen) -> None:
    whole = trend.by_day(seen.session, SPAN, numbers(seen))
    each = [trend.by_day(seen.session, SPAN, [village]) for village in numbers(seen)]
    for day in SPAN.days():
        assert together((one[day] for one in each), TrendDay()) == whole[day]
    assert set(trend.by_day(seen.session, SPAN, [BESIDE]).values()) == {TrendDay()} or seen.everything


def test_the_persons_behind_a_flow_are_as_many_as_it_says(seen: Seen) -> None:
    counted = trend.by_day(seen.session, SPAN, numbers(seen))
    for day, counts in counted.items():
        for field in trend.FLOWS:
            found = trend.persons(seen.session, Span(day, day), field, numbers(seen), limit=1000)
            assert len(found) == getattr(counts, field)
            assert all(person.on == day and person.village_id in seen.villages for person in found)
            assert trend.persons(seen.session, Span(day, day), field, numbers(seen), limit=1) == found[:1]
    for field in trend.FLOWS:
        found = trend.persons(seen.session, SPAN, field, numbers(seen), limit=1000)
        assert len(found) == sum(getattr(counts, field) for counts in counted.values())


# events that make no sense lead nobody anywhere
@pytest.mark.parametrize("seen", [*TOLD, (12, EVERYWHERE), (18, {1, 3})], ids=called, indirect=True)
def test_those_who_stand_somewhere_are_as_many_as_it_says(seen: Seen) -> None:
    found = trend.by_day(seen.session, SPAN, numbers(seen))
    for day in (SPAN.first, TODAY):
        for field in (*trend.STANDING, "present"):
            persons = trend.persons(seen.session, Span(SPAN.first, day), field, numbers(seen), limit=1000)
            assert len(persons) == getattr(found[day], field)
            assert len({person.observation_id for person in persons}) == len(persons)


def test_a_figure_that_there_is_not_has_no_persons(seen: Seen) -> None:
    with pytest.raises(ValueError, match="came"):
        trend.persons(seen.session, SPAN, "came", numbers(seen), limit=1)


# ---- reports ----


def test_how_punctually_every_village_reported(seen: Seen) -> None:
    for now, still in ((at(17, 30), True), (at(17, 31), False)):
        found = punctuality.by_village(seen.session, SPAN, seen.places, now)
        assert found == {village: punctual(seen.only(village), still) for village in numbers(seen)}
        for counts in found.values():
            assert counts.share == counts.on_time / (10 - counts.waiting)


def test_reports_that_were_due_are_named(seen: Seen) -> None:
    for now in (at(17, 30), at(17, 31)):
        counted = punctuality.by_village(seen.session, SPAN, seen.places, now)
        there = {(row["village_id"], row["on"]) for row in seen.rows(DailyReport)}
        for field in ("due", "missing", "waiting", "zero"):
            found = punctuality.due(seen.session, SPAN, seen.places, now, field, limit=1000)
            assert Counter(one.place.id for one in found) == Counter(
                {village: getattr(counts, field) for village, counts in counted.items() if getattr(counts, field)}
            )
            if field in ("missing", "waiting"):
                assert not there & {(one.place.id, one.on) for one in found}
            assert punctuality.due(seen.session, SPAN, seen.places, now, field, limit=1) == found[:1]


def punctual(seen: Seen, still: bool) -> punctuality.Punctual:
    """A village's reports; before the deadline today's may ``still`` come."""
    reports = [row for row in seen.rows(DailyReport) if in_span(row["on"])]
    came = [row for row in reports if row["status"] is not ReportStatus.RETURNED]
    ways = Counter(row["punctuality"] for row in came)
    waits = still and not any(row["on"] == TODAY for row in reports)
    return punctuality.Punctual(
        due=10, on_time=ways[Punctuality.ON_TIME], late=ways[Punctuality.LATE], made_up=ways[Punctuality.MADE_UP],
        returned=len(reports) - len(came), missing=10 - len(reports) - waits, waiting=int(waits),
        zero=sum(not any(row[name] for name in FIGURES) for row in came),
    )  # fmt: skip


def test_no_report_is_due_for_a_day_to_come(seen: Seen) -> None:
    tomorrow = Span(TODAY + timedelta(days=1), TODAY + timedelta(days=3))
    for counts in punctuality.by_village(seen.session, tomorrow, seen.places, NOON).values():
        assert (counts.due, counts.missing, counts.waiting, counts.share) == (0, 0, 0, None)


# ---- rounds ----


def visits(seen: Seen, **values: object) -> Counter[Outcome]:
    found = (row for row in seen.rows(Visit, **values) if in_span(row["on"]))
    return Counter(row["outcome"] for row in found)


def rounds_of(seen: Seen, days: list[date], periods: tuple[Period, ...] = tuple(Period)) -> RoundCounts:
    """A village's counts of some days; at noon only the morning is over."""
    expected = done = missed = open_ = 0
    ended: Counter[Outcome] = Counter()
    (village,) = seen.villages
    for day in days:
        for period in periods:
            slot = slots_told.slot(seen.world, village, day, period)
            expected, done = expected + slot.expected, done + slot.done
            if day < TODAY or period is Period.AM:
                missed += slot.open
            else:
                open_ += slot.open
            ended += visits(seen, on=day, period=period)
    return RoundCounts(
        expected, done, missed, open_, ended[Outcome.NORMAL], ended[Outcome.ABNORMAL], ended[Outcome.NOT_MET],
        ended[Outcome.REFUSED], ended.total() - done,
    )  # fmt: skip


def test_what_was_done_and_missed_by_village(seen: Seen) -> None:
    found = rounds.by_village(seen.session, SPAN, seen.places, NOON)
    assert found == {village: rounds_of(seen.only(village), list(SPAN.days())) for village in numbers(seen)}
    for counts in found.values():
        assert counts.expected == counts.done + counts.missed + counts.open
        assert counts.normal + counts.abnormal + counts.not_met + counts.refused == counts.done + counts.beside


def test_what_was_done_and_missed_by_day(seen: Seen) -> None:
    found = rounds.by_day(seen.session, SPAN, seen.places, NOON, (Period.AM,))
    assert list(found) == list(SPAN.days())
    for day, counts in found.items():
        each = (rounds_of(seen.only(village), [day], (Period.AM,)) for village in numbers(seen))
        assert counts == together(each, RoundCounts())


def test_nothing_is_missed_on_a_day_to_come(seen: Seen) -> None:
    tomorrow = TODAY + timedelta(days=1)
    (counts,) = rounds.by_day(seen.session, Span(tomorrow, tomorrow), seen.places, NOON).values()
    assert (counts.expected, counts.missed, counts.open) == (0, 0, 0)


def test_those_of_a_slot_are_as_many_as_the_number(seen: Seen) -> None:
    found = rounds.by_village(seen.session, SPAN, seen.places, NOON)
    for place, field in product(seen.places[:5], rounds.VISITED):
        persons = rounds.persons(seen.session, SPAN, field, [place], NOON)
        assert len(persons) == getattr(found[place.id], field)
        assert {one.slot.village_id for one in persons} <= {place.id}
        assert [one.on for one in persons] == sorted((one.on for one in persons), reverse=True)
        assert rounds.persons(seen.session, SPAN, field, [place], NOON, limit=2) == persons[:2]


# ---- venues ----


def venue_counts(seen: Seen, venues_of: list[Row]) -> VenueCounts:
    ids = {row["id"] for row in venues_of}
    paid = [row for row in seen.rows(Inspection) if row["business_id"] in ids and in_span(row["on"])]
    problems = [row for row in paid if row["rectify_by"]]
    rectified = [row for row in problems if row["recheck"] is Recheck.RECTIFIED]
    in_time = [row for row in rectified if row["rechecked_on"] and row["rechecked_on"] <= row["rectify_by"]]
    overdue = [row for row in problems if row not in rectified and row["rectify_by"] < TODAY]
    demanded = Counter(row["control"] for row in venues_of)
    return VenueCounts(
        len(venues_of), demanded[Control.CLOSE], demanded[Control.RESTRICT], demanded[Control.SERVE],
        len({row["business_id"] for row in paid}), len(paid), len(problems), len(in_time),
        len(rectified) - len(in_time), len(overdue), len(problems) - len(rectified) - len(overdue),
        sum(row["rechecked_on"] is not None for row in problems),
    )  # fmt: skip


def test_venues_and_what_became_of_their_problems(seen: Seen) -> None:
    kinds = tuple(BusinessKind)
    for controls in (tuple(Control), (Control.CLOSE,)):
        told: dict[tuple[int, BusinessKind], list[Row]] = {}
        for row in seen.rows(Business):
            if row["control"] in controls:
                told.setdefault((row["village_id"], row["kind"]), []).append(row)
        found = venues.by_village_and_trade(seen.session, SPAN, numbers(seen), TODAY, kinds, controls)
        assert found == {key: venue_counts(seen, rows) for key, rows in told.items()}


def test_inspections_and_what_became_of_them_are_named(seen: Seen) -> None:
    kinds, controls = tuple(BusinessKind)[:2], (Control.CLOSE, Control.SERVE)
    counted = venues.by_village_and_trade(seen.session, SPAN, numbers(seen), TODAY, kinds, controls)
    assert {kind for _, kind in counted} <= set(kinds)
    for field in ("inspections", "found", "in_time", "late", "overdue", "within", "rechecked"):
        found = venues.inspections(seen.session, SPAN, numbers(seen), TODAY, field, 1000, kinds, controls)
        assert len(found) == sum(getattr(counts, field) for counts in counted.values()), field
    overdue = venues.inspections(seen.session, SPAN, numbers(seen), TODAY, "overdue", 1000)
    assert [row.rectify_by for row in overdue] == sorted(row.rectify_by for row in overdue if row.rectify_by)
    checked = venues.listed(seen.session, SPAN, numbers(seen), 1000, kinds, controls, checked=True)
    assert len(checked) == sum(counts.checked for counts in counted.values())


def test_the_checks_of_every_day(seen: Seen) -> None:
    found = venues.checks_by_day(seen.session, SPAN, numbers(seen))
    assert list(found) == list(SPAN.days())
    closed = {row["id"] for row in seen.rows(Business, control=Control.CLOSE)}
    for day, counts in found.items():
        assert counts == checks_of(seen.rows(Inspection, on=day), closed)
        for checked, count in ((False, counts.unchecked), (True, counts.checked)):
            of = seen.session, Span(day, day), numbers(seen)
            named = venues.listed(*of, 1000, controls=(Control.CLOSE,), checked=checked)
            assert len({venue.id for venue in named} & closed) == len(named) == count
            assert len(venues.listed(*of, 1, controls=(Control.CLOSE,), checked=checked)) == min(1, count)


def test_the_checks_of_some_trades(seen: Seen) -> None:
    kinds = tuple(BusinessKind)[1:3]
    known = {row["id"]: row for row in seen.rows(Business) if row["kind"] in kinds}
    closed = {number for number, row in known.items() if row["control"] is Control.CLOSE}
    for day, counts in venues.checks_by_day(seen.session, SPAN, numbers(seen), kinds).items():
        assert counts == checks_of(
            [row for row in seen.rows(Inspection, on=day) if row["business_id"] in known], closed
        )
        of = Span(day, day), numbers(seen), 1000, kinds, (Control.CLOSE,)
        named = venues.listed(seen.session, *of, checked=False)
        assert {venue.id for venue in named} <= closed and len(named) == counts.unchecked


def checks_of(paid: list[Row], closed: set[int]) -> DayOfChecks:
    checked = {row["business_id"] for row in paid} & closed
    problems = sum(row["rectify_by"] is not None for row in paid)
    return DayOfChecks(len(checked), len(closed - checked), len(paid), problems)


# ---- enterprises ----


def test_enterprises_by_where_they_stand_and_by_size(seen: Seen) -> None:
    found = resumption.by_village_and_size(seen.session, numbers(seen))
    filed = {row["enterprise_id"]: row for row in seen.rows(Resumption)}
    told: dict[tuple[int, Size], BackAtWork] = {}
    for row in seen.rows(Enterprise):
        workers = row["workers"]
        bounds = [(None, Size.UNKNOWN), (0, Size.SMALL), (20, Size.MEDIUM), (100, Size.LARGE), (300, Size.VERY_LARGE)]
        size = [size for least, size in bounds if workers is None or (least is not None and workers >= least)]
        key = row["village_id"], size[0] if workers is None else size[-1]
        file = filed.get(row["id"], {})
        one = BackAtWork(
            enterprises=1, workers=workers or 0, returned=file.get("returned") or 0,
            away=max(0, (workers or 0) - (file.get("returned") or 0)),
            from_outside=file.get("from_outside") or 0, from_hubei=file.get("from_hubei") or 0,
        )  # fmt: skip
        one = one._replace(**{file["status"].value if file else "no_file": 1})
        told[key] = together([told.get(key, BackAtWork()), one], BackAtWork())
    assert found == told


def test_enterprises_for_which_nothing_was_filed_are_named(seen: Seen) -> None:
    found = resumption.listed(seen.session, numbers(seen), "no_file", None, limit=1000)
    filed = {row["enterprise_id"] for row in seen.rows(Resumption)}
    assert {one.id for one in found} == {row["id"] for row in seen.rows(Enterprise)} - filed
    assert resumption.listed(seen.session, numbers(seen), "no_file", None, limit=1) == found[:1]


def test_enterprises_add_up_to_every_number(seen: Seen) -> None:
    counted = resumption.by_village_and_size(seen.session, numbers(seen))
    for field, size in product(BackAtWork._fields, (*Size, None)):
        found = resumption.listed(seen.session, numbers(seen), field, size, limit=1000)
        told = [getattr(counts, field) for (_, of), counts in counted.items() if size in (None, of)]
        assert sum(one.amount for one in found) == sum(told), f"{field} of {size}"
    with pytest.raises(ValueError, match="share"):
        resumption.listed(seen.session, numbers(seen), "share", None, limit=1)


# ---- volunteers ----


def duties(seen: Seen) -> dict[int, Row]:
    """Those that were opened, and start on a day of the span."""
    start, end = at(0, day=SPAN.first), at(0, day=SPAN.last + timedelta(days=1))
    return {
        row["id"]: row
        for row in seen.rows(Duty)
        if start <= row["starts_at"] < end and row["status"] in (DutyStatus.OPEN, DutyStatus.DONE)
    }


def hours_of(rows: list[Row]) -> Decimal:
    return sum((Decimal(str(row["hours"])) for row in rows if row["hours"]), Decimal("0.0"))


def test_service_by_organisation(seen: Seen) -> None:
    found = volunteers.by_organisation(seen.session, SPAN, numbers(seen))
    teams = {row["id"]: row["name"] for row in seen.world.live(Organisation)} if seen.villages else {}
    on_file = {row["id"]: row["organisation_id"] or NO_ORGANISATION for row in seen.rows(Volunteer)}
    # a session of everything sees the volunteers of the village beside too
    known = {row["id"]: row["organisation_id"] or NO_ORGANISATION for row in seen.world.live(Volunteer)}
    visible = known if seen.everything else on_file
    turns: dict[int, list[Row]] = {}
    for row in seen.rows(Assignment):
        if row["duty_id"] in duties(seen):
            turns.setdefault(visible.get(row["volunteer_id"], FROM_ELSEWHERE), []).append(row)
    counted = Counter(on_file.values())
    told = {}
    for number in {*teams, *counted, *turns}:
        rows = turns.get(number, [])
        came = [row for row in rows if row["signed_in_at"]]
        people = len({row["volunteer_id"] for row in came})
        told[number, teams.get(number, "")] = Served(counted[number], people, len(rows), len(came), hours_of(rows))
    assert {(team.id, team.name): served for team, served in found} == told
    order = [(not team.name, team.name, -team.id) for team, _ in found]
    assert order == sorted(order)


def test_service_by_village(seen: Seen) -> None:
    found = volunteers.by_village(seen.session, SPAN, numbers(seen))
    told = {}
    for village in numbers(seen):
        here = seen.only(village)
        opened = duties(here)
        turns = [row for row in here.rows(Assignment) if row["duty_id"] in opened]
        lacking = [row["needed"] - sum(turn["duty_id"] == row["id"] for turn in turns) for row in opened.values()]
        short = [number for number in lacking if number > 0]
        came = {row["volunteer_id"] for row in turns if row["signed_in_at"]}
        if opened:
            needed = sum(row["needed"] for row in opened.values())
            told[village] = Manned(len(opened), needed, len(turns), len(short), sum(short), len(came), hours_of(turns))
    assert found == told


def test_turns_add_up_to_every_number_of_a_team_and_of_a_village(seen: Seen) -> None:
    for team, served in volunteers.by_organisation(seen.session, SPAN, numbers(seen)):
        for field in ("people", "turns", "attended"):
            found = volunteers.turns(seen.session, SPAN, numbers(seen), field, team.id, limit=1000)
            assert len(found) == getattr(served, field), f"{field} of {team}"
        found = volunteers.turns(seen.session, SPAN, numbers(seen), "hours", team.id, limit=1000)
        assert sum((one.hours or 0 for one in found), start=Decimal("0.0")) == served.hours
        if team.id == volunteers.NO_ORGANISATION:
            assert len(volunteers.of_none(seen.session, numbers(seen), limit=1000)) == served.volunteers
    for village, manned in volunteers.by_village(seen.session, SPAN, numbers(seen)).items():
        found = volunteers.turns(seen.session, SPAN, [village], "people", None, limit=1000)
        assert len(found) == manned.people
        duties = volunteers.manning(seen.session, SPAN, [village], limit=1000)
        assert len(duties) == manned.duties
        for field in ("needed", "assigned", "missing"):
            assert sum(getattr(one, field) for one in duties) == getattr(manned, field)
    with pytest.raises(ValueError, match="volunteers"):
        volunteers.turns(seen.session, SPAN, numbers(seen), "volunteers", None, limit=1)


def test_duties_that_are_short_of_people_are_named(seen: Seen) -> None:
    found = volunteers.manning(seen.session, SPAN, numbers(seen), limit=1000, short=True)
    counted = volunteers.by_village(seen.session, SPAN, numbers(seen))
    assert Counter(one.village_id for one in found) == Counter(
        {village: counts.short for village, counts in counted.items() if counts.short}
    )
    assert sum(one.needed - one.assigned for one in found) == sum(counts.missing for counts in counted.values())
    assert [one.starts_at for one in found] == sorted(one.starts_at for one in found)
