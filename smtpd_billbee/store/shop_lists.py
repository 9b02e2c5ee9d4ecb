"""What the pages of shops and accounts show: each look bound to an account, None being all of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.model.labels import TaughtLabel
from smtpd_billbee.model.shop import Account
from smtpd_billbee.store.tables import accounts, labels, mails, orders, shops
from smtpd_billbee.store.whose import owned_by


@dataclass(frozen=True, slots=True)
class ShopLine:
    """A shop in a list: its last mail, and its newest order."""

    id: int
    name: str
    account_id: int
    account_email: str
    created_at: datetime
    last_mail_at: datetime | None
    last_order_id: int | None
    last_order_number: str | None
    last_order_at: datetime | None


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account in a list, with the numbers and names of its shops."""

    account: Account
    shops: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class FirstOrder:
    """The first order of a shop."""

    id: int
    number: str


class ShopLists:
    """Statements about shops and accounts as lists show them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def lines(
        self, account_id: int | None, after: int = 0, limit: int = 100, *, active: bool = True
    ) -> list[ShopLine]:
        """Open or closed shops by their numbers, from the one behind `after` on; a look into the index for each."""
        query = (
            select(
                shops.c.id,
                shops.c.name,
                shops.c.account_id,
                accounts.c.email.label("account_email"),
                shops.c.created_at,
                _newest(mails, mails.c.received_at).label("last_mail_at"),
                _newest(orders, orders.c.id).label("last_order_id"),
                _newest(orders, orders.c.number).label("last_order_number"),
                _newest(orders, orders.c.created_at).label("last_order_at"),
            )
            .join(accounts)
            .where(shops.c.id > after, shops.c.active == active, owned_by(account_id))
            .order_by(shops.c.id)
            .limit(limit)
        )
        return [ShopLine(**row) for row in (await self._connection.execute(query)).mappings()]

    async def first_order(self, shop_id: int) -> FirstOrder | None:
        """The order that came first."""
        query = select(orders.c.id, orders.c.number).where(orders.c.shop_id == shop_id).order_by(orders.c.id).limit(1)
        row = (await self._connection.execute(query)).mappings().first()
        return FirstOrder(**row) if row else None

    async def labels(self, shop_id: int) -> list[tuple[int | None, TaughtLabel]]:
        """The labels that hold for a shop: its own by its number, and those for every shop by None."""
        query = select(labels).where(or_(labels.c.shop_id == shop_id, labels.c.shop_id.is_(None))).order_by(labels.c.id)
        rows = (await self._connection.execute(query)).mappings()
        return [(row["shop_id"], TaughtLabel(row["language"], row["field"], row["words"])) for row in rows]

    async def accounts(self, after: int = 0, limit: int = 100) -> list[AccountLine]:
        """Accounts by their numbers, from the one behind `after` on."""
        query = select(accounts).where(accounts.c.id > after).order_by(accounts.c.id).limit(limit)
        found = [_account(row) for row in (await self._connection.execute(query)).mappings()]
        which = shops.c.account_id.in_([account.id for account in found])
        theirs: dict[int, list[tuple[int, str]]] = {account.id: [] for account in found}
        named = select(shops.c.account_id, shops.c.id, shops.c.name).where(which).order_by(shops.c.id)
        for account_id, shop_id, name in await self._connection.execute(named):
            theirs[account_id].append((shop_id, name))
        return [AccountLine(account, tuple(theirs[account.id])) for account in found]

    async def account(self, account_id: int) -> Account | None:
        """The account with that number."""
        row = (await self._connection.execute(select(accounts).where(accounts.c.id == account_id))).mappings().first()
        return _account(row) if row else None


def _account(row: Mapping[Any, Any]) -> Account:
    return Account(**{name: row[name] for name in Account.__dataclass_fields__})


def _newest(table: Any, column: Any) -> Any:
    newest: Select[Any] = select(column).where(table.c.shop_id == shops.c.id).order_by(table.c.id.desc()).limit(1)
    return newest.correlate(shops).scalar_subquery()
