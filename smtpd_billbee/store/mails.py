"""Mails: raw bytes, envelope, and what became of each.  One row per recipient; the bytes are kept once."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import Text, bindparam, func, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.model.mail import REMOVED, Arrival, ClaimedMail, Mail, MailState, NewMail, Outgoing, Session
from smtpd_billbee.model.searching import LONGEST, search_words
from smtpd_billbee.store.packing import LARGE, Packed, pack, unpacked
from smtpd_billbee.store.tables import accounts, mails, raws, shops

NOTHING_PACKED: Mapping[str, Packed] = MappingProxyType({})

LONGEST_LEASE = timedelta(minutes=15)  # of any mail or job, by far

_OF_SESSION = tuple(Session.__dataclass_fields__)
SHOWN = [mails.c[name] for name in Mail.__dataclass_fields__]
_CLAIMED = [
    *(mails.c[name] for name in ClaimedMail.__dataclass_fields__ if name != "claim"),
    mails.c.reads.label("claim"),
]

READ = ("subject", "author", "kind", "reason", "problems", "order_id", "reading")  # what a reading says of its mail
# For many mails at once: one statement, sent again and again.
_FINISH = (
    update(mails)
    .where(mails.c.id == bindparam("one"))
    .values(
        state=bindparam("now_in"),
        due_at=None,
        search_words=func.lower(func.substr(mails.c.sender, 1, LONGEST)) + bindparam("words", type_=Text),
        **{name: bindparam(f"its_{name}") for name in READ},
    )
)
_FINISH_JUDGED = _FINISH.values(trust=bindparam("its_trust"))


class Mails:
    """Statements about mails."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def known(self, wanted: Collection[tuple[int, str]]) -> set[tuple[int, str]]:
        """Which of these (shop, checksum) are kept already."""
        if not wanted:
            return set()
        # Not pairs: SQLite looks through its whole index for (a, b) IN (VALUES ...).
        of_shops = mails.c.shop_id.in_({shop_id for shop_id, _ in wanted})
        same = mails.c.checksum.in_({checksum for _, checksum in wanted})
        rows = await self._connection.execute(select(mails.c.shop_id, mails.c.checksum).where(of_shops, same))
        return {(shop_id, checksum) for shop_id, checksum in rows} & set(wanted)

    async def has_of_operator(self, queue_id: str, received_at: datetime) -> bool:
        """Whether this arrival is kept for the operator: such a mail has no shop, and its bytes may come twice."""
        query = select(mails.c.id).where(
            mails.c.shop_id.is_(None), mails.c.received_at == received_at, mails.c.queue_id == queue_id
        )
        return (await self._connection.execute(query)).first() is not None

    async def keep(
        self,
        arrivals: Sequence[Arrival],
        new: Sequence[tuple[int, NewMail]],
        packed: Mapping[str, Packed] = NOTHING_PACKED,
    ) -> list[int]:
        """Keep the bytes of `arrivals` and the rows `new` = (index of its arrival, row); the rows' ids in order.

        `packed`: those of the arrivals, by queue id, that are packed already.
        """
        if not new:
            return []
        returning = insert(raws).returning(raws.c.id, sort_by_parameter_order=True)
        contents = [raw_row(arrival, packed) for arrival in arrivals]
        raw_ids = (await self._connection.execute(returning, contents)).scalars().all()
        rows = mail_rows(arrivals, raw_ids, new)
        statement = insert(mails).returning(mails.c.id, sort_by_parameter_order=True)
        return list((await self._connection.execute(statement, rows)).scalars())

    async def claim(self, now: datetime, lease: timedelta, limit: int) -> list[ClaimedMail]:
        """Take the mails due longest; nobody else gets them until they are finished or the lease ends."""
        due = (
            select(mails.c.id)
            .where(mails.c.due_at <= now)
            .order_by(mails.c.due_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return await self._claim(mails.c.id.in_(due.scalar_subquery()), now + lease)

    async def claim_these(self, mail_ids: Collection[int], now: datetime, lease: timedelta) -> list[ClaimedMail]:
        """Take these mails to read them again, whatever became of them.

        Not those that are being read just now, nor those whose bytes were removed.
        """
        free = (mails.c.state != MailState.READING) | (mails.c.due_at <= now)
        readable = mails.c.shop_id.isnot(None) & (mails.c.raw_id != REMOVED)
        return await self._claim(mails.c.id.in_(mail_ids) & readable & free, now + lease)

    async def _claim(self, which: Any, lease_until: datetime) -> list[ClaimedMail]:
        statement = (
            update(mails)
            .where(which)
            .values(state=MailState.READING, due_at=lease_until, reads=mails.c.reads + 1)
            .returning(*_CLAIMED)
        )
        claimed = [ClaimedMail(**row) for row in (await self._connection.execute(statement)).mappings()]
        return sorted(claimed, key=lambda mail: mail.id)

    async def extend(self, claimed: Collection[ClaimedMail], until: datetime) -> None:
        """Move the end of these leases, as far as they are not lost."""
        if claimed:
            claims = tuple_(mails.c.id, mails.c.reads).in_([(mail.id, mail.claim) for mail in claimed])
            held = mails.c.id.in_([mail.id for mail in claimed]) & claims & (mails.c.state == MailState.READING)
            await self._connection.execute(update(mails).where(held).values(due_at=until))

    async def release_all(self, now: datetime) -> None:
        """End every lease: whoever held one is gone."""
        reading = mails.c.state == MailState.READING
        await self._connection.execute(update(mails).where(reading).values(due_at=now))

    async def bring_forward(self, now: datetime, later: datetime) -> int:
        """Mails that came or were claimed later than `later`, were so by a wrong clock: they are due now.  How many."""
        return (await self._connection.execute(update(mails).where(_is_ahead(now, later)).values(due_at=now))).rowcount

    async def has_ahead(self, now: datetime, later: datetime) -> bool:
        """Whether there is one of these."""
        query = select(mails.c.id).where(_is_ahead(now, later)).limit(1)
        return (await self._connection.execute(query)).first() is not None

    async def finish(self, mail: ClaimedMail, state: MailState, values: Mapping[str, Any]) -> bool:
        """Write down what became of a claimed mail.  False: the lease was lost, somebody else has it; undo all."""
        done = await self._connection.execute(
            update(mails).where(_is_held(mail)).values(state=state, due_at=None, **values, **_searched(values))
        )
        return done.rowcount == 1

    async def held(self, claimed: Collection[ClaimedMail]) -> set[int]:
        """Which of these claims are not lost; nobody else gets those mails before this transaction ends."""
        ours = mails.c.id.in_([mail.id for mail in claimed]) & (mails.c.state == MailState.READING)
        query = select(mails.c.id, mails.c.reads).where(ours).order_by(mails.c.id).with_for_update()
        reads = {row.id: row.reads for row in await self._connection.execute(query)}
        return {mail.id for mail in claimed if reads.get(mail.id) == mail.claim}

    async def finish_all(self, ended: Sequence[tuple[ClaimedMail, MailState, Mapping[str, Any]]]) -> None:
        """Write down what became of mails that are held, each with all of READ; its trust, where it was judged."""
        for is_judged in (True, False):
            rows = [_ended(*each) for each in ended if ("trust" in each[2]) is is_judged]
            if rows:
                await self._connection.execute(_FINISH_JUDGED if is_judged else _FINISH, rows)

    async def forget_orders(self, order_ids: Collection[int], now: datetime) -> None:
        """These orders are about to be removed: mails that said the same are read again, and make their own."""
        theirs = mails.c.order_id.in_(order_ids)
        values: dict[str, Any] = {"order_id": None, "state": MailState.RECEIVED, "due_at": now}
        await self._connection.execute(update(mails).where(theirs, mails.c.raw_id != REMOVED).values(values))
        await self._connection.execute(update(mails).where(theirs).values(order_id=None))

    async def release(self, mail: ClaimedMail, due_at: datetime) -> None:
        """Give a claimed mail back: it was not its fault."""
        await self._connection.execute(
            update(mails).where(_is_held(mail)).values(state=MailState.RECEIVED, due_at=due_at)
        )

    async def raw(self, mail_id: int) -> bytes:
        """A mail's bytes: our trace headers, then exactly what the client sent; nothing, when they were removed."""
        (trace, content) = (await self._raws({mail_id}))[mail_id]
        return trace + content

    async def outgoing(self, mail_id: int) -> Outgoing | None:
        """What a copy of the mail is made of; None: its bytes are not kept."""
        query = (
            select(
                mails.c.recipient, mails.c.sender, mails.c.state, mails.c.reason, mails.c.size, accounts.c.language,
                raws.c.trace, raws.c.content, raws.c.packing,
            )
            .join(raws)
            .outerjoin(shops, mails.c.shop_id == shops.c.id)
            .outerjoin(accounts)
            .where(mails.c.id == mail_id, mails.c.raw_id != REMOVED)
        )  # fmt: skip
        row = (await self._connection.execute(query)).first()
        if row is None:
            return None
        content = await _unpacked(row)
        why = (row.reason or "") if row.state == MailState.QUARANTINED else ""
        return Outgoing(row.recipient, row.sender, row.language or "", bytes(row.trace), content, why)

    async def contents(self, mail_ids: Collection[int]) -> dict[int, bytes]:
        """What the client sent, for several mails at once."""
        return {mail_id: content for mail_id, (_, content) in (await self._raws(mail_ids)).items()}

    async def _raws(self, mail_ids: Collection[int]) -> dict[int, tuple[bytes, bytes]]:
        columns = (mails.c.id, mails.c.size, raws.c.trace, raws.c.content, raws.c.packing)
        rows = await self._connection.execute(select(*columns).join(raws).where(mails.c.id.in_(mail_ids)))
        return {row.id: (bytes(row.trace), await _unpacked(row)) for row in rows}

    async def get(self, mail_id: int) -> Mail | None:
        """One mail."""
        row = (await self._connection.execute(select(*SHOWN).where(mails.c.id == mail_id))).mappings().first()
        return mail_of_row(row) if row else None

    async def peers(self, limit: int) -> Sequence[str]:
        """Which addresses brought the newest mails, newest first."""
        rows = await self._connection.execute(select(mails.c.session).order_by(mails.c.id.desc()).limit(limit))
        return [session["peer"] for session in rows.scalars()]

    async def list(
        self, shop_id: int | None = None, states: Collection[MailState] = (), limit: int = 100
    ) -> Sequence[Mail]:
        """The newest mails, newest first."""
        query = select(*SHOWN).order_by(mails.c.id.desc()).limit(limit)
        if shop_id is not None:
            query = query.where(mails.c.shop_id == shop_id)
        if states:
            query = query.where(mails.c.state.in_(states))
        return [mail_of_row(row) for row in (await self._connection.execute(query)).mappings()]

    async def next_due(self) -> datetime | None:
        """When the next mail is due for reading, leases included; None: none waits."""
        query = select(mails.c.due_at).where(mails.c.due_at.isnot(None)).order_by(mails.c.due_at).limit(1)
        return (await self._connection.execute(query)).scalar()


async def _unpacked(row: Any) -> bytes:
    """A large one in a thread: the loop would wait a quarter of a second for 35 MiB."""
    values = row.content, row.packing, row.size
    return unpacked(*values) if row.size < LARGE else await asyncio.to_thread(unpacked, *values)


def _is_ahead(now: datetime, later: datetime) -> Any:
    waits = (mails.c.state == MailState.RECEIVED) & (mails.c.due_at > now) & (mails.c.received_at > later)
    return waits | ((mails.c.state == MailState.READING) & (mails.c.due_at > later + LONGEST_LEASE))


def _is_held(mail: ClaimedMail) -> Any:
    return (mails.c.id == mail.id) & (mails.c.state == MailState.READING) & (mails.c.reads == mail.claim)


def _searched(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a search looks through, once subject and author are known."""
    if "subject" not in values:
        return {}
    words = search_words(values.get("author"), values["subject"])
    return {"search_words": func.lower(func.substr(mails.c.sender, 1, LONGEST)) + f"\n{words}"}


def _ended(mail: ClaimedMail, state: MailState, values: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of _FINISH."""
    words = "\n" + search_words(values["author"], values["subject"])
    return {"one": mail.id, "now_in": state, "words": words} | {f"its_{name}": value for name, value in values.items()}


def raw_row(arrival: Arrival, packed: Mapping[str, Packed]) -> dict[str, Any]:
    """An arrival's row of `raws`."""
    found = packed.get(arrival.queue_id) or pack(arrival.content)
    return {"trace": arrival.trace, "content": found.whole(), "packing": found.packing}


def mail_rows(
    arrivals: Sequence[Arrival], raw_ids: Sequence[int], new: Sequence[tuple[int, NewMail]]
) -> list[dict[str, Any]]:
    """The rows of `mails`, one for each recipient: of which arrival, by its place, and what intake decided."""
    sessions = [_session(arrival) for arrival in arrivals]  # a mail to many is looked through once
    return [_mail_row(arrivals[index], raw_ids[index], sessions[index], mail) for index, mail in new]


def _session(arrival: Arrival) -> dict[str, Any]:
    return {name: getattr(arrival.session, name) for name in _OF_SESSION} | {"bare_lf": arrival.bare_lf}


def _mail_row(arrival: Arrival, raw_id: int, session: dict[str, Any], mail: NewMail) -> dict[str, Any]:
    return {
        "queue_id": arrival.queue_id,
        "shop_id": mail.recipient.shop_id,
        "recipient": mail.recipient.address,
        "channel": mail.recipient.channel,
        "raw_id": raw_id,
        "checksum": mail.checksum,
        "size": len(arrival.content),
        "sender": arrival.sender,
        "search_words": search_words(arrival.sender),
        "session": session,
        "received_at": arrival.received_at,
        "state": mail.state,
        "due_at": mail.due_at,
        "reason": mail.reason,
        "reads": 0,
        "problems": [],
        "evidence_asked": 0,
    }


def mail_of_row(row: Mapping[Any, Any]) -> Mail:
    """A row of SHOWN as a mail."""
    return Mail(**(dict(row) | {"state": MailState(row["state"]), "problems": tuple(row["problems"])}))
