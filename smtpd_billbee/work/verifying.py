"""Verifying: what can be proved of a mail's origin is found once, in a child process, and kept beside the mail.

Whoever needs it first asks, reading or relaying.  DNS that does not answer holds nothing up: the mail is asked about
again after a while, a few times; then what is known stands.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from smtpd_billbee.auth import child
from smtpd_billbee.errors import NoSuchThing, StoreAway
from smtpd_billbee.model.evidence import UNANSWERED, Evidence, Known, together
from smtpd_billbee.model.mail import Delivery
from smtpd_billbee.store.groupcommit import GroupCommit
from smtpd_billbee.store.store import Store
from smtpd_billbee.work.children import Children, Failed

log = structlog.get_logger()

AGAIN_AFTER = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
POLL_SECONDS = 15.0
AT_ONCE = 10
MOST_RECENT = 1_000  # mails whose evidence is at hand: reading and relaying ask for the same ones
WORK_SECONDS = 10.0  # for hashes and keys, beside the time for DNS
START_SECONDS = 60.0
PATIENCE_SECONDS = 30.0  # others may be before us; what is not proved by then is asked again later


@dataclass(frozen=True, slots=True)
class DnsSettings:
    """Name servers as (address, port), none: the system's; and the seconds that DNS has for one mail."""

    nameservers: tuple[tuple[str, int], ...] = ()
    timeout: float = 10.0


class Verifier:
    """Child processes that prove what can be proved."""

    def __init__(
        self, processes: int, memory_limit: int, dns: DnsSettings, patience: float = PATIENCE_SECONDS,
        verify: Callable[[bytes, Delivery], Evidence] | None = None,
    ) -> None:  # fmt: skip
        self._verify = verify or child.verify
        self._patience = patience
        self._children = Children(
            "verifier", processes, dns.timeout + WORK_SECONDS, memory_limit, child.prepare,
            (dns.nameservers, dns.timeout), lets_end=True,
        )  # fmt: skip

    def start(self) -> None:
        """Start the children before they are needed: the first mail would wait for all that they load."""
        self._children.start(child.load, time_limit=START_SECONDS)

    async def evidence(self, raw: bytes, came: Delivery) -> Evidence:
        """What is proved of these bytes, as they came; UNANSWERED when the child could not tell."""
        try:
            async with asyncio.timeout(self._patience):
                found = await self._children.run(self._verify, raw, came)
        except TimeoutError:
            return UNANSWERED
        return UNANSWERED if isinstance(found, Failed) else found

    def close(self) -> None:
        """Stop the children, whatever they do."""
        self._children.close()


@dataclass(frozen=True, slots=True)
class Loaded:
    """A mail as the checks need it: what the client sent, who brought it, and what was known before."""

    content: bytes
    came: Delivery
    known: Known


class Verifying:
    """The evidence of kept mails."""

    def __init__(self, store: Store, verifier: Verifier, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._verifier = verifier
        self._clock = clock
        self._saves = GroupCommit(self._save)
        self._asking: dict[int, asyncio.Lock] = {}
        self._recent: dict[int, Known] = {}

    @contextlib.asynccontextmanager
    async def at_work(self, *, asks_again: bool = True) -> AsyncIterator[None]:
        """While this is open, what is found is kept; `asks_again`: and what DNS owed us is asked for again."""
        failed: BaseException | None = None
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._saves.run())
            again = tasks.create_task(self._ask_again()) if asks_again else None
            try:
                yield
            except (Exception, asyncio.CancelledError) as error:  # it goes on as it is, not wrapped in a group
                failed = error
            if again:
                again.cancel()
            self._saves.close()
        if failed is not None:
            raise failed

    async def evidence_of(self, mail_id: int) -> Evidence:
        """What is proved of a mail.  Raises StoreAway, NoSuchThing."""
        return (await self.known_of(mail_id)).evidence or UNANSWERED

    async def known_of(self, mail_id: int, loaded: Loaded | None = None) -> Known:
        """The same, with the moment when it is worth asking again.  `loaded`: if it is at hand.

        Raises StoreAway, NoSuchThing.
        """
        # Reading and relaying ask at the same moment: the second one gets what the first one found.
        lock = self._asking.setdefault(mail_id, asyncio.Lock())
        try:
            async with lock:
                return await self._known(mail_id, loaded)
        finally:
            if not lock.locked():
                self._asking.pop(mail_id, None)

    async def _known(self, mail_id: int, loaded: Loaded | None) -> Known:
        if (recent := self._recent.get(mail_id)) and not self._is_due(recent):
            return recent
        if loaded is None or recent:
            loaded = await self._load(mail_id)
        if not self._is_due(loaded.known):
            return loaded.known
        found = await self._verifier.evidence(loaded.content, loaded.came)
        if loaded.known.evidence is not None:
            found = together(loaded.known.evidence, found)
        known = self._judged(found, loaded.known.asked)
        await self._saves.put((mail_id, known))
        self._remember(mail_id, known)
        if found.unsettled:
            log.info("not verified yet", mail=mail_id, asked=known.asked)
        return known

    async def _load(self, mail_id: int) -> Loaded:
        async with self._store.reading(brief=True) as tx:
            kept = await tx.evidence.of_mails([mail_id])
            if not kept:
                raise NoSuchThing(f"there is no mail {mail_id}")
            came, known = kept[mail_id]
            content = (await tx.mails.contents([mail_id]))[mail_id] if self._is_due(known) else b""
        return Loaded(content, came, known)

    def _remember(self, mail_id: int, known: Known) -> None:
        if len(self._recent) >= MOST_RECENT:
            self._recent.clear()
        self._recent[mail_id] = known

    def _is_due(self, known: Known) -> bool:
        if known.evidence is None:
            return True
        return known.again_at is not None and known.again_at <= self._clock()

    def _judged(self, evidence: Evidence, asked: int) -> Known:
        if evidence.unsettled and asked < len(AGAIN_AFTER):
            return Known(evidence, asked + 1, self._clock() + AGAIN_AFTER[asked])
        return Known(evidence, asked + 1, None)

    async def _save(self, found: Sequence[tuple[int, Known]]) -> None:
        async with self._store.transaction(brief=True) as tx:
            await tx.evidence.keep(dict(found))

    async def _ask_again(self) -> None:
        """Ask for what is due, until cancelled."""
        while True:
            await asyncio.sleep(POLL_SECONDS)
            await self.ask_due()

    async def ask_due(self) -> None:
        """Ask once more where the time has come."""
        try:
            async with self._store.reading() as tx:
                due = await tx.evidence.due(self._clock(), AT_ONCE)
        except StoreAway as error:
            log.warning("verifying waits for the database", cause=str(error))
            return
        async with asyncio.TaskGroup() as tasks:
            for mail_id in due:
                tasks.create_task(self._ask(mail_id))

    async def _ask(self, mail_id: int) -> None:
        with contextlib.suppress(StoreAway, NoSuchThing):  # it is due as before, or gone
            await self.known_of(mail_id)
