"""Reading: kept mails are claimed, read in a child process, and become orders.

Order, items, articles, journal, push jobs, held copies and the mail's state change in one transaction, or nothing does.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog

from smtpd_billbee.errors import StoreAway
from smtpd_billbee.formats.top_headers import subject_and_author
from smtpd_billbee.model.evidence import UNANSWERED, Known
from smtpd_billbee.model.job import JobKind, NewJob
from smtpd_billbee.model.journal import EDITED, Entry
from smtpd_billbee.model.labels import TaughtLabel
from smtpd_billbee.model.mail import ClaimedMail, MailState
from smtpd_billbee.model.order import Item, KeptOrder, Order
from smtpd_billbee.model.reading import Kind, Outcome, Reading, reading_as_json
from smtpd_billbee.model.reading import Origin as Where
from smtpd_billbee.model.shop import PAID, Shop, first_state
from smtpd_billbee.model.trust import Judged, judged_as_json
from smtpd_billbee.store.groupcommit import GroupCommit
from smtpd_billbee.store.store import Store, Tx
from smtpd_billbee.work.bell import Bell
from smtpd_billbee.work.claims import Claims, portions
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
from smtpd_billbee.work.holding import MARKED, Held, Quarantined, Replayed, Waiting, held, lets_pass, mark_of, proves
from smtpd_billbee.work.origins import Desk, Origin, Origins, origin_of
from smtpd_billbee.work.origins import entry as origin_entry
from smtpd_billbee.work.readers import Readers
from smtpd_billbee.work.storable import storable
from smtpd_billbee.work.verifying import Loaded

log = structlog.get_logger()

AGAIN_AFTER = timedelta(seconds=5)  # after a trouble of our own
TRIES = 5  # a reading that cannot be saved so often will never be
GRACE_SECONDS = 5.0  # for what is being read when we stop
POLL_SECONDS = 1.0
AT_ONCE = 32
WAITED_FOR = frozenset({Kind.ACTIVATION, Kind.FORWARDING_CONFIRMATION})  # by an owner who sits before a page
_DIFFERS = "a later mail differs:"
_OF_ORIGIN = tuple(Where.__dataclass_fields__)
COMPLETED_BY_MAIL = "completed from its mail"  # what happened to an order that came by a file


class LeaseLost(Exception):
    """Somebody else has the mail by now; what we read must not count."""


class Proofs(Protocol):
    """Tells what is proved of a kept mail's origin: Verifying does."""

    async def known_of(self, mail_id: int, loaded: Loaded | None = None) -> Known:
        """What is known, and kept.  Raises StoreAway."""


class NoProofs:
    """Nobody asks: nothing is known of any mail."""

    async def known_of(self, mail_id: int, loaded: Loaded | None = None) -> Known:
        return Known(UNANSWERED)


@dataclass(frozen=True, slots=True)
class _Read:
    mail: ClaimedMail
    reading: Reading
    subject: str
    author: str
    known: Known
    origin: Origin | None = None


