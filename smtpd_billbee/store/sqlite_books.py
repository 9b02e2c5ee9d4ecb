"""Keeping arrivals on SQLite: a whole transaction in one go, without SQLAlchemy.

SQLAlchemy takes ten times as long over such a transaction as SQLite does, and on the way hands the interpreter from
thread to thread for each statement: that was the limit of what the door could take.  What columns are called and how a
value is written is still asked of it, once.  tests/store/test_books.py holds both ways to the same rows.
"""

import json
import sqlite3
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, TypeVar

from sqlalchemy import Boolean, Table, func, insert, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.asyncio import AsyncEngine

from smtpd_billbee.model.job import NewJob
from smtpd_billbee.model.mail import Arrival
from smtpd_billbee.model.shop import Shop
from smtpd_billbee.store.books import Books, Fresh
from smtpd_billbee.store.jobs import job_row
from smtpd_billbee.store.mails import mail_rows, raw_row
from smtpd_billbee.store.packing import Packed
from smtpd_billbee.store.shops import SHOP, shop_of_row
from smtpd_billbee.store.sqlite_driver import at_once, borrow, give_back, in_one_visit, let_log_grow
from smtpd_billbee.store.tables import jobs, mails, raws, shops
from smtpd_billbee.store.types import Utc

T = TypeVar("T")
# Rows of one statement: each size is prepared once, and older SQLites bind at most 999 values.
_PORTIONS = (32, 16, 8, 4, 2, 1)
_UTC: Any = Utc().dialect_impl(sqlite.dialect()).bind_processor(sqlite.dialect())
_Row = Mapping[str, Any]


async def kept(engine: AsyncEngine, work: Callable[[Books], Awaitable[T]], *, brief: bool) -> T:
    """A transaction on the writer's connection, when it is its turn.  `brief`: it takes no longer than a loop can wait.

    Raises sqlite3.Error.
    """
    borrowed = await borrow(engine)
    try:
        if brief:
            return await at_once(borrowed.dbapi_connection, lambda connection: _worked(connection, work))
        return await in_one_visit(borrowed.dbapi_connection, lambda connection: _transacted(connection, work))
    finally:
        await give_back(borrowed)


async def _worked(connection: sqlite3.Connection, work: Callable[[Books], Awaitable[T]]) -> T:
    return await work(_SQLiteBooks(connection))


async def _transacted(connection: sqlite3.Connection, work: Callable[[Books], Awaitable[T]]) -> T:
    connection.execute("BEGIN IMMEDIATE")
    try:
        done = await _worked(connection, work)
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    return done


@lru_cache(64)
def _moment(value: datetime | None) -> Any:
    """As the column writes it; a mail's times are mostly one and the same."""
    return None if value is None else _UTC(value)


class _Insert:
    """INSERT of rows with these columns, as text and values."""

    def __init__(self, table: Table, columns: Iterable[str]) -> None:
        compiled = insert(table).compile(dialect=sqlite.dialect(), column_keys=list(columns))
        # A default that Python makes would be SQLAlchemy's to fill in: the rows give all of these themselves.
        assert not compiled.insert_prefetch
        self._head, _, self._places = str(compiled).partition(" VALUES ")
        written: dict[str, Any] = dict(compiled._bind_processors)
        written |= {column.name: _moment for column in table.c if isinstance(column.type, Utc)}
        self._columns = [(name, written.get(name)) for name in compiled.positiontup or ()]
        self._highest = str(select(func.max(table.c.id)).compile(dialect=sqlite.dialect()))

    def put(self, connection: sqlite3.Connection, rows: Sequence[_Row]) -> list[int]:
        """Insert them; their ids.  Who writes is alone, so it counts on from the highest, as SQLite would itself."""
        first = (connection.execute(self._highest).fetchone()[0] or 0) + 1
        ids = list(range(first, first + len(rows)))
        start = 0
        for size in _PORTIONS:
            while len(rows) - start >= size:
                chosen = zip(ids[start : start + size], rows[start : start + size], strict=True)
                values = [value for each, row in chosen for value in self._values({"id": each, **row})]
                connection.execute(f"{self._head} VALUES {', '.join([self._places] * size)}", values)
                start += size
        return ids

    def _values(self, row: _Row) -> list[Any]:
        return [write(row[name]) if write else row[name] for name, write in self._columns]


