"""Nobody reaches a record outside the scope of the session: not by any way of asking, not by any way of writing."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, exists, func, insert, literal_column, select, text, union_all, update
from sqlalchemy.orm import aliased, joinedload, make_transient_to_detached, selectinload, subqueryload, undefer

from models.account import Account, Grant, Language, Role
from models.base import Base, Invalid
from models.business import Business, BusinessKind
from models.observation import Observation
from models.place import Township, Village
from models.resident import Resident
from models.scope import EVERYWHERE, Act, Area, OutOfScope, Permit, Scope, act_of
from models.session import Session, remove, restore
from models.supply import Supply, SupplyStatus
from models.trail import TrailEntry
from models.visit import Visit
from models.volunteer import Assignment, Duty, DutyStatus, Organisation, Volunteer
from tests.models.factories import (
    ONE_OF_EACH,
    TODAY,
    District,
    assignment,
    business,
    duty,
    inspection,
    keeper_of,
    observation,
    permit,
    report,
    resident,
    scope,
    supply,
    visit,
    volunteer,
)

Acting = Callable[[Scope], Session]
MINE, FOREIGN = "王建国", "李秘密"


@pytest.fixture
def both(session: Session, district: District) -> District:
    """Somebody under observation in each of two villages."""
    for village, name in ((district.nanyuan, MINE), (district.chaoyang, FOREIGN)):
        one = resident(village, name)
        session.add(visit(observation(one)))
        session.add(inspection(business(village, name=f"{name}浴室")))
    session.commit()
    return district


@pytest.fixture
def keeper(both: District, acting: Acting) -> Session:
    """南苑's village admin."""
    return acting(keeper_of(both.nanyuan))


def foreign_id(cls: type[Base], session: Session, both: District) -> int:
    found = session.scalars(select(cls.id).where(cls.village_id == both.chaoyang.id)).first()  # type: ignore[attr-defined]
    assert found is not None
    return int(found)


# ---- reading ----


READS: dict[str, Callable[[Session], Any]] = {
    "select": lambda s: s.scalars(select(Resident)).all(),
    "columns": lambda s: s.execute(select(Resident.name, Resident.identity_number)).all(),
    "where": lambda s: s.scalars(select(Resident).where(Resident.name == FOREIGN)).all(),
    "or": lambda s: s.scalars(select(Resident).where((Resident.id > 0) | (Resident.village_id > 0))).all(),
    "query": lambda s: s.query(Resident).all(),
    "query with entities": lambda s: s.query(Resident).with_entities(Resident.name).all(),
    "query select_from": lambda s: s.query(Resident.name).select_from(Observation).join(Resident).all(),
    "alias": lambda s: s.scalars(select(aliased(Resident))).all(),
    "alias of a subquery": lambda s: s.scalars(select(aliased(Resident, select(Resident).subquery()))).all(),
    "subquery": lambda s: s.execute(select(select(Resident.name).subquery())).all(),
    "cte": lambda s: s.execute(select(select(Resident.name).cte())).all(),
    "union": lambda s: s.execute(union_all(select(Resident.name), select(aliased(Resident).name))).all(),
    "union as a subquery": lambda s: s.execute(
        select(union_all(select(Resident.name), select(Resident.name)).subquery())
    ).all(),
    "scalar subquery": lambda s: s.execute(
        select(Village.name, select(func.max(Resident.name)).scalar_subquery())
    ).all(),
    "correlated subquery": lambda s: s.execute(
        select(Village.name, select(func.min(Resident.name)).where(Resident.village_id == 2).scalar_subquery())
    ).all(),
    "lateral": lambda s: (
        s.execute(
            select(Village.name, (found := select(Resident.name).limit(1).lateral()).c.name).join(
                found, literal_column("1") == literal_column("1")
            )
        ).all()
        if s.get_bind().dialect.name == "postgresql"
        else []
    ),
    "join": lambda s: s.execute(select(Resident.name).join(Observation)).all(),
    "outer join": lambda s: s.execute(
        select(Resident.name, Observation.id).outerjoin(Observation).where(Resident.name == FOREIGN)
    ).all(),
    "full scan by having": lambda s: s.execute(
        select(Resident.name, func.count()).group_by(Resident.name).having(func.count() > 0)
    ).all(),
    "joined load": lambda s: [
        v.observation.resident.name
        for v in s.scalars(
            select(Visit).options(joinedload(Visit.observation).joinedload(Observation.resident))
        ).unique()
    ],
    "selectin load": lambda s: [
        v.resident.name for v in s.scalars(select(Visit).options(selectinload(Visit.resident)))
    ],
    "lazy load": lambda s: [v.observation.resident.name for v in s.scalars(select(Visit))],
    "undeferred": lambda s: s.scalars(select(Resident).options(undefer("*"))).all(),
    "yield_per": lambda s: list(s.scalars(select(Resident).execution_options(yield_per=1))),
    "distinct": lambda s: s.scalars(select(Resident.name).distinct()).all(),
    "window": lambda s: s.execute(select(Resident.name, func.count().over())).all(),
    "the bin let through": lambda s: s.scalars(select(Resident), execution_options={"deleted": True}).all(),
    "the trail": lambda s: s.scalars(select(TrailEntry.record_label)).all(),
    "from_self": lambda s: s.execute(select(Resident.name).where(Resident.id.in_(select(Resident.id)))).all(),
}


