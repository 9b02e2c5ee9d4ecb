"""What a form brings lies on disk until its page reads it."""

import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from itsdangerous import URLSafeSerializer
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from smtpd_billbee.web.error_pages import Words
from smtpd_billbee.web.spool import MOST_FIELDS, Csrf

SIGNED = URLSafeSerializer("key", salt="starlette-admin-csrf").dumps("token")
FILE = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
PIECE, PIECES = b"y" * 65_536, 300  # of 19.7 MB


def token(signed: str) -> bytes:
    """The form's field with the token."""
    return f'--x\r\nContent-Disposition: form-data; name="csrftoken"\r\n\r\n{signed}\r\n'.encode()


async def refused(_request: Request, status: int, _words: Words) -> Response:
    """What is said of a forged form."""
    return Response(status_code=status)


async def asked(
    page: Any, pieces: list[bytes] | Callable[[int], bytes | None], kind: str = "multipart/form-data; boundary=x"
) -> int:
    """A form is sent in pieces to a page behind the guard; the state of the answer.  None breaks it off."""
    number, states = 0, []

    async def receive() -> Message:
        nonlocal number
        piece = pieces(number) if callable(pieces) else (pieces[number] if number < len(pieces) else None)
        number += 1
        if piece is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": piece, "more_body": not piece.endswith(b"--x--\r\n")}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            states.append(message["status"])

    headers = [(b"content-type", kind.encode()), (b"cookie", f"starlette_admin_csrftoken={SIGNED}".encode())]
    scope: Scope = {"type": "http", "method": "POST", "path": "/", "scheme": "http", "query_string": b"", "state": {},
                    "headers": headers, "server": ("x", 80)}  # fmt: skip
    await Csrf(page, secret_key="key", page=refused)(scope, receive, send)
    return int(states[0])


def reading(seen: list[Any]) -> Any:
    """A page that notes its form: the token, and how long the file is."""

    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        async with Request(scope, receive).form() as form:
            file: Any = form.get("file")
            seen.append((form["csrftoken"], file.size if file else None))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    return page


async def test_a_large_form_is_not_held_in_memory() -> None:
    """20 MB come, the page reads all of them, and never is more than a small part in memory."""
    seen: list[Any] = []
    parts = [token(SIGNED) + FILE, *[PIECE] * PIECES, b"\r\n--x--\r\n"]
    tracemalloc.start()
    try:
        state = await asked(reading(seen), parts)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert (200, [(SIGNED, len(PIECE) * PIECES)]) == (state, seen)
    assert peak < 6 * 1024**2


@pytest.mark.parametrize(
    "signed", ["", "forged", "ü", URLSafeSerializer("key", salt="starlette-admin-csrf").dumps("another")]
)
async def test_a_forged_form(signed: str) -> None:
    """Without the token of its visitor a form never comes to its page."""
    seen: list[Any] = []

    assert 403 == await asked(reading(seen), [token(signed) + b"--x--\r\n"])
    assert [] == seen


async def test_no_form_at_all() -> None:
    """A body that is no form, and one with more fields than any page has, is the sender's mistake."""
    field = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    for body in (b"no form--x--\r\n", field * (MOST_FIELDS + 1) + b"--x--\r\n"):
        assert 400 == await asked(reading([]), [body])


async def test_a_form_that_breaks_off() -> None:
    """Its page never hears of it."""
    seen: list[Any] = []
    with pytest.raises(ClientDisconnect):
        await asked(reading(seen), [token(SIGNED) + FILE, PIECE])

    assert [] == seen
