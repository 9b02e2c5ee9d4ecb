"""One mail to one recipient through the smarthost, or another server: Delivered, Later or Never.

Whatever the network or the server does is an answer, never an exception.  The bytes go out as they are: a bare CR or
LF becomes CRLF and the last line gets one (RFC 5321 2.3.8 knows no other line ending), nothing more.  One connection
for each delivery: long-lived clients of aiosmtplib have hung (its issues 38, 112 and 243).
"""

import asyncio
import os
import re
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal, cast

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPHeloError,
    SMTPResponse,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPStatus,
)
from aiosmtplib.email import parse_address

from smtpd_billbee.errors import ConfigError, plain_words
from smtpd_billbee.model.job import Attempt, Delivered, Later, Never
from smtpd_billbee.send.wire import wire_pieces, wire_size

REPLY_LIMIT = 500
_SEVERAL = "Multiple exceptions: "  # of loop.create_connection
_ERRNO = re.compile(r"\[Errno (\d{1,4})\]")

# These refuse us, not the mail: log in or start TLS first (RFC 4954 6, RFC 3207 4).  The operator can mend it in time.
OUR_FAULT = frozenset({530, 534, 535, 538})

# What no server said gets a status of ours (RFC 3463 3.5): nobody answered; the connection broke or went silent; the
# name of the server could not be looked up.
NO_ANSWER, BAD_CONNECTION, NO_DIRECTORY = "4.4.1", "4.4.2", "4.4.3"


@dataclass(frozen=True, slots=True)
class SmarthostSettings:
    """Where the smarthost is and how it knows us.

    `hostname` is our name in EHLO.  `ca_file` holds the authorities to trust instead of the system's.  `server_name`:
    the name that its certificate must have, if it is not `host`.  `called`: what people are told that it is.
    """

    host: str
    port: int
    hostname: str
    tls: Literal["none", "opportunistic", "starttls", "tls"] = "none"
    username: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    connect_timeout: float = 60.0  # for the connection with its TLS, and again for the greeting
    command_timeout: float = 300.0  # RFC 5321 4.5.3.2.2 and 4.5.3.2.3: 5 minutes for MAIL and RCPT
    final_timeout: float = 600.0  # RFC 5321 4.5.3.2.6: 10 minutes after the dot, or the mail arrives twice
    whole_timeout: float = 1800.0  # a tarpit may not keep a delivery for ever
    slowest: int = 8192  # bytes a second that are added to the last two for the mail's size
    server_name: str = ""
    called: str = "the smarthost"


class Smarthost:
    """The server that takes every copy from us."""

    def __init__(self, settings: SmarthostSettings, context: ssl.SSLContext | None = None) -> None:
        self._settings = settings
        self._tls = None if settings.tls == "none" else context or tls_context(settings.ca_file)

    async def deliver(self, sender: str, recipient: str, raw: bytes) -> Attempt:
        """Hand over one mail; `sender` is '' for the null sender.  Being cancelled is the only exception."""
        return (await self.try_once(sender, recipient, raw))[0]

    async def try_once(self, sender: str, recipient: str, raw: bytes) -> tuple[Attempt, bool]:
        """The same; and whether it was TLS that did not come about."""
        if not (recipient and _is_writable(sender) and _is_writable(recipient)):
            return Never("the address cannot be written in SMTP"), False
        session = self._session()
        s = self._settings
        try:
            async with asyncio.timeout(s.whole_timeout + len(raw) / s.slowest):
                attempt = await self._converse(session, sender, recipient, raw)
        except TimeoutError as error:
            said = one_line(f"{_network_status(session, error)} {str(error) or f'{s.called} took too long'}")
            return Later(said, session.is_idle), session.begins_tls
        except (SMTPException, OSError, UnicodeError) as error:
            said = _failure(error, f"{s.called} at {s.host}:{s.port}", _network_status(session, error))
            return Later(said, session.is_idle), session.begins_tls
        else:
            session.say_goodbye()
            return attempt, False
        finally:
            session.close()

    def _session(self) -> "_Session":
        s = self._settings
        return _Session(
            hostname=s.host,
            port=s.port,
            local_hostname=s.hostname,
            timeout=s.connect_timeout,
            use_tls=s.tls == "tls",
            start_tls=False,
            tls_context=self._tls,
        )

    async def _converse(self, session: "_Session", sender: str, recipient: str, raw: bytes) -> Attempt:
        s = self._settings
        await session.connect()
        session.is_greeted = True
        await session.greet(s.command_timeout)
        if s.tls in ("starttls", "opportunistic"):
            if session.supports_extension("starttls"):
                session.begins_tls = True
                await session.starttls(server_hostname=s.server_name or None)
                await session.greet(s.command_timeout)
                session.begins_tls = False
            elif s.tls == "starttls":
                asks = "its domain (MTA-STS)" if s.server_name else 'tls = "starttls"'
                return Later(f"{s.called} offers no STARTTLS, and {asks} asks for it", for_all=True)
        if s.username:
            await session.login(s.username, s.password, timeout=s.command_timeout)
        against = session.reason_against(sender, recipient, raw, s.called)
        return against or await self._hand_over(session, sender, recipient, raw)

    async def _hand_over(self, session: "_Session", sender: str, recipient: str, raw: bytes) -> Attempt:
        s = self._settings
        encoding = "ascii" if _is_ascii(sender, recipient) else "utf-8"
        options = session.mail_options(sender, recipient, raw)
        session.is_idle = False
        try:
            await session.mail(sender, options=options, encoding=encoding, timeout=s.command_timeout)
            await session.rcpt(recipient, encoding=encoding, timeout=s.command_timeout)
            reply = await session.content(raw, s.final_timeout + len(raw) / s.slowest)
        except SMTPResponseException as error:
            return _refusal(error)
        return Delivered(_reply(reply.code, reply.message))


