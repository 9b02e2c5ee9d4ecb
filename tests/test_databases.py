"""A PostgreSQL database that was emptied is as a new one; what is more than rows is not handed on."""

from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from smtpd_billbee.store.tables import metadata
from tests.databases import Emptied

SHOP = "INSERT INTO accounts (email, name, language, created_at) VALUES ('a@example.org', '', 'de', now()) RETURNING id"
SIZES = """
    SELECT string_agg(concat_ws(' ', relname, relpages, reltuples, relallvisible), ',' ORDER BY relname) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace
"""


async def used(address: str, *statements: str) -> list[Any]:
    """What each statement says."""
    connection = await asyncpg.connect(address)
    try:
        return [await connection.fetchval(each) for each in statements]
    finally:
        await connection.close()


async def test_again(emptied: Emptied) -> None:
    """The same database, without a row; its numbers begin anew, and the planner takes it for what it was."""
    first = await emptied.take()
    (sizes,) = await used(first, SIZES)
    numbers = await used(first, SHOP, "VACUUM")
    await emptied.give_back(first)
    second = await emptied.take()
    rows = await used(second, *(f"SELECT count(*) FROM {name}" for name in metadata.tables))

    assert second == first
    assert {0} == set(rows)
    assert [sizes] == await used(second, SIZES)
    assert [1] == numbers[:1] == await used(second, SHOP)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE more (id integer)",
        "ALTER TABLE accounts ADD COLUMN more integer",
        "DROP TABLE alembic_version",
        "UPDATE alembic_version SET version_num = '0001'",
        "ANALYZE accounts",
        "ALTER DATABASE CURRENT SET work_mem = '1MB'",
    ],
)
async def test_another(emptied: Emptied, statement: str) -> None:
    """What a test changed beside the rows, no other test gets."""
    first = await emptied.take()
    statement = statement.replace("CURRENT", urlsplit(first).path[1:])
    await used(first, SHOP, statement)
    await emptied.give_back(first)

    assert first != await emptied.take()


async def test_in_use(emptied: Emptied) -> None:
    """Nor one to which somebody is still connected."""
    first = await emptied.take()
    connection = await asyncpg.connect(first)
    await emptied.give_back(first)
    await connection.close()

    assert first != await emptied.take()
