"""The words by which orders are found, and indexes for the lists of one account among a thousand"""

import sqlalchemy as sa
from alembic import op

from smtpd_billbee.model.order_list import search_words
from smtpd_billbee.store.types import Id

revision = "0004"
down_revision = "0003"

AT_ONCE = 5_000

orders = sa.table(
    "orders",
    sa.column("id", Id),
    sa.column("number", sa.String),
    sa.column("customer_name", sa.Text),
    sa.column("customer_email", sa.Text),
    sa.column("search_words", sa.Text),
)


def upgrade() -> None:
    op.add_column("orders", sa.Column("search_words", sa.Text(), server_default="", nullable=False))
    _fill()
    op.create_index("ix_orders_list", "orders", ["shop_id", "id", "state", "search_words"], unique=False)
    op.drop_index("ix_orders_shop_id_id", "orders")
    op.add_column("order_items", sa.Column("shop_id", Id, nullable=True))
    op.execute("UPDATE order_items SET shop_id = (SELECT shop_id FROM orders WHERE orders.id = order_items.order_id)")
    op.drop_index("ix_order_items_without_article", "order_items")
    op.create_index(
        "ix_order_items_without_article",
        "order_items",
        ["shop_id", "order_id"],
        unique=False,
        sqlite_where=sa.text("article_id IS NULL"),
        postgresql_where=sa.text("article_id IS NULL"),
    )
    op.create_index("ix_mails_shop_id_state_id", "mails", ["shop_id", "state", "id"], unique=False)
    is_open = sa.text("state NOT IN ('sent', 'dropped')")
    op.create_index("ix_jobs_open", "jobs", ["mail_id"], unique=False, sqlite_where=is_open, postgresql_where=is_open)


def _fill() -> None:
    """Python's letters, not the database's: SQLite's lower() knows ASCII only."""
    connection = op.get_bind()
    page = sa.select(orders.c.id, orders.c.customer_name, orders.c.customer_email, orders.c.number)
    page = page.order_by(orders.c.id).limit(AT_ONCE)
    change = orders.update().where(orders.c.id == sa.bindparam("which"))
    change = change.values(search_words=sa.bindparam("words"))
    last = 0
    while rows := connection.execute(page.where(orders.c.id > last)).all():
        connection.execute(change, [{"which": row[0], "words": search_words(*row[1:])} for row in rows])
        last = rows[-1][0]
