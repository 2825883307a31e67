"""People are found by whatever is at hand, by an index, and only where the searcher may look."""

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from models.engine import make_engine
from models.resident import Resident
from models.scope import EVERYWHERE, Act, Scope
from models.search import person_search
from models.session import Session, open_session, remove
from models.volunteer import Volunteer
from tests.models.factories import EVERYTHING, District, identity_number, keeper_of, permit, resident, scope, volunteer

NUMBER = "32108419800304101X"
PHONE = "13812345678"


def found(session: Session, text: str, cls: type[Resident] | type[Volunteer] = Resident) -> list[str]:
    area = session.scope.area(Act.READ, cls.__ledger__ or "")
    condition = person_search(cls, text, session.get_bind().dialect.name, area)
    return sorted(session.scalars(select(cls.name).where(condition)))


@pytest.fixture
def people(session: Session, district: District) -> Session:
    session.add_all(
        [
            resident(district.nanyuan, "王建国", identity_number=numbered("3210841980030410"), phone=PHONE),
            resident(district.nanyuan, "王建军", phone="13900000001"),
            resident(district.nanyuan, "欧阳建国"),
            resident(district.chaoyang, "李建国", phone="051484567890"),
            resident(district.chaoyang, "阿不都热依木·买买提"),
            resident(district.chaoyang, "Mahmut Ali"),
            resident(district.chaoyang, "单晓"),
            volunteer(district.chaoyang, "王志远", phone="13700000002"),
        ]
    )
    session.commit()
    return session


def numbered(first_16: str) -> str:
    """The first number with this beginning whose check character is X."""
    from models.person import check_digit

    return next(f"{first_16}{d}X" for d in range(10) if check_digit(f"{first_16}{d}") == "X")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("王建国", ["王建国"]),
        ("建国", ["李建国", "欧阳建国", "王建国"]),
        ("建", ["李建国", "欧阳建国", "王建军", "王建国"]),
        ("国建", []),
        ("wangjian", ["王建军", "王建国"]),
        ("WJG", ["王建国"]),
        ("ｗｊｇ", ["王建国"]),
        ("shan", ["单晓"]),
        ("wang 国", ["王建国"]),
        ("  建国   wjg ", ["王建国"]),
        ("买买提", ["阿不都热依木·买买提"]),
        ("依木·买", ["阿不都热依木·买买提"]),
        ("mahmut", ["Mahmut Ali"]),
        ("ali", ["Mahmut Ali"]),
        (PHONE, ["王建国"]),
        ("１３８１２３４５６７８", ["王建国"]),
        ("138", ["王建国"]),
        ("1390", ["王建军"]),
        ("0514", ["李建国"]),
        ("3210", ["王建国"]),
        ("32108419", ["王建国"]),
        ("15000000000", []),
        ("", ["Mahmut Ali", "单晓", "李建国", "欧阳建国", "王建军", "王建国", "阿不都热依木·买买提"]),
    ],
)
def test_people_are_found_by_whatever_is_at_hand(people: Session, text: str, names: list[str]) -> None:
    assert found(people, text) == sorted(names)


def test_an_identity_number_is_found_whole_or_by_its_last_four(people: Session) -> None:
    number = numbered("3210841980030410")
    for text in (number, number.lower(), number[-4:], number[-4:].lower(), f"{number[:6]} {number[-4:]}"):
        assert found(people, text) == ["王建国"]
    assert found(people, number[:-1] + "0") == []


def test_volunteers_are_found_the_same_way(people: Session) -> None:
    for text in ("志远", "wzy", "wangzhi", "137", "13700000002", "王"):
        assert found(people, text, Volunteer) == ["王志远"]


def test_a_corrected_name_is_found_by_the_new_one_only(people: Session) -> None:
    one = people.scalars(select(Resident).where(Resident.name == "单晓")).one()
    one.name = "单晓梅"
    people.commit()
    assert found(people, "晓梅") == found(people, "sxm") == ["单晓梅"]
    one.name = "孙梅"
    people.commit()
    assert found(people, "晓") == []


def test_whoever_is_in_the_bin_is_not_found_until_restored(people: Session) -> None:
    one = people.scalars(select(Resident).where(Resident.name == "单晓")).one()
    remove(people, one)
    people.commit()
    assert found(people, "单晓") == found(people, "sx") == []


