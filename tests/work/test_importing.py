"""Orders of a file become ours: once, all of it or nothing, and back again.  On both databases; all files synthetic."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import text

from smtpd_billbee.errors import NoSuchThing, Refused, TakenMeanwhile
from smtpd_billbee.model.job import JobState
from smtpd_billbee.model.mail import MailState
from smtpd_billbee.model.order import Address, KeptOrder, Order
from smtpd_billbee.model.shop import ORDERED, PAID, SHIPPED, ShopRules
from smtpd_billbee.store.orders import Orders
from smtpd_billbee.store.store import Store
from smtpd_billbee.store.tables import jobs, mails, webhooks
from smtpd_billbee.work.importing import Result, Wishes, import_file, preview, undo
from tests.conftest import NOON, Clock
from tests.making import MAIL, ORDER, SHOP, make_shop, reading_of
from tests.work.test_reading import read_due, take

HEADER = (
    "Nr.;Artikel-Nr.;Bestell-Datum;Bezahlmethode;Artikel;Anzahl;Einzelpreis Brutto;Preis Brutto;Versandkosten;MwSt. %;"
    "Währung;Versand-Datum;Rechn. Vorname;Rechn. Nachname;Rechn. Straße;Rechn. Stadt;Rechn. Land;Rechn. Telefon;"
    "Rechn. E-Mail;USt-IdNr.\n"
)
# What the order of tests/making.py is in a file: the same, with some things more.
SAME = (
    "1042;A-1;02.03.2026 11:58:07;Paypal;Tasse Blau;2;14,90;29,80;4,90;19;EUR;;Anna;Beispiel;Lindenweg 7;Musterstadt;"
    "Deutschland;030 1234567;anna@example.com;DE123456789\n"
    "1042;W-1;02.03.2026 11:58:07;Paypal;Wolle;0,5;7,00;3,50;4,90;7,7;EUR;;Anna;Beispiel;Lindenweg 7;Musterstadt;"
    "Deutschland;030 1234567;anna@example.com;DE123456789\n"
)
OTHER = "7;B-1;01.03.2026;Rechnung;Kanne;1;20,00;20,00;0,00;19;EUR;03.03.2026;;Muster;Seeweg 1;Ulm;;;;\n"
ADDED = {
    "billing_address.street": "Lindenweg", "billing_address.house_number": "7", "billing_address.country": "DE",
    "billing_address.phone": "030 1234567", "vat_id": "DE123456789", "items.0.tax_rate": "19", "items.1.sku": "W-1",
    "prices_include_tax": True,
}  # fmt: skip

PHONE = "billing_address.phone"
BUYERS = [PHONE, *(f"billing_address.{name}" for name in ("street", "house_number", "country")), "vat_id"]


async def bring(store: Store, rows: str, wishes: Wishes | None = None, clock: Clock | None = None) -> Result:
    """Import a file with these rows."""
    content = (HEADER + rows).encode()
    return await import_file(store, content, "orders.csv", SHOP, wishes or Wishes(), "test", clock() if clock else NOON)


async def kept(store: Store, number: str = "1042") -> KeptOrder:
    async with store.reading() as tx:
        order = await tx.orders.by_number(SHOP, number)
    assert order is not None
    return order


async def added(store: Store, order_id: int) -> object:
    """What the last file added to it."""
    async with store.reading() as tx:
        return (await tx.journal.of_order(order_id))[-1].detail["added"]


async def actions(store: Store, order_id: int) -> list[str]:
    async with store.reading() as tx:
        return [entry.action for entry in await tx.journal.of_order(order_id)]


def counts(result: Result) -> tuple[int, int, int, int]:
    return result.new, result.duplicates, result.merged, result.failed


async def test_new_orders(store: Store) -> None:
    """Orders, items, articles and journal are there as the file says, with the state that its columns give."""
    await make_shop(store, ShopRules("Teeladen", paypal_as_paid=True))
    result = await bring(store, SAME + OTHER, Wishes(source="Export May"))
    first, second = await kept(store), await kept(store, "7")
    async with store.reading() as tx:
        (run,) = await tx.imports.list(SHOP, 10)
        articles = (await tx.connection.execute(text("SELECT sku FROM articles ORDER BY sku"))).scalars().all()
        shipped = (await tx.connection.execute(text("SELECT shipped_on FROM orders WHERE number = '7'"))).scalar()

    assert (2, 0, 0, 0) == counts(result)
    assert list(result.orders) == [first.order, second.order]
    assert (PAID, SHIPPED, "2026-03-03") == (first.state, second.state, shipped)
    assert (Decimal("38.20"), "2026-03-02T11:58:07") == (first.order.total, first.order.ordered_at)
    assert (result.run_id, None, False) == (first.import_id, first.mail_id, first.to_check)
    assert ["imported from a file"] == await actions(store, first.id)
    assert ["A-1", "B-1", "W-1"] == articles
    assert ("orders.csv", "csv", "Export May", 2) == (
        run.new.file_name, run.new.format, run.new.source, run.new.counts["new"],
    )  # fmt: skip


async def test_a_preview_changes_nothing(store: Store) -> None:
    """The same counts as the import that follows, and nothing written."""
    await make_shop(store)
    seen = await preview(store, (HEADER + SAME + OTHER).encode(), SHOP, Wishes())
    async with store.reading() as tx:
        assert [] == await tx.orders.list()
        assert [] == await tx.imports.list(None, 10)
    done = await bring(store, SAME + OTHER)

    assert replace(done, run_id=None) == seen


async def test_again(store: Store, clock: Clock) -> None:
    """Importing a file again changes nothing, and leaves no run."""
    await make_shop(store)
    await bring(store, SAME + OTHER)
    before = [await kept(store), await kept(store, "7")]
    clock.forward(days=1)
    again = await bring(store, SAME + OTHER, clock=clock)
    async with store.reading() as tx:
        runs = await tx.imports.list(None, 10)
        changed = (
            await tx.connection.execute(text("SELECT count(*) FROM orders WHERE changed_at > created_at"))
        ).scalar()

    assert ((0, 2, 0, 0), None) == (counts(again), again.run_id)
    assert (1, 0) == (len(runs), changed)
    assert before == [await kept(store), await kept(store, "7")]


async def test_the_mail_came_first(store: Store, clock: Clock) -> None:
    """The same order by mail and by file is one order: the file fills what the mail lacked, and nothing else."""
    await make_shop(store)
    (mail,) = await take(store, clock, MAIL, readings=[reading_of()])
    result = await bring(store, SAME)
    order = await kept(store)
    async with store.reading() as tx:
        entry = (await tx.journal.of_order(order.id))[-1]
        assert 1 == len(await tx.orders.list())

    assert (0, 0, 1, 0) == counts(result)
    assert (mail.id, result.run_id, False) == (order.mail_id, order.import_id, order.to_check)
    assert ADDED == entry.detail["added"]
    assert (ORDER.ordered_at, "PayPal") == (order.order.ordered_at, order.order.payment_method)
    assert (0, 1, 0, 0) == counts(await bring(store, SAME))


async def test_the_file_came_first(store: Store, clock: Clock) -> None:
    """The mail fills what the file lacked; its total is what the file's parts make."""
    await make_shop(store)
    await bring(store, SAME)
    (mail,) = await take(store, clock, MAIL, readings=[reading_of(replace(ORDER, site="teeladen.example"))])
    order = await kept(store)

    assert (MailState.ORDER, order.id) == (mail.state, mail.order_id)
    assert ("teeladen.example", "DE123456789", False) == (order.order.site, order.order.vat_id, order.to_check)
    assert ["imported from a file", "completed from its mail"] == await actions(store, order.id)
    assert (0, 1, 0, 0) == counts(await bring(store, SAME))


