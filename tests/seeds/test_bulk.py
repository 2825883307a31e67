"""The big database, made small: generated past the ORM, it holds to the rules and is found like any other."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text

from models import trail
from models.account import Account
from models.alert import Alert
from models.base import Base, InVillage, Record
from models.dossier import Contact
from models.engine import make_engine
from models.followup import FollowUp
from models.observation import Observation
from models.place import Village
from models.register import LEDGERS
from models.resident import Resident
from models.search import person_search
from models.session import Session, open_session
from models.states import ObservationStatus
from models.trail import Deed, TrailEntry
from models.visit import Visit
from models.volunteer import Volunteer
from seeds.bulk import load_big
from seeds.demo import NotEmpty
from tests.seeds.balance import assert_balanced
from tests.seeds.conftest import PASSWORD, SYSTEM, TODAY
from tests.seeds.dumping import dump
from tests.support.databases import SQLiteDatabases

SIZE = 2000
VILLAGES = 20


def load(engine: Engine, size: int = SIZE, villages: int = VILLAGES) -> None:
    load_big(engine, size, villages, today=TODAY, password=PASSWORD)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def big_engine(
    request: pytest.FixtureRequest, run_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """The big database on each kind, for tests that only look."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = SQLiteDatabases(run_folder).copy_to(tmp_path_factory.mktemp("big") / "taizhang.db")
        else:
            url = stack.enter_context(request.getfixturevalue("postgres_databases").fresh())
        engine = make_engine(url)
        load(engine)
        yield engine
        engine.dispose()


@pytest.fixture
def big(big_engine: Engine) -> Iterator[Session]:
    with open_session(big_engine, SYSTEM, writing=False) as session:
        yield session


def schema(session: Session) -> set[tuple[str, str]]:
    """Every table, index and trigger of a SQLite database as it was made."""
    return set(session.execute(text("SELECT name, sql FROM sqlite_master")).all())


def test_everything_is_there_in_proportion(big: Session) -> None:
    for ledger in LEDGERS:
        assert big.scalar(select(func.count()).select_from(ledger)), ledger
        if issubclass(ledger, InVillage) and ledger not in (Alert, Contact, FollowUp):
            assert len(big.scalars(select(ledger.village_id).distinct()).all()) == VILLAGES, ledger
    assert big.scalar(select(func.count()).select_from(Resident)) == SIZE
    assert abs((big.scalar(select(func.count()).select_from(Visit)) or 0) / SIZE - 2) < 0.1
    observed = select(func.count()).where(Observation.status == ObservationStatus.OBSERVED)
    assert big.scalar(observed) == SIZE * 0.02
    assert big.scalar(select(func.count(Account.id))) == 5


def test_no_record_breaks_a_rule(big: Session) -> None:
    for cls in records():
        for record in big.scalars(select(cls)).unique():
            assert not list(record.problems(TODAY)), record


def test_what_is_computed_is_as_if_it_had_been_typed(big: Session) -> None:
    for cls in records():
        for record in big.scalars(select(cls).limit(300)).unique():
            record.prepare()
            assert not big.is_modified(record), (record, record.__tablename__)


def test_the_events_add_up_to_the_statuses(big: Session) -> None:
    assert_balanced(big)
    for one in big.scalars(select(Observation)):
        due_on = one.ends_on if one.status is ObservationStatus.OBSERVED else None
        assert (one.resident.status, one.resident.due_on) == (one.status.value, due_on)


def test_people_are_found_by_name_pinyin_number_and_phone(big: Session) -> None:
    for cls in (Resident, Volunteer):
        person = big.scalars(select(cls).order_by(cls.id.desc()).limit(1)).one()
        for sought in (person.name[-2:], person.pinyin, person.identity_number, person.identity_tail, person.phone):
            found = select(cls.id).where(person_search(cls, sought or "", big.get_bind().dialect.name))
            assert person.id in big.scalars(found).all(), (cls, sought)


def test_the_trail_says_how_many_were_generated(big: Session) -> None:
    assert not list(trail.verify(big))
    generated = select(TrailEntry).where(TrailEntry.deed == Deed.GENERATE, TrailEntry.kind == "resident")
    reasons = [entry.reason for entry in big.scalars(generated)]
    assert reasons == [f"生成演示数据{SIZE // VILLAGES}条"] * VILLAGES


def test_the_next_record_gets_the_next_number(big: Session) -> None:
    village = big.scalars(select(Village).where(Village.name == "南苑社区")).one()
    resident = Resident(village=village, name="居易安", category="returnee")
    big.add(resident)
    big.flush()
    assert resident.id == SIZE + 1
    found = select(Resident).where(person_search(Resident, "易安", big.get_bind().dialect.name))
    assert big.scalars(found).all() == [resident]


def records() -> list[type[Record]]:
    return [mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, Record)]


def test_indexes_and_triggers_are_there_afterwards(sqlite_database_url: str) -> None:
    engine = make_engine(sqlite_database_url)
    with open_session(engine, SYSTEM, writing=False) as session:
        before = schema(session)
    load(engine, 200, 2)
    with open_session(engine, SYSTEM, writing=False) as session:
        assert schema(session) == before
        session.execute(text("INSERT INTO resident_search (resident_search, rank) VALUES ('integrity-check', 1)"))
    engine.dispose()


def test_it_is_the_same_when_it_is_made_again(sqlite_database_url: str, postgres_database_url: str) -> None:
    engines = [make_engine(url) for url in (sqlite_database_url, postgres_database_url)]
    for engine in engines:
        load(engine, 400, 4)
    first, second = map(dump, engines)
    for name, rows in first.items():
        assert rows == second[name], name
    for engine in engines:
        engine.dispose()


def test_it_goes_into_an_empty_register_only(engine: Engine) -> None:
    load(engine, 200, 2)
    with pytest.raises(NotEmpty):
        load(engine, 200, 2)


def test_a_handful_of_residents_is_a_database_too(sqlite_database_url: str) -> None:
    engine = make_engine(sqlite_database_url)
    load_big(engine, 3, today=TODAY, password=PASSWORD)
    with open_session(engine, SYSTEM, writing=False) as session:
        assert session.scalar(select(func.count()).select_from(Resident)) == 3
    engine.dispose()


def test_nothing_is_kept_of_a_load_that_failed(engine: Engine) -> None:
    def fail(label: str, done: int, total: int) -> None:
        raise RuntimeError(label)

    with pytest.raises(RuntimeError):
        load_big(engine, 200, 2, today=TODAY, password=PASSWORD, progress=fail)
    with open_session(engine, SYSTEM, writing=False) as session:
        assert not session.scalar(select(func.count()).select_from(Village))
        assert not session.scalar(select(func.count()).select_from(TrailEntry))
