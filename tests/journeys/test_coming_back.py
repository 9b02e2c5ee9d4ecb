"""What comes a second time: our own copy, and the same mail again."""

import asyncio

from tests.journeys.orders import order_mail
from tests.journeys.running import Server
from tests.journeys.senders import send
from tests.sink import Sink


async def test_own_copy(served: tuple[Server, Sink]):
    """The owner's mailbox forwards our copy to us: 250, kept as a duplicate, and no copy of it goes back."""
    server, sink = served
    await asyncio.to_thread(send, server.port, order_mail(401))
    await sink.wait_for(1)
    forwarded = b"Received: from mailbox.example by forwarder.example; now\r\n" + sink.mails[0].raw
    await asyncio.to_thread(send, server.port, forwarded)
    await asyncio.to_thread(send, server.port, order_mail(402))
    await sink.wait_for(2)
    mails = {mail["id"]: mail for mail in await server.json("mail", "list")}

    assert {1, 2, 3} == set(mails)
    assert ("duplicate", "our own copy of mail 1 came back") == (mails[2]["state"], mails[2]["reason"])
    assert [] == (await server.json("mail", "show", "2"))["jobs"]
    assert (await server.raw(2)).endswith(forwarded)
    assert [order_mail(401), order_mail(402)] == [copy.raw[-len(order_mail(401)) :] for copy in sink.mails]


async def test_same_again(served: tuple[Server, Sink]):
    """The same bytes again, because our 250 was lost on the way: kept once, copied once, answered 250."""
    server, sink = served
    for _ in range(3):
        await asyncio.to_thread(send, server.port, order_mail(411))
    await asyncio.to_thread(send, server.port, order_mail(412))
    await sink.wait_for(2)

    assert 2 == len(await server.json("mail", "list"))
    assert 2 == len({copy.raw for copy in sink.mails}) == len(sink.mails)
