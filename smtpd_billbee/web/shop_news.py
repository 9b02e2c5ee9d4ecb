"""What has come for a shop since it was made, for the page that waits: the question of a mailbox, the first order."""

from dataclasses import dataclass
from typing import Any

from smtpd_billbee.model.mail import Mail, MailState
from smtpd_billbee.model.reading import Kind
from smtpd_billbee.store.store import Tx
from smtpd_billbee.work.confirmations import ASKING, confirmation_of

LOOKED_AT = 50  # of the newest mails
LARGEST = 1_000_000  # bytes; a mail that asks for a confirmation is small
_BUSY = (MailState.RECEIVED, MailState.READING)


@dataclass(frozen=True, slots=True)
class News:
    """`question`: the newest mail that asks for a confirmation; `known`: the page shows it already."""

    mails: int
    busy: bool
    question: Mail | None
    code: str | None
    link: str | None
    host: str | None
    known: bool
    order_id: int | None
    order_number: str | None

    @property
    def activates(self) -> bool:
        """Whether Jimdo asks, not a mailbox."""
        return self.question is not None and self.question.kind == Kind.ACTIVATION

    def as_json(self) -> dict[str, Any]:
        """For the script of the page."""
        asked = None
        if self.question and not self.known:
            asked = {
                "id": self.question.id, "activates": self.activates, "subject": self.question.subject or "",
                "author": self.question.author or "", "code": self.code, "link": self.link, "host": self.host,
            }  # fmt: skip
        order = {"id": self.order_id, "number": self.order_number} if self.order_id else None
        return {
            "mails": self.mails, "busy": self.busy, "asks": self.question is not None, "question": asked, "order": order
        }  # fmt: skip


async def news_of(tx: Tx, shop_id: int, known: int = 0) -> News:
    """What is there now.  `known`: the mail whose question is shown already; it is not opened again."""
    newest = await tx.mails.list(shop_id, limit=LOOKED_AT)
    question = next((mail for mail in newest if mail.kind in ASKING), None)
    is_known = question is not None and question.id == known
    wanted = None
    if question and not is_known and question.size <= LARGEST:
        wanted = await confirmation_of(tx, question)
    first = await tx.shop_lists.first_order(shop_id)
    return News(
        mails=len(newest),
        busy=any(mail.state in _BUSY for mail in newest),
        question=question,
        code=wanted.code if wanted else None,
        link=wanted.link if wanted else None,
        host=wanted.host if wanted else None,
        known=is_known,
        order_id=first.id if first else None,
        order_number=first.number if first else None,
    )
