"""The first day of a shop, in a real browser before a real server, with real mails over SMTP."""

import asyncio
import re
import smtplib
from pathlib import Path

from tests.journeys.running import OWNER, SENDER, Server, serving, soon
from tests.journeys.senders import wire
from tests.sink import Sink
from tests.web.asking import PASSWORD
from tests.web.browser import needs_browser, page_at

MAILS = Path(__file__).parents[1] / "mails"
PARTS = ("--only", "door,reading,relaying,window")


async def mailed(server: Server, name: str, shop: int) -> None:
    """A sample mail comes to a shop's address over SMTP."""

    def send() -> None:
        with smtplib.SMTP("127.0.0.1", server.port, timeout=30) as smtp:
            smtp.sendmail(SENDER, f"{shop}-jimdo-orderimport@inbound.example", wire(MAILS / f"{name}.eml"))

    await asyncio.to_thread(send)


async def copied(smarthost: Sink, name: str) -> bool:
    """Whether the owner's mailbox has taken a copy of that mail."""
    body = wire(MAILS / f"{name}.eml").partition(b"\r\n\r\n")[2].strip()
    return any(body in mail.raw and mail.recipient == OWNER for mail in smarthost.mails)


def found(server: Server, pattern: str) -> str:
    """What the diary says."""
    match = re.search(pattern, server.log().decode())
    assert match, server.log().decode()
    return match[1]


@needs_browser
async def test_the_first_day(tmp_path: Path) -> None:
    """The printed link makes the administrator; a shop is made, and its page shows the activation mail and the first
    order as they come; the next order appears in the open list; a copy that was refused is sent once more; it is
    said in English, too."""
    async with serving(tmp_path, *PARTS, sink=Sink()) as (server, smarthost):
        address = found(server, r"window=(http://\S+)")
        async with page_at(address, "de") as page:
            await page.goto(found(server, r"(http://\S+/first/[\w.-]+)"))
            await page.fill("#email", "admin@example.org")
            await page.fill("#password", PASSWORD)
            await page.fill("#again", PASSWORD)
            await page.click("button[type=submit]")
            await page.wait_for_url(f"{address}/")

            await page.goto("/settings/shops/new")
            await page.fill("#name", "Kerzen")
            await page.select_option("#account", label=OWNER)
            await page.click("form.card button[type=submit]")
            await page.wait_for_url("**/address")
            shop = int(re.findall(r"/shops/(\d+)/", page.url)[0])
            await page.click("text=Auf die erste E-Mail warten")
            await page.wait_for_selector("text=noch nichts gekommen")
            await mailed(server, "n_activation-de-01", shop)
            await page.wait_for_selector("[data-part=link]:visible", timeout=15_000)
            await mailed(server, "s_bitrix_txt-de-04", shop)
            await page.wait_for_selector("[data-part=order]:visible", timeout=15_000)

            await page.goto("/orders/list")
            before = await page.locator("tr[data-sa-pk]").count()
            await smarthost.wait_for(2)
            smarthost.refuse("RCPT", "550 5.1.1 no such mailbox", times=1)
            await mailed(server, "s_woo_html-de-01", shop)
            await page.wait_for_selector("tr.order-is-new", timeout=15_000)
            after = await page.locator("tr[data-sa-pk]").count()

            await page.goto("/check")
            await page.wait_for_selector("text=no such mailbox")
            await page.click("text=Kopie noch einmal senden")
            await page.wait_for_selector("text=Die Kopie ist unterwegs.")
            assert await soon(lambda: copied(smarthost, "s_woo_html-de-01"), 15)
            await page.goto("/check")
            left = await page.locator("text=no such mailbox").count()

            await page.goto("/orders/list")
            await page.click("header button:has-text('Deutsch')")
            await page.click("header .dropdown-menu.show a:has-text('English')")
            await page.wait_for_selector("h2:text-is('Orders')")

    assert (1, 2, 0) == (before, after, left)
