"""A user names a state of the order list, and takes the name away again."""

from datetime import datetime

from smtpd_billbee.errors import NoSuchThing, Refused
from smtpd_billbee.model.journal import Entry
from smtpd_billbee.model.user import User
from smtpd_billbee.model.view import LONGEST_NAME, MOST, state_of
from smtpd_billbee.store.store import Store


async def save(store: Store, user: User, name: str, query: str, now: datetime) -> str:
    """The name stands for this state of the list from now on, if it had another before or none; the state.

    Raises Refused.
    """
    name, query = " ".join(name.replace("\0", "").split()), state_of(query)
    if not name:
        raise Refused("a view needs a name")
    if len(name) > LONGEST_NAME:
        raise Refused(f"the name of a view has {LONGEST_NAME} characters at most")
    async with store.transaction() as tx:
        known = await tx.saved_views.of_user(user.id)
        if len(known) >= MOST and all(view.name != name for view in known):
            raise Refused(f"there are {MOST} views already; delete one first")
        await tx.saved_views.put(user.id, name, query, now)
        await tx.journal.write([_entry("view saved", user, name, now)])
    return query


async def remove(store: Store, user: User, view_id: int, now: datetime) -> None:
    """Forget a view of this user.  Raises NoSuchThing for another's, too."""
    async with store.transaction() as tx:
        known = {view.id: view.name for view in await tx.saved_views.of_user(user.id)}
        if not await tx.saved_views.remove(user.id, view_id):
            raise NoSuchThing("there is no such view")
        await tx.journal.write([_entry("view deleted", user, known[view_id], now)])


def _entry(action: str, user: User, name: str, now: datetime) -> Entry:
    return Entry(now, user.email, action, account_id=user.account_id, detail={"name": name})
