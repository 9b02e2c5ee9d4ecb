"""The orders in the window: list, page, form, export; nobody sees or changes another account's."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from smtpd_billbee.model.mail import MailState, NewMail
from smtpd_billbee.model.order import Address, Item, Order
from smtpd_billbee.model.order_page import WholeOrder
from smtpd_billbee.model.user import UserRole
from tests.conftest import NOON
from tests.making import ORDER, SHOP, TO_SHOP, arrival, make_shop
from tests.web.asking import Visitor, Window
from tests.web.browser import needs_browser, page_of, sign_in

OWNER, READER, OTHER = "owner@example.org", "reader@example.org", "other@example.org"
MAIL = Path(__file__).parents[1] / "mails" / "s_bitrix_txt-de-04.eml"
HOSTILE = replace(
    ORDER,
    number="<script>alert(1)</script>",
    note='"><img src=x onerror=alert(1)>',
    billing_address=Address(last_name="=cmd|' /C calc'!A0", city="</script>", email="a@example.com"),
    items=(replace(ORDER.items[0], title="<b>Tasse</b>"),),
)


async def add(window: Window, order: Order = ORDER, **values: Any) -> int:
    """An order of Olga's shop."""
    given = {"state": 1, "to_check": False, "problems": [], "provenance": {}}
    async with window.store.transaction() as tx:
        return await tx.orders.add(SHOP, order, {}, given | values, NOON)


async def whole(window: Window, order_id: int) -> WholeOrder:
    async with window.store.reading() as tx:
        found = await tx.order_pages.get(None, order_id)
    assert found
    return found


async def arrive(window: Window) -> int:
    """A mail comes and is read; the id of its order."""
    new = NewMail(TO_SHOP, "f" * 64, MailState.RECEIVED, None)
    async with window.store.transaction() as tx:
        (mail_id,) = await tx.mails.keep([arrival(MAIL.read_bytes())], [(0, new)])
    await window.hands.reading.reread([mail_id])
    async with window.store.reading() as tx:
        mail = await tx.mails.get(mail_id)
    assert mail
    assert mail.order_id
    return mail.order_id


@pytest.fixture
async def shop(window: Window) -> Window:
    """A window with an owner, a reader of his account, and the owner of another one."""
    await make_shop(window.store)
    await make_shop(window.store, shop_id=23456, email=OTHER)
    await window.user(OWNER, UserRole.OWNER, OWNER)
    await window.user(READER, UserRole.READER, OWNER)
    await window.user(OTHER, UserRole.OWNER, OTHER)
    return window


async def act(visitor: Visitor, name: str, ids: Sequence[int], query: str = "", **fields: str) -> httpx.Response:
    """A bulk action, as the list's script sends it."""
    shown = await visitor.get("/orders/list")
    token = re.search(r'name="csrftoken"[^>]*value="([^"]+)"', shown.text)
    assert token
    asked = [("name", name), ("_list_query", query), *(("pks", str(each)) for each in ids)]
    return await visitor.client.post("/_api/orders/action", params=asked, data={**fields, "csrftoken": token[1]})


async def test_list(shop: Window) -> None:
    """What is asked for is shown; the list's address works with and without its own name."""
    await add(shop)
    await add(shop, replace(ORDER, number="1043"), to_check=True, problems=["total: ?"], tags=["eilig"])
    await add(shop, replace(ORDER, number="1044"), state=6)
    async with shop.signed_in(OWNER) as visitor:
        moved = await visitor.get("/orders?filter=to_check__is_true")
        assert "/orders/list?filter=to_check__is_true" == moved.headers["location"]
        for query, numbers in (
            ("", ["1043", "1042"]),
            ("?q=1042", ["1042"]),
            ("?q=a-1", []),
            ("?filter=to_check__is_true", ["1043"]),
            ("?filter=state__in=6", ["1044"]),
            ("?filter=tags__in=eilig", ["1043"]),
            (f"?filter=shop__in={SHOP}", ["1043", "1042"]),
            ("?filter=shop__in=23456", []),
            ("?filter=date__gte=2026-03-03", []),
            ("?filter=total__lte=38.20", ["1043", "1042"]),
            ("?sort=number__asc", ["1042", "1043"]),
            ("?page_size=10&page=2", []),
        ):
            page = await visitor.get(f"/orders/list{query}")
            assert numbers == re.findall(r'order-short">(10\d\d)</a>', page.text), query