LOOKS_ABROAD = ("where", "outer join", "correlated subquery", "lateral")  # these ask for the other village only


def told(found: Any) -> str:
    rows = found if isinstance(found, list) else [found]
    return " ".join(str(row) for row in rows)


def test_no_way_of_asking_shows_another_village(keeper: Session) -> None:
    assert [way for way, ask in READS.items() if FOREIGN in told(ask(keeper))] == []


def test_every_way_of_asking_shows_ones_own(keeper: Session) -> None:
    assert [w for w, ask in READS.items() if w not in LOOKS_ABROAD and MINE not in told(ask(keeper))] == []


COUNTS: dict[str, Callable[[Session], Any]] = {
    "count": lambda s: s.scalar(select(func.count()).select_from(Resident)),
    "count of ids": lambda s: s.scalar(select(func.count(Resident.id))),
    "query count": lambda s: s.query(Resident).count(),
    "count over a subquery": lambda s: s.scalar(select(func.count()).select_from(select(Resident).subquery())),
    "sum": lambda s: s.scalar(select(func.sum(Resident.version))),
    "count through a join": lambda s: s.scalar(
        select(func.count()).select_from(Visit).join(Visit.observation).join(Observation.resident)
    ),
}


def test_counts_are_of_ones_own_villages(keeper: Session, session: Session) -> None:
    assert {way: ask(keeper) for way, ask in COUNTS.items()} == dict.fromkeys(COUNTS, 1)
    assert {way: ask(session) for way, ask in COUNTS.items()} == dict.fromkeys(COUNTS, 2)


def test_get_does_not_find_what_lies_outside(keeper: Session, session: Session, both: District) -> None:
    for cls in (Resident, Observation, Visit, Business):
        number = foreign_id(cls, session, both)
        assert session.get(cls, number) is not None
        assert keeper.get(cls, number) is None
        assert keeper.get(cls, number, with_for_update=True) is None
        assert keeper.get(cls, number, execution_options={"deleted": True}) is None


def test_exists_tells_nothing_about_another_village(keeper: Session, session: Session) -> None:
    for name, asker, answers in ((FOREIGN, session, 2), (FOREIGN, keeper, 0), (MINE, keeper, 1)):
        asked = select(func.count(Village.id)).where(exists().where(Resident.name == name))
        assert asker.scalar(asked) == answers


