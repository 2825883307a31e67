"""The cells and the lines of the registers, by plain code from rows."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from babel.support import NullTranslations, Translations

from models.base import Base
from models.business import Business
from models.checkpoint import Checkpoint
from models.clock import ZONE
from models.enterprise import Enterprise
from models.place import Village
from models.resident import FileStatus, Resident
from models.states import ObservationStatus, OwnReason, Symptom
from models.volunteer import Duty, Organisation
from models.words import Choice
from tests.admin_app.exchange.registers import Register
from tests.models.summaries.world import Row, World

TRANSLATIONS = Path(__file__).parents[3] / "admin_app" / "translations"


@cache
def _catalogue() -> NullTranslations:
    return Translations.load(TRANSLATIONS, ["zh_Hans_CN"])


def said(value: Any) -> Any:
    """A value as a cell: choices in Chinese, yes or no, numbers as numbers, instants as the clock on the wall."""
    if isinstance(value, Choice):
        return _catalogue().gettext(value.label)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(said(one) for one in value)
    if isinstance(value, datetime):
        return value.astimezone(ZONE).replace(tzinfo=None, second=0, microsecond=0)
    if isinstance(value, (int, Decimal)):
        return float(value)
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return "" if value is None else value


def age(row: Row, on: date) -> Any:
    born = row["birth_date"]
    return born and on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def from_to(row: Row, _on: date) -> str:
    starts, ends = said(row["starts_at"]), said(row["ends_at"])
    same_day = starts.date() == ends.date()
    return f"{starts:%Y-%m-%d %H:%M}–" + (f"{ends:%H:%M}" if same_day else f"{ends:%m-%d %H:%M}")


def amount(row: Row, _on: date) -> str:
    number = f"{row['quantity']:f}"
    return f"{number.rstrip('0').rstrip('.') if '.' in number else number} {row['measure'] or ''}".strip()


def stands(status: Choice, over: date | None, on: date) -> Choice:
    return FileStatus.DUE if status.value == "observed" and over is not None and over <= on else status


RULES: dict[str, Callable[[Row, date], Any]] = {
    "age()": age,
    "released()": lambda row, on: row["status"] is ObservationStatus.RELEASED,
    "from_to()": from_to,
    "amount()": amount,
    "file_stands()": lambda row, on: stands(row["status"], row["due_on"], on),
    "observation_stands()": lambda row, on: stands(row["status"], row["ends_on"], on),
    "in_words(note)": lambda row, on: in_words(row["note"], OwnReason),
    "in_words(what)": lambda row, on: in_words(row["what"], Symptom),
}


def in_words(text: str | None, choices: type[Choice]) -> list[Any] | None:
    """A text that rules wrote in codes; what people wrote stays as it is."""
    known = {choice.value: choice for choice in choices}
    return [known.get(part, part) for part in text.split("、")] if text else None


REFERENCES: dict[str, type[Base]] = {
    "resident": Resident, "village": Village, "business": Business, "enterprise": Enterprise,
    "checkpoint": Checkpoint, "duty": Duty, "organisation": Organisation,
}  # fmt: skip


class Sight:
    """What somebody sees who may see some villages: records point at what lies in these and not in the bin."""

    def __init__(self, world: World, villages: Iterable[int], on: date):
        self.on = on
        mine = set(villages)
        self._there = {
            cls: {row["id"]: row for row in world.live(cls) if "village_id" not in row or row["village_id"] in mine}
            for cls in REFERENCES.values()
        }

    def cell(self, row: Row, path: str) -> Any:
        """A cell of a record."""
        if path in RULES:
            return said(RULES[path](row, self.on))
        *steps, name = path.removesuffix("+").split(".")
        for step in steps:
            row = self._there[REFERENCES[step]].get(row[f"{step}_id"], {})
        return said(row.get(name) if steps else row[name])

    def lines(self, register: Register, rows: list[Row]) -> list[list[Any]]:
        """The lines of a sheet."""
        return [[self.cell(row, path) for _heading, path in register.columns] for row in rows if register.where(row)]


def totals(register: Register, lines: list[list[Any]]) -> list[Any]:
    """The last line: the sums of what is added up; nothing if nothing is."""
    if not any(path.endswith("+") for _heading, path in register.columns):
        return []
    columns = enumerate(register.columns)
    sums = [round(sum(line[at] or 0 for line in lines), 2) if path.endswith("+") else "" for at, (_, path) in columns]
    return ["合计", *sums[1:]]


def timed(line: list[Any]) -> list[Any]:
    """Instants at midnight as days, which is what a reader of workbooks takes them for."""
    midnight = time()
    return [cell.date() if isinstance(cell, datetime) and cell.time() == midnight else cell for cell in line]
