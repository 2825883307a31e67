"""What somebody has pinned to the first screen: small tables below the role's own."""

from __future__ import annotations

from flask_babel import gettext as _

from admin_app.ledgers.page import Link
from admin_app.summaries.made import asking
from admin_app.summaries.made.common import BASE
from admin_app.summaries.made.page import result
from admin_app.workbench.screen import Screen, Sheet
from models.made import MadeSummary, pinned
from models.scope import Act
from models.session import Session

ROWS, COLUMNS = 8, 7


def screens(session: Session) -> list[Screen]:
    """A small screen for each summary that the session's account has pinned."""
    if not session.scope.may(Act.READ, "made"):
        return []
    return [_screen(session, one) for one in pinned(session)]


def _screen(session: Session, record: MadeSummary) -> Screen:
    found = result(session, asking.from_kept(session, record.question), record.shared_with is not None, charted=False)
    words = found.problems or [found.words, *found.conditions]
    links = [Link(_("Open"), f"{BASE}{record.id}/")]
    return Screen(
        record.name, " · ".join(words), links, tables=[_small(found.sheet, found.notes)] if found.sheet else []
    )


def _small(sheet: Sheet, notes: list[str]) -> Sheet:
    """The beginning of a table, and the totals of all of it."""
    kept = list(range(len(sheet.columns)))
    if len(kept) > COLUMNS:
        kept = [*kept[: COLUMNS - 1], kept[-1]]
    whole = len(sheet.rows) <= ROWS and len(kept) == len(sheet.columns)
    told = " ".join([*([] if whole else [_("A part of it, with the totals of all; open it for the rest.")]), *notes])
    rows = [[row[n] for n in kept] for row in sheet.rows[:ROWS]]
    footer = [sheet.footer[n] for n in kept] if sheet.footer else None
    return Sheet("", told, [sheet.columns[n] for n in kept], rows, footer)
