"""Saving: what readings change, for many mails in one transaction.

Order, items, articles, journal, push jobs, held copies and the mails' states change together, or nothing does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from smtpd_billbee.model.evidence import Known
from smtpd_billbee.model.journal import EDITED, Entry
from smtpd_billbee.model.mail import ClaimedMail, MailState
from smtpd_billbee.model.order import Item, KeptOrder, Order
from smtpd_billbee.model.reading import Kind, Reading, reading_as_json
from smtpd_billbee.model.reading import Origin as Where
from smtpd_billbee.model.shop import PAID, Shop, first_state
from smtpd_billbee.model.trust import Judged, judged_as_json
from smtpd_billbee.store.store import Tx
from smtpd_billbee.work.fates import (
    Completed,
    Contradiction,
    Fate,
    FiledAway,
    NewOrder,
    ReadAnew,
    SameAgain,
    fate,
    relays,
)
from smtpd_billbee.work.hand import Hand, New, hand_for
from smtpd_billbee.work.holding import MARKED, Held, Quarantined, Replayed, Waiting, held, lets_pass, mark_of, proves
from smtpd_billbee.work.origins import Desk, Origin, Origins
from smtpd_billbee.work.origins import entry as origin_entry

WAITED_FOR = frozenset({Kind.ACTIVATION, Kind.FORWARDING_CONFIRMATION})  # by an owner who sits before a page
_DIFFERS = "a later mail differs:"
_OF_ORIGIN = tuple(Where.__dataclass_fields__)
COMPLETED_BY_MAIL = "completed from its mail"  # what happened to an order that came by a file


class LeaseLost(Exception):
    """Somebody else has the mail by now; what we read must not count."""


@dataclass(frozen=True, slots=True)
class Read:
    """A mail, and all that was found out about it."""

    mail: ClaimedMail
    reading: Reading
    subject: str
    author: str
    known: Known
    origin: Origin | None = None


async def save(tx: Tx, group: Sequence[Read], origins: Origins | None, now: datetime) -> list[MailState]:
    """What becomes of each mail; the group changes what its mails would change one after the other.

    Raises LeaseLost when one of them is not ours any more: then nothing may be kept.
    """
    mails = [read.mail for read in group]
    if len(await tx.mails.held(mails)) < len(mails):
        raise LeaseLost
    shops = await tx.shops.some({mail.shop_id for mail in mails})
    desk = await origins.desk(tx, shops, [(read.mail, read.origin) for read in group]) if origins else None
    hand = await hand_for(tx, now, [(read.mail, read.reading.order) for read in group])
    states = [await _save(read, shops[read.mail.shop_id], desk, hand) for read in group]
    await hand.write()
    if desk:
        await desk.write()
    await _decide_held(tx, list(zip(group, states, strict=True)), shops, now)
    return states


async def _save(read: Read, shop: Shop, desk: Desk | None, hand: Hand) -> MailState:
    mail, tx, now = read.mail, hand.tx, hand.now
    known = await hand.known(mail, read.reading.order)
    fated, judged = await _fate(desk, read, known)
    marks = mark_of(judged) if isinstance(fated, NewOrder) else ()
    reading = replace(read.reading, problems=(*read.reading.problems, *marks))
    saving = _Saving(tx, mail, reading, shop, now, hand)
    order_id: int | None = None
    is_new = False
    problems: tuple[str, ...] = ()
    match fated:
        case Waiting():
            await tx.mails.release(mail, (read.origin and read.origin.again_at) or now)
            return MailState.RECEIVED
        case Quarantined(why=why) | Replayed(why=why):
            state = MailState.DUPLICATE if isinstance(fated, Replayed) else MailState.QUARANTINED
            reading = replace(reading, reason=why)
            hand.note(origin_entry(mail, shop.account_id, str(state), why, now))
        case FiledAway(state=state):
            order_id, problems = mail.order_id, reading.problems
            await saving.doubt(known, f"its mail {mail.id}, read again, gave no order: {reading.reason}")
        case NewOrder(order=order):
            is_new, problems = True, reading.problems
            state = MailState.TO_CHECK if problems else MailState.ORDER
        case ReadAnew(known=known, order=order, changes=changes):
            known = await saving.origin_proved(known) if lets_pass(judged) else known
            order_id, problems = known.id, (*reading.problems, *_kept_doubts(known, MARKED))
            if await tx.journal.has(known.id, EDITED):
                await saving.beside_a_person(known, changes)
            else:
                await saving.anew(known, order, changes)
            state = MailState.TO_CHECK if problems else MailState.ORDER
        case SameAgain(known=known):
            order_id, problems, state = known.id, (), MailState.DUPLICATE
            saving.note(known.id, "duplicate", {})
            if proves(judged):
                await saving.origin_proved(known)
        case Completed(known=known, order=order, added=added):
            order_id, problems, state = known.id, (), MailState.ORDER
            await saving.complete(known, order, added)
        case Contradiction(known=known, differences=differences):
            order_id, state = known.id, MailState.TO_CHECK
            problems = tuple(f"{_DIFFERS} {each}" for each in differences)
            await tx.orders.mark(known.id, [*known.problems, *problems], now)
            saving.note(known.id, "contradicted", {"differences": list(differences)})
    if judged and desk and read.origin and (order_id is not None or is_new):
        desk.remember(mail, read.origin, judged)
    values = _mail_values(replace(read, reading=reading), order_id, problems)
    if order_id is None and not is_new:
        values["reading"] = reading_as_json(reading)
    if judged:
        values["trust"] = judged_as_json(judged)
    if is_new and reading.order is not None:
        hand.add(saving.new(reading.order, state, values))
    else:
        hand.end(mail, state, values)
    return state


async def _fate(desk: Desk | None, read: Read, known: KeptOrder | None) -> tuple[Fate | Held, Judged | None]:
    """What becomes of a mail, and how its origin was judged."""
    mail, fated = read.mail, fate(read.reading, known, read.mail.id)
    if desk is None or read.origin is None:
        return fated, None
    judged = desk.judged(mail, read.origin)
    if read.reading.order is None:
        return fated, judged
    before = await desk.what_came_before(mail, read.origin, known)
    return held(fated, judged, before, everybody=desk.lets_everybody_in(mail.shop_id)), judged


@dataclass(frozen=True, slots=True)
class _Saving:
    """What one mail changes, in the transaction `tx`."""

    tx: Tx
    mail: ClaimedMail
    reading: Reading
    shop: Shop
    now: datetime
    hand: Hand

    def new(self, order: Order, state: MailState, its_mail: Mapping[str, Any]) -> New:
        """A new order, and what becomes of its mail."""
        its_state = first_state(order, self.shop.rules)
        values = self._values() | {
            "mail_id": self.mail.id,
            "state": its_state,
            "paid_on": self.now.date().isoformat() if its_state == PAID and self.shop.rules.set_payment_date else None,
        }
        return New(self.mail, self.shop, order, values, state, its_mail)

    async def anew(self, known: KeptOrder, order: Order, changes: Sequence[str]) -> None:
        """Put the mail's newer reading in the place of its older one; what other mails say against it stays."""
        against = _kept_doubts(known, _DIFFERS, MARKED)
        problems = list(dict.fromkeys([*self.reading.problems, *against]))
        values = self._values() | {"problems": problems, "to_check": bool(problems)}
        await self.tx.orders.replace(known.id, order, await self._articles(order), values, self.now)
        self.note(known.id, "read again", {"changes": list(changes)})

    async def beside_a_person(self, known: KeptOrder, changes: Sequence[str]) -> None:
        """A person has corrected the order: it stays, and where the mail reads otherwise it is a doubt."""
        doubts = [f"its mail, read again, says otherwise: {each}" for each in changes]
        if doubts:
            await self.tx.orders.mark(known.id, list(dict.fromkeys([*known.problems, *doubts])), self.now)
        self.note(known.id, "read again", {"changes": [], "kept": list(changes)})

    async def complete(self, known: KeptOrder, order: Order, added: Sequence[str]) -> None:
        """Put into an order that came by a file what its mail says beyond it."""
        await self.tx.orders.replace(known.id, order, await self._articles(order), {}, self.now)
        self.note(known.id, COMPLETED_BY_MAIL, {"added": list(added)})

    async def origin_proved(self, known: KeptOrder) -> KeptOrder:
        """A mail that is trusted says so: where the order came from is in doubt no more."""
        left = tuple(each for each in known.problems if not each.startswith(MARKED))
        if left != known.problems:
            await self.tx.orders.settle(known.id, left, self.now)
            self.note(known.id, "origin proved", {})
        return replace(known, problems=left, to_check=bool(left))

    async def doubt(self, known: KeptOrder | None, problem: str) -> None:
        """Ask for a person's eye on an order that is there already."""
        if known is not None:
            await self.tx.orders.mark(known.id, [*known.problems, problem], self.now)

    def note(self, order_id: int, action: str, detail: dict[str, Any]) -> None:
        """Write into the journal what the reader did."""
        entry = Entry(
            at=self.now, actor="reader", action=action, account_id=self.shop.account_id, shop_id=self.shop.id,
            order_id=order_id, mail_id=self.mail.id, detail=detail,
        )  # fmt: skip
        self.hand.note(entry)

    async def _articles(self, order: Order) -> dict[Item, int]:
        await self.hand.settle()  # an article that an order before it brings is made first
        return await self.tx.articles.of_items(self.shop.account_id, self.shop.id, order.items, self.now)

    def _values(self) -> dict[str, Any]:
        return {
            "to_check": bool(self.reading.problems),
            "problems": list(self.reading.problems),
            "provenance": {
                name: {each: getattr(origin, each) for each in _OF_ORIGIN}
                for name, origin in self.reading.provenance.items()
            },
        }


