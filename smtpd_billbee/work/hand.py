"""What the mails of one transaction share: asked for once, and written at its end.

New orders wait here for each other, so that many of them are a few statements.  A mail that may see what waits has it
written first: so the group changes what its mails would change one after the other.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from smtpd_billbee.model.job import JobKind, NewJob
from smtpd_billbee.model.journal import Entry
from smtpd_billbee.model.mail import ClaimedMail, MailState
from smtpd_billbee.model.order import Item, KeptOrder, Order
from smtpd_billbee.model.shop import Shop
from smtpd_billbee.store.orders import NewRow
from smtpd_billbee.store.store import Tx


@dataclass(frozen=True, slots=True)
class New:
    """A new order that is not written yet: `values` are its columns, `its_mail` those of the mail that brought it."""

    mail: ClaimedMail
    shop: Shop
    order: Order
    values: Mapping[str, Any]
    state: MailState
    its_mail: Mapping[str, Any]


@dataclass(slots=True)
class Hand:
    """One transaction's; `orders` by shop and number, as they were before it."""

    tx: Tx
    now: datetime
    orders: dict[tuple[int, str], KeptOrder | None]
    _new: list[New] = field(default_factory=list)
    _ended: list[tuple[ClaimedMail, MailState, Mapping[str, Any]]] = field(default_factory=list)
    _notes: list[Entry] = field(default_factory=list)
    _urls: dict[int, Sequence[str]] = field(default_factory=dict)

    async def known(self, mail: ClaimedMail, order: Order | None) -> KeptOrder | None:
        """The order with that number in that shop, or the one that this mail had made when it was read before."""
        if order is not None and (known := await self._numbered(mail.shop_id, order.number)):
            return known
        made = await self.tx.orders.get(mail.order_id) if mail.order_id is not None else None
        return made if made is not None and made.mail_id == mail.id else None

    async def _numbered(self, shop_id: int, number: str) -> KeptOrder | None:
        """What is known of it beforehand holds once: the mail that asks may change the order."""
        if (shop_id, number) in self.orders:
            return self.orders.pop((shop_id, number))
        await self.settle()  # one of those that wait may have this number
        return await self.tx.orders.by_number(shop_id, number)

    def add(self, new: New) -> None:
        """Keep a new order, and end its mail."""
        self._new.append(new)

    def end(self, mail: ClaimedMail, state: MailState, values: Mapping[str, Any]) -> None:
        """Write down what became of a mail."""
        self._ended.append((mail, state, values))

    def note(self, entry: Entry) -> None:
        """Write it into the journal."""
        self._notes.append(entry)

    async def write(self) -> None:
        """All that was kept back."""
        await self.settle()
        await self.tx.journal.write(self._notes)

    async def settle(self) -> None:
        """Write the new orders and the ends of mails: what comes now may see them."""
        new, self._new = self._new, []
        await self._write_orders(new)
        ended, self._ended = self._ended, []
        await self.tx.mails.finish_all(ended)

    async def _write_orders(self, new: Sequence[New]) -> None:
        if not new:
            return
        articles = await self._articles(new)
        rows = [NewRow(each.shop.id, each.order, found, each.values) for each, found in zip(new, articles, strict=True)]
        jobs = []
        for order_id, each in zip(await self.tx.orders.add_all(rows, self.now), new, strict=True):
            self._notes.append(
                Entry(
                    at=self.now, actor="reader", action="imported", account_id=each.shop.account_id,
                    shop_id=each.shop.id, order_id=order_id, mail_id=each.mail.id,
                    detail={"problems": list(each.values["problems"])},
                )
            )  # fmt: skip
            self._ended.append((each.mail, each.state, {**each.its_mail, "order_id": order_id}))
            urls = await self._urls_of(each.shop.account_id)
            jobs += [NewJob(JobKind.PUSH, url, self.now, self.now, order_id=order_id) for url in urls]
        await self.tx.jobs.add(jobs)

    async def _articles(self, new: Sequence[New]) -> list[Mapping[Item, int]]:
        """The articles of each order's items, shop by shop."""
        of_shops: dict[tuple[int, int], list[int]] = {}
        for place, each in enumerate(new):
            of_shops.setdefault((each.shop.account_id, each.shop.id), []).append(place)
        found: dict[int, Mapping[Item, int]] = {}
        for (account_id, shop_id), places in of_shops.items():
            items = [new[place].order.items for place in places]
            articles = await self.tx.articles.of_orders(account_id, shop_id, items, self.now)
            found |= dict(zip(places, articles, strict=True))
        return [found[place] for place in range(len(new))]

    async def _urls_of(self, account_id: int) -> Sequence[str]:
        """Where an account's new orders are pushed to."""
        if account_id not in self._urls:
            self._urls[account_id] = await self.tx.webhooks.urls(account_id)
        return self._urls[account_id]


async def hand_for(tx: Tx, now: datetime, group: Iterable[tuple[ClaimedMail, Order | None]]) -> Hand:
    """The hand for these mails, each with the order that was read in it."""
    wanted: dict[int, list[str]] = {}
    for mail, order in group:
        # A mail that was read before may change the order that it had made: then nothing is known beforehand.
        if mail.order_id is not None:
            return Hand(tx, now, {})
        if order is not None:
            wanted.setdefault(mail.shop_id, []).append(order.number)
    found: dict[tuple[int, str], KeptOrder | None] = {}
    for shop_id, numbers in wanted.items():
        kept = await tx.orders.by_numbers(shop_id, list(dict.fromkeys(numbers)))
        found |= {(shop_id, number): kept.get(number) for number in numbers}
    return Hand(tx, now, found)
