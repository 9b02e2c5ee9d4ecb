"""A person changes orders: what he may, what the journal says then, and that nobody's change is overwritten."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from smtpd_billbee.errors import ChangedMeanwhile, NoSuchThing, Refused
from smtpd_billbee.model.journal import Entry
from smtpd_billbee.model.mail import MailState, NewMail
from smtpd_billbee.model.order import Item, Order
from smtpd_billbee.model.order_page import WholeOrder
from smtpd_billbee.model.shop import CANCELED, DELETED, ORDERED, PAID, SHIPPED
from smtpd_billbee.store.store import Store
from smtpd_billbee.store.tables import mails
from smtpd_billbee.work.editing import LONGEST_TAG, MOST_TAGS, Beside, Editor
from tests.conftest import NOON
from tests.making import MAIL, ORDER, SHOP, TO_SHOP, arrival, make_shop

LATER = NOON + timedelta(hours=1)
VALUES = {"state": ORDERED, "to_check": True, "problems": ["total: 38.20, together its parts make 38.30"],
          "provenance": {"total": {"part": "text", "text": "38,20", "label": "Summe", "line": 7},
                         "items.0.sku": {"part": "text", "text": "A-1", "label": None, "line": 3}}}  # fmt: skip


async def kept(store: Store, order: Order = ORDER, **values: Any) -> WholeOrder:
    """An order in doubt."""
    await make_shop(store)
    async with store.transaction() as tx:
        order_id = await tx.orders.add(SHOP, order, {}, VALUES | values, NOON)
    return await whole(store, order_id)


async def whole(store: Store, order_id: int) -> WholeOrder:
    async with store.reading() as tx:
        found = await tx.order_pages.get(None, order_id)
    assert found
    return found


async def last_entry(store: Store, order_id: int) -> Entry:
    async with store.reading() as tx:
        return (await tx.journal.of_order(order_id))[-1]


def editor(store: Store, found: WholeOrder, account_id: int | None = None) -> Editor:
    return Editor(store, account_id or found.account_id, "clerk@example.org", LATER)


async def test_edit(store: Store) -> None:
    """Every field and the items; new SKUs become articles; the journal says what was and what is."""
    found = await kept(store)
    items = (Item("Tasse Rot", Decimal(3), sku="A-2", unit_price=Decimal("14.90"), total=Decimal("44.70")),)
    order = replace(ORDER, number="1042-B", items=items, total=Decimal("49.60"))
    beside = Beside(("eilig",), "ruft an", "2026-03-01", None)

    assert await editor(store, found).edit(found.kept.id, found.changed_at, order, beside)
    now = await whole(store, found.kept.id)
    assert (order, ("eilig",), "ruft an", "2026-03-01") == (now.kept.order, now.tags, now.comment, now.paid_on)
    assert [True] == [article is not None for article in now.articles]
    assert {"total"} == set(now.provenance)  # the items are others than the mail's
    entry = await last_entry(store, found.kept.id)
    assert ("clerk@example.org", "edited", LATER) == (entry.actor, entry.action, entry.at)
    assert "total: 38.20, now 49.60" in entry.detail["changes"]
    assert "ruft an" not in str(entry.detail)


async def test_an_edit_that_changes_nothing(store: Store) -> None:
    """It is not noted, and nobody else's view of the order gets old by it."""
    found = await kept(store)

    assert not await editor(store, found).edit(found.kept.id, found.changed_at, ORDER, Beside())
    assert found.changed_at == (await whole(store, found.kept.id)).changed_at


async def test_two_people(store: Store) -> None:
    """The second is told, and what the first wrote stands."""
    found = await kept(store)
    one, other = editor(store, found), replace(editor(store, found), now=LATER + timedelta(seconds=1))
    await one.edit(found.kept.id, found.changed_at, replace(ORDER, note="first"), Beside())

    with pytest.raises(ChangedMeanwhile):
        await other.edit(found.kept.id, found.changed_at, replace(ORDER, note="second"), Beside())
    for change in (
        other.accept(found.kept.id, found.changed_at),
        other.set_state([found.kept.id], PAID, found.changed_at),
    ):
        with pytest.raises(ChangedMeanwhile):
            await change
    now = await whole(store, found.kept.id)
    assert ("first", ORDERED, True) == (now.kept.order.note, now.kept.state, now.kept.to_check)