class ReadingRole:
    """The role `reading`: takes due mails until it is stopped.

    `origins` says whether an order may be imported; without it nobody is asked where a mail comes from.
    """

    def __init__(
        self,
        store: Store,
        readers: Readers,
        clock: Callable[[], datetime],
        bell: Bell,
        relaying: Bell | None = None,
        grace: float = GRACE_SECONDS,
        proofs: Proofs | None = None,
        origins: Origins | None = None,
    ) -> None:
        self._store = store
        self._readers = readers
        self._clock = clock
        self._bell = bell
        self._relaying = relaying
        self._grace = grace
        self._proofs = proofs or NoProofs()
        self._origins = origins
        self._claims = Claims(store, clock)
        self._saves = GroupCommit(self._save_group)
        self._failures: Counter[int] = Counter()
        self._patience: asyncio.Timeout | None = None
        self._stopping = False

    async def run(self) -> None:
        """Read what is due until stop()."""
        async with self._at_work():
            try:
                async with asyncio.timeout(None) as self._patience:
                    await self._read_until_stopped()
            except TimeoutError:
                if not self._stopping:
                    raise
                log.warning("readings cut off: the server is stopping")
            finally:
                self._patience = None
            await self._claims.give_all_back()

    def stop(self) -> None:
        """End run() after the mails in hand; those that take too long are given back."""
        self._stopping = True
        self._bell.ring()
        if self._patience is not None:
            self._patience.reschedule(asyncio.get_running_loop().time() + self._grace)

    async def reread(self, mail_ids: Collection[int]) -> list[int]:
        """Read these mails again at once, whatever became of them; the ids of those that were.

        A role of its own does it: run() may be at work at the same time, and goes on when this one has ended.
        """
        beside = ReadingRole(
            self._store, self._readers, self._clock, Bell(), self._relaying, proofs=self._proofs, origins=self._origins
        )
        return await beside._reread(mail_ids)

    async def _reread(self, mail_ids: Collection[int]) -> list[int]:
        claimed = await self._claims.these(mail_ids)
        async with self._at_work():
            for portion in portions(claimed, AT_ONCE):
                await self._read_and_save(portion)
        return [mail.id for mail in claimed]

    @contextlib.asynccontextmanager
    async def _at_work(self) -> AsyncIterator[None]:
        """While we read, what was read is saved, and what is not keeps its lease."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._saves.run())
            renewing = tasks.create_task(self._claims.keep_renewing())
            yield
            renewing.cancel()
            self._saves.close()

    async def _read_until_stopped(self) -> None:
        while not self._stopping:
            claimed = await self._claim()
            for portion in portions(claimed, AT_ONCE):
                await self._read_and_save(portion)
            if not claimed:
                await self._bell.wait(await self._seconds_to_next())

    async def _claim(self) -> list[ClaimedMail]:
        await self._bell.calm()
        try:
            return await self._claims.due(AT_ONCE)
        except StoreAway as error:
            log.warning("reading waits for the database", cause=str(error))
            await asyncio.sleep(POLL_SECONDS)
            return []

    async def _seconds_to_next(self) -> float:
        with contextlib.suppress(StoreAway):
            async with self._store.reading() as tx:
                due = await tx.mails.next_due()
            if due is not None:
                return min(POLL_SECONDS, (due - self._clock()).total_seconds())
        return POLL_SECONDS

    async def _read_and_save(self, claimed: Sequence[ClaimedMail]) -> None:
        try:
            async with self._store.reading() as tx:
                contents = await tx.mails.contents([mail.id for mail in claimed])
                brought = await tx.evidence.of_mails([mail.id for mail in claimed])
                taught = await tx.labels.for_shops({mail.shop_id for mail in claimed})
        except StoreAway as error:
            log.warning("reading waits for the database", cause=str(error))
            for mail in claimed:
                self._claims.let_go(mail)  # the lease ends by itself
            return
        async with asyncio.TaskGroup() as tasks:
            for mail in claimed:
                loaded = Loaded(contents[mail.id], *brought[mail.id])
                tasks.create_task(self._one(mail, loaded, taught.get(mail.shop_id, ())))

    async def _one(self, mail: ClaimedMail, loaded: Loaded, taught: Sequence[TaughtLabel]) -> None:
        try:
            # Both take their time, in processes of their own; the order is decided when its origin is known.
            reading, known = await asyncio.gather(
                self._readers.read(loaded.content, taught), self._known_of(mail, loaded)
            )
            await self._save_or_give_up(mail, storable(reading), loaded, known)
        except LeaseLost:
            log.info("read too late", mail=mail.id)
            self._claims.let_go(mail)
        except Exception as error:  # a mistake of ours in one mail must not stop the others
            is_away = isinstance(error, StoreAway)
            told = log.warning if is_away else log.error
            told("not saved", mail=mail.id, cause=type(error).__name__, exc_info=not is_away)
            self._failures[mail.id] += 1
            await self._claims.give_back(mail, AGAIN_AFTER)
        else:
            self._failures.pop(mail.id, None)
            self._claims.let_go(mail)

    async def _known_of(self, mail: ClaimedMail, loaded: Loaded) -> Known:
        try:
            return await self._proofs.known_of(mail.id, loaded)
        except StoreAway:
            raise
        except Exception as error:  # a mistake of ours in what is proved must not cost the order
            log.error("not verified", mail=mail.id, cause=type(error).__name__, exc_info=True)
            return Known(UNANSWERED)

    async def _save_or_give_up(self, mail: ClaimedMail, reading: Reading, loaded: Loaded, known: Known) -> None:
        if self._failures[mail.id] >= TRIES:
            # Its owner must see it, and get its copy, although we cannot keep what was read.
            reading = Reading(Outcome.UNREADABLE, Kind.OTHER, reason="what was read of it cannot be saved")
        origin = await self._origin(loaded, reading, known)
        await self._saves.put(_Read(mail, reading, *storable(subject_and_author(loaded.content)), known, origin))

    async def _origin(self, loaded: Loaded, reading: Reading, known: Known) -> Origin | None:
        """What its origin is judged by.  An attached original speaks for the order only if the order stands in it."""
        if self._origins is None:
            return None
        evidence = known.evidence or UNANSWERED
        originals = self._origins.believed_originals(evidence, loaded.content) if reading.order else []
        inner = [storable(await self._readers.read(raw)) for raw in originals]
        original = next((each for each in inner if each.order == reading.order), None)
        return origin_of(known, loaded.content, loaded.came, reading, original)

    async def _save_group(self, group: Sequence[_Read]) -> None:
        async def work(tx: Tx) -> list[MailState]:
            shops = await tx.shops.some({read.mail.shop_id for read in group})
            desk = await self._origins.desk(tx, shops, [read.mail.id for read in group]) if self._origins else None
            hand = await _hand(tx, group)
            states = [await self._save(tx, read, shops[read.mail.shop_id], desk, hand) for read in group]
            await tx.journal.write(hand.notes)
            await _decide_held(tx, list(zip(group, states, strict=True)), shops, self._clock())
            return states

        states = await self._store.repeated(work)  # another node may read the same order's other mail
        for read, state in zip(group, states, strict=True):
            log.info("read", mail=read.mail.id, shop=read.mail.shop_id, state=str(state))
        if self._relaying:
            self._relaying.ring()

    async def _save(self, tx: Tx, read: _Read, shop: Shop, desk: Desk | None, hand: "_Hand") -> MailState:
        mail, now = read.mail, self._clock()
        known = await hand.known(tx, mail, read.reading.order)
        fated, judged = await _fate(desk, read, known)
        marks = mark_of(judged) if isinstance(fated, NewOrder) else ()
        reading = replace(read.reading, problems=(*read.reading.problems, *marks))
        saving = _Saving(tx, mail, reading, shop, now, hand)
        order_id: int | None = None
        problems: tuple[str, ...] = ()
        match fated:
            case Waiting():
                await tx.mails.release(mail, (read.origin and read.origin.again_at) or now)
                return MailState.RECEIVED
            case Quarantined(why=why) | Replayed(why=why):
                state = MailState.DUPLICATE if isinstance(fated, Replayed) else MailState.QUARANTINED
                reading = replace(reading, reason=why)
                hand.notes.append(origin_entry(mail, shop.account_id, str(state), why, now))
            case FiledAway(state=state):
                order_id, problems = mail.order_id, reading.problems
                await saving.doubt(known, f"its mail {mail.id}, read again, gave no order: {reading.reason}")
            case NewOrder(order=order):
                order_id, problems = await saving.new(order), reading.problems
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
                await saving.note(known.id, "duplicate", {})
                if proves(judged):
                    await saving.origin_proved(known)
            case Completed(known=known, order=order, added=added):
                order_id, problems, state = known.id, (), MailState.ORDER
                await saving.complete(known, order, added)
            case Contradiction(known=known, differences=differences):
                order_id, state = known.id, MailState.TO_CHECK
                problems = tuple(f"{_DIFFERS} {each}" for each in differences)
                await tx.orders.mark(known.id, [*known.problems, *problems], now)
                await saving.note(known.id, "contradicted", {"differences": list(differences)})
        if judged and desk and read.origin and order_id is not None:
            await desk.remember(mail, read.origin, judged)
        values = _mail_values(replace(read, reading=reading), order_id, problems)
        if judged:
            values["trust"] = judged_as_json(judged)
        if not await tx.mails.finish(mail, state, values):
            raise LeaseLost
        return state


async def _fate(desk: Desk | None, read: _Read, known: KeptOrder | None) -> tuple[Fate | Held, Judged | None]:
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
    hand: "_Hand"

    async def new(self, order: Order) -> int:
        """Keep a new order; its id."""
        state = first_state(order, self.shop.rules)
        values = self._values() | {
            "mail_id": self.mail.id,
            "state": state,
            "paid_on": self.now.date().isoformat() if state == PAID and self.shop.rules.set_payment_date else None,
        }
        order_id = await self.tx.orders.add(self.shop.id, order, await self._articles(order), values, self.now)
        await self.note(order_id, "imported", {"problems": list(self.reading.problems)})
        urls = await self.hand.urls_of(self.tx, self.shop.account_id)
        await self.tx.jobs.add([NewJob(JobKind.PUSH, url, self.now, self.now, order_id=order_id) for url in urls])
        return order_id

    async def anew(self, known: KeptOrder, order: Order, changes: Sequence[str]) -> None:
        """Put the mail's newer reading in the place of its older one; what other mails say against it stays."""
        against = _kept_doubts(known, _DIFFERS, MARKED)
        problems = list(dict.fromkeys([*self.reading.problems, *against]))
        values = self._values() | {"problems": problems, "to_check": bool(problems)}
        await self.tx.orders.replace(known.id, order, await self._articles(order), values, self.now)
        await self.note(known.id, "read again", {"changes": list(changes)})

    async def beside_a_person(self, known: KeptOrder, changes: Sequence[str]) -> None:
        """A person has corrected the order: it stays, and where the mail reads otherwise it is a doubt."""
        doubts = [f"its mail, read again, says otherwise: {each}" for each in changes]
        if doubts:
            await self.tx.orders.mark(known.id, list(dict.fromkeys([*known.problems, *doubts])), self.now)
        await self.note(known.id, "read again", {"changes": [], "kept": list(changes)})

    async def complete(self, known: KeptOrder, order: Order, added: Sequence[str]) -> None:
        """Put into an order that came by a file what its mail says beyond it."""
        await self.tx.orders.replace(known.id, order, await self._articles(order), {}, self.now)
        await self.note(known.id, COMPLETED_BY_MAIL, {"added": list(added)})

    async def origin_proved(self, known: KeptOrder) -> KeptOrder:
        """A mail that is trusted says so: where the order came from is in doubt no more."""
        left = tuple(each for each in known.problems if not each.startswith(MARKED))
        if left != known.problems:
            await self.tx.orders.settle(known.id, left, self.now)
            await self.note(known.id, "origin proved", {})
        return replace(known, problems=left, to_check=bool(left))

    async def doubt(self, known: KeptOrder | None, problem: str) -> None:
        """Ask for a person's eye on an order that is there already."""
        if known is not None:
            await self.tx.orders.mark(known.id, [*known.problems, problem], self.now)

    async def note(self, order_id: int, action: str, detail: dict[str, Any]) -> None:
        """Write into the journal what the reader did."""
        entry = Entry(
            at=self.now, actor="reader", action=action, account_id=self.shop.account_id, shop_id=self.shop.id,
            order_id=order_id, mail_id=self.mail.id, detail=detail,
        )  # fmt: skip
        self.hand.notes.append(entry)

    async def _articles(self, order: Order) -> dict[Item, int]:
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
    tx: Tx, group: Sequence[tuple[_Read, MailState]], shops: Mapping[int, Shop], now: datetime
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


