"""The words by which orders are found, and indexes for the lists of one account among a thousand"""

import sqlalchemy as sa
from alembic import op

from smtpd_billbee.model.searching import search_words
from smtpd_billbee.store.types import Id

revision = "0004"
down_revision = "0003"

AT_ONCE = 5_000


def upgrade() -> None:
    _fill("orders", "customer_name", "customer_email", "number")
    _fill("mails", "sender", "author", "subject")
    op.create_index("ix_orders_list", "orders", ["shop_id", "id", "state", "search_words"], unique=False)
    op.drop_index("ix_orders_shop_id_id", "orders")
    op.create_index("ix_mails_list", "mails", ["shop_id", "id", "search_words"], unique=False)
    op.drop_index("ix_mails_shop_id_id", "mails")
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


def _fill(name: str, *columns: str) -> None:
    """By Python's letters, not the database's: SQLite's lower() knows ASCII only."""
    op.add_column(name, sa.Column("search_words", sa.Text(), server_default="", nullable=False))
    table = sa.table(name, sa.column("id", Id), sa.column("search_words", sa.Text), *map(sa.column, columns))
    page = sa.select(table.c.id, *(table.c[each] for each in columns)).order_by(table.c.id).limit(AT_ONCE)
    change = table.update().where(table.c.id == sa.bindparam("which"))
    change = change.values(search_words=sa.bindparam("words"))
    connection = op.get_bind()
    last = 0
    while rows := connection.execute(page.where(table.c.id > last)).all():
        connection.execute(change, [{"which": row[0], "words": search_words(*row[1:])} for row in rows])
        last = rows[-1][0]
