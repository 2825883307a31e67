"""Which tests of every ledger run on which database: all of them on SQLite, on PostgreSQL those that could differ."""

from collections.abc import Iterable

import pytest

# what the two databases could tell apart: search by tokens, decimals, instants, JSON, several unique keys
TOLD_APART = ("resident", "visit", "supply", "dailyreport", "assignment", "account", "trail")


def every(ledgers: Iterable[str]) -> pytest.MarkDecorator:
    """Parametrise a test by `panel` and `ledger`."""
    known = tuple(ledgers)
    pairs = [("sqlite", ledger) for ledger in known]
    pairs += [("postgresql", ledger) for ledger in known if ledger in TOLD_APART]
    return pytest.mark.parametrize(("panel", "ledger"), pairs, indirect=["panel"])
