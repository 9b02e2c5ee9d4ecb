"""Many made-up orders of many shops, as fast as the databases take them; all synthetic, always the same.

The first BLOCK of orders is made here, one by one.  The others are their copies, made by the database itself: other
numbers, later days, the same shops, customers and items.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, ColumnElement, Interval, String, Table, cast, func, insert, literal, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.model.searching import search_words
from smtpd_billbee.store.store import Store
from smtpd_billbee.store.tables import (
    accounts,
    article_sources,
    articles,
    jobs,
    journal,
    mails,
    order_items,
    orders,
    raws,
    shops,
)
from smtpd_billbee.store.types import Utc

OWNER = "owner@example.org"
OWN_SHOPS = 50
ARTICLES = 400  # of one account
AT_ONCE = 5_000
BLOCK = 20_000
DAYS = 730
NOW = datetime.now(UTC).replace(microsecond=0)
FIRST_SHOP = 20_001  # beyond the shop that the benches send mails to

FIRST = ("Anna", "Jürgen", "Özlem", "Jean-Pierre", "Marie", "Łukasz", "Sofia", "Björn")
STREETS = ("Lindenweg", "Straße der Nationen", "Am Alten Markt", "Große Bleiche", "Industriestraße")
TOWNS = (("12345", "Musterstadt", "DE"), ("1010", "Wien", "AT"), ("8001", "Zürich", "CH"), ("75001", "Paris", "FR"))
THINGS = ("Tasse", "Wolle", "Kerze", "Seife", "Kissen", "Tee", "Poster", "Ohrringe", "Mütze", "Gelee")
PAYMENTS = (("PayPal", 3), ("Vorkasse", 1), ("Rechnung", 2), ("Kreditkarte", 31))
STATES = (1, 1, 3, 3, 4, 4, 4, 4, 7, 8, 6)


@dataclass(frozen=True, slots=True)
class Size:
    """How many orders and shops there are, and how many of the orders are the owner's."""

    orders: int
    shops: int
    own: int


