"""The villages that a new register is kept for."""

from sqlalchemy import Engine, func, select

from models.place import Township, Village
from models.session import open_session, remove
from seeds.places import DEMO_TOWNSHIP, Loaded, load_places, villages_of
from tests.seeds.conftest import SYSTEM


def test_all_villages_are_there_by_their_everyday_and_their_full_names(engine: Engine) -> None:
    with open_session(engine, SYSTEM) as session:
        assert load_places(session) == Loaded(13, 231)
        nanyuan = session.scalars(select(Village).where(Village.code == "321084401002")).one()
        assert (nanyuan.name, nanyuan.full_name) == ("南苑社区", "南苑社区居委会")
        assert nanyuan.township.name == "城南经济新区（车逻镇）"
        assert len(villages_of(session, DEMO_TOWNSHIP)) == 14


def test_loading_them_again_changes_nothing(engine: Engine) -> None:
    with open_session(engine, SYSTEM) as session:
        load_places(session)
        session.commit()
    with open_session(engine, SYSTEM) as session:
        assert load_places(session) == Loaded(0, 0)
        assert session.scalar(select(func.count()).select_from(Village)) == 231
        assert session.scalar(select(func.count()).select_from(Township)) == 13


def test_a_village_that_was_renamed_or_thrown_away_stays_so(engine: Engine) -> None:
    with open_session(engine, SYSTEM) as session:
        load_places(session)
        renamed, gone, *_ = villages_of(session, DEMO_TOWNSHIP)
        renamed.name = "南苑新村"
        remove(session, gone)
        session.commit()
        assert load_places(session) == Loaded(0, 0)
        assert [village.name for village in villages_of(session, DEMO_TOWNSHIP)][:2] == ["南苑新村", "学苑社区"]