@pytest.mark.parametrize(
    "query", ["filter=state__in=x", "filter=nothing__eq=1", "filter=total__gte=NaN", "filter=shop__in=99999999999999"]
)
async def test_impossible_conditions(shop: Window, query: str) -> None:
    """The asker's mistake, not ours."""
    async with shop.signed_in(OWNER) as visitor:
        assert 400 == (await visitor.get(f"/orders/list?filter={query}")).status_code


async def test_hostile_words(shop: Window) -> None:
    """What a customer writes is text, in list, page and form."""
    order_id = await add(shop, HOSTILE, problems=["total: <i>x</i>"], to_check=True, tags=["<u>t</u>"])
    async with shop.signed_in(OWNER) as visitor:
        for path in ("/orders/list", f"/orders/{order_id}", f"/orders/{order_id}/edit"):
            page = await visitor.get(path)
            assert 200 == page.status_code
            for word in ("<script>alert", "<img src=x", "<b>Tasse", "<i>x", "<u>t"):
                assert word not in page.text, path
        assert "&lt;script&gt;alert(1)" in page.text


async def test_another_account(shop: Window) -> None:
    """404 for each page and change, as for an order that does not exist; lists and counts know nothing of it."""
    order_id = await add(shop)
    seen = (await whole(shop, order_id)).changed_at.isoformat()
    async with shop.signed_in(OTHER) as visitor:
        for number in (order_id, 999_999, 2**63):
            assert 404 == (await visitor.get(f"/orders/{number}")).status_code
            assert 404 == (await visitor.get(f"/orders/{number}/edit")).status_code
            for way, fields in (("accept", {}), ("state", {"state": "3"}), ("restore", {}), ("edit", {"number": "1"})):
                answer = await visitor.post(f"/orders/{number}/{way}", "/orders/list", changed_at=seen, **fields)
                assert 404 == answer.status_code, way
        assert {"count": 0} == (await visitor.get("/orders/new?after=0")).json()
        assert "1042" not in (await visitor.get("/orders/list")).text
        for name, fields in (("state", {"state": "3"}), ("tag", {"add": "x"}), ("delete", {}), ("restore", {})):
            assert 400 == (await act(visitor, name, [order_id], **fields)).status_code, name
        assert "1042" not in (await act(visitor, "export", [order_id], kind="csv")).text
    assert 1 == (await whole(shop, order_id)).kept.state


async def test_a_reader_changes_nothing(shop: Window) -> None:
    """He looks and exports; no button is shown, and no request of his is taken."""
    order_id = await add(shop, to_check=True)
    before = await whole(shop, order_id)
    async with shop.signed_in(READER) as visitor:
        page = (await visitor.get(f"/orders/{order_id}")).text
        assert "1042" in page
        assert not re.search(rf"/orders/{order_id}/(accept|state|edit)", page)
        assert 403 == (await visitor.get(f"/orders/{order_id}/edit")).status_code
        for way in ("accept", "state", "restore", "edit"):
            answer = await visitor.post(
                f"/orders/{order_id}/{way}", "/orders/list", state="3", changed_at=before.changed_at.isoformat()
            )
            assert 403 == answer.status_code, way
        assert 400 == (await act(visitor, "delete", [order_id])).status_code
        assert 200 == (await act(visitor, "export", [order_id], kind="csv")).status_code
    assert before == await whole(shop, order_id)


async def test_bulk(shop: Window) -> None:
    """State, tags, deleting and restoring of several; an impossible wish changes nothing."""
    ids = [await add(shop, replace(ORDER, number=number)) for number in ("1", "2")]
    async with shop.signed_in(OWNER) as visitor:
        assert 200 == (await act(visitor, "state", ids, state="3")).status_code
        assert 200 == (await act(visitor, "tag", ids, add="eilig, neu", remove="")).status_code
        too_long = await act(visitor, "tag", ids, add="x" * 300)
        assert (400, True) == (too_long.status_code, "a tag has 60 characters at most" in too_long.text)
        for fields in ({"state": "10"}, {"state": "x"}, {}):
            assert 400 == (await act(visitor, "state", ids, **fields)).status_code
        assert 400 == (await act(visitor, "delete", [])).status_code
        assert 200 == (await act(visitor, "delete", ids)).status_code
        assert [6, 6] == [(await whole(shop, each)).kept.state for each in ids]
        assert 200 == (await act(visitor, "restore", ids)).status_code
    found = [await whole(shop, each) for each in ids]
    assert [(3, ("eilig", "neu"))] * 2 == [(each.kept.state, each.tags) for each in found]