@cache
def _insert(table: Table, columns: tuple[str, ...]) -> _Insert:
    return _Insert(table, ("id", *columns))


_FLAGS = tuple(column.name for column in shops.c if isinstance(column.type, Boolean))
_SHOPS = f"{SHOP.compile(dialect=sqlite.dialect())} WHERE shops.id IN (SELECT value FROM json_each(?))"
_KNOWN = """\
SELECT mails.shop_id, mails.checksum FROM json_each(?) AS wanted CROSS JOIN mails
ON mails.shop_id = json_extract(wanted.value, '$[0]') AND mails.checksum = json_extract(wanted.value, '$[1]')"""


@lru_cache(64)
def _shop(names: tuple[str, ...], values: tuple[Any, ...]) -> Shop:
    """The same rows are read with every group."""
    row = dict(zip(names, values, strict=True))
    return shop_of_row(row | {name: bool(row[name]) for name in _FLAGS})


class _SQLiteBooks:
    """On a connection of sqlite3, in its thread, in a transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def shops(self, shop_ids: Collection[int]) -> dict[int, Shop]:
        cursor = self._connection.execute(_SHOPS, (json.dumps(list(shop_ids)),))
        names = tuple(each[0] for each in cursor.description)
        found = (_shop(names, values) for values in cursor)
        return {shop.id: shop for shop in found}

    async def known(self, wanted: Collection[tuple[int, str]]) -> set[tuple[int, str]]:
        return set(self._connection.execute(_KNOWN, (json.dumps(list(wanted)),)))

    async def keep(self, arrivals: Sequence[Arrival], new: Fresh, packed: Mapping[str, Packed]) -> list[int]:
        empty = {queue_id: Packed(each.packing) for queue_id, each in packed.items()}
        raw_ids = self._put(raws, [raw_row(each, empty) for each in arrivals])
        for raw_id, arrival in zip(raw_ids, arrivals, strict=True):
            if (large := packed.get(arrival.queue_id)) is not None:
                self._fill(raw_id, large)
        return self._put(mails, mail_rows(arrivals, raw_ids, new))

    async def add_jobs(self, new: Sequence[NewJob]) -> None:
        self._put(jobs, [job_row(job) for job in new])

    async def put_aside(self, octets: Sequence[bytes]) -> None:
        let_log_grow(self._connection, True)
        self._connection.executemany("INSERT INTO arrivals (octets) VALUES (?)", [(each,) for each in octets])

    async def aside(self, after: int, limit: int) -> list[tuple[int, bytes]]:
        query = "SELECT id, octets FROM arrivals WHERE id > ? ORDER BY id LIMIT ?"
        return list(self._connection.execute(query, (after, limit)))

    async def next_aside(self, after: int) -> int:
        (number,) = self._connection.execute("SELECT min(id) FROM arrivals WHERE id > ?", (after,)).fetchone()
        return number or after

    async def has_of_operator(self, queue_id: str, received_at: datetime) -> bool:
        query = "SELECT 1 FROM mails WHERE shop_id IS NULL AND received_at = ? AND queue_id = ?"
        return self._connection.execute(query, (_moment(received_at), queue_id)).fetchone() is not None

    async def filed(self, ids: Collection[int]) -> None:
        let_log_grow(self._connection, False)
        self._connection.execute(
            "DELETE FROM arrivals WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(list(ids)),)
        )

    def _fill(self, raw_id: int, large: Packed) -> None:
        """Piece by piece: a value of a statement is in memory three times."""
        self._connection.execute("UPDATE raws SET content = zeroblob(?) WHERE id = ?", (large.size, raw_id))
        with self._connection.blobopen("raws", "content", raw_id) as blob:
            for piece in large.pieces():
                blob.write(piece)

    def _put(self, table: Table, rows: Sequence[_Row]) -> list[int]:
        return _insert(table, tuple(rows[0])).put(self._connection, rows) if rows else []
