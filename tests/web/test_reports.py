"""Reports in the window."""

from datetime import date

import pytest

from smtpd_billbee.model.period import Period
from smtpd_billbee.web.report_period import Asked, asked
from tests.web.asking import Window
from tests.web.browser import needs_browser, page_of, sign_in
from tests.web.selling import CUP, EVIL, FOREIGN_SHOP, READER, USER, WOOL, accounts, sell

TODAY = date(2026, 3, 15)


@pytest.fixture
async def shop(window: Window) -> Window:
    """A shop that sold for 34.80 in the last 30 days, and for 24.90 in the 30 days before."""
    await accounts(window)
    await sell(window.store, "1", CUP)
    await sell(window.store, "2", EVIL, WOOL, state=4)
    await sell(window.store, "3", CUP, days=35)
    await sell(window.store, "4", CUP, state=6)
    await sell(window.store, "F", CUP, CUP, CUP, shop=FOREIGN_SHOP)
    return window


async def test_the_page(shop: Window) -> None:
    """What was sold and how much before; what is left out of the articles, with the way to it; the rule in words."""
    async with shop.signed_in(READER) as reader:
        page = (await reader.get("/reports")).text

    for words in (
        "€39.80", "before: €24.90 +60 %", "Germany", "PayPal", "Teeladen", "TAS-1", "1 order left out",
        "1 item without SKU",
        'href="/articles/unassigned"', "under complaint", "tax and shipping included",
    ):  # fmt: skip
        assert words in page.replace("\xa0", ""), words
    assert ("<script>alert" in page, "&lt;script&gt;alert" in page) == (False, True)


async def test_no_orders(shop: Window) -> None:
    """A period without an order says so."""
    async with shop.signed_in(USER) as owner:
        assert "No orders in this period" in (await owner.get("/reports?first=2001-01-01&last=2001-02-01")).text


@pytest.mark.parametrize("cut", ["time", "shops", "payments", "countries", "articles"])
async def test_files(shop: Window, cut: str) -> None:
    """Every table as CSV and Excel."""
    async with shop.signed_in(USER, "de") as owner:
        csv = (await owner.get(f"/reports/{cut}.csv?period=30_days")).content.decode("utf-8-sig")
        assert (await owner.get(f"/reports/{cut}.xlsx")).content.startswith(b"PK")
        assert (404, 404) == tuple(
            [(await owner.get(path)).status_code for path in (f"/reports/{cut}.exe", "/reports/x.csv")]
        )

    lines = csv.splitlines()
    expected = {
        "time": (31, "39,80"), "shops": (2, "Teeladen;2;39,80;EUR"), "payments": (2, "PayPal;2;39,80;EUR"),
        "countries": (2, "Deutschland;2;39,80;EUR"), "articles": (3, "TAS-1;Tasse Blau;2,0000;20,00;2,0000;20,00;EUR"),
    }[cut]  # fmt: skip
    assert (expected[0], True) == (len(lines), expected[1] in csv)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({}, Asked("30_days", Period(date(2026, 2, 14), TODAY), "day")),
        ({"period": "this_month", "step": "week"}, Asked("this_month", Period(date(2026, 3, 1), TODAY), "week")),
        ({"period": "last_month"}, Asked("last_month", Period(date(2026, 2, 1), date(2026, 2, 28)), "day")),
        ({"period": "last_year"}, Asked("last_year", Period(date(2025, 1, 1), date(2025, 12, 31)), "month")),
        ({"period": "this_year"}, Asked("this_year", Period(date(2026, 1, 1), TODAY), "week")),
        ({"period": "today"}, Asked("today", Period(TODAY, TODAY), "day")),
        ({"period": "7_days"}, Asked("7_days", Period(date(2026, 3, 9), TODAY), "day")),
        ({"first": "2026-03-05", "last": "2026-03-01"}, Asked("", Period(date(2026, 3, 1), date(2026, 3, 5)), "day")),
        ({"first": "x", "last": "2026-03-01", "step": "y"}, Asked("30_days", Period(date(2026, 2, 14), TODAY), "day")),
        ({"first": "0001-01-01", "last": "9999-12-31"}, Asked("30_days", Period(date(2026, 2, 14), TODAY), "day")),
    ],
)
def test_which_days(words: dict[str, str], expected: Asked) -> None:
    """By name or by days; what makes no sense is the last 30 days."""
    assert expected == asked(words, TODAY)


def test_the_longest_period() -> None:
    """Ten years at most: the end of what was asked for."""
    assert (
        Period(date(2013, 11, 14), date(2023, 12, 31))
        == asked({"first": "1990-01-01", "last": "2023-12-31"}, TODAY).period
    )


@needs_browser
async def test_in_the_browser(shop: Window) -> None:
    """Charts are drawn, the same numbers are a table beside them, another period is chosen; a phone is wide enough."""
    async with page_of(shop, "de", phone=True) as page:
        await sign_in(page, USER)
        await page.goto("/reports")
        await page.wait_for_selector(".apexcharts-svg")
        assert 4 == await page.locator(".apexcharts-svg").count()
        await page.click("summary")
        assert "39,80" in (await page.inner_text("details table")).replace("\xa0", " ")
        assert 360 >= await page.evaluate("document.documentElement.scrollWidth")
        await page.fill("#first", "2001-01-01")
        await page.fill("#last", "2001-01-31")
        await page.click("text=Anzeigen")
        assert "Keine Bestellungen in diesem Zeitraum" in await page.inner_text("body")
