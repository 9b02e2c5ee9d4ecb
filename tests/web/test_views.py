"""Saved views of the order list, in the window."""

import re

from smtpd_billbee.model.user import UserRole
from tests.making import SHOP, make_shop
from tests.web.asking import Window
from tests.web.browser import needs_browser, page_of, sign_in

OWNER, READER = "owner@example.org", "reader@example.org"


async def people(window: Window) -> None:
    """An owner and a reader of his account."""
    await make_shop(window.store)
    await window.user(OWNER, UserRole.OWNER, OWNER)
    await window.user(READER, UserRole.READER, OWNER)


async def test_a_users_own_only(window: Window) -> None:
    """What one has named the other does not see, and cannot delete; nothing leads away from the list."""
    await people(window)
    async with window.signed_in(OWNER) as owner, window.signed_in(READER) as reader:
        query = f"filter=shop__in%3D{SHOP}&sort=total__desc&next=https://evil.example"
        saved = await owner.post("/order-views", page=f"/orders/list?{query}", name="<b>Mine</b>", query=query)
        shown = await owner.get("/orders/list")
        number = re.search(r"/order-views/(\d+)/delete", shown.text)
        assert number
        others = await reader.get("/orders/list")
        refused = await reader.post(f"/order-views/{number[1]}/delete", page="/orders/list")
        nameless = await owner.post("/order-views", page="/orders/list", name=" ", query="q=x")
        gone = await owner.post(f"/order-views/{number[1]}/delete", page="/orders/list")
        again = await owner.post(f"/order-views/{number[1]}/delete", page="/orders/list")

    assert f"/orders/list?filter=shop__in%3D{SHOP}&sort=total__desc" == saved.headers["location"]
    assert ("&lt;b&gt;Mine&lt;/b&gt;" in shown.text, "Mine" in others.text) == (True, False)
    assert (404, 303, 303, 404) == (refused.status_code, nameless.status_code, gone.status_code, again.status_code)
    assert "/orders/list?q=x" == nameless.headers["location"]


@needs_browser
async def test_by_hand_on_a_phone(window: Window) -> None:
    """Sort and search, name it, and find it again; the menu is as wide as the screen at most."""
    await people(window)
    async with page_of(window, phone=True) as page:
        await sign_in(page, OWNER)
        await page.goto("/orders/list?q=wien&sort=total__desc&page=1")
        await page.click("text=Ansichten")
        await page.fill("#view-name", "Teures aus Wien")
        await page.press("#view-name", "Enter")
        await page.wait_for_selector("text=Die Ansicht ist gespeichert.")
        await page.goto("/orders/list")
        await page.click("text=Ansichten")
        await page.click("text=Teures aus Wien")
        await page.wait_for_url("**/orders/list?q=wien&sort=total__desc")
        searched = await page.input_value("input[name=q]")
        wide = await page.evaluate("document.documentElement.scrollWidth")
        await page.click("text=Ansichten")
        await page.click("[aria-label='Die Ansicht Teures aus Wien löschen']")
        await page.wait_for_selector("text=Die Ansicht ist gelöscht.")

    assert ("wien", 360) == (searched, wide)
