"""Users are changed here once they are there: role, closed or open, second factor, language; each change is noted.

What another user may be made is decided here, too: an owner makes no administrator, and nobody shuts himself out.
"""

from datetime import datetime

from smtpd_billbee.errors import NoSuchThing, Refused
from smtpd_billbee.model.journal import Entry
from smtpd_billbee.model.user import User, UserRole
from smtpd_billbee.store.store import Store
from smtpd_billbee.work import users

OF_AN_ACCOUNT = (UserRole.OWNER, UserRole.CLERK, UserRole.READER)


def roles_for(by: User, other: User | None = None) -> tuple[UserRole, ...]:
    """What `by` may make of a new user (None) or of this one; an administrator belongs to no account, and stays one."""
    if not by.may(UserRole.OWNER) or (other is not None and not _is_his(by, other)):
        return ()
    if other is not None:
        return (UserRole.ADMINISTRATOR,) if other.role is UserRole.ADMINISTRATOR else OF_AN_ACCOUNT
    return (*OF_AN_ACCOUNT, UserRole.ADMINISTRATOR) if by.role is UserRole.ADMINISTRATOR else OF_AN_ACCOUNT


def _is_his(by: User, other: User) -> bool:
    return by.role is UserRole.ADMINISTRATOR or by.account_id == other.account_id


async def change_role(store: Store, by: User, user_id: int, role: UserRole, active: bool, now: datetime) -> User:
    """Give a user another role, close him or open him again.  Raises Refused, NoSuchThing."""
    async with store.transaction() as tx:
        user = await tx.users.get(user_id)
        if user is None or not _is_his(by, user):
            raise NoSuchThing("there is no such user")
        if user.id == by.id:
            raise Refused("nobody changes his own role, or closes himself")
        if role not in roles_for(by, user):
            raise Refused(f"this user cannot be made {role.value}")
        detail = {
            name: value
            for name, value, before in (("role", role.value, user.role.value), ("active", active, user.active))
            if value != before
        }
        if detail:
            await tx.users.set_role(user.id, role, active)
            if not active:
                await tx.sessions.end_all(user.id)
            entry = Entry(now, by.email, "user changed", account_id=user.account_id, detail=detail | {"user": user.id})
            await tx.journal.write([entry])
        changed = await tx.users.get(user_id)
    assert changed is not None
    return changed


async def switch_off_totp(store: Store, by: User, user_id: int, now: datetime) -> None:
    """Switch off another user's second factor: his phone is lost.  Raises Refused, NoSuchThing."""
    async with store.reading() as tx:
        user = await tx.users.get(user_id)
    if user is None or not roles_for(by, user):
        raise NoSuchThing("there is no such user")
    if user.id == by.id:
        raise Refused("nobody switches his own second factor off here")
    if user.has_totp:
        await users.set_totp(store, user, None, "", by.email, now)


async def set_language(store: Store, user: User, language: str, now: datetime) -> None:
    """The language in which the window speaks to this user."""
    async with store.transaction() as tx:
        await tx.users.set_language(user.id, language)
        entry = Entry(now, user.email, "user changed", account_id=user.account_id, detail={"language": language})
        await tx.journal.write([entry])
