"""What a resident and a volunteer have in common: a name that is found by pinyin, an identity number, a phone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Date
from sqlalchemy.orm import Mapped
from stdnum.cn import ric

from models import words
from models.base import Mask, Problem, field
from models.types import Chosen, Code, Key, Line
from models.words import N_, Choice


class Sex(Choice):
    """性别, as the seventeenth digit of an identity number tells it."""

    MALE = "m", N_("Male")
    FEMALE = "f", N_("Female")


class Person:
    """The columns and rules of a person. An identity number, when there is one, decides sex and birth date."""

    name: Mapped[str] = field(Line(60), N_("Name"), sort_order=-8)
    sex: Mapped[Sex | None] = field(
        Chosen(Sex), N_("Sex"), help=N_("Taken from the identity number when there is one."), sort_order=-8
    )
    birth_date: Mapped[date | None] = field(
        Date, N_("Birth date"), help=N_("Taken from the identity number when there is one."), sort_order=-8
    )
    identity_number: Mapped[str | None] = field(Code(18), N_("Identity number"), mask=Mask.IDENTITY, sort_order=-8)
    phone: Mapped[str | None] = field(Code(20), N_("Phone"), mask=Mask.PHONE, sort_order=-8)
    pinyin: Mapped[str] = field(Key(200), N_("Pinyin"), computed=True, sort_order=80)
    initials: Mapped[str] = field(Key(60), N_("Initials"), computed=True, sort_order=80)
    identity_tail: Mapped[str | None] = field(Key(4), N_("Last four"), computed=True, sort_order=80)
    name_tokens: Mapped[str] = field(Key(600), N_("Name as searched"), computed=True, sort_order=80)

    def prepare(self) -> None:
        """Set the search keys, and what the identity number tells."""
        self.pinyin, self.initials = (
            part[:limit] for part, limit in zip(words.romanised(self.name or ""), (200, 60), strict=True)
        )
        self.name_tokens = words.tokens(self.name or "")[:600]
        number = self.identity_number
        self.identity_tail = number[-4:] if number and len(number) >= 4 else None
        if number and not identity_problem(number):
            self.birth_date, self.sex = born(number), sex_of(number)

    def problems(self, today: date) -> Iterator[Problem]:
        """A name with something in it, a number whose checksum holds, a phone that can be called, no birth to come."""
        if self.identity_number and (wrong := identity_problem(self.identity_number, today)):
            yield Problem("identity_number", wrong)
        if self.phone and (wrong := phone_problem(self.phone)):
            yield Problem("phone", wrong)
        if self.birth_date and self.birth_date > today:
            yield Problem("birth_date", N_("This day is in the future."))
        elif self.birth_date and self.birth_date.year < 1890:
            yield Problem("birth_date", N_("Nobody alive was born so early."))

    def age(self, on: date) -> int | None:
        """Full years on a day."""
        born_on = self.birth_date
        return None if born_on is None else on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))

    def __str__(self) -> str:
        return self.name


def identity_problem(number: str, today: date | None = None) -> str:
    """What is wrong with a resident identity number (GB 11643: 17 digits and a check character); "" if nothing is."""
    if len(number) != 18:
        return N_("An identity number has 18 characters.")
    if not (number[:17].isascii() and number[:17].isdigit() and (number[17].isdigit() or number[17] == "X")):
        return N_("An identity number is digits, the last may be X.")
    try:
        birth = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return N_("The birth date in this identity number does not exist.")
    if today is not None and birth > today:
        return N_("The birth date in this identity number is in the future.")
    # Only the checksum: the library also wants the division code to have existed on the day of birth, but people carry
    # the code of where the number was issued (321084 did not exist in 1990, and many born then have it).
    if ric.calc_check_digit(number) != number[17]:
        return N_("This identity number has a typing error (its check digit does not fit).")
    return ""


def check_digit(first_17: str) -> str:
    """The check character of an identity number (ISO 7064, MOD 11-2)."""
    return str(ric.calc_check_digit(first_17 + "0"))


def born(number: str) -> date:
    """The birth date in a valid identity number."""
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def sex_of(number: str) -> Sex:
    """The sex in a valid identity number: odd is male."""
    return Sex.MALE if int(number[16]) % 2 else Sex.FEMALE


def phone_problem(phone: str) -> str:
    """What is wrong with a phone: a mobile has 11 digits, a landline 7 to 12, a foreign one begins with +."""
    digits = phone.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        return N_("A phone is digits only.")
    if phone.startswith("+"):
        return "" if 8 <= len(digits) <= 15 else N_("This phone has too many or too few digits.")
    if phone.startswith("1") and len(phone) != 11:
        return N_("A mobile phone has 11 digits.")
    return "" if 7 <= len(digits) <= 12 else N_("This phone has too many or too few digits.")
