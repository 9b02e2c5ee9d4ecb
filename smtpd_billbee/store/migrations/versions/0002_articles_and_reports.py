"""Titles of articles, and indexes for articles, reports and the start page"""

import sqlalchemy as sa
from alembic import op

from smtpd_billbee.store.types import Id, Utc

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "article_titles",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("sku_key", sa.String(length=200), nullable=False),
        sa.Column("title_key", sa.String(length=200), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("article_id", Id, nullable=False),
        sa.Column("seen_at", Utc(), nullable=False),
        sa.Column("settled_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_article_titles_account_id"),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_article_titles_article_id"),
        sa.PrimaryKeyConstraint("id", name="pk_article_titles"),
        sa.UniqueConstraint(
            "account_id", "sku_key", "title_key", name="uq_article_titles_account_id_sku_key_title_key"
        ),
    )
    op.create_index("ix_article_titles_article_id", "article_titles", ["article_id"], unique=False)
    op.create_index(
        "ix_article_titles_open",
        "article_titles",
        ["account_id"],
        unique=False,
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_index("ix_mails_shop_id_received_at", "mails", ["shop_id", "received_at"], unique=False)
    op.create_index(
        "ix_orders_report",
        "orders",
        ["shop_id", "ordered_at", "state", "currency", "total", "payment_type"],
        unique=False,
    )
    # SQLite takes a partial index only where the statement says the same words, which are "to_check = 1" there.
    op.drop_index("ix_orders_to_check", "orders")
    op.create_index(
        "ix_orders_to_check",
        "orders",
        ["shop_id", "id"],
        unique=False,
        sqlite_where=sa.text("to_check = 1"),
        postgresql_where=sa.text("to_check"),
    )
    op.drop_index("ix_order_items_order_id", "order_items")
    op.create_index(
        "ix_order_items_order_id",
        "order_items",
        ["order_id", "article_id", "quantity", "total", "unit_price"],
        unique=False,
    )
    op.create_index(
        "ix_order_items_without_article",
        "order_items",
        ["order_id"],
        unique=False,
        sqlite_where=sa.text("article_id IS NULL"),
        postgresql_where=sa.text("article_id IS NULL"),
    )
