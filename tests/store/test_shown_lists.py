"""What the window's pages read: mails, imports, what is to be checked; each bound to its account, on each database."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from smtpd_billbee.model.imports import NewRun
from smtpd_billbee.model.job import JobKind, JobState, Never, NewJob, Try
from smtpd_billbee.model.mail import MailState, NewMail, Recipient
from smtpd_billbee.model.order import Item
from smtpd_billbee.store import mail_lists
from smtpd_billbee.store.mail_lists import MailWish
from smtpd_billbee.store.store import Store, Tx
from tests.conftest import NOON
from tests.making import ORDER, SHOP, arrival, make_shop

OTHER = 54321
TO_OTHER = Recipient("54321-jimdo-orderimport@inbound.example", OTHER, "jimdo")
RUN = NewRun(SHOP, NOON, "test", "a.csv", "0" * 64, "csv", None, 0, {"new": 1}, [])


async def account(tx: Tx, shop_id: int = SHOP) -> int:
    """The account of a shop."""
    shop = await tx.shops.get(shop_id)
    assert shop
    return shop.account_id


async def two_accounts(store: Store) -> None:
    """Each with a mail, whose copy failed for the first."""
    await make_shop(store)
    await make_shop(store, shop_id=OTHER, email="other@example.org")
    async with store.transaction() as tx:
        arrivals = [arrival(b"1"), arrival(b"2", TO_OTHER, at=NOON + timedelta(hours=1))]
        new = [
            NewMail(each.recipients[0], str(n), MailState.UNREADABLE, None, "why") for n, each in enumerate(arrivals)
        ]
        ids = await tx.mails.keep(arrivals, list(enumerate(new)))
        await tx.jobs.add([NewJob(JobKind.COPY, "owner@example.org", NOON, NOON, mail_id=mail_id) for mail_id in ids])
        (job, _) = await tx.jobs.claim(JobKind.COPY, NOON, timedelta(minutes=1), 9)
        await tx.jobs.record([Try(job, NOON, Never("550 no"), None)])


async def test_mails_of_an_account(store: Store) -> None:
    """Found, counted, got one by one; everybody's for whoever has no account."""
    await two_accounts(store)
    async with store.reading() as tx:
        mine, other = await account(tx), await account(tx, OTHER)
        (line,) = await tx.mail_lists.find(mine, MailWish(), 0, 9)
        (foreign,) = await tx.mail_lists.find(other, MailWish(), 0, 9)
        every = await tx.mail_lists.find(None, MailWish(), 0, 9)
        reversed_ = await tx.mail_lists.find(None, MailWish(), 0, 9, oldest_first=True)

        assert ("Teeladen", JobState.FAILED, None) == (line.shop_name, line.copy, line.order_number)
        assert [foreign.mail.id, line.mail.id] == [each.mail.id for each in every]
        assert [line.mail.id, foreign.mail.id] == [each.mail.id for each in reversed_]
        assert (1, 1, 2) == tuple([await tx.mail_lists.count(each, MailWish()) for each in (mine, other, None)])
        assert await tx.mail_lists.get(mine, foreign.mail.id) is None
        assert ({SHOP: "Teeladen"}, 2) == (await tx.mail_lists.shops(mine), len(await tx.mail_lists.shops(None)))


async def test_wishes(store: Store) -> None:
    """Each narrows; words are looked for in the sender, whatever their case, and a per cent sign is a letter."""
    await two_accounts(store)
    wishes = [
        MailWish(words="NO-REPLY@jimdo"),
        MailWish(words="%"),
        MailWish(state=MailState.UNREADABLE),
        MailWish(state=MailState.ORDER),
        MailWish(copy=JobState.FAILED),
        MailWish(shop_id=OTHER),
        MailWish(since=NOON + timedelta(minutes=1)),
        MailWish(until=NOON + timedelta(minutes=1)),
    ]
    async with store.reading() as tx:
        assert [2, 0, 2, 0, 1, 1, 1, 1] == [await tx.mail_lists.count(None, wish) for wish in wishes]


async def test_only_what_waits_is_filed_away(store: Store) -> None:
    """An unreadable mail is, once."""
    await two_accounts(store)
    async with store.transaction() as tx:
        (line,) = await tx.mail_lists.find(await account(tx), MailWish(), 0, 9)
        done = [await tx.mail_lists.file_away(line.mail.id, "by hand") for _ in range(2)]
        filed = await tx.mails.get(line.mail.id)

    assert filed
    assert ([True, False], MailState.NOT_AN_ORDER, "by hand") == (done, filed.state, filed.reason)


async def test_what_needs_a_person(store: Store) -> None:
    """Orders in doubt that are not deleted, mails, copies, titles without an article; the number counts the rows."""
    await two_accounts(store)
    loose = replace(ORDER, items=(Item("Tee", Decimal(1)), Item("Tee", Decimal(2))))
    async with store.transaction() as tx:
        for number, state, doubt in (("1", 1, True), ("2", 6, True), ("3", 1, False)):
            values = {"state": state, "to_check": doubt, "problems": ["why"] if doubt else []}
            await tx.orders.add(SHOP, replace(loose, number=number), {}, values, NOON)
        mine, other = await account(tx), await account(tx, OTHER)
        (order,) = await tx.to_check.orders(mine)
        (mail,) = await tx.to_check.mails(mine)
        (copy,) = await tx.to_check.copies(mine)
        (item,) = await tx.to_check.items(mine)
        counts = [await tx.to_check.count(each) for each in (mine, other, None)]

    assert ("1", ["why"], "Anna Beispiel") == (order.number, list(order.problems), order.customer_name)
    assert (MailState.UNREADABLE, "550 no", 1) == (mail.state, copy.last_reply, copy.attempts)
    assert ("Tee", None, 2, "Teeladen") == (item.title, item.sku, item.orders, item.shop_name)
    assert [4, 1, 5] == counts


async def test_imports_of_an_account(store: Store) -> None:
    """Nobody else's; with their orders, those in doubt first."""
    await two_accounts(store)
    async with store.transaction() as tx:
        run_id = await tx.imports.add(RUN)
        for number, doubt in (("1", False), ("2", True)):
            values = {"state": 1, "to_check": doubt, "import_id": run_id}
            await tx.orders.add(SHOP, replace(ORDER, number=number), {}, values, NOON)
        mine, other = await account(tx), await account(tx, OTHER)
        (line,) = await tx.import_lists.newest(mine, 9)

        assert ("a.csv", "Teeladen", None) == (line.run.new.file_name, line.shop_name, line.run.undone_at)
        assert [] == await tx.import_lists.newest(other, 9)
        assert (None, line) == (await tx.import_lists.get(other, run_id), await tx.import_lists.get(None, run_id))
        assert ["2", "1"] == [order.number for order in await tx.import_lists.orders(run_id, 9)]
        assert ["2"] == [order.number for order in await tx.import_lists.orders(run_id, 1)]


async def test_a_count_ends_somewhere(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody counts a million mails for a list's last page."""
    await two_accounts(store)
    monkeypatch.setattr(mail_lists, "MOST", 1)
    async with store.reading() as tx:
        assert 1 == await tx.mail_lists.count(None, MailWish())