LOADS: dict[str, tuple[Any, ...]] = {
    "lazily": (),
    "by a join": (joinedload(Assignment.volunteer),),
    "by an inner join": (joinedload(Assignment.volunteer, innerjoin=True),),
    "by a join that goes on": (joinedload(Assignment.volunteer).joinedload(Volunteer.village),),
    "by a second statement": (selectinload(Assignment.volunteer),),
    "by a subquery": (subqueryload(Assignment.volunteer),),
}


@pytest.mark.parametrize("how", LOADS)
def test_a_reference_into_another_village_loads_as_nothing(
    session: Session, both: District, acting: Acting, how: str
) -> None:
    session.add(lent := assignment(duty(both.nanyuan), volunteer(both.chaoyang, FOREIGN)))
    session.commit()
    asked = select(Assignment).options(*LOADS[how])
    found = acting(keeper_of(both.nanyuan)).scalars(asked).one_or_none()
    assert found is None if how == "by an inner join" else found is not None and found.volunteer is None
    found = acting(keeper_of(both.nanyuan)).get(Assignment, lent.id, options=LOADS[how])
    assert found is None or found.volunteer is None
    assert acting(keeper_of(both.nanyuan, both.chaoyang)).scalars(asked).one().volunteer.name == FOREIGN


@pytest.mark.parametrize("how", LOADS)
def test_a_reference_to_what_was_deleted_loads_as_nothing(
    session: Session, both: District, acting: Acting, how: str
) -> None:
    gone = volunteer(both.nanyuan, "王志远")
    session.add(assignment(duty(both.nanyuan), gone))
    session.flush()
    remove(session, gone)
    session.commit()
    asked = select(Assignment).options(*LOADS[how])
    found = acting(keeper_of(both.nanyuan)).scalars(asked).one_or_none()
    assert found is None or found.volunteer is None


def test_what_was_loaded_before_crossing_over_keeps_to_its_scope(
    session: Session, both: District, acting: Acting
) -> None:
    session.add(assignment(duty(both.nanyuan), volunteer(both.chaoyang, FOREIGN)))
    session.commit()
    keeper = acting(keeper_of(both.nanyuan))
    lent = keeper.scalars(select(Assignment).options(joinedload(Assignment.duty))).one()
    with keeper.crossing():
        assert lent not in keeper
        assert keeper.get_one(Assignment, lent.id).volunteer.name == FOREIGN
    assert keeper.get_one(Assignment, lent.id).volunteer is None


RAW: dict[str, Callable[[Session], Any]] = {
    "text": lambda s: s.execute(text("SELECT name FROM resident")).all(),
    "core": lambda s: s.execute(select(Resident.__table__)).all(),
    "core column": lambda s: s.execute(select(literal_column("1"))).all(),
    "bare exists": lambda s: s.scalar(select(exists().where(Resident.name == FOREIGN))),
    "from_statement": lambda s: s.scalars(select(Resident).from_statement(text("SELECT * FROM resident"))).all(),
    "query from_statement": lambda s: s.query(Resident).from_statement(text("SELECT * FROM resident")).all(),
    "condition as text": lambda s: s.scalars(select(Resident).where(text("1=1 OR 1=1"))).all(),
    "filter as text": lambda s: s.query(Resident).filter(text("1=1 OR 1=1")).all(),
    "update": lambda s: s.execute(update(Resident).values(name="x")),
    "update of one": lambda s: s.execute(update(Resident).where(Resident.id == 1).values(name="x")),
    "update by primary key": lambda s: s.execute(update(Resident), [{"id": 2, "name": "x"}]),
    "update told to go on": lambda s: s.execute(
        update(Resident).values(name="x"), execution_options={"unrecorded": True}
    ),
    "delete": lambda s: s.execute(delete(Resident)),
    "query update": lambda s: s.query(Resident).update({"name": "x"}),
    "query delete": lambda s: s.query(Resident).delete(),
    "insert": lambda s: s.execute(insert(Resident), [{"village_id": 2, "name": "x"}]),
    "insert told to go on": lambda s: s.execute(
        insert(Resident), [{"village_id": 2, "name": "x"}], execution_options={"unrecorded": True}
    ),
    "core insert": lambda s: s.execute(insert(Resident.__table__), [{"village_id": 2, "name": "x"}]),
    "bulk_insert_mappings": lambda s: s.bulk_insert_mappings(Resident, [{"village_id": 2, "name": "x"}]),
    "bulk_update_mappings": lambda s: s.bulk_update_mappings(Resident, [{"id": 2, "name": "x"}]),
    "bulk_save_objects": lambda s: s.bulk_save_objects([Resident(village_id=2, name="x")]),
}


