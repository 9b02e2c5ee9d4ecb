"""Import runs: which file brought what, and what was undone."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.model.imports import ImportRun, NewRun
from smtpd_billbee.store.tables import imports


class Imports:
    """Statements about import runs."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, run: NewRun) -> int:
        """Write a run down; its number."""
        number: int = (
            await self._connection.execute(insert(imports).values(asdict(run)).returning(imports.c.id))
        ).scalar_one()
        return number

    async def get(self, run_id: int) -> ImportRun | None:
        """One run."""
        row = (await self._connection.execute(select(imports).where(imports.c.id == run_id))).mappings().first()
        return _run(row) if row else None

    async def list(self, shop_id: int | None, limit: int) -> list[ImportRun]:
        """The newest runs, newest first."""
        query = select(imports).order_by(imports.c.id.desc()).limit(limit)
        if shop_id is not None:
            query = query.where(imports.c.shop_id == shop_id)
        return [_run(row) for row in (await self._connection.execute(query)).mappings()]

    async def undo(self, run_id: int, now: datetime) -> bool:
        """Mark a run as undone; False: it was undone before."""
        once = (imports.c.id == run_id) & imports.c.undone_at.is_(None)
        return bool((await self._connection.execute(update(imports).where(once).values(undone_at=now))).rowcount)


def _run(row: Mapping[Any, Any]) -> ImportRun:
    new = NewRun(**{name: row[name] for name in NewRun.__dataclass_fields__})
    return ImportRun(id=row["id"], new=new, undone_at=row["undone_at"])
