"""Webhooks: addresses that hear of an account's orders."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.store.tables import webhooks


class Webhooks:
    """Statements about webhooks."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def urls(self, account_id: int) -> list[str]:
        """Where the account's active webhooks point."""
        query = select(webhooks.c.url).where(webhooks.c.account_id == account_id, webhooks.c.active)
        return list((await self._connection.execute(query)).scalars())
