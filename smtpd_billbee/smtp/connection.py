"""The connection under a session: what has come and is not obeyed yet, answers on their way out, and its end.

It is aiosmtpd's protocol class, with its session and envelope objects and its way to the handler's hooks, but without
asyncio's streams and without a task: to wake a task for a line takes a future, a turn of the loop and a look at all
sockets, longer than to obey most commands.  So what arrives is obeyed here and now, unless something is under way; what
arrives meanwhile is kept, and above a limit the socket is not read.  What we use or replace of aiosmtpd's private parts
is watched in tests/smtp/test_contract.py.

Nothing in here is cancelled when a peer goes.  aiosmtpd cancels the session's task at the first FIN, in the middle of a
commit if need be.  Here the end of the connection is only the end of the input: what has come is obeyed to its end.
So a mail whose dot was read is handed over whole, and a peer that closes its half early gets its answers.
"""

import asyncio
from typing import Any, Final, cast

import structlog
from aiosmtpd.smtp import SMTP

from smtpd_billbee.smtp.limits import Pace
from smtpd_billbee.smtp.replies import Reply
from smtpd_billbee.smtp.shared import Shared
from smtpd_billbee.smtp.transaction import Caller, Transaction

log = structlog.get_logger()

# Less is more system calls, more is more memory for each peer.
_MOST_KEPT: Final = 64 * 1024
# Half of what makes a transport say pause_writing.
_MOST_UNREAD: Final = 32 * 1024


