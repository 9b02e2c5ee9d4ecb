"""The smarthost: what the network and the server do becomes an answer; the mail's bytes stay what they are."""

import asyncio
import contextlib
import socket
from pathlib import Path

import pytest

from smtpd_billbee.errors import ConfigError
from smtpd_billbee.model.job import Delivered, Later, Never
from smtpd_billbee.send.smtp import Smarthost, SmarthostSettings, one_line, wire_size
from tests.sink import DROP, Sink, self_signed

SENDER, RECIPIENT = "copy+abc.1@inbound.example", "owner@example.org"
MAIL = b"From: a@shop.example\r\nSubject: Bestellung\r\n\r\nHallo\r\n"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A self-signed certificate for 127.0.0.1 and its key."""
    return self_signed(tmp_path_factory.mktemp("tls"))


def smarthost(sink: Sink | int, **settings: object) -> Smarthost:
    """The smarthost on that port, impatient."""
    port = sink if isinstance(sink, int) else sink.port
    values = {"hostname": "mx.inbound.example", "connect_timeout": 5.0, "command_timeout": 5.0, "final_timeout": 5.0}
    return Smarthost(SmarthostSettings("127.0.0.1", port, **(values | settings)))


async def test_delivered():
    """A mail that the smarthost took is Delivered with its reply, from our name and our sender."""
    async with Sink() as sink:
        attempt = await smarthost(sink).deliver(SENDER, RECIPIENT, MAIL)

    assert Delivered("250 2.0.0 taken as 1") == attempt
    (taken,) = sink.mails
    assert (SENDER, RECIPIENT, "mx.inbound.example") == (taken.sender, taken.recipient, taken.helo)


async def test_null_sender():
    """A bounce-free mail goes out with the empty envelope sender (RFC 5321 4.5.5)."""
    async with Sink() as sink:
        await smarthost(sink).deliver("", RECIPIENT, MAIL)

    assert [""] == [taken.sender for taken in sink.mails]


@pytest.mark.parametrize(
    "raw",
    [
        MAIL,
        b"S: x\r\n\r\n.\r\n..\r\n.dot\r\n\r\n.\r\n",
        b"S: x\r\n\r\n" + bytes(range(128, 256)) + b"\x00\x01\r\n",
        b"S: x\r\n\r\n" + b"y" * 70_000 + b"\r\n",
        b"S: x\r\n\r\nno end of line".replace(b"line", b"line\r\n"),
        b"\r\n",
        b"S: x\r\n \r\n\t\r\n\r\n  \r\n\r\n\r\n",
    ],
    ids=["plain", "dots", "8-bit", "long-line", "short", "empty", "blanks"],
)
async def test_byte_for_byte(raw: bytes):
    """Not one byte of a mail with CRLF line ends changes on its way: signatures must stay valid."""
    async with Sink() as sink:
        await smarthost(sink).deliver(SENDER, RECIPIENT, raw)

    assert [raw] == [taken.raw for taken in sink.mails]


async def test_bare_line_ends():
    """A bare CR or LF goes out as CRLF, before the dots are doubled: nothing can end the mail early (smuggling)."""
    raw = b"S: x\n\na\n.\nMAIL FROM:<x@example.net>\r.\rb\r\n"
    async with Sink() as sink:
        await smarthost(sink).deliver(SENDER, RECIPIENT, raw)

    assert [b"S: x\r\n\r\na\r\n.\r\nMAIL FROM:<x@example.net>\r\n.\r\nb\r\n"] == [taken.raw for taken in sink.mails]


@pytest.mark.parametrize("raw", [MAIL, b"a\nb\r\n", b"a\rb\r\n", b"a", b"", b"a\r", b"a\n", b"\n\r\r\n\n"])
async def test_wire_size(raw: bytes):
    """SIZE says how long the mail is on the wire (RFC 1870 5)."""
    async with Sink() as sink:
        await smarthost(sink).deliver(SENDER, RECIPIENT, raw)

    assert [wire_size(raw)] == [len(taken.raw) for taken in sink.mails]
    assert (f"SIZE={wire_size(raw)}",) == sink.mails[0].options


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(
    ("reply", "expected"),
    [("451 4.3.0 busy", Later), ("421 4.7.0 go away", Later), ("550 5.1.1 no such user", Never)],
)
async def test_refused(stage: str, reply: str, expected: type[Later] | type[Never]):
    """4xx is for now, 5xx for good, at whichever command; the reply is kept."""
    async with Sink() as sink:
        sink.refuse(stage, reply)

        assert expected(reply) == await smarthost(sink).deliver(SENDER, RECIPIENT, MAIL)


@pytest.mark.parametrize("stage", ["MAIL", "RCPT"])
async def test_login_wanted(stage: str):
    """A smarthost that wants a log-in that we do not have refuses us, not the mail: it is tried again."""
    async with Sink(login=("shop", "secret")) as sink:
        attempt = await smarthost(sink).deliver(SENDER, RECIPIENT, MAIL)

    assert Later("530 5.7.0 Authentication required") == attempt


@pytest.mark.parametrize("reply", ["554 5.3.2 closed", "421 4.3.2 later"])
async def test_greeting_refused(reply: str):
    """A server that takes nobody says nothing about the mail."""
    async with Sink() as sink:
        sink.refuse("CONNECT", reply)

        assert Later(reply, for_all=True) == await smarthost(sink).deliver(SENDER, RECIPIENT, MAIL)


async def test_old_server():
    """A server without EHLO gets HELO, and the mail."""
    async with Sink() as sink:
        sink.refuse("EHLO", "502 5.5.1 what?")

        assert isinstance(await smarthost(sink).deliver(SENDER, RECIPIENT, MAIL), Delivered)


@pytest.mark.parametrize("stage", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA"])
async def test_dropped(stage: str):
    """A connection that breaks is Later, whenever it breaks, and a bad connection (RFC 3463 3.5)."""
    async with Sink() as sink:
        sink.refuse(stage, DROP)
        attempt = await smarthost(sink).deliver(SENDER, RECIPIENT, MAIL)

    assert isinstance(attempt, Later)
    assert attempt.reply.startswith("4.4.2 ")


async def test_nobody_there():
    """A refused connection is Later, with a text that says where it failed."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        attempt = await smarthost(port).deliver(SENDER, RECIPIENT, MAIL)

    assert isinstance(attempt, Later)
    assert f"4.4.1 the smarthost at 127.0.0.1:{port} cannot be reached: Connection refused" == attempt.reply


