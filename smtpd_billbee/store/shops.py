"""Shops: the internal number, its account, its settings."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.model.shop import Shop, ShopRules
from smtpd_billbee.store.tables import accounts, shops

_FIRST_ID = 10001  # a number of five digits looks like what Billbee's users know

SHOP = select(shops, accounts.c.email.label("account_email")).join(accounts)


class Shops:
    """Statements about shops."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def exists(self, shop_id: int) -> bool:
        """Whether mail for that number is taken."""
        query = select(shops.c.id).where(shops.c.id == shop_id, shops.c.active)
        return (await self._connection.execute(query)).first() is not None

    async def open_ids(self) -> list[int]:
        """The numbers of all shops whose mail is taken."""
        return list((await self._connection.execute(select(shops.c.id).where(shops.c.active))).scalars())

    async def get(self, shop_id: int) -> Shop | None:
        """The shop with that internal number."""
        found = await self.some({shop_id})
        return found.get(shop_id)

    async def some(self, shop_ids: Collection[int]) -> dict[int, Shop]:
        """These shops by their numbers; those that do not exist are left out."""
        rows = await self._connection.execute(SHOP.where(shops.c.id.in_(shop_ids)))
        return {row["id"]: shop_of_row(row) for row in rows.mappings()}

    async def all(self) -> list[Shop]:
        """Every shop, by number."""
        rows = await self._connection.execute(SHOP.order_by(shops.c.id))
        return [shop_of_row(row) for row in rows.mappings()]

    async def add(self, shop_id: int | None, account_id: int, rules: ShopRules, now: datetime) -> int:
        """Make a shop and return its number; None: the next free one."""
        if shop_id is None:
            highest = (await self._connection.execute(select(func.max(shops.c.id)))).scalar()
            shop_id = max(_FIRST_ID, (highest or 0) + 1)
        values = {"id": shop_id, "account_id": account_id, "created_at": now, **asdict(rules)}
        await self._connection.execute(insert(shops).values(values))
        return shop_id

    async def change(self, shop_id: int, account_id: int, rules: ShopRules) -> None:
        """Put a shop's settings and account to these."""
        values = {"account_id": account_id, **asdict(rules)}
        await self._connection.execute(update(shops).where(shops.c.id == shop_id).values(values))

    async def set_secret(self, shop_id: int, secret: str | None) -> None:
        """What may stand in its import address; None: nothing."""
        await self._connection.execute(update(shops).where(shops.c.id == shop_id).values(secret=secret))

    async def set_active(self, shop_id: int, active: bool) -> None:
        """Close a shop, or open it again."""
        await self._connection.execute(update(shops).where(shops.c.id == shop_id).values(active=active))

    async def alive(self) -> None:
        """Ask the database anything: raises when it is away."""
        await self._connection.execute(text("SELECT 1"))


def shop_of_row(row: Mapping[Any, Any]) -> Shop:
    """A row of SHOP as a shop."""
    rules = {name: row[name] for name in ShopRules.__dataclass_fields__}
    return Shop(row["id"], row["account_id"], row["account_email"], ShopRules(**rules), row["active"], row["secret"])
