"""The workbench: reading, teaching, comparing, applying, anonymising; and whose mails they are."""

import asyncio
import base64
from pathlib import Path

import httpx
from playwright.async_api import expect

from smtpd_billbee import app
from smtpd_billbee.config import Config
from smtpd_billbee.model.mail import MailState, Recipient
from smtpd_billbee.model.user import UserRole
from smtpd_billbee.sockets import bound
from smtpd_billbee.web.size_limit import AROUND
from smtpd_billbee.work import keeping
from smtpd_billbee.work.keeping import IntakeSettings
from smtpd_billbee.work.reading import ReadingRole
from smtpd_billbee.work.rereading import reread
from tests.making import OWNER, SHOP, TO_SHOP, arrival, make_shop
from tests.web.asking import LARGEST_MAIL, Visitor, Window
from tests.web.browser import needs_browser, page_of, sign_in

OTHER = "other@example.org"
OTHER_SHOP = Recipient("777-jimdo-orderimport@inbound.example", 777, "jimdo")
LINES = """\
X-Sample: synthetic
From: shop@teeladen.example
Subject: Neue Bestellung
Content-Type: text/plain; charset=utf-8

Bestellnummer: {number}
Zahlungsart: PayPal

Rechnungsadresse
Frau Anna Beispiel
Lindenweg 7
12345 Musterstadt
Deutschland

Anzahl  Artikel     Einzelpreis  Gesamtpreis
1       Tasse Blau  14,90 EUR    14,90 EUR

Obolus: 14,90 EUR
"""


def odd_mail(number: int) -> bytes:
    """An order mail whose total stands behind a word that the reader does not know."""
    return LINES.format(number=number).encode()


async def keep(window: Window, content: bytes, to: Recipient = TO_SHOP) -> int:
    """Take a mail in and read it, as the server does."""
    settings = IntakeSettings(frozenset({"inbound.example"}), "", b"k" * 32)
    role: ReadingRole = window.hands.reading
    await window.store.keeping(lambda books: keeping.keep(books, settings, [arrival(content, to)]))
    async with window.store.reading() as tx:
        mail_id = max(mail.id for mail in await tx.mails.list())
    await reread(window.store, role, [mail_id], ())
    return mail_id


async def two_accounts(window: Window) -> None:
    """Two owners, each with a shop."""
    await make_shop(window.store)
    await make_shop(window.store, shop_id=777, email=OTHER)
    await window.user(OWNER, account=OWNER)
    await window.user(OTHER, account=OTHER)


async def send(visitor: Visitor, path: str, content: bytes = b"") -> httpx.Response:
    """Ask as the page's script does: the token in a header, a mail as the body."""
    await visitor.get("/workbench")
    token = visitor.client.cookies["starlette_admin_csrftoken"].strip('"')
    return await visitor.client.post(path, headers={"X-CSRFToken": token}, content=content)


async def fill(visitor: Visitor, path: str, **fields: str) -> httpx.Response:
    """Send a form of the page."""
    return await visitor.post(path, "/workbench", **fields)


async def test_a_pasted_mail_is_read_and_not_kept(window: Window) -> None:
    """Its values are shown with the lines where they stood, as text whatever they say; the store stays empty."""
    await two_accounts(window)
    evil = odd_mail(1).replace(b"Obolus", b"Gesamtsumme").replace(b"Tasse Blau", b"<b onclick=x>Tasse")
    async with window.signed_in(OWNER) as owner:
        answer = await send(owner, f"/workbench/reading?shop={SHOP}", evil)
    async with window.store.reading() as tx:
        kept = await tx.mails.list()

    assert 200 == answer.status_code
    assert "It is an order" in answer.text
    assert '<tr data-path="number" data-line="line-text-1">' in answer.text
    assert '<tr data-path="total" data-line="line-text-13">' in answer.text
    assert "&lt;b onclick=x&gt;" in answer.text
    assert "<b onclick" not in answer.text
    assert [] == kept


async def test_bad_mails(window: Window) -> None:
    """Nothing, too much, and bytes that are no mail are each answered in one sentence."""
    await two_accounts(window)
    async with window.signed_in(OWNER) as owner:
        empty = await send(owner, "/workbench/reading", b" \r\n")
        large = await send(owner, "/workbench/reading", b"x" * (LARGEST_MAIL + 1))
        largest = await send(owner, "/workbench/reading", b"x" * LARGEST_MAIL)
        larger = await send(owner, "/workbench/reading", b"x" * (LARGEST_MAIL + 2 * AROUND))
        noise = await send(owner, "/workbench/reading", bytes(range(256)) * 10)

    assert (422, True) == (empty.status_code, "paste one" in empty.json()["problem"])
    assert (413, True) == (large.status_code, "2 MiB" in large.json()["problem"])
    assert (200, 413, True) == (largest.status_code, larger.status_code, "2 MiB are the most" in larger.text)
    assert (200, True) == (noise.status_code, "It is no order" in noise.text)


