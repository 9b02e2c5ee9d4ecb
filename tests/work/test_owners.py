"""Accounts and shops, declared in the config or made by hand; each change is in the journal."""

from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from smtpd_billbee.errors import NoSuchThing, Refused
from smtpd_billbee.model.job import Delivered, JobKind, NewJob, Try
from smtpd_billbee.model.mail import MailState, NewMail
from smtpd_billbee.model.shop import ShopRules
from smtpd_billbee.store.store import Store
from smtpd_billbee.store.tables import journal
from smtpd_billbee.work.owners import (
    DeclaredAccount,
    add_account,
    add_shop,
    change_account,
    change_shop,
    declare,
    set_open,
)
from tests.conftest import NOON
from tests.making import OWNER, TO_SHOP, arrival

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


async def test_an_address_that_is_no_mailbox(store: Store):
    """The address that Jimdo gets is easily taken for it: the copies would come back, and nobody would read one."""
    olga = await add_account(store, OWNER, "Olga", "de", "test", NOON)
    with pytest.raises(Refused, match="mailbox that you read"):
        await add_account(store, TO_SHOP.address, "", "de", "test", NOON)
    for wrong in (replace(olga, email=TO_SHOP.address), replace(olga, second_email=TO_SHOP.address.upper())):
        with pytest.raises(Refused, match="mailbox that you read"):
            await change_account(store, wrong, "test", NOON)

    assert ["account added"] == await actions(store)


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


async def test_closed_and_opened(store: Store):
    """Noted once each; a shop of the config stays closed at the next start."""
    declared = DeclaredAccount(OWNER, OLGA, {12345: {"name": "Teeladen"}})
    await declare(store, [declared], NOON)
    done = [await set_open(store, 12345, wanted, OWNER, NOON) for wanted in (True, False, False)]
    await declare(store, [declared], NOON)
    async with store.reading() as tx:
        shop = await tx.shops.get(12345)
    with pytest.raises(NoSuchThing):
        await set_open(store, 54321, False, OWNER, NOON)

    assert shop
    assert ([False, True, False], False) == (done, shop.active)
    assert ["account added", "shop added", "shop closed"] == await actions(store)


async def test_another_address_for_the_copies(store: Store):
    """What the old mailbox has not taken goes to the new one, of this account alone; what it took stays as it was."""
    olga = await add_account(store, OWNER, "Olga", "de", "test", NOON)
    await add_account(store, "other@example.org", "", "de", "test", NOON)
    for number, email in ((12345, OWNER), (23456, "other@example.org")):
        await add_shop(store, number, email, "Teeladen", "test", NOON)
    async with store.transaction() as tx:
        for shop in (12345, 23456):
            new = NewMail(replace(TO_SHOP, shop_id=shop), "f" * 64, MailState.RECEIVED, None)
            ids = await tx.mails.keep([arrival()] * 2, [(0, new), (1, replace(new, checksum="e" * 64))])
            await tx.jobs.add([NewJob(JobKind.COPY, OWNER, NOON, NOON, mail_id=each) for each in ids])
        (first,) = await tx.jobs.claim(JobKind.COPY, NOON, timedelta(minutes=1), 1)
        await tx.jobs.record([Try(first, NOON, Delivered("250 2.0.0 kept"), None)])
    await change_account(store, replace(olga, email="new@example.org"), "admin@example.org", NOON)
    with pytest.raises(Refused):
        await change_account(store, replace(olga, email="other@example.org"), "admin@example.org", NOON)
    with pytest.raises(NoSuchThing):
        await change_account(store, replace(olga, id=99), "admin@example.org", NOON)
    async with store.reading() as tx:
        jobs = [job.destination for mail in (1, 2, 3, 4) for job in await tx.jobs.of_mail(mail)]
        detail = (
            await tx.connection.execute(select(journal.c.detail).where(journal.c.action == "account changed"))
        ).scalars()
        noted = list(detail)

    assert [OWNER, "new@example.org", OWNER, OWNER] == jobs
    assert [{"email": "new@example.org", "copies": 1}] == noted
