"""Who is signed in: a signed cookie with the word of his session; and links that carry what we signed.

The store knows which sessions last (work/sessions.py); the signature tells without asking it that a word is ours.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import HTTPConnection
from starlette.responses import Response

from smtpd_billbee.model.user import User
from smtpd_billbee.store.store import Store
from smtpd_billbee.work import sessions

COOKIE = "smtpd_billbee_session"


@dataclass(frozen=True, slots=True)
class Sessions:
    """Signs and reads the cookie.  `secure`: the browser sends it over TLS only."""

    store: Store
    key: bytes
    secure: bool

    async def begin(self, response: Response, user: User, now: datetime) -> None:
        """Sign a user in."""
        word = await sessions.begin(self.store, user, now)
        response.set_cookie(
            COOKIE, self._signer().dumps(word), max_age=int(sessions.LIFETIME.total_seconds()), path="/",
            secure=self.secure, httponly=True, samesite="lax",
        )  # fmt: skip

    async def end(self, request: HTTPConnection, response: Response) -> None:
        """Sign out: a copy of the cookie is worth nothing any more."""
        if (word := self._word(request)) is not None:
            await sessions.end(self.store, word)
        self.forget(response)

    def forget(self, response: Response) -> None:
        """The browser drops the cookie."""
        response.delete_cookie(COOKIE, path="/", secure=self.secure, httponly=True, samesite="lax")

    def is_ours(self, request: HTTPConnection) -> bool:
        """Whether we signed the request's cookie; its session may be over since."""
        return self._word(request) is not None

    async def user_of(self, request: HTTPConnection, now: datetime) -> User | None:
        """The signed-in user of a request, if the session still holds."""
        word = self._word(request)
        return None if word is None else await sessions.user_of(self.store, word, now)

    def _word(self, request: HTTPConnection) -> str | None:
        lasts = int(sessions.LIFETIME.total_seconds())
        try:
            word = self._signer().loads(request.cookies.get(COOKIE, ""), max_age=lasts)
        except BadSignature:
            return None
        return word if isinstance(word, str) else None

    def _signer(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self.key, salt="session")


@dataclass(frozen=True, slots=True)
class Links:
    """Signed words for links: the first administrator, a first or another password.  Each works for a while, once."""

    key: bytes

    def make(self, purpose: str, *words: str | int) -> str:
        """A word to put into a link."""
        return URLSafeTimedSerializer(self.key, salt=purpose).dumps(list(words))

    def read(self, purpose: str, word: str, lifetime: timedelta) -> list[str | int] | None:
        """What was signed; None for another purpose, a changed word, or one that is too old."""
        try:
            found = URLSafeTimedSerializer(self.key, salt=purpose).loads(word, max_age=int(lifetime.total_seconds()))
        except BadSignature:
            return None
        return list(found)