async def test_taught_for_my_shop_only(window: Window) -> None:
    """What an owner teaches is known at once for his shops, and for nobody else's; not even by 'all'."""
    await two_accounts(window)
    words = {"words": "  Obolus:\t", "field": "total", "language": "de"}
    async with window.signed_in(OWNER) as owner, window.signed_in(OTHER) as other:
        before = await send(owner, f"/workbench/reading?shop={SHOP}", odd_mail(1))
        taught = await fill(owner, "/workbench/teach", **words, shop="all")
        after = await send(owner, f"/workbench/reading?shop={SHOP}", odd_mail(1))
        elsewhere = await send(other, "/workbench/reading?shop=777", odd_mail(1))
        foreign = await fill(other, "/workbench/teach", **words, shop=str(SHOP))
        peeking = await send(other, f"/workbench/reading?shop={SHOP}", odd_mail(1))
    async with window.store.reading() as tx:
        labels = [(shop, label.words) for shop, label in await tx.labels.all()]

    assert "It could not be read" in before.text
    assert (200, True) == (taught.status_code, "Obolus" in taught.json()["said"])
    assert "It is an order" in after.text
    assert "It could not be read" in elsewhere.text
    assert (404, 404) == (foreign.status_code, peeking.status_code)
    assert [(SHOP, "Obolus")] == labels


async def test_a_word_that_means_another_field(window: Window) -> None:
    """The answer names the field and nothing is taught, until the same words are sent once more with a yes."""
    await two_accounts(window)
    words = {"words": "Versandkosten:", "field": "total", "language": "de", "shop": str(SHOP)}
    async with window.signed_in(OWNER) as owner:
        warned = await fill(owner, "/workbench/teach", **words)
        sure = warned.json()["sure"]
        others = await fill(owner, "/workbench/teach", **{**words, "words": "Zwischensumme"}, sure=sure)
        async with window.store.reading() as tx:
            before = await tx.labels.all()
        taught = await fill(owner, "/workbench/teach", **words, sure=sure)

    assert (200, True) == (warned.status_code, "means Shipping cost already" in warned.json()["doubt"])
    assert ({"doubt", "sure"}, []) == (set(others.json()), before)
    assert (200, True) == (taught.status_code, "Versandkosten" in taught.json()["said"])


async def test_words_that_are_no_label(window: Window) -> None:
    """They are refused with the reason, and nothing is taught."""
    await two_accounts(window)
    async with window.signed_in(OWNER) as owner:
        answers = [
            await fill(owner, "/workbench/teach", words=words, field=field, language=language, shop=str(SHOP))
            for words, field, language in [
                (" :-", "total", "de"),
                ("x" * 101, "total", "de"),
                ("x" * 5000, "total", "de"),
                ("Obolus", "nothing", "de"),
                ("Obolus", "total", "xx"),
            ]
        ]
    async with window.store.reading() as tx:
        labels = await tx.labels.all()

    assert [422] * 5 == [each.status_code for each in answers]
    assert all(each.json()["problem"] for each in answers)
    assert [] == labels


async def test_compare_then_apply(window: Window) -> None:
    """The comparison keeps nothing; applying does, for the account's own mails, and the journal says who did it."""
    await two_accounts(window)
    mine = [await keep(window, odd_mail(number)) for number in (601, 602)]
    theirs = await keep(window, odd_mail(603), OTHER_SHOP)
    words = {"words": "Obolus", "field": "total", "language": "de"}
    async with window.signed_in(OWNER) as owner:
        unchanged = (await owner.get("/workbench/compare")).json()
        await fill(owner, "/workbench/teach", **words, shop=str(SHOP))
        told = (await owner.get("/workbench/compare")).json()
        before = await states(window)
        foreign = await fill(owner, "/workbench/apply", mail=str(theirs))
        applied = await fill(owner, "/workbench/apply", mail=str(mine[0]))

    after = await states(window)
    assert (2, 0, "") == (unchanged["read"], unchanged["found"], unchanged["rows"])
    assert (2, 2, None) == (told["read"], told["found"], told["before"])
    assert "became order 602" in told["rows"]
    assert {MailState.UNREADABLE} == set(before.values())
    assert (404, 200) == (foreign.status_code, applied.status_code)
    assert "became order 601" in applied.text
    assert {mine[0]: "order", mine[1]: "unreadable", theirs: "unreadable"} == after


