"""Who may send a shop's orders: policies, secrets, known senders, how each mail was judged, and mails seen before"""

import sqlalchemy as sa
from alembic import op

from smtpd_billbee.store.types import Id, Json, Utc

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("shops", sa.Column("trust", sa.String(length=10), server_default="proved", nullable=False))
    closed = sa.text("(false)")
    op.add_column("shops", sa.Column("only_with_secret", sa.Boolean(), server_default=closed, nullable=False))
    op.add_column("shops", sa.Column("secret", sa.String(length=40), nullable=True))
    op.add_column("shops", sa.Column("best_level", sa.String(length=1), nullable=True))
    op.add_column("mails", sa.Column("trust", Json, nullable=True))
    op.create_table(
        "marks",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("shop_id", Id, nullable=False),
        sa.Column("sort", sa.String(length=10), nullable=False),
        sa.Column("value", sa.String(length=320), nullable=False),
        sa.Column("via", sa.String(length=255), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name="fk_marks_shop_id"),
        sa.PrimaryKeyConstraint("id", name="pk_marks"),
        sa.UniqueConstraint("shop_id", "sort", "value", "via", name="uq_marks_shop_id_sort_value_via"),
    )
    op.create_table(
        "traces",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("shop_id", Id, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("mail_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.id"], name="fk_traces_mail_id"),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name="fk_traces_shop_id"),
        sa.PrimaryKeyConstraint("id", name="pk_traces"),
        sa.UniqueConstraint("shop_id", "digest", name="uq_traces_shop_id_digest"),
    )
    op.create_index("ix_traces_mail_id", "traces", ["mail_id"], unique=False)
    _keep_running_shops_running()


def _keep_running_shops_running() -> None:
    """A shop that has orders by mail goes on taking them: nothing was proved of them, so nothing can be asked for now.

    What is not proved gets a mark; its owner tightens that when he has seen how his mails come.
    """
    shops = sa.table("shops", sa.column("id"), sa.column("trust"))
    orders = sa.table("orders", sa.column("shop_id"), sa.column("mail_id"))
    by_mail = sa.select(orders.c.shop_id).where(orders.c.mail_id.isnot(None))
    op.execute(sa.update(shops).where(shops.c.id.in_(by_mail)).values(trust="marked"))
