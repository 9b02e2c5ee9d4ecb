"""Bad input: whatever comes in is answered by the rules of SMTP, kept, relayed, and stops nobody."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from smtpd_billbee.smtp.limits import MIB
from tests.journeys import hostile
from tests.journeys.orders import order_mail
from tests.journeys.running import Server, serving, soon
from tests.journeys.senders import calling, stuffed
from tests.sink import Sink

LARGEST = 35 * MIB
TIME_LIMIT = 5  # seconds for one mail, in these tests
MAILS = dict(hostile.mails())


@pytest.fixture
def database() -> str:
    """What a mail may do to the door and the reader does not depend on the database; large mails take long."""
    return ""


@pytest.mark.timeout(300)
async def test_hostile_mails(tmp_path: Path):
    """Each is accepted and relayed, read or filed as unreadable in time; an ordinary mail behind it goes as ever."""
    async with serving(tmp_path, reader=f"time_limit = {TIME_LIMIT}") as (server, sink):
        answers, slowest = await _bring_all(server)
        count = len(answers) + len(MAILS)
        ended = await soon(lambda: _ended(server, count), TIME_LIMIT * len(MAILS))
        await sink.wait_for(count)
        copies = [copy.raw for copy in sink.mails]
        wrong = {name for name, sent in MAILS.items() if not any(_is_copy(copy, sent) for copy in copies)}
        relayed = {int(copy.sender.partition("@")[0].rpartition(".")[2]) for copy in sink.mails}
        status = await server.stop()

    assert dict.fromkeys(MAILS, "250") == {name: answer[:3] for name, answer in answers.items()}
    assert slowest < 2
    assert count == len(ended)
    assert set() == {mail["state"] for mail in ended} - {"order", "to_check", "not_an_order", "unreadable", "duplicate"}
    assert set() == wrong
    assert relayed == {mail["id"] for mail in ended}
    assert 0 == status
    assert b"Traceback" not in server.log()


async def test_largest_mail(served: tuple[Server, Sink]):
    """A mail of just the limit is taken, kept and relayed, announced or not."""
    server, sink = served
    content = b"".join(_lines(LARGEST))
    async with calling(server.port) as peer:
        await peer.begin(f" SIZE={LARGEST}")
        answer = await peer.say(stuffed(content))
        after = await peer.bring(order_mail(901))
    await sink.wait_for(2, seconds=60)
    ended = await soon(lambda: _ended(server, 2), 30)

    assert LARGEST == len(content)
    assert [answer[:3], after[:3]] == ["250", "250"]
    assert {1, 2} == {mail["id"] for mail in ended}
    assert any(copy.raw.endswith(content) for copy in sink.mails)


async def test_too_large_mail(served: tuple[Server, Sink]):
    """An octet more is 552 for good: at MAIL if it is announced, else behind its dot.  Nothing of it is kept."""
    server, sink = served
    content = b"".join(_lines(LARGEST)) + b"x\r\n"
    async with calling(server.port) as peer:
        announced = await peer.begin(f" SIZE={LARGEST + 1}")
        await peer.say(b"RSET\r\n")
        unannounced = await peer.bring(content)
        after = await peer.bring(order_mail(902))
    await sink.wait_for(1)

    assert ["552 5.3.4", "552 5.3.4", "250 2.0.0"] == [answer[:9] for answer in (announced, unannounced, after)]
    assert [order_mail(902)] == [copy.raw[-len(order_mail(902)) :] for copy in sink.mails]
    assert 1 == len(await server.json("mail", "list"))


async def _bring_all(server: Server) -> tuple[dict[str, str], float]:
    """Every hostile mail with an ordinary one behind it; the answers, and how long the slowest one took."""
    answers, slowest = {}, 0.0
    async with calling(server.port) as peer:
        for number, (name, content) in enumerate(MAILS.items(), 910):
            start = time.monotonic()
            answers[name] = await peer.bring(content)
            assert (await peer.bring(order_mail(number))).startswith("250"), name
            slowest = max(slowest, time.monotonic() - start)
    return answers, slowest


async def _ended(server: Server, count: int) -> list[Any]:
    """All mails, once there are so many and nobody has to read any of them."""
    mails = await server.json("mail", "list", "--limit", "1000")
    return [] if len(mails) < count or {"received", "reading"} & {mail["state"] for mail in mails} else mails


def _is_copy(copy: bytes, sent: bytes) -> bool:
    """Bare line ends become whole ones on the way out (RFC 5321 2.3.8); all else stays."""
    whole = re.sub(rb"\r\n|\r|\n", b"\r\n", sent)
    return copy.endswith(whole if whole.endswith(b"\r\n") else whole + b"\r\n") and len(copy) < len(whole) + 1500


def _lines(size: int) -> Iterator[bytes]:
    """A mail of just so many octets, in lines of at most 100."""
    yield (head := hostile.HEAD + b"\r\n")
    left = size - len(head)
    while left > 100:
        line = b"%075d" % left + b" " * 15 + b".\r\n"
        yield line
        left -= len(line)
    yield b"x" * (left - 2) + b"\r\n"
