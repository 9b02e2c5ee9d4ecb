"""The workbench: a mail is tried out, a label taught, kept mails compared, a case made anonymous."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from smtpd_billbee import reader
from smtpd_billbee.errors import NoSuchThing, Refused
from smtpd_billbee.model.journal import Entry
from smtpd_billbee.model.labels import TaughtLabel
from smtpd_billbee.model.mail import Mail, MailState
from smtpd_billbee.model.order import KeptOrder
from smtpd_billbee.model.reading import Outcome, Reading
from smtpd_billbee.model.shown import Shown
from smtpd_billbee.store.store import Store
from smtpd_billbee.work import rereading, teaching
from smtpd_billbee.work.changes import changes, problem_changes
from smtpd_billbee.work.readers import Readers
from smtpd_billbee.work.reading import ReadingRole
from smtpd_billbee.work.rereading import Change

FIELDS = reader.FIELDS
LANGUAGES = reader.LANGUAGES
IN_DOUBT = (MailState.UNREADABLE, MailState.TO_CHECK)
AT_ONCE = 8  # mails in one portion: somebody waits for it
MOST = 500  # mails that one comparison reads


@dataclass(frozen=True, slots=True)
class Portion:
    """Some mails that were read again without keeping it: how many, which read differently, where to go on."""

    read: int
    different: tuple[Change, ...]
    before: int | None


@dataclass(frozen=True, slots=True)
class Case:
    """A mail with invented persons; None when something personal would still stand in it."""

    mail: bytes | None
    doubts: tuple[str, ...]


async def show(store: Store, readers: Readers, raw: bytes, shop_id: int | None) -> Shown:
    """What the reader makes of these bytes, with the words that this shop was taught."""
    return await readers.show(raw, await _taught(store, shop_id))


async def show_kept(store: Store, readers: Readers, mail: Mail) -> Shown:
    """What the reader makes of a kept mail now."""
    async with store.reading() as tx:
        raw = (await tx.mails.contents([mail.id]))[mail.id]
    return await show(store, readers, raw, mail.shop_id)


def selected(language: str, field: str, words: str) -> TaughtLabel:
    """Words as they were selected in a mail, as a label."""
    return TaughtLabel(language, field, " ".join(words.split()).rstrip(":：").rstrip())


async def teach(store: Store, label: TaughtLabel, shop_ids: Sequence[int | None], actor: str, now: datetime) -> None:
    """Keep a label for these shops.  Raises Refused for words that cannot be a label."""
    if not shop_ids:
        raise Refused("there is no shop to teach it for")
    for shop_id in shop_ids:
        await teaching.teach(store, label, shop_id, actor, now)


async def compare(store: Store, readers: Readers, account_id: int | None, before: int | None) -> Portion:
    """Read the next unreadable and doubtful mails of an account again, keeping nothing; what would be different."""
    async with store.reading() as tx:
        mails = await tx.revisits.newest(account_id, IN_DOUBT, AT_ONCE, before)
    found = [each for mail in mails if (each := await _would_change(store, readers, mail))]
    return Portion(len(mails), tuple(found), mails[-1].id if len(mails) == AT_ONCE else None)


async def apply(
    store: Store, role: ReadingRole, account_id: int | None, mail_ids: Collection[int], actor: str, now: datetime
) -> list[Change]:
    """Read these mails of an account again and keep what they say.  Raises NoSuchThing for a foreign one."""
    wanted = sorted(set(mail_ids))[:MOST]
    async with store.reading() as tx:
        mails = await tx.revisits.some(account_id, wanted)
    if len(mails) != len(wanted):
        raise NoSuchThing("there is no such mail")
    async with store.transaction() as tx:
        shops = await tx.shops.some({each.shop_id for each in mails if each.shop_id is not None})
        await tx.journal.write(
            [
                Entry(now, actor, "mail read again", shop.account_id, shop.id, mail_id=each.id)
                for each in mails
                if (shop := shops.get(each.shop_id or 0))
            ]
        )
    return await rereading.reread(store, role, wanted, ())


async def case_of(readers: Readers, raw: bytes) -> Case:
    """The mail for a bug report."""
    found = await readers.anonymise(raw)
    return Case(found.mail, found.doubts)


async def _taught(store: Store, shop_id: int | None) -> Sequence[TaughtLabel]:
    """The words of that shop; without one, those that hold for every shop."""
    async with store.reading() as tx:
        return (await tx.labels.for_shops({shop_id or 0}))[shop_id or 0]


async def _would_change(store: Store, readers: Readers, mail: Mail) -> Change | None:
    async with store.reading() as tx:
        raw = (await tx.mails.contents([mail.id]))[mail.id]
        kept = await tx.orders.get(mail.order_id) if mail.order_id is not None else None
    return difference(mail, kept, await readers.read(raw, await _taught(store, mail.shop_id)))


def difference(mail: Mail, kept: KeptOrder | None, reading: Reading) -> Change | None:
    """What would be different if this reading were kept.  A contradiction with an older mail is no matter of words."""
    if kept is not None and kept.mail_id != mail.id:
        return None
    found = changes(kept.order if kept else None, reading.order) + problem_changes(mail.problems, reading.problems)
    state = _state(reading)
    if not found and state == mail.state:
        return None
    return Change(mail.id, mail.state, state, reading.reason, found)


def _state(reading: Reading) -> MailState:
    if reading.outcome is Outcome.ORDER:
        return MailState.TO_CHECK if reading.problems else MailState.ORDER
    return MailState.NOT_AN_ORDER if reading.outcome is Outcome.NOT_AN_ORDER else MailState.UNREADABLE
