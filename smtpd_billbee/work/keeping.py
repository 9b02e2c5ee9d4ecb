"""What keeping an arrival means: its rows and copy jobs, in one transaction of the caller."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from smtpd_billbee.errors import ShopGone
from smtpd_billbee.formats.copies import copy_of, mail_of_sender
from smtpd_billbee.formats.hops import MOST as MOST_HOPS
from smtpd_billbee.formats.hops import hops
from smtpd_billbee.formats.hurried import somebody_waits
from smtpd_billbee.model.job import JobKind, NewJob
from smtpd_billbee.model.mail import Arrival, MailState, NewMail, Recipient
from smtpd_billbee.model.shop import Shop
from smtpd_billbee.store.books import Books
from smtpd_billbee.store.mails import NOTHING_PACKED
from smtpd_billbee.store.packing import Packed
from smtpd_billbee.store.store import Tx
from smtpd_billbee.work import bounces
from smtpd_billbee.work.bounces import About


@dataclass(frozen=True, slots=True)
class IntakeSettings:
    """Which domains are ours, who gets the operator's mail ('': nobody), and how our own copies are known.

    `patience`: the seconds that a mail waits for the database before it goes to the emergency spool.  `sender_domain`
    is where the bounces of copies come to; it may be one of `domains`.  `wraps`: whether a copy that was refused as it
    came goes once more in a mail of ours.  `copies_wait`: how long a copy waits at most for the reading of its mail,
    which may have a warning to put on it.
    """

    domains: frozenset[str]
    operator: str
    copy_key: bytes
    patience: float = 20.0
    sender_domain: str = ""
    wraps: bool = True
    copies_wait: timedelta = timedelta(0)

    def bounced(self, address: str) -> int | None:
        """The id of the mail whose copy a mail to this address is about; None: it is no sender of a copy of ours."""
        return mail_of_sender(address, self.copy_key, self.sender_domain)


@dataclass(frozen=True, slots=True)
class Kept:
    """One recipient's row of an arrival, and the id that it got."""

    arrival: Arrival
    mail: NewMail
    mail_id: int


async def keep(
    books: Books,
    settings: IntakeSettings,
    arrivals: Sequence[Arrival],
    packed: Mapping[str, Packed] = NOTHING_PACKED,
    *,
    late: bool = False,
    now: datetime | None = None,
) -> list[Kept]:
    """Keep what these bring, as far as it is not kept already.  Raises ShopGone, but not when they are `late`.

    `packed`: what is packed already, by queue id.  It waits for nothing but the books (Store.keeping).  `now`: if that
    is later than they came; so late begins the time that a copy waits for the reading.
    """
    checksums = [sha256(arrival.content).hexdigest() for arrival in arrivals]
    pairs = [
        (recipient.shop_id, checksum)
        for arrival, checksum in zip(arrivals, checksums, strict=True)
        for recipient in arrival.recipients
        if recipient.shop_id is not None
    ]
    shops = await books.shops({shop_id for shop_id, _ in pairs})
    seen = await books.known(set(pairs))
    kept: list[Arrival] = []
    new: list[tuple[int, NewMail]] = []
    for arrival, checksum in zip(arrivals, checksums, strict=True):
        if fresh := _unseen(arrival.recipients, checksum, seen):
            new += [(len(kept), _new_mail(settings, arrival, each, checksum, shops, late=late)) for each in fresh]
            kept.append(arrival)
    mail_ids = await books.keep(kept, new, packed)
    done = [Kept(kept[i], mail, mail_id) for (i, mail), mail_id in zip(new, mail_ids, strict=True)]
    await books.add_jobs([job for each in done if (job := _copy(settings, each, shops, now))])
    return done


async def keep_with_bounces(
    tx: Tx, settings: IntakeSettings, arrivals: Sequence[Arrival], packed: Mapping[str, Packed] = NOTHING_PACKED
) -> None:
    """The same when there are bounces of our copies among them: each marks its copy in the same transaction."""
    await _bounced(tx, settings, await keep(tx.books, settings, arrivals, packed))