def _kept_doubts(known: KeptOrder, *beginnings: str) -> tuple[str, ...]:
    """The order's problems that another reading of its mail does not end."""
    return tuple(each for each in known.problems if each.startswith(beginnings))


async def _decide_held(
    tx: Tx, group: Sequence[tuple[Read, MailState]], shops: Mapping[int, Shop], now: datetime
) -> None:
    """Which copies go is known now, and for which somebody waits; a few statements for the whole group.

    Of what waits for him, the owner has one.  What waits for DNS is not decided yet.
    """
    if waited_for := [read.mail.id for read, _ in group if read.reading.kind in WAITED_FOR]:
        await tx.jobs.hurry(waited_for)
    go = {
        read.mail.id: state is MailState.QUARANTINED or relays(read.reading, shops[read.mail.shop_id].rules)
        for read, state in group
        if state is not MailState.RECEIVED
    }
    for relay in (True, False):
        await tx.jobs.decide_held([mail_id for mail_id, goes in go.items() if goes is relay], relay, now)


def _mail_values(read: Read, order_id: int | None, problems: Sequence[str]) -> dict[str, Any]:
    reading = read.reading
    return {
        "subject": read.subject or None,
        "author": read.author or None,
        "kind": reading.kind,
        "reason": reading.reason,
        "problems": list(problems),
        "order_id": order_id,
        "reading": None,
    }
