"""Every page in a real browser: axe-core finds nothing serious, in light and in dark; a phone need not push aside."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Page

from smtpd_billbee.model.user import UserRole
from tests.web.asking import Window
from tests.web.browser import DESK, PHONE, browser, needs_browser, page_of, sign_in
from tests.web.filled import ADMIN, Side, fill, two_sides
from tests.web.screens import pages_for

# Every rule, but what stands in a mail's own frame is its shop's.
EVERYTHING = {"resultTypes": ["violations"], "iframes": False}
COLOURS = EVERYTHING | {"runOnly": ["color-contrast"]}
DOUBTS = Path(__file__).parents[1] / "files" / "de-2024-doubts.csv"
SERIOUS = ("serious", "critical")


async def complaints(page: Page, part: str, options: dict[str, Any]) -> list[str]:
    """What axe-core finds serious in a part of the page: the rule, and where."""
    found = await page.evaluate("([part, options]) => axe.run(document.querySelector(part), options)", [part, options])
    return [
        f"{each['id']} ({each['impact']}): {node['target']} {node['html'][:160]} "
        + "; ".join(check["message"] for check in (*node["any"], *node["all"], *node["none"]))
        for each in found["violations"]
        if each["impact"] in SERIOUS
        for node in each["nodes"][:3]
    ]


async def wrong_with(page: Page, address: str, part: str) -> list[str]:
    """Load a page once, and look at it in every way."""
    await page.set_viewport_size(DESK)  # type: ignore[arg-type]
    await page.emulate_media(color_scheme="light")
    await page.goto(address)
    await page.evaluate(AXE_SCRIPT)
    wrong = [f"light: {each}" for each in await complaints(page, part, EVERYTHING)]
    await page.emulate_media(color_scheme="dark")
    await page.wait_for_selector("html[data-bs-theme=dark]")
    wrong += [f"dark: {each}" for each in await complaints(page, part, COLOURS)]
    await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    width = await page.evaluate("document.documentElement.scrollWidth")
    return wrong if width <= PHONE["width"] else [*wrong, f"phone: {width} px wide"]


async def preview(page: Page, side: Side) -> str:
    """Bring a file with doubts up to its preview; its address."""
    doubts = await asyncio.to_thread(DOUBTS.read_bytes)
    await page.goto("/imports/new")
    await page.set_input_files("input[type=file]", {"name": "o.csv", "mimeType": "text/csv", "buffer": doubts})
    await page.select_option("select[name=shop]", str(side.shop))
    await page.click("main button[type=submit], .page-body button[type=submit]")
    await page.wait_for_url("**/imports/waiting/*")
    return page.url


@needs_browser
@pytest.mark.timeout(300)  # forty pages
async def test_every_page(window: Window) -> None:
    """The list of pages is that of test_every_route.py, which knows each; and what a file would do."""
    own = two_sides()[0]
    await fill(window, own)
    wrong = []
    async with browser() as running:
        for who, email in ((None, ""), (UserRole.OWNER, own.email), (UserRole.ADMINISTRATOR, ADMIN)):
            context = await running.new_context(base_url=window.address, locale="de", reduced_motion="reduce")
            page = await context.new_page()
            if email:
                await sign_in(page, email)
            addresses = [address for _, address in pages_for(own, who)]
            if who is UserRole.OWNER:
                addresses.append(await preview(page, own))
            for number, address in enumerate(addresses):
                part = ".page-wrapper" if email and number else "html"  # the frame around it is always the same
                wrong += [f"{address} {each}" for each in await wrong_with(page, address, part)]
            await context.close()

    assert [] == wrong, "\n".join(wrong)


@needs_browser
async def test_light_or_dark(window: Window) -> None:
    """As the browser asks, before the first line is drawn; until the user chooses, then so on each page and later."""
    await window.user(ADMIN, UserRole.ADMINISTRATOR)
    async with page_of(window, dark=True) as page:
        await page.goto("/login", wait_until="commit")
        before = await page.wait_for_selector("html[data-bs-theme=dark]", state="attached")
        await sign_in(page, ADMIN)
        await page.click("header button:has(.fa-user)")
        await page.click("header [data-theme-choice=light]")
        chosen = await page.get_attribute("html", "data-bs-theme")
        await page.goto("/reports")
        kept = await page.get_attribute("html", "data-bs-theme")
        await page.click("header button:has(.fa-user)")
        pressed = await page.get_attribute("header [data-theme-choice=light]", "aria-pressed")
        await page.click("header [data-theme-choice='']")
        as_the_device = await page.get_attribute("html", "data-bs-theme")
        await page.emulate_media(color_scheme="light")
        await page.wait_for_selector("html[data-bs-theme=light]", state="attached")

    assert before
    assert ("light", "light", "true", "dark") == (chosen, kept, pressed, as_the_device)
