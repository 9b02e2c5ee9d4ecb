"""Saved views: a user's own states of the order list."""

import pytest
from sqlalchemy import select

from smtpd_billbee.errors import NoSuchThing, Refused
from smtpd_billbee.model.user import User, UserRole
from smtpd_billbee.model.view import MOST, state_of
from smtpd_billbee.store.store import Store
from smtpd_billbee.store.tables import journal
from smtpd_billbee.work import users, views
from tests.conftest import NOON
from tests.making import OWNER, make_shop


async def two(store: Store) -> tuple[User, User]:
    """Two users of one account."""
    await make_shop(store)
    one = await users.add_user(store, OWNER, UserRole.OWNER, OWNER, "test", NOON)
    return one, await users.add_user(store, "reader@example.org", UserRole.READER, OWNER, "test", NOON)


async def kept(store: Store, user: User) -> list[tuple[str, str]]:
    """What he has, by name."""
    async with store.reading() as tx:
        return [(view.name, view.query) for view in await tx.saved_views.of_user(user.id)]


async def test_a_name_for_a_state(store: Store) -> None:
    """The same name again stands for the newer state; another user has names of his own; each act is noted."""
    one, other = await two(store)
    await views.save(store, one, "  Offen,\tWien ", "q=wien&page=3&sort=total__desc", NOON)
    await views.save(store, one, "Offen, Wien", "filter=state__in%3D1&cols=number,total&page_size=50", NOON)
    await views.save(store, other, "Offen, Wien", "", NOON)
    async with store.reading() as tx:
        noted = list(await tx.connection.execute(select(journal.c.actor, journal.c.action, journal.c.detail)))

    state = "filter=state__in%3D1&cols=number%2Ctotal&page_size=50"
    assert ([("Offen, Wien", state)], [("Offen, Wien", "")]) == (await kept(store, one), await kept(store, other))
    assert [(OWNER, "view saved", {"name": "Offen, Wien"})] * 2 == [
        tuple(row) for row in noted if row[0] == OWNER and row[1] == "view saved"
    ]


async def test_only_his_own_is_deleted(store: Store) -> None:
    """Another's view is as one that is not there."""
    one, other = await two(store)
    await views.save(store, one, "A", "q=a", NOON)
    async with store.reading() as tx:
        (view,) = await tx.saved_views.of_user(one.id)
    with pytest.raises(NoSuchThing):
        await views.remove(store, other, view.id, NOON)
    assert [("A", "q=a")] == await kept(store, one)

    await views.remove(store, one, view.id, NOON)
    assert [] == await kept(store, one)


async def test_no_endless_list(store: Store) -> None:
    """A name that is known may still get another state when the list is full."""
    one, _ = await two(store)
    for number in range(MOST):
        await views.save(store, one, f"V{number}", "q=a", NOON)
    await views.save(store, one, "V0", "q=b", NOON)
    for name in ("one more", "", "x" * 61):
        with pytest.raises(Refused):
            await views.save(store, one, name, "q=a", NOON)

    assert MOST == len(await kept(store, one))
    assert ("V0", "q=b") == (await kept(store, one))[0]


def test_the_state_of_an_address() -> None:
    """The page's number is none of it, nor is what no list knows; what it holds is data, never an address."""
    assert "q=a&sort=number__asc" == state_of("q=a&page=7&sort=number__asc&next=//evil.example")
    assert "q=%0D%0Ax" == state_of("q=%0d%0ax")
