"""The life of one connection: lines in, answers out, and its end, on aiosmtpd's protocol class.

From aiosmtpd come the beginning of a connection, its session and envelope objects and the handler's hooks.  The set-up
is ours, because its own looks through all methods of two classes for each connection; so is the loop over commands,
because its own echoes the peer's words, logs them, answers without enhanced codes and turns an exception into a 500.
What we use or replace of its private parts is watched in tests/smtp/test_contract.py.

Nothing in here is cancelled when a peer goes.  aiosmtpd cancels the session's task at the first FIN, in the middle of a
commit if need be.  Here the end of the connection is only the end of the input: the task goes on to its next read and
ends there.  So a mail whose dot was read is handed over whole, and a peer that closes its half early gets its answers.
"""

import asyncio
import ssl
from asyncio import IncompleteReadError, LimitOverrunError
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, AnyStr, ClassVar, Final, cast

import structlog
from aiosmtpd.smtp import SMTP

from smtpd_billbee.model.mail import Recipient
from smtpd_billbee.smtp import replies
from smtpd_billbee.smtp.disk import Disk
from smtpd_billbee.smtp.limits import Limits, Pace, Room
from smtpd_billbee.smtp.replies import Reply
from smtpd_billbee.smtp.transaction import Caller, Transaction

log = structlog.get_logger()

# The reader stops listening to the socket at twice this: less is more system calls, more is more memory for each peer.
_BUFFER: Final = 64 * 1024
_MOST_ANSWERS: Final = 32


@dataclass(frozen=True, slots=True)
class Shared:
    """What all sessions of a door have in common, made once."""

    loop: asyncio.AbstractEventLoop
    handler: object
    hooks: dict[str, Callable[..., Any]]
    known: Callable[[str, str, float], Recipient | None]  # peer, address, the loop's time: whom it surely reaches
    hostname: str
    max_size: int
    limits: Limits
    room: Room
    disk: Disk
    tls: ssl.SSLContext | None
    hello: Reply
    hello_tls: Reply
    hello_old: Reply  # to HELO
    welcome: Reply


class _Reader(asyncio.StreamReader):
    """A StreamReader that can be looked into, and be given back what belongs to somebody else."""

    _buffer: bytearray
    _eof: bool

    def has(self, octet: bytes) -> bool:
        """Has the peer sent this already?"""
        return octet in self._buffer

    def is_empty(self) -> bool:
        """Is there nothing that was sent and not read?"""
        return not self._buffer

    def at_end(self) -> bool:
        """Has the peer ended its half?"""
        return self._eof

    def unread(self, rest: bytes) -> None:
        """What came behind the final dot are commands: they are read again."""
        self._buffer[:0] = rest

    def drop(self) -> None:
        """Forget what was sent and not read."""
        self._buffer.clear()


