"""No link and no redirect follows the Host header, which a visitor writes."""

import asyncio
import re
import shutil
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from smtpd_billbee.model.user import UserRole
from smtpd_billbee.store.store import open_store
from smtpd_billbee.web.one_host import path_of
from smtpd_billbee.web.sessions import Links
from tests.web.asking import KEY, PASSWORD, Window, window_on

ADMIN = "admin@example.org"
EVIL = "evil.example"
HOSTS = (EVIL, "127.0.0.1")
PAGES = ("/", "/orders/list?q=1", "/settings/profile", "/settings/notices", "/workbench", "/nothing-here", "//x/y")


async def test_no_page_names_the_host_of_its_request(window: Window) -> None:
    """Neither in its links nor in its forms; all of them are paths, which hold at every address of the window."""
    await window.user(ADMIN, UserRole.ADMINISTRATOR)
    named = []
    async with window.signed_in(ADMIN) as visitor:
        for path in PAGES:
            page = await visitor.client.get(f"{window.address}{path}", headers={"host": EVIL})
            links = re.findall(r"""(?:href|src|action|data-[a-z-]+)=["'](?:https?:)?//[^"']+""", page.text)
            named += [f"{path}: {each}" for each in links]
            named += [path for words in (page.text, str(page.headers)) for host in HOSTS if host in words]

    assert [] == named


async def test_redirects_are_paths(window: Window) -> None:
    """To the sign-in, from it, out of the window, with a password's link: whatever the Host header says."""
    await window.user(ADMIN, UserRole.ADMINISTRATOR)
    host = {"host": EVIL}
    async with window.visitor() as visitor:
        visitor.client.headers.update(host)
        to_sign_in = await visitor.get("/orders/list?q=1")
        page = to_sign_in.headers["location"]
        back = await visitor.post(page, email=ADMIN, password=PASSWORD)
        slash = await visitor.get("/settings/profile/")
        out = await visitor.post("/logout", page="/")

    assert page.startswith("/login?next=")
    assert ["/orders/list?q=1", "/settings/profile", "/login"] == [
        each.headers["location"] for each in (back, slash, out)
    ]
    assert EVIL not in str([each.headers for each in (to_sign_in, back, slash, out)])


async def test_links_in_mails(window: Window) -> None:
    """An invitation and a reset link lead to the address of the settings, whoever asked for them."""
    await window.user(ADMIN, UserRole.ADMINISTRATOR)
    async with window.signed_in(ADMIN) as visitor:
        visitor.client.headers["host"] = EVIL
        await visitor.post("/settings/users/invite", email="new@example.org", role="administrator")
        shown = await visitor.get("/settings/users/2")
    async with window.visitor() as visitor:
        visitor.client.headers["host"] = EVIL
        await visitor.post("/forgot", email=ADMIN)
        await asyncio.sleep(0.1)  # it is sent behind the answer
    mails = [message_from_bytes(raw, policy=policy.default).get_content() for _, raw in window.sent]
    links = [re.findall(r"https?://[^\s/]+", text) for text in mails]

    assert 2 == len(links)
    assert {window.address} == {each.rstrip(".") for found in links for each in found}
    assert f"{window.address}/password/" in shown.text


async def test_an_action_leads_back_to_its_list(window: Window) -> None:
    """The framework's script sends the whole address where it stands; its path is what counts."""
    await window.user(ADMIN, UserRole.ADMINISTRATOR)
    async with window.signed_in(ADMIN) as visitor:
        page = await visitor.get("/orders/list")
        token = visitor.client.cookies["starlette_admin_csrftoken"].strip('"')
        answer = await visitor.client.post(
            "/_api/orders/action",
            params={"name": "delete", "pks": "1", "_origin": f"https://{EVIL}/orders/list?q=Tee"},
            headers={"x-csrftoken": token},
        )

    assert 200 == page.status_code
    assert EVIL not in answer.text


async def test_cookies_over_tls(tmp_path: Path, sqlite_schema: Path) -> None:
    """Every cookie of a window that is reached over TLS is sent over TLS only."""
    shutil.copy(sqlite_schema, tmp_path)
    store = await open_store("", tmp_path)
    kept = {}
    for secure in (True, False):
        async with window_on(store, secure=secure) as window, window.visitor() as visitor:
            cookies = (await visitor.get("/login")).headers.get_list("set-cookie")
            kept[secure] = [cookie.count("; Secure") for cookie in cookies]
    await store.close()

    assert {True: [1], False: [0]} == kept


async def test_a_first_link(window: Window) -> None:
    """The first administrator stays at the address where he is."""
    async with window.visitor() as visitor:
        visitor.client.headers["host"] = EVIL
        link = f"/first/{Links(KEY).make('first')}"
        made = await visitor.post(link, email=ADMIN, password=PASSWORD, again=PASSWORD)

    assert (303, "/") == (made.status_code, made.headers["location"])


@pytest.mark.parametrize(
    ("onward", "path"),
    [
        ("/orders/list?q=1", "/orders/list?q=1"),
        ("https://evil.example/orders?q=1", "/orders?q=1"),
        ("https://evil.example//other.example/", "/"),
        ("//evil.example", "/"),
        ("///evil.example", "/evil.example"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("https://[broken", "/"),
        ("", "/"),
    ],
)
def test_the_path_of_an_address(onward: str, path: str) -> None:
    """Never one that a browser takes for another host."""
    assert path == path_of(onward)
