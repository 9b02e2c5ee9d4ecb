"""By what shops know their senders, how mails were judged, and which mails were seen before."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.model.trust import (
    Judged,
    KnownShop,
    Level,
    Mark,
    Policy,
    Sort,
    judged_as_json,
    judged_of_json,
)
from smtpd_billbee.store.conflicts import insert_new
from smtpd_billbee.store.tables import accounts, mails, marks, shops, traces, users

LONGEST = 320  # letters of a mark: an address has no more (RFC 5321 4.5.3.1)


@dataclass(frozen=True, slots=True)
class KeptMark:
    """A mark, and who made it when."""

    id: int
    mark: Mark
    actor: str
    created_at: datetime


class Trust:
    """Statements about whom shops trust."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def known(self, shop_ids: Collection[int]) -> dict[int, KnownShop]:
        """What these shops know, but for our own domains, which the database does not."""
        if not shop_ids:
            return {}
        query = select(shops, accounts.c.email).join(accounts).where(shops.c.id.in_(shop_ids))
        rows = (await self._connection.execute(query)).mappings().all()
        people = await self._people({row["account_id"] for row in rows})
        kept = await self._marks(shop_ids)
        return {
            row["id"]: KnownShop(
                id=row["id"],
                policy=Policy(row["trust"]),
                secret=row["secret"],
                only_with_secret=row["only_with_secret"],
                best=Level(row["best_level"]) if row["best_level"] else None,
                owners=frozenset({row["email"].lower(), *people.get(row["account_id"], ())}),
                marks=frozenset(kept.get(row["id"], ())),
            )
            for row in rows
        }

    async def _people(self, account_ids: Collection[int]) -> dict[int, set[str]]:
        theirs = select(users.c.account_id, users.c.email).where(users.c.account_id.in_(account_ids), users.c.active)
        found: dict[int, set[str]] = {}
        for account_id, email in await self._connection.execute(theirs):
            found.setdefault(account_id, set()).add(email.lower())
        return found

    async def _marks(self, shop_ids: Collection[int]) -> dict[int, list[Mark]]:
        found: dict[int, list[Mark]] = {}
        for row in (await self._connection.execute(select(marks).where(marks.c.shop_id.in_(shop_ids)))).mappings():
            found.setdefault(row["shop_id"], []).append(Mark(Sort(row["sort"]), row["value"], row["via"]))
        return found

    async def marks(self, shop_id: int) -> list[KeptMark]:
        """A shop's marks, oldest first."""
        query = select(marks).where(marks.c.shop_id == shop_id).order_by(marks.c.id)
        return [
            KeptMark(row["id"], Mark(Sort(row["sort"]), row["value"], row["via"]), row["actor"], row["created_at"])
            for row in (await self._connection.execute(query)).mappings()
        ]

    async def learn(self, shop_id: int, new: Iterable[Mark], actor: str, now: datetime) -> None:
        """Know these from now on; those that are known already stay as they are."""
        rows = [
            {"shop_id": shop_id, "sort": mark.sort, "value": mark.value, "via": mark.via, "actor": actor}
            for mark in new
            if len(mark.value) <= LONGEST and len(mark.via) <= 255
        ]
        if rows:
            insert = insert_new(self._connection, marks)
            await self._connection.execute(insert, [row | {"created_at": now} for row in rows])

    async def forget(self, shop_id: int, mark_id: int) -> Mark | None:
        """Know this mark no more; None: it was not there."""
        which = (marks.c.id == mark_id) & (marks.c.shop_id == shop_id)
        row = (await self._connection.execute(delete(marks).where(which).returning(marks))).mappings().first()
        return Mark(Sort(row["sort"]), row["value"], row["via"]) if row else None

    async def raise_best(self, shop_id: int, level: Level) -> None:
        """The shop has seen a mail of this level."""
        worse = shops.c.best_level.is_(None) | (shops.c.best_level > level)
        await self._connection.execute(update(shops).where(shops.c.id == shop_id, worse).values(best_level=level))

    async def judged(self, mail_id: int) -> Judged | None:
        """How a mail was judged."""
        query = select(mails.c.trust).where(mails.c.id == mail_id)
        return judged_of_json((await self._connection.execute(query)).scalar())

    async def judge(self, mail_id: int, judged: Judged) -> None:
        """Keep how a mail was judged."""
        values = {"trust": judged_as_json(judged)}
        await self._connection.execute(update(mails).where(mails.c.id == mail_id).values(values))

    async def seen(self, shop_id: int, digests: Sequence[str], mail_id: int) -> int | None:
        """Another mail with one of these digests that became an order of the shop; the first of them."""
        if not digests:
            return None
        query = select(func.min(traces.c.mail_id)).where(
            traces.c.shop_id == shop_id, traces.c.digest.in_(digests), traces.c.mail_id != mail_id
        )
        found: int | None = (await self._connection.execute(query)).scalar()
        return found

    async def trace(self, shop_id: int, digests: Iterable[str], mail_id: int) -> None:
        """Remember by what this mail is known again."""
        rows = [{"shop_id": shop_id, "digest": digest, "mail_id": mail_id} for digest in dict.fromkeys(digests)]
        if rows:
            await self._connection.execute(insert_new(self._connection, traces), rows)
