"""What is written into an order's form while the session ends is not lost, and is nobody else's."""

from playwright.async_api import Page

from smtpd_billbee.model.user import UserRole
from smtpd_billbee.work import sessions
from tests.making import ORDER, OWNER, SHOP, make_shop
from tests.web.asking import PASSWORD, Window, now
from tests.web.browser import needs_browser, page_of

OTHER = "other@example.org"
DRAFTS = "Object.keys(sessionStorage).filter(key => key.startsWith('draft')).length"


async def add(window: Window) -> int:
    """An order of the shop."""
    values = {"state": 1, "to_check": False, "provenance": {}}
    async with window.store.transaction() as tx:
        return await tx.orders.add(SHOP, ORDER, {}, values, now())


async def fill(page: Page, email: str) -> None:
    """The sign-in page that the browser was led to."""
    await page.fill("#email", email)
    await page.fill("#password", PASSWORD)
    await page.click("button[type=submit]")


@needs_browser
async def test_written_while_the_session_ended(window: Window) -> None:
    """It stands in the form after signing in, items too, and can be saved; then nothing of it stays in the browser."""
    await make_shop(window.store)
    user = await window.user(OWNER, UserRole.OWNER, OWNER)
    order = await add(window)
    edit = f"/orders/{order}/edit"
    async with page_of(window) as page:
        await page.goto(edit)
        await fill(page, OWNER)
        await page.wait_for_url(f"**{edit}")
        await page.fill("#comment", "Bitte als Geschenk")
        await page.click("[data-item]:first-child [data-remove-item]")
        await page.click("#add-item")
        await page.fill('[name="items.2.quantity"]', "3")
        await page.fill('[name="items.2.title"]', "Geschenkpapier")
        assert not await page.is_visible("#draft")
        await sessions.end_everywhere(window.store, user, now())
        await page.click("button:has-text('Speichern')")
        await page.wait_for_url("**/login?**")
        await fill(page, OWNER)
        await page.wait_for_selector("#draft:visible")
        back = [await page.input_value(f'[name="{name}"]') for name in ("comment", "items.2.title", "items.1.title")]
        await page.click("button:has-text('Speichern')")
        await page.wait_for_selector("text=Gespeichert.")
        left = await page.evaluate(DRAFTS)
        await page.goto(edit)
        again = await page.is_visible("#draft")
    async with window.store.reading() as tx:
        whole = await tx.order_pages.get(None, order)

    assert ["Bitte als Geschenk", "Geschenkpapier", ORDER.items[1].title] == back
    assert whole is not None
    assert ("Bitte als Geschenk", 2) == (whole.comment, len(whole.kept.order.items))
    assert [ORDER.items[1].title, "Geschenkpapier"] == [item.title for item in whole.kept.order.items]
    assert (0, False) == (left, again)


@needs_browser
async def test_nobody_else_reads_it(window: Window) -> None:
    """Whoever signs in next in the same tab does not find it; whoever signs out leaves nothing."""
    await make_shop(window.store)
    user = await window.user(OWNER, UserRole.OWNER, OWNER)
    await window.user(OTHER, UserRole.OWNER, OWNER)
    edit = f"/orders/{await add(window)}/edit"
    async with page_of(window) as page:
        await page.goto(edit)
        await fill(page, OWNER)
        await page.wait_for_url(f"**{edit}")
        await page.fill("#comment", "geheim")
        await sessions.end_everywhere(window.store, user, now())
        await page.click("button:has-text('Speichern')")
        await page.wait_for_url("**/login?**")
        waiting = await page.evaluate(DRAFTS)
        await fill(page, OTHER)
        await page.wait_for_url(f"**{edit}")
        others = [await page.is_visible("#draft"), await page.input_value("#comment"), await page.evaluate(DRAFTS)]
        await page.evaluate("sessionStorage.setItem('draft /orders/9/edit', JSON.stringify({user: '2', fields: []}))")
        await page.evaluate("document.querySelector('form[action$=logout] button').click()")
        await page.wait_for_url("**/login")
        signed_out = await page.evaluate(DRAFTS)

    assert (1, [False, "", 0], 0) == (waiting, others, signed_out)
