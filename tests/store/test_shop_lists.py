"""What the pages of shops and accounts show, on each database."""

from dataclasses import replace
from datetime import timedelta

from smtpd_billbee.model.labels import TaughtLabel
from smtpd_billbee.model.shop import ShopRules
from smtpd_billbee.store.store import Store
from smtpd_billbee.work import teaching
from tests.conftest import NOON, Clock
from tests.making import MAIL, ORDER, OWNER, SHOP, make_shop, reading_of
from tests.work.test_reading import take

OTHER_SHOP = 23456


async def test_lines(store: Store, clock: Clock) -> None:
    """The last mail and the newest order of each shop of an account, or of all; from a number on, so many."""
    await make_shop(store)
    await make_shop(store, ShopRules(name="Wolle"), OTHER_SHOP, "other@example.org")
    second = reading_of(replace(ORDER, number="1043"))
    await take(store, clock, MAIL, readings=[reading_of()])
    clock.forward(hours=1)
    await take(store, clock, MAIL.replace(b"1042", b"1043"), readings=[second])
    async with store.reading() as tx:
        account = await tx.accounts.by_email(OWNER)
        assert account is not None
        his = await tx.shop_lists.lines(account.id)
        everything = await tx.shop_lists.lines(None)
        behind = await tx.shop_lists.lines(None, after=SHOP)
        first = await tx.shop_lists.lines(None, limit=1)
        order = await tx.shop_lists.first_order(SHOP)
        none = await tx.shop_lists.first_order(OTHER_SHOP)

    (line,) = his
    assert (SHOP, "Teeladen", OWNER, NOON) == (line.id, line.name, line.account_email, line.created_at)
    assert (NOON + timedelta(hours=1), "1043") == (line.last_mail_at, line.last_order_number)
    assert [SHOP, OTHER_SHOP] == [each.id for each in everything]
    assert ([OTHER_SHOP], [SHOP]) == ([each.id for each in behind], [each.id for each in first])
    assert (None, None, None) == (behind[0].last_mail_at, behind[0].last_order_id, behind[0].last_order_at)
    assert order is not None
    assert ("1042", None) == (order.number, none)


async def test_accounts(store: Store) -> None:
    """Each with its shops; an account that is not there is None."""
    await make_shop(store)
    await make_shop(store, ShopRules(name="Kerzen"), OTHER_SHOP)
    await make_shop(store, ShopRules(name="Wolle"), 34567, "other@example.org")
    async with store.reading() as tx:
        first, second = await tx.shop_lists.accounts()
        behind = await tx.shop_lists.accounts(after=first.account.id)
        found = await tx.shop_lists.account(second.account.id)
        nobody = await tx.shop_lists.account(99)

    assert (OWNER, ((SHOP, "Teeladen"), (OTHER_SHOP, "Kerzen"))) == (first.account.email, first.shops)
    assert ([second], second.account, None) == (behind, found, nobody)


async def test_labels(store: Store) -> None:
    """A shop's own and those for every shop; not those of another one."""
    await make_shop(store)
    await make_shop(store, ShopRules(name="Wolle"), OTHER_SHOP, "other@example.org")
    labels = {shop_id: TaughtLabel("de", "number", words) for shop_id, words in
              ((None, "Vorgang"), (SHOP, "Beleg"), (OTHER_SHOP, "Akte"))}  # fmt: skip
    for shop_id, label in labels.items():
        await teaching.teach(store, label, shop_id, "test", NOON)
    async with store.reading() as tx:
        found = await tx.shop_lists.labels(SHOP)

    assert [(None, labels[None]), (SHOP, labels[SHOP])] == found
