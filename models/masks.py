"""How identity numbers and phones are shown until somebody asks to see them: ``321084********1234``."""

from __future__ import annotations

from collections.abc import Iterable

from models.base import Mask

SHOWN = {Mask.IDENTITY: (6, 4), Mask.PHONE: (3, 4)}  # so many characters before and behind the stars


def masked(value: str | None, mask: Mask | None) -> str:
    """A value shortened by its mask; one too short to hide anything is hidden whole."""
    if value is None:
        return ""
    if mask is None:
        return value
    head, tail = SHOWN[mask]
    if len(value) < head + tail + 4:
        head, tail = 0, min(2, len(value) // 3)
    return value[:head] + "*" * (len(value) - head - tail) + (value[-tail:] if tail else "")


def all_masked(values: Iterable[str], mask: Mask) -> list[str]:
    """Many at once, most of which are as long as such a number is."""
    head, tail = SHOWN[mask]
    usual = 18 if mask is Mask.IDENTITY else 11
    stars = "*" * (usual - head - tail)
    return [
        value[:head] + stars + value[-tail:] if len(value) == usual else value and masked(value, mask)
        for value in values
    ]
