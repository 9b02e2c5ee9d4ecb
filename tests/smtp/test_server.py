"""The door as a whole: who may come in, how long he may stay, and how it closes."""

import asyncio
import gc
import socket
import weakref

import pytest
from structlog.testing import capture_logs

from smtpd_billbee.errors import StoreAway
from tests.smtp.playing import Open, calling, open_door

MAIL = b"Subject: x\r\n\r\nsynthetic\r\n"


async def emptied(opened: Open, seconds: float = 5.0) -> bool:
    """Whether everybody has left in time."""
    async with asyncio.timeout(seconds):
        while opened.door.counts.inside:  # noqa: ASYNC110 - the door rings no bell
            await asyncio.sleep(0.01)
    return True


async def test_250_comes_after_the_commit(opened: Open):
    """RFC 5321 6.1: nothing is promised before the reception has the mail for good."""
    opened.reception.may_keep.clear()
    async with calling(opened) as peer:
        await peer.begin_data()
        await peer.send(MAIL + b".\r\n")
        await opened.reception.offered.wait()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(peer.reader.read(1), 0.2)
        opened.reception.may_keep.set()

        assert (await peer.hear()).startswith("250 2.0.0 Accepted")
    assert 1 == opened.door.counts.accepted


@pytest.mark.parametrize("goodbye", ["half", "whole"])
async def test_peer_goes_during_the_commit(opened: Open, goodbye: str):
    """A peer that closes behind its dot does not cancel the commit (aiosmtpd issue 110)."""
    opened.reception.may_keep.clear()
    async with calling(opened) as peer:
        await peer.begin_data()
        await peer.send(MAIL + b".\r\n")
        await opened.reception.offered.wait()
        peer.writer.write_eof() if goodbye == "half" else peer.writer.close()
        await asyncio.sleep(0.05)
        opened.reception.may_keep.set()
        if goodbye == "half":
            assert (await peer.hear()).startswith("250 2.0.0 Accepted")

    assert await emptied(opened)
    assert [MAIL] == opened.contents


@pytest.mark.parametrize("failure", [StoreAway("database locked"), ValueError("secret: anna@example.com")])
async def test_trouble_of_ours(opened: Open, failure: Exception):
    """Whatever fails in here is 451 with a fixed text, in the log without its words; the session goes on."""
    opened.reception.failure = failure
    with capture_logs() as entries:
        async with calling(opened) as peer:
            await peer.begin_data()
            refused = await peer.say(MAIL + b".\r\n")
            opened.reception.failure = None
            await peer.begin_data()
            accepted = await peer.say(MAIL + b".\r\n")

    assert "451 4.3.0 Please try again later\r\n" == refused
    assert accepted.startswith("250")
    assert "anna" not in repr(entries)
    assert "example" not in repr([{**entry, "where": None} for entry in entries])


@pytest.mark.parametrize("limit", ["connections", "connections_per_peer"])
async def test_one_too_many(limit: str):
    """Beyond a cap a connection hears 421 4.7.0 and is closed; when somebody leaves there is room again."""
    async with open_door(**{limit: 1}) as opened:
        async with calling(opened), calling(opened, hello=False) as second:
            turned_away = await second.hear_all()
        await emptied(opened)
        async with calling(opened, hello=False) as third:
            greeting = await third.hear()

        assert (3, 1) == (opened.door.counts.connections, opened.door.counts.turned_away)
    assert turned_away.startswith("421 4.7.0")
    assert greeting.startswith("220")


@pytest.mark.parametrize(
    ("limits", "octets"),
    [
        ({"idle": 0.2}, b""),
        ({"idle": 0.2}, b"MAIL FROM:<a@b.example>\r\n"),
        ({"session": 0.3}, b"NOOP\r\n" * 5),
    ],
    ids=["says nothing", "forgets its mail", "never comes to the point"],
)
async def test_time_is_over(limits: dict[str, float], octets: bytes):
    """421 4.4.2 for a peer that says nothing, and for one that only keeps the line."""
    async with open_door(**limits) as opened, calling(opened) as peer:
        await peer.send(octets)
        answers = await peer.hear_all()

    assert answers.splitlines()[-1].startswith("421 4.4.2")


async def test_dripping_mail():
    """A mail that comes an octet at a time is given up, and nothing of it is kept."""
    async with open_door(data_patience=0.1, data_rate=10_000) as opened, calling(opened) as peer:
        await peer.begin_data()
        for _ in range(3):
            await peer.send(b"x")
            await asyncio.sleep(0.02)
        answer = await peer.hear()

        assert answer.startswith("421 4.4.2")
        assert [] == opened.contents


