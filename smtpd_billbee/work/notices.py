"""Notices: the owner is told by mail what went wrong, of each kind once an hour at most.

What was told is noted when the smarthost has taken the notice: after a crash in between it is told again an hour later.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import structlog

from smtpd_billbee.errors import StoreAway
from smtpd_billbee.model.job import Attempt, Delivered, Later
from smtpd_billbee.model.journal import Entry
from smtpd_billbee.model.notice import Happening, NoticeKind
from smtpd_billbee.model.shop import Account
from smtpd_billbee.store.store import Store
from smtpd_billbee.work.bell import Bell
from smtpd_billbee.work.notice_mail import NoticeSettings, notice_mail, told_at
from smtpd_billbee.work.silence import LOOKED_AT, silent_since

log = structlog.get_logger()

POLL_SECONDS = 60.0  # a burst of bad mails makes one notice
PAUSE = timedelta(hours=1)
AGAIN_AFTER = timedelta(minutes=5)  # the smarthost did not take it just now
SILENCE_EVERY = timedelta(hours=1)
RECENT = timedelta(days=7)  # who switches notices on is not told of last year; copies are tried for five days
SHOPS_AT_ONCE = 50


class Notices:
    """Looks for what went wrong, until it is stopped.  `send` hands (recipient, mail) to the smarthost."""

    def __init__(
        self,
        store: Store,
        send: Callable[[str, bytes], Awaitable[Attempt]],
        settings: NoticeSettings,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._send = send
        self._settings = settings
        self._clock = clock
        self._bell = Bell()
        self._stopping = False
        self._silence_at: datetime | None = None

    async def run(self) -> None:
        """Look every minute until stop()."""
        while not self._stopping:
            await self._bell.wait(POLL_SECONDS)
            if self._stopping:
                return
            try:
                await self.look()
            except StoreAway as error:
                log.warning("notices wait for the database", cause=str(error))
            except Exception as error:  # a mistake of ours must not stop the relay
                log.exception("no notices", cause=type(error).__name__)

    def stop(self) -> None:
        """End run() after the notice that is being sent."""
        self._stopping = True
        self._bell.ring()

    async def look(self) -> None:
        """Tell every owner what there is to tell now."""
        now = self._clock()
        async with self._store.reading() as tx:
            found = {
                NoticeKind.UNREADABLE: await tx.notices.unreadable(now - RECENT),
                NoticeKind.FAILED_COPY: await tx.notices.failed_copies(now - RECENT),
            }
        if self._silence_at is None or now >= self._silence_at + SILENCE_EVERY:
            found[NoticeKind.SILENT_SHOP] = await self._silent(now)
            self._silence_at = now
        for kind, happenings in found.items():
            if happenings:
                await self._tell_all(kind, happenings)

    async def _silent(self, now: datetime) -> list[Happening]:
        """Shops that are silent longer than usual, each told of once for each silence."""
        found: list[Happening] = []
        after, more = 0, True
        while more and not self._stopping:
            async with self._store.reading() as tx:  # in portions: nobody waits for a thousand shops
                shops = await tx.notices.watched(after, SHOPS_AT_ONCE, LOOKED_AT)
            for shop in shops:
                after = shop.shop_id
                since = silent_since(shop.orders_at, now)
                if since is not None and (shop.told_at is None or shop.told_at < since):
                    found.append(Happening(shop.account_id, shop.shop_id, shop.shop_name, shop.shop_id))
            more = len(shops) == SHOPS_AT_ONCE
        return found

    async def _tell_all(self, kind: NoticeKind, happenings: Sequence[Happening]) -> None:
        by_account: dict[int, list[Happening]] = defaultdict(list)
        for each in happenings:
            by_account[each.account_id].append(each)
        async with self._store.reading() as tx:
            accounts = {account.id: account for account in await tx.accounts.all() if account.id in by_account}
        for account_id, theirs in by_account.items():
            if self._stopping:
                return
            await self._tell(kind, accounts[account_id], theirs)

    async def _tell(self, kind: NoticeKind, account: Account, happenings: Sequence[Happening]) -> None:
        now = self._clock()
        async with self._store.transaction() as tx:
            if not await tx.notices.claim(account.id, kind, now, PAUSE):
                return
        attempt = await self._sent(kind, account, notice_mail(kind, account, happenings, self._settings, now))
        async with self._store.transaction() as tx:
            if isinstance(attempt, Later):
                await tx.notices.put_off(account.id, kind, now + AGAIN_AFTER)
            else:  # one that was refused for good would be refused again: what it told of is history
                await tx.notices.tell(kind, account.id, [each.thing_id for each in happenings], now)
                outcome = "notice sent" if isinstance(attempt, Delivered) else "notice refused"
                detail = {"kind": str(kind), "count": len(happenings)}
                await tx.journal.write([Entry(now, "notices", outcome, account_id=account.id, detail=detail)])
        log.info("notice", account=account.id, kind=str(kind), count=len(happenings), outcome=type(attempt).__name__)

    async def _sent(self, kind: NoticeKind, account: Account, mail: bytes) -> Attempt:
        try:
            return await self._send(told_at(kind, account), mail)
        except Exception as error:
            log.exception("notice not sent", account=account.id, cause=type(error).__name__)
            return Later(f"an error of our own: {type(error).__name__}")
