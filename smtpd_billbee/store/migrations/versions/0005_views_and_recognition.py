"""Saved views of the order list, and by what an account's items are recognised"""

import sqlalchemy as sa
from alembic import op

from smtpd_billbee.store.types import Id, Utc

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "views",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_views_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_views"),
        sa.UniqueConstraint("user_id", "name", name="uq_views_user_id_name"),
    )
    for name, default in (("by_sku", "true"), ("by_ean", "false"), ("by_title", "false")):
        flag = sa.Column(name, sa.Boolean(), server_default=sa.text(f"({default})"), nullable=False)
        op.add_column("accounts", flag)
