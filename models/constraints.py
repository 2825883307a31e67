"""Which unique constraint a database refused to break, told alike by SQLite and PostgreSQL."""

from __future__ import annotations

import re

from sqlalchemy.exc import IntegrityError


def broken_unique(error: IntegrityError) -> tuple[str, ...]:
    """The columns of the unique constraint or index that was about to be broken; () if it was something else.

    SQLite names the columns ("UNIQUE constraint failed: resident.identity_number"), PostgreSQL the key in its detail
    ("Key (identity_number)=(…) already exists.").
    """
    original = error.orig
    diagnosis = getattr(original, "diag", None)
    if diagnosis is not None:
        found = re.match(r"Key \(([^)]*)\)=", diagnosis.message_detail or "")
        if found is None or getattr(original, "sqlstate", "") != "23505":
            return ()
        return tuple(c.strip().strip('"') for c in found.group(1).split(","))
    prefix = "UNIQUE constraint failed: "
    text = str(original)
    if not text.startswith(prefix) or text.startswith(prefix + "index"):
        return ()
    return tuple(part.split(".")[-1] for part in text.removeprefix(prefix).split(", "))
