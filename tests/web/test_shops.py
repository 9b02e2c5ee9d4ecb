"""Settings / Shops: the list, the wizard, the page of a shop."""

import asyncio
import re
from dataclasses import replace
from email.message import EmailMessage

import pytest

from smtpd_billbee.model.evidence import Evidence
from smtpd_billbee.model.labels import TaughtLabel
from smtpd_billbee.model.shop import Shop, ShopRules
from smtpd_billbee.model.trust import Mark, Sort
from smtpd_billbee.model.user import UserRole
from smtpd_billbee.model.vat import VatMode
from smtpd_billbee.work import owners, teaching
from smtpd_billbee.work.bell import Bell
from smtpd_billbee.work.reading import ReadingRole
from tests.making import SHOP, arrival, make_shop
from tests.web.asking import Window, now
from tests.web.browser import needs_browser, page_of, sign_in
from tests.web.test_check import held
from tests.work.test_intake import running

OWNER, CLERK, READER, ADMIN = "owner@example.org", "clerk@example.org", "reader@example.org", "admin@example.org"
OTHER_SHOP = 23456
ADDRESS = f"{SHOP}-jimdo-orderimport@inbound.example"
SAVED = {"name": "Teeladen", "minimum_age": "15", "vat_mode": "1", "relay_others": "1", "paypal_as_paid": "1"}


def mail(subject: str, text: str) -> bytes:
    """A mail as Jimdo or a mailbox would send it."""
    written = EmailMessage()
    written["From"] = "Jimdo <no-reply@jimdo.example>"
    written["To"] = ADDRESS
    written["Subject"] = subject
    written["X-Sample"] = "synthetic"
    written.set_content(text)
    return written.as_bytes()


ACTIVATION = mail(
    "Bitte bestätige deine E-Mail-Adresse",
    "du hast in den Shop-Einstellungen deiner Jimdo-Seite eine neue E-Mail-Adresse angegeben. Bitte bestätige sie mit\n"
    "einem Klick auf diesen Link:\n\nhttps://cms.jimdo.example/app/confirm/mail?token=0123456789abcdef\n\n"
    "Erst danach schicken wir Bestellungen an diese Adresse.\n",
)
ORDER_MAIL = mail(
    "Neue Bestellung 1042",
    "Bestellnummer: 1042\nBestelldatum: 02.03.2026\n\nAnna Beispiel\nMusterweg 1\n12345 Musterstadt\n\n"
    "2 x Tasse Blau (Art.-Nr. A-1)  14,90 EUR  29,80 EUR\n\nGesamtsumme: 29,80 EUR\n",
)


async def comes(window: Window, content: bytes, shop_id: int = SHOP) -> None:
    """Let a mail come in, and the role read it."""
    to = replace(arrival().recipients[0], shop_id=shop_id, address=f"{shop_id}-jimdo-orderimport@inbound.example")
    async with running(window.store) as intake:
        await intake.accept(arrival(content, to, at=now()))
    role = ReadingRole(window.store, window.hands.readers, now, Bell())
    async with asyncio.TaskGroup() as tasks, asyncio.timeout(60):
        tasks.create_task(role.run())
        while await _is_due(window):  # noqa: ASYNC110 - the database rings no bell
            await asyncio.sleep(0.02)
        role.stop()


async def _is_due(window: Window) -> bool:
    async with window.store.reading() as tx:
        return await tx.mails.next_due() is not None


async def shop_of(window: Window, shop_id: int = SHOP) -> Shop:
    """The shop as it is kept."""
    async with window.store.reading() as tx:
        shop = await tx.shops.get(shop_id)
    assert shop is not None
    return shop


@pytest.fixture
async def shops(window: Window) -> Window:
    """Two accounts with a shop each; an owner, a clerk and a reader of the first, and an administrator."""
    await make_shop(window.store)
    await make_shop(window.store, ShopRules(name="Wolle"), OTHER_SHOP, "other@example.org")
    for email, role in ((OWNER, UserRole.OWNER), (CLERK, UserRole.CLERK), (READER, UserRole.READER)):
        await window.user(email, role, OWNER)
    await window.user(ADMIN, UserRole.ADMINISTRATOR)
    return window


async def test_the_list(shops: Window) -> None:
    """An owner sees his shops with their addresses, an administrator all of them."""
    async with shops.signed_in(OWNER) as owner, shops.signed_in(ADMIN) as admin:
        his, everything = (await owner.get("/settings/shops")).text, (await admin.get("/settings/shops")).text

    assert (True, False) == (ADDRESS in his, f"{OTHER_SHOP}-jimdo" in his)
    assert (True, True) == (ADDRESS in everything, f"{OTHER_SHOP}-jimdo" in everything)


