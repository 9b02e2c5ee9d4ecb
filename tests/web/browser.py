"""A real browser: Debian's chromium, driven by Playwright, without a window of its own."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.web.asking import PASSWORD, Window

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip

needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """The browser; every page of it is closed at the end."""
    async with async_playwright() as play:
        running = await play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        try:
            yield running
        finally:
            await running.close()


@asynccontextmanager
async def page_of(
    window: Window, language: str = "de", phone: bool = False, dark: bool = False, may_complain: bool = False
) -> AsyncIterator[Page]:
    """A page in a browser that keeps no memory of others.  What the page complains of fails the test.

    `may_complain`: it shows a hostile mail, and the browser tells what it kept it from.
    """
    async with page_at(window.address, language, phone, dark, may_complain) as page:
        yield page


@asynccontextmanager
async def page_at(
    address: str, language: str = "de", phone: bool = False, dark: bool = False, may_complain: bool = False
) -> AsyncIterator[Page]:
    """The same for a window that is served anywhere."""
    async with browser() as running:
        context = await running.new_context(
            base_url=address,
            locale=language,
            viewport=PHONE if phone else DESK,  # type: ignore[arg-type]
            color_scheme="dark" if dark else "light",
        )
        page = await context.new_page()
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
        assert may_complain or [] == complaints


async def sign_in(page: Page, email: str) -> None:
    """Sign in, as a person would."""
    await page.goto("/login")
    await page.fill("#email", email)
    await page.fill("#password", PASSWORD)
    await page.click("button[type=submit]")
    await page.wait_for_url("**/")
