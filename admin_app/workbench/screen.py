"""What a first screen is given to draw: finished values, as in ledgers/page.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _

from admin_app import i18n
from admin_app.addresses import address
from admin_app.ledgers.page import Cell, Column, Kind, Link
from admin_app.live import Region
from models.scope import Act, Scope
from models.words import Tone


@dataclass(frozen=True)
class Figure:
    """One number in large. ``value`` may be "done / all"; ``url`` opens the names behind it."""

    label: str
    value: str
    note: str = ""
    url: str = ""
    tone: Tone | None = None


@dataclass(frozen=True)
class Task:
    """Something to do, and how far it is; ``total`` is None where nothing is counted."""

    label: str
    note: str = ""
    url: str = ""
    tone: Tone | None = None
    done: int | None = None
    total: int | None = None


@dataclass(frozen=True)
class Sheet:
    """A table whose first column names the row; ``keys`` name its rows from one answer of a live page to the next."""

    title: str
    note: str
    columns: list[Column]
    rows: Sequence[Sequence[Cell]]
    footer: list[Cell] | None = None
    keys: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Screen:
    """One role's first screen."""

    title: str
    subtitle: str
    links: list[Link] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    tables: list[Sheet] = field(default_factory=list)
    onward: list[Link] = field(default_factory=list)
    """What can be handed on of it."""
    drawn: str = ""
    """All of that but the head, where it was drawn before."""


@dataclass(frozen=True)
class HomePage:
    """Everything that somebody sees first: a screen for each role, under one another."""

    title: str
    screens: list[Screen]
    notices: list[str] = field(default_factory=list)
    region: Region | None = None  # what keeps the first screen fresh


@dataclass(frozen=True, eq=False)
class Addresses:
    """The addresses that a scope may open; "" for the others. Those of the same rights are the same."""

    scope: Scope

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Addresses) and self.scope.rights == other.scope.rights

    def __hash__(self) -> int:
        return hash(self.scope.rights)

    def rows(self, ledger: str, *pairs: tuple[str, object]) -> str:
        """A ledger's list under conditions: ``rows("visit", ("on.from", day), ("outcome", "abnormal"))``."""
        if not self.scope.may(Act.READ, ledger):
            return ""
        return address(f"/admin/{ledger}/", pairs)

    def record(self, ledger: str, number: int) -> str:
        """One record."""
        return f"/admin/{ledger}/details/?id={number}" if self.scope.may(Act.READ, ledger) else ""

    def new(self, ledger: str, *pairs: tuple[str, object]) -> str:
        """The form of a new record."""
        if not self.scope.may(Act.CREATE, ledger):
            return ""
        return address(f"/admin/{ledger}/new/", pairs)


def heading(name: str, label: str, kind: Kind = Kind.TEXT) -> Column:
    """A column of a sheet."""
    return Column(name, label, kind, "side")


def count(value: int, url: str = "") -> Cell:
    """A number of a sheet, linked while there is somebody behind it."""
    return Cell(i18n.number(value), Kind.NUMBER, url=url if value else "")


def rest(shown: int, all_: int) -> str:
    """What a sheet of names says beside its title: how many there are, and that only the first are shown."""
    return _("the first %(shown)d of %(all)d", shown=shown, all=all_) if shown < all_ else i18n.number(all_)


def figure(label: str, value: int, url: str = "", tone: Tone | None = None, note: str = "") -> Figure:
    """A number in large, linked and coloured while there is somebody behind it."""
    return Figure(label, i18n.number(value), note, url if value else "", tone if value else None)
