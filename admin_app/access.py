"""Who may do what: one table, ledger by role, read by scopes, views, menus and tests.

What is not granted here does not exist for a role: no menu, no answer, no column, no choice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from models.account import Held, Role
from models.figures import FIGURES
from models.scope import Act, Actor, Area, Permit, Scope

READING: Final = frozenset({Act.READ, Act.EXPORT, Act.REVEAL})
WRITING: Final = frozenset(Act)


@dataclass(frozen=True)
class Rule:
    """What a role may do on a ledger, within its grant's area; see ``Permit`` for the limits."""

    acts: frozenset[Act]
    sees: frozenset[str] | None = None
    edits: frozenset[str] | None = None
    rows: str = ""
    about: frozenset[str] | None = None
    own: bool = False
    """Only what the account itself has made."""


R: Final = (Rule(READING),)
W: Final = (Rule(WRITING),)

PEOPLE: Final = ("resident", "observation", "visit", "followup", "journey", "contact", "paper")
PLACES: Final = (
    "business", "inspection", "enterprise", "resumption", "banquet", "tipoff",
    "checkpoint", "passage", "publicity", "donation", "supervision",
)  # fmt: skip
SERVICE: Final = ("organisation", "volunteer", "duty", "assignment")

D, V, C, A = Role.DISTRICT, Role.VILLAGE, Role.COORDINATOR, Role.AUDITOR

RIGHTS: Final[dict[str, dict[Role, tuple[Rule, ...]]]] = {
    "village": {D: W, V: R, C: R, A: R},
    "account": {D: W, A: R},
    **{ledger: {D: W, V: W} for ledger in (*PEOPLE, *PLACES)},
    # An alert is raised by a visit and closed by an act; a hand-over is asked for on the file and answered by its acts.
    "alert": {D: (Rule(READING | {Act.EDIT}),), V: (Rule(READING | {Act.EDIT}),)},
    "handover": {D: (Rule(READING | {Act.EDIT, Act.CREATE}),), V: (Rule(READING | {Act.EDIT, Act.CREATE}),)},
    "setting": {D: W, A: R},
    "organisation": {D: W, V: R, C: W},
    "volunteer": {D: W, V: R, C: W},
    "duty": {
        D: W,
        # A village asks for a duty, and may mend what it asked until the coordinator has opened it.
        V: (
            *R,
            Rule(
                frozenset({Act.CREATE, Act.EDIT}),
                edits=frozenset(
                    {
                        "village_id",
                        "title",
                        "kind",
                        "place",
                        "starts_at",
                        "ends_at",
                        "needed",
                        "contact",
                        "contact_phone",
                        "note",
                    }
                ),
                rows="asked",
            ),
        ),
        C: W,
    },
    "assignment": {
        D: W,
        # A village confirms who came.
        V: (
            *R,
            Rule(frozenset({Act.EDIT}), edits=frozenset({"attended", "signed_in_at", "signed_out_at", "note"})),
        ),
        C: W,
    },
    "supply": {
        D: W,
        V: W,
        # Those who deliver may not open the file: an open request tells them what, to whom and where, nothing else.
        C: (
            Rule(
                frozenset({Act.READ, Act.EXPORT, Act.REVEAL, Act.EDIT}),
                sees=frozenset({"id", "village_id", "goods", "name", "address", "phone", "status"}),
                edits=frozenset({"status"}),
                rows="open",
            ),
        ),
    },
    # The village counts, adjusts and hands in; the district sends back and closes the day.
    "dailyreport": {
        D: (
            *R,
            Rule(frozenset({Act.EDIT}), edits=frozenset({"status", "return_reason"})),
            Rule(frozenset({Act.CREATE}), edits=frozenset({"village_id", "on"}), rows="closings"),
        ),
        V: (
            *R,
            Rule(
                frozenset({Act.CREATE, Act.EDIT}),
                edits=frozenset(
                    {
                        *("village_id", "on", "handed_in_by", "correction_reason", "note", *FIGURES),
                        *("figure", "counted", "reported", "reason"),
                    }
                ),
                rows="reports",
            ),
        ),
    },
    "trail": {
        D: R,
        V: (
            Rule(
                READING,
                about=frozenset({*PEOPLE, *PLACES, *SERVICE, "alert", "handover", "supply", "dailyreport", "village"}),
            ),
        ),
        C: (Rule(READING, about=frozenset(SERVICE)),),
        A: R,
    },
}

# Summaries that people make: everybody's own, and those that were shared with their role. They are no ledger with
# lists and forms of its own; their numbers are asked under the rights of whoever looks (admin_app/summaries/made).
OWN: Final = Rule(frozenset({Act.READ, Act.CREATE, Act.EDIT, Act.DELETE, Act.EXPORT}), own=True)
MADE: Final[dict[str, dict[Role, tuple[Rule, ...]]]] = {
    "made": {
        D: (OWN, Rule(frozenset({Act.READ, Act.EXPORT, Act.DELETE}), rows="shared")),
        V: (OWN, Rule(frozenset({Act.READ, Act.EXPORT}), rows="for_village")),
        C: (OWN, Rule(frozenset({Act.READ, Act.EXPORT}), rows="for_coordinator")),
    }
}


def scope_for(actor: Actor, grants: Iterable[tuple[Role, Area]]) -> Scope:
    """The scope of an account: the rules of each role over the areas it was granted.

    The same for whoever holds the same grants, so it is worked out once and kept; a changed grant is another one.
    """
    return _scope_for(actor, tuple(grants))


@lru_cache(maxsize=256)
def _scope_for(actor: Actor, grants: tuple[tuple[Role, Area], ...]) -> Scope:
    areas: dict[tuple[str, Rule], Area] = {}
    for role, area in grants:
        for ledger, rules in (*RIGHTS.items(), *MADE.items()):
            for rule in rules.get(role, ()):
                areas[ledger, rule] = areas.get((ledger, rule), Area()) | area
    return Scope(
        actor,
        tuple(
            Permit(
                ledger, area, rule.acts, rule.sees, rule.edits, rule.rows, rule.about, actor.id if rule.own else None
            )
            for (ledger, rule), area in areas.items()
        ),
    )


def area_of(grant: Held, villages_of_township: dict[int, frozenset[int]]) -> Area:
    """The villages a grant covers."""
    if grant.village_id is not None:
        return Area(villages=frozenset({grant.village_id}))
    if grant.township_id is not None:
        return Area(villages=villages_of_township.get(grant.township_id, frozenset()))
    return Area(everywhere=True)
