"""LedgerView: what all ledgers share. A ledger is a declaration below this; code beyond it is a rule (models/)."""

from __future__ import annotations

from typing import cast

from flask import current_app

from admin_app.ledgers.acting import Acting
from admin_app.ledgers.declared import Declared
from admin_app.ledgers.page import part
from admin_app.ledgers.reading import Reading
from admin_app.ledgers.removing import Removing
from admin_app.ledgers.taking import Taking
from admin_app.ledgers.writing import Writing


class LedgerView(Reading, Writing, Removing, Taking, Acting, Declared):
    """One ledger. Subclasses declare; ``admin_app/ledgers/places.py`` has short examples."""


def views() -> dict[str, LedgerView]:
    """The panel's ledgers, by name."""
    return cast(dict[str, LedgerView], current_app.extensions["ledgers"])


__all__ = ["LedgerView", "part", "views"]
