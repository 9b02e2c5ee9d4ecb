"""What shops know of their senders, on both databases."""

from pathlib import Path

from sqlalchemy import text

from smtpd_billbee.model.trust import Level, Mark, Sort
from smtpd_billbee.store.store import Store, open_store
from tests.conftest import NOON
from tests.making import MAIL, ORDER, SHOP, arrival, make_shop
from tests.work.test_intake import running

OLDER = (
    "DROP TABLE traces",
    "DROP TABLE marks",
    *(f"ALTER TABLE shops DROP COLUMN {name}" for name in ("trust", "only_with_secret", "secret", "best_level")),
    "ALTER TABLE mails DROP COLUMN trust",
    "UPDATE alembic_version SET version_num = '0007'",
)
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
