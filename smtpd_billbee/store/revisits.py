"""Kept mails that somebody looks at again, bound to whose they are."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.model.mail import Mail, MailState
from smtpd_billbee.model.shop import Shop
from smtpd_billbee.store.mails import SHOWN, mail_of_row
from smtpd_billbee.store.shops import SHOP, shop_of_row
from smtpd_billbee.store.tables import mails, shops
from smtpd_billbee.store.whose import of_account, owned_by


class Revisits:
    """Statements about mails of one account; None: of all accounts, for the administrator."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def one(self, account_id: int | None, mail_id: int) -> Mail | None:
        """The mail, if it is that account's."""
        found = await self.some(account_id, [mail_id])
        return found[0] if found else None

    async def some(self, account_id: int | None, mail_ids: Collection[int]) -> list[Mail]:
        """Those of these mails that are that account's."""
        query = select(*SHOWN).where(mails.c.id.in_(mail_ids), of_account(mails.c.shop_id, account_id))
        return [mail_of_row(row) for row in (await self._connection.execute(query.order_by(mails.c.id))).mappings()]

    async def shops(self, account_id: int | None) -> list[Shop]:
        """The account's shops, by number."""
        query = SHOP.where(owned_by(account_id)).order_by(shops.c.id)
        return [shop_of_row(row) for row in (await self._connection.execute(query)).mappings()]

    async def newest(
        self, account_id: int | None, states: Collection[MailState], limit: int, before: int | None = None
    ) -> Sequence[Mail]:
        """The newest mails of a shop in these states, newest first; `before`: only older ones than this."""
        found: list[Mail] = []
        for state in states:  # each by its own index: together they would be sorted first
            query = select(*SHOWN).where(mails.c.state == state, mails.c.shop_id.isnot(None))
            # A sum is in no index: mails in doubt are few, and going through all of an account's mails is slow.
            query = query.where(of_account(mails.c.shop_id + 0, account_id))
            if before is not None:
                query = query.where(mails.c.id < before)
            rows = await self._connection.execute(query.order_by(mails.c.id.desc()).limit(limit))
            found += [mail_of_row(row) for row in rows.mappings()]
        return sorted(found, key=lambda mail: mail.id, reverse=True)[:limit]
