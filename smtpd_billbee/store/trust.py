"""By what shops know their senders, how mails were judged, and which mails were seen before."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
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

Traces = dict[tuple[int, str], int]  # (shop, digest): the mail that is known again by it
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
        return (await self.judged_all([mail_id])).get(mail_id)

    async def judged_all(self, mail_ids: Collection[int]) -> dict[int, Judged]:
        """The same of several at once; those that were never judged are left out."""
        query = select(mails.c.id, mails.c.trust).where(mails.c.id.in_(mail_ids), mails.c.trust.isnot(None))
        rows = await self._connection.execute(query)
        return {row.id: judged for row in rows if (judged := judged_of_json(row.trust)) is not None}

    async def judge(self, mail_id: int, judged: Judged) -> None:
        """Keep how a mail was judged."""
        values = {"trust": judged_as_json(judged)}
        await self._connection.execute(update(mails).where(mails.c.id == mail_id).values(values))

    async def seen(self, wanted: Collection[tuple[int, str]]) -> Traces:
        """By which of these (shop, digest) a mail is known that became an order of the shop."""
        if not wanted:
            return {}
        # Not pairs: SQLite looks through its whole index for (a, b) IN (VALUES ...).
        of_shops = traces.c.shop_id.in_({shop_id for shop_id, _ in wanted})
        same = traces.c.digest.in_({digest for _, digest in wanted})
        query = select(traces.c.shop_id, traces.c.digest, traces.c.mail_id).where(of_shops, same)
        return {(row.shop_id, row.digest): row.mail_id for row in await self._connection.execute(query)}

    async def trace(self, seen: Traces) -> None:
        """Remember by what mails are known again."""
        rows = [{"shop_id": shop, "digest": digest, "mail_id": mail} for (shop, digest), mail in seen.items()]
        if rows:
            await self._connection.execute(insert_new(self._connection, traces), rows)