def refused(ask: Callable[[Session], Any], session: Session) -> bool:
    try:
        ask(session)
    except OutOfScope:
        return True
    return False


def test_what_cannot_be_confined_is_refused(keeper: Session) -> None:
    assert [way for way, ask in RAW.items() if not refused(ask, keeper)] == []


def test_a_bulk_write_that_leaves_no_trail_is_refused_to_everybody(session: Session, both: District) -> None:
    for way in ("update", "delete", "insert", "query update", "query delete", "bulk_save_objects"):
        assert refused(RAW[way], session), way


# ---- without a scope ----


def test_a_session_without_a_scope_sees_nothing(both: District, engine: Any) -> None:
    with Session(engine) as nobody:
        for mapper in Base.registry.mappers:
            assert nobody.scalars(select(mapper.class_)).all() == [], mapper
        with pytest.raises(OutOfScope):
            nobody.execute(text("SELECT 1"))


def test_a_session_without_a_scope_writes_nothing(district: District, engine: Any) -> None:
    with Session(engine) as nobody:
        for make in ONE_OF_EACH.values():
            nobody.add(make(district.nanyuan))
            with pytest.raises((OutOfScope, Invalid)):
                nobody.flush()
            nobody.rollback()


def test_a_class_that_says_nothing_about_whom_it_belongs_to_is_seen_by_no_confined_session(
    district: District, acting: Acting
) -> None:
    every = scope(*(permit(m.class_.__ledger__ or "") for m in Base.registry.mappers))
    confined = acting(every)
    silent = [m.class_ for m in Base.registry.mappers if m.class_.__ledger__ is None]
    assert silent
    for cls in silent:
        criterion = every.criterion(cls)
        assert criterion is not None and str(criterion) == "false", cls
        assert confined.scalars(select(cls)).all() == []


# ---- writing ----


def test_every_ledger_takes_a_record_of_ones_own_village(district: District, acting: Acting) -> None:
    keeper = acting(keeper_of(district.nanyuan))
    for make in ONE_OF_EACH.values():
        made = make(district.nanyuan)
        keeper.add(made)
        keeper.commit()
        assert keeper.get(type(made), made.id) is made  # type: ignore[attr-defined]


def test_no_ledger_takes_a_record_of_another_village(district: District, acting: Acting) -> None:
    keeper = acting(keeper_of(district.nanyuan))
    for make in ONE_OF_EACH.values():
        keeper.add(make(district.chaoyang))
        with pytest.raises(OutOfScope):
            keeper.commit()
        keeper.rollback()
    assert keeper.scalar(select(func.count()).select_from(TrailEntry).where(TrailEntry.account_id == 7)) == 0


def test_a_village_given_as_an_object_is_a_village_all_the_same(keeper: Session, both: District) -> None:
    theirs = keeper.merge(both.chaoyang, load=False)
    keeper.add(Business(village=theirs, name="x", kind=BusinessKind.BATH))
    with pytest.raises((OutOfScope, Invalid)):
        keeper.flush()


