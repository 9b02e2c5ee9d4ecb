"""What can be answered the moment it comes: EHLO, MAIL, RCPT and DATA of a mail that we take, and its content.

A session is a task that waits for lines.  To wake it takes longer than to obey most commands: a future, a turn of the
loop and a look at all sockets for each.  So while it waits for a command and nothing else is there to be read, what
arrives is obeyed here and now, as long as it is one of these and the answer is yes.  Whatever else it is, the task gets
it as if nobody had looked: refusals, other commands, and a mail that is whole.
"""

from typing import Final

from smtpd_billbee.smtp import replies
from smtpd_billbee.smtp.commands import read_rcpt
from smtpd_billbee.smtp.content import Content
from smtpd_billbee.smtp.dialogue import Shared
from smtpd_billbee.smtp.protocol import MX
from smtpd_billbee.smtp.replies import Reply

_MOST_AT_ONCE: Final = 32  # commands of one peer, while all others wait
_WAKE_UP: Final = b"\n"  # to the session's task, which then looks what came


class Swift(MX):
    """A session that answers at once what it can."""

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self._incoming: Content | None = None  # the content that is being taken here
        self._whole: bool | None = None  # what became of it: the task has to answer

    def data_received(self, data: bytes) -> None:
        """Obey what can be obeyed at once, and leave the rest to the session's task."""
        if self.pace.leaving is not None:
            return
        if self._listening and self._welcomed and self._reader.is_empty() and not self._paused:  # type: ignore[attr-defined]
            self.pace.heard = self.loop.time()
            data = self._obey_at_once(data)
        if data:
            super().data_received(data)

    def dismiss(self, reply: Reply) -> None:
        """In the middle of a mail: after its answer."""
        if self._incoming is not None:
            self._leave_next = reply
        else:
            super().dismiss(reply)

    async def _obey(self, line: bytes) -> None:
        if self._whole is None:
            await super()._obey(line)
            return
        is_whole, self._whole = self._whole, None
        assert self.mail.parcel is not None
        if is_whole:
            await self._deliver(self.mail.parcel)
        else:
            await self._leave(replies.TOO_BIG)

    def _obey_at_once(self, data: bytes) -> bytes:
        """What is left for the task."""
        answers: list[bytes] = []
        while data:
            if self._incoming is not None:
                data = self._take_in(self._incoming, data)
                break
            line, end, rest = data.partition(b"\n")
            reply = self._reply(line) if end and len(answers) < _MOST_AT_ONCE else None
            if reply is None:
                break
            self._commands += 1
            answers.append(reply.line)
            data = rest
        if answers and not self._writer.is_closing():
            self._writer.write(b"".join(answers))
        return data

    def _take_in(self, parcel: Content, data: bytes) -> bytes:
        self.pace.note(len(data))
        rest = parcel.feed(data)
        if rest is None and not parcel.hopeless:
            return b""
        self.pace.data_started = self._incoming = None
        self._whole = rest is not None
        return _WAKE_UP + (rest or b"")

    def _reply(self, line: bytes) -> Reply | None:
        """The good answer to this command; None: it is not for here."""
        if self._commands >= self.limits.commands or len(line) > self.limits.command_line or b"\0" in line:
            return None
        verb, _, argument = line.rstrip(b"\r").partition(b" ")
        text = argument.decode("utf-8", "replace").strip(" \t")
        match verb.upper():
            case b"MAIL":
                return reply if (reply := self._mail(text)) is replies.SENDER_OK else None
            case b"RCPT":
                return self._known_recipient(text)
            case b"DATA" if not text and self.mail.parcel is None and self._not_ready() is None:
                self._incoming = self.mail.parcel = Content(self.shared.max_size, self.shared.room)
                self.pace.data_started, self.pace.data_octets = self.loop.time(), 0
                return replies.GO_AHEAD
            case b"EHLO" | b"HELO" if text:
                return self._greeted(text, esmtp=verb.upper() == b"EHLO")
        return None

    def _known_recipient(self, argument: str) -> Reply | None:
        mail = self.mail
        if mail.mail is None or mail.parcel is not None or len(mail.recipients) >= self.limits.recipients:
            return None
        address = read_rcpt(argument, smtputf8=mail.mail.smtputf8)
        if isinstance(address, Reply):
            return None
        recipient = self.shared.known(self.caller.ip, address, self.loop.time())
        if recipient is None:
            return None
        if recipient not in mail.recipients:
            mail.recipients.append(recipient)
        return replies.RECIPIENT_OK