async def test_slow_but_steady():
    """The idle clock does not run while a mail comes in: a slow line that brings enough may take its time."""
    async with open_door(idle=0.2, data_rate=10) as opened, calling(opened) as peer:
        await peer.begin_data()
        for _ in range(8):
            await peer.send(b"a line of a mail\r\n")
            await asyncio.sleep(0.06)

        assert (await peer.say(b".\r\n")).startswith("250")


async def test_peer_that_never_reads():
    """close() would wait for ever until such a peer reads; its connection is aborted."""
    async with open_door(idle=1.0, farewell=0.2, commands=10**7) as opened:
        with socket.socket() as deaf:
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            deaf.setblocking(False)
            loop = asyncio.get_running_loop()
            await loop.sock_connect(deaf, ("127.0.0.1", opened.port))
            talking = loop.create_task(loop.sock_sendall(deaf, b"EHLO a.example\r\n" * 300_000))
            await asyncio.sleep(0.2)
            inside = opened.door.counts.inside
            left = await emptied(opened)
            talking.cancel()
            await asyncio.wait([talking])

    assert (1, True) == (inside, left)


async def test_too_many_errors():
    """A peer that is refused again and again is sent away; what it did right before counts for nothing."""
    async with open_door(errors=3) as opened, calling(opened) as peer:
        await peer.send(b"X\r\n" * 10)
        answers = (await peer.hear_all()).splitlines()

    assert ["500", "500", "500", "500", "421"] == [answer[:3] for answer in answers]


async def test_too_many_commands():
    """So many commands without a mail are a game; a mail begins the count anew."""
    async with open_door(commands=8) as opened, calling(opened) as peer:
        for _ in range(3):
            await peer.begin_data()
            assert (await peer.say(MAIL + b".\r\n")).startswith("250")
        await peer.send(b"NOOP\r\n" * 20)
        answers = (await peer.hear_all()).splitlines()

    assert [*["250"] * 8, "421"] == [answer[:3] for answer in answers]


async def test_too_many_recipients():
    """452 for the one too many, and the mail goes to the others (RFC 5321 4.5.3.1.10)."""
    async with open_door(recipients=1) as opened, calling(opened) as peer:
        await peer.name_recipient()
        second = await peer.say(b"RCPT TO:<23456-jimdo-orderimport@inbound.example>\r\n")
        await peer.say(b"DATA\r\n")

        assert second.startswith("452 4.5.3")
        assert (await peer.say(MAIL + b".\r\n")).startswith("250")
    assert 1 == len(opened.reception.mails[0].recipients)


async def test_no_room():
    """When the mails that come in at once need too much memory, the next is put off, and can come again."""
    async with open_door(octets_in_flight=1000) as opened, calling(opened) as peer:
        await peer.begin_data()
        crowded = await peer.say(b"x" * 2000 + b"\r\n.\r\n")
        await peer.begin_data()
        accepted = await peer.say(MAIL + b".\r\n")

    assert crowded.startswith("452 4.3.1")
    assert accepted.startswith("250")


async def test_stop_finishes_what_is_under_way(opened: Open):
    """A mail that is being kept gets its 250, then 421; who waits for nothing hears 421 at once."""
    opened.reception.may_keep.clear()
    async with calling(opened) as giving, calling(opened) as idle:
        await giving.begin_data()
        await giving.send(MAIL + b".\r\n")
        await opened.reception.offered.wait()
        async with asyncio.TaskGroup() as tasks:
            stopping = tasks.create_task(opened.door.stop(5))
            goodbye = await idle.hear_all()
            opened.reception.may_keep.set()
            answers = (await giving.hear_all()).splitlines()
            giving.writer.close()
            idle.writer.close()
            await stopping

    assert goodbye.startswith("421 4.3.2")
    assert ["250 2.0.0", "421 4.3.2"] == [answer[:9] for answer in answers]
    assert [MAIL] == opened.contents


async def test_stop_has_an_end():
    """Who does not finish within the grace is sent away, and nothing of its mail is kept."""
    async with open_door() as opened, calling(opened) as peer:
        await peer.begin_data()
        await peer.send(MAIL)
        async with asyncio.timeout(3):
            await opened.door.stop(0.1)

        assert (await peer.hear()).startswith("421 4.3.2")
        assert ([], 0) == (opened.contents, opened.door.counts.inside)


async def test_nobody_new_after_stop(opened: Open):
    """A closed door is closed."""
    await opened.door.stop(0.1)
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", opened.port)


async def test_a_session_that_is_over_is_freed(opened: Open):
    """It does not wait for a garbage collection: the next session has its memory."""
    gc.disable()
    try:
        async with calling(opened) as peer:
            session = weakref.ref(next(iter(opened.door._sessions)))
            await peer.begin_data()
            await peer.say(MAIL + b".\r\n")
            await peer.say(b"QUIT\r\n")
        await emptied(opened)
        await asyncio.sleep(0.01)

        assert None is session()
    finally:
        gc.enable()
