"""What was typed in a round, in a form or by a script, as an entry; and what the rules found wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask import request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from admin_app.i18n import say
from admin_app.ledgers.finding import record_id
from models import entering
from models.base import Invalid, Problem
from models.entering import Entry
from models.states import How, Outcome, Period, Symptom
from models.visit import Visit
from models.words import N_


def sent_by_script() -> dict[str, Any] | None:
    """What a script sent; None for what is no object, or nested without end."""
    try:
        sent = request.get_json(silent=True)
    except RecursionError:
        return None
    return sent if isinstance(sent, dict) else None


def as_form(sent: Mapping[str, Any]) -> MultiDict[str, str]:
    """A script's object as a form, so that both are read by the same lines."""
    form: MultiDict[str, str] = MultiDict()
    for name, value in sent.items():
        for one in value if isinstance(value, list) else [value]:
            if one is not None:
                form.add(name, str(one))
    return form


def entry_of(typed: MultiDict[str, str], on: date, period: Period, taken_at: datetime | None) -> Entry:
    """An entry out of what was typed. Raises Invalid for what cannot be read."""
    problems = []
    temperature = None
    try:
        temperature = entering.temperature_of(typed.get("temperature", ""))
    except ValueError as unreadable:
        problems.append(Problem("temperature", str(unreadable)))
    unmet = [o for o in typed.getlist("outcome") if o]
    if len(set(unmet)) > 1:
        problems.append(Problem("outcome", N_("Not met or refused: choose one.")))
    try:
        outcome = Outcome(unmet[0]) if unmet else Outcome.NORMAL
        how = How(typed.get("how") or How.DOOR)
        symptoms = tuple(Symptom(s) for s in typed.getlist("symptoms") if s)
    except ValueError:
        outcome, how, symptoms = Outcome.NORMAL, How.DOOR, ()
        problems.append(Problem("", N_("This is not one of the choices.")))
    observation_id = record_id(typed.get("observation"))
    if observation_id is None:
        problems.append(Problem("observation", N_("There is no such record here.")))
    if problems or observation_id is None:
        raise Invalid(Visit(), problems)
    yes = _("Yes, not said where or whom")
    return Entry(
        key=typed.get("key", "").lower(),
        observation_id=observation_id,
        on=on,
        period=period,
        temperature=temperature,
        how=how,
        outcome=outcome,
        symptoms=symptoms,
        went_out=typed.get("went_out", "").strip() or (yes if typed.get("went") else ""),
        contacts=typed.get("contacts", "").strip() or (yes if typed.get("met") else ""),
        measures=typed.get("measures", ""),
        note=typed.get("note", ""),
        taken_at=taken_at,
        late_reason=typed.get("late_reason", ""),
        seen_version=record_id(typed.get("seen_version")),
        after=typed.get("after", "").lower(),
    )


def typed_values(entry: Entry) -> dict[str, Any]:
    """An entry as the form holds it."""
    return {
        "temperature": "" if entry.temperature is None else str(entry.temperature),
        "how": entry.how.value,
        "outcome": "" if entry.outcome.measured else entry.outcome.value,
        "symptoms": [s.value for s in Symptom if s in entry.symptoms],
        "went_out": entry.went_out,
        "contacts": entry.contacts,
        "measures": entry.measures,
        "note": entry.note,
    }


def problem(name: str, words: str) -> dict[str, str]:
    """One thing that is wrong, as scripts are told it."""
    return {"field": name, "words": words}


def said_at_fields(problems: list[Problem]) -> dict[str, list[str]]:
    """What the rules found, at the fields of the form."""
    known = {"temperature", "outcome", "symptoms", "late_reason", "went_out", "contacts", "measures", "note"}
    said: dict[str, list[str]] = {}
    for one in problems:
        name = one.field if one.field in known else ""
        said.setdefault(name, []).append(say(one.message, one.params))
    return said
