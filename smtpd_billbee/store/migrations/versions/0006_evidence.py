"""What was proved of a mail's origin"""

import sqlalchemy as sa
from alembic import op

from smtpd_billbee.store.types import Json, Utc

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("mails", sa.Column("evidence", Json, nullable=True))
    op.add_column("mails", sa.Column("evidence_asked", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("mails", sa.Column("evidence_due_at", Utc(), nullable=True))
    unsettled = sa.text("evidence_due_at IS NOT NULL")
    op.create_index(
        "ix_mails_evidence_due_at", "mails", ["evidence_due_at"], unique=False, sqlite_where=unsettled,
        postgresql_where=unsettled,
    )  # fmt: skip
