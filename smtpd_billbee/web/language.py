"""The window's language: the user's choice, else the browser's first that we speak, else German.

Our texts are written in English in code and templates; catalogs/de/ holds the German ones, a file for each subject,
beside those that the framework brings.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import resources

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette_admin.i18n import get_locale, set_locale, translations

LANGUAGES = ("de", "en")
COOKIE = "language"
REMEMBERED = 365 * 24 * 60 * 60  # seconds


@cache
def load_catalogs() -> None:
    """Put our texts into the framework's catalogs, once for the process."""
    german = translations["de"]
    assert isinstance(german, Translations)
    for source in sorted((resources.files("smtpd_billbee.web") / "catalogs" / "de").iterdir(), key=lambda it: it.name):
        compiled = io.BytesIO()
        write_mo(compiled, read_po(io.BytesIO(source.read_bytes()), locale="de"))
        compiled.seek(0)
        german.merge(Translations(fp=compiled, domain=german.domain))


def language_of(request: HTTPConnection) -> str:
    """RFC 9110 12.5.4: the best of the languages that the browser names; a cookie of ours wins."""
    chosen = request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return chosen
    best, weight = LANGUAGES[0], 0.0
    for part in request.headers.get("accept-language", "")[:200].split(","):
        name, _, quality = part.strip().partition(";q=")
        language = name.split("-")[0].lower()
        try:
            value = float(quality or 1)
        except ValueError:
            continue
        if language in LANGUAGES and value > weight:
            best, weight = language, value
    return best


def remember(response: Response, language: str, secure: bool) -> None:
    """The user's choice, as the menu keeps it: its script reads and writes this cookie, too."""
    response.set_cookie(COOKIE, language, max_age=REMEMBERED, path="/", secure=secure, samesite="lax")


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Another language for a while: a mail is written in its reader's."""
    before = get_locale()
    set_locale(language)
    try:
        yield
    finally:
        set_locale(before)


class Language:
    """Sets the language for the time of a request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            set_locale(language_of(HTTPConnection(scope)))
        await self._app(scope, receive, send)
