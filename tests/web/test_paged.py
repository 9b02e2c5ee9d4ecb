"""Numbers that somebody writes into an address: however large they are, the list answers."""

from collections.abc import AsyncIterator

import pytest

from smtpd_billbee.model.user import UserRole
from smtpd_billbee.store.store import Store
from tests.making import make_shop
from tests.web.asking import Window, window_on

OWNER = "owner@example.org"
HUGE = "99999999999999999999"


@pytest.fixture
async def shop(store: Store) -> AsyncIterator[Window]:
    """A window on each database, with an owner of a shop."""
    await make_shop(store)
    async with window_on(store) as window:
        await window.user(OWNER, UserRole.OWNER, OWNER)
        yield window


async def test_a_page_behind_the_last(shop: Window) -> None:
    """It is an empty one."""
    async with shop.signed_in(OWNER) as visitor:
        asked = {
            f"{path}?page={page}{more}": (await visitor.get(f"{path}?page={page}{more}")).status_code
            for path in ("/orders/list", "/mails/list", "/articles/list")
            for page in (HUGE, "9" * 5000)
            for more in ("", "&q=tee")
        }

    assert {} == {path: status for path, status in asked.items() if status != 200}


async def test_other_numbers(shop: Window) -> None:
    """They name nothing."""
    paths = (
        f"/mails/list?shop={HUGE}", f"/mails/list?shop={'9' * 5000}", "/mails/list?until=9999-12-31",
        f"/orders/list?filter=state__in={HUGE}", f"/orders/list?filter=shop__in={HUGE}",
        f"/orders/list?filter=total__gte={HUGE}", f"/orders/new?after={'9' * 18}", f"/workbench?mail={HUGE}",
    )  # fmt: skip
    async with shop.signed_in(OWNER) as visitor:
        asked = {path: (await visitor.get(path)).status_code for path in paths}

    assert {} == {path: status for path, status in asked.items() if status >= 500}
