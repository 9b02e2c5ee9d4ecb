"""What comes while something is under way, and a peer that does not hear."""

import asyncio
import gc
import resource
import socket
import tracemalloc
import weakref
from contextlib import suppress

import pytest
from structlog.testing import capture_logs

from smtpd_billbee.model.mail import Arrival
from smtpd_billbee.smtp.content import Content
from smtpd_billbee.smtp.protocol import MX
from tests.smtp.playing import SHOP, Open, Peer, calling, open_door
from tests.smtp.test_dialogs import shake_hands
from tests.smtp.test_server import MAIL, emptied

WHOLE = b"MAIL FROM:<shop@jimdo.example>\r\nRCPT TO:<%s>\r\nDATA\r\n%s.\r\n" % (SHOP.encode(), MAIL)


def numbered(many: int) -> bytes:
    """So many mails, each with its number."""
    return b"".join(WHOLE.replace(b"synthetic", b"%d" % number) for number in range(many))


async def commit_slowly(opened: Open, peer: Peer) -> None:
    """A mail whose commit takes until `may_keep` is set."""
    opened.reception.may_keep.clear()
    await peer.begin_data()
    await peer.send(MAIL + b".\r\n")
    await opened.reception.offered.wait()


async def test_said_during_a_commit(opened: Open) -> None:
    """What comes while a mail is being kept is obeyed afterwards, all of it and in order."""
    async with calling(opened) as peer:
        await commit_slowly(opened, peer)
        for octets in (b"NOOP\r\nMAIL FR", b"OM:<>\r\nVRFY x\r\n", b"RSET\r\n" + numbered(3), b"QUIT\r\n"):
            await peer.send(octets)
            await asyncio.sleep(0.01)
        opened.reception.may_keep.set()
        codes = [answer[:9] for answer in (await peer.hear_all()).splitlines()]

    mail = ["250 2.1.0", "250 2.1.5", "354 End d", "250 2.0.0"]
    assert ["250 2.0.0", "250 2.0.0", "250 2.1.0", "252 2.5.2", "250 2.0.0", *mail * 3, "221 2.0.0"] == codes
    assert [MAIL, *(MAIL.replace(b"synthetic", b"%d" % number) for number in range(3))] == opened.contents


async def test_the_first_of_two_mails_is_answered(opened: Open) -> None:
    """Its 250 does not wait for the second one, which is here already: if the door stops now, it would come again."""
    keep, chunk = opened.reception.accept, b"MAIL FROM:<>\r\nRCPT TO:<%s>\r\nBDAT 3 LAST\r\nabc" % SHOP.encode()

    async def keep_one(arrival: Arrival) -> None:
        if opened.reception.mails:
            opened.reception.may_keep.clear()
        await keep(arrival)

    opened.reception.accept = keep_one  # type: ignore[method-assign]
    async with calling(opened) as peer:
        await peer.send(chunk * 2)
        answers = [await peer.hear() for _ in range(3)]

        assert answers[-1].startswith("250 2.0.0 Accepted")
        assert [b"abc"] == opened.contents


async def test_many_chunks_of_a_mail() -> None:
    """A mail in chunks is bounded by its size; small ones, which can be said without end, count as commands."""
    async with open_door(commands=20) as opened, calling(opened) as peer:
        await peer.name_recipient()
        for _ in range(40):
            assert (await peer.say(b"BDAT 1024\r\n" + b"x" * 1024)).startswith("250")
        assert (await peer.say(b"BDAT 0 LAST\r\n")).startswith("250 2.0.0 Accepted")
        await peer.name_recipient()
        answers = [await peer.say(b"BDAT 1\r\nx") for _ in range(19)]

    assert answers[-1].startswith("421 4.7.0 Too many commands")


async def test_much_said_during_a_commit(opened: Open) -> None:
    """Above a limit the socket is not read: whoever goes on talking waits, and then loses nothing."""
    many = 40_000
    async with calling(opened) as peer:
        (session,) = opened.door._sessions
        await commit_slowly(opened, peer)
        peer.writer.write(b"RSET\r\n" + WHOLE.replace(MAIL, MAIL * many))
        await asyncio.sleep(0.2)
        kept = len(session._input)
        opened.reception.may_keep.set()
        answers = [await peer.hear() for _ in range(6)]

    assert kept < 64 * 1024 + 256 * 1024 < len(MAIL) * many  # what uvloop reads at once
    assert ["250", "250", "250", "250", "354", "250"] == [answer[:3] for answer in answers]
    assert [len(MAIL), len(MAIL) * many] == [len(content) for content in opened.contents]


