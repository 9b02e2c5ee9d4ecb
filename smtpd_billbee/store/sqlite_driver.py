"""SQLite behind SQLAlchemy, one visit to the connection's thread for each statement, or for a whole transaction.

SQLAlchemy's own adapter goes there four times: for a cursor, to execute, to fetch, and to close.  Each time two threads
hand each other the interpreter, which took longer than SQLite itself.  `in_one_visit` goes there once for everything.

And no visit at all while a transaction is `brief`, or for what is done `at_once`: a few rows found by their keys take
less time than the way there.  What waits for others stays with the thread: a writer's BEGIN for its turn, its COMMIT
for the disk.
"""

import sqlite3
from collections import deque
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import aiosqlite
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
    SQLiteDialect_aiosqlite,
)
from sqlalchemy.exc import MissingGreenlet
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.util import await_only, greenlet_spawn

DRIVER = "sqlite+onevisit"
BUSY_SECONDS = 10  # that a writer waits for its turn
# Pages of 4 KiB in the write-ahead log, after which a commit also writes them into the database: SQLite's own number,
# and 32 MiB, which a rush may bring before anybody has to wait for that.
LOG_PAGES, LOG_PAGES_IN_RUSH = 1_000, 8_000
_AIOSQLITE: Any = aiosqlite
T = TypeVar("T")

_Done = tuple[Any, int, int | None, Sequence[Any]]  # description, rowcount, lastrowid, rows


class _Cursor(AsyncAdapt_aiosqlite_cursor):
    """What a statement brought; the cursor behind it is closed already."""

    __slots__ = ("_done",)
    _done: _Done
    _adapt_connection: "_Connection"

    def __init__(self, adapt_connection: "_Connection") -> None:
        self._adapt_connection = adapt_connection
        self._connection = adapt_connection._connection
        self._rows = deque()
        self._done = (None, -1, None, ())

    @property
    def description(self) -> Any:
        return self._done[0]

    @property
    def rowcount(self) -> int:
        return self._done[1]

    @property
    def lastrowid(self) -> Any:
        return self._done[2]

    async def _async_soft_close(self) -> None:
        """Nothing is open."""

    def close(self) -> None:
        self._rows.clear()

    def execute(self, operation: Any, parameters: Any = None) -> Any:
        if self._adapt_connection.is_brief:
            self._at_once(_executed, operation, parameters or ())
        else:
            super().execute(operation, parameters)

    def executemany(self, operation: Any, seq_of_parameters: Any) -> Any:
        if self._adapt_connection.is_brief:
            self._at_once(_executed_many, operation, seq_of_parameters)
        else:
            super().executemany(operation, seq_of_parameters)

    def _at_once(self, work: Any, operation: Any, parameters: Any) -> None:
        connection: Any = self._connection
        await_only(_nothing())  # SQLAlchemy wants to see one
        try:
            self._done = work(connection._conn, operation, parameters)
        except Exception as error:
            self._adapt_connection._handle_exception(error)
        self._rows = deque(self._done[3])

    async def _execute_async(self, operation: Any, parameters: Any) -> Any:
        await self._visit(_executed, operation, parameters or ())

    async def _executemany_async(self, operation: Any, seq_of_parameters: Any) -> Any:
        await self._visit(_executed_many, operation, seq_of_parameters)

    async def _visit(self, work: Any, operation: Any, parameters: Any) -> None:
        connection: Any = self._connection
        async with self._adapt_connection._execute_mutex:
            self._adapt_connection.is_quiet = False
            self._done = await connection._execute(work, connection._conn, operation, parameters)
            self._adapt_connection.is_quiet = True
        self._rows = deque(self._done[3])


async def _nothing() -> None:
    pass


def _executed(connection: sqlite3.Connection, operation: str, parameters: Sequence[Any]) -> _Done:
    return _finished(connection.execute(operation, parameters))


def _executed_many(connection: sqlite3.Connection, operation: str, parameters: Sequence[Sequence[Any]]) -> _Done:
    return _finished(connection.executemany(operation, parameters))


def _finished(cursor: sqlite3.Cursor) -> _Done:
    rows = cursor.fetchall() if cursor.description else ()
    done = (cursor.description, cursor.rowcount, cursor.lastrowid, rows)  # a RETURNING counts while it is fetched
    cursor.close()
    return done


