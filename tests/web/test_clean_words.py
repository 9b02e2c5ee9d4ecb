"""No NUL reaches a page: PostgreSQL keeps none in a text (its manual, 8.3), SQLite would keep it."""

from collections.abc import AsyncIterator

import pytest

from smtpd_billbee.model.user import UserRole
from smtpd_billbee.store.store import Store
from smtpd_billbee.web.clean_words import is_clean
from tests.making import SHOP, make_shop
from tests.web.asking import PASSWORD, Window, window_on

OWNER, ADMIN = "owner@example.org", "admin@example.org"
QUERIES = (
    "/login?next=%00",
    "/orders/list?q=%00",
    "/orders/list?q=a%00b&page=1%00",
    "/orders/list?q=%%0000",
    "/orders/list?filter=number__contains=%00",
    "/orders/list?filter=number__contains=%2500",
    "/orders/list?filter=customer__contains=a%00b",
    "/orders/list?filter=payment__in=%00",
    "/orders/list?filter=state__in=%00",
    "/mails/list?q=%00&shop=%00&state=%00",
    "/articles/list?q=%00",
    "/articles/unassigned?title=%00",
    "/reports?from=%00&article=%00&shop=%00",
    "/workbench?mail=%00",
    "/check?q=%00",
)


@pytest.fixture
async def shop(store: Store) -> AsyncIterator[Window]:
    """A window on each database with an owner of a shop, and an administrator."""
    await make_shop(store)
    async with window_on(store) as window:
        await window.user(OWNER, UserRole.OWNER, OWNER)
        await window.user(ADMIN, UserRole.ADMINISTRATOR)
        yield window


async def test_queries(shop: Window) -> None:
    """A blank takes its place in an address; a path with one names nothing."""
    async with shop.signed_in(OWNER) as visitor:
        asked = {path: (await visitor.get(path)).status_code for path in QUERIES}
        paths = [(await visitor.get(path)).status_code for path in ("/a%00b", "/static/a%00b", "/orders/1%00")]

    assert {} == {path: status for path, status in asked.items() if status >= 500}
    assert [404] * 3 == paths


async def test_forms(shop: Window) -> None:
    """A form with one is refused by a sentence, whatever its type and wherever its token stands."""
    async with shop.signed_in(OWNER) as visitor:
        path = f"/settings/shops/{SHOP}"
        answers = [
            await visitor.post(f"{path}/labels", path, words="a\0b", field="total", language="de"),
            await visitor.post(f"{path}/labels", path, files={"x": ("x", b"x")}, words="a\0b"),
            await visitor.post(f"{path}/labels", path, **{"a\0b": "x"}),
        ]
        headers = {"x-csrftoken": "said there"}
        answers.append(await visitor.client.post("/workbench/teach", headers=headers, data={"words": "a\0b"}))
    assert [400] * 4 == [answer.status_code for answer in answers]
    said = "The form holds characters that belong in no text. Nothing was saved."
    assert [True] * 4 == [said in each.text and "Logout" in each.text for each in answers]


async def test_who_signs_in(shop: Window) -> None:
    """Nobody need be signed in to send one."""
    async with shop.visitor() as visitor:
        assert 400 == (await visitor.post("/login", email="a\0b", password=PASSWORD)).status_code
        assert 400 == (await visitor.post("/forgot", email="a\0b@example.org")).status_code


@pytest.mark.parametrize(("text", "clean"), [("Grüße 元 \U0001f600", True), ("a\0b", False), ("\ud800", False)])
def test_what_can_be_kept(text: str, clean: bool) -> None:
    """A NUL cannot, nor half a surrogate pair."""
    assert clean == is_clean(text)