class Dialogue(SMTP):
    """A peer's session, from the greeting to the goodbye."""

    COMMANDS: ClassVar[Mapping[bytes, Callable[[Any, str], Awaitable[None]]]] = {}

    caller: Caller
    mail: Transaction
    _reader: _Reader
    _wire: asyncio.Transport  # the socket, below TLS

    def __init__(self, shared: Shared) -> None:
        # Not SMTP.__init__: see the module's docstring.
        loop = shared.loop
        reader = _Reader(limit=_BUFFER, loop=loop)
        asyncio.StreamReaderProtocol.__init__(self, reader, client_connected_cb=self._cb_client_connected, loop=loop)
        self.loop = loop
        self.shared = shared
        self.limits = shared.limits
        self.event_handler = shared.handler
        self._handle_hooks = shared.hooks
        self.session = self.envelope = self.transport = None
        self._original_transport = self._handler_coroutine = None
        self.pace = Pace(started=loop.time(), heard=loop.time())
        self.welcome = shared.welcome
        self._answers: list[bytes] = []
        self._listening = False  # for a command: nothing is under way
        self._welcomed = False  # it knows with whom it speaks, and may give commands
        self._shaking_hands = False
        self._interrupting = False  # the peer, with our last answer
        self._leave_next: Reply | None = None
        self._commands = 0
        self._errors = 0

    # --- the connection -----------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """aiosmtpd starts the session's task here."""
        self._wire = cast("asyncio.Transport", transport)
        super().connection_made(transport)
        self._client_connected_cb = None  # it has been called; see `_break_circles`

    def data_received(self, data: bytes) -> None:
        """Note that the peer is alive."""
        if self.pace.leaving is None:
            self.pace.heard = self.loop.time()
            super().data_received(data)

    def eof_received(self) -> bool | None:
        """The peer has said all it wanted; what it said is still answered."""
        return asyncio.StreamReaderProtocol.eof_received(self) and self.pace.leaving is None

    def connection_lost(self, error: Exception | None) -> None:
        """The connection is gone; the session finds out at its next read."""
        asyncio.StreamReaderProtocol.connection_lost(self, error)
        self.transport = None

    def _create_session(self) -> Caller:
        self.caller = Caller(self.loop)
        return self.caller

    def _create_envelope(self) -> Transaction:
        if self.envelope is not None:
            self.mail.forget()
        self.mail = Transaction()
        return self.mail

    def _set_rset_state(self) -> None:
        """Forget the transaction, not who is there."""
        self.envelope = self._create_envelope()

    def _reset_timeout(self, duration: float | None = None) -> None:
        """The door looks at all clocks (limits.overdue); a timer for each command would cost more than the command."""

    # --- its end ------------------------------------------------------------------------------------------------

    def dismiss(self, reply: Reply) -> None:
        """Say goodbye: at once if nothing is under way, else after the next answer."""
        if self._listening:
            self.expel(reply)
        else:
            self._leave_next = reply

    def expel(self, reply: Reply) -> None:
        """End the session now, with a word if the peer still reads."""
        farewell_said = self.pace.leaving is not None
        self._bow_out()
        is_mute = farewell_said or self._shaking_hands or self.transport is None or self._wire.is_closing()
        if is_mute or self._wire.get_write_buffer_size():
            self._wire.abort()  # close() would wait for ever for a peer that does not read
            return
        transport = cast("asyncio.Transport", self.transport)
        transport.write(reply.encode() + b"\r\n")
        transport.close()

    def cut(self) -> None:
        """End the session without another word, and also its waiting for us."""
        self._wire.abort()
        if self._handler_coroutine is not None:
            self._handler_coroutine.cancel()

    def _bow_out(self) -> None:
        if self.pace.leaving is None:
            self.pace.leaving = self.loop.time()

    async def _leave(self, reply: Reply) -> None:
        """The last answer of this session."""
        self._bow_out()
        self._interrupting = reply is not replies.BYE
        await self.push(reply)

    def _hang_up(self) -> None:
        """Close the connection so that the last answer is heard.

        A close() in the middle of what the peer says makes the kernel send a reset, which can overtake our last words;
        so we only end our half, and hear nothing more until the peer ends its own or `farewell` is over.
        """
        if self._writer.is_closing():
            return
        if self._interrupting and self.transport is self._wire and not self._reader.at_end():
            self._reader.drop()
            self._wire.resume_reading()
            self._wire.write_eof()
        else:
            self._writer.close()

    async def _handle_client(self) -> None:
        """The session, as the task that aiosmtpd's connection_made starts.  It lasts as long as the connection."""
        try:
            await self._talk()
        except (OSError, IncompleteReadError):  # a reset, a dead route, or what is no TLS in the middle of it
            log.debug("gone", peer=self.caller.ip)
        finally:
            self.mail.forget()
            self._bow_out()
            self._hang_up()
        # The peer may not read our last words: until it does, it counts, and its clock runs.
        with suppress(OSError):
            await self._closed  # type: ignore[attr-defined]
        self._break_circles()

    def _break_circles(self) -> None:
        """Who points at the session and is pointed at by it.  Without them, all of it is freed when it is over.

        Otherwise it waits for Python's garbage collection, and the next session has to make do with cold memory.
        """
        del self._writer

    # --- the dialogue -------------------------------------------------------------------------------------------

    async def _talk(self) -> None:
        await self.push(self.welcome)
        self._welcomed = True
        if not self.welcome.startswith("220"):
            self._bow_out()
        while self.pace.leaving is None:
            line = await self._next_line()
            if line is not None:
                await self._obey(line)
            if self._leave_next is not None and self.pace.leaving is None:
                await self._leave(self._leave_next)
        await self._flush()

    async def _next_line(self) -> bytes | None:
        """The next command, without its line end (a bare LF is one, here); None if there is nothing to obey."""
        if not self._reader.has(b"\n"):
            await self._flush()
        self._listening = True
        try:
            line = await self._reader.readuntil(b"\n")
        except LimitOverrunError:
            await self._leave(replies.LINE_TOO_LONG)
            return None
        finally:
            self._listening = False
        line = line.rstrip(b"\r\n")
        if len(line) <= self.limits.command_line:
            return line
        await self.push(replies.LINE_TOO_LONG)
        return None

    async def _obey(self, line: bytes) -> None:
        """One command.  Whatever goes wrong with it in here is answered with 451 and does not end the session."""
        self._commands += 1
        if self._commands > self.limits.commands:
            await self._leave(replies.TOO_MANY_COMMANDS)
            return
        verb, _, argument = line.partition(b" ")
        command = self.COMMANDS.get(verb.upper())
        if command is None or b"\0" in line:
            await self.push(replies.NOT_UNDERSTOOD)
            return
        try:
            # What is no UTF-8 becomes U+FFFD, which no path may contain, and which a host name can live with.
            await command(self, argument.decode("utf-8", "replace").strip(" \t"))
        except (OSError, IncompleteReadError):
            raise  # the connection's: what the reception raises is caught in _ask
        except Exception as error:
            await self.push(await self.handle_exception(error))

    async def push(self, status: AnyStr) -> None:
        """Line an answer up.  It leaves when all commands that are here have been obeyed (RFC 2920 3.2)."""
        answer = _octets(status)
        self._answers.append(answer + b"\r\n")
        if answer[0] in b"45":
            log.info("refused", peer=self.caller.ip, reply=answer.decode())
        if answer.startswith(b"5"):
            self._errors += 1
            if self._errors > self.limits.errors and self.pace.leaving is None:
                await self._leave(replies.TOO_MANY_ERRORS)
        if len(self._answers) >= _MOST_ANSWERS:
            await self._flush()

    async def _flush(self) -> None:
        if self._answers:
            if self._writer.is_closing():  # uvloop's transport takes no words any more
                raise ConnectionResetError
            self._writer.write(b"".join(self._answers))
            self._answers.clear()
            await self._writer.drain()

    async def _ask(self, hook: str, *arguments: object) -> Reply:
        """Put a question to the handler.  The peer's clocks stand still, and whatever fails is a 451."""
        self.pace.ours = True
        try:
            return cast("Reply", await self._call_handler_hook(hook, *arguments))
        except Exception as error:
            return cast("Reply", await self.handle_exception(error))
        finally:
            self.pace.ours = False
            self.pace.heard = self.loop.time()

    # --- TLS ----------------------------------------------------------------------------------------------------

    async def _shake_hands(self, context: ssl.SSLContext) -> None:
        # CVE-2024-34083, RFC 3207 6: what came in the clear behind STARTTLS must not count as said under TLS.
        self._reader.drop()
        self._shaking_hands = True
        try:
            transport = await self.loop.start_tls(
                self._wire,
                self,
                context,
                server_side=True,
                ssl_handshake_timeout=self.limits.handshake,
                ssl_shutdown_timeout=self.limits.farewell,
            )
        except OSError as error:
            log.info("no tls", peer=self.caller.ip, why=getattr(error, "reason", None) or type(error).__name__)
            transport = None
        finally:
            self._shaking_hands = False
        if transport is None:
            self.connection_lost(None)  # asyncio does not always tell us, when it happens in the handshake
            raise ConnectionAbortedError
        self._move_to(transport)

    def _move_to(self, transport: asyncio.Transport) -> None:
        """Go on with the encrypted transport, as somebody who has said nothing yet (RFC 3207 4.2)."""
        peer = self.caller.peer
        self._over_ssl = True
        # A StreamWriter of its own would close the socket when the old one is collected: aiosmtpd changes it, too.
        self.transport = self._transport = self._writer._transport = transport  # type: ignore[attr-defined]
        self._reader._transport = transport  # type: ignore[attr-defined]
        self.session = self._create_session()
        self.caller.peer = peer
        self.caller.tls = _describe(transport.get_extra_info("ssl_object"))
        self._set_rset_state()


def _octets(status: str | bytes) -> bytes:
    return status if isinstance(status, bytes) else status.encode("ascii")


def _describe(tls: ssl.SSLObject) -> str:
    """'TLSv1.3 TLS_AES_256_GCM_SHA384'"""
    cipher = tls.cipher()
    return f"{tls.version()} {cipher[0] if cipher else 'unknown'}"