def test_a_record_cannot_be_moved_out_by_number_or_by_object(both: District, acting: Acting, session: Session) -> None:
    keeper = acting(
        scope(
            permit("business", both.nanyuan),
            permit("business", both.chaoyang, acts=frozenset({Act.READ})),
            permit("village"),
        )
    )
    mine = keeper.scalars(select(Business).where(Business.village_id == both.nanyuan.id)).one()
    theirs = keeper.get(Village, both.chaoyang.id)
    for name, value in (("village_id", both.chaoyang.id), ("village", theirs)):
        setattr(mine, name, value)
        with pytest.raises(OutOfScope):
            keeper.flush()
        keeper.rollback()
    assert session.scalar(select(func.count(Business.id)).where(Business.village_id == both.nanyuan.id)) == 1


def test_a_record_cannot_be_moved_in(both: District, acting: Acting) -> None:
    keeper = acting(
        scope(
            permit("business", both.nanyuan),
            permit("business", both.chaoyang, acts=frozenset({Act.READ})),
            permit("village"),
        )
    )
    theirs = keeper.scalars(select(Business).where(Business.village_id == both.chaoyang.id)).one()
    mine = keeper.get(Village, both.nanyuan.id)
    for name, value in (("village_id", both.nanyuan.id), ("village", mine), ("name", "抢来的")):
        setattr(theirs, name, value)
        with pytest.raises(OutOfScope):
            keeper.flush()
        keeper.rollback()


def test_somebody_with_both_villages_may_move_a_record_with_what_it_points_at(both: District, acting: Acting) -> None:
    keeper = acting(keeper_of(both.nanyuan, both.chaoyang))
    watched = keeper.scalars(select(Observation).where(Observation.village_id == both.nanyuan.id)).one()
    watched.village_id = both.chaoyang.id
    with pytest.raises(Invalid, match="another village"):
        keeper.flush()  # the person stayed behind
    keeper.rollback()
    watched.resident.village_id = watched.village_id = both.chaoyang.id
    keeper.commit()


def test_a_reference_cannot_point_into_another_village(keeper: Session, session: Session, both: District) -> None:
    theirs = foreign_id(Resident, session, both)
    keeper.add(Observation(village_id=both.nanyuan.id, resident_id=theirs, began_on=TODAY))
    with pytest.raises(Invalid) as refused:
        keeper.flush()
    assert [(p.field, p.message) for p in refused.value.problems] == [("resident", "There is no such record here.")]


def test_a_reference_to_what_does_not_exist_is_told_in_the_same_words(keeper: Session, both: District) -> None:
    keeper.add(Observation(village_id=both.nanyuan.id, resident_id=987654321, began_on=TODAY))
    with pytest.raises(Invalid, match="no such record here"):
        keeper.flush()


def test_even_the_district_cannot_tie_records_of_two_villages(session: Session, both: District) -> None:
    theirs = session.scalars(select(Resident).where(Resident.name == FOREIGN)).one()
    session.add(Observation(village_id=both.nanyuan.id, resident=theirs, began_on=TODAY))
    with pytest.raises(Invalid, match="another village"):
        session.flush()
    session.rollback()
    session.add(Observation(village_id=both.nanyuan.id, resident_id=theirs.id, began_on=TODAY))
    with pytest.raises(Invalid, match="another village"):
        session.flush()


def test_a_reference_cannot_be_changed_to_point_into_another_village(session: Session, both: District) -> None:
    mine, theirs = session.scalars(select(Business).order_by(Business.village_id)).all()
    looked = session.scalars(select(type(inspection(mine))).where(literal_column("1") == 1)).first()
    assert looked is not None
    session.expunge_all()
    keeper_session = session
    keeper_session.act_as(keeper_of(both.nanyuan))
    own = keeper_session.scalars(select(type(looked))).one()
    own.business_id = theirs.id
    with pytest.raises(Invalid, match="no such record here"):
        keeper_session.flush()


def test_an_object_from_elsewhere_does_not_smuggle_a_reference_in(
    keeper: Session, session: Session, both: District
) -> None:
    smuggled = Volunteer(id=1, village_id=both.chaoyang.id, name=FOREIGN)
    session.add(volunteer(both.chaoyang, FOREIGN))
    session.commit()
    make_transient_to_detached(smuggled)
    keeper.add(assignment(duty(both.nanyuan), smuggled))
    with pytest.raises(Invalid, match="no such record here"):
        keeper.flush()


