"""The bench measures what it says: different order mails of 8 KiB, each in a conversation of its own."""

import asyncio
from email import message_from_bytes

import pytest

from tests.bench.mails import SIZE, order_mail
from tests.bench.sources import Load, Sessions
from tests.sink import Sink


def test_order_mail():
    """An order mail has 8 KiB, text and HTML, and its own number in both."""
    raw = order_mail(1234567)
    mail = message_from_bytes(raw)

    assert SIZE - 60 <= len(raw) <= SIZE
    assert ["text/plain", "text/html"] == [part.get_content_type() for part in mail.get_payload()]
    assert all(b"1234567" in part.get_payload(decode=True) for part in mail.get_payload())


def test_no_stuffing():
    """No line begins with a dot: the sessions send the bytes as they are."""
    assert b"\n." not in order_mail(1234567)


@pytest.mark.parametrize(("reuse", "sessions"), [(True, 4), (False, 30)])
async def test_sessions(reuse: bool, sessions: int):
    """Every mail arrives once, on as many connections as the load says."""
    async with Sink() as sink:
        load = Load(messages=30, sessions=4, reuse=reuse)
        seconds = await asyncio.to_thread(Sessions().send, sink.port, load)

    assert seconds > 0
    assert 30 == len(sink.mails) == len({taken.raw for taken in sink.mails})
    assert sessions == sink.sessions
