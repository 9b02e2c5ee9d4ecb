"""What an activation mail or the question of a mailbox wants from the owner, for those who show it."""

from smtpd_billbee import reader
from smtpd_billbee.formats.mime import open_mail
from smtpd_billbee.model.mail import Mail
from smtpd_billbee.model.reading import Kind
from smtpd_billbee.reader.confirmations import Confirmation
from smtpd_billbee.store.store import Tx

ASKING = frozenset({Kind.ACTIVATION, Kind.FORWARDING_CONFIRMATION})


async def confirmation_of(tx: Tx, mail: Mail) -> Confirmation | None:
    """The code or the link of a kept mail; None for a mail of another kind."""
    if mail.kind not in ASKING:
        return None
    return reader.link_or_code(open_mail(await tx.mails.raw(mail.id)))
