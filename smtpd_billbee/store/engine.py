"""Opening a database the safe way.

SQLite: WAL, synchronous=FULL (an acknowledged mail survives a power cut; with NORMAL it does not), foreign keys, one
writer connection that every transaction waits for, readers apart that never checkpoint.  PostgreSQL: one pool, and
synchronous_commit must not be off.
"""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from smtpd_billbee.errors import StartError
from smtpd_billbee.store.database_server import own_name
from smtpd_billbee.store.sqlite_driver import BUSY_SECONDS, DRIVER

# Parameters are customers' data: they must not stand in an exception's text.
# None beyond the eighth: SQLAlchemy closes such a connection after each use, and to open one takes ten statements.
_READERS: dict[str, Any] = {"pool_size": 8, "max_overflow": 0, "pool_use_lifo": True}
_COMMON: dict[str, Any] = {"pool_timeout": 20, "hide_parameters": True}

_UNPREPARED: dict[str, Any] = {
    "statement_cache_size": 0,
    "prepared_statement_name_func": lambda: f"smtpd_billbee_{secrets.token_hex(16)}",
}

# Of one process to PostgreSQL: those it keeps, and those it opens in a rush.
_KEPT, _IN_RUSH = 10, 10
MOST_CONNECTIONS = _KEPT + _IN_RUSH


@dataclass(frozen=True)
class Engines:
    """Where to write and where to read; the same pool on PostgreSQL."""

    writer: AsyncEngine
    reader: AsyncEngine

    @property
    def is_sqlite(self) -> bool:
        return self.writer.dialect.name == "sqlite"

    async def dispose(self) -> None:
        """Close every connection, readers first: the writer's close makes the last checkpoint."""
        if self.reader is not self.writer:
            await self.reader.dispose()
        await self.writer.dispose()


def sqlite_engines(file: Path, *, checkpoints: bool) -> Engines:
    """Engines on one SQLite file; of all processes on it, one may make checkpoints."""
    url = f"{DRIVER}:///{file}"
    writer = create_async_engine(url, poolclass=AsyncAdaptedQueuePool, pool_size=1, max_overflow=0, **_COMMON)
    reader = create_async_engine(url, poolclass=AsyncAdaptedQueuePool, **_READERS, **_COMMON)
    _prepare_sqlite(writer, begin="BEGIN IMMEDIATE", query_only=False, checkpoints=checkpoints)
    _prepare_sqlite(reader, begin="BEGIN", query_only=True, checkpoints=False)
    return Engines(writer, reader)


def postgresql_engines(url: str) -> Engines:
    """Engines on a PostgreSQL database (postgresql://user@host/name).

    `?prepared_statement_cache_size=0` is for a pooler that gives each transaction another connection, such as
    PgBouncer's transaction mode: then no statement is prepared for longer, and two never have the same name.
    """
    address = make_url(url).set(drivername="postgresql+asyncpg")
    if mode := address.query.get("sslmode"):  # libpq's name for it
        address = address.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode})
    pooled = address.query.get("prepared_statement_cache_size") == "0"
    engine = create_async_engine(
        address,
        pool_size=_KEPT,
        max_overflow=_IN_RUSH,
        pool_pre_ping=True,
        connect_args={
            "timeout": BUSY_SECONDS,
            "server_settings": {"application_name": own_name()},
            **(_UNPREPARED if pooled else {}),
        },
        isolation_level="READ COMMITTED",
        **_COMMON,
    )
    _prepare_postgresql(engine)
    return Engines(engine, engine)


def spoken(url: str) -> str:
    """The address of a PostgreSQL database as it may be shown: without password, and without most of its options."""
    address = make_url(url)
    named = URL.create("postgresql", address.username, None, address.host, address.port, address.database)
    hosts = address.normalized_query.get("host", ())
    return named.render_as_string() + ("?" if hosts else "") + "&".join(f"host={host}" for host in hosts)


def _prepare_sqlite(engine: AsyncEngine, begin: str, *, query_only: bool, checkpoints: bool) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        for pragma, value in _pragmas(query_only=query_only, checkpoints=checkpoints).items():
            cursor.execute(f"PRAGMA {pragma} = {value}")
        _assert_durable(cursor)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begun(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


def _pragmas(*, query_only: bool, checkpoints: bool) -> dict[str, str | int]:
    pragmas: dict[str, str | int] = {
        "busy_timeout": BUSY_SECONDS * 1000,
        "journal_mode": "WAL",
        "synchronous": "FULL",
        "foreign_keys": "ON",
        "trusted_schema": "OFF",
        "mmap_size": 0,
    }
    if not checkpoints:
        # Two connections that checkpoint at once can corrupt a WAL database (sqlite.org/wal.html#walresetbug).
        pragmas["wal_autocheckpoint"] = 0
    if query_only:
        pragmas["query_only"] = "ON"
    return pragmas


def _assert_durable(cursor: Any) -> None:
    cursor.execute("PRAGMA synchronous")
    (synchronous,) = cursor.fetchone()
    cursor.execute("PRAGMA journal_mode")
    (mode,) = cursor.fetchone()
    if (synchronous, mode) != (2, "wal"):
        raise StartError(f"SQLite will not promise durability here: synchronous={synchronous}, journal_mode={mode}")


def _prepare_postgresql(engine: AsyncEngine) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def connected(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute("SHOW synchronous_commit")
        (value,) = cursor.fetchone()
        if value == "off":
            cursor.execute("SET synchronous_commit = on")
        cursor.close()
        connection.commit()
