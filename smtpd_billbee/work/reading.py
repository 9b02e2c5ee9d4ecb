"""Reading: kept mails are claimed, read in a child process, and become orders (saving.py)."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog

from smtpd_billbee.errors import StoreAway
from smtpd_billbee.formats.top_headers import subject_and_author
from smtpd_billbee.model.evidence import UNANSWERED, Known
from smtpd_billbee.model.labels import TaughtLabel
from smtpd_billbee.model.mail import ClaimedMail, MailState
from smtpd_billbee.model.reading import Kind, Outcome, Reading
from smtpd_billbee.store.groupcommit import GroupCommit
from smtpd_billbee.store.store import Store, Tx
from smtpd_billbee.work.bell import Bell
from smtpd_billbee.work.claims import MOST_OCTETS, Claims, portions
from smtpd_billbee.work.origins import Origin, Origins, origin_of
from smtpd_billbee.work.readers import Readers
from smtpd_billbee.work.saving import LeaseLost, Read, save
from smtpd_billbee.work.storable import storable
from smtpd_billbee.work.verifying import Loaded

log = structlog.get_logger()

AGAIN_AFTER = timedelta(seconds=5)  # after a trouble of our own
TRIES = 5  # a reading that cannot be saved so often will never be
GRACE_SECONDS = 5.0  # for what is being read when we stop
POLL_SECONDS = 1.0
AT_ONCE = 64
BRIEF = 32  # mails; to save more of them takes so long that the loop must not wait for it
MANY = 8  # mails
LARGE = 1024 * 1024  # octets: to load them takes so long that the loop must not wait for it, and much memory


class Proofs(Protocol):
    """Tells what is proved of a kept mail's origin: Verifying does."""

    async def known_of(self, mail_id: int, loaded: Loaded | None = None) -> Known:
        """What is known, and kept.  Raises StoreAway."""


class NoProofs:
    """Nobody asks: nothing is known of any mail."""

    async def known_of(self, mail_id: int, loaded: Loaded | None = None) -> Known:
        return Known(UNANSWERED)


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
        async with asyncio.TaskGroup() as tasks:
            in_hand = _InHand(tasks)
            while not self._stopping:
                await in_hand.room(AT_ONCE, 0)
                claimed = await self._claim()
                for portion in portions(claimed, AT_ONCE):
                    octets = sum(mail.size for mail in portion)
                    await in_hand.room(AT_ONCE, octets)
                    in_hand.begin(self._read_and_save(portion), len(portion), octets)
                if not claimed:
                    await self._bell.wait(await self._seconds_to_next())

    async def _claim(self) -> list[ClaimedMail]:
        await self._bell.quiet()
        try:
            return await self._claims.due(AT_ONCE)
        except StoreAway as error:
            log.warning("reading waits for the database", cause=str(error))
            await asyncio.sleep(POLL_SECONDS)
            return []

    async def _seconds_to_next(self) -> float:
        with contextlib.suppress(StoreAway):
            async with self._store.reading(brief=True) as tx:
                due = await tx.mails.next_due()
            if due is not None:
                return min(POLL_SECONDS, (due - self._clock()).total_seconds())
        return POLL_SECONDS

    async def _read_and_save(self, claimed: Sequence[ClaimedMail]) -> None:
        """Of many that came at once, the orders come first: their copies take as much of this machine again."""
        bell = self._relaying if len(claimed) >= MANY else None
        if bell:
            bell.hold()
        try:
            await self._read_all(claimed)
        finally:
            if bell:
                bell.let_go()

    async def _read_all(self, claimed: Sequence[ClaimedMail]) -> None:
        try:
            is_brief = sum(mail.size for mail in claimed) < LARGE
            async with self._store.reading(brief=is_brief) as tx:
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
            reading, known = await self._read(mail, loaded, taught)
            await self._save_or_give_up(mail, reading, loaded, known)
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

    async def _read(self, mail: ClaimedMail, loaded: Loaded, taught: Sequence[TaughtLabel]) -> tuple[Reading, Known]:
        """Both take their time, in processes of their own; the order is decided when its origin is known."""
        if mail.size >= LARGE:  # each way to a child takes another copy of it
            return await self._readers.read(loaded.content, taught), await self._known_of(mail, loaded)
        return await asyncio.gather(self._readers.read(loaded.content, taught), self._known_of(mail, loaded))

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
        await self._saves.put(Read(mail, reading, *storable(subject_and_author(loaded.content)), known, origin))

    async def _origin(self, loaded: Loaded, reading: Reading, known: Known) -> Origin | None:
        """What its origin is judged by.  An attached original speaks for the order only if the order stands in it."""
        if self._origins is None:
            return None
        evidence = known.evidence or UNANSWERED
        originals = self._origins.believed_originals(evidence, loaded.content) if reading.order else []
        inner = [await self._readers.read(raw) for raw in originals]
        original = next((each for each in inner if each.order == reading.order), None)
        return origin_of(known, loaded.content, loaded.came, reading, original)

    async def _save_group(self, group: Sequence[Read]) -> None:
        async def work(tx: Tx) -> list[MailState]:
            return await save(tx, group, self._origins, self._clock())

        # Another node may read the same order's other mail.
        states = await self._store.repeated(work, brief=len(group) <= BRIEF)
        for read, state in zip(group, states, strict=True):
            log.info("read", mail=read.mail.id, shop=read.mail.shop_id, state=str(state))
        if self._relaying:
            self._relaying.ring()


class _InHand:
    """Portions under way: the next one is claimed and loaded while one is read, and another one saved."""

    def __init__(self, tasks: asyncio.TaskGroup) -> None:
        self._tasks = tasks
        self._sizes: dict[asyncio.Task[None], tuple[int, int]] = {}

    def begin(self, work: Coroutine[Any, Any, None], mails: int, octets: int) -> None:
        """Begin with a portion."""
        task = self._tasks.create_task(work)
        self._sizes[task] = mails, octets
        task.add_done_callback(self._sizes.pop)

    async def room(self, mails: int, octets: int) -> None:
        """Wait until at most so many mails are in hand, and there is room for so many octets beside theirs."""
        while self._sizes and (self._sum(0) > mails or self._sum(1) + octets > MOST_OCTETS):
            await asyncio.wait(self._sizes, return_when=asyncio.FIRST_COMPLETED)

    def _sum(self, which: int) -> int:
        return sum(each[which] for each in self._sizes.values())