async def test_a_mail_that_says_no_more(store: Store, clock: Clock) -> None:
    """A mail that says what the file said is a duplicate, whatever its precision."""
    await make_shop(store)
    await bring(store, SAME)
    (mail,) = await take(store, clock, MAIL, readings=[reading_of()])
    order = await kept(store)

    assert (MailState.DUPLICATE, order.id) == (mail.state, mail.order_id)
    assert "2026-03-02T11:58:07" == order.order.ordered_at


async def test_a_contradiction(store: Store, clock: Clock) -> None:
    """The mail and the file differ: nothing is overwritten, both values are told, once, and a person looks.

    What the contradiction does not touch is filled: the VAT rate, but no street of what may be another buyer.
    """
    await make_shop(store)
    await take(store, clock, MAIL, readings=[reading_of()])
    rows = SAME.replace("Musterstadt", "Neustadt")
    result = await bring(store, rows)
    order = await kept(store)
    again = await bring(store, rows)

    problem = "the file differs: billing_address.city: Musterstadt, now Neustadt"
    assert ((0, 0, 1, 0), (0, 1, 0, 0)) == (counts(result), counts(again))
    assert [(2, f"order 1042: {problem}")] == [(each.line, each.text) for each in result.complaints]
    filled = {path: value for path, value in ADDED.items() if path not in BUYERS}
    assert (filled, True, (problem,)) == (await added(store, order.id), order.to_check, order.problems)
    assert ORDER.billing_address == order.order.billing_address
    assert order == await kept(store)