class _Connection(AsyncAdapt_aiosqlite_connection):
    """`is_brief`: statements are carried out here and now.  `is_quiet`: the thread has nothing to do for us.

    A visit whose caller was cancelled goes on: then nobody can say what it will leave behind.
    """

    __slots__ = ("is_brief", "is_quiet")
    _cursor_cls: Any = _Cursor

    def __init__(self, *arg: Any, **kw: Any) -> None:
        super().__init__(*arg, **kw)
        self.is_brief, self.is_quiet = False, True

    def commit(self) -> None:
        self._end(super().commit)

    def rollback(self) -> None:
        """SQLAlchemy says it once more whenever a connection comes back."""
        self._end(super().rollback)

    @property
    def is_at_rest(self) -> bool:
        """Whether there is nothing to commit or to roll back."""
        aio: Any = self._connection
        return self.is_quiet and bool(aio._connection) and not aio._conn.in_transaction

    def _end(self, by_visit: Callable[[], None]) -> None:
        if self.is_at_rest:
            return
        self.is_quiet = False
        by_visit()
        self.is_quiet = True


@contextmanager
def briefly(connection: AsyncConnection) -> Iterator[None]:
    """Within this, what a connection of DRIVER is asked takes a moment; any other connection is as it was."""
    raw: Any = connection.sync_connection and connection.sync_connection.connection.dbapi_connection
    if not isinstance(raw, _Connection):
        yield
        return
    raw.is_brief = True
    try:
        yield
    finally:
        raw.is_brief = False


async def borrow(engine: AsyncEngine) -> Any:
    """The pool's connection.  Only to wait for it, or to open it, needs one of SQLAlchemy's greenlets.

    Each of those takes as long as all statements of a brief transaction.
    """
    try:
        return engine.sync_engine.raw_connection()
    except MissingGreenlet:
        return await greenlet_spawn(engine.sync_engine.raw_connection)


async def give_back(borrowed: Any) -> None:
    """To the pool, which rolls back what is not committed: that has to be waited for."""
    if borrowed.dbapi_connection.is_at_rest:
        borrowed.close()
    else:
        await greenlet_spawn(borrowed.close)


async def in_one_visit(adapted: Any, work: Callable[[sqlite3.Connection], Coroutine[Any, Any, T]]) -> T:
    """What `work` makes of the connection, all of it in the connection's thread.  It may wait for nothing.

    Cancelled, it is done all the same: whoever uses the connection next comes after it, for the thread has a queue.
    """
    connection: Any = adapted._connection
    done: T = await _visited(adapted, lambda: _run(work(connection._conn)))
    return done


async def at_once(adapted: Any, work: Callable[[sqlite3.Connection], Coroutine[Any, Any, T]]) -> T:
    """A transaction of what `work` makes of the connection, here and now but for its end.  It may wait for nothing.

    What is not committed, the pool rolls back when the connection is given back to it.
    """
    connection: Any = adapted._connection
    if not _begun(connection._conn):
        await _visited(adapted, lambda: connection._conn.execute("BEGIN IMMEDIATE"))
    done = _run(work(connection._conn))
    await _visited(adapted, connection._conn.commit)
    return done


async def _visited(adapted: Any, work: Callable[[], Any]) -> Any:
    adapted.is_quiet = False
    done = await adapted._connection._execute(work)
    adapted.is_quiet = True
    return done


def _begun(connection: sqlite3.Connection) -> bool:
    """BEGIN IMMEDIATE, if nobody else writes: nobody waits in here."""
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:  # the other bits tell what it is busy with
            raise
        return False
    finally:
        connection.execute(f"PRAGMA busy_timeout = {1000 * BUSY_SECONDS}")
    return True


def let_log_grow(connection: sqlite3.Connection, grows: bool) -> None:
    """From the next commit on.  Not where another process makes the checkpoints (engine.py)."""
    (pages,) = connection.execute("PRAGMA wal_autocheckpoint").fetchone()
    wanted = LOG_PAGES_IN_RUSH if grows else LOG_PAGES
    if pages not in (0, wanted):
        connection.execute(f"PRAGMA wal_autocheckpoint = {wanted}")


def _run(work: Coroutine[Any, Any, T]) -> T:
    """A coroutine that never has to wait, run to its end."""
    try:
        work.send(None)
    except StopIteration as done:
        value: T = done.value
        return value
    work.close()
    raise RuntimeError("what goes to a connection's thread in one visit must not wait")


class _Module(AsyncAdapt_aiosqlite_dbapi):
    def connect(self, *arg: Any, **kw: Any) -> _Connection:
        connection: Any = aiosqlite.connect(*arg, **kw)
        connection._thread.daemon = True  # as SQLAlchemy's own: a connection that is forgotten holds no exit up
        return _Connection(self, await_only(connection))


class SQLiteOneVisit(SQLiteDialect_aiosqlite):
    """The dialect of DRIVER."""

    driver = "onevisit"
    supports_statement_cache = True

    @classmethod
    def import_dbapi(cls) -> AsyncAdapt_aiosqlite_dbapi:
        return _Module(_AIOSQLITE, sqlite3)


registry.register("sqlite.onevisit", __name__, SQLiteOneVisit.__name__)
