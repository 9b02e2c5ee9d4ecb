"""What needs a person, in one list."""

from dataclasses import replace
from html import unescape

from smtpd_billbee.model.evidence import Evidence, Result
from smtpd_billbee.model.mail import MailState
from smtpd_billbee.model.trust import Believed, Mark, Sort
from smtpd_billbee.model.user import UserRole
from smtpd_billbee.web.told import told
from smtpd_billbee.work.bell import Bell
from smtpd_billbee.work.origins import Origins
from smtpd_billbee.work.reading import ReadingRole
from tests.evidence import Played, dkim
from tests.making import ORDER, SHOP
from tests.web.asking import Window, now
from tests.web.browser import needs_browser, page_of, sign_in
from tests.web.mailing import OWNER, STRANGER, keep, people, sample, shop_with_mails


async def doubtful(window: Window) -> None:
    """An order in doubt, with an item that has no SKU."""
    order = replace(ORDER, number="D-7")
    values = {"state": 1, "to_check": True, "problems": ["the items come to 33.30, the subtotal says 34.00"]}
    async with window.store.transaction() as tx:
        await tx.orders.add(SHOP, order, {}, values, now())


async def test_each_row_says_why_and_offers_the_act(window: Window) -> None:
    """The doubtful order, the unreadable mail, three copies, two items: each with its reason and its button."""
    ids = await shop_with_mails(window)
    await doubtful(window)
    async with window.signed_in(OWNER, "de") as visitor:
        page = unescape((await visitor.get("/check")).text)
        count = (await visitor.get("/check/count")).json()
    async with window.signed_in(STRANGER) as stranger:
        foreign = (await stranger.get("/check/count")).json()["count"]

    assert "die Positionen ergeben 33,30, die Zwischensumme ist 34,00" in page
    assert f'action="/mails/{ids["unreadable"]}/reread"' in page
    assert 3 == page.count("/resend?back=check")
    assert 2 <= page.count("Artikel zuordnen")
    assert {"count": page.count('class="list-group-item"'), "words": f"{count['count']} zu prüfen"} == count
    assert foreign < count["count"]


async def test_the_acts_end_the_rows(window: Window) -> None:
    """A copy that was sent again and a mail that was filed away are gone from the list, and one is back on it."""
    ids = await shop_with_mails(window)
    async with window.signed_in(OWNER) as visitor:
        before = (await visitor.get("/check/count")).json()["count"]
        sent = await visitor.post(f"/mails/{ids['order']}/resend?back=check", "/check")
        await visitor.post(f"/mails/{ids['unreadable']}/file-away?back=check", "/check")
        after = (await visitor.get("/check/count")).json()["count"]

    assert ("/check", 2) == (sent.headers["location"], before - after)


async def test_nothing_to_do(window: Window) -> None:
    """The page says so; an administrator sees every account's rows, a reader no buttons."""
    await people(window)
    async with window.signed_in(OWNER) as visitor:
        quiet = (await visitor.get("/check")).text
    await window.user("admin@example.org", UserRole.ADMINISTRATOR)
    await doubtful(window)
    async with window.signed_in("admin@example.org") as admin:
        page = (await admin.get("/check")).text

    assert ("Nothing needs you." in quiet, "D-7" in page) == (True, True)


@needs_browser
async def test_the_number_in_the_menu(window: Window) -> None:
    """It stands beside the entry on every page, and is gone when nothing needs anybody."""
    await people(window)
    async with page_of(window) as page:
        await sign_in(page, OWNER)
        await page.wait_for_selector("#sidebar-menu .to-check-number", state="hidden")
        await doubtful(window)
        await page.goto("/mails/list")
        badge = page.locator("#sidebar-menu .to-check-number")
        await badge.wait_for()

        assert ("3", "3 zu prüfen") == (await badge.text_content(), await badge.get_attribute("aria-label"))


async def held(window: Window, name: str, evidence: Evidence) -> int:
    """A mail with an order of which so much is proved."""
    mail_id = await keep(window.store, sample(name))
    role = ReadingRole(
        window.store, window.hands.readers, now, Bell(), proofs=Played({mail_id: evidence}),
        origins=Origins(Believed(), ["inbound.example"]),
    )  # fmt: skip
    await role.reread([mail_id])
    return mail_id


async def test_one_click_accepts(window: Window) -> None:
    """A mail of unknown origin says why it waits; a sender who is proved can be trusted, another one cannot."""
    await people(window)
    signed = Evidence("x@a.example", "a.example", signatures=(dkim("a.example"),), dmarc=Result.PASS)
    proved, unproved = (
        await held(window, "s_woo_html-de-01", signed),
        await held(window, "s_divcards-de-01", Evidence()),
    )
    async with window.signed_in(OWNER, "de") as visitor:
        page = unescape((await visitor.get("/check")).text)
        detail = unescape((await visitor.get(f"/mails/{proved}")).text)
        refused = await visitor.post(f"/mails/{unproved}/accept?back=check", "/check", trust="1")
        taken = await visitor.post(f"/mails/{proved}/accept?back=check", "/check", trust="1")
        await visitor.post(f"/mails/{unproved}/accept", "/check")
    async with window.store.reading() as tx:
        states = [(await tx.mails.get(each)).state for each in (proved, unproved)]  # type: ignore[union-attr]
        marks = [kept.mark for kept in await tx.trust.marks(SHOP)]
    async with window.signed_in("reader@example.org") as reader:
        looking = await reader.post(f"/mails/{proved}/accept", f"/mails/{proved}")

    said = ("dieser Shop kennt ihn nicht", "nichts beweist, wer", "Ist das eine Bestellung", "ab jetzt vertrauen")
    assert [1, 1, 2, 1] == [page.count(each) for each in said]
    assert "sie ist von a.example signiert (DKIM)" in detail
    assert ("/check", "/check", 403) == (refused.headers["location"], taken.headers["location"], looking.status_code)
    assert [MailState.ORDER, MailState.ORDER] == states
    assert [Mark(Sort.ADDRESS, "x@a.example")] == marks


def test_sentences_within_sentences() -> None:
    """What stands within a sentence is told, too; what nobody knows stays as it is, and nothing takes long."""
    assert "line 3: Total: 1.00, now 2.00" == told("line 3: total: 1.00, now 2.00")
    assert "no such sentence" == told("no such sentence")
    assert "item 1: " * 120 == told("item 1: " * 120)
