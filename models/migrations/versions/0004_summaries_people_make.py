"""Summaries that people make themselves, who has them on the first screen, and from which number on they tell.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.vocabulary import changed, live_index, may_be, must, record, refers, relist

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SETTINGS = ("observation_days", "am_cut_off", "pm_cut_off", "report_deadline")


def upgrade() -> None:
    with changed("setting") as setting:
        relist(setting, "setting", "name", *SETTINGS, "smallest_number")
    record(
        "made_summary",
        must("name", sa.String(60)),
        refers("maker_id", "account"),
        must("maker", sa.String(60)),
        may_be("shared_with", "district", "village", "coordinator", "auditor"),
        must("question", sa.JSON()),
    )
    live_index("made_summary", "maker_id")
    live_index("made_summary", "shared_with")
    record("made_pin", refers("account_id", "account"), refers("summary_id", "made_summary"))
    live_index("made_pin", "account_id", "summary_id", unique=True)


def downgrade() -> None:
    """Back to before; a setting that was not known then goes too."""
    op.drop_table("made_pin")
    op.drop_table("made_summary")
    op.execute("DELETE FROM setting WHERE name = 'smallest_number'")
    with changed("setting") as setting:
        relist(setting, "setting", "name", *SETTINGS)