async def test_the_wizard(shops: Window) -> None:
    """A name becomes a shop with the next free number and its address."""
    async with shops.signed_in(OWNER) as owner:
        nameless = await owner.post("/settings/shops/new", name="  ")
        made = await owner.post("/settings/shops/new", name="Kerzen <b>")
        page = await owner.get(made.headers["location"])

    assert (422, 303) == (nameless.status_code, made.status_code)
    assert f"/settings/shops/{OTHER_SHOP + 1}/address" == made.headers["location"]
    assert f"{OTHER_SHOP + 1}-jimdo-orderimport@inbound.example" in page.text
    assert "Kerzen &lt;b&gt;" in page.text
    shop = await shop_of(shops, OTHER_SHOP + 1)
    assert ("Kerzen <b>", OWNER) == (shop.rules.name, shop.account_email)


async def test_the_wizard_asks_for_the_site(shops: Window) -> None:
    """By it the shop's mails are known from the first one on; what is no site is asked again, and nothing is lost."""
    async with shops.signed_in(OWNER) as owner:
        wrong = await owner.post("/settings/shops/new", name="Kerzen", site="my candles")
        await owner.post("/settings/shops/new", name="Kerzen", site=" https://www.Kerzen.example/shop ")
    async with shops.store.reading() as tx:
        (kept,) = await tx.trust.marks(OTHER_SHOP + 1)

    assert (422, True, True) == (wrong.status_code, 'value="my candles"' in wrong.text, 'value="Kerzen"' in wrong.text)
    assert (Mark(Sort.HOST, "kerzen.example"), OWNER) == (kept.mark, kept.actor)


async def test_an_administrator_says_whose_shop_it_is(shops: Window) -> None:
    """He has no account of his own; one that is not there is refused."""
    theirs = (await shop_of(shops, OTHER_SHOP)).account_id
    async with shops.signed_in(ADMIN) as admin:
        answers = [
            await admin.post("/settings/shops/new", name="Kerzen", account=account)
            for account in ("", "99", "9" * 40, str(theirs))
        ]

    assert [422, 422, 422, 303] == [each.status_code for each in answers]
    assert theirs == (await shop_of(shops, OTHER_SHOP + 1)).account_id


async def test_an_owner_makes_no_shop_for_another_account(shops: Window) -> None:
    """Whatever the form says."""
    theirs = (await shop_of(shops, OTHER_SHOP)).account_id
    async with shops.signed_in(OWNER) as owner:
        await owner.post("/settings/shops/new", name="Kerzen", account=str(theirs))

    assert OWNER == (await shop_of(shops, OTHER_SHOP + 1)).account_email


async def test_the_settings(shops: Window) -> None:
    """Every setting of Billbee's connection is kept; a box that is not ticked is off."""
    async with shops.signed_in(OWNER) as owner:
        saved = await owner.post(f"/settings/shops/{SHOP}", **SAVED)
        page = await owner.get(f"/settings/shops/{SHOP}")

    assert (303, True) == (saved.status_code, "The settings are saved." in page.text)
    wanted = ShopRules(
        "Teeladen", paypal_as_paid=True, relay_orders=False, minimum_age=15, vat_mode=VatMode.SMALL_BUSINESS
    )
    assert wanted == (await shop_of(shops)).rules


@pytest.mark.parametrize(
    ("name", "value"),
    [("name", ""), ("name", "x" * 201), ("minimum_age", "-1"), ("minimum_age", "43201"), ("minimum_age", "²"),
     ("vat_mode", "5"), ("vat_mode", "x")],
)  # fmt: skip
async def test_wrong_settings(shops: Window, name: str, value: str) -> None:
    """They are refused, and nothing is changed."""
    before = (await shop_of(shops)).rules
    async with shops.signed_in(OWNER) as owner:
        answer = await owner.post(f"/settings/shops/{SHOP}", **{**SAVED, name: value})

    assert (422, True) == (answer.status_code, 'role="alert"' in answer.text)
    assert before == (await shop_of(shops)).rules


async def test_taught_labels(shops: Window) -> None:
    """A shop's own words for a field: taught, shown as text, removed; those for every shop stay."""
    everywhere = TaughtLabel("de", "number", "Vorgang")
    await teaching.teach(shops.store, everywhere, None, "test", now())
    label = {"words": "<i>Beleg</i>", "field": "number", "language": "de"}
    path = f"/settings/shops/{SHOP}"
    async with shops.signed_in(OWNER) as owner:
        taught = await owner.post(f"{path}/labels", path, **label)
        wrong = [
            await owner.post(f"{path}/labels", path, **{**label, **change})
            for change in ({"words": "--"}, {"field": "nothing"}, {"language": "xx"}, {"words": "a" * 101})
        ]
        page = (await owner.get(path)).text
        forgotten = await owner.post(f"{path}/labels/remove", path, **label)
        twice = await owner.post(f"{path}/labels/remove", path, **label)
        await owner.post(f"{path}/labels/remove", path, words="Vorgang", field="number", language="de")

    assert [303, 422, 422, 422, 422] == [taught.status_code, *(each.status_code for each in wrong)]
    assert (True, True, False) == ("&lt;i&gt;Beleg" in page, "for every shop" in page, "<i>Beleg" in page)
    assert [303, 303] == [forgotten.status_code, twice.status_code]
    assert [(None, everywhere)] == await teaching.taught(shops.store)


