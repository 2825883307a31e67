"""What opens the records behind today's numbers: the same addresses from every page that shows such a number.

``villages`` narrow them, as conditions of a list; without any they lead to everything within reach.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from admin_app.addresses import address
from admin_app.workbench.screen import Addresses
from models.rules import FEVER

OPEN_ALERTS: Final = (("status", "raised"), ("status", "taken"))
KINDS: Final = {
    "fever": (("kind", "fever"),),
    "symptoms": (("kind", "symptom"),),
    "unreached": (("kind", "not_met"), ("kind", "refused")),
}
STATES: Final = {"observed": "observed", "in_centre": "central", "in_hospital": "hospital", "released": "released"}
WATCH: Final = "/admin/summary/visits/"

Condition = tuple[str, object]


def files(to: Addresses, what: str, today: date, *villages: Condition) -> str:
    """The observations that a column of the day's sheet counts: ``cumulative``, ``new``, or a state of ``STATES``."""
    began = (("began_on.from", today), ("began_on.to", today)) if what == "new" else ()
    status = (("status", STATES[what]),) if what in STATES else ()
    return to.rows("observation", *began, *status, *villages)


def abnormal(to: Addresses, today: date, *villages: Condition, feverish: bool = False) -> str:
    """The day's abnormal visits, or those of them that found a fever."""
    fever = (("temperature.from", FEVER),) if feverish else ()
    return to.rows("visit", ("on.from", today), ("on.to", today), *villages, ("outcome", "abnormal"), *fever)


def alerts(to: Addresses, what: str, *villages: Condition) -> str:
    """Alerts that nobody has closed; ``what`` is one of ``KINDS``, "" for all of them."""
    return to.rows("alert", *OPEN_ALERTS, *KINDS.get(what, ()), *villages)


def due(to: Addresses, *villages: Condition) -> str:
    """The files that await release."""
    return to.rows("resident", ("status", "due"), *villages)


def hand_overs(to: Addresses, *villages: int) -> str:
    """Hand-overs that are to be answered, by these villages."""
    return to.rows("handover", ("status", "asked"), *(("to_village", number) for number in villages))


def calls(*villages: Condition) -> str:
    """Those who are to be called."""
    return address(WATCH, [("show", "calls"), *villages])