async def test_another_telephone(store: Store, clock: Clock) -> None:
    """A contradiction in one field does not stop the file from filling the others, and undoing takes all back."""
    await make_shop(store)
    ours = replace(ORDER, billing_address=replace(ORDER.billing_address or Address(), phone="0221 99"))
    await take(store, clock, MAIL, readings=[reading_of(ours)])
    result = await bring(store, SAME)
    order = await kept(store)
    problem = "the file differs: billing_address.phone: 0221 99, now 030 1234567"

    assert {path: value for path, value in ADDED.items() if path != PHONE} == await added(store, order.id)
    assert ("0221 99", True, (problem,)) == (
        order.order.billing_address and order.order.billing_address.phone, order.to_check, order.problems,
    )  # fmt: skip
    await undo(store, result.run_id or 0, "test", clock())
    back = await kept(store)
    assert (ours, False, ()) == (back.order, back.to_check, back.problems)


async def test_a_contradicting_mail(store: Store, clock: Clock) -> None:
    """The file came first and the mail says something else: the same the other way round."""
    await make_shop(store)
    await bring(store, SAME)
    (mail,) = await take(store, clock, MAIL, readings=[reading_of(replace(ORDER, currency="CHF"))])
    order = await kept(store)

    assert MailState.TO_CHECK == mail.state
    assert ("a later mail differs: currency: EUR, now CHF",) == mail.problems == order.problems
    assert ("EUR", True) == (order.order.currency, order.to_check)


async def test_parts_that_make_another_total(store: Store, clock: Clock) -> None:
    """The file's shipping cost does not fit the mail's total: that is a contradiction, though no field differs."""
    await make_shop(store)
    await take(store, clock, MAIL, readings=[reading_of(replace(ORDER, shipping_cost=None))])
    await bring(store, SAME.replace(";4,90;", ";9,90;"))
    order = await kept(store)

    assert ("the file differs: total: 38.20, together its parts make 43.20",) == order.problems
    assert None is order.order.shipping_cost
    assert "DE123456789" == order.order.vat_id


async def test_a_reread_mail_keeps_the_file(store: Store, clock: Clock) -> None:
    """Reading the mail of a completed order again does not lose what the file had added."""
    await make_shop(store)
    (mail,) = await take(store, clock, MAIL, readings=[reading_of()])
    await bring(store, SAME)
    before = await kept(store)
    async with store.transaction() as tx:
        again = mails.update().where(mails.c.id == mail.id).values(state=MailState.RECEIVED, due_at=clock())
        await tx.connection.execute(again)
    await read_due(store, clock, [reading_of(replace(ORDER, note="Danke"))])
    order = await kept(store)

    assert replace(before.order, note="Danke") == order.order


async def test_undo_new_orders(store: Store, clock: Clock) -> None:
    """Orders that only the run made go, with their items and unsent pushes; the file can be imported again."""
    await make_shop(store)
    async with store.transaction() as tx:
        await tx.connection.execute(
            webhooks.insert().values(account_id=1, url="https://h.example/", secret="s", events=[], created_at=NOON)
        )
    result = await bring(store, SAME + OTHER)
    async with store.reading() as tx:
        assert 2 == len((await tx.connection.execute(jobs.select())).all())
    undone = await undo(store, result.run_id or 0, "test", clock())
    async with store.reading() as tx:
        left = await tx.orders.list()
        states = (await tx.connection.execute(text("SELECT DISTINCT state FROM jobs"))).scalars().all()
        items = (await tx.connection.execute(text("SELECT count(*) FROM order_items"))).scalar()
        run = await tx.imports.get(result.run_id or 0)

    assert (2, 0, 0) == (undone.removed, undone.restored, undone.left)
    assert ([], [JobState.DROPPED], 0) == (left, states, items)
    assert run is not None
    assert clock() == run.undone_at
    assert (2, 0, 0, 0) == counts(await bring(store, SAME + OTHER))


