"""The body of a form between its check for the token and its page: on disk where it is more than a little.

The framework's guard would hold all of it in memory.  The file has no name: however the request ends, nothing of it
is left, not even after a power cut.  A form whose words no database could keep reaches no page (clean_words.py).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from tempfile import SpooledTemporaryFile

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.middleware.base import RequestResponseEndpoint
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette_admin.i18n import gettext as _
from starlette_admin.security.csrf import CSRFMiddleware

from smtpd_billbee.web.clean_words import is_clean
from smtpd_billbee.web.error_pages import TOO_OLD, ErrorPage, saying, words_of

IN_MEMORY = 64 * 1024
MOST_FIELDS = 10_000
_PIECE = 256 * 1024
_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")


class Csrf(CSRFMiddleware):
    """The framework's guard against forged requests, which is handed the token of a form as if it stood in a header."""

    def __init__(self, app: ASGIApp, secret_key: str, page: ErrorPage) -> None:
        super().__init__(app, secret_key)
        self._page = page

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        """The guard's own answers are plain text; all others come through `call_next` as streams."""
        answer = await super().dispatch(request, call_next)
        return await self._page(request, 403, TOO_OLD) if isinstance(answer, PlainTextResponse) else answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in self.safe_methods or not self._brings_a_form(scope):
            await super().__call__(scope, receive, send)
            return
        async with _spooled(receive) as body:
            try:
                token = await self._token(scope, body.again(receive))
            except HTTPException as error:  # no form, too many fields: in words for programmers
                words = words_of(error.status_code, error.detail)
                words = saying(error.status_code, error.detail) if isinstance(error, _Unclean) else words
                answer = await self._page(Request(scope), error.status_code, words)
                await answer(scope, receive, send)
                return
            headers = scope["headers"]
            if self.header_name not in Request(scope).headers:
                headers = [*headers, (self.header_name.lower().encode(), token.encode())]
            await super().__call__({**scope, "headers": headers}, body.again(receive), send)

    def _brings_a_form(self, scope: Scope) -> bool:
        return Request(scope).headers.get("content-type", "").lower().startswith(_FORMS)

    async def _token(self, scope: Scope, receive: Receive) -> str:
        async with Request({**scope, "app": None}, receive).form(max_fields=MOST_FIELDS) as form:
            if not all(is_clean(word) for pair in form.multi_items() for word in pair if isinstance(word, str)):
                raise _Unclean(400, _("The form holds characters that belong in no text. Nothing was saved."))
            token = form.get(self.field_name)
            return "" if isinstance(token, UploadFile) or token is None or not token.isascii() else token[:1000]


class _Unclean(HTTPException):
    """The form holds words that cannot be kept."""


class _Body:
    def __init__(self, file: "SpooledTemporaryFile[bytes]") -> None:
        self._file = file

    def again(self, receive: Receive) -> Receive:
        """The body from its beginning; behind its end, whatever comes."""
        self._file.seek(0)
        ended = False

        async def replayed() -> Message:
            nonlocal ended
            if ended:
                return await receive()
            piece = self._file.read(_PIECE)
            ended = len(piece) < _PIECE
            return {"type": "http.request", "body": piece, "more_body": not ended}

        return replayed


@asynccontextmanager
async def _spooled(receive: Receive) -> AsyncIterator[_Body]:
    """The body as it comes.  Raises ClientDisconnect when it breaks off."""
    with SpooledTemporaryFile(IN_MEMORY) as file:
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            file.write(message.get("body", b""))
            more = message.get("more_body", False)
        yield _Body(file)
