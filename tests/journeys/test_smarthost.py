"""A smarthost with moods: what it puts off comes later, what it refuses is shown and can be sent again."""

import asyncio
from typing import Any

from tests.journeys.orders import order_mail
from tests.journeys.running import OWNER, Server, soon
from tests.journeys.senders import send
from tests.sink import DROP, Sink

MAILS = [order_mail(number) for number in (301, 302, 303)]


async def _bring(server: Server) -> None:
    for content in MAILS:
        await asyncio.to_thread(send, server.port, content)


async def _queue(server: Server, state: str) -> list[Any]:
    """The queue, as soon as all three copies stand so in it."""

    async def ask() -> list[Any]:
        jobs = await server.json("queue", "list")
        return jobs if [state] * 3 == [job["state"] for job in jobs] and all(job["attempts"] for job in jobs) else []

    return await soon(ask, 30)


async def test_busy_for_a_while(served: tuple[Server, Sink]):
    """While it answers 451 the copies wait, each with the reply and its next try; then they arrive, each once.

    The first pause is a minute (tests/work/test_relaying.py moves a clock over it); here the owner is impatient.
    """
    server, sink = served
    sink.refuse("RCPT", "451 4.3.0 busy, come again", times=None)
    await _bring(server)
    waiting = await _queue(server, "pending")
    sink.relent()
    await server.command("queue", "retry", *(str(job["id"]) for job in waiting))
    await sink.wait_for(3)

    assert ["451 4.3.0 busy, come again"] * 3 == [job["last_reply"] for job in waiting]
    assert all(job["next_at"] > job["first_at"] for job in waiting)
    assert sorted(MAILS) == sorted(_body(copy.raw) for copy in sink.mails)


async def test_refused_for_good(served: tuple[Server, Sink]):
    """550: the queue shows the failed copies with the reply; `queue retry` sends them."""
    server, sink = served
    sink.refuse("DATA", "550 5.7.1 not from you", times=3)
    await _bring(server)
    failed = await _queue(server, "failed")
    arrived = len(sink.mails)
    told = await server.command("queue", "retry")
    await sink.wait_for(3)
    all_sent = await soon(lambda: _is_empty(server), 20)

    assert ["550 5.7.1 not from you"] * 3 == [job["last_reply"] for job in failed]
    assert {(OWNER, None, 1)} == {(job["destination"], job["next_at"], job["attempts"]) for job in failed}
    assert 0 == arrived
    assert told.startswith("3 jobs")
    assert sorted(MAILS) == sorted(_body(copy.raw) for copy in sink.mails)
    assert all_sent


async def test_away(served: tuple[Server, Sink]):
    """A smarthost that is not there costs no mail: every one is accepted, and its copy waits with the reason."""
    server, sink = served
    sink.refuse("CONNECT", DROP, times=None)
    await _bring(server)
    waiting = await _queue(server, "pending")
    sink.relent()
    await server.command("queue", "retry", *(str(job["id"]) for job in waiting))
    await sink.wait_for(3)

    assert all(job["last_reply"] for job in waiting)
    assert 3 == len(sink.mails)


async def _is_empty(server: Server) -> bool:
    return [] == await server.json("queue", "list")


def _body(raw: bytes) -> bytes:
    """A copy without the headers in front of what was sent."""
    return raw[raw.index(b"From: Teeladen") :]
