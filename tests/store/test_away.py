"""A database that cannot be used says why, and what to do about it."""

import socket
from pathlib import Path

import pytest

from smtpd_billbee.errors import StartError, StoreAway
from smtpd_billbee.store.away import advice, reason
from smtpd_billbee.store.engine import spoken
from smtpd_billbee.store.store import open_store


@pytest.mark.parametrize(
    ("user", "database", "said"),
    [
        ("billbee", "none", 'database "none" does not exist; make the database: CREATE DATABASE'),
        ("nobody", "postgres", 'role "nobody" does not exist; make this user (CREATE USER)'),
    ],
)
async def test_what_is_missing(postgresql_server: str, user: str, database: str, said: str) -> None:
    """An operator who has made no user, or no database, reads which, where, and how to make it."""
    address = postgresql_server.format(database=database).replace("billbee@", f"{user}:secret@")
    with pytest.raises(StartError) as caught:
        await open_store(address, Path())

    assert str(caught.value).startswith(f"database: postgresql://{user}@/{database}?host=/")
    assert f" cannot be opened: {said}" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_password_is_never_shown() -> None:
    """Wherever it stands in the address; what tells the place stays."""
    said = spoken("postgres://u:secret@db.example:6432/orders?password=secret&ssl=require&host=a:1&host=b:2")

    assert "postgresql://u@db.example:6432/orders?host=a:1&host=b:2" == said


def test_no_answer_in_time() -> None:
    """An error without words of its own does not end in a bare colon."""
    assert ("no answer in time", True) == (reason(TimeoutError()), "firewall" in advice(TimeoutError()))


def test_a_name_that_is_none() -> None:
    """The cause of what the store tells is asked, too."""
    away = StoreAway("Name or service not known")
    away.__cause__ = socket.gaierror(-2, "Name or service not known")

    assert "name of the host" in advice(away)
    assert "" == advice(StoreAway("for another reason"))


async def test_the_name_that_libpq_has_for_tls(postgresql_server: str, tmp_path: Path) -> None:
    """`sslmode` stands in every provider's address; asyncpg calls it `ssl`."""
    address = postgresql_server.format(database="postgres")
    with pytest.raises(StartError, match="must be one of: disable"):
        await open_store(f"{address}&sslmode=nonsense", tmp_path)