async def test_undo_a_completion(store: Store, clock: Clock) -> None:
    """What the run added to an order of a mail goes, and what somebody changed since stays."""
    await make_shop(store)
    await take(store, clock, MAIL, readings=[reading_of()])
    result = await bring(store, SAME)
    async with store.transaction() as tx:
        await tx.connection.execute(text("UPDATE orders SET vat_id = 'DE987654321'"))
    undone = await undo(store, result.run_id or 0, "test", clock())
    order = await kept(store)

    assert (0, 1, 0) == (undone.removed, undone.restored, undone.left)
    assert (replace(ORDER, vat_id="DE987654321"), None) == (order.order, order.import_id)
    assert ["imported", "completed from a file", "completion undone"] == await actions(store, order.id)


async def test_undo_a_contradiction(store: Store, clock: Clock) -> None:
    """The doubt that the run raised goes with it; older doubts stay."""
    await make_shop(store)
    await take(store, clock, MAIL, readings=[reading_of(ORDER, "look")])
    result = await bring(store, SAME.replace("Musterstadt", "Neustadt"))
    assert 2 == len((await kept(store)).problems)
    await undo(store, result.run_id or 0, "test", clock())
    order = await kept(store)

    assert (ORDER, True, ("look",)) == (order.order, order.to_check, order.problems)


async def test_undo_with_a_mail_since(store: Store, clock: Clock) -> None:
    """The mail of the order came after the file: undone, the order is what its mail says; none is lost."""
    await make_shop(store)
    result = await bring(store, SAME)
    (mail,) = await take(store, clock, MAIL, readings=[reading_of()])
    undone = await undo(store, result.run_id or 0, "test", clock())
    await read_due(store, clock, [reading_of()])
    order = await kept(store)

    assert (1, 0, 0) == (undone.removed, undone.restored, undone.left)
    assert (ORDER, mail.id, None) == (order.order, order.mail_id, order.import_id)


async def test_undo_what_was_worked_on(store: Store, clock: Clock) -> None:
    """An order that a later file completed stays, and a person is asked; undoing both leaves it to him, too."""
    await make_shop(store)
    first = await bring(store, OTHER)
    clock.forward(hours=1)
    second = await bring(store, OTHER.replace("Seeweg 1;Ulm;;;;", "Seeweg 1;Ulm;;0731 12345;;"), clock=clock)
    assert (0, 0, 1, 0) == counts(second)
    one = await undo(store, first.run_id or 0, "test", clock())
    other = await undo(store, second.run_id or 0, "test", clock())
    order = await kept(store, "7")

    assert ((0, 0, 1), (0, 1, 0)) == (
        (one.removed, one.restored, one.left),
        (other.removed, other.restored, other.left),
    )
    assert (f"import {first.run_id}, which made this order, was undone",) == order.problems
    assert Address(last_name="Muster", street="Seeweg", house_number="1", city="Ulm") == order.order.billing_address


async def test_what_cannot_be_undone(store: Store, clock: Clock) -> None:
    """A run that is not there, and one that was undone before."""
    await make_shop(store)
    result = await bring(store, SAME)
    await undo(store, result.run_id or 0, "test", clock())

    with pytest.raises(Refused, match="undone before"):
        await undo(store, result.run_id or 0, "test", clock())
    with pytest.raises(NoSuchThing, match="no import 77"):
        await undo(store, 77, "test", clock())


