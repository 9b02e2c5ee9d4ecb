"""Notices by mail: which are wanted, and what was told"""

import sqlalchemy as sa
from alembic import op

from smtpd_billbee.store.types import Id, Utc

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("wanted", sa.Boolean(), server_default=sa.text("(true)"), nullable=False),
        sa.Column("next_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_notices_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        sa.UniqueConstraint("account_id", "kind", name="uq_notices_account_id_kind"),
    )
    op.create_table(
        "told",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("thing_id", Id, nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_told_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_told"),
        sa.UniqueConstraint("kind", "thing_id", name="uq_told_kind_thing_id"),
    )
    op.create_index("ix_told_account_id", "told", ["account_id"], unique=False)
