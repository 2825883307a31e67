"""Invented numbers pass every check and never come twice."""

from datetime import date, timedelta

import pytest

from models.enterprise import credit_code_problem
from models.person import Sex, born, identity_problem, phone_problem, sex_of
from seeds.codes import DIVISIONS, Numbers


@pytest.mark.parametrize("division", DIVISIONS.values())
def test_identity_numbers_tell_birth_and_sex_and_pass_the_checksum(division: str) -> None:
    numbers = Numbers()
    for sex in Sex:
        for years in (1, 30, 60, 95):
            birth = date(2020, 2, 29) - timedelta(days=years * 365)
            number = numbers.identity(division, birth, sex)
            assert identity_problem(number) == ""
            assert (born(number), sex_of(number)) == (birth, sex)


def test_people_born_on_one_day_have_different_numbers() -> None:
    numbers = Numbers()
    made = [numbers.identity(DIVISIONS["江苏"], date(1990, 5, 1), sex) for _ in range(400) for sex in Sex]
    assert len(set(made)) == len(made)
    assert not any(map(identity_problem, made))


def test_phones_can_be_called_by_the_rules_and_are_obviously_invented() -> None:
    numbers = Numbers()
    phones = [numbers.phone() for _ in range(9000)]
    assert len(set(phones)) == len(phones)
    assert all(phone.startswith("1990000") and not phone_problem(phone) for phone in phones)
    assert not phone_problem(numbers.landline())


def test_credit_codes_pass_their_check() -> None:
    numbers = Numbers()
    codes = {numbers.credit_code() for _ in range(2000)}
    assert len(codes) == 2000
    assert not any(map(credit_code_problem, codes))
