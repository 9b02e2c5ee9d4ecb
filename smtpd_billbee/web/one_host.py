"""The Host header says nothing: whoever asks writes it (CWE-644), so no link and no redirect follows it.

Within the window every address is a path.  Links that leave it, in mails, begin with the address of the settings.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.datastructures import URL, URLPath
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# What the framework's scripts and the way to the sign-in say of where to go on; browsers send it with their host.
ONWARD = frozenset({"next", "_origin"})


class OneHost:
    """Pages are made as if no host had been named: what would begin with one begins with a slash (RFC 9110 10.2.2).

    `secure`: browsers reach the window over TLS only, so that no cookie may travel without.
    """

    def __init__(self, app: ASGIApp, secure: bool) -> None:
        self._app = app
        self._secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        secure = self._secure or scope["scheme"] == "https"

        async def guarded(message: Message) -> None:
            # The framework looks for the scheme in the whole address, which has none any more.
            if message["type"] == "http.response.start" and secure:
                message["headers"] = [(name, _over_tls(name, value)) for name, value in message["headers"]]
            await send(message)

        await self._app(_hostless(scope), receive, guarded)


def _hostless(scope: Scope) -> Scope:
    headers = [pair for pair in scope["headers"] if pair[0] != b"host"]
    hostless = {**scope, "server": None, "headers": headers, "router": _Paths(scope["router"].url_path_for)}
    if any(name.encode() in scope["query_string"] for name in ONWARD):
        hostless["query_string"] = _without_hosts(scope["query_string"])
    return hostless


def _over_tls(name: bytes, value: bytes) -> bytes:
    if name.lower() != b"set-cookie" or b"; secure" in value.lower():
        return value
    return value + b"; Secure"


class _Paths:
    """What `url_for` asks for addresses."""

    def __init__(self, path_for: Callable[..., URLPath]) -> None:
        self._path_for = path_for

    def url_path_for(self, name: str, /, **words: Any) -> "_Path":
        return _Path(self._path_for(name, **words))


class _Path(URLPath):
    def make_absolute_url(self, base_url: str | URL) -> URL:
        return URL(str(self))


def _without_hosts(query: bytes) -> bytes:
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    return urlencode([(name, path_of(value) if name in ONWARD else value) for name, value in pairs]).encode()


def path_of(onward: str) -> str:
    """The path of an address and what follows it; the start page where there is none."""
    try:
        parts = urlsplit(onward)
    except ValueError:
        return "/"
    path = parts.path if parts.path.startswith("/") and parts.path[1:2] not in ("/", "\\") else "/"
    return f"{path}?{parts.query}" if parts.query else path
