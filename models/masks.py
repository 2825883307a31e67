"""How identity numbers and phones are shown until somebody asks to see them: ``321084********1234``."""

from __future__ import annotations

from models.base import Mask


def masked(value: str | None, mask: Mask | None) -> str:
    """A value shortened by its mask; one too short to hide anything is hidden whole."""
    if value is None:
        return ""
    if mask is None:
        return value
    head, tail = (6, 4) if mask is Mask.IDENTITY else (3, 4)
    if len(value) < head + tail + 4:
        head, tail = 0, min(2, len(value) // 3)
    return value[:head] + "*" * (len(value) - head - tail) + (value[-tail:] if tail else "")
