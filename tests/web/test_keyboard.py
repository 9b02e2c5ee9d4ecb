"""With keys alone: nothing of the way needs a mouse, and whatever has the focus shows it."""

from playwright.async_api import Page

from smtpd_billbee.model.user import UserRole
from tests.conftest import NOON
from tests.making import ORDER, SHOP, make_shop
from tests.web.asking import PASSWORD, Window
from tests.web.browser import needs_browser, page_of

OWNER = "owner@example.org"
MOST_STEPS = 80

# What has the focus: its words, and whether anybody can see that it has it (an outline, a shadow, another ground).
FOCUS = """() => {
    const here = document.activeElement;
    const look = () => { const style = getComputedStyle(here);
        return [style.outlineStyle === "none" || style.outlineWidth === "0px" ? "" : style.outline, style.boxShadow,
                style.backgroundColor, style.borderColor, style.textDecorationLine, style.clipPath].join("|"); };
    const words = (here.innerText || here.getAttribute("aria-label") || here.id || "").trim();
    const box = here.getBoundingClientRect();
    const focused = look();
    here.blur();
    const plain = look();
    here.focus();
    const seen = box.width > 0 && box.height > 0;
    return {words, shows: focused !== plain, seen, what: here.outerHTML.slice(0, 120)};
}"""


async def step_to(page: Page, words: str) -> list[str]:
    """Tab until what has the focus says these words; what on the way did not show that it had it."""
    hidden: list[str] = []
    for _ in range(MOST_STEPS):
        await page.keyboard.press("Tab")
        focus = await page.evaluate(FOCUS)
        if not (focus["shows"] and focus["seen"]):
            hidden.append(focus["what"])
        if words in focus["words"]:
            return hidden
    raise AssertionError(f"{words} cannot be reached with the Tab key")


@needs_browser
async def test_an_order_is_accepted_with_keys_alone(window: Window) -> None:
    """Sign in, find the order in doubt through the menu, accept it, open a menu of the list and close it again."""
    await make_shop(window.store)
    await window.user(OWNER, UserRole.OWNER, OWNER)
    doubt = {"state": 1, "to_check": True, "problems": ["an item has no quantity"], "provenance": {}}
    async with window.store.transaction() as tx:
        order_id = await tx.orders.add(SHOP, ORDER, {}, doubt, NOON)
    async with page_of(window) as page:
        await page.emulate_media(reduced_motion="reduce")  # else a look fades in, and is not there yet
        await page.goto("/login")
        hidden = await step_to(page, "email") if await page.evaluate("document.activeElement.id") != "email" else []
        await page.keyboard.type(OWNER)
        hidden += await step_to(page, "password")
        await page.keyboard.type(PASSWORD)
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"{window.address}/")

        hidden += await step_to(page, "Zu prüfen")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/check")
        hidden += await step_to(page, ORDER.number)
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"**/orders/{order_id}")
        hidden += await step_to(page, "Es stimmt: übernehmen")
        await page.keyboard.press("Enter")
        await page.wait_for_selector("text=Übernommen.")

        await page.goto("/orders/list")
        hidden += await step_to(page, "Ansichten")
        await page.keyboard.press("Enter")
        await page.wait_for_selector("#view-name:visible")
        hidden += await step_to(page, "view-name")
        await page.keyboard.press("Escape")
        await page.wait_for_selector("#view-name", state="hidden")
    async with window.store.reading() as tx:
        whole = await tx.order_pages.get(None, order_id)

    assert whole
    assert (False, []) == (whole.kept.to_check, hidden)
