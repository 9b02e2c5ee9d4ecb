"""A person says that an order is his, although its origin is not proved; and whom his shop trusts from then on."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from smtpd_billbee.errors import NoSuchThing, Refused
from smtpd_billbee.model.journal import Entry
from smtpd_billbee.model.mail import Mail, MailState
from smtpd_billbee.model.trust import Act, Judged
from smtpd_billbee.store.store import Store, Tx
from smtpd_billbee.work.holding import MARKED
from smtpd_billbee.work.reading import ReadingRole
from smtpd_billbee.work.rereading import Change, reread

MOST = 100  # other mails of the shop that are looked at again when it has learnt whom to trust
ACCEPTED = "origin accepted"
_HELD = (MailState.QUARANTINED, MailState.TO_CHECK)


async def accept(store: Store, role: ReadingRole, mail_id: int, trust: bool, actor: str, now: datetime) -> list[Change]:
    """Import a mail that waits for its origin's sake, or end that doubt in its order.

    With `trust` its sender is known from now on, and whatever else of his waits is imported, too: the owner is asked
    once.  Raises NoSuchThing, Refused.
    """
    async with store.transaction() as tx:
        mail, judged = await _waiting(tx, mail_id)
        assert mail.shop_id is not None
        if trust and not judged.verdict.trusts:
            raise Refused("nothing proves its sender, so the next mail in his name could not be told from a forged one")
        await tx.trust.judge(mail_id, replace(judged, accepted=actor))
        await _end_doubt(tx, mail, now)
        if trust:
            await tx.trust.learn(mail.shop_id, judged.verdict.trusts, actor, now)
        await _note(tx, mail, judged if trust else None, actor, now)
    again = [mail_id] if mail.state is MailState.QUARANTINED else []
    if trust:
        again += await _others(store, mail.shop_id, mail_id)
    found = await reread(store, role, again, ()) if again else []
    if again[:1] == [mail_id] and not any(change.id == mail_id for change in found):
        raise Refused("this mail is being read just now")
    return found


def waits_for_trust(state: MailState, judged: Judged | None) -> bool:
    """Whether somebody may accept it."""
    if judged is None or judged.accepted or state not in _HELD:
        return False
    return state is MailState.QUARANTINED or judged.verdict.act is Act.MARK


async def _waiting(tx: Tx, mail_id: int) -> tuple[Mail, Judged]:
    mail, judged = await tx.mails.get(mail_id), await tx.trust.judged(mail_id)
    if mail is None:
        raise NoSuchThing(f"there is no mail {mail_id}")
    if judged is None or mail.shop_id is None or not waits_for_trust(mail.state, judged):
        raise Refused("only a mail whose origin is in doubt can be accepted")
    return mail, judged


async def _end_doubt(tx: Tx, mail: Mail, now: datetime) -> None:
    order = await tx.orders.get(mail.order_id) if mail.order_id is not None else None
    if order is not None:
        left = [each for each in order.problems if not each.startswith(MARKED)]
        await tx.orders.settle(order.id, left, now)


async def _note(tx: Tx, mail: Mail, trusted: Judged | None, actor: str, now: datetime) -> None:
    assert mail.shop_id is not None
    shop = await tx.shops.get(mail.shop_id)
    trusts: Sequence[str] = [f"{mark.sort} {mark.value}" for mark in trusted.verdict.trusts] if trusted else []
    account_id = shop.account_id if shop else None
    entry = Entry(now, actor, ACCEPTED, account_id, mail.shop_id, mail.order_id, mail.id, {"trusts": list(trusts)})
    await tx.journal.write([entry])


async def _others(store: Store, shop_id: int, mail_id: int) -> list[int]:
    """What else of the shop waits for its origin's sake, oldest first."""
    async with store.reading() as tx:
        waiting = await tx.mails.list(shop_id, _HELD, MOST)
        judged = {mail.id: await tx.trust.judged(mail.id) for mail in waiting}
    found = [mail.id for mail in waiting if waits_for_trust(mail.state, judged[mail.id]) and mail.id != mail_id]
    return found[::-1]
