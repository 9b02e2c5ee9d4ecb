"""Old mails are removed in small portions, and only where the settings say so."""

import asyncio
from datetime import timedelta

from sqlalchemy import update

from smtpd_billbee.model.mail import MailState
from smtpd_billbee.store.store import Store
from smtpd_billbee.store.tables import mails
from smtpd_billbee.work.tidying import Tidying
from tests.conftest import NOON, Clock
from tests.making import make_shop
from tests.store.test_retention import ended


async def removed(store: Store) -> list[bool]:
    """Of each mail, whether its bytes are gone."""
    async with store.reading() as tx:
        return [mail.is_removed for mail in reversed(await tx.mails.list())]


async def test_by_age(store: Store, clock: Clock) -> None:
    """What is older than the days goes, in several portions, past one that has to stay; what is younger stays."""
    await make_shop(store)
    ages = (40, 40, 31, 31, 31, 30, 29, 1)
    for number, age in enumerate(ages):
        state = MailState.QUARANTINED if number == 1 else MailState.ORDER
        await ended(store, content=b"%d" % number, received_at=NOON - timedelta(days=age), state=state)
    tidying = Tidying(store, 30, clock, at_once=2)
    counts = [await tidying.tidy(), await tidying.tidy()]

    assert [4, 0] == counts
    assert [True, False, True, True, True, False, False, False] == await removed(store)


async def test_for_ever(store: Store, clock: Clock) -> None:
    """Without the setting nothing is ever removed, and nobody looks."""
    await make_shop(store)
    await ended(store, received_at=NOON - timedelta(days=4000))
    async with asyncio.timeout(5):
        await Tidying(store, 0, clock).run()

    assert [False] == await removed(store)


async def test_looks_again(store: Store, clock: Clock) -> None:
    """What becomes old while it runs goes, too; what was in doubt goes when somebody has decided."""
    await make_shop(store)
    await ended(store, state=MailState.TO_CHECK)
    clock.now = NOON + timedelta(days=31)
    tidying = Tidying(store, 30, clock, look=0.02)
    async with asyncio.TaskGroup() as tasks, asyncio.timeout(10):
        tasks.create_task(tidying.run())
        await asyncio.sleep(0.1)
        before = await removed(store)
        async with store.transaction() as tx:
            await tx.connection.execute(update(mails).values(state=MailState.ORDER))
        while await removed(store) != [True]:  # noqa: ASYNC110 - nobody rings
            await asyncio.sleep(0.02)
        tidying.stop()

    assert [False] == before
