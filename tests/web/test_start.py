"""The start page."""

from datetime import UTC, datetime

from smtpd_billbee.model.overview import SpoolState
from smtpd_billbee.model.user import UserRole
from tests.making import OWNER, make_shop
from tests.web.asking import Window
from tests.web.browser import needs_browser, page_of, sign_in
from tests.web.selling import CUP, FOREIGN_SHOP, READER, RED, USER, WOOL, accounts, sell

ADMIN = "admin@example.org"


async def test_first_steps(window: Window) -> None:
    """Without a shop, the way to one; with a shop and no order, what to do next; then neither."""
    await window.user(ADMIN, UserRole.ADMINISTRATOR)
    async with window.signed_in(ADMIN) as admin:
        assert 'href="/settings/shops/new"' in (await admin.get("/")).text
        await make_shop(window.store)
        assert "Your shop is ready" in (await admin.get("/")).text
        await sell(window.store, "1", CUP)
        assert "first-steps" not in (await admin.get("/")).text


async def test_today_and_what_needs_you(window: Window) -> None:
    """Today beside yesterday, each thing that waits with the way to it; nothing of another account."""
    await accounts(window)
    await sell(window.store, "1", CUP, RED, to_check=True)
    await sell(window.store, "2", WOOL, days=1)
    await sell(window.store, "F", CUP, shop=FOREIGN_SHOP, to_check=True)
    async with window.signed_in(READER) as reader:
        page = (await reader.get("/")).text.replace("\xa0", "")

    for words in (
        "€36.90", "1 order<", "Yesterday: €13.90, 1 order", "filter=to_check__is_true", "/articles/unassigned",
        "/articles/titles", "Every copy was delivered", 'href="/check"',
    ):  # fmt: skip
        assert words in page, words
    assert ["1", "1", "1"] == [part.split("<")[0] for part in page.split('text-primary-fg ms-2">')[1:]]


async def test_the_spool(window: Window) -> None:
    """Mails that wait for the database are shown, to administrators: they are not of one account."""
    await accounts(window)
    await window.user(ADMIN, UserRole.ADMINISTRATOR)
    async with window.signed_in(ADMIN) as admin, window.signed_in(READER) as reader:
        before = (await admin.get("/")).text
        window.spool = SpoolState(3, datetime(2026, 3, 2, 12, 0, tzinfo=UTC), 1)
        page, of_reader = (await admin.get("/")).text, (await reader.get("/")).text

    assert ("Emergency spool" in before, "Emergency spool" in of_reader) == (False, False)
    assert "3 mails are accepted and on the disk; the oldest waits for the database since" in page
    assert "1 file in the folder spool/unreadable is damaged." in page


@needs_browser
async def test_in_the_browser(window: Window) -> None:
    """A chart of the mails, and everything fits on a phone, in the dark as well."""
    await accounts(window)
    await sell(window.store, "1", CUP)
    async with page_of(window, "de", phone=True, dark=True) as page:
        await sign_in(page, USER)
        await page.wait_for_selector(".apexcharts-svg")
        assert "24,90" in await page.inner_text("body")
        assert 360 >= await page.evaluate("document.documentElement.scrollWidth")
        assert OWNER not in await page.inner_text("body")
