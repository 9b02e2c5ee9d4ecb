"""A database that cannot be used: whether it is that, why, in words for a person, and what to do about it."""

import socket
import sqlite3
import sys

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoneFree

from smtpd_billbee.errors import StoreAway, plain_words

# What the outside world can do to us; anything else is our own mistake and stays one, with its trace.
_AWAY = (DBAPIError, NoneFree, OSError, sqlite3.Error)

# PostgreSQL, appendix A: serialization_failure, deadlock_detected, unique_violation.
_COLLISIONS = frozenset({"40001", "40P01", "23505"})

# PostgreSQL, appendix A: what a person can mend.
_ADVICE = {
    "28P01": "look at the password: in .pgpass (mode 0600) of this program's user, in PGPASSWORD, or in the address",
    "28000": "make this user (CREATE USER), and let it in from here (pg_hba.conf)",
    "3D000": "make the database: CREATE DATABASE ... OWNER ...",
    "42501": "let the database belong to this user: ALTER DATABASE ... OWNER TO ...",
    "53300": "raise max_connections of PostgreSQL; `doctor` says how many are needed",
    "57P03": "try again: PostgreSQL is just starting or stopping",
}
_LISTENING = "is PostgreSQL running there, and does it listen on that address and port?"


def is_away(error: BaseException) -> bool:
    """Whether this error means that the database cannot be used just now."""
    away = isinstance(error, _AWAY) or _is_of_asyncpg(error)
    return away and not isinstance(error, IntegrityError | sqlite3.IntegrityError)


def _is_of_asyncpg(error: BaseException) -> bool:
    """What is not wrapped by SQLAlchemy: it comes while a connection is made."""
    asyncpg = sys.modules.get("asyncpg")  # a server on SQLite does not load it, and nothing of it can have failed
    return asyncpg is not None and isinstance(error, (asyncpg.PostgresError, asyncpg.InterfaceError))


def is_collision(error: BaseException) -> bool:
    """Whether another node was in the way at the same moment: the same transaction, begun anew, sees what it did."""
    return _sqlstate(error) in _COLLISIONS


def reason(error: BaseException) -> str:
    """Why, in words: the first line of what the database or the system says, the same on every event loop."""
    if isinstance(error, TimeoutError) and not error.errno:
        return "no answer in time"
    if isinstance(error, OSError):
        return plain_words(error)
    told = error.orig if isinstance(error, DBAPIError) and error.orig else error
    return (str(told).splitlines() or [type(told).__name__])[0][:200]


def advice(error: BaseException) -> str:
    """What to do about it; '' where only the reason tells."""
    cause = error.__cause__ if isinstance(error, StoreAway) else error
    if isinstance(cause, socket.gaierror):
        return "is the name of the host right, and does DNS know it?"
    if isinstance(cause, TimeoutError):
        return "is the host right, and does no firewall stand before it?"
    if isinstance(cause, OSError) and cause.errno:  # asyncpg has some of its own, without
        return _LISTENING
    return _ADVICE.get(_sqlstate(cause), "")


def _sqlstate(error: BaseException | None) -> str:
    cause = error.__cause__ if isinstance(error, StoreAway) else error
    told = cause.orig if isinstance(cause, DBAPIError) else cause
    return getattr(told, "sqlstate", None) or ""
