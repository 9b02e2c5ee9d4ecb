"""A whole database moves into another one: every table, every row, in one transaction, and is compared before it ends.

Rows are compared by a checksum that does not know their order: the sum of each row's SHA-256.
"""

import hashlib
import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Table, exists, func, insert, literal, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.errors import Refused
from smtpd_billbee.store.keys import MOVED
from smtpd_billbee.store.store import Store
from smtpd_billbee.store.tables import metadata

Progress = Callable[[str, int, int], None]  # the table, its rows so far, its rows in all

_AT_ONCE = 1000
_HEAVY = {"raws": 20}  # rows that can have 35 MiB
_BITS = 1 << 256


@dataclass(frozen=True, slots=True)
class Moved:
    """A table after its move: how many rows, and their checksum, the same on both sides."""

    table: str
    rows: int
    checksum: str


async def move(source: Store, target: Store, progress: Progress = lambda table, done, whole: None) -> list[Moved]:
    """Copy every row.  Raises Refused when the target is not empty or does not have afterwards what the source has."""
    async with source.reading() as old, target.transaction() as new:
        for table in metadata.sorted_tables:
            if await new.connection.scalar(select(exists().select_from(table))):
                raise Refused(f"the new database is not empty: there are rows in its table {table.name}")
        moved = [await _move_table(old.connection, new.connection, table, progress) for table in metadata.sorted_tables]
        for table, was in zip(metadata.sorted_tables, moved, strict=True):
            rows, checksum = 0, 0
            async for portion in _portions(new.connection, table):
                rows, checksum = rows + len(portion), _added(checksum, table, portion)
            if (was.rows, was.checksum) != (rows, _written(checksum)):
                raise Refused(f"the table {table.name} has other rows in the new database; nothing was kept there")
            await _count_on(new.connection, table)
        return moved


async def mark_moved(source: Store, target: Store, now: datetime) -> None:
    """The old file says from now on whereto it was moved, to whoever opens it."""
    async with source.transaction() as tx:
        await tx.keys.swap(MOVED, target.where.encode(), now)


async def _move_table(old: AsyncConnection, new: AsyncConnection, table: Table, progress: Progress) -> Moved:
    whole = await old.scalar(select(func.count()).select_from(table)) or 0
    rows, checksum = 0, 0
    async for portion in _portions(old, table):
        await new.execute(insert(table), portion)
        rows, checksum = rows + len(portion), _added(checksum, table, portion)
        progress(table.name, rows, whole)
    return Moved(table.name, rows, _written(checksum))


async def _portions(connection: AsyncConnection, table: Table) -> AsyncIterator[list[dict[str, Any]]]:
    """The rows by their key, some at a time: a table may not fit into memory."""
    (key,) = table.primary_key.columns
    size = _HEAVY.get(table.name, _AT_ONCE)
    last: Any = None
    while True:
        above = literal(True) if last is None else key > last
        found = await connection.execute(select(table).where(above).order_by(key).limit(size))
        portion = [dict(row) for row in found.mappings()]
        if not portion:
            return
        yield portion
        last = portion[-1][key.name]


async def _count_on(connection: AsyncConnection, table: Table) -> None:
    """PostgreSQL numbers the next row behind the last one that was moved; SQLite does so by itself."""
    if connection.dialect.name == "postgresql" and "id" in table.columns:
        statement = (
            f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), greatest(max(id), 1), max(id) IS NOT NULL) "
            f'FROM "{table.name}"'
        )
        await connection.execute(text(statement))


def _added(checksum: int, table: Table, rows: Sequence[dict[str, Any]]) -> int:
    names = sorted(table.columns.keys())
    for row in rows:
        digest = hashlib.sha256()
        for name in names:
            value = _plain(row[name])
            digest.update(b"%d:" % len(value))
            digest.update(value)
        checksum += int.from_bytes(digest.digest(), "big")
    return checksum % _BITS


def _plain(value: Any) -> bytes:
    """A value as both databases give it."""
    match value:
        case None:
            return b"-"
        case bytes():
            return b"b" + value
        case Decimal():
            return b"d" + format(value.normalize(), "f").encode()
        case datetime():
            return b"t" + value.isoformat().encode()
        case dict() | list():
            return b"j" + json.dumps(value, sort_keys=True, ensure_ascii=False).encode("utf-8", "surrogatepass")
        case _:
            return b"v" + str(value).encode("utf-8", "surrogatepass")


def _written(checksum: int) -> str:
    return f"{checksum:064x}"[:16]
