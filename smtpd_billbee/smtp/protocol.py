"""The commands of SMTP (RFC 5321), in the order of a session.

aiosmtpd calls a method for a command `smtp_<command>`; so do we.  Each pushes exactly one answer, but for DATA.
"""

from asyncio import IncompleteReadError
from typing import Final

from smtpd_billbee.smtp import replies
from smtpd_billbee.smtp.commands import Chunk, read_chunk, read_mail, read_rcpt
from smtpd_billbee.smtp.content import Content
from smtpd_billbee.smtp.dialogue import Dialogue
from smtpd_billbee.smtp.replies import Reply

_READ: Final = 1024 * 1024


class MX(Dialogue):
    """The commands that a peer can give."""

    async def smtp_EHLO(self, hostname: str) -> None:
        """Who is there, and what both can do."""
        await self.push(self._greeted(hostname, esmtp=True) if hostname else replies.NEEDS_NAME)

    async def smtp_HELO(self, hostname: str) -> None:
        """The same without extensions."""
        await self.push(self._greeted(hostname, esmtp=False) if hostname else replies.NEEDS_NAME)

    def _greeted(self, hostname: str, *, esmtp: bool) -> Reply:
        self._set_rset_state()  # RFC 5321 4.1.4: it ends a transaction that was under way
        self.caller.extended_smtp = esmtp
        self.caller.host_name = hostname
        if not esmtp:
            return self.shared.hello_old
        return self.shared.hello_tls if self.caller.tls else self.shared.hello

    async def smtp_STARTTLS(self, arg: str) -> None:
        """RFC 3207: after the handshake, all that was said before is forgotten."""
        if self.shared.tls is None:
            await self.push(replies.NOT_DONE_HERE)
        elif arg:
            await self.push(replies.NO_ARGUMENT)
        elif self.caller.tls:
            await self.push(replies.TLS_ALREADY)
        else:
            await self.push(replies.GO_TLS)
            await self._flush()
            await self._shake_hands(self.shared.tls)

    async def smtp_MAIL(self, arg: str | None) -> None:
        """A transaction begins."""
        await self.push(self._mail(arg or ""))

    def _mail(self, argument: str) -> Reply:
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

    async def smtp_RCPT(self, arg: str | None) -> None:
        """One more recipient."""
        reply = await self._rcpt(arg or "")
        self.mail.put_off = self.mail.put_off or reply.startswith("4")
        await self.push(reply)

    async def _rcpt(self, argument: str) -> Reply:
        if self.mail.mail is None:
            return replies.MAIL_FIRST
        if self.mail.parcel is not None:
            return replies.CHUNKS_BEGUN
        address = read_rcpt(argument, smtputf8=self.mail.mail.smtputf8)
        if isinstance(address, Reply):
            return address
        if len(self.mail.recipients) >= self.limits.recipients:
            return replies.TOO_MANY_RECIPIENTS
        return await self._ask("RCPT", address, [])

    async def smtp_DATA(self, arg: str) -> None:
        """The content, up to CRLF.CRLF."""
        refusal = replies.NO_ARGUMENT if arg else self._not_ready()
        if self.mail.parcel is not None:
            refusal = replies.CHUNKS_BEGUN
        if refusal is not None:
            await self.push(refusal)
            return
        parcel = self.mail.parcel = Content(self.shared.max_size, self.shared.room)
        await self.push(replies.GO_AHEAD)
        with self.pace.data(self.loop.time()):
            complete = await self._read_to_dot(parcel)
        if complete:
            await self._deliver(parcel)
        else:
            await self._leave(replies.TOO_BIG)

    async def smtp_BDAT(self, arg: str) -> None:
        """The content in counted chunks (RFC 3030)."""
        chunk = read_chunk(arg)
        if isinstance(chunk, Reply):
            # What follows could be content: read as commands, it would be smuggled in.
            await self._leave(chunk)
            return
        refusal = self._not_ready()
        if self.mail.parcel is None:
            self.mail.parcel = Content(self.shared.max_size, self.shared.room, dots=False)
        with self.pace.data(self.loop.time()):
            complete = await self._read_chunk(self.mail.parcel, chunk)
        if not complete:
            await self._leave(replies.TOO_BIG)
        elif refusal is not None:
            self._set_rset_state()
            await self.push(refusal)
        elif chunk.last or self.mail.parcel.lost:
            await self._deliver(self.mail.parcel)
        else:
            await self.push(replies.chunk_taken(chunk.size))

    def _not_ready(self) -> Reply | None:
        """Why no content can be taken now."""
        if self.mail.mail is None:
            return replies.MAIL_FIRST
        if self.mail.recipients:
            return None
        # Some clients look only at this answer: it must not make for good what was refused for now.
        return replies.OUR_FAULT if self.mail.put_off else replies.NO_RECIPIENTS

    async def _read_to_dot(self, parcel: Content) -> bool:
        """Read the content; False if it is too big to wait for its end."""
        while not parcel.hopeless:
            rest = parcel.feed(await self._octets(_READ))
            if rest is not None:
                self._reader.unread(rest)
                return True
        return False

    async def _read_chunk(self, parcel: Content, chunk: Chunk) -> bool:
        """Read all octets that were announced, also when they are refused; False if they are too many."""
        left = chunk.size
        while left and not parcel.hopeless:
            octets = await self._octets(min(left, _READ))
            left -= len(octets)
            parcel.feed_octets(octets)
        return not left

    async def _octets(self, most: int) -> bytes:
        """What has come of the content."""
        if self._reader.is_empty():
            await self._flush()
        octets = await self._reader.read(most)
        if not octets:
            raise IncompleteReadError(b"", None)
        self.pace.note(len(octets))
        return octets

    async def _deliver(self, parcel: Content) -> None:
        """The content is whole: hand it over, and say what became of it."""
        if parcel.too_big:
            reply = replies.TOO_BIG
        elif parcel.crowded:
            reply = replies.CROWDED
        else:
            reply = await self._ask("DATA")
            self._commands = 0
        self._set_rset_state()
        await self.push(reply)

    async def smtp_RSET(self, arg: str) -> None:
        """Forget the transaction, not the name."""
        self._set_rset_state()
        await self.push(replies.OK)

    async def smtp_NOOP(self, arg: str) -> None:
        """RFC 5321 4.1.1.9: an argument is ignored."""
        await self.push(replies.OK)

    async def smtp_VRFY(self, arg: str) -> None:
        """RFC 5321 7.3: it tells nobody who lives here."""
        await self.push(replies.CANNOT_VERIFY)

    async def smtp_EXPN(self, arg: str) -> None:
        """Known, and not done here; so are HELP and AUTH."""
        await self.push(replies.NOT_DONE_HERE)

    async def smtp_QUIT(self, arg: str) -> None:
        """The peer ends the session."""
        await self._leave(replies.BYE)

    # Once for all sessions.  aiosmtpd's own AUTH and HELP cannot be reached.
    COMMANDS = {  # noqa: RUF012 - a ClassVar, said in Dialogue
        b"EHLO": smtp_EHLO,
        b"HELO": smtp_HELO,
        b"STARTTLS": smtp_STARTTLS,
        b"MAIL": smtp_MAIL,
        b"RCPT": smtp_RCPT,
        b"DATA": smtp_DATA,
        b"BDAT": smtp_BDAT,
        b"RSET": smtp_RSET,
        b"NOOP": smtp_NOOP,
        b"VRFY": smtp_VRFY,
        b"EXPN": smtp_EXPN,
        b"HELP": smtp_EXPN,
        b"AUTH": smtp_EXPN,
        b"QUIT": smtp_QUIT,
    }