class _Session(SMTP):
    """One connection, used once."""

    is_greeted = False
    begins_tls = False  # between STARTTLS and the greeting behind it
    is_idle = True  # nothing was said of the mail yet
    _is_in_content = False  # the mail is being sent
    _writer: asyncio.StreamWriter | None = None  # kept: later Pythons close a transport with its writer

    async def greet(self, seconds: float) -> None:
        """EHLO, or HELO where the server knows no other (RFC 5321 3.2)."""
        try:
            await self.ehlo(timeout=seconds)
        except SMTPHeloError:
            if not self.is_connected:
                raise
            await self.helo(timeout=seconds)

    def reason_against(self, sender: str, recipient: str, raw: bytes, called: str) -> Never | None:
        """What the greeting says that this mail can never have here, without sending it first."""
        limit = self.esmtp_extensions.get("size", "").strip()
        size = wire_size(raw)
        if limit.isascii() and limit.isdigit() and 0 < int(limit) < size:  # RFC 1870 4: 0 is no fixed limit
            return Never(f"the mail has {size} bytes, {called} takes {int(limit)}")
        if not _is_ascii(sender, recipient) and not self.supports_extension("smtputf8"):
            return Never(f"the address needs SMTPUTF8, and {called} does not offer it")  # RFC 6531 3.2
        return None

    def mail_options(self, sender: str, recipient: str, raw: bytes) -> list[str]:
        """The parameters of MAIL FROM, each only if it was offered (RFC 5321 2.2.1)."""
        options = []
        if self.supports_extension("size"):
            options.append(f"SIZE={wire_size(raw)}")
        # Without the offer 8-bit bytes go out all the same, as every relay does: to re-encode them breaks signatures.
        if not raw.isascii() and self.supports_extension("8bitmime"):
            options.append("BODY=8BITMIME")
        if not _is_ascii(sender, recipient):
            options.append("SMTPUTF8")
        return options

    async def content(self, raw: bytes, seconds: float) -> SMTPResponse:
        """DATA and the mail, piece by piece: aiosmtplib's own makes three copies of the whole, and nobody else's turn
        comes meanwhile.  A server may refuse it before its end.
        """
        protocol, transport = self.protocol, self._way_out()
        if protocol is None or transport is None:
            raise SMTPServerDisconnected("Connection lost")
        begun = await protocol.execute_command(b"DATA", timeout=seconds)
        if begun.code != SMTPStatus.start_input:
            raise SMTPDataError(begun.code, begun.message)
        self._writer = asyncio.StreamWriter(transport, protocol, None, asyncio.get_running_loop())
        self._is_in_content = True
        writing = asyncio.get_running_loop().create_task(self._write(self._writer, raw))  # when the answer is awaited
        try:
            reply = await protocol.read_response(timeout=seconds)
        finally:
            writing.cancel()
        if reply.code != SMTPStatus.completed:
            raise SMTPDataError(reply.code, reply.message)
        if self._is_in_content:  # whatever it has taken, it is not the whole mail
            raise SMTPException(f"it said {reply.code} before it had the whole mail")
        return reply

    async def _write(self, writer: asyncio.StreamWriter, raw: bytes) -> None:
        with suppress(ConnectionError):  # whoever waits for the answer is told, too
            for piece in wire_pieces(raw):
                await writer.drain()
                await asyncio.sleep(0)  # to a server that reads fast it would go on without a break
                writer.write(piece)
            self._is_in_content = False  # at once: what is said from now on is the answer to the whole

    def say_goodbye(self) -> None:
        """QUIT without waiting for the answer, like Postfix (smtp_skip_quit_response): the outcome stands already.

        In the middle of a mail it would be a line of it.
        """
        transport = self._way_out()
        if transport is not None and not transport.is_closing() and not self._is_in_content:
            transport.write(b"QUIT\r\n")
            transport.close()

    def close(self) -> None:
        """Drop what is not sent yet: a server that does not read must not keep the connection open for ever."""
        transport = self._way_out()
        if transport is not None and not transport.is_closing():
            transport.abort()
        super().close()

    def _way_out(self) -> asyncio.WriteTransport | None:
        """Not asked by its class: uvloop's has none of asyncio's."""
        return cast("asyncio.WriteTransport | None", self.transport)


