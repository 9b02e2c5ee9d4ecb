"""How much a request may bring: told by its Content-Length before a byte is read, and counted where none is said.

A stranger's is small: he can only sign in.  RFC 9110 15.5.14: 413.
"""

from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette_admin.i18n import gettext as _

from smtpd_billbee.web.context import Context
from smtpd_billbee.web.error_pages import ErrorPage, saying
from smtpd_billbee.web.uploads import LARGEST

AROUND = 64 * 1024  # the form around a file
OF_STRANGERS = 64 * 1024


class SizeLimit:
    """Answers 413 to what is too large, and nothing to who has gone away while he was sending."""

    def __init__(self, app: ASGIApp, context: Context, page: ErrorPage) -> None:
        self._app = app
        self._page = page
        self._context = context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        most = self._most(connection)
        length = connection.headers.get("content-length", "0")
        if len(length) > 18 or int(length) > most:
            await (await self._too_large(scope, most))(scope, receive, send)
            return
        await self._counted(connection, receive, send, most)

    def _most(self, connection: HTTPConnection) -> int:
        if not self._context.sessions.is_ours(connection):
            return OF_STRANGERS
        return (self._context.settings.largest_mail if _brings_a_mail(connection) else LARGEST) + AROUND

    async def _too_large(self, scope: Scope, most: int) -> Response:
        request = Request(scope)
        said = _("The file is too large: the limit is %(size)s MB. Split it into several files.")
        text = said % {"size": max(1, most // (1024 * 1024))}
        if _brings_a_mail(request):
            text = too_large_a_mail(most - AROUND)
        if wants_json(request):
            return JSONResponse({"problem": text}, 413, headers={"connection": "close"})
        answer = await self._page(request, 413, saying(413, text))
        answer.headers["connection"] = "close"
        return answer

    async def _counted(self, connection: HTTPConnection, receive: Receive, send: Send, most: int) -> None:
        scope, came, ended, began = connection.scope, 0, False, False

        async def counting() -> Message:
            nonlocal came, ended
            message = await receive()
            came += len(message.get("body", b""))
            ended = ended or message["type"] == "http.disconnect"
            return {"type": "http.disconnect"} if came > most else message

        async def watched(message: Message) -> None:
            nonlocal began
            began = True
            await send(message)

        try:
            await self._app(scope, counting, watched)
        except Exception:  # how many groups are around it depends on who was reading
            if came <= most and not ended:
                raise
            if came > most and not began:
                await (await self._too_large(scope, most))(scope, receive, send)


def wants_json(request: HTTPConnection) -> bool:
    """A script of ours sent the form, and shows the answer itself."""
    return request.headers.get("accept", "") == "application/json"


def _brings_a_mail(request: HTTPConnection) -> bool:
    return bool(request.scope["path"].startswith("/workbench/"))


def too_large_a_mail(most: int) -> str:
    """The limit of the door in a sentence."""
    return str(_("This mail is too large: %(most)s MiB are the most.") % {"most": most >> 20})
