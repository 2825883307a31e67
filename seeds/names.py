"""Invented names, as they are found in a town of Jiangsu: mostly three characters, some two, a few from far away."""

from __future__ import annotations

import tomllib
from importlib import resources
from random import Random
from typing import Final

from models.person import Sex

_PARTS: Final = tomllib.loads(resources.files("seeds").joinpath("names.toml").read_text(encoding="utf-8"))
_SURNAMES: Final[tuple[str, ...]] = tuple(_PARTS["surnames"].split()[::2])
_OFTEN: Final = tuple(int(often) for often in _PARTS["surnames"].split()[1::2])
_GIVEN: Final[dict[Sex, tuple[str, ...]]] = {
    Sex.MALE: tuple(_PARTS["men"].split()),
    Sex.FEMALE: tuple(_PARTS["women"].split()),
}


def surname(dice: Random) -> str:
    """A surname, the common ones more often."""
    return dice.choices(_SURNAMES, _OFTEN)[0]


def name(dice: Random, sex: Sex, of: str = "") -> str:
    """A surname, the given one if there is one, and a given name of one or two characters."""
    return (of or surname(dice)) + dice.choice(_GIVEN[sex])


def anybody(dice: Random) -> str:
    """The name of a man or a woman."""
    return name(dice, dice.choice((Sex.MALE, Sex.FEMALE)))


def from_far_away(sex: Sex) -> list[str]:
    """Uyghur and Tibetan names, many with a middle dot."""
    ending = "men" if sex is Sex.MALE else "women"
    return [*_PARTS[f"uyghur_{ending}"], *_PARTS[f"tibetan_{ending}"]]


def every_name(sex: Sex) -> list[str]:
    """Every name that there is, in one order."""
    return [of + given for of in _SURNAMES for given in _GIVEN[sex]] + from_far_away(sex)
