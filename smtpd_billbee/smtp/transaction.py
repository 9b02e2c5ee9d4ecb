"""What a session has said so far: who it is, and the mail that it is about to give us."""

from aiosmtpd.smtp import Envelope
from aiosmtpd.smtp import Session as _Session

from smtpd_billbee.model.mail import Recipient, Session
from smtpd_billbee.smtp.commands import Mail
from smtpd_billbee.smtp.content import Content
from smtpd_billbee.smtp.proxy import unmapped


class Caller(_Session):
    """Who is there: aiosmtpd's session with its `peer`, `host_name` and `extended_smtp`, and the TLS in our words."""

    tls: str | None = None

    @property
    def ip(self) -> str:
        """The peer's address; '' if it was gone before we could ask.  An IPv4 host has its own, however it is seen."""
        return unmapped(str(self.peer[0])) if self.peer else ""


class Transaction(Envelope):
    """From MAIL to the end of the content (RFC 5321 3.3)."""

    def __init__(self) -> None:
        # Not Envelope.__init__: nobody looks at what it sets, and a session has several transactions.
        self.mail: Mail | None = None
        self.recipients: list[Recipient] = []
        self.put_off = False  # a recipient was refused, but only for now
        self.parcel: Content | None = None

    @property
    def has_begun(self) -> bool:
        """Is there anything to forget?"""
        return self.mail is not None or self.parcel is not None

    def add(self, recipient: Recipient) -> None:
        """One more recipient; named twice, it still gets one mail."""
        if recipient not in self.recipients:
            self.recipients.append(recipient)

    def forget(self) -> None:
        """The transaction is over, one way or the other: give its memory back."""
        if self.parcel is not None:
            self.parcel.forget()


def facts(caller: Caller, mail: Mail) -> Session:
    """What is remembered of a session with each mail that it brought."""
    return Session(
        peer=caller.ip,
        port=int(caller.peer[1]) if caller.peer else 0,
        helo=caller.host_name or "",
        tls=caller.tls,
        esmtp=caller.extended_smtp,
        smtputf8=mail.smtputf8,
        body=mail.body,
    )
