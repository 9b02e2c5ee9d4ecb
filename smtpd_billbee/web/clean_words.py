"""No NUL where words are asked for: PostgreSQL keeps none in a text, and nobody writes one.

Behind the question mark of an address a blank takes their place; a path with one names nothing.
A form that brings one is refused (spool.py), as taking it out could change what somebody meant.
"""

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from smtpd_billbee.web.error_pages import ErrorPage, words_of


class CleanWords:
    """Takes NULs out of the query; answers 404 to a path with one."""

    def __init__(self, app: ASGIApp, page: ErrorPage) -> None:
        self._app = app
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if "\0" in scope["path"]:
            answer = await self._page(Request(scope), 404, words_of(404, ""))
            await answer(scope, receive, send)
            return
        query = scope["query_string"].replace(b"%00", b"+").replace(b"\0", b"+")  # '+': a blank, as in a form
        await self._app({**scope, "query_string": query}, receive, send)


def is_clean(text: str) -> bool:
    """Can every database keep it?  See work/storable.py."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
