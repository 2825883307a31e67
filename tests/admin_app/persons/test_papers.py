"""Papers of a file: what is printed, and the scans and photos that are kept with it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from admin_app.uploads import LARGEST
from models import clock
from models.dossier import Paper
from models.observation import Observation
from models.resident import Resident
from models.trail import Deed
from tests.admin_app.support.browsing import Browser, Page
from tests.admin_app.support.district import A, B, token_of
from tests.admin_app.support.panels import Panel, app_over
from tests.admin_app.support.values import EDITED, SEEN, ledger_number

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
PDF = b"%PDF-1.7\n" + b"\0" * 40
RESIDENT, OBSERVATION = (A.number(ledger_number(ledger), SEEN) for ledger in ("resident", "observation"))
PRINTED = f"/admin/observation/paper/notice/?id={OBSERVATION}"


@pytest.fixture
def app(panel: Panel, tmp_path: Path) -> Iterator[Flask]:
    """The panel over a data folder of this test's own."""
    panel.as_("village_a")
    panel.let_go()
    with app_over(panel.store.url, data=tmp_path) as app:
        app.config["PROPAGATE_EXCEPTIONS"] = False
        yield app


@pytest.fixture
def keeper(app: Flask) -> Browser:
    return Browser(app, token_of("village_a"))


def papers(panel: Panel) -> list[Paper]:
    """Those that were made during the test."""
    with panel.session() as session:
        return list(session.scalars(select(Paper).where(Paper.resident_id == RESIDENT, Paper.on == clock.today())))


def enter(browser: Browser, content: bytes | None = None, name: str = "告知书.png", **typed: Any) -> Page:
    data: dict[str, Any] = {
        "csrf_token": browser.csrf,
        "resident": str(RESIDENT),
        "kind": "statement",
        "on": "2020-02-12",
        "signed_by": "张三",
    }
    data |= typed
    if content is not None:
        data["file_name"] = FileStorage(io.BytesIO(content), name)
    boundary, body = encode_multipart(data)
    kind = f"multipart/form-data; boundary={boundary}"
    return browser.open("/admin/paper/new/", "POST", body, content_type=kind)


# ---- printed ----


def test_a_paper_is_printed_in_full_once_the_trail_knows_and_is_kept_in_the_file_once(panel: Panel) -> None:
    keeper = panel.as_("village_a")
    number = panel.get(Resident, RESIDENT).identity_number
    row = panel.last_number()
    assert number not in keeper.get(PRINTED).text and panel.last_number() == row
    for _ in range(2):
        page = keeper.post(PRINTED)
        assert page.status == 200 and number in page.text
    assert [d.deed for d in panel.last_deeds(row)] == [Deed.REVEAL, Deed.INSERT, Deed.REVEAL]
    assert [paper.kind.value for paper in papers(panel)] == ["notice"]


def test_there_is_no_paper_of_somebody_whose_file_is_in_the_recycle_bin(panel: Panel) -> None:
    file = update(Resident.__table__).where(Resident.id == RESIDENT)  # type: ignore[arg-type]
    with panel.engine.begin() as connection:  # from before files with an observation that goes on were kept out of it
        connection.execute(file.values(deleted_at=clock.now(), deleted_by="x"))
    keeper, row = panel.as_("village_a"), panel.last_number()
    for kind in ("notice", "commitment", "release", "nonsense"):
        for method in ("GET", "POST"):
            data = {"csrf_token": keeper.csrf} if method == "POST" else None
            path = f"/admin/observation/paper/{kind}/?id={OBSERVATION}"
            assert keeper.open(path, method, data).status == 404, (kind, method)
    assert papers(panel) == [] and panel.last_number() == row
    page = keeper.get(f"/admin/observation/details/?id={OBSERVATION}")
    assert page.status == 200 and "observation/paper/" not in page.text


def test_a_paper_that_names_another_persons_observation_is_refused_at_its_field(panel: Panel) -> None:
    keeper = panel.as_("village_a")
    for mark, n, words in ((A, EDITED, "This observation is another person"), (B, SEEN, "There is no such record")):
        other = mark.number(ledger_number("observation"), n)
        typed = {"resident": str(RESIDENT), "observation": str(other), "kind": "notice", "on": "2020-02-12"}
        page = keeper.post("/admin/paper/new/", {**typed, "signed_by": "张三"})
        assert page.status == 422 and words in page.main
        assert page.form("signed_by").data()["signed_by"] == ["张三"]
    assert papers(panel) == []
    assert keeper.post("/admin/paper/new/", {**typed, "observation": str(OBSERVATION)}).status == 302


