"""The first schema"""

import sqlalchemy as sa
from alembic import op

from smtpd_billbee.store.types import Exact, Id, Json, Utc

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("email", name="uq_accounts_email"),
    )
    op.create_table(
        "keys",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_keys"),
    )
    op.create_table(
        "raws",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("trace", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("packing", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_raws"),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("last_used_at", Utc(), nullable=True),
        sa.Column("revoked_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_api_keys_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.UniqueConstraint("key_hash", name="uq_api_keys_key_hash"),
    )
    op.create_index("ix_api_keys_account_id", "api_keys", ["account_id"], unique=False)

    op.create_table(
        "articles",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("sku_key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("ean", sa.String(length=20), nullable=True),
        sa.Column("price", Exact(2), nullable=True),
        sa.Column("tax_rate", Exact(4), nullable=True),
        sa.Column("created_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_articles_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_articles"),
        sa.UniqueConstraint("account_id", "sku_key", name="uq_articles_account_id_sku_key"),
    )
    op.create_table(
        "shops",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("paypal_as_paid", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("set_payment_date", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("relay_orders", sa.Boolean(), server_default=sa.text("(true)"), nullable=False),
        sa.Column("relay_others", sa.Boolean(), server_default=sa.text("(true)"), nullable=False),
        sa.Column("minimum_age", sa.Integer(), nullable=False),
        sa.Column("vat_mode", sa.Integer(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("(true)"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_shops_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_shops"),
    )
    op.create_index("ix_shops_account_id", "shops", ["account_id"], unique=False)

    op.create_table(
        "users",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("account_id", Id, nullable=True),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("totp_secret", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=True),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("last_login_at", Utc(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("(true)"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_users_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("email", name="uq_users_email"),
    )
    op.create_index("ix_users_account_id", "users", ["account_id"], unique=False)

    op.create_table(
        "webhooks",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("events", Json, nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("(true)"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_webhooks_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_webhooks"),
    )
    op.create_index("ix_webhooks_account_id", "webhooks", ["account_id"], unique=False)

    op.create_table(
        "article_sources",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("article_id", Id, nullable=False),
        sa.Column("shop_id", Id, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_article_sources_article_id"),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name="fk_article_sources_shop_id"),
        sa.PrimaryKeyConstraint("id", name="pk_article_sources"),
        sa.UniqueConstraint("shop_id", "source", name="uq_article_sources_shop_id_source"),
    )
    op.create_index("ix_article_sources_article_id", "article_sources", ["article_id"], unique=False)

    op.create_table(
        "imports",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("shop_id", Id, nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("checksum", sa.String(length=64), nullable=False),
        sa.Column("format", sa.String(length=20), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("vat_mode", sa.Integer(), nullable=False),
        sa.Column("counts", Json, nullable=False),
        sa.Column("complaints", Json, nullable=False),
        sa.Column("undone_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name="fk_imports_shop_id"),
        sa.PrimaryKeyConstraint("id", name="pk_imports"),
    )
    op.create_index("ix_imports_shop_id", "imports", ["shop_id"], unique=False)

    op.create_table(
        "labels",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("shop_id", Id, nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name="fk_labels_shop_id"),
        sa.PrimaryKeyConstraint("id", name="pk_labels"),
        sa.UniqueConstraint("shop_id", "language", "field", "words", name="uq_labels_shop_id_language_field_words"),
    )
    op.create_index("ix_labels_shop_id", "labels", ["shop_id"], unique=False)

    op.create_table(
        "mails",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("queue_id", sa.String(length=40), nullable=False),
        sa.Column("shop_id", Id, nullable=True),
        sa.Column("recipient", sa.String(length=320), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=True),
        sa.Column("raw_id", Id, nullable=False),
        sa.Column("checksum", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("session", Json, nullable=False),
        sa.Column("received_at", Utc(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("due_at", Utc(), nullable=True),
        sa.Column("reads", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("problems", Json, nullable=False),
        sa.Column("reading", Json, nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("order_id", Id, nullable=True),
        sa.ForeignKeyConstraint(["raw_id"], ["raws.id"], name="fk_mails_raw_id"),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name="fk_mails_shop_id"),
        sa.PrimaryKeyConstraint("id", name="pk_mails"),
        sa.UniqueConstraint("shop_id", "checksum", name="uq_mails_shop_id_checksum"),
    )
    op.create_index(
        "ix_mails_due",
        "mails",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index("ix_mails_order_id", "mails", ["order_id"], unique=False)
    op.create_index("ix_mails_raw_id", "mails", ["raw_id"], unique=False)
    op.create_index("ix_mails_shop_id_id", "mails", ["shop_id", "id"], unique=False)
    op.create_index("ix_mails_state_id", "mails", ["state", "id"], unique=False)

    op.create_table(
        "orders",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("shop_id", Id, nullable=False),
        sa.Column("number", sa.String(length=200), nullable=False),
        sa.Column("mail_id", Id, nullable=True),
        sa.Column("import_id", Id, nullable=True),
        sa.Column("state", sa.Integer(), nullable=False),
        sa.Column("to_check", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("problems", Json, nullable=False),
        sa.Column("provenance", Json, nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("changed_at", Utc(), nullable=False),
        sa.Column("paid_on", sa.String(length=32), nullable=True),
        sa.Column("shipped_on", sa.String(length=32), nullable=True),
        sa.Column("tags", Json, nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("customer_name", sa.Text(), nullable=True),
        sa.Column("customer_email", sa.Text(), nullable=True),
        sa.Column("ordered_at", sa.String(length=40), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("site", sa.Text(), nullable=True),
        sa.Column("payment_method", sa.Text(), nullable=True),
        sa.Column("payment_type", sa.Integer(), nullable=True),
        sa.Column("shipping_method", sa.Text(), nullable=True),
        sa.Column("billing_address", Json, nullable=True),
        sa.Column("shipping_address", Json, nullable=True),
        sa.Column("subtotal", Exact(2), nullable=True),
        sa.Column("shipping_cost", Exact(2), nullable=True),
        sa.Column("payment_fee", Exact(2), nullable=True),
        sa.Column("discount", Exact(2), nullable=True),
        sa.Column("discount_code", sa.Text(), nullable=True),
        sa.Column("tax_total", Exact(2), nullable=True),
        sa.Column("total", Exact(2), nullable=True),
        sa.Column("prices_include_tax", sa.Boolean(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("customer_number", sa.Text(), nullable=True),
        sa.Column("vat_id", sa.Text(), nullable=True),
        sa.Column("birth_date", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name="fk_orders_import_id"),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.id"], name="fk_orders_mail_id"),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name="fk_orders_shop_id"),
        sa.PrimaryKeyConstraint("id", name="pk_orders"),
        sa.UniqueConstraint("shop_id", "number", name="uq_orders_shop_id_number"),
    )
    op.create_index("ix_orders_import_id", "orders", ["import_id"], unique=False)
    op.create_index("ix_orders_mail_id", "orders", ["mail_id"], unique=False)
    op.create_index("ix_orders_shop_id_id", "orders", ["shop_id", "id"], unique=False)
    op.create_index(
        "ix_orders_to_check",
        "orders",
        ["id"],
        unique=False,
        sqlite_where=sa.text("to_check"),
        postgresql_where=sa.text("to_check"),
    )

    op.create_table(
        "jobs",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("mail_id", Id, nullable=True),
        sa.Column("order_id", Id, nullable=True),
        sa.Column("webhook_id", Id, nullable=True),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("first_at", Utc(), nullable=False),
        sa.Column("next_at", Utc(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_reply", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.id"], name="fk_jobs_mail_id"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_jobs_order_id"),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhooks.id"], name="fk_jobs_webhook_id"),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
    )
    op.create_index(
        "ix_jobs_due",
        "jobs",
        ["kind", "next_at"],
        unique=False,
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_index("ix_jobs_mail_id", "jobs", ["mail_id"], unique=False)
    op.create_index("ix_jobs_order_id", "jobs", ["order_id"], unique=False)
    op.create_index("ix_jobs_state_id", "jobs", ["state", "id"], unique=False)

    op.create_table(
        "journal",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("account_id", Id, nullable=True),
        sa.Column("shop_id", Id, nullable=True),
        sa.Column("order_id", Id, nullable=True),
        sa.Column("mail_id", Id, nullable=True),
        sa.Column("detail", Json, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_journal_account_id"),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.id"], name="fk_journal_mail_id"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_journal_order_id"),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name="fk_journal_shop_id"),
        sa.PrimaryKeyConstraint("id", name="pk_journal"),
    )
    op.create_index("ix_journal_account_id", "journal", ["account_id"], unique=False)
    op.create_index("ix_journal_mail_id", "journal", ["mail_id"], unique=False)
    op.create_index("ix_journal_order_id", "journal", ["order_id"], unique=False)
    op.create_index("ix_journal_shop_id", "journal", ["shop_id"], unique=False)

    op.create_table(
        "order_items",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("order_id", Id, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("article_id", Id, nullable=True),
        sa.Column("sku", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("variant", sa.Text(), nullable=True),
        sa.Column("quantity", Exact(4), nullable=False),
        sa.Column("unit_price", Exact(2), nullable=True),
        sa.Column("total", Exact(2), nullable=True),
        sa.Column("tax_rate", Exact(4), nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_order_items_article_id"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_order_items_order_id"),
        sa.PrimaryKeyConstraint("id", name="pk_order_items"),
    )
    op.create_index("ix_order_items_article_id", "order_items", ["article_id"], unique=False)
    op.create_index("ix_order_items_order_id", "order_items", ["order_id"], unique=False)

    op.create_table(
        "job_attempts",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("job_id", Id, nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_job_attempts_job_id"),
        sa.PrimaryKeyConstraint("id", name="pk_job_attempts"),
    )
    op.create_index("ix_job_attempts_job_id", "job_attempts", ["job_id"], unique=False)
