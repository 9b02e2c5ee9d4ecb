"""Every table.  Identity of an order: (shop, number).  Times are UTC; an order's own time stays as its mail gave it."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from smtpd_billbee.store.types import Id, Json, Money, Quantity, Rate, Utc

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[int]:
    return Column("id", Id, primary_key=True, autoincrement=True)


def _to(target: str, *, required: bool = True, index: bool = False, name: str = "") -> Column[int]:
    table = target.split(".")[0]
    return Column(name or f"{table.removesuffix('s')}_id", Id, ForeignKey(target), nullable=not required, index=index)


def _flag(name: str, default: bool) -> Column[bool]:
    return Column(name, Boolean, nullable=False, default=default, server_default=text("true" if default else "false"))


accounts = Table(
    "accounts", metadata, _id(),
    Column("email", String(320), nullable=False, unique=True),  # the registered address: copies go there
    Column("name", Text, nullable=False),
    Column("language", String(2), nullable=False),
    # Where the owner is told that the first one refuses his copies; '' for none.
    Column("second_email", String(320), nullable=False, default="", server_default=""),
    Column("created_at", Utc, nullable=False),
    _flag("by_sku", True),  # by what an item finds its article
    _flag("by_ean", False),
    _flag("by_title", False),
)  # fmt: skip

users = Table(
    "users", metadata, _id(),
    _to("accounts.id", required=False, index=True),  # none: sees every account
    Column("email", String(320), nullable=False, unique=True),
    Column("role", String(20), nullable=False),
    Column("password_hash", Text),
    Column("totp_secret", Text),
    Column("totp_step", Integer),  # of the last code that was used: none works twice (RFC 6238 5.2)
    Column("language", String(2)),
    Column("created_at", Utc, nullable=False),
    Column("last_login_at", Utc),
    _flag("active", True),
)  # fmt: skip

# A browser that is signed in, by the hash of the word in its cookie.
sessions = Table(
    "sessions", metadata, _id(),
    _to("users.id", index=True),
    Column("word_hash", String(64), nullable=False, unique=True),
    Column("began_at", Utc, nullable=False),
    Column("ends_at", Utc, nullable=False),
)  # fmt: skip

# What a user has named: the query of the order list.
views = Table(
    "views", metadata, _id(),
    _to("users.id"),
    Column("name", String(60), nullable=False),
    Column("query", Text, nullable=False),
    Column("created_at", Utc, nullable=False),
    UniqueConstraint("user_id", "name"),
)  # fmt: skip

shops = Table(
    "shops", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),  # the internal number in the import address
    _to("accounts.id", index=True),
    Column("name", Text, nullable=False),
    _flag("paypal_as_paid", False),
    _flag("set_payment_date", False),
    _flag("relay_orders", True),
    _flag("relay_others", True),
    Column("minimum_age", Integer, nullable=False, default=0),  # minutes
    Column("vat_mode", Integer, nullable=False, default=0),  # Billbee's VatMode
    Column("trust", String(10), nullable=False, default="proved", server_default="proved"),  # model/trust.py: Policy
    _flag("only_with_secret", False),
    Column("secret", String(40)),
    Column("best_level", String(1)),  # of the mails that became orders
    Column("created_at", Utc, nullable=False),
    _flag("active", True),
)  # fmt: skip

# By what a shop knows its senders: those that a person has allowed, and the hosts and recipients of genuine mails.
marks = Table(
    "marks", metadata, _id(),
    _to("shops.id"),
    Column("sort", String(10), nullable=False),
    Column("value", String(320), nullable=False),
    Column("via", String(255), nullable=False),  # '': the sender's own domain proves him
    Column("actor", Text, nullable=False),
    Column("created_at", Utc, nullable=False),
    UniqueConstraint("shop_id", "sort", "value", "via"),
)  # fmt: skip

# By what a mail is known that comes a second time: digests of its signatures and of its Message-ID.
traces = Table(
    "traces", metadata, _id(),
    _to("shops.id"),
    Column("digest", String(64), nullable=False),
    _to("mails.id", index=True),
    UniqueConstraint("shop_id", "digest"),
)  # fmt: skip

# Kept for good and answered 250 in a rush; it becomes a mail when the door is quiet, or after two seconds.
arrivals = Table(
    "arrivals", metadata, _id(),
    Column("octets", LargeBinary, nullable=False),  # formats/spooled.py
)  # fmt: skip

raws = Table(
    "raws", metadata, _id(),
    Column("trace", LargeBinary, nullable=False),  # Return-Path and Received, put in front by us
    Column("content", LargeBinary, nullable=False),  # what the client sent, packed as `packing` says
    Column("packing", String(8), nullable=False),
)  # fmt: skip

mails = Table(
    "mails", metadata, _id(),
    Column("queue_id", String(40), nullable=False),
    _to("shops.id", required=False),  # none: postmaster@ and abuse@
    Column("recipient", String(320), nullable=False),
    Column("channel", String(20)),
    _to("raws.id", index=True),
    Column("checksum", String(64), nullable=False),  # SHA-256 of what the client sent
    Column("size", Integer, nullable=False),
    Column("sender", Text, nullable=False),
    Column("session", Json, nullable=False),
    Column("received_at", Utc, nullable=False),
    Column("state", String(20), nullable=False),
    # When a reader may take it: the shop's minimum age, then the end of a lease; none: nothing is to be done.
    Column("due_at", Utc),
    Column("reads", Integer, nullable=False, default=0),
    Column("kind", String(30)),
    Column("reason", Text),
    Column("problems", Json, nullable=False, default=list),
    Column("reading", Json),
    Column("trust", Json),  # how its origin was judged: model/trust.py
    Column("subject", Text),
    Column("author", Text),
    Column("search_words", Text, nullable=False, default="", server_default=""),  # sender, author, subject
    Column("order_id", Id, index=True),  # of orders; no foreign key, which would make a circle
    # What was proved of its origin (model/evidence.py), how often DNS was asked, and when it is to be asked again.
    Column("evidence", Json),
    Column("evidence_asked", Integer, nullable=False, default=0, server_default=text("0")),
    Column("evidence_due_at", Utc),
    UniqueConstraint("shop_id", "checksum"),
)  # fmt: skip
_UNSETTLED = mails.c.evidence_due_at.isnot(None)
Index("ix_mails_evidence_due_at", mails.c.evidence_due_at, sqlite_where=_UNSETTLED, postgresql_where=_UNSETTLED)
Index(
    "ix_mails_due", mails.c.due_at, sqlite_where=mails.c.due_at.isnot(None), postgresql_where=mails.c.due_at.isnot(None)
)
Index("ix_mails_list", mails.c.shop_id, mails.c.id, mails.c.search_words)
Index("ix_mails_shop_id_received_at", mails.c.shop_id, mails.c.received_at)
Index("ix_mails_state_id", mails.c.state, mails.c.id)
Index("ix_mails_shop_id_state_id", mails.c.shop_id, mails.c.state, mails.c.id)

orders = Table(
    "orders", metadata, _id(),
    _to("shops.id"),
    Column("number", String(200), nullable=False),
    _to("mails.id", required=False, index=True),
    _to("imports.id", required=False, index=True),
    Column("state", Integer, nullable=False),  # Billbee's order state
    _flag("to_check", False),
    Column("problems", Json, nullable=False, default=list),
    Column("provenance", Json, nullable=False, default=dict),
    Column("created_at", Utc, nullable=False),
    Column("changed_at", Utc, nullable=False),
    Column("paid_on", String(32)),
    Column("shipped_on", String(32)),
    Column("tags", Json, nullable=False, default=list),
    Column("comment", Text),
    Column("customer_name", Text),  # for lists
    Column("customer_email", Text),
    Column("search_words", Text, nullable=False, default="", server_default=""),  # model/order_list.py
    Column("ordered_at", String(40)),
    Column("currency", String(3)),
    Column("language", String(8)),
    Column("site", Text),
    Column("payment_method", Text),
    Column("payment_type", Integer),
    Column("shipping_method", Text),
    Column("billing_address", Json),
    Column("shipping_address", Json),
    Column("subtotal", Money),
    Column("shipping_cost", Money),
    Column("payment_fee", Money),
    Column("discount", Money),
    Column("discount_code", Text),
    Column("tax_total", Money),
    Column("total", Money),
    Column("prices_include_tax", Boolean),
    Column("note", Text),
    Column("customer_number", Text),
    Column("vat_id", Text),
    Column("birth_date", Text),
    UniqueConstraint("shop_id", "number"),
)  # fmt: skip
# A list is counted, searched and leafed through in the index alone: rows of orders are wide.
Index("ix_orders_list", orders.c.shop_id, orders.c.id, orders.c.state, orders.c.search_words)
# Reports add up orders by their date; all that they need stands in the index itself.
Index(
    "ix_orders_report", orders.c.shop_id, orders.c.ordered_at, orders.c.state, orders.c.currency, orders.c.total,
    orders.c.payment_type,
)  # fmt: skip
Index(
    "ix_orders_to_check",
    orders.c.shop_id,
    orders.c.id,
    sqlite_where=orders.c.to_check,
    postgresql_where=orders.c.to_check,
)

order_items = Table(
    "order_items", metadata, _id(),
    _to("orders.id"),
    Column("shop_id", Id),  # the order's, for the list of items without article
    Column("position", Integer, nullable=False),
    _to("articles.id", required=False, index=True),
    Column("sku", Text),
    Column("title", Text, nullable=False),
    Column("variant", Text),
    Column("quantity", Quantity, nullable=False),
    Column("unit_price", Money),
    Column("total", Money),
    Column("tax_rate", Rate),
)  # fmt: skip
# What reports add up stands in the index itself: a year of orders is scattered over the whole table.
Index(
    "ix_order_items_order_id", order_items.c.order_id, order_items.c.article_id, order_items.c.quantity,
    order_items.c.total, order_items.c.unit_price,
)  # fmt: skip
Index(
    "ix_order_items_without_article",
    order_items.c.shop_id,
    order_items.c.order_id,
    sqlite_where=order_items.c.article_id.is_(None),
    postgresql_where=order_items.c.article_id.is_(None),
)

articles = Table(
    "articles", metadata, _id(),
    _to("accounts.id"),
    Column("sku", Text, nullable=False),
    Column("sku_key", Text, nullable=False),  # the SKU without case and runs of blanks
    Column("title", Text, nullable=False),
    Column("title_key", String(200), nullable=False, server_default=""),  # the same of the title, cut
    Column("ean", String(20)),
    Column("price", Money),
    Column("tax_rate", Rate),
    Column("created_at", Utc, nullable=False),
    UniqueConstraint("account_id", "sku_key"),
    Index("ix_articles_account_id_title_key", "account_id", "title_key"),
    Index("ix_articles_account_id_ean", "account_id", "ean"),
)  # fmt: skip

article_sources = Table(
    "article_sources", metadata, _id(),
    _to("articles.id", index=True),
    _to("shops.id"),
    Column("source", Text, nullable=False),  # the SKU as that shop writes it
    UniqueConstraint("shop_id", "source"),
)  # fmt: skip

# Which article an item is where its SKU does not say it: items without one, and a SKU that came with another title.
article_titles = Table(
    "article_titles", metadata, _id(),
    _to("accounts.id"),
    Column("sku_key", String(200), nullable=False),  # '': the item has no SKU
    Column("title_key", String(200), nullable=False),
    Column("title", Text, nullable=False),
    _to("articles.id", index=True),
    Column("seen_at", Utc, nullable=False),
    Column("settled_at", Utc),  # none: nobody has said yet that it is the same article
    UniqueConstraint("account_id", "sku_key", "title_key"),
)  # fmt: skip
Index(
    "ix_article_titles_open",
    article_titles.c.account_id,
    sqlite_where=article_titles.c.settled_at.is_(None),
    postgresql_where=article_titles.c.settled_at.is_(None),
)

jobs = Table(
    "jobs", metadata, _id(),
    Column("kind", String(10), nullable=False),
    Column("state", String(10), nullable=False),
    _to("mails.id", required=False, index=True),
    _to("orders.id", required=False, index=True),
    _to("webhooks.id", required=False),
    Column("destination", Text, nullable=False),
    Column("first_at", Utc, nullable=False),
    # When a worker may take it: the next try, or the end of a lease; none: nothing is to be done.
    Column("next_at", Utc),
    Column("attempts", Integer, nullable=False, default=0),
    Column("last_reply", Text),
    _flag("urgent", False),  # somebody waits for it: before all others
    _flag("wrapped", False),  # goes, or went, in a mail of ours
)  # fmt: skip
Index(
    "ix_jobs_due",
    jobs.c.kind,
    jobs.c.next_at,
    sqlite_where=jobs.c.next_at.isnot(None),
    postgresql_where=jobs.c.next_at.isnot(None),
)
# Few ever are; SQLite takes the index where a statement says the very same words.
URGENT = text("jobs.urgent AND jobs.next_at IS NOT NULL")
_URGENT = text("urgent AND next_at IS NOT NULL")
Index("ix_jobs_urgent", jobs.c.kind, jobs.c.next_at, sqlite_where=_URGENT, postgresql_where=_URGENT)
Index("ix_jobs_state_id", jobs.c.state, jobs.c.id)
# Nearly all jobs are done.  SQLite takes this index for the others where a statement says the very same words.
IS_OPEN = text("jobs.state NOT IN ('sent', 'dropped')")
_OPEN = text("state NOT IN ('sent', 'dropped')")
Index("ix_jobs_open", jobs.c.mail_id, sqlite_where=_OPEN, postgresql_where=_OPEN)

job_attempts = Table(
    "job_attempts", metadata, _id(),
    _to("jobs.id", index=True),
    Column("at", Utc, nullable=False),
    Column("outcome", String(10), nullable=False),
    Column("reply", Text, nullable=False),
)  # fmt: skip

journal = Table(
    "journal", metadata, _id(),
    Column("at", Utc, nullable=False),
    Column("actor", Text, nullable=False),  # 'reader', a user's address, 'config', 'command line'
    Column("action", String(40), nullable=False),
    _to("accounts.id", required=False, index=True),
    _to("shops.id", required=False, index=True),
    _to("orders.id", required=False, index=True),
    _to("mails.id", required=False, index=True),
    Column("detail", Json, nullable=False, default=dict),
)  # fmt: skip

imports = Table(
    "imports", metadata, _id(),
    _to("shops.id", index=True),
    Column("at", Utc, nullable=False),
    Column("actor", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("checksum", String(64), nullable=False),
    Column("format", String(20), nullable=False),
    Column("source", Text),
    Column("vat_mode", Integer, nullable=False, default=0),
    Column("counts", Json, nullable=False, default=dict),
    Column("complaints", Json, nullable=False, default=list),
    Column("undone_at", Utc),
)  # fmt: skip

labels = Table(
    "labels", metadata, _id(),
    _to("shops.id", required=False, index=True),  # none: for every shop
    Column("language", String(8), nullable=False),
    Column("field", String(40), nullable=False),
    Column("words", Text, nullable=False),
    Column("created_at", Utc, nullable=False),
    UniqueConstraint("shop_id", "language", "field", "words"),
)  # fmt: skip

api_keys = Table(
    "api_keys", metadata, _id(),
    _to("accounts.id", index=True),
    Column("name", Text, nullable=False),
    Column("key_hash", String(64), nullable=False, unique=True),
    Column("created_at", Utc, nullable=False),
    Column("last_used_at", Utc),
    Column("revoked_at", Utc),
)  # fmt: skip

webhooks = Table(
    "webhooks", metadata, _id(),
    _to("accounts.id", index=True),
    Column("url", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("events", Json, nullable=False, default=list),
    Column("created_at", Utc, nullable=False),
    _flag("active", True),
)  # fmt: skip

# Without a row a notice is on.
notices = Table(
    "notices", metadata, _id(),
    _to("accounts.id"),
    Column("kind", String(20), nullable=False),
    _flag("wanted", True),
    Column("next_at", Utc),  # before that, none of this kind is sent
    UniqueConstraint("account_id", "kind"),
)  # fmt: skip

told = Table(
    "told", metadata, _id(),
    _to("accounts.id", index=True),
    Column("kind", String(20), nullable=False),
    Column("thing_id", Id, nullable=False),  # the mail, the job or the shop that a notice told of
    Column("at", Utc, nullable=False),
    UniqueConstraint("kind", "thing_id"),
)  # fmt: skip

keys = Table(
    "keys", metadata,
    Column("name", String(40), primary_key=True),
    Column("value", LargeBinary, nullable=False),
    Column("created_at", Utc, nullable=False),
)  # fmt: skip