async def test_allowed_duplicates(store: Store) -> None:
    """Another source with the same numbers: each order gets a number of its own."""
    await make_shop(store)
    await bring(store, OTHER)
    second = await bring(store, OTHER.replace("Kanne", "Teller"), Wishes(allow_duplicates=True))
    third = await bring(store, OTHER, Wishes(allow_duplicates=True))

    assert (1, 1) == (second.new, third.new)
    assert ["Kanne", "Teller", "Kanne"] == [
        (await kept(store, number)).order.items[0].title for number in ("7", "7 (2)", "7 (3)")
    ]


async def test_the_same_number_in_another_shop(store: Store) -> None:
    """Identity is shop and number."""
    await make_shop(store)
    await make_shop(store, shop_id=SHOP + 1)
    await bring(store, OTHER)
    other = await import_file(store, (HEADER + OTHER).encode(), "o.csv", SHOP + 1, Wishes(), "test", NOON)

    assert (1, 0, 0, 0) == counts(other)


async def test_doubts_and_failures(store: Store) -> None:
    """A doubtful order is kept and shown, a failed one is not kept, and each line is told."""
    await make_shop(store)
    result = await bring(
        store, OTHER.replace("20,00;20,00", "20,00;21,00") + OTHER.replace("7;", "8;").replace(";1;", ";x;")
    )
    order = await kept(store, "7")

    assert (1, 0, 0, 1) == counts(result)
    assert [2, 3] == [each.line for each in result.complaints]
    assert (True, ORDERED < order.state) == (order.to_check, True)
    assert ("line 2: 1 x 20.00 is 20.00, the line says 21.00",) == order.problems


async def test_no_order_file(store: Store) -> None:
    """Nothing is kept of it."""
    await make_shop(store)
    result = await import_file(store, b"<html>", "x.csv", SHOP, Wishes(), "test", NOON)

    assert ((), 1, None) == (result.orders, len(result.complaints), result.run_id)


async def test_no_shop(store: Store) -> None:
    """A file needs a shop that is there."""
    with pytest.raises(NoSuchThing, match="no shop with the number 99"):
        await import_file(store, b"", "x.csv", 99, Wishes(), "test", NOON)


async def test_all_or_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that breaks off has done nothing."""
    await make_shop(store)

    def broken(done: int, whole: int) -> None:
        raise RuntimeError("power cut")

    content = (HEADER + SAME + OTHER).encode()
    with pytest.raises(RuntimeError):
        await import_file(store, content, "o.csv", SHOP, Wishes(), "test", NOON, broken)
    async with store.reading() as tx:
        assert ([], []) == (await tx.orders.list(), await tx.imports.list(None, 10))


async def test_a_mail_at_the_same_moment(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """An order that another worker keeps between our look and our write is seen by the second look."""
    await make_shop(store)
    add_many, looks = Orders.add_many, []

    async def late(self: Orders, *arguments: object) -> object:
        looks.append(1)
        if len(looks) == 1:
            raise TakenMeanwhile
        return await add_many(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Orders, "add_many", late)

    assert (1, 0, 0, 0) == counts(await bring(store, OTHER))


async def test_a_number_that_is_taken(store: Store) -> None:
    """The database says that the number is taken; it is no other error."""
    await make_shop(store)
    await bring(store, OTHER)
    values = {"import_id": None, "state": ORDERED, "to_check": False, "problems": []}
    with pytest.raises(TakenMeanwhile):
        async with store.transaction() as tx:
            await tx.orders.add_many(SHOP, [(Order("7"), values)], {}, NOON)


async def test_many_orders(store: Store) -> None:
    """More orders than one statement takes, with progress, and back again."""
    await make_shop(store)
    rows = "".join(
        f"{number};B-{number % 7};01.03.2026;Rechnung;Kanne;1;1,00;1,00;0,00;19;EUR;;;;;;;;;\n"
        for number in range(1, 1102)
    )
    seen: list[tuple[int, int]] = []
    result = await import_file(
        store, (HEADER + rows).encode(), "o.csv", SHOP, Wishes(), "test", NOON, lambda *done: seen.append(done)
    )
    again = await bring(store, rows)
    undone = await undo(store, result.run_id or 0, "test", NOON)

    assert [(500, 1101), (1000, 1101), (1101, 1101)] == seen
    assert ((1101, 0), (0, 1101), 1101) == (
        (result.new, result.duplicates), (again.new, again.duplicates), undone.removed,
    )  # fmt: skip