def test_which_papers_there_are_follows_from_where_the_observation_stands(sqlite_panel: Panel) -> None:
    keeper = sqlite_panel.as_("village_a")
    with sqlite_panel.session() as session:
        released = session.scalars(
            select(Observation.id).where(Observation.resident_id == RESIDENT, Observation.released_on.is_not(None))
        ).one()
    found = {
        of: [k for k in ("notice", "commitment", "release")
             if keeper.get(f"/admin/observation/paper/{k}/?id={of}").status == 200]
        for of in (OBSERVATION, released)
    }  # fmt: skip
    assert found == {OBSERVATION: ["notice", "commitment"], released: ["release"]}


# ---- scans and photos ----


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"<html><script>alert(1)</script>", "告知书.png", "Only pictures"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "Only pictures"),
        (b"RIFF\0\0\0\0WAVE", "a.webp", "Only pictures"),
        (b"", "告知书.png", "This file is empty."),
        (PNG + b"\0" * LARGEST, "告知书.png", "ten megabytes at most"),
    ],
)
def test_a_file_that_is_not_kept_is_refused_at_its_field(
    panel: Panel, keeper: Browser, tmp_path: Path, content: bytes, name: str, words: str
) -> None:
    page = enter(keeper, content, name)
    assert page.status == 422
    wrong = next(tag for tag in page.tags if tag[1].get("name") == "file_name")[1]
    assert wrong.get("aria-invalid") == "true"
    assert words in page.main
    assert page.form("signed_by").data()["signed_by"] == ["张三"], "what was typed stays"
    assert papers(panel) == [] and not (tmp_path / "uploads").exists()


def test_the_scan_of_the_statement_is_one_tap_away_on_the_persons_page(panel: Panel, keeper: Browser) -> None:
    assert enter(keeper, PNG, "陈述.png").status == 302
    (paper,) = papers(panel)
    page = keeper.get(f"/admin/resident/details/?id={RESIDENT}")
    assert (f"/admin/paper/file/?id={paper.id}", "陈述.png") in page.links


def test_a_new_paper_out_of_a_persons_list_is_that_persons(panel: Panel) -> None:
    keeper = panel.as_("village_a")
    (new,) = [href for href, _ in keeper.get("/admin/paper/", resident=RESIDENT).links if "/paper/new/" in href]
    assert keeper.get(new).form("signed_by").data()["resident"] == [str(RESIDENT)]


def test_what_a_file_is_called_and_is_said_to_be_is_not_believed(panel: Panel, keeper: Browser) -> None:
    page = enter(keeper, PDF, "../../../etc/<b>承诺书.html")
    assert page.status == 302, page.main[:300]
    (paper,) = papers(panel)
    assert (paper.file_name, paper.file_type) == ("b承诺书.pdf", "application/pdf")


@pytest.mark.parametrize(
    ("content", "name", "as_file"), [(PNG, "照片.png", False), (PDF, "承诺书.pdf", True)], ids=["picture", "pdf"]
)
def test_a_scan_is_shown_as_what_it_is_and_a_pdf_is_handed_out_as_a_file(
    panel: Panel, keeper: Browser, content: bytes, name: str, as_file: bool
) -> None:
    assert enter(keeper, content, name).status == 302
    (paper,) = papers(panel)
    row = panel.last_number()
    answer = keeper.get(f"/admin/paper/file/?id={paper.id}")
    assert (answer.status, answer.body) == (200, content)
    assert answer.headers["Content-Type"] == paper.file_type
    assert answer.headers.get("Content-Disposition", "").startswith("attachment" if as_file else "inline")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert [deed.deed for deed in panel.last_deeds(row)] == [Deed.REVEAL]


def test_a_refused_paper_keeps_no_file_and_asks_for_it_again(panel: Panel, keeper: Browser, tmp_path: Path) -> None:
    page = enter(keeper, PNG, on="2020-02-13")
    assert page.status == 422 and "This day is in the future." in page.main
    assert "Choose the file again." in page.main
    assert papers(panel) == [] and not (tmp_path / "uploads").exists()


def test_a_file_that_is_gone_from_the_data_folder_is_not_there(panel: Panel, keeper: Browser, tmp_path: Path) -> None:
    assert enter(keeper, PNG).status == 302
    (paper,) = papers(panel)
    (kept,) = [path for path in (tmp_path / "uploads").rglob("*") if path.is_file()]
    kept.unlink()
    assert keeper.get(f"/admin/paper/file/?id={paper.id}").status == 404
