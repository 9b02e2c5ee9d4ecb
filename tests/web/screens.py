"""Pictures of every page, in German and English, light and dark, at a desk and on a phone:

    python -m tests.web.screens FOLDER [de|en] [light|dark] [desk|phone] [/part/of/an/address]
    python -m tests.web.screens tests/web/pictures readme

It fills a window of its own with made-up orders and mails.  Words behind FOLDER leave out what they do not name.
"""

import asyncio
import re
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Page

from smtpd_billbee.model.user import UserRole
from smtpd_billbee.store.store import open_store
from tests.web.asking import Window, window_on
from tests.web.browser import DESK, PHONE, browser, sign_in
from tests.web.filled import ADMIN, Side, fill, two_sides
from tests.web.routes import PAGES, Line

LANGUAGES, THEMES, SIZES = ("de", "en"), ("light", "dark"), {"desk": DESK, "phone": PHONE}


def pages_for(side: Side, who: UserRole | None) -> list[tuple[str, str]]:
    """(name of its picture, address) of each page that an owner looks at, an administrator alone, or a stranger."""
    numbers = {**side.ids, "shop": side.shop, "account": side.account, "sign": side.sign, "stray": side.stray}
    found = []
    for line in PAGES:
        if line.page and not line.nobody and "{word}" not in line.at and who is _whose(line):
            name = re.sub(r"[^a-z0-9]+", "-", line.at.lower()).strip("-") or "start"
            found.append((name, line.at.format_map(numbers)))
    return found


def _whose(line: Line) -> UserRole | None:
    if line.least in (None, UserRole.ADMINISTRATOR):
        return line.least
    return UserRole.OWNER


@asynccontextmanager
async def filled() -> AsyncIterator[tuple[Window, Side]]:
    """A window with one account."""
    side = two_sides()[0]
    with tempfile.TemporaryDirectory() as folder:
        store = await open_store("", Path(folder))
        async with window_on(store) as window:
            await fill(window, side)
            yield window, side
        await store.close()


async def pictures(folder: Path, wanted: Sequence[str]) -> None:
    """Write them."""
    async with filled() as (window, side), browser() as running:
        for language in chosen(LANGUAGES, wanted):
            for who, email in ((None, ""), (UserRole.OWNER, side.email), (UserRole.ADMINISTRATOR, ADMIN)):
                await _of_one(running, window, language, email, pages_for(side, who), folder, wanted)


async def readme(folder: Path) -> None:
    """The three of the README."""
    async with filled() as (window, side), browser() as running:
        for language, theme, size, name, address in (
            ("en", "light", "desk", "start", "/"),
            ("en", "light", "desk", "order", f"/orders/{side.ids['doubtful']}"),
            ("de", "dark", "phone", "phone", "/orders/list"),
        ):
            context = await running.new_context(base_url=window.address, locale=language, color_scheme=theme)
            page = await context.new_page()
            await page.set_viewport_size({"width": min(SIZES[size]["width"], 1200), "height": 700})
            await sign_in(page, side.email)
            await page.goto(address, wait_until="networkidle")
            if name == "order":
                await page.hover("[data-field='payment_method']")
            await page.screenshot(path=folder / f"{name}.png", animations="disabled")
            await context.close()


async def _of_one(
    running: Browser, window: Window, language: str, email: str, pages: list[tuple[str, str]], folder: Path,
    wanted: Sequence[str],
) -> None:  # fmt: skip
    context = await running.new_context(base_url=window.address, locale=language, reduced_motion="reduce")
    page = await context.new_page()
    if email:
        await sign_in(page, email)
    parts = [word for word in wanted if word.startswith("/")]
    for name, address in pages:
        if not parts or any(part in address for part in parts):
            await page.goto(address)
            await _of_page(page, f"{name}-{language}", folder, wanted)
    await context.close()


async def _of_page(page: Page, name: str, folder: Path, wanted: Sequence[str]) -> None:
    for theme in chosen(THEMES, wanted):
        await page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        for size in chosen(tuple(SIZES), wanted):
            await page.set_viewport_size(SIZES[size])  # type: ignore[arg-type]
            if await page.query_selector("[data-chart]"):  # a chart is drawn for the size that it finds
                await page.reload()
            await page.screenshot(path=folder / f"{name}-{theme}-{size}.png", full_page=True)


def chosen(all_of: Sequence[str], wanted: Sequence[str]) -> Sequence[str]:
    """Those that are named; all, if none is."""
    return [each for each in all_of if each in wanted] or all_of


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(readme(target) if "readme" in sys.argv[2:] else pictures(target, sys.argv[2:]))
