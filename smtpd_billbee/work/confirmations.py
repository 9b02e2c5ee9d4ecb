"""What an activation mail or the question of a mailbox wants from the owner, for those who show it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from smtpd_billbee import reader
from smtpd_billbee.formats.mime import open_mail
from smtpd_billbee.model.mail import Mail
from smtpd_billbee.model.reading import Kind
from smtpd_billbee.store.store import Tx

if TYPE_CHECKING:
    from smtpd_billbee.reader.confirmations import Confirmation

ASKING = frozenset({Kind.ACTIVATION, Kind.FORWARDING_CONFIRMATION})


@dataclass(frozen=True, slots=True)
class Question:
    """A mail that asks: what it says it is, and from whom; without `wanted` it has no code and no decent link."""

    subject: str
    sender: str
    wanted: "Confirmation | None"


async def question_of(tx: Tx, mail: Mail) -> Question | None:
    """The question of a kept mail; None for a mail of another kind."""
    if mail.kind not in ASKING:
        return None
    letter = open_mail(await tx.mails.raw(mail.id))
    return Question(letter.subject, letter.sender, reader.link_or_code(letter))


async def confirmation_of(tx: Tx, mail: Mail) -> "Confirmation | None":
    """The code or the link of a kept mail; None for a mail of another kind."""
    question = await question_of(tx, mail)
    return question.wanted if question else None
