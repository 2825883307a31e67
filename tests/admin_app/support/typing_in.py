"""What somebody types into a ledger's form."""

from typing import Any

from admin_app.ledgers.fields import references
from tests.admin_app.support.district import DISTRICT, TOWNSHIP_OF
from tests.admin_app.support.values import SEEN, Making, Mark, ledger_number, typed, values_for


def form_for(cls: Any, mark: Mark, n: int) -> dict[str, Any]:
    """What somebody types to make the n-th record of a village."""
    values = values_for(cls, Making(mark, ledger_number(cls.__ledger__), n))
    if "village" in values:
        values["village"] = mark.number(0, 1)
    if "township" in values:
        values["township"] = TOWNSHIP_OF.get(mark, 1)
    if "organisation" in values:
        values["organisation"] = DISTRICT.number(ledger_number("organisation"), SEEN)
    return {name: typed(value) for name, value in values.items()}


def references_to(cls: Any, mark: Mark) -> dict[str, int]:
    """Another village's records for every reference of a class."""
    return {
        name: mark.number(ledger_number(target.__ledger__), 1 if target.__ledger__ == "village" else SEEN)
        for name, (_column, target) in references(cls).items()
        if target.__tablename__ not in ("township", "organisation", "account")
    }