async def test_no_such_name():
    """A name that cannot be looked up is a trouble of the directory (RFC 3463 3.5), told by the server's name."""
    settings = SmarthostSettings("no-such-host.invalid", 25, "mx.inbound.example")
    attempt = await Smarthost(settings).deliver(SENDER, RECIPIENT, MAIL)

    assert isinstance(attempt, Later)
    assert attempt.reply.startswith("4.4.3 the smarthost at no-such-host.invalid:25 cannot be reached: ")


@pytest.mark.parametrize("stage", ["CONNECT", "EHLO", "MAIL", "DATA"])
async def test_silence(stage: str):
    """A server that does not answer is Later when the time for that command is up."""
    async with Sink() as sink:
        sink.delays[stage] = 5
        host = smarthost(sink, connect_timeout=0.2, command_timeout=0.2, final_timeout=0.2)
        attempt = await host.deliver(SENDER, RECIPIENT, MAIL)

    assert isinstance(attempt, Later)
    assert attempt.reply.startswith("4.4.2 ")


async def test_tarpit():
    """A server that is slow at each step cannot keep a delivery longer than the whole allows."""
    async with Sink() as sink:
        sink.delays = {"EHLO": 0.2, "MAIL": 0.2, "RCPT": 0.2}
        attempt = await smarthost(sink, whole_timeout=0.3).deliver(SENDER, RECIPIENT, MAIL)

    assert isinstance(attempt, Later)
    assert "4.4.2 the smarthost took too long" == attempt.reply


