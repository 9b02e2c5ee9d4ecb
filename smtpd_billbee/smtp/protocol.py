"""The commands of SMTP (RFC 5321), in the order of a session.

Each is a method that says its one answer, or None where the answer comes later: when the content is there, when the
handler has been asked, or when both have shaken hands.
"""

from functools import partial
from typing import Final

from smtpd_billbee.smtp import replies
from smtpd_billbee.smtp.commands import Chunk, read_chunk, read_mail, read_rcpt
from smtpd_billbee.smtp.content import Content, Counted
from smtpd_billbee.smtp.dialogue import Dialogue
from smtpd_billbee.smtp.replies import Reply

_LARGE_CHUNK: Final = 1024  # octets; the mail's size bounds such, and not the number of commands


class MX(Dialogue):
    """The commands that a peer can give."""

    def ehlo(self, hostname: str) -> Reply:
        """Who is there, and what both can do."""
        if not hostname:
            return replies.NEEDS_NAME
        self._greeted(hostname, esmtp=True)
        return self.shared.hello_tls if self.caller.tls else self.shared.hello

    def helo(self, hostname: str) -> Reply:
        """The same without extensions."""
        if not hostname:
            return replies.NEEDS_NAME
        self._greeted(hostname, esmtp=False)
        return self.shared.hello_old

    def _greeted(self, hostname: str, *, esmtp: bool) -> None:
        self.forget_mail()  # RFC 5321 4.1.4: it ends a transaction that was under way
        self.caller.extended_smtp = esmtp
        self.caller.host_name = hostname

    def starttls(self, argument: str) -> Reply | None:
        """RFC 3207: after the handshake, all that was said before is forgotten."""
        if self.shared.tls is None:
            return replies.NOT_DONE_HERE
        if argument:
            return replies.NO_ARGUMENT
        if self.caller.tls:
            return replies.TLS_ALREADY
        if self.is_unread:  # a transport that has said pause_writing to us would say resume_writing to TLS
            return replies.TLS_AWAY
        self.shake_hands(self.shared.tls)
        return None

    def mail_from(self, argument: str) -> Reply:
        """A transaction begins."""
        if not self.caller.host_name:
            return replies.HELO_FIRST
        if self.mail.mail is not None:
            return replies.MAIL_ALREADY
        mail = read_mail(argument, self.shared.max_size)
        if isinstance(mail, Reply):
            return mail
        if not self.shared.disk.has_room():
            return replies.NO_ROOM
        self.mail.mail = mail
        return replies.SENDER_OK

    def rcpt_to(self, argument: str) -> Reply | None:
        """One more recipient; who is not known at once is asked for."""
        address = self._recipient(argument)
        if isinstance(address, Reply):
            return self._put_off(address)
        recipient = self.shared.known(self.caller.ip, address, self.loop.time())
        if recipient is None:
            self.ask(MX._rcpt_answered, self._call_handler_hook, "RCPT", address, [])
            return None
        self.mail.add(recipient)
        return replies.RECIPIENT_OK

    def _recipient(self, argument: str) -> str | Reply:
        if self.mail.mail is None:
            return replies.MAIL_FIRST
        if self.mail.parcel is not None:
            return replies.CHUNKS_BEGUN
        address = read_rcpt(argument, smtputf8=self.mail.mail.smtputf8)
        if not isinstance(address, Reply) and len(self.mail.recipients) >= self.limits.recipients:
            return replies.TOO_MANY_RECIPIENTS
        return address

    def _rcpt_answered(self, reply: Reply) -> None:
        self.answer(self._put_off(reply))

    def _put_off(self, reply: Reply) -> Reply:
        self.mail.put_off = self.mail.put_off or reply.startswith("4")
        return reply

    def data(self, argument: str) -> Reply:
        """The content, up to CRLF.CRLF."""
        if self.mail.parcel is not None:
            return replies.CHUNKS_BEGUN
        if argument:
            return replies.NO_ARGUMENT
        if (refusal := self._not_ready()) is not None:
            return refusal
        self.mail.parcel = Content(self.shared.max_size, self.shared.room)
        self.await_content(self.mail.parcel, MX._deliver)
        return replies.GO_AHEAD

    def bdat(self, argument: str) -> Reply | None:
        """The content in counted chunks (RFC 3030)."""
        chunk = read_chunk(argument)
        if isinstance(chunk, Reply):
            # What follows could be content: read as commands, it would be smuggled in.
            self.leave(chunk)
            return None
        refusal = self._not_ready()
        if self.mail.parcel is None:
            self.mail.parcel = Content(self.shared.max_size, self.shared.room, dots=False)
        if not chunk.size:
            return self._chunk_taken(chunk, refusal)
        # All octets that were announced are read, also when they are refused.
        come = partial(MX._chunk_taken, chunk=chunk, refusal=refusal)
        self.await_content(Counted(self.mail.parcel, chunk.size), come)
        return None

    def _chunk_taken(self, chunk: Chunk, refusal: Reply | None) -> Reply | None:
        if refusal is not None:
            self.forget_mail()
            return refusal
        if chunk.last or (self.mail.parcel is not None and self.mail.parcel.lost):
            return self._deliver()
        if chunk.size >= _LARGE_CHUNK:
            self._commands -= 1
        return replies.chunk_taken(chunk.size)

    def _not_ready(self) -> Reply | None:
        """Why no content can be taken now."""
        if self.mail.mail is None:
            return replies.MAIL_FIRST
        if self.mail.recipients:
            return None
        # Some clients look only at this answer: it must not make for good what was refused for now.
        return replies.OUR_FAULT if self.mail.put_off else replies.NO_RECIPIENTS

    def _deliver(self) -> Reply | None:
        """The content is whole: hand it over, and say what became of it."""
        parcel = self.mail.parcel
        assert parcel is not None
        if parcel.lost:
            reply = replies.TOO_BIG if parcel.too_big else replies.CROWDED
            self.forget_mail()
            return reply
        self.ask(MX._delivered, self._call_handler_hook, "DATA")
        return None

    def _delivered(self, reply: Reply) -> None:
        self._commands = 0
        self.forget_mail()
        self.answer(reply)
        self._flush()  # what became of a mail is not held back until the next one, which is here already, is kept

    def rset(self, argument: str) -> Reply:
        """Forget the transaction, not the name."""
        self.forget_mail()
        return replies.OK

    def noop(self, argument: str) -> Reply:
        """RFC 5321 4.1.1.9: an argument is ignored."""
        return replies.OK

    def vrfy(self, argument: str) -> Reply:
        """RFC 5321 7.3: it tells nobody who lives here."""
        return replies.CANNOT_VERIFY

    def not_done(self, argument: str) -> Reply:
        """A command that is known."""
        return replies.NOT_DONE_HERE

    def quit(self, argument: str) -> None:
        """The peer ends the session."""
        self.leave(replies.BYE)

    # Once for all sessions.  aiosmtpd's own methods for commands cannot be reached.
    COMMANDS = {  # noqa: RUF012 - a ClassVar, said in Dialogue
        b"EHLO": ehlo,
        b"HELO": helo,
        b"STARTTLS": starttls,
        b"MAIL": mail_from,
        b"RCPT": rcpt_to,
        b"DATA": data,
        b"BDAT": bdat,
        b"RSET": rset,
        b"NOOP": noop,
        b"VRFY": vrfy,
        b"EXPN": not_done,
        b"HELP": not_done,
        b"AUTH": not_done,
        b"QUIT": quit,
    }
