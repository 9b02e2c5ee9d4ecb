"""Who has a mail in hand, and for how long."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from smtpd_billbee.model.mail import ClaimedMail, MailState
from smtpd_billbee.store.store import Store
from smtpd_billbee.work.claims import LEASE, Claims, portions
from tests.conftest import NOON, Clock
from tests.making import SHOP, arrival, make_shop
from tests.work.test_intake import running

MAIL = ClaimedMail(1, SHOP, "jimdo", NOON, 10, 1, None)


async def keep_one(store: Store) -> None:
    await make_shop(store)
    async with running(store) as intake:
        await intake.accept(arrival())


async def test_after_a_crash(store: Store, clock: Clock) -> None:
    """What a dead process had in hand is free after half a minute, not before: an order does not wait for minutes."""
    await keep_one(store)
    dead, alive = Claims(store, clock), Claims(store, clock)
    (claimed,) = await dead.due(10)
    at_once = await alive.due(10)
    clock.forward(seconds=30)
    (again,) = await alive.due(10)

    assert [] == at_once
    assert (claimed.id, claimed.claim + 1) == (again.id, again.claim)


async def test_renewed(store: Store, clock: Clock) -> None:
    """What takes longer than a lease stays in hand, and can still be finished."""
    await keep_one(store)
    slow, other = Claims(store, clock, timedelta(seconds=0.3)), Claims(store, clock)
    (claimed,) = await slow.due(10)
    renewing = asyncio.get_running_loop().create_task(slow.keep_renewing())
    for _tenth in range(8):
        await asyncio.sleep(0.11)
        clock.forward(seconds=0.1)
        assert [] == await other.due(10)
    renewing.cancel()
    async with store.transaction() as tx:
        assert await tx.mails.finish(claimed, MailState.UNREADABLE, {})


async def test_a_lost_lease_is_not_renewed(store: Store, clock: Clock) -> None:
    """Who has lost a mail does not prolong the lease of the one that has it now, and does not give it back."""
    await keep_one(store)
    late, quick = Claims(store, clock), Claims(store, clock)
    (lost,) = await late.due(10)
    clock.forward(seconds=LEASE.total_seconds())
    await quick.due(10)
    async with store.transaction() as tx:
        await tx.mails.extend([lost], clock() + timedelta(days=1))
    await late.give_back(lost, timedelta())
    async with store.reading() as tx:
        next_due = await tx.mails.next_due()
        (mail,) = await tx.mails.list()

    assert (clock() + LEASE, MailState.READING) == (next_due, mail.state)


async def test_given_back(store: Store, clock: Clock) -> None:
    """What we had in hand when we stopped is for whoever comes next, at once."""
    await keep_one(store)
    stopping, next_one = Claims(store, clock), Claims(store, clock)
    await stopping.due(10)
    await stopping.give_all_back()

    assert 1 == len(await next_one.due(10))


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([], []),
        ([1, 1, 1, 1], [[1, 1, 1], [1]]),
        ([60, 50, 40, 10], [[60], [50, 40, 10]]),
        ([500, 1, 500], [[500], [1], [500]]),
    ],
)
def test_portions(sizes: list[int], expected: list[list[int]]) -> None:
    """Thirty large mails are not in memory at once; one that is too large for every portion comes alone."""
    claimed = [replace(MAIL, id=number, size=size) for number, size in enumerate(sizes)]

    assert expected == [[mail.size for mail in portion] for portion in portions(claimed, most=3, octets=100)]
