"""Saved views of the order list, and by what an account's items are recognised"""

import sqlalchemy as sa
from alembic import op

from smtpd_billbee.model.article import title_key
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
        flag: sa.Column[bool] = sa.Column(name, sa.Boolean(), server_default=sa.text(f"({default})"), nullable=False)
        op.add_column("accounts", flag)
    op.add_column("articles", sa.Column("title_key", sa.String(length=200), server_default="", nullable=False))
    _fill_title_keys(op.get_bind())
    op.create_index("ix_articles_account_id_title_key", "articles", ["account_id", "title_key"], unique=False)
    op.create_index("ix_articles_account_id_ean", "articles", ["account_id", "ean"], unique=False)


def _fill_title_keys(connection: sa.Connection) -> None:
    """A database has no casefold(); a portion at a time."""
    articles = sa.table("articles", sa.column("id"), sa.column("title"), sa.column("title_key"))
    keyed = sa.update(articles).where(articles.c.id == sa.bindparam("one")).values(title_key=sa.bindparam("key"))
    after = 0
    while rows := connection.execute(
        sa.select(articles.c.id, articles.c.title).where(articles.c.id > after).order_by(articles.c.id).limit(1000)
    ).all():
        connection.execute(keyed, [{"one": row.id, "key": title_key(row.title)} for row in rows])
        after = rows[-1].id
