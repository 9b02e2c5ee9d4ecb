"""What a person does with a kept mail: sends its copies again, reads it again, files it away.  All of it is noted."""

from datetime import datetime

from smtpd_billbee.errors import NoSuchThing, Refused
from smtpd_billbee.model.job import JobKind
from smtpd_billbee.model.journal import Entry
from smtpd_billbee.model.mail import Mail
from smtpd_billbee.store.store import Store, Tx
from smtpd_billbee.work.bell import Bell
from smtpd_billbee.work.reading import ReadingRole
from smtpd_billbee.work.rereading import Change, reread
from smtpd_billbee.work.tidying import IS_REMOVED

BY_HAND = "filed away by hand"


async def send_again(store: Store, mail_id: int, relaying: Bell, actor: str, now: datetime) -> int:
    """Make the copies of a mail due now, whatever became of them; how many there are.  Raises Refused."""
    async with store.transaction() as tx:
        mail = _with_bytes(await _mail(tx, mail_id))
        copies = [job.id for job in await tx.jobs.of_mail(mail_id) if job.kind is JobKind.COPY]
        number = await tx.jobs.retry(copies, now) if copies else 0
        if number:
            await _note(tx, mail, "copy sent again", actor, now)
    relaying.ring()
    return number


async def read_again(store: Store, role: ReadingRole, mail_id: int, actor: str, now: datetime) -> Change:
    """Read a mail again at once; what is different then.  Raises Refused while somebody else reads it."""
    async with store.reading() as tx:
        mail = _with_bytes(await _mail(tx, mail_id))
    found = await reread(store, role, [mail_id], ())
    if not found:
        raise Refused("this mail is being read just now")
    async with store.transaction() as tx:
        await _note(tx, mail, "read again by hand", actor, now)
    return found[0]


async def file_away(store: Store, mail_id: int, actor: str, now: datetime) -> None:
    """A person says that an unreadable or quarantined mail is no order.  Raises Refused for any other."""
    async with store.transaction() as tx:
        mail = await _mail(tx, mail_id)
        if not await tx.mail_lists.file_away(mail_id, BY_HAND):
            raise Refused("only a mail that waits for a person can be filed away")
        await _note(tx, mail, BY_HAND, actor, now)


async def _mail(tx: Tx, mail_id: int) -> Mail:
    mail = await tx.mails.get(mail_id)
    if mail is None:
        raise NoSuchThing(f"there is no mail {mail_id}")
    return mail


def _with_bytes(mail: Mail) -> Mail:
    if mail.is_removed:
        raise Refused(IS_REMOVED)
    return mail


async def _note(tx: Tx, mail: Mail, action: str, actor: str, now: datetime) -> None:
    shops = await tx.shops.some({mail.shop_id} if mail.shop_id is not None else set())
    account_id = shops[mail.shop_id].account_id if mail.shop_id in shops else None
    await tx.journal.write([Entry(now, actor, action, account_id, mail.shop_id, mail.order_id, mail.id)])
