"""The day as it was handed in: every revision of a report, its adjusted figures, and closed days.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.vocabulary import (
    INSTANT,
    bytewise,
    changed,
    counts,
    ledger,
    live_index,
    may,
    must,
    refers,
)

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

FIGURES = (
    "surveyed", "came", "met_case", "lived_with_contact", "met_from_area", "abnormal", "central_today",
    "central_total", "home_today", "home_total", "released_today", "released_total", "in_hospital",
)  # fmt: skip
SIGNED = ("version", "created_at", "updated_at", "updated_by")
SURVEYED = ("village_id", "created_at", "arrived_on", "met_case", "lived_with_contact", "met_from_area")
CREATED = ("day_closing", "report_adjustment", "report_revision")


def upgrade() -> None:
    ledger(
        "report_revision",
        refers("report_id", "daily_report"),
        must("number", sa.Integer()),
        *(must(name, sa.Integer()) for name in FIGURES),
        must("handed_in_by", sa.String(40)),
        must("handed_in_at", INSTANT),
        may("reason", sa.String(200)),
        may("note", sa.String(1000)),
        must("after_closing", sa.Boolean()),
        may("behind", sa.JSON()),
        counts(*FIGURES),
    )
    live_index("report_revision", "report_id", "number", unique=True)
    live_index("report_revision", "village_id", "report_id")
    ledger(
        "report_adjustment",
        refers("report_id", "daily_report"),
        must("revision", sa.Integer()),
        must("figure", bytewise(20)),
        must("counted", sa.Integer()),
        must("reported", sa.Integer()),
        must("reason", sa.String(200)),
        must("adjusted_by", sa.String(40)),
        counts("reported"),
    )
    live_index("report_adjustment", "report_id", "revision", "figure", unique=True)
    live_index("report_adjustment", "village_id", "report_id")
    ledger("day_closing", must("on", sa.Date()), must("closed_by", sa.String(40)), must("closed_at", INSTANT))
    live_index("day_closing", "village_id", "on", unique=True)
    _carry_over()
    live_index("resident", *SURVEYED)
    with changed("daily_report") as report:
        report.drop_column("snapshot")


def _carry_over() -> None:
    """A report that is there is its own revision; a day whose report was closed is a closed day."""
    names = (*FIGURES, "handed_in_by", "handed_in_at", "note", *SIGNED)
    op.execute(
        f"INSERT INTO report_revision (village_id, report_id, number, reason, after_closing, {', '.join(names)})"  # noqa: S608
        f" SELECT village_id, id, revision, correction_reason, false, {', '.join(names)} FROM daily_report"
    )
    op.execute(
        f'INSERT INTO day_closing (village_id, "on", closed_by, closed_at, {", ".join(SIGNED)})'  # noqa: S608
        f' SELECT village_id, "on", substr(updated_by, 1, 40), updated_at, {", ".join(SIGNED)} FROM daily_report'
        " WHERE status = 'closed' AND deleted_at IS NULL"
    )


def downgrade() -> None:
    with changed("daily_report") as report:
        report.add_column(may("snapshot", sa.JSON()))
    op.drop_index(f"ix_resident_{'_'.join(SURVEYED)}"[:60], "resident")
    for name in CREATED:
        op.drop_table(name)
