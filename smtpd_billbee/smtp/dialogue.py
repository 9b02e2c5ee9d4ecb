"""The dialogue on a connection: commands obeyed in order, answers lined up, questions put to the handler, and TLS.

The loop over commands is ours, because aiosmtpd's own echoes the peer's words, logs them, answers without enhanced
codes and turns an exception into a 500.  A task exists only while something has to be waited for: an answer of the
handler, or a handshake.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ClassVar, Final, Protocol

import structlog

from smtpd_billbee.smtp import replies
from smtpd_billbee.smtp.connection import Connection
from smtpd_billbee.smtp.replies import Reply

log = structlog.get_logger()

_LONGEST_LINE: Final = 64 * 1024  # that the end is waited for
_MOST_AT_ONCE: Final = 32  # commands of one peer, while all others wait


class Coming(Protocol):
    """Content on its way in."""

    @property
    def hopeless(self) -> bool:
        """So much too big that the end is not worth waiting for."""

    def feed(self, chunk: bytes) -> bytes | None:
        """Take it.  At the end: what came behind it; None while there is more to come."""


class Dialogue(Connection):
    """A peer's session, from the greeting to the goodbye."""

    # Each says its answer; None: it comes later.
    COMMANDS: ClassVar[Mapping[bytes, Callable[[Any, str], Reply | None]]] = {}

    _coming: Coming | None = None  # no command is next, but this
    _come: Callable[[Any], Reply | None]  # what is done when it is whole
    _commands = 0
    _errors = 0
    welcome: Reply | None = None  # instead of the usual one

    @property
    def _is_listening(self) -> bool:
        return self._coming is None and super()._is_listening

    # --- a turn -------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """The peer hears with whom it speaks."""
        self._greet()
        self._settle()

    def _greet(self) -> None:
        welcome = self.welcome or self.shared.welcome
        self.answer(welcome)
        if not welcome.startswith("220"):
            self._bow_out()

    def go_on(self) -> None:
        """Obey what has come, until nothing whole is left, something has to be waited for, or others have waited."""
        try:
            for _ in range(_MOST_AT_ONCE):
                if self._under_way is not None or self.pace.leaving is not None or not self._step():
                    break
            else:
                if self._under_way is None:
                    self._next_turn = self.loop.call_soon(self._turn)
            self._settle()
        except Exception as error:
            self._die(error)
        if self.transport is None and not self._waits:
            self._end()

    def _turn(self) -> None:
        self._next_turn = None
        if not self._waits:
            self.go_on()

    def _settle(self) -> None:
        """After a turn: let answers leave, unless there are more to come; say goodbye, or be ready for what comes."""
        self._input, self._obeyed = self._input[self._obeyed :], 0
        if self._under_way is None or len(self._answers) >= _MOST_AT_ONCE:
            self._flush()
        if self.pace.leaving is not None:
            self._hang_up()
        elif not self._waits:
            if self._is_deaf:
                self._listen()
            if self._eof:
                log.debug("gone", peer=self.caller.ip)
                self._bow_out()
                self._hang_up()

    def _step(self) -> bool:
        """Obey a command, or take what has come of a mail; False: there is nothing whole."""
        if self._coming is not None:
            return self._take_in(self._coming)
        if self._leave_next is not None:
            self.leave(self._leave_next)
            return False
        line = self._next_line()
        if line is None:
            return False
        if len(line) > self.limits.command_line:
            self.answer(replies.LINE_TOO_LONG)
        else:
            self._obey(line)
        return True

    def _next_line(self) -> bytes | None:
        """The next command, without its line end (a bare LF is one, here)."""
        start, end = self._obeyed, self._input.find(b"\n", self._obeyed)
        if (end if end >= 0 else len(self._input)) - start > _LONGEST_LINE:
            self.leave(replies.LINE_TOO_LONG)
            return None
        if end < 0:
            return None
        self._obeyed = end + 1
        return self._input[start:end].rstrip(b"\r")

    def _obey(self, line: bytes) -> None:
        """One command.  Whatever goes wrong with it in here is answered with 451 and does not end the session."""
        self._commands += 1
        if self._commands > self.limits.commands:
            self.leave(replies.TOO_MANY_COMMANDS)
            return
        verb, _, argument = line.partition(b" ")
        command = self.COMMANDS.get(verb.upper())
        if command is None or b"\0" in line:
            self.answer(replies.NOT_UNDERSTOOD)
            return
        try:
            # What is no UTF-8 becomes U+FFFD, which no path may contain, and which a host name can live with.
            reply = command(self, argument.decode("utf-8", "replace").strip(" \t"))
        except Exception as error:
            self.ask(Dialogue.answer, self.handle_exception, error)
        else:
            if reply is not None:
                self.answer(reply)

    # --- content ------------------------------------------------------------------------------------------------

    def await_content(self, content: Coming, come: Callable[[Any], Reply | None]) -> None:
        """What comes now is no command.  It has to come fast enough; when it is whole, `come` says the answer."""
        self._coming, self._come = content, come
        self.pace.data_started, self.pace.data_octets = self.loop.time(), 0

    def _take_in(self, content: Coming) -> bool:
        octets = self._input[self._obeyed :]
        if not octets:
            return False
        rest = content.feed(octets)
        self._obeyed = len(self._input) - len(rest or b"")
        self.pace.note(len(octets) - len(rest or b""))
        if rest is None and not content.hopeless:
            return False
        self._coming = self.pace.data_started = None
        if rest is None:
            self.leave(replies.TOO_BIG)
        elif (reply := self._come(self)) is not None:
            self.answer(reply)
        return True

    # --- answers ------------------------------------------------------------------------------------------------

    def answer(self, reply: Reply) -> None:
        """Line an answer up.  It leaves when all commands that are here have been obeyed (RFC 2920 3.2)."""
        self._answers.append(reply.line)
        if reply[0] in "45":
            self._note_refusal(reply)

    def _note_refusal(self, reply: Reply) -> None:
        log.info("refused", peer=self.caller.ip, reply=str(reply))
        if reply.is_error:
            self._errors += 1
            if self._errors > self.limits.errors and self.pace.leaving is None:
                self.leave(replies.TOO_MANY_ERRORS)

    def leave(self, reply: Reply) -> None:
        """The last answer of this session."""
        self._bow_out()
        self._is_interrupting = reply is not replies.BYE
        self.answer(reply)

    def ask(self, then: Callable[[Any, Reply], None], question: Callable[..., Awaitable[Any]], *about: object) -> None:
        """Put a question; `then` is told the answer, and the session goes on.  Whatever fails is a 451."""
        self.pace.ours = True  # its clocks stand still
        self._under_way = self.loop.create_task(self._asked(then, question, about))

    async def _asked(
        self, then: Callable[[Any, Reply], None], question: Callable[..., Awaitable[Any]], about: tuple[object, ...]
    ) -> None:
        try:
            try:
                reply = await question(*about)
            except Exception as error:
                reply = await self.handle_exception(error)
            then(self, reply)
        except Exception as error:
            self._die(error)
        finally:
            self.pace.ours = False
            self.pace.heard = self.loop.time()
            self._under_way = None
            self._turn()

    # --- TLS ----------------------------------------------------------------------------------------------------

    def shake_hands(self, context: ssl.SSLContext) -> None:
        """Say that we are ready for TLS, and begin it."""
        self._under_way = self.loop.create_task(self._shaken_hands(context))

    async def _shaken_hands(self, context: ssl.SSLContext) -> None:
        # CVE-2024-34083, RFC 3207 6: what came in the clear behind STARTTLS must not count as said under TLS.  The
        # peer does not begin before it has our answer, and from there to the handshake nothing is waited for.
        self._drop()
        self.answer(replies.GO_TLS)
        self._flush()
        try:
            if not self._socket.is_closing():
                await self._start_tls(context)
        except Exception as error:
            self._die(error)
        finally:
            self._under_way = None
            self._turn()

    async def _start_tls(self, context: ssl.SSLContext) -> None:
        self._is_shaking_hands = True
        transport = None
        try:
            transport = await self.loop.start_tls(
                self._socket,
                self,
                context,
                server_side=True,
                ssl_handshake_timeout=self.limits.handshake,
                ssl_shutdown_timeout=self.limits.farewell,
            )
        except OSError as error:
            log.info("no tls", peer=self.caller.ip, why=getattr(error, "reason", None) or type(error).__name__)
        finally:
            self._is_shaking_hands = False
            if transport is None:
                self._bow_out()
                self._socket.abort()
                self.connection_lost(None)  # asyncio does not always tell us, when it happens in the handshake
        if transport is not None:
            self._move_to(transport)

    def _move_to(self, transport: asyncio.Transport) -> None:
        """Go on with the encrypted transport, as somebody who has said nothing yet (RFC 3207 4.2)."""
        self.transport = self._way = transport
        self._is_paused = self._is_deaf = False  # that was the socket, and TLS looks after it now
        self.mail.forget()
        self._meet(self.caller.peer)
        self.caller.tls = _describe(transport.get_extra_info("ssl_object"))


def _describe(tls: ssl.SSLObject) -> str:
    """'TLSv1.3 TLS_AES_256_GCM_SHA384'"""
    cipher = tls.cipher()
    return f"{tls.version()} {cipher[0] if cipher else 'unknown'}"
