"""Intake: a mail is kept for good, and only then the client hears 250.

Nearly always it is filed in the same transaction: its row, and the job of its copy.  In a rush it is only put aside, in
the same database, and filed when the door is quiet, or after two seconds (filing.py).

Troubles of ours are no sender's business: while the database is away or slow, shops are known by memory and mails go
to the emergency spool; draining.py brings them in when it is back.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress

import structlog

from smtpd_billbee.errors import NoReport, ShopGone, StoreAway, place, plain_words
from smtpd_billbee.formats.addresses import ImportAddress, read_import_address
from smtpd_billbee.formats.spooled import put_aside
from smtpd_billbee.model.mail import Arrival, NotServed, Recipient
from smtpd_billbee.store.groupcommit import GroupCommit
from smtpd_billbee.store.packing import LARGE, Packed
from smtpd_billbee.store.store import Store
from smtpd_billbee.work import bounces
from smtpd_billbee.work.bell import Bell
from smtpd_billbee.work.filing import SMALL, Filing
from smtpd_billbee.work.keeping import IntakeSettings, keep, keep_late, keep_with_bounces
from smtpd_billbee.work.rush import Rush
from smtpd_billbee.work.spool import Spool

log = structlog.get_logger()

LARGEST_ID = 2**63 - 1  # what a database can number; an address may have more digits
# A shop is not asked for at every RCPT: the question costs as much as all else about a mail.  One that was removed
# or closed meanwhile is noticed at the commit, and its mail is told 451, then 550; in a rush it is kept all the same.
KNOWN_SECONDS = 5.0
QUESTION_SECONDS = 5.0  # for the database to say whether there is a shop
SPOOL_SECONDS = 20.0  # for a disk to take a mail
OPERATOR = frozenset({"postmaster", "abuse"})  # RFC 2142 section 5, RFC 5321 4.5.1
LONG_AGO = float("-inf")
BRIEF = 1024 * 1024  # octets; to pack and to hash them takes 10 ms, in which the loop does nothing else


class Intake:
    """What the door asks: is this recipient ours, and keep this mail.

    Without a spool nothing is accepted that the database does not take; without filing, a mail is filed at once.
    """

    def __init__(
        self,
        store: Store,
        settings: IntakeSettings,
        bells: Sequence[Bell] = (),
        spool: Spool | None = None,
        filing: Filing | None = None,
    ) -> None:
        self._store = store
        self._settings = settings
        self._bells = bells
        self._spool = spool
        self._filing = filing
        self._before = (*bells, filing.bell) if filing else bells  # who lets the door go first
        self._rush = Rush()
        self._group = GroupCommit(self._commit, _is_for_all)
        # When each shop was last seen in the database.  Only shops of ours are in here: strangers cannot make it grow.
        self._seen: dict[int, float] = {}
        self.spooled = Bell()  # rung when there is something to drain
        self.is_away = False  # the database, as far as we know: mails go to the spool without asking it

    async def run(self) -> None:
        """Commit what arrives until stop()."""
        with suppress(StoreAway):
            await self._remember_shops()
        await self._group.run()
        if self._filing:
            self._filing.stop(is_away=self.is_away)

    def stop(self) -> None:
        """End run() once everything that waits is kept."""
        self._group.close()

    def known(self, address: str) -> Recipient | None:
        """Whom a RCPT means, if it is a shop that was seen in the database just now."""
        found = read_import_address(address)
        if found is None or found.domain not in self._settings.domains:
            return None
        seen = self._seen.get(found.shop_id, LONG_AGO)
        if asyncio.get_running_loop().time() - seen >= KNOWN_SECONDS:
            return None
        return Recipient(address, found.shop_id, found.channel)

    async def recipient(self, address: str) -> Recipient | NotServed:
        """Whom a RCPT means.  Raises StoreAway when neither the database nor our memory can say."""
        local, _, domain = address.rpartition("@")
        if not local:  # RFC 5321 4.5.1: `RCPT TO:<postmaster>` has no domain
            local, domain = domain, ""
        served = not domain or domain.lower() in self._settings.domains
        if not served and domain.lower() != self._settings.sender_domain.lower():
            return NotServed.FOREIGN_DOMAIN
        if local.lower() in OPERATOR or self._settings.bounced(address) is not None:
            return Recipient(address)
        if not served:
            return NotServed.UNKNOWN_SHOP
        match read_import_address(address):
            case ImportAddress(shop_id=shop_id, channel=channel) if await self._exists(shop_id):
                return Recipient(address, shop_id, channel)
        return NotServed.UNKNOWN_SHOP

    async def accept(self, arrival: Arrival) -> None:
        """Keep the mail for good.  When this returns, it survives a power cut.  Raises StoreAway, NoReport."""
        await self._refuse_what_is_no_report(arrival)
        self._rush.note(asyncio.get_running_loop().time())
        for bell in self._before:
            bell.hold()  # its sender waits; what is done with it comes after him, and after his next one
        try:
            await self._keep(arrival)
        finally:
            for bell in self._before:
                bell.let_go()

    async def _keep(self, arrival: Arrival) -> None:
        if self._spool is None:
            await self._group.put(arrival)
        elif (why := await self._not_committed(arrival)) is not None:
            await self._into_spool(self._spool, arrival, why)

    async def _refuse_what_is_no_report(self, arrival: Arrival) -> None:
        """The senders of copies take reports only.  A mail that goes to a shop as well is kept for both."""
        if not all(self._sends_copies(each) for each in arrival.recipients):
            return
        if not await asyncio.to_thread(bounces.is_report, arrival.content):
            raise NoReport

    async def keep_late(self, arrival: Arrival) -> None:
        """Keep a mail of the spool, unless it is kept already.  Raises StoreAway."""
        await self._store.repeated(lambda tx: keep_late(tx, self._settings, arrival))
        for bell in self._bells:
            bell.ring()

    async def look_for_the_store(self) -> None:
        """Raises StoreAway when nothing can be written."""
        await self._store.check_writable()

    async def _exists(self, shop_id: int) -> bool:
        now = asyncio.get_running_loop().time()
        seen = self._seen.get(shop_id)
        if seen is not None and (self.is_away or now - seen < KNOWN_SECONDS):
            return True
        if shop_id > LARGEST_ID:
            return False
        try:
            async with asyncio.timeout(QUESTION_SECONDS), self._store.reading() as tx:
                exists = await tx.shops.exists(shop_id)
        except (StoreAway, TimeoutError) as error:
            if seen is None:
                raise StoreAway(type(error).__name__) from error
            return True
        if exists:
            self._seen[shop_id] = now
        else:
            self._seen.pop(shop_id, None)
        return exists

    async def _remember_shops(self) -> None:
        """So that a database that goes away in the next moment costs no mail of theirs."""
        async with self._store.reading() as tx:
            for shop_id in await tx.shops.open_ids():
                self._seen.setdefault(shop_id, LONG_AGO)

    async def _not_committed(self, arrival: Arrival) -> str | None:
        """Commit it, or say why it is not.  Raises ShopGone: that is the peer's to know."""
        if self.is_away:
            return "away"
        try:
            await self._group.put(arrival, self._settings.patience)
        except ShopGone:
            raise
        except (StoreAway, TimeoutError) as error:
            if not self.is_away:
                self.is_away = True
                log.warning("store away: mails go to the spool", cause=str(error) or "slow")
            return "away" if isinstance(error, StoreAway) else "slow"
        except Exception as error:  # a mistake of ours: whoever mends it finds the mail there
            log.error("not committed", error=type(error).__name__, where=place(error))
            return "failed"
        return None

    async def _into_spool(self, spool: Spool, arrival: Arrival, why: str) -> None:
        try:
            async with asyncio.timeout(SPOOL_SECONDS):
                await asyncio.to_thread(spool.keep, arrival)
        except OSError as error:  # a TimeoutError is one
            raise StoreAway(f"store {why}, spool: {plain_words(error) or 'slow'}") from error
        log.warning("spooled", mail=arrival.queue_id, store=why)
        self.spooled.ring()

    async def _commit(self, arrivals: Sequence[Arrival]) -> None:
        if self._filing and self._rush.is_on and all(self._can_wait(each) for each in arrivals):
            octets = [put_aside(each) for each in arrivals]
            brief = sum(map(len, octets)) <= BRIEF
            await self._store.keeping(lambda books: books.put_aside(octets), brief=brief)
            self._filing.bell.ring()
        else:
            await self._commit_as_mails(arrivals)

    def _can_wait(self, arrival: Arrival) -> bool:
        """Whether it can be filed later."""
        return len(arrival.content) <= SMALL and not self._is_about_a_copy(arrival)

    def _is_about_a_copy(self, arrival: Arrival) -> bool:
        return any(self._sends_copies(each) for each in arrival.recipients)

    def _sends_copies(self, recipient: Recipient) -> bool:
        return recipient.shop_id is None and self._settings.bounced(recipient.address) is not None

    async def _commit_as_mails(self, arrivals: Sequence[Arrival]) -> None:
        # Its sender may have brought the same mail to another node, too, tired of waiting.
        packed = {each.queue_id: await self._store.packed(each.content) for each in arrivals if _is_large(each)}
        try:
            await self._commit_packed(arrivals, packed)
        finally:
            for each in packed.values():
                each.close()
        for bell in self._bells:
            bell.ring()

    async def _commit_packed(self, arrivals: Sequence[Arrival], packed: Mapping[str, Packed]) -> None:
        if any(self._is_about_a_copy(each) for each in arrivals):
            await self._store.repeated(lambda tx: keep_with_bounces(tx, self._settings, arrivals, packed))
        else:
            brief = not packed and sum(len(each.content) for each in arrivals) <= BRIEF
            await self._store.keeping(lambda books: keep(books, self._settings, arrivals, packed), brief=brief)


def _is_large(arrival: Arrival) -> bool:
    return len(arrival.content) > LARGE


def _is_for_all(error: Exception) -> bool:
    """A database that is away is so for each of a group: to wait for it once more for each would take minutes."""
    return isinstance(error, StoreAway) and not isinstance(error, ShopGone)
