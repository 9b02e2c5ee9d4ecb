"""While the database is away or slow mails are accepted all the same, and none is lost or doubled."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from smtpd_billbee.errors import StoreAway
from smtpd_billbee.model.mail import Arrival, MailState, NotServed, Recipient
from smtpd_billbee.store.books import Books
from smtpd_billbee.store.packing import Packed
from smtpd_billbee.store.store import Store, Tx
from smtpd_billbee.work import intake as intake_module
from smtpd_billbee.work.draining import Draining
from smtpd_billbee.work.intake import Intake
from smtpd_billbee.work.spool import ASIDE, Spool
from tests.making import MAIL, SHOP, TO_SHOP, arrival, make_shop
from tests.work.test_intake import SETTINGS

OPERATOR = Recipient("postmaster@inbound.example")


def numbered(number: int) -> Arrival:
    """One mail of many."""
    return replace(arrival(MAIL + b"%d" % number), queue_id=f"n{number}")


class Tap:
    """Between the intake and its database: `away` fails at once, `slow` commits after that many seconds."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.away = False
        self.slow = 0.0
        self.reads_away = False
        self.commits = 0

    @asynccontextmanager
    async def transaction(self, *, brief: bool = False) -> AsyncIterator[object]:
        if self.away:
            raise StoreAway("on request")
        async with self.store.transaction(brief=brief) as tx:
            yield tx
            await asyncio.sleep(self.slow)
        self.commits += 1

    async def repeated(self, work: Callable[[object], Awaitable[object]], *, brief: bool = False) -> object:
        async with self.transaction(brief=brief) as tx:
            return await work(tx)

    async def packed(self, content: bytes) -> Packed:
        return await self.store.packed(content)

    async def keeping(self, work: Callable[[Books], Awaitable[object]], *, brief: bool = False) -> object:
        async with self.transaction() as tx:
            assert isinstance(tx, Tx)
            return await work(tx.books)

    async def check_writable(self) -> None:
        async with self.transaction() as tx:
            assert isinstance(tx, Tx)
            await tx.shops.alive()

    @asynccontextmanager
    async def reading(self, *, brief: bool = False) -> AsyncIterator[object]:
        if self.reads_away:
            raise StoreAway("on request")
        async with self.store.reading(brief=brief) as tx:
            yield tx


@dataclass
class House:
    """An intake with its spool, over a database that the test has in its hands."""

    store: Store
    tap: Tap
    intake: Intake
    draining: Draining
    spool: Spool

    async def mails(self) -> list[object]:
        async with self.store.reading() as tx:
            return list(await tx.mails.list())

    async def drained(self, left: int = 0) -> None:
        """Until the spool is empty, or has as many `left`, and the database is trusted again."""
        async with asyncio.timeout(20):
            while len(self.spool.waiting()) > left or self.intake.is_away:  # noqa: ASYNC110 - nobody rings
                await asyncio.sleep(0.02)


@asynccontextmanager
async def running(store: Store, folder: Path, *, drains: bool = True, patience: float = 20.0) -> AsyncIterator[House]:
    spool, tap = Spool(folder / "spool"), Tap(store)
    intake = Intake(tap, replace(SETTINGS, patience=patience), (), spool)  # type: ignore[arg-type]
    draining = Draining(spool, intake, again=0.05)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(intake.run())
        if drains:
            tasks.create_task(draining.run())
        try:
            yield House(store, tap, intake, draining, spool)
        finally:
            draining.stop()
            intake.stop()


async def test_away(store: Store, tmp_path: Path) -> None:
    """A mail that the database does not take is accepted, and gets there when it is back, as if nothing had been."""
    await make_shop(store)
    async with running(store, tmp_path) as house:
        house.tap.away = True
        await house.intake.accept(arrival())
        await house.intake.accept(numbered(2))
        while_away = await house.mails()
        house.tap.away = False
        await house.drained()
        await house.intake.accept(numbered(3))
        mails = await house.mails()
        commits = house.tap.commits
    async with store.reading() as tx:
        jobs = await tx.jobs.open(10)
        raws = {await tx.mails.raw(mail.id) for mail in mails}

    assert [] == while_away
    assert {arrival().trace + MAIL + end for end in (b"", b"2", b"3")} == raws
    assert [MailState.RECEIVED] * 3 == [mail.state for mail in mails]
    assert (3, 3) == (len(jobs), min(commits, 3))


