"""What is remembered is never another's, never older than what was written, and never what was taken back."""

import subprocess
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, func, select

from models.engine import make_engine
from models.resident import Resident
from models.scope import Scope
from models.session import Session, open_session
from models.summaries.figures import figures
from models.summaries.remembered import by_village, remembered, state
from tests.models.factories import EVERYTHING, TODAY, District, resident
from tests.models.summaries.world import confined_to

ASKED: list[str] = []


@remembered
def how_many(session: Session, what: str = "files") -> int:
    """How many files the session may read; notes that it was asked."""
    ASKED.append(what)
    return session.scalar(select(func.count(Resident.id))) or 0


def _by_village(session: Session, what: str, among: Collection[int]) -> dict[int, int]:
    ASKED.append(",".join(map(str, sorted(among))))
    query = select(Resident.village_id, func.count()).where(Resident.village_id.in_(among))
    return {number: count for number, count in session.execute(query.group_by(Resident.village_id))}


def counted(session: Session, district: District) -> list[int]:
    """The files of both villages."""
    numbers = (district.nanyuan.id, district.chaoyang.id)
    found = by_village(session, _by_village, "files", numbers, 0)
    return [found[number] for number in numbers]


@pytest.fixture(autouse=True)
def _asked() -> None:
    ASKED.clear()


@contextmanager
def reading(engine: Engine, scope: Scope = EVERYTHING) -> Iterator[Session]:
    with open_session(engine, scope, writing=False) as session:
        yield session


@pytest.fixture
def district(engine: Engine) -> District:
    with open_session(engine, EVERYTHING) as session:
        return District(session)


def write(engine: Engine, *files: Resident) -> None:
    with open_session(engine, EVERYTHING) as session:
        session.add_all(files)
        session.commit()


def test_it_is_asked_once_while_nothing_is_written(engine: Engine, district: District) -> None:
    write(engine, resident(district.nanyuan))
    for _ in range(3):
        with reading(engine) as session:
            assert how_many(session) == 1
            assert how_many(session, "others") == 1
    assert ASKED == ["files", "others"]


def test_it_is_asked_anew_once_something_was_written(engine: Engine, district: District) -> None:
    for count in range(3):
        with reading(engine) as session:
            assert how_many(session) == count
        write(engine, resident(district.nanyuan))


def test_what_another_process_wrote_is_seen(engine: Engine, database_url: str, district: District) -> None:
    with reading(engine) as session:
        assert how_many(session) == 0
    program = (
        "import sys; from models import register; from models.engine import make_engine; "
        "from models.scope import Scope; from models.session import open_session; "
        "from tests.models.factories import resident\n"
        "with open_session(make_engine(sys.argv[1]), Scope.everything('another')) as session:\n"
        "    village = session.get(register.Village, int(sys.argv[2]))\n"
        "    session.add(resident(village)); session.commit()"
    )
    subprocess.run([sys.executable, "-c", program, database_url, str(district.nanyuan.id)], check=True)
    with reading(engine) as session:
        assert how_many(session) == 1


def test_two_scopes_never_share_an_answer(engine: Engine, district: District) -> None:
    write(engine, resident(district.nanyuan), resident(district.nanyuan), resident(district.chaoyang))
    one, other = confined_to(district.nanyuan.id), confined_to(district.chaoyang.id)
    expected = [(EVERYTHING, 3), (one, 2), (other, 1), (Scope.everything("other"), 3)]
    for scope, count in [*expected, *reversed(expected)]:
        with reading(engine, scope) as session:
            assert how_many(session) == count
            assert sum(counted(session, district)) == count


def test_one_session_that_changes_its_scope_shares_nothing_with_itself(engine: Engine, district: District) -> None:
    write(engine, resident(district.nanyuan), resident(district.chaoyang))
    with reading(engine) as session:
        assert how_many(session) == 2
        session.act_as(confined_to(district.nanyuan.id))
        assert how_many(session) == 1
        assert counted(session, district) == [1, 0]


def test_who_writes_sees_it_at_once_and_what_is_taken_back_is_nobodys(engine: Engine, district: District) -> None:
    with open_session(engine, EVERYTHING) as session:
        assert (how_many(session), counted(session, district)) == (0, [0, 0])
        session.add(resident(district.nanyuan))
        assert (how_many(session), counted(session, district)) == (1, [1, 0])  # not yet flushed
        session.flush()
        assert (how_many(session), counted(session, district)) == (1, [1, 0])
        session.rollback()
        assert (how_many(session), counted(session, district)) == (0, [0, 0])
    with reading(engine) as session:
        assert (how_many(session), counted(session, district)) == (0, [0, 0])


def test_only_the_village_in_which_something_was_written_is_asked_anew(engine: Engine, district: District) -> None:
    one, other = district.nanyuan.id, district.chaoyang.id
    for files in ([], [resident(district.nanyuan)], [], [resident(district.chaoyang)]):
        write(engine, *files)
        with reading(engine) as session:
            counted(session, district)
    assert [f"{one},{other}", str(one), str(other)] == ASKED


def test_a_mark_tells_nothing_of_villages_that_are_out_of_reach(engine: Engine, district: District) -> None:
    def mark(*villages: int) -> str:
        with reading(engine, confined_to(*villages)) as session:
            return state(session)

    one, other = district.nanyuan.id, district.chaoyang.id
    before = mark(one), mark(other), mark(one, other)
    write(engine, resident(district.chaoyang))
    after = mark(one), mark(other), mark(one, other)
    assert [a == b for a, b in zip(before, after, strict=True)] == [True, False, False]


def test_the_figures_of_a_day_follow_a_file_that_leaves_its_village_without_a_word(
    engine: Engine, district: District
) -> None:
    from models import handover
    from models.clock import now

    write(engine, resident(district.nanyuan))
    for step in range(2):
        with reading(engine) as session:
            found = figures(session, TODAY)
            assert [found[v.id].surveyed for v in (district.nanyuan, district.chaoyang)] == ([0, 1] if step else [1, 0])
        if not step:
            with open_session(engine, EVERYTHING) as session:
                [file] = session.scalars(select(Resident))
                asked = handover.ask(session, file, district.chaoyang.id, "搬家", "周书记", now())
                session.flush()
                handover.accept(session, asked, "李书记", now(), TODAY)
                session.commit()


def test_every_database_has_a_memory_of_its_own(
    engine: Engine, district: District, sqlite_database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    write(engine, resident(district.nanyuan))
    with reading(engine) as session:
        assert how_many(session) == 1
    if engine.dialect.name == "postgresql":
        other = make_engine(sqlite_database_url)
        with reading(other) as session:
            assert how_many(session) == 0
        other.dispose()