@pytest.mark.parametrize("goodbye", ["half", "whole", "reset"])
async def test_gone_during_a_commit(opened: Open, goodbye: str) -> None:
    """A mail that was whole before its peer went is kept, also the second one behind the one that is being kept."""
    async with calling(opened) as peer:
        await commit_slowly(opened, peer)
        await peer.send(numbered(1))
        await asyncio.sleep(0.02)
        if goodbye == "half":
            peer.writer.write_eof()
        elif goodbye == "whole":
            peer.writer.close()
        else:
            peer.writer.transport.abort()
        await asyncio.sleep(0.05)
        inside = opened.door.counts.inside
        opened.reception.may_keep.set()
        heard = await peer.hear_all() if goodbye == "half" else ""
        left = await emptied(opened)

    assert (1, True) == (inside, left)
    assert [MAIL, MAIL.replace(b"synthetic", b"0")] == opened.contents
    assert goodbye != "half" or ["250", "250", "250", "354", "250"] == [line[:3] for line in heard.splitlines()]


async def test_many_commands_at_once() -> None:
    """One peer with 10,000 commands in one go does not keep another waiting, and gets all its answers."""
    many = 10_000
    async with open_door(commands=10**6) as opened, calling(opened) as greedy, calling(opened) as modest:
        talking = asyncio.get_running_loop().create_task(greedy.send(b"NOOP\r\n" * many))
        await asyncio.sleep(0)
        answered = [await modest.say(b"NOOP\r\n") for _ in range(5)]
        waiting = [session for session in opened.door._sessions if session._next_turn is not None or session._input]
        heard = await asyncio.wait_for(greedy.reader.readexactly(many * len(b"250 2.0.0 OK\r\n")), 10)
        await talking

    assert [b"250 2.0.0 OK\r\n" * many, ["250 2.0.0 OK\r\n"] * 5] == [heard, answered]
    assert 1 == len(waiting)  # the modest one was heard in between


@pytest.mark.parametrize("tls", [False, True])
async def test_answers_that_nobody_reads(tls: bool) -> None:
    """Who does not read its answers gets no more of them, and is not read; when it reads, it gets them all."""
    many = 200_000
    async with open_door(commands=10**7, tls=tls) as opened, calling(opened) as peer:
        if tls:
            await peer.say(b"STARTTLS\r\n")
            await shake_hands(peer)
        (session,) = opened.door._sessions
        peer.reader._transport.pause_reading()
        peer.writer.write(b"VRFY\r\n" * many)
        for _ in range(50):
            await asyncio.sleep(0.02)
        unsaid, obeyed = session._way.get_write_buffer_size(), session._commands
        kept, is_deaf = len(session._input), session._is_deaf
        peer.reader._transport.resume_reading()
        answer = b"252 2.5.2 Send some mail, we will try\r\n"
        heard = await asyncio.wait_for(peer.reader.readexactly(many * len(answer)), 20)

    assert unsaid < 1024 * 1024  # TLS has half of it by itself
    assert kept < 2 * 320 * 1024
    assert (True, True) == (is_deaf, obeyed < many)
    assert answer * many == heard


async def test_gone_without_having_read() -> None:
    """A mail behind answers that were never read, and never will be, is not taken: its sender knows nothing of it."""
    async with open_door(commands=10**7) as opened:
        with socket.socket() as deaf:
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            deaf.setblocking(False)
            loop = asyncio.get_running_loop()
            await loop.sock_connect(deaf, ("127.0.0.1", opened.port))
            talking = loop.create_task(loop.sock_sendall(deaf, b"EHLO a.example\r\n" * 300_000 + numbered(1)))
            await asyncio.sleep(0.3)
            talking.cancel()
            with suppress(asyncio.CancelledError):
                await talking
        left = await emptied(opened)

    assert ([], True) == (opened.contents, left)


async def test_stopped_between_two_turns() -> None:
    """Who has still much to say when the door closes hears goodbye behind the answer that is due."""
    async with open_door(commands=10**7) as opened, calling(opened) as peer:
        peer.writer.write(b"NOOP\r\n" * 10_000)
        await asyncio.sleep(0.005)
        await opened.door.stop(5)
        answers = (await peer.hear_all()).splitlines()

    assert {"250 2.0.0 OK"} >= set(answers[:-1])
    assert answers[-1].startswith("421 4.3.2")