def one_line(text: str) -> str:
    """A reply as one printable line of at most 500 characters that every database takes."""
    whole = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(c for c in " ".join(whole.split()) if c.isprintable())[:REPLY_LIMIT]


def _reply(code: int, message: str) -> str:
    return one_line(f"{code} {message}" if code > 0 else message)


def _refusal(error: SMTPResponseException) -> Later | Never:
    """5xx is for good (RFC 5321 4.2.1); all else, nonsense too, may be better next time."""
    reply = _reply(error.code, error.message)
    return Never(reply) if 500 <= error.code <= 599 and error.code not in OUR_FAULT else Later(reply)


def _network_status(session: _Session, error: Exception) -> str:
    """For a server that is not there, or for one that was there and went silent or away, be it before its greeting."""
    was_there = session.is_greeted or isinstance(error.__cause__, SMTPException)
    return BAD_CONNECTION if was_there else NO_ANSWER


def _failure(error: Exception, server: str, network: str) -> str:
    """What kept us from offering the mail at all, in words; `server` is what people know it by.

    `network`: the status for a trouble of the network.  What the server itself said has its own, or none.
    """
    cause = error if isinstance(error, OSError) and error.errno else error.__cause__
    if isinstance(cause, ssl.SSLError):
        return one_line(f"TLS with {server} failed: {getattr(cause, 'verify_message', '') or cause.reason or cause}")
    if isinstance(cause, OSError) and cause.errno:
        status = NO_DIRECTORY if isinstance(cause, socket.gaierror) else network
        return one_line(f"{status} {server} cannot be reached: {plain_words(cause)}")
    match error:
        case SMTPAuthenticationError():
            return one_line(f"log-in refused: {_reply(error.code, error.message)}")
        case SMTPResponseException():
            return _reply(error.code, error.message)
        case OSError():
            return one_line(f"{network} {_in_words(str(error)) or type(error).__name__}")
        case _:
            return one_line(str(error)) or type(error).__name__


def _in_words(text: str) -> str:
    """What the first of a host's addresses did, in words: asyncio makes one text of what all did, with numbers."""
    front, several, each = text.partition(_SEVERAL)
    number = _ERRNO.search(each)
    return f"{front}{os.strerror(int(number[1]))}" if several and number else text


def _is_ascii(*addresses: str) -> bool:
    return all(address.isascii() for address in addresses)


def _is_writable(address: str) -> bool:
    """False for what would break the command line, or what aiosmtplib would quietly make another address of."""
    try:
        return address.isprintable() and parse_address(address) == address
    except ValueError:
        return False


def tls_context(ca_file: str) -> ssl.SSLContext:
    """Certificates are verified, always.  The authorities are read once."""
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except OSError as error:
        raise ConfigError(f"relay.ca_file: {ca_file} cannot be read: {error.strerror or error}") from error
