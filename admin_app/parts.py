"""Parts of pages that many requests share (menu, filters, head), drawn once for the values they are made of.

A part is a template that is given its values and nothing else: no request, no session, no token. What is kept is found
again by its values, compared whole, and by the language: who is shown it would have been shown the same, drawn anew. So
nothing of one role, village or language comes before another.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

from flask import Flask, current_app
from markupsafe import Markup

from admin_app import i18n

WITHHELD: Final = ("request", "session", "g", "config", "csrf_token", "current_user", "get_flashed_messages", "shell")


def init(app: Flask) -> None:
    """Give templates ``part('admin/parts/menu.html', menu=…)``."""
    app.jinja_env.globals |= {"part": part, "sheet_row": row}


def part(template: str, **values: Hashable) -> Markup:
    """A part drawn with these values. Raises TypeError for a value that cannot be compared, a list for instance."""
    return _drawn(template, i18n.language(), tuple(values.items()))


def row(cells: Iterable[Hashable], columns: Sequence[Any]) -> Markup:
    """A row of a table, of which a page has hundreds, and few that are not as they were the last time."""
    return _row(
        i18n.language(), tuple(cells), tuple(at for at, column in enumerate(columns) if column.kind == "number")
    )


@lru_cache(maxsize=2048)
def _row(_language: str, cells: tuple[Hashable, ...], numbers: tuple[int, ...]) -> Markup:
    return _draw("admin/parts/row.html", {"cells": cells, "numbers": numbers})


@lru_cache(maxsize=2048)
def _drawn(template: str, _language: str, values: tuple[tuple[str, Hashable], ...]) -> Markup:
    return _draw(template, dict(values))


def _draw(template: str, values: dict[str, Hashable]) -> Markup:
    drawn = current_app.jinja_env.get_template(template).render(dict.fromkeys(WITHHELD) | values)
    return Markup(drawn)  # noqa: S704  what a template with autoescape has drawn
