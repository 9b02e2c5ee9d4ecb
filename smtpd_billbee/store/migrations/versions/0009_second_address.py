"""An account's second address, and how copies travel: in a mail of ours, and first in line"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("accounts", sa.Column("second_email", sa.String(length=320), server_default="", nullable=False))
    for name in ("urgent", "wrapped"):
        flag: sa.Column[bool] = sa.Column(name, sa.Boolean(), server_default=sa.text("(false)"), nullable=False)
        op.add_column("jobs", flag)
    waits = sa.text("urgent AND next_at IS NOT NULL")
    op.create_index(
        "ix_jobs_urgent", "jobs", ["kind", "next_at"], unique=False, sqlite_where=waits, postgresql_where=waits
    )