async def test_export(shop: Window) -> None:
    """A row for each item; formulas are text; without a selection, what the list shows."""
    first, _ = await add(shop), await add(shop, HOSTILE)
    async with shop.signed_in(OWNER) as visitor:
        answer = await act(visitor, "export", [], kind="csv")
        rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
        assert [HOSTILE.number, "1042", "1042"] == [row["Order number"] for row in rows]
        assert "'=cmd|' /C calc'!A0" == rows[0]["Billing address: Last name"]
        assert ("2.0000", "14.90") == (rows[1]["Item: Quantity"], rows[1]["Item: Unit price"])
        assert "attachment" in answer.headers["content-disposition"]

        assert 2 == (await act(visitor, "export", [first], kind="csv")).text.count("\r\n1042")
        assert 2 == (await act(visitor, "export", [], "?q=1042", kind="csv")).text.count("\r\n1042")
        assert b"PK" == (await act(visitor, "export", [first], kind="xlsx")).content[:2]
        assert 400 == (await act(visitor, "export", [first], kind="exe")).status_code


async def test_the_page_beside_its_mail(shop: Window) -> None:
    """Each field that was read has its place in the mail."""
    order_id = await arrive(shop)
    async with shop.signed_in(OWNER, "de") as visitor:
        page = (await visitor.get(f"/orders/{order_id}")).text
    rows = dict(re.findall(r'data-fields="([^"]+)">([^<]+)<', page))

    assert "Bestellnummer: 4849" == rows["number"]
    assert "- Ort: Salzburg" == rows["billing_address.city"] or "Ort: Salzburg" in rows["billing_address.city"]
    fields = set(re.findall(r'data-field="([^"]+)"', page))
    read = {path for each in rows for path in each.split()}
    assert read - {"ordered_at", "site", "currency"} <= fields | {"tax_total"}


async def test_edit(shop: Window) -> None:
    """What is written is kept; a complaint keeps what was written and says where."""
    order_id = await add(shop)
    path = f"/orders/{order_id}/edit"
    async with shop.signed_in(OWNER, "de") as visitor:
        words = form_of((await visitor.get(path)).text)
        assert "14,90" == words["items.0.unit_price"]
        wrong = await visitor.post(path, **(words | {"total": "viel", "note": "bleibt"}))
        assert 422 == wrong.status_code
        assert "Das ist keine Zahl." in wrong.text
        assert ">bleibt<" in wrong.text

        saved = await visitor.post(path, **(words | {"total": "1.038,20", "note": "Grüße", "tags": "a, b"}))
        assert (303, f"/orders/{order_id}") == (saved.status_code, saved.headers["location"])
        page = (await visitor.get(f"/orders/{order_id}")).text
    assert "1.038,20" in page
    assert "Gesamtsumme: 38,20, jetzt 1.038,20" in page
    assert ("Grüße", ("a", "b")) == ((now := await whole(shop, order_id)).kept.order.note, now.tags)


async def test_two_people(shop: Window) -> None:
    """The second is told, and what the first wrote stands; his own words are not lost."""
    order_id = await add(shop, to_check=True)
    path = f"/orders/{order_id}/edit"
    async with shop.signed_in(OWNER) as one, shop.signed_in(OWNER) as other:
        words = form_of((await one.get(path)).text)
        await one.post(path, **(words | {"note": "first"}))
        late = await other.post(path, **(words | {"note": "second"}))
        assert 409 == late.status_code
        assert "Somebody else has changed this order" in late.text
        assert ">second<" in late.text
        await other.post(f"/orders/{order_id}/accept", changed_at=words["changed_at"])
        assert "Somebody else has changed this order" in (await other.get(f"/orders/{order_id}")).text
        for broken in ("", "x", "2026-01-01"):
            answer = await other.post(f"/orders/{order_id}/accept", changed_at=broken)
            assert 400 == answer.status_code
    now = await whole(shop, order_id)
    assert ("first", True) == (now.kept.order.note, now.kept.to_check)