@dataclass(slots=True)
class _Hand:
    """What the mails of one transaction share: asked for once, and written at its end."""

    orders: dict[tuple[int, str], KeptOrder | None]  # by shop and number, as they were before the transaction
    urls: dict[int, Sequence[str]] = field(default_factory=dict)
    notes: list[Entry] = field(default_factory=list)

    async def known(self, tx: Tx, mail: ClaimedMail, order: Order | None) -> KeptOrder | None:
        """The order with that number in that shop, or the one that this mail had made when it was read before."""
        if order is not None and (known := await self._numbered(tx, mail.shop_id, order.number)):
            return known
        made = await tx.orders.get(mail.order_id) if mail.order_id is not None else None
        return made if made is not None and made.mail_id == mail.id else None

    async def _numbered(self, tx: Tx, shop_id: int, number: str) -> KeptOrder | None:
        """What is known of it beforehand holds once: the mail that asks may change the order."""
        if (shop_id, number) in self.orders:
            return self.orders.pop((shop_id, number))
        return await tx.orders.by_number(shop_id, number)

    async def urls_of(self, tx: Tx, account_id: int) -> Sequence[str]:
        """Where an account's new orders are pushed to."""
        if account_id not in self.urls:
            self.urls[account_id] = await tx.webhooks.urls(account_id)
        return self.urls[account_id]


async def _hand(tx: Tx, group: Sequence[_Read]) -> _Hand:
    wanted: dict[int, list[str]] = {}
    for read in group:
        if read.reading.order is not None:
            wanted.setdefault(read.mail.shop_id, []).append(read.reading.order.number)
    # A mail that was read before may change the order that it had made: then nothing is known beforehand.
    if any(read.mail.order_id is not None for read in group):
        return _Hand({})
    found: dict[tuple[int, str], KeptOrder | None] = {}
    for shop_id, numbers in wanted.items():
        kept = await tx.orders.by_numbers(shop_id, list(dict.fromkeys(numbers)))
        found |= {(shop_id, number): kept.get(number) for number in numbers}
    return _Hand(found)


def _mail_values(read: _Read, order_id: int | None, problems: Sequence[str]) -> dict[str, Any]:
    reading = read.reading
    return {
        "subject": read.subject or None,
        "author": read.author or None,
        "kind": reading.kind,
        "reason": reading.reason,
        "problems": list(problems),
        "order_id": order_id,
        "reading": reading_as_json(reading) if order_id is None else None,
    }
