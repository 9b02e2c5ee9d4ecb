"""What was proved of a mail's origin is kept beside it, and when DNS is to be asked again."""

from datetime import timedelta

from smtpd_billbee.model.evidence import Arc, Evidence, Known, Result, Signature, Spf
from smtpd_billbee.model.mail import Delivery
from smtpd_billbee.store.store import Store
from tests.conftest import NOON
from tests.making import arrival, make_shop
from tests.store.test_mails import keep

FOUND = Evidence(
    author="no-reply@jimdo.example",
    domain="jimdo.example",
    spf=Spf(Result.TEMPERROR, "jimdo.example"),
    signatures=(Signature(Result.PASS, "jimdo.example", "s1"),),
    arc=Arc(Result.PASS, "google.com"),
)


async def test_it_is_kept(store: Store) -> None:
    """As it was found, on either database; before that nothing is known but who brought the mail."""
    await make_shop(store)
    one, other = await keep(store, b"one", b"other")
    known = Known(FOUND, 1, NOON + timedelta(minutes=1))
    async with store.transaction() as tx:
        await tx.evidence.keep({one: known})
        found = await tx.evidence.of_mails([one, other, 4711])

    came = arrival()
    brought = Delivery(came.session.peer, came.session.helo, came.sender, NOON)
    assert {one: (brought, known), other: (brought, Known())} == found


async def test_when_dns_is_asked_again(store: Store) -> None:
    """The longest due first; what is known for good is never due."""
    await make_shop(store)
    mails = await keep(store, b"1", b"2", b"3", b"4")
    due = [NOON + timedelta(minutes=minutes) for minutes in (2, 1, 9)]
    async with store.transaction() as tx:
        found = [Known(FOUND, 1, again_at) for again_at in (*due, None)]
        await tx.evidence.keep(dict(zip(mails, found, strict=True)))
        two, one = [await tx.evidence.due(NOON + timedelta(minutes=5), limit) for limit in (9, 1)]

    assert ([mails[1], mails[0]], [mails[1]]) == (two, one)
