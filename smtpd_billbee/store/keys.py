"""What all nodes of an installation share: secrets, made once, and by what a key of theirs is known to be the same."""

import secrets
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.store.conflicts import insert_new
from smtpd_billbee.store.tables import keys

# By that name a SQLite file keeps whereto it was moved: `serve` accepts no mail into it any more.
MOVED = "moved"


class Keys:
    """Statements about secrets."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, name: str) -> bytes | None:
        """The secret by that name, if it was ever made."""
        value = (await self._connection.execute(select(keys.c.value).where(keys.c.name == name))).scalar()
        return None if value is None else bytes(value)

    async def get_or_make(self, name: str, now: datetime) -> bytes:
        """The 32 secret bytes by that name; two nodes that start at once agree on one value."""
        new = {"name": name, "value": secrets.token_bytes(32), "created_at": now}
        await self._connection.execute(insert_new(self._connection, keys), [new])
        value = (await self._connection.execute(select(keys.c.value).where(keys.c.name == name))).scalar_one()
        return bytes(value)

    async def forget(self, name: str) -> bool:
        """It is not kept any more; whether it was."""
        return (await self._connection.execute(delete(keys).where(keys.c.name == name))).rowcount == 1

    async def swap(self, name: str, value: bytes, now: datetime) -> bytes | None:
        """Keep what is no secret by that name; what was there before, None for nothing."""
        before = await self.get(name)
        await self._connection.execute(
            insert_new(self._connection, keys), [{"name": name, "value": value, "created_at": now}]
        )
        await self._connection.execute(update(keys).where(keys.c.name == name).values(value=value))
        return before
