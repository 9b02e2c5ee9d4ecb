"""What has come for a shop since it was made, for the page that waits: the question of a mailbox, the first order."""

from dataclasses import dataclass
from typing import Any

from smtpd_billbee.model.mail import Mail, MailState
from smtpd_billbee.model.reading import Kind
from smtpd_billbee.store.shop_lists import FirstOrder
from smtpd_billbee.store.store import Tx
from smtpd_billbee.work.confirmations import ASKING, Question, question_of

LOOKED_AT = 50  # of the newest mails
LARGEST = 1_000_000  # bytes; a mail that asks for a confirmation is small
_BUSY = (MailState.RECEIVED, MailState.READING)


@dataclass(frozen=True, slots=True)
class News:
    """`asking`: the newest mail that wants a confirmation; `question`: what it says, if the page does not know it."""

    mails: int
    busy: bool
    asking: Mail | None
    question: Question | None
    order: FirstOrder | None
    held: int | None = None  # the newest mail with an order whose origin is not proved

    @property
    def activates(self) -> bool:
        """Whether Jimdo asks, not a mailbox."""
        return self.asking is not None and self.asking.kind == Kind.ACTIVATION

    def as_json(self) -> dict[str, Any]:
        """For the script of the page."""
        asked = None
        if self.asking and self.question:
            wanted = self.question.wanted
            asked = {
                "id": self.asking.id, "activates": self.activates, "subject": self.question.subject,
                "sender": self.question.sender,
                **{name: getattr(wanted, name, None) for name in ("code", "link", "host")},
            }  # fmt: skip
        order = {"id": self.order.id, "number": self.order.number} if self.order else None
        return {
            "mails": self.mails,
            "busy": self.busy,
            "asks": bool(self.asking),
            "question": asked,
            "order": order,
            "held": self.held,
        }


async def news_of(tx: Tx, shop_id: int, known: int = 0) -> News:
    """What is there now.  `known`: the mail whose question is shown already; it is not opened again."""
    newest = await tx.mails.list(shop_id, limit=LOOKED_AT)
    asking = next((mail for mail in newest if mail.kind in ASKING), None)
    question = None
    if asking and asking.id != known:
        question = await question_of(tx, asking) if asking.size <= LARGEST else Question("", "", None)
    busy = any(mail.state in _BUSY for mail in newest)
    held = next((mail.id for mail in newest if mail.state is MailState.QUARANTINED), None)
    return News(len(newest), busy, asking, question, await tx.shop_lists.first_order(shop_id), held)