async def test_a_label_that_means_another_field(shops: Window) -> None:
    """The page names the field and asks; the same form sent from that page teaches it."""
    path, label = f"/settings/shops/{SHOP}", {"words": "Versandkosten", "field": "total", "language": "de"}
    async with shops.signed_in(OWNER) as owner:
        warned = await owner.post(f"{path}/labels", path, **label)
        before = await teaching.taught(shops.store)
        sure = re.search(r'name="sure" value="([^"]*)"', warned.text)
        assert sure
        taught = await owner.post(f"{path}/labels", path, **label, sure=sure[1])

    assert (422, True, []) == (warned.status_code, "means Shipping cost already" in warned.text, before)
    assert (303, [(SHOP, TaughtLabel(**label))]) == (taught.status_code, await teaching.taught(shops.store))


PAGES = ("", "/address", "/wait", "/news")
CHANGES = ("", "/labels", "/labels/remove", "/close", "/open")


@pytest.mark.parametrize("role", [OWNER, CLERK, READER])
async def test_another_accounts_shop(shops: Window, role: str) -> None:
    """It is answered exactly like one that does not exist."""
    async with shops.signed_in(role) as visitor:
        for path in PAGES:
            theirs = await visitor.get(f"/settings/shops/{OTHER_SHOP}{path}")
            nobodys = [await visitor.get(f"/settings/shops/{number}{path}") for number in (99, 10**30)]
            assert [404] * 3 == [each.status_code for each in (theirs, *nobodys)]
            assert {_bare(theirs.text)} == {_bare(each.text) for each in nobodys}
        for path in CHANGES:
            answer = await visitor.post(f"/settings/shops/{OTHER_SHOP}{path}", "/", **SAVED)
            assert 404 == answer.status_code
    assert "Wolle" == (await shop_of(shops, OTHER_SHOP)).rules.name


def _bare(page: str) -> str:
    return re.sub(r'nonce="[^"]*"|value="[^"]*"', "", page)


@pytest.mark.parametrize("role", [CLERK, READER])
async def test_who_changes_nothing(shops: Window, role: str) -> None:
    """Clerk and reader look at the settings of their shops, and neither change them nor make shops."""
    before = (await shop_of(shops)).rules
    async with shops.signed_in(role) as visitor:
        page = (await visitor.get(f"/settings/shops/{SHOP}")).text
        answers = [await visitor.post(f"/settings/shops/{SHOP}{path}", "/", **SAVED) for path in CHANGES]
        answers += [await visitor.get("/settings/shops/new"), await visitor.post("/settings/shops/new", "/", name="x")]
        listed = (await visitor.get("/settings/shops")).text

    assert [403] * 7 == [each.status_code for each in answers]
    assert ("disabled" in page, "Add shop" in listed) == (True, False)
    assert before == (await shop_of(shops)).rules


async def test_a_closed_shop(shops: Window) -> None:
    """It stands apart in the list and keeps what it has; an owner opens it again; each is done once."""
    async with shops.signed_in(OWNER) as owner:
        for path in ("close", "close"):
            answer = await owner.post(f"/settings/shops/{SHOP}/{path}", f"/settings/shops/{SHOP}")
            assert f"/settings/shops/{SHOP}" == answer.headers["location"]
        listed, page = (await owner.get("/settings/shops")).text, (await owner.get(f"/settings/shops/{SHOP}")).text
        taught = await owner.post(f"/settings/shops/{SHOP}/labels", f"/settings/shops/{SHOP}", language="de",
                                  field="total", words="Obolus")  # fmt: skip
        closed = await shop_of(shops)
        await owner.post(f"/settings/shops/{SHOP}/open", f"/settings/shops/{SHOP}")

    assert (True, False, True) == ("Closed shops" in listed, ADDRESS in listed, "This shop is closed" in page)
    assert (303, False, True) == (taught.status_code, closed.active, (await shop_of(shops)).active)


