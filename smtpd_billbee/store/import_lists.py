"""Imports as the window shows them: bound to an account, with their shop and some of their orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.model.imports import ImportRun, NewRun
from smtpd_billbee.store.tables import imports, orders, shops
from smtpd_billbee.store.whose import owned_by


@dataclass(frozen=True, slots=True)
class ImportLine:
    """A run, and the name of its shop."""

    run: ImportRun
    shop_name: str


@dataclass(frozen=True, slots=True)
class ImportedOrder:
    """An order that a run made or was the last to complete."""

    id: int
    number: str
    customer_name: str | None
    to_check: bool


_LINE = select(imports, shops.c.name.label("shop_name")).join(shops, imports.c.shop_id == shops.c.id)


class ImportLists:
    """Statements about imports that are shown.  `account_id` None: of every account."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def newest(self, account_id: int | None, limit: int) -> list[ImportLine]:
        """The newest runs, newest first."""
        query = _LINE.where(owned_by(account_id)).order_by(imports.c.id.desc()).limit(limit)
        return [_line(row) for row in (await self._connection.execute(query)).mappings()]

    async def get(self, account_id: int | None, run_id: int) -> ImportLine | None:
        """One run, if the account may see it."""
        query = _LINE.where(imports.c.id == run_id, owned_by(account_id))
        row = (await self._connection.execute(query)).mappings().first()
        return _line(row) if row else None

    async def orders(self, run_id: int, limit: int) -> Sequence[ImportedOrder]:
        """The first orders of a run, those in doubt before the others."""
        columns = [orders.c[name] for name in ImportedOrder.__dataclass_fields__]
        query = select(*columns).where(orders.c.import_id == run_id).order_by(orders.c.to_check.desc(), orders.c.id)
        rows = (await self._connection.execute(query.limit(limit))).mappings()
        return [ImportedOrder(**row) for row in rows]


def _line(row: Any) -> ImportLine:
    new = NewRun(**{name: row[name] for name in NewRun.__dataclass_fields__})
    return ImportLine(ImportRun(id=row["id"], new=new, undone_at=row["undone_at"]), row["shop_name"])
