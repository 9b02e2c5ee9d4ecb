"""Nodes with some roles each, on one PostgreSQL; the real command as processes.  Storms: tests/chaos/test_nodes.py."""

import asyncio
import smtplib
import time
from pathlib import Path

import asyncpg
import pytest

from tests.conftest import fresh_database
from tests.journeys.orders import order_mail
from tests.serving import run, serving, write_config

SHOP = "12345-jimdo-orderimport@inbound.example"
PROMPT = 10.0  # seconds; it is one where nothing else runs


@pytest.fixture
def nodes(postgresql_server: str, tmp_path: Path) -> tuple[str, Path, Path]:
    """An empty database, and the folders of two nodes on it."""
    database = asyncio.run(fresh_database(postgresql_server))
    folders = tmp_path / "first", tmp_path / "second"
    for folder in folders:
        folder.mkdir()
        write_config(folder, more=f'database = "{database}"\nstate_dir = "state"')
    return database, *folders


async def _orders(database: str) -> int:
    connection = await asyncpg.connect(database)
    try:
        found: int = await connection.fetchval("SELECT count(*) FROM orders")
        return found
    finally:
        await connection.close()


def test_one_accepts_and_another_reads(nodes: tuple[str, Path, Path]) -> None:
    """Nobody rings across machines: the reader looks every second."""
    database, first, second = nodes
    with serving(first, "--only", "door") as door, serving(second, "--only", "reading"):
        with smtplib.SMTP("127.0.0.1", door.port, timeout=20) as client:
            client.sendmail("no-reply@jimdo.example", [SHOP], order_mail(500_001))
        end = time.monotonic() + PROMPT
        while not (orders := asyncio.run(_orders(database))) and time.monotonic() < end:
            time.sleep(0.1)

    assert 1 == orders


def test_a_spool_has_its_folder(nodes: tuple[str, Path, Path]) -> None:
    """While the database is away is too late to find that mails cannot be put aside; who has no door needs none."""
    _, first, second = nodes
    with serving(first, "--only", "door"), serving(second, "--only", "reading"):
        found = (first / "state").is_dir(), (second / "state").exists()
    (second / "state").write_text("")
    refused = run(second, "serve", "--only", "door")

    assert (True, False) == found
    assert (2, "smtpd-billbee: state_dir: state is a file, not a folder\n") == (refused.returncode, refused.stderr)


def test_keys_that_differ(nodes: tuple[str, Path, Path]) -> None:
    """The key that signs is a file of each node: one that has another, or none, says so when it starts."""
    _, first, second = nodes
    assert 0 == run(first, "dkim", "create").returncode
    logs = []
    for folder in (first, first, second, second):
        with serving(folder, "--only", "relaying") as server:
            logs.append("another dkim.key" in server.log.read_text())

    assert [False, False, True, False] == logs


def test_finishing(nodes: tuple[str, Path, Path]) -> None:
    """`migrate --finish` says what it did; it is not for a move."""
    _, first, _ = nodes
    with serving(first, "--only", "relaying"):
        done = run(first, "migrate", "--finish")
        wrong = run(first, "migrate", "--finish", "--to", "postgresql://user@host/name")
        nothing = run(first, "migrate")

    assert (0, "There is nothing to do.\n") == (done.returncode, done.stdout)
    assert [2, 2] == [wrong.returncode, nothing.returncode]
    assert "either --to ADDRESS or --undo" in wrong.stderr
