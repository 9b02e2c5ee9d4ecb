"""Intake: a mail is kept for good, its copy is on the way, and only then the client hears 250."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from smtpd_billbee.errors import StoreAway
from smtpd_billbee.formats.addresses import ImportAddress, read_import_address
from smtpd_billbee.formats.copies import copy_of, mail_of_sender
from smtpd_billbee.formats.hops import MOST as MOST_HOPS
from smtpd_billbee.formats.hops import hops
from smtpd_billbee.formats.hurried import somebody_waits
from smtpd_billbee.model.job import JobKind, NewJob
from smtpd_billbee.model.mail import Arrival, MailState, NewMail, NotServed, Recipient
from smtpd_billbee.model.shop import Shop
from smtpd_billbee.store.groupcommit import GroupCommit
from smtpd_billbee.store.store import Store, Tx
from smtpd_billbee.work import bounces
from smtpd_billbee.work.bell import Bell
from smtpd_billbee.work.bounces import About

LARGEST_ID = 2**63 - 1  # what a database can number; an address may have more digits
# A shop is not asked for at every RCPT: the question costs as much as all else about a mail.  One that was removed
# or closed meanwhile is noticed at the commit, and its mail is told 451, then 550.
KNOWN_SECONDS = 5.0
OPERATOR = frozenset({"postmaster", "abuse"})  # RFC 2142 section 5, RFC 5321 4.5.1


@dataclass(frozen=True, slots=True)
class IntakeSettings:
    """Which domains are ours, who gets the operator's mail ('': nobody), and how our own copies are known.

    `sender_domain` is where the bounces of copies come to; it may be one of `domains`.
    """

    domains: frozenset[str]
    operator: str
    copy_key: bytes
    sender_domain: str = ""
    wraps: bool = True  # whether a copy that was refused as it came goes once more in a mail of ours


class Intake:
    """What the door asks: is this recipient ours, and keep this mail."""

    def __init__(self, store: Store, settings: IntakeSettings, bells: Sequence[Bell] = ()) -> None:
        self._store = store
        self._settings = settings
        self._bells = bells
        self._known_until: dict[int, float] = {}
        self._group = GroupCommit(self._commit)

    async def run(self) -> None:
        """Commit what arrives until stop()."""
        await self._group.run()

    def stop(self) -> None:
        """End run() once everything that waits is kept."""
        self._group.close()

    async def recipient(self, address: str) -> Recipient | NotServed:
        """Whom a RCPT means.  Raises StoreAway when the database cannot say."""
        local, _, domain = address.rpartition("@")
        if not local:  # RFC 5321 4.5.1: `RCPT TO:<postmaster>` has no domain
            local, domain = domain, ""
        served = not domain or domain.lower() in self._settings.domains
        if not served and domain.lower() != self._settings.sender_domain.lower():
            return NotServed.FOREIGN_DOMAIN
        if local.lower() in OPERATOR or self._bounced(address) is not None:
            return Recipient(address)
        if not served:
            return NotServed.UNKNOWN_SHOP
        match read_import_address(address):
            case ImportAddress(shop_id=shop_id, channel=channel) if await self._exists(shop_id):
                return Recipient(address, shop_id, channel)
        return NotServed.UNKNOWN_SHOP

    def _bounced(self, address: str) -> int | None:
        """The id of the mail whose copy a mail to this address is about; None: it is no sender of a copy of ours."""
        return mail_of_sender(address, self._settings.copy_key, self._settings.sender_domain)

    async def accept(self, arrival: Arrival) -> None:
        """Keep the mail for good.  When this returns, it survives a power cut.  Raises StoreAway."""
        await self._group.put(arrival)

    async def _exists(self, shop_id: int) -> bool:
        now = asyncio.get_running_loop().time()
        if self._known_until.get(shop_id, now) > now:
            return True
        if shop_id > LARGEST_ID:
            return False
        async with self._store.reading() as tx:
            exists = await tx.shops.exists(shop_id)
        if exists:  # only shops of ours are remembered: strangers cannot make this grow
            self._known_until[shop_id] = now + KNOWN_SECONDS
        return exists

    async def _commit(self, arrivals: Sequence[Arrival]) -> None:
        async with self._store.transaction() as tx:
            await self._keep(tx, arrivals)
        for bell in self._bells:
            bell.ring()

    async def _keep(self, tx: Tx, arrivals: Sequence[Arrival]) -> None:
        checksums = [sha256(arrival.content).hexdigest() for arrival in arrivals]
        pairs = [
            (recipient.shop_id, checksum)
            for arrival, checksum in zip(arrivals, checksums, strict=True)
            for recipient in arrival.recipients
            if recipient.shop_id is not None
        ]
        shops = await tx.shops.some({shop_id for shop_id, _ in pairs})
        seen = await tx.mails.known(set(pairs))
        kept: list[Arrival] = []
        new: list[tuple[int, NewMail]] = []
        for arrival, checksum in zip(arrivals, checksums, strict=True):
            if fresh := _unseen(arrival.recipients, checksum, seen):
                new += [(len(kept), self._new_mail(arrival, each, checksum, shops)) for each in fresh]
                kept.append(arrival)
        mail_ids = await tx.mails.keep(kept, new)
        jobs = [self._copy(kept[i], mail, mail_id, shops) for (i, mail), mail_id in zip(new, mail_ids, strict=True)]
        await tx.jobs.add([job for job in jobs if job])
        for (index, mail), mail_id in zip(new, mail_ids, strict=True):
            if (of := self._bounced(mail.recipient.address)) is not None:
                about = About(of, mail_id, kept[index].received_at)
                await bounces.take(tx, about, kept[index].content, self._settings.wraps)

    def _new_mail(self, arrival: Arrival, recipient: Recipient, checksum: str, shops: dict[int, Shop]) -> NewMail:
        own = copy_of(arrival.content, self._settings.copy_key)
        if own is not None:
            reason = f"our own copy of mail {own} came back"
            return NewMail(recipient, checksum, MailState.DUPLICATE, None, reason)
        if (bounced := self._bounced(recipient.address)) is not None:
            reason = bounces.reason(bounced, arrival.content)
            return NewMail(recipient, checksum, MailState.NOT_AN_ORDER, None, reason)
        if recipient.shop_id is None:
            return NewMail(recipient, checksum, MailState.NOT_AN_ORDER, None, "mail for the operator")
        shop = shops.get(recipient.shop_id)
        if shop is None or not shop.active:  # it was there at RCPT: the next try will be told 550
            raise StoreAway("a shop was removed or closed while its mail came in")
        due_at = arrival.received_at + timedelta(minutes=shop.rules.minimum_age)
        return NewMail(recipient, checksum, MailState.RECEIVED, due_at)

    def _copy(self, arrival: Arrival, mail: NewMail, mail_id: int, shops: dict[int, Shop]) -> NewJob | None:
        """The copy job of a mail; a copy of our own copy would be a loop, and so would one of a bounce."""
        if mail.state is MailState.DUPLICATE or self._bounced(mail.recipient.address) is not None:
            return None
        now = arrival.received_at
        if mail.recipient.shop_id is None:
            if not self._settings.operator:
                return None
            return NewJob(JobKind.COPY, self._settings.operator, now, now, mail_id=mail_id)
        shop = shops[mail.recipient.shop_id]
        if hops(arrival.content) > MOST_HOPS:  # a mailbox that forwards to us and gets our copies: a circle
            why = f"not sent: the mail has passed more than {MOST_HOPS} servers, and goes round in circles"
            return NewJob(JobKind.COPY, shop.account_email, now, None, mail_id=mail_id, given_up=why)
        due = now if shop.rules.relays_everything else None
        urgent = somebody_waits(arrival.content)
        return NewJob(JobKind.COPY, shop.account_email, now, due, mail_id=mail_id, urgent=urgent)


def _unseen(recipients: Sequence[Recipient], checksum: str, seen: set[tuple[int, str]]) -> list[Recipient]:
    """The recipients that do not have these bytes yet; from now on they are seen."""
    fresh = []
    for each in recipients:
        if each.shop_id is not None:
            if (each.shop_id, checksum) in seen:
                continue
            seen.add((each.shop_id, checksum))
        fresh.append(each)
    return fresh
