"""What the pages of sheets share: ask what and why, make it, note it in the trail, and only then hand it out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any
from urllib.parse import quote

from flask import Response, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin_app import addresses, database, identity
from admin_app.exchange import xlsx
from admin_app.exchange.asking import Question
from admin_app.exchange.printed import Printed
from admin_app.ledgers.taking import note_taken, reason_given
from admin_app.pages import PlainPage
from models.place import Township
from models.scope import Scope
from models.session import Session, open_session
from models.summaries.counting import Place
from models.summaries.ledger import Span
from models.trail import Entry


class Page(PlainPage):
    """A page of this package."""

    address = ""

    def ask(self, question: Question, address: str, **told: Any) -> ResponseReturnValue:
        """The page that asks; what was typed stays. 422 if something that was sent is missing or wrong."""
        sent = request.method == "POST"
        wrong = question.wrong and bool(sent or request.args)
        page = self.render(
            "admin/exchange/ask.html",
            url=address,
            question=question,
            wrong=wrong,
            missing=sent and not reason_given(),
            typed=request.form.get("reason", "")[:200],
            **told,
        )
        return page, 422 if sent or wrong else 200

    def printed(self, title: str, sheets: list[Printed], address: str, question: Question) -> ResponseReturnValue:
        """The sheets as pages to print."""
        back_url = addresses.address(address, question.query.items())
        return self.render("admin/exchange/print.html", title=title, sheets=sheets, back_url=back_url)


def given() -> Mapping[str, str]:
    """What was sent, or what the address says."""
    return request.form if request.method == "POST" else request.args


@contextmanager
def reading(scope: Scope) -> Iterator[Session]:
    """A session that only reads. The request's own is let go first: on SQLite it would keep everybody else waiting."""
    database.session().rollback()
    with open_session(database.db.engine, scope, writing=False) as own:
        yield own


def noted(made: IO[bytes] | list[Printed], entry: Entry, reason: str, full: bool) -> None:
    """Put the taking into the trail; what could not be put there is not handed out."""
    try:
        note_taken(entry, reason, full)
    except BaseException:
        if not isinstance(made, list):
            made.close()
        raise


def file(made: IO[bytes], plain: str, name: str) -> Response:
    """A workbook under its name in words, or under a plain one where a program knows no other letters."""
    answer = send_file(made, mimetype=xlsx.MIMETYPE)
    named = {"filename": f"{plain}.xlsx", "filename*": f"UTF-8''{quote(name)}.xlsx"}
    answer.headers.set("Content-Disposition", "attachment", **named)
    return answer


def fingerprint(made: IO[bytes]) -> str:
    """The SHA-256 of a file, which is at its beginning again afterwards."""
    found = hashlib.file_digest(made, "sha256").hexdigest()  # type: ignore[arg-type]
    made.seek(0)
    return found


def unit_of(session: Session, places: list[Place]) -> str:
    """Who fills a sheet in: the village, the township, or the whole district."""
    if len(places) == 1:
        return places[0].name
    townships = {place.township_id for place in places}
    only = next(iter(townships)) if len(townships) == 1 else None
    township = session.get(Township, only) if only is not None else None
    return township.name if township is not None else identity.signed_in().place or _("Whole district")


def days(span: Span) -> str:
    """The days of a file, in its name."""
    return f"{span.until}" if span.since == span.until else f"{span.since}–{span.until}"
