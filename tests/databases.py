"""PostgreSQL databases with an empty store: what one test used is emptied for the next one.

Emptying takes a seventh of the time that another database takes.
"""

import contextlib
import itertools
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import asyncpg

from smtpd_billbee.store.store import open_store
from smtpd_billbee.store.tables import metadata

T = TypeVar("T")
_NAME = "ours"  # that the others are copied from
_numbers = itertools.count()
_OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
_FULL = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in metadata.tables)
_USED = "SELECT sequencename FROM pg_sequences WHERE last_value IS NOT NULL"
# An index that was emptied is taken for smaller than a new one, and plans would depend on the tests before.
_SIZES = "SELECT relname, relpages, reltuples, relallvisible FROM pg_class WHERE relnamespace = 'public'::regnamespace"
_SIZES_AS_NEW = """
    UPDATE pg_class SET relpages = new.pages, reltuples = new.tuples, relallvisible = new.visible
    FROM unnest($1::text[], $2::integer[], $3::real[], $4::integer[]) AS new (name, pages, tuples, visible)
    WHERE relnamespace = 'public'::regnamespace AND relname = new.name
    AND (relpages, reltuples, relallvisible) IS DISTINCT FROM (new.pages, new.tuples, new.visible)
"""
_SHAPE = r"""
    WITH own AS (SELECT oid, relname, relkind, reloptions FROM pg_class WHERE relnamespace = 'public'::regnamespace)
    SELECT md5(string_agg(line, ',' ORDER BY line)) FROM (
        SELECT concat_ws(' ', relname, relkind, reloptions) FROM own
        UNION ALL SELECT concat_ws(' ', relname, attnum, attname, atttypid, atttypmod, attnotnull, attisdropped)
            FROM pg_attribute JOIN own ON own.oid = attrelid
        UNION ALL SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef
        UNION ALL SELECT concat_ws(' ', conname, convalidated, pg_get_constraintdef(oid)) FROM pg_constraint
            WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT tgname FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT extname FROM pg_extension
        UNION ALL SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\_%'
        UNION ALL SELECT concat_ws(' ', tablename, attname) FROM pg_stats WHERE schemaname = 'public'
        UNION ALL SELECT setconfig::text FROM pg_db_role_setting JOIN pg_database ON pg_database.oid = setdatabase
            WHERE datname = current_database()
        UNION ALL SELECT version_num FROM alembic_version
    ) AS lines (line)
"""


async def create(server: str, name: str, template: str = "template0") -> None:
    """Another database on a server."""
    statement = f'CREATE DATABASE "{name}" TEMPLATE "{template}"'
    await _with(server.format(database="postgres"), lambda connection: connection.execute(statement))


async def fresh_database(server: str) -> str:
    """The address of a new, wholly empty database on a PostgreSQL server."""
    name = f"test_{next(_numbers)}"
    await create(server, name)
    return server.format(database=name)


class Emptied:
    """The databases of one server.

    One is left where it is if somebody is still connected to it, or if more than its rows was changed: the schema,
    settings, what ANALYZE has found.
    """

    def __init__(self, server: str) -> None:
        self._server = server
        self._free: list[str] = []
        self._shape = ""  # as the migrations made it
        self._sizes: list[asyncpg.Record] = []  # what the planner takes each table and index for

    async def take(self) -> str:
        """The address of one that nobody else has."""
        if not self._shape:
            await create(self._server, _NAME)
            with tempfile.TemporaryDirectory() as folder:
                await (await open_store(self._server.format(database=_NAME), Path(folder))).close()
            self._shape = await _with(self._server.format(database=_NAME), _shape)
            self._sizes = await _with(self._server.format(database=_NAME), lambda connection: connection.fetch(_SIZES))
        if self._free:
            return self._free.pop()
        name = f"test_{next(_numbers)}"
        await create(self._server, name, _NAME)
        return self._server.format(database=name)

    async def give_back(self, address: str) -> None:
        """It is not needed any more."""
        with contextlib.suppress(asyncpg.PostgresError):  # a table is missing, or the database itself
            if await _with(address, self._empty):
                self._free.append(address)

    async def _empty(self, connection: asyncpg.Connection) -> bool:
        if await connection.fetchval(_OTHERS) or await _shape(connection) != self._shape:
            return False
        if full := [name for (name,) in await connection.fetch(_FULL)]:
            await connection.execute(f"TRUNCATE {', '.join(full)} CASCADE")
        for (name,) in await connection.fetch(_USED):
            await connection.execute(f"ALTER SEQUENCE {name} RESTART")
        await connection.execute(_SIZES_AS_NEW, *zip(*self._sizes, strict=True))
        return True


async def _shape(connection: asyncpg.Connection) -> str:
    """A hash of all but the rows."""
    found: str = await connection.fetchval(_SHAPE)
    return found


async def _with(address: str, work: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
    connection = await asyncpg.connect(address)
    try:
        return await work(connection)
    finally:
        await connection.close()
