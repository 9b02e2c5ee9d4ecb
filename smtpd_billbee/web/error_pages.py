"""What a page says that cannot be shown: what happened, and what to do about it, in the frame of the window."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette_admin.i18n import lazy_gettext as _


@dataclass(frozen=True, slots=True)
class Words:
    """`title`: what happened, short; `said`: in a sentence; `advice`: what to do."""

    title: str
    said: str
    advice: str


_ON_FROM_START = _("Go on from the start page.")
TOO_OLD = Words(
    _("The page was open too long"),
    _("What you sent was not taken, and nothing was changed."),
    _("Go back, load the page again and send once more."),
)
BROKEN_FILTER = Words(
    _("This filter does not work"),
    _("The address names a condition that this list does not have, or a value that it cannot look for."),
    _("Open the list without filters and choose them anew."),
)
_BY_STATUS = {
    400: Words(
        _("This could not be understood"),
        _("Something in the address or in the form was not as this page needs it. Nothing was changed."),
        _("Go back, load the page again and send once more."),
    ),
    403: Words(
        _("This is not allowed"),
        _("Your role does not allow this."),
        _("Ask the owner of the account, or an administrator, if you need it."),
    ),
    404: Words(_("Nothing is here"), _("There is nothing at this address, or it is not yours."), _ON_FROM_START),
    405: Words(_("Nothing is here"), _("This address only takes a form. Nothing was changed."), _ON_FROM_START),
    413: Words(_("That is too much"), _("What you sent is larger than this page takes."), _("Send less at once.")),
    500: Words(
        _("An error of our own"),
        _("The server made a mistake and could not show this page. What happened stands in its log."),
        _("Try it once more; if it happens again, tell the one who runs this server."),
    ),
}


def words_of(status: int, detail: str) -> Words:
    """The words for an answer; those of the framework itself (`detail`) are English and for programmers."""
    if status == 400 and detail.startswith("Invalid 'filter' parameter"):
        return BROKEN_FILTER
    return _BY_STATUS.get(status) or _BY_STATUS[500 if status >= 500 else 400]


def saying(status: int, said: str) -> Words:
    """Those of an answer, where what happened is known better."""
    return replace(words_of(status, ""), said=said)


ErrorPage = Callable[[Request, int, Words], Awaitable[Response]]


class BrokenPages:
    """Shows a page where ours broke down; the error goes on to the server, which logs it."""

    def __init__(self, app: ASGIApp, page: ErrorPage) -> None:
        self._app = app
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = False

        async def watched(message: Message) -> None:
            nonlocal began
            began = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception:
            if scope["type"] == "http" and not began:
                answer = await self._page(Request(scope), 500, words_of(500, ""))
                await answer(scope, receive, send)
            raise
