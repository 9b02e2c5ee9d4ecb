"""Reading kept mails again, after the reader learnt something, and telling what is different then."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from smtpd_billbee.model.mail import Mail, MailState
from smtpd_billbee.model.order import Order
from smtpd_billbee.store.store import Store
from smtpd_billbee.work.changes import Difference, changes, differences, problem_changes
from smtpd_billbee.work.reading import AT_ONCE, ReadingRole

ALL = 1_000_000


@dataclass(frozen=True, slots=True)
class Change:
    """A mail before and after; `changes` names the fields of its order that read differently, and the doubts.

    `differences` are the fields alone; `gone` and `come` the doubts alone.
    """

    id: int
    state_before: MailState
    state: MailState
    reason: str | None
    changes: tuple[str, ...]
    differences: tuple[Difference, ...] = ()
    gone: tuple[str, ...] = ()
    come: tuple[str, ...] = ()


async def reread(
    store: Store, role: ReadingRole, mail_ids: Sequence[int] | None, states: Collection[MailState]
) -> list[Change]:
    """Read these mails again, or (None) all in these states; in small groups, so that nobody waits for long."""
    if mail_ids is None:
        async with store.reading() as tx:
            mail_ids = [mail.id for mail in reversed(await tx.mails.list(states=states, limit=ALL))]
    found: list[Change] = []
    for start in range(0, len(mail_ids), AT_ONCE):
        found += await _group(store, role, mail_ids[start : start + AT_ONCE])
    return found


async def _group(store: Store, role: ReadingRole, mail_ids: Sequence[int]) -> list[Change]:
    before = {mail_id: await _now(store, mail_id) for mail_id in mail_ids}
    found = []
    for mail_id in await role.reread(mail_ids):
        (old, old_order), (new, new_order) = before[mail_id], await _now(store, mail_id)
        if old and new:
            found.append(_change(old, new, old_order, new_order))
    return found


def _change(old: Mail, new: Mail, old_order: Order | None, new_order: Order | None) -> Change:
    return Change(
        id=new.id,
        state_before=old.state,
        state=new.state,
        reason=new.reason,
        changes=changes(old_order, new_order) + problem_changes(old.problems, new.problems),
        differences=differences(old_order, new_order),
        gone=tuple(each for each in old.problems if each not in new.problems),
        come=tuple(each for each in new.problems if each not in old.problems),
    )


async def _now(store: Store, mail_id: int) -> tuple[Mail | None, Order | None]:
    async with store.reading() as tx:
        mail = await tx.mails.get(mail_id)
        kept = await tx.orders.get(mail.order_id) if mail and mail.order_id else None
    return mail, kept.order if kept else None