async def test_slow_and_kept_all_the_same(store: Store, tmp_path: Path) -> None:
    """A commit that succeeds after the mail was spooled makes no second mail: neither of a shop's nor of ours."""
    await make_shop(store)
    async with running(store, tmp_path, patience=0.1) as house:
        house.tap.slow = 0.5
        await house.intake.accept(arrival(MAIL, TO_SHOP, OPERATOR))
        spooled = len(house.spool.waiting())
        await asyncio.sleep(0.7)
        house.tap.slow = 0.0
        await house.drained()
        mails = await house.mails()

    assert 1 == spooled
    assert (2, {None, SHOP}) == (len(mails), {mail.shop_id for mail in mails})


async def test_a_crash_between_commit_and_removal(store: Store, tmp_path: Path) -> None:
    """The file is still there after a restart: it is drained once more, and changes nothing."""
    await make_shop(store)
    spool = Spool(tmp_path / "spool")
    spool.keep(arrival(MAIL, TO_SHOP, OPERATOR))
    (file,) = spool.waiting()
    octets = file.read_bytes()
    for _ in range(2):
        file.write_bytes(octets)
        async with running(store, tmp_path) as house:
            await house.drained()
            mails = await house.mails()

    assert 2 == len(mails)


async def test_neither_of_both(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Database away and spool impossible: the mail is not accepted, and the peer is told 451."""
    await make_shop(store)
    (tmp_path / "spool").write_text("a file, where the folder should be")
    async with running(store, tmp_path, drains=False) as house:
        house.tap.away = True
        with pytest.raises(StoreAway) as away:
            await house.intake.accept(arrival())

    assert "spool" in str(away.value)


async def test_a_mistake_of_ours(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever fails in here is no reason to refuse a mail: it waits for those who mend it; the others do not."""
    await make_shop(store)
    keep = intake_module.keep

    async def broken(tx: object, settings: object, arrivals: list[object], *more: object, **late: object) -> None:
        if any(b"poison" in each.content for each in arrivals):
            raise ValueError("anna@example.com")
        await keep(tx, settings, arrivals, *more, **late)

    async def broken_late(tx: object, settings: object, one: object) -> None:
        assert isinstance(tx, Tx)
        await broken(tx.books, settings, [one], late=True)

    monkeypatch.setattr(intake_module, "keep", broken)
    monkeypatch.setattr(intake_module, "keep_late", broken_late)
    async with running(store, tmp_path) as house:
        with capture_logs() as entries:
            poison = arrival(MAIL + b"poison")
            await asyncio.gather(*(house.intake.accept(each) for each in (numbered(1), poison, numbered(2))))
            house.spool.keep(numbered(3))
            house.intake.spooled.ring()
            async with asyncio.timeout(10):
                while len(house.spool.waiting()) > 1:  # noqa: ASYNC110 - nobody rings
                    await asyncio.sleep(0.02)
        mails = await house.mails()
        waiting = len(house.spool.waiting())

    assert (3, 1, False) == (len(mails), waiting, house.intake.is_away)
    assert "not committed" in {entry["event"] for entry in entries}
    assert "anna" not in repr(entries)


async def test_known_shops(store: Store, tmp_path: Path) -> None:
    """While the database is away its shops are known by memory, from the first moment on; of others nobody can say."""
    await make_shop(store)
    async with running(store, tmp_path) as house:
        async with asyncio.timeout(10):
            while SHOP not in house.intake._seen:  # noqa: ASYNC110 - nobody rings
                await asyncio.sleep(0.02)
        house.tap.reads_away = True
        known = await house.intake.recipient(TO_SHOP.address)
        with pytest.raises(StoreAway):
            await house.intake.recipient("54321-jimdo-orderimport@inbound.example")
        foreign = await house.intake.recipient("12345-jimdo-orderimport@elsewhere.example")

    assert (TO_SHOP, NotServed.FOREIGN_DOMAIN) == (known, foreign)


async def test_a_removed_shop(store: Store, tmp_path: Path) -> None:
    """Its mail was accepted: it is kept for the operator.  A shop that was only closed gets what came before."""
    await make_shop(store)
    await make_shop(store, shop_id=777, email="other@example.org")
    removed = Recipient("777-jimdo-orderimport@inbound.example", 777, "jimdo")
    async with running(store, tmp_path) as house:
        house.tap.away = True
        await house.intake.accept(arrival(MAIL, TO_SHOP, removed))
        async with store.transaction() as tx:
            await tx.connection.execute(text("UPDATE journal SET shop_id = NULL"))
            await tx.connection.execute(text("DELETE FROM shops WHERE id = 777"))
            await tx.shops.set_active(SHOP, False)
        house.tap.away = False
        await house.drained()
        mails = await house.mails()

    assert {(SHOP, TO_SHOP.address, MailState.RECEIVED), (None, removed.address, MailState.NOT_AN_ORDER)} == {
        (mail.shop_id, mail.recipient, mail.state) for mail in mails
    }


async def test_an_unreadable_file(store: Store, tmp_path: Path) -> None:
    """It is set aside and told, never deleted, and does not keep the others."""
    await make_shop(store)
    spool = Spool(tmp_path / "spool")
    spool.keep(arrival())
    (spool.folder / "q0.mail").write_bytes(b"torn")
    with capture_logs() as entries:
        async with running(store, tmp_path) as house:
            await house.drained()
            mails = await house.mails()

    assert (1, b"torn") == (len(mails), (spool.folder / ASIDE / "q0.mail").read_bytes())
    assert 1 == sum("cannot be read" in entry["event"] for entry in entries)
    assert {"event": "spool", "waiting": 0, "oldest": None, "unreadable": 1, "log_level": "warning"} in entries


async def test_a_file_that_cannot_be_opened(store: Store, tmp_path: Path) -> None:
    """Another user's, say: told once, drained when it can be; neither others nor new mails wait for it."""
    await make_shop(store)
    spool = Spool(tmp_path / "spool")
    spool.keep(numbered(2))
    blocked = spool.folder / "n1.mail"
    blocked.mkdir()
    os.utime(blocked, (0, 0))  # the oldest
    with capture_logs() as entries:
        async with running(store, tmp_path) as house:
            house.intake.is_away = True
            await house.drained(left=1)
            await house.intake.accept(numbered(3))
            meanwhile = len(await house.mails())
            blocked.rmdir()
            spool.keep(numbered(1))
            house.intake.spooled.ring()  # a round between the two lines above finds nothing, and would rest
            await house.drained()
            mails = await house.mails()

    assert (2, 3) == (meanwhile, len(mails))
    assert 1 == sum("cannot be opened" in entry["event"] for entry in entries)
    assert not any("cannot be looked at" in entry["event"] for entry in entries)


async def test_many_at_once(store: Store, tmp_path: Path) -> None:
    """Many that wait when the database goes away are all spooled at once, not one after the other."""
    await make_shop(store)
    async with running(store, tmp_path, patience=0.3) as house:
        house.tap.slow = 1.0
        begun = asyncio.get_running_loop().time()
        await asyncio.gather(*(house.intake.accept(numbered(n)) for n in range(30)))
        seconds = asyncio.get_running_loop().time() - begun
        house.tap.slow = 0.0
        await house.drained()
        await asyncio.sleep(1)
        mails = await house.mails()

    assert seconds < 20  # one after the other, each would wait for its second
    assert 30 == len(mails)