async def states(window: Window) -> dict[int, MailState]:
    """Every mail's state."""
    async with window.store.reading() as tx:
        return {mail.id: mail.state for mail in await tx.mails.list()}


async def test_foreign_mails_are_not_there(window: Window) -> None:
    """A foreign mail, one that does not exist and no number at all are answered alike."""
    await two_accounts(window)
    theirs = await keep(window, odd_mail(603), OTHER_SHOP)
    async with window.signed_in(OWNER) as owner:
        answers = [await owner.get(f"/workbench?mail={number}") for number in (theirs, 999, "x", 2**70)]
        more = [await send(owner, f"/workbench/{path}?mail={theirs}") for path in ("reading", "case")]

    assert [404] * 6 == [each.status_code for each in [*answers, *more]]


async def test_a_reader_may_not(window: Window) -> None:
    """Who only looks does not see the page."""
    await two_accounts(window)
    await window.user("reader@example.org", UserRole.READER, OWNER)
    async with window.signed_in("reader@example.org") as reader:
        page, home = await reader.get("/workbench"), await reader.get("/")

    assert 403 == page.status_code
    assert "/workbench" not in home.text


async def test_a_case_has_invented_persons(window: Window) -> None:
    """The mail for a bug report reads alike and names nobody."""
    await two_accounts(window)
    async with window.signed_in(OWNER) as owner:
        answer = await send(owner, "/workbench/case", odd_mail(1).replace(b"Obolus", b"Gesamtsumme"))
    case = base64.b64decode(answer.json()["mail"])

    assert case.startswith(b"X-Sample: anonymised")
    assert b"Lindenweg" not in case
    assert b"Gesamtsumme: 14,90 EUR" in case


@needs_browser
async def test_teach_with_mouse_and_keys(window: Window) -> None:
    """Paste, select the unknown word, name its field: it is an order; then the kept mail becomes one, too."""
    await two_accounts(window)
    await keep(window, odd_mail(601))
    async with page_of(window) as page:
        await sign_in(page, OWNER)
        await page.goto("/workbench")
        await page.fill("#pasted", odd_mail(1).decode())
        await page.click("#read")
        await page.wait_for_selector("text=Sie konnte nicht gelesen werden")
        await page.dblclick("text=Obolus", position={"x": 12, "y": 8})
        await expect(page.locator("#words")).to_have_value("Obolus")
        await page.focus("#lines")
        for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp", "Shift+ArrowRight"):
            await page.keyboard.press(key)
        by_keys = await page.input_value("#words")
        await page.fill("#words", "Obolus")
        await page.select_option("#field", "total")
        await page.select_option("#language", "de")
        await page.select_option("#field", "total")
        await page.click("#teach button")
        await page.wait_for_selector("text=Es ist eine Bestellung")
        await page.fill("#words", "Versandkosten")
        await page.click("#teach button")
        await page.wait_for_selector(".alert-warning >> text=bedeutet schon Versandkosten")
        await page.click("#teach button")
        await page.wait_for_selector("text=Gelernt: „Versandkosten“")
        await page.hover("tr[data-path=total] td")
        meant = await page.text_content(".workbench-line.is-meant")
        await page.click("#case")
        async with page.expect_download() as loading:
            await page.click("#case-link")
        case = await asyncio.to_thread(Path(await (await loading.value).path()).read_bytes)
        await page.click("#compare")
        await page.wait_for_selector("text=wurde Bestellung 601")
        await page.click("#apply-bar button")
        await page.wait_for_selector("text=Fertig.")

    assert "Bestellnummer: 1" == by_keys
    assert "Obolus: 14,90 EUR" in (meant or "")
    assert case.startswith(b"X-Sample: anonymised")
    assert [MailState.ORDER] == list((await states(window)).values())


def test_the_doors_limit() -> None:
    """The workbench takes what the door takes: a kept mail that was downloaded can be tried out."""
    listening = bound("127.0.0.1:0", "web.listen")
    settings = app._window_settings(Config.model_validate({"smtp": {"max_size": 54321}}), [listening])
    listening.close()

    assert 54321 == settings.largest_mail