async def test_a_number_that_is_taken(shop: Window) -> None:
    """The form says so."""
    order_id = await add(shop)
    await add(shop, replace(ORDER, number="1043"))
    async with shop.signed_in(OWNER) as visitor:
        words = form_of((await visitor.get(f"/orders/{order_id}/edit")).text)
        answer = await visitor.post(f"/orders/{order_id}/edit", **(words | {"number": "1043"}))

    assert 422 == answer.status_code
    assert "another order with this number" in answer.text


async def test_changes_need_the_token(shop: Window) -> None:
    """Another site cannot send a form in the owner's name."""
    order_id = await add(shop)
    seen = (await whole(shop, order_id)).changed_at.isoformat()
    async with shop.signed_in(OWNER) as visitor:
        for way in ("accept", "state", "restore", "edit"):
            answer = await visitor.client.post(f"/orders/{order_id}/{way}", data={"state": "3", "changed_at": seen})
            assert 403 == answer.status_code, way


def form_of(page: str) -> dict[str, str]:
    """The words that stand in the order's form."""
    page = page[page.index('id="order-form"') :]
    page = re.sub(r"<template.*?</template>", "", page, flags=re.DOTALL)
    inputs = (re.search(r'name="([^"]+)" value="([^"]*)"', each) for each in re.findall(r"<input[^>]*>", page))
    words = {found[1]: found[2] for found in inputs if found}
    for name, inner in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', inner)
        words[name] = chosen[1] if chosen else ""
    return words | dict(re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', page, re.DOTALL))


@needs_browser
async def test_an_order_appears(shop: Window) -> None:
    """Without a reload; the notice is announced.  While somebody has selected rows, it only offers a button."""
    await add(shop)
    async with page_of(shop) as page:
        await sign_in(page, OWNER)
        await page.goto("/orders")
        await add(shop, replace(ORDER, number="1043"))
        await page.wait_for_selector('a:text-is("1043")', timeout=10_000)
        assert "1 neue Bestellung" in await page.inner_text("#new-orders")

        await page.click('tr:has(a:text-is("1042")) input')
        await add(shop, replace(ORDER, number="1044"))
        await page.wait_for_selector("#new-orders button:visible", timeout=10_000)
        assert 0 == await page.locator('a:text-is("1044")').count()

        await page.click('button:has-text("Mit ausgewählten")')
        await page.click('a.action-item:has-text("Status ändern")')
        await page.select_option("#new-state", "4")
        await page.wait_for_timeout(400)  # the dialog fades in
        await page.click("#actionSubmit")
        await page.wait_for_selector("text=1 Bestellung wurde geändert.")
        assert "Versendet" in await page.inner_text('tr:has(a:text-is("1042"))')


@needs_browser
async def test_a_doubtful_order_on_a_phone(shop: Window) -> None:
    """Fields and mail mark each other, by keyboard too; corrected and accepted; nothing is wider than the screen."""
    order_id = await arrive(shop)
    async with shop.store.transaction() as tx:
        await tx.orders.mark(order_id, ["total: 170.35, together its parts make 170.36"], NOON)
    async with page_of(shop, phone=True) as page:
        await sign_in(page, OWNER)
        await page.goto(f"/orders/{order_id}")
        await page.focus('[data-field="billing_address.city"]')
        assert "Salzburg" in await page.inner_text(".order-row.order-marked")
        await page.focus('.order-row[data-fields~="total"]')
        assert "170,35" in await page.inner_text('[data-field="total"].order-marked >> nth=-1')

        await page.click("text=Berichtigen")
        await page.click("#add-item")
        await page.keyboard.type("1")
        await page.fill('[name="items.3.title"]', "Geschenkpapier")
        await page.click('button:has-text("Speichern")')
        await page.wait_for_selector("text=Gespeichert.")
        await page.click('button:has-text("Es stimmt: übernehmen")')
        await page.wait_for_selector("text=Übernommen.")
        for path in (f"/orders/{order_id}", f"/orders/{order_id}/edit", "/orders"):
            await page.goto(path)
            assert 360 == await page.evaluate("document.documentElement.scrollWidth"), path
    now = await whole(shop, order_id)
    assert (False, ()) == (now.kept.to_check, now.kept.problems)
    assert Item("Geschenkpapier", Decimal(1)) == now.kept.order.items[3]