async def fill(store: Store, size: Size, say: Callable[[str], None]) -> None:
    """Fill an empty store."""
    own_shops = min(OWN_SHOPS, max(1, size.shops // 2))
    owned = _account_rows(size, own_shops)
    async with store.transaction() as tx:
        await tx.connection.execute(insert(accounts), owned[0])
        await tx.connection.execute(insert(shops), owned[1])
        await _insert(tx.connection, articles, _article_rows(len(owned[0])))
        await _insert(tx.connection, article_sources, _source_rows(owned[1]))
        await tx.connection.execute(insert(raws), [{"id": 1, "trace": b"", "content": RAW, "packing": "plain"}])
    account_of = {row["id"]: row["account_id"] for row in owned[1]}
    chance = random.Random(7)
    block = min(BLOCK, size.orders)
    for start in range(1, block + 1, AT_ONCE):
        shop_ids = [_shop_of(number, size, own_shops) for number in range(start, min(start + AT_ONCE, block + 1))]
        rows = [
            _order(number, size.orders, shop_id, account_of[shop_id], chance)
            for number, shop_id in enumerate(shop_ids, start)
        ]
        async with store.transaction() as tx:
            await tx.connection.execute(insert(mails), [row[1] for row in rows])
            await tx.connection.execute(insert(orders), [row[0] for row in rows])
            await tx.connection.execute(insert(order_items), [item for row in rows for item in row[2]])
            await tx.connection.execute(insert(jobs), [row[3] for row in rows])
            await tx.connection.execute(insert(journal), [row[4] for row in rows])
    for start in range(block, size.orders, block):
        async with store.transaction() as tx:
            await _copy_block(tx.connection, start, min(block, size.orders - start), size)
        if start // block % 10 == 0:
            say(f"{start:,} orders")
    await _settle(store)


async def own_ids(store: Store) -> dict[str, list[int]]:
    """Ids of some orders, mails and articles of the owner's."""
    async with store.reading() as tx:
        mine = shops.c.account_id == 1
        query = select(orders.c.id, orders.c.mail_id).join(shops).where(mine).order_by(orders.c.id.desc()).limit(1000)
        found = (await tx.connection.execute(query)).all()
        own_articles = (await tx.connection.execute(select(articles.c.id).where(articles.c.account_id == 1))).scalars()
        return {
            "order": [row[0] for row in found][::40],
            "mail": [row[1] for row in found][::40],
            "article": list(own_articles)[::16],
        }


def _shop_of(number: int, size: Size, own_shops: int) -> int:
    """The owner's orders lie evenly among the others', as they would have come in."""
    every = max(1, size.orders // size.own)
    if number % every == 0:
        return FIRST_SHOP + (number // every) % own_shops
    return FIRST_SHOP + own_shops + number % max(1, size.shops - own_shops)


def _account_rows(size: Size, own_shops: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The owner's account, and one for every two of the other shops."""
    found: list[dict[str, Any]] = []
    made: list[dict[str, Any]] = []
    for index in range(size.shops):
        number = 1 if index < own_shops else 2 + (index - own_shops) // 2
        if len(found) < number:
            email = OWNER if number == 1 else f"owner{number}@example.org"
            found.append({"id": number, "email": email, "name": "", "language": "de", "created_at": NOW})
        made.append({"id": FIRST_SHOP + index, "account_id": number, "name": f"Laden {index + 1}", "created_at": NOW})
    return found, made


def _article_rows(count: int) -> Iterator[dict[str, Any]]:
    for account in range(1, count + 1):
        for number in range(1, ARTICLES + 1 if account == 1 else 21):
            yield {
                "id": _article(account, number), "account_id": account, "sku": f"A-{number}", "sku_key": f"a-{number}",
                "title": f"{THINGS[number % len(THINGS)]} {number}", "created_at": NOW,
            }  # fmt: skip


def _source_rows(made: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for shop in made[:OWN_SHOPS]:
        for number in range(1, 21):
            article = _article(shop["account_id"], number)
            yield {"article_id": article, "shop_id": shop["id"], "source": f"A-{number}"}


def _article(account: int, number: int) -> int:
    return account * 1000 + number


_Row = dict[str, Any]


def _order(
    number: int, last: int, shop: int, account: int, chance: random.Random
) -> tuple[_Row, _Row, list[_Row], _Row, _Row]:
    """An order with its mail, items, copy and journal entry; mails and orders have the same number."""
    at = NOW - timedelta(days=DAYS) * (1 - number / last)  # the last one came just now
    items = _items(number, shop, account, chance)
    cost, total = Decimal("4.90"), sum((item["total"] for item in items), Decimal(0))
    doubtful = chance.random() < 0.02
    payment, payment_type = chance.choice(PAYMENTS)
    address = _address(number, chance)
    name = f"{address['first_name']} {address['last_name']}"
    order = {
        "id": number, "shop_id": shop, "number": f"B{number}", "mail_id": number, "state": chance.choice(STATES),
        "to_check": doubtful, "problems": ["the items do not make the total"] if doubtful else [],
        "provenance": {"number": {"part": "text", "text": f"Bestellnummer: B{number}", "label": None, "line": 1}},
        "created_at": at, "changed_at": at, "tags": ["bio"] if number % 20 == 0 else [],
        "customer_name": name, "customer_email": address["email"],
        "search_words": search_words(name, address["email"], f"B{number}"),
        "ordered_at": at.strftime("%Y-%m-%dT%H:%M"), "currency": "EUR", "language": "de", "payment_method": payment,
        "payment_type": payment_type, "shipping_method": "DHL", "billing_address": address,
        "shipping_address": address if number % 3 else None, "subtotal": total, "shipping_cost": cost,
        "total": total + cost,
    }  # fmt: skip
    mail = {
        "id": number, "queue_id": f"q{number}", "shop_id": shop, "raw_id": 1, "checksum": f"{number:064x}",
        "recipient": f"{shop}-jimdo-orderimport@inbound.example", "channel": "jimdo", "size": len(RAW),
        "sender": "no-reply@shop.example", "session": {}, "received_at": at, "reads": 1, "kind": "order",
        "search_words": "no-reply@shop.example\n\nneue bestellung",
        "state": "to_check" if doubtful else "order", "order_id": number, "problems": order["problems"],
    }  # fmt: skip
    failed = number % 10_000 == 0
    job = {
        "kind": "copy", "state": "failed" if failed else "sent", "mail_id": number, "destination": OWNER,
        "first_at": at, "attempts": 1, "last_reply": "550 5.1.1 no such user" if failed else "250 2.0.0 kept",
    }  # fmt: skip
    entry = {
        "at": at, "actor": "reader", "action": "imported", "account_id": account, "shop_id": shop, "order_id": number,
        "mail_id": number, "detail": {"problems": []},
    }  # fmt: skip
    return order, mail, items, job, entry


def _items(number: int, shop: int, account: int, chance: random.Random) -> list[_Row]:
    rows = []
    for position in range(chance.choices((1, 2, 3, 4), (35, 35, 20, 10))[0]):
        article = chance.randint(1, ARTICLES if account == 1 else 20)
        price, quantity = Decimal(chance.randint(199, 5999)) / 100, Decimal(chance.choice((1, 1, 1, 2, 3)))
        is_article = chance.random() > 0.025
        rows.append(
            {"shop_id": shop, "order_id": number, "position": position,
             "article_id": _article(account, article) if is_article else None,
             "sku": f"A-{article}" if is_article else None, "title": f"{THINGS[article % len(THINGS)]} {article}",
             "quantity": quantity, "unit_price": price, "total": price * quantity, "tax_rate": Decimal(19)}
        )  # fmt: skip
    return rows


def _address(number: int, chance: random.Random) -> _Row:
    postcode, city, country = chance.choice(TOWNS)
    customer = chance.randint(1, max(10, number // 3))
    return {
        "company": None, "salutation": None, "first_name": chance.choice(FIRST), "middle_name": None,
        "last_name": f"Beispiel{customer % 5000}", "addition": None, "street": chance.choice(STREETS),
        "house_number": str(customer % 200 + 1), "postcode": postcode, "city": city, "state": None,
        "country": country, "phone": None, "email": f"kunde{customer}@example.org",
    }  # fmt: skip


RAW = b"""\
X-Sample: synthetic
Subject: Neue Bestellung
Content-Type: text/plain; charset=utf-8

Bestellnummer: B1
1 Tasse Blau  14,90 EUR
Gesamtsumme: 19,80 EUR
"""


async def _insert(connection: Any, table: Table, rows: Iterator[_Row]) -> None:
    portion: list[_Row] = []
    for row in rows:
        portion.append(row)
        if len(portion) == AT_ONCE:
            await connection.execute(insert(table), portion)
            portion = []
    if portion:
        await connection.execute(insert(table), portion)


async def _copy_block(connection: AsyncConnection, offset: int, count: int, size: Size) -> None:
    """Orders 1 to `count` once more, as orders `offset` + 1 and so on."""
    later = timedelta(seconds=round(DAYS * 86_400 * offset / size.orders))
    number = dict.fromkeys(("order_id", "mail_id"), offset)
    await _copy(connection, mails, mails.c.id <= count, {**number, "id": offset}, later)
    await _copy(connection, orders, orders.c.id <= count, {**number, "id": offset}, later)
    for table in (order_items, jobs, journal):
        key = table.c.mail_id if table is jobs else table.c.order_id
        await _copy(connection, table, key <= count, number, later)


async def _copy(
    connection: AsyncConnection, table: Table, which: ColumnElement[bool], moved: dict[str, int], later: timedelta
) -> None:
    """Rows once more: these numbers moved on, each moment later, and what must be unique made anew."""
    columns = [column for column in table.c if column.name != "id" or "id" in moved]
    values = [_moved(connection, table, column, moved, later) for column in columns]
    await connection.execute(insert(table).from_select(columns, select(*values).where(which)))


def _moved(
    connection: AsyncConnection, table: Table, column: Column[Any], moved: dict[str, int], later: timedelta
) -> ColumnElement[Any]:
    if column.name in moved:
        return column + moved[column.name]
    if table is orders and column.name == "number":
        return literal("B") + cast(orders.c.id + moved["id"], String)
    if table is orders and column.name == "search_words":
        others = func.substr(column, 1, func.length(column) - func.length(orders.c.number))
        return others + literal("b") + cast(orders.c.id + moved["id"], String)
    if column.name == "checksum":
        return cast(mails.c.id + moved["id"], String) + literal("-") + func.substr(column, 21)
    if not isinstance(column.type, Utc):
        return column
    if connection.dialect.name == "postgresql":
        return column + literal(later, Interval)
    seconds = f"+{int(later.total_seconds())} seconds"
    return func.strftime("%Y-%m-%d %H:%M:%f", column, seconds, type_=String) + literal("000")


async def _settle(store: Store) -> None:
    """What a database does by itself while it runs for months: its numbers go on, and it knows what it holds."""
    async with store.transaction() as tx:
        if tx.connection.dialect.name == "postgresql":
            for table in (accounts, shops, articles, raws, orders, mails):
                highest = f"(SELECT max(id) FROM {table.name})"
                sequence = f"pg_get_serial_sequence('{table.name}', 'id')"
                await tx.connection.execute(text(f"SELECT setval({sequence}, {highest})"))
        await tx.connection.execute(text("ANALYZE"))