def test_a_volunteer_may_serve_in_another_village_when_both_are_seen(both: District, acting: Acting) -> None:
    coordinator = acting(scope(permit("duty"), permit("volunteer"), permit("assignment"), permit("village")))
    coordinator.add(assignment(duty(both.nanyuan), volunteer(both.chaoyang)))
    coordinator.commit()
    assert coordinator.scalars(select(Assignment.village_id)).one() == both.nanyuan.id


def test_deleting_and_restoring_need_the_right_to_and_stay_inside(both: District, acting: Acting) -> None:
    writer = acting(scope(permit("business", both.nanyuan, acts=frozenset({Act.READ, Act.EDIT})), permit("village")))
    mine = writer.scalars(select(Business)).one()
    remove(writer, mine)
    with pytest.raises(OutOfScope):
        writer.flush()
    writer.rollback()

    keeper = acting(keeper_of(both.nanyuan))
    mine = keeper.scalars(select(Business)).one()
    remove(keeper, mine)
    keeper.commit()
    assert keeper.scalars(select(Business)).all() == []
    binned = keeper.scalars(select(Business), execution_options={"deleted": True}).one()
    restore(binned)
    keeper.commit()
    assert keeper.scalars(select(Business)).one() is binned


def test_a_deletion_does_not_carry_an_edit_along(both: District, acting: Acting) -> None:
    session = acting(scope(permit("resident", both.nanyuan, acts=frozenset({Act.READ, Act.DELETE})), permit("village")))
    mine = session.scalars(select(Resident)).one()
    remove(session, mine)
    mine.name = "改了名"
    with pytest.raises(OutOfScope):
        session.flush()


def test_records_are_hidden_not_purged(keeper: Session, session: Session) -> None:
    for writer in (keeper, session):
        writer.delete(writer.scalars(select(Business)).first())
        with pytest.raises(OutOfScope):
            writer.flush()
        writer.rollback()


def test_what_is_read_by_everybody_is_deleted_by_nobody_confined_to_a_village(both: District, acting: Acting) -> None:
    keeper = acting(keeper_of(both.nanyuan))
    keeper.delete(keeper.scalars(select(Township)).one())
    with pytest.raises(OutOfScope):
        keeper.flush()


# ---- classes without a village ----


def test_accounts_are_only_the_whole_districts(session: Session, both: District, acting: Acting) -> None:
    account = Account(username="nanyuan", name="南苑", language=Language.CHINESE)
    account.set_password("correct horse battery")
    session.add_all([account, Grant(account=account, role=Role.VILLAGE, village_id=both.nanyuan.id)])
    session.commit()
    local = acting(scope(permit("account", both.nanyuan)))
    assert local.scalars(select(Account)).all() == []
    assert local.scalars(select(Grant)).all() == []
    local.add(Grant(account_id=account.id, role=Role.DISTRICT))
    with pytest.raises((OutOfScope, Invalid)):
        local.flush()
    whole = acting(scope(permit("account")))
    assert [a.username for a in whole.scalars(select(Account))] == ["nanyuan"]


def test_shared_records_are_read_anywhere_and_written_by_the_whole_district_only(
    session: Session, both: District, acting: Acting
) -> None:
    session.add(Organisation(name="薪火学堂"))
    session.commit()
    local = acting(scope(permit("organisation", both.nanyuan)))
    youth = local.scalars(select(Organisation)).one()
    youth.contact = "某某"
    with pytest.raises(OutOfScope):
        local.flush()
    local.rollback()
    local.add(Organisation(name="另一个"))
    with pytest.raises(OutOfScope):
        local.flush()
    local.rollback()
    whole = acting(scope(permit("organisation")))
    whole.scalars(select(Organisation)).one().contact = "某某"
    whole.commit()
    assert acting(scope(permit("organisation", acts=frozenset({Act.CREATE})))).scalars(select(Organisation)).all() == []


