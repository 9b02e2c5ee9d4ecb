"""Whatever a peer says, however the network cuts it: the door answers or closes, and never blames the peer for ours.

Streams are made of commands, right and wrong, of mails and of noise.  Behind the shops 777 and 999 the door has
troubles of its own (playing.py).
"""

import asyncio
import re
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from smtpd_billbee.errors import StoreAway
from smtpd_billbee.smtp import replies
from smtpd_billbee.smtp.replies import Reply
from tests.smtp.playing import Open, open_door
from tests.smtp.test_server import emptied

ADDRESSES = [
    b"<12345-jimdo-orderimport@inbound.example>", b"<777-jimdo-orderimport@inbound.example>",
    b"<999-jimdo-orderimport@inbound.example>", b"<1-jimdo-orderimport@inbound.example>", b"<a@b.example>",
    b"<postmaster>", b"<>", b"<", b"", b'<"a b"@c>', b"<@a,@b:c@d.example>", b"<a@[192.0.2.1]>",
    b"<\xc3\xa4@b.example>",
    b"<a@b.example> SIZE=9999999999", b"<a@b.example> SIZE=1 BODY=8BITMIME SMTPUTF8", b"<a@b.example> X=\0", b"<\xff>",
]  # fmt: skip
ENDS = st.sampled_from([b"\r\n"] * 6 + [b"\n", b"\r", b"", b" \r\n", b"\0\r\n", b"x" * 3000 + b"\r\n"])
VERBS = st.sampled_from(
    [
        b"EHLO a.example",
        b"HELO a",
        b"EHLO",
        b"RSET",
        b"NOOP x",
        b"VRFY a",
        b"EXPN",
        b"HELP",
        b"AUTH PLAIN",
        b"DATA",
        b"data",
        b"DATA x",
        b"STARTTLS",
        b"BDAT",
        b"BDAT x",
        b"QUIT now",
        b"XYZ",
        b"GET / HTTP/1.1",
    ]
)
MAIL = st.sampled_from(ADDRESSES).map(lambda path: b"MAIL FROM:" + path)
RCPT = st.sampled_from(ADDRESSES).map(lambda path: b"RCPT TO:" + path)
COMMANDS = st.tuples(VERBS | MAIL | RCPT, ENDS).map(b"".join)
TEXT = st.lists(st.sampled_from([b"a", b"\r\n", b".", b"\n", b"\r", b"\r\n.\r\n", b"\0", b"QUIT\r\n"]), max_size=8).map(
    b"".join
)
MAILS = TEXT.map(lambda text: b"DATA\r\n" + text + b"\r\n.\r\n")
CHUNKS = st.tuples(TEXT, st.sampled_from([b"", b" LAST", b" last", b" X"]), st.sampled_from([0, 0, 0, 1, 7])).map(
    lambda it: b"BDAT %d%s\r\n%s" % (len(it[0]) + it[2], it[1], it[0])
)
WHOLE = st.sampled_from([
    b"EHLO a\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:%s\r\n" % ADDRESSES[0],
    b"EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:%s\r\nRCPT TO:%s\r\n" % (ADDRESSES[1], ADDRESSES[2]),
])  # fmt: skip
STREAMS = st.lists(WHOLE | COMMANDS | MAILS | CHUNKS | TEXT, max_size=12).map(b"".join)
CUTS = st.lists(st.integers(0, 400), max_size=8)
FAILURES = st.sampled_from([None, None, StoreAway("away"), ValueError("anna@example.com")])

OURS = {str(reply) for reply in vars(replies).values() if isinstance(reply, Reply)}
MADE = re.compile(r"220 mx\.example ESMTP|250[ -][-A-Za-z0-9. ]+|250 2\.0\.0 Accepted as [0-9a-f]{16}")


async def converse(
    stream: bytes, cuts: Sequence[int], failure: Exception | None
) -> tuple[list[str] | None, Open, list[Any]]:
    """The answers to a stream that is cut at these places, and what went wrong in the loop.

    Who goes on talking behind QUIT may be reset, and then hears nothing: None.
    """
    accidents: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: accidents.append(context))
    async with open_door(errors=8) as opened:
        opened.reception.failure = failure
        reader, writer = await asyncio.open_connection("127.0.0.1", opened.port)
        places = [0, *sorted(place for place in cuts if place < len(stream)), len(stream)]
        try:
            for start, end in pairwise(places):
                writer.write(stream[start:end])
                await asyncio.sleep(0)
            writer.write_eof()
            said = (await asyncio.wait_for(reader.read(), 10)).decode("ascii").split("\r\n")
        except (OSError, RuntimeError):  # uvloop calls it a RuntimeError to write to who is gone
            said = None
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
        await emptied(opened)
    return said, opened, accidents


def conversations(stream: bytes, cuts: Sequence[int], failure: Exception | None) -> list[list[str]]:
    """The stream in one piece, cut, and octet by octet; each conversation as it must be: the answers without ids."""
    said = []
    for some in ((), cuts, range(min(len(stream), 1000))):
        with capture_logs() as entries:
            answers, opened, accidents = asyncio.run(converse(stream, some, failure))
        assert [] == accidents
        assert [] == [entry for entry in entries if not is_expected(entry)]
        if answers is None:
            assert b"QUIT" in stream
            continue
        assert "" == answers.pop()  # the last one, too, has its line end
        assert [] == [answer for answer in answers if answer not in OURS and not MADE.fullmatch(answer)]
        assert len(opened.contents) == sum(" Accepted as " in answer for answer in answers)
        said.append([re.sub("[0-9a-f]{16}", "id", answer) for answer in answers])
    return said


def is_expected(entry: Any) -> bool:
    """Nothing in the log is an accident but those that the reception makes on purpose, and no word is the peer's."""
    if entry["log_level"] in ("error", "critical"):
        return entry["event"] == "failed" and "playing.py" in entry["where"][-1]
    return "exc_info" not in entry and "anna" not in repr(entry)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STREAMS, CUTS, FAILURES)
def test_any_stream(stream: bytes, cuts: list[int], failure: Exception | None) -> None:
    """Every answer is one of ours, every mail that is kept was answered 250, and no cut changes a word."""
    said = conversations(stream, cuts, failure)

    assert [] == [each for each in said if each != said[0]]


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(ADDRESSES[1:3]) | st.none(), FAILURES, TEXT, CUTS)
def test_troubles_of_ours(address: bytes | None, failure: Exception | None, text: bytes, cuts: list[int]) -> None:
    """When all that is wrong is ours, no answer to the mail is a 5xx: the peer keeps it, and brings it again."""
    stream = b"EHLO a\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:%s\r\n" % (address or ADDRESSES[0])
    stream += b"BDAT %d LAST\r\n%sQUIT\r\n" % (len(text), text)
    said = conversations(stream, cuts, failure)
    about_it = said[0][-3:-1]

    assert [] == [each for each in said if each != said[0]]
    assert [] == [answer for answer in about_it if answer.startswith("5")]
    assert (address is None and failure is None) is about_it[-1].startswith("250")