class Connection(SMTP):
    """Octets in, answers out.  What the octets mean is its subclass's: `go_on` and `begin`."""

    caller: Caller
    mail: Transaction
    _socket: asyncio.Transport
    _way: asyncio.Transport  # what we speak through: the socket, or the TLS above it

    # What a session begins with; most of it most sessions never change.
    _input: bytes = b""  # what has come
    _obeyed = 0  # so much of it
    _eof = False  # more will not come
    _is_deaf = False  # the socket is not read
    _is_paused = False  # the peer does not read its answers
    _under_way: asyncio.Task[None] | None = None  # what the session waits for
    _next_turn: asyncio.Handle | None = None  # it has obeyed many commands, now others are
    _is_shaking_hands = False
    _is_interrupting = False  # the peer, with our last answer
    _leave_next: Reply | None = None

    def __init__(self, shared: Shared) -> None:
        # Not SMTP.__init__: it looks through all methods of two classes for each connection.
        self.loop = shared.loop
        self.shared = shared
        self.limits = shared.limits
        self.event_handler = shared.handler
        self._handle_hooks = shared.hooks
        now = shared.loop.time()
        self.pace = Pace(started=now, heard=now)
        self._answers: list[bytes] = []

    @property
    def _waits(self) -> bool:
        """Something is under way: what comes is kept, and obeyed when it is over."""
        return self._under_way is not None or self._is_paused or self._next_turn is not None

    @property
    def _is_listening(self) -> bool:
        """For a command: nothing is under way."""
        return not self._waits

    @property
    def is_unread(self) -> bool:
        """The peer lets its answers lie."""
        return self._socket.get_write_buffer_size() > _MOST_UNREAD

    # --- for the subclass ---------------------------------------------------------------------------------------

    def begin(self) -> None:
        """The connection is there."""
        raise NotImplementedError

    def go_on(self) -> None:
        """Obey what has come, as far as it can be."""
        raise NotImplementedError

    def over(self) -> None:
        """The connection is gone, and nothing is under way."""

    # --- what the loop tells us ---------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody is there.  Not SMTP.connection_made: it starts a task."""
        self.transport = transport
        self._way = self._socket = cast("asyncio.Transport", transport)
        self._meet(transport.get_extra_info("peername"))
        self.begin()

    def data_received(self, data: bytes) -> None:
        """Obey it, or keep it as long as something is under way."""
        if self.pace.leaving is not None:
            return
        self.pace.heard = self.loop.time()
        self._input = self._input[self._obeyed :] + data if self._input else data
        self._obeyed = 0
        if not self._waits:
            self.go_on()
        if len(self._input) > _MOST_KEPT and self._waits:
            self._stop_listening()

    def eof_received(self) -> bool | None:
        """The peer has said all it wanted; what it said is still answered."""
        self._eof = True
        if not self._waits:
            self.go_on()
        # TLS knows no half-closed connection.
        return self._way is self._socket and not self._is_shaking_hands and self.pace.leaving is None

    def connection_lost(self, error: Exception | None) -> None:
        """The connection is gone; what is under way is not."""
        if self.transport is None:  # TLS may say so twice
            return
        self.transport = None
        self._eof = True
        if self._is_paused:  # what it said behind answers that it never read does not count
            self._is_paused = False
            self._drop()
        if not self._waits:
            self._end()

    def pause_writing(self) -> None:
        """The peer does not read its answers: obey no more, for there would be more of them."""
        self._is_paused = True

    def resume_writing(self) -> None:
        """It has read them."""
        self._is_paused = False
        if not self._waits and self.pace.leaving is None:
            self.go_on()

    # --- in and out ---------------------------------------------------------------------------------------------

    def _meet(self, peer: Any) -> None:
        """Somebody who has said nothing yet."""
        self.session = self.caller = Caller(self.loop)
        self.caller.peer = peer
        self.envelope = self.mail = Transaction()

    def forget_mail(self) -> None:
        """Forget the transaction, not who is there."""
        if self.mail.has_begun:
            self.mail.forget()
            self.envelope = self.mail = Transaction()

    def _drop(self) -> None:
        """Forget what has come and is not obeyed."""
        self._input, self._obeyed = b"", 0

    def _flush(self) -> None:
        """Say what is lined up, in one write (RFC 2920 3.2)."""
        if not self._answers:
            return
        answers = b"".join(self._answers)
        self._answers.clear()
        if self._way.is_closing():  # nobody hears us
            self._bow_out()
        else:
            self._way.write(answers)

    def _stop_listening(self) -> None:
        """Too much has come.  (What comes in a handshake comes through the TLS that we are not told of yet.)"""
        if not (self._is_deaf or self._is_shaking_hands or self._way.is_closing()):
            self._is_deaf = True
            self._way.pause_reading()

    def _listen(self) -> None:
        """Read the socket again."""
        self._is_deaf = False
        if not self._way.is_closing():
            self._way.resume_reading()

    # --- its end ------------------------------------------------------------------------------------------------

    def dismiss(self, reply: Reply) -> None:
        """Say goodbye: at once if nothing is under way, else after the next answer."""
        if self._is_listening:
            self.expel(reply)
        else:
            self._leave_next = reply

    def expel(self, reply: Reply) -> None:
        """End the session now, with a word if the peer still reads."""
        farewell_said = self.pace.leaving is not None
        self._bow_out()
        is_mute = farewell_said or self._is_shaking_hands or self.transport is None or self._socket.is_closing()
        if is_mute or self._socket.get_write_buffer_size():
            self._socket.abort()  # close() would wait for ever for a peer that does not read
            return
        self._way.write(reply.line)
        self._way.close()

    def cut(self) -> None:
        """End the session without another word, and also its waiting for us."""
        self._bow_out()
        self._socket.abort()
        if self._under_way is not None:
            self._under_way.cancel()

    def _bow_out(self) -> None:
        if self.pace.leaving is None:
            self.pace.leaving = self.loop.time()

    def _hang_up(self) -> None:
        """Close the connection so that the last answer is heard.

        A close() in the middle of what the peer says makes the kernel send a reset, which can overtake our last words;
        so we only end our half, and hear nothing more until the peer ends its own or `farewell` is over.
        """
        self._drop()
        self.mail.forget()
        if self._way.is_closing():
            return
        if self._is_interrupting and self._way is self._socket and not self._eof:
            self._socket.resume_reading()
            self._socket.write_eof()
        else:
            self._way.close()

    def _die(self, error: Exception) -> None:
        """A mistake of ours that no answer can mend: in the middle of a mail, the next octets would be commands."""
        log.error("session died", peer=self.caller.ip, error=type(error).__name__)
        self._bow_out()
        self._socket.abort()

    def _end(self) -> None:
        if self.pace.leaving is None:
            log.debug("gone", peer=self.caller.ip)
            self._bow_out()
        self.mail.forget()
        self.over()
        # Who points at the session and is pointed at by it.  Without them, all of it is freed when it is over: it does
        # not wait for Python's garbage collection, while the next session has to make do with cold memory.
        del self._way, self._socket
