"""What holds for every answer: headers, language, no foreign host."""

import re

import pytest
from starlette.requests import HTTPConnection

from smtpd_billbee.model.user import UserRole
from smtpd_billbee.web.language import language_of
from tests.web.asking import Window

ADMIN = "admin@example.org"


async def test_security_headers(window: Window) -> None:
    """A policy without unsafe-inline, no frames, no sniffing, no referrer to others."""
    await window.user(ADMIN, UserRole.ADMINISTRATOR)
    async with window.signed_in(ADMIN) as visitor:
        for path in ("/", "/login", "/nothing-here", "/static/js/sa-dom.js"):
            headers = (await visitor.get(path)).headers
            policy = headers["content-security-policy"]

            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert ("nosniff", "same-origin") == (headers["x-content-type-options"], headers["referrer-policy"])


async def test_every_script_of_a_page_carries_its_nonce(window: Window) -> None:
    """Else the page would not work under its own policy; each answer has another one."""
    await window.user(ADMIN, UserRole.ADMINISTRATOR)
    nonces = set()
    async with window.signed_in(ADMIN) as visitor:
        for _ in range(2):
            page = await visitor.get("/")
            nonce = re.search(r"'nonce-([^']+)'", page.headers["content-security-policy"])
            assert nonce
            nonces.add(nonce[1])
            opened = re.findall(r"<(?:script|style)\b(?![^>]*application/json)[^>]*>", page.text)
            assert opened
            assert all(f'nonce="{nonce[1]}"' in each for each in opened)
    assert 2 == len(nonces)


async def test_no_foreign_host(window: Window) -> None:
    """Nothing is loaded from elsewhere."""
    await window.user(ADMIN, UserRole.ADMINISTRATOR)
    async with window.signed_in(ADMIN) as visitor:
        text = (await visitor.get("/")).text.replace(window.address, "")

        assert [] == re.findall(r"""(?:src|href|url\()=?["'(]?(?:https?:)?//[^"')\s]+""", text)


@pytest.mark.parametrize(
    ("header", "cookie", "language"),
    [
        ("de-DE,de;q=0.9,en;q=0.8", "", "de"),
        ("en-GB,en;q=0.9,de;q=0.5", "", "en"),
        ("fr,en;q=0.3", "", "en"),
        ("fr", "", "de"),
        ("", "", "de"),
        ("en;q=x", "", "de"),
        ("en", "language=de", "de"),
        ("en", "language=xx", "en"),
    ],
)
def test_the_browsers_language(header: str, cookie: str, language: str) -> None:
    """The best language that the browser names and we speak; the menu's choice wins."""
    headers = [(b"accept-language", header.encode()), (b"cookie", cookie.encode())]

    assert language == language_of(HTTPConnection({"type": "http", "headers": headers}))