def test_a_village_admin_sees_the_own_village_only(keeper: Session, both: District) -> None:
    assert [v.name for v in keeper.scalars(select(Village))] == ["南苑社区"]


# ---- what a permit narrows ----


COORDINATOR = {
    "acts": frozenset({Act.READ, Act.EDIT}),
    "rows": "open",
    "sees": frozenset({"id", "name", "goods", "status"}),
    "edits": frozenset({"status"}),
}


def test_rows_show_a_subset_and_let_it_be_brought_to_its_end(session: Session, both: District, acting: Acting) -> None:
    session.add_all(
        [
            supply(both.nanyuan, name="要送的"),
            supply(both.nanyuan, name="送到了", status=SupplyStatus.DELIVERED),
        ]
    )
    session.commit()
    coordinator = acting(scope(permit("supply", **COORDINATOR)))  # type: ignore[arg-type]
    asked = coordinator.scalars(select(Supply)).one()
    assert asked.name == "要送的"
    assert coordinator.scope.sees(Supply, asked) == COORDINATOR["sees"]
    assert coordinator.scope.edits(Supply, Act.EDIT) == {"status"}
    asked.status = SupplyStatus.DELIVERED
    coordinator.commit()
    assert coordinator.scalars(select(Supply)).all() == []
    assert coordinator.get(Supply, asked.id, populate_existing=True) is None


def test_what_is_over_is_not_taken_up_again_by_those_who_see_only_what_is_open(
    session: Session, both: District, acting: Acting
) -> None:
    done = supply(both.nanyuan, status=SupplyStatus.DELIVERED)
    session.add(done)
    session.commit()
    session.act_as(scope(permit("supply", **COORDINATOR)))  # type: ignore[arg-type]
    session.add(done)
    done.status = SupplyStatus.OPEN
    with pytest.raises(OutOfScope):
        session.flush()


@pytest.mark.parametrize(("name", "value"), [("address", "别处"), ("name", "别人"), ("village_id", 2)])
def test_what_may_not_be_typed_is_refused(
    session: Session, both: District, acting: Acting, name: str, value: object
) -> None:
    session.add(supply(both.nanyuan))
    session.commit()
    coordinator = acting(scope(permit("supply", **COORDINATOR)))  # type: ignore[arg-type]
    asked = coordinator.scalars(select(Supply)).one()
    asked.status = SupplyStatus.TAKEN
    setattr(asked, name, value)
    with pytest.raises(OutOfScope, match=name):
        coordinator.flush()


def test_a_village_asks_for_a_duty_but_does_not_open_one(both: District, acting: Acting) -> None:
    asks = frozenset({"village_id", "title", "kind", "starts_at", "ends_at", "needed"})
    village = acting(
        scope(
            permit("village", both.nanyuan),
            permit("duty", both.nanyuan, acts=frozenset({Act.READ})),
            permit("duty", both.nanyuan, acts=frozenset({Act.CREATE, Act.EDIT}), edits=asks, rows="asked"),
        )
    )
    village.add(duty(both.nanyuan))
    village.commit()
    asked = village.scalars(select(Duty)).one()
    assert asked.status is DutyStatus.ASKED
    asked.needed = 3
    village.commit()
    asked.status = DutyStatus.OPEN
    with pytest.raises(OutOfScope):
        village.flush()
    village.rollback()
    village.add(duty(both.nanyuan, status=DutyStatus.OPEN))
    with pytest.raises(OutOfScope):
        village.flush()


def test_a_permit_on_the_trail_is_about_some_ledgers(session: Session, both: District, acting: Acting) -> None:
    session.add(supply(both.nanyuan))
    session.commit()
    reader = acting(scope(permit("trail", both.nanyuan, about=frozenset({"supply"}))))
    assert [e.ledger for e in reader.scalars(select(TrailEntry))] == ["supply"]