@pytest.mark.parametrize("text", ["建国", "jianguo", "wjg", "ljg", "138", "0514", PHONE, "051484567890"])
def test_nobody_is_found_outside_the_searchers_villages(
    people: Session, district: District, acting: Callable[[Scope], Session], text: str
) -> None:
    assert found(acting(keeper_of(district.nanyuan)), text) == [
        n for n in found(people, text) if n in ("王建国", "王建军", "欧阳建国")
    ]
    assert found(acting(scope(permit("supply"))), text) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(text=st.text(max_size=40) | st.text(alphabet="王建国\"'*%_()^:-+{}\\\x00 ANDORNOTEARwjg1x", max_size=30))
def test_no_text_breaks_a_search_or_finds_a_name_without_it(people: Session, text: str) -> None:
    for name in found(people, text):
        for word in unicodedata.normalize("NFKC", text).split():
            assert word.isascii() or "".join(filter(str.isprintable, word)).lower() in name.lower()


def test_the_signs_of_query_languages_mean_nothing(people: Session) -> None:
    for sign in "\"'*%_()^:{}\\&|!<>":
        assert found(people, f"王{sign}建") == []
    for session_words in ('" OR "建', "建国*", "NEAR(建 国)", "name_tokens:u738b", "u738b", "%", "_", "\x00", "'"):
        assert found(people, session_words) == []


# ---- speed: the plan is what makes it, whatever the machine ----


def plan(session: Session, text: str) -> str:
    """What SQLite would do for the first page of a search."""
    engine = session.get_bind()
    sent: list[tuple[str, object]] = []

    def catch(*given: object) -> None:
        sent.append((str(given[2]), given[3]))

    area = session.scope.area(Act.READ, "resident")
    query = select(Resident).where(person_search(Resident, text, "sqlite", area)).order_by(Resident.id.desc()).limit(25)
    event.listen(engine, "before_cursor_execute", catch)
    session.scalars(query).all()
    event.remove(engine, "before_cursor_execute", catch)
    sql, parameters = sent[-1]
    rows = session.connection().exec_driver_sql("EXPLAIN QUERY PLAN " + sql, parameters)  # type: ignore[arg-type]
    return "\n".join(row[3] for row in rows)


@pytest.mark.parametrize(
    ("text", "indexes"),
    [
        (identity_number(9), ["uq_resident_identity_number"]),
        (PHONE, ["ix_resident_phone"]),
        ("101X", ["ix_resident_identity_tail"]),
        ("1381", ["ix_resident_identity_tail", "ix_resident_phone", "uq_resident_identity_number"]),
        ("13812", ["ix_resident_phone", "uq_resident_identity_number"]),
        ("wjg", ["ix_resident_pinyin", "ix_resident_initials", "resident_search VIRTUAL TABLE INDEX 0:M0"]),
        ("王建", ["resident_search VIRTUAL TABLE INDEX 0:M0"]),
    ],
)
def test_a_search_of_the_whole_district_goes_by_indexes(
    sqlite_database_url: str, text: str, indexes: list[str]
) -> None:
    engine = make_engine(sqlite_database_url)
    with open_session(engine, scope(permit("resident")), writing=False) as session:
        steps = plan(session, text)
    engine.dispose()
    for index in indexes:
        assert index in steps
    assert "SCAN resident\n" not in steps + "\n"


def test_a_search_of_one_village_looks_at_that_village_once(sqlite_database_url: str) -> None:
    engine = make_engine(sqlite_database_url)
    with open_session(engine, EVERYTHING) as session:
        district = District(session)
        session.act_as(keeper_of(district.nanyuan))
        steps = plan(session, "王 wjg")
    engine.dispose()
    assert "village_id=?" in steps
    assert "SCAN" not in steps


def test_postgresql_has_the_index_that_names_are_searched_by(postgres_database_url: str) -> None:
    engine = make_engine(postgres_database_url)
    with open_session(engine, EVERYTHING) as session:
        session.connection().exec_driver_sql("SET LOCAL enable_seqscan = off")
        query = select(Resident.id).where(person_search(Resident, "王建", "postgresql", EVERYWHERE))
        sql = query.compile(engine, compile_kwargs={"literal_binds": True})
        steps = "\n".join(session.connection().exec_driver_sql(f"EXPLAIN {sql}").scalars())
    engine.dispose()
    assert "ix_resident_name_tokens" in steps
