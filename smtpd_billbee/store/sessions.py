"""Sessions: which browsers are signed in.  A word is kept as its hash: who reads the table can sign in with nothing."""

from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.model.user import User
from smtpd_billbee.store.tables import sessions, users
from smtpd_billbee.store.users import user_of_row


class Sessions:
    """Statements about sessions, by the hash of their word."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def user(self, word_hash: str, now: datetime) -> User | None:
        """Whose session that is, while it lasts."""
        query = select(users).join(sessions, sessions.c.user_id == users.c.id)
        query = query.where(sessions.c.word_hash == word_hash, sessions.c.ends_at > now)
        row = (await self._connection.execute(query)).mappings().first()
        return user_of_row(row) if row else None

    async def count(self, user_id: int, now: datetime) -> int:
        """In how many browsers a user is signed in."""
        query = select(func.count()).where(sessions.c.user_id == user_id, sessions.c.ends_at > now)
        return (await self._connection.execute(query)).scalar_one()

    async def begin(self, user_id: int, word_hash: str, now: datetime, ends_at: datetime) -> None:
        """Another one."""
        values = {"user_id": user_id, "word_hash": word_hash, "began_at": now, "ends_at": ends_at}
        await self._connection.execute(insert(sessions).values(values))

    async def end(self, word_hash: str) -> None:
        """This one is over."""
        await self._connection.execute(delete(sessions).where(sessions.c.word_hash == word_hash))

    async def end_all(self, user_id: int) -> None:
        """Every one of this user is over."""
        await self._connection.execute(delete(sessions).where(sessions.c.user_id == user_id))

    async def forget_ended(self, now: datetime) -> None:
        """Those that lasted to their end."""
        await self._connection.execute(delete(sessions).where(sessions.c.ends_at <= now))
