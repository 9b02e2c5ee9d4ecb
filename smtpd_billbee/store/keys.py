"""Secrets of this installation, shared by all its nodes: made once, on first use."""

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.store.conflicts import insert_new
from smtpd_billbee.store.tables import keys


class Keys:
    """Statements about secrets."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get_or_make(self, name: str, now: datetime) -> bytes:
        """The 32 secret bytes by that name; two nodes that start at once agree on one value."""
        new = {"name": name, "value": secrets.token_bytes(32), "created_at": now}
        await self._connection.execute(insert_new(self._connection, keys), [new])
        value = (await self._connection.execute(select(keys.c.value).where(keys.c.name == name))).scalar_one()
        return bytes(value)
