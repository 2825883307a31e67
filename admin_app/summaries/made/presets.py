"""Summaries to start from: what villages and districts ask most, one tap away."""

from __future__ import annotations

from typing import Final, NamedTuple

from admin_app import addresses
from models.question import Group, Measure, Question, problems_of
from models.scope import Act, Scope
from models.words import N_


class Preset(NamedTuple):
    """A question with its name, untranslated."""

    name: str
    question: Question


def _preset(name: str, ledger: str, rows: str, columns: str = "", measure: str = "count", **filters: str) -> Preset:
    asked = Question(
        ledger,
        Group.read(rows),
        Group.read(columns) if columns else None,
        Measure.read(measure),
        tuple((argument.replace("__", "."), value) for argument, value in filters.items()),
    )
    return Preset(name, asked)


PRESETS: Final = (
    _preset(N_("Residents by village and category"), "resident", "village", "category"),
    _preset(N_("Residents by category and status"), "resident", "category", "status"),
    _preset(N_("Residents by age and status"), "resident", "age", "status"),
    _preset(N_("Arrivals by day"), "resident", "arrived_on.day", arrived_on__from="today-29"),
    _preset(N_("Under observation, by week of release"), "observation", "ends_on.week", "kind", status="observed"),
    _preset(N_("Visits by day and outcome"), "visit", "on.day", "outcome", on__from="today-6"),
    _preset(N_("Share of abnormal visits by village"), "visit", "village", measure="share:outcome:abnormal"),
    _preset(N_("Businesses by kind and status"), "business", "kind", "status"),
    _preset(N_("Inspections by week and way"), "inspection", "on.week", "way"),
    _preset(N_("Enterprises by township and status"), "resumption", "township", "status"),
    _preset(N_("Workers returned by village"), "resumption", "village", measure="sum:returned", status="resumed"),
    _preset(N_("Passages by day and direction"), "passage", "at.day", "direction", "sum:people", at__from="today-6"),
    _preset(N_("Volunteers by organisation"), "volunteer", "organisation"),
    _preset(N_("Hours served by week"), "assignment", "signed_in_at.week", measure="sum:hours"),
    _preset(N_("Open requests by village"), "supply", "village", "status"),
    _preset(N_("Punctuality of reports by village"), "dailyreport", "village", "punctuality"),
)


def open_to(scope: Scope) -> list[Preset]:
    """Those that somebody may ask, without those that compare villages where there is only one to be seen."""
    return [one for one in PRESETS if not any(problems_of(one.question, scope)) and not _alone(one.question, scope)]


def _alone(question: Question, scope: Scope) -> bool:
    area = scope.area(Act.READ, question.ledger)
    return question.rows.name in ("village", "township") and not area.everywhere and len(area.villages) == 1


def address(question: Question, base: str) -> str:
    """The address that asks a question."""
    return addresses.address(base, question.pairs())