@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize("goodbye", [b"QUIT\r\n", b"", b"BDAT x\r\n"])
async def test_memory_is_given_back(tls: bool, goodbye: bytes) -> None:
    """A session that is over is freed without the garbage collector, whatever its end was."""
    gc.collect()
    gc.disable()
    try:
        async with open_door(tls=tls) as opened:
            async with calling(opened) as peer:
                session = weakref.ref(next(iter(opened.door._sessions)))
                if tls:
                    await peer.say(b"STARTTLS\r\n")
                    await shake_hands(peer)
                    await peer.say(b"EHLO a.example\r\n")
                await peer.begin_data()
                await peer.say(MAIL + b".\r\n")
                await peer.send(goodbye)
                if goodbye:
                    await peer.hear()
            await emptied(opened)
            await asyncio.sleep(0.05)

            assert None is session()
    finally:
        gc.enable()


class Full:
    """A transport of a peer that does not read."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self.transport = transport

    def __getattr__(self, name: str) -> object:
        return getattr(self.transport, name)

    def get_write_buffer_size(self) -> int:
        return 40_000


async def test_no_tls_behind_unread_answers() -> None:
    """Flow control cannot change hands in the middle: who does not read has no TLS now, and may ask again."""
    async with open_door(tls=True) as opened, calling(opened) as peer:
        (session,) = opened.door._sessions
        wire = session._socket
        session._socket = session._way = Full(wire)
        refused = await peer.say(b"STARTTLS\r\n")
        session._socket = session._way = wire
        ready = await peer.say(b"STARTTLS\r\n")
        await shake_hands(peer)

        assert (await peer.say(b"NOOP\r\n")).startswith("250")
    assert ["454 4.7.0", "220 2.0.0"] == [refused[:9], ready[:9]]


async def test_a_mistake_of_ours(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """What no answer can mend ends the session, is logged, and is nobody else's trouble."""

    def fail(*args: object) -> None:
        raise ValueError("secret: anna@example.com")

    with capture_logs() as entries:
        async with calling(opened) as peer, calling(opened) as other:
            await peer.begin_data()
            with monkeypatch.context() as patch:
                patch.setattr(Content, "feed", fail)
                await peer.send(MAIL + b".\r\nQUIT\r\n")
                with suppress(OSError):
                    await peer.hear_all()
            assert (await other.say(b"NOOP\r\n")).startswith("250")
    died = [entry for entry in entries if entry["log_level"] == "error"]

    assert [("session died", "ValueError")] == [(entry["event"], entry["error"]) for entry in died]
    assert [] == opened.contents


async def test_a_mistake_behind_an_answer(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does a task die unseen, and the door does not wait for its session."""

    def fail(*args: object) -> None:
        raise ValueError("secret: anna@example.com")

    monkeypatch.setattr(MX, "_delivered", fail)
    with capture_logs() as entries:
        async with calling(opened) as peer:
            await peer.begin_data()
            with suppress(OSError):
                await peer.say(MAIL + b".\r\n")
        left = await emptied(opened)

    assert left
    assert ["session died"] == [entry["event"] for entry in entries if entry["log_level"] == "error"]


async def test_many_that_say_nothing() -> None:
    """A connection that only is there costs less than 5 kB of Python's memory."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    many = min(500, (soft - 200) // 2)
    async with open_door(connections=many + 1, connections_per_peer=many + 1) as opened:
        callers: list[socket.socket] = []
        tracemalloc.start()
        try:
            await call(opened, callers, 1)
            before = tracemalloc.get_traced_memory()[0]
            await call(opened, callers, many - 1)
            used = (tracemalloc.get_traced_memory()[0] - before) / (many - 1)
        finally:
            tracemalloc.stop()
            for caller in callers:
                caller.close()
        await emptied(opened)

    assert used < 5_000


async def call(opened: Open, callers: list[socket.socket], many: int) -> None:
    """So many more, each greeted."""
    loop, before = asyncio.get_running_loop(), len(callers)
    for _ in range(many):
        callers.append(socket.socket())
        callers[-1].setblocking(False)
        await loop.sock_connect(callers[-1], ("127.0.0.1", opened.port))
    while opened.door.counts.inside < before + many:  # noqa: ASYNC110 - the door rings no bell
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("size", [7, 1000])
async def test_injected_before_tls(size: int) -> None:
    """CVE-2024-34083: what came in the clear behind STARTTLS is dropped, or ends the session; on every loop."""
    octets = b"STARTTLS\r\nEHLO evil.example\r\nMAIL FROM:<evil@b.example>\r\n"
    async with open_door(tls=True) as opened, calling(opened) as peer:
        for start in range(0, len(octets), size):
            await peer.send(octets[start : start + size])
        assert (await peer.hear()).startswith("220")
        try:
            await shake_hands(peer)
            answer = await peer.say(b"RCPT TO:<%s>\r\n" % SHOP.encode())
        except OSError:
            answer = "503 5.5.1"

    assert answer.startswith("503 5.5.1")
