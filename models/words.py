"""Words: labels marked for translation, text as people type it made clean, names made searchable.

Labels are English here and Chinese in the catalogue; the panel translates them when it shows them.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import Self

# Surnames that are read otherwise than the same character is elsewhere (现代汉语词典, appendix on surnames).
_SURNAMES = {
    "单": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "查": "zha", "任": "ren", "区": "ou", "朴": "piao",
    "盖": "ge", "召": "shao", "冼": "xian", "翟": "zhai", "乐": "yue", "华": "hua", "尉迟": "yu chi",
    "万俟": "mo qi", "长孙": "zhang sun", "令狐": "ling hu", "澹台": "tan tai",
}  # fmt: skip


def N_(message: str) -> str:
    """Mark a text for the translation catalogue; it is translated where it is shown."""
    return message


class Choice(StrEnum):
    """A closed list of codes, each with its label: ``OPEN = "open", N_("Open")``. The code is what is stored."""

    label: str

    def __new__(cls, code: str, label: str = "") -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label or code
        return member


class Tone(StrEnum):
    """How urgent a status looks: the panel gives each tone a colour and a shape of its own."""

    OK = "ok"
    CALM = "calm"
    WARN = "warn"
    BAD = "bad"


_BLANKS = re.compile(r"[^\S\n]+")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def has_controls(text: str) -> bool:
    """True for NUL and other control characters, which no field takes (line breaks and tabs are let through)."""
    return bool(_CONTROLS.search(text.replace("\r\n", "\n").replace("\r", "\n")))


def line(text: str) -> str:
    """One line of text: composed (NFC), nothing invisible in it, trimmed, every run of blanks one blank."""
    return re.sub(r"\s+", " ", _visible(text)).strip()


def prose(text: str) -> str:
    """Several lines of text: composed (NFC), line ends unified, blanks trimmed, the lines kept."""
    unified = _visible(text).replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(_BLANKS.sub(" ", part).strip() for part in unified.split("\n")).strip()


def _visible(text: str) -> str:
    """Composed text without format characters (zero-width blanks, direction marks), save joiners that scripts need."""
    if text.isascii():
        return text
    kept = "".join(c for c in text if c in "\u200c\u200d" or unicodedata.category(c) != "Cf")
    return unicodedata.normalize("NFC", kept)


def code(text: str) -> str:
    """A number or code as it is compared: full-width made half-width (NFKC), no blanks or dashes, upper case."""
    joined = re.sub(r"[\s\-‐-―−－]", "", unicodedata.normalize("NFKC", text)).upper()
    return unicodedata.normalize("NFKC", joined)


def romanised(name: str) -> tuple[str, str]:
    """The pinyin and the initials of a name, lower-case letters and digits only: ``王建国`` -> ``wangjianguo, wjg``.

    A name in another script keeps its letters (``Mahmut Ali`` -> ``mahmutali, ma``).
    """
    syllables: list[str] = []
    from pypinyin import lazy_pinyin  # its dictionaries take 50 MB, which only those who write names need

    rest = name.strip()
    for length in (2, 1):
        if rest[:length] in _SURNAMES and len(rest) > length:
            syllables, rest = _SURNAMES[rest[:length]].split(), rest[length:]
            break
    for part in re.split(r"[\s·•・.‧]+", rest):
        syllables += [s for group in lazy_pinyin(part, errors=str) for s in group.split()]
    letters = [re.sub(r"[^0-9a-z]", "", unicodedata.normalize("NFKD", s).lower().replace("ü", "v")) for s in syllables]
    return "".join(letters), "".join(s[0] for s in letters if s)


def tokens(text: str) -> str:
    """Text as blank-separated tokens, one a character, ASCII only, so that a phrase search finds any run inside it.

    Both engines' full-text tokenizers treat Chinese differently (or not at all); ``王建`` becomes ``u738b u5efa``.
    """
    return " ".join(f"u{ord(c):x}" for c in text.lower() if not c.isspace())
