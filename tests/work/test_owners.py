"""Accounts and shops, declared in the config or made by hand; each change is in the journal."""

from dataclasses import asdict

import pytest
from sqlalchemy import select

from smtpd_billbee.errors import NoSuchThing, Refused
from smtpd_billbee.model.shop import ShopRules
from smtpd_billbee.store.store import Store
from smtpd_billbee.store.tables import journal
from smtpd_billbee.work.owners import DeclaredAccount, add_account, add_shop, change_shop, declare
from tests.conftest import NOON
from tests.making import OWNER

OLGA = {"name": "Olga", "language": "de"}
TEA = ShopRules(name="Teeladen")


async def actions(store: Store) -> list[str]:
    async with store.reading() as tx:
        return list((await tx.connection.execute(select(journal.c.action).order_by(journal.c.id))).scalars())


async def test_declared(store: Store):
    """Declared accounts and shops are there after the start; a second start changes nothing and notes nothing."""
    declared = DeclaredAccount(OWNER, OLGA, {12345: {"name": "Teeladen"}, 23456: {"name": "Wolle", "minimum_age": 5}})
    for _ in range(2):
        await declare(store, [declared], NOON)
    async with store.reading() as tx:
        shops = await tx.shops.all()

    assert [(12345, OWNER, TEA), (23456, OWNER, ShopRules(name="Wolle", minimum_age=5))] == [
        (shop.id, shop.account_email, shop.rules) for shop in shops
    ]
    assert ["account added", "shop added", "shop added"] == await actions(store)


async def test_declared_anew(store: Store):
    """A changed config changes name, settings and account; what it does not name any more stays as it is."""
    await declare(store, [DeclaredAccount(OWNER, OLGA, {12345: asdict(TEA), 23456: asdict(TEA)})], NOON)
    changed = ShopRules(name="Teehaus", relay_orders=False)
    new = DeclaredAccount("new@example.org", {"name": "Nina", "language": "en"}, {12345: asdict(changed)})
    await declare(store, [new], NOON)
    async with store.reading() as tx:
        shops = {shop.id: shop for shop in await tx.shops.all()}
        accounts = [(account.email, account.name, account.language) for account in await tx.accounts.all()]

    assert ("new@example.org", changed) == (shops[12345].account_email, shops[12345].rules)
    assert (OWNER, TEA) == (shops[23456].account_email, shops[23456].rules)
    assert [(OWNER, "Olga", "de"), ("new@example.org", "Nina", "en")] == accounts
    assert "shop changed" == (await actions(store))[-1]


async def test_set_by_hand_and_declared(store: Store):
    """A start writes only what stands in the config: what was set by hand stays, and nothing is noted."""
    declared = DeclaredAccount(OWNER, OLGA, {12345: {"name": "Teeladen", "minimum_age": 5}})
    await declare(store, [declared], NOON)
    by_hand = {"paypal_as_paid": True, "set_payment_date": True, "relay_orders": False, "relay_others": False}
    await change_shop(store, 12345, {**by_hand, "minimum_age": 60, "name": "Teehaus"}, "test", NOON)
    await declare(store, [DeclaredAccount(OWNER, {}, {12345: {}})], NOON)
    before = await actions(store)
    await declare(store, [DeclaredAccount(OWNER, {"language": "en"}, declared.shops)], NOON)
    async with store.reading() as tx:
        (shop,) = await tx.shops.all()
        (account,) = await tx.accounts.all()

    assert ["account added", "shop added", "shop changed"] == before
    assert ShopRules("Teeladen", **by_hand, minimum_age=5) == shop.rules
    assert ("Olga", "en") == (account.name, account.language)


async def test_by_hand(store: Store):
    """A shop gets the number that is asked for, or the next free one of five digits."""
    await add_account(store, OWNER, "Olga", "de", "test", NOON)
    numbers = [(await add_shop(store, wanted, OWNER, "x", "test", NOON)).id for wanted in (None, 54321, None)]
    shop = await change_shop(store, 54321, {"minimum_age": 30}, "test", NOON)

    assert [10001, 54321, 54322] == numbers
    assert (30, "x") == (shop.rules.minimum_age, shop.rules.name)


async def test_refused(store: Store):
    """What is there already is not made twice, and nothing is made for nobody; each with a sentence."""
    await add_account(store, OWNER, "", "de", "test", NOON)
    await add_shop(store, 7, OWNER, "x", "test", NOON)
    with pytest.raises(Refused, match="already"):
        await add_account(store, OWNER, "", "de", "test", NOON)
    with pytest.raises(Refused, match="already"):
        await add_shop(store, 7, OWNER, "y", "test", NOON)
    with pytest.raises(NoSuchThing, match="no account"):
        await add_shop(store, 8, "nobody@example.org", "y", "test", NOON)
    with pytest.raises(NoSuchThing, match="no shop"):
        await change_shop(store, 9, {"minimum_age": 1}, "test", NOON)

    assert ["account added", "shop added"] == await actions(store)
