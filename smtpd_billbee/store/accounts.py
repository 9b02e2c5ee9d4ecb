"""Accounts: whose shops they are, and where the copies go."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.model.shop import Account
from smtpd_billbee.store.tables import accounts


class Accounts:
    """Statements about accounts."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def by_email(self, email: str) -> Account | None:
        """The account with that registered address."""
        query = select(accounts).where(accounts.c.email == email)
        row = (await self._connection.execute(query)).mappings().first()
        return _account(row) if row else None

    async def all(self) -> list[Account]:
        """Every account, oldest first."""
        rows = await self._connection.execute(select(accounts).order_by(accounts.c.id))
        return [_account(row) for row in rows.mappings()]

    async def add(self, email: str, name: str, language: str, now: datetime, second_email: str = "") -> Account:
        """Make an account."""
        values = {
            "email": email, "name": name, "language": language, "second_email": second_email, "created_at": now,
        }  # fmt: skip
        row = await self._connection.execute(insert(accounts).values(values).returning(accounts))
        return _account(row.mappings().one())

    async def change(self, account: Account) -> None:
        """Put an account's addresses, name and language to these."""
        values = {name: value for name, value in asdict(account).items() if name != "id"}
        await self._connection.execute(update(accounts).where(accounts.c.id == account.id).values(values))


def _account(row: Mapping[Any, Any]) -> Account:
    return Account(**{name: row[name] for name in Account.__dataclass_fields__})
