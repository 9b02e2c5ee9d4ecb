"""The first minute in the browser."""

import pytest
from playwright.async_api import expect

from smtpd_billbee.web.sessions import Links
from tests.web.asking import KEY, PASSWORD, Window
from tests.web.browser import needs_browser, page_of

pytestmark = needs_browser


@pytest.mark.parametrize("phone", [False, True])
async def test_the_first_administrator_in_the_browser(window: Window, phone: bool) -> None:
    """The link, a password, and he is in; nothing on the way breaks the policy of the page."""
    async with page_of(window, phone=phone) as page:
        await page.goto(f"/first/{Links(KEY).make('first')}")
        await page.fill("#email", "admin@example.org")
        await page.fill("#password", PASSWORD)
        await page.fill("#again", PASSWORD)
        await page.click("button[type=submit]")
        await page.wait_for_url(f"{window.address}/")

        assert "Start" in await page.title()
        width = await page.evaluate("document.documentElement.scrollWidth")
        assert width <= (360 if phone else 1280)


async def test_another_language(window: Window) -> None:
    """The menu switches the language, and it stays."""
    async with page_of(window, "de") as page:
        await page.goto("/login")
        assert "Anmelden" == await page.text_content("h1")
        await page.click("text=English")
        await page.wait_for_load_state()
        await expect(page.locator("h1")).to_have_text("Sign in")
