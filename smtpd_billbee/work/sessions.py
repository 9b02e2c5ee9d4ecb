"""A session begins with signing in and ends with signing out: for good, whoever has a copy of its word.

The word is known to the browser only; what is kept is its hash (OWASP Session Management Cheat Sheet).
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from smtpd_billbee.model.journal import Entry
from smtpd_billbee.model.user import User
from smtpd_billbee.store.store import Store

LIFETIME = timedelta(days=14)


async def begin(store: Store, user: User, now: datetime) -> str:
    """A new session; its word."""
    word = secrets.token_urlsafe(32)
    async with store.transaction() as tx:
        await tx.sessions.forget_ended(now)
        await tx.sessions.begin(user.id, _hash(word), now, now + LIFETIME)
    return word


async def user_of(store: Store, word: str, now: datetime) -> User | None:
    """Who is signed in with this word; None where the session is over, or the user may no longer sign in."""
    async with store.reading() as tx:
        user = await tx.sessions.user(_hash(word), now)
    return user if user and user.active and user.has_password else None


async def end(store: Store, word: str) -> None:
    """Sign out."""
    async with store.transaction() as tx:
        await tx.sessions.end(_hash(word))


async def end_everywhere(store: Store, user: User, now: datetime) -> None:
    """Sign out in every browser."""
    async with store.transaction() as tx:
        await tx.sessions.end_all(user.id)
        entry = Entry(now, user.email, "signed out everywhere", account_id=user.account_id, detail={"user": user.id})
        await tx.journal.write([entry])


def _hash(word: str) -> str:
    return hashlib.sha256(word.encode()).hexdigest()
