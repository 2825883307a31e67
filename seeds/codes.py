"""Identity numbers, phones and codes that pass every check and belong to nobody.

Division codes of whole provinces and cities are real and pass, but no person's number begins with one: numbers are
given by counties. Phones are of ranges that nobody is given. Serials count up, so that no number comes twice.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Final

from stdnum.cn import uscc

from models.person import Sex, check_digit

JIANGSU: Final = "320000"
DIVISIONS: Final = {
    "江苏": JIANGSU, "武汉": "420100", "湖北": "420000", "安徽": "340000", "河南": "410000", "浙江": "330000",
    "上海": "310000", "广东": "440000", "湖南": "430000", "山东": "370000", "新疆": "650000", "西藏": "540000",
}  # fmt: skip


def identity_number(division: str, birth: date, serial: int, sex: Sex) -> str:
    """The number of the ``serial``-th (0 to 499) invented person of a sex who was born on a day in a division."""
    first = f"{division}{birth:%Y%m%d}{serial * 2 + (sex is Sex.MALE):03}"
    return first + check_digit(first)


class Numbers:
    """Hands out numbers, each only once."""

    def __init__(self) -> None:
        self._people: Counter[tuple[str, date, Sex]] = Counter()
        self._phones = self._landlines = self._enterprises = 0

    def identity(self, division: str, birth: date, sex: Sex) -> str:
        """An identity number."""
        key = division, birth, sex
        serial = self._people[key]
        self._people[key] += 1
        return identity_number(division, birth, serial, sex)

    def phone(self) -> str:
        """A mobile phone: 1990000 and a number of its own."""
        self._phones += 1
        return f"199{self._phones:08}"

    def landline(self) -> str:
        """A telephone of Gaoyou's area; no number there begins with a zero."""
        self._landlines += 1
        return f"05140{self._landlines:06}"

    def credit_code(self) -> str:
        """A unified social credit code."""
        self._enterprises += 1
        return credit_code(self._enterprises)


def credit_code(serial: int) -> str:
    """The unified social credit code of an invented enterprise of Gaoyou."""
    body = f"{serial:08}"
    first = f"91321084{body}{_organisation_check(body)}"
    return first + uscc.calc_check_digit(first)


def _organisation_check(body: str) -> str:
    """The check character of an organisation code (GB 11714), the ninth of the part in the middle."""
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    rest = 11 - sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))