def test_permits_add_up(both: District, acting: Acting) -> None:
    read, write = frozenset({Act.READ}), frozenset({Act.EDIT})
    two = acting(
        scope(
            permit("village"),
            permit("business", acts=read),
            permit("business", both.nanyuan, acts=write),
        )
    )
    mine, theirs = two.scalars(select(Business).order_by(Business.village_id)).all()
    mine.operator = theirs.operator = "某某"
    with pytest.raises(OutOfScope):
        two.flush()
    two.rollback()
    mine.operator = "某某"
    two.commit()


def test_nothing_may_be_done_that_no_permit_names() -> None:
    empty = scope(Permit("resident", Area(), frozenset(Act)))
    assert not empty.area(Act.READ, "resident")
    assert str(empty.criterion(Business)) == "false"
    assert scope(Permit("resident", EVERYWHERE, frozenset({Act.READ}))).criterion(Resident, Act.EDIT) is not None


def test_forgetting_goes_with_a_change_of_scope(session: Session, both: District) -> None:
    theirs = session.scalars(select(Resident).where(Resident.name == FOREIGN)).one()
    session.act_as(keeper_of(both.nanyuan))
    assert theirs not in session
    assert session.get(Resident, theirs.id) is None


def test_two_scopes_never_share_an_answer(session: Session, both: District, acting: Acting) -> None:
    """Statements are cached by the engine; what they are confined to is not part of what is shared."""
    names = []
    for village in (both.nanyuan, both.chaoyang, both.nanyuan):
        confined = acting(keeper_of(village))
        names.append([r.name for r in confined.scalars(select(Resident))])
        confined.close()
    assert names == [[MINE], [FOREIGN], [MINE]]


def test_a_statement_that_is_kept_is_confined_to_whoever_asks_it(
    session: Session, both: District, acting: Acting
) -> None:
    mine, foreign = (f"{name}浴室" for name in (MINE, FOREIGN))
    gone = session.scalars(select(Business).where(Business.name == mine)).one()
    remove(session, gone)
    session.commit()
    kept = select(Business.name).execution_options(kept=True)
    for village, with_the_bin in ((both.nanyuan, [mine]), (both.chaoyang, [foreign])):
        keeper = acting(keeper_of(village))
        for _ in range(2):
            assert list(keeper.scalars(kept)) == [name for name in with_the_bin if name == foreign]
            assert list(keeper.scalars(kept, execution_options={"deleted": True})) == with_the_bin
        assert list(keeper.scalars(kept.where(Business.name == mine), execution_options={"deleted": True})) == [
            name for name in with_the_bin if name == mine
        ]
        keeper.close()


def test_no_record_needs_to_be_looked_at_where_the_right_is_the_whole_districts(
    session: Session, both: District
) -> None:
    everywhere, here = scope(permit("duty")), scope(permit("duty", both.nanyuan))
    some = scope(permit("duty", rows="asked"), permit("trail", about=frozenset({"duty"})))
    session.add_all([mine := duty(both.nanyuan), theirs := duty(both.chaoyang)])
    session.commit()
    assert everywhere.may_to_all(Act.EDIT, Duty)
    assert everywhere.may_to(Act.EDIT, mine)
    assert everywhere.may_to(Act.EDIT, theirs)
    assert not everywhere.may_to_all(Act.EDIT, Volunteer)
    assert not here.may_to_all(Act.EDIT, Duty)
    assert [here.may_to(Act.EDIT, one) for one in (mine, theirs)] == [True, False]
    assert not some.may_to_all(Act.EDIT, Duty)
    assert not some.may_to_all(Act.READ, TrailEntry)


def test_what_a_flush_is_about_to_do_is_told_by_the_record(session: Session, both: District) -> None:
    one = report(both.nanyuan)
    assert act_of(one, ()) is Act.CREATE
    session.add(one)
    session.commit()
    assert act_of(one, {"note"}) is Act.EDIT
    assert act_of(one, {"note", "deleted_at"}) is Act.DELETE