async def test_closing_is_asked_once_more(shops: Window) -> None:
    """The shop's page leads to a question; only its answer closes the shop.  Who may not close it is not asked."""
    path = f"/settings/shops/{SHOP}"
    async with shops.signed_in(OWNER) as owner, shops.signed_in(CLERK) as clerk:
        page = (await owner.get(path)).text
        question = await owner.get(f"{path}/close")
        asked = await shop_of(shops)
        refused = await clerk.get(f"{path}/close")
        theirs = await owner.get(f"/settings/shops/{OTHER_SHOP}/close")
        await owner.post(f"{path}/close")

    assert (False, True) == (f'action="{path}/close"' in page, f'href="{path}/close"' in page)
    assert (200, True, True) == (question.status_code, "Close this shop?" in question.text, asked.active)
    assert (403, 404, False) == (refused.status_code, theirs.status_code, (await shop_of(shops)).active)


async def test_what_has_come(shops: Window) -> None:
    """The path that the waiting page asks: nothing, then the question with its link, then the first order."""
    path = f"/settings/shops/{SHOP}/news"
    async with shops.signed_in(READER) as visitor:
        nothing = (await visitor.get(path)).json()
        await comes(shops, ACTIVATION)
        asked = (await visitor.get(path)).json()
        known = (await visitor.get(f"{path}?known={asked['question']['id']}")).json()
        await comes(shops, ORDER_MAIL)
        ordered = (await visitor.get(path)).json()
        page = (await visitor.get(f"/settings/shops/{SHOP}/wait")).text
        listed = (await visitor.get("/settings/shops")).text

    assert {"mails": 0, "busy": False, "asks": False, "question": None, "order": None, "held": None} == nothing
    assert (True, "cms.jimdo.example") == (asked["question"]["activates"], asked["question"]["host"])
    assert asked["question"]["link"].startswith("https://cms.jimdo.example/app/confirm/")
    assert (True, None) == (known["asks"], known["question"])
    assert "1042" == ordered["order"]["number"]
    assert f'/orders/{ordered["order"]["id"]}"' in page
    assert f'/orders/{ordered["order"]["id"]}"' in listed


async def test_a_first_order_of_unknown_origin(shops: Window) -> None:
    """The waiting page asks whether it is this shop's, instead of waiting on."""
    mail_id = await held(shops, "s_woo_html-de-01", Evidence())
    async with shops.signed_in(READER) as visitor:
        news = (await visitor.get(f"/settings/shops/{SHOP}/news")).json()
        page = (await visitor.get(f"/settings/shops/{SHOP}/wait")).text

    assert (mail_id, None) == (news["held"], news["order"])
    assert 'data-part="has-held">' in page
    assert f'href="/mails/{mail_id}"' in page


async def test_silent_shops(shops: Window) -> None:
    """The list says how long nothing has come; a week is marked."""
    async with shops.signed_in(OWNER) as owner:
        silent = (await owner.get("/settings/shops")).text
        await comes(shops, ACTIVATION)
        busy = (await owner.get("/settings/shops")).text

    assert (True, False) == ("text-warning me-1" in silent, "text-warning me-1" in busy)


async def test_many_shops_are_shown_in_parts(shops: Window) -> None:
    """A hundred on a page, each of them once."""
    for number in range(101):
        await owners.add_shop(shops.store, 30_000 + number, OWNER, "x", "test", now())
    async with shops.signed_in(OWNER) as owner:
        first = (await owner.get("/settings/shops")).text
        onward = re.search(r'href="(/settings/shops\?after=\d+)"', first)
        assert onward
        rest = (await owner.get(onward[1])).text

    numbers = [re.findall(r'href="/settings/shops/(\d+)"', page) for page in (first, rest)]
    assert [100, 2] == [len(each) for each in numbers]
    assert 102 == len({*numbers[0], *numbers[1]})


@needs_browser
async def test_the_wizard_in_the_browser(shops: Window) -> None:
    """On a phone, in German: a shop, its address, and a page that shows by itself what comes."""
    async with page_of(shops, phone=True) as page:
        await sign_in(page, OWNER)
        await page.goto("/settings/shops/new")
        await page.fill("#name", "Kerzen")
        await page.click("form.card button[type=submit]")
        await page.wait_for_url("**/address")
        number = OTHER_SHOP + 1
        await page.click("text=Gmail >> visible=true")
        await page.click("button[data-copy]")
        await page.wait_for_selector("text=Kopiert")
        assert 360 == await page.evaluate("document.documentElement.scrollWidth")
        await page.click("text=Auf die erste E-Mail warten")
        await page.wait_for_selector("text=noch nichts gekommen")
        await comes(shops, ACTIVATION, number)
        await page.wait_for_selector("[data-part=link]:visible", timeout=10_000)
        assert "cms.jimdo.example" == await page.text_content("[data-part=host]")
        await comes(shops, ORDER_MAIL, number)
        await page.wait_for_selector("[data-part=order]:visible", timeout=10_000)
        assert re.fullmatch(r"/orders/\d+", await page.get_attribute("[data-part=order]", "href") or "")
        assert 360 == await page.evaluate("document.documentElement.scrollWidth")
