"""The small program of a rival: one layout, email and lxml, an order and its items into SQLite.

As a script it takes a mail from its standard input: `python -m tests.bench.simple FILE`.  It loads nothing else.
"""

import re
import sqlite3
import sys
from contextlib import closing
from email import message_from_bytes
from email.message import Message

from lxml import html

BUSY = 60.0  # seconds
SCHEMA = """
PRAGMA journal_mode = WAL;
CREATE TABLE orders (id INTEGER PRIMARY KEY, number TEXT UNIQUE, name TEXT, total TEXT);
CREATE TABLE items (id INTEGER PRIMARY KEY, order_id INTEGER, quantity TEXT, sku TEXT, title TEXT, price TEXT);
"""
Row = tuple[str, str, str, list[list[str]]]


def read_simply(raw: bytes) -> Row:
    """Number, name, total and items of a mail of this one layout."""
    (part,) = (part for part in message_from_bytes(raw).walk() if part.get_content_type() == "text/html")
    assert isinstance(part, Message)
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    page = html.fromstring(payload.decode(part.get_content_charset() or "utf-8"))
    rows = [[cell.text_content().strip() for cell in row] for row in page.iter("tr")]
    fields = {row[0]: row[1] for row in rows if len(row) == 2}
    items = [row for row in rows if len(row) == 5 and row[0].isdigit()]
    address = re.split("\n", page.findall(".//p")[1].text or "")
    return fields["Bestellnummer"], address[0], fields["Gesamtbetrag"], items


def keep(connection: sqlite3.Connection, orders: list[Row]) -> None:
    """All of them in one transaction that survives a power cut."""
    with connection:
        for number, name, total, items in orders:
            done = connection.execute("INSERT INTO orders VALUES (NULL, ?, ?, ?)", (number, name, total))
            rows = [(done.lastrowid, *item[:4]) for item in items]
            connection.executemany("INSERT INTO items VALUES (NULL, ?, ?, ?, ?, ?)", rows)


def opened(file: str) -> sqlite3.Connection:
    """The file, as durable as ours."""
    connection = sqlite3.connect(file, timeout=BUSY)
    connection.execute("PRAGMA synchronous = FULL")
    return connection


if __name__ == "__main__":
    with closing(opened(sys.argv[1])) as file:
        keep(file, [read_simply(sys.stdin.buffer.read())])
