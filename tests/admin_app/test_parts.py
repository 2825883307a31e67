"""What is drawn once for many is shown to nobody who would not have been shown the same."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from flask import Flask, g
from jinja2 import meta

from admin_app import access, create_app, parts, shell
from admin_app.config import Settings
from admin_app.identity import User
from admin_app.parts import WITHHELD, part
from models.account import Role
from models.scope import EVERYWHERE, Actor, Area

GRANTS = {
    "district": ((Role.DISTRICT, EVERYWHERE),),
    "village": ((Role.VILLAGE, Area(villages=frozenset({1}))),),
    "coordinator": ((Role.COORDINATOR, EVERYWHERE),),
    "auditor": ((Role.AUDITOR, EVERYWHERE),),
    "village and auditor": ((Role.VILLAGE, Area(villages=frozenset({1}))), (Role.AUDITOR, EVERYWHERE)),
    "nobody": (),
}
ADDRESSES = ("/admin/", "/admin/resident/", "/admin/trail/details/?id=1", "/admin/round/", "/admin/menu/")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder = tmp_path_factory.mktemp("parts")
    return create_app(Settings(f"sqlite:///{folder}/none.db", "known to every reader of these tests", Path(folder)))


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    forget()
    yield
    forget()


def forget() -> None:
    parts._drawn.cache_clear()
    shell._items.cache_clear()


def frame(app: Flask, grants: tuple[tuple[Role, Area], ...], language: str, address: str) -> str:
    """The menu and the bar at the bottom, as somebody finds them at an address."""
    user = User(
        id=1, sign_in_id=1, name="某人", username="somebody", language=language,
        roles=tuple(role for role, _ in grants), whole_district=False, place="", must_change_password=False,
        scope=access.scope_for(Actor(1, "某人"), grants),
    )  # fmt: skip
    with app.test_request_context(address):
        g.user = user
        shown = shell.shell()
        return part("admin/parts/menu.html", menu=shown.menu) + part("admin/parts/tabs.html", tabs=shown.tabs)


def test_a_menu_that_was_kept_is_the_menu_that_would_be_drawn(app: Flask) -> None:
    readers = list(product(GRANTS.values(), ("zh", "en"), ADDRESSES))
    anew = []
    for reader in readers:
        forget()
        anew.append(frame(app, *reader))
    for _ in range(2):
        assert [frame(app, *reader) for reader in readers] == anew
    at_home = [drawn for drawn, (_, _, address) in zip(anew, readers, strict=True) if address == "/admin/"]
    assert len(set(at_home)) == len(GRANTS) * 2


def test_a_part_differs_with_each_value_and_language(app: Flask) -> None:
    drawn = []
    for language, label in product(("zh", "en"), ("One", "Two <b>")):
        with app.test_request_context("/admin/"):
            g.language = language
            items = (shell.Item(label, "/admin/", "house"),)
            drawn.append(part("admin/parts/menu.html", menu=((label, items),)))
    assert drawn[:2] == drawn[2:]  # nothing of it is translated
    assert "Two &lt;b&gt;" in drawn[1]
    assert "Two" not in drawn[0]
    assert parts._drawn.cache_info().currsize == 4


def test_what_cannot_be_compared_is_no_value_of_a_part(app: Flask) -> None:
    with app.test_request_context("/admin/"), pytest.raises(TypeError):
        part("admin/parts/menu.html", menu=[])  # type: ignore[arg-type]


def test_a_part_reads_nothing_of_the_request(app: Flask) -> None:
    loader = app.jinja_env.loader
    assert loader is not None
    names = [n for n in app.jinja_env.list_templates() if n.startswith("admin/parts/")]
    assert names
    for name in (waiting := [*names, "styles.html"]):
        source, _path, _fresh = loader.get_source(app.jinja_env, name)
        parsed = app.jinja_env.parse(source)
        assert not meta.find_undeclared_variables(parsed) & set(WITHHELD), name
        waiting += [other for other in meta.find_referenced_templates(parsed) if other]  # their macros no more than it
