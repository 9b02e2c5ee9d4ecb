"""What shops know of their senders, on both databases."""

from pathlib import Path

from sqlalchemy import text

from smtpd_billbee.model.trust import Act, Judged, Level, Mark, Sort, Verdict
from smtpd_billbee.store.store import Store, open_store
from tests.conftest import NOON
from tests.making import MAIL, ORDER, SHOP, arrival, make_shop
from tests.store.test_mails import keep
from tests.store.test_store import OLDER
from tests.work.test_intake import running

VALUES = {"state": 1, "to_check": False, "problems": [], "provenance": {}}


async def test_a_running_shop_keeps_running(store: Store, database: str, tmp_path: Path) -> None:
    """An update stops no shop that has orders by mail: what is not proved is marked there; others ask first."""
    await make_shop(store)
    await make_shop(store, shop_id=777)
    async with running(store) as intake:
        await intake.accept(arrival(MAIL))
    async with store.transaction() as tx:
        (mail,) = await tx.mails.list()
        await tx.orders.add(SHOP, ORDER, {}, VALUES | {"mail_id": mail.id}, NOON)
        for statement in OLDER:
            await tx.connection.execute(text(statement))
    newer = await open_store(database, tmp_path)
    async with newer.reading() as tx:
        shops = await tx.shops.some({SHOP, 777})
    await newer.close()

    assert {SHOP: "marked", 777: "proved"} == {number: shop.rules.trust for number, shop in shops.items()}


async def test_marks(store: Store) -> None:
    """Known once, however often it is learnt; a foreign shop's is not forgotten by its number."""
    mark = Mark(Sort.ADDRESS, "x@example.org", "mailbox.example")
    await make_shop(store)
    async with store.transaction() as tx:
        for _ in range(2):
            await tx.trust.learn(SHOP, [mark, Mark(Sort.HOST, "x" * 321)], "reader", NOON)
        (kept,) = await tx.trust.marks(SHOP)
        foreign = await tx.trust.forget(777, kept.id)
        gone = await tx.trust.forget(SHOP, kept.id)
        left = await tx.trust.marks(SHOP)

    assert (mark, "reader", NOON) == (kept.mark, kept.actor, kept.created_at)
    assert (None, mark, []) == (foreign, gone, left)


async def test_the_best_level_only_gets_better(store: Store) -> None:
    """A worse mail does not make a shop forget a better one."""
    await make_shop(store)
    seen = []
    async with store.transaction() as tx:
        for level in (Level.C, Level.A, Level.B):
            await tx.trust.raise_best(SHOP, level)
            seen.append((await tx.trust.known([SHOP]))[SHOP].best)

    assert [Level.C, Level.A, Level.A] == seen


async def test_how_a_mail_was_judged(store: Store) -> None:
    """It is kept word for word, and who has accepted it; mails that nobody judged are left out."""
    await make_shop(store)
    judged = Judged(Verdict(Level.E, Act.QUARANTINE, "nothing proves its origin", ("none",)), "olga@example.org")
    one, other = await keep(store, b"one", b"other")
    async with store.transaction() as tx:
        await tx.trust.judge(one, judged)
        found = await tx.trust.judged_all([one, other, 4711])
        single = [await tx.trust.judged(number) for number in (one, other)]

    assert ({one: judged}, [judged, None]) == (found, single)


async def test_traces(store: Store) -> None:
    """A mail is known again by any of its traces, in its own shop; who was first by one of them stays so."""
    await make_shop(store)
    await make_shop(store, shop_id=777)
    first, second = await keep(store, b"first", b"second")
    async with store.transaction() as tx:
        await tx.trust.trace({(SHOP, "id"): first, (SHOP, "signature"): first})
        await tx.trust.trace({(SHOP, "id"): second, (777, "another"): second})
        await tx.trust.trace({})
        seen = [
            await tx.trust.seen({(SHOP, "other"), (SHOP, "signature")}),
            await tx.trust.seen({(SHOP, "id"), (777, "id"), (777, "another"), (SHOP, "another")}),
            await tx.trust.seen([]),
        ]

    assert [{(SHOP, "signature"): first}, {(SHOP, "id"): first, (777, "another"): second}, {}] == seen