async def _bounced(tx: Tx, settings: IntakeSettings, kept: Sequence[Kept]) -> None:
    for each in kept:
        if (of := settings.bounced(each.mail.recipient.address)) is not None:
            about = About(of, each.mail_id, each.arrival.received_at)
            await bounces.take(tx, about, each.arrival.content, settings.wraps)


async def keep_late(tx: Tx, settings: IntakeSettings, arrival: Arrival) -> None:
    """Keep what was answered 250 long ago: nobody can be refused any more."""
    await _bounced(tx, settings, await keep(tx.books, settings, await _as_it_is(tx.books, [arrival]), late=True))


async def file(books: Books, settings: IntakeSettings, arrivals: Sequence[Arrival], now: datetime) -> None:
    """The same for what was put aside in a rush, in which there are no bounces."""
    await keep(books, settings, await _as_it_is(books, arrivals), late=True, now=now)


async def _as_it_is(books: Books, arrivals: Sequence[Arrival]) -> list[Arrival]:
    """These as far as they are not kept for the operator already: a commit that took too long may have kept them.

    A shop that was closed meanwhile was open when its mail came; the mail of one that is gone is the operator's.
    """
    numbers = {to.shop_id for each in arrivals for to in each.recipients if to.shop_id is not None}
    there = await books.shops(numbers) if numbers else {}
    found = []
    for each in arrivals:
        for_shops = tuple(to for to in each.recipients if to.shop_id in there)
        others = tuple(Recipient(to.address) for to in each.recipients if to.shop_id not in there)
        if others and await books.has_of_operator(each.queue_id, each.received_at):
            others = ()
        if recipients := (*for_shops, *others):
            found.append(replace(each, recipients=recipients))
    return found


def _new_mail(
    settings: IntakeSettings,
    arrival: Arrival,
    recipient: Recipient,
    checksum: str,
    shops: dict[int, Shop],
    *,
    late: bool,
) -> NewMail:
    own = copy_of(arrival.content, settings.copy_key)
    if own is not None:
        reason = f"our own copy of mail {own} came back"
        return NewMail(recipient, checksum, MailState.DUPLICATE, None, reason)
    if (bounced := settings.bounced(recipient.address)) is not None:
        reason = bounces.reason(bounced, arrival.content)
        return NewMail(recipient, checksum, MailState.NOT_AN_ORDER, None, reason)
    if recipient.shop_id is None:
        return NewMail(recipient, checksum, MailState.NOT_AN_ORDER, None, "mail for the operator")
    shop = shops.get(recipient.shop_id)
    if shop is None or not (shop.active or late):  # it was there at RCPT: the next try will be told 550
        raise ShopGone
    due_at = arrival.received_at + timedelta(minutes=shop.rules.minimum_age)
    return NewMail(recipient, checksum, MailState.RECEIVED, due_at)


def _copy(settings: IntakeSettings, kept: Kept, shops: dict[int, Shop], filed_at: datetime | None) -> NewJob | None:
    """The copy job of a mail; a copy of our own copy would be a loop, and so would one of a bounce."""
    arrival, mail, mail_id = kept.arrival, kept.mail, kept.mail_id
    if mail.state is MailState.DUPLICATE or settings.bounced(mail.recipient.address) is not None:
        return None
    now = arrival.received_at
    if mail.recipient.shop_id is None:
        if not settings.operator:
            return None
        return NewJob(JobKind.COPY, settings.operator, now, now, mail_id=mail_id)
    shop = shops[mail.recipient.shop_id]
    if hops(arrival.content) > MOST_HOPS:  # a mailbox that forwards to us and gets our copies: a circle
        why = f"not sent: the mail has passed more than {MOST_HOPS} servers, and goes round in circles"
        return NewJob(JobKind.COPY, shop.account_email, now, None, mail_id=mail_id, given_up=why)
    urgent = somebody_waits(arrival.content)
    is_read_at_once = not urgent and not shop.rules.minimum_age
    due = (filed_at or now) + settings.copies_wait if is_read_at_once else now
    goes = due if shop.rules.relays_everything else None
    return NewJob(JobKind.COPY, shop.account_email, now, goes, mail_id=mail_id, urgent=urgent)


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
