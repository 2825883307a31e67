"""The trend of a whole district is read from an index: what happened on a day, and what became of whom.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

from alembic import op

from models.migrations.vocabulary import live_index

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    live_index("observation_event", "on", "kind", "was", "became", "village_id")


def downgrade() -> None:
    op.drop_index("ix_observation_event_on_kind_was_became_village_id", "observation_event")
