"""What every answer of the window carries: no foreign host, no script of a stranger, no frame around it.

The pages of the framework hold small scripts and styles of their own.  Each of these carries the nonce of its answer,
which is written into the templates when they are loaded, before any word of an order is: what a customer wrote can
never be a script (Content Security Policy Level 3, 8.1).
"""

import re
import secrets
from collections.abc import Callable

from jinja2 import BaseLoader, Environment
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NONCE = "csp_nonce"

_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; frame-src 'self'; frame-ancestors 'none'; "
    "base-uri 'none'; object-src 'none'; manifest-src 'self'"
)
_ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


class SecurityHeaders:
    """Puts the headers on every answer; an answer with a policy of its own keeps that one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})[NONCE] = nonce

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("content-security-policy", _POLICY.format(nonce=nonce))
                for name, value in _ALWAYS.items():
                    headers.setdefault(name, value)
                if not scope["path"].startswith("/static/"):
                    headers.setdefault("cache-control", "no-store")
            await send(message)

        await self._app(scope, receive, guarded)


_OPENS = re.compile(r"<(script|style)(?=[\s>])(?![^>]*\bnonce=)(?![^>]*type=\"application/json\")", re.IGNORECASE)
# The policy forbids style and on... attributes as well: static/framework.js does what they say.
_INLINE = re.compile(r"(?<=\s)(style|onclick|onchange)=(?=\")")
_FOREIGN = re.compile(r"@import\s+url\([^)]*\);?")


class WithNonce(BaseLoader):
    """The framework's templates: their own scripts and styles carry the nonce, and no font comes from elsewhere."""

    def __init__(self, inner: BaseLoader) -> None:
        self._inner = inner

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, Callable[[], bool] | None]:
        source, file, is_fresh = self._inner.get_source(environment, template)
        source = _FOREIGN.sub("", source)
        source = _INLINE.sub(r" data-sa-\1=", source)
        return _OPENS.sub(r'<\1 nonce="{{ request.state.csp_nonce }}"', source), file, is_fresh

    def list_templates(self) -> list[str]:
        return self._inner.list_templates()
