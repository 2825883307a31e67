"""The course of an observation: settings with a history, alerts, follow-up calls, hand-overs, and a file's papers.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op

from models.migrations.vocabulary import (
    INSTANT,
    add,
    add_reference,
    bytewise,
    changed,
    check,
    drop,
    given_once,
    is_one_of,
    ledger,
    listed,
    live_index,
    may,
    may_be,
    may_refer,
    must,
    record,
    refers,
    relist,
)

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# the states and the kinds of events as they were, and those that the moves add
STATES = ("observed", "released", "central", "hospital", "confirmed", "lost", "handed_over")
ALL_STATES = (*STATES, "excluded")
KINDS = (
    "opened", "corrected", "suspected", "central", "hospital", "confirmed", "released", "reopened", "lost", "found",
    "handed_out", "handed_in", "excluded",
)  # fmt: skip
ALL_KINDS = (*KINDS[:10], "back_home", "recovered", *KINDS[10:])
PERIODS = ("am", "pm")
# what the events of before come to, and what is said of observations that tell of nothing else
SAME_STATE = ("corrected", "suspected", "handed_out", "handed_in")
AFTER = {
    "opened": "observed", "central": "central", "hospital": "hospital", "confirmed": "confirmed",
    "released": "released", "reopened": "observed", "lost": "lost", "found": "observed", "excluded": "excluded",
}  # fmt: skip
ALREADY_THERE = (
    "UPDATE observation SET status = kind WHERE status = 'observed' AND kind <> 'home'",
    "UPDATE observation SET since = began_on, since_period = first_period WHERE status = 'observed'",
    "UPDATE observation SET since = coalesce(released_on, transferred_on, began_on), since_period = 'am'"
    " WHERE status <> 'observed'",
)
OPEN_UNTIL = (
    "SELECT resident_id AS id, max(ends_on) AS due_on FROM observation"
    " WHERE status = 'observed' AND deleted_at IS NULL GROUP BY resident_id"
)
FILE_TELLS = "UPDATE resident SET due_on = :due_on WHERE id = :id"
EVENT_TELLS = (
    "UPDATE observation_event SET was = :was, became = :became, since = :since, since_period = :since_period"
    " WHERE id = :id"
)
OBSERVATION_TELLS = (
    "UPDATE observation SET since = :since, since_period = :since_period WHERE id = :id AND status = :status"
)
CREATED = ("setting", "alert", "follow_up", "journey", "contact", "paper", "hand_over")


def upgrade() -> None:
    _follow_the_course()
    record(
        "setting",
        is_one_of("name", "observation_days", "am_cut_off", "pm_cut_off", "report_deadline"),
        must("value", sa.String(20)),
        must("valid_from", sa.Date()),
        may_refer("township_id", "township"),
        may("reason", sa.String(200)),
    )
    live_index("setting", "name", "valid_from")
    _create_alerts()
    _create_dossier()
    _create_hand_overs()


def _follow_the_course() -> None:
    """What a move writes on the file and its observation, and what an event says of before and after."""
    add_reference("resident", "merged_into_id", "resident")
    add("resident", may("due_on", sa.Date()))
    live_index("resident", "village_id", "due_on")
    with changed("observation") as observation:
        relist(observation, "observation", "status", *ALL_STATES)
        observation.add_column(may("signed_by", sa.String(120)))
        observation.add_column(may("release_reason", sa.String(200)))
        observation.add_column(may("since", sa.Date()))
        observation.add_column(may("since_period", sa.String(2)))
        observation.create_check_constraint(op.f("ck_observation_since_period_listed"), listed("since_period", PERIODS))
    with changed("observation_event") as event:
        relist(event, "observation_event", "kind", *ALL_KINDS)
        for name in ("was", "became"):
            event.add_column(may(name, sa.String(11)))
            event.create_check_constraint(op.f(f"ck_observation_event_{name}_listed"), listed(name, ALL_STATES))
        event.add_column(may("since", sa.Date()))
        event.add_column(may("since_period", sa.String(2)))
        event.create_check_constraint(op.f("ck_observation_event_since_period_listed"), listed("since_period", PERIODS))
        event.create_check_constraint(op.f("ck_observation_event_on_in_order"), '"on" >= since')
    live_index("observation_event", "was", "on", "since", "village_id", "since_period")
    _say_since_when()
    add("visit", may("entry_key", bytewise(36)))
    given_once("visit", "entry_key")


def _say_since_when() -> None:
    """Of what is on record already: since when each observation is as it is, and what its events say of before."""
    for statement in ALREADY_THERE:
        op.execute(sa.text(statement))
    _write(FILE_TELLS, [dict(row) for row in op.get_bind().execute(sa.text(OPEN_UNTIL)).mappings()])
    _link_events()
    with changed("observation") as observation:
        observation.alter_column("since", existing_type=sa.Date(), nullable=False)
        observation.alter_column("since_period", existing_type=sa.String(2), nullable=False)
    live_index("observation", "status", "released_on", "village_id")
    live_index("observation", "status", "village_id", "since", "since_period")


def _link_events() -> None:
    """Each event goes on from where the one before it ended; what ended a state says since when it was."""
    query = (
        'SELECT e.id, e.observation_id, e.kind, e."on", o.first_period, o.status, o.kind AS opened_as'
        " FROM observation_event e JOIN observation o ON o.id = e.observation_id"
        ' WHERE e.deleted_at IS NULL ORDER BY e.observation_id, e."on", e.id'
    )
    events: list[dict[str, Any]] = []
    observations: list[dict[str, Any]] = []
    for number, course in groupby(op.get_bind().execute(sa.text(query)).all(), lambda row: row.observation_id):
        state: str | None = None
        since = period = None
        for row in course:
            after = state if row.kind in SAME_STATE else AFTER[row.kind]
            if row.kind == "opened" and row.status == row.opened_as:
                after = row.status
            was: str | None = None if row.kind == "handed_in" else state
            became: str | None = None if row.kind == "handed_out" else after
            told = since is not None and was not in (None, became)
            spoken = {"since": since, "since_period": period} if told else {"since": None, "since_period": None}
            events.append({"id": row.id, "was": was, "became": became, **spoken})
            if was != became and since != row.on:
                since, period = row.on, "am" if since else row.first_period
            state = after
        if state is not None and since is not None:
            observations.append({"id": number, "status": state, "since": since, "since_period": period})
    _write(EVENT_TELLS, events)
    _write(OBSERVATION_TELLS, observations)


def _write(statement: str, rows: list[dict[str, Any]]) -> None:
    """One row each, by its number: asked all in one, SQLite goes through every open observation for every file."""
    if rows:
        op.get_bind().execute(sa.text(statement), rows)


def _create_alerts() -> None:
    """What somebody must take and close, and the calls after release."""
    ledger(
        "alert",
        refers("resident_id", "resident"),
        refers("observation_id", "observation"),
        refers("visit_id", "visit"),
        is_one_of("kind", "fever", "symptom", "not_met", "refused"),
        is_one_of("status", "raised", "taken", "closed"),
        must("raised_at", INSTANT),
        must("what", sa.String(120)),
        may("taken_by", sa.String(40)),
        may("taken_at", INSTANT),
        may("closed_by", sa.String(40)),
        may("closed_at", INSTANT),
        may("done", sa.String(1000)),
    )
    live_index("alert", "visit_id", "kind", unique=True)
    live_index("alert", "village_id", "status")
    live_index("alert", "resident_id")
    live_index("alert", "observation_id")
    live_index("alert", "status")
    ledger(
        "follow_up",
        refers("observation_id", "observation"),
        refers("resident_id", "resident"),
        must("day_no", sa.Integer()),
        must("on", sa.Date()),
        is_one_of("outcome", "well", "unwell", "not_reached"),
        may("by", sa.String(40)),
        may("note", sa.String(1000)),
        check("day_no_listed", "day_no IN (1, 2, 3, 7, 14)"),
    )
    live_index("follow_up", "observation_id", "day_no", "on", unique=True)
    live_index("follow_up", "village_id", "on")
    live_index("follow_up", "resident_id")


def _create_dossier() -> None:
    """Journeys, contacts and papers of a file."""
    ledger(
        "journey",
        refers("resident_id", "resident"),
        must("left_on", sa.Date()),
        may("came_on", sa.Date()),
        must("origin", sa.String(80)),
        must("destination", sa.String(80)),
        may_be("by", "plane", "train", "coach", "car", "ship", "other"),
        may("number", bytewise(20)),
        may("seat", sa.String(20)),
        may("note", sa.String(1000)),
    )
    live_index("journey", "resident_id", "left_on")
    live_index("journey", "village_id", "left_on")
    ledger(
        "contact",
        refers("resident_id", "resident"),
        must("name", sa.String(60)),
        may("phone", bytewise(20)),
        may("relation", sa.String(40)),
        may("met_on", sa.Date()),
        may("place", sa.String(120)),
        may_refer("known_id", "resident"),
        may("note", sa.String(1000)),
    )
    live_index("contact", "resident_id")
    live_index("contact", "known_id")
    live_index("contact", "village_id", "met_on")
    ledger(
        "paper",
        refers("resident_id", "resident"),
        may_refer("observation_id", "observation"),
        is_one_of("kind", "notice", "commitment", "release", "statement", "other"),
        must("on", sa.Date()),
        may("signed_by", sa.String(120)),
        may("note", sa.String(1000)),
        may("file_name", sa.String(120)),
        may("file_hash", bytewise(64)),
        may("file_type", bytewise(40)),
        may("file_size", sa.Integer()),
    )
    live_index("paper", "resident_id", "on")
    live_index("paper", "observation_id")
    live_index("paper", "village_id", "on")


def _create_hand_overs() -> None:
    """Records of two villages; one person waits in one hand-over at a time."""
    record(
        "hand_over",
        refers("resident_id", "resident"),
        must("name", sa.String(60)),
        may("phone", bytewise(20)),
        refers("from_village_id", "village"),
        refers("to_village_id", "village"),
        must("from_name", sa.String(40)),
        must("to_name", sa.String(40)),
        must("reason", sa.String(200)),
        may("address", sa.String(120)),
        is_one_of("status", "asked", "accepted", "refused", "withdrawn"),
        must("asked_by", sa.String(40)),
        must("asked_at", INSTANT),
        may("answered_by", sa.String(40)),
        may("answered_at", INSTANT),
        may("answer", sa.String(200)),
        may("history", sa.JSON()),
        check("two_villages", "from_village_id <> to_village_id"),
    )
    waiting = sa.text("status = 'asked' AND deleted_at IS NULL")
    op.create_index(
        "uq_hand_over_waiting", "hand_over", ["resident_id"],
        unique=True, sqlite_where=waiting, postgresql_where=waiting,
    )  # fmt: skip
    op.create_index("ix_hand_over_from", "hand_over", ["from_village_id", "status"])
    op.create_index("ix_hand_over_to", "hand_over", ["to_village_id", "status"])


def downgrade() -> None:
    """Back to before. A state or an event that was not known then cannot be kept: the database refuses, unchanged."""
    for name in reversed(CREATED):
        op.drop_table(name)
    op.drop_index("uq_visit_entry_key", "visit")
    drop("visit", "entry_key")
    op.drop_index("ix_observation_event_was_on_since_village_id_since_period", "observation_event")
    with changed("observation_event") as event:
        event.drop_constraint(op.f("ck_observation_event_on_in_order"), type_="check")
        event.drop_column("since")
        for name in ("since_period", "was", "became"):
            event.drop_constraint(op.f(f"ck_observation_event_{name}_listed"), type_="check")
            event.drop_column(name)
        relist(event, "observation_event", "kind", *KINDS)
    op.drop_index("ix_observation_status_released_on_village_id", "observation")
    op.drop_index("ix_observation_status_village_id_since_since_period", "observation")
    with changed("observation") as observation:
        observation.drop_constraint(op.f("ck_observation_since_period_listed"), type_="check")
        observation.drop_column("since_period")
        observation.drop_column("since")
        observation.drop_column("release_reason")
        observation.drop_column("signed_by")
        relist(observation, "observation", "status", *STATES)
    op.drop_index("ix_resident_village_id_due_on", "resident")
    drop("resident", "due_on", "merged_into_id")
