"""Which notices an owner wants: he switches each on and off."""

from collections.abc import Mapping
from datetime import datetime

from smtpd_billbee.model.journal import Entry
from smtpd_billbee.model.notice import NoticeKind
from smtpd_billbee.store.store import Store


async def switch(
    store: Store, account_id: int, wanted: Mapping[NoticeKind, bool], actor: str, now: datetime
) -> dict[NoticeKind, bool]:
    """Switch an account's notices on or off; which of them are different now."""
    async with store.transaction() as tx:
        before = await tx.notices.wanted(account_id)
        changed = {kind: on for kind, on in wanted.items() if before[kind] != on}
        for kind, on in changed.items():
            await tx.notices.switch(account_id, kind, on)
        if changed:
            detail = {str(kind): on for kind, on in changed.items()}
            await tx.journal.write([Entry(now, actor, "notices changed", account_id=account_id, detail=detail)])
    return changed