async def test_a_number_that_is_taken(store: Store) -> None:
    """(shop, number) stays unique; the person is told, and nothing is half changed."""
    found = await kept(store)
    await kept(store, replace(ORDER, number="1043"))

    with pytest.raises(Refused, match="1043"):
        await editor(store, found).edit(found.kept.id, found.changed_at, replace(ORDER, number="1043"), Beside())
    assert ORDER == (await whole(store, found.kept.id)).kept.order


async def test_a_correction_ends_a_doubt(store: Store) -> None:
    """With the last one the order need not be checked any more; a correction that adds up no better brings another."""
    off = "items 33.30 + shipping 4.90 = 38.20, but the total says 40.00"
    found = await kept(store, replace(ORDER, total=Decimal(40)), problems=[off])
    await editor(store, found).edit(found.kept.id, found.changed_at, ORDER, Beside())

    right = await whole(store, found.kept.id)
    assert (False, ()) == (right.kept.to_check, right.kept.problems)
    assert f"no longer in doubt: {off}" in (await last_entry(store, found.kept.id)).detail["changes"]
    later = replace(editor(store, right), now=LATER + timedelta(seconds=1))
    await later.edit(right.kept.id, right.changed_at, found.kept.order, Beside())

    wrong = await whole(store, found.kept.id)
    assert (True, (off,)) == (wrong.kept.to_check, wrong.kept.problems)
    assert f"to check: {off}" in (await last_entry(store, found.kept.id)).detail["changes"]


async def test_what_no_database_takes(store: Store) -> None:
    """A NUL that somebody pasted is replaced."""
    found = await kept(store)
    await editor(store, found).edit(found.kept.id, found.changed_at, replace(ORDER, note="a\0b"), Beside(comment="\0"))

    assert "a\ufffdb" == (await whole(store, found.kept.id)).kept.order.note


async def test_accept(store: Store) -> None:
    """The doubt is over, for the order and its mails; its reasons stay in the journal."""
    found = await kept(store)
    async with store.transaction() as tx:
        (mail_id,) = await tx.mails.keep([arrival(MAIL)], [(0, NewMail(TO_SHOP, "c" * 64, MailState.TO_CHECK, None))])
        await tx.connection.execute(mails.update().values(order_id=found.kept.id))
    await editor(store, found).accept(found.kept.id, found.changed_at)

    now = await whole(store, found.kept.id)
    assert (False, ()) == (now.kept.to_check, now.kept.problems)
    async with store.reading() as tx:
        assert [MailState.ORDER] == list((await tx.connection.execute(select(mails.c.state))).scalars())
        assert mail_id
    assert VALUES["problems"] == (await last_entry(store, found.kept.id)).detail["problems"]


@pytest.mark.parametrize(
    ("state", "paid_on", "shipped_on"), [(PAID, "2026-03-02", None), (SHIPPED, None, "2026-03-02"), (8, None, None)]
)
async def test_states(store: Store, state: int, paid_on: str | None, shipped_on: str | None) -> None:
    """A paid or shipped order gets the day; the journal says from which state to which."""
    found = await kept(store)

    assert 1 == await editor(store, found).set_state([found.kept.id], state, found.changed_at)
    assert 0 == await editor(store, found).set_state([found.kept.id], state)
    now = await whole(store, found.kept.id)
    assert (state, paid_on, shipped_on) == (now.kept.state, now.paid_on, now.shipped_on)
    assert {"before": ORDERED, "after": state} == (await last_entry(store, found.kept.id)).detail