async def test_does_not_read():
    """A server that stops reading in the middle of a mail is Later, and the rest of the mail is not kept for it."""
    raw = b"x" * 16_000_000  # more than the sender's system keeps (Linux: 4 MB)
    given_up = asyncio.Event()
    received: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def stubborn(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _until_data(reader, writer)
        await given_up.wait()
        received.set_result(await _all_that_comes(reader))
        writer.close()

    with socket.create_server(("127.0.0.1", 0)) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)  # else this system may keep the whole mail
        async with await asyncio.start_server(stubborn, sock=door):
            host = smarthost(door.getsockname()[1], whole_timeout=2.0, slowest=10**9)
            attempt = await host.deliver(SENDER, RECIPIENT, raw)
            given_up.set()
            got = await asyncio.wait_for(received, 30)

    assert isinstance(attempt, Later)
    assert 0 < got < len(raw)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"552 5.3.4 too big", Never("552 5.3.4 too big")),
        (b"451 4.3.0 not now", Later("451 4.3.0 not now")),
        (b"250 2.0.0 fine", Later("it said 250 before it had the whole mail")),
    ],
)
async def test_answered_in_the_middle(answer: bytes, expected: Later | Never):
    """A server that says something before the end of a mail has not taken it, and hears no more: no QUIT either."""
    raw = b"x" * 16_000_000
    rest: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def hasty(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _until_data(reader, writer)
        await reader.read(1000)
        writer.write(answer + b"\r\n")
        await asyncio.sleep(0.5)
        with contextlib.suppress(ConnectionError):
            while chunk := await reader.read(65_536):
                rest.set_result(chunk) if b"QUIT" in chunk else None
        writer.close()
        rest.done() or rest.set_result(b"")

    async with await asyncio.start_server(hasty, "127.0.0.1", 0) as server:
        async with asyncio.timeout(5):
            attempt = await smarthost(server.sockets[0].getsockname()[1]).deliver(SENDER, RECIPIENT, raw)
            said = await rest
        server.close()

    assert (expected, b"") == (attempt, said)


async def _until_data(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Say yes to everything, up to the content of a mail."""
    for answer in (b"220 x\r\n", b"250 x\r\n", b"250 x\r\n", b"250 x\r\n"):
        writer.write(answer)
        await reader.readline()
    writer.write(b"354 x\r\n")


async def _all_that_comes(reader: asyncio.StreamReader) -> int:
    """How many bytes come before the connection ends, or breaks."""
    count = 0
    with contextlib.suppress(ConnectionError):
        while chunk := await reader.read(65_536):
            count += len(chunk)
    return count


async def test_cancelled():
    """Being cancelled passes through, and leaves no connection behind."""
    async with Sink() as sink:
        sink.delays["DATA"] = 5
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(smarthost(sink).deliver(SENDER, RECIPIENT, MAIL), 0.3)
        await asyncio.sleep(0.05)

        assert set() == sink.connections


async def test_many_lines():
    """A reply of many lines is kept as one line of at most 500 characters."""
    async with Sink() as sink:
        sink.refuse("DATA", "550-5.7.1 we do not\r\n550-5.7.1 like this\r\n550 5.7.1 " + "y" * 1000)
        attempt = await smarthost(sink).deliver(SENDER, RECIPIENT, MAIL)

    assert isinstance(attempt, Never)
    assert attempt.reply.startswith("550 5.7.1 we do not 5.7.1 like this 5.7.1 yyy")
    assert 500 == len(attempt.reply)


async def test_nonsense():
    """What is not SMTP is Later."""

    async def web_server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(web_server, "127.0.0.1", 0)
    async with server:
        attempt = await smarthost(server.sockets[0].getsockname()[1]).deliver(SENDER, RECIPIENT, MAIL)

    assert Later("Malformed SMTP response line: HTTP/1.1 400 Bad Request", for_all=True) == attempt


def test_one_line():
    """Bytes that no database takes (NUL, broken UTF-8) do not reach it."""
    assert "550 a b �ü" == one_line("550 a\x00\r\n\tb \udcff\udcc3\udcbc")


# --- what the server offers ---


async def test_eight_bit():
    """BODY=8BITMIME is said when the mail has 8-bit bytes (RFC 6152 3), and only then."""
    async with Sink() as sink:
        await smarthost(sink).deliver(SENDER, RECIPIENT, "ü\r\n".encode())
        await smarthost(sink).deliver(SENDER, RECIPIENT, b"u\r\n")

    assert [("SIZE=4", "BODY=8BITMIME"), ("SIZE=3",)] == [taken.options for taken in sink.mails]


async def test_nothing_offered():
    """A server that offers nothing is asked for nothing, and gets the bytes as they are."""
    raw = "ü\r\n".encode()
    async with Sink(hide=("SIZE", "8BITMIME", "SMTPUTF8")) as sink:
        await smarthost(sink).deliver(SENDER, RECIPIENT, raw)

    assert [((), raw)] == [(taken.options, taken.raw) for taken in sink.mails]


async def test_too_big():
    """A mail larger than the server's SIZE is refused for good before it is sent (RFC 1870 6.1)."""
    async with Sink(max_size=10) as sink:
        attempt = await smarthost(sink).deliver(SENDER, RECIPIENT, b"123456789\r\n")

    assert Never("the mail has 11 bytes, the smarthost takes 10") == attempt


async def test_international_address():
    """An address beyond ASCII goes out with SMTPUTF8 (RFC 6531 3.4)."""
    async with Sink() as sink:
        await smarthost(sink).deliver(SENDER, "jürgen@example.org", MAIL)

    assert [("jürgen@example.org", True)] == [(taken.recipient, "SMTPUTF8" in taken.options) for taken in sink.mails]


async def test_no_international_addresses():
    """An address beyond ASCII is refused for good by a smarthost without SMTPUTF8: waiting does not help."""
    async with Sink(hide=("SMTPUTF8",)) as sink:
        attempt = await smarthost(sink).deliver(SENDER, "jürgen@example.org", MAIL)

    assert Never("the address needs SMTPUTF8, and the smarthost does not offer it") == attempt


@pytest.mark.parametrize(
    "recipient",
    ["", "a b@example.org", "a@example.org>\r\nRCPT TO:<b@example.org", "a\x00@example.org", "\udcff@example.org"],
)
async def test_impossible_address(recipient: str):
    """An address that would break the command line is never sent, and nothing else is sent in its place."""
    async with Sink() as sink:
        attempt = await smarthost(sink).deliver(SENDER, recipient, MAIL)

    assert Never("the address cannot be written in SMTP") == attempt
    assert 0 == sink.sessions


# --- TLS and log-in ---


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_tls(certificate: tuple[Path, Path], tls: str):
    """With tls and starttls the mail goes over an encrypted connection, byte for byte, to the certificate's owner."""
    async with Sink(tls=tls, certificate=certificate) as sink:
        attempt = await smarthost(sink, tls=tls, ca_file=str(certificate[0])).deliver(SENDER, RECIPIENT, MAIL)

    assert Delivered("250 2.0.0 taken as 1") == attempt
    assert [(True, MAIL)] == [(taken.tls, taken.raw) for taken in sink.mails]


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_stranger(certificate: tuple[Path, Path], tls: str):
    """A certificate that nobody vouches for gets no mail and no password."""
    async with Sink(tls=tls, certificate=certificate, login=("shop", "secret")) as sink:
        attempt = await smarthost(sink, tls=tls, username="shop", password="secret").deliver(SENDER, RECIPIENT, MAIL)

    assert isinstance(attempt, Later)
    assert attempt.reply.startswith("TLS with the smarthost at 127.0.0.1:")
    assert "self-signed certificate" in attempt.reply
    assert [] == sink.mails


async def test_no_starttls():
    """Where STARTTLS is asked for and not offered, nothing is sent in the clear."""
    async with Sink() as sink:
        attempt = await smarthost(sink, tls="starttls", username="shop", password="secret").deliver(
            SENDER, RECIPIENT, MAIL
        )

    assert Later('the smarthost offers no STARTTLS, and tls = "starttls" asks for it', for_all=True) == attempt
    assert [] == sink.mails


@pytest.mark.parametrize("tls", ["none", "starttls", "tls"])
async def test_login(certificate: tuple[Path, Path], tls: str):
    """We log in with name and password, after TLS where there is any."""
    async with Sink(tls=tls, certificate=certificate, login=("shop", "secret")) as sink:
        host = smarthost(sink, tls=tls, ca_file=str(certificate[0]), username="shop", password="secret")
        await host.deliver(SENDER, RECIPIENT, MAIL)

    assert ["shop"] == [taken.login for taken in sink.mails]


async def test_wrong_password():
    """A refused log-in is our mistake: Later, so that no copy is lost before it is mended."""
    async with Sink(login=("shop", "secret")) as sink:
        attempt = await smarthost(sink, username="shop", password="wrong").deliver(SENDER, RECIPIENT, MAIL)

    assert Later("log-in refused: 535 5.7.8 Authentication credentials invalid", for_all=True) == attempt


async def test_no_login_offered():
    """A server without log-in, where we were told to log in, is Later."""
    async with Sink() as sink:
        attempt = await smarthost(sink, username="shop", password="secret").deliver(SENDER, RECIPIENT, MAIL)

    assert isinstance(attempt, Later)
    assert "AUTH" in attempt.reply


def test_password_is_not_shown():
    """The password does not get into logs through the settings."""
    assert "secret" not in repr(SmarthostSettings("127.0.0.1", 25, "mx.example", password="secret"))


def test_missing_ca_file(tmp_path: Path):
    """A ca_file that is not there is a sentence with the setting's name, at the start."""
    with pytest.raises(ConfigError, match=r"^relay.ca_file: .*missing.pem cannot be read: No such file"):
        smarthost(25, tls="tls", ca_file=str(tmp_path / "missing.pem"))


async def test_several_addresses(monkeypatch: pytest.MonkeyPatch):
    """A name with several addresses and nobody at any of them: the text says so in words, without numbers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        ends = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"127.0.0.{last}", port)) for last in (1, 2)]

        async def resolved(*words: object, **more: object) -> list[object]:
            return ends

        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolved)
        settings = SmarthostSettings("several.example", port, "mx.inbound.example")
        attempt = await Smarthost(settings).deliver(SENDER, RECIPIENT, MAIL)

    assert isinstance(attempt, Later)
    assert attempt.reply.startswith("4.4.1 ")
    assert attempt.reply.endswith("Connection refused")
    assert "Errno" not in attempt.reply


class OfAnotherLoop:
    """A transport that has none of asyncio's classes, as uvloop's; notes what is done with it."""

    def __init__(self) -> None:
        self.done: list[object] = []

    def is_closing(self) -> bool:
        return bool(self.done) and self.done[-1] != b"QUIT\r\n"

    def write(self, data: bytes) -> None:
        self.done.append(data)

    def close(self) -> None:
        self.done.append("closed")

    def abort(self) -> None:
        self.done.append("aborted")


def test_any_transport():
    """The goodbye is said, and what is not sent is dropped, on whatever loop it runs."""
    polite, hasty = OfAnotherLoop(), OfAnotherLoop()
    for transport, end in ((polite, "say_goodbye"), (hasty, "close")):
        session = smarthost(25)._session()
        session.transport = transport  # type: ignore[assignment]
        getattr(session, end)()
        session.transport = None

    assert [b"QUIT\r\n", "closed"] == polite.done
    assert "aborted" == hasty.done[0]
