"""Users are changed by those who may, and each change is noted."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from smtpd_billbee.errors import NoSuchThing, Refused
from smtpd_billbee.model.user import User, UserRole
from smtpd_billbee.store.store import Store
from smtpd_billbee.store.tables import journal
from smtpd_billbee.work import staff, users
from tests.conftest import NOON
from tests.making import OWNER, make_shop

PASSWORD = "correct horse battery"


async def user(store: Store, email: str, role: UserRole, account: str | None = OWNER) -> User:
    """A new user."""
    return await users.add_user(store, email, role, account, "test", NOON)


async def noted(store: Store) -> list[tuple[str, dict[str, object]]]:
    """What the journal says of changed users."""
    async with store.reading() as tx:
        rows = await tx.connection.execute(
            select(journal.c.actor, journal.c.detail).where(journal.c.action == "user changed").order_by(journal.c.id)
        )
        return [(actor, detail) for actor, detail in rows]


async def test_another_role(store: Store) -> None:
    """It is kept and noted; the same once more is no change."""
    await make_shop(store)
    owner, clerk = await user(store, OWNER, UserRole.OWNER), await user(store, "c@example.org", UserRole.CLERK)
    for _ in range(2):
        changed = await staff.change_role(store, owner, clerk.id, UserRole.READER, False, NOON)

    assert replace(clerk, role=UserRole.READER, active=False) == changed
    assert [(OWNER, {"role": "reader", "active": False, "user": clerk.id})] == await noted(store)


async def test_who_may_be_made_what(store: Store) -> None:
    """An owner makes no administrator, reaches into no other account, and nobody changes himself."""
    await make_shop(store)
    await make_shop(store, shop_id=23456, email="other@example.org")
    owner, other = (
        await user(store, OWNER, UserRole.OWNER),
        await user(store, "o@example.org", UserRole.OWNER, "other@example.org"),
    )
    admin = await user(store, "a@example.org", UserRole.ADMINISTRATOR, None)
    for by, whom, role, error in (
        (owner, owner, UserRole.READER, Refused),
        (owner, other, UserRole.READER, NoSuchThing),
        (owner, admin, UserRole.READER, NoSuchThing),
        (admin, owner, UserRole.ADMINISTRATOR, Refused),
        (admin, admin, UserRole.ADMINISTRATOR, Refused),
    ):
        with pytest.raises(error):
            await staff.change_role(store, by, whom.id, role, True, NOON)
    with pytest.raises(NoSuchThing):
        await staff.change_role(store, admin, 99, UserRole.READER, True, NOON)

    assert [] == await noted(store)
    assert (UserRole.OWNER, UserRole.CLERK, UserRole.READER) == staff.roles_for(owner)
    assert () == staff.roles_for(owner, other)


async def test_a_language(store: Store) -> None:
    """It is kept and noted."""
    await make_shop(store)
    owner = await user(store, OWNER, UserRole.OWNER)
    await staff.set_language(store, owner, "en", NOON)
    async with store.reading() as tx:
        kept = await tx.users.get(owner.id)

    assert kept is not None
    assert ("en", [(OWNER, {"language": "en"})]) == (kept.language, await noted(store))


async def test_knowing_the_password(store: Store) -> None:
    """Only the right one; a user who never chose one knows none."""
    await make_shop(store)
    owner = await user(store, OWNER, UserRole.OWNER)
    before = await users.knows_password(store, owner, "nobody has this password")
    await users.set_password(store, owner.id, PASSWORD, "test", NOON)

    assert [False, True, False] == [
        before,
        await users.knows_password(store, owner, PASSWORD),
        await users.knows_password(store, owner, "wrong"),
    ]