@pytest.mark.parametrize(
    ("before", "after", "days"),
    [
        (PAID, ORDERED, (None, "2026-03-01")),
        (SHIPPED, PAID, ("2026-02-28", None)),
        (SHIPPED, ORDERED, (None, None)),
        (SHIPPED, 15, (None, "2026-03-01")),  # a reminder: shipped, and not paid
        (SHIPPED, 7, ("2026-02-28", "2026-03-01")),
        (ORDERED, 2, ("2026-02-28", "2026-03-01")),  # somebody wrote the days himself
        (CANCELED, ORDERED, ("2026-02-28", "2026-03-01")),
    ],
)
async def test_back_to_a_state_before(store: Store, before: int, after: int, days: tuple[str | None, ...]) -> None:
    """The day of what is not so any more goes; the journal keeps it."""
    found = await kept(store, state=before, paid_on="2026-02-28", shipped_on="2026-03-01")
    await editor(store, found).set_state([found.kept.id], after)

    now = await whole(store, found.kept.id)
    assert days == (now.paid_on, now.shipped_on)
    said = ("paid_on: 2026-02-28", "shipped_on: 2026-03-01")
    wanted = [name for name, day in zip(said, days, strict=True) if not day]
    changes = (await last_entry(store, found.kept.id)).detail.get("changes", [])
    assert [f"{each}, now none" for each in wanted] == changes


async def test_the_day_is_there_after_the_bin(store: Store) -> None:
    """Deleting takes no day away."""
    found = await kept(store, state=PAID, paid_on="2026-02-28")
    await editor(store, found).set_state([found.kept.id], DELETED)
    await editor(store, found).restore([found.kept.id])

    assert "2026-02-28" == (await whole(store, found.kept.id)).paid_on


async def test_a_state_that_there_is_not(store: Store) -> None:
    """Billbee's states only."""
    found = await kept(store)
    with pytest.raises(Refused):
        await editor(store, found).set_state([found.kept.id], 10)


async def test_delete_and_restore(store: Store) -> None:
    """Deleted is a state; the order comes back as it was."""
    found = await kept(store, state=SHIPPED)
    who = editor(store, found)
    await who.set_state([found.kept.id], DELETED)

    assert 1 == await who.restore([found.kept.id])
    assert 0 == await who.restore([found.kept.id])
    assert SHIPPED == (await whole(store, found.kept.id)).kept.state


async def test_tags(store: Store) -> None:
    """Each once, cleaned; removing and adding at once; what changes nothing is not noted."""
    found = await kept(store)
    who = editor(store, found)

    assert 1 == await who.tag([found.kept.id], [" eilig ", "eilig", "", "zwei  Worte"])
    assert 0 == await who.tag([found.kept.id], ["eilig"])
    assert 1 == await who.tag([found.kept.id], ["neu"], ["eilig"])
    assert ("zwei Worte", "neu") == (await whole(store, found.kept.id)).tags


async def test_tags_that_are_too_much(store: Store) -> None:
    """They are refused, not cut, whoever writes them where; nothing is half done."""
    found = await kept(store, tags=[str(number) for number in range(MOST_TAGS - 1)])
    who, ids = editor(store, found), [found.kept.id]

    for tags in (["x" * (LONGEST_TAG + 1)], ["ok", "y" * 300], ["one", "two"]):
        with pytest.raises(Refused, match="at most"):
            await who.tag(ids, tags)
    with pytest.raises(Refused, match="at most"):
        await who.edit(found.kept.id, found.changed_at, ORDER, Beside(("x" * (LONGEST_TAG + 1),)))
    assert found == await whole(store, found.kept.id)
    assert 1 == await who.tag(ids, ["x" * LONGEST_TAG])


async def test_a_foreign_order(store: Store) -> None:
    """It is as if it did not exist, for every change; and of several nothing happens to the own ones either."""
    found = await kept(store)
    foreign = editor(store, found, account_id=found.account_id + 1000)
    ids, seen = [found.kept.id], found.changed_at

    for change in (
        foreign.edit(found.kept.id, seen, ORDER, Beside()),
        foreign.accept(found.kept.id, seen),
        foreign.set_state(ids, PAID),
        foreign.restore(ids),
        foreign.tag(ids, ["x"]),
        editor(store, found).set_state([*ids, 999_999], PAID),
    ):
        with pytest.raises(NoSuchThing):
            await change
    assert found == await whole(store, found.kept.id)
