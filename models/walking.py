"""The order in which a round is walked."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_COUNTED: Final = re.compile(r"([一二三四五六七八九十百]+)(?=[组队栋幢号楼单室巷弄区期])")
_DIGITS: Final = {c: n for n, c in enumerate("零一二三四五六七八九")}


def walking(address: str) -> tuple[bool, tuple[tuple[int, int, str], ...]]:
    """A key that sorts addresses as one walks: 2号 before 18号, 三组 before 十二组; without an address last."""
    text = _COUNTED.sub(lambda m: str(_counted(m[1])), unicodedata.normalize("NFKC", address))
    parts = (p for p in re.split(r"(\d{1,9})", re.sub(r"\s", "", text)) if p)
    return not address, tuple((0, int(p), "") if p.isdecimal() else (1, 0, p) for p in parts)


def _counted(text: str) -> int:
    """A Chinese number below a thousand."""
    total = last = 0
    for character in text:
        if character in "十百":
            total += (last or 1) * (10 if character == "十" else 100)
            last = 0
        else:
            last = _DIGITS[character]
    return total + last
